//! Whether columns are right by themselves: lengths, offsets, codes, numbers and times.
//!
//! That rows are right is found out in passes without branches; only where one is wrong is it looked for.

use super::columns::{Column, Data, MISSING, Texts, Values};
use super::error::BatchError;
use crate::decimal::{MILLIONTHS, NUMBER_LIMIT, Number};
use crate::lead::LeadErrorKind;
use crate::time::Instant;

/// What is wrong with a row, or, without one, with a column as a whole.
pub(super) type Problem = (Option<usize>, Box<LeadErrorKind>);

pub(super) fn problem(
    row: impl Into<Option<usize>>,
    found: impl Into<String>,
    expected: impl Into<String>,
) -> Problem {
    (row.into(), Box::new(LeadErrorKind::wrong(found, expected)))
}

/// As many rows as there are leads or events.
pub(super) fn length(rows: usize, expected: usize, of: &str) -> Result<(), Problem> {
    if rows == expected {
        return Ok(());
    }
    Err(problem(None, format!("{rows} rows"), format!("{expected}, one for each {of},")))
}

/// The rows of a column by themselves; what they mean to the vocabulary is not looked at, and offsets have been
/// checked.
pub(super) fn rows(column: &Column<'_>) -> Result<(), Problem> {
    match &column.0 {
        Data::Texts(texts) => codes(*texts, true),
        Data::Integers(values) => integers(*values),
        Data::Doubles(values) => doubles(*values),
        Data::Flags(_) => Ok(()),
        Data::Dates(values) => times(*values),
        Data::Sets { items, offsets } => {
            let (Some(first), Some(last)) = (offsets.first(), offsets.last()) else { return Ok(()) };
            // A code's row is that of the set which it is in.
            codes(items.part(*first..*last), true).map_err(|(item, kind)| {
                let set = |item: usize| offsets.partition_point(|start| *start <= first + item);
                (item.map(|item| set(item).saturating_sub(1)), kind)
            })
        }
    }
}

/// The offsets of a column of sets.
pub(super) fn set_offsets(column: &Column<'_>) -> Result<(), Problem> {
    match &column.0 {
        Data::Sets { items, offsets: rows } => offsets(rows, rows.len().saturating_sub(1), items.codes.len()),
        _ => Ok(()),
    }
}

/// Every code is a place in the dictionary, or [`MISSING`] where that may be.
pub(super) fn codes(texts: Texts<'_>, may_miss: bool) -> Result<(), Problem> {
    let entries = texts.dictionary.len();
    let limit = u32::try_from(entries).unwrap_or(MISSING);
    let is_wrong = |code: u32| (code >= limit) & !(may_miss & (code == MISSING));
    if !texts.codes.iter().fold(false, |wrong, code| wrong | is_wrong(*code)) {
        return Ok(());
    }
    let (row, code) = first(texts.codes.iter().copied(), is_wrong);
    let found = if code == MISSING { "no text".to_owned() } else { format!("the code {code}") };
    let expected = match (entries, may_miss) {
        (0, true) => "MISSING (the dictionary is empty)".to_owned(),
        (0, false) => "a text (the dictionary is empty)".to_owned(),
        (_, true) => format!("a code from 0 to {} or MISSING", entries - 1),
        (_, false) => format!("a code from 0 to {}", entries - 1),
    };
    Err(problem(row, found, expected))
}

/// One offset more than there are rows, from 0 to the number of items, none before its predecessor.
pub(super) fn offsets(offsets: &[usize], rows: usize, items: usize) -> Result<(), Problem> {
    if offsets.len().checked_sub(1) != Some(rows) {
        let expected = format!("{}, one more than there are rows,", rows.saturating_add(1));
        return Err(problem(None, format!("{} offsets", offsets.len()), expected));
    }
    if let Some(start) = offsets.first().filter(|start| **start != 0) {
        return Err(problem(0, format!("the offset {start}"), "0"));
    }
    for (row, pair) in offsets.windows(2).enumerate() {
        if let [start, end] = pair
            && end < start
        {
            return Err(problem(row + 1, format!("the offset {end}"), format!("one of at least {start}")));
        }
    }
    match offsets.last() {
        Some(end) if *end != items => {
            Err(problem(rows, format!("the offset {end}"), format!("{items}, the number of entries,")))
        }
        _ => Ok(()),
    }
}

/// All times are in the years 0001 to 9999.
pub(super) fn times(values: Values<'_, i64>) -> Result<(), Problem> {
    let is_wrong = |micros: i64| Instant::from_micros(micros).is_none();
    check(values, is_wrong, |micros| {
        (format!("{micros} microseconds since 1970"), "an instant of the years 0001 to 9999".to_owned())
    })
}

fn integers(values: Values<'_, i64>) -> Result<(), Problem> {
    let is_wrong =
        |value: i64| value.unsigned_abs() >= NUMBER_LIMIT.unsigned_abs() / MILLIONTHS.unsigned_abs();
    check(values, is_wrong, |value| (value.to_string(), OUT_OF_RANGE.to_owned()))
}

fn doubles(values: Values<'_, f64>) -> Result<(), Problem> {
    let is_wrong = |value: f64| Number::from_f64(value).is_err();
    check(values, is_wrong, |value| {
        let expected = if value.is_nan() { "a number" } else { OUT_OF_RANGE };
        (value.to_string(), expected.to_owned())
    })
}

const OUT_OF_RANGE: &str = "a number of a magnitude below 9,000,000,000,000";

fn check<T: Copy>(
    values: Values<'_, T>,
    is_wrong: impl Fn(T) -> bool + Copy,
    words: impl Fn(T) -> (String, String),
) -> Result<(), Problem> {
    let row = match values {
        Values::All(all) if all.iter().fold(false, |wrong, value| wrong | is_wrong(*value)) => {
            all.iter().position(|value| is_wrong(*value))
        }
        Values::All(_) => None,
        Values::Some(some) if some.iter().fold(false, |wrong, value| wrong | value.is_some_and(is_wrong)) => {
            some.iter().position(|value| value.is_some_and(is_wrong))
        }
        Values::Some(_) => None,
    };
    match row.and_then(|row| Some((row, values.get(row)?))) {
        Some((row, value)) => {
            let (found, expected) = words(value);
            Err(problem(row, found, expected))
        }
        None => Ok(()),
    }
}

fn first(codes: impl Iterator<Item = u32>, is_wrong: impl Fn(u32) -> bool) -> (usize, u32) {
    codes.enumerate().find(|(_, code)| is_wrong(*code)).unwrap_or_default()
}

/// A problem of some rows as one of the whole column, of which the first row looked at was `first`.
pub(super) fn shifted((row, kind): Problem, first: usize) -> Problem {
    (row.map(|row| first + row), kind)
}

impl BatchError {
    /// A problem of this column.
    pub(super) fn of((row, kind): Problem, column: String) -> Self {
        BatchError::new(column, row, *kind)
    }
}
