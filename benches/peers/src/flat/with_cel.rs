//! The rules as one CEL expression that adds the points up.

use std::error::Error;
use std::sync::Arc;

use cel::{Context, Env, Program, Value as CelValue};

use super::idiomatic::normalize;
use super::reference::conclude;
use super::rules::{Condition, Rule, mql};
use super::snapshot::{Snapshot, Value, fields};
use crate::way::{Kind, Verdict, Way};

pub fn ways(rules: &[Rule], leads: &'static [Snapshot]) -> Result<Vec<Way>, Box<dyn Error>> {
    let points = rules.iter().map(|rule| format!("({} ? {} : 0)", condition(&rule.condition), rule.points));
    let points = points.collect::<Vec<_>>().join(" + ");
    let mql = condition(&mql());
    let env = Arc::new(Env::stdlib());

    let verdict = || -> Result<_, Box<dyn Error>> {
        let (points, mql): (Program, Program) = (env.compile(&points)?, env.compile(&mql)?);
        Ok(move |context: &Context<'_, '_>| -> Verdict {
            match (points.execute(context), mql.execute(context)) {
                (Ok(CelValue::Int(points)), Ok(CelValue::Bool(mql))) => conclude(points, mql),
                other => panic!("CEL gives {other:?}"),
            }
        })
    };

    let prepared = verdict()?;
    let contexts: Vec<_> = leads.iter().map(|lead| context(&env, &normalize(lead))).collect();
    let prepared = Way::new("CEL", Kind::Prepared, move |lead| prepared(&contexts[lead]));

    let (from_fields, env) = (verdict()?, Arc::clone(&env));
    let from_fields =
        Way::new("CEL", Kind::FromFields, move |lead| from_fields(&context(&env, &normalize(&leads[lead]))));
    Ok(vec![prepared, from_fields])
}

fn context(env: &Arc<Env>, lead: &Snapshot) -> Context<'static, 'static> {
    let mut context = Context::with_env(Arc::clone(env));
    for (name, value) in fields(lead) {
        match value {
            Value::Text(text) => context.add_variable_from_value(name, text),
            Value::Number(number) => context.add_variable_from_value(name, number),
            Value::Flag(flag) => context.add_variable_from_value(name, flag),
        }
    }
    context
}

fn condition(of: &Condition) -> String {
    match of {
        Condition::Is(field, value) => format!("{field} == {value:?}"),
        Condition::In(field, values) => format!("{field} in {values:?}"),
        Condition::Contains(field, parts) => {
            let parts: Vec<_> = parts.iter().map(|part| format!("{field}.contains({part:?})")).collect();
            format!("({})", parts.join(" || "))
        }
        Condition::StartsWith(field, start) => format!("{field}.startsWith({start:?})"),
        Condition::EndsWith(field, end) => format!("{field}.endsWith({end:?})"),
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
