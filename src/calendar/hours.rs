//! The hours of a week: `mon-fri` and `09:00-12:30, 13:30-18:00` as text, spans of minutes behind it.

use super::CalendarError;
use crate::readable::quoted;

/// Days as settings write them, Monday first.
pub(super) const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const MINUTE: i64 = 60_000_000;
/// Longer settings are cut where an error tells them.
const LONGEST: usize = 60;

/// A part of a day between two minutes of it, the later one not included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span {
    from: u16,
    to: u16,
}

/// The spans of each day from Monday on, in order, none touching what is before it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Week([Vec<Span>; 7]);

impl Week {
    /// Gives the days of `days` the hours of `hours`, both as text.
    pub(super) fn set(&mut self, days: &str, hours: &str) -> Result<(), CalendarError> {
        let days_found = day_range(days)?;
        let field = format!("hours.{}", days.to_ascii_lowercase());
        let spans = spans(&field, hours)?;
        for (day, known) in DAYS.iter().zip(&mut self.0) {
            if days_found.contains(day) {
                if !known.is_empty() {
                    return Err(CalendarError::Repeated { field, day });
                }
                known.clone_from(&spans);
            }
        }
        Ok(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(Vec::is_empty)
    }

    /// The spans of a day, given in days since 1970-01-01.
    pub(super) fn of(&self, day: i64) -> &[Span] {
        // 1970-01-01 was a Thursday. OK because the remainder is one of 0 to 6.
        let weekday = usize::try_from((day + 3).rem_euclid(7)).unwrap_or(0);
        self.0.get(weekday).map_or(&[], Vec::as_slice)
    }

    /// The days that have hours, with them as text.
    pub(super) fn written(&self) -> impl Iterator<Item = (&'static str, String)> {
        let days = DAYS.into_iter().zip(&self.0).filter(|(_, spans)| !spans.is_empty());
        days.map(|(day, spans)| (day, spans.iter().map(|span| span.written()).collect::<Vec<_>>().join(", ")))
    }
}

impl Span {
    /// The microseconds since midnight at which it begins and ends.
    pub(super) fn micros(self) -> (i64, i64) {
        (i64::from(self.from) * MINUTE, i64::from(self.to) * MINUTE)
    }

    fn written(self) -> String {
        let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        format!("{}-{}", clock(self.from), clock(self.to))
    }
}

/// `fri` or `mon-fri`.
fn day_range(text: &str) -> Result<&'static [&'static str], CalendarError> {
    let place = |day: &str| DAYS.iter().position(|known| known.eq_ignore_ascii_case(day));
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let range = place(first).zip(place(last)).and_then(|(first, last)| DAYS.get(first..=last));
    range.filter(|days| !days.is_empty()).ok_or_else(|| CalendarError::Setting {
        field: "hours".to_owned(),
        found: quoted(text, LONGEST),
        expected: "a day such as fri or days such as mon-fri belong, the week beginning with mon",
        suggestion: None,
    })
}

/// `09:00-12:30, 13:30-18:00`
fn spans(field: &str, text: &str) -> Result<Vec<Span>, CalendarError> {
    let wrong = |found: &str, expected| CalendarError::Setting {
        field: field.to_owned(),
        found: quoted(found, LONGEST),
        expected,
        suggestion: None,
    };
    let mut spans: Vec<Span> = Vec::new();
    for part in text.split(',').map(str::trim) {
        let ends =
            part.split_once('-').map(|(from, to)| (minute_of_day(from.trim()), minute_of_day(to.trim())));
        let Some((Some(from), Some(to))) = ends else {
            return Err(wrong(part, "hours such as 09:00-17:00 belong, the clock from 00:00 to 24:00"));
        };
        if from >= to {
            return Err(wrong(
                part,
                "an end after the beginning belongs; what goes on after midnight belongs to the next day",
            ));
        }
        spans.push(Span { from, to });
    }
    spans.sort_unstable();
    for (first, second) in spans.iter().zip(spans.iter().skip(1)) {
        if second.from < first.to {
            let (first, second) = (first.written(), second.written());
            return Err(CalendarError::Overlap { field: field.to_owned(), first, second });
        }
    }
    Ok(spans)
}

/// `09:30` in minutes since midnight; `24:00` is the end of the day.
pub(super) fn minute_of_day(text: &str) -> Option<u16> {
    let [h1, h2, b':', m1, m2] = text.as_bytes() else { return None };
    let digit = |byte: &u8| byte.is_ascii_digit().then(|| u16::from(byte - b'0'));
    let (hour, minute) = (digit(h1)? * 10 + digit(h2)?, digit(m1)? * 10 + digit(m2)?);
    let minutes = hour * 60 + minute;
    (minute < 60 && minutes <= 24 * 60).then_some(minutes)
}
