//! Values that an attribute or a property might have: at least one for every way in which the tests it is put
//! to can come out, as far as that can be had from the tests one by one.

use std::collections::BTreeSet;

use super::reach::Tests;
use super::step::Relation;
use crate::decimal::{MILLIONTHS, NUMBER_LIMIT, Number};
use crate::lead::{Text, Value};
use crate::model::{DateTest, Glob, NumberTest, SetTest, TextTest, ValueTest};
use crate::time::Instant;
use crate::vocabulary::{SymbolId, Type};

/// A value to try, and how it meets the test that it is made for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Candidate {
    /// None for no value.
    pub(super) value: Option<Value>,
    pub(super) relation: Relation,
}

/// More values of one attribute than this are not tried.
pub(super) const MOST_VALUES: usize = 64;

/// A text that no test is likely to mention.
const UNLIKE_ANY: &str = "~";

/// Values for these tests; for numbers and dates one of each [`stretches`] between what the tests mention.
pub(super) fn candidates(
    of: &Type,
    tests: &Tests<'_>,
    now: Instant,
    current: Option<&Value>,
) -> Vec<Candidate> {
    let equal = |value| Candidate { value: Some(value), relation: Relation::Equal };
    let mut found: Vec<Candidate> = match of {
        Type::Flag => [true, false].map(|flag| equal(Value::Flag(flag))).into(),
        Type::OneOf(symbols) => {
            (0u32..).zip(symbols.iter()).map(|(id, _)| equal(Value::Symbol(SymbolId(id)))).collect()
        }
        Type::Text => texts(&tests.tests),
        Type::SetOfText => sets(&tests.tests, current),
        Type::Number | Type::Date => {
            let date = matches!(of, Type::Date);
            let stretches = stretches(date, tests, now);
            stretches.into_iter().filter_map(|stretch| stretch.value(date)).map(equal).collect()
        }
    };
    // A value that is there can be told from a missing one only by these two.
    let asks_if_known = tests.tests.iter().any(|test| matches!(test, ValueTest::Known | ValueTest::Missing));
    if asks_if_known && current.is_some() {
        found.push(Candidate { value: None, relation: Relation::Equal });
    }
    found
}

fn texts(tests: &[&ValueTest]) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    let mut push = |text: &str, relation| {
        let value = Some(Value::Text(Text::new(text)));
        let candidate = Candidate { value, relation };
        if !text.is_empty() && found.len() < 4 * MOST_VALUES && !found.contains(&candidate) {
            found.push(candidate);
        }
    };
    let (mut start, mut parts, mut end) = (String::new(), Vec::new(), String::new());
    for test in tests {
        let ValueTest::Text(test) = test else { continue };
        match test {
            TextTest::AnyOf { texts, .. } => {
                texts.iter().for_each(|text| push(text.as_str(), Relation::Equal));
            }
            TextTest::Contains(of) => {
                of.iter().for_each(|text| push(text.as_str(), Relation::Contains));
                parts.extend(of.first().map(|part| part.as_str()));
            }
            TextTest::HasWord(of) => {
                of.iter().for_each(|text| push(text.as_str(), Relation::HasWord));
                parts.extend(of.first().map(|part| part.as_str()));
            }
            TextTest::StartsWith(text) => {
                push(text.as_str(), Relation::StartsWith);
                start = text.as_str().to_owned();
            }
            TextTest::EndsWith(text) => {
                push(text.as_str(), Relation::EndsWith);
                end = text.as_str().to_owned();
            }
            TextTest::Matches(glob) => push(&fitting(glob, "x"), Relation::Equal),
        }
    }
    // One that passes many tests at once.
    let joined: Vec<&str> = [start.as_str()]
        .into_iter()
        .chain(parts.into_iter().take(MOST_VALUES))
        .chain([end.as_str()])
        .collect();
    push(joined.join(" ").trim(), Relation::Equal);
    push(UNLIKE_ANY, Relation::Different);
    found
}

/// A text that a pattern fits, with `filling` in the place of each `*`.
pub(super) fn fitting(glob: &Glob, filling: &str) -> String {
    glob.pattern().replace('*', filling)
}

fn sets(tests: &[&ValueTest], current: Option<&Value>) -> Vec<Candidate> {
    let known: &[Text] = match current {
        Some(Value::Set(items)) => items,
        _ => &[],
    };
    let with = |more: &[&str]| {
        let mut items = known.to_vec();
        items.extend(more.iter().map(|item| Text::new(item)));
        Candidate { value: Some(Value::Set(items)), relation: Relation::Contains }
    };
    let mut found = Vec::new();
    for test in tests {
        match test {
            ValueTest::Set(SetTest::AnyOf(of)) => found.extend(of.iter().map(|item| with(&[item.as_str()]))),
            ValueTest::Set(SetTest::AllOf(of)) => {
                found.push(with(&of.iter().map(|item| item.as_str()).collect::<Vec<_>>()));
            }
            _ => {}
        }
    }
    let other = Some(Value::Set(vec![Text::new(UNLIKE_ANY)]));
    found.push(Candidate { value: other, relation: Relation::Different });
    found
}

/// A stretch of numbers (in millionths) or instants (in microseconds) on which every test comes out the same;
/// both ends belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    /// None without an end on this side.
    pub(super) from: Option<i64>,
    pub(super) to: Option<i64>,
    /// Whether each end is a number that a test mentions; otherwise such a number lies one step outside.
    pub(super) mentioned: (bool, bool),
}

impl Stretch {
    pub(super) fn holds(self, number: i64) -> bool {
        self.from.is_none_or(|from| from <= number) && self.to.is_none_or(|to| number <= to)
    }

    /// A number in it, a whole one where there is one.
    fn number(self) -> i64 {
        match (self.from, self.to) {
            (Some(from), to) => {
                let whole = from.saturating_add(MILLIONTHS - 1).div_euclid(MILLIONTHS) * MILLIONTHS;
                if to.is_none_or(|to| whole <= to) { whole } else { from }
            }
            (None, Some(to)) => to.div_euclid(MILLIONTHS) * MILLIONTHS,
            (None, None) => 0,
        }
    }

    /// A value in it, none where none is in range.
    pub(super) fn value(self, date: bool) -> Option<Value> {
        if date {
            return Instant::from_micros(self.number()).map(Value::Date);
        }
        Number::from_millionths(self.number()).map(Value::Number)
    }
}

/// The line of numbers or dates, cut wherever one of the tests may change its outcome; ascending.
pub(super) fn stretches(date: bool, Tests { tests, inactive }: &Tests<'_>, now: Instant) -> Vec<Stretch> {
    let mut marks = BTreeSet::new();
    for test in tests {
        match test {
            ValueTest::Number(NumberTest::Compare(_, number)) => marks.extend([number.millionths()]),
            ValueTest::Number(NumberTest::Between(low, high)) => {
                marks.extend([low.millionths(), high.millionths()]);
            }
            ValueTest::Number(NumberTest::AnyOf { numbers, .. }) => {
                marks.extend(numbers.iter().map(|number| number.millionths()));
            }
            ValueTest::Date(DateTest::Before(at) | DateTest::After(at)) => marks.extend([at.micros()]),
            ValueTest::Date(DateTest::Within(period) | DateTest::OlderThan(period)) => {
                marks.extend([now.minus(*period).micros(), now.micros()]);
            }
            _ => {}
        }
    }
    if date {
        marks.extend(inactive.iter().map(|period| now.minus(*period).micros()));
        if !inactive.is_empty() {
            marks.insert(now.micros());
        }
    }
    let mut found = Vec::new();
    let mut from = None;
    for mark in marks {
        found.push(Stretch { from, to: Some(mark.saturating_sub(1)), mentioned: (false, false) });
        found.push(Stretch { from: Some(mark), to: Some(mark), mentioned: (true, true) });
        from = Some(mark.saturating_add(1));
    }
    found.push(Stretch { from, to: None, mentioned: (false, false) });
    found.retain(|stretch| {
        let empty = matches!((stretch.from, stretch.to), (Some(from), Some(to)) if from > to);
        let beyond = stretch.from.is_some_and(|from| from >= NUMBER_LIMIT);
        !empty && !beyond
    });
    found
}
