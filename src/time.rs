//! Instants and periods in whole microseconds.
//!
//! Text or chrono's types go in, integers come out. There is no clock here: time is always an argument.

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};

/// An instant: microseconds since 1970-01-01T00:00:00Z, from year 0001 to the end of year 9999.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Instant(i64);

/// A length of time in microseconds: from 1 s to 3650 days where a rule set writes one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Period(i64);

const SECOND: i64 = 1_000_000;
/// A day in microseconds.
pub(crate) const DAY: i64 = 86_400 * SECOND;
/// 0001-01-01T00:00:00Z.
const FIRST: i64 = -62_135_596_800 * SECOND;
/// The last microsecond of year 9999.
const LAST: i64 = 253_402_300_800 * SECOND - 1;

/// Units of a duration and their seconds, from small to large.
pub(crate) const UNITS: [(char, i64); 5] = [('s', 1), ('m', 60), ('h', 3_600), ('d', 86_400), ('w', 604_800)];

/// Why a text or a host's time is no instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InstantError {
    /// The text has neither of the two forms.
    #[error("not an instant: write a date such as 2026-10-01 or RFC 3339 such as 2026-10-01T09:30:00Z")]
    Form,
    /// The form is right, the calendar has no such day or time.
    #[error("no such day or time in the calendar")]
    NoSuchDay,
    /// Outside the years 0001 to 9999.
    #[error("outside the years 0001 to 9999")]
    OutOfRange,
}

impl Instant {
    /// 1970-01-01T00:00:00Z, for tests that are the same at every instant.
    pub(crate) const EPOCH: Instant = Instant(0);

    /// The instant `micros` microseconds after 1970, or none outside the years 0001 to 9999.
    pub(crate) const fn from_micros(micros: i64) -> Option<Instant> {
        if micros < FIRST || micros > LAST { None } else { Some(Instant(micros)) }
    }

    /// The instant of a host's time; outside the years 0001 to 9999 the nearest one within.
    pub(crate) fn nearest(time: DateTime<Utc>) -> Instant {
        Instant(time.timestamp_micros().clamp(FIRST, LAST))
    }

    pub(crate) const fn micros(self) -> i64 {
        self.0
    }

    /// Days since 1970-01-01, in UTC.
    pub(crate) const fn day(self) -> i64 {
        self.0.div_euclid(DAY)
    }

    /// This instant and `period` more, or none beyond year 9999.
    pub(crate) const fn plus(self, period: Period) -> Option<Instant> {
        Instant::from_micros(self.0.saturating_add(period.0))
    }

    /// This instant less `period`, to compare others with: it may lie before year 0001.
    pub(crate) const fn minus(self, period: Period) -> Instant {
        Instant(self.0.saturating_sub(period.0))
    }

    /// Reads `2026-10-01` (midnight UTC) or RFC 3339 with any offset; parts finer than a microsecond are
    /// cut towards the past.
    pub(crate) fn parse(text: &str) -> Result<Instant, InstantError> {
        let bytes = text.as_bytes();
        let date_shaped = bytes.len() >= 10
            && bytes.iter().take(10).enumerate().all(|(at, byte)| match at {
                4 | 7 => *byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if !date_shaped || !text.is_ascii() {
            return Err(InstantError::Form);
        }
        if bytes.len() == 10 {
            let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| InstantError::NoSuchDay)?;
            return Instant::try_from(date.and_time(chrono::NaiveTime::MIN).and_utc());
        }
        // chrono also takes a space between date and time; RFC 3339 wants a T.
        if !matches!(bytes.get(10), Some(b'T' | b't')) {
            return Err(InstantError::Form);
        }
        let parsed = DateTime::parse_from_rfc3339(text).map_err(|error| match error.kind() {
            chrono::format::ParseErrorKind::OutOfRange | chrono::format::ParseErrorKind::Impossible => {
                InstantError::NoSuchDay
            }
            _ => InstantError::Form,
        })?;
        Instant::try_from(parsed.with_timezone(&Utc))
    }
}

impl TryFrom<DateTime<Utc>> for Instant {
    type Error = InstantError;

    fn try_from(time: DateTime<Utc>) -> Result<Self, Self::Error> {
        // chrono cuts below a microsecond towards the past, also before 1970.
        Instant::from_micros(time.timestamp_micros()).ok_or(InstantError::OutOfRange)
    }
}

impl From<Instant> for DateTime<Utc> {
    fn from(instant: Instant) -> Self {
        // OK because chrono's range holds the years 0001 to 9999 with room on both sides.
        DateTime::from_timestamp_micros(instant.0).unwrap_or_default()
    }
}

impl fmt::Display for Instant {
    /// RFC 3339 with as many digits after the second as it needs, and `Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time: DateTime<Utc> = (*self).into();
        // Not by a format string, which chrono would read anew for each of the results of a long file.
        write!(f, "{:04}-{:02}-{:02}T", time.year(), time.month(), time.day())?;
        write!(f, "{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())?;
        let fraction = self.0.rem_euclid(SECOND);
        if fraction > 0 {
            write!(f, ".{}", format!("{fraction:06}").trim_end_matches('0'))?;
        }
        f.write_str("Z")
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Reads an instant as LeadQL writes them everywhere: a date such as `2026-10-01`, which is midnight UTC, or
/// RFC 3339 with any offset. Parts finer than a microsecond are cut towards the past.
///
/// # Errors
/// The text has another form, the calendar lacks the day or time, or it is outside the years 0001 to 9999.
///
/// # Examples
/// ```
/// let at = leadql::parse_instant("2026-10-01T09:30:00.500+02:00")?;
/// assert_eq!(leadql::print_instant(at), "2026-10-01T07:30:00.5Z");
/// # Ok::<(), leadql::InstantError>(())
/// ```
pub fn parse_instant(text: &str) -> Result<DateTime<Utc>, InstantError> {
    Instant::parse(text).map(Into::into)
}

/// Prints an instant as LeadQL does everywhere: RFC 3339 with `Z` and as many digits after the second as it
/// needs, at most 6. Outside the years 0001 to 9999 it is the nearest instant within.
pub fn print_instant(time: DateTime<Utc>) -> String {
    Instant::nearest(time).to_string()
}

impl Period {
    /// The longest that a rule set may write: 3650 days.
    pub(crate) const MAX: Period = Period(3_650 * DAY);

    pub(crate) const fn from_micros(micros: i64) -> Period {
        Period(micros)
    }

    pub(crate) const fn from_seconds(seconds: i64) -> Period {
        Period(seconds.saturating_mul(SECOND))
    }

    pub(crate) const fn micros(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Period {
    /// In the largest unit that divides it, days before weeks: `30d`, `36h`, `90s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0 / SECOND;
        let unit = UNITS.iter().rev().skip(1).find(|(_, size)| seconds % size == 0);
        let (unit, size) = unit.copied().unwrap_or(('s', 1));
        write!(f, "{}{unit}", seconds / size)
    }
}

impl fmt::Debug for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_read_and_print() {
        for (text, printed) in [
            ("2026-10-01", "2026-10-01T00:00:00Z"),
            ("2026-10-01T09:30:00+02:00", "2026-10-01T07:30:00Z"),
            ("2026-10-01t09:30:00.1234567z", "2026-10-01T09:30:00.123456Z"),
            ("1969-12-31T23:59:59.9999999Z", "1969-12-31T23:59:59.999999Z"),
            ("0001-01-01", "0001-01-01T00:00:00Z"),
            ("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.999999Z"),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
            ("2026-10-01T09:30:00.500Z", "2026-10-01T09:30:00.5Z"),
        ] {
            assert_eq!(Instant::parse(text).map(|i| i.to_string()), Ok(printed.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_no_instant_says_why() {
        for (text, error) in [
            ("2026-02-30", InstantError::NoSuchDay),
            ("2026-10-01T25:00:00Z", InstantError::NoSuchDay),
            ("2026-10-01 09:30:00Z", InstantError::Form),
            ("2026-10-01T09:30:00", InstantError::Form),
            ("01.10.2026", InstantError::Form),
            ("2026-1-1", InstantError::Form),
            ("", InstantError::Form),
            ("0000-06-01", InstantError::OutOfRange),
            ("0001-01-01T00:00:00+01:00", InstantError::OutOfRange),
            ("9999-12-31T23:59:59-00:01", InstantError::OutOfRange),
        ] {
            assert_eq!(Instant::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn periods_print_in_their_largest_unit() {
        for (seconds, text) in [(604_800, "7d"), (129_600, "36h"), (90, "90s"), (120, "2m"), (3_600, "1h")] {
            assert_eq!(Period::from_seconds(seconds).to_string(), text);
        }
    }

    #[test]
    fn the_edges_of_time_hold() {
        assert_eq!(Instant(LAST).plus(Period::from_micros(1)), None);
        assert!(Instant(FIRST).minus(Period::MAX) < Instant(FIRST));
        assert_eq!(Instant(-1).day(), -1);
    }
}
