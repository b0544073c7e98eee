//! The service level: how long sales may take to accept or reject a lead that was promoted.

use chrono::{DateTime, TimeDelta, Utc};

use super::RuleSet;
use crate::calendar::{Calendar, CalendarError};

impl RuleSet {
    /// The period within which sales must accept or reject a lead: `sla D` of `stage mql`, if it is there.
    ///
    /// A day is always 24 hours here, so `sla 2d` and `sla 48h` are the same.
    pub fn sla(&self) -> Option<TimeDelta> {
        let period = self.compiled.model.gates.mql.as_ref()?.sla?;
        Some(TimeDelta::microseconds(period.micros()))
    }

    /// When sales must have accepted or rejected a lead that became an MQL at `promoted_at`, night and weekend
    /// counted. From this instant on the service level is breached. None without `sla`, or beyond year 9999.
    ///
    /// # Examples
    /// ```
    /// use leadql::{RuleSet, parse_instant};
    /// let rules = RuleSet::compile("need => 20  stage mql when score >= 20 sla 48h")?;
    /// let friday = parse_instant("2026-11-20T16:00:00Z")?;
    /// assert_eq!(rules.sla_due(friday), Some(parse_instant("2026-11-22T16:00:00Z")?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn sla_due(&self, promoted_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let due = promoted_at.checked_add_signed(self.sla()?)?;
        crate::time::Instant::try_from(due).ok().map(Into::into)
    }

    /// As [`RuleSet::sla_due`], counting working time only: `sla 8h` is eight hours during which the office is open.
    ///
    /// Mind that `sla 48h`, and `sla 2d`, which is the same, are then 48 hours *of work*: six days of eight hours. Who
    /// means "by the end of the second working day" asks [`Calendar::end_of_working_day`] instead.
    ///
    /// # Errors
    /// `promoted_at` is outside the years 0001 to 9999, or the answer is further away than a calendar looks.
    ///
    /// # Examples
    /// ```
    /// use leadql::{Calendar, RuleSet, parse_instant};
    /// let rules = RuleSet::compile("need => 20  stage mql when score >= 20 sla 8h")?;
    /// let office = Calendar::builder("+01:00").hours("mon-fri", "09:00-12:30, 13:30-18:00").build()?;
    /// let friday = parse_instant("2026-11-20T16:00:00+01:00")?;
    /// assert_eq!(rules.sla_due_on(&office, friday)?, Some(parse_instant("2026-11-23T16:00:00+01:00")?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn sla_due_on(
        &self,
        calendar: &Calendar,
        promoted_at: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, CalendarError> {
        self.sla().map(|period| calendar.due(promoted_at, period)).transpose()
    }
}
