//! One value under several tests: some have to hold, others have to fail. A value that does so comes out, or the
//! proof that there is none, or neither.
//!
//! Of numbers, flags and symbols the answer is always one of the first two, because the tests cut what there is
//! into few pieces that are all alike inside, and one value of each is tried. Of texts and sets "none" is said
//! only where an argument shows it. A missing value counts as one more that is tried, and the first.

mod dates;
mod sets;
mod texts;

pub(super) use dates::{nows, possible};

use crate::decimal::{MILLIONTHS, Number};
use crate::lead::Value;
use crate::model::{NumberTest, ValueTest};
use crate::prove::Budget;
use crate::time::Instant;
use crate::vocabulary::{SymbolId, Type};

/// A test, and whether it has to hold or to fail.
pub(super) type Wanted<'m> = (&'m ValueTest, bool);

/// What is known of a value that is wanted in some way.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fit {
    /// There is none such; proven.
    Never,
    /// This one is; none is a missing one.
    Value(Option<Value>),
    /// Neither was shown.
    Unknown,
}

/// Looks for a value of a type. Dates are looked for at `now`, and of them `Never` is said only where it holds
/// at every instant.
pub(super) fn fit(of: &Type, wanted: &[Wanted<'_>], now: Instant, budget: &Budget) -> Fit {
    if passes(None, wanted, now) {
        return Fit::Value(None);
    }
    let has_to_miss = |(test, holds): &Wanted<'_>| {
        matches!((test, holds), (ValueTest::Missing, true) | (ValueTest::Known, false))
    };
    if wanted.iter().any(has_to_miss) {
        return Fit::Never;
    }
    match of {
        Type::Flag => exact([true, false].map(Value::Flag).into_iter(), wanted, now, budget),
        Type::OneOf(symbols) => {
            let all = (0..symbols.len()).filter_map(|at| u32::try_from(at).ok());
            exact(all.map(|at| Value::Symbol(SymbolId(at))), wanted, now, budget)
        }
        Type::Number => exact(numbers(wanted).into_iter().map(Value::Number), wanted, now, budget),
        Type::Text => texts::fit(wanted, budget),
        Type::SetOfText => sets::fit(wanted, budget),
        Type::Date if !possible(wanted) => Fit::Never,
        Type::Date => dates::at(wanted, now).map_or(Fit::Unknown, |date| Fit::Value(Some(Value::Date(date)))),
    }
}

/// Whether a value, none where it is missing, is as it is wanted.
pub(super) fn passes(value: Option<&Value>, wanted: &[Wanted<'_>], now: Instant) -> bool {
    wanted.iter().all(|(test, holds)| test.holds(value, now) == *holds)
}

/// All values that have to be told apart for these tests, a missing one first; none where there are more than can
/// be listed. Dates are those of one `now` where nothing absolute is asked of them.
pub(super) fn cells(of: &Type, tests: &[&ValueTest], budget: &Budget) -> Option<Vec<Option<Value>>> {
    let wanted: Vec<Wanted<'_>> = tests.iter().map(|test| (*test, true)).collect();
    let known: Vec<Value> = match of {
        Type::Flag => [true, false].map(Value::Flag).into(),
        Type::OneOf(symbols) => {
            let all = (0..symbols.len()).filter_map(|at| u32::try_from(at).ok());
            all.map(|at| Value::Symbol(SymbolId(at))).collect()
        }
        Type::Number => numbers(&wanted).into_iter().map(Value::Number).collect(),
        Type::Text => texts::cells(tests)?,
        Type::Date => dates::cells(tests)?,
        Type::SetOfText => return None,
    };
    let all: Vec<Option<Value>> = std::iter::once(None).chain(known.into_iter().map(Some)).collect();
    budget.take(all.len().saturating_mul(cost(&wanted))).then_some(all)
}

/// Tries all values that there are to be tried.
fn exact(
    candidates: impl Iterator<Item = Value>,
    wanted: &[Wanted<'_>],
    now: Instant,
    budget: &Budget,
) -> Fit {
    let each = cost(wanted);
    for candidate in candidates {
        if !budget.take(each) {
            return Fit::Unknown;
        }
        if passes(Some(&candidate), wanted, now) {
            return Fit::Value(Some(candidate));
        }
    }
    Fit::Never
}

/// About how much it costs to put one value to these tests.
fn cost(wanted: &[Wanted<'_>]) -> usize {
    wanted.iter().map(|(test, _)| size(test)).sum()
}

/// How many values a test names.
fn size(test: &ValueTest) -> usize {
    use crate::model::{SetTest, TextTest};
    match test {
        ValueTest::Text(
            TextTest::AnyOf { texts, .. } | TextTest::Contains(texts) | TextTest::HasWord(texts),
        )
        | ValueTest::Set(SetTest::AnyOf(texts) | SetTest::AllOf(texts)) => texts.len() + 1,
        ValueTest::Number(NumberTest::AnyOf { numbers, .. }) => numbers.len() + 1,
        ValueTest::Symbol { any_of, .. } => any_of.len() + 1,
        _ => 1,
    }
}

/// Every number that has to be told apart: between two that are mentioned next to each other all are alike. Round
/// ones come first.
fn numbers(wanted: &[Wanted<'_>]) -> Vec<Number> {
    let mut mentioned: Vec<i64> = Vec::new();
    for (test, _) in wanted {
        match test {
            ValueTest::Number(NumberTest::Compare(_, bound)) => mentioned.push(bound.millionths()),
            ValueTest::Number(NumberTest::Between(low, high)) => {
                mentioned.extend([low.millionths(), high.millionths()]);
            }
            ValueTest::Number(NumberTest::AnyOf { numbers, .. }) => {
                mentioned.extend(numbers.iter().map(|number| number.millionths()));
            }
            _ => {}
        }
    }
    mentioned.sort_unstable();
    mentioned.dedup();
    if mentioned.is_empty() {
        mentioned.push(MILLIONTHS);
    }
    let beside = [0, MILLIONTHS, -MILLIONTHS, 1, -1];
    let all = beside.into_iter().flat_map(|by| mentioned.iter().map(move |number| number.saturating_add(by)));
    all.filter_map(Number::from_millionths).collect()
}

#[cfg(test)]
mod tests;
