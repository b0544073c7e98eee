//! Trying a lead under both versions.
//!
//! A sketch goes in; what the two versions say differently of it comes out, by evaluating it with the fast core.
//! Only what both can say is held against each other: the scores, bands and segments that both define, the gates and
//! the stage.

use super::sketch::Sketch;
use crate::decimal::Points;
use crate::explain::Reader;
use crate::lead::{Facts, Stage};
use crate::model::{Gate, Model, ScoreIndex};
use crate::plan::Signals;
use crate::rule_set::RuleSet;
use crate::score::{self, Outcome, Scratch};
use crate::testing::gate_holds;
use crate::time::Instant;

/// One thing that both versions say of a lead, and not alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Differs {
    Stage(Stage, Stage),
    Band(String, (String, String)),
    Score(String, (Points, Points)),
    Segment(String, bool),
    Gate(Gate, bool),
}

impl Differs {
    /// Whether a test can expect what either version says: more points than these cannot be written.
    pub(super) fn can_be_expected(&self) -> bool {
        const MOST: u64 = 1_000_000_000;
        let is_written = |points: &Points| points.thousandths().unsigned_abs() <= MOST;
        match self {
            Differs::Score(_, (old, new)) => is_written(old) && is_written(new),
            Differs::Stage(..) | Differs::Band(..) | Differs::Segment(..) | Differs::Gate(..) => true,
        }
    }
}

/// Both versions, ready to evaluate one lead after another.
pub(super) struct Trial<'r> {
    pub(super) old: &'r RuleSet,
    pub(super) new: &'r RuleSet,
    pub(super) now: Instant,
    /// The places of what both define: in the older, in the newer.
    scores: Vec<(usize, usize)>,
    segments: Vec<(usize, usize)>,
    rooms: (Room, Room),
    outcomes: (Outcome, Outcome),
    /// How many leads may still be tried.
    pub(super) left: usize,
    pub(super) tried: u64,
}

/// Where one version evaluates.
#[derive(Default)]
struct Room {
    signals: Signals,
    scratch: Scratch,
}

/// Leads that a search tries at most.
const MOST_TRIALS: usize = 20_000;
/// What all trials of a search may cost, in looks at an event, a rule or a condition.
const MOST_WORK: usize = 20_000_000;
/// So much of a lead's own parts is reckoned with.
const LEAD: usize = 64;

impl<'r> Trial<'r> {
    pub(super) fn new(old: &'r RuleSet, new: &'r RuleSet, now: Instant) -> Self {
        let (model, newer) = (&old.compiled.model, &new.compiled.model);
        let scores = shared(model.scores.iter().map(|it| &it.name), newer.scores.iter().map(|it| &it.name));
        let segments =
            shared(model.segments.iter().map(|it| &it.name), newer.segments.iter().map(|it| &it.name));
        let size = |model: &Model| model.conditions.len() + model.rules.len() + model.terms.len();
        let cost = size(model) + size(newer) + LEAD;
        Trial {
            old,
            new,
            now,
            scores,
            segments,
            rooms: Default::default(),
            outcomes: Default::default(),
            left: MOST_TRIALS.min(MOST_WORK / cost).max(1),
            tried: 0,
        }
    }

    /// Whether a lead is treated differently; none when no more may be tried.
    pub(super) fn differs(&mut self, sketch: &Sketch) -> Option<bool> {
        self.left = self.left.checked_sub(1)?;
        self.evaluate(sketch);
        Some(self.all().next().is_some())
    }

    /// Whether a lead is treated differently in a way that a test can expect; none when no more may be tried.
    pub(super) fn is_shown(&mut self, sketch: &Sketch) -> Option<bool> {
        self.left = self.left.checked_sub(1)?;
        self.evaluate(sketch);
        Some(self.all().any(|difference| difference.can_be_expected()))
    }

    /// What the two versions say differently, the weightiest first; counts as no trial.
    pub(super) fn differences(&mut self, sketch: &Sketch) -> Vec<Differs> {
        self.evaluate(sketch);
        self.all().collect()
    }

    /// Whether the plain reading, which is made apart from the core, says the same of both versions.
    pub(super) fn is_confirmed(&self, sketch: &Sketch) -> bool {
        let agrees = |rules: &RuleSet, outcome: &Outcome| {
            let model = &rules.compiled.model;
            let facts = sketch.facts(&model.vocabulary, self.now);
            let read = Reader::new(model, &facts).read(self.now).outcome;
            (&read.scores, &read.bands, &read.segments, read.gates, read.stage)
                == (&outcome.scores, &outcome.bands, &outcome.segments, outcome.gates, outcome.stage)
        };
        agrees(self.old, &self.outcomes.0) && agrees(self.new, &self.outcomes.1)
    }

    fn evaluate(&mut self, sketch: &Sketch) {
        self.tried += 1;
        let (old, new) = (&mut self.outcomes.0, &mut self.outcomes.1);
        for (rules, room, outcome) in [(self.old, &mut self.rooms.0, old), (self.new, &mut self.rooms.1, new)]
        {
            let compiled = &rules.compiled;
            let facts: Facts = sketch.facts(&compiled.model.vocabulary, self.now);
            compiled.plan.signals_into(&facts, &mut room.signals);
            let stage = (facts.stage, facts.stage_since);
            score::evaluate_once(&compiled.plan, &room.signals, stage, self.now, &mut room.scratch, outcome);
        }
    }

    fn all(&self) -> impl Iterator<Item = Differs> {
        let (old, new) = (&self.old.compiled.model, &self.new.compiled.model);
        let (before, now) = (&self.outcomes.0, &self.outcomes.1);
        let stage = (before.stage != now.stage).then_some(Differs::Stage(before.stage, now.stage));
        let gates = Gate::ALL.into_iter().filter_map(|gate| {
            let (was, is) = (gate_holds(gate, before), gate_holds(gate, now));
            (was != is).then_some(Differs::Gate(gate, was))
        });
        let bands = self.scores.iter().filter_map(|(was, is)| {
            let (was, is) = (band(old, before, *was)?, band(new, now, *is)?);
            (!was.1.eq_ignore_ascii_case(is.1))
                .then(|| Differs::Band(was.0.to_owned(), (was.1.to_owned(), is.1.to_owned())))
        });
        let segments = self.segments.iter().filter_map(|(was, is)| {
            let (was_in, is_in) = (*before.segments.get(*was)?, *now.segments.get(*is)?);
            (was_in != is_in).then(|| {
                Differs::Segment(old.segments.get(*was).map(|it| it.name.clone()).unwrap_or_default(), was_in)
            })
        });
        let scores = self.scores.iter().filter_map(|(was, is)| {
            let (score, points) = (old.scores.get(*was)?, (*before.scores.get(*was)?, *now.scores.get(*is)?));
            (points.0 != points.1).then(|| Differs::Score(score.name.clone(), points))
        });
        stage.into_iter().chain(bands).chain(scores).chain(segments).chain(gates)
    }
}

/// The name of a score and of the band it is in; none where it has no bands.
fn band<'m>(model: &'m Model, outcome: &Outcome, score: usize) -> Option<(&'m str, &'m str)> {
    let at = outcome.bands.get(score).copied().flatten()?;
    let score = model.scores.get(score)?;
    Some((&score.name, &score.bands.get(at.index())?.name))
}

/// The places of the names that both lists have.
fn shared<'n>(
    old: impl Iterator<Item = &'n String>,
    new: impl Iterator<Item = &'n String>,
) -> Vec<(usize, usize)> {
    let places: std::collections::HashMap<&String, usize> =
        old.enumerate().map(|(at, name)| (name, at)).collect();
    new.enumerate().filter_map(|(at, name)| Some((*places.get(name)?, at))).collect()
}

/// A score by its place.
pub(super) fn score_at(at: usize) -> ScoreIndex {
    ScoreIndex(u32::try_from(at).unwrap_or(u32::MAX))
}

impl Trial<'_> {
    /// The scores that both versions define.
    pub(super) fn shared_scores(&self) -> impl Iterator<Item = (ScoreIndex, ScoreIndex)> {
        self.scores.iter().map(|(old, new)| (score_at(*old), score_at(*new)))
    }

    /// The segments that both versions define, by their places.
    pub(super) fn shared_segments(&self) -> &[(usize, usize)] {
        &self.segments
    }
}
