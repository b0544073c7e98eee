//! The rules as a good developer writes them who has other things to do than to make them fast: a look through
//! the events for each.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::history::{Event, Lead};
use super::rules::DAY;
use crate::way::Verdict;

/// The lead with its subjects in small letters, in which they are compared.
pub fn normalize(lead: &Lead) -> Lead {
    let events =
        lead.events.iter().map(|event| Event { subject: event.subject.to_lowercase(), ..event.clone() });
    Lead { events: events.collect() }
}

/// The verdict on a normalized lead.
pub fn verdict(lead: &Lead, now: DateTime<Utc>) -> Verdict {
    let score = History { events: &lead.events, now }.score().clamp(0, 500_000);
    let band = match score {
        120_000.. => 0,
        60_000.. => 1,
        _ => 2,
    };
    Verdict { score, band, mql: score >= 80_000 }
}

struct History<'l> {
    events: &'l [Event],
    now: DateTime<Utc>,
}

fn any(_: &str) -> bool {
    true
}

fn is(subject: &'static str) -> impl Fn(&str) -> bool {
    move |found| found == subject
}

fn starts_with(start: &'static str) -> impl Fn(&str) -> bool {
    move |found| found.starts_with(start)
}

const EVER: i64 = 100_000;

impl<'l> History<'l> {
    /// The events of a kind whose subject fits, of the last so many days.
    fn of(
        &self,
        kind: &'static str,
        fits: impl Fn(&str) -> bool,
        days: i64,
    ) -> impl Iterator<Item = &'l Event> {
        let since = self.now - TimeDelta::days(days);
        let events = self.events.iter();
        events.filter(move |event| event.kind == kind && event.at > since && fits(&event.subject))
    }

    fn count(&self, kind: &'static str, fits: impl Fn(&str) -> bool, days: i64) -> i64 {
        self.of(kind, fits, days).count() as i64
    }

    fn seconds(&self, kind: &'static str, fits: impl Fn(&str) -> bool, days: i64) -> i64 {
        self.of(kind, fits, days).filter_map(|event| event.watched).map(|watched| watched.seconds).sum()
    }

    fn days(&self, kind: &'static str, days: i64) -> usize {
        self.of(kind, any, days).map(|event| event.at.date_naive()).collect::<HashSet<_>>().len()
    }

    fn subjects(&self, kind: &'static str, days: i64) -> usize {
        self.of(kind, any, days).map(|event| &event.subject).collect::<HashSet<_>>().len()
    }

    /// What the events are worth that lose it step by step.
    fn fading(
        &self,
        kind: &'static str,
        fits: impl Fn(&str) -> bool,
        every: i64,
        worth: &'static [i64],
    ) -> i64 {
        let age = |event: &Event| (self.now - event.at).num_seconds() / (every * DAY);
        self.of(kind, fits, every * worth.len() as i64).map(|event| worth[age(event) as usize]).sum()
    }

    /// In thousandths of a point.
    fn score(&self) -> i64 {
        let mut score = 0;
        if self.count("visited", is("pricing"), 30) >= 2 {
            score += 15_000;
        }
        if self.count("visited", |page| page == "pricing" || page == "product_details", EVER) >= 1 {
            score += 5_000;
        }
        if self.count("visited", is("pricing"), 90) >= 5 {
            score += 10_000;
        }
        if self.count("visited", starts_with("docs/"), 14) >= 3 {
            score += 6_000;
        }
        if self.count("visited", starts_with("blog/"), EVER) >= 10 {
            score += 3_000;
        }
        if self.count("visited", is("careers"), 60) >= 1 {
            score -= 10_000;
        }
        if self.count("visited", any, 30) >= 20 {
            score += 8_000;
        }
        if self.count("viewed", is("case_study"), 90) >= 1 {
            score += 6_000;
        }
        if self.count("viewed", is("recording"), EVER) >= 2 {
            score += 4_000;
        }
        if self.count("downloaded", |content| content == "ebook" || content == "whitepaper", 60) >= 1 {
            score += 5_000;
        }
        if self.count("clicked", any, 30) >= 5 {
            score += 4_000;
        }
        if self.count("opened", any, 90) >= 10 {
            score += 2_000;
        }
        if self.count("submitted", is("contact_form"), 30) >= 1 {
            score += 20_000;
        }
        if self.count("requested", is("demo"), 14) >= 1 {
            score += 25_000;
        }
        if self.count("attended", is("webinar"), 180) >= 1 {
            score += 7_000;
        }
        if self.count("replied", any, 30) >= 1 {
            score += 9_000;
        }
        if self.count("visited", any, 30) < 1 {
            score -= 10_000;
        }
        if self.count("opened", any, 60) < 2 {
            score -= 3_000;
        }
        if self.count("clicked", any, 90) < 1 {
            score -= 4_000;
        }
        if self.count("unsubscribed", any, EVER) >= 1 {
            score -= 25_000;
        }

        score += self.count("downloaded", is("ebook"), EVER).min(3) * 5_000;
        score += self.count("clicked", any, 30).min(10) * 1_000;
        score += self.count("opened", any, 60).min(8) * 500;
        score += self.count("visited", starts_with("docs/"), 30).min(5) * 1_500;
        score += self.count("commented", any, EVER).min(4) * 2_000;
        score += self.count("attended", is("webinar"), 365).min(2) * 8_000;

        score += self.fading("visited", is("pricing"), 30, &[4_000, 2_000, 1_000]);
        score += self.fading("viewed", is("case_study"), 20, &[6_000, 4_500, 3_375]);
        score += self.fading("submitted", any, 45, &[10_000, 5_000]);
        let demo_or_trial = |offer: &str| offer == "demo" || offer == "trial";
        score += self.fading("requested", demo_or_trial, 15, &[12_000, 6_000, 3_000, 1_500]);
        score += self.fading("watched", any, 10, &[3_000, 2_000, 1_000]);
        score += self.fading("replied", any, 30, &[5_000, 4_500, 4_050]);

        if self.seconds("watched", is("demo"), EVER) >= 600 {
            score += 10_000;
        }
        if self.seconds("watched", any, 60) >= 1_800 {
            score += 6_000;
        }
        if self.seconds("watched", starts_with("tutorial/"), 90) >= 300 {
            score += 4_000;
        }
        if self.days("visited", 14) >= 3 {
            score += 6_000;
        }
        if self.days("opened", 60) >= 5 {
            score += 3_000;
        }
        if self.subjects("visited", 30) >= 8 {
            score += 8_000;
        }
        if self.subjects("downloaded", EVER) >= 3 {
            score += 5_000;
        }
        if self.subjects("viewed", 90) >= 4 {
            score += 4_000;
        }
        score
    }
}
