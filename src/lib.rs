//! LeadQL, the lead qualification language.

mod check;
mod decimal;
mod diagnostic;
mod explain;
mod lead;
mod limits;
mod model;
mod plan;
mod rule_set;
mod score;
mod syntax;
mod testing;
mod time;
mod vocabulary;

pub use decimal::{DecimalError, Number, Points};
pub use diagnostic::{Code, Diagnostics, Label, Position, Report, Severity};
pub use lead::{Input, LeadError, LeadErrorKind, NameSort, Stage, UnknownName, UnknownStage};
#[cfg(feature = "json")]
pub use lead::{LeadFormat, ReadError, ReadErrorKind, ReadOptions, ReadWarning};
pub use limits::Limits;
#[cfg(feature = "json")]
pub use rule_set::LeadReader;
pub use rule_set::{
    Compiler, Evaluation, Evaluator, Fingerprint, Lead, LeadBuilder, NewEvent, NotAFingerprint, RuleSet,
    RuleValue, ScoreId,
};
pub use syntax::format::{FormatError, format_source as format};
pub use testing::{TestFailure, TestResult};
pub use time::InstantError;

#[cfg(test)]
mod twins;
