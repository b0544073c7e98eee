//! The `test` blocks of a rule set: each is made a lead, evaluated by whatever evaluator is handed in, and
//! its expectations are held against the outcome. What comes out is what `leadql test` prints.

mod coverage;

pub(crate) use coverage::coverage;
pub use coverage::{PartSort, TestCoverage, TestedPart};

use crate::diagnostic::SourceLines;
use crate::lead::{Event, Facts, Stage, Text};
use crate::model::{BandIndex, Expectation, ExpectationKind, Gate, Model, ScoreIndex, TestCase};
use crate::score::Outcome;
use crate::time::Instant;

/// How one `test` block went.
///
/// Serializes to what `leadql test --format json` prints of it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct TestResult {
    /// The file that the block stands in.
    pub file: String,
    /// Its line, from 1.
    #[serde(skip)]
    pub line: usize,
    /// Its name.
    pub name: String,
    /// Whether every expectation was met.
    pub passed: bool,
    /// Those that were not.
    pub failures: Vec<TestFailure>,
}

/// An expectation that was not met.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct TestFailure {
    /// What the block expects: `engagement = 25`.
    pub expected: String,
    /// What came out: `engagement is 20`.
    pub actual: String,
    /// The line of the expectation, from 1.
    pub line: usize,
    /// What the expectation is about: what to look at in an explanation of the test's lead.
    #[serde(skip)]
    pub about: ExpectationSubject,
}

/// What an expectation of a `test` block is about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExpectationSubject {
    /// The score of this name, or its band.
    Score(String),
    /// The segment of this name.
    Segment(String),
    /// One of the gates `mql`, `revert`, `sql`, `recycle`, `disqualify`.
    Gate(&'static str),
    /// The stage, and which one is expected.
    Stage(Stage),
    /// The instant of the next change.
    ValidUntil,
}

/// Runs every `test` block of `model`, in order, through `evaluate`.
pub(crate) fn run(model: &Model, evaluate: impl Fn(&Facts, Instant) -> Outcome) -> Vec<TestResult> {
    let lines = SourceLines::of(&model.sources);
    let run_one = |test: &TestCase| {
        let outcome = evaluate(&facts(model, test), test.at);
        let failed = |expectation: &Expectation| {
            let (expected, actual) = check(model, expectation, &outcome)?;
            let line = lines.line(expectation.place);
            Some(TestFailure { expected, actual, line, about: subject(model, &expectation.kind) })
        };
        let failures: Vec<TestFailure> = test.expectations.iter().filter_map(failed).collect();
        let source = model.sources.get(test.place.file.0 as usize);
        TestResult {
            file: source.map(|source| source.name.clone()).unwrap_or_default(),
            line: lines.line(test.place),
            name: test.name.clone(),
            passed: failures.is_empty(),
            failures,
        }
    };
    model.tests.iter().map(run_one).collect()
}

/// The lead that a `test` block describes.
pub(crate) fn facts(model: &Model, test: &TestCase) -> Facts {
    let mut attributes = vec![None; model.vocabulary.attributes.len()];
    for (attribute, value) in &test.attributes {
        if let Some(slot) = attributes.get_mut(attribute.0 as usize) {
            *slot = Some(value.clone());
        }
    }
    let event = |event: &crate::model::TestEvent| {
        let mut properties = event.properties.clone();
        properties.sort_by_key(|(property, _)| *property);
        Event { kind: event.kind, subject: Text::new(&event.subject), at: event.at, properties, id: None }
    };
    let mut events: Vec<Event> = test.events.iter().map(event).collect();
    events.sort_by_key(|event| event.at);
    Facts { id: test.name.clone(), attributes, events, stage: test.stage, stage_since: test.stage_since }
}

/// What was expected and what came out, none where they agree.
fn check(model: &Model, expectation: &Expectation, outcome: &Outcome) -> Option<(String, String)> {
    let name = |score: ScoreIndex| model.scores.get(score.index()).map_or("", |score| score.name.as_str());
    let band_name = |score: ScoreIndex, band: BandIndex| {
        let bands = model.scores.get(score.index()).map_or(&[][..], |score| &score.bands);
        bands.get(band.index()).map_or("", |band| band.name.as_str())
    };
    let points = |score: ScoreIndex| outcome.scores.get(score.index()).copied().unwrap_or_default();
    let band = |score: ScoreIndex| outcome.bands.get(score.index()).copied().flatten();
    let score_is = |score: ScoreIndex| format!("{} is {}", name(score), points(score));
    let band_is = |score: ScoreIndex| {
        let found = band(score).map_or("in no band", |found| band_name(score, found));
        format!("{} is {found} ({} points)", name(score), points(score))
    };
    let (met, expected, actual) = match &expectation.kind {
        ExpectationKind::Score { score, comparison, points: bound } => (
            comparison.holds(points(*score), *bound),
            format!("{} {} {bound}", name(*score), comparison.sign()),
            score_is(*score),
        ),
        ExpectationKind::ScoreBetween { score, low, high } => (
            (*low..=*high).contains(&points(*score)),
            format!("{} between {low} and {high}", name(*score)),
            score_is(*score),
        ),
        ExpectationKind::Band { score, band: wanted } => (
            band(*score) == Some(*wanted),
            format!("{} is {}", name(*score), band_name(*score, *wanted)),
            band_is(*score),
        ),
        ExpectationKind::BandAtLeast { score, band: wanted } => (
            // Bands stand highest first.
            band(*score).is_some_and(|found| found <= *wanted),
            format!("{} is at least {}", name(*score), band_name(*score, *wanted)),
            band_is(*score),
        ),
        ExpectationKind::Segment { segment, expected } => {
            let name = model.segments.get(segment.index()).map_or("", |segment| segment.name.as_str());
            let holds = outcome.segments.get(segment.index()).copied().unwrap_or(false);
            (
                holds == *expected,
                negated(&format!("segment {name}"), *expected),
                told(&format!("segment {name}"), holds),
            )
        }
        ExpectationKind::Stage(stage) => {
            (outcome.stage == *stage, format!("stage {stage}"), format!("stage is {}", outcome.stage))
        }
        ExpectationKind::Gate { gate, expected } => {
            let holds = gate_holds(*gate, outcome);
            (holds == *expected, negated(gate.name(), *expected), told(gate.name(), holds))
        }
        ExpectationKind::ValidUntil(instant) => {
            let say = |instant: Option<Instant>| match instant {
                Some(instant) => format!("valid until {instant}"),
                None => "valid until never".to_owned(),
            };
            (outcome.valid_until == *instant, say(*instant), say(outcome.valid_until))
        }
    };
    (!met).then_some((expected, actual))
}

fn subject(model: &Model, expectation: &ExpectationKind) -> ExpectationSubject {
    match expectation {
        ExpectationKind::Score { score, .. }
        | ExpectationKind::ScoreBetween { score, .. }
        | ExpectationKind::Band { score, .. }
        | ExpectationKind::BandAtLeast { score, .. } => {
            let score = model.scores.get(score.index());
            ExpectationSubject::Score(score.map(|score| score.name.clone()).unwrap_or_default())
        }
        ExpectationKind::Segment { segment, .. } => {
            let segment = model.segments.get(segment.index());
            ExpectationSubject::Segment(segment.map(|segment| segment.name.clone()).unwrap_or_default())
        }
        ExpectationKind::Stage(stage) => ExpectationSubject::Stage(*stage),
        ExpectationKind::Gate { gate, .. } => ExpectationSubject::Gate(gate.name()),
        ExpectationKind::ValidUntil(_) => ExpectationSubject::ValidUntil,
    }
}

pub(crate) fn gate_holds(gate: Gate, outcome: &Outcome) -> bool {
    match gate {
        Gate::Mql => outcome.gates.mql,
        Gate::Revert => outcome.gates.revert,
        Gate::Sql => outcome.gates.sql,
        Gate::Recycle => outcome.gates.recycle,
        Gate::Disqualify => outcome.gates.disqualify.is_some(),
    }
}

/// As an expectation writes it: `mql`, `not mql`.
fn negated(what: &str, expected: bool) -> String {
    if expected { what.to_owned() } else { format!("not {what}") }
}

fn told(what: &str, holds: bool) -> String {
    format!("{what} {}", if holds { "holds" } else { "does not hold" })
}

#[cfg(test)]
mod tests;
