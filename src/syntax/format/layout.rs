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
    /// The start of a row that can be lined up with its neighbours.
    Row,
    /// Where the row is lined up: before the next text.
    Stop(Column),
    /// The end of a row.
    EndRow,
}

/// What is lined up with its like on the lines above and below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// What stands behind the name of a rule.
    Named,
    /// The arrow of a rule.
    Arrow,
    /// A label right behind the points.
    Label,
    /// The `=` of a `let`.
    Let,
    /// The `=` of a param.
    Param,
    /// The `=` of an activity.
    Activity,
    /// The `{` of a band list.
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
    /// Where the line is lined up if it is a row: bytes of `text`, from left to right.
    pub(super) stops: Vec<(Column, usize)>,
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
        start: 0,
        indent: 0,
        whole: 0,
        row: None,
        stop_next: None,
        stops: Vec::new(),
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
    /// How far in the new line goes that `gap` asks for.
    start: usize,
    /// How far in new lines go from here on.
    indent: usize,
    /// How many groups are open from the outermost one that stays whole on, 0 where none does.
    whole: usize,
    /// How many lines there were before the row.
    row: Option<usize>,
    /// What the next text is lined up with.
    stop_next: Option<Column>,
    /// The bytes at which the row is lined up.
    stops: Vec<(Column, usize)>,
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
            Piece::Row => {
                self.row = Some(self.lines.len());
                self.stops.clear();
            }
            Piece::Stop(column) => self.stop_next = Some(*column),
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
        self.start = self.indent;
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
            Gap::Forced | Gap::NewLine | Gap::Blank => self.start,
        };
        WIDTH.saturating_sub(column)
    }

    fn start_line(&mut self) {
        self.lines.push(Line { blank: self.gap == Gap::Blank, indent: self.start, ..Line::default() });
    }

    fn text(&mut self, text: &str, width: usize) {
        if matches!(self.gap, Gap::Forced | Gap::NewLine | Gap::Blank) {
            self.start_line();
        }
        if let Some(line) = self.lines.last_mut() {
            if self.gap == Gap::Space {
                line.text.push(' ');
                line.width += 1;
            }
            if let Some(column) = self.stop_next.take() {
                self.stops.push((column, line.text.len()));
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
        if matches!(self.gap, Gap::Nothing | Gap::Space) {
            self.start = self.indent + STEP;
        }
        let free = self.lines.last().is_some_and(|line| line.comment.is_none());
        if own || !free {
            self.start_line();
        }
        if let Some(line) = self.lines.last_mut() {
            line.comment = Some(text);
        }
        self.gap = follows;
    }

    /// A row on one line may be lined up with its neighbours, a broken one not.
    fn end_row(&mut self) {
        if self.row.take().is_some_and(|before| before + 1 == self.lines.len())
            && let Some(line) = self.lines.last_mut()
        {
            line.stops = std::mem::take(&mut self.stops);
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
            // Behind a comment a line starts in any case: nothing is won by staying.
            Piece::Hard | Piece::Comment { .. } => return !inside && used > 0,
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
