//! Time zones: an instant goes in, what a wall clock there is ahead of UTC comes out.

use std::fmt;

#[cfg(feature = "time-zones")]
use chrono::{DateTime, Offset, TimeZone};

use super::CalendarError;
use crate::readable::quoted;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;
/// Longer settings are cut where an error tells them.
const LONGEST: usize = 60;

/// Where the wall clock hangs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zone {
    /// The same number of minutes ahead of UTC all year round.
    Fixed(i32),
    #[cfg(feature = "time-zones")]
    Named(chrono_tz::Tz),
}

impl Zone {
    pub(super) fn parse(text: &str) -> Result<Zone, CalendarError> {
        if text.eq_ignore_ascii_case("utc") || text == "Z" {
            return Ok(Zone::Fixed(0));
        }
        if text.starts_with(['+', '-']) {
            return offset(text).map(Zone::Fixed).ok_or_else(|| wrong(text, None));
        }
        named(text)
    }

    /// By how much the wall clock is ahead of UTC at an instant, in microseconds.
    #[cfg_attr(
        not(feature = "time-zones"),
        expect(unused_variables, reason = "all year round it is the same")
    )]
    pub(super) fn ahead(self, micros: i64) -> i64 {
        match self {
            Zone::Fixed(minutes) => i64::from(minutes) * 60 * SECOND,
            #[cfg(feature = "time-zones")]
            Zone::Named(zone) => {
                // OK because instants of the years 0001 to 9999 and a day around them are in chrono's range.
                let utc = DateTime::from_timestamp_micros(micros).unwrap_or_default().naive_utc();
                i64::from(zone.offset_from_utc_datetime(&utc).fix().local_minus_utc()) * SECOND
            }
        }
    }

    /// The day on the wall, in days since 1970-01-01.
    pub(super) fn day(self, micros: i64) -> i64 {
        (micros + self.ahead(micros)).div_euclid(DAY)
    }
}

/// `+05:30` in minutes, up to 18 hours either way as ISO 8601 has it in use.
fn offset(text: &str) -> Option<i32> {
    let (sign, clock) = text.split_at_checked(1)?;
    let minutes = i32::from(super::hours::minute_of_day(clock)?);
    let is_in_use = minutes <= 18 * 60;
    is_in_use.then_some(if sign == "-" { -minutes } else { minutes })
}

/// A zone by its name.
#[cfg(feature = "time-zones")]
fn named(text: &str) -> Result<Zone, CalendarError> {
    text.parse().map(Zone::Named).map_err(|_| {
        let names = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
        wrong(text, crate::diagnostic::closest(text, names).map(str::to_owned))
    })
}

#[cfg(not(feature = "time-zones"))]
fn named(text: &str) -> Result<Zone, CalendarError> {
    let is_a_name = text.contains('/');
    let no_time_zones = || CalendarError::NoTimeZones { found: quoted(text, LONGEST) };
    Err(if is_a_name { no_time_zones() } else { wrong(text, None) })
}

fn wrong(text: &str, suggestion: Option<String>) -> CalendarError {
    CalendarError::Setting {
        field: "zone".to_owned(),
        found: quoted(text, LONGEST),
        expected: "UTC, an offset such as +01:00 or a time zone such as Europe/Berlin belongs",
        suggestion,
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Zone::Fixed(0) => f.write_str("UTC"),
            Zone::Fixed(minutes) => {
                let sign = if *minutes < 0 { '-' } else { '+' };
                write!(f, "{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
            }
            #[cfg(feature = "time-zones")]
            Zone::Named(zone) => f.write_str(zone.name()),
        }
    }
}
