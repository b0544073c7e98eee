//! Timelines: every change of a lead's scores, bands, segments and stage between two instants.
//!
//! A rule set, a lead and two instants go in; changes come out one by one, each at its exact instant, or a
//! picture of them all. Nothing is looked at between changes: the core's [`Course`] jumps from each to the
//! next. Nothing is kept but the outcome before and the outcome after, however many changes there are.

mod change;
mod svg;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::iter::FusedIterator;
use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};

pub use change::{Change, Difference};

use crate::rule_set::{Lead, RuleSet};
use crate::score::{Course, Outcome};
use crate::time::Instant;

/// Every change of a lead's scores, bands, segments and stage from one instant to another, in the order of
/// time: an iterator that finds each [`Change`] when it is asked for it. [`RuleSet::timeline`] makes it.
///
/// Changes at one instant come in the order score, band, segment, stage, and each of these in the order of
/// definition (bands in the order of the band lists).
#[derive(Clone, Debug)]
#[must_use = "a timeline does nothing until it is iterated over or drawn"]
pub struct Timeline<'a> {
    rules: &'a RuleSet,
    /// Its id: the lead itself may be a copy, fitted to the rule set.
    id: &'a str,
    lead: Cow<'a, Lead>,
    start: Instant,
    end: Instant,
    course: Course,
    /// The instant that the course has reached.
    at: Instant,
    /// Which difference to look for next at this instant.
    place: usize,
}

/// A timeline was asked for that ends before it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the timeline ends at {end}, before it starts at {start}")]
pub struct TimelineError {
    start: Instant,
    end: Instant,
}

impl RuleSet {
    /// Every change of the lead's scores, bands, segments and stage between two instants, at its exact
    /// instant.
    ///
    /// It starts from the evaluation at the first instant, with the automatic step of the stage if there is
    /// one; that is the state it starts from and not itself a change. It lists what changes after that, up to
    /// and including the last instant. The stage is carried forward as a host would store it: each step sets
    /// the stage and since when the lead stands there, and the lead is evaluated from there on. The events of
    /// the lead count from their own time on. Outside the years 0001 to 9999 the nearest instants within
    /// count.
    ///
    /// # Errors
    /// The first instant is later than the last.
    ///
    /// # Examples
    /// ```
    /// use leadql::{Difference, RuleSet, Stage};
    /// let rules = RuleSet::compile(
    ///     "visited(pricing) >= 2 within 30d => +40
    ///      stage mql when score >= 30",
    /// )?;
    /// let (first, second) = ("2026-10-01T08:00:00Z".parse()?, "2026-10-21T09:30:00Z".parse()?);
    /// let lead = rules.lead().event("visited", "pricing", first)?.event("visited", "pricing", second)?.build();
    /// let year = "2026-01-01T00:00:00Z".parse()?..="2026-12-31T00:00:00Z".parse()?;
    /// let mut stages = Vec::new();
    /// for change in rules.timeline(&lead, year)? {
    ///     if let Difference::Stage { from: _, to } = change.what {
    ///         stages.push((change.at, to));
    ///     }
    /// }
    /// // The earlier visit leaves the window 30 days after it was made.
    /// assert_eq!(stages, [(second, Stage::Mql), ("2026-10-31T08:00:00Z".parse()?, Stage::Lead)]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn timeline<'a>(
        &'a self,
        lead: &'a Lead,
        instants: RangeInclusive<DateTime<Utc>>,
    ) -> Result<Timeline<'a>, TimelineError> {
        let (start, end) = (Instant::nearest(*instants.start()), Instant::nearest(*instants.end()));
        if start > end {
            return Err(TimelineError { start, end });
        }
        let (id, lead) = (lead.id(), lead.fitted(&self.compiled));
        let course = self.course(&lead, start);
        // Nothing has changed at the first instant.
        Ok(Timeline { rules: self, id, lead, start, end, course, at: start, place: usize::MAX })
    }

    /// `lead` is fitted to this rule set.
    fn course(&self, lead: &Lead, start: Instant) -> Course {
        let facts = lead.facts();
        Course::new(&self.compiled.plan, lead.signals(), (facts.stage, facts.stage_since), start)
    }
}

impl Timeline<'_> {
    /// A picture of the whole timeline, whether or not some of it has been iterated over: an SVG document
    /// that stands alone, or inside a page.
    ///
    /// It shows the stages as a ribbon and each score as a line over time, with the bounds of its bands. Its
    /// colours follow the reader's preference for light or dark, and it scales with the width that it is
    /// given. Its size is bounded: changes too close together to be told apart at its resolution are drawn
    /// as one.
    ///
    /// # Examples
    /// ```
    /// # let rules = leadql::RuleSet::compile("visited(pricing) => +40")?;
    /// # let lead = rules.lead().id("L-1").build();
    /// let october = "2026-10-01T00:00:00Z".parse()?..="2026-10-31T00:00:00Z".parse()?;
    /// let picture = rules.timeline(&lead, october)?.to_svg();
    /// assert!(picture.starts_with("<svg xmlns="));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_svg(&self) -> String {
        svg::draw(self)
    }

    /// Hands the outcome at the start to `see`, then each that follows, with its instant. Two neighbours may
    /// differ in their gates alone.
    fn each_outcome(&self, mut see: impl FnMut(Instant, &Outcome)) {
        let (plan, signals) = (&self.rules.compiled.plan, self.lead.signals());
        let mut course = self.rules.course(&self.lead, self.start);
        see(self.start, course.outcome());
        while let Some(at) = course.advance(plan, signals, self.end) {
            see(at, course.outcome());
        }
    }
}

impl<'a> Iterator for Timeline<'a> {
    type Item = Change<'a>;

    fn next(&mut self) -> Option<Change<'a>> {
        let model = &self.rules.compiled.model;
        loop {
            let (before, after) = (self.course.before(), self.course.outcome());
            while self.place < change::places(model) {
                let what = change::difference(model, before, after, self.place);
                self.place += 1;
                if let Some(what) = what {
                    return Some(Change { lead: self.id, at: self.at.into(), what });
                }
            }
            self.at = self.course.advance(&self.rules.compiled.plan, self.lead.signals(), self.end)?;
            self.place = 0;
        }
    }
}

impl FusedIterator for Timeline<'_> {}
