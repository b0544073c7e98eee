//! The lean core: a plan, a lead's signals and an instant go in, an [`Outcome`] comes out.
//!
//! Nothing here allocates once the lists that it is lent have grown to the plan's size, nothing fails, nothing
//! reads a clock, and nothing has a name. An evaluation has two halves. What time touches comes first: each
//! signal, each leaf of the condition program, each rule that counts events ([`aggregate`], [`leaf`],
//! [`each`]). What follows from those is then worked out front to back ([`evaluate`]): conditions, rules,
//! groups, scores, segments, gates and the stage. For `valid_until` the first half also tells when each of its
//! parts will next change, and only the second is repeated there ([`valid_until`], [`stretch`]); a [`Course`]
//! goes from one such instant to the next.

mod aggregate;
mod course;
mod each;
mod evaluate;
mod leaf;
mod stretch;
mod valid_until;

pub(crate) use course::Course;
pub(crate) use evaluate::{band, derived, step};

use crate::decimal::Points;
use crate::lead::Stage;
use crate::model::BandIndex;
use crate::plan::{Micros, Plan, Signals};
use crate::time::Instant;

/// All that evaluating a rule set over a lead at an instant gives, by the numbers of the model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// By score.
    pub(crate) scores: Vec<Points>,
    /// By score; none where it has no bands.
    pub(crate) bands: Vec<Option<BandIndex>>,
    /// By segment.
    pub(crate) segments: Vec<bool>,
    pub(crate) gates: GateOutcome,
    /// The stage after the automatic step, if there is one.
    pub(crate) stage: Stage,
    /// The first instant after the evaluation at which any of the above differs.
    pub(crate) valid_until: Option<Instant>,
}

/// Which gates hold. A gate that the rule set does not define does not hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct GateOutcome {
    pub(crate) mql: bool,
    pub(crate) revert: bool,
    pub(crate) sql: bool,
    pub(crate) recycle: bool,
    /// Which of the disqualify gates gives the reason: the first that holds, or where an earlier one has the
    /// same reason, the first with that reason, so that outcomes differ only where what they say does. No
    /// reason and the empty one are the same.
    pub(crate) disqualify: Option<usize>,
}

/// Lists that evaluations fill again and again; any scratch serves any plan and any lead.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scratch {
    /// The program's slots, as far as they are decided.
    slots: Vec<bool>,
    /// When the newest event behind each ageing test came, in its window.
    ageing: Vec<Micros>,
    /// By place in the program for newest events.
    newest: Vec<evaluate::Newest>,
    /// By each rule.
    each: Vec<each::Worth>,
    /// The same at the end of a stretch of time, and its bounds throughout it.
    each_later: Vec<each::Worth>,
    each_ranges: Vec<stretch::Range>,
    /// When leaves, then ageing tests, then each rules next change.
    due: Vec<Micros>,
    /// What comes later, to be held against what is now.
    later: Outcome,
}

/// Evaluates a rule set over a lead at `now`; `stage` and `stage_since` are those of the lead's record.
///
/// Everything in `outcome` is replaced. `signals` come from the same plan.
pub(crate) fn evaluate(
    plan: &Plan,
    signals: &Signals,
    record: (Stage, Option<Instant>),
    now: Instant,
    scratch: &mut Scratch,
    outcome: &mut Outcome,
) {
    let evaluation = Evaluation::new(plan, signals, record);
    let decay_due = evaluation.look(now, scratch, outcome);
    outcome.valid_until = evaluation.valid_until(now, decay_due, scratch, outcome);
}

/// As [`evaluate`], without looking for how long the outcome is valid: its `valid_until` is none.
pub(crate) fn evaluate_once(
    plan: &Plan,
    signals: &Signals,
    record: (Stage, Option<Instant>),
    now: Instant,
    scratch: &mut Scratch,
    outcome: &mut Outcome,
) {
    Evaluation::new(plan, signals, record).look(now, scratch, outcome);
}

/// What evaluating gives at every instant, but for the stage; none where something else depends on the instant.
pub(crate) fn settled(plan: &Plan, signals: &Signals) -> Option<Outcome> {
    let is_settled = plan.program.leaves.is_empty() && plan.each_rules.is_empty();
    is_settled.then(|| {
        let mut outcome = Outcome::default();
        let nowhere = (Stage::default(), None);
        evaluate_once(plan, signals, nowhere, Instant::EPOCH, &mut Scratch::default(), &mut outcome);
        outcome
    })
}

/// As [`evaluate`], from what is [`settled`] of a lead; false where the stage alone may change later.
pub(crate) fn take_settled(
    plan: &Plan,
    settled: &Outcome,
    record: (Stage, Option<Instant>),
    now: Instant,
    outcome: &mut Outcome,
) -> bool {
    if record.0 == Stage::Recycled {
        return false;
    }
    outcome.scores.clone_from(&settled.scores);
    outcome.bands.clone_from(&settled.bands);
    outcome.segments.clone_from(&settled.segments);
    outcome.gates = settled.gates;
    outcome.stage = step(plan, record, settled.gates, now);
    outcome.valid_until = None;
    true
}

/// What stays the same from one instant to the next.
#[derive(Clone, Copy)]
struct Evaluation<'a> {
    plan: &'a Plan,
    signals: &'a Signals,
    stage: Stage,
    stage_since: Option<Instant>,
}

impl<'a> Evaluation<'a> {
    fn new(plan: &'a Plan, signals: &'a Signals, (stage, stage_since): (Stage, Option<Instant>)) -> Self {
        Evaluation { plan, signals, stage, stage_since }
    }

    /// Works everything out at `now`, and tells when what fades next changes.
    fn look(&self, now: Instant, scratch: &mut Scratch, outcome: &mut Outcome) -> Micros {
        self.observe(now, scratch);
        self.conclude(now, scratch, outcome)
    }
}

/// Later than every instant: what never comes.
const NEVER: Micros = Micros::MAX;

#[cfg(test)]
mod tests;
