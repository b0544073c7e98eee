//! From rules to groups, scores, bands and segments.

use crate::decimal::Points;
use crate::model::{BandIndex, Group, Member, RuleIndex, Score, ScoreKind};

use super::conditions::holds;
use super::{Reader, RuleReading};

/// What a score came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ScoreReading {
    /// Before its clamp, in thousandths.
    pub(crate) raw: i128,
    /// After it.
    pub(crate) points: Points,
    /// Its groups, in order.
    pub(crate) groups: Vec<GroupReading>,
}

/// What a group came to, in thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GroupReading {
    /// The sum of its rules, or the best of them, before the clamp.
    pub(crate) raw: i128,
    /// After it.
    pub(crate) value: i128,
}

impl Reader<'_> {
    /// Every score, each after those that it is derived from.
    pub(super) fn read_scores(&self, rules: &[RuleReading]) -> Vec<ScoreReading> {
        let mut scores = vec![ScoreReading::default(); self.model.scores.len()];
        for index in &self.model.score_order {
            let Some(score) = self.model.scores.get(index.index()) else { continue };
            let reading = read_score(score, rules, &scores);
            if let Some(slot) = scores.get_mut(index.index()) {
                *slot = reading;
            }
        }
        scores
    }

    /// By score: the first band whose bound it reaches. The last band has none.
    pub(super) fn bands(&self, scores: &[Points]) -> Vec<Option<BandIndex>> {
        let band = |(score, points): (&Score, &Points)| {
            let reached = |at_least: Option<Points>| at_least.is_none_or(|bound| *points >= bound);
            let at = score.bands.iter().position(|band| reached(band.at_least))?;
            u32::try_from(at).ok().map(BandIndex)
        };
        self.model.scores.iter().zip(scores).map(band).collect()
    }

    /// By segment: whether the lead is in it.
    pub(super) fn segments(&self, conditions: &[bool]) -> Vec<bool> {
        self.model.segments.iter().map(|segment| holds(conditions, segment.condition)).collect()
    }
}

fn read_score(score: &Score, rules: &[RuleReading], scores: &[ScoreReading]) -> ScoreReading {
    let mut groups = Vec::new();
    let raw = match &score.kind {
        ScoreKind::Rules(members) => members
            .iter()
            .map(|member| match member {
                Member::Rule(rule) => rule_points(rules, *rule),
                Member::Group(group) => {
                    let reading = read_group(group, rules);
                    groups.push(reading);
                    reading.value
                }
            })
            .sum(),
        ScoreKind::Derived(terms) => {
            let parts = terms.iter().map(|(weight, part)| {
                let points = scores.get(part.index()).map_or(0, |part| part.points.thousandths());
                i128::from(*weight) * i128::from(points)
            });
            // Weights count thousandths too: exact in millionths, then cut once towards zero.
            parts.sum::<i128>() / 1_000
        }
    };
    let (low, high) = score.bounds;
    let clamped = raw.max(i128::from(low.thousandths())).min(i128::from(high.thousandths()));
    // OK because the bounds are points.
    let points = Points::from_thousandths(i64::try_from(clamped).unwrap_or(0));
    ScoreReading { raw, points, groups }
}

fn read_group(group: &Group, rules: &[RuleReading]) -> GroupReading {
    let raw = if group.best {
        let holding =
            group.rules.iter().filter(|rule| rules.get(rule.index()).is_some_and(|rule| rule.holds));
        holding.map(|rule| rule_points(rules, *rule)).max().unwrap_or(0)
    } else {
        group.rules.iter().map(|rule| rule_points(rules, *rule)).sum()
    };
    let low = group.low.map_or(i128::MIN, |low| i128::from(low.thousandths()));
    let high = group.high.map_or(i128::MAX, |high| i128::from(high.thousandths()));
    GroupReading { raw, value: raw.max(low).min(high) }
}

fn rule_points(rules: &[RuleReading], rule: RuleIndex) -> i128 {
    rules.get(rule.index()).map_or(0, |rule| i128::from(rule.points.thousandths()))
}
