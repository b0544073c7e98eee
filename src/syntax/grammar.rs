//! The parser that pest makes from `grammar/leadql.pest`.

/// Reads one rule of the grammar from the start of a text; what stands behind it is left alone.
#[derive(pest_derive::Parser)]
#[grammar = "../grammar/leadql.pest"]
pub(super) struct Grammar;
