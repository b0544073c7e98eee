//! From the body of a request to events and attributes that the rule set understands, or what is wrong with them.

use leadql::{RuleSet, parse_instant};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::store::Event;

/// Longer ids of events are no ids but something else in the wrong place.
const LONGEST_ID: usize = 200;

/// Attributes of a lead; null for one that is no longer known.
pub(crate) enum Attributes {
    /// These, and no others.
    All(Map<String, Value>),
    /// These; the others stay.
    Named(Map<String, Value>),
}

/// Attributes, as far as they are checked.
#[derive(Serialize)]
struct Said<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    attributes: Option<&'a Map<String, Value>>,
    events: &'a [Value],
}

/// Reads one event, or a list of them.
pub(crate) fn read_events(rules: &RuleSet, body: Value) -> Result<Vec<Event>, Failure> {
    let (list, is_one) = match body {
        Value::Array(list) => (list, false),
        one @ Value::Object(_) => (vec![one], true),
        _ => return Err(Failure::bad_request("an event, or a list of events, belongs here")),
    };
    if list.is_empty() {
        return Err(Failure::bad_request("the list is empty: at least one event belongs here"));
    }
    let read = check(rules, &Said { attributes: None, events: &list })
        .and_then(|()| list.into_iter().enumerate().map(|(place, event)| read_event(place, event)).collect());
    read.map_err(|failure| match failure {
        // Of one event there is no need to say which.
        Failure::BadInput { field, text } if is_one => {
            let short = |text: String| text.strip_prefix("events[0].").map_or(text.clone(), str::to_owned);
            Failure::BadInput { field: field.map(short), text: short(text) }
        }
        failure => failure,
    })
}

/// Reads the attributes of a lead.
pub(crate) fn read_attributes(rules: &RuleSet, body: Value) -> Result<Map<String, Value>, Failure> {
    let Value::Object(attributes) = body else {
        return Err(Failure::bad_request(
            "an object of attributes belongs here: {\"title\": \"Head of Sales\"}",
        ));
    };
    check(rules, &Said { attributes: Some(&attributes), events: &[] })?;
    Ok(attributes)
}

/// Lets LeadQL read it as it will be read when the lead is evaluated.
fn check(rules: &RuleSet, said: &Said<'_>) -> Result<(), Failure> {
    let (_, unknown) = rules.lead_and_unknown_from(said)?;
    if unknown.is_empty() { Ok(()) } else { Err(Failure::unknown_names(&unknown)) }
}

/// Takes an event apart that has been checked.
fn read_event(place: usize, event: Value) -> Result<Event, Failure> {
    let text = |key: &str| match event.get(key) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let id = Some(text("id")).filter(|id| !id.is_empty());
    let field = |key: &str| format!("events[{place}].{key}");
    if id.as_ref().is_some_and(|id| id.len() > LONGEST_ID) {
        return Err(Failure::bad(
            &field("id"),
            format!("{}: at most {LONGEST_ID} bytes belong here", field("id")),
        ));
    }
    let at = parse_instant(&text("at")).map_err(|error| Failure::bad(&field("at"), error.to_string()))?;
    let properties = event.get("properties").filter(|properties| !properties.is_null()).cloned();
    Ok(Event { id, event: text("event"), subject: text("subject"), at, properties })
}
