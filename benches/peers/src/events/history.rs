//! Leads with a history of events, as a host has them.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::rules::DAY;
use crate::dice::Dice;

#[derive(Clone, Debug, Serialize)]
pub struct Lead {
    /// In the order in which they happened.
    pub events: Vec<Event>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Event {
    #[serde(rename = "event")]
    pub kind: String,
    pub subject: String,
    pub at: DateTime<Utc>,
    /// How long it took, of what is watched.
    #[serde(rename = "properties", skip_serializing_if = "Option::is_none")]
    pub watched: Option<Watched>,
}

#[derive(Clone, Copy, Debug, Serialize)]
pub struct Watched {
    pub seconds: i64,
}

/// A kind, how many of a hundred events are of it, and its subjects.
type Kind = (&'static str, i64, &'static [&'static str]);

const KINDS: [Kind; 12] = [
    (
        "visited",
        34,
        &["home", "pricing", "product_details", "docs/", "docs/", "blog/", "blog/", "careers", "customers"],
    ),
    ("viewed", 8, &["case_study", "recording", "guide/", "roadmap", "comparison"]),
    ("downloaded", 5, &["ebook", "whitepaper", "checklist", "datasheet"]),
    ("clicked", 12, &["newsletter", "invitation", "footer", "pricing_link"]),
    ("opened", 20, &["newsletter", "invitation", "welcome", "letter/"]),
    ("replied", 2, &["welcome", "invitation"]),
    ("submitted", 2, &["contact_form", "survey"]),
    ("attended", 3, &["webinar", "meetup"]),
    ("watched", 7, &["demo", "tutorial/", "talk"]),
    ("requested", 2, &["demo", "trial", "quote"]),
    ("commented", 4, &["blog/"]),
    ("unsubscribed", 1, &["newsletter"]),
];

/// Leads of so many events each, before `now`, without end.
pub fn leads(events: usize, now: DateTime<Utc>) -> impl Iterator<Item = Lead> {
    let mut dice = Dice::new(2);
    std::iter::repeat_with(move || {
        // Some come every day, some once in a while.
        let span = (30 + dice.below(300)) * DAY;
        let mut events: Vec<Event> = (0..events).map(|_| event(span, now, &mut dice)).collect();
        events.sort_by_key(|event| event.at);
        Lead { events }
    })
}

fn event(span: i64, now: DateTime<Utc>, dice: &mut Dice) -> Event {
    let mut left = dice.below(100);
    let kind = KINDS.iter().find(|(_, share, _)| {
        left -= share;
        left < 0
    });
    let (kind, _, subjects) = kind.expect("the shares add up to a hundred");
    let mut subject = dice.one_of(subjects).to_owned();
    if subject.ends_with('/') {
        subject += &format!("page_{}", dice.mostly_small(60));
    }
    if dice.chance(3) {
        subject.make_ascii_uppercase();
    }
    let at = now - TimeDelta::seconds(1 + dice.mostly_small(span));
    let watched = (*kind == "watched").then(|| Watched { seconds: 5 + dice.mostly_small(600) });
    Event { kind: (*kind).to_owned(), subject, at, watched }
}
