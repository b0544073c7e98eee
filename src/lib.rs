//! LeadQL, the lead qualification language.

mod decimal;
mod diagnostic;
mod lead;
mod model;
mod score;
mod syntax;
mod time;
mod vocabulary;

pub use decimal::{DecimalError, Number, Points};
pub use diagnostic::{Code, Diagnostics, Label, Position, Report, Severity};
pub use lead::{
    Input, LeadBuilder, LeadError, LeadErrorKind, NameSort, NewEvent, Stage, UnknownName, UnknownStage,
};
#[cfg(feature = "json")]
pub use lead::{LeadFormat, ReadError, ReadErrorKind, ReadOptions, ReadWarning};
pub use time::InstantError;
