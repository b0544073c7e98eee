//! What a picture shows of a timeline: each score and the stage, by column.
//!
//! Outcomes go in, in the order of time; lists come out whose lengths are bounded by the number of columns,
//! not by that of the changes. A column is narrower than what a screen shows, so the picture is the same.

use crate::decimal::Points;
use crate::lead::Stage;
use crate::score::Outcome;
use crate::time::Instant;

/// How many columns a picture tells apart.
pub(super) const COLUMNS: u32 = 2_912;

/// From instants to columns.
#[derive(Clone, Copy, Debug)]
pub(super) struct TimeScale {
    pub(super) start: Instant,
    pub(super) end: Instant,
}

impl TimeScale {
    /// The column of an instant that is not outside.
    pub(super) fn column(self, at: Instant) -> u32 {
        let since = |at: Instant| i128::from(at.micros()) - i128::from(self.start.micros());
        let column = since(at) * i128::from(COLUMNS) / since(self.end).max(1);
        u32::try_from(column).map_or(0, |column| column.min(COLUMNS))
    }
}

/// The values of one score.
#[derive(Clone, Debug, Default)]
pub(super) struct Trace {
    pub(super) steps: Vec<Step>,
}

/// What a score does in a column: it moves through a range, and arrives somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) column: u32,
    pub(super) low: Points,
    pub(super) high: Points,
    pub(super) last: Points,
}

impl Trace {
    fn push(&mut self, column: u32, value: Points) {
        match self.steps.last_mut() {
            Some(step) if step.last == value => {}
            Some(step) if step.column == column => {
                (step.low, step.high) = (step.low.min(value), step.high.max(value));
                step.last = value;
            }
            _ => self.steps.push(Step { column, low: value, high: value, last: value }),
        }
    }

    /// The lowest and the highest value.
    pub(super) fn range(&self) -> (Points, Points) {
        let low = self.steps.iter().map(|step| step.low).min();
        let high = self.steps.iter().map(|step| step.high).max();
        (low.unwrap_or(Points::ZERO), high.unwrap_or(Points::ZERO))
    }

    /// The value at the end.
    pub(super) fn last(&self) -> Points {
        self.steps.last().map_or(Points::ZERO, |step| step.last)
    }
}

/// A lead in one stage for a while: until the next stay, or until the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stay {
    pub(super) column: u32,
    pub(super) since: Instant,
    pub(super) stage: Stage,
}

/// All that a picture shows.
#[derive(Clone, Debug, Default)]
pub(super) struct Traces {
    /// By score.
    pub(super) scores: Vec<Trace>,
    /// One or more once an outcome has gone in.
    pub(super) stays: Vec<Stay>,
}

impl Traces {
    /// Takes the next outcome in.
    pub(super) fn push(&mut self, scale: TimeScale, at: Instant, outcome: &Outcome) {
        let column = scale.column(at);
        self.scores.resize_with(outcome.scores.len(), Trace::default);
        for (trace, score) in self.scores.iter_mut().zip(&outcome.scores) {
            trace.push(column, *score);
        }
        let stay = Stay { column, since: at, stage: outcome.stage };
        match self.stays.last_mut() {
            Some(last) if last.stage == stay.stage => {}
            // Too short to be seen.
            Some(last) if last.column == column => *last = stay,
            _ => self.stays.push(stay),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(micros: i64) -> Instant {
        Instant::from_micros(micros).unwrap()
    }

    fn points(thousandths: i64) -> Points {
        Points::from_thousandths(thousandths)
    }

    #[test]
    fn the_whole_of_time_fits_its_columns() {
        let (first, last) = (Instant::parse("0001-01-01").unwrap(), Instant::parse("9999-12-31").unwrap());
        let scale = TimeScale { start: first, end: last };
        assert_eq!((scale.column(first), scale.column(last)), (0, COLUMNS));
        let moment = TimeScale { start: first, end: first };
        assert_eq!(moment.column(first), 0);
    }

    #[test]
    fn however_many_changes_there_are_the_lists_stay_short_and_peaks_show() {
        let scale = TimeScale { start: instant(0), end: instant(1_000_000) };
        let mut traces = Traces::default();
        for at in 0..=100_000 {
            let score = if at == 77_777 { 9_000 } else { at % 2 };
            let stage = if at % 2 == 0 { Stage::Lead } else { Stage::Mql };
            let outcome = Outcome { scores: vec![points(score)], stage, ..Outcome::default() };
            traces.push(scale, instant(at), &outcome);
        }
        assert!(traces.scores[0].steps.len() <= 300 && traces.stays.len() <= 300);
        assert_eq!(traces.scores[0].range(), (points(0), points(9_000)));
        assert_eq!(traces.scores[0].last(), points(0));
        assert_eq!(traces.stays.last().map(|stay| stay.stage), Some(Stage::Lead));
    }
}
