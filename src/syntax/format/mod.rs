//! The one canonical layout.
//!
//! A text and the tree that was parsed from it without errors go in, the same rule set in the canonical
//! layout comes out: what it means, its comments and their order stay, and laying the result out again gives
//! the same text. The way through: the printers ([`statements`], [`rules`], [`conditions`], [`literals`],
//! [`test_blocks`]) name the words of each construct, [`writer`] puts the comments back between them,
//! [`layout`] breaks them into lines, [`align`] lines neighbours up.

mod align;
mod conditions;
mod layout;
mod literals;
mod meaning;
mod rules;
mod statements;
mod test_blocks;
mod writer;

use super::ast::Ast;
use writer::Writer;

/// `text` in the canonical layout; `ast` is what it was parsed to, without errors.
pub(crate) fn format(text: &str, ast: &Ast) -> String {
    let mut writer = Writer::new(text, &ast.comments);
    for (at, statement) in ast.statements.iter().enumerate() {
        writer.start_line(statement.span.start, at == 0);
        statements::statement(&mut writer, statement);
    }
    align::text(layout::lines(&writer.finish()))
}
