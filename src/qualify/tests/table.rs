//! The table against the language reference, and the documentation against the table.

use std::collections::BTreeSet;

use crate::lead::Stage;
use crate::qualify::table::automatic_step;
use crate::qualify::{STEPS, Step, Trigger};

/// Section 6 of the language reference, sentence by sentence.
const REFERENCE: [(&str, bool, &[&str], &[&str]); 11] = [
    ("promote", true, &["lead", "recycled"], &["mql"]),
    ("revert", true, &["mql"], &["lead"]),
    ("recycle", true, &["lead", "mql"], &["recycled"]),
    ("disqualify", true, &["lead", "mql", "sal", "sql", "recycled"], &["disqualified"]),
    ("accept", false, &["mql"], &["sal"]),
    ("reject", false, &["mql"], &["recycled", "disqualified"]),
    ("qualify", false, &["sal"], &["sql"]),
    ("send_back", false, &["sal", "sql"], &["recycled"]),
    ("win", false, &["sql"], &["customer"]),
    ("disqualify", false, &["lead", "mql", "sal", "sql", "recycled", "disqualified"], &["disqualified"]),
    ("reopen", false, &["recycled", "disqualified"], &["lead"]),
];

fn names(stages: &[Stage]) -> Vec<&'static str> {
    stages.iter().map(|stage| stage.as_str()).collect()
}

#[test]
fn the_table_is_that_of_the_language_reference() {
    let table: Vec<_> = STEPS
        .iter()
        .map(|step| (step.trigger.as_str(), step.automatic, names(step.from), names(step.to)))
        .collect();
    let reference: Vec<_> = REFERENCE
        .iter()
        .map(|(name, automatic, from, to)| (*name, *automatic, from.to_vec(), to.to_vec()))
        .collect();
    assert_eq!(table, reference);
}

#[test]
fn nothing_leads_away_from_a_customer_and_everything_leads_somewhere() {
    for stage in Stage::ALL {
        let leaves = STEPS.iter().any(|step| step.from.contains(&stage));
        assert_eq!(leaves, stage != Stage::Customer, "{stage}");
        let is_reached = STEPS.iter().any(|step| step.to.contains(&stage));
        assert!(is_reached, "{stage}");
    }
}

/// From one stage to another at most one automatic step leads, so that an evaluation's step has one name.
#[test]
fn automatic_steps_are_told_apart_by_their_ends() {
    let mut seen = BTreeSet::new();
    for step in STEPS.iter().filter(|step| step.automatic) {
        for from in step.from {
            for to in step.to {
                assert!(from != to && seen.insert((*from, *to)), "{from} to {to}");
            }
        }
    }
    for (from, to) in Stage::ALL.into_iter().flat_map(|from| Stage::ALL.map(|to| (from, to))) {
        let found = automatic_step(from, to).map(|step| (step.trigger.as_str(), step.automatic));
        let is_one = |(_, automatic, starts, ends): &&(&str, bool, &[&str], &[&str])| {
            *automatic && starts.contains(&from.as_str()) && ends.contains(&to.as_str())
        };
        let expected = REFERENCE.iter().find(is_one).map(|(name, ..)| (*name, true));
        assert_eq!(found, expected, "{from} to {to}");
    }
}

#[test]
fn triggers_serialize_as_their_names() {
    let all: BTreeSet<&str> = Trigger::ALL.iter().map(|trigger| trigger.as_str()).collect();
    assert_eq!(all.len(), Trigger::ALL.len());
    for trigger in Trigger::ALL {
        let name = trigger.as_str();
        let read: serde::de::value::StrDeserializer<'_, serde::de::value::Error> =
            serde::de::IntoDeserializer::into_deserializer(name);
        assert_eq!(<Trigger as serde::Deserialize>::deserialize(read), Ok(trigger));
    }
}

#[test]
fn the_documentation_shows_the_table() {
    let row = |step: &Step| {
        let who = if step.automatic { "the rule set" } else { "people" };
        let (from, to) = (names(step.from).join(", "), names(step.to).join(" or "));
        format!("| {} | {who} | {from} | {to} |\n", step.trigger)
    };
    let table: String = STEPS.iter().map(row).collect();
    let documented = include_str!("../table.md");
    assert_eq!(documented, format!("| step | who | from | to |\n| --- | --- | --- | --- |\n{table}"));
    let readme = include_str!("../../../README.md");
    assert!(readme.contains(documented), "the README has another table of stages than\n{documented}");
}
