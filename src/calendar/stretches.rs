//! Working time as stretches of instants, one after the other.
//!
//! A calendar and a start go in; out come the stretches behind it, earliest first, as far as a question may reach.
//! Time is looked through in windows of one UTC day. Where the wall clock is as far ahead of UTC at both ends of
//! one, it was so all the time between: no zone of the time zone database has ever put its clocks forth and back
//! within one day (the nearest two such changes are four days apart). Otherwise the instant of the change is found
//! by halving, and each side of it is looked at by its own clock. So repeated hours come twice and hours left out
//! do not come, without a case for either.

use super::Calendar;
use super::hours::Span;
use crate::time::Instant;

const DAY: i64 = 86_400_000_000;
/// [`Calendar::LONGEST_YEARS`] in microseconds.
pub(super) const LONGEST: i64 = Calendar::LONGEST_YEARS as i64 * (365 * DAY + DAY / 4);

/// Instants that are all working time, in microseconds since 1970; `to` is not among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) from: i64,
    pub(super) to: i64,
    /// The day that the wall calendar shows, in days since 1970-01-01.
    pub(super) day: i64,
}

impl Calendar {
    /// The working time from `start` on, earliest first, none of it empty. A span of the calendar may come in parts.
    pub(super) fn stretches(&self, start: Instant) -> impl Iterator<Item = Stretch> {
        let (start, end) = (start.micros(), start.micros() + LONGEST);
        let windows = start.div_euclid(DAY)..=end.div_euclid(DAY);
        windows.flat_map(|day| self.of_window(day * DAY)).filter_map(move |stretch| {
            let (from, to) = (stretch.from.max(start), stretch.to.min(end));
            (from < to).then_some(Stretch { from, to, ..stretch })
        })
    }

    /// The working time of the UTC day that begins at `begin`.
    fn of_window(&self, begin: i64) -> Vec<Stretch> {
        let end = begin + DAY;
        let (before, after) = (self.zone.ahead(begin), self.zone.ahead(end));
        let mut stretches = Vec::new();
        if before == after {
            self.add((begin, end), before, &mut stretches);
            return stretches;
        }
        let (mut old, mut new) = (begin, end);
        while new - old > 1 {
            let middle = old + (new - old) / 2;
            if self.zone.ahead(middle) == before { old = middle } else { new = middle }
        }
        self.add((begin, new), before, &mut stretches);
        self.add((new, end), after, &mut stretches);
        stretches
    }

    /// Adds the working time between two instants, between which the wall clock is `ahead` of UTC.
    fn add(&self, (begin, end): (i64, i64), ahead: i64, stretches: &mut Vec<Stretch>) {
        let days = (begin + ahead).div_euclid(DAY)..=(end + ahead).div_euclid(DAY);
        for day in days.filter(|day| !self.holidays.contains(day)) {
            let midnight = day * DAY - ahead;
            let on_this_day = self.week.of(day).iter().copied().map(Span::micros);
            stretches.extend(on_this_day.filter_map(|(from, to)| {
                let (from, to) = ((midnight + from).max(begin), (midnight + to).min(end));
                (from < to).then_some(Stretch { from, to, day })
            }));
        }
    }
}
