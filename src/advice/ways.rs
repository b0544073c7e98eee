//! From single changes to the best ways: a search at once, and where nothing can be done at once, one at the
//! instants to come at which the gate has come nearer by waiting.

use super::moves::{self, Move, Moves};
use super::reach::Reach;
use super::refine::{self, Part};
use super::search::{self, Found};
use super::step::{Likelihood, Step};
use super::trial::{Effect, Trial};
use crate::lead::Stage;
use crate::model::Gate;
use crate::time::Instant;

/// A way before it is put into words.
#[derive(Clone, Debug)]
pub(super) struct WayPlan {
    /// Without any, all it takes is waiting.
    pub(super) parts: Vec<Part>,
    /// When the changes are made.
    pub(super) at: Instant,
    /// Whether that is later than now.
    pub(super) waits: bool,
    /// When it would be too late.
    pub(super) before: Option<Instant>,
    pub(super) stage: Stage,
    pub(super) likelihood: Likelihood,
}

#[derive(Default)]
pub(super) struct Plans {
    /// The best first.
    pub(super) list: Vec<WayPlan>,
    pub(super) cut: bool,
}

/// Ways that are given.
const MOST_WAYS: usize = 10;
/// Instants ahead at which changes are tried when none do now.
const MOST_LATER: usize = 4;

/// The best ways, in order, for a lead that does not pass the gate.
pub(super) fn plans(trial: &mut Trial<'_>, reach: &Reach<'_>, base: &Effect) -> Plans {
    let moves = moves::moves(trial.model, reach, trial.facts(), trial.now);
    let found = find(trial, &moves, base);
    let mut plans = Plans { list: Vec::new(), cut: found.cut };
    finish(trial, reach, &moves, found, &mut plans.list);
    if plans.list.is_empty() {
        later(trial, reach, base, &mut plans);
    }
    plans
}

/// Searches among what can be done and found out; only where that leads nowhere, among all changes. What a
/// single one of the others can do is always looked at.
fn find(trial: &mut Trial<'_>, moves: &Moves, base: &Effect) -> Found {
    let (likely, unlikely): (Vec<Move>, Vec<Move>) =
        moves.list.iter().cloned().partition(|one| one.likelihood < Likelihood::WouldHaveToBe);
    let left = trial.trials_left();
    let mut found = search::search(trial, &Moves { list: likely, cut: moves.cut }, base, left / 2);
    if found.ways.is_empty() {
        let wider = search::search(trial, moves, base, left / 8);
        return Found { cut: found.cut || wider.cut, ways: wider.ways };
    }
    for one in unlikely {
        if trial.trials_left() <= left / 4 {
            found.cut = true;
            break;
        }
        let same = |way: &Vec<Step>| way.iter().all(|step| step.about() == one.step.about());
        if !found.ways.iter().any(same) && trial.try_out(&[&one.step]).is_some_and(|effect| effect.holds) {
            found.ways.push(vec![one.step]);
        }
    }
    found
}

/// Puts ways in order, keeps the best and looks them over.
fn finish(trial: &mut Trial<'_>, reach: &Reach<'_>, moves: &Moves, found: Found, plans: &mut Vec<WayPlan>) {
    let at = trial.now;
    let mut ways: Vec<_> = found
        .ways
        .into_iter()
        .map(|way| {
            let likelihoods = way.iter().map(|step| moves.likelihood(step));
            let worst = likelihoods.clone().max().unwrap_or(Likelihood::CanDo);
            let sum: usize = likelihoods.map(|likelihood| likelihood as usize).sum();
            let count: u32 = way.iter().map(Step::count).sum();
            let outcome = trial.outcome_at(&way.iter().collect::<Vec<_>>(), at);
            // A way that also sends the lead away helps nobody who asks for another gate.
            let (stage, gates) = (outcome.stage, outcome.gates);
            let sent_away = (gates.disqualify.is_some() && trial.gate != Gate::Disqualify)
                || (gates.recycle && trial.gate != Gate::Recycle);
            ((sent_away, worst == Likelihood::WouldHaveToBe, count, worst, sum), stage, way)
        })
        .collect();
    ways.sort_by_key(|(rank, ..)| *rank);
    for ((.., likelihood, _), stage, way) in ways.into_iter().take(MOST_WAYS) {
        let parts = refine::parts(trial, &way, &moves.list, reach);
        let steps: Vec<&Step> = parts.iter().map(|part| &part.step).collect();
        let before = refine::too_late(trial, &steps);
        plans.push(WayPlan { parts, at, waits: false, before, stage, likelihood });
    }
}

/// Looks for ways at instants to come: until when to wait, and what to do then if anything.
fn later(trial: &mut Trial<'_>, reach: &Reach<'_>, base: &Effect, plans: &mut Plans) {
    let now = trial.now;
    let ahead = refine::ahead(trial);
    plans.cut |= ahead.cut;
    if let Some(at) = ahead.holds_at {
        let stage = trial.outcome_at(&[], at).stage;
        let (parts, before) = (Vec::new(), None);
        plans.list.push(WayPlan {
            parts,
            at,
            waits: true,
            before,
            stage,
            likelihood: Likelihood::WouldHaveToBe,
        });
        return;
    }
    let mut nearest = base.distance;
    let mut looked_at = 0;
    for at in ahead.changes {
        trial.grant_more();
        trial.now = at;
        let Some(then) = trial.try_out(&[]) else { break };
        if then.distance >= nearest {
            continue;
        }
        nearest = then.distance;
        let moves = moves::moves(trial.model, reach, trial.facts(), at);
        let mut found = find(trial, &moves, &then);
        // Only what does not do now takes waiting.
        found.ways.retain(|way| !trial.holds_at(&way.iter().collect::<Vec<_>>(), now));
        finish(trial, reach, &moves, found, &mut plans.list);
        looked_at += 1;
        if !plans.list.is_empty() || looked_at == MOST_LATER {
            plans.cut = true;
            break;
        }
    }
    for plan in &mut plans.list {
        (plan.waits, plan.likelihood) = (true, Likelihood::WouldHaveToBe);
    }
    trial.now = now;
}
