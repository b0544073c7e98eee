//! A lead in the making: names and values that belong to no vocabulary yet.
//!
//! A sketch is what a search works on. It becomes the facts of a lead under either version, where what that version
//! does not know, or knows with another type, is left out, as it is of a lead file; and it is written as a `test`
//! block.

use std::collections::BTreeMap;

use crate::decimal::Number;
use crate::lead::{Event, Facts, Stage, Text, Value};
use crate::time::{Instant, Period};
use crate::vocabulary::{Type, Vocabulary};

/// A sketch has no more attributes and events together than this.
pub(super) const MOST_PARTS: usize = 60;

/// What is known of a lead that is made up.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sketch {
    pub(super) attributes: BTreeMap<String, Plain>,
    pub(super) events: Vec<SketchEvent>,
    pub(super) stage: Stage,
    /// How long before the instant of the evaluation the lead came to its stage.
    pub(super) since: Option<Period>,
}

/// An event that is made up.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SketchEvent {
    pub(super) kind: String,
    pub(super) subject: String,
    pub(super) properties: BTreeMap<String, Plain>,
    /// How long before the instant of the evaluation it happened.
    pub(super) age: Period,
}

/// A value with its symbol by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Plain {
    Text(String),
    Number(Number),
    Flag(bool),
    Symbol(String),
    Date(Instant),
    Set(Vec<String>),
}

impl Plain {
    /// A value of a type, its symbol by name.
    pub(super) fn of(value: &Value, of: &Type) -> Plain {
        match value {
            Value::Text(text) => Plain::Text(text.as_str().to_owned()),
            Value::Number(number) => Plain::Number(*number),
            Value::Flag(flag) => Plain::Flag(*flag),
            Value::Date(date) => Plain::Date(*date),
            Value::Set(items) => Plain::Set(items.iter().map(|item| item.as_str().to_owned()).collect()),
            Value::Symbol(symbol) => Plain::Symbol(of.symbol_name(*symbol).to_owned()),
        }
    }

    /// This as a value of a type; none where the type cannot hold it.
    pub(super) fn value(&self, of: &Type) -> Option<Value> {
        Some(match (self, of) {
            (Plain::Text(text), Type::Text) => Value::Text(Text::new(text)),
            (Plain::Number(number), Type::Number) => Value::Number(*number),
            (Plain::Flag(flag), Type::Flag) => Value::Flag(*flag),
            (Plain::Date(date), Type::Date) => Value::Date(*date),
            (Plain::Set(items), Type::SetOfText) => {
                Value::Set(items.iter().map(|item| Text::new(item)).collect())
            }
            (Plain::Symbol(symbol), Type::OneOf(_)) => Value::Symbol(of.symbol_id(symbol)?),
            _ => return None,
        })
    }
}

impl Sketch {
    /// How many attributes and events there are.
    pub(super) fn size(&self) -> usize {
        self.attributes.len() + self.events.len()
    }

    /// This with what another has besides, as far as there is room: where both say something of an attribute, this
    /// one has it, but sets are joined.
    pub(super) fn and(mut self, other: &Sketch) -> Sketch {
        for (name, value) in &other.attributes {
            if self.size() >= MOST_PARTS {
                return self;
            }
            match (self.attributes.get_mut(name), value) {
                (None, value) => drop(self.attributes.insert(name.clone(), value.clone())),
                (Some(Plain::Set(here)), Plain::Set(there)) => {
                    let missing: Vec<String> =
                        there.iter().filter(|item| !here.contains(item)).cloned().collect();
                    here.extend(missing);
                }
                (Some(_), _) => {}
            }
        }
        let room = MOST_PARTS.saturating_sub(self.size());
        self.events.extend(other.events.iter().take(room).cloned());
        if self.stage == Stage::default() {
            (self.stage, self.since) = (other.stage, other.since);
        }
        self
    }

    /// The lead as a vocabulary has it; its events in the order of time.
    pub(super) fn facts(&self, vocabulary: &Vocabulary, now: Instant) -> Facts {
        let mut attributes = vec![None; vocabulary.attributes.len()];
        for (name, value) in &self.attributes {
            let id = vocabulary.attribute_id(name);
            let known = id.and_then(|id| Some((id, vocabulary.attribute(id)?)));
            let Some((id, known)) = known else { continue };
            if let Some(slot) = attributes.get_mut(id.0 as usize) {
                *slot = value.value(&known.of);
            }
        }
        let event = |event: &SketchEvent| {
            let id = vocabulary.kind_id(&event.kind)?;
            let kind = vocabulary.kind(id)?;
            let mut made = Event::new(id, &event.subject, now.minus(event.age), "");
            for (name, value) in &event.properties {
                let Some(id) = kind.property_id(name) else { continue };
                let value = kind.property(id).and_then(|property| value.value(&property.of));
                made.properties.extend(value.map(|value| (id, value)));
            }
            made.properties.sort_by_key(|(id, _)| *id);
            Some(made)
        };
        let mut events: Vec<Event> = self.events.iter().filter_map(event).collect();
        events.sort_by_key(|event| event.at);
        let stage_since = self.since.map(|since| now.minus(since));
        Facts { id: String::new(), attributes, events, stage: self.stage, stage_since }
    }

    /// Leaves out what a vocabulary does not know, or knows with another type.
    pub(super) fn keep_known(&mut self, vocabulary: &Vocabulary) {
        self.attributes.retain(|name, value| {
            let id = vocabulary.attribute_id(name);
            let known = id.and_then(|id| vocabulary.attribute(id));
            known.is_some_and(|known| value.value(&known.of).is_some())
        });
        self.events.retain(|event| knows(vocabulary, event));
    }

    /// Whether a vocabulary knows all of it.
    pub(super) fn is_known(&self, vocabulary: &Vocabulary) -> bool {
        let mut known = self.clone();
        known.keep_known(vocabulary);
        known.size() == self.size()
    }
}

fn knows(vocabulary: &Vocabulary, event: &SketchEvent) -> bool {
    let Some(kind) = vocabulary.kind_id(&event.kind).and_then(|id| vocabulary.kind(id)) else { return false };
    event.properties.iter().all(|(name, value)| {
        let property = kind.property_id(name).and_then(|id| kind.property(id));
        property.is_some_and(|property| value.value(&property.of).is_some())
    })
}
