//! The qualification state machine: the life of a lead from first contact to customer.
//!
//! Evaluations and what people do go in, each with its instant; the next state and a [`Record`] of every step come
//! out, as data. Nothing here stores, sends, reads a clock or looks a lead up. One table ([`table`]) says which
//! steps there are; [`state`] holds where a lead stands, [`observe`] takes evaluations, [`commands`] what people
//! do, and both leave records through the one door that [`rebuild`] goes through as well: a qualification is
//! always what its records make of it. [`typed`] is the same machine with the stage in the type, [`graph`] a
//! drawing of it.

mod bant;
mod commands;
mod digest;
mod error;
mod graph;
mod observe;
mod reason;
mod rebuild;
mod record;
mod state;
mod stored;
mod table;
#[cfg(test)]
mod tests;
pub(crate) mod typed;

pub use bant::{Answer, Bant, BantChange, BantEntry, BantItem};
pub use digest::Digest;
pub use error::QualificationError;
pub use graph::StageGraph;
pub use reason::Reason;
pub use rebuild::RebuildError;
pub use record::{Actor, BandChange, Observed, Record, StrongRule, Why};
pub use state::Qualification;
#[cfg(feature = "json")]
pub(crate) use stored::Version;
pub use table::{STEPS, Step, Trigger, commands_from};
