//! Advice holds what it says: its changes, done to a lead as their data tells them, make the gate hold by the
//! plain reading; no part of them does; and "before" is where it becomes too late.

use super::compare::{Compiled, for_all};
use crate::Gate;
use crate::advice::{Advice, Edge, LeadChange, Relation, Standing, Wanted, Way};
use crate::decimal::Number;
use crate::explain::Reader;
use crate::lead::{Event, Facts, Text, Value};
use crate::rule_set::Lead;
use crate::time::Instant;
use crate::vocabulary::{Type, Vocabulary};

fn gate_holds(compiled: &Compiled<'_>, gate: Gate, facts: &Facts, at: Instant) -> bool {
    let gates = Reader::new(compiled.model(), facts).read(at).outcome.gates;
    match gate {
        Gate::Mql => gates.mql,
        Gate::Revert => gates.revert,
        Gate::Sql => gates.sql,
        Gate::Recycle => gates.recycle,
        Gate::Disqualify => gates.disqualify.is_some(),
    }
}

/// Every value that a wish names or is bounded by.
fn values(of: &Type, wanted: &Wanted) -> Vec<Option<Value>> {
    let end = |edge: &Edge, inward: i64| {
        let inward = if edge.included { 0 } else { inward };
        match of {
            Type::Date => {
                let at = Instant::parse(&edge.value).unwrap();
                Value::Date(Instant::from_micros(at.micros() + inward).unwrap())
            }
            _ => {
                let number = edge.value.parse::<Number>().unwrap();
                Value::Number(Number::from_millionths(number.millionths() + inward).unwrap())
            }
        }
    };
    match wanted {
        Wanted::Flag(flag) => vec![Some(Value::Flag(*flag))],
        Wanted::Missing => vec![None],
        Wanted::Range { from: None, to: None } => vec![Some(match of {
            Type::Date => Value::Date(Instant::EPOCH),
            _ => Value::Number(Number::default()),
        })],
        Wanted::Range { from, to } => {
            let from = from.iter().map(|edge| Some(end(edge, 1)));
            from.chain(to.iter().map(|edge| Some(end(edge, -1)))).collect()
        }
        Wanted::Text { texts, .. } => {
            let value = |text: &String| match of {
                Type::Text => Value::Text(Text::new(text)),
                Type::SetOfText => Value::Set(text.split(" and ").map(Text::new).collect()),
                Type::OneOf(_) => Value::Symbol(of.symbol_id(text).unwrap()),
                _ => panic!("{text:?} for a {}", of.name()),
            };
            texts.iter().map(|text| Some(value(text))).collect()
        }
    }
}

/// Does one change; of the values of an attribute the one at `pick`.
fn change(vocabulary: &Vocabulary, facts: &mut Facts, change: &LeadChange, pick: usize, at: Instant) {
    match change {
        LeadChange::Wait { .. } => {}
        LeadChange::Attribute { attribute, wanted, .. } => {
            let id = vocabulary.attribute_id(attribute).unwrap();
            let values = values(&vocabulary.attribute(id).unwrap().of, wanted);
            facts.attributes[id.0 as usize] = values[pick.min(values.len() - 1)].clone();
        }
        LeadChange::Events { count, kind, subject, new_subject, properties, .. } => {
            let id = vocabulary.kind_id(kind).unwrap();
            let of = vocabulary.kind(id).unwrap();
            let properties = properties.iter().map(|(name, value)| {
                let id = of.property_id(name).unwrap();
                let value = match of.property(id).unwrap().of {
                    Type::Number => Value::Number(value.parse().unwrap()),
                    Type::Flag => Value::Flag(value.parse().unwrap()),
                    _ => Value::Text(Text::new(value)),
                };
                (id, value)
            });
            let properties: Vec<_> = properties.collect();
            for number in 0..*count {
                let unseen = if *new_subject { format!("unseen {number}") } else { "whatever".to_owned() };
                let subject = Text::new(&subject.replace('*', &unseen));
                let place = facts.events.partition_point(|event| event.at <= at);
                facts
                    .events
                    .insert(place, Event { kind: id, subject, at, properties: properties.clone(), id: None });
            }
        }
    }
}

/// Whether the gate holds after these changes, `after` microseconds later than the way has it.
fn does(
    compiled: &Compiled<'_>,
    gate: Gate,
    changes: &[LeadChange],
    pick: (usize, usize),
    at: Instant,
) -> bool {
    let mut facts = compiled.facts.clone();
    for (index, one) in changes.iter().enumerate() {
        let pick = if index == pick.0 { pick.1 } else { 0 };
        change(&compiled.model().vocabulary, &mut facts, one, pick, at);
    }
    gate_holds(compiled, gate, &facts, at)
}

/// When a set of changes is made: after its wait, if it has one.
fn time_of(changes: &[LeadChange], now: Instant) -> Instant {
    let wait = changes.iter().find_map(|change| match change {
        LeadChange::Wait { until } => Some(Instant::nearest(*until)),
        _ => None,
    });
    wait.unwrap_or(now)
}

fn check_way(compiled: &Compiled<'_>, gate: Gate, way: &Way) -> Result<(), String> {
    let now = compiled.case.now;
    let at = time_of(&way.changes, now);
    let said = |what: &str| Err(format!("{gate:?}: {way}\n{way:#?}\n{what}"));
    for (index, change) in way.changes.iter().enumerate() {
        let others = match change {
            LeadChange::Attribute { wanted: Wanted::Text { texts, .. }, .. } => texts.len(),
            LeadChange::Attribute { wanted: Wanted::Range { .. }, .. } => 2,
            _ => 1,
        };
        for pick in 0..others {
            if !does(compiled, gate, &way.changes, (index, pick), at) {
                return said(&format!("value {pick} of change {index} does not do"));
            }
        }
    }
    for part in 0..(1u32 << way.changes.len()) - 1 {
        let changes: Vec<LeadChange> = (0..way.changes.len())
            .filter(|index| part >> index & 1 == 1)
            .map(|index| way.changes[index].clone())
            .collect();
        if does(compiled, gate, &changes, (0, 0), time_of(&changes, now)) {
            return said(&format!("part {part:b} is enough"));
        }
    }
    for index in 0..way.changes.len() {
        let mut fewer = way.changes.clone();
        match &mut fewer[index] {
            LeadChange::Events { count, .. } if *count > 1 => *count -= 1,
            _ => continue,
        }
        if does(compiled, gate, &fewer, (0, 0), at) {
            return said("one event less is enough");
        }
    }
    // A date that is wanted is told for now, and ages with the lead.
    let has_date = way.changes.iter().any(|change| {
        let LeadChange::Attribute { attribute, .. } = change else { return false };
        let vocabulary = &compiled.model().vocabulary;
        let id = vocabulary.attribute_id(attribute).unwrap();
        vocabulary.attribute(id).unwrap().of == Type::Date
    });
    if let Some(before) = way.before.filter(|_| !has_date).map(Instant::nearest) {
        let just_before = Instant::from_micros(before.micros() - 1).unwrap();
        if !does(compiled, gate, &way.changes, (0, 0), just_before) {
            return said("too late just before the instant that is told");
        }
        if does(compiled, gate, &way.changes, (0, 0), before) {
            return said("not too late at the instant that is told");
        }
    }
    Ok(())
}

fn check(compiled: &Compiled<'_>, gate: Gate, advice: &Advice) -> Result<(), String> {
    let holds = gate_holds(compiled, gate, &compiled.facts, compiled.case.now);
    if (advice.standing == Standing::Holds) != holds || (holds && !advice.ways.is_empty()) {
        return Err(format!("the gate holds: {holds}, but\n{advice}"));
    }
    advice.ways.iter().try_for_each(|way| check_way(compiled, gate, way))
}

#[test]
fn every_way_does_what_it_says_and_no_part_of_it_does() {
    for_all(7, |compiled| {
        let gate = Gate::ALL[compiled.facts.events.len() % Gate::ALL.len()];
        let lead = Lead::new(&compiled.rules.compiled, compiled.facts.clone());
        let advice = compiled.rules.what_it_would_take(&lead, compiled.case.now.into(), gate);
        check(compiled, gate, &advice)
    });
}

#[test]
fn the_largest_rule_sets_get_ways_too() {
    let mut ways = [0; 5];
    for seed in 0..20 {
        let case = super::case(9_000_000_000 + seed, 40);
        let Ok(rules) = crate::RuleSet::compile(&super::rules::render(&case.pieces)) else { continue };
        let facts = case.lead.facts(&rules.compiled.model.vocabulary);
        let lead = Lead::new(&rules.compiled, facts);
        for (gate, ways) in Gate::ALL.into_iter().zip(&mut ways) {
            *ways += rules.what_it_would_take(&lead, case.now.into(), gate).ways.len();
        }
    }
    assert!(ways.iter().all(|ways| *ways > 0), "{ways:?}");
}

/// The relations that the property above takes as plain equality are passed by the text itself.
#[test]
fn a_text_stands_in_each_relation_to_itself() {
    let rules = crate::RuleSet::compile(
        "title contains \"chief\" and region starts with \"n\" and city ends with \"x\" and need => +1
         stage mql when score >= 1",
    )
    .unwrap();
    let now = Instant::EPOCH.into();
    let advice = rules.what_it_would_take(&rules.lead().build(), now, Gate::Mql);
    let relations = advice.ways[0].changes.iter().filter_map(|change| match change {
        LeadChange::Attribute { wanted: Wanted::Text { relation, .. }, .. } => Some(*relation),
        _ => None,
    });
    let relations: Vec<Relation> = relations.collect();
    assert_eq!(relations, [Relation::Contains, Relation::StartsWith, Relation::EndsWith]);
}
