//! One change to a lead, as something that can be done to its facts and looked at afterwards.

use crate::decimal::Number;
use crate::lead::{Event, Facts, Text, Value};
use crate::time::Instant;
use crate::vocabulary::{AttributeId, EventKindId, PropertyId};

/// How likely it is that a change comes about: the first is the likeliest.
///
/// Serializes as `can_do`, `can_find_out`, `would_have_to_be`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Likelihood {
    /// Something that the lead can still do: one more visit.
    CanDo,
    /// Something that is not known of it yet: its budget.
    CanFindOut,
    /// It would have to be another: of another size, with another title; or only time can do it.
    WouldHaveToBe,
}

/// How a value that is wanted meets the texts that stand beside it.
///
/// Serializes in snake case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Relation {
    /// It is one of them.
    Equal,
    /// It contains one of them; a set: it has all of one of them.
    Contains,
    /// It starts with one of them.
    StartsWith,
    /// It ends with one of them.
    EndsWith,
    /// It has one of them as a word.
    HasWord,
    /// It is none that the rule set asks for.
    Different,
}

/// A change to a lead.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    Events(EventStep),
    Attribute { attribute: AttributeId, value: Option<Value>, relation: Relation },
}

/// So many more events.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct EventStep {
    pub(super) kind: EventKindId,
    pub(super) subject: StepSubject,
    /// By ascending property.
    pub(super) properties: Vec<(PropertyId, Value)>,
    /// The property that a sum is taken of, if the event is there for it.
    pub(super) summed: Option<PropertyId>,
    pub(super) count: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum StepSubject {
    Named(String),
    /// Something that fits this pattern and that no event of the lead is about; every event another.
    New {
        pattern: String,
    },
}

/// What a step does something about: a set of changes does one thing about each.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum About<'s> {
    Events(EventKindId, &'s StepSubject, &'s [(PropertyId, Value)]),
    Attribute(AttributeId),
}

impl Step {
    pub(super) fn about(&self) -> About<'_> {
        match self {
            Step::Events(step) => About::Events(step.kind, &step.subject, &step.properties),
            Step::Attribute { attribute, .. } => About::Attribute(*attribute),
        }
    }

    /// How many changes it counts as.
    pub(super) fn count(&self) -> u32 {
        match self {
            Step::Events(step) => step.count,
            Step::Attribute { .. } => 1,
        }
    }

    /// The same with another number of events.
    pub(super) fn with_count(&self, count: u32) -> Step {
        match self {
            Step::Events(step) => Step::Events(EventStep { count, ..step.clone() }),
            step => step.clone(),
        }
    }

    /// The same with this value, of its attribute or of the property that is added up.
    pub(super) fn with_number(&self, number: Number) -> Step {
        let mut step = self.clone();
        if let Step::Events(EventStep { properties, summed, .. }) = &mut step {
            let summed = properties.iter_mut().find(|(property, _)| Some(*property) == *summed);
            if let Some((_, value)) = summed {
                *value = Value::Number(number);
            }
        }
        step
    }

    /// The amount that the event adds to a sum.
    pub(super) fn amount(&self) -> Option<Number> {
        let Step::Events(step) = self else { return None };
        let (_, value) = step.properties.iter().find(|(property, _)| Some(*property) == step.summed)?;
        match value {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }
}

impl EventStep {
    /// Its events, all of the instant `at`; `stem` stands in no subject of the lead.
    fn events(&self, at: Instant, stem: &str) -> impl Iterator<Item = Event> + '_ {
        let stem = stem.to_owned();
        (1..=self.count).map(move |number| {
            let subject = match &self.subject {
                StepSubject::Named(name) => Text::new(name),
                StepSubject::New { pattern } => Text::new(&pattern.replace('*', &format!("{stem}{number}"))),
            };
            Event { kind: self.kind, subject, at, properties: self.properties.clone(), id: None }
        })
    }
}

/// What it takes to undo changes.
pub(super) struct Undo {
    events: std::ops::Range<usize>,
    attributes: Vec<(usize, Option<Value>)>,
}

/// Does the changes to `facts`, events at the instant `at`.
pub(super) fn apply(facts: &mut Facts, steps: &[&Step], at: Instant, stem: &str) -> Undo {
    let place = facts.events.partition_point(|event| event.at <= at);
    let mut events = Vec::new();
    let mut attributes = Vec::new();
    for step in steps {
        match step {
            Step::Events(step) => events.extend(step.events(at, stem)),
            Step::Attribute { attribute, value, .. } => {
                let index = attribute.0 as usize;
                if let Some(slot) = facts.attributes.get_mut(index) {
                    attributes.push((index, std::mem::replace(slot, value.clone())));
                }
            }
        }
    }
    let end = place + events.len();
    facts.events.splice(place..place, events);
    Undo { events: place..end, attributes }
}

impl Undo {
    /// Takes the changes back.
    pub(super) fn undo(self, facts: &mut Facts) {
        facts.events.drain(self.events);
        for (index, value) in self.attributes.into_iter().rev() {
            if let Some(slot) = facts.attributes.get_mut(index) {
                *slot = value;
            }
        }
    }
}

/// A text that no subject of the lead contains.
pub(super) fn stem(facts: &Facts) -> String {
    let subjects = || facts.events.iter().map(|event| event.subject.folded());
    if !subjects().any(|subject| subject.contains("new-")) {
        return "new-".to_owned();
    }
    // Longer than every subject.
    format!("new{}", "-".repeat(subjects().map(str::len).max().unwrap_or(0)))
}
