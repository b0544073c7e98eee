//! From what holds at an instant to an outcome: conditions, rules, groups, scores, bands, segments, gates and
//! the stage, each from those before it.

use std::ops::Range;

use super::{Evaluation, GateOutcome, NEVER, Outcome, Scratch};
use crate::decimal::Points;
use crate::lead::Stage;
use crate::model::{BandIndex, ScoreIndex};
use crate::plan::{
    Micros, NO_EVENT, NewestOp, Plan, PlanGroup, PlanRule, PlanScore, PlanScoreKind, ScoredOp, Settled, Slot,
};
use crate::time::Instant;

/// The newest event of a condition's tests that hold, by the number of `not`s above them; [`NO_EVENT`] for none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Newest {
    pub(super) even: Micros,
    pub(super) odd: Micros,
}

impl Newest {
    const NONE: Newest = Newest { even: NO_EVENT, odd: NO_EVENT };
}

impl Evaluation<'_> {
    /// The first half: works out at `now` everything that time touches.
    pub(super) fn observe(&self, now: Instant, scratch: &mut Scratch) {
        let now = now.micros();
        scratch.slots.clear();
        scratch.slots.extend_from_slice(self.signals.early());
        scratch.slots.extend(self.leaves().map(|(leaf, ending)| self.leaf_holds(leaf, ending, now)));
        scratch.ageing.clear();
        scratch.ageing.extend(self.ageing().map(|(test, ending)| self.newest_event(test, ending, now).0));
        scratch.each.clear();
        scratch.each.extend(self.plan.each_rules.iter().map(|rule| self.worth(rule, now)));
    }

    /// The second half: works out what follows. Gives the first instant at which a condition rule that holds
    /// will have decayed further.
    pub(super) fn conclude(&self, now: Instant, scratch: &mut Scratch, outcome: &mut Outcome) -> Micros {
        let program = &self.plan.program;
        let slots = &mut scratch.slots;
        slots.truncate(program.early_slots() + program.leaves.len());
        for op in &program.timed {
            slots.push(op.holds(&program.operands, slots));
        }
        self.find_newest(scratch);
        let due = self.add_scores(now.micros(), scratch, outcome);
        let slots = &mut scratch.slots;
        for op in &program.scored {
            slots.push(self.scored_holds(*op, slots, outcome));
        }
        let holds = |slot: Slot| slots.get(slot as usize).copied().unwrap_or(false);
        outcome.segments.clear();
        outcome.segments.extend(self.plan.segments.iter().map(|segment| holds(*segment)));
        outcome.gates = self.gates(holds);
        outcome.stage = step(self.plan, (self.stage, self.stage_since), outcome.gates, now);
        outcome.valid_until = None;
        due
    }

    fn find_newest(&self, scratch: &mut Scratch) {
        let program = &self.plan.program;
        let Scratch { slots, ageing, newest, .. } = scratch;
        let first_leaf = self.signals.early().len();
        newest.clear();
        for op in &program.newest {
            let found = match op {
                NewestOp::Test { test, leaf } => {
                    let holds = slots.get(first_leaf + *leaf as usize) == Some(&true);
                    let event = ageing.get(*test as usize).copied().filter(|_| holds);
                    Newest { even: event.unwrap_or(NO_EVENT), odd: NO_EVENT }
                }
                NewestOp::Not(of) => {
                    let Newest { even, odd } = newest.get(*of as usize).copied().unwrap_or(Newest::NONE);
                    Newest { even: odd, odd: even }
                }
                NewestOp::Latest(of) => {
                    let each = of.of(&program.newest_operands).iter();
                    each.filter_map(|place| newest.get(*place as usize)).fold(Newest::NONE, |latest, one| {
                        Newest { even: latest.even.max(one.even), odd: latest.odd.max(one.odd) }
                    })
                }
            };
            newest.push(found);
        }
    }

    fn add_scores(&self, now: Micros, scratch: &Scratch, outcome: &mut Outcome) -> Micros {
        let count = self.plan.scores.len();
        // Each entry is set below.
        outcome.scores.resize(count, Points::ZERO);
        outcome.bands.resize(count, None);
        let mut due = NEVER;
        for score in &self.plan.scores {
            let value = match &score.kind {
                PlanScoreKind::Rules(groups) => {
                    let values = self
                        .groups(groups)
                        .map(|(group, settled)| self.group(group, settled, now, scratch, &mut due));
                    // OK because 65,536 rules of 100,000 events of 1,000,000 points each stay below 2^63
                    // thousandths.
                    values.fold(0i64, i64::saturating_add)
                }
                PlanScoreKind::Derived(weights) => derived(weights, |index| {
                    outcome.scores.get(index.index()).map_or(0, |score| score.thousandths())
                }),
            };
            let value = Points::from_thousandths(value.min(score.high).max(score.low));
            if let Some(entry) = outcome.scores.get_mut(score.index.index()) {
                *entry = value;
            }
            if let Some(entry) = outcome.bands.get_mut(score.index.index()) {
                *entry = band(score, value);
            }
        }
        due
    }

    /// Groups of the plan, each with what is settled of it.
    pub(super) fn groups(&self, places: &Range<usize>) -> impl Iterator<Item = (&PlanGroup, Settled)> {
        let groups = self.plan.groups.get(places.clone()).unwrap_or(&[]);
        let settled = self.signals.settled().get(places.clone()).unwrap_or(&[]);
        groups.iter().zip(settled.iter().copied())
    }

    fn group(
        &self,
        group: &PlanGroup,
        settled: Settled,
        now: Micros,
        scratch: &Scratch,
        due: &mut Micros,
    ) -> i64 {
        let rules = self.plan.rules.get(group.rules.clone()).unwrap_or(&[]);
        let value = if group.best {
            let values = rules.iter().filter_map(|rule| self.rule(*rule, now, scratch, due));
            values.max().max(settled).unwrap_or(0)
        } else {
            rules.iter().fold(settled.unwrap_or(0), |sum, rule| {
                sum.saturating_add(match rule {
                    // Without a branch: whether it holds cannot be foreseen.
                    PlanRule::Condition { slot, points } => points & -i64::from(holds(scratch, *slot)),
                    rule => self.rule(*rule, now, scratch, due).unwrap_or(0),
                })
            })
        };
        value.min(group.high).max(group.low)
    }

    /// What a rule gives, in thousandths of a point; none where its condition does not hold, or where it
    /// counts no event.
    fn rule(&self, rule: PlanRule, now: Micros, scratch: &Scratch, due: &mut Micros) -> Option<i64> {
        let holds = |slot| holds(scratch, slot);
        match rule {
            PlanRule::Condition { slot, points } => holds(slot).then_some(points),
            PlanRule::Decaying { slot, newest, decay } => {
                if !holds(slot) {
                    return None;
                }
                let at = scratch.newest.get(newest as usize).map_or(NO_EVENT, |newest| newest.even);
                if at == NO_EVENT {
                    return Some(self.fresh(decay));
                }
                let (points, changes) = self.decayed(decay, at, now);
                *due = changes.min(*due);
                Some(points)
            }
            PlanRule::Each(place) => {
                let when = self.plan.each_rules.get(place as usize)?.when;
                let worth = scratch.each.get(place as usize)?;
                (worth.counts && when.is_none_or(holds)).then_some(worth.points)
            }
        }
    }

    fn scored_holds(&self, op: ScoredOp, slots: &[bool], outcome: &Outcome) -> bool {
        let score = |index: ScoreIndex| outcome.scores.get(index.index()).copied().unwrap_or(Points::ZERO);
        let band = |index: ScoreIndex| outcome.bands.get(index.index()).copied().flatten();
        match op {
            ScoredOp::Op(op) => op.holds(&self.plan.program.operands, slots),
            ScoredOp::Compare { score: index, comparison, points } => comparison.holds(score(index), points),
            ScoredOp::Between { score: index, low, high } => (low..=high).contains(&score(index)),
            ScoredOp::Band { score, band: wanted } => band(score) == Some(wanted),
            ScoredOp::BandAtLeast { score, band: wanted } => {
                // The highest band is the first.
                band(score).is_some_and(|band| band <= wanted)
            }
        }
    }

    fn gates(&self, holds: impl Fn(Slot) -> bool) -> GateOutcome {
        let gates = &self.plan.gates;
        let mql = gates.mql.is_some_and(|mql| holds(mql.when));
        GateOutcome {
            mql,
            revert: gates.mql.is_some_and(|gate| gate.until.map_or(!mql, &holds)),
            sql: gates.sql.is_some_and(&holds),
            recycle: gates.recycle.is_some_and(&holds),
            disqualify: gates.disqualify.iter().find(|(slot, _)| holds(*slot)).map(|(_, reason)| *reason),
        }
    }

    /// When a recycled lead will have waited long enough.
    pub(super) fn return_due(&self) -> Micros {
        match (self.stage, self.stage_since, self.plan.gates.mql.and_then(|mql| mql.again_after)) {
            (Stage::Recycled, Some(since), Some(wait)) => since.micros().saturating_add(wait.micros()),
            _ => NEVER,
        }
    }
}

#[inline]
fn holds(scratch: &Scratch, slot: Slot) -> bool {
    scratch.slots.get(slot as usize) == Some(&true)
}

/// The stage of a lead's record after at most one step.
pub(crate) fn step(
    plan: &Plan,
    (stage, stage_since): (Stage, Option<Instant>),
    gates: GateOutcome,
    now: Instant,
) -> Stage {
    // Whether a recycled lead has waited long enough to be promoted again.
    let may_return = || {
        let wait = plan.gates.mql.and_then(|mql| mql.again_after);
        wait.is_some_and(|wait| stage_since.is_none_or(|since| since <= now.minus(wait)))
    };
    if gates.disqualify.is_some() && stage != Stage::Customer {
        return Stage::Disqualified;
    }
    match stage {
        Stage::Lead | Stage::Mql if gates.recycle => Stage::Recycled,
        Stage::Mql if gates.revert => Stage::Lead,
        // Nothing holds by now that speaks against a promotion, but for these two.
        Stage::Lead if gates.mql && !gates.revert => Stage::Mql,
        Stage::Recycled if gates.mql && !gates.revert && !gates.recycle && may_return() => Stage::Mql,
        _ => stage,
    }
}

/// A derived score before it is clamped, in thousandths of a point; weights in thousandths.
pub(crate) fn derived(weights: &[(i64, ScoreIndex)], value_of: impl Fn(ScoreIndex) -> i64) -> i64 {
    let weighted = weights.iter().map(|(weight, index)| i128::from(*weight) * i128::from(value_of(*index)));
    // Division of integers cuts towards zero; a clamp follows, so that cutting to 64 bits on the way makes no
    // difference.
    let value = weighted.sum::<i128>() / 1_000;
    i64::try_from(value).unwrap_or(if value.is_negative() { i64::MIN } else { i64::MAX })
}

/// The band that a score is in, if it has any.
pub(crate) fn band(score: &PlanScore, value: Points) -> Option<BandIndex> {
    let place = score.bands.iter().position(|at_least| at_least.is_none_or(|bound| value >= bound))?;
    u32::try_from(place).ok().map(BandIndex)
}
