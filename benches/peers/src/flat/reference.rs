//! The plainest reading of the rules: what every way is checked against, and never timed.

use super::rules::{BANDS, BOUNDS, Condition, MQL, Rule, mql};
use super::snapshot::{FLAGS, NUMBERS, Snapshot, texts};
use crate::way::Verdict;

pub fn verdict(rules: &[Rule], lead: &Snapshot) -> Verdict {
    let points: i64 = rules.iter().filter(|rule| holds(&rule.condition, lead)).map(|rule| rule.points).sum();
    conclude(points, holds(&mql(), lead))
}

/// What follows from the sum of the points and from the condition of the gate.
pub fn conclude(points: i64, may_be_mql: bool) -> Verdict {
    let score = points.clamp(BOUNDS.0, BOUNDS.1);
    let band = BANDS.iter().position(|(_, bound)| score >= *bound).unwrap_or(BANDS.len());
    Verdict { score: score * 1_000, band: band as u8, mql: score >= MQL && may_be_mql }
}

pub fn holds(condition: &Condition, lead: &Snapshot) -> bool {
    let text = |field: &str| {
        let found = texts(lead).into_iter().find(|(name, _)| *name == field);
        found.map(|(_, text)| text.to_ascii_lowercase()).expect("a text field")
    };
    let number = |field: &str| {
        NUMBERS.iter().find(|(name, _)| *name == field).map(|(_, read)| read(lead)).expect("a number field")
    };
    match condition {
        Condition::Is(field, value) => text(field) == *value,
        Condition::In(field, values) => values.contains(&text(field).as_str()),
        Condition::Contains(field, parts) => parts.iter().any(|part| text(field).contains(part)),
        Condition::StartsWith(field, start) => text(field).starts_with(start),
        Condition::EndsWith(field, end) => text(field).ends_with(end),
        Condition::Number(field, low, high) => {
            low.is_none_or(|low| number(field) >= low) && high.is_none_or(|high| number(field) <= high)
        }
        Condition::Flag(field) => {
            FLAGS.iter().find(|(name, _)| name == field).map(|(_, read)| read(lead)).expect("a flag")
        }
        Condition::Not(condition) => !holds(condition, lead),
        Condition::And(conditions) => conditions.iter().all(|condition| holds(condition, lead)),
        Condition::Or(conditions) => conditions.iter().any(|condition| holds(condition, lead)),
    }
}
