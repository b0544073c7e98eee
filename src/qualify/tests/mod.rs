//! The machine against the language reference: every stage with every command, evaluations, histories that were
//! tampered with, and lives made by chance.

mod chance;
mod commands;
mod observe;
mod records;
#[cfg(feature = "json")]
mod stored;
mod table;
mod typed;

use chrono::{DateTime, Utc};

use super::{Qualification, Record};
use crate::RuleSet;
use crate::lead::Stage;
use crate::rule_set::{Evaluation, Lead, LeadBuilder};

/// A rule set with everything that moves a lead.
const RULES: &str = r#"
    need => +40 "Has the problem"
    each visited(pricing) within 30d => +10 up to 2 times
    band score { hot >= 40, warm >= 10, cold }
    segment keen when score >= 10
    segment ready when budget
    stage mql when score is hot until score is cold again after 30d sla 48h
    stage sql when at least 2 of [budget, authority, timing]
    recycle when inactive for 90d "gone quiet"
    disqualify when email_domain = "competitor.example" "works for a competitor"
"#;

fn rules() -> RuleSet {
    RuleSet::compile(RULES).unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    crate::parse_instant(text).unwrap()
}

/// The day on which most tests play.
const TODAY: &str = "2026-11-02T09:00:00Z";

fn today() -> DateTime<Utc> {
    at(TODAY)
}

/// A qualification that has stood at a stage since yesterday, and its one record.
fn standing(rules: &RuleSet, stage: Stage) -> (Qualification, Record) {
    let yesterday = at("2026-11-01T09:00:00Z");
    rules.imported_qualification("L-1", stage, yesterday, yesterday, "migration").unwrap()
}

/// An MQL promoted today, with its deadline, and its records.
fn promoted(rules: &RuleSet) -> (Qualification, Vec<Record>) {
    let mut qualification = rules.qualification("L-1");
    let records = see(rules, &mut qualification, today(), |lead| lead.set("need", true).unwrap());
    assert_eq!(qualification.stage(), Stage::Mql);
    (qualification, records)
}

/// The lead of a qualification, where that stands, and what `rules` say of it.
fn evaluated(
    rules: &RuleSet,
    qualification: &Qualification,
    now: DateTime<Utc>,
    known: impl FnOnce(LeadBuilder<'_>) -> LeadBuilder<'_>,
) -> (Evaluation, Lead) {
    let mut lead = known(rules.lead().id("L-1").bant(qualification.bant())).build();
    qualification.place(&mut lead);
    (rules.evaluate(&lead, now), lead)
}

/// Observes the lead as it is known at an instant.
fn see(
    rules: &RuleSet,
    qualification: &mut Qualification,
    now: DateTime<Utc>,
    known: impl FnOnce(LeadBuilder<'_>) -> LeadBuilder<'_>,
) -> Vec<Record> {
    let (evaluation, lead) = evaluated(rules, qualification, now, known);
    qualification.observe(&evaluation, &lead).unwrap()
}
