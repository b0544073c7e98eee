//! Puts events and writes into states.
//!
//! Names are looked up and values checked here, once; what goes into a state is numbers. An event is matched to
//! its terms and stands behind the packed ones from then on; now and then, when as much has come as was there,
//! everything is packed anew without what nothing asks for any more.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::pack::{self, Arrival};
use super::retention::Retention;
use super::{Kept, LeadState, NEVER_YET, StageWrite, StateError};
use crate::lead::{Input, LeadError, NameOf, Stage, value_ref};
use crate::plan::{FoldRoom, Micros, Plan, ValueRef};
use crate::rule_set::{
    AttributeHandle, Compiled, EventHandle, KnownEvent, NewEvent, PropertyHandle, checked_instant,
    unknown_name,
};
use crate::time::Instant;
use crate::vocabulary::{EventKindId, PropertyId, Type};

/// Arrivals are packed when they take this many bytes, or as many as what is packed already.
const MOST_LOOSE: usize = 384;
/// No state grows beyond this, so that places in two of them fit 32 bits.
pub(super) const MOST_BYTES: usize = 1 << 31;

/// Makes the states of one rule set's leads and puts events and writes into them: see
/// [`RuleSet::keeper`](crate::RuleSet::keeper).
///
/// A keeper has no state of its own; any number of them may work on different leads at a time.
#[derive(Clone, Debug)]
pub struct Keeper {
    pub(super) rules: Arc<Compiled>,
    pub(super) tools: Tools,
}

/// Lists that are filled for one event or one state after another.
#[derive(Clone, Debug, Default)]
pub(super) struct Tools {
    pub(super) kept: Kept,
    room: FoldRoom,
    terms: Vec<u32>,
    values: Vec<i64>,
    run: Vec<bool>,
    pub(super) output: Vec<u8>,
}

/// An event but for its properties.
struct Parts<'a> {
    kind: EventKindId,
    subject: &'a str,
    at: DateTime<Utc>,
    id: &'a str,
    /// Whether it goes only into what is missing of the state.
    missing_only: bool,
}

impl Keeper {
    pub(crate) fn new(rules: &Arc<Compiled>) -> Self {
        Keeper { rules: Arc::clone(rules), tools: Tools::default() }
    }

    /// The state of a lead of whom nothing is known yet.
    pub fn new_state(&self, id: &str) -> LeadState {
        LeadState::new(id, self.rules.retention())
    }

    #[cfg(any(test, fuzzing))]
    pub(crate) fn vocabulary(&self) -> &crate::vocabulary::Vocabulary {
        &self.rules.model.vocabulary
    }

    /// Resolves the name of an attribute.
    ///
    /// # Errors
    /// The vocabulary has no such attribute.
    pub fn attribute(&self, name: &str) -> Result<AttributeHandle, StateError> {
        Ok(self.rules.attribute(name)?)
    }

    /// Resolves the name of an event kind.
    ///
    /// # Errors
    /// The vocabulary has no such event kind.
    pub fn event(&self, kind: &str) -> Result<EventHandle, StateError> {
        Ok(self.rules.event(kind)?)
    }

    /// Resolves the name of a property of an event kind.
    ///
    /// # Errors
    /// The event kind has no such property, or is of another rule set.
    pub fn property(&self, event: EventHandle, name: &str) -> Result<PropertyHandle, StateError> {
        Ok(self.rules.property(event, name)?)
    }

    /// Writes an attribute. Of several writes the one with the latest `at` counts, in whatever order they come;
    /// of two with the same `at` the one that comes last in a fixed order of what the rule set can tell apart.
    /// `None`, an empty text and an empty list make the attribute missing.
    ///
    /// # Errors
    /// The value is not of the attribute's type or out of range, `at` is outside the years 0001 to 9999, or
    /// handle or state are of another rule set.
    pub fn set<'a>(
        &mut self,
        state: &mut LeadState,
        attribute: AttributeHandle,
        value: impl Into<Input<'a>>,
        at: DateTime<Utc>,
    ) -> Result<(), StateError> {
        self.rules.check_handle(attribute.rules, "the attribute")?;
        self.check_state(state)?;
        let value = value.into();
        let known = self.rules.model.vocabulary.attribute(attribute.id);
        let (name, of) = known.map_or(("", &Type::Text), |known| (known.name.as_str(), &known.of));
        let value = value_ref(of, &value).map_err(|kind| LeadError::new(name, kind))?;
        let at = checked_instant("at", at)?.micros();
        if let Some((place, _)) = self.rules.retention().attribute(attribute.id) {
            self.tools.write(&self.rules, state, place, value, at);
        }
        Ok(())
    }

    /// Writes where the lead stands, and since when if that is known. Of several writes the one with the latest
    /// `at` counts, of two with the same `at` the stage that comes later in [`Stage::ALL`].
    ///
    /// # Errors
    /// `since` or `at` is outside the years 0001 to 9999, or the state is of another rule set.
    pub fn set_stage(
        &mut self,
        state: &mut LeadState,
        stage: Stage,
        since: impl Into<Option<DateTime<Utc>>>,
        at: DateTime<Utc>,
    ) -> Result<(), StateError> {
        self.check_state(state)?;
        let since = since.into().map(|since| checked_instant("stage_since", since)).transpose()?;
        let written = checked_instant("at", at)?.micros();
        state.stage = state.stage.max(StageWrite { written, stage, since });
        Ok(())
    }

    /// Records an event at `now`, and moves the state's horizon there if it is not further on already. The event
    /// may be older than the horizon, and later than `now`.
    ///
    /// For many events of few kinds see [`Keeper::record_known`].
    ///
    /// # Errors
    /// The vocabulary has no such event kind, the kind has no such property, a property's value is not of its
    /// type, the event's time is outside the years 0001 to 9999, or the state is of another rule set.
    pub fn record(
        &mut self,
        state: &mut LeadState,
        event: &NewEvent<'_>,
        now: DateTime<Utc>,
    ) -> Result<(), StateError> {
        self.put(state, event, now, false)
    }

    /// Puts an event into a state: into all of it, or only into what is missing.
    pub(super) fn put(
        &mut self,
        state: &mut LeadState,
        event: &NewEvent<'_>,
        now: DateTime<Utc>,
        missing_only: bool,
    ) -> Result<(), StateError> {
        let Keeper { rules, tools } = self;
        let vocabulary = &rules.model.vocabulary;
        let kind_id = vocabulary.kind_id(&event.kind);
        let Some((kind_id, kind)) = kind_id.and_then(|id| Some((id, vocabulary.kind(id)?))) else {
            return Err(unknown_name(vocabulary, NameOf::Event, &event.kind).into());
        };
        for (name, value) in &event.properties {
            let property = kind.property_id(name).and_then(|id| kind.property(id));
            let unknown = || unknown_name(vocabulary, NameOf::Property(Some(kind_id)), name);
            value_ref(&property.ok_or_else(unknown)?.of, value)
                .map_err(|kind| LeadError::new(&**name, kind).within(&event.kind))?;
        }
        let value = |id| {
            let property = kind.property(id)?;
            let (_, value) = event.properties.iter().rev().find(|(name, _)| *name == property.name)?;
            value_ref(&property.of, value).ok().flatten()
        };
        let parts =
            Parts { subject: &event.subject, at: event.at, id: &event.id, kind: kind_id, missing_only };
        tools.take_in(rules, state, parts, now, value)
    }

    /// Records an event whose names are resolved: see [`Keeper::record`].
    ///
    /// # Errors
    /// As [`Keeper::record`]; or a handle is of another rule set, or a property of another event kind.
    pub fn record_known(
        &mut self,
        state: &mut LeadState,
        event: &KnownEvent<'_>,
        now: DateTime<Utc>,
    ) -> Result<(), StateError> {
        let Keeper { rules, tools } = self;
        let kind = rules.checked_event(event)?;
        let value = |id| event.property(kind, id);
        let KnownEvent { subject, at, id, .. } = *event;
        let parts = Parts { subject, at, id, kind: event.kind.kind, missing_only: false };
        tools.take_in(rules, state, parts, now, value)
    }

    /// Moves the state's horizon to `now`, if it is not further on already: what has left every window may go.
    ///
    /// # Errors
    /// The state is of another rule set.
    pub fn advance(&mut self, state: &mut LeadState, now: DateTime<Utc>) -> Result<(), StateError> {
        self.check_state(state)?;
        state.horizon = Instant::nearest(now).micros().max(state.horizon);
        Ok(())
    }

    /// Drops all that nothing asks for any more and gives memory back: for a state that rests for a while. What
    /// the state gives does not change.
    ///
    /// # Errors
    /// The state is of another rule set.
    pub fn settle(&mut self, state: &mut LeadState) -> Result<(), StateError> {
        self.check_state(state)?;
        self.tools.pack(self.rules.retention(), state);
        state.bytes.shrink_to_fit();
        Ok(())
    }

    /// Merges the state of another part of the lead's history into `state`: it becomes that of both parts
    /// together. The order of merging makes no difference, and neither does merging events with ids in twice.
    ///
    /// # Errors
    /// The states are of two leads, or of other rule sets; or together they are too large.
    pub fn merge(&mut self, state: &mut LeadState, other: &LeadState) -> Result<(), StateError> {
        self.check_state(state)?;
        self.check_state(other)?;
        if state.id != other.id {
            return Err(StateError::OtherLead { one: state.id.to_string(), other: other.id.to_string() });
        }
        if state.bytes.len() + other.bytes.len() > MOST_BYTES {
            return Err(StateError::Full { lead: state.id.to_string() });
        }
        let retention = self.rules.retention();
        state.horizon = state.horizon.max(other.horizon);
        state.stage = state.stage.max(other.stage);
        state.missing.join(&other.missing);
        for (place, kept) in retention.attributes.iter().enumerate() {
            take_later_write(state, other, place, kept);
        }
        for (base, more) in state.bases.iter_mut().zip(&other.bases) {
            *base = base.saturating_add(*more);
        }
        let stretches = [state.stretch(), other.stretch().moved(state.bytes.len())];
        state.bytes.extend_from_slice(&other.bytes);
        self.tools.kept.gather(&state.bytes, &stretches, retention);
        self.tools.pack_gathered(retention, state);
        Ok(())
    }

    pub(super) fn check_state(&self, state: &LeadState) -> Result<(), StateError> {
        check_layout(state, self.rules.retention())
    }
}

impl Tools {
    /// Writes an attribute by its place in the retention.
    fn write(
        &mut self,
        rules: &Compiled,
        state: &mut LeadState,
        place: usize,
        value: Option<ValueRef<'_>>,
        at: Micros,
    ) {
        let Some(kept) = rules.retention().attributes.get(place) else { return };
        let Some(written) = state.written.get_mut(place).filter(|written| **written <= at) else { return };
        let truth = state.truth.get_mut(kept.run.clone()).unwrap_or_default();
        let date = kept.date.and_then(|date| state.dates.get_mut(date as usize));
        let new_date = match value {
            Some(ValueRef::Date(date)) => date.micros(),
            _ => NEVER_YET,
        };
        if *written < at {
            rules.plan.decide(kept.id, value, &mut self.room, truth);
        } else {
            self.run.clear();
            self.run.resize(truth.len(), false);
            rules.plan.decide(kept.id, value, &mut self.room, &mut self.run);
            let old_date = date.as_deref().copied().unwrap_or(NEVER_YET);
            if (&*truth, old_date) >= (&*self.run, new_date) {
                return;
            }
            truth.copy_from_slice(&self.run);
        }
        *written = at;
        if let Some(date) = date {
            *date = new_date;
        }
    }

    fn take_in<'v>(
        &mut self,
        rules: &Compiled,
        state: &mut LeadState,
        event: Parts<'_>,
        now: DateTime<Utc>,
        value: impl Fn(PropertyId) -> Option<ValueRef<'v>>,
    ) -> Result<(), StateError> {
        let retention = rules.retention();
        check_layout(state, retention)?;
        let Parts { subject, at, id, kind, missing_only } = event;
        let at = checked_instant("at", at)?.micros();
        let plan = &rules.plan;
        let terms = &mut self.terms;
        terms.clear();
        plan.terms_of(kind, subject, &value, &mut self.room, |term| terms.push(term));
        if terms.len() > 1 {
            terms.sort_unstable();
            terms.dedup();
        }
        terms.extend(activity(plan, retention, kind));
        if missing_only {
            terms.retain(|term| state.missing.has_term(*term as usize));
        }
        if !terms.is_empty() {
            self.values.clear();
            for term in terms.iter().filter_map(|term| retention.term(*term)) {
                self.values.extend(term.sums.iter().map(|sum| {
                    let property = plan.sums.get(sum.number as usize).and_then(|sum| sum.property(kind));
                    match property.and_then(&value) {
                        Some(ValueRef::Number(number)) => number.millionths(),
                        _ => 0,
                    }
                }));
            }
            // The longest event has every term and value; numbers take up to 10 bytes.
            let longest = 128 + 10 * (self.terms.len() + self.values.len());
            if state.bytes.len() + longest > MOST_BYTES {
                self.pack(retention, state);
                if state.bytes.len() + longest > MOST_BYTES {
                    return Err(StateError::Full { lead: state.id.to_string() });
                }
            }
            let arrival = Arrival { at, id, subject, terms: &self.terms, values: &self.values };
            arrival.put(retention, &mut state.bytes);
        }
        state.horizon = Instant::nearest(now).micros().max(state.horizon);
        let packed = state.packed as usize;
        if state.bytes.len() - packed > packed.max(MOST_LOOSE) {
            self.pack(retention, state);
        }
        Ok(())
    }

    /// Packs a state's events anew, without what nothing asks for any more.
    pub(super) fn pack(&mut self, retention: &Retention, state: &mut LeadState) {
        self.kept.gather(&state.bytes, &[state.stretch()], retention);
        self.pack_gathered(retention, state);
    }

    /// As [`Tools::pack`], of events that are spread out already.
    pub(super) fn pack_gathered(&mut self, retention: &Retention, state: &mut LeadState) {
        let Tools { kept, output, .. } = self;
        kept.trim(&state.bytes, state.horizon, retention, &mut state.bases);
        output.clear();
        pack::pack(&kept.entries, &state.bytes, &kept.values, retention, output);
        state.bytes.clear();
        state.bytes.extend_from_slice(output);
        // OK because a state has fewer than 2^31 bytes, and packing makes no more of them.
        state.packed = u32::try_from(state.bytes.len()).unwrap_or(u32::MAX);
    }
}

/// Whether a plan with this retention can read the state.
pub(super) fn check_layout(state: &LeadState, retention: &Retention) -> Result<(), StateError> {
    if state.layout == retention.layout {
        return Ok(());
    }
    Err(other_rules("the state", "store it with its own rule set and adopt it with this one"))
}

fn other_rules(what: &'static str, help: &'static str) -> StateError {
    StateError::OtherRules { what, help }
}

/// The term of activity, where an event of this kind is some.
fn activity(plan: &Plan, retention: &Retention, kind: EventKindId) -> Option<u32> {
    retention.activity(plan).filter(|_| plan.activity.as_ref().is_some_and(|activity| activity.counts(kind)))
}

fn take_later_write(
    state: &mut LeadState,
    other: &LeadState,
    place: usize,
    kept: &super::retention::KeptAttribute,
) {
    let write = |state: &LeadState| {
        let date = kept.date.and_then(|date| state.dates.get(date as usize).copied());
        Some((*state.written.get(place)?, state.truth.get(kept.run.clone())?.to_vec(), date))
    };
    let (Some(own), Some(others)) = (write(state), write(other)) else { return };
    if own >= others {
        return;
    }
    let (written, truth, date) = others;
    if let Some(own) = state.written.get_mut(place) {
        *own = written;
    }
    if let Some(own) = state.truth.get_mut(kept.run.clone()) {
        own.copy_from_slice(&truth);
    }
    if let (Some(own), Some(date)) = (kept.date.and_then(|place| state.dates.get_mut(place as usize)), date) {
        *own = date;
    }
}
