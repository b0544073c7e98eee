//! Rules that give points for each event: what they are worth at an instant, and when that may next change.

use super::aggregate::{Complete, State};
use super::{Evaluation, NEVER};
use crate::model::LimitPer;
use crate::plan::{Ages, EachRule, Micros, PlanDecay, TermEvents};

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
    /// What a rule is worth at `now`.
    pub(super) fn worth(&self, rule: &EachRule, now: Micros) -> Worth {
        if self.never_counts(rule) {
            return NOTHING;
        }
        let Some(signal) = self.signal(rule.signal) else { return NOTHING };
        // Once all events have come it is known which of them the limits per day or subject leave out, and the
        // newest of the others count.
        let Some(Complete { times, oldest }) = self.complete(signal, rule.thinned, now) else {
            return self.worth_in(rule, State::at(signal, self.signals, now), now);
        };
        let newest = times.get(times.len().saturating_sub(rule.times)..).unwrap_or(times);
        let counting = after(newest, oldest);
        let mut tally = Tally::new(NEVER);
        match rule.decay {
            None => tally.add_flat(rule, counting, 0),
            Some(decay) => self.add_by_step(decay, counting, now, &mut tally),
        }
        tally.worth(counting.last(), signal.ages)
    }

    /// As [`Evaluation::worth`], where `state`, the rule's signal at `now`, says which events there are.
    pub(super) fn worth_in(&self, rule: &EachRule, state: State, now: Micros) -> Worth {
        if self.never_counts(rule) {
            return NOTHING;
        }
        let Some(signal) = self.signal(rule.signal) else { return NOTHING };
        let events = self.signals.term(signal.term);
        let mut tally = Tally::new(state.next_in(events, signal.ages));
        let inside = events.times.get(state.start..state.end).unwrap_or(&[]);
        let counting = inside.get(inside.len().saturating_sub(rule.times)..).unwrap_or(inside);
        match (rule.decay, rule.per) {
            (None, None) => {
                let ever = signal.ages.leaves == Micros::MAX;
                tally.add_flat(rule, counting, if ever { events.earlier } else { 0 });
            }
            (Some(decay), None) => self.add_by_step(decay, counting, now, &mut tally),
            _ => self.add_each(rule, state, now, events, &mut tally),
        }
        tally.worth(inside.last(), signal.ages)
    }

    /// Whether it is settled that a rule's `when` does not hold.
    fn never_counts(&self, rule: &EachRule) -> bool {
        let early = |slot: u32| self.signals.early().get(slot as usize);
        rule.when.and_then(early) == Some(&false)
    }

    /// Adds up events that all count, ascending, the newest first. Those that have faded by as many steps count
    /// the same: where there are many, goes through the steps, however many events there are in each.
    fn add_by_step(&self, decay: PlanDecay, mut counting: &[Micros], now: Micros, tally: &mut Tally) {
        let mut decaying = Decaying::new(self, decay);
        if counting.len() <= FEW {
            for at in counting.iter().rev() {
                // All older events have faded to nothing too.
                let Some(points) = decaying.at_age(now - at) else { break };
                // OK because points are at most 1,000,000.
                tally.points += points;
                tally.due = tally.due.min(at + decaying.step_ends);
                tally.oldest = Some(*at);
            }
            return;
        }
        while let Some(newest) = counting.last() {
            // All older events have faded to nothing too.
            let Some(points) = decaying.at_age(now.saturating_sub(*newest)) else { break };
            let of_step = after(counting, now.saturating_sub(decaying.step_ends));
            let left = counting.get(..counting.len() - of_step.len()).unwrap_or(&[]);
            // The oldest of a step is the first to leave it.
            let oldest = of_step.first().copied();
            let step_ends = oldest.map_or(NEVER, |at| at.saturating_add(decaying.step_ends));
            tally.due = tally.due.min(step_ends);
            // OK because there are at most 100,000 of them.
            tally.points = tally.points.saturating_add(points.saturating_mul(of_step.len() as i64));
            tally.oldest = oldest;
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
            tally.oldest = events.times.get(event).copied();
            counted += 1;
        }
    }
}

/// So many times are sooner gone through than searched.
const FEW: usize = 8;

/// The times after `start`; all ascend.
fn after(times: &[Micros], start: Micros) -> &[Micros] {
    // Mostly that is all of them, or few are there at all.
    if times.first().is_none_or(|first| *first > start) {
        return times;
    }
    let from = if times.len() <= FEW {
        times.iter().filter(|at| **at <= start).count()
    } else {
        times.partition_point(|at| *at <= start)
    };
    times.get(from..).unwrap_or(&[])
}

/// A rule for which no event counts.
const NOTHING: Worth = Worth { points: 0, counts: false, due: NEVER };

/// What has been added up so far.
struct Tally {
    points: i64,
    /// When the oldest event came that counts for something.
    oldest: Option<Micros>,
    due: Micros,
}

impl Tally {
    fn new(due: Micros) -> Tally {
        Tally { points: 0, oldest: None, due }
    }

    /// Without decay all that matters is how many count; `earlier` are there besides.
    fn add_flat(&mut self, rule: &EachRule, counting: &[Micros], earlier: usize) {
        let count = counting.len().saturating_add(earlier).min(rule.times);
        // OK because `times` is at most 100,000.
        self.points = rule.points.saturating_mul(count as i64);
        self.oldest = counting.first().copied();
    }

    /// What it comes to; `newest` is the newest event inside the window.
    fn worth(self, newest: Option<&Micros>, ages: Ages) -> Worth {
        // Of the events that leave the window, those that do not count make no difference, and they are older
        // than those that do. Where all have faded to nothing, it still shows in the best of a group when the
        // last of them leaves: the rule no longer takes part then.
        let first_to_leave = self.oldest.or(newest.copied());
        let leaves = first_to_leave.map_or(NEVER, |at| at.saturating_add(ages.leaves));
        Worth { points: self.points, counts: newest.is_some(), due: self.due.min(leaves) }
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
    step: i64,
    points: i64,
    /// The age at which the step of the last look-up is over.
    step_ends: Micros,
}

impl<'a> Decaying<'a> {
    fn new(evaluation: &Evaluation<'a>, decay: PlanDecay) -> Self {
        let table = evaluation.plan.tables.get(decay.table);
        Decaying { table, every: decay.every, step: -1, points: 0, step_ends: 0 }
    }

    /// What is left at an age, in thousandths of a point; none once it is nothing.
    fn at_age(&mut self, age: Micros) -> Option<i64> {
        if age >= self.step_ends {
            // Mostly it is the next one: a division takes longer than all the rest.
            let step = if age - self.step_ends < self.every { self.step + 1 } else { age / self.every };
            self.step = step;
            self.points = i64::from(*self.table.get(usize::try_from(step).ok()?)?);
            // OK because a table has at most 4,096 steps, of at most 3,650 days each.
            self.step_ends = (step + 1) * self.every;
        }
        Some(self.points)
    }
}

impl Evaluation<'_> {
    /// What `decay` leaves at `now` of an event at `at`, in thousandths of a point, and when that changes.
    pub(super) fn decayed(&self, decay: PlanDecay, at: Micros, now: Micros) -> (i64, Micros) {
        let mut decaying = Decaying::new(self, decay);
        match decaying.at_age(now - at) {
            Some(points) => (points, at + decaying.step_ends),
            None => (0, NEVER),
        }
    }

    /// What a decaying rule is worth before any decay, in thousandths of a point.
    pub(super) fn fresh(&self, decay: PlanDecay) -> i64 {
        self.plan.tables.get(decay.table).first().map_or(0, |points| i64::from(*points))
    }
}
