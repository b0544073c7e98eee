//! What evaluating a rule set over a lead gives, by name.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

use super::Compiled;
use crate::decimal::Points;
use crate::lead::Stage;
use crate::model::{BandIndex, ScoreIndex};
use crate::score::Outcome;
use crate::time::Instant;

/// A score of one rule set, its name resolved once: see [`RuleSet::score_id`](crate::RuleSet::score_id).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScoreId(pub(crate) ScoreIndex);

/// The result of evaluating a rule set over a lead at an instant.
///
/// Serializes as one object of `leadql score --format jsonl`.
///
/// ```
/// use leadql::{RuleSet, Stage};
/// let rules = RuleSet::compile(
///     "need => +20
///      visited(pricing) >= 2 => +15
///      band score { warm >= 30, cold }
///      stage mql when score >= 30",
/// )?;
/// let at = "2026-11-01T00:00:00Z".parse()?;
/// let lead = rules.lead().set("need", true)?.event("visited", "pricing", at)?.event("visited", "pricing", at)?;
/// let evaluation = rules.evaluate(&lead.build(), at);
/// assert_eq!(evaluation.score("score"), Some("35".parse()?));
/// assert_eq!(evaluation.band("score"), Some("warm"));
/// assert_eq!(evaluation.stage(), Stage::Mql);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Evaluation {
    pub(super) rules: Arc<Compiled>,
    pub(super) id: String,
    pub(super) at: Instant,
    /// The stage of the lead's record, and since when: what the automatic step started from.
    pub(super) record: (Stage, Option<Instant>),
    /// Whether how long it holds was looked for.
    pub(super) looked_ahead: bool,
    pub(super) outcome: Outcome,
}

impl Evaluation {
    /// What an evaluator fills.
    pub(super) fn empty(rules: &Arc<Compiled>) -> Self {
        let at = Instant::nearest(DateTime::UNIX_EPOCH);
        let record = (Stage::default(), None);
        let (id, outcome) = (String::new(), Outcome::default());
        Evaluation { rules: Arc::clone(rules), id, at, record, looked_ahead: true, outcome }
    }

    pub(crate) fn rules(&self) -> &Arc<Compiled> {
        &self.rules
    }

    /// Whether it is known to say at `now` what it says: where nobody looked how long it holds, at its own
    /// instant only.
    pub(crate) fn holds_at(&self, now: DateTime<Utc>) -> bool {
        let now = Instant::nearest(now);
        let is_before_the_end = self.outcome.valid_until.is_none_or(|until| now < until);
        now == self.at || (now > self.at && self.looked_ahead && is_before_the_end)
    }

    pub(crate) fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// The same evaluation with another outcome: one that was come to in another way.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn but_saying(self, outcome: Outcome) -> Self {
        Evaluation { outcome, ..self }
    }

    /// The lead's id; empty where the lead has none.
    pub fn lead_id(&self) -> &str {
        &self.id
    }

    /// The instant of the evaluation.
    pub fn at(&self) -> DateTime<Utc> {
        self.at.into()
    }

    /// The stage of the lead's record: what the automatic step started from.
    pub fn stage_before(&self) -> Stage {
        self.record.0
    }

    /// Since when the lead's record stood there, if that is known.
    pub fn stage_before_since(&self) -> Option<DateTime<Utc>> {
        self.record.1.map(Into::into)
    }

    /// The score called `name`, or none where the rule set has no such score.
    pub fn score(&self, name: &str) -> Option<Points> {
        self.points(self.rules.score_id(name)?)
    }

    /// The score with this id, or none where the id is of another rule set that has more scores.
    pub fn points(&self, id: ScoreId) -> Option<Points> {
        self.outcome.scores.get(id.0.index()).copied()
    }

    /// All scores by name, in the order of definition.
    pub fn scores(&self) -> impl Iterator<Item = (&str, Points)> {
        let names = self.rules.model.scores.iter().map(|score| score.name.as_str());
        names.zip(self.outcome.scores.iter().copied())
    }

    /// The band that the score called `name` is in, or none where there is no such score or it has no bands.
    pub fn band(&self, name: &str) -> Option<&str> {
        self.band_of(self.rules.score_id(name)?.0)
    }

    /// The place of the band that the score with this id is in, 0 for the highest, or none where it has no bands:
    /// for hosts that want to compare bands without their names.
    pub fn band_place(&self, id: ScoreId) -> Option<usize> {
        self.outcome.bands.get(id.0.index()).copied().flatten().map(BandIndex::index)
    }

    /// The band of each score that has bands, in the order of the band lists.
    pub fn bands(&self) -> impl Iterator<Item = (&str, &str)> {
        self.rules.model.band_order.iter().filter_map(|score| {
            let name = self.rules.model.scores.get(score.index())?.name.as_str();
            Some((name, self.band_of(*score)?))
        })
    }

    fn band_of(&self, score: ScoreIndex) -> Option<&str> {
        let band = self.outcome.bands.get(score.index()).copied().flatten()?;
        let bands = &self.rules.model.scores.get(score.index())?.bands;
        bands.get(band.index()).map(|band| band.name.as_str())
    }

    /// The segments that the lead is in, in the order of definition.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        let segments = self.rules.model.segments.iter().zip(&self.outcome.segments);
        segments.filter(|(_, is_in)| **is_in).map(|(segment, _)| segment.name.as_str())
    }

    /// Whether the criterion of `stage mql` holds.
    pub fn mql(&self) -> bool {
        self.outcome.gates.mql
    }

    /// Whether the criterion for going back from MQL holds: `until`, or without one that of `stage mql` no
    /// longer holding.
    pub fn revert(&self) -> bool {
        self.outcome.gates.revert
    }

    /// Whether the criterion of `stage sql` holds.
    pub fn sql(&self) -> bool {
        self.outcome.gates.sql
    }

    /// The reason for recycling, if its criterion holds; empty where the rule set gives none.
    pub fn recycle(&self) -> Option<&str> {
        let recycle = self.rules.model.gates.recycle.as_ref().filter(|_| self.outcome.gates.recycle)?;
        Some(recycle.reason.as_deref().unwrap_or(""))
    }

    /// The reason for disqualifying, if a criterion holds, the first in the rule set; empty where the rule
    /// set gives none.
    pub fn disqualify(&self) -> Option<&str> {
        let gate = self.rules.model.gates.disqualify.get(self.outcome.gates.disqualify?)?;
        Some(gate.reason.as_deref().unwrap_or(""))
    }

    /// The stage after the automatic step, if there is one.
    pub fn stage(&self) -> Stage {
        self.outcome.stage
    }

    /// The first instant after this one at which evaluating the same lead gives anything different; none for
    /// never, or beyond year 9999. Nothing differs before it.
    pub fn valid_until(&self) -> Option<DateTime<Utc>> {
        self.outcome.valid_until.map(Into::into)
    }
}

/// Two evaluations are equal if they say the same of the same lead at the same instant.
impl PartialEq for Evaluation {
    fn eq(&self, other: &Self) -> bool {
        let same_rules =
            Arc::ptr_eq(&self.rules, &other.rules) || self.rules.fingerprint == other.rules.fingerprint;
        same_rules && (&self.id, self.at, &self.outcome) == (&other.id, other.at, &other.outcome)
    }
}

impl Eq for Evaluation {}

impl Serialize for Evaluation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Evaluation", 8)?;
        object.serialize_field("id", &self.id)?;
        object.serialize_field("at", &Shown(self.at))?;
        object.serialize_field("scores", &Pairs(|| self.scores()))?;
        object.serialize_field("bands", &Pairs(|| self.bands()))?;
        object.serialize_field("segments", &self.segments().collect::<Vec<_>>())?;
        object.serialize_field("gates", &Gates(self))?;
        object.serialize_field("stage", &self.stage())?;
        object.serialize_field("valid_until", &self.outcome.valid_until.map(Shown))?;
        object.end()
    }
}

/// An instant as it is printed.
struct Shown(Instant);

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// A map of what an iterator gives, in its order.
struct Pairs<F>(F);

impl<K: Serialize, V: Serialize, I: Iterator<Item = (K, V)>, F: Fn() -> I> Serialize for Pairs<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map((self.0)())
    }
}

struct Gates<'e>(&'e Evaluation);

impl Serialize for Gates<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(5))?;
        map.serialize_entry("mql", &self.0.mql())?;
        map.serialize_entry("revert", &self.0.revert())?;
        map.serialize_entry("sql", &self.0.sql())?;
        map.serialize_entry("recycle", &self.0.recycle())?;
        map.serialize_entry("disqualify", &self.0.disqualify())?;
        map.end()
    }
}
