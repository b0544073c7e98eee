//! What has been assumed so far: conditions that have to hold or to fail, what that asks of each attribute, of the
//! events and of the scores, and what is still to be chosen.

use std::collections::{BTreeMap, HashMap};

use super::Prover;
use super::events::{Measure, measures};
use super::values::{Fit, Wanted, fit, possible};
use crate::decimal::Points;
use crate::model::{Comparison, ConditionId, ConditionKind, DateTest, EventTest, ScoreIndex, ValueTest};
use crate::time::{Instant, Period};
use crate::vocabulary::{AttributeId, Type};

/// Assumptions, consistent as far as has been seen.
#[derive(Clone, Debug, Default)]
pub(super) struct State<'m> {
    truth: HashMap<ConditionId, bool>,
    pub(super) attributes: BTreeMap<AttributeId, Vec<Wanted<'m>>>,
    pub(super) events: Vec<(EventTest, bool)>,
    inactive: Vec<(Period, bool)>,
    pub(super) scores: Vec<ScoreWanted>,
    /// What is still to be chosen.
    choices: Vec<Choice<'m>>,
    /// What is still to be taken in.
    to_do: Vec<(ConditionId, bool)>,
}

/// A score that has to lie within bounds, in thousandths, or outside of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct ScoreWanted {
    pub(super) score: ScoreIndex,
    pub(super) low: i64,
    pub(super) high: i64,
    pub(super) inside: bool,
}

/// So many of some conditions have to be `want`.
#[derive(Clone, Debug)]
struct Choice<'m> {
    need: usize,
    of: &'m [ConditionId],
    want: bool,
}

/// What became of assumptions.
pub(super) enum Step<'m> {
    /// They contradict each other.
    Contradiction,
    /// Nothing is left to choose.
    Settled(Box<State<'m>>),
    /// One more condition may be either way: the second is to be looked at first.
    Either(Box<State<'m>>, Box<State<'m>>),
    /// It would cost more than is left.
    Short,
}

impl<'m> State<'m> {
    /// Assumes that a condition holds, or that it fails.
    pub(super) fn assume(&mut self, condition: ConditionId, holds: bool) {
        self.to_do.push((condition, holds));
    }

    /// Assumes an event test that the model does not have.
    pub(super) fn assume_events(&mut self, test: EventTest, holds: bool) {
        self.events.push((test, holds));
    }

    /// Assumes that an attribute passes a test that the model does not have.
    pub(super) fn assume_attribute(&mut self, attribute: AttributeId, test: &'m ValueTest, holds: bool) {
        self.attributes.entry(attribute).or_default().push((test, holds));
    }

    /// Follows what has been assumed until nothing more follows from it.
    pub(super) fn step(mut self, prover: &Prover<'m>) -> Step<'m> {
        loop {
            let mut touched = Vec::new();
            while let Some((condition, holds)) = self.to_do.pop() {
                if !prover.budget().take(1) {
                    return Step::Short;
                }
                if !self.take_in(prover, condition, holds, &mut touched) {
                    return Step::Contradiction;
                }
            }
            touched.sort_unstable();
            touched.dedup();
            if !self.is_consistent(prover, &touched) {
                return Step::Contradiction;
            }
            match self.narrow(prover) {
                None => return Step::Contradiction,
                Some(true) => {}
                Some(false) => break,
            }
            if prover.budget().is_short() {
                return Step::Short;
            }
        }
        // Of what is left the choice with the fewest ways is the next.
        let open =
            |choice: &Choice<'m>| choice.of.iter().filter(|of| self.truth(prover, **of).is_none()).count();
        let size: usize = self.choices.iter().map(|choice| choice.of.len()).sum();
        if !prover.budget().take(size + self.truth.len()) {
            return Step::Short;
        }
        let Some(choice) = self.choices.iter().min_by_key(|choice| open(choice)).cloned() else {
            return Step::Settled(Box::new(self));
        };
        let Some(next) = choice.of.iter().copied().find(|of| self.truth(prover, *of).is_none()) else {
            return Step::Settled(Box::new(self));
        };
        let mut other = self.clone();
        other.assume(next, !choice.want);
        self.assume(next, choice.want);
        Step::Either(Box::new(other), Box::new(self))
    }

    fn truth(&self, prover: &Prover<'m>, condition: ConditionId) -> Option<bool> {
        self.truth.get(&prover.same(condition)).copied()
    }

    /// Takes a condition in; whether it agrees with what is known of it.
    fn take_in(
        &mut self,
        prover: &Prover<'m>,
        condition: ConditionId,
        holds: bool,
        touched: &mut Vec<AttributeId>,
    ) -> bool {
        let condition = prover.same(condition);
        if let Some(known) = self.truth.insert(condition, holds) {
            return known == holds;
        }
        let Some(condition) = prover.model.conditions.get(condition.index()) else { return true };
        let all = |choices: &mut Vec<Choice<'m>>, need: usize, of: &'m [ConditionId], want: bool| {
            choices.push(Choice { need, of, want });
        };
        match &condition.kind {
            ConditionKind::All(of) => all(&mut self.choices, if holds { of.len() } else { 1 }, of, holds),
            ConditionKind::Any(of) => all(&mut self.choices, if holds { 1 } else { of.len() }, of, holds),
            ConditionKind::AtLeast { count, of } => {
                let count = usize::try_from(*count).unwrap_or(usize::MAX);
                let need = if holds { count } else { (of.len() + 1).saturating_sub(count) };
                all(&mut self.choices, need, of, holds);
            }
            ConditionKind::Not(of) => self.assume(*of, !holds),
            ConditionKind::Segment(segment) => {
                if let Some(segment) = prover.model.segments.get(segment.index()) {
                    self.assume(segment.condition, holds);
                }
            }
            ConditionKind::Attribute { attribute, test } => {
                self.assume_attribute(*attribute, test, holds);
                touched.push(*attribute);
            }
            ConditionKind::Events(test) => self.assume_events(test.clone(), holds),
            ConditionKind::Inactive(period) => {
                self.inactive.push((*period, holds));
                touched.extend(prover.model.created_at);
            }
            ConditionKind::Score { score, comparison, points } => {
                let (low, high, inside) = stretch(*comparison, *points);
                self.scores.push(ScoreWanted { score: *score, low, high, inside: inside == holds });
            }
            ConditionKind::ScoreBetween { score, low, high } => self.scores.push(ScoreWanted {
                score: *score,
                low: low.thousandths(),
                high: high.thousandths(),
                inside: holds,
            }),
            ConditionKind::Band { score, band } | ConditionKind::BandAtLeast { score, band } => {
                let bands = prover.model.scores.get(score.index()).map_or(&[][..], |score| &score.bands);
                let bound = |at: usize| bands.get(at).and_then(|band| band.at_least).map(Points::thousandths);
                let low = bound(band.index()).unwrap_or(i64::MIN);
                let above = band.index().checked_sub(1).and_then(bound).map_or(i64::MAX, |above| above - 1);
                let is_open = matches!(condition.kind, ConditionKind::BandAtLeast { .. });
                let high = if is_open { i64::MAX } else { above };
                self.scores.push(ScoreWanted { score: *score, low, high, inside: holds });
            }
        }
        true
    }

    /// Strikes off the choices what is settled; none where one cannot be met any more, and whether something
    /// followed.
    fn narrow(&mut self, prover: &Prover<'m>) -> Option<bool> {
        let choices = std::mem::take(&mut self.choices);
        let size: usize = choices.iter().map(|choice| choice.of.len()).sum();
        if !prover.budget().take(size) {
            self.choices = choices;
            return Some(false);
        }
        for choice in choices {
            let (mut met, mut open) = (0, 0);
            for of in choice.of {
                match self.truth(prover, *of) {
                    Some(truth) if truth == choice.want => met += 1,
                    Some(_) => {}
                    None => open += 1,
                }
            }
            let need = choice.need.saturating_sub(met);
            if need == 0 {
                continue;
            }
            match open.cmp(&need) {
                std::cmp::Ordering::Less => return None,
                std::cmp::Ordering::Equal => {
                    let open = choice.of.iter().filter(|of| self.truth(prover, **of).is_none());
                    let open: Vec<ConditionId> = open.copied().collect();
                    self.to_do.extend(open.into_iter().map(|of| (of, choice.want)));
                }
                std::cmp::Ordering::Greater => self.choices.push(choice),
            }
        }
        Some(!self.to_do.is_empty())
    }

    /// Whether what is asked of attributes, events and scores can be met, each for itself.
    fn is_consistent(&self, prover: &Prover<'m>, touched: &[AttributeId]) -> bool {
        let most =
            |holds: bool| self.inactive.iter().filter(move |(_, is)| *is == holds).map(|(period, _)| *period);
        if let (Some(idle), Some(busy)) = (most(true).max(), most(false).min())
            && busy <= idle
        {
            return false;
        }
        let values = touched.iter().all(|attribute| {
            let Some(of) = prover.model.vocabulary.attribute(*attribute).map(|known| &known.of) else {
                return true;
            };
            let mut wanted = self.attributes.get(attribute).cloned().unwrap_or_default();
            let idle = self.idle_test().filter(|_| prover.model.created_at == Some(*attribute));
            if let Some(idle) = &idle {
                wanted.push((idle, false));
            }
            match of {
                Type::Date => passes_missing(&wanted) || (!has_to_miss(&wanted) && possible(&wanted)),
                of => fit(of, &wanted, Instant::EPOCH, prover.budget()) != Fit::Never,
            }
        });
        values && self.measures(prover).is_some() && self.scores_fit(prover)
    }

    /// What all event tests ask for together; none where they contradict each other.
    pub(super) fn measures(&self, prover: &Prover<'m>) -> Option<Vec<Measure>> {
        measures(&self.events, self.idle(), &prover.terms, prover.budget())
    }

    /// The longest time for which the lead has to have been inactive.
    pub(super) fn idle(&self) -> Option<Period> {
        self.inactive.iter().filter(|(_, holds)| *holds).map(|(period, _)| *period).max()
    }

    /// The shortest time within which the lead must have been active, if it ever was.
    pub(super) fn busy(&self) -> Option<Period> {
        self.inactive.iter().filter(|(_, holds)| !*holds).map(|(period, _)| *period).min()
    }

    /// What a date that counts as activity must not be while the lead is idle.
    pub(super) fn idle_test(&self) -> Option<ValueTest> {
        self.idle().map(|idle| ValueTest::Date(DateTest::Within(idle)))
    }

    /// Whether each score can lie where it is wanted, by the bounds that it has for every lead.
    fn scores_fit(&self, prover: &Prover<'m>) -> bool {
        self.scores.is_empty() || scores_fit(&self.scores, |score| prover.score_bounds(score))
    }
}

/// Whether each score can lie where it is wanted, given the bounds of all.
pub(super) fn scores_fit(wanted: &[ScoreWanted], bounds: impl Fn(ScoreIndex) -> (i64, i64)) -> bool {
    wanted.iter().all(|one| {
        let (low, high) = stretch_of(wanted, one.score, bounds(one.score));
        low <= high
    })
}

/// The stretch in which a score is wanted, out of its bounds; the wrong way round where there is none. What is to
/// be left out in its middle is not looked at.
pub(super) fn stretch_of(
    wanted: &[ScoreWanted],
    score: ScoreIndex,
    (mut low, mut high): (i64, i64),
) -> (i64, i64) {
    let same = || wanted.iter().filter(|other| other.score == score);
    for other in same().filter(|other| other.inside) {
        (low, high) = (low.max(other.low), high.min(other.high));
    }
    // Twice, because one that is cut off may lay another bare.
    for other in same().chain(same()).filter(|other| !other.inside) {
        if other.low <= low && low <= other.high {
            low = other.high.saturating_add(1);
        }
        if other.low <= high && high <= other.high {
            high = other.low.saturating_sub(1);
        }
    }
    (low, high)
}

fn passes_missing(wanted: &[Wanted<'_>]) -> bool {
    super::values::passes(None, wanted, Instant::EPOCH)
}

fn has_to_miss(wanted: &[Wanted<'_>]) -> bool {
    wanted
        .iter()
        .any(|(test, holds)| matches!((test, holds), (ValueTest::Missing, true) | (ValueTest::Known, false)))
}

/// The stretch of points in which a comparison holds, or, where the last is false, fails.
pub(super) const fn stretch(comparison: Comparison, points: Points) -> (i64, i64, bool) {
    let bound = points.thousandths();
    match comparison {
        Comparison::Equal => (bound, bound, true),
        Comparison::NotEqual => (bound, bound, false),
        Comparison::Less => (i64::MIN, bound - 1, true),
        Comparison::LessOrEqual => (i64::MIN, bound, true),
        Comparison::Greater => (bound + 1, i64::MAX, true),
        Comparison::GreaterOrEqual => (bound, i64::MAX, true),
    }
}
