//! The lean core: a plan, a lead's signals and an instant go in, an [`Outcome`] comes out.

use crate::decimal::Points;
use crate::lead::Stage;
use crate::model::BandIndex;
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
    /// Which of the disqualify gates is the first that holds.
    pub(crate) disqualify: Option<usize>,
}
