//! What all sources of leads that bring names as data have in common: serde, JSON Lines and CSV.
//!
//! A source says what its raw values are ([`Raw`], [`RawObject`]); an [`Intake`] puts them under their names into
//! a lead, skips and counts the names that the vocabulary lacks, and says what is wrong with the others. Fields
//! of errors are named as seen from the object at hand; whoever knows where that stands puts it in front.

use std::borrow::Cow;

use super::builder::FactsBuilder;
use super::error::{LeadError, LeadErrorKind};
use super::unknown::{NameOf, ObjectId, RepeatedKey, Tally, UnknownName};
use super::{Event, Input, convert};
#[cfg(feature = "csv")]
use crate::vocabulary::AttributeId;
use crate::vocabulary::{EventKind, EventKindId, Type, Vocabulary};

/// A value as its source has it.
pub(super) trait Raw<'a>: Copy {
    /// The value; `of` is the type that it is to have, for sources that have only text.
    fn input(self, of: &Type) -> Result<Input<'a>, LeadError>;
}

/// A value that may be an object.
pub(super) trait RawObject<'a>: Raw<'a> {
    /// The keys and values of the object, none where it is missing.
    fn entries(self) -> Result<Vec<(Cow<'a, str>, Self)>, LeadError>;
}

/// The names that a source's vocabulary lacks: counted, or, in strict reading, each an error.
#[derive(Debug)]
pub(super) struct Names<'v> {
    pub(super) vocabulary: &'v Vocabulary,
    pub(super) strict: bool,
    pub(super) tally: Tally,
}

impl<'v> Names<'v> {
    pub(super) fn new(vocabulary: &'v Vocabulary, strict: bool) -> Self {
        Names { vocabulary, strict, tally: Tally::default() }
    }

    /// Takes note of the unknown `name`, found in `object` under `field`.
    pub(super) fn unknown(
        &mut self,
        of: NameOf,
        name: &str,
        object: ObjectId,
        field: &str,
    ) -> Result<(), LeadError> {
        if self.strict {
            let unknown = UnknownName::of(self.vocabulary, of, name, None);
            return Err(LeadError::new(field, LeadErrorKind::UnknownName(unknown)));
        }
        match self.tally.note(of, name, object) {
            Ok(_) => Ok(()),
            Err(RepeatedKey) => Err(LeadError::new(field, LeadErrorKind::Repeated)),
        }
    }
}

/// A lead that is being read from such a source.
pub(super) struct Intake<'v, 'n> {
    pub(super) builder: FactsBuilder<'v>,
    pub(super) names: &'n mut Names<'v>,
    /// By attribute: whether it was there already, be it as null.
    set: Vec<bool>,
}

impl<'v, 'n> Intake<'v, 'n> {
    pub(super) fn new(names: &'n mut Names<'v>) -> Self {
        let vocabulary = names.vocabulary;
        Intake {
            builder: FactsBuilder::new(vocabulary),
            names,
            set: vec![false; vocabulary.attributes.len()],
        }
    }

    /// Reads the lead's `id`; missing, it stays empty.
    pub(super) fn id<'a>(&mut self, raw: impl Raw<'a>) -> Result<(), LeadError> {
        self.builder.set_id(id(raw).map_err(|error| error.within("id"))?);
        Ok(())
    }

    pub(super) fn stage<'a>(&mut self, raw: impl Raw<'a>) -> Result<(), LeadError> {
        let stage = raw.input(&Type::Text).and_then(|input| convert::stage(input).map_err(here));
        self.builder.set_stage(stage.map_err(|error| error.within("stage"))?);
        Ok(())
    }

    pub(super) fn stage_since<'a>(&mut self, raw: impl Raw<'a>) -> Result<(), LeadError> {
        let since = raw.input(&Type::Date).and_then(|input| convert::instant(&input).map_err(here));
        self.builder.set_stage_since(since.map_err(|error| error.within("stage_since"))?);
        Ok(())
    }

    /// Reads the attribute `name` of the attributes that `object` holds.
    pub(super) fn attribute<'a>(
        &mut self,
        name: &str,
        raw: impl Raw<'a>,
        object: ObjectId,
    ) -> Result<(), LeadError> {
        let vocabulary = self.names.vocabulary;
        let id = vocabulary.attribute_id(name);
        let Some((id, known)) = id.and_then(|id| Some((id, vocabulary.attribute(id)?))) else {
            return self.names.unknown(NameOf::Attribute, name, object, name);
        };
        if self.set.get_mut(id.0 as usize).is_some_and(|set| std::mem::replace(set, true)) {
            return Err(LeadError::new(name, LeadErrorKind::Repeated));
        }
        let input = raw.input(&known.of);
        input.and_then(|input| self.builder.set(id, &input).map_err(here)).map_err(|error| error.within(name))
    }

    /// Reads the attribute `id` from the column `header`.
    #[cfg(feature = "csv")]
    pub(super) fn column<'a>(
        &mut self,
        id: AttributeId,
        raw: impl Raw<'a>,
        header: &str,
    ) -> Result<(), LeadError> {
        let Some(known) = self.names.vocabulary.attribute(id) else { return Ok(()) };
        let input = raw.input(&known.of);
        input
            .and_then(|input| self.builder.set(id, &input).map_err(here))
            .map_err(|error| error.within(header))
    }

    /// Reads an event; one of an unknown kind is left out.
    pub(super) fn event<'a, R: RawObject<'a>>(&mut self, parts: EventParts<R>) -> Result<(), LeadError> {
        if let Some(event) = event(self.names, &parts)? {
            self.builder.add(event);
        }
        Ok(())
    }
}

/// The values of an event's object by their keys.
pub(super) struct EventParts<R> {
    pub(super) event: Option<R>,
    pub(super) subject: Option<R>,
    pub(super) at: Option<R>,
    pub(super) id: Option<R>,
    pub(super) properties: Option<R>,
    /// The object itself, for the names it has that nothing knows.
    pub(super) object: ObjectId,
}

impl<R> EventParts<R> {
    pub(super) const fn new(object: ObjectId) -> Self {
        EventParts { event: None, subject: None, at: None, id: None, properties: None, object }
    }

    /// The place for the value of `key`, none where events have no such key.
    pub(super) fn slot(&mut self, key: &str) -> Option<&mut Option<R>> {
        match key {
            "event" => Some(&mut self.event),
            "subject" => Some(&mut self.subject),
            "at" => Some(&mut self.at),
            "id" => Some(&mut self.id),
            "properties" => Some(&mut self.properties),
            _ => None,
        }
    }
}

/// An event as far as it is the same in all sources; of an unknown kind, whose `event` and `at` are right, the
/// kind's name.
pub(super) enum Bare<'v, 'a> {
    Known(Event, EventKindId, &'v EventKind),
    Unknown(Cow<'a, str>),
}

/// Reads an event but for its properties.
pub(super) fn bare_event<'v, 'a, R: Raw<'a>>(
    vocabulary: &'v Vocabulary,
    parts: &EventParts<R>,
) -> Result<Bare<'v, 'a>, LeadError> {
    let name = part(parts.event, "event", text)?;
    if name.is_empty() {
        return Err(missing("event", "the name of an event kind"));
    }
    let at = part(parts.at, "at", |raw| {
        raw.input(&Type::Date).and_then(|input| convert::instant(&input).map_err(here))
    })?;
    let Some(at) = at else { return Err(missing("at", convert::EXPECTED_INSTANT)) };
    let known = vocabulary.kind_id(&name);
    let Some((kind_id, kind)) = known.and_then(|id| Some((id, vocabulary.kind(id)?))) else {
        return Ok(Bare::Unknown(name));
    };
    let subject = part(parts.subject, "subject", text)?;
    let own_id = part(parts.id, "id", id)?;
    Ok(Bare::Known(Event::new(kind_id, &subject, at, &own_id), kind_id, kind))
}

/// Reads an event with its properties; none where its kind is unknown.
pub(super) fn event<'a, R: RawObject<'a>>(
    names: &mut Names<'_>,
    parts: &EventParts<R>,
) -> Result<Option<Event>, LeadError> {
    let (mut event, kind_id, kind) = match bare_event(names.vocabulary, parts)? {
        Bare::Known(event, kind_id, kind) => (event, kind_id, kind),
        Bare::Unknown(name) => {
            names.unknown(NameOf::Event, &name, parts.object, "event")?;
            return Ok(None);
        }
    };
    let Some(properties) = parts.properties else { return Ok(Some(event)) };
    let object = names.tally.object();
    let mut set = vec![false; kind.properties.len()];
    let mut read = || {
        for (name, raw) in properties.entries()? {
            let Some(id) = kind.property_id(&name) else {
                names.unknown(NameOf::Property(Some(kind_id)), &name, object, &name)?;
                continue;
            };
            if set.get_mut(id.0 as usize).is_some_and(|set| std::mem::replace(set, true)) {
                return Err(LeadError::new(name, LeadErrorKind::Repeated));
            }
            property(&mut event, kind, &name, raw)?;
        }
        Ok(())
    };
    read().map_err(|error| error.within("properties"))?;
    Ok(Some(event))
}

/// Reads a property, if the event's kind has it.
pub(super) fn property<'a>(
    event: &mut Event,
    kind: &EventKind,
    name: &str,
    raw: impl Raw<'a>,
) -> Result<(), LeadError> {
    let Some((id, known)) = kind.property_id(name).and_then(|id| Some((id, kind.property(id)?))) else {
        return Ok(());
    };
    let input = raw.input(&known.of);
    input.and_then(|input| event.set(kind, id, &input).map_err(here)).map_err(|error| error.within(name))
}

/// An id: a text, or a number taken as text; empty where missing.
pub(super) fn id<'a>(raw: impl Raw<'a>) -> Result<Cow<'a, str>, LeadError> {
    raw.input(&Type::Text).and_then(|input| convert::id(input).map_err(here))
}

fn text<'a>(raw: impl Raw<'a>) -> Result<Cow<'a, str>, LeadError> {
    raw.input(&Type::Text).and_then(|input| convert::text(input).map_err(here))
}

/// What `read` makes of a part of an event, the default where it is not there.
fn part<R, T: Default>(
    part: Option<R>,
    key: &str,
    read: impl FnOnce(R) -> Result<T, LeadError>,
) -> Result<T, LeadError> {
    part.map_or(Ok(T::default()), |raw| read(raw).map_err(|error| error.within(key)))
}

fn missing(field: &str, expected: &'static str) -> LeadError {
    LeadError::new(field, LeadErrorKind::Missing { expected })
}

/// An error of the value at hand.
pub(super) fn here(kind: LeadErrorKind) -> LeadError {
    LeadError::new("", kind)
}
