//! Leads by chance: values and times on the edges of what a rule set's tests mention, one step before them
//! and one step behind, and the plain way from such a lead to [`Facts`].

use std::collections::HashMap;
use std::fmt;

use super::dice::Dice;
use super::words::{ATTRIBUTES, KINDS, Mentioned, SYMBOLS, Sort, quoted};
use crate::decimal::{MILLIONTHS, Number};
use crate::lead::{Event, Facts, Stage, Text, Value};
use crate::time::Instant;
use crate::vocabulary::{Type, Vocabulary};

/// A value as a host gives it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Given {
    Text(String),
    Number(Number),
    Flag(bool),
    Date(Instant),
    Set(Vec<String>),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct GivenEvent {
    pub(super) kind: String,
    pub(super) subject: String,
    pub(super) at: Instant,
    pub(super) id: Option<String>,
    pub(super) properties: Vec<(String, Given)>,
}

/// A lead as a host gives it. Displays as the line of a lead file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct GivenLead {
    pub(super) attributes: Vec<(String, Given)>,
    pub(super) events: Vec<GivenEvent>,
    pub(super) stage: Stage,
    pub(super) stage_since: Option<Instant>,
}

/// An instant to evaluate at: mostly a midnight of 2026 or just beside it, at times near the ends of time.
pub(super) fn instant(dice: &mut Dice) -> Instant {
    let text = match dice.below(40) {
        0 => "0001-01-02",
        1 => "9999-12-30",
        2 => "1970-01-01",
        3 => "2026-12-01T17:45:12.345678Z",
        _ => "2026-11-01",
    };
    let step = *dice.pick(&[0, 0, 0, 1, -1, 43_200_000_000]);
    shifted(Instant::parse(text).unwrap(), step)
}

/// The instant `micros` later, or the same where that is outside of time.
fn shifted(at: Instant, micros: i64) -> Instant {
    Instant::from_micros(at.micros().saturating_add(micros)).unwrap_or(at)
}

/// A lead with at most `size` events, for a rule set that mentions these values.
pub(super) fn lead(dice: &mut Dice, mentioned: &Mentioned, now: Instant, size: usize) -> GivenLead {
    let mut source = Source { dice, mentioned, now };
    let mut attributes = Vec::new();
    for attribute in ATTRIBUTES {
        if source.dice.chance(65) {
            attributes.push((attribute.name.to_owned(), source.value(attribute.sort)));
        }
    }
    let count = source.dice.below(size + 1);
    let mut events: Vec<GivenEvent> = Vec::new();
    for _ in 0..count {
        let mut event = source.event();
        if let Some(last) = events.last().filter(|_| source.dice.chance(35)) {
            // Much the same once more: for limits, and for what counts different subjects and days.
            let swapped = last.subject.chars().map(|letter| match letter.is_ascii_uppercase() {
                true => letter.to_ascii_lowercase(),
                false => letter.to_ascii_uppercase(),
            });
            let at = if source.dice.chance(30) { last.at } else { event.at };
            event = GivenEvent { subject: swapped.collect(), at, id: None, ..last.clone() };
        }
        events.push(event);
    }
    let stages = [Stage::Lead, Stage::Mql, Stage::Recycled];
    let stage =
        if source.dice.chance(75) { *source.dice.pick(&stages) } else { *source.dice.pick(&Stage::ALL) };
    let stage_since = source.dice.chance(70).then(|| source.time());
    GivenLead { attributes, events, stage, stage_since }
}

struct Source<'d> {
    dice: &'d mut Dice,
    mentioned: &'d Mentioned,
    now: Instant,
}

impl Source<'_> {
    fn event(&mut self) -> GivenEvent {
        let (mut kind, mut subject) = (*self.dice.pick(&self.mentioned.kinds), String::new());
        match self.dice.below(10) {
            0 => kind = self.dice.pick(KINDS),
            1 => subject = "something else".to_owned(),
            2 => {}
            _ if self.mentioned.subjects.is_empty() => subject = "pricing".to_owned(),
            3 => subject = self.dice.pick(&self.mentioned.subjects).1.clone(),
            _ => (kind, subject) = self.dice.pick(&self.mentioned.subjects).clone(),
        }
        let subject = self.other_case(subject);
        let mut properties = Vec::new();
        for (property, sort) in kind.properties {
            if self.dice.chance(75) {
                properties.push(((*property).to_owned(), self.value(*sort)));
            }
        }
        let id = match self.dice.below(10) {
            0 | 1 => Some(format!("e{}", self.dice.below(4))),
            2 => Some(String::new()),
            _ => None,
        };
        GivenEvent { kind: kind.name.to_owned(), subject, at: self.time(), id, properties }
    }

    /// Changes the case of letters at times: of ASCII letters it must not matter.
    fn other_case(&mut self, text: String) -> String {
        match self.dice.below(6) {
            0 => text.to_ascii_uppercase(),
            1 => text.to_ascii_lowercase(),
            2 => text.to_uppercase(),
            _ => text,
        }
    }

    /// A time on an edge, one microsecond beside it, or anywhere.
    fn time(&mut self) -> Instant {
        const DAY: i64 = 86_400_000_000;
        let beside = *self.dice.pick(&[0, 0, 1, -1]);
        let (periods, decays) = (&self.mentioned.periods, &self.mentioned.decays);
        match self.dice.below(20) {
            0..=6 if !periods.is_empty() => shifted(self.now, beside - self.dice.pick(periods).micros()),
            7..=10 if !decays.is_empty() => {
                let steps = *self.dice.pick(&[1, 2, 3, 4, 5, 10, 17, 4_095, 4_096, 4_097]);
                shifted(self.now, beside - self.dice.pick(decays).micros() * steps)
            }
            11 => shifted(self.now, beside),
            12 | 13 => {
                let midnight = self.now.micros().div_euclid(DAY) - self.dice.between(0, 3);
                shifted(self.now, midnight * DAY - self.now.micros() + beside)
            }
            14 => shifted(self.now, self.dice.between(1, 40 * DAY)),
            15 => shifted(self.now, DAY * self.dice.between(0, 3) + beside),
            _ => shifted(self.now, -self.dice.between(0, 60 * DAY)),
        }
    }

    fn text(&mut self) -> String {
        let part = |source: &mut Self| match source.mentioned.texts.as_slice() {
            [] => "chief".to_owned(),
            texts => source.dice.pick(texts).clone(),
        };
        let text = match self.dice.below(10) {
            0 => String::new(),
            1 => format!("{} {}", part(self), part(self)),
            2 => format!("{}{}", part(self), part(self)),
            3 => format!("a {}, b", part(self)),
            4 => format!("{}s", part(self)),
            5 => format!("é{}", part(self)),
            _ => part(self),
        };
        self.other_case(text)
    }

    fn value(&mut self, sort: Sort) -> Given {
        match sort {
            Sort::Text => Given::Text(self.text()),
            Sort::Number => Given::Number(self.number()),
            Sort::Flag => Given::Flag(self.dice.chance(50)),
            Sort::Date => match self.mentioned.instants.as_slice() {
                [_, ..] if self.dice.chance(40) => {
                    let (at, beside) = (*self.dice.pick(&self.mentioned.instants), self.dice.between(-1, 1));
                    Given::Date(shifted(at, beside))
                }
                _ => Given::Date(self.time()),
            },
            Sort::OneOf => {
                let symbol = (*self.dice.pick(SYMBOLS)).to_owned();
                Given::Text(self.other_case(symbol))
            }
            Sort::Set => Given::Set((0..self.dice.below(4)).map(|_| self.text()).collect()),
        }
    }

    fn number(&mut self) -> Number {
        if self.mentioned.numbers.is_empty() || self.dice.chance(20) {
            return Number::from_millionths(self.dice.between(-5, 700) * MILLIONTHS).unwrap();
        }
        let edge = *self.dice.pick(&self.mentioned.numbers);
        if edge.millionths().abs() > 1_000_000_000 * MILLIONTHS {
            // A double, as which a host may give it, cannot tell neighbours apart out here.
            return Number::from_millionths(edge.millionths() / MILLIONTHS * MILLIONTHS).unwrap();
        }
        Number::from_millionths(edge.millionths() + self.dice.between(-1, 1)).unwrap()
    }
}

impl GivenLead {
    /// The lead as a lead file has it, in one line.
    pub(super) fn line(&self) -> String {
        self.to_string().replace('\n', "")
    }

    /// The lead as section 3 of the language reference wants it read: what the vocabulary lacks is left out
    /// first, empty values are missing, and of events with one id the earliest counts, then the first read.
    pub(super) fn facts(&self, vocabulary: &Vocabulary) -> Facts {
        let mut attributes = vec![None; vocabulary.attributes.len()];
        for (name, given) in &self.attributes {
            if let Some(id) = vocabulary.attribute_id(name) {
                attributes[id.0 as usize] = value(given, &vocabulary.attribute(id).unwrap().of);
            }
        }
        let known = self.events.iter().filter(|event| vocabulary.kind_id(&event.kind).is_some());
        let mut first: HashMap<&str, (Instant, usize)> = HashMap::new();
        for (read, event) in known.clone().enumerate() {
            if let Some(id) = event.id.as_deref().filter(|id| !id.is_empty()) {
                let earliest = first.entry(id).or_insert((event.at, read));
                *earliest = (*earliest).min((event.at, read));
            }
        }
        let counts = |read: usize, event: &GivenEvent| match event.id.as_deref() {
            None | Some("") => true,
            Some(id) => first[id] == (event.at, read),
        };
        let mut events: Vec<Event> = known
            .enumerate()
            .filter(|(read, event)| counts(*read, event))
            .map(|(_, event)| event.checked(vocabulary))
            .collect();
        events.sort_by_key(|event| event.at);
        Facts { id: "L-1".to_owned(), attributes, events, stage: self.stage, stage_since: self.stage_since }
    }
}

impl GivenEvent {
    fn checked(&self, vocabulary: &Vocabulary) -> Event {
        let kind = vocabulary.kind_id(&self.kind).unwrap();
        let known = vocabulary.kind(kind).unwrap();
        let mut properties = Vec::new();
        for (name, given) in &self.properties {
            if let Some(id) = known.property_id(name) {
                properties.extend(value(given, &known.property(id).unwrap().of).map(|value| (id, value)));
            }
        }
        properties.sort_by_key(|(property, _)| *property);
        let id = self.id.as_deref().filter(|id| !id.is_empty()).map(Into::into);
        Event { kind, subject: Text::new(&self.subject), at: self.at, properties, id }
    }
}

/// None for what is as good as missing.
fn value(given: &Given, of: &Type) -> Option<Value> {
    match given {
        Given::Text(text) if text.is_empty() => None,
        Given::Text(text) => Some(match of {
            Type::OneOf(_) => Value::Symbol(of.symbol_id(text).unwrap()),
            _ => Value::Text(Text::new(text)),
        }),
        Given::Number(number) => Some(Value::Number(*number)),
        Given::Flag(flag) => Some(Value::Flag(*flag)),
        Given::Date(date) => Some(Value::Date(*date)),
        Given::Set(items) => {
            let items: Vec<Text> =
                items.iter().filter(|item| !item.is_empty()).map(|item| Text::new(item)).collect();
            (!items.is_empty()).then_some(Value::Set(items))
        }
    }
}

impl fmt::Display for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Given::Text(text) => f.write_str(&quoted(text)),
            Given::Number(number) => write!(f, "{number}"),
            Given::Flag(flag) => write!(f, "{flag}"),
            Given::Date(date) => write!(f, "\"{date}\""),
            Given::Set(items) => {
                let items: Vec<String> = items.iter().map(|item| quoted(item)).collect();
                write!(f, "[{}]", items.join(","))
            }
        }
    }
}

fn object(fields: &[(String, Given)]) -> String {
    let fields: Vec<String> = fields.iter().map(|(name, given)| format!("\"{name}\":{given}")).collect();
    format!("{{{}}}", fields.join(","))
}

impl fmt::Display for GivenLead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{\"id\":\"L-1\",\"attributes\":{},\n \"events\":[", object(&self.attributes))?;
        for (number, event) in self.events.iter().enumerate() {
            let joint = if number == 0 { "" } else { ",\n           " };
            write!(f, "{joint}{{\"event\":\"{}\",\"at\":\"{}\"", event.kind, event.at)?;
            if !event.subject.is_empty() {
                write!(f, ",\"subject\":{}", quoted(&event.subject))?;
            }
            if let Some(id) = &event.id {
                write!(f, ",\"id\":\"{id}\"")?;
            }
            if !event.properties.is_empty() {
                write!(f, ",\"properties\":{}", object(&event.properties))?;
            }
            f.write_str("}")?;
        }
        write!(f, "],\n \"stage\":\"{}\"", self.stage)?;
        if let Some(since) = self.stage_since {
            write!(f, ",\"stage_since\":\"{since}\"")?;
        }
        f.write_str("}")
    }
}
