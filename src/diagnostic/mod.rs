//! What is wrong with a rule set, and what would be right: coded, placed, several at once.
//!
//! The parser and the checker put [`Diagnostic`]s in; hosts and the command line take them out drawn in the
//! source ([`Diagnostics::render`]) or as data ([`Diagnostics::reports`]).

mod code;
mod lines;
mod position;
mod render;
mod suggest;

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

pub use code::{Code, Severity};
pub(crate) use lines::SourceLines;
pub use position::Position;
pub use render::{Label, Report};
pub(crate) use suggest::{closest, few, list, quoted_list};

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
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Diagnostic {
    pub(crate) code: Code,
    pub(crate) message: String,
    /// What would be right, in a form that can be pasted where there is one.
    pub(crate) help: Option<String>,
    /// The first is where the finding is; further ones show what it has to do with.
    pub(crate) labels: Vec<(Place, String)>,
    /// What to write in place of the text at the first label, where that is known.
    pub(crate) fix: Option<String>,
    /// A `test` block with a lead that shows the finding.
    pub(crate) witness: Option<String>,
}

impl Diagnostic {
    /// A finding at `place`, where `label` says what was found there.
    pub(crate) fn new(
        code: Code,
        place: Place,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> Self {
        Diagnostic::without_place(code, message).also(place, label)
    }

    /// A finding that stands at no place of a text.
    pub(crate) fn without_place(code: Code, message: impl Into<String>) -> Self {
        Diagnostic { code, message: message.into(), help: None, labels: Vec::new(), fix: None, witness: None }
    }

    /// Adds what would be right.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Sets what to write in place of the text at the first label.
    pub(crate) fn fix(mut self, replacement: impl Into<String>) -> Self {
        self.fix = Some(replacement.into());
        self
    }

    /// Offers the name that was meant, to read and to put in place of the text at the first label.
    pub(crate) fn did_you_mean(self, name: &str) -> Self {
        self.help(format!("did you mean `{name}`?")).fix(name)
    }

    /// Cuts what repeats a name or a text of thousands of letters.
    fn shorten(&mut self) {
        const MOST_CHARACTERS: usize = 500;
        let labels = self.labels.iter_mut().map(|(_, label)| label);
        for text in labels.chain([&mut self.message]).chain(&mut self.help) {
            if let Some((end, _)) = text.char_indices().nth(MOST_CHARACTERS) {
                text.truncate(end);
                text.push('…');
            }
        }
    }

    /// Adds a `test` block with a lead that shows the finding.
    pub(crate) fn witness(mut self, witness: Option<String>) -> Self {
        self.witness = witness;
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
/// Displays as it would be drawn without colour. Of more than 1,000 findings the first 1,000 are kept, errors
/// before warnings; of the others only the number is.
#[derive(Clone, Debug)]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
    omitted: usize,
    sources: Arc<Sources>,
}

/// So many findings are kept: nobody reads more, and drawing each takes time.
const MOST_KEPT: usize = 1_000;

impl Diagnostics {
    /// Puts the findings in the order of the text and drops those that say the same of the same place.
    pub(crate) fn new(mut found: Vec<Diagnostic>, sources: Arc<Sources>) -> Self {
        let mut seen: HashSet<Diagnostic> = HashSet::with_capacity(found.len());
        found.retain(|diagnostic| seen.insert(diagnostic.clone()));
        let order = |diagnostic: &Diagnostic| diagnostic.labels.first().map(|(place, _)| *place);
        found.sort_by_key(order);
        let kept = found.len().min(MOST_KEPT);
        let omitted = found.len() - kept;
        if kept < found.len() {
            found.sort_by_key(|diagnostic| diagnostic.code.severity());
            found.truncate(kept);
            found.sort_by_key(order);
        }
        found.iter_mut().for_each(Diagnostic::shorten);
        Diagnostics { found, omitted, sources }
    }

    /// Counts `omitted` more findings that were not even gathered.
    pub(crate) fn and_more(mut self, omitted: usize) -> Self {
        self.omitted += omitted;
        self
    }

    /// Other findings in the same files.
    pub(crate) fn instead(&self, found: Vec<Diagnostic>) -> Diagnostics {
        Diagnostics::new(found, Arc::clone(&self.sources)).and_more(self.omitted)
    }

    /// The findings themselves, in the order of the text.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.found.iter()
    }

    /// How many findings there are, those that are only counted left out: at most 1,000.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// How many more there are that are only counted.
    pub fn omitted(&self) -> usize {
        self.omitted
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Whether one of the findings is an error, so that the rule set cannot run.
    pub fn has_errors(&self) -> bool {
        self.found.iter().any(|diagnostic| diagnostic.code.severity() == Severity::Error)
    }

    /// The findings themselves.
    pub(crate) fn found(&self) -> &[Diagnostic] {
        &self.found
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

#[cfg(test)]
mod tests;
