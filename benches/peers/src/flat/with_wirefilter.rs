//! The rules as wirefilter filters, one each: it gives booleans only, so the host adds the points.

use std::error::Error;
use std::hint::black_box;

use wirefilter::{ExecutionContext, Filter, Scheme, Type};

use super::idiomatic::normalize;
use super::reference::conclude;
use super::rules::{Condition, Rule, mql};
use super::snapshot::{FLAGS, NUMBERS, Snapshot, Value, fields, texts};
use crate::way::{Kind, Verdict, Way};

pub fn ways(rules: &[Rule], leads: &'static [Snapshot]) -> Result<Vec<Way>, Box<dyn Error>> {
    let names = texts(&leads[0]).map(|(name, _)| (name, Type::Bytes)).into_iter();
    let names = names.chain(NUMBERS.map(|(name, _)| (name, Type::Int)));
    let names = names.chain(FLAGS.map(|(name, _)| (name, Type::Bool)));
    let scheme = Scheme::try_from_iter(names.map(|(name, kind)| (name.to_owned(), kind)));
    let scheme: &'static Scheme = Box::leak(Box::new(scheme.map_err(|error| error.to_string())?));
    let filter = |of: &Condition| -> Result<Filter<'static>, Box<dyn Error>> {
        let text = condition(of);
        let filter = scheme.parse(&text).map_err(|error| format!("wirefilter: {text}: {error}"))?;
        Ok(filter.compile())
    };
    // A filter lives as long as what it looks at, so the lowered texts have to stay.
    let lowered: &'static [Snapshot] = leads.iter().map(normalize).collect::<Vec<_>>().leak();
    let verdict = || -> Result<_, Box<dyn Error>> {
        let filters = rules.iter().map(|rule| Ok((filter(&rule.condition)?, rule.points)));
        let filters = filters.collect::<Result<Vec<_>, Box<dyn Error>>>()?;
        let mql = filter(&mql())?;
        Ok(move |context: &ExecutionContext<'static>| -> Verdict {
            let holds = |filter: &Filter<'static>| filter.execute(context).expect("one and the same scheme");
            let points = filters.iter().map(|(filter, points)| if holds(filter) { *points } else { 0 });
            conclude(points.sum(), holds(&mql))
        })
    };
    let (prepared, from_fields) = (verdict()?, verdict()?);
    let contexts: Vec<_> = lowered.iter().map(|lead| context(scheme, lead)).collect();
    let prepared = Way::new("wirefilter", Kind::Prepared, move |lead| prepared(&contexts[lead]));
    let from_fields = Way::new("wirefilter", Kind::FromFields, move |lead| {
        // Lowered here for the cost of it; what is looked at is the copy that stays.
        black_box(normalize(&leads[lead]));
        from_fields(&context(scheme, &lowered[lead]))
    });
    Ok(vec![prepared, from_fields])
}

fn context(scheme: &'static Scheme, lead: &'static Snapshot) -> ExecutionContext<'static> {
    let mut context = ExecutionContext::new(scheme);
    for (name, value) in fields(lead) {
        let set = match value {
            Value::Text(text) => context.set_field_value(name, text),
            Value::Number(number) => {
                context.set_field_value(name, i32::try_from(number).expect("generated below 2^31"))
            }
            Value::Flag(flag) => context.set_field_value(name, flag),
        };
        set.expect("the field's own type");
    }
    context
}

fn condition(of: &Condition) -> String {
    match of {
        Condition::Is(field, value) => format!("{field} == {value:?}"),
        Condition::In(field, values) => {
            let values: Vec<_> = values.iter().map(|value| format!("{value:?}")).collect();
            format!("{field} in {{ {} }}", values.join(" "))
        }
        Condition::Contains(field, parts) => {
            let parts: Vec<_> = parts.iter().map(|part| format!("{field} contains {part:?}")).collect();
            format!("({})", parts.join(" or "))
        }
        Condition::StartsWith(field, start) => format!("{field} matches \"^{start}\""),
        Condition::EndsWith(field, end) => format!("{field} matches \"{}$\"", end.replace('.', "[.]")),
        Condition::Number(field, Some(low), Some(high)) => format!("{field} in {{ {low}..{high} }}"),
        Condition::Number(field, low, high) => {
            let low = low.map(|low| format!("{field} >= {low}"));
            low.or(high.map(|high| format!("{field} <= {high}"))).unwrap_or_default()
        }
        Condition::Flag(field) => (*field).to_owned(),
        Condition::Not(inner) => format!("not ({})", condition(inner)),
        Condition::And(parts) => format!("({})", joined(parts, " and ")),
        Condition::Or(parts) => format!("({})", joined(parts, " or ")),
    }
}

fn joined(parts: &[Condition], word: &str) -> String {
    parts.iter().map(condition).collect::<Vec<_>>().join(word)
}
