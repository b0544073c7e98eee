//! What a page says, whatever it is written in: sections of texts, tables, lists and pictures.
//!
//! The contents are made once ([`super::contents`]); Markdown and HTML say the same because both write this down.
//! Texts in here are fit to be read, but not yet escaped for either.

use super::fading::Curve;
use super::stage_drawing::StageDrawing;
use crate::readable::readable;

/// A whole page.
pub(super) struct Document {
    pub(super) title: String,
    /// What stands below the title: key and value.
    pub(super) facts: Vec<(&'static str, Phrase)>,
    /// What must not be overlooked.
    pub(super) notices: Vec<Phrase>,
    pub(super) sections: Vec<Section>,
}

/// A titled part of a page.
pub(super) struct Section {
    pub(super) anchor: &'static str,
    pub(super) title: &'static str,
    pub(super) blocks: Vec<Block>,
}

pub(super) enum Block {
    /// A title inside a section, and where links to it lead.
    Subtitle(Phrase, Option<Anchor>),
    Text(Phrase),
    List(Vec<Item>),
    Table(Table),
    /// How points fade, as a chart.
    Fading(Phrase, Curve),
    /// The bands of a score from the highest down, each with its share of the whole.
    Bands(Vec<(String, f64)>),
    Stages(Box<StageDrawing>),
}

/// A line of a list, with a list of its own.
pub(super) struct Item {
    /// The number that a drawing refers to it by.
    pub(super) number: Option<usize>,
    pub(super) says: Phrase,
    pub(super) items: Vec<Item>,
}

pub(super) struct Table {
    /// What it is a table of, for those who cannot see it.
    pub(super) caption: String,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Row>,
}

pub(super) struct Column {
    pub(super) title: String,
    pub(super) sort: ColumnSort,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ColumnSort {
    /// The first of its row: what the row is about.
    Name,
    Number,
    Text,
    /// A word that wants to be seen from afar, in the middle.
    Verdict,
    /// Room to write by hand.
    Blank,
}

pub(super) enum Row {
    Cells(Vec<Phrase>),
    /// A line over rows that belong together.
    Group(Phrase),
    /// A row that belongs to the group above it.
    Member(Vec<Phrase>),
}

/// Where a link leads: a sort of thing, and its number among those.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Anchor(pub(super) &'static str, pub(super) usize);

/// A text with names in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Phrase {
    pub(super) pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    Strong(String),
    /// A name of the rule set, and where it is told what it stands for.
    Name(String, Option<Anchor>),
    Line,
}

/// Longer names are cut: they may be repeated often.
const LONGEST_NAME: usize = 80;

impl Phrase {
    /// A text from outside, or one of ours.
    pub(super) fn text(text: impl AsRef<str>) -> Phrase {
        Phrase::default().and(text)
    }

    /// A name of the rule set.
    pub(super) fn name(name: &str) -> Phrase {
        Phrase::default().and_name(name, None)
    }

    /// With a text behind it.
    pub(super) fn and(mut self, text: impl AsRef<str>) -> Phrase {
        let text = readable(text.as_ref(), usize::MAX);
        match self.pieces.last_mut() {
            Some(Piece::Text(last)) => last.push_str(&text),
            _ if text.is_empty() => {}
            _ => self.pieces.push(Piece::Text(text)),
        }
        self
    }

    /// With an emphasized text behind it.
    pub(super) fn and_strong(mut self, text: &str) -> Phrase {
        self.pieces.push(Piece::Strong(readable(text, usize::MAX)));
        self
    }

    /// With a name of the rule set behind it.
    pub(super) fn and_name(mut self, name: &str, anchor: Option<Anchor>) -> Phrase {
        self.pieces.push(Piece::Name(readable(name, LONGEST_NAME), anchor));
        self
    }

    /// With another phrase behind it.
    pub(super) fn then(mut self, other: Phrase) -> Phrase {
        for piece in other.pieces {
            match (self.pieces.last_mut(), piece) {
                (Some(Piece::Text(last)), Piece::Text(text)) => last.push_str(&text),
                (_, piece) => self.pieces.push(piece),
            }
        }
        self
    }

    /// With a new line behind it, unless there is nothing before that.
    pub(super) fn line(mut self) -> Phrase {
        if !self.pieces.is_empty() {
            self.pieces.push(Piece::Line);
        }
        self
    }

    /// The text alone.
    pub(super) fn plain(&self) -> String {
        let texts = self.pieces.iter().map(|piece| match piece {
            Piece::Text(text) | Piece::Strong(text) | Piece::Name(text, _) => text.as_str(),
            Piece::Line => " ",
        });
        texts.collect()
    }

    /// Whether it lists anything.
    pub(super) fn has_lists(&self) -> bool {
        self.pieces.iter().any(|piece| match piece {
            Piece::Text(text) => text.contains(", ") || text.contains(" or ") || text.contains(" and "),
            _ => false,
        })
    }

    /// How many characters it has.
    pub(super) fn length(&self) -> usize {
        let lengths = self.pieces.iter().map(|piece| match piece {
            Piece::Text(text) | Piece::Strong(text) | Piece::Name(text, _) => text.chars().count(),
            Piece::Line => 1,
        });
        lengths.sum()
    }

    /// The phrases with `between` between all and `last` before the last.
    pub(super) fn joined(phrases: Vec<Phrase>, between: &str, last: &str) -> Phrase {
        let count = phrases.len();
        let mut joined = Phrase::default();
        for (index, phrase) in phrases.into_iter().enumerate() {
            if index > 0 {
                joined = joined.and(if index + 1 == count { last } else { between });
            }
            joined = joined.then(phrase);
        }
        joined
    }
}

impl Item {
    pub(super) fn new(says: Phrase) -> Item {
        Item { number: None, says, items: Vec::new() }
    }
}

impl Table {
    pub(super) fn new(caption: impl Into<String>, columns: &[(&str, ColumnSort)]) -> Table {
        let columns = columns.iter().map(|(title, sort)| Column { title: (*title).to_owned(), sort: *sort });
        Table { caption: caption.into(), columns: columns.collect(), rows: Vec::new() }
    }
}

/// A number with its noun: `1 rule`, `2 rules`.
pub(super) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
