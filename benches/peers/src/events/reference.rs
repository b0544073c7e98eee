//! The plainest reading of the rules: what every way is checked against, and never timed.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::history::{Event, Lead};
use super::rules::{BANDS, BOUNDS, Body, DAY, MQL, Measure, Rule, Selector, Subject};
use crate::way::Verdict;

pub fn verdict(rules: &[Rule], lead: &Lead, now: DateTime<Utc>) -> Verdict {
    conclude(rules.iter().map(|rule| worth(rule, lead, now)).sum())
}

/// What follows from the sum of the points, in thousandths.
pub fn conclude(points: i64) -> Verdict {
    let score = points.clamp(BOUNDS.0 * 1_000, BOUNDS.1 * 1_000);
    let band = BANDS.iter().position(|(_, bound)| score >= *bound * 1_000).unwrap_or(BANDS.len());
    Verdict { score, band: band as u8, mql: score >= MQL * 1_000 }
}

/// What a rule gives a lead.
pub fn worth(rule: &Rule, lead: &Lead, now: DateTime<Utc>) -> i64 {
    let events = || lead.events.iter().filter(|event| fits(&rule.selector, event, now));
    let measure = |measure| match measure {
        Measure::Events => events().count() as i64,
        Measure::Seconds => events().filter_map(|event| event.watched).map(|watched| watched.seconds).sum(),
        Measure::Days => events().map(|event| event.at.date_naive()).collect::<HashSet<_>>().len() as i64,
        Measure::Subjects => {
            events().map(|event| event.subject.to_ascii_lowercase()).collect::<HashSet<_>>().len() as i64
        }
    };
    match rule.body {
        Body::AtLeast(what, bound) => i64::from(measure(what) >= bound) * rule.points,
        Body::Fewer(what, bound) => i64::from(measure(what) < bound) * rule.points,
        Body::UpTo(most) => measure(Measure::Events).min(most) * rule.points,
        Body::Fading { every, worth, .. } => {
            events().map(|event| worth[((now - event.at).num_seconds() / (every * DAY)) as usize]).sum()
        }
    }
}

fn fits(selector: &Selector, event: &Event, now: DateTime<Utc>) -> bool {
    let subject = event.subject.to_ascii_lowercase();
    let is_about = match selector.subject {
        Subject::Any => true,
        Subject::OneOf(subjects) => subjects.contains(&subject.as_str()),
        Subject::Prefix(start) => subject.starts_with(start),
    };
    let age = (now - event.at).num_seconds();
    event.kind == selector.kind && is_about && selector.within.is_none_or(|days| age < days * DAY)
}
