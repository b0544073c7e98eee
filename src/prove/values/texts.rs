//! Texts. Where a text has to be one of a few, each of them is tried. Otherwise "none" is said where one test
//! that has to hold makes another hold that has to fail (every text that has `vice president` in it has
//! `president` in it), or where two want different beginnings or ends.
//!
//! The first is found with a *general text*: what the test asks for, and in every place where more may stand a
//! character that no test mentions. What holds of it holds whatever else stands there.

use super::{Fit, Wanted, cost, passes};
use crate::lead::{Text, Value};
use crate::model::{Folded, TextTest, ValueTest};
use crate::prove::Budget;
use crate::time::Instant;

/// Stands for any run of characters in a general text; counts as a character of a word.
const ANYTHING: char = '\u{10FFFE}';
/// Stands for the edge of a word: the end of the text, or any character that is not one of a word.
const EDGE: char = '\u{1}';

pub(super) fn fit(wanted: &[Wanted<'_>], budget: &Budget) -> Fit {
    if let Some(list) = shortest_list(wanted) {
        let each = cost(wanted);
        for text in list {
            if !budget.take(each) {
                return Fit::Unknown;
            }
            if !text.is_empty() && passes(Some(&value(text)), wanted, Instant::EPOCH) {
                return Fit::Value(Some(value(text)));
            }
        }
        return Fit::Never;
    }
    if is_contradiction(wanted, budget) {
        return Fit::Never;
    }
    for text in candidates(wanted) {
        if !budget.take(cost(wanted)) {
            return Fit::Unknown;
        }
        if !text.is_empty() && passes(Some(&value(&text)), wanted, Instant::EPOCH) {
            return Fit::Value(Some(value(&text)));
        }
    }
    Fit::Unknown
}

/// Every text that has to be told apart where tests only compare whole texts.
pub(super) fn cells(tests: &[&ValueTest]) -> Option<Vec<Value>> {
    let mut all: Vec<&str> = Vec::new();
    for test in tests {
        match test {
            ValueTest::Known | ValueTest::Missing => {}
            ValueTest::Text(TextTest::AnyOf { texts, .. }) => all.extend(texts.iter().map(Folded::as_str)),
            _ => return None,
        }
    }
    all.sort_unstable();
    all.dedup();
    let other = another(&all);
    Some(all.into_iter().map(value).chain([value(&other)]).collect())
}

/// A text that is none of these.
fn another(texts: &[&str]) -> String {
    let mut other = "something else".to_owned();
    while texts.contains(&other.as_str()) {
        other.push('x');
    }
    other
}

fn value(text: &str) -> Value {
    Value::Text(Text::new(text))
}

/// The shortest list of texts of which the value has to be one.
fn shortest_list<'m>(wanted: &[Wanted<'m>]) -> Option<Vec<&'m str>> {
    let lists = wanted.iter().filter_map(|(test, holds)| match (test, holds) {
        (ValueTest::Text(TextTest::AnyOf { texts, negated }), holds) if *negated != *holds => {
            Some(texts.iter().map(Folded::as_str).collect::<Vec<&str>>())
        }
        (ValueTest::Text(TextTest::Matches(glob)), true) if !glob.pattern().contains('*') => {
            Some(vec![glob.pattern()])
        }
        _ => None,
    });
    lists.min_by_key(Vec::len)
}

fn is_contradiction(wanted: &[Wanted<'_>], budget: &Budget) -> bool {
    let has = |wanted_holds: bool| {
        wanted.iter().filter_map(move |(test, holds)| match test {
            ValueTest::Text(test) if *holds == wanted_holds => Some(test),
            _ => None,
        })
    };
    let is_plain = |text: &str| !text.contains([ANYTHING, EDGE]);
    if !has(true).chain(has(false)).all(|test| texts_of(test).iter().all(|text| is_plain(text))) {
        return false;
    }
    for fails in has(false) {
        // Every text that is known is of this general form.
        if fails.holds(&ANYTHING.to_string()) {
            return true;
        }
        for holds in has(true) {
            let cost = texts_of(holds).len().saturating_mul(texts_of(fails).len());
            if budget.take(cost) && implies(holds, fails) {
                return true;
            }
        }
    }
    let apart = |ends: Vec<&str>, fit: fn(&str, &str) -> bool| {
        ends.iter()
            .enumerate()
            .any(|(at, one)| ends.iter().skip(at + 1).any(|other| !fit(one, other) && !fit(other, one)))
    };
    let starts: Vec<&str> = has(true).filter_map(start).collect();
    let ends: Vec<&str> = has(true).filter_map(end).collect();
    budget.take(starts.len().saturating_mul(starts.len()) + ends.len().saturating_mul(ends.len()))
        && (apart(starts, |one, other| one.starts_with(other))
            || apart(ends, |one, other| one.ends_with(other)))
}

/// Whether every text that passes one test passes the other.
fn implies(one: &TextTest, other: &TextTest) -> bool {
    let general: Vec<String> = match one {
        TextTest::AnyOf { .. } => return false,
        TextTest::Contains(parts) => {
            parts.iter().map(|part| format!("{ANYTHING}{}{ANYTHING}", part.as_str())).collect()
        }
        TextTest::StartsWith(start) => vec![format!("{}{ANYTHING}", start.as_str())],
        TextTest::EndsWith(end) => vec![format!("{ANYTHING}{}", end.as_str())],
        TextTest::Matches(glob) => vec![glob.pattern().replace('*', &ANYTHING.to_string())],
        TextTest::HasWord(words) => {
            words.iter().map(|word| format!("{ANYTHING}{EDGE}{}{EDGE}{ANYTHING}", word.as_str())).collect()
        }
    };
    general.iter().all(|text| other.holds(text))
}

/// How the text has to begin.
fn start(test: &TextTest) -> Option<&str> {
    match test {
        TextTest::StartsWith(start) => Some(start.as_str()),
        TextTest::Matches(glob) => glob.pattern().split('*').next(),
        _ => None,
    }
}

/// How the text has to end.
fn end(test: &TextTest) -> Option<&str> {
    match test {
        TextTest::EndsWith(end) => Some(end.as_str()),
        TextTest::Matches(glob) => glob.pattern().rsplit('*').next(),
        _ => None,
    }
}

/// The texts that a test names.
fn texts_of(test: &TextTest) -> Vec<&str> {
    match test {
        TextTest::AnyOf { texts, .. } | TextTest::Contains(texts) | TextTest::HasWord(texts) => {
            texts.iter().map(Folded::as_str).collect()
        }
        TextTest::StartsWith(text) | TextTest::EndsWith(text) => vec![text.as_str()],
        TextTest::Matches(glob) => vec![glob.pattern()],
    }
}

/// Texts that may well be as wanted: the beginning, what has to be in it, the end.
fn candidates(wanted: &[Wanted<'_>]) -> Vec<String> {
    const MOST_CHOICES: usize = 12;
    let held: Vec<&TextTest> = wanted
        .iter()
        .filter_map(|(test, holds)| match test {
            ValueTest::Text(test) if *holds => Some(test),
            _ => None,
        })
        .collect();
    let longest = |ends: Vec<&str>| ends.into_iter().max_by_key(|end| end.len()).unwrap_or("").to_owned();
    let start = longest(held.iter().filter_map(|test| start(test)).collect());
    let end = longest(held.iter().filter_map(|test| end(test)).collect());
    let mut all = Vec::new();
    for choice in 0..MOST_CHOICES {
        let middle: Vec<&str> = held
            .iter()
            .filter_map(|test| match test {
                TextTest::Contains(parts) | TextTest::HasWord(parts) => {
                    parts.get(choice.min(parts.len().saturating_sub(1))).map(Folded::as_str)
                }
                TextTest::Matches(glob) => glob.pattern().split('*').find(|piece| piece.len() > 1),
                _ => None,
            })
            .collect();
        for between in [" ", "", ", "] {
            let parts = [start.as_str()].into_iter().chain(middle.iter().copied()).chain([end.as_str()]);
            let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
            all.push(parts.join(between));
        }
        // The last parts alone, where they hold the others.
        all.extend(middle.iter().max_by_key(|part| part.len()).map(|part| (*part).to_owned()));
        if held.iter().all(|test| texts_of(test).len() <= choice + 1) {
            break;
        }
    }
    // An end and a beginning may share characters, and a text that must not be anything may be anything else.
    all.extend([format!("{start}x{end}"), format!("{start}{end}"), start, end]);
    all.extend(["something else", "zzz", "q"].map(str::to_owned));
    all
}
