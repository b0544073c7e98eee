//! Text to syntax tree, and back.

pub(crate) mod ast;
mod driver;
mod failure;
pub(crate) mod format;
mod grammar;
mod hints;
pub(crate) mod keyword;
mod lower;
mod nesting;
mod start;
mod token;

use self::ast::Ast;
use crate::diagnostic::{Diagnostic, FileId};
use crate::limits::Limits;

/// Parses one file. Whatever is wrong is in the diagnostics; the tree holds everything that parsed.
pub(crate) fn parse(text: &str, file: FileId, limits: &Limits) -> (Ast, Vec<Diagnostic>) {
    driver::parse(text, file, limits)
}

#[cfg(test)]
mod tests;
