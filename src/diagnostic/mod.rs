//! What is wrong with a rule set, and what would be right: coded, placed, several at once.
//!
//! The parser and the checker put [`Diagnostic`]s in; hosts and the command line take them out drawn in the
//! source ([`Diagnostics::render`]) or as data ([`Diagnostics::reports`]).

mod code;
mod lines;
mod render;
mod suggest;

use std::fmt;
use std::sync::Arc;

pub use code::{Code, Severity};
pub(crate) use lines::Lines;
pub use render::{Label, Position, Report};
pub(crate) use suggest::{closest, list, quoted_list};

use crate::syntax::ast::Span;

/// Which file of a rule set: the main file is 0, included ones follow in the order in which they were read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FileId(pub(crate) u32);

/// A stretch of text in one of the files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    pub(crate) file: FileId,
    pub(crate) span: Span,
}

/// A file's name, as messages show it, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) text: Arc<str>,
}

/// The files of a rule set by [`FileId`].
pub(crate) type Sources = Vec<Source>;

/// One finding: what, where, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Diagnostic {
    pub(crate) code: Code,
    pub(crate) message: String,
    /// What would be right, in a form that can be pasted where there is one.
    pub(crate) help: Option<String>,
    /// The first is where the finding is; further ones show what it has to do with.
    pub(crate) labels: Vec<(Place, String)>,
}

impl Diagnostic {
    /// A finding at `place`, where `label` says what was found there.
    pub(crate) fn new(
        code: Code,
        place: Place,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> Self {
        Diagnostic { code, message: message.into(), help: None, labels: vec![(place, label.into())] }
    }

    /// Adds what would be right.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a further place that the finding has to do with.
    pub(crate) fn also(mut self, place: Place, label: impl Into<String>) -> Self {
        self.labels.push((place, label.into()));
        self
    }
}

/// All that was found in one rule set: errors, warnings, or both, in the order of the text.
///
/// Displays as it would be drawn without colour.
#[derive(Clone, Debug)]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
    sources: Arc<Sources>,
}

impl Diagnostics {
    /// Puts the findings in the order of the text and drops those that say the same of the same place.
    pub(crate) fn new(mut found: Vec<Diagnostic>, sources: Arc<Sources>) -> Self {
        found.sort_by_key(|diagnostic| diagnostic.labels.first().map(|(place, _)| *place));
        found.dedup();
        Diagnostics { found, sources }
    }

    /// How many findings there are.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Whether one of the findings is an error, so that the rule set cannot run.
    pub fn has_errors(&self) -> bool {
        self.found.iter().any(|diagnostic| diagnostic.code.severity() == Severity::Error)
    }

    /// The codes of the findings, in order.
    pub fn codes(&self) -> impl Iterator<Item = Code> + '_ {
        self.found.iter().map(|diagnostic| diagnostic.code)
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Diagnostics {}
