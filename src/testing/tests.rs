use std::sync::Arc;

use super::*;
use crate::decimal::Points;
use crate::diagnostic::{FileId, Place, Source};
use crate::lead::Stage;
use crate::model::{About, Band, Comparison, Gates, Score, ScoreKind, Segment};
use crate::syntax::ast::Span;
use crate::vocabulary::Vocabulary;

fn place(start: usize) -> Place {
    Place { file: FileId(0), span: Span { start, end: start } }
}

/// A model with one banded score, one segment, and one test that expects `kinds`, each on a line of its own.
fn model(kinds: Vec<ExpectationKind>) -> Model {
    let band = |name: &str, at_least| Band { name: name.to_owned(), at_least, place: place(0) };
    let bands = vec![band("hot", Some(Points::from_thousandths(40_000))), band("cold", None)];
    let bounds = (Points::ZERO, Points::from_thousandths(100_000));
    let kind = ScoreKind::Rules(Vec::new());
    let score = Score { name: "engagement".to_owned(), bounds, kind, bands, place: place(0) };
    let expectations = kinds
        .into_iter()
        .enumerate()
        .map(|(line, kind)| Expectation { kind, place: place(line + 1) })
        .collect();
    let at = Instant::parse("2026-01-01").unwrap();
    let test = TestCase {
        name: "a visitor".to_owned(),
        place: place(0),
        at,
        attributes: Vec::new(),
        events: Vec::new(),
        stage: Stage::Lead,
        stage_since: None,
        expectations,
    };
    Model {
        sources: Arc::new(vec![Source { name: "acme.lql".to_owned(), text: "\n".repeat(40).into() }]),
        about: About::default(),
        vocabulary: Vocabulary::default(),
        only_declared: false,
        created_at: None,
        conditions: Vec::new(),
        selectors: Vec::new(),
        terms: Vec::new(),
        scores: vec![score],
        score_order: vec![ScoreIndex(0)],
        band_order: vec![ScoreIndex(0)],
        rules: Vec::new(),
        segments: vec![Segment {
            name: "visitors".to_owned(),
            condition: crate::model::ConditionId(0),
            place: place(0),
        }],
        gates: Gates::default(),
        lets: Vec::new(),
        named: crate::model::Named::default(),
        tests: vec![test],
    }
}

fn outcome() -> Outcome {
    Outcome {
        scores: vec![Points::from_thousandths(20_000)],
        bands: vec![Some(BandIndex(1))],
        segments: vec![true],
        ..Outcome::default()
    }
}

fn all(met: bool) -> Vec<ExpectationKind> {
    let score = ScoreIndex(0);
    let segment = crate::model::SegmentIndex(0);
    let points = |points: i64| Points::from_thousandths(if met { points } else { points + 30_000 });
    let band = BandIndex(u32::from(met));
    vec![
        ExpectationKind::Score { score, comparison: Comparison::Equal, points: points(20_000) },
        ExpectationKind::ScoreBetween { score, low: points(20_000), high: points(25_000) },
        ExpectationKind::Band { score, band },
        ExpectationKind::BandAtLeast { score, band },
        ExpectationKind::Segment { segment, expected: met },
        ExpectationKind::Stage(if met { Stage::Lead } else { Stage::Mql }),
        ExpectationKind::Gate { gate: Gate::Disqualify, expected: !met },
        ExpectationKind::ValidUntil(if met { None } else { Instant::parse("2026-11-21").ok() }),
    ]
}

#[test]
fn expectations_that_are_met_pass() {
    let results = run(&model(all(true)), |_, _| outcome());
    assert_eq!(results.len(), 1);
    assert!(results[0].passed, "{results:?}");
    assert_eq!((results[0].file.as_str(), results[0].name.as_str()), ("acme.lql", "a visitor"));
}

#[test]
fn failures_say_what_was_expected_and_what_came_out() {
    let results = run(&model(all(false)), |_, _| outcome());
    assert!(!results[0].passed);
    let failures: Vec<String> = results[0]
        .failures
        .iter()
        .map(|failure| format!("{}: {}; {}", failure.line, failure.expected, failure.actual))
        .collect();
    assert_eq!(
        failures,
        [
            "2: engagement = 50; engagement is 20",
            "3: engagement between 50 and 55; engagement is 20",
            "4: engagement is hot; engagement is cold (20 points)",
            "5: engagement is at least hot; engagement is cold (20 points)",
            "6: not segment visitors; segment visitors holds",
            "7: stage mql; stage is lead",
            "8: disqualify; disqualify does not hold",
            "9: valid until 2026-11-21T00:00:00Z; valid until never",
        ]
    );
}

#[test]
fn the_lead_of_a_block_has_its_events_in_the_order_of_time() {
    let mut model = model(Vec::new());
    let at = |text: &str| Instant::parse(text).unwrap();
    let event = |subject: &str, time: &str| crate::model::TestEvent {
        kind: crate::vocabulary::EventKindId(0),
        subject: subject.to_owned(),
        properties: Vec::new(),
        at: at(time),
    };
    model.tests[0].events =
        vec![event("b", "2026-02-01"), event("a", "2026-01-01"), event("c", "2026-02-01")];
    let facts = facts(&model, &model.tests[0]);
    let subjects: Vec<&str> = facts.events.iter().map(|event| event.subject.as_str()).collect();
    assert_eq!(subjects, ["a", "b", "c"]);
    assert_eq!(facts.attributes.len(), 0);
}
