//! States of leads from outside: the leads of the examples give from their states what they give as leads, and
//! what was stored once is read for ever.

#![cfg(feature = "json")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "what helps a test stops it by panicking too")]

use chrono::{DateTime, Utc};
use leadql::{ReadOptions, RuleSet, StoredState};
use support::state;

#[path = "support/states.rs"]
mod support;

const B2B: &str = include_str!("../examples/saas/rules.lql");
const B2B_LEADS: &str = include_str!("../examples/saas/leads.jsonl");

fn at(text: &str) -> DateTime<Utc> {
    leadql::parse_instant(text).unwrap()
}

#[test]
fn leads_of_the_example_give_the_same_from_their_states() {
    let rules = RuleSet::compile(B2B).unwrap();
    let (mut keeper, mut evaluator) = (rules.keeper(), rules.evaluator());
    let now = at("2026-11-01");
    let leads = rules.read_leads(B2B_LEADS.as_bytes(), &ReadOptions::new("leads.jsonl")).unwrap();
    let mut count = 0;
    for (lead, line) in leads.zip(B2B_LEADS.lines()) {
        let lead = lead.unwrap();
        let state = state(&mut keeper, &serde_json::from_str(line).unwrap(), now);
        for days in [0, 3, 30, 200] {
            let now = now + chrono::TimeDelta::days(days);
            let full = rules.evaluate(&lead, now);
            assert_eq!(*evaluator.evaluate_state(&state, now).unwrap(), full, "{} at {now}", lead.id());
        }
        count += 1;
    }
    assert!(count >= 10);
}

#[test]
fn what_was_stored_once_is_read_for_ever() {
    let rules = RuleSet::compile(B2B).unwrap();
    let mut keeper = rules.keeper();
    let now = at("2026-11-01");
    let text = include_str!("stored/state-v1.json");
    let stored: StoredState = serde_json::from_str(text).unwrap();
    assert_eq!((stored.lead_id(), stored.fingerprint()), ("L-2", rules.fingerprint()));
    let adopted = keeper.adopt(&stored).unwrap();
    assert!(!adopted.must_be_rebuilt());
    // Written by the version that first stored states; the same history gives the same today.
    let lead = B2B_LEADS.lines().nth(1).unwrap();
    let state = state(&mut keeper, &serde_json::from_str(lead).unwrap(), now);
    let today = keeper.store(&state).unwrap();
    assert_eq!(serde_json::to_string(&today).unwrap(), text.trim_end());
    let mut evaluator = rules.evaluator();
    let evaluation = evaluator.evaluate_state(&adopted, now).unwrap();
    let lead = rules.read_leads(lead.as_bytes(), &ReadOptions::new("leads.jsonl")).unwrap().next().unwrap();
    assert_eq!(*evaluation, rules.evaluate(lead.as_ref().unwrap(), now));
}
