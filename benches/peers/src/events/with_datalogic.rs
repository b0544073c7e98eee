//! The rules as one JSONLogic expression that adds the points up, run by datalogic-rs. The host gives each event
//! its age in seconds and its day.

use std::error::Error;

use chrono::{DateTime, Utc};
use datalogic_rs::bumpalo::Bump;
use datalogic_rs::{DataValue, Engine};
use serde_json::{Value as Json, json};

use super::history::Lead;
use super::idiomatic::normalize;
use super::reference::conclude;
use super::rules::{Body, DAY, Measure, Rule, Selector, Subject};
use crate::way::{Kind, Verdict, Way};

pub fn ways(rules: &[Rule], leads: &'static [Lead], now: DateTime<Utc>) -> Result<Vec<Way>, Box<dyn Error>> {
    let points = json!({"+": rules.iter().map(worth).collect::<Vec<_>>()}).to_string();
    let verdict = || -> Result<_, Box<dyn Error>> {
        let engine = Engine::new();
        let points = engine.compile(&points)?;
        Ok(move |lead: &DataValue<'_>, arena: &Bump| -> Verdict {
            // Copied, for one and the same lifetime; a value is but a few words.
            let lead: &DataValue<'_> = arena.alloc(*lead);
            let points = engine.evaluate(&points, lead, arena).ok().and_then(|value| value.as_i64());
            conclude(points.expect("a number"))
        })
    };

    let (prepared, mut arena) = (verdict()?, Bump::new());
    let stay: &'static Bump = Box::leak(Box::new(Bump::new()));
    let values: Vec<_> = leads.iter().map(|lead| value(&normalize(lead), now, stay)).collect();
    let prepared = Way::new("datalogic-rs", Kind::Prepared, move |lead| {
        let verdict = prepared(&values[lead], &arena);
        arena.reset();
        verdict
    });

    let (from_fields, mut arena) = (verdict()?, Bump::new());
    let from_fields = Way::new("datalogic-rs", Kind::FromFields, move |lead| {
        let lowered = normalize(&leads[lead]);
        let verdict = from_fields(&value(&lowered, now, &arena), &arena);
        arena.reset();
        verdict
    });
    Ok(vec![prepared, from_fields])
}

fn value<'a>(lead: &Lead, now: DateTime<Utc>, arena: &'a Bump) -> DataValue<'a> {
    let events = lead.events.iter().map(|event| {
        let seconds = event.watched.map_or(0, |watched| watched.seconds);
        let fields = [
            ("kind", DataValue::from_str_in(&event.kind, arena)),
            ("subject", DataValue::from_str_in(&event.subject, arena)),
            ("age", DataValue::from_i64((now - event.at).num_seconds())),
            ("day", DataValue::from_i64(event.at.timestamp().div_euclid(DAY))),
            ("seconds", DataValue::from_i64(seconds)),
        ];
        DataValue::Object(arena.alloc_slice_copy(&fields))
    });
    let events = DataValue::Array(arena.alloc_slice_fill_iter(events.collect::<Vec<_>>()));
    DataValue::Object(arena.alloc_slice_copy(&[("events", events)]))
}

/// What a rule gives.
fn worth(rule: &Rule) -> Json {
    let events =
        |within: Option<(i64, i64)>| json!({"filter": [{"var": "events"}, fits(&rule.selector, within)]});
    let window = rule.selector.within.map(|days| (0, days * DAY));
    let measure = |measure| match measure {
        Measure::Events => json!({"length": events(window)}),
        Measure::Seconds => json!({"reduce": [
            events(window),
            {"+": [{"var": "accumulator"}, {"var": "current.seconds"}]},
            0
        ]}),
        Measure::Days => json!({"length": {"distinct": {"map": [events(window), {"var": "day"}]}}}),
        Measure::Subjects => json!({"length": {"distinct": {"map": [events(window), {"var": "subject"}]}}}),
    };
    match rule.body {
        Body::AtLeast(what, bound) => json!({"if": [{">=": [measure(what), bound]}, rule.points, 0]}),
        Body::Fewer(what, bound) => json!({"if": [{"<": [measure(what), bound]}, rule.points, 0]}),
        Body::UpTo(most) => json!({"*": [{"min": [measure(Measure::Events), most]}, rule.points]}),
        Body::Fading { every, worth, .. } => {
            let steps = (0..).map(|step| (step * every * DAY, (step + 1) * every * DAY));
            let steps = worth.iter().zip(steps);
            let steps = steps.map(|(worth, step)| json!({"*": [{"length": events(Some(step))}, worth]}));
            json!({"+": steps.collect::<Vec<_>>()})
        }
    }
}

fn fits(selector: &Selector, within: Option<(i64, i64)>) -> Json {
    let mut parts = vec![json!({"===": [{"var": "kind"}, selector.kind]})];
    match selector.subject {
        Subject::Any => {}
        Subject::OneOf([subject]) => parts.push(json!({"===": [{"var": "subject"}, subject]})),
        Subject::OneOf(subjects) => parts.push(json!({"in": [{"var": "subject"}, subjects]})),
        Subject::Prefix(start) => parts.push(json!({"starts_with": [{"var": "subject"}, start]})),
    }
    match within {
        None => {}
        Some((0, end)) => parts.push(json!({"<": [{"var": "age"}, end]})),
        Some((start, end)) => {
            parts.push(json!({">=": [{"var": "age"}, start]}));
            parts.push(json!({"<": [{"var": "age"}, end]}));
        }
    }
    json!({"and": parts})
}
