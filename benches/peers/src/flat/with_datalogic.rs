//! The rules as one JSONLogic expression that adds the points up, run by datalogic-rs.

use std::error::Error;

use datalogic_rs::bumpalo::Bump;
use datalogic_rs::{DataValue, Engine, Logic};
use serde_json::{Value as Json, json};

use super::idiomatic::normalize;
use super::reference::conclude;
use super::rules::{Condition, Rule, mql};
use super::snapshot::{Snapshot, Value, fields};
use crate::way::{Kind, Verdict, Way};

pub fn ways(rules: &[Rule], leads: &'static [Snapshot]) -> Result<Vec<Way>, Box<dyn Error>> {
    let points = rules.iter().map(|rule| json!({"if": [condition(&rule.condition), rule.points, 0]}));
    let points = json!({"+": points.collect::<Vec<_>>()}).to_string();
    let mql = condition(&mql()).to_string();

    let verdict = || -> Result<_, Box<dyn Error>> {
        let engine = Engine::new();
        let (points, mql): (Logic, Logic) = (engine.compile(&points)?, engine.compile(&mql)?);
        Ok(move |lead: &DataValue<'_>, arena: &Bump| -> Verdict {
            // Copied, for one and the same lifetime; a value is but a few words.
            let lead: &DataValue<'_> = arena.alloc(*lead);
            let points = engine.evaluate(&points, lead, arena).ok().and_then(|value| value.as_i64());
            let mql = engine.evaluate(&mql, lead, arena).ok().and_then(|value| value.as_bool());
            conclude(points.expect("a number"), mql.expect("a boolean"))
        })
    };

    let (prepared, mut arena) = (verdict()?, Bump::new());
    let stay: &'static Bump = Box::leak(Box::new(Bump::new()));
    let values: Vec<_> = leads.iter().map(|lead| value(&normalize(lead), stay)).collect();
    let prepared = Way::new("datalogic-rs", Kind::Prepared, move |lead| {
        let verdict = prepared(&values[lead], &arena);
        arena.reset();
        verdict
    });

    let (from_fields, mut arena) = (verdict()?, Bump::new());
    let from_fields = Way::new("datalogic-rs", Kind::FromFields, move |lead| {
        let lowered = normalize(&leads[lead]);
        let verdict = from_fields(&value(&lowered, &arena), &arena);
        arena.reset();
        verdict
    });
    Ok(vec![prepared, from_fields])
}

fn value<'a>(lead: &Snapshot, arena: &'a Bump) -> DataValue<'a> {
    let fields = fields(lead).map(|(name, value)| {
        let value = match value {
            Value::Text(text) => DataValue::from_str_in(text, arena),
            Value::Number(number) => DataValue::from_i64(number),
            Value::Flag(flag) => DataValue::Bool(flag),
        };
        (name, value)
    });
    DataValue::Object(arena.alloc_slice_fill_iter(fields.collect::<Vec<_>>()))
}

fn condition(of: &Condition) -> Json {
    let var = |field: &str| json!({"var": field});
    match of {
        Condition::Is(field, value) => json!({"===": [var(field), value]}),
        Condition::In(field, values) => json!({"in": [var(field), values]}),
        Condition::Contains(field, parts) => {
            let parts = parts.iter().map(|part| json!({"in": [part, var(field)]}));
            json!({"or": parts.collect::<Vec<_>>()})
        }
        Condition::StartsWith(field, start) => json!({"starts_with": [var(field), start]}),
        Condition::EndsWith(field, end) => json!({"ends_with": [var(field), end]}),
        Condition::Number(field, Some(low), Some(high)) => json!({"<=": [low, var(field), high]}),
        Condition::Number(field, Some(low), None) => json!({">=": [var(field), low]}),
        Condition::Number(field, _, high) => json!({"<=": [var(field), high]}),
        Condition::Flag(field) => var(field),
        Condition::Not(inner) => json!({"!": [condition(inner)]}),
        Condition::And(parts) => json!({"and": parts.iter().map(condition).collect::<Vec<_>>()}),
        Condition::Or(parts) => json!({"or": parts.iter().map(condition).collect::<Vec<_>>()}),
    }
}
