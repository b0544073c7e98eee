//! Timelines of small rule sets and leads, worked out by hand.

use chrono::{DateTime, Utc};

use super::{Change, Difference};
use crate::{Lead, RuleSet, Stage};

fn time(text: &str) -> DateTime<Utc> {
    crate::time::Instant::parse(text).unwrap().into()
}

fn compiled(text: &str) -> RuleSet {
    RuleSet::compile(text).unwrap_or_else(|found| panic!("{found}"))
}

fn lead(rules: &RuleSet, visits: &[&str]) -> Lead {
    visits
        .iter()
        .fold(rules.lead().id("L-1"), |lead, at| lead.event("visited", "x", time(at)).unwrap())
        .build()
}

/// A change as a person would note it down.
fn noted(change: Change<'_>) -> String {
    let at = change.at.format("%m-%d");
    match change.what {
        Difference::Score { name, from, to } => format!("{at} {name} {from} {to}"),
        Difference::Band { score, from, to } => format!("{at} {score} {from} {to}"),
        Difference::Segment { name, from, to } => format!("{at} {name} {from} {to}"),
        Difference::Stage { from, to } => format!("{at} {from} {to}"),
    }
}

fn between(rules: &RuleSet, lead: &Lead, start: &str, end: &str) -> Vec<String> {
    rules.timeline(lead, time(start)..=time(end)).unwrap().map(noted).collect()
}

const STAGES: &str = "
score s { each visited(*) within 10d => +10 }
band s { hot >= 20, cold }
segment busy when s >= 20
stage mql when s >= 20 until s < 10 again after 5d
recycle when inactive for 20d";

const VISITS: [&str; 4] = ["2026-01-01", "2026-01-03", "2026-01-25", "2026-01-25"];

#[test]
fn the_stage_goes_along() {
    let rules = compiled(STAGES);
    let changes = between(&rules, &lead(&rules, &VISITS), "2025-12-31", "2026-02-14");
    assert_eq!(
        changes,
        [
            "01-01 s 0 10",
            "01-03 s 10 20",
            "01-03 s cold hot",
            "01-03 busy false true",
            "01-03 lead mql",
            "01-11 s 20 10",
            "01-11 s hot cold",
            "01-11 busy true false",
            // 10 points are too few to become an MQL and enough to stay one.
            "01-13 s 10 0",
            "01-13 mql lead",
            "01-23 lead recycled",
            "01-25 s 0 20",
            "01-25 s cold hot",
            "01-25 busy false true",
            // Five days after the step, not after what the record says.
            "01-28 recycled mql",
            "02-04 s 20 0",
            "02-04 s hot cold",
            "02-04 busy true false",
            "02-04 mql lead",
            "02-14 lead recycled",
        ]
    );
}

#[test]
fn it_starts_after_the_first_instant_and_ends_with_the_last() {
    let rules = compiled(STAGES);
    let lead = lead(&rules, &VISITS);
    let from = |start, end| between(&rules, &lead, start, end);
    // The step at the first instant is part of the state that it starts from.
    assert_eq!(from("2026-01-03", "2026-01-11").len(), 3);
    assert_eq!(from("2026-01-03", "2026-01-10T23:59:59.999999Z"), [""; 0]);
    assert_eq!(from("2026-01-03", "2026-01-03"), [""; 0]);
    assert_eq!(from("2026-01-02T23:59:59.999999Z", "2026-01-03").len(), 4);
    // On its first day with 10 points the lead is no MQL, unless it was one before.
    assert_eq!(from("2026-01-11", "2026-01-13"), ["01-13 s 10 0"]);
    assert_eq!(from("2026-01-10", "2026-01-13").last().map(String::as_str), Some("01-13 mql lead"));
    assert_eq!(from("2026-02-14", "9999-12-31"), [""; 0]);
}

#[test]
fn the_record_is_where_the_stage_starts_from() {
    let rules = compiled(STAGES);
    let mut lead = lead(&rules, &VISITS[2..]);
    lead.set_stage(Stage::Recycled, time("2026-01-24")).unwrap();
    let changes = between(&rules, &lead, "2026-01-25", "2026-02-01");
    assert_eq!(changes, ["01-29 recycled mql"]);
    lead.set_stage(Stage::Recycled, None).unwrap();
    assert_eq!(between(&rules, &lead, "2026-01-25", "2026-02-01"), [""; 0]);
    lead.set_stage(Stage::Customer, None).unwrap();
    assert_eq!(between(&rules, &lead, "2026-01-25", "2026-02-04").len(), 3);
}

#[test]
fn the_example_lead_over_a_quarter() {
    let rules = compiled(include_str!("../../examples/saas/rules.lql"));
    let lead = rules
        .lead()
        .set("title", "Chief Marketing Officer")
        .and_then(|lead| lead.set("company_size", 120))
        .and_then(|lead| lead.event("downloaded", "ebook", time("2026-10-22")))
        .and_then(|lead| lead.event("visited", "pricing", time("2026-10-27")))
        .and_then(|lead| lead.event("visited", "pricing", time("2026-10-30")))
        .unwrap()
        .build();
    assert_eq!(
        between(&rules, &lead, "2026-10-01", "2026-12-31"),
        [
            "10-22 engagement 0 5",
            "10-22 total 20 23",
            "10-27 engagement 5 10",
            "10-27 total 23 26",
            // The second visit within 30 days.
            "10-30 engagement 10 25",
            "10-30 total 26 35",
            // The e-book is 30 days old.
            "11-21 engagement 25 22.5",
            "11-21 total 35 33.5",
            // The first visit has left the window.
            "11-26 engagement 22.5 7.5",
            "11-26 total 33.5 24.5",
            "11-29 engagement 7.5 5",
            "11-29 total 24.5 23",
            "12-21 engagement 5 3.75",
            "12-21 total 23 22.25",
            "12-29 engagement 3.75 2.5",
            "12-29 total 22.25 21.5",
        ]
    );
}

#[test]
fn gates_alone_are_no_change() {
    let rules = compiled("stage sql when visited(*) within 3d");
    let lead = lead(&rules, &["2026-01-01"]);
    assert_eq!(between(&rules, &lead, "2025-12-31", "2026-12-31"), [""; 0]);
}

#[test]
fn a_lead_of_another_rule_set_keeps_its_id() {
    let (rules, other) = (compiled(STAGES), compiled("need => 1"));
    let lead = lead(&other, &VISITS);
    let mut timeline = rules.timeline(&lead, time("2025-12-31")..=time("2026-01-02")).unwrap();
    assert_eq!(timeline.next().map(|change| change.lead), Some("L-1"));
    assert_eq!((timeline.next(), timeline.next()), (None, None));
}

#[test]
fn one_that_ends_before_it_starts_is_refused() {
    let rules = compiled(STAGES);
    let lead = lead(&rules, &[]);
    let (start, end) = (time("2026-01-02"), time("2026-01-01T12:30:00Z"));
    let error = rules.timeline(&lead, start..=end).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the timeline ends at 2026-01-01T12:30:00Z, before it starts at 2026-01-02T00:00:00Z"
    );
}

#[test]
fn all_of_time_is_a_timeline_too() {
    let rules = compiled(STAGES);
    let lead = lead(&rules, &["0001-01-01", "9999-12-31"]);
    let changes: Vec<String> = rules
        .timeline(&lead, DateTime::<Utc>::MIN_UTC..=DateTime::<Utc>::MAX_UTC)
        .unwrap()
        .map(noted)
        .collect();
    assert_eq!(changes, ["01-11 s 10 0", "01-21 lead recycled", "12-31 s 0 10"]);
}

#[cfg(feature = "json")]
#[test]
fn changes_serialize_as_the_lines_of_the_program() {
    let rules = compiled(STAGES);
    let lead = lead(&rules, &["2026-01-01T09:30:00.5Z", "2026-01-01T09:30:00.5Z"]);
    let lines: Vec<String> = rules
        .timeline(&lead, time("2025-12-31")..=time("2026-01-02"))
        .unwrap()
        .map(|change| serde_json::to_string(&change).unwrap())
        .collect();
    assert_eq!(
        lines,
        [
            r#"{"id":"L-1","at":"2026-01-01T09:30:00.5Z","change":"score","name":"s","from":0,"to":20}"#,
            r#"{"id":"L-1","at":"2026-01-01T09:30:00.5Z","change":"band","name":"s","from":"cold","to":"hot"}"#,
            r#"{"id":"L-1","at":"2026-01-01T09:30:00.5Z","change":"segment","name":"busy","from":false,"to":true}"#,
            r#"{"id":"L-1","at":"2026-01-01T09:30:00.5Z","change":"stage","name":"stage","from":"lead","to":"mql"}"#,
        ]
    );
}
