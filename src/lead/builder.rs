//! Where every way in ends: typed values and events go in, in any order; [`Facts`] come out, with each event
//! `id` once and the events in the order of time.

use std::collections::HashSet;

use super::error::LeadErrorKind;
use super::{Event, Facts, Input, Stage, Value, convert};
use crate::time::Instant;
use crate::vocabulary::{AttributeId, EventKind, EventKindId, PropertyId, Type, Vocabulary};

/// Facts in the making.
#[derive(Clone, Debug)]
pub(crate) struct FactsBuilder<'v> {
    vocabulary: &'v Vocabulary,
    facts: Facts,
}

impl<'v> FactsBuilder<'v> {
    /// Nothing known yet.
    pub(crate) fn new(vocabulary: &'v Vocabulary) -> Self {
        let facts = Facts {
            id: String::new(),
            attributes: vec![None; vocabulary.attributes.len()],
            events: Vec::new(),
            stage: Stage::default(),
            stage_since: None,
        };
        FactsBuilder { vocabulary, facts }
    }

    pub(crate) const fn vocabulary(&self) -> &'v Vocabulary {
        self.vocabulary
    }

    /// The lead's id, empty while there is none.
    #[cfg(feature = "json")]
    pub(crate) fn id(&self) -> &str {
        &self.facts.id
    }

    pub(crate) fn set_id(&mut self, id: impl Into<String>) {
        self.facts.id = id.into();
    }

    pub(crate) const fn set_stage(&mut self, stage: Stage) {
        self.facts.stage = stage;
    }

    pub(crate) const fn set_stage_since(&mut self, since: Option<Instant>) {
        self.facts.stage_since = since;
    }

    /// Sets an attribute to what `input` is as its type; an earlier value is replaced.
    pub(crate) fn set(&mut self, attribute: AttributeId, input: &Input<'_>) -> Result<(), LeadErrorKind> {
        let Some(known) = self.vocabulary.attribute(attribute) else { return Ok(()) };
        let value = convert::value(&known.of, input)?;
        if let Some(slot) = self.facts.attributes.get_mut(attribute.0 as usize) {
            *slot = value;
        }
        Ok(())
    }

    /// Adds an event behind those that are there.
    pub(crate) fn add(&mut self, event: Event) {
        self.facts.events.push(event);
    }

    /// What was known under another vocabulary, by name: what this one lacks, or has with another type, is
    /// left out. Events keep the order they had.
    pub(crate) fn refit(facts: &Facts, from: &Vocabulary, to: &'v Vocabulary) -> Facts {
        let mut builder = FactsBuilder::new(to);
        builder.facts.id.clone_from(&facts.id);
        (builder.facts.stage, builder.facts.stage_since) = (facts.stage, facts.stage_since);
        for (attribute, value) in from.attributes.iter().zip(&facts.attributes) {
            let id = to.attribute_id(&attribute.name);
            let (Some(id), Some(value)) = (id, value) else { continue };
            let slot = builder.facts.attributes.get_mut(id.0 as usize);
            let value = to.attribute(id).and_then(|known| refit_value(value, &attribute.of, &known.of));
            if let Some(slot) = slot {
                *slot = value;
            }
        }
        for event in &facts.events {
            let kind = from.kind(event.kind);
            let to_id = kind.and_then(|kind| to.kind_id(&kind.name));
            let (Some(kind), Some(to_id)) = (kind, to_id) else { continue };
            let Some(to_kind) = to.kind(to_id) else { continue };
            let mut properties: Vec<(PropertyId, Value)> = Vec::with_capacity(event.properties.len());
            for (id, value) in &event.properties {
                let Some(property) = kind.property(*id) else { continue };
                let Some(to_property) = to_kind.property_id(&property.name) else { continue };
                let known = to_kind.property(to_property);
                let value = known.and_then(|known| refit_value(value, &property.of, &known.of));
                properties.extend(value.map(|value| (to_property, value)));
            }
            properties.sort_by_key(|(id, _)| *id);
            builder.facts.events.push(Event { kind: to_id, properties, ..event.clone() });
        }
        builder.facts
    }

    /// Of events with the same id the earliest counts, of equally early ones the first that was added.
    pub(crate) fn finish(self) -> Facts {
        let mut facts = self.facts;
        // Stable: what arrived first stays first, also among events of one id.
        facts.events.sort_by_key(|event| event.at);
        facts.keep_each_id_once();
        facts
    }
}

/// The same value under another type, if that can hold it.
fn refit_value(value: &Value, from: &Type, to: &Type) -> Option<Value> {
    match (value, from) {
        (Value::Symbol(symbol), Type::OneOf(symbols)) => {
            symbols.get(symbol.0 as usize).and_then(|word| to.symbol_id(word)).map(Value::Symbol)
        }
        _ => (from == to).then(|| value.clone()),
    }
}

impl Facts {
    /// Of events with the same id, keeps the first in the order in which they stand.
    pub(crate) fn keep_each_id_once(&mut self) {
        let mut ids = HashSet::new();
        let all = self.events.iter().map(|event| event.id.as_deref());
        let counts: Vec<bool> = all.map(|id| id.is_none_or(|id| ids.insert(id))).collect();
        let mut counts = counts.into_iter();
        self.events.retain(|_| counts.next().unwrap_or(true));
    }
}

impl Event {
    /// An event without properties; an empty `id` is none.
    pub(crate) fn new(kind: EventKindId, subject: &str, at: Instant, id: &str) -> Self {
        let id = (!id.is_empty()).then(|| id.into());
        Event { kind, subject: super::Text::new(subject), at, properties: Vec::new(), id }
    }

    /// Sets a property of the event, which is of kind `kind`; an earlier value is replaced.
    pub(crate) fn set(
        &mut self,
        kind: &EventKind,
        property: PropertyId,
        input: &Input<'_>,
    ) -> Result<(), LeadErrorKind> {
        let Some(known) = kind.property(property) else { return Ok(()) };
        let value = convert::value(&known.of, input)?;
        self.set_value(property, value);
        Ok(())
    }

    fn set_value(&mut self, property: PropertyId, value: Option<Value>) {
        let properties = &mut self.properties;
        match (properties.binary_search_by_key(&property, |(known, _)| *known), value) {
            (Ok(at), Some(value)) => {
                if let Some(slot) = properties.get_mut(at) {
                    slot.1 = value;
                }
            }
            (Ok(at), None) => drop(properties.remove(at)),
            (Err(at), Some(value)) => properties.insert(at, (property, value)),
            (Err(_), None) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lead::Text;
    use crate::lead::testing::vocabulary;
    use crate::vocabulary::{Attribute, Property, SymbolId};

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    fn subjects(events: &[(&str, &str, &str)]) -> Vec<String> {
        let vocabulary = vocabulary();
        let kind = vocabulary.kind_id("visited").unwrap();
        let mut builder = FactsBuilder::new(&vocabulary);
        for (subject, time, id) in events {
            builder.add(Event::new(kind, subject, at(time), id));
        }
        builder.finish().events.iter().map(|event| event.subject.as_str().to_owned()).collect()
    }

    #[test]
    fn events_are_sorted_and_equal_times_keep_their_order() {
        let events = [
            ("b", "2026-01-02", ""),
            ("a", "2026-01-01", ""),
            ("c", "2026-01-02", ""),
            ("d", "2026-01-01", ""),
        ];
        assert_eq!(subjects(&events), ["a", "d", "b", "c"]);
    }

    #[test]
    fn of_events_with_one_id_the_earliest_counts_then_the_first() {
        assert_eq!(subjects(&[("late", "2026-01-02", "x"), ("early", "2026-01-01", "x")]), ["early"]);
        assert_eq!(subjects(&[("first", "2026-01-01", "x"), ("second", "2026-01-01", "x")]), ["first"]);
        // Equally early once times are cut to microseconds.
        let events =
            [("first", "2026-01-01T00:00:00.0000009Z", "x"), ("second", "2026-01-01T00:00:00.0000001Z", "x")];
        assert_eq!(subjects(&events), ["first"]);
        assert_eq!(subjects(&[("a", "2026-01-01", ""), ("b", "2026-01-01", "")]), ["a", "b"]);
        assert_eq!(subjects(&[("a", "2026-01-01", "X"), ("b", "2026-01-01", "x")]), ["a", "b"]);
    }

    /// A lead that one rule set built and another one looks at: names and words stay, whatever their numbers are.
    #[test]
    fn facts_are_fitted_to_another_vocabulary_by_name() {
        let kind = |name: &str, properties: &[(&str, Type)]| {
            let properties =
                properties.iter().map(|(name, of)| Property { name: (*name).into(), of: of.clone() });
            let properties = properties.collect();
            EventKind {
                name: name.into(),
                subject: "subject".into(),
                properties,
                passive: false,
                declared: true,
            }
        };
        let (from, mut to) = (vocabulary(), Vocabulary::default());
        for (name, of) in [
            ("plan", Type::one_of(["trial", "enterprise", "Pro"])),
            ("company_size", Type::Text),
            ("title", Type::Text),
            ("budget", Type::Flag),
        ] {
            to.add_attribute(Attribute { name: name.into(), of, declared: true });
        }
        to.add_kind(kind("met", &[]));
        let properties = [("finished", Type::Text), ("quality", Type::Text), ("seconds", Type::Number)];
        to.add_kind(kind("watched", &properties));

        let mut builder = FactsBuilder::new(&from);
        builder.set_id("L-1");
        builder.set_stage(Stage::Mql);
        let attributes: [(&str, Input<'_>); 5] = [
            ("title", "CMO".into()),
            ("country", "AT".into()),
            ("company_size", 120.into()),
            ("budget", true.into()),
            ("plan", "pro".into()),
        ];
        for (name, value) in attributes {
            builder.set(from.attribute_id(name).unwrap(), &value).unwrap();
        }
        let watched = from.kind_id("watched").unwrap();
        let known = from.kind(watched).unwrap();
        let mut event = Event::new(watched, "demo", at("2026-01-01"), "e1");
        let properties: [(&str, Input<'_>); 3] =
            [("seconds", 60.into()), ("quality", "hd".into()), ("finished", true.into())];
        for (name, value) in properties {
            event.set(known, known.property_id(name).unwrap(), &value).unwrap();
        }
        builder.add(event);
        builder.add(Event::new(from.kind_id("visited").unwrap(), "docs", at("2026-01-02"), ""));
        let facts = FactsBuilder::refit(&builder.finish(), &from, &to);

        assert_eq!((facts.id.as_str(), facts.stage), ("L-1", Stage::Mql));
        let value = |name| facts.attribute(to.attribute_id(name).unwrap()).cloned();
        assert_eq!(value("title"), Some(Value::Text(Text::new("CMO"))));
        assert_eq!(value("budget"), Some(Value::Flag(true)));
        assert_eq!(value("plan"), Some(Value::Symbol(SymbolId(2))));
        assert_eq!(value("company_size"), None);
        let [event] = facts.events.as_slice() else { panic!("{:?}", facts.events) };
        let kind = to.kind(event.kind).unwrap();
        assert_eq!((kind.name.as_str(), event.subject.as_str()), ("watched", "demo"));
        assert_eq!(event.id.as_deref(), Some("e1"));
        let property = |name| event.property(kind.property_id(name).unwrap()).cloned();
        assert_eq!(property("quality"), Some(Value::Text(Text::new("hd"))));
        assert!(matches!(property("seconds"), Some(Value::Number(n)) if n.millionths() == 60_000_000));
        assert_eq!(property("finished"), None);
        // The word is unknown there.
        builder = FactsBuilder::new(&from);
        builder.set(from.attribute_id("plan").unwrap(), &"free".into()).unwrap();
        let facts = FactsBuilder::refit(&builder.finish(), &from, &to);
        assert_eq!(facts.attribute(to.attribute_id("plan").unwrap()), None);
    }

    #[test]
    fn properties_stay_in_order_and_can_be_taken_back() {
        let vocabulary = vocabulary();
        let id = vocabulary.kind_id("watched").unwrap();
        let kind = vocabulary.kind(id).unwrap();
        let mut event = Event::new(id, "demo", at("2026-01-01"), "");
        let (seconds, quality) = (kind.property_id("seconds").unwrap(), kind.property_id("quality").unwrap());
        event.set(kind, quality, &"hd".into()).unwrap();
        event.set(kind, seconds, &1.into()).unwrap();
        event.set(kind, seconds, &2.into()).unwrap();
        let ids: Vec<_> = event.properties.iter().map(|(property, _)| *property).collect();
        assert_eq!(ids, [seconds, quality]);
        event.set(kind, seconds, &Input::Missing).unwrap();
        assert_eq!(event.property(seconds), None);
        assert!(event.set(kind, seconds, &"x".into()).is_err());
    }
}
