//! `test` blocks: the lead that one describes, and what is expected of it.

use super::{BandIndex, Comparison, Gate, ScoreIndex, SegmentIndex};
use crate::decimal::Points;
use crate::diagnostic::Place;
use crate::lead::{Stage, Value};
use crate::time::Instant;
use crate::vocabulary::{AttributeId, EventKindId, PropertyId};

/// A `test` block.
#[derive(Clone, Debug)]
pub(crate) struct TestCase {
    pub(crate) name: String,
    pub(crate) place: Place,
    pub(crate) at: Instant,
    pub(crate) attributes: Vec<(AttributeId, Value)>,
    pub(crate) events: Vec<TestEvent>,
    pub(crate) stage: Stage,
    pub(crate) stage_since: Option<Instant>,
    pub(crate) expectations: Vec<Expectation>,
}

#[derive(Clone, Debug)]
pub(crate) struct TestEvent {
    pub(crate) kind: EventKindId,
    pub(crate) subject: String,
    pub(crate) properties: Vec<(PropertyId, Value)>,
    pub(crate) at: Instant,
}

#[derive(Clone, Debug)]
pub(crate) struct Expectation {
    pub(crate) kind: ExpectationKind,
    pub(crate) place: Place,
}

#[derive(Clone, Debug)]
pub(crate) enum ExpectationKind {
    Score {
        score: ScoreIndex,
        comparison: Comparison,
        points: Points,
    },
    ScoreBetween {
        score: ScoreIndex,
        low: Points,
        high: Points,
    },
    Band {
        score: ScoreIndex,
        band: BandIndex,
    },
    BandAtLeast {
        score: ScoreIndex,
        band: BandIndex,
    },
    Segment {
        segment: SegmentIndex,
        expected: bool,
    },
    Stage(Stage),
    Gate {
        gate: Gate,
        expected: bool,
    },
    /// None for `never`.
    ValidUntil(Option<Instant>),
}
