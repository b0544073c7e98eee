//! The generator of demo leads: the same seed gives the same bytes, its leads fit the rule set that they are
//! made for, and that rule set finds something to tell apart in them.

#![cfg(feature = "json")]
#![expect(clippy::unwrap_used, reason = "a test may end where it fails, in its helpers too")]

use std::collections::{HashMap, HashSet};

use leadql::RuleSet;
use serde_json::Value;
use sha2::{Digest, Sha256};

#[expect(dead_code, reason = "the example's `main` runs only where the example does")]
#[path = "../examples/generate_leads.rs"]
mod generate_leads;

use generate_leads::{Order, read_arguments, write_leads};

fn order(arguments: &str) -> Result<Option<Order>, String> {
    read_arguments(arguments.split_whitespace().map(str::to_owned))
}

fn leads(arguments: &str) -> String {
    let mut out = Vec::new();
    write_leads(&order(arguments).unwrap().unwrap(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_seed_means_the_same_everywhere() {
    let text = leads("--count 500 --seed 7");
    let digest: String = Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
    // If this changes, every benchmark and every text that names a seed is about other leads than before.
    assert_eq!(digest, "1969271002d5215cfaa2cbf2fdde2bdf07f918231df2f78e3cd82570c4eb8a05");
    assert_ne!(text, leads("--count 500 --seed 8"));
    // More leads only add lines.
    assert!(text.starts_with(&leads("--count 200 --seed 7")));
    assert_eq!(leads("--count 0 --seed 7"), "");
}

#[test]
fn every_lead_fits_the_rules_and_the_rules_tell_them_apart() {
    let rules = RuleSet::compile(include_str!("../examples/saas/rules.lql")).unwrap();
    let now = "2026-11-01T00:00:00Z".parse().unwrap();
    let (mut ids, mut seen) = (HashSet::new(), HashMap::<String, usize>::new());
    let mut events = 0;
    for line in leads("--count 1000 --seed 7").lines() {
        let lead: Value = serde_json::from_str(line).unwrap();
        assert!(ids.insert(lead["id"].as_str().unwrap().to_owned()), "{line}");
        events += lead["events"].as_array().unwrap().len();
        let (lead, unknown) =
            rules.lead_and_unknown_from(&lead).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(unknown.is_empty(), "{unknown:?}: {line}");

        let evaluation = rules.evaluate(&lead, now);
        let bands = evaluation.bands().map(|(score, band)| format!("{score} {band}"));
        let segments = evaluation.segments().map(str::to_owned);
        let reasons = evaluation.recycle().into_iter().chain(evaluation.disqualify()).map(str::to_owned);
        let stages = [lead.stage(), evaluation.stage()].map(|stage| format!("stage {stage}"));
        let moved = (lead.stage() != evaluation.stage()).then(|| format!("to {}", evaluation.stage()));
        for what in bands.chain(segments).chain(reasons).chain(stages).chain(moved) {
            *seen.entry(what).or_default() += 1;
        }
    }
    let average = events / 1_000;
    assert!((18..=22).contains(&average), "{average} events a lead");
    for what in [
        "engagement hot",
        "engagement warm",
        "engagement cold",
        "fit A",
        "fit B",
        "fit C",
        "fit D",
        "content_consumer",
        "pricing_follow_up",
        "gone quiet",
        "works for a competitor",
        "stage lead",
        "stage mql",
        "stage sal",
        "stage sql",
        "stage customer",
        "stage recycled",
        "stage disqualified",
        "to mql",
        "to lead",
        "to recycled",
        "to disqualified",
    ] {
        assert!(seen.contains_key(what), "no lead shows {what:?}; there are {seen:#?}");
    }
}

#[test]
fn events_and_the_instant_are_taken_from_the_arguments() {
    let text = leads("--count 100 --seed 1 --events 0 --at 2030-05-01T12:30:00+02:00");
    // What is left are letters unsubscribed from, and nothing lies in the future.
    for line in text.lines() {
        let lead: Value = serde_json::from_str(line).unwrap();
        let events = lead["events"].as_array().unwrap();
        assert!(events.iter().all(|event| event["event"] == "unsubscribed"), "{line}");
        assert!(events.iter().all(|event| event["at"].as_str().unwrap() <= "2030-05-01T10:30:00Z"), "{line}");
    }
    // The largest average that is allowed.
    assert!(leads("--count 1 --seed 1 --events 100000").len() > 1_000_000);
}

#[test]
fn wrong_arguments_are_told_in_words() {
    for (arguments, message) in [
        ("", "--count is missing"),
        ("--count 3", "--seed is missing"),
        ("--count", "--count needs a value behind it"),
        ("--count -1 --seed 1", "--count: \"-1\" is no whole number from 0 to 18446744073709551615"),
        ("--count 1 --seed x", "--seed: \"x\" is no whole number from 0 to 18446744073709551615"),
        ("--count 1 --seed 1 --events 100001", "--events: \"100001\" is no whole number from 0 to 100000"),
        (
            "--count 1 --seed 1 --at soon",
            "--at: \"soon\" is no date or RFC 3339 instant of the years 2000 to 9999",
        ),
        (
            "--count 1 --seed 1 --at 1999-12-31",
            "--at: \"1999-12-31\" is no date or RFC 3339 instant of the years 2000 to 9999",
        ),
        ("--cuont 1", "\"--cuont\" is not known"),
    ] {
        assert_eq!(order(arguments).err().as_deref(), Some(message), "{arguments}");
    }
    assert!(matches!(order("--count 1 --help"), Ok(None)));
}
