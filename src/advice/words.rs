//! Advice in plain words, and as data: every sentence that advice is made of stands here.

use std::fmt;

use chrono::{DateTime, Datelike, Timelike, Utc};
use serde::{Serialize, Serializer};

use super::refine::Part;
use super::step::{EventStep, Relation, Step, StepSubject};
use super::values::Stretch;
use super::ways::WayPlan;
use super::{Advice, Question, Standing, Way};
use crate::decimal::Number;
use crate::lead::{Facts, Value};
use crate::model::{Glob, Model};
use crate::time::Instant;
use crate::vocabulary::Attribute;

/// One change to a lead. Displays in plain words: `one more visit to pricing`.
///
/// Serializes as an object whose `change` says which it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
#[non_exhaustive]
pub enum LeadChange {
    /// So many more events.
    Events {
        /// How many.
        count: u32,
        /// Of which kind.
        kind: String,
        /// What they are about, or a pattern with `*` that it has to fit.
        subject: String,
        /// With a pattern: whether they must be about something that no event of the lead is about yet, each
        /// about something else.
        new_subject: bool,
        /// What the vocabulary calls it: a page, an e-mail.
        subject_is: String,
        /// Properties with their values as text.
        properties: Vec<(String, String)>,
    },
    /// An attribute with another value than now.
    Attribute {
        /// Its name.
        attribute: String,
        /// Its value now, as text; none where it is not known.
        now: Option<String>,
        /// What it has to be.
        wanted: Wanted,
    },
    /// Nothing but time passing; changes beside it are made then.
    Wait {
        /// Until when.
        #[serde(serialize_with = "shown")]
        until: DateTime<Utc>,
    },
}

/// What an attribute has to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Wanted {
    /// A flag with this value.
    Flag(bool),
    /// A number or a date between these; at least one of them is there, unless any value does.
    Range {
        /// The lower end.
        from: Option<Edge>,
        /// The upper end.
        to: Option<Edge>,
    },
    /// A text, a symbol or a set in this relation to one of these.
    Text {
        /// The relation.
        relation: Relation,
        /// The texts; for a set, each the items of one, joined by ` and `.
        texts: Vec<String>,
    },
    /// Not known.
    Missing,
}

/// An end of a range. Displays as its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Edge {
    /// A number, or an instant as it is printed everywhere.
    pub value: String,
    /// Whether it belongs to the range.
    pub included: bool,
}

/// How events of the standard kinds are spoken of, and what joins the subject; several have an s.
const EVENTS: [(&str, &str, &str); 29] = [
    ("visited", "visit", "to"),
    ("viewed", "view", "of"),
    ("downloaded", "download", "of"),
    ("clicked", "click", "on"),
    ("opened", "opening", "of"),
    ("replied", "answer", "to"),
    ("answered", "answer", "to"),
    ("submitted", "submission", "of"),
    ("registered", "registration", "for"),
    ("attended", "attendance", "at"),
    ("watched", "viewing", "of"),
    ("requested", "request", "for"),
    ("started", "start", "of"),
    ("chatted", "chat", "about"),
    ("asked", "question", "about"),
    ("liked", "like", "of"),
    ("shared", "share", "of"),
    ("commented", "comment", "on"),
    ("posted", "post", "about"),
    ("followed", "follow", "of"),
    ("subscribed", "subscription", "to"),
    ("unsubscribed", "unsubscription", "from"),
    ("added_to_cart", "cart addition", "of"),
    ("purchased", "purchase", "of"),
    ("referred", "referral", "by"),
    ("called", "call", "to"),
    ("met", "meeting", "for"),
    ("bounced", "bounce", "of"),
    ("complained", "complaint", "about"),
];

pub(super) fn way(model: &Model, facts: &Facts, plan: &WayPlan) -> Way {
    let wait = plan.waits.then(|| LeadChange::Wait { until: plan.at.into() });
    let changes = plan.parts.iter().filter_map(|part| change(model, facts, part));
    Way {
        changes: wait.into_iter().chain(changes).collect(),
        count: u32::from(plan.waits) + plan.parts.iter().map(|part| part.step.count()).sum::<u32>(),
        likelihood: plan.likelihood,
        before: plan.before.map(Into::into),
        stage: plan.stage,
    }
}

fn change(model: &Model, facts: &Facts, part: &Part) -> Option<LeadChange> {
    match &part.step {
        Step::Events(step) => events(model, step, part.any_subject),
        Step::Attribute { attribute, value, relation } => {
            let about = model.vocabulary.attribute(*attribute)?;
            Some(LeadChange::Attribute {
                attribute: about.name.clone(),
                now: facts.attribute(*attribute).map(|value| print(about, value)),
                wanted: wanted(about, value.as_ref(), *relation, part),
            })
        }
    }
}

fn events(model: &Model, step: &EventStep, any_subject: bool) -> Option<LeadChange> {
    let kind = model.vocabulary.kind(step.kind)?;
    let (subject, new_subject) = match &step.subject {
        StepSubject::Named(name) => (name.clone(), false),
        StepSubject::New { pattern } => (pattern.clone(), !any_subject),
    };
    let property = |(id, value): &(_, Value)| {
        let property = kind.property(*id)?;
        let value = match value {
            Value::Text(text) => text.as_str().to_owned(),
            Value::Number(number) => number.to_string(),
            Value::Flag(flag) => flag.to_string(),
            // OK because properties are of no other type.
            _ => return None,
        };
        Some((property.name.clone(), value))
    };
    Some(LeadChange::Events {
        count: step.count,
        kind: kind.name.clone(),
        subject,
        new_subject,
        subject_is: kind.subject.clone(),
        properties: step.properties.iter().filter_map(property).collect(),
    })
}

fn wanted(about: &Attribute, value: Option<&Value>, relation: Relation, part: &Part) -> Wanted {
    match value {
        None => Wanted::Missing,
        Some(Value::Flag(flag)) => Wanted::Flag(*flag),
        Some(value @ (Value::Number(_) | Value::Date(_))) => {
            let date = matches!(value, Value::Date(_));
            match part.range {
                Some(Stretch { from, to, mentioned: (low, high) }) => Wanted::Range {
                    from: from.map(|at| edge(if low { at } else { at.saturating_sub(1) }, low, date)),
                    to: to.map(|at| edge(if high { at } else { at.saturating_add(1) }, high, date)),
                },
                None => Wanted::Text { relation, texts: vec![print(about, value)] },
            }
        }
        Some(_) => {
            let texts = part.alternatives.iter().map(|value| print(about, value)).collect();
            Wanted::Text { relation, texts }
        }
    }
}

/// An end of a range: the number that the rule set mentions, which belongs to it or lies one step outside.
fn edge(mentioned: i64, included: bool, date: bool) -> Edge {
    let value = if date {
        Instant::from_micros(mentioned).map(|at| at.to_string())
    } else {
        Number::from_millionths(mentioned).map(|number| number.to_string())
    };
    Edge { value: value.unwrap_or_default(), included }
}

fn print(about: &Attribute, value: &Value) -> String {
    match value {
        Value::Text(text) => text.as_str().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Symbol(symbol) => about.of.symbol_name(*symbol).to_owned(),
        Value::Set(items) => items.iter().map(|item| item.as_str()).collect::<Vec<_>>().join(" and "),
    }
}

/// A value as it is shown: dates as people write them.
fn spoken(value: &str) -> String {
    // No number has the form of an instant.
    Instant::parse(value).map_or_else(|_| value.to_owned(), day)
}

/// A day as people write it, with the time where it is not midnight: `29 Nov 2026`.
fn day(at: Instant) -> String {
    let time: DateTime<Utc> = at.into();
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = MONTHS.get(time.month0() as usize).copied().unwrap_or_default();
    let date = format!("{} {month} {}", time.day(), time.year());
    if at.micros().rem_euclid(86_400_000_000) == 0 {
        return date;
    }
    if at.micros().rem_euclid(60_000_000) == 0 {
        return format!("{date} {:02}:{:02} UTC", time.hour(), time.minute());
    }
    // The printed form has all its digits.
    let printed = at.to_string();
    let clock = printed.split_once('T').map_or("", |(_, clock)| clock).trim_end_matches('Z');
    format!("{date} {clock} UTC")
}

/// `a, b and c`
fn joined(items: &[String], last: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., end] => format!("{} {last} {end}", rest.join(", ")),
    }
}

impl LeadChange {
    /// Whether this leaves open what the other fixes: a visit to any page, a visit to this one.
    fn covers(&self, other: &LeadChange) -> bool {
        match (self, other) {
            (
                LeadChange::Events { count, kind, subject, new_subject: false, properties, .. },
                LeadChange::Events {
                    count: c, kind: k, subject: s, new_subject: false, properties: p, ..
                },
            ) => {
                (count, kind, properties) == (c, k, p) && Glob::new(subject).matches(&s.to_ascii_lowercase())
            }
            (one, other) => one == other,
        }
    }
}

impl Way {
    /// Whether this says what the other says, and perhaps leaves more open.
    pub(super) fn covers(&self, other: &Way) -> bool {
        self.changes.len() == other.changes.len()
            && (self.before, self.stage) == (other.before, other.stage)
            && other.changes.iter().all(|other| self.changes.iter().any(|change| change.covers(other)))
    }
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let gate = self.gate.name();
        match self.standing {
            Standing::Undefined => write!(f, "The rule set has no {gate} gate.")?,
            Standing::Holds => write!(f, "The {gate} gate holds already.")?,
            Standing::Open if self.ways.is_empty() && self.cut => {
                write!(f, "Nothing was found that would make the {gate} gate hold; not all was tried.")?;
            }
            Standing::Open if self.ways.is_empty() => {
                write!(
                    f,
                    "Nothing that could be done or found out at once would make the {gate} gate hold."
                )?;
            }
            Standing::Open => {
                write!(f, "What it would take for the {gate} gate, one of:")?;
                for way in &self.ways {
                    write!(f, "\n- {way}")?;
                }
                if self.cut {
                    f.write_str("\nThere may be other ways; not all were tried.")?;
                }
            }
        }
        if !self.questions.is_empty() {
            f.write_str("\nWhat to ask next:")?;
            for question in &self.questions {
                write!(f, "\n- {question}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let changes: Vec<String> = self.changes.iter().map(LeadChange::to_string).collect();
        if let Some(before) = self.before {
            write!(f, "before {}: ", day(Instant::nearest(before)))?;
        }
        match changes.split_last() {
            Some((last, rest)) if !rest.is_empty() => write!(f, "{}, and {last}", rest.join(", ")),
            _ => f.write_str(&changes.concat()),
        }
    }
}

impl fmt::Display for LeadChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LeadChange::Events { count, kind, subject, new_subject, subject_is, properties } => {
                let plural = if *count == 1 { "" } else { "s" };
                match *count {
                    1 => f.write_str("one more ")?,
                    count => write!(f, "{count} more ")?,
                }
                match EVENTS.iter().find(|(name, ..)| name == kind) {
                    Some((_, noun, join)) => write!(f, "{noun}{plural} {join} ")?,
                    None => write!(f, "{kind} event{plural}, of ")?,
                }
                let subject_is = subject_is.replace('_', " ");
                match (*new_subject, *count) {
                    (false, _) if !subject.contains('*') => f.write_str(subject)?,
                    (false, _) => write!(f, "any {subject_is}")?,
                    (true, 1) => write!(f, "another {subject_is}")?,
                    (true, count) => write!(f, "{count} other {subject_is}s")?,
                }
                if subject.contains('*') && subject != "*" {
                    write!(f, " like \"{subject}\"")?;
                }
                let properties: Vec<String> =
                    properties.iter().map(|(name, value)| format!("{name} = {value}")).collect();
                if properties.is_empty() { Ok(()) } else { write!(f, " with {}", joined(&properties, "and")) }
            }
            LeadChange::Attribute { attribute, now, wanted } => {
                write!(f, "{attribute} {wanted}")?;
                match now {
                    None => f.write_str(" (unknown now)"),
                    Some(now) => write!(f, " (now {})", spoken(now)),
                }
            }
            LeadChange::Wait { until } => write!(f, "waiting until {}", day(Instant::nearest(*until))),
        }
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wanted::Flag(flag) => write!(f, "{flag}"),
            Wanted::Missing => f.write_str("not known"),
            Wanted::Range { from: None, to: None } => f.write_str("known"),
            Wanted::Range { from, to } if from.iter().chain(to).any(Edge::is_date) => dates(f, from, to),
            Wanted::Range { from: Some(from), to: None } if from.included => write!(f, "{from} or more"),
            Wanted::Range { from: Some(from), to: None } => write!(f, "above {from}"),
            Wanted::Range { from: None, to: Some(to) } if to.included => write!(f, "{to} or less"),
            Wanted::Range { from: None, to: Some(to) } => write!(f, "below {to}"),
            Wanted::Range { from: Some(from), to: Some(to) } => match (from.included, to.included) {
                (true, true) if from == to => write!(f, "{from}"),
                (true, true) => write!(f, "between {from} and {to}"),
                (true, false) => write!(f, "from {from} to below {to}"),
                (false, true) => write!(f, "above {from} up to {to}"),
                (false, false) => write!(f, "above {from} and below {to}"),
            },
            Wanted::Text { relation: Relation::Different, .. } => f.write_str("something else that is known"),
            Wanted::Text { relation, texts } => {
                f.write_str(match relation {
                    Relation::Contains => "containing ",
                    Relation::StartsWith => "starting with ",
                    Relation::EndsWith => "ending with ",
                    Relation::HasWord => "with the word ",
                    Relation::Equal | Relation::Different => "",
                })?;
                let quoted: Vec<String> = texts.iter().map(|text| format!("{text:?}")).collect();
                f.write_str(&joined(&quoted, "or"))
            }
        }
    }
}

/// A date between these, at least one of which is there.
fn dates(f: &mut fmt::Formatter<'_>, from: &Option<Edge>, to: &Option<Edge>) -> fmt::Result {
    match from {
        Some(from) if from.included => write!(f, "{from} or later")?,
        Some(from) => write!(f, "after {from}")?,
        None => {}
    }
    if from.is_some() && to.is_some() {
        f.write_str(", ")?;
    }
    match to {
        Some(to) if to.included => write!(f, "{to} or earlier"),
        Some(to) => write!(f, "before {to}"),
        None => Ok(()),
    }
}

impl Edge {
    fn is_date(&self) -> bool {
        // No number has the form of an instant.
        Instant::parse(&self.value).is_ok()
    }
}

impl fmt::Display for Edge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&spoken(&self.value))
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.attribute)?;
        let stakes: Vec<String> =
            self.stakes.iter().map(|(score, points)| format!("+{points} {score}")).collect();
        if !stakes.is_empty() {
            write!(f, ": up to {}", joined(&stakes, "and"))?;
        }
        match (self.enough, self.part_of_a_way) {
            (true, _) => f.write_str("; enough by itself"),
            (false, true) => f.write_str("; part of a way"),
            (false, false) => Ok(()),
        }
    }
}

pub(super) fn shown<S: Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&Instant::nearest(*at))
}

pub(super) fn shown_if_any<S: Serializer>(
    at: &Option<DateTime<Utc>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    at.map(|at| Instant::nearest(at).to_string()).serialize(serializer)
}
