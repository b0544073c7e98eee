//! The rules as a Rhai script that looks at each event once and keeps a counter for each rule. An event is a type
//! of the host's with getters, which a script can take in hand without copying it; the host gives it its age in
//! seconds and its day.

use std::error::Error;
use std::fmt::Write;
use std::rc::Rc;

use chrono::{DateTime, Utc};
use rhai::{Array, Dynamic, Engine, ImmutableString, Scope};

use super::history::Lead;
use super::idiomatic::normalize;
use super::reference::conclude;
use super::rules::{Body, DAY, Measure, Rule, Selector, Subject};
use crate::way::{Kind, Verdict, Way};

#[derive(Clone)]
struct Event(Rc<Fields>);

struct Fields {
    kind: ImmutableString,
    subject: ImmutableString,
    age: i64,
    day: i64,
    seconds: i64,
}

pub fn ways(rules: &[Rule], leads: &'static [Lead], now: DateTime<Utc>) -> Result<Vec<Way>, Box<dyn Error>> {
    let script = script(rules);
    let verdict = || -> Result<_, Box<dyn Error>> {
        let mut engine = Engine::new();
        engine
            .register_get("kind", |event: &mut Event| event.0.kind.clone())
            .register_get("subject", |event: &mut Event| event.0.subject.clone())
            .register_get("age", |event: &mut Event| event.0.age)
            .register_get("day", |event: &mut Event| event.0.day)
            .register_get("seconds", |event: &mut Event| event.0.seconds);
        let script = engine.compile(&script)?;
        Ok(move |scope: &mut Scope<'static>| -> Verdict {
            conclude(engine.eval_ast_with_scope(scope, &script).expect("a number"))
        })
    };

    let prepared = verdict()?;
    let mut scopes: Vec<_> = leads.iter().map(|lead| scope(&normalize(lead), now)).collect();
    let prepared = Way::new("Rhai", Kind::Prepared, move |lead| prepared(&mut scopes[lead]));
    let from_fields = verdict()?;
    let from_fields = Way::new("Rhai", Kind::FromFields, move |lead| {
        from_fields(&mut scope(&normalize(&leads[lead]), now))
    });
    Ok(vec![prepared, from_fields])
}

fn scope(lead: &Lead, now: DateTime<Utc>) -> Scope<'static> {
    let events = lead.events.iter().map(|event| {
        Dynamic::from(Event(Rc::new(Fields {
            kind: event.kind.as_str().into(),
            subject: event.subject.as_str().into(),
            age: (now - event.at).num_seconds(),
            day: event.at.timestamp().div_euclid(DAY),
            seconds: event.watched.map_or(0, |watched| watched.seconds),
        })))
    });
    let mut scope = Scope::new();
    scope.push_constant("events", events.collect::<Array>());
    scope
}

fn script(rules: &[Rule]) -> String {
    let mut kinds: Vec<&str> = Vec::new();
    for rule in rules {
        if !kinds.contains(&rule.selector.kind) {
            kinds.push(rule.selector.kind);
        }
    }
    // In a block of its own, so that the scope is afterwards what it was.
    let mut script = "{\nlet points = 0;\n".to_owned();
    for (number, rule) in rules.iter().enumerate() {
        let start = if is_set(rule) { "#{}" } else { "0" };
        _ = writeln!(script, "let n{number} = {start};");
    }
    script +=
        "for event in events {\n  let subject = event.subject; let age = event.age;\n  switch event.kind {\n";
    for kind in kinds {
        _ = writeln!(script, "    {kind:?} => {{");
        for (number, rule) in rules.iter().enumerate().filter(|(_, rule)| rule.selector.kind == kind) {
            let fits = fits(&rule.selector);
            let fits = if fits.is_empty() { "true".to_owned() } else { fits };
            let count = match rule.body {
                Body::AtLeast(Measure::Seconds, _) | Body::Fewer(Measure::Seconds, _) => {
                    format!("n{number} += event.seconds;")
                }
                Body::AtLeast(Measure::Days, _) | Body::Fewer(Measure::Days, _) => {
                    format!("n{number}[event.day.to_string()] = true;")
                }
                Body::AtLeast(Measure::Subjects, _) | Body::Fewer(Measure::Subjects, _) => {
                    format!("n{number}[subject] = true;")
                }
                Body::AtLeast(..) | Body::Fewer(..) | Body::UpTo(_) => format!("n{number} += 1;"),
                Body::Fading { every, worth, .. } => {
                    let end = every * DAY * worth.len() as i64;
                    format!("if age < {end} {{ points += {worth:?}[age / {}]; }}", every * DAY)
                }
            };
            _ = writeln!(script, "      if {fits} {{ {count} }}");
        }
        script += "    }\n";
    }
    script += "  }\n}\n";
    for (number, rule) in rules.iter().enumerate() {
        let n = if is_set(rule) { format!("n{number}.len()") } else { format!("n{number}") };
        _ = match rule.body {
            Body::AtLeast(_, bound) => writeln!(script, "if {n} >= {bound} {{ points += {}; }}", rule.points),
            Body::Fewer(_, bound) => writeln!(script, "if {n} < {bound} {{ points += {}; }}", rule.points),
            Body::UpTo(most) => writeln!(script, "points += min({n}, {most}) * {};", rule.points),
            Body::Fading { .. } => Ok(()),
        };
    }
    script + "points\n}"
}

fn is_set(rule: &Rule) -> bool {
    let (Body::AtLeast(measure, _) | Body::Fewer(measure, _)) = rule.body else { return false };
    matches!(measure, Measure::Days | Measure::Subjects)
}

fn fits(selector: &Selector) -> String {
    let mut parts = Vec::new();
    match selector.subject {
        Subject::Any => {}
        Subject::OneOf(subjects) => {
            let subjects: Vec<_> = subjects.iter().map(|subject| format!("subject == {subject:?}")).collect();
            parts.push(format!("({})", subjects.join(" || ")));
        }
        Subject::Prefix(start) => parts.push(format!("subject.starts_with({start:?})")),
    }
    parts.extend(selector.within.map(|days| format!("age < {}", days * DAY)));
    parts.join(" && ")
}
