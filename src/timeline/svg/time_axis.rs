//! Where a time axis has its marks, and what stands at them: whole units of the calendar, few enough to read.

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use crate::time::Instant;

/// A mark on the axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tick {
    pub(super) at: Instant,
    /// The unit itself: `5 Oct`, `09:30`.
    pub(super) label: String,
    /// What the label is part of, where it begins: `2026`, `5 Oct 2026`.
    pub(super) context: Option<String>,
}

/// The distance from mark to mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Micros(i64),
    Months(i64),
}

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const MONTH: i64 = 30 * DAY;

/// The distances that read well, from short to long.
fn units() -> impl Iterator<Item = Unit> {
    let fractions = (0..6).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_i64.pow(power)));
    let of = |unit: i64, counts: &'static [i64]| counts.iter().map(move |count| count * unit);
    let micros = fractions
        .chain(of(SECOND, &[1, 2, 5, 10, 15, 30]))
        .chain(of(MINUTE, &[1, 2, 5, 10, 15, 30]))
        .chain(of(HOUR, &[1, 2, 3, 6, 12]))
        .chain(of(DAY, &[1, 2, 7, 14]));
    let years = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];
    let months = [1, 2, 3, 6].into_iter().chain(years.map(|years| 12 * years));
    micros.map(Unit::Micros).chain(months.map(Unit::Months))
}

/// The marks from `start` to `end`, about `most` of them at most.
pub(super) fn ticks(start: Instant, end: Instant, most: usize) -> Vec<Tick> {
    let span = end.micros().saturating_sub(start.micros());
    let room = i64::try_from(most).unwrap_or(i64::MAX);
    let fits = |unit: &Unit| match unit {
        Unit::Micros(micros) => span / micros < room,
        Unit::Months(months) => span / (months * MONTH) < room,
    };
    let unit = units().find(fits).unwrap_or(Unit::Months(2_000 * 12));
    let mut ticks: Vec<Tick> = marks(unit, start, end).map(|at| tick(unit, at)).collect();
    let contexts: Vec<Option<String>> = ticks.iter_mut().map(|tick| tick.context.take()).collect();
    let begins = |place: usize| place == 0 || contexts.get(place) != contexts.get(place - 1);
    for (place, (tick, context)) in ticks.iter_mut().zip(&contexts).enumerate() {
        // Where the next context begins right behind, there is no room for this one.
        let next_begins = place + 1 < contexts.len() && begins(place + 1);
        tick.context = context.clone().filter(|_| begins(place) && !next_begins);
    }
    ticks
}

/// Every instant from `start` to `end` at which a unit begins.
fn marks(unit: Unit, start: Instant, end: Instant) -> impl Iterator<Item = Instant> {
    let number = |at: Instant| match unit {
        Unit::Micros(micros) => at.micros().saturating_sub(origin(micros)).div_euclid(micros),
        Unit::Months(months) => month_of(at).div_euclid(months),
    };
    let mark = move |number: i64| match unit {
        Unit::Micros(micros) => Instant::from_micros(number * micros + origin(micros)),
        Unit::Months(months) => month(number * months),
    };
    (number(start)..=number(end)).filter_map(mark).filter(move |at| *at >= start)
}

/// Weeks begin on Mondays, the first of which in 1970 was the fifth day; days and less begin at midnight.
fn origin(micros: i64) -> i64 {
    if micros > 2 * DAY { 4 * DAY } else { 0 }
}

/// Months since the first of year 0.
fn month_of(at: Instant) -> i64 {
    let time: DateTime<Utc> = at.into();
    i64::from(time.year()) * 12 + i64::from(time.month0())
}

fn month(number: i64) -> Option<Instant> {
    let year = i32::try_from(number.div_euclid(12)).ok()?;
    let month = u32::try_from(number.rem_euclid(12)).ok()? + 1;
    let midnight = NaiveDate::from_ymd_opt(year, month, 1)?.and_time(chrono::NaiveTime::MIN);
    Instant::try_from(midnight.and_utc()).ok()
}

fn tick(unit: Unit, at: Instant) -> Tick {
    let time: DateTime<Utc> = at.into();
    let as_written = |format: &str| time.format(format).to_string();
    let (label, context) = match unit {
        Unit::Micros(micros) if micros < SECOND => {
            let seconds = as_written("%S.%6f");
            let seconds = seconds.trim_end_matches('0').trim_end_matches('.');
            (format!("{seconds} s"), Some(as_written("%-d %b %Y %H:%M")))
        }
        Unit::Micros(micros) if micros < MINUTE => (as_written("%H:%M:%S"), Some(as_written("%-d %b %Y"))),
        Unit::Micros(micros) if micros < DAY => (as_written("%H:%M"), Some(as_written("%-d %b %Y"))),
        Unit::Micros(_) => (as_written("%-d %b"), Some(as_written("%Y"))),
        Unit::Months(months) if months < 12 => (as_written("%b"), Some(as_written("%Y"))),
        Unit::Months(_) => (as_written("%Y"), None),
    };
    Tick { at, label, context }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(start: &str, end: &str) -> Vec<String> {
        let (start, end) = (Instant::parse(start).unwrap(), Instant::parse(end).unwrap());
        let ticks = ticks(start, end, 8);
        assert!(!ticks.is_empty() && ticks.len() <= 9, "{ticks:?}");
        assert!(ticks.iter().all(|tick| start <= tick.at && tick.at <= end), "{ticks:?}");
        ticks
            .into_iter()
            .map(|tick| {
                tick.context.map_or(tick.label.clone(), |context| format!("{} ({context})", tick.label))
            })
            .collect()
    }

    #[test]
    fn marks_are_whole_units_of_the_calendar() {
        for (start, end, marks) in [
            ("2026-10-01", "2026-12-31", "12 Oct (2026), 26 Oct, 9 Nov, 23 Nov, 7 Dec, 21 Dec"),
            ("2026-10-15", "2027-04-15", "Nov (2026), Dec, Jan (2027), Feb, Mar, Apr"),
            (
                "2026-10-01T13:00:00Z",
                "2026-10-03",
                "18:00, 00:00 (2 Oct 2026), 06:00, 12:00, 18:00, 00:00 (3 Oct 2026)",
            ),
            (
                "2026-10-01T18:00:00Z",
                "2026-10-02T12:00:00Z",
                "18:00 (1 Oct 2026), 21:00, 00:00 (2 Oct 2026), 03:00, 06:00, 09:00, 12:00",
            ),
            (
                "2026-10-01T23:59:58Z",
                "2026-10-02T00:00:03Z",
                "23:59:58 (1 Oct 2026), 23:59:59, 00:00:00 (2 Oct 2026), 00:00:01, 00:00:02, 00:00:03",
            ),
            (
                "2026-10-01T09:30:00.1Z",
                "2026-10-01T09:30:00.100004Z",
                "00.1 s (1 Oct 2026 09:30), 00.100001 s, 00.100002 s, 00.100003 s, 00.100004 s",
            ),
            ("2026-10-01", "2026-10-01", "00 s (1 Oct 2026 00:00)"),
            ("2016-06-01", "2026-06-01", "2018, 2020, 2022, 2024, 2026"),
            ("0001-01-01", "9999-12-31", "2000, 4000, 6000, 8000"),
        ] {
            assert_eq!(shown(start, end).join(", "), marks, "{start} to {end}");
        }
    }

    #[test]
    fn every_span_has_a_few_marks() {
        let start = Instant::parse("2026-01-31T11:59:59.999999Z").unwrap().micros();
        let mut span: i64 = 1;
        while let Some(end) = Instant::from_micros(start + span) {
            let ticks = ticks(Instant::from_micros(start).unwrap(), end, 8);
            let enough = if span < 4 { 1 } else { 2 };
            assert!((enough..=9).contains(&ticks.len()), "{span}: {ticks:?}");
            span += span / 7 + 1;
        }
    }
}
