//! Dates: some tests look at the calendar, others at how old a date is. Without knowing `now` the two have nothing
//! to do with each other, so "none" is said only where one sort of them cannot be met.

use super::{Wanted, passes};
use crate::lead::Value;
use crate::model::{DateTest, ValueTest};
use crate::time::{DAY, Instant};

/// Whether some date at some instant is as it is wanted, as far as each sort of tests goes on its own.
pub(in crate::prove) fn possible(wanted: &[Wanted<'_>]) -> bool {
    !days(wanted).is_empty() && !ages(wanted).is_empty()
}

/// A date that is as it is wanted at `now`.
pub(super) fn at(wanted: &[Wanted<'_>], now: Instant) -> Option<Instant> {
    let by_age = ages(wanted).into_iter().map(|age| now.micros().saturating_sub(age));
    let by_day = days(wanted).into_iter().map(Instant::micros);
    let mut dates = by_age.chain(by_day).filter_map(Instant::from_micros);
    dates.find(|date| passes(Some(&Value::Date(*date)), wanted, now))
}

/// Instants at which a date may be as it is wanted where it is not at just any.
pub(in crate::prove) fn nows(wanted: &[Wanted<'_>]) -> Vec<Instant> {
    let ages = ages(wanted);
    let both = days(wanted).into_iter().flat_map(|day| {
        ages.iter().filter_map(move |age| Instant::from_micros(day.micros().saturating_add(*age)))
    });
    both.take(16).collect()
}

/// A date of each sort that tests of one kind tell apart; none where they are of both kinds.
pub(super) fn cells(tests: &[&ValueTest]) -> Option<Vec<Value>> {
    let is_absolute =
        |test: &&ValueTest| matches!(test, ValueTest::Date(DateTest::Before(_) | DateTest::After(_)));
    if tests.iter().any(|test| test.depends_on_time()) {
        if tests.iter().any(is_absolute) {
            return None;
        }
        let ages = all_ages(tests.iter().copied());
        return Some(
            ages.into_iter().filter_map(|age| Instant::from_micros(-age)).map(Value::Date).collect(),
        );
    }
    Some(all_days(tests.iter().copied()).into_iter().map(Value::Date).collect())
}

/// Dates that pass what is asked of the calendar.
fn days(wanted: &[Wanted<'_>]) -> Vec<Instant> {
    let absolute: Vec<Wanted<'_>> =
        wanted.iter().copied().filter(|(test, _)| !test.depends_on_time()).collect();
    let all = all_days(wanted.iter().map(|(test, _)| *test));
    all.into_iter().filter(|day| passes(Some(&Value::Date(*day)), &absolute, Instant::EPOCH)).collect()
}

/// Ages in microseconds that pass what is asked of how old the date is; below 0 for dates to come.
fn ages(wanted: &[Wanted<'_>]) -> Vec<i64> {
    let relative: Vec<Wanted<'_>> =
        wanted.iter().copied().filter(|(test, _)| test.depends_on_time()).collect();
    let all = all_ages(wanted.iter().map(|(test, _)| *test));
    let passes = |age: &i64| {
        Instant::from_micros(-age)
            .is_some_and(|date| passes(Some(&Value::Date(date)), &relative, Instant::EPOCH))
    };
    all.into_iter().filter(passes).collect()
}

fn all_days<'m>(tests: impl Iterator<Item = &'m ValueTest>) -> Vec<Instant> {
    let mut mentioned: Vec<i64> = tests
        .filter_map(|test| match test {
            ValueTest::Date(DateTest::Before(bound) | DateTest::After(bound)) => Some(bound.micros()),
            _ => None,
        })
        .collect();
    mentioned.sort_unstable();
    mentioned.dedup();
    if mentioned.is_empty() {
        mentioned.push(0);
    }
    let beside = [0, DAY, -DAY, 1, -1];
    let all = beside.into_iter().flat_map(|by| mentioned.iter().map(move |day| day.saturating_add(by)));
    all.filter_map(Instant::from_micros).collect()
}

fn all_ages<'m>(tests: impl Iterator<Item = &'m ValueTest>) -> Vec<i64> {
    let mut mentioned: Vec<i64> = tests
        .filter_map(|test| match test {
            ValueTest::Date(DateTest::Within(period) | DateTest::OlderThan(period)) => Some(period.micros()),
            _ => None,
        })
        .collect();
    mentioned.sort_unstable();
    mentioned.dedup();
    let beside = [0, DAY, -DAY, 1, -1];
    let near = beside.into_iter().flat_map(|by| mentioned.iter().map(move |age| age.saturating_add(by)));
    [DAY, 0, -DAY, -1].into_iter().chain(near).collect()
}
