//! Text to syntax tree, and back.

pub(crate) mod ast;
