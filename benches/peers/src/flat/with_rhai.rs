//! The rules as a Rhai script of 50 `if`s.

use std::error::Error;
use std::fmt::Write;

use rhai::{AST, Engine, Scope};

use super::idiomatic::normalize;
use super::reference::conclude;
use super::rules::{Condition, Rule, mql};
use super::snapshot::{Snapshot, Value, fields};
use crate::way::{Kind, Verdict, Way};

pub fn ways(rules: &[Rule], leads: &'static [Snapshot]) -> Result<Vec<Way>, Box<dyn Error>> {
    // In a block of its own, so that the scope is afterwards what it was.
    let mut script = "{ let points = 0;\n".to_owned();
    for rule in rules {
        _ = writeln!(script, "if {} {{ points += {}; }}", condition(&rule.condition), rule.points);
    }
    script += "points }";
    let mql = condition(&mql());

    let verdict = || -> Result<_, Box<dyn Error>> {
        let engine = Engine::new();
        let (points, mql): (AST, AST) = (engine.compile(&script)?, engine.compile_expression(&mql)?);
        Ok(move |scope: &mut Scope<'static>| -> Verdict {
            let points = engine.eval_ast_with_scope(scope, &points).expect("a number");
            conclude(points, engine.eval_ast_with_scope(scope, &mql).expect("a boolean"))
        })
    };

    let prepared = verdict()?;
    let mut scopes: Vec<_> = leads.iter().map(|lead| scope(&normalize(lead))).collect();
    let prepared = Way::new("Rhai", Kind::Prepared, move |lead| prepared(&mut scopes[lead]));

    let from_fields = verdict()?;
    let from_fields =
        Way::new("Rhai", Kind::FromFields, move |lead| from_fields(&mut scope(&normalize(&leads[lead]))));
    Ok(vec![prepared, from_fields])
}

fn scope(lead: &Snapshot) -> Scope<'static> {
    let mut scope = Scope::new();
    for (name, value) in fields(lead) {
        match value {
            Value::Text(text) => scope.push_constant(name, text.to_owned()),
            Value::Number(number) => scope.push_constant(name, number),
            Value::Flag(flag) => scope.push_constant(name, flag),
        };
    }
    scope
}

fn condition(of: &Condition) -> String {
    match of {
        Condition::Is(field, value) => format!("{field} == {value:?}"),
        Condition::In(field, values) => format!("{field} in {values:?}"),
        Condition::Contains(field, parts) => {
            let parts: Vec<_> = parts.iter().map(|part| format!("{field}.contains({part:?})")).collect();
            format!("({})", parts.join(" || "))
        }
        Condition::StartsWith(field, start) => format!("{field}.starts_with({start:?})"),
        Condition::EndsWith(field, end) => format!("{field}.ends_with({end:?})"),
        Condition::Number(field, low, high) => {
            let low = low.map(|low| format!("{field} >= {low}"));
            let high = high.map(|high| format!("{field} <= {high}"));
            format!("({})", low.into_iter().chain(high).collect::<Vec<_>>().join(" && "))
        }
        Condition::Flag(field) => (*field).to_owned(),
        Condition::Not(inner) => format!("!({})", condition(inner)),
        Condition::And(parts) => format!("({})", joined(parts, " && ")),
        Condition::Or(parts) => format!("({})", joined(parts, " || ")),
    }
}

fn joined(parts: &[Condition], word: &str) -> String {
    parts.iter().map(condition).collect::<Vec<_>>().join(word)
}
