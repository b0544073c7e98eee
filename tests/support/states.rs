//! States of leads that stand in a lead file.

use chrono::{DateTime, Utc};
use leadql::{Input, Keeper, LeadState, NewEvent};
use serde_json::Value;

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

/// The state of a lead of a lead file, its events the newest first. As there, names that the vocabulary lacks are skipped.
pub(crate) fn state(keeper: &mut Keeper, lead: &Value, now: DateTime<Utc>) -> LeadState {
    let mut state = keeper.new_state(lead["id"].as_str().unwrap());
    for (name, value) in lead["attributes"].as_object().into_iter().flatten() {
        let Ok(attribute) = keeper.attribute(name) else { continue };
        keeper.set(&mut state, attribute, input(value), now).unwrap();
    }
    for event in lead["events"].as_array().into_iter().flatten().rev() {
        let text = |key: &str| event[key].as_str().unwrap_or("");
        if keeper.event(text("event")).is_err() {
            continue;
        }
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
