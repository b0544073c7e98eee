//! What each rule gives: which of its events count, and what age has left of them.

use std::collections::HashMap;

use crate::decimal::Points;
use crate::lead::Event;
use crate::model::{
    ConditionId, Decay, DecayStep, LimitPer, Limits, MAX_DECAY_STEPS, MAX_OCCURRENCES, Rule, RuleBody,
    TermId, Window,
};
use crate::time::Instant;

use super::Reader;
use super::conditions::holds;

/// What a rule gives at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RuleReading {
    /// Condition rules: whether the condition holds; each rules: whether an event counts.
    pub(crate) holds: bool,
    /// After limits and decay, before any clamp.
    pub(crate) points: Points,
    /// What it would be without decay.
    pub(crate) before_decay: Points,
    /// Each rules: the events that count; condition rules: those that match a positively used event test
    /// which holds, each once.
    pub(crate) count: usize,
    /// The newest of those.
    pub(crate) newest: Option<Instant>,
    /// Each rules: how many matching events the limits leave out.
    pub(crate) left_out: usize,
}

/// An event that an each rule's term and window match.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Occurrence<'a> {
    /// The event's place among those of the lead, newest first.
    pub(crate) index: usize,
    pub(crate) event: &'a Event,
    /// Which limit leaves it out, if one does.
    pub(crate) left_out: Option<LeftOut>,
    /// What it gives after decay; nothing where a limit leaves it out.
    pub(crate) points: Points,
}

/// The limit that has no room for an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LeftOut {
    /// `up to N times`, or the 100,000 occurrences that count in any rule.
    Times,
    /// `up to N times per day`
    Day,
    /// `up to N times per subject`
    Subject,
}

/// What a limit counts separately for each of.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum LimitKey {
    Day(i64),
    Subject(Option<usize>),
}

impl<'a> Reader<'a> {
    pub(super) fn read_rule(&self, rule: &Rule, conditions: &[bool], now: Instant) -> RuleReading {
        match &rule.body {
            RuleBody::Condition(condition) => self.read_condition_rule(rule, *condition, conditions, now),
            RuleBody::Each { when, .. } => {
                let counts = when.is_none_or(|when| holds(conditions, when));
                let occurrences = if counts { self.occurrences(rule, now) } else { Vec::new() };
                read_each_rule(rule, &occurrences)
            }
        }
    }

    /// P while the condition is true, aged by the newest event behind it.
    fn read_condition_rule(
        &self,
        rule: &Rule,
        condition: ConditionId,
        conditions: &[bool],
        now: Instant,
    ) -> RuleReading {
        let evidence = self.evidence(condition, conditions, now);
        let newest = evidence.first().map(|(_, event)| event.at);
        let holds = holds(conditions, condition);
        let given = if holds { rule.points } else { Points::ZERO };
        let points = match (rule.decay, newest) {
            (Some(decay), Some(newest)) => Fading::of(given, decay).at(newest, now),
            // Nothing to age by: k = 0.
            _ => given,
        };
        RuleReading { holds, points, before_decay: given, count: evidence.len(), newest, left_out: 0 }
    }

    /// The events behind a condition: those that match, inside its window, an event test which holds and
    /// which the condition uses positively. Newest first, each once, with its place among the lead's events.
    pub(crate) fn evidence(
        &self,
        condition: ConditionId,
        conditions: &[bool],
        now: Instant,
    ) -> Vec<(usize, &'a Event)> {
        let tests = self.positive_event_tests(condition);
        let held = tests.iter().filter(|(id, _)| holds(conditions, *id));
        let kept = held.flat_map(|(_, test)| self.kept(test.term, test.window, now));
        let mut indices: Vec<usize> = kept.map(|(index, _)| index).collect();
        indices.sort_unstable();
        indices.dedup();
        indices.into_iter().filter_map(|index| Some((index, *self.events.get(index)?))).collect()
    }

    /// The events that an each rule's term and window match at `now`, newest first, and what becomes of
    /// them, the rule's `when` left aside. Nothing for a condition rule.
    pub(crate) fn occurrences(&self, rule: &Rule, now: Instant) -> Vec<Occurrence<'a>> {
        let RuleBody::Each { term, window, limits, .. } = &rule.body else { return Vec::new() };
        let fading = rule.decay.map(|decay| Fading::of(rule.points, decay));
        let worth = |event: &Event| fading.as_ref().map_or(rule.points, |fading| fading.at(event.at, now));
        let occurrence = |(index, event, left_out): (usize, &'a Event, Option<LeftOut>)| {
            let points = if left_out.is_some() { Points::ZERO } else { worth(event) };
            Occurrence { index, event, left_out, points }
        };
        self.limited(*term, *window, *limits, now).into_iter().map(occurrence).collect()
    }

    /// Takes the events newest first; one counts while every limit still has room for it.
    fn limited(
        &self,
        term: TermId,
        window: Window,
        limits: Limits,
        now: Instant,
    ) -> Vec<(usize, &'a Event, Option<LeftOut>)> {
        let mut times = 0;
        let mut of_key: HashMap<LimitKey, u32> = HashMap::new();
        let mut taken = Vec::new();
        for (index, event) in self.kept(term, window, now) {
            let per = match limits.per {
                Some(LimitPer::Day(most)) => Some((LimitKey::Day(event.at.day()), most, LeftOut::Day)),
                Some(LimitPer::Subject(most)) => {
                    Some((LimitKey::Subject(self.subjects.number(index)), most, LeftOut::Subject))
                }
                None => None,
            };
            let mut of_this = per.map(|(key, most, limit)| (of_key.entry(key).or_default(), most, limit));
            let left_out = if times >= limits.times.min(MAX_OCCURRENCES) {
                Some(LeftOut::Times)
            } else {
                of_this.as_ref().filter(|(taken, most, _)| **taken >= *most).map(|(_, _, limit)| *limit)
            };
            // What one limit leaves out takes no room in the other.
            if left_out.is_none() {
                times += 1;
                if let Some((taken, _, _)) = &mut of_this {
                    **taken += 1;
                }
            }
            taken.push((index, event, left_out));
        }
        taken
    }
}

/// Adds up what the events that count give.
fn read_each_rule(rule: &Rule, occurrences: &[Occurrence<'_>]) -> RuleReading {
    let counted = || occurrences.iter().filter(|occurrence| occurrence.left_out.is_none());
    let count = counted().count();
    // OK because at most 100,000 occurrences of at most 1,000,000 points stay far below 63 bits.
    let points = counted().map(|occurrence| occurrence.points.thousandths()).sum();
    let before_decay = counted().map(|_| rule.points.thousandths()).sum();
    RuleReading {
        holds: count > 0,
        points: Points::from_thousandths(points),
        before_decay: Points::from_thousandths(before_decay),
        count,
        newest: counted().map(|occurrence| occurrence.event.at).max(),
        left_out: occurrences.len() - count,
    }
}

/// How a value fades: v(0), v(1), … as far as it is not 0 for good.
pub(super) struct Fading {
    values: Vec<i64>,
    every: i64,
}

impl Fading {
    pub(super) fn of(points: Points, decay: Decay) -> Fading {
        let mut values = Vec::new();
        let mut value = points.thousandths();
        while value != 0 && values.len() < MAX_DECAY_STEPS {
            values.push(value);
            value = match decay.step {
                // Rust's division cuts towards zero, as the reference wants it.
                DecayStep::Percent(tenths) => value * (1_000 - i64::from(tenths)) / 1_000,
                DecayStep::Amount(amount) if value > 0 => (value - amount.thousandths()).max(0),
                DecayStep::Amount(amount) => (value + amount.thousandths()).min(0),
            };
        }
        Fading { values, every: decay.every.micros() }
    }

    /// v(k) of an event of the instant `at`, which is not later than `now`.
    fn at(&self, at: Instant, now: Instant) -> Points {
        let steps = (now.micros() - at.micros()).div_euclid(self.every.max(1));
        let value = usize::try_from(steps).ok().and_then(|steps| self.values.get(steps));
        Points::from_thousandths(value.copied().unwrap_or(0))
    }

    /// The ages, in microseconds, at which the value changes.
    #[cfg(any(test, fuzzing))]
    pub(super) fn changes(&self) -> Vec<i64> {
        let next = self.values.iter().skip(1).chain(std::iter::once(&0));
        let differs = self.values.iter().zip(next).map(|(value, next)| value != next);
        let steps = (1..).zip(differs).filter(|(_, differs)| *differs);
        steps.map(|(step, _): (i64, bool)| self.every.saturating_mul(step)).collect()
    }
}
