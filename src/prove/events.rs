//! What event tests say of each other: how many events, subjects or days there are at least and at most, and what
//! follows from that for terms and windows that lie within each other.

use super::Budget;
use super::terms::Terms;
use crate::model::{Aggregate, Bound, Comparison, EventTest, TermId, Window};
use crate::time::Period;

/// Far beyond every sum.
const ENDLESS: i128 = i128::MAX / 4;

/// What is counted or added up, and within which bounds it has to be.
#[derive(Clone, Debug)]
pub(super) struct Measure {
    pub(super) term: TermId,
    pub(super) window: Window,
    pub(super) aggregate: Aggregate,
    pub(super) low: i128,
    pub(super) high: i128,
    /// Values between the bounds that it must not have.
    pub(super) not: Vec<i128>,
}

impl EventTest {
    /// That at least so many events match a term in a window.
    pub(super) fn at_least(term: TermId, window: Window, count: u64) -> Self {
        let comparison = Comparison::GreaterOrEqual;
        EventTest { term, aggregate: Aggregate::Count, window, comparison, bound: Bound::Count(count) }
    }
}

/// What all these tests ask for together; none where they contradict each other. `idle` is the longest time for
/// which the lead has to have been inactive.
pub(super) fn measures(
    tests: &[(EventTest, bool)],
    idle: Option<Period>,
    terms: &Terms<'_>,
    budget: &Budget,
) -> Option<Vec<Measure>> {
    let mut all: Vec<Measure> = Vec::new();
    // Where that would cost too much, nothing is known of them, and nothing is said.
    if !budget.take(tests.len().saturating_mul(tests.len()) / 16) {
        return Some(all);
    }
    for (test, holds) in tests {
        let same = |measure: &&mut Measure| {
            measure.term == test.term && measure.window == test.window && measure.aggregate == test.aggregate
        };
        match all.iter_mut().find(same) {
            Some(measure) => measure.ask(test, *holds),
            None => {
                let mut measure = Measure::of(test, idle, terms);
                measure.ask(test, *holds);
                all.push(measure);
            }
        }
    }
    const MOST_COMPARED: usize = 200;
    let rounds = if all.len() <= MOST_COMPARED { all.len().min(8) } else { 0 };
    for _ in 0..=rounds {
        for measure in &mut all {
            measure.tighten();
            if measure.low > measure.high {
                return None;
            }
        }
        if rounds == 0
            || !budget.take(all.len().saturating_mul(all.len()))
            || !spread(&mut all, terms, budget)
        {
            break;
        }
    }
    Some(all)
}

/// Passes on what follows from one measure for another; whether anything did.
fn spread(all: &mut [Measure], terms: &Terms<'_>, budget: &Budget) -> bool {
    let before = all.to_vec();
    let mut changed = false;
    for (at, inner) in before.iter().enumerate() {
        for (by, outer) in before.iter().enumerate() {
            let is_within = at != by
                && is_within(inner.window, outer.window)
                && terms.is_within(inner.term, outer.term, budget);
            if !is_within {
                continue;
            }
            if let (Some(outer), Some(low)) = (all.get_mut(by), inner.lifts(outer)) {
                changed |= low > outer.low;
                outer.low = outer.low.max(low);
            }
            if let (Some(inner), Some((low, high))) = (all.get_mut(at), outer.presses(inner)) {
                changed |= low > inner.low || high < inner.high;
                (inner.low, inner.high) = (inner.low.max(low), inner.high.min(high));
            }
        }
    }
    changed
}

impl Measure {
    fn of(test: &EventTest, idle: Option<Period>, terms: &Terms<'_>) -> Self {
        let is_sum = matches!(test.aggregate, Aggregate::Sum(_));
        let is_idle = idle
            .is_some_and(|idle| is_within(test.window, Window::Within(idle)) && terms.is_active(test.term));
        let most = if is_idle { Some(0) } else { terms.most(test.term, &test.aggregate, test.window) };
        let low = if is_sum && most != Some(0) { -ENDLESS } else { 0 };
        Measure {
            term: test.term,
            window: test.window,
            aggregate: test.aggregate.clone(),
            low,
            high: most.unwrap_or(ENDLESS),
            not: Vec::new(),
        }
    }

    /// Takes in one more test.
    fn ask(&mut self, test: &EventTest, holds: bool) {
        let bound = match test.bound {
            Bound::Count(count) => i128::from(count),
            Bound::Sum(number) => i128::from(number.millionths()),
        };
        match if holds { test.comparison } else { test.comparison.opposite() } {
            Comparison::Equal => (self.low, self.high) = (self.low.max(bound), self.high.min(bound)),
            Comparison::NotEqual => self.not.push(bound),
            Comparison::Less => self.high = self.high.min(bound - 1),
            Comparison::LessOrEqual => self.high = self.high.min(bound),
            Comparison::Greater => self.low = self.low.max(bound + 1),
            Comparison::GreaterOrEqual => self.low = self.low.max(bound),
        }
    }

    /// Moves the bounds away from values that it must not have.
    fn tighten(&mut self) {
        self.not.sort_unstable();
        for value in &self.not {
            if *value == self.low {
                self.low += 1;
            }
        }
        for value in self.not.iter().rev() {
            if *value == self.high {
                self.high -= 1;
            }
        }
    }

    /// Whether there has to be an event.
    fn needs_one(&self) -> bool {
        match self.aggregate {
            Aggregate::Sum(_) => self.low > 0 || self.high < 0 || self.not.contains(&0),
            _ => self.low >= 1,
        }
    }

    /// The least that an outer measure then is.
    fn lifts(&self, outer: &Measure) -> Option<i128> {
        match (&self.aggregate, &outer.aggregate) {
            (_, Aggregate::Sum(_)) => None,
            (Aggregate::Count, Aggregate::Count)
            | (Aggregate::Distinct, Aggregate::Count | Aggregate::Distinct)
            | (Aggregate::Days, Aggregate::Count | Aggregate::Days) => Some(self.low),
            _ => self.needs_one().then_some(1),
        }
    }

    /// The bounds that an inner measure then has.
    fn presses(&self, inner: &Measure) -> Option<(i128, i128)> {
        match (&self.aggregate, &inner.aggregate) {
            (Aggregate::Sum(_), _) => None,
            (_, Aggregate::Sum(_)) => (self.high == 0).then_some((0, 0)),
            (Aggregate::Count, _)
            | (Aggregate::Distinct, Aggregate::Distinct)
            | (Aggregate::Days, Aggregate::Days) => Some((0, self.high)),
            _ => (self.high == 0).then_some((0, 0)),
        }
    }

    /// Whether a value keeps to the bounds.
    pub(super) fn takes(&self, value: i128) -> bool {
        self.low <= value && value <= self.high && !self.not.contains(&value)
    }
}

/// Whether every instant that one window keeps another keeps too.
pub(super) fn is_within(one: Window, other: Window) -> bool {
    match (one, other) {
        (_, Window::Ever) => true,
        (Window::Within(one), Window::Within(other)) => one <= other,
        (Window::Between { from, .. }, Window::Within(period)) => from <= period,
        (Window::Between { from, to }, Window::Between { from: other_from, to: other_to }) => {
            from <= other_from && to >= other_to
        }
        _ => false,
    }
}
