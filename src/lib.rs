//! LeadQL, the lead qualification language.

mod check;
mod decimal;
mod diagnostic;
mod explain;
mod lead;
mod limits;
mod model;
mod score;
mod syntax;
mod testing;
mod time;
mod vocabulary;

pub use decimal::{DecimalError, Number, Points};
pub use diagnostic::{Code, Diagnostics, Label, Position, Report, Severity};
pub use lead::{Stage, UnknownStage};
pub use limits::Limits;
pub use time::InstantError;

#[cfg(test)]
mod twins;
