//! Which leads a funnel counts, and what it tells them apart by.

use std::fmt;

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use serde::Serialize;

use crate::lead::Stage;
use crate::time::Instant;

/// Which leads a funnel counts, and what it tells them apart by; by default all of them, and nothing.
///
/// ```
/// use leadql::{Stage, funnel::{Cohort, FunnelOptions}};
/// let options = FunnelOptions::new()
///     .entering(Stage::Mql)
///     .from("2026-01-01T00:00:00Z".parse()?)
///     .to("2026-07-01T00:00:00Z".parse()?)
///     .cohort(Cohort::Month)
///     .by("lead_source");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct FunnelOptions {
    pub(super) entering: Stage,
    pub(super) from: Option<DateTime<Utc>>,
    pub(super) to: Option<DateTime<Utc>>,
    pub(super) cohort: Option<Cohort>,
    pub(super) by: Option<String>,
    pub(super) within: Option<TimeDelta>,
}

/// The stretch of time, in UTC, by which leads that came at about the same time are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Cohort {
    /// The ISO week, from Monday on: `2026-W05`.
    Week,
    /// The month: `2026-01`.
    Month,
    /// The quarter of the year: `2026-Q1`.
    Quarter,
}

impl Default for FunnelOptions {
    fn default() -> Self {
        FunnelOptions { entering: Stage::Mql, from: None, to: None, cohort: None, by: None, within: None }
    }
}

impl FunnelOptions {
    /// All leads, told apart by nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Names the stage whose first entry dates a lead for [`from`](Self::from), [`to`](Self::to) and
    /// [`cohort`](Self::cohort); without this [`Stage::Mql`].
    pub fn entering(mut self, stage: Stage) -> Self {
        self.entering = stage;
        self
    }

    /// Counts only leads that first entered that stage at this instant or later.
    pub fn from(mut self, instant: DateTime<Utc>) -> Self {
        self.from = Some(instant);
        self
    }

    /// Counts only leads that first entered that stage before this instant.
    pub fn to(mut self, instant: DateTime<Utc>) -> Self {
        self.to = Some(instant);
        self
    }

    /// Tells leads apart by when they first entered that stage.
    pub fn cohort(mut self, cohort: Cohort) -> Self {
        self.cohort = Some(cohort);
        self
    }

    /// Tells leads apart by the group that [`Funnel::add_lead`](super::Funnel::add_lead) gives them, the value of
    /// the attribute `name`.
    pub fn by(mut self, name: impl Into<String>) -> Self {
        self.by = Some(name.into());
        self
    }

    /// Also tells how many leads converted within so long: see [`Conversion::within`](super::Conversion::within).
    pub fn within(mut self, time: TimeDelta) -> Self {
        self.within = Some(time);
        self
    }
}

impl Cohort {
    /// The cohort of an instant: a key by which cohorts sort, and which prints as their name.
    pub(super) fn of(self, at: Instant) -> Period {
        let at: DateTime<Utc> = at.into();
        match self {
            Cohort::Week => Period { cohort: self, year: at.iso_week().year(), number: at.iso_week().week() },
            Cohort::Month => Period { cohort: self, year: at.year(), number: at.month() },
            Cohort::Quarter => Period { cohort: self, year: at.year(), number: at.month().div_ceil(3) },
        }
    }

    /// The name: `month`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Cohort::Week => "week",
            Cohort::Month => "month",
            Cohort::Quarter => "quarter",
        }
    }
}

impl fmt::Display for Cohort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One week, month or quarter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Period {
    cohort: Cohort,
    year: i32,
    number: u32,
}

impl Period {
    /// By this periods of one sort come in the order of time.
    pub(super) const fn key(self) -> (i32, u32) {
        (self.year, self.number)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Period { cohort, year, number } = self;
        match cohort {
            Cohort::Week => write!(f, "{year:04}-W{number:02}"),
            Cohort::Month => write!(f, "{year:04}-{number:02}"),
            Cohort::Quarter => write!(f, "{year:04}-Q{number}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_fall_into_their_cohorts() {
        for (at, week, month, quarter) in [
            ("2026-01-01", "2026-W01", "2026-01", "2026-Q1"),
            // The last days of a year may belong to the first week of the next, and the other way round.
            ("2024-12-30", "2025-W01", "2024-12", "2024-Q4"),
            ("2027-01-03T23:59:59.999999Z", "2026-W53", "2027-01", "2027-Q1"),
            ("2027-01-04", "2027-W01", "2027-01", "2027-Q1"),
            ("2026-03-31T23:30:00-01:00", "2026-W14", "2026-04", "2026-Q2"),
            ("2026-06-30", "2026-W27", "2026-06", "2026-Q2"),
            ("2026-09-30T23:59:59Z", "2026-W40", "2026-09", "2026-Q3"),
            ("0001-01-01", "0001-W01", "0001-01", "0001-Q1"),
            ("9999-12-31T23:59:59Z", "9999-W52", "9999-12", "9999-Q4"),
        ] {
            let at = Instant::parse(at).unwrap();
            let cohorts = [Cohort::Week, Cohort::Month, Cohort::Quarter];
            assert_eq!(cohorts.map(|cohort| cohort.of(at).to_string()), [week, month, quarter]);
        }
    }
}
