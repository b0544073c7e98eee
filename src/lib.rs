//! LeadQL, the lead qualification language.

mod decimal;
mod diagnostic;
mod lead;
mod model;
mod plan;
mod score;
mod syntax;
mod time;
mod vocabulary;

pub use decimal::{DecimalError, Number, Points};
pub use diagnostic::{Code, Diagnostics, Label, Position, Report, Severity};
pub use lead::{Stage, UnknownStage};
pub use time::InstantError;
