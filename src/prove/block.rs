//! A lead as a `test` block that can be pasted into the rule set and passes: what is known of it, and what comes
//! of it.

use super::{Prover, Witness};
use crate::decimal::Points;
use crate::lead::{Event, Stage, Value};
use crate::model::{Gate, ScoreIndex};
use crate::score::Outcome;
use crate::syntax::format::{bare_or_quoted, quoted};
use crate::time::{Instant, Period};
use crate::vocabulary::Type;

/// What a block says comes of its lead.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Expect {
    Score(ScoreIndex),
    Band(ScoreIndex),
    Gate(Gate),
    Stage,
}

/// The block of a lead. What it expects is taken from how the lead reads.
pub(crate) fn block(prover: &Prover<'_>, name: &str, witness: &Witness, expect: &[Expect]) -> String {
    let model = prover.model;
    let (facts, at) = (&witness.facts, witness.at);
    let outcome = prover.read(facts, at).outcome;
    let mut lines = Vec::new();
    for (attribute, value) in model.vocabulary.attributes.iter().zip(&facts.attributes) {
        lines.extend(
            value.as_ref().map(|value| format!("{} = {}", attribute.name, shown(value, &attribute.of))),
        );
    }
    // Events that differ in nothing but their time stand on one line.
    let mut events: Vec<(String, Vec<String>)> = Vec::new();
    for event in facts.events.iter().rev() {
        let what = event_words(prover, event);
        let when = age(event.at, at);
        match events.iter_mut().find(|(known, whens)| *known == what && same_form(whens, &when)) {
            Some((_, whens)) => whens.push(when),
            None => events.push((what, vec![when])),
        }
    }
    lines.extend(events.into_iter().map(|(what, whens)| format!("{what} {}", whens.join(", "))));
    if facts.stage != Stage::Lead || facts.stage_since.is_some() {
        let since = facts.stage_since.map(|since| match age(since, at) {
            age if age.starts_with("at ") => format!(" since {}", instant(since)),
            age => format!(" since {age}"),
        });
        lines.push(format!("stage = {}{}", facts.stage, since.unwrap_or_default()));
    }
    lines.extend(expect.iter().filter_map(|expect| expectation(prover, *expect, &outcome)));
    let lines: String = lines.into_iter().map(|line| format!("  {line}\n")).collect();
    format!("test {} at {} {{\n{lines}}}", quoted(name), instant(at))
}

fn expectation(prover: &Prover<'_>, expect: Expect, outcome: &Outcome) -> Option<String> {
    let model = prover.model;
    let not = |holds: bool| if holds { "" } else { "not " };
    Some(match expect {
        Expect::Score(score) => {
            let points = *outcome.scores.get(score.index())?;
            // A rule set writes no more than a million points.
            let most = Points::from_thousandths(1_000_000_000);
            let (comparison, points) = match points.thousandths() {
                beyond if beyond > most.thousandths() => (">=", most),
                beyond if beyond < -most.thousandths() => {
                    ("<=", Points::from_thousandths(-most.thousandths()))
                }
                _ => ("=", points),
            };
            format!("expect {} {comparison} {points}", model.scores.get(score.index())?.name)
        }
        Expect::Band(score) => {
            let known = model.scores.get(score.index())?;
            let band = outcome.bands.get(score.index()).copied().flatten()?;
            format!("expect {} is {}", known.name, known.bands.get(band.index())?.name)
        }
        Expect::Gate(gate) => {
            let gates = &outcome.gates;
            let holds = match gate {
                Gate::Mql => gates.mql,
                Gate::Revert => gates.revert,
                Gate::Sql => gates.sql,
                Gate::Recycle => gates.recycle,
                Gate::Disqualify => gates.disqualify.is_some(),
            };
            format!("expect {}{}", not(holds), gate.name())
        }
        Expect::Stage => format!("expect stage {}", outcome.stage),
    })
}

/// `visited(pricing)`, `watched(demo, seconds = 30)`
fn event_words(prover: &Prover<'_>, event: &Event) -> String {
    let Some(kind) = prover.model.vocabulary.kind(event.kind) else { return String::new() };
    let properties = event.properties.iter().filter_map(|(id, value)| {
        let property = kind.property(*id)?;
        Some(format!(", {} = {}", property.name, shown(value, &property.of)))
    });
    let subject = bare_or_quoted(event.subject.as_str());
    format!("{}({subject}{})", kind.name, properties.collect::<String>())
}

fn shown(value: &Value, of: &Type) -> String {
    match value {
        Value::Text(text) => quoted(text.as_str()),
        Value::Number(number) => number.to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::Symbol(symbol) => of.symbol_name(*symbol).to_owned(),
        Value::Date(date) => instant(*date),
        Value::Set(items) => {
            let items: Vec<String> = items.iter().map(|item| quoted(item.as_str())).collect();
            format!("[{}]", items.join(", "))
        }
    }
}

/// How long ago, where that can be written as an age; otherwise when.
fn age(then: Instant, now: Instant) -> String {
    let micros = now.micros() - then.micros();
    let period = Period::from_micros(micros);
    if micros > 0 && micros % 1_000_000 == 0 && period <= Period::MAX {
        format!("{period} ago")
    } else {
        format!("at {}", instant(then))
    }
}

/// Ages and instants do not stand in one list.
fn same_form(whens: &[String], when: &str) -> bool {
    whens.first().is_none_or(|first| first.starts_with("at ") == when.starts_with("at "))
}

/// An instant, a date where it is midnight.
fn instant(at: Instant) -> String {
    let text = at.to_string();
    text.strip_suffix("T00:00:00Z").map(str::to_owned).unwrap_or(text)
}
