//! Held against all values of small worlds: what is said never to be is not there, and what is given passes.

use super::*;
use crate::lead::Text;
use crate::model::{Comparison, DateTest, Folded, Glob, SetTest, TextTest};
use crate::time::Period;

/// Every text of up to four of these characters.
fn texts() -> Vec<Value> {
    let mut all: Vec<String> = vec![String::new()];
    for _ in 0..4 {
        let longer = all.iter().flat_map(|text| ["a", "b", " "].map(|end| format!("{text}{end}")));
        all = [String::new()].into_iter().chain(longer).collect();
    }
    all.retain(|text| !text.is_empty());
    all.into_iter().map(|text| Value::Text(Text::new(&text))).collect()
}

fn folded(texts: &[&str]) -> crate::model::Shared<Folded> {
    texts.iter().map(|text| Folded::new(text)).collect()
}

fn text_tests() -> Vec<ValueTest> {
    let tests = [
        TextTest::AnyOf { texts: folded(&["a", "ab", "b a"]), negated: false },
        TextTest::AnyOf { texts: folded(&["a", "b"]), negated: true },
        TextTest::Contains(folded(&["a"])),
        TextTest::Contains(folded(&["ab", "ba"])),
        TextTest::StartsWith(Folded::new("a")),
        TextTest::StartsWith(Folded::new("ab")),
        TextTest::StartsWith(Folded::new("b")),
        TextTest::EndsWith(Folded::new("b")),
        TextTest::EndsWith(Folded::new(" a")),
        TextTest::Matches(Glob::new("a*b")),
        TextTest::Matches(Glob::new("*a*")),
        TextTest::Matches(Glob::new("*")),
        TextTest::Matches(Glob::new("ab")),
        TextTest::HasWord(folded(&["a"])),
        TextTest::HasWord(folded(&["a b", "b"])),
    ];
    tests.into_iter().map(ValueTest::Text).chain([ValueTest::Known, ValueTest::Missing]).collect()
}

/// Every three of the tests, each wanted or not, over all values. Gives how many were found, were proven not to be,
/// and were neither.
fn held_against(of: &Type, tests: &[ValueTest], values: &[Value], now: Instant) -> (usize, usize, usize) {
    let (mut found, mut never, mut unknown) = (0, 0, 0);
    for (at, one) in tests.iter().enumerate() {
        for (beside, other) in tests.iter().enumerate().skip(at) {
            for third in tests.iter().skip(beside) {
                for wishes in 0..8 {
                    let wanted = [(one, wishes & 1 > 0), (other, wishes & 2 > 0), (third, wishes & 4 > 0)];
                    let budget = Budget::new(1_000_000);
                    match fit(of, &wanted, now, &budget) {
                        Fit::Value(value) => {
                            assert!(passes(value.as_ref(), &wanted, now), "{value:?} for {wanted:?}");
                            found += 1;
                        }
                        Fit::Never => {
                            let all = values.iter().map(Some).chain([None]);
                            let seen: Vec<_> = all.filter(|value| passes(*value, &wanted, now)).collect();
                            assert!(seen.is_empty(), "{seen:?} for {wanted:?}");
                            never += 1;
                        }
                        Fit::Unknown => unknown += 1,
                    }
                }
            }
        }
    }
    (found, never, unknown)
}

#[test]
fn of_texts_nothing_wrong_is_said() {
    let (found, never, unknown) = held_against(&Type::Text, &text_tests(), &texts(), Instant::EPOCH);
    assert!(
        found > 2_000 && never > 1_000 && unknown * 5 < found,
        "{found} found, {never} never, {unknown} unknown"
    );
}

#[test]
fn of_sets_nothing_wrong_is_said() {
    let tests = [
        ValueTest::Set(SetTest::AnyOf(folded(&["a"]))),
        ValueTest::Set(SetTest::AnyOf(folded(&["a", "b"]))),
        ValueTest::Set(SetTest::AllOf(folded(&["a", "b"]))),
        ValueTest::Set(SetTest::AllOf(folded(&["b", "c"]))),
        ValueTest::Known,
        ValueTest::Missing,
    ];
    let sets = (1_u32..16).map(|chosen| {
        let items = ["a", "b", "c", "d"].into_iter().enumerate().filter(|(at, _)| chosen & (1 << at) > 0);
        Value::Set(items.map(|(_, item)| Text::new(item)).collect())
    });
    let sets: Vec<Value> = sets.collect();
    let (found, never, unknown) = held_against(&Type::SetOfText, &tests, &sets, Instant::EPOCH);
    assert!(
        found > 100 && never > 50 && unknown * 5 < found,
        "{found} found, {never} never, {unknown} unknown"
    );
}

#[test]
fn of_numbers_everything_is_told() {
    let number = |millionths: i64| Number::from_millionths(millionths).unwrap();
    let all = [Comparison::Equal, Comparison::NotEqual, Comparison::Less, Comparison::GreaterOrEqual];
    let compared = all
        .into_iter()
        .flat_map(|comparison| [1, 2, 3].map(|to| NumberTest::Compare(comparison, number(to))));
    let tests: Vec<ValueTest> = compared
        .chain([
            NumberTest::Between(number(1), number(2)),
            NumberTest::AnyOf { numbers: vec![number(1), number(3)].into(), negated: false },
            NumberTest::AnyOf { numbers: vec![number(2)].into(), negated: true },
        ])
        .map(ValueTest::Number)
        .collect();
    let values: Vec<Value> = (-2..7).map(|millionths| Value::Number(number(millionths))).collect();
    let (found, never, unknown) = held_against(&Type::Number, &tests, &values, Instant::EPOCH);
    assert!(found > 0 && never > 0 && unknown == 0, "{found} found, {never} never, {unknown} unknown");
}

#[test]
fn of_dates_nothing_wrong_is_said() {
    let now = Instant::parse("2026-11-01").unwrap();
    let day = |day: &str| Instant::parse(day).unwrap();
    let tests: Vec<ValueTest> = [
        DateTest::Before(day("2026-10-30")),
        DateTest::After(day("2026-10-30")),
        DateTest::After(day("2026-10-28")),
        DateTest::Within(Period::from_seconds(3 * 86_400)),
        DateTest::Within(Period::from_seconds(86_400)),
        DateTest::OlderThan(Period::from_seconds(3 * 86_400)),
    ]
    .into_iter()
    .map(ValueTest::Date)
    .chain([ValueTest::Known])
    .collect();
    let near = (-10..10).flat_map(|days: i64| [-1, 0, 1].map(|by| now.micros() + days * 86_400_000_000 + by));
    let dates: Vec<Value> = near.filter_map(Instant::from_micros).map(Value::Date).collect();
    let (found, never, unknown) = held_against(&Type::Date, &tests, &dates, now);
    assert!(found > 0 && never > 0 && unknown * 5 < found, "{found} found, {never} never, {unknown} unknown");
}
