//! Whole stretches of time in which no score can change, found by looking at their two ends only.
//!
//! Where a clamp hides what rules are worth, thousands of events may fade behind it before anything shows.
//! Between two instants at which a condition changes, whatever a rule gives fades, leaves a window, or is
//! joined by newer events; so at any instant between it gives no less (in magnitude) than what the events of
//! the first instant are still worth at the last, and no more than what they are worth at the first with each
//! newer event at full points. Where these bounds lead to one and the same value of each score, nothing shows
//! on the way.

use super::aggregate::State;
use super::each::Worth;
use super::{Evaluation, NEVER, Scratch};
use crate::plan::{EachRule, Micros, NO_EVENT, PlanGroup, PlanRule, PlanScore, PlanScoreKind, Settled};

/// What a rule gives at the least and at the most, in thousandths of a point, throughout a stretch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range {
    low: i64,
    high: i64,
    /// Whether it has a value all the time (`Some(true)`) or at no time; none where that is not known. Only
    /// the best of a group depends on it.
    there: Option<bool>,
}

impl Range {
    const NONE: Range = Range { low: 0, high: 0, there: Some(false) };

    /// Between two values, there all the time.
    fn between(one: i64, other: i64) -> Range {
        Range { low: one.min(other), high: one.max(other), there: Some(true) }
    }
}

impl Evaluation<'_> {
    /// Whether all scores are the same at every instant after `now` up to `to`, as far as that can be told
    /// cheaply; no condition that time touches changes in between. If so, the each rules in `scratch`, which
    /// are those of `now`, become those of `to`.
    pub(super) fn nothing_shows(&self, now: Micros, to: Micros, scratch: &mut Scratch) -> bool {
        let Scratch { each, each_later, each_ranges, .. } = scratch;
        each_later.clear();
        each_ranges.clear();
        for (rule, worth) in self.plan.each_rules.iter().zip(each) {
            let (later, range) = self.each_range(rule, worth, now, to);
            each_later.push(later);
            each_ranges.push(range);
        }
        let same = self.plan.scores.iter().all(|score| self.score_is_constant(score, now, to, scratch));
        if same {
            std::mem::swap(&mut scratch.each, &mut scratch.each_later);
            let first = scratch.due.len().saturating_sub(scratch.each.len());
            for (due, worth) in scratch.due.iter_mut().skip(first).zip(&scratch.each) {
                *due = worth.due;
            }
        }
        same
    }

    /// What an each rule is worth at `to`, and between what bounds until then; `worth` is that at `now`.
    fn each_range(&self, rule: &EachRule, worth: &Worth, now: Micros, to: Micros) -> (Worth, Range) {
        if worth.due == NEVER {
            return (
                *worth,
                Range { there: Some(worth.counts), ..Range::between(worth.points, worth.points) },
            );
        }
        let later = self.worth(rule, to);
        let (first, last) = (self.state(rule.signal, now), self.state(rule.signal, to));
        let newer = last.end.saturating_sub(first.end);
        if newer == 0 {
            let there = (worth.counts == later.counts).then_some(worth.counts);
            return (later, Range { there, ..Range::between(worth.points, later.points) });
        }
        // The events of the first instant as they are at the last.
        let times = self.signal(rule.signal).map_or(&[][..], |signal| self.signals.term(signal.term).times);
        let gone = self.signal(rule.signal).map_or(to, |signal| to.saturating_sub(signal.ages.leaves));
        let left = times.get(first.start..first.end).unwrap_or(&[]);
        let start = first.start + left.partition_point(|at| *at <= gone);
        let still_there = self.worth_in(rule, State { start, ..first }, to);
        let full = rule.points.saturating_mul(newer.min(rule.times) as i64);
        let most = rule.points.saturating_mul(rule.times as i64);
        let most = worth.points.saturating_add(full).clamp(most.min(0), most.max(0));
        let there = still_there.counts.then_some(true);
        (later, Range { there, ..Range::between(still_there.points, most) })
    }

    fn score_is_constant(&self, score: &PlanScore, now: Micros, to: Micros, scratch: &Scratch) -> bool {
        let PlanScoreKind::Rules(groups) = &score.kind else {
            // What is derived from what stays the same stays the same.
            return true;
        };
        let (mut low, mut high) = (0i64, 0i64);
        for (group, settled) in self.groups(groups) {
            let Some((least, most)) = self.group_range(group, settled, now, to, scratch) else {
                return false;
            };
            low = low.saturating_add(least);
            high = high.saturating_add(most);
        }
        let clamped = |value: i64| value.min(score.high).max(score.low);
        clamped(low) == clamped(high)
    }

    fn group_range(
        &self,
        group: &PlanGroup,
        settled: Settled,
        now: Micros,
        to: Micros,
        scratch: &Scratch,
    ) -> Option<(i64, i64)> {
        let rules = self.plan.rules.get(group.rules.clone()).unwrap_or(&[]);
        let ranges = rules.iter().map(|rule| self.rule_range(*rule, now, to, scratch));
        let (low, high) = if group.best {
            let mut best = settled.map(|points| (points, points));
            for range in ranges {
                if range.there? {
                    let (low, high) = best.unwrap_or((range.low, range.high));
                    best = Some((low.max(range.low), high.max(range.high)));
                }
            }
            best.unwrap_or((0, 0))
        } else {
            let settled = settled.unwrap_or(0);
            ranges.fold((settled, settled), |(low, high), range| {
                (low.saturating_add(range.low), high.saturating_add(range.high))
            })
        };
        let clamped = |value: i64| value.min(group.high).max(group.low);
        Some((clamped(low), clamped(high)))
    }

    fn rule_range(&self, rule: PlanRule, now: Micros, to: Micros, scratch: &Scratch) -> Range {
        let holds = |slot: u32| scratch.slots.get(slot as usize) == Some(&true);
        match rule {
            PlanRule::Condition { slot, points } if holds(slot) => Range::between(points, points),
            PlanRule::Decaying { slot, newest, decay } if holds(slot) => {
                let worth = |instant| match scratch.newest.get(newest as usize) {
                    Some(newest) if newest.even != NO_EVENT => self.decayed(decay, newest.even, instant).0,
                    _ => self.fresh(decay),
                };
                Range::between(worth(now), worth(to))
            }
            PlanRule::Condition { .. } | PlanRule::Decaying { .. } => Range::NONE,
            PlanRule::Each(place) => {
                let when = self.plan.each_rules.get(place as usize).and_then(|rule| rule.when);
                let range = scratch.each_ranges.get(place as usize).copied().unwrap_or(Range::NONE);
                if when.is_none_or(holds) { range } else { Range::NONE }
            }
        }
    }
}
