//! Help where rule sets are written: findings, completion, hover, definitions, references, renaming, outlines and
//! running one test, for a language server, a page with an editor in it, or a tool of one's own.
//!
//! A [`Workspace`] takes the texts that are open and the folders to look in; each question names a file and a
//! place in it. Every answer is plain data with places as paths and byte ranges. Files that do not compile yet
//! are answered from what of them can be read.

mod complete;
mod definitions;
mod documents;
mod findings;
mod hover;
mod meanings;
mod navigate;
mod occurrences;
mod offers;
mod outline;
mod reading;
mod rename;
mod words;
mod workspace;

use std::cmp::Ordering;
use std::ops::Range;
use std::path::PathBuf;

pub use rename::RenameError;
pub use workspace::Workspace;

use crate::diagnostic::{Code, Severity};

/// What sort of thing a word in a rule set is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// An attribute of leads.
    Attribute,
    /// An event kind.
    Event,
    /// A property of an event kind.
    Property,
    /// What an event is about.
    Subject,
    /// A symbol of a `one of` attribute.
    Symbol,
    /// A named condition: `let NAME = CONDITION`.
    Condition,
    /// A named list: `let NAME = [..]`.
    List,
    /// An activity.
    Activity,
    /// A constant: `param`.
    Param,
    /// A score.
    Score,
    /// A band of a score.
    Band,
    /// A rule.
    Rule,
    /// A group of rules.
    Group,
    /// A segment.
    Segment,
    /// A gate, or the criteria of a stage.
    Gate,
    /// A stage of a lead.
    Stage,
    /// A `test` block.
    Test,
    /// The type of an attribute or property.
    Type,
    /// A keyword, or several.
    Keyword,
}

/// A place in a file. Ordered by file, then by where it starts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Location {
    /// The file, as the editor calls it where it is open.
    pub path: PathBuf,
    /// The bytes of its text.
    pub range: Range<usize>,
}

impl Ord for Location {
    fn cmp(&self, other: &Self) -> Ordering {
        let place = |location: &Self| (location.range.start, location.range.end);
        self.path.cmp(&other.path).then_with(|| place(self).cmp(&place(other)))
    }
}

impl PartialOrd for Location {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A change of a text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Edit {
    /// What to replace.
    pub location: Location,
    /// What to write there.
    pub text: String,
}

/// A finding of the checker, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// What kind of finding it is.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// What would be right, where something can be said.
    pub help: Option<String>,
    /// A `test` block with a lead that shows it, where there is one.
    pub witness: Option<String>,
    /// Where it is.
    pub location: Location,
    /// What is there.
    pub label: String,
    /// Other places that it has to do with, and what is there.
    pub related: Vec<(Location, String)>,
    /// What would mend it, where that is known.
    pub fix: Option<Edit>,
}

/// The findings in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileFindings {
    /// The file.
    pub path: PathBuf,
    /// In the order of the text.
    pub findings: Vec<Finding>,
}

/// Something that may stand at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Completion {
    /// What to show, and to compare with what was typed.
    pub label: String,
    /// What to write in place of `range`.
    pub insert: String,
    /// What of the text to replace: the word at the place.
    pub range: Range<usize>,
    /// What it is.
    pub kind: Kind,
    /// In a few words: a type, a value.
    pub detail: String,
    /// What it means, as Markdown; may be empty.
    pub documentation: String,
    /// Smaller is nearer to what is wanted.
    pub rank: u8,
}

/// What is known of a word, a rule or a value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hover {
    /// What it is about.
    pub range: Range<usize>,
    /// As Markdown.
    pub text: String,
}

/// A definition in a file, with those in it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Symbol {
    /// The name, or what stands for one.
    pub name: String,
    /// In a few words.
    pub detail: String,
    /// What it is.
    pub kind: Kind,
    /// All of it.
    pub range: Range<usize>,
    /// Its name.
    pub selection: Range<usize>,
    /// What is defined in it.
    pub children: Vec<Symbol>,
}

/// A `test` block in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TestPlace {
    /// Its name.
    pub name: String,
    /// The first word of the block.
    pub range: Range<usize>,
}

#[cfg(test)]
mod tests;
