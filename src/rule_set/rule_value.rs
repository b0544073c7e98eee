//! What each rule gave, by name.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Lead, RuleSet};
use crate::decimal::Points;
use crate::explain::Reader;
use crate::time::Instant;

/// What one rule gave a lead at an instant, before the clamps of its group and its score.
///
/// Serializes as one item of `rules` in `leadql score --format jsonl --explain`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RuleValue {
    /// The rule's name, or `SCORE#N`, N counting the score's rules from 1.
    pub rule: String,
    /// Its score.
    pub score: String,
    /// The group it stands in.
    pub group: Option<String>,
    /// What it gave, after its limits and its decay. Never 0.
    pub points: Points,
    /// How many events are behind it: in an each rule those that count, in a condition rule those that fit an
    /// event test which holds and is not negated.
    pub count: usize,
    /// When the newest of them came.
    #[serde(serialize_with = "shown")]
    pub newest: Option<DateTime<Utc>>,
}

impl RuleSet {
    /// What each rule gave a lead at `now`, in the order of definition; rules that gave nothing are left out.
    ///
    /// This is the second, plain reading of the rule set: slower than [`RuleSet::evaluate`], and independent
    /// of it.
    pub fn rule_values(&self, lead: &Lead, now: DateTime<Utc>) -> Vec<RuleValue> {
        let model = &self.compiled.model;
        let lead = lead.fitted(&self.compiled);
        let reading = Reader::new(model, lead.facts()).read(Instant::nearest(now));
        let given = model.rules.iter().zip(&reading.rules).filter(|(_, read)| read.points != Points::ZERO);
        given
            .map(|(rule, read)| RuleValue {
                rule: rule.name.clone(),
                score: model
                    .scores
                    .get(rule.score.index())
                    .map(|score| score.name.clone())
                    .unwrap_or_default(),
                group: rule.group.clone(),
                points: read.points,
                count: read.count,
                newest: read.newest.map(Into::into),
            })
            .collect()
    }
}

/// As instants print everywhere: no digits after the second that are not needed.
fn shown<S: serde::Serializer>(newest: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
    match newest {
        Some(newest) => serializer.collect_str(&Instant::nearest(*newest)),
        None => serializer.serialize_none(),
    }
}
