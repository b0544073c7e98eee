//! The course of a lead over time: its outcomes one after the other, from each to the next at which anything
//! differs, the stage carried forward.

use super::{Outcome, Scratch, evaluate};
use crate::lead::Stage;
use crate::plan::{Plan, Signals};
use crate::time::Instant;

/// Where a lead stands on its way through time.
///
/// It holds two outcomes, however long the way; plan and signals are lent to it at each step and are always
/// the same ones.
#[derive(Clone, Debug)]
pub(crate) struct Course {
    stage: Stage,
    stage_since: Option<Instant>,
    scratch: Scratch,
    before: Outcome,
    outcome: Outcome,
}

impl Course {
    /// Starts from the evaluation at `start`, with its automatic step; `stage` and `stage_since` are those of
    /// the lead's record.
    pub(crate) fn new(
        plan: &Plan,
        signals: &Signals,
        (stage, stage_since): (Stage, Option<Instant>),
        start: Instant,
    ) -> Self {
        let (scratch, before) = (Scratch::default(), Outcome::default());
        let mut course = Course { stage, stage_since, scratch, before, outcome: Outcome::default() };
        course.evaluate(plan, signals, start);
        course
    }

    /// What holds at present.
    pub(crate) fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// What held before the latest step of [`Course::advance`].
    pub(crate) fn before(&self) -> &Outcome {
        &self.before
    }

    /// Goes on to the next instant at which the outcome differs and tells it; none, and no step, where that
    /// is later than `last` or never.
    ///
    /// What differs may be gates alone.
    pub(crate) fn advance(&mut self, plan: &Plan, signals: &Signals, last: Instant) -> Option<Instant> {
        let next = self.outcome.valid_until.filter(|next| *next <= last)?;
        std::mem::swap(&mut self.before, &mut self.outcome);
        self.evaluate(plan, signals, next);
        Some(next)
    }

    fn evaluate(&mut self, plan: &Plan, signals: &Signals, at: Instant) {
        let stage = (self.stage, self.stage_since);
        evaluate(plan, signals, stage, at, &mut self.scratch, &mut self.outcome);
        if self.outcome.stage != self.stage {
            (self.stage, self.stage_since) = (self.outcome.stage, Some(at));
            // From its new stage the lead goes nowhere at the same instant; but what changes next may be
            // another thing, and at another time.
            let stage = (self.stage, self.stage_since);
            evaluate(plan, signals, stage, at, &mut self.scratch, &mut self.outcome);
        }
    }
}
