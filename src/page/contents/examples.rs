//! The tests of the rule set as examples: given a lead, then what comes out, and whether it does.

use super::super::document::{Block, Item, Phrase, Section};
use super::super::stage_drawing::title;
use super::super::words::{Words, length, quoted, subject};
use crate::explain::compared;
use crate::explain::{date_and_time, noun};
use crate::lead::{Stage, Value};
use crate::model::{ExpectationKind, Gate, Model, TestCase, TestEvent};
use crate::rule_set::RuleSet;
use crate::testing::TestResult;
use crate::time::{Instant, Period};
use crate::vocabulary::Type;

pub(super) fn section(rules: &RuleSet, words: &Words<'_>) -> Option<Section> {
    let model = words.model;
    if model.tests.is_empty() {
        return None;
    }
    let results = rules.run_tests();
    let failed = results.iter().filter(|result| !result.passed).count();
    let says = match failed {
        0 => "Each of these was tried when this page was made, and came out as it says.".to_owned(),
        failed => format!(
            "These were tried when this page was made: {failed} of {} did not come out as they say.",
            results.len()
        ),
    };
    let mut blocks = vec![Block::Text(Phrase::text(says))];
    for (test, result) in model.tests.iter().zip(&results) {
        blocks.push(Block::Subtitle(Phrase::text(&test.name), None));
        blocks.push(Block::List(example(words, test, result)));
    }
    Some(Section { anchor: "examples", title: "Examples", blocks })
}

fn example(words: &Words<'_>, test: &TestCase, result: &TestResult) -> Vec<Item> {
    let given = given(words.model, test);
    let given = if given.is_empty() { vec![Item::new(Phrase::text("nothing is known"))] } else { given };
    let then = test.expectations.iter().map(|expected| Item::new(expectation(words, &expected.kind)));
    let on = format!("Given, on {}:", date_and_time(test.at));
    let mut items = vec![
        Item { number: None, says: Phrase::text(on), items: given },
        Item { number: None, says: Phrase::text("Then:"), items: then.collect() },
    ];
    if !result.passed {
        let failures = result.failures.iter().map(|failure| {
            Item::new(Phrase::text(format!("expected {}, but {}", failure.expected, failure.actual)))
        });
        let says = Phrase::default().and_strong("This does not come out:");
        items.push(Item { number: None, says, items: failures.collect() });
    }
    items
}

fn given(model: &Model, test: &TestCase) -> Vec<Item> {
    let mut items = Vec::new();
    for (attribute, value) in &test.attributes {
        let Some(attribute) = model.vocabulary.attribute(*attribute) else { continue };
        let says = Phrase::name(&attribute.name).and(" is ").then(shown(value, &attribute.of));
        items.push(Item::new(says));
    }
    let alike = |one: &TestEvent, other: &TestEvent| {
        (one.kind, &one.subject, &one.properties) == (other.kind, &other.subject, &other.properties)
    };
    for events in test.events.chunk_by(alike) {
        items.extend(happened(model, events, test.at).map(Item::new));
    }
    if test.stage != Stage::Lead || test.stage_since.is_some() {
        let since = test.stage_since.map_or(String::new(), |since| format!(" since {}", ago(since, test.at)));
        items.push(Item::new(Phrase::text(format!("stage {}{since}", title(test.stage)))));
    }
    items
}

/// `2 visits to pricing: 2 days ago and 5 days ago`
fn happened(model: &Model, events: &[TestEvent], now: Instant) -> Option<Phrase> {
    let first = events.first()?;
    let kind = model.vocabulary.kind(first.kind)?;
    let (words, link) = noun(&kind.name, events.len());
    let mut phrase = Phrase::text(format!("{} {words}", events.len()));
    if !first.subject.is_empty() {
        phrase = phrase.and(format!(" {link} {}", subject(&first.subject)));
    }
    for (index, (property, value)) in first.properties.iter().enumerate() {
        let Some(property) = kind.property(*property) else { continue };
        phrase = phrase.and(if index == 0 { " with " } else { " and " });
        phrase = phrase.and_name(&property.name, None).and(" ").then(shown(value, &property.of));
    }
    let when = events.iter().map(|event| Phrase::text(ago(event.at, now))).collect();
    Some(phrase.and(": ").then(Phrase::joined(when, ", ", " and ")))
}

/// How long ago, exactly; an instant where that is no whole number of seconds, or not in the past.
fn ago(at: Instant, now: Instant) -> String {
    let micros = now.micros() - at.micros();
    if micros > 0 && micros <= Period::MAX.micros() && micros % Period::from_seconds(1).micros() == 0 {
        format!("{} ago", length(Period::from_micros(micros)))
    } else {
        date_and_time(at)
    }
}

fn shown(value: &Value, of: &Type) -> Phrase {
    match value {
        Value::Text(text) => Phrase::text(quoted(text.as_str())),
        Value::Number(number) => Phrase::text(number.to_string()),
        Value::Flag(flag) => Phrase::text(flag.to_string()),
        Value::Date(date) => Phrase::text(date_and_time(*date)),
        Value::Symbol(symbol) => Phrase::name(of.symbol_name(*symbol)),
        Value::Set(items) => {
            let items = items.iter().map(|item| Phrase::text(quoted(item.as_str()))).collect();
            Phrase::joined(items, ", ", " and ")
        }
    }
}

fn expectation(words: &Words<'_>, kind: &ExpectationKind) -> Phrase {
    let band = |score: crate::model::ScoreIndex, band: crate::model::BandIndex| {
        let bands = words.model.scores.get(score.index()).map_or(&[][..], |score| &score.bands);
        bands.get(band.index()).map_or("", |band| band.name.as_str()).to_owned()
    };
    match kind {
        ExpectationKind::Score { score, comparison: crate::model::Comparison::Equal, points } => {
            words.score_name(*score).and(format!(" is {points}"))
        }
        ExpectationKind::Score { score, comparison, points } => {
            words.score_name(*score).and(format!(" is {}", compared(*comparison, &points.to_string())))
        }
        ExpectationKind::ScoreBetween { score, low, high } => {
            words.score_name(*score).and(format!(" is {low} to {high}"))
        }
        ExpectationKind::Band { score, band: wanted } => {
            words.score_name(*score).and(" is ").and_name(&band(*score, *wanted), None)
        }
        ExpectationKind::BandAtLeast { score, band: wanted } => {
            words.score_name(*score).and(" is at least ").and_name(&band(*score, *wanted), None)
        }
        ExpectationKind::Segment { segment, expected } => {
            Phrase::text(if *expected { "in segment " } else { "not in segment " })
                .then(words.segment_name(*segment))
        }
        ExpectationKind::Stage(stage) => Phrase::text(format!("the stage is {}", title(*stage))),
        ExpectationKind::Gate { gate, expected } => {
            let gate = match gate {
                Gate::Mql => "the criteria for an MQL",
                Gate::Revert => "the criteria for going back from MQL",
                Gate::Sql => "the criteria for an SQL",
                Gate::Recycle => "the criteria for recycling",
                Gate::Disqualify => "a criterion for disqualifying",
            };
            match (gate.starts_with('a'), *expected) {
                (false, true) => Phrase::text(format!("{gate} hold")),
                (false, false) => Phrase::text(format!("{gate} do not hold")),
                (true, true) => Phrase::text(format!("{gate} holds")),
                (true, false) => Phrase::text("no criterion for disqualifying holds"),
            }
        }
        ExpectationKind::ValidUntil(Some(until)) => {
            Phrase::text(format!("all of this stays so until {}", date_and_time(*until)))
        }
        ExpectationKind::ValidUntil(None) => {
            Phrase::text("all of this stays so until something new is known")
        }
    }
}
