//! Business calendars: a start and a length of working time go in, the instant at which so much of it has passed
//! comes out.
//!
//! Working time is a set of instants: those whose wall clock, in the calendar's time zone, shows a working hour of
//! a day that is no holiday. Lengths are measured in that set, in whole microseconds, so an hour that a clock
//! change repeats counts twice and one that it leaves out never comes. No question looks further ahead than
//! [`Calendar::LONGEST_YEARS`], whatever the calendar holds.

mod error;
mod hours;
mod settings;
mod stretches;
#[cfg(test)]
mod tests;
mod zone;

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use crate::time::Instant;
pub use error::CalendarError;
use hours::Week;
pub use settings::CalendarBuilder;
use stretches::Stretch;
use zone::Zone;

/// Working days and hours in a time zone, and the holidays in between.
///
/// Built in code with [`Calendar::builder`], or read from a host's settings through serde:
///
/// ```
/// # #[cfg(all(feature = "json", feature = "time-zones"))] {
/// let calendar: leadql::Calendar = serde_json::from_str(
///     r#"{"zone": "Europe/Berlin",
///         "hours": {"mon-thu": "09:00-12:30, 13:30-18:00", "fri": "09:00-15:00"},
///         "holidays": ["2026-12-25", "2027-01-01"]}"#,
/// )?;
/// // An hour of Wednesday is left, Thursday has eight, and Friday is Christmas Day.
/// let promoted = leadql::parse_instant("2026-12-23T17:00:00+01:00")?;
/// let due = calendar.due(promoted, chrono::TimeDelta::hours(10))?;
/// assert_eq!(leadql::print_instant(due), "2026-12-28T09:00:00Z");
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Hours are wall clock time: the same `09:00` in summer and in winter. Where clocks are put forward, what they leave
/// out is missing from the working time of that day; where they are put back, what they repeat counts twice.
/// Instants finer than a microsecond are cut towards the past, lengths of time towards zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    zone: Zone,
    week: Week,
    /// In days since 1970-01-01, each a day of the calendar's own zone.
    holidays: BTreeSet<i64>,
}

impl Calendar {
    /// How far from its start a question may reach: so many years of 365.25 days.
    pub const LONGEST_YEARS: i32 = 100;

    /// A calendar in the making. `zone` is `UTC`, an offset such as `+05:30`, or, with the feature `time-zones`, a
    /// name of the time zone database such as `Europe/Berlin`.
    ///
    /// # Examples
    /// ```
    /// let calendar = leadql::Calendar::builder("+01:00").hours("mon-fri", "09:00-17:00").build()?;
    /// let friday = leadql::parse_instant("2026-11-20T16:00:00+01:00")?;
    /// // One hour is left on Friday; the other is the first on Monday.
    /// let due = calendar.due(friday, chrono::TimeDelta::hours(2))?;
    /// assert_eq!(leadql::print_instant(due), "2026-11-23T09:00:00Z");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn builder(zone: impl Into<String>) -> CalendarBuilder {
        CalendarBuilder::new(zone.into())
    }

    /// The first instant at which `working_time` has passed since `start`, which may lie outside working hours.
    ///
    /// Eight hours from nine o'clock on a day that closes at five are over at five, not at nine the next day. No time
    /// at all is over at once, also at night.
    ///
    /// # Errors
    /// `working_time` is negative, `start` is outside the years 0001 to 9999, or the answer would lie more than
    /// [`Calendar::LONGEST_YEARS`] ahead or beyond year 9999.
    pub fn due(&self, start: DateTime<Utc>, working_time: TimeDelta) -> Result<DateTime<Utc>, CalendarError> {
        let from = instant(start)?;
        let mut left = micros(working_time)?;
        if left < 0 {
            return Err(CalendarError::Negative);
        }
        if left == 0 {
            return Ok(from.into());
        }
        for stretch in self.stretches(from) {
            let length = stretch.to - stretch.from;
            if length >= left {
                let due = Instant::from_micros(stretch.from + left);
                return due.map(Into::into).ok_or(CalendarError::TooFar);
            }
            left -= length;
        }
        Err(CalendarError::TooFar)
    }

    /// The end of the working hours of the `days`th working day after the day of `start`: what "within two working
    /// days" means in most offices. The day of `start` itself never counts, whatever the hour.
    ///
    /// A working day is one on which there is any working time. For 0 days it is the end of the day of `start` itself;
    /// where no working time is left in that, the next end of working hours.
    ///
    /// # Errors
    /// `start` is outside the years 0001 to 9999, or the answer would lie more than [`Calendar::LONGEST_YEARS`] ahead
    /// or beyond year 9999.
    ///
    /// # Examples
    /// ```
    /// let calendar = leadql::Calendar::builder("UTC").hours("mon-fri", "09:00-17:00").build()?;
    /// let thursday = leadql::parse_instant("2026-11-19T22:00:00Z")?;
    /// let due = calendar.end_of_working_day(thursday, 2)?;
    /// assert_eq!(leadql::print_instant(due), "2026-11-23T17:00:00Z");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn end_of_working_day(
        &self,
        start: DateTime<Utc>,
        days: u32,
    ) -> Result<DateTime<Utc>, CalendarError> {
        let from = instant(start)?;
        let mut stretches = self.stretches(from);
        let mut reached = self.zone.day(from.micros());
        let found = match days.checked_sub(1) {
            None => stretches.next(),
            Some(before) => {
                let mut begins_a_day = stretches.by_ref().filter(|stretch| {
                    let is_later = stretch.day > reached;
                    reached = reached.max(stretch.day);
                    is_later
                });
                begins_a_day.nth(before as usize)
            }
        };
        let Some(Stretch { day, mut to, .. }) = found else { return Err(CalendarError::TooFar) };
        // Where clocks go back across midnight a day goes on after the next one has begun.
        for stretch in stretches.take_while(|stretch| stretch.day <= day + 1) {
            if stretch.day == day {
                to = stretch.to;
            }
        }
        Instant::from_micros(to).map(Into::into).ok_or(CalendarError::TooFar)
    }

    /// How much working time lies between two instants; below zero where `to` is before `from`. Asked from now to
    /// when something is due it is the working time left, or, below zero, by how much it is late.
    ///
    /// # Errors
    /// An instant is outside the years 0001 to 9999, or they are more than [`Calendar::LONGEST_YEARS`] apart.
    pub fn working_time(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<TimeDelta, CalendarError> {
        let (first, last) = (instant(from.min(to))?, instant(from.max(to))?);
        if last.micros() - first.micros() > stretches::LONGEST {
            return Err(CalendarError::TooFar);
        }
        let within = self.stretches(first).take_while(|stretch| stretch.from < last.micros());
        let time: i64 = within.map(|stretch| stretch.to.min(last.micros()) - stretch.from).sum();
        Ok(TimeDelta::microseconds(if to < from { -time } else { time }))
    }
}

fn instant(time: DateTime<Utc>) -> Result<Instant, CalendarError> {
    Instant::try_from(time).map_err(|_| CalendarError::OutOfRange)
}

fn micros(time: TimeDelta) -> Result<i64, CalendarError> {
    // What does not fit is longer than any answer may be.
    time.num_microseconds().ok_or(if time < TimeDelta::zero() {
        CalendarError::Negative
    } else {
        CalendarError::TooFar
    })
}
