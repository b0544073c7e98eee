//! Values as they were found, and what tests want of them.

use super::{compared, date_and_time, several, turned};
use crate::lead::Value;
use crate::model::{DateTest, Folded, NumberTest, SetTest, TextTest, ValueTest};
use crate::readable::{quoted, readable};
use crate::vocabulary::{SymbolId, Type};

/// Longer texts are cut.
const LONGEST_TEXT: usize = 40;
/// Lists name so many items and count the others.
const MOST_ITEMS: usize = 4;

/// A value as it was found.
pub(super) fn shown(value: &Value, of: &Type) -> String {
    match value {
        Value::Text(text) => quoted(text.as_str(), LONGEST_TEXT),
        Value::Number(number) => number.to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::Symbol(symbol) => symbol_name(*symbol, of),
        Value::Date(date) => date_and_time(*date),
        Value::Set(items) => {
            several(items.iter().map(|item| quoted(item.as_str(), LONGEST_TEXT)), MOST_ITEMS, "and")
        }
    }
}

/// What a test wants: `50 to 500`, `the word "chief" or "vp"`; where it is not meant, the opposite.
pub(super) fn wanted(test: &ValueTest, of: &Type, meant: bool) -> String {
    let but = |words: String| if meant { words } else { format!("anything but {words}") };
    match test {
        ValueTest::Known => if meant { "known" } else { "missing" }.to_owned(),
        ValueTest::Missing => if meant { "missing" } else { "known" }.to_owned(),
        ValueTest::Flag(flag) => (*flag == meant).to_string(),
        ValueTest::Symbol { any_of, negated } => {
            listed(any_of.iter().map(|symbol| symbol_name(*symbol, of)), *negated == meant)
        }
        ValueTest::Number(NumberTest::Compare(comparison, bound)) => {
            compared(turned(*comparison, meant), &bound.to_string())
        }
        ValueTest::Number(NumberTest::AnyOf { numbers, negated }) => {
            listed(numbers.iter().map(ToString::to_string), *negated == meant)
        }
        ValueTest::Number(NumberTest::Between(low, high)) => but(format!("{low} to {high}")),
        ValueTest::Text(TextTest::AnyOf { texts, negated }) => {
            listed(texts.iter().map(text), *negated == meant)
        }
        ValueTest::Text(test) => but(text_wanted(test)),
        ValueTest::Set(SetTest::AnyOf(items)) => {
            but(format!("{} among them", several(items.iter().map(text), MOST_ITEMS, "or")))
        }
        ValueTest::Set(SetTest::AllOf(items)) => {
            but(format!("all of {} among them", several(items.iter().map(text), MOST_ITEMS, "and")))
        }
        ValueTest::Date(test) => {
            let words = match test {
                DateTest::Before(bound) => format!("before {}", date_and_time(*bound)),
                DateTest::After(bound) => format!("after {}", date_and_time(*bound)),
                DateTest::Within(period) => format!("within {period}"),
                DateTest::OlderThan(period) => format!("older than {period}"),
            };
            if meant { words } else { format!("not {words}") }
        }
    }
}

fn text_wanted(test: &TextTest) -> String {
    let any = |texts: &[Folded]| several(texts.iter().map(text), MOST_ITEMS, "or");
    match test {
        TextTest::AnyOf { texts, .. } => any(texts),
        TextTest::Contains(parts) => format!("a text with {} in it", any(parts)),
        TextTest::StartsWith(start) => format!("a text that starts with {}", text(start)),
        TextTest::EndsWith(end) => format!("a text that ends with {}", text(end)),
        TextTest::Matches(glob) => format!("a text like {}", quoted(glob.pattern(), LONGEST_TEXT)),
        TextTest::HasWord(words) => format!("the word {}", any(words)),
    }
}

/// One of these, or none of them.
fn listed(items: impl ExactSizeIterator<Item = String>, none: bool) -> String {
    let items = several(items, MOST_ITEMS, "or");
    if none { format!("anything but {items}") } else { items }
}

fn text(text: &Folded) -> String {
    quoted(text.as_str(), LONGEST_TEXT)
}

fn symbol_name(symbol: SymbolId, of: &Type) -> String {
    readable(of.symbol_name(symbol), LONGEST_TEXT)
}
