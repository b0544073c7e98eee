//! What differs from one outcome of a lead to another.

use crate::explain::explanation::Change;
use crate::model::{BandIndex, Gate, Model, ReasonedGate, Score};
use crate::score::Outcome;

/// Scores, bands, segments, gates and the stage, each in the order of definition.
pub(super) fn between(model: &Model, from: &Outcome, to: &Outcome) -> Vec<Change> {
    let mut changes = Vec::new();
    for ((score, from), to) in model.scores.iter().zip(&from.scores).zip(&to.scores) {
        if from != to {
            changes.push(Change::Score { name: score.name.clone(), from: *from, to: *to });
        }
    }
    for index in &model.band_order {
        let Some(score) = model.scores.get(index.index()) else { continue };
        let band = |outcome: &Outcome| band_name(score, outcome.bands.get(index.index()).copied().flatten());
        let (from, to) = (band(from), band(to));
        if from != to {
            changes.push(Change::Band { name: score.name.clone(), from, to });
        }
    }
    for ((segment, from), to) in model.segments.iter().zip(&from.segments).zip(&to.segments) {
        if from != to {
            changes.push(Change::Segment { name: segment.name.clone(), from: *from, to: *to });
        }
    }
    gates(model, from, to, &mut changes);
    if from.stage != to.stage {
        changes.push(Change::Stage { from: from.stage, to: to.stage });
    }
    changes
}

fn band_name(score: &Score, band: Option<BandIndex>) -> String {
    band.and_then(|band| score.bands.get(band.index())).map_or(String::new(), |band| band.name.clone())
}

fn gates(model: &Model, from: &Outcome, to: &Outcome, changes: &mut Vec<Change>) {
    let (from, to) = (&from.gates, &to.gates);
    let recycle = model.gates.recycle.as_ref();
    let mut tell = |gate: Gate, reasoned: Option<&ReasonedGate>, from: bool, to: bool| {
        if from != to {
            let reason = reasoned.and_then(|gate| gate.reason.clone());
            changes.push(Change::Gate { name: gate.name(), reason, from, to });
        }
    };
    tell(Gate::Mql, None, from.mql, to.mql);
    tell(Gate::Revert, None, from.revert, to.revert);
    tell(Gate::Sql, None, from.sql, to.sql);
    tell(Gate::Recycle, recycle, from.recycle, to.recycle);
    // Where the reason changes, one gate ceases to give it and another begins to.
    for (index, gate) in model.gates.disqualify.iter().enumerate() {
        let gives = |reason_of: Option<usize>| reason_of == Some(index);
        tell(Gate::Disqualify, Some(gate), gives(from.disqualify), gives(to.disqualify));
    }
}
