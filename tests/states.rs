//! States of leads from outside: the leads of the examples give from their states what they give as leads, and
//! what was stored once is read for ever.

#![cfg(feature = "json")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "what helps a test stops it by panicking too")]

use chrono::{DateTime, Utc};
use leadql::{Input, Keeper, LeadState, NewEvent, ReadOptions, RuleSet, StoredState};
use serde_json::Value;

const B2B: &str = include_str!("../examples/saas/rules.lql");
const B2B_LEADS: &str = include_str!("../examples/saas/leads.jsonl");

fn at(text: &str) -> DateTime<Utc> {
    leadql::parse_instant(text).unwrap()
}

fn input(value: &Value) -> Input<'_> {
    match value {
        Value::Null => Input::Missing,
        Value::Bool(flag) => (*flag).into(),
        Value::Number(number) => Input::Decimal(number.to_string().into()),
        Value::String(text) => text.into(),
        Value::Array(items) => Input::Texts(items.iter().map(|item| item.as_str().unwrap().into()).collect()),
        Value::Object(_) => panic!("an object as a value"),
    }
}

/// The state of a lead of a lead file, its events the newest first.
fn state(keeper: &mut Keeper, lead: &Value, now: DateTime<Utc>) -> LeadState {
    let mut state = keeper.new_state(lead["id"].as_str().unwrap());
    for (name, value) in lead["attributes"].as_object().into_iter().flatten() {
        let attribute = keeper.attribute(name).unwrap();
        keeper.set(&mut state, attribute, input(value), now).unwrap();
    }
    for event in lead["events"].as_array().into_iter().flatten().rev() {
        let text = |key: &str| event[key].as_str().unwrap_or("");
        let mut new = NewEvent::new(text("event"), text("subject"), at(text("at"))).id(text("id"));
        for (name, value) in event["properties"].as_object().into_iter().flatten() {
            new = new.property(name, input(value));
        }
        keeper.record(&mut state, &new, now).unwrap();
    }
    if let Some(stage) = lead["stage"].as_str() {
        let since = lead["stage_since"].as_str().map(at);
        keeper.set_stage(&mut state, stage.parse().unwrap(), since, now).unwrap();
    }
    state
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
