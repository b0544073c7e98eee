//! The rules in LeadQL, and every way that it has for a lead to come in.

use std::error::Error;
use std::fmt::Write;

use chrono::{DateTime, Utc};
use leadql::{Evaluation, KnownEvent, LeadError, LeadState, NewEvent, RuleSet};

use super::history::{Event, Lead};
use super::rules::{BANDS, BOUNDS, Body, MQL, Measure, Rule, Selector, Subject};
use crate::way::{Kind, Verdict, Way};

/// The rule set as text.
pub fn text(rules: &[Rule]) -> String {
    let mut text = format!("score interest {}..{} {{\n", BOUNDS.0, BOUNDS.1);
    for rule in rules {
        _ = writeln!(text, "  {}", line(rule));
    }
    let bands = BANDS.map(|(name, bound)| format!("{name} >= {bound}")).join(", ");
    _ = writeln!(text, "}}\n\nband interest {{ {bands}, cold }}\nstage mql when interest >= {MQL}");
    text
}

/// A rule in LeadQL.
pub fn line(rule: &Rule) -> String {
    let (term, within) = selector(&rule.selector);
    let points = format!("{:+}", rule.points as f64 / 1_000.0);
    let measured = |measure| match measure {
        Measure::Events => term.clone(),
        Measure::Seconds => format!("sum({term}.seconds)"),
        Measure::Days => format!("days({term})"),
        Measure::Subjects => format!("distinct({term})"),
    };
    match rule.body {
        Body::AtLeast(measure, bound) => format!("{} >= {bound}{within} => {points}", measured(measure)),
        Body::Fewer(measure, bound) => format!("{} < {bound}{within} => {points}", measured(measure)),
        Body::UpTo(most) => format!("each {term}{within} => {points} up to {most} times"),
        Body::Fading { decay, every, worth } => {
            let window = every * worth.len() as i64;
            format!("each {term} within {window}d => {points} decay {decay} every {every}d")
        }
    }
}

/// The term and the window.
fn selector(selector: &Selector) -> (String, String) {
    let subject = match selector.subject {
        Subject::Any => "*".to_owned(),
        Subject::OneOf(subjects) => subjects.join(" | "),
        Subject::Prefix(start) => format!("\"{start}*\""),
    };
    let within = selector.within.map(|days| format!(" within {days}d"));
    (format!("{}({subject})", selector.kind), within.unwrap_or_default())
}

pub fn ways(rules: &RuleSet, leads: &'static [Lead], now: DateTime<Utc>) -> Result<Vec<Way>, Box<dyn Error>> {
    let score = rules.score_id("interest").ok_or("no score")?;
    let verdict = move |evaluation: &Evaluation| Verdict {
        score: evaluation.points(score).map_or(i64::MIN, |points| points.thousandths()),
        band: evaluation.band_place(score).unwrap_or(usize::MAX) as u8,
        mql: evaluation.mql(),
    };

    let prepared = leads.iter().map(|lead| build(rules, lead)).collect::<Result<Vec<_>, _>>()?;
    let prepared: &'static [_] = prepared.leak();
    let mut evaluator = rules.evaluator().without_valid_until();
    let once =
        Way::new("LeadQL", Kind::Prepared, move |lead| verdict(evaluator.evaluate(&prepared[lead], now)));
    let mut evaluator = rules.evaluator();
    let valid_until = Way::new("LeadQL, with valid_until", Kind::Prepared, move |lead| {
        verdict(evaluator.evaluate(&prepared[lead], now))
    });

    let (mut evaluator, owned) = (rules.evaluator().without_valid_until(), rules.clone());
    let builder = Way::new("LeadQL, lead builder", Kind::FromFields, move |lead| {
        let lead = build(&owned, &leads[lead]).expect("checked above");
        verdict(evaluator.evaluate(&lead, now))
    });

    let (mut evaluator, owned) = (rules.evaluator().without_valid_until(), rules.clone());
    let serde = Way::new("LeadQL, serde", Kind::FromFields, move |lead| {
        let lead = owned.lead_from(&leads[lead]).expect("its events are the rule set's");
        verdict(evaluator.evaluate(&lead, now))
    });
    let (mut row, mut evaluator) = (rules.row(), rules.evaluator().without_valid_until());
    let (owned, seconds) = (rules.clone(), rules.property(rules.event("watched")?, "seconds")?);
    let row = Way::new("LeadQL, row", Kind::FromFields, move |lead| {
        row.clear();
        for event in &leads[lead].events {
            let kind = owned.event(&event.kind).expect("a standard kind");
            let known = KnownEvent::new(kind, &event.subject, event.at);
            let added = match event.watched {
                Some(watched) => {
                    row.add_event(&KnownEvent { properties: &[(seconds, watched.seconds.into())], ..known })
                }
                None => row.add_event(&known),
            };
            added.expect("built before");
        }
        verdict(evaluator.evaluate_row(&mut row, now).expect("of the same rule set"))
    });
    let mut keeper = rules.keeper();
    let mut state = move |lead: &Lead| {
        let mut state = keeper.new_state("");
        for event in &lead.events {
            keeper.record(&mut state, &new_event(event), now).expect("built above");
        }
        state
    };
    let mut states: Vec<LeadState> = leads.iter().map(&mut state).collect();
    let mut settler = rules.keeper();
    states.iter_mut().try_for_each(|state| settler.settle(state))?;
    let mut evaluator = rules.evaluator().without_valid_until();
    let kept = Way::new("LeadQL, bounded state", Kind::Prepared, move |lead| {
        verdict(evaluator.evaluate_state(&states[lead], now).expect("of the same rule set"))
    });
    let mut evaluator = rules.evaluator().without_valid_until();
    let recorded = Way::new("LeadQL, bounded state", Kind::FromFields, move |lead| {
        verdict(evaluator.evaluate_state(&state(&leads[lead]), now).expect("of the same rule set"))
    });
    Ok(vec![once, valid_until, kept, row, builder, serde, recorded])
}

pub fn new_event(event: &Event) -> NewEvent<'_> {
    let new = NewEvent::new(event.kind.as_str(), event.subject.as_str(), event.at);
    match event.watched {
        Some(watched) => new.property("seconds", watched.seconds),
        None => new,
    }
}

fn build(rules: &RuleSet, lead: &Lead) -> Result<leadql::Lead, LeadError> {
    let mut builder = rules.lead();
    for event in &lead.events {
        builder = builder.add_event(new_event(event))?;
    }
    Ok(builder.build())
}
