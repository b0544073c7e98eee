//! Whether conditions hold, in one pass from front to back: children stand before parents.

use std::collections::HashSet;

use crate::lead::Value;
use crate::model::{ConditionId, ConditionKind, EventTest, Model};
use crate::score::Outcome;
use crate::time::{Instant, Period};

use super::Reader;

/// What has to be known before a condition can be told: the lead's facts, or the scores and bands too, or
/// the segments too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Facts,
    Scores,
    Segments,
}

/// By condition: the level at which it can be told, the highest of its own and its children's.
pub(super) fn levels(model: &Model) -> Vec<Level> {
    let mut levels: Vec<Level> = Vec::with_capacity(model.conditions.len());
    for condition in &model.conditions {
        let own = match condition.kind {
            ConditionKind::Score { .. }
            | ConditionKind::ScoreBetween { .. }
            | ConditionKind::Band { .. }
            | ConditionKind::BandAtLeast { .. } => Level::Scores,
            ConditionKind::Segment(_) => Level::Segments,
            _ => Level::Facts,
        };
        let below = condition.kind.parts().iter().filter_map(|child| levels.get(child.index()).copied());
        let level = below.fold(own, Level::max);
        levels.push(level);
    }
    levels
}

/// Whether the condition `id` holds, once it is settled.
pub(super) fn holds(conditions: &[bool], id: ConditionId) -> bool {
    conditions.get(id.index()).copied().unwrap_or(false)
}

impl Reader<'_> {
    /// Settles all conditions of one level; `known` holds what that level needs.
    pub(super) fn settle(&self, level: Level, now: Instant, known: &Outcome, conditions: &mut [bool]) {
        let last_activity = self.last_activity(now);
        for (index, condition) in self.model.conditions.iter().enumerate() {
            if self.levels.get(index) != Some(&level) {
                continue;
            }
            let settled = self.condition_holds(&condition.kind, now, last_activity, known, conditions);
            if let Some(slot) = conditions.get_mut(index) {
                *slot = settled;
            }
        }
    }

    fn condition_holds(
        &self,
        kind: &ConditionKind,
        now: Instant,
        last_activity: Option<Instant>,
        known: &Outcome,
        conditions: &[bool],
    ) -> bool {
        let score_of = |score: crate::model::ScoreIndex| known.scores.get(score.index()).copied();
        let band_of = |score: crate::model::ScoreIndex| known.bands.get(score.index()).copied().flatten();
        match kind {
            ConditionKind::All(of) => of.iter().all(|child| holds(conditions, *child)),
            ConditionKind::Any(of) => of.iter().any(|child| holds(conditions, *child)),
            ConditionKind::Not(of) => !holds(conditions, *of),
            ConditionKind::AtLeast { count, of } => {
                of.iter().filter(|child| holds(conditions, **child)).count() >= *count as usize
            }
            ConditionKind::Attribute { attribute, test } => test.holds(self.facts.attribute(*attribute), now),
            ConditionKind::Events(test) => self.event_test_holds(test, now),
            ConditionKind::Inactive(period) => inactive(last_activity, *period, now),
            ConditionKind::Score { score, comparison, points } => {
                score_of(*score).is_some_and(|score| comparison.holds(score, *points))
            }
            ConditionKind::ScoreBetween { score, low, high } => {
                score_of(*score).is_some_and(|score| *low <= score && score <= *high)
            }
            ConditionKind::Band { score, band } => band_of(*score) == Some(*band),
            // Bands stand highest first.
            ConditionKind::BandAtLeast { score, band } => band_of(*score).is_some_and(|found| found <= *band),
            ConditionKind::Segment(segment) => known.segments.get(segment.index()).copied().unwrap_or(false),
        }
    }

    /// The latest of the newest event at or before `now` of a kind that is not passive, and of `created_at`
    /// if it is known and not later than `now`.
    pub(super) fn last_activity(&self, now: Instant) -> Option<Instant> {
        self.activities().filter(|at| *at <= now).max()
    }

    /// Every instant, past and future, that `inactive for` looks at.
    pub(super) fn activities(&self) -> impl Iterator<Item = Instant> + '_ {
        let passive = |kind| self.model.vocabulary.kind(kind).is_some_and(|kind| kind.passive);
        let events = self.events.iter().filter(move |event| !passive(event.kind)).map(|event| event.at);
        let created_at = self.model.created_at.and_then(|attribute| match self.facts.attribute(attribute) {
            Some(Value::Date(date)) => Some(*date),
            _ => None,
        });
        events.chain(created_at)
    }

    /// The event tests that a condition uses positively: under an even number of `not`s, `let`s and
    /// `at least N of` looked through. Each once, though it may be reached on many ways.
    pub(super) fn positive_event_tests(&self, condition: ConditionId) -> Vec<(ConditionId, &EventTest)> {
        let mut found = Vec::new();
        let mut seen = HashSet::from([(condition, true)]);
        let mut to_do = vec![(condition, true)];
        while let Some((id, positive)) = to_do.pop() {
            let Some(condition) = self.model.conditions.get(id.index()) else { continue };
            match &condition.kind {
                ConditionKind::Events(test) if positive => found.push((id, test)),
                kind => {
                    let below = positive != matches!(kind, ConditionKind::Not(_));
                    for child in kind.parts() {
                        if seen.insert((*child, below)) {
                            to_do.push((*child, below));
                        }
                    }
                }
            }
        }
        found
    }
}

/// Whether the last activity is at least `period` old. Where nothing is known, nothing is inactive.
fn inactive(last_activity: Option<Instant>, period: Period, now: Instant) -> bool {
    last_activity.is_some_and(|at| at <= now.minus(period))
}
