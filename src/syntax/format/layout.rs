//! From pieces to lines: decides where a group of pieces goes on one line and where it breaks.
//!
//! In come the [`Piece`]s of a file in order: text, places where a line may end, comments, and marks around
//! what belongs together. Out come [`Line`]s, none longer than [`WIDTH`] where the pieces allow it. A group
//! that fits on the rest of its line and holds no comment stays on it, any other ends a line at each of its
//! own break places, the outermost group first. Each decision looks ahead one line's width at most, so the
//! work grows with the number of pieces and nothing else.

use std::borrow::Cow;

/// The longest line, in characters without the comment at its end, where there is a way to break it.
pub(super) const WIDTH: usize = 100;
/// How far a block, a list or the rest of a broken statement goes in.
pub(super) const STEP: usize = 2;

/// One piece of the text to be laid out.
#[derive(Debug)]
pub(super) enum Piece<'a> {
    /// A word or several, never broken, and how many characters that is.
    Text(Cow<'a, str>, usize),
    /// A space, unless a line starts here.
    Space,
    /// A space while the group is whole, else a new line.
    Line,
    /// Nothing while the group is whole, else a new line.
    Soft,
    /// As [`Piece::Line`], but a space also behind the closing bracket that ends what came before, if there is
    /// room.
    Tail,
    /// A new line.
    Hard,
    /// Behind [`Piece::Hard`]: a blank line above the new one.
    Blank,
    Comment {
        text: &'a str,
        /// Whether it stood on a line of its own.
        own: bool,
    },
    /// The start of a group.
    Open,
    /// The end of a group.
    Close,
    /// New lines from here on start further in, by this much.
    Indent(usize),
    /// Takes the like [`Piece::Indent`] back.
    Dedent(usize),
    /// The start of a row that can be aligned with its neighbours of the same sort.
    Row(Row),
    /// Where the row is aligned: before the next text.
    Stop,
    /// The end of a row.
    EndRow,
}

/// What is aligned with its like on the lines above and below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Row {
    ConditionRule,
    EachRule,
    Let,
    Param,
    Band,
}

/// One line of the result.
#[derive(Debug, Default)]
pub(super) struct Line<'a> {
    /// Whether a blank line goes above.
    pub(super) blank: bool,
    /// Spaces at its start.
    pub(super) indent: usize,
    /// What stands on it, empty where it holds a comment alone.
    pub(super) text: String,
    /// The characters of `text`.
    pub(super) width: usize,
    /// The row that the line is, and the byte of `text` at which it is aligned.
    pub(super) stop: Option<(Row, usize)>,
    pub(super) comment: Option<&'a str>,
}

/// What goes between what was put last and the next text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    Nothing,
    Space,
    /// A new line that only a comment made necessary, in the middle of something.
    Forced,
    NewLine,
    /// A new line with a blank one above.
    Blank,
}

/// Lays the pieces out.
pub(super) fn lines<'a>(pieces: &[Piece<'a>]) -> Vec<Line<'a>> {
    let mut layout = Layout {
        lines: Vec::new(),
        gap: Gap::NewLine,
        indent: 0,
        whole: 0,
        row: None,
        row_line: 0,
        stop_next: false,
        stop: None,
    };
    let mut rest = pieces;
    while let Some((piece, behind)) = rest.split_first() {
        layout.put(piece, behind);
        rest = behind;
    }
    layout.lines
}

struct Layout<'a> {
    lines: Vec<Line<'a>>,
    gap: Gap,
    indent: usize,
    /// How many groups are open from the outermost one that stays whole on, 0 where none does.
    whole: usize,
    row: Option<Row>,
    /// The line on which the row starts.
    row_line: usize,
    /// Whether the next text is where the row is aligned.
    stop_next: bool,
    /// The line and its byte where the row is aligned.
    stop: Option<(usize, usize)>,
}

impl<'a> Layout<'a> {
    fn put(&mut self, piece: &Piece<'a>, behind: &[Piece<'a>]) {
        match piece {
            Piece::Text(text, width) => self.text(text, *width),
            Piece::Space => self.space(),
            Piece::Line | Piece::Tail if self.whole > 0 => self.space(),
            Piece::Soft if self.whole > 0 => {}
            Piece::Tail if self.behind_bracket() && fits(behind, 0, self.room().saturating_sub(1)) => {
                self.space()
            }
            Piece::Line | Piece::Soft | Piece::Tail | Piece::Hard => self.new_line(),
            Piece::Blank => {
                if self.gap == Gap::NewLine && !self.lines.is_empty() {
                    self.gap = Gap::Blank;
                }
            }
            Piece::Comment { text, own } => self.comment(text, *own),
            Piece::Open => {
                if self.whole > 0 || fits(behind, 1, self.room()) {
                    self.whole += 1;
                }
            }
            Piece::Close => self.whole = self.whole.saturating_sub(1),
            Piece::Indent(by) => self.indent += by,
            Piece::Dedent(by) => self.indent = self.indent.saturating_sub(*by),
            Piece::Row(row) => {
                self.row = Some(*row);
                self.row_line = self.lines.len();
                self.stop = None;
            }
            Piece::Stop => self.stop_next = true,
            Piece::EndRow => self.end_row(),
        }
    }

    fn space(&mut self) {
        if self.gap == Gap::Nothing {
            self.gap = Gap::Space;
        }
    }

    fn new_line(&mut self) {
        if self.gap != Gap::Blank {
            self.gap = Gap::NewLine;
        }
    }

    /// Whether the line starts with the bracket that closes what the statement, one step further out, opened.
    fn behind_bracket(&self) -> bool {
        matches!(self.gap, Gap::Nothing | Gap::Space)
            && self
                .lines
                .last()
                .is_some_and(|line| line.indent + STEP == self.indent && line.text.starts_with([']', ')']))
    }

    /// How many characters are left behind the last text, and what must go between, on the line.
    fn room(&self) -> usize {
        let here = self.lines.last().map_or(0, |line| line.indent + line.width);
        let column = match self.gap {
            Gap::Nothing => here,
            Gap::Space => here + 1,
            Gap::Forced => self.indent + STEP,
            Gap::NewLine | Gap::Blank => self.indent,
        };
        WIDTH.saturating_sub(column)
    }

    fn start_line(&mut self) {
        let indent = if self.gap == Gap::Forced { self.indent + STEP } else { self.indent };
        self.lines.push(Line { blank: self.gap == Gap::Blank, indent, ..Line::default() });
    }

    fn text(&mut self, text: &str, width: usize) {
        if matches!(self.gap, Gap::Forced | Gap::NewLine | Gap::Blank) {
            self.start_line();
        }
        let at = self.lines.len().saturating_sub(1);
        if let Some(line) = self.lines.last_mut() {
            if self.gap == Gap::Space {
                line.text.push(' ');
                line.width += 1;
            }
            if self.stop_next {
                self.stop = Some((at, line.text.len()));
                self.stop_next = false;
            }
            line.text.push_str(text);
            line.width += width;
        }
        self.gap = Gap::Nothing;
    }

    fn comment(&mut self, text: &'a str, own: bool) {
        // What follows a comment starts a line in any case; where nothing else asked for that line, it
        // goes further in, to show that it goes on with something.
        let follows = if matches!(self.gap, Gap::NewLine | Gap::Blank) { Gap::NewLine } else { Gap::Forced };
        match self.lines.last_mut() {
            Some(line) if !own && line.comment.is_none() => line.comment = Some(text),
            _ => {
                if follows == Gap::Forced {
                    self.gap = Gap::Forced;
                }
                self.start_line();
                if let Some(line) = self.lines.last_mut() {
                    line.comment = Some(text);
                }
            }
        }
        self.gap = follows;
    }

    /// A row on one line may be aligned with its neighbours, a broken one not.
    fn end_row(&mut self) {
        let last = self.lines.len().saturating_sub(1);
        if let (Some(row), Some((line, byte))) = (self.row.take(), self.stop.take())
            && (self.row_line, line) == (last, last)
            && let Some(line) = self.lines.last_mut()
        {
            line.stop = Some((row, byte));
        }
    }
}

/// Whether what comes next fits on `room` characters, up to the first place where the line may end: the rest of
/// a group where `open` is 1, with all that must follow it on its line, or what follows a break place where it
/// is 0. The groups around are broken.
fn fits(pieces: &[Piece<'_>], mut open: usize, room: usize) -> bool {
    let mut used = 0;
    let mut inside = open > 0;
    for piece in pieces {
        match piece {
            Piece::Text(_, width) => used += width,
            Piece::Line | Piece::Soft | Piece::Tail if open == 0 => return true,
            Piece::Line | Piece::Space | Piece::Tail => used += 1,
            Piece::Hard | Piece::Comment { .. } => return !inside,
            Piece::Open => open += 1,
            Piece::Close => {
                open = open.saturating_sub(1);
                inside = inside && open > 0;
            }
            _ => {}
        }
        if used > room {
            return false;
        }
    }
    true
}
