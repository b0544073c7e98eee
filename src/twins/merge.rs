//! Merging records by chance: in any order and any grouping it gives the same, and the merged lead is what a lead
//! with all the events is.

use std::collections::BTreeMap;

use super::dice::Dice;
use super::leads::{self, GivenLead};
use super::rules;
use crate::lead::{Event, Facts};
use crate::qualify::{Answer, BantItem};
use crate::score::{self, Outcome, Scratch};
use crate::time::Instant;
use crate::{Keep, Lead, LeadRecord, MergePolicy, RuleSet};

/// A rule set, records of one lead for it, and an instant.
struct Duplicates {
    rules: RuleSet,
    policy: MergePolicy,
    records: Vec<LeadRecord>,
    now: Instant,
}

fn duplicates(seed: u64) -> Duplicates {
    let mut dice = Dice::new(seed);
    let written = rules::rule_set(&mut dice, 2 + usize::try_from(seed % 8).unwrap());
    let now = leads::instant(&mut dice);
    let rules = RuleSet::compile(&rules::render(&written.pieces)).unwrap();
    let vocabulary = &rules.compiled.model.vocabulary;
    let count = dice.below(5) + 2;
    let mut given: Vec<GivenLead> = Vec::new();
    for _ in 0..count {
        let mut lead = leads::lead(&mut dice, &written.mentioned, now, 12);
        // Much of what one record has another has too, be it a little different.
        for other in &given {
            lead.events.extend(other.events.iter().filter(|_| dice.chance(20)).cloned());
            lead.attributes.retain(|_| dice.chance(80));
        }
        given.push(lead);
    }
    const KEEP: [Keep; 5] = [Keep::Newest, Keep::Oldest, Keep::MostTrusted, Keep::Smallest, Keep::Largest];
    let mut policy = rules.merge_policy(*dice.pick(&KEEP));
    for attribute in &vocabulary.attributes {
        if dice.chance(20) {
            policy = policy.keep(&attribute.name, *dice.pick(&KEEP)).unwrap();
        }
    }
    let records = given.iter().map(|given| {
        let facts = Facts { id: (*dice.pick(&["", "a", "b", "c"])).to_owned(), ..given.facts(vocabulary) };
        let as_of = Instant::from_micros(dice.between(0, 2)).unwrap();
        let rank = u32::try_from(dice.below(3)).unwrap();
        let record = LeadRecord::new(Lead::new(&rules.compiled, facts), as_of.into()).ranked(rank);
        if dice.chance(20) { record.without_stage() } else { record }
    });
    let records = records.collect();
    Duplicates { policy, records, now, rules }
}

fn each(property: u64, holds: impl Fn(&mut Dice, Duplicates)) {
    let variable = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let (cases, first) = (variable("LEADQL_CASES").unwrap_or(200), variable("LEADQL_SEED").unwrap_or(0));
    for seed in (first + property * 1_000_000_000..).take(usize::try_from(cases).unwrap()) {
        // A panic is caught by nobody, so the last seed printed is the one that fails.
        println!("seed {seed}");
        holds(&mut Dice::new(seed), duplicates(seed));
    }
}

#[test]
fn neither_order_nor_grouping_matters() {
    each(31, |dice, Duplicates { policy, records, .. }| {
        let all = policy.merge(records.clone()).unwrap();
        let mut left = records.clone();
        // Any two of them, until one is left.
        while left.len() > 1 {
            dice.shuffle(&mut left);
            let (one, other) = (left.pop().unwrap(), left.pop().unwrap());
            left.push(policy.merge([one, other]).unwrap());
        }
        assert_eq!(format!("{:#?}", told(&left[0])), format!("{:#?}", told(&all)));
        // A merged record merged alone stays what it is.
        assert_eq!(format!("{:?}", told(&policy.merge(left).unwrap())), format!("{:?}", told(&all)));
    });
}

/// Everything that a record holds but for what is derived from it.
fn told(record: &LeadRecord) -> impl std::fmt::Debug {
    let facts = record.lead().facts().clone();
    let mut since = BTreeMap::new();
    for attribute in &record.lead().vocabulary().attributes {
        since.insert(attribute.name.clone(), record.known_since(&attribute.name));
    }
    let ids: Vec<String> = record.ids().map(str::to_owned).collect();
    (facts, since, ids)
}

#[test]
fn the_score_of_the_merged_lead_is_the_score_of_the_union() {
    each(32, |_, Duplicates { policy, records, now, rules }| {
        let all: Vec<Event> =
            records.iter().flat_map(|record| record.lead().facts().events.clone()).collect();
        // Where equally early events share an id, which of them was read first is nobody's to say.
        let rivals = |one: &Event, other: &Event| {
            one.id.is_some() && (&one.id, one.at) == (&other.id, other.at) && one != other
        };
        if all.iter().any(|one| all.iter().any(|other| rivals(one, other))) {
            return;
        }
        let mut events: Vec<Event> = Vec::new();
        for event in &all {
            match events.iter_mut().find(|known| known.id.is_some() && known.id == event.id) {
                Some(known) if event.at < known.at => *known = event.clone(),
                Some(_) => {}
                None => events.push(event.clone()),
            }
        }
        events.sort_by_key(|event| event.at);
        let merged = policy.merge(records).unwrap();
        let union = Facts { events, ..merged.lead().facts().clone() };
        assert_eq!(outcome(&rules, merged.lead().facts(), now), outcome(&rules, &union, now));
    });
}

fn outcome(rules: &RuleSet, facts: &Facts, now: Instant) -> Outcome {
    let (plan, mut outcome) = (&rules.compiled.plan, Outcome::default());
    let stage = (facts.stage, facts.stage_since);
    score::evaluate(plan, &plan.signals(facts), stage, now, &mut Scratch::default(), &mut outcome);
    outcome
}

#[test]
fn answers_come_together_in_any_order() {
    let rules = RuleSet::compile("need => 1").unwrap();
    for seed in 0..200 {
        let mut dice = Dice::new(seed);
        let mut answers = || {
            let mut qualification = rules.qualification("L-1");
            let mut at = Instant::EPOCH;
            for _ in 0..dice.below(5) {
                at = Instant::from_micros(at.micros() + dice.between(0, 2)).unwrap();
                let answer = *dice.pick(&[Answer::Unknown, Answer::Confirmed, Answer::Denied]);
                let (item, by) = (*dice.pick(&BantItem::ALL), *dice.pick(&["dana", "kim"]));
                qualification.answer(item, answer, at.into(), by).unwrap();
            }
            qualification.bant().clone()
        };
        let (one, two, three) = (answers(), answers(), answers());
        let all = one.newest_of(&two).newest_of(&three);
        assert_eq!(one.newest_of(&two.newest_of(&three)), all, "seed {seed}");
        assert_eq!(three.newest_of(&one).newest_of(&two), all, "seed {seed}");
        assert_eq!(all.newest_of(&two), all, "seed {seed}");
    }
}
