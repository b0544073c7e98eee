//! One JSON object a line, into a lead or an event.
//!
//! The objects are walked as they stand in the line, without a tree in between: a value is a slice of the line
//! (`&RawValue`) until the vocabulary says what it is to be, so the digits of a number are all there, a text
//! without escapes is never copied, and what nothing knows is passed over (which takes no stack, however deep
//! it nests).

use std::borrow::Cow;
use std::fmt;
use std::io::BufRead;

use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::error::{Failure, ReadErrorKind};
use super::lines::{Lines, content};
use crate::lead::builder::FactsBuilder;
use crate::lead::error::{LeadError, LeadErrorKind, quote};
use crate::lead::intake::{EventParts, Intake, Names, Raw, RawObject, here};
use crate::lead::unknown::NameOf;
use crate::lead::{Input, convert};
use crate::vocabulary::Type;

/// The lines of a file, one JSON value each.
#[derive(Debug)]
pub(super) struct JsonLines<R> {
    lines: Lines<R>,
    line: Vec<u8>,
}

impl<R: BufRead> JsonLines<R> {
    pub(super) const fn new(lines: Lines<R>) -> Self {
        JsonLines { lines, line: Vec::new() }
    }

    /// The number and the text of the next line that is not blank.
    pub(super) fn next(&mut self) -> Result<Option<(u64, &str)>, Failure> {
        loop {
            self.line.clear();
            match self.lines.append(&mut self.line) {
                Ok(false) => return Ok(None),
                Ok(true) if content(&self.line).is_some() => break,
                Ok(true) => {}
                Err(error) => return Err(Failure::line(self.lines.number(), self.lines.limit(), error)),
            }
        }
        let line = self.lines.number();
        match std::str::from_utf8(content(&self.line).unwrap_or_default()) {
            Ok(text) => Ok(Some((line, text))),
            Err(error) => Err(Failure::new(line, ReadErrorKind::NotUtf8 { byte: error.valid_up_to() + 1 })),
        }
    }
}

/// The lead that the line `text` holds.
pub(super) fn lead<'v>(text: &str, line: u64, names: &mut Names<'v>) -> Result<FactsBuilder<'v>, Failure> {
    let mut intake = Intake::new(names);
    let mut problem = None;
    let mut json = serde_json::Deserializer::from_str(text);
    let walk = LeadWalk { intake: &mut intake, problem: &mut problem };
    let result = walk.deserialize(&mut json).and_then(|()| json.end());
    let kind = match (result, problem) {
        (Ok(()), _) if intake.builder.id().is_empty() => {
            let expected = LeadErrorKind::Missing { expected: "a text or a number" };
            ReadErrorKind::Lead(LeadError::new("id", expected))
        }
        (Ok(()), _) => return Ok(intake.builder),
        (Err(_), Some(problem)) => ReadErrorKind::Lead(problem),
        (Err(error), None) => not_json(text, &error),
    };
    let known = intake.builder.id();
    let id = if known.is_empty() { find_id(text, "id") } else { Cow::Borrowed(known) };
    Err(Failure::new(line, kind).of(&id))
}

/// The lead and the parts of the event that the line `text` of an events file holds.
pub(super) fn event_line<'a>(
    text: &'a str,
    line: u64,
    names: &mut Names<'_>,
) -> Result<(&'a RawValue, EventParts<&'a RawValue>), Failure> {
    let parts = object(text)
        .and_then(|mut entries| event_parts(&mut entries, names, true).map_err(ReadErrorKind::Lead));
    let lead_missing = || {
        let expected = LeadErrorKind::Missing { expected: "the id of a lead" };
        ReadErrorKind::Lead(LeadError::new("lead", expected))
    };
    match parts.and_then(|(lead, parts)| Ok((lead.ok_or_else(lead_missing)?, parts))) {
        Ok(read) => Ok(read),
        Err(kind) => Err(Failure::new(line, kind).of(&find_id(text, "lead"))),
    }
}

/// An object's keys and values as they stand in the line.
pub(super) type Entries<'a> = Vec<(Cow<'a, str>, &'a RawValue)>;

/// The keys and values of the object that the line `text` holds.
pub(super) fn object(text: &str) -> Result<Entries<'_>, ReadErrorKind> {
    let (mut entries, mut problem) = (Vec::new(), None);
    let mut json = serde_json::Deserializer::from_str(text);
    let walk = ObjectWalk { entries: &mut entries, problem: &mut problem, nullable: false };
    match (walk.deserialize(&mut json).and_then(|()| json.end()), problem) {
        (Ok(()), _) => Ok(entries),
        (Err(_), Some(problem)) => Err(ReadErrorKind::Lead(problem)),
        (Err(error), None) => Err(not_json(text, &error)),
    }
}

/// Sorts the entries of an event's object, and empties them; in an events file one is `lead`.
fn event_parts<'a>(
    entries: &mut Entries<'a>,
    names: &mut Names<'_>,
    with_lead: bool,
) -> Result<(Option<&'a RawValue>, EventParts<&'a RawValue>), LeadError> {
    let object = names.tally.object();
    let (mut lead, mut parts) = (None, EventParts::new(object));
    for (key, value) in entries.drain(..) {
        let slot = if with_lead && key == "lead" { Some(&mut lead) } else { parts.slot(&key) };
        match slot {
            Some(slot) if slot.is_some() => return Err(LeadError::new(key, LeadErrorKind::Repeated)),
            Some(slot) => *slot = Some(value),
            None => names.unknown(NameOf::EventKey, &key, object, &key)?,
        }
    }
    Ok((lead, parts))
}

/// What serde_json found wrong with `text`, which is one line.
fn not_json(text: &str, error: &serde_json::Error) -> ReadErrorKind {
    let message = error.to_string();
    let reason = message.rsplit_once(" at line ").map_or(&*message, |(reason, _)| reason);
    let before = text.char_indices().take_while(|(at, _)| *at < error.column()).count();
    ReadErrorKind::NotJson { column: before.max(1), reason: reason.to_owned() }
}

/// The id under `key`, as far as `text` can be read: for messages about lines that have something wrong before.
pub(super) fn find_id<'a>(text: &'a str, key: &'static str) -> Cow<'a, str> {
    struct Find<'a> {
        key: &'static str,
        found: Cow<'a, str>,
    }
    impl<'de> Visitor<'de> for &mut Find<'de> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
            while let Some(key) = map.next_key_seed(Key)? {
                if key == self.key {
                    self.found = crate::lead::intake::id(map.next_value::<&RawValue>()?).unwrap_or_default();
                    // The rest does not matter: leaving the object early ends the search.
                    return Ok(());
                }
                map.next_value::<IgnoredAny>()?;
            }
            Ok(())
        }
    }
    let mut find = Find { key, found: "".into() };
    // OK to ignore what is wrong with the line: that has been found already.
    let _ = serde_json::Deserializer::from_str(text).deserialize_map(&mut find);
    find.found
}

impl<'a> Raw<'a> for &'a RawValue {
    fn input(self, of: &Type) -> Result<Input<'a>, LeadError> {
        let raw = self.get();
        match raw.as_bytes().first() {
            Some(b'"') => text(raw).map(Input::Text),
            Some(b'n') => Ok(Input::Missing),
            Some(b't') => Ok(Input::Flag(true)),
            Some(b'f') => Ok(Input::Flag(false)),
            Some(b'[') => list(raw, of),
            Some(b'{') => Err(here(LeadErrorKind::wrong("an object", convert::expected(of)))),
            _ => Ok(Input::Decimal(raw.into())),
        }
    }
}

impl<'a> RawObject<'a> for &'a RawValue {
    fn entries(self) -> Result<Entries<'a>, LeadError> {
        let (mut entries, mut problem) = (Vec::new(), None);
        let walk = ObjectWalk { entries: &mut entries, problem: &mut problem, nullable: true };
        let result = walk.deserialize(&mut serde_json::Deserializer::from_str(self.get()));
        match (result, problem) {
            (Ok(()), _) => Ok(entries),
            (Err(_), Some(problem)) => Err(problem),
            // A slice of a line that has been read is JSON but for halves of surrogate pairs in its texts.
            (Err(_), None) => Err(here(LeadErrorKind::wrong("half a surrogate pair", "a whole character"))),
        }
    }
}

/// The text that `raw`, with its quotes, stands for.
fn text(raw: &str) -> Result<Cow<'_, str>, LeadError> {
    let inner = raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"')).unwrap_or(raw);
    if !inner.contains('\\') {
        return Ok(inner.into());
    }
    let halved =
        |_| here(LeadErrorKind::wrong(format!("half a surrogate pair in {}", quote(inner)), "a text"));
    serde_json::from_str(raw).map(Cow::Owned).map_err(halved)
}

/// The texts of a list; an empty list is missing whatever the type.
fn list<'a>(raw: &'a str, of: &Type) -> Result<Input<'a>, LeadError> {
    // OK because the list is a slice of a line that has been read.
    let items: Vec<&'a RawValue> = serde_json::from_str(raw).unwrap_or_default();
    if items.is_empty() {
        return Ok(Input::Missing);
    }
    if *of != Type::SetOfText {
        return Err(here(LeadErrorKind::wrong("a list", convert::expected(of))));
    }
    let mut texts = Vec::with_capacity(items.len());
    for (place, item) in items.into_iter().enumerate() {
        let text = item.input(&Type::Text).and_then(|input| convert::text(input).map_err(here));
        texts.push(text.map_err(|error| error.within(&format!("[{place}]")))?);
    }
    Ok(Input::Texts(texts))
}

/// Reads a key, copied only where it has escapes.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E: de::Error>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(key.into())
    }

    fn visit_str<E: de::Error>(self, key: &str) -> Result<Self::Value, E> {
        Ok(key.to_owned().into())
    }
}

/// Leaves what is wrong where the caller finds it, and stops the walk.
fn stop<E: de::Error>(problem: &mut Option<LeadError>, error: LeadError) -> E {
    *problem = Some(error);
    E::custom("stopped")
}

/// Stops the walk where something else stands than `self.expected()`.
macro_rules! refuse {
    ($($method:ident($value:ident: $of:ty) => $found:expr;)*) => {$(
        fn $method<E: de::Error>(self, $value: $of) -> Result<(), E> {
            Err(stop(self.problem, here(LeadErrorKind::wrong($found, Self::EXPECTED))))
        }
    )*};
    (scalars) => {
        refuse! {
            visit_bool(value: bool) => value.to_string();
            visit_i64(value: i64) => value.to_string();
            visit_u64(value: u64) => value.to_string();
            visit_f64(value: f64) => value.to_string();
            visit_str(value: &str) => format!("the text {}", quote(value));
        }
    };
    (null) => {
        fn visit_unit<E: de::Error>(self) -> Result<(), E> {
            Err(stop(self.problem, here(LeadErrorKind::wrong("null", Self::EXPECTED))))
        }
    };
    (list) => {
        fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<(), A::Error> {
            Err(stop(self.problem, here(LeadErrorKind::wrong("a list", Self::EXPECTED))))
        }
    };
    (object) => {
        fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<(), A::Error> {
            Err(stop(self.problem, here(LeadErrorKind::wrong("an object", Self::EXPECTED))))
        }
    };
}

/// Walks a lead's object.
struct LeadWalk<'w, 'v, 'n> {
    intake: &'w mut Intake<'v, 'n>,
    problem: &'w mut Option<LeadError>,
}

impl LeadWalk<'_, '_, '_> {
    const EXPECTED: &'static str = "the object of a lead";

    /// Reads the value of `key`, which is one of the known keys.
    fn value<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        let problem = &mut *self.problem;
        let read = match key {
            "attributes" => {
                let (mut entries, object) = (Vec::new(), self.intake.names.tally.object());
                let walk = ObjectWalk { entries: &mut entries, problem, nullable: true };
                map.next_value_seed(walk).map_err(|error| within(self.problem, "attributes", error))?;
                entries.into_iter().try_for_each(|(name, value)| {
                    let read = self.intake.attribute(&name, value, object);
                    read.map_err(|error| error.within("attributes"))
                })
            }
            "events" => {
                let walk = EventsWalk { intake: self.intake, problem };
                return map.next_value_seed(walk).map_err(|error| within(self.problem, "events", error));
            }
            "id" => self.intake.id(map.next_value::<&RawValue>()?),
            "stage" => self.intake.stage(map.next_value::<&RawValue>()?),
            _ => self.intake.stage_since(map.next_value::<&RawValue>()?),
        };
        read.map_err(|error| stop(self.problem, error))
    }
}

/// Says where the problem stands, seen from further out.
fn within<E>(problem: &mut Option<LeadError>, outer: &str, error: E) -> E {
    *problem = problem.take().map(|problem| problem.within(outer));
    error
}

impl<'de> DeserializeSeed<'de> for LeadWalk<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for LeadWalk<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::EXPECTED)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let object = self.intake.names.tally.object();
        let mut set = crate::lead::unknown::LEAD_KEYS.map(|key| (key, false));
        while let Some(key) = map.next_key_seed(Key)? {
            let Some((_, set)) = set.iter_mut().find(|(known, _)| *known == key) else {
                let noted = self.intake.names.unknown(NameOf::LeadKey, &key, object, &key);
                noted.map_err(|error| stop(self.problem, error))?;
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            if std::mem::replace(set, true) {
                return Err(stop(self.problem, LeadError::new(key, LeadErrorKind::Repeated)));
            }
            self.value(&key, &mut map)?;
        }
        Ok(())
    }

    refuse!(scalars);
    refuse!(null);
    refuse!(list);
}

/// Walks the list of a lead's events.
struct EventsWalk<'w, 'v, 'n> {
    intake: &'w mut Intake<'v, 'n>,
    problem: &'w mut Option<LeadError>,
}

impl EventsWalk<'_, '_, '_> {
    const EXPECTED: &'static str = "a list of events";
}

impl<'de> DeserializeSeed<'de> for EventsWalk<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for EventsWalk<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::EXPECTED)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut entries = Vec::new();
        for place in 0usize.. {
            let walk = ObjectWalk { entries: &mut entries, problem: self.problem, nullable: false };
            let next = list.next_element_seed(walk);
            // The field of an event is named as `[3].at` here and as `events[3].at` further out.
            let outer = || format!("[{place}]");
            if next.map_err(|error| within(self.problem, &outer(), error))?.is_none() {
                break;
            }
            let parts = event_parts(&mut entries, self.intake.names, false);
            let read = parts.and_then(|(_, parts)| self.intake.event(parts));
            read.map_err(|error| stop(self.problem, error.within(&outer())))?;
        }
        Ok(())
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        Ok(())
    }

    refuse!(scalars);
    refuse!(object);
}

/// Takes the keys and values of an object down.
struct ObjectWalk<'w, 'a> {
    entries: &'w mut Entries<'a>,
    problem: &'w mut Option<LeadError>,
    /// Whether null may stand for an object without any.
    nullable: bool,
}

impl ObjectWalk<'_, '_> {
    const EXPECTED: &'static str = "an object";
}

impl<'de> DeserializeSeed<'de> for ObjectWalk<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ObjectWalk<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::EXPECTED)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key_seed(Key)? {
            self.entries.push((key, map.next_value()?));
        }
        Ok(())
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        let found = || here(LeadErrorKind::wrong("null", Self::EXPECTED));
        if self.nullable { Ok(()) } else { Err(stop(self.problem, found())) }
    }

    refuse!(scalars);
    refuse!(list);
}
