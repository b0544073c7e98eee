//! Leads: what is known of one, checked against a rule set's vocabulary.
//!
//! A host's data goes in (built in code, from any serde type, from JSON Lines or CSV); [`Facts`] come out:
//! attributes in slots, events without duplicates in the order of time.

mod builder;
mod convert;
mod error;
mod from_serde;
mod input;
mod intake;
#[cfg(feature = "json")]
mod read;
mod stage;
#[cfg(test)]
mod testing;
mod tree;
mod unknown;
mod value;

pub use error::{LeadError, LeadErrorKind};
pub use input::Input;
#[cfg(feature = "json")]
pub use read::{LeadFormat, ReadError, ReadErrorKind, ReadOptions, ReadWarning};
pub use stage::{Stage, UnknownStage};
pub use unknown::{NameSort, UnknownName};

pub(crate) use builder::FactsBuilder;
#[cfg(feature = "json")]
pub(crate) use convert::EXPECTED_INSTANT;
pub(crate) use convert::{describe, expected, value_ref};
pub(crate) use error::{did_you_mean, quote};
pub(crate) use from_serde::from_serialize;
#[cfg(feature = "json")]
pub(crate) use read::{AttributeReader, FactsReader, ObjectLines, describe_json, entries, id_under};
pub(crate) use unknown::{NameOf, grouped};
pub(crate) use value::{Text, Value};

use crate::time::Instant;
use crate::vocabulary::{AttributeId, EventKindId, PropertyId};

/// What is known of a lead.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Facts {
    pub(crate) id: String,
    /// By [`AttributeId`], one slot for every attribute of the vocabulary; none where missing.
    pub(crate) attributes: Vec<Option<Value>>,
    /// By time, of equal times in the order of arrival; each `id` once; only of known kinds.
    pub(crate) events: Vec<Event>,
    pub(crate) stage: Stage,
    pub(crate) stage_since: Option<Instant>,
}

/// One event of a lead.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Event {
    pub(crate) kind: EventKindId,
    /// Empty where the event has none.
    pub(crate) subject: Text,
    pub(crate) at: Instant,
    /// Those that are known, by ascending property.
    pub(crate) properties: Vec<(PropertyId, Value)>,
    /// Never empty. It is kept so that a lead can be merged with a duplicate of itself.
    pub(crate) id: Option<Box<str>>,
}

impl Facts {
    /// The value of an attribute, none where it is missing.
    pub(crate) fn attribute(&self, id: AttributeId) -> Option<&Value> {
        self.attributes.get(id.0 as usize).and_then(Option::as_ref)
    }
}

impl Event {
    /// The value of a property, none where it is missing.
    pub(crate) fn property(&self, id: PropertyId) -> Option<&Value> {
        self.properties.iter().find(|(property, _)| *property == id).map(|(_, value)| value)
    }
}
