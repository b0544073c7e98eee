//! A calendar's settings, as a host writes them: in code, or through serde.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::hours::Week;
use super::zone::Zone;
use super::{Calendar, CalendarError};
use crate::readable::quoted;
use crate::time::Instant;

/// Longer settings are cut where an error tells them.
const LONGEST: usize = 60;

/// A calendar in the making: see [`Calendar::builder`].
///
/// Nothing is looked at before [`CalendarBuilder::build`], so that its error is the only one to handle.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[must_use]
pub struct CalendarBuilder {
    zone: String,
    hours: Pairs,
    #[serde(default)]
    holidays: Vec<String>,
}

/// The hours by day, each key as often as it was written.
#[derive(Clone, Debug, Default)]
struct Pairs(Vec<(String, String)>);

impl CalendarBuilder {
    pub(super) fn new(zone: String) -> Self {
        CalendarBuilder { zone, hours: Pairs::default(), holidays: Vec::new() }
    }

    /// Gives a day such as `fri`, or days such as `mon-fri`, their hours: `09:00-17:00`, or several spans with commas
    /// between them, `09:00-12:30, 13:30-18:00`. A day without hours is no working day.
    ///
    /// A night shift belongs to two days: `22:00-24:00` to the first, `00:00-06:00` to the second.
    pub fn hours(mut self, days: impl Into<String>, hours: impl Into<String>) -> Self {
        self.hours.0.push((days.into(), hours.into()));
        self
    }

    /// Makes a day, such as `2026-12-25`, free; several times the same is the same as once.
    pub fn holiday(mut self, day: impl Into<String>) -> Self {
        self.holidays.push(day.into());
        self
    }

    /// The calendar.
    ///
    /// # Errors
    /// The first setting that is wrong, by its name, with what would be right; among them that no day has hours.
    ///
    /// # Examples
    /// ```
    /// let calendar = leadql::Calendar::builder("UTC").hours("mon-fri", "9-17").build();
    /// assert_eq!(
    ///     calendar.unwrap_err().to_string(),
    ///     "hours.mon-fri: found \"9-17\" where hours such as 09:00-17:00 belong, the clock from 00:00 to 24:00",
    /// );
    /// ```
    pub fn build(self) -> Result<Calendar, CalendarError> {
        let zone = Zone::parse(&self.zone)?;
        let mut week = Week::default();
        for (days, hours) in &self.hours.0 {
            week.set(days, hours)?;
        }
        if week.is_empty() {
            return Err(CalendarError::NoWorkingTime);
        }
        let day = |(index, text): (usize, &String)| holiday(index, text);
        let holidays = self.holidays.iter().enumerate().map(day).collect::<Result<BTreeSet<i64>, _>>()?;
        Ok(Calendar { zone, week, holidays })
    }
}

/// A date in days since 1970-01-01.
fn holiday(index: usize, text: &str) -> Result<i64, CalendarError> {
    let is_date = text.len() == 10;
    let instant = Instant::parse(text).ok().filter(|_| is_date);
    instant.map(Instant::day).ok_or_else(|| CalendarError::Setting {
        field: format!("holidays[{index}]"),
        found: quoted(text, LONGEST),
        expected: "a day such as 2026-12-25 belongs",
        suggestion: None,
    })
}

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Days;

        impl<'de> Visitor<'de> for Days {
            type Value = Pairs;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("hours by day, such as {\"mon-fri\": \"09:00-17:00\"}")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Pairs, M::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }

        deserializer.deserialize_map(Days)
    }
}

impl<'de> Deserialize<'de> for Calendar {
    /// Reads `zone`, `hours` by day and, if there are any, `holidays`: see [`Calendar`].
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        CalendarBuilder::deserialize(deserializer)?.build().map_err(serde::de::Error::custom)
    }
}

/// The hours of a week, by day.
struct Hours<'c>(&'c Week);

impl Serialize for Hours<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.written())
    }
}

impl Serialize for Calendar {
    /// Writes what reads back as the same calendar, each day with its own hours.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let date = |day: &i64| {
            let midnight = Instant::from_micros(day * 86_400_000_000);
            // OK because every holiday was read from a date of the years 0001 to 9999.
            midnight.unwrap_or_default().to_string().split('T').next().unwrap_or_default().to_owned()
        };
        let mut settings = serializer.serialize_struct("Calendar", 3)?;
        settings.serialize_field("zone", &self.zone.to_string())?;
        settings.serialize_field("hours", &Hours(&self.week))?;
        settings.serialize_field("holidays", &self.holidays.iter().map(date).collect::<Vec<_>>())?;
        settings.end()
    }
}
