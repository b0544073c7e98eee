//! Text to syntax tree, and back.

pub(crate) mod ast;
pub(crate) mod format;
