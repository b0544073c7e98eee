//! LeadQL, the lead qualification language.

mod decimal;
mod diagnostic;
mod explain;
mod lead;
mod model;
mod score;
mod syntax;
mod testing;
mod time;
mod vocabulary;

pub use decimal::{DecimalError, Number, Points};
pub use diagnostic::{Code, Diagnostics, Label, Position, Report, Severity};
pub use lead::{Stage, UnknownStage};
pub use time::InstantError;

#[cfg(test)]
mod twins;
