//! Rules that give points for each event: what they are worth at an instant, and when that may next change.

use super::aggregate::State;
use super::{Evaluation, NEVER};
use crate::model::LimitPer;
use crate::plan::{EachRule, Micros, PlanDecay, TermEvents};

/// What an each rule is worth, its `when` left out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Worth {
    /// In thousandths of a point.
    pub(super) points: i64,
    /// Whether any event counts, be it for nothing.
    pub(super) counts: bool,
    /// The first instant at which this may change.
    pub(super) due: Micros,
}

impl Evaluation<'_> {
    /// What a rule is worth at `now`; `state` is that of its signal at that instant.
    pub(super) fn worth(&self, rule: &EachRule, state: State, now: Micros) -> Worth {
        let nothing = Worth { points: 0, counts: false, due: NEVER };
        let early = |slot: u32| self.signals.early().get(slot as usize);
        if rule.when.and_then(early) == Some(&false) {
            return nothing;
        }
        let Some(signal) = self.signal(rule.signal) else { return nothing };
        let events = self.signals.term(signal.term);
        let mut tally = Tally { points: 0, oldest: None, due: state.next_in(events, signal.ages) };
        match (rule.decay, rule.per) {
            (None, None) => tally.add_flat(rule, state),
            (Some(decay), None) => self.add_by_step(rule, decay, state, now, events, &mut tally),
            _ => self.add_each(rule, state, now, events, &mut tally),
        }
        // Of the events that leave the window, those that do not count make no difference, and they are older
        // than those that do. Where all have faded to nothing, it still shows in the best of a group when the
        // last of them leaves: the rule no longer takes part then.
        let oldest = tally.oldest.and_then(|oldest| events.times.get(oldest).copied());
        let leaves =
            oldest.or(state.newest(events)).map_or(NEVER, |at| at.saturating_add(signal.ages.leaves));
        Worth { points: tally.points, counts: state.start < state.end, due: tally.due.min(leaves) }
    }

    /// Without limits per day or subject the newest count, and those that have faded by as many steps count
    /// the same: goes through the steps, the newest first, however many events there are in each.
    fn add_by_step(
        &self,
        rule: &EachRule,
        decay: PlanDecay,
        state: State,
        now: Micros,
        events: TermEvents<'_>,
        tally: &mut Tally,
    ) {
        let first = state.start.max(state.end.saturating_sub(rule.times));
        let mut counting = events.times.get(first..state.end).unwrap_or(&[]);
        let mut decaying = Decaying::new(self, decay);
        while let Some(newest) = counting.last() {
            // All older events have faded to nothing too.
            let Some(points) = decaying.at_age(now.saturating_sub(*newest)) else { break };
            let earlier = counting.partition_point(|at| now.saturating_sub(*at) >= decaying.step_ends);
            let (left, of_step) = counting.split_at(earlier);
            // The oldest of a step is the first to leave it.
            let step_ends = of_step.first().map_or(NEVER, |at| at.saturating_add(decaying.step_ends));
            tally.due = tally.due.min(step_ends);
            // OK because there are at most 100,000 of them.
            tally.points = tally.points.saturating_add(points.saturating_mul(of_step.len() as i64));
            tally.oldest = Some(first + earlier);
            counting = left;
        }
    }

    /// Goes through the events, the newest first, and adds up what counts.
    fn add_each(
        &self,
        rule: &EachRule,
        state: State,
        now: Micros,
        events: TermEvents<'_>,
        tally: &mut Tally,
    ) {
        let mut counted = 0;
        let mut decaying = rule.decay.map(|decay| Decaying::new(self, decay));
        for event in (state.start..state.end).rev() {
            if counted == rule.times {
                break;
            }
            if !has_room(rule.per, event, state.end, events) {
                continue;
            }
            let points = match &mut decaying {
                None => rule.points,
                Some(decaying) => {
                    let at = events.times.get(event).copied().unwrap_or(now);
                    // All older events have faded to nothing too.
                    let Some(points) = decaying.at_age(now.saturating_sub(at)) else { break };
                    tally.due = tally.due.min(at.saturating_add(decaying.step_ends));
                    points
                }
            };
            tally.points = tally.points.saturating_add(points);
            tally.oldest = Some(event);
            counted += 1;
        }
    }
}

/// What has been added up so far.
struct Tally {
    points: i64,
    /// The oldest event that counts for something.
    oldest: Option<usize>,
    due: Micros,
}

impl Tally {
    /// Without decay, and without limits per day or subject, all that matters is how many there are.
    fn add_flat(&mut self, rule: &EachRule, state: State) {
        let counted = (state.end - state.start).min(rule.times);
        // OK because `times` is at most 100,000.
        self.points = rule.points.saturating_mul(counted as i64);
        self.oldest = (counted > 0).then(|| state.end - counted);
    }
}

/// Whether the limit per day or subject has room for an event, of those before `end`: it has while fewer than
/// so many newer ones are of its day or subject.
fn has_room(per: Option<LimitPer>, event: usize, end: usize, events: TermEvents<'_>) -> bool {
    match per {
        None => true,
        Some(LimitPer::Day(limit)) => {
            let full_by = event.saturating_add(limit as usize);
            full_by >= end || events.days(event, full_by + 1) > 1
        }
        Some(LimitPer::Subject(limit)) => {
            events.newer_of_subject(event, limit as usize).is_none_or(|full_by| full_by >= end)
        }
    }
}

/// A decay table read at growing ages: most neighbours are in the same step, so few ages are divided.
struct Decaying<'a> {
    table: &'a [i32],
    every: Micros,
    points: i64,
    /// The age at which the step of the last look-up is over.
    step_ends: Micros,
}

impl<'a> Decaying<'a> {
    fn new(evaluation: &Evaluation<'a>, decay: PlanDecay) -> Self {
        let table = evaluation.plan.tables.get(decay.table);
        Decaying { table, every: decay.every, points: 0, step_ends: 0 }
    }

    /// What is left at an age, in thousandths of a point; none once it is nothing.
    fn at_age(&mut self, age: Micros) -> Option<i64> {
        if age >= self.step_ends {
            let step = age / self.every;
            self.points = i64::from(*self.table.get(usize::try_from(step).ok()?)?);
            self.step_ends = (step + 1).saturating_mul(self.every);
        }
        Some(self.points)
    }
}

impl Evaluation<'_> {
    /// What `decay` leaves at `now` of an event at `at`, in thousandths of a point, and when that changes.
    pub(super) fn decayed(&self, decay: PlanDecay, at: Micros, now: Micros) -> (i64, Micros) {
        let mut decaying = Decaying::new(self, decay);
        match decaying.at_age(now.saturating_sub(at)) {
            Some(points) => (points, at.saturating_add(decaying.step_ends)),
            None => (0, NEVER),
        }
    }

    /// What a decaying rule is worth before any decay, in thousandths of a point.
    pub(super) fn fresh(&self, decay: PlanDecay) -> i64 {
        self.plan.tables.get(decay.table).first().map_or(0, |points| i64::from(*points))
    }
}
