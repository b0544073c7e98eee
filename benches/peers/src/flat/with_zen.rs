//! The rules as one ZEN expression that adds the points up: the language of zen-engine.

use std::error::Error;

use zen_expression::expression::Standard;
use zen_expression::variable::Variable;
use zen_expression::vm::VM;
use zen_expression::{Expression, compile_expression};

use super::idiomatic::normalize;
use super::reference::conclude;
use super::rules::{Condition, Rule, mql};
use super::snapshot::Snapshot;
use crate::way::{Kind, Verdict, Way};

pub fn ways(rules: &[Rule], leads: &'static [Snapshot]) -> Result<Vec<Way>, Box<dyn Error>> {
    let points = rules.iter().map(|rule| format!("({} ? {} : 0)", condition(&rule.condition), rule.points));
    let points = points.collect::<Vec<_>>().join(" + ");
    let mql = condition(&mql());

    let verdict = || -> Result<_, Box<dyn Error>> {
        let (points, mql): (Expression<Standard>, Expression<Standard>) =
            (compile_expression(&points)?, compile_expression(&mql)?);
        let mut machine = VM::new();
        Ok(move |lead: &Variable| -> Verdict {
            let mut give = |expression: &Expression<Standard>| {
                expression.evaluate_with(lead.clone(), &mut machine).expect("checked before it is timed")
            };
            // A whole number's mantissa is the number.
            let points = give(&points).as_number().expect("a number").mantissa() as i64;
            conclude(points, give(&mql).as_bool().expect("a boolean"))
        })
    };

    let mut prepared = verdict()?;
    let values = leads.iter().map(|lead| value(&normalize(lead))).collect::<Result<Vec<_>, _>>()?;
    let prepared = Way::new("ZEN", Kind::Prepared, move |lead| prepared(&values[lead]));
    let mut from_fields = verdict()?;
    let from_fields = Way::new("ZEN", Kind::FromFields, move |lead| {
        from_fields(&value(&normalize(&leads[lead])).expect("made once before"))
    });
    Ok(vec![prepared, from_fields])
}

fn value(lead: &Snapshot) -> serde_json::Result<Variable> {
    Ok(serde_json::to_value(lead)?.into())
}

fn condition(of: &Condition) -> String {
    match of {
        Condition::Is(field, value) => format!("{field} == {value:?}"),
        Condition::In(field, values) => format!("{field} in {values:?}"),
        Condition::Contains(field, parts) => {
            let parts: Vec<_> = parts.iter().map(|part| format!("contains({field}, {part:?})")).collect();
            format!("({})", parts.join(" or "))
        }
        Condition::StartsWith(field, start) => format!("startsWith({field}, {start:?})"),
        Condition::EndsWith(field, end) => format!("endsWith({field}, {end:?})"),
        Condition::Number(field, Some(low), Some(high)) => format!("{field} in [{low}..{high}]"),
        Condition::Number(field, low, high) => {
            let low = low.map(|low| format!("{field} >= {low}"));
            low.or(high.map(|high| format!("{field} <= {high}"))).unwrap_or_default()
        }
        Condition::Flag(field) => (*field).to_owned(),
        Condition::Not(inner) => format!("(not ({}))", condition(inner)),
        Condition::And(parts) => format!("({})", joined(parts, " and ")),
        Condition::Or(parts) => format!("({})", joined(parts, " or ")),
    }
}

fn joined(parts: &[Condition], word: &str) -> String {
    parts.iter().map(condition).collect::<Vec<_>>().join(word)
}
