//! Leads built in code: every name is checked against the vocabulary as it is used.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Compiled, Lead};
use crate::lead::{Event, FactsBuilder, Input, LeadError, LeadErrorKind, NameOf, Stage, UnknownName};
use crate::qualify::Bant;
use crate::time::Instant;
use crate::vocabulary::{AttributeId, Type, Vocabulary};

/// A lead in the making, built in code.
///
/// Every method that takes a name checks it against the rule set's vocabulary, so a slip is found where it is
/// made; setting an attribute again replaces its value.
#[derive(Clone, Debug)]
#[must_use]
pub struct LeadBuilder<'r> {
    rules: &'r Arc<Compiled>,
    /// In a box, because every method moves the builder.
    facts: Box<FactsBuilder<'r>>,
}

impl<'r> LeadBuilder<'r> {
    /// A lead of whom nothing is known yet.
    pub(super) fn new(rules: &'r Arc<Compiled>) -> Self {
        LeadBuilder { rules, facts: Box::new(FactsBuilder::new(&rules.model.vocabulary)) }
    }

    /// Gives the lead its id, which results and explanations name it by; empty if never set.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.facts.set_id(id);
        self
    }

    /// Sets an attribute. `None`, an empty text and an empty list make it missing.
    ///
    /// # Errors
    /// The vocabulary has no such attribute, or the value is not of its type or out of range.
    pub fn set<'a>(mut self, attribute: &str, value: impl Into<Input<'a>>) -> Result<Self, LeadError> {
        let vocabulary = self.facts.vocabulary();
        let id = vocabulary
            .attribute_id(attribute)
            .ok_or_else(|| unknown(vocabulary, NameOf::Attribute, attribute))?;
        self.facts.set(id, &value.into()).map_err(|kind| LeadError::new(attribute, kind))?;
        Ok(self)
    }

    /// Sets the flags `budget`, `authority`, `need` and `timing` to what is known of them: true where it is
    /// confirmed, false where it is denied, missing where it is unknown. Those that the vocabulary lacks, or has
    /// with another type, are left out: the rule set does not ask for them.
    pub fn bant(mut self, bant: &Bant) -> Self {
        let vocabulary = self.facts.vocabulary();
        for (name, value) in bant.attributes() {
            let flag =
                |id: &AttributeId| vocabulary.attribute(*id).is_some_and(|known| known.of == Type::Flag);
            if let Some(id) = vocabulary.attribute_id(name).filter(flag) {
                // OK because any flag fits a flag.
                let _ = self.facts.set(id, &Input::from(value));
            }
        }
        self
    }

    /// Adds an event of `kind` about `subject`, which may be empty, that happened at `at`.
    ///
    /// For one with properties or an id of its own see [`LeadBuilder::add_event`].
    ///
    /// # Errors
    /// The vocabulary has no such event kind, or `at` is outside the years 0001 to 9999.
    pub fn event(self, kind: &str, subject: &str, at: DateTime<Utc>) -> Result<Self, LeadError> {
        self.add_event(NewEvent::new(kind, subject, at))
    }

    /// Adds an event.
    ///
    /// # Errors
    /// The vocabulary has no such event kind, the kind has no such property, a property's value is not of its
    /// type, or the event's time is outside the years 0001 to 9999.
    pub fn add_event(mut self, event: NewEvent<'_>) -> Result<Self, LeadError> {
        let vocabulary = self.facts.vocabulary();
        let id = vocabulary.kind_id(&event.kind);
        let Some((id, kind)) = id.and_then(|id| Some((id, vocabulary.kind(id)?))) else {
            return Err(unknown(vocabulary, NameOf::Event, &event.kind));
        };
        let mut arrived = Event::new(id, &event.subject, instant("at", event.at)?, &event.id);
        for (name, value) in &event.properties {
            let property = kind
                .property_id(name)
                .ok_or_else(|| unknown(vocabulary, NameOf::Property(Some(id)), name))?;
            arrived
                .set(kind, property, value)
                .map_err(|kind| LeadError::new(&**name, kind).within(&event.kind))?;
        }
        self.facts.add(arrived);
        Ok(self)
    }

    /// Says where the lead stands, and since when if that is known; without this it is at [`Stage::Lead`].
    ///
    /// # Errors
    /// `since` is outside the years 0001 to 9999.
    pub fn stage(mut self, stage: Stage, since: impl Into<Option<DateTime<Utc>>>) -> Result<Self, LeadError> {
        let since = since.into().map(|since| instant("stage_since", since)).transpose()?;
        self.facts.set_stage(stage);
        self.facts.set_stage_since(since);
        Ok(self)
    }

    /// The lead, ready to be evaluated.
    pub fn build(self) -> Lead {
        Lead::new(self.rules, self.facts.finish())
    }
}

/// An event for [`LeadBuilder::add_event`]: what happened, about what and when, with properties and an id of its own.
///
/// Of events of one lead with the same id only the earliest counts, so that a delivery made twice is harmless.
///
/// ```
/// use chrono::{DateTime, Utc};
/// use leadql::NewEvent;
/// let at: DateTime<Utc> = "2026-10-29T10:00:00Z".parse()?;
/// let event = NewEvent::new("watched", "demo", at).property("seconds", 340).id("e-1");
/// # let _ = event;
/// # Ok::<(), chrono::ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct NewEvent<'a> {
    pub(crate) kind: Cow<'a, str>,
    pub(crate) subject: Cow<'a, str>,
    pub(crate) at: DateTime<Utc>,
    pub(crate) id: Cow<'a, str>,
    pub(crate) properties: Vec<(Cow<'a, str>, Input<'a>)>,
}

impl<'a> NewEvent<'a> {
    /// An event of `kind` about `subject`, which may be empty, that happened at `at`.
    pub fn new(kind: impl Into<Cow<'a, str>>, subject: impl Into<Cow<'a, str>>, at: DateTime<Utc>) -> Self {
        NewEvent { kind: kind.into(), subject: subject.into(), at, id: "".into(), properties: Vec::new() }
    }

    /// Sets a property; one set again is replaced.
    pub fn property(mut self, name: impl Into<Cow<'a, str>>, value: impl Into<Input<'a>>) -> Self {
        self.properties.push((name.into(), value.into()));
        self
    }

    /// Gives the event an id of its own; an empty one is none.
    pub fn id(mut self, id: impl Into<Cow<'a, str>>) -> Self {
        self.id = id.into();
        self
    }
}

pub(crate) fn unknown(vocabulary: &Vocabulary, of: NameOf, name: &str) -> LeadError {
    LeadError::new("", LeadErrorKind::UnknownName(UnknownName::of(vocabulary, of, name, None)))
}

pub(crate) fn instant(field: &str, time: DateTime<Utc>) -> Result<Instant, LeadError> {
    Instant::try_from(time).map_err(|error| {
        LeadError::new(field, LeadErrorKind::instant(crate::lead::describe(&time.into()), error))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuleSet;
    use crate::lead::{Text, Value};

    fn time(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_lead_reads_as_it_is_written() {
        let rules = RuleSet::compile("need => 1").unwrap();
        let noon = time("2026-10-29T12:00:00Z");
        let lead = rules
            .lead()
            .id("L-1")
            .set("title", "Chief Marketing Officer")
            .and_then(|lead| lead.set("title", "CMO"))
            .and_then(|lead| lead.set("company_size", 120))
            .and_then(|lead| lead.set("budget", Some(true)))
            .and_then(|lead| lead.event("visited", "pricing", noon))
            .and_then(|lead| {
                lead.add_event(
                    NewEvent::new("watched", "demo", time("2026-10-28T12:00:00Z"))
                        .property("seconds", 340)
                        .id("e"),
                )
            })
            .and_then(|lead| lead.stage(Stage::Mql, noon))
            .unwrap()
            .build();
        let facts = lead.facts();
        assert_eq!(facts.id, "L-1");
        let title = rules.compiled.model.vocabulary.attribute_id("title").unwrap();
        assert_eq!(facts.attribute(title), Some(&Value::Text(Text::new("CMO"))));
        let subjects: Vec<_> = facts.events.iter().map(|event| event.subject.as_str()).collect();
        assert_eq!(subjects, ["demo", "pricing"]);
        assert_eq!(facts.events[0].properties.len(), 1);
        assert_eq!((facts.stage, facts.stage_since), (Stage::Mql, Instant::try_from(noon).ok()));
    }

    #[test]
    fn slips_are_named_where_they_are_made() {
        let rules = RuleSet::compile("need => 1").unwrap();
        let lead = || rules.lead();
        let noon = time("2026-10-29T12:00:00Z");
        let far = time("+10000-01-01T00:00:00Z");
        let demo = || NewEvent::new("watched", "demo", noon);
        for (error, text) in [
            (
                lead().set("titel", "x"),
                "attribute \"titel\" is not in the vocabulary; did you mean \"title\"?",
            ),
            (lead().set("company_size", "x"), "company_size: found the text \"x\" where a number belongs"),
            (
                lead().event("vistied", "x", noon),
                "event \"vistied\" is not in the vocabulary; did you mean \"visited\"?",
            ),
            (
                lead().add_event(demo().property("second", 1)),
                "property \"second\" of event \"watched\" is not in the vocabulary; did you mean \"seconds\"?",
            ),
            (
                lead().add_event(demo().property("seconds", true)),
                "watched.seconds: found true where a number belongs",
            ),
            (
                lead().event("visited", "x", far),
                "at: found +10000-01-01 00:00:00 UTC where an instant of the years 0001 to 9999 belongs",
            ),
            (
                lead().stage(Stage::Mql, far),
                "stage_since: found +10000-01-01 00:00:00 UTC where an instant of the years 0001 to 9999 belongs",
            ),
        ] {
            assert_eq!(error.unwrap_err().to_string(), text);
        }
    }
}
