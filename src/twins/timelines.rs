//! A timeline is what reading the rule set plainly at every edge gives, the stage carried forward.

use super::compare::{Compiled, for_all};
use crate::explain::Reader;
use crate::lead::{Facts, Stage};
use crate::model::Model;
use crate::rule_set::Lead;
use crate::score::Outcome;
use crate::time::{Instant, Period};
use crate::{Change, Difference};

/// At most so many edges of a case are looked at, each with a whole plain reading.
const EDGES: usize = 60;

#[test]
fn a_timeline_equals_reading_plainly_at_every_edge() {
    for_all(20, |compiled| {
        // The events lie around now and before it: one way leads through them, another away from them.
        for days in [0, 7, 45] {
            let start = compiled.case.now.minus(Period::from_seconds(days * 86_400));
            let Some(start) = Instant::from_micros(start.micros()) else { continue };
            let edges = Reader::new(compiled.model(), &compiled.facts).edges(start);
            let Some(end) = edges.get(..EDGES).unwrap_or(&edges).last().copied() else { continue };
            // On an edge: what changes at the end belongs to the timeline. Just before one: it does not.
            for end in [end, end.minus(Period::from_micros(1))] {
                same(compiled, start, end)?;
            }
        }
        Ok(())
    });
}

fn same(compiled: &Compiled<'_>, start: Instant, end: Instant) -> Result<(), String> {
    let plain = plainly(compiled.model(), compiled.facts.clone(), start, end);
    let lead = Lead::new(&compiled.rules.compiled, compiled.facts.clone());
    let timeline = compiled.rules.timeline(&lead, start.into()..=end.into());
    let jumped: Vec<String> = timeline.map_err(|error| error.to_string())?.map(noted).collect();
    if plain == jumped {
        return Ok(());
    }
    Err(format!("from {start} to {end}, plainly, then as a timeline:\n{plain:#?}\n{jumped:#?}"))
}

/// Every change from one edge to the next. Each step of the stage makes another record of the lead, which is
/// read anew from its instant on.
fn plainly(model: &Model, mut facts: Facts, start: Instant, end: Instant) -> Vec<String> {
    let mut changes = Vec::new();
    let mut state: Option<Outcome> = None;
    let mut now = start;
    while let Some((at, stage)) = up_to_a_step(model, &facts, now, end, &mut state, &mut changes) {
        (facts.stage, facts.stage_since) = (stage, Some(at));
        now = at;
    }
    changes
}

fn up_to_a_step(
    model: &Model,
    facts: &Facts,
    now: Instant,
    end: Instant,
    state: &mut Option<Outcome>,
    changes: &mut Vec<String>,
) -> Option<(Instant, Stage)> {
    let reader = Reader::new(model, facts);
    let edges = reader.edges(now).into_iter().take_while(|edge| *edge <= end);
    for at in std::iter::once(now).chain(edges) {
        let outcome = reader.read(at).outcome;
        let stage = outcome.stage;
        if let Some(before) = state {
            note_changes(model, at, before, &outcome, changes);
        }
        *state = Some(outcome);
        if stage != facts.stage {
            return Some((at, stage));
        }
    }
    None
}

/// Notes down what differs, in the order score, band, segment, stage.
fn note_changes(model: &Model, at: Instant, before: &Outcome, after: &Outcome, changes: &mut Vec<String>) {
    for ((score, from), to) in model.scores.iter().zip(&before.scores).zip(&after.scores) {
        if from != to {
            changes.push(format!("{at} score {} {from} {to}", score.name));
        }
    }
    for index in &model.band_order {
        let score = &model.scores[index.index()];
        let name = |outcome: &Outcome| &score.bands[outcome.bands[index.index()].unwrap().index()].name;
        let (from, to) = (name(before), name(after));
        if from != to {
            changes.push(format!("{at} band {} {from} {to}", score.name));
        }
    }
    for ((segment, from), to) in model.segments.iter().zip(&before.segments).zip(&after.segments) {
        if from != to {
            changes.push(format!("{at} segment {} {from} {to}", segment.name));
        }
    }
    if before.stage != after.stage {
        changes.push(format!("{at} stage stage {} {}", before.stage, after.stage));
    }
}

fn noted(change: Change<'_>) -> String {
    let (at, kind, name) = (Instant::nearest(change.at), change.what.kind(), change.what.name());
    let (from, to) = match change.what {
        Difference::Score { from, to, .. } => (from.to_string(), to.to_string()),
        Difference::Band { from, to, .. } => (from.to_owned(), to.to_owned()),
        Difference::Segment { from, to, .. } => (from.to_string(), to.to_string()),
        Difference::Stage { from, to } => (from.to_string(), to.to_string()),
    };
    format!("{at} {kind} {name} {from} {to}")
}
