//! Text to syntax tree, and back.
//!
//! A text goes in; out come its [`ast`], comments included, and what is wrong with its syntax. On the way
//! [`token`] takes a plain look at the words, [`nesting`] counts how deep they nest, [`driver`] has `grammar`
//! read statement after statement and goes on after errors, [`lower`] makes nodes of what was read, and
//! [`failure`] and [`hints`] say what is wrong where nothing could be; [`characters`] knows those that deceive the eye. [`mod@format`] writes a tree down again.
//! What names mean, and whether types fit, is not known here.

pub(crate) mod ast;
mod characters;
mod driver;
mod failure;
pub(crate) mod fits;
pub(crate) mod format;
mod grammar;
mod hints;
pub(crate) mod keyword;
mod lower;
mod nesting;
mod start;
mod texts;
pub(crate) mod token;

use self::ast::Ast;
pub(crate) use self::start::STATEMENTS;
pub(crate) use self::texts::texts;
use crate::diagnostic::{Diagnostic, FileId};
use crate::limits::Limits;

/// Parses one file. Whatever is wrong is in the diagnostics; the tree holds everything that parsed.
pub(crate) fn parse(text: &str, file: FileId, limits: &Limits) -> (Ast, Vec<Diagnostic>) {
    driver::parse(text, file, limits)
}

#[cfg(test)]
mod tests;
