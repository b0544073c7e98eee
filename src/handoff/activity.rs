//! What a lead did lately, day by day, the newest first.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::explain::{happened, instant};
use crate::lead::{Event, Facts, Value};
use crate::readable::readable;
use crate::time::Instant;
use crate::vocabulary::{EventKindId, Vocabulary};

/// The latest events of a lead.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Activity {
    /// The last days on which anything happened, the newest first; at most [`Activity::MOST_DAYS`].
    pub days: Vec<ActivityDay>,
    /// How many events were before them.
    pub earlier: usize,
}

/// What happened on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ActivityDay {
    /// The day in UTC: `2026-10-30`.
    pub day: String,
    /// What happened, the newest first; at most [`Activity::MOST_LINES`].
    pub lines: Vec<ActivityLine>,
    /// How many more events there were on that day.
    pub more: usize,
}

/// The events of one kind about one subject on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ActivityLine {
    /// The event kind.
    pub event: String,
    /// What they are about, as the newest of them writes it; empty for events without a subject.
    pub subject: String,
    /// How many.
    pub count: usize,
    /// When the newest came.
    #[serde(serialize_with = "instant")]
    pub newest: DateTime<Utc>,
    /// In words: `2 visits to pricing`.
    pub says: String,
}

impl Activity {
    /// At most so many days are told of.
    pub const MOST_DAYS: usize = 5;
    /// At most so many lines tell of a day.
    pub const MOST_LINES: usize = 6;
}

/// Longer texts of properties are cut.
const LONGEST: usize = 40;
/// So many properties of an event are told.
const MOST_PROPERTIES: usize = 3;

/// The events up to `now`; later ones have not happened yet.
pub(super) fn activity(vocabulary: &Vocabulary, facts: &Facts, now: Instant) -> Activity {
    let happened = facts.events.partition_point(|event| event.at <= now);
    let mut left = facts.events.get(..happened).unwrap_or_default();
    let mut activity = Activity::default();
    while let Some(last) = left.last().filter(|_| activity.days.len() < Activity::MOST_DAYS) {
        let day = last.at.day();
        let (before, on_this_day) = left.split_at(left.partition_point(|event| event.at.day() < day));
        activity.days.push(day_of(vocabulary, last.at, on_this_day));
        left = before;
    }
    activity.earlier = left.len();
    activity
}

/// What happened on the day of `at`; the newest event is the last.
fn day_of(vocabulary: &Vocabulary, at: Instant, events: &[Event]) -> ActivityDay {
    let mut places: HashMap<(EventKindId, &str), usize> = HashMap::new();
    let mut lines: Vec<(&Event, usize)> = Vec::new();
    for event in events.iter().rev() {
        let place = *places.entry((event.kind, event.subject.folded())).or_insert(lines.len());
        match lines.get_mut(place) {
            Some((_, count)) => *count += 1,
            None => lines.push((event, 1)),
        }
    }
    let more = lines.iter().skip(Activity::MOST_LINES).map(|(_, count)| count).sum();
    let told = lines.into_iter().take(Activity::MOST_LINES);
    ActivityDay {
        day: at.to_string().split('T').next().unwrap_or_default().to_owned(),
        lines: told.map(|(newest, count)| line(vocabulary, newest, count)).collect(),
        more,
    }
}

fn line(vocabulary: &Vocabulary, newest: &Event, count: usize) -> ActivityLine {
    let kind = vocabulary.kind(newest.kind);
    let name = kind.map_or("", |kind| kind.name.as_str());
    let mut says = happened(name, newest.subject.as_str(), count);
    // Of several events each has properties of its own.
    let properties = newest.properties.iter().filter(|_| count == 1).take(MOST_PROPERTIES);
    for (index, (id, value)) in properties.enumerate() {
        let property = kind.and_then(|kind| kind.property(*id)).map_or("", |property| property.name.as_str());
        let value = match value {
            Value::Text(text) => readable(text.as_str(), LONGEST),
            Value::Number(number) => number.to_string(),
            Value::Flag(flag) => flag.to_string(),
            // OK because properties are of no other type.
            Value::Symbol(_) | Value::Date(_) | Value::Set(_) => continue,
        };
        says.push_str(&format!(
            "{} {} {value}",
            if index == 0 { ", with" } else { " and" },
            readable(property, LONGEST)
        ));
    }
    ActivityLine {
        event: name.to_owned(),
        subject: newest.subject.as_str().to_owned(),
        count,
        newest: newest.at.into(),
        says,
    }
}
