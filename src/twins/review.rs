//! What must hold of every review: nothing that is said to be impossible ever happens, and every lead that is shown
//! shows what it is said to.

use super::compare::{Compiled, for_all, for_one_in};
use super::dice::Dice;
use crate::explain::{Reader, Reading};
use crate::lead::Facts;
use crate::model::ConditionId;
use crate::prove::{Found, Prover, Wish};
use crate::time::Instant;
use crate::{ReviewOptions, RuleSet};

/// The lead of a case and leads with less of it, at instants on and beside the edges of time.
fn readings(compiled: &Compiled<'_>) -> Vec<Reading> {
    let mut dice = Dice::new(7);
    let mut all = Vec::new();
    for share in [100, 100, 70, 50, 50, 30, 30, 15, 0] {
        let mut facts: Facts = compiled.facts.clone();
        facts.events.retain(|_| dice.chance(share));
        for value in &mut facts.attributes {
            if !dice.chance(share.max(20)) {
                *value = None;
            }
        }
        let reader = Reader::new(compiled.model(), &facts);
        let now = compiled.case.now.micros();
        let shift = dice.between(-90, 90) * 86_400_000_000;
        let instants = [now, now + shift, now + 1].into_iter().filter_map(Instant::from_micros);
        all.extend(instants.map(|at| reader.read(at)));
    }
    all
}

fn is_seen(readings: &[Reading], wishes: &[Wish]) -> bool {
    readings.iter().any(|reading| wishes.iter().all(|(id, holds)| reading.conditions[id.index()] == *holds))
}

fn told(compiled: &Compiled<'_>, wishes: &[Wish]) -> String {
    let model = compiled.model();
    let text = |id: ConditionId| {
        let place = model.conditions[id.index()].place;
        &model.sources[place.file.0 as usize].text[place.span.start..place.span.end]
    };
    wishes.iter().map(|(id, holds)| format!("{holds}: {}\n", text(*id))).collect()
}

#[test]
fn what_is_refuted_is_never_seen() {
    for_all(61, |compiled| {
        let prover = Prover::new(compiled.model());
        let readings = readings(compiled);
        let ids: Vec<ConditionId> =
            (0..u32::try_from(compiled.model().conditions.len()).unwrap()).map(ConditionId).collect();
        let singles = ids.iter().flat_map(|id| [vec![(*id, true)], vec![(*id, false)]]);
        let pairs = ids.iter().zip(ids.iter().skip(1).chain(ids.iter().skip(3))).flat_map(|(one, other)| {
            [(true, true), (true, false), (false, true), (false, false)]
                .map(|(first, second)| vec![(*one, first), (*other, second)])
        });
        for wishes in singles.chain(pairs) {
            if prover.refutes(&wishes) && is_seen(&readings, &wishes) {
                return Err(format!("refuted, and seen:\n{}", told(compiled, &wishes)));
            }
        }
        Ok(())
    });
}

#[test]
fn scores_and_rules_keep_to_their_bounds() {
    for_all(62, |compiled| {
        let prover = Prover::new(compiled.model());
        for reading in readings(compiled) {
            for (rule, range) in reading.rules.iter().zip(prover.rule_ranges()) {
                let points = rule.points.thousandths();
                if points < range.low || points > range.high {
                    return Err(format!("a rule gives {points}, out of {range:?}"));
                }
            }
            for (score, range) in reading.scores.iter().zip(prover.score_ranges()) {
                let points = score.points.thousandths();
                if points < range.low || points > range.high {
                    return Err(format!("a score is {points}, out of {range:?}"));
                }
            }
        }
        Ok(())
    });
}

#[test]
fn what_is_looked_for_is_found_or_never_seen() {
    for_one_in(4, 63, |compiled| {
        let prover = Prover::new(compiled.model());
        let readings = readings(compiled);
        let gates = compiled.model().gates.conditions();
        let segments = compiled.model().segments.iter().map(|segment| segment.condition);
        for id in gates.chain(segments) {
            for holds in [true, false] {
                match prover.find(&[(id, holds)]) {
                    Found::Never if is_seen(&readings, &[(id, holds)]) => {
                        return Err(format!("never, and seen:\n{}", told(compiled, &[(id, holds)])));
                    }
                    Found::Lead(witness) if !prover.fits(&witness.facts, witness.at, &[(id, holds)]) => {
                        return Err(format!("this lead does not show it: {:?}", witness.facts));
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    });
}

#[test]
fn every_lead_that_is_shown_passes_as_a_test() {
    for_one_in(4, 64, |compiled| {
        let review = compiled.rules.review(&ReviewOptions::new());
        let shown: Vec<String> = review.findings.iter().filter_map(|found| found.witness.clone()).collect();
        if shown.is_empty() {
            return Ok(());
        }
        let text = format!("{}\n{}", super::rules::render(&compiled.case.pieces), shown.join("\n"));
        let rules = RuleSet::compile(&text).map_err(|found| found.to_string())?;
        for (test, block) in rules.run_tests().iter().zip(&shown) {
            if !test.passed {
                return Err(format!("{block}\n{:?}", test.failures));
            }
        }
        Ok(())
    });
}
