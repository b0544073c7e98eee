//! A row that is filled and evaluated gives what the plain reading of the same lead gives.

use std::iter;

use super::compare::{Compiled, for_one_in};
use super::dice::Dice;
use super::leads::{Given, GivenEvent, GivenLead};
use super::state;
use crate::decimal::MILLIONTHS;
use crate::explain::Reader;
use crate::lead::Input;
use crate::score::Outcome;
use crate::time::Instant;
use crate::{Evaluator, KnownEvent, LeadRow, PropertyHandle, RuleSet};

/// Fills a row by the handles of its rule set; what the vocabulary lacks is left out.
fn fill(rules: &RuleSet, lead: &GivenLead, row: &mut LeadRow, dice: &mut Dice) -> Result<(), String> {
    row.clear();
    let told = |error: crate::LeadError| error.to_string();
    for (name, given) in &lead.attributes {
        let Ok(attribute) = rules.attribute(name) else { continue };
        if dice.chance(20) {
            // Set to something else first, or to nothing.
            let other = if dice.chance(50) { Input::Missing } else { input(given) };
            row.set(attribute, other).map_err(told)?;
        }
        row.set(attribute, input(given)).map_err(told)?;
    }
    for GivenEvent { kind, subject, at, id, properties } in &lead.events {
        let Ok(kind) = rules.event(kind) else { continue };
        let mut known: Vec<(PropertyHandle, Input<'_>)> = Vec::new();
        for (name, given) in properties {
            known.extend(rules.property(kind, name).ok().map(|property| (property, input(given))));
        }
        let id = id.as_deref().unwrap_or("");
        let event = KnownEvent { id, properties: &known, ..KnownEvent::new(kind, subject, (*at).into()) };
        row.add_event(&event).map_err(told)?;
    }
    row.set_stage(lead.stage, lead.stage_since.map(Into::into)).map_err(told)
}

/// A value as a host gives it: whole numbers as integers.
fn input(given: &Given) -> Input<'_> {
    match given {
        Given::Number(number) if number.millionths() % MILLIONTHS == 0 => {
            Input::from(number.millionths() / MILLIONTHS)
        }
        given => state::input(given),
    }
}

#[test]
fn a_row_gives_what_the_plain_reading_gives() {
    for_one_in(2, 41, |compiled| {
        let mut dice = Dice::new(compiled.case.lead.events.len() as u64);
        let rules = &compiled.rules;
        let (mut row, mut evaluator) = (rules.row(), rules.evaluator());
        let mut other = compiled.case.lead.clone();
        dice.shuffle(&mut other.events);
        let (read, of_other) = (plainly(compiled, &compiled.case.lead), plainly(compiled, &other));
        // The same row again and again, with other leads in between.
        for (lead, read) in [(&compiled.case.lead, &read), (&other, &of_other), (&compiled.case.lead, &read)]
        {
            fill(rules, lead, &mut row, &mut dice)?;
            for (now, plain) in read {
                let found = outcome(&mut evaluator, &mut row, (*now).into())?;
                compiled.equal("plain reading, then row:", plain, &found)?;
            }
        }
        Ok(())
    });
}

/// What the plain reading gives at the instant of the case, and at those at which something turns next.
fn plainly(compiled: &Compiled<'_>, lead: &GivenLead) -> Vec<(Instant, Outcome)> {
    let facts = lead.facts(&compiled.model().vocabulary);
    let reader = Reader::new(compiled.model(), &facts);
    let first = (compiled.case.now, reader.outcome(compiled.case.now));
    let next = |(_, outcome): &(Instant, Outcome)| outcome.valid_until.map(|at| (at, reader.outcome(at)));
    iter::successors(Some(first), next).take(3).collect()
}

fn outcome(
    evaluator: &mut Evaluator,
    row: &mut LeadRow,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Outcome, String> {
    let evaluation = evaluator.evaluate_row(row, now).map_err(|error| error.to_string())?;
    Ok(evaluation.outcome().clone())
}
