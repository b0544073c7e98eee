//! A lead as a host has it, of any length of history, the same in every run.

use chrono::{DateTime, TimeDelta, Utc};
use leadql::{Lead, LeadError, NewEvent, RuleSet};
use serde::Serialize;

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Contact {
    pub(crate) id: String,
    pub(crate) title: &'static str,
    pub(crate) industry: &'static str,
    pub(crate) country: &'static str,
    pub(crate) email_domain: String,
    pub(crate) company_size: u64,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) events: Vec<Event>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Event {
    pub(crate) event: &'static str,
    pub(crate) subject: String,
    pub(crate) at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) properties: Option<Watched>,
}

#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Watched {
    pub(crate) seconds: u64,
}

/// The contact with this number, with so many events in the year before `now`.
pub(crate) fn contact(number: u64, events: u64, now: DateTime<Utc>) -> Contact {
    let pick = |list: &[&'static str], by: u64| {
        list.iter().copied().cycle().nth(usize::try_from(by % 60).unwrap_or(0)).unwrap_or_default()
    };
    let events = (0..events).map(|event| {
        let mixed = (number * 1_000_003 + event).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 17;
        let kind = pick(&["visited", "visited", "opened", "clicked", "downloaded", "watched"], mixed);
        Event {
            event: kind,
            subject: match mixed / 7 % 4 {
                0 => format!("page_{}", mixed / 31 % 500),
                1 => format!("guide/{}", mixed / 31 % 50),
                2 => "pricing".to_owned(),
                _ => "ebook".to_owned(),
            },
            at: now - TimeDelta::seconds(i64::try_from(mixed % 31_536_000).unwrap_or(0)),
            properties: (kind == "watched").then_some(Watched { seconds: mixed % 900 }),
        }
    });
    Contact {
        id: format!("L-{number}"),
        title: pick(&["Chief Marketing Officer", "VP Sales", "Head of Growth", "Engineer"], number),
        industry: pick(&["Software", "fintech", "retail"], number / 4),
        country: pick(&["US", "DE", "GB", "BR"], number / 3),
        email_domain: format!("company{number}.example"),
        company_size: number * 37 % 900,
        created_at: now - TimeDelta::days(400),
        events: events.collect(),
    }
}

impl Contact {
    /// The contact through the lead builder.
    pub(crate) fn build(&self, rules: &RuleSet) -> Result<Lead, LeadError> {
        let mut lead = rules
            .lead()
            .id(&*self.id)
            .set("title", self.title)?
            .set("industry", self.industry)?
            .set("country", self.country)?
            .set("email_domain", &self.email_domain)?
            .set("company_size", self.company_size)?
            .set("created_at", self.created_at)?;
        for event in &self.events {
            let mut new = NewEvent::new(event.event, &*event.subject, event.at);
            if let Some(watched) = event.properties {
                new = new.property("seconds", watched.seconds);
            }
            lead = lead.add_event(new)?;
        }
        Ok(lead.build())
    }
}
