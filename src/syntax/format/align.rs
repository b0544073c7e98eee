//! From lines to text: brings neighbouring rows, and the comments at the ends of neighbouring lines, into
//! line with each other.
//!
//! Lines go in, the finished text comes out. Rows line up while they are of the same sort, follow each other
//! without a gap, stay within the width and need no wide hole; where one of that ends, a new run starts.
//! Lining up adds spaces and nothing else.

use super::layout::{Line, WIDTH};

/// The widest hole that lining up may leave in a row.
const HOLE: usize = 40;

/// The text of all lines, each ended by a line break.
pub(super) fn text(mut lines: Vec<Line<'_>>) -> String {
    align_rows(&mut lines);
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

/// Pads the rows of each run so that all are aligned where the widest is.
fn align_rows(lines: &mut [Line<'_>]) {
    let mut rest = lines;
    while !rest.is_empty() {
        let (length, head) = row_run(rest);
        let (run, behind) = rest.split_at_mut(length.max(1));
        for line in run {
            let Some((_, byte)) = line.stop else { continue };
            let padding = head.saturating_sub(head_width(line));
            line.text.insert_str(byte, &" ".repeat(padding));
            line.width += padding;
        }
        rest = behind;
    }
}

/// The characters of a row before the place where it is aligned.
fn head_width(line: &Line<'_>) -> usize {
    let head = line.stop.and_then(|(_, byte)| line.text.get(..byte));
    head.map_or(0, |head| head.chars().count())
}

/// How many of the first lines line up with each other, and where.
fn row_run(lines: &[Line<'_>]) -> (usize, usize) {
    let Some((first, others)) = lines.split_first() else { return (0, 0) };
    let mut narrowest = head_width(first);
    let mut head = narrowest;
    let Some((row, _)) = first.stop else { return (1, head) };
    let mut tail = first.width.saturating_sub(head);
    let mut length = 1;
    for line in others {
        if line.blank || line.indent != first.indent || line.stop.is_none_or(|(other, _)| other != row) {
            break;
        }
        let width = head_width(line);
        let widest_head = head.max(width);
        let widest_tail = tail.max(line.width.saturating_sub(width));
        narrowest = narrowest.min(width);
        if first.indent + widest_head + widest_tail > WIDTH || widest_head - narrowest > HOLE {
            break;
        }
        (head, tail) = (widest_head, widest_tail);
        length += 1;
    }
    (length, head)
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
        let start = if widest > 0 { widest + 1 } else { 0 };
        starts.extend(std::iter::repeat_n(start, length));
        rest = rest.get(length..).unwrap_or_default();
    }
    starts
}
