//! The one canonical layout.
//!
//! A text and the tree that was parsed from it without errors go in, the same rule set in the canonical
//! layout comes out: what it means, its comments and their order stay, and laying the result out again gives
//! the same text. The way through: the printers ([`statements`], [`rules`], [`conditions`], [`literals`],
//! [`test_blocks`]) name the words of each construct, [`writer`] puts the comments back between them,
//! [`layout`] breaks them into lines, [`align`] lines neighbours up. [`format_source`] does not trust them: it
//! parses what they made and holds it against the original ([`meaning`]).

mod align;
mod conditions;
mod layout;
mod literals;
mod meaning;
mod rules;
mod statements;
mod test_blocks;
mod writer;

pub(crate) use literals::{bare_or_quoted, quoted};

#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::ast::Ast;
use super::parse;
use crate::diagnostic::{Diagnostics, FileId, Severity, Source};
use crate::limits::Limits;
use writer::Writer;

/// Why a text cannot be laid out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// The text does not follow the grammar; the findings say where.
    #[error(transparent)]
    Invalid(#[from] Diagnostics),
    /// The layout would have changed the meaning or a comment and was thrown away: a defect of LeadQL, not of
    /// the text.
    #[error("internal error: the layout would not have kept the rule set as it is, so nothing was changed")]
    Unfaithful,
}

/// `text` in the canonical layout; messages call it `name`.
///
/// What it means, its comments and their order stay as they are; laying the result out again changes nothing.
/// Names need not be known and types need not fit. An empty text stays empty.
///
/// ```
/// let text = "visited(pricing)>=2=>15 # twice\ndownloaded(ebook) => +5";
/// let laid_out = leadql::format("rules.lql", text)?;
/// assert_eq!(laid_out, "visited(pricing) >= 2 => +15  # twice\ndownloaded(ebook)     => +5\n");
/// # Ok::<(), leadql::FormatError>(())
/// ```
///
/// # Errors
/// [`FormatError::Invalid`] where the text does not parse. [`FormatError::Unfaithful`] where the result does
/// not parse to the same rule set with the same comments, which would be a defect of LeadQL.
pub fn format_source(name: &str, text: &str) -> Result<String, FormatError> {
    let limits = Limits::default();
    let (ast, found) = parse(text, FileId::default(), &limits);
    let findings =
        Diagnostics::new(found, Arc::new(vec![Source { name: name.to_owned(), text: text.into() }]));
    if findings.has_errors() {
        return Err(FormatError::Invalid(findings));
    }
    let laid_out = format(text, &ast);
    let (again, found) = parse(&laid_out, FileId::default(), &limits);
    let parses = found.iter().all(|finding| finding.code.severity() != Severity::Error);
    if parses && meaning::same(text, ast, &laid_out, again) {
        Ok(laid_out)
    } else {
        Err(FormatError::Unfaithful)
    }
}

/// `text` in the canonical layout; `ast` is what it was parsed to, without errors.
pub(crate) fn format(text: &str, ast: &Ast) -> String {
    let mut writer = Writer::new(text, &ast.comments);
    for (at, statement) in ast.statements.iter().enumerate() {
        writer.start_line(statement.span.start, at == 0);
        statements::statement(&mut writer, statement);
    }
    align::text(layout::lines(&writer.finish()))
}
