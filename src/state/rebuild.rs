//! States that another rule set takes over: what of them carries over, what is missing, and how that comes back.

use std::fmt;

use chrono::{DateTime, Utc};

use super::retention::Retention;
use super::{Keeper, LeadState, StateError, words};
use crate::rule_set::{Compiled, NewEvent};

/// The parts of a state that wait to be rebuilt, by their places in the retention, ascending. Nothing is kept
/// for the many states of which nothing is missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Missing(Option<Box<Parts>>);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Parts {
    attributes: Vec<u32>,
    terms: Vec<u32>,
}

impl Missing {
    pub(super) fn new(attributes: Vec<u32>, terms: Vec<u32>) -> Self {
        let any = !attributes.is_empty() || !terms.is_empty();
        Missing(any.then(|| Box::new(Parts { attributes, terms })))
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    pub(super) fn has_attribute(&self, number: usize) -> bool {
        self.has(|parts| &parts.attributes, number)
    }

    pub(super) fn has_term(&self, number: usize) -> bool {
        self.has(|parts| &parts.terms, number)
    }

    fn has(&self, list: fn(&Parts) -> &Vec<u32>, number: usize) -> bool {
        let number = u32::try_from(number);
        self.0
            .as_deref()
            .is_some_and(|parts| number.is_ok_and(|number| list(parts).binary_search(&number).is_ok()))
    }

    /// What either lacks.
    pub(super) fn join(&mut self, other: &Missing) {
        let Some(others) = other.0.as_deref() else { return };
        let own = self.0.get_or_insert_default();
        for (own, others) in [(&mut own.attributes, &others.attributes), (&mut own.terms, &others.terms)] {
            own.extend_from_slice(others);
            own.sort_unstable();
            own.dedup();
        }
    }
}

/// A part of a state, named in words, and whether it is there: see [`Keeper::parts`]. Displays as one line.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct StatePart {
    /// What it is about: `attribute title`, `events visited(pricing)`.
    pub name: String,
    /// Whether it is there; otherwise it must be rebuilt from history.
    pub is_there: bool,
}

impl fmt::Display for StatePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = if self.is_there { "carried over" } else { "to be rebuilt from history" };
        write!(f, "{}: {how}", self.name)
    }
}

impl LeadState {
    /// Whether parts of the state are missing, because the rule set that stored it did not ask for them.
    pub const fn must_be_rebuilt(&self) -> bool {
        !self.missing.is_empty()
    }

    pub(super) fn check_complete(&self, rules: &Compiled) -> Result<(), StateError> {
        if self.missing.is_empty() {
            return Ok(());
        }
        let parts = parts(self, rules).filter(|part| !part.is_there);
        Err(StateError::MustBeRebuilt {
            lead: self.id().to_owned(),
            parts: parts.map(|part| part.name).collect(),
        })
    }
}

/// All parts of a state: what is kept of attributes, then of events.
fn parts<'s>(state: &'s LeadState, rules: &'s Compiled) -> impl Iterator<Item = StatePart> + 's {
    let Retention { attributes, terms, .. } = rules.retention();
    let attributes = attributes.iter().enumerate().map(|(number, kept)| StatePart {
        name: words::attribute(&rules.model, kept.id),
        is_there: !state.missing.has_attribute(number),
    });
    let terms = (0..terms.len()).map(|number| StatePart {
        name: format!("events {}", words::term(&rules.model, &rules.plan, number)),
        is_there: !state.missing.has_term(number),
    });
    attributes.chain(terms)
}

impl Keeper {
    /// What a state is made of, in words, and whether it is there: what the rule set asks of attributes, then of
    /// events.
    ///
    /// # Errors
    /// The state is of a rule set that asks for other things.
    pub fn parts(&self, state: &LeadState) -> Result<Vec<StatePart>, StateError> {
        self.check_state(state)?;
        Ok(parts(state, &self.rules).collect())
    }

    /// Puts an event of the history into what is missing of a state, and into nothing else: see
    /// [`Keeper::adopt`].
    ///
    /// Events that come in while the history is read are recorded as ever; the history then ends where the
    /// stored state was adopted. Attributes are written again with [`Keeper::set`], which does no harm to those
    /// that are there.
    ///
    /// # Errors
    /// As [`Keeper::record`].
    pub fn replay(
        &mut self,
        state: &mut LeadState,
        event: &NewEvent<'_>,
        now: DateTime<Utc>,
    ) -> Result<(), StateError> {
        self.put(state, event, now, true)
    }

    /// Says that all of the history is in: the state is whole again and can be evaluated.
    ///
    /// # Errors
    /// The state is of a rule set that asks for other things.
    pub fn rebuilt(&mut self, state: &mut LeadState) -> Result<(), StateError> {
        self.check_state(state)?;
        state.missing = Missing::default();
        Ok(())
    }
}
