//! Values cut into cells by tests: within a cell every test comes out the same.
//!
//! The tests of one attribute go in, those of both versions; at least one value of every cell comes out, and whether
//! that is known to be so: of numbers, dates, flags and symbols it is, of texts as long as they are only compared as a
//! whole, of sets as long as few items are asked for. A missing value is a cell of its own that is not among them.

use std::collections::BTreeSet;

use crate::decimal::{MILLIONTHS, Number};
use crate::lead::{Text, Value};
use crate::model::{DateTest, NumberTest, SetTest, TextTest, ValueTest};
use crate::time::{DAY, Instant, Period};
use crate::vocabulary::{SymbolId, Type};

/// Values of one attribute.
#[derive(Clone, Debug, Default)]
pub(super) struct Cells {
    pub(super) values: Vec<Value>,
    /// Whether there is one of every cell.
    pub(super) is_complete: bool,
}

/// More values of one attribute are not made.
const MOST_VALUES: usize = 400;
/// Sets of more items are not made in every combination.
const MOST_ITEMS: usize = 7;
/// A text that no test is likely to mention.
const OTHER: &str = "something else";

/// The cells of a type under these tests; `ages` are how old a date may be when something else than a test looks at it.
pub(super) fn cells(of: &Type, tests: &[&ValueTest], ages: &[Period], now: Instant) -> Cells {
    let mut cells = match of {
        Type::Flag => complete([false, true].map(Value::Flag)),
        Type::OneOf(symbols) => complete((0u32..).map(SymbolId).take(symbols.len()).map(Value::Symbol)),
        Type::Number => numbers(tests),
        Type::Date => dates(tests, ages, now),
        Type::Text => texts(tests),
        Type::SetOfText => sets(tests),
    };
    if cells.values.len() > MOST_VALUES {
        cells.values.truncate(MOST_VALUES);
        cells.is_complete = false;
    }
    cells
}

fn complete(values: impl IntoIterator<Item = Value>) -> Cells {
    Cells { values: values.into_iter().collect(), is_complete: true }
}

/// Each edge, and a number between each two, below the lowest and above the highest: a round one where there is one.
fn between(edges: &BTreeSet<i64>, unit: i64) -> Vec<i64> {
    let mut found = Vec::new();
    let Some(lowest) = edges.first() else { return vec![unit] };
    found.push(lowest.saturating_sub(1).div_euclid(unit).saturating_mul(unit));
    for (edge, next) in edges.iter().zip(edges.iter().skip(1).map(Some).chain([None])) {
        found.push(*edge);
        let round = edge.div_euclid(unit).saturating_add(1).saturating_mul(unit);
        match next {
            Some(next) if round < *next => found.push(round),
            Some(next) if edge.saturating_add(1) < *next => found.push(edge.saturating_add(1)),
            Some(_) => {}
            None => found.push(round),
        }
    }
    found
}

fn numbers(tests: &[&ValueTest]) -> Cells {
    let mut edges = BTreeSet::new();
    for test in tests {
        let ValueTest::Number(test) = test else { continue };
        match test {
            NumberTest::Compare(_, number) => drop(edges.insert(number.millionths())),
            NumberTest::AnyOf { numbers, .. } => {
                edges.extend(numbers.iter().map(|number| number.millionths()))
            }
            NumberTest::Between(low, high) => edges.extend([low.millionths(), high.millionths()]),
        }
    }
    let values = between(&edges, MILLIONTHS);
    // Beyond the largest and the least number there is no cell, next to them there may be one that no round number is
    // in.
    let edge = |number: i64| Number::from_millionths(number).map(Value::Number);
    let near = edges.first().into_iter().map(|first| first - 1).chain(edges.last().map(|last| last + 1));
    complete(values.into_iter().chain(near).filter_map(edge))
}

fn dates(tests: &[&ValueTest], ages: &[Period], now: Instant) -> Cells {
    let mut edges = BTreeSet::new();
    for test in tests {
        let ValueTest::Date(test) = test else { continue };
        match test {
            DateTest::Before(at) | DateTest::After(at) => drop(edges.insert(at.micros())),
            DateTest::Within(period) => edges.extend([now.minus(*period).micros(), now.micros()]),
            DateTest::OlderThan(period) => drop(edges.insert(now.minus(*period).micros())),
        }
    }
    edges.extend(ages.iter().map(|age| now.minus(*age).micros()));
    let near = edges.first().into_iter().map(|first| first - 1).chain(edges.last().map(|last| last + 1));
    let values: Vec<i64> = between(&edges, DAY).into_iter().chain(near).collect();
    complete(values.into_iter().filter_map(Instant::from_micros).map(Value::Date))
}

fn texts(tests: &[&ValueTest]) -> Cells {
    let mut cells = Cells { values: Vec::new(), is_complete: true };
    let mut texts: BTreeSet<String> = BTreeSet::new();
    let mut parts: Vec<&str> = Vec::new();
    for test in tests {
        let ValueTest::Text(test) = test else { continue };
        cells.is_complete &= matches!(test, TextTest::AnyOf { .. });
        match test {
            TextTest::AnyOf { texts: of, .. } => {
                texts.extend(of.iter().take(MOST_VALUES).map(|text| text.as_str().to_owned()));
            }
            TextTest::Contains(of) | TextTest::HasWord(of) => {
                texts.extend(of.iter().take(MOST_VALUES).map(|text| text.as_str().to_owned()));
                texts.extend(of.first().map(|text| format!("x{}x", text.as_str())));
                parts.extend(of.first().map(|text| text.as_str()));
            }
            TextTest::StartsWith(text) => {
                texts.extend([text.as_str().to_owned(), format!("{} x", text.as_str())])
            }
            TextTest::EndsWith(text) => {
                texts.extend([text.as_str().to_owned(), format!("x {}", text.as_str())])
            }
            TextTest::Matches(glob) => {
                texts.extend([glob.pattern().replace('*', ""), glob.pattern().replace('*', "x")]);
            }
        }
        cells.is_complete &= texts.len() < MOST_VALUES;
    }
    // Whatever tests of parts there are, one text may have several of them.
    for (at, part) in parts.iter().enumerate().take(8) {
        for other in parts.iter().take(8).skip(at + 1) {
            texts.insert(format!("{part} {other}"));
        }
    }
    texts.retain(|text| !text.is_empty());
    let mut other = OTHER.to_owned();
    while texts.contains(&other) {
        other.push('x');
    }
    cells.values.extend(texts.iter().chain([&other]).map(|text| Value::Text(Text::new(text))));
    cells
}

fn sets(tests: &[&ValueTest]) -> Cells {
    let mut items: BTreeSet<&str> = BTreeSet::new();
    let mut wholes: Vec<Vec<&str>> = Vec::new();
    for test in tests {
        let ValueTest::Set(SetTest::AnyOf(of) | SetTest::AllOf(of)) = test else { continue };
        let of: Vec<&str> = of.iter().take(MOST_VALUES).map(|item| item.as_str()).collect();
        items.extend(&of);
        wholes.push(of);
    }
    let set = |items: &mut dyn Iterator<Item = &str>| Value::Set(items.map(Text::new).collect());
    if items.len() <= MOST_ITEMS {
        let items: Vec<&str> = items.into_iter().collect();
        let combinations = (1u32..1 << items.len()).map(|combination| {
            let chosen = items.iter().enumerate().filter(|(at, _)| combination >> at & 1 == 1);
            set(&mut chosen.map(|(_, item)| *item))
        });
        let mut other = OTHER.to_owned();
        while items.contains(&other.as_str()) {
            other.push('x');
        }
        let other = Value::Set(vec![Text::new(&other)]);
        return complete(combinations.chain([other]));
    }
    let single = items.iter().map(|item| set(&mut std::iter::once(*item)));
    let mut values: Vec<Value> = single.collect();
    values.extend(wholes.iter().map(|items| set(&mut items.iter().copied())));
    Cells { values, is_complete: false }
}

/// Whether all of some tests of one date look at its age, or none does: only then it does not matter at which instant
/// the cells are made.
pub(super) fn are_of_one_sort(tests: &[&ValueTest]) -> bool {
    let dates = || tests.iter().filter(|test| matches!(test, ValueTest::Date(_)));
    let of_age = dates().filter(|test| test.depends_on_time()).count();
    of_age == 0 || of_age == dates().count()
}
