//! Tests of values that have an order: numbers, dates, flags and symbols, held against bounds by their ranks.

use crate::model::{Comparison, DateTest, NumberTest, ValueTest};

/// The tests of values that have an order, by their ranks.
#[derive(Clone, Debug)]
pub(super) struct Bounds {
    /// By test; of one with a list, one that never holds.
    within: Vec<Within>,
    lists: Vec<ListTest>,
}

/// Whether a rank lies between two, both included, or, `negated`, outside.
#[derive(Clone, Copy, Debug)]
struct Within {
    low: i64,
    high: i64,
    negated: bool,
}

/// A test whether a rank is one of several, by the place of the test.
#[derive(Clone, Debug)]
struct ListTest {
    place: usize,
    any_of: Vec<i64>,
    negated: bool,
}

impl Bounds {
    /// The bounds of tests.
    pub(super) fn new(tests: &[&ValueTest]) -> Self {
        let list_test = |(place, test): (usize, &&ValueTest)| {
            let (any_of, negated) = match test {
                ValueTest::Symbol { any_of, negated } => {
                    (any_of.iter().map(|symbol| i64::from(symbol.0)).collect(), *negated)
                }
                ValueTest::Number(NumberTest::AnyOf { numbers, negated }) => {
                    (numbers.iter().map(|number| number.millionths()).collect(), *negated)
                }
                _ => return None,
            };
            Some(ListTest { place, any_of, negated })
        };
        Bounds {
            within: tests.iter().map(|test| Within::new(test)).collect(),
            lists: tests.iter().enumerate().filter_map(list_test).collect(),
        }
    }

    /// How many tests there are.
    pub(super) fn len(&self) -> usize {
        self.within.len()
    }

    /// Puts what is true of a rank into the run of the tests.
    #[inline]
    pub(super) fn put(&self, rank: i64, run: &mut [bool]) {
        for (holds, test) in run.iter_mut().zip(&self.within) {
            *holds = ((test.low <= rank) & (rank <= test.high)) != test.negated;
        }
        for ListTest { place, any_of, negated } in &self.lists {
            if let Some(holds) = run.get_mut(*place) {
                *holds = any_of.contains(&rank) != *negated;
            }
        }
    }
}

impl Within {
    fn new(test: &ValueTest) -> Self {
        let within = |low, high| Within { low, high, negated: false };
        let all_but = |low, high| Within { low, high, negated: true };
        match test {
            ValueTest::Missing => all_but(i64::MIN, i64::MAX),
            ValueTest::Flag(flag) => within(i64::from(*flag), i64::from(*flag)),
            ValueTest::Number(NumberTest::Compare(comparison, number)) => {
                let bound = number.millionths();
                match comparison {
                    Comparison::Equal => within(bound, bound),
                    Comparison::NotEqual => all_but(bound, bound),
                    Comparison::Less => all_but(bound, i64::MAX),
                    Comparison::LessOrEqual => within(i64::MIN, bound),
                    Comparison::Greater => all_but(i64::MIN, bound),
                    Comparison::GreaterOrEqual => within(bound, i64::MAX),
                }
            }
            ValueTest::Number(NumberTest::Between(low, high)) => within(low.millionths(), high.millionths()),
            ValueTest::Date(DateTest::Before(bound)) => all_but(bound.micros(), i64::MAX),
            ValueTest::Date(DateTest::After(bound)) => all_but(i64::MIN, bound.micros()),
            // The others are lists.
            ValueTest::Symbol { .. } | ValueTest::Number(NumberTest::AnyOf { .. }) => within(1, 0),
            // OK because other tests are not of such values, or not the same at every instant.
            _ => within(i64::MIN, i64::MAX),
        }
    }
}
