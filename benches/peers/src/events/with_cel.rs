//! The rules as one CEL expression that adds the points up. The host gives each event its age in seconds and its
//! day; sums, for which CEL has no words, it works out beforehand and hands over as numbers.

use std::collections::HashMap;
use std::error::Error;
use std::sync::Arc;

use cel::objects::Key;
use cel::{Context, Env, Value as CelValue, extensions};
use chrono::{DateTime, Utc};

use super::history::Lead;
use super::idiomatic::normalize;
use super::reference::{self, conclude};
use super::rules::{Body, DAY, Measure, Rule, Selector, Subject};
use crate::way::{Kind, Verdict, Way};

pub fn ways(rules: &[Rule], leads: &'static [Lead], now: DateTime<Utc>) -> Result<Vec<Way>, Box<dyn Error>> {
    let mut env = Env::stdlib();
    for extension in [extensions::lists, extensions::math] {
        env.add_extension(extension).map_err(|error| format!("{error:?}"))?;
    }
    let env = Arc::new(env);
    let points: Vec<_> = rules.iter().enumerate().map(|(number, rule)| worth(number, rule)).collect();
    let program = || env.compile(&points.join(" + "));
    let verdict = |result: cel::ResolveResult| -> Verdict {
        match result {
            Ok(CelValue::Int(points)) => conclude(points),
            other => panic!("CEL gives {other:?}"),
        }
    };
    let sums: Vec<(usize, Rule)> =
        rules.iter().copied().enumerate().filter(|(_, rule)| is_sum(rule)).collect();

    let (program_of_prepared, program_of_fields) = (program()?, program()?);
    let contexts: Vec<_> = leads.iter().map(|lead| context(&env, &sums, &normalize(lead), now)).collect();
    let prepared =
        Way::new("CEL", Kind::Prepared, move |lead| verdict(program_of_prepared.execute(&contexts[lead])));
    let env = Arc::clone(&env);
    let from_fields = Way::new("CEL", Kind::FromFields, move |lead| {
        verdict(program_of_fields.execute(&context(&env, &sums, &normalize(&leads[lead]), now)))
    });
    Ok(vec![prepared, from_fields])
}

fn is_sum(rule: &Rule) -> bool {
    matches!(rule.body, Body::AtLeast(Measure::Seconds, _) | Body::Fewer(Measure::Seconds, _))
}

fn context(
    env: &Arc<Env>,
    sums: &[(usize, Rule)],
    lead: &Lead,
    now: DateTime<Utc>,
) -> Context<'static, 'static> {
    let mut context = Context::with_env(Arc::clone(env));
    let events = lead.events.iter().map(|event| {
        let fields: [(&str, CelValue); 4] = [
            ("kind", event.kind.as_str().into()),
            ("subject", event.subject.as_str().into()),
            ("age", (now - event.at).num_seconds().into()),
            ("day", event.at.timestamp().div_euclid(DAY).into()),
        ];
        CelValue::from(HashMap::<Key, CelValue>::from(fields.map(|(name, value)| (name.into(), value))))
    });
    context.add_variable_from_value("events", events.collect::<Vec<_>>());
    for (number, rule) in sums {
        context.add_variable_from_value(format!("worth_{number}"), reference::worth(rule, lead, now));
    }
    context
}

/// What a rule gives.
fn worth(number: usize, rule: &Rule) -> String {
    if is_sum(rule) {
        return format!("worth_{number}");
    }
    let events = |within: Option<(i64, i64)>| format!("events.filter(e, {})", fits(&rule.selector, within));
    let window = rule.selector.within.map(|days| (0, days * DAY));
    let measure = |measure| match measure {
        Measure::Events | Measure::Seconds => format!("size({})", events(window)),
        Measure::Days => format!("size({}.map(e, e.day).distinct())", events(window)),
        Measure::Subjects => format!("size({}.map(e, e.subject).distinct())", events(window)),
    };
    match rule.body {
        Body::AtLeast(what, bound) => format!("({} >= {bound} ? {} : 0)", measure(what), rule.points),
        Body::Fewer(what, bound) => format!("({} < {bound} ? {} : 0)", measure(what), rule.points),
        Body::UpTo(most) => format!("math.least({}, {most}) * {}", measure(Measure::Events), rule.points),
        Body::Fading { every, worth, .. } => {
            let steps = (0..).map(|step| (step * every * DAY, (step + 1) * every * DAY));
            let steps = worth.iter().zip(steps);
            let steps = steps.map(|(worth, step)| format!("size({}) * {worth}", events(Some(step))));
            steps.collect::<Vec<_>>().join(" + ")
        }
    }
}

fn fits(selector: &Selector, within: Option<(i64, i64)>) -> String {
    let mut parts = vec![format!("e.kind == {:?}", selector.kind)];
    match selector.subject {
        Subject::Any => {}
        Subject::OneOf([subject]) => parts.push(format!("e.subject == {subject:?}")),
        Subject::OneOf(subjects) => parts.push(format!("e.subject in {subjects:?}")),
        Subject::Prefix(start) => parts.push(format!("e.subject.startsWith({start:?})")),
    }
    match within {
        None => {}
        Some((0, end)) => parts.push(format!("e.age < {end}")),
        Some((start, end)) => parts.push(format!("e.age >= {start} && e.age < {end}")),
    }
    parts.join(" && ")
}
