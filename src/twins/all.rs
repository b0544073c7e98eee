//! All twins of a case together: every way of evaluating that there is gives what the plain reading gives, in every
//! output, at the instant of the case and at those that follow from it.
//!
//! The ways are the plan, with one evaluator for all instants and with one for each; the plan without a look ahead;
//! the lead built event by event in another order; the lead read from its line in a lead file and through serde; the
//! rule set laid out and compiled again; a batch, also on several threads; the explanation; and states: fed in
//! random order, in parts that are merged, settled, and stored as JSON and adopted again.

use super::compare::{Compiled, for_all};
use super::dice::Dice;
use super::leads::GivenLead;
use super::{columns, rules, state};
use crate::explain::Reader;
use crate::rule_set::Lead;
use crate::score::Outcome;
use crate::time::{Instant, Period};
use crate::{Evaluation, LeadBuilder, ReadOptions, RuleSet};

/// At so many instants a case is looked at, each the first at which something differs from the one before, and one
/// microsecond before that.
const INSTANTS: usize = 3;

#[test]
fn every_way_of_evaluating_gives_what_the_plain_reading_gives() {
    for_all(40, agree);
}

/// Holds everything against the plain reading.
pub(super) fn agree(compiled: &Compiled<'_>) -> Result<(), String> {
    let mut dice = Dice::new(compiled.case.to_string().len() as u64);
    let leads = leads(compiled, &mut dice)?;
    let again = laid_out(compiled)?;
    let of_again = again.lead_from(&compiled.case.lead).map_err(|error| error.to_string())?;
    let mut evaluators: Vec<_> = leads.iter().map(|_| compiled.rules.evaluator()).collect();
    let reader = Reader::new(compiled.model(), &compiled.facts);
    let mut now = compiled.case.now;
    for _ in 0..INSTANTS {
        let plain = reader.outcome(now);
        let same = |what: &str, found: &Outcome| {
            compiled.equal(&format!("at {now}, plain reading, then {what}:"), &plain, found)
        };
        same("plan", &compiled.core(&compiled.facts, now))?;
        for ((what, lead), evaluator) in leads.iter().zip(&mut evaluators) {
            same(what, evaluator.evaluate(lead, now.into()).outcome())?;
        }
        same("laid out and compiled again", again.evaluate(&of_again, now.into()).outcome())?;
        explained(compiled, &leads[0].1, now)?;
        without_look_ahead(compiled, &leads[0].1, now, &plain)?;
        let Some(until) = plain.valid_until else { break };
        let before = until.minus(Period::from_micros(1));
        compiled.equal(
            "now, then just before valid_until:",
            &plain,
            &compiled.core(&compiled.facts, before),
        )?;
        now = until;
    }
    columns::batches_agree(compiled)?;
    state::states_agree(compiled, &mut dice)
}

/// The lead of the case in every way that it can come in.
fn leads(compiled: &Compiled<'_>, dice: &mut Dice) -> Result<Vec<(&'static str, Lead)>, String> {
    let (rules, given) = (&compiled.rules, &compiled.case.lead);
    let line = given.line();
    let mut file = rules
        .read_leads(line.as_bytes(), &ReadOptions::new("leads.jsonl"))
        .map_err(|error| error.to_string())?;
    let read = file.next().ok_or("no lead in its line")?.map_err(|error| format!("{error}\n{line}"))?;
    Ok(vec![
        ("as it was read", Lead::new(&rules.compiled, compiled.facts.clone())),
        ("event by event", built(rules, given, dice).map_err(|error| error.to_string())?),
        ("from its line", read),
        ("through serde", rules.lead_from(given).map_err(|error| error.to_string())?),
    ])
}

/// The lead built step by step, its events in another order.
fn built(rules: &RuleSet, given: &GivenLead, dice: &mut Dice) -> Result<Lead, crate::LeadError> {
    let vocabulary = &rules.compiled.model.vocabulary;
    let mut builder: LeadBuilder<'_> = rules.lead().id("L-1");
    for (name, value) in &given.attributes {
        if vocabulary.attribute_id(name).is_some() {
            builder = builder.set(name, state::input(value))?;
        }
    }
    for event in in_another_order(given, dice) {
        let event = &given.events[event];
        if vocabulary.kind_id(&event.kind).is_some() {
            builder = builder.add_event(state::new_event(event, vocabulary))?;
        }
    }
    Ok(builder.stage(given.stage, given.stage_since.map(Into::into))?.build())
}

/// The places of all events, shuffled; only those that share an id keep their order, as the first read may count.
fn in_another_order(given: &GivenLead, dice: &mut Dice) -> Vec<usize> {
    let mut order: Vec<usize> = (0..given.events.len()).collect();
    dice.shuffle(&mut order);
    let id = |event: usize| given.events[event].id.as_deref().filter(|id| !id.is_empty());
    for place in 0..order.len() {
        for later in place + 1..order.len() {
            if id(order[place]).is_some()
                && id(order[place]) == id(order[later])
                && order[later] < order[place]
            {
                order.swap(place, later);
            }
        }
    }
    order
}

/// The same rule set from its canonical layout.
fn laid_out(compiled: &Compiled<'_>) -> Result<RuleSet, String> {
    let text = crate::format("rules.lql", &rules::render(&compiled.case.pieces));
    let text = text.map_err(|error| error.to_string())?;
    let again = RuleSet::compile(&text).map_err(|found| format!("laid out:\n{text}\n{found}"))?;
    if again.fingerprint() != compiled.rules.fingerprint() {
        return Err(format!("laid out it means something else:\n{text}"));
    }
    Ok(again)
}

fn explained(compiled: &Compiled<'_>, lead: &Lead, now: Instant) -> Result<(), String> {
    let evaluation = compiled.rules.evaluate(lead, now.into());
    let explanation = compiled.rules.explain(lead, now.into());
    let differs = |what: &str| Err(format!("at {now}, {what} is explained otherwise:\n{explanation}"));
    for ledger in &explanation.scores {
        let band = ledger.band.as_ref().map(|band| band.band.as_str());
        if evaluation.score(&ledger.score) != Some(ledger.points) || evaluation.band(&ledger.score) != band {
            return differs(&ledger.score);
        }
    }
    let segments = explanation.segments.iter().filter(|segment| segment.holds);
    if !evaluation.segments().eq(segments.map(|segment| segment.segment.as_str())) {
        return differs("a segment");
    }
    if (explanation.stage.to, explanation.valid_until) != (evaluation.stage(), evaluation.valid_until()) {
        return differs("the stage, or how long it holds,");
    }
    Ok(())
}

fn without_look_ahead(
    compiled: &Compiled<'_>,
    lead: &Lead,
    now: Instant,
    plain: &Outcome,
) -> Result<(), String> {
    let mut evaluator = compiled.rules.evaluator().without_valid_until();
    let evaluation: &Evaluation = evaluator.evaluate(lead, now.into());
    let plain = Outcome { valid_until: None, ..plain.clone() };
    compiled.equal("plain reading, then plan without a look ahead:", &plain, evaluation.outcome())
}
