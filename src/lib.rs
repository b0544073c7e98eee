//! LeadQL, the lead qualification language.

mod decimal;
mod diagnostic;
mod lead;
mod limits;
mod model;
mod score;
mod syntax;
mod time;
mod vocabulary;

pub use decimal::{DecimalError, Number, Points};
pub use diagnostic::{Code, Diagnostics, Label, Position, Report, Severity};
pub use lead::{Stage, UnknownStage};
pub use limits::Limits;
pub use syntax::format::{FormatError, format_source as format};
pub use time::InstantError;
