//! From lines to text: brings neighbouring rows, and the comments at the ends of neighbouring lines, into
//! line with each other.
//!
//! Lines go in, the finished text comes out. Rows line up column by column, while they follow each other
//! without a gap, are not pushed far to the right and need no wide hole; where one of that ends, a new run
//! starts. Lining up adds spaces and nothing else.

use super::layout::{Column, Line};

/// The columns from left to right, each with the widest hole that lining it up may leave in a row.
const COLUMNS: [(Column, usize); 7] = [
    (Column::Named, HOLE),
    (Column::Arrow, HOLE),
    // As much as points differ; more means that the arrows do not line up.
    (Column::Label, 8),
    (Column::Let, HOLE),
    (Column::Param, HOLE),
    (Column::Activity, HOLE),
    (Column::Band, HOLE),
];
const HOLE: usize = 40;
/// How far to the right lining up may push the end of a row. Rows that fit their lines on their own may go
/// over by a little, which for most only their labels do: better than a ragged column.
const REACH: usize = 120;
/// Between a line and the comment at its end.
const BEFORE_COMMENT: usize = 2;

/// The text of all lines, each ended by a line break.
pub(super) fn text(mut lines: Vec<Line<'_>>) -> String {
    for (column, hole) in COLUMNS {
        line_up(&mut lines, column, hole);
    }
    let starts = comment_starts(&lines);
    let mut text = String::with_capacity(lines.iter().map(|line| line.indent + line.text.len() + 1).sum());
    for (line, start) in lines.iter().zip(starts) {
        if line.blank {
            text.push('\n');
        }
        spaces(&mut text, line.indent);
        text.push_str(&line.text);
        if let Some(comment) = line.comment {
            spaces(&mut text, start.saturating_sub(line.width));
            text.push_str(comment);
        }
        text.push('\n');
    }
    text
}

fn spaces(text: &mut String, count: usize) {
    text.extend(std::iter::repeat_n(' ', count));
}

/// Pads the rows of each run so that all have the column where the widest has it.
fn line_up(lines: &mut [Line<'_>], column: Column, hole: usize) {
    let mut rest = lines;
    while !rest.is_empty() {
        let (length, wanted) = run(rest, column, hole);
        let (run, behind) = rest.split_at_mut(length);
        for line in run {
            let Some(head) = head(line, column) else { continue };
            let padding = wanted.saturating_sub(head.width);
            line.text.insert_str(head.bytes, &" ".repeat(padding));
            line.width += padding;
            for (_, byte) in line.stops.iter_mut().filter(|(_, byte)| *byte >= head.bytes) {
                *byte += padding;
            }
        }
        rest = behind;
    }
}

/// What stands before a column.
struct Head {
    bytes: usize,
    /// Characters.
    width: usize,
}

fn head(line: &Line<'_>, column: Column) -> Option<Head> {
    let (_, bytes) = *line.stops.iter().find(|(other, _)| *other == column)?;
    Some(Head { bytes, width: line.text.get(..bytes)?.chars().count() })
}

/// How many of the first lines have this column in line with each other, at least one, and where.
fn run(lines: &[Line<'_>], column: Column, hole: usize) -> (usize, usize) {
    let Some((first, others)) = lines.split_first() else { return (0, 0) };
    let Some(Head { width, .. }) = head(first, column) else { return (1, 0) };
    let (mut narrowest, mut widest) = (width, width);
    let mut tail = first.width.saturating_sub(width);
    let mut length = 1;
    for line in others {
        let Some(Head { width, .. }) = head(line, column) else { break };
        let wider = widest.max(width);
        narrowest = narrowest.min(width);
        tail = tail.max(line.width.saturating_sub(width));
        let apart = line.blank || line.indent != first.indent;
        if apart || first.indent + wider + tail > REACH || wider - narrowest > hole {
            break;
        }
        widest = wider;
        length += 1;
    }
    (length, widest)
}

/// Where the comment of each line starts, counted from the line's indentation.
fn comment_starts(lines: &[Line<'_>]) -> Vec<usize> {
    let mut starts = Vec::with_capacity(lines.len());
    let mut rest = lines;
    while let Some((first, others)) = rest.split_first() {
        let mut length = 1;
        let mut widest = first.width;
        let mut narrowest = first.width;
        if first.comment.is_some() && first.width > 0 {
            for line in others {
                let goes_on = line.comment.is_some() && line.width > 0 && line.indent == first.indent;
                let (high, low) = (widest.max(line.width), narrowest.min(line.width));
                if line.blank || !goes_on || high - low > HOLE {
                    break;
                }
                (widest, narrowest) = (high, low);
                length += 1;
            }
        }
        let start = if widest > 0 { widest + BEFORE_COMMENT } else { 0 };
        starts.extend(std::iter::repeat_n(start, length));
        rest = rest.get(length..).unwrap_or_default();
    }
    starts
}
