//! Trying changes: steps go in, what the rule set then says of the lead comes out, by evaluating the changed
//! lead with the fast core.
//!
//! The core says how scores, segments and gates come out, and nothing of the conditions in between. So that a
//! search can tell which change brings a gate nearer, it is run on a rule set with *probes*: one more segment
//! for each single condition that the gate depends on, and one more score without bounds for each score, so
//! that points which a bound swallows are seen too.

use std::collections::HashMap;

use super::reach::{Reach, Root};
use super::step::{self, Step};
use crate::decimal::Points;
use crate::lead::Facts;
use crate::model::{
    Comparison, Condition, ConditionId, ConditionKind, Gate, Model, Score, ScoreIndex, Segment,
};
use crate::plan::{Plan, Signals};
use crate::score::{self, GateOutcome, Outcome, Scratch};
use crate::time::Instant;

/// How far a gate is from holding, in thousandths of a point where points are missing.
pub(super) type Distance = i64;

/// What a single condition counts that does not come out as it has to: as much as twenty points.
const ONE_CONDITION: Distance = 20_000;
/// No condition is further away.
const FURTHEST: Distance = 1_000_000_000_000;

/// Changes that are tried before a search is cut.
const MOST_TRIALS: usize = 2_000;
/// What all trials of a search may cost, in looks at an event, a rule or a condition.
const MOST_WORK: usize = 20_000_000;

/// A lead to try changes on.
pub(super) struct Trial<'m> {
    pub(super) model: &'m Model,
    pub(super) gate: Gate,
    pub(super) now: Instant,
    roots: Vec<Root>,
    tree: Vec<ConditionId>,
    /// The rule set as it is, to ask until when an outcome is valid.
    plan: &'m Plan,
    probing: Plan,
    /// By condition: which segment tells whether it holds.
    probes: HashMap<ConditionId, usize>,
    /// By score: which score has its points before its bounds.
    unbounded: HashMap<ScoreIndex, usize>,
    facts: Facts,
    stem: String,
    signals: Signals,
    scratch: Scratch,
    outcome: Outcome,
    /// How many trials a search gets.
    granted: usize,
    trials_left: usize,
}

/// What a trial showed, as far as searching needs it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Effect {
    pub(super) holds: bool,
    pub(super) distance: Distance,
    /// Scores and probes: equal where nothing that can help differs.
    scores: Vec<Points>,
    segments: Vec<bool>,
}

impl Effect {
    /// The points of a score.
    pub(super) fn score(&self, index: usize) -> Option<Points> {
        self.scores.get(index).copied()
    }
}

impl<'m> Trial<'m> {
    pub(super) fn new(
        (model, plan): (&'m Model, &'m Plan),
        (gate, roots): (Gate, &[Root]),
        (gate_reach, reach): (&Reach<'m>, &Reach<'m>),
        facts: &Facts,
        now: Instant,
    ) -> Self {
        let (probed, probes, unbounded) = probed(model, reach);
        let cost = facts.events.len() + model.conditions.len() + model.rules.len() + 64;
        let granted = MOST_TRIALS.min(MOST_WORK / cost).max(1);
        Trial {
            model,
            gate,
            now,
            roots: roots.to_vec(),
            tree: gate_reach.tree.iter().copied().collect(),
            plan,
            probing: Plan::new(&probed),
            probes,
            unbounded,
            facts: facts.clone(),
            stem: step::stem(facts),
            signals: Signals::default(),
            scratch: Scratch::default(),
            outcome: Outcome::default(),
            granted,
            trials_left: granted,
        }
    }

    /// The lead as it is.
    pub(super) fn facts(&self) -> &Facts {
        &self.facts
    }

    /// How many more trials a search may make.
    pub(super) fn trials_left(&self) -> usize {
        self.trials_left
    }

    /// Grants the trials of another, smaller search.
    pub(super) fn grant_more(&mut self) {
        self.trials_left = self.granted / 4;
    }

    /// How many changes of outcome may be followed into the future at a time.
    pub(super) fn jumps(&self) -> usize {
        (self.granted / 30).max(1)
    }

    /// What the rule set says of the lead once these changes are made, none when no more trials are left.
    pub(super) fn try_out(&mut self, steps: &[&Step]) -> Option<Effect> {
        self.trials_left = self.trials_left.checked_sub(1)?;
        let undo = step::apply(&mut self.facts, steps, self.now, &self.stem);
        self.probing.signals_into(&self.facts, &mut self.signals);
        undo.undo(&mut self.facts);
        let stage = (self.facts.stage, self.facts.stage_since);
        let (scratch, outcome) = (&mut self.scratch, &mut self.outcome);
        score::evaluate_once(&self.probing, &self.signals, stage, self.now, scratch, outcome);
        Some(Effect {
            holds: holds(self.outcome.gates, self.gate),
            distance: self.distance(),
            scores: self.outcome.scores.clone(),
            segments: self.outcome.segments.clone(),
        })
    }

    /// The whole outcome with the changes made, and looked at, at the instant `at`.
    pub(super) fn outcome_at(&mut self, steps: &[&Step], at: Instant) -> &Outcome {
        let undo = step::apply(&mut self.facts, steps, at, &self.stem);
        self.plan.signals_into(&self.facts, &mut self.signals);
        undo.undo(&mut self.facts);
        let stage = (self.facts.stage, self.facts.stage_since);
        score::evaluate(self.plan, &self.signals, stage, at, &mut self.scratch, &mut self.outcome);
        &self.outcome
    }

    /// The first instant after `at` at which anything differs that the gate depends on, for the lead as it is:
    /// conditions too that leave the outcome as it was.
    pub(super) fn next_change(&mut self, at: Instant) -> Option<Instant> {
        self.probing.signals_into(&self.facts, &mut self.signals);
        let stage = (self.facts.stage, self.facts.stage_since);
        score::evaluate(&self.probing, &self.signals, stage, at, &mut self.scratch, &mut self.outcome);
        self.outcome.valid_until
    }

    /// Whether the gate holds once the changes are made at `at`.
    pub(super) fn holds_at(&mut self, steps: &[&Step], at: Instant) -> bool {
        let gate = self.gate;
        holds(self.outcome_at(steps, at).gates, gate)
    }

    /// How far the gate is from holding, by the last trial: 0 where it holds.
    fn distance(&self) -> Distance {
        // By condition: how far it is from holding, and how far from not holding. Segments are settled in the
        // second round, because their conditions may stand behind those that name them.
        let mut known: HashMap<ConditionId, (Distance, Distance)> = HashMap::new();
        for _ in 0..2 {
            for id in &self.tree {
                let Some(condition) = self.model.conditions.get(id.index()) else { continue };
                let distances = self.distances(*id, condition, &known);
                known.insert(*id, distances);
            }
        }
        let distances = self.roots.iter().filter_map(|(root, wanted)| {
            let (to_hold, not_to) = *known.get(root)?;
            Some(if *wanted { to_hold } else { not_to })
        });
        distances.min().unwrap_or(FURTHEST)
    }

    fn distances(
        &self,
        id: ConditionId,
        condition: &Condition,
        known: &HashMap<ConditionId, (Distance, Distance)>,
    ) -> (Distance, Distance) {
        let below = |of: &[ConditionId]| -> Vec<(Distance, Distance)> {
            of.iter().map(|child| known.get(child).copied().unwrap_or((FURTHEST, FURTHEST))).collect()
        };
        let capped = |distance: Distance| distance.min(FURTHEST);
        let nearest = |mut all: Vec<Distance>, count: usize| {
            all.sort_unstable();
            all.into_iter().take(count).fold(0, |sum: Distance, one| capped(sum.saturating_add(one)))
        };
        match &condition.kind {
            ConditionKind::All(of) => {
                let below = below(of);
                let all = nearest(below.iter().map(|one| one.0).collect(), of.len());
                (all, nearest(below.iter().map(|one| one.1).collect(), 1))
            }
            ConditionKind::Any(of) => {
                let below = below(of);
                let any = nearest(below.iter().map(|one| one.0).collect(), 1);
                (any, nearest(below.iter().map(|one| one.1).collect(), of.len()))
            }
            ConditionKind::AtLeast { count, of } => {
                let (below, count) = (below(of), *count as usize);
                let enough = nearest(below.iter().map(|one| one.0).collect(), count);
                let spare = (of.len() + 1).saturating_sub(count);
                (enough, nearest(below.iter().map(|one| one.1).collect(), spare))
            }
            ConditionKind::Not(of) => {
                let (to_hold, not_to) = known.get(of).copied().unwrap_or((FURTHEST, FURTHEST));
                (not_to, to_hold)
            }
            ConditionKind::Segment(segment) => {
                let of = self.model.segments.get(segment.index()).map(|segment| segment.condition);
                of.and_then(|of| known.get(&of).copied()).unwrap_or((FURTHEST, FURTHEST))
            }
            kind => self.leaf_distances(id, kind),
        }
    }

    fn leaf_distances(&self, id: ConditionId, kind: &ConditionKind) -> (Distance, Distance) {
        let probe = self.probes.get(&id).and_then(|probe| self.outcome.segments.get(*probe));
        let holds = probe.copied().unwrap_or(false);
        let missing = self.points_to_turn(kind).unwrap_or(ONE_CONDITION).clamp(1, FURTHEST);
        if holds { (0, missing) } else { (missing, 0) }
    }

    /// How many points a condition that asks for a score is from coming out the other way, where they count.
    fn points_to_turn(&self, kind: &ConditionKind) -> Option<Distance> {
        let points = |score: ScoreIndex| {
            let bounded = self.outcome.scores.get(score.index())?.thousandths();
            let unbounded = self.unbounded.get(&score).and_then(|twin| self.outcome.scores.get(*twin));
            Some(unbounded.map_or(bounded, |points| points.thousandths()))
        };
        let to_bound = |score: ScoreIndex, bound: Points| {
            Some(points(score)?.saturating_sub(bound.thousandths()).saturating_abs())
        };
        let band = |score: ScoreIndex, place: usize| {
            self.model.scores.get(score.index())?.bands.get(place)?.at_least
        };
        match *kind {
            ConditionKind::Score { score, points, comparison } => match comparison {
                Comparison::NotEqual => Some(1),
                _ => to_bound(score, points),
            },
            ConditionKind::ScoreBetween { score, low, high } => {
                Some(to_bound(score, low)?.min(to_bound(score, high)?))
            }
            ConditionKind::BandAtLeast { score, band: wanted } => {
                to_bound(score, band(score, wanted.index())?)
            }
            ConditionKind::Band { score, band: wanted } => {
                let bounds = [
                    band(score, wanted.index()),
                    wanted.index().checked_sub(1).and_then(|above| band(score, above)),
                ];
                bounds.into_iter().flatten().filter_map(|bound| to_bound(score, bound)).min()
            }
            _ => None,
        }
    }
}

/// Whether a gate holds.
pub(super) fn holds(gates: GateOutcome, gate: Gate) -> bool {
    match gate {
        Gate::Mql => gates.mql,
        Gate::Revert => gates.revert,
        Gate::Sql => gates.sql,
        Gate::Recycle => gates.recycle,
        Gate::Disqualify => gates.disqualify.is_some(),
    }
}

/// The rule set with probes, and where they are.
fn probed(
    model: &Model,
    reach: &Reach<'_>,
) -> (Model, HashMap<ConditionId, usize>, HashMap<ScoreIndex, usize>) {
    let mut probed = model.clone();
    let mut probes = HashMap::new();
    for id in &reach.conditions {
        let Some(condition) = model.conditions.get(id.index()) else { continue };
        let single = !matches!(
            condition.kind,
            ConditionKind::All(_)
                | ConditionKind::Any(_)
                | ConditionKind::Not(_)
                | ConditionKind::AtLeast { .. }
                | ConditionKind::Segment(_)
        );
        if single {
            probes.insert(*id, probed.segments.len());
            let name = String::new();
            probed.segments.push(Segment { name, condition: *id, place: condition.place });
        }
    }
    let mut unbounded = HashMap::new();
    for index in &reach.scores {
        let Some(score) = model.scores.get(index.index()) else { continue };
        let Ok(place) = u32::try_from(probed.scores.len()) else { continue };
        unbounded.insert(*index, probed.scores.len());
        let bounds = (Points::from_thousandths(i64::MIN / 2), Points::from_thousandths(i64::MAX / 2));
        probed.scores.push(Score { bounds, bands: Vec::new(), ..score.clone() });
        probed.score_order.push(ScoreIndex(place));
    }
    (probed, probes, unbounded)
}
