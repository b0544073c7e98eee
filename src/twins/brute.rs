//! Reviews of small rule sets held against all leads of a small world: no finding is wrong.
//!
//! A world of two attributes with a handful of values and two kinds of events at three ages has under a thousand
//! leads. Rule sets that ask for no more than that are made by chance, reviewed, and every finding is looked up in
//! what each of these leads comes to.

use super::dice::Dice;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::explain::{Reader, Reading};
use crate::lead::{Event, Facts, Stage, Text, Value};
use crate::model::{ConditionId, Model, RuleBody, RuleIndex, Window};
use crate::time::{DAY, Instant};
use crate::{Number, Points, ReviewOptions, RuleSet};

/// Conditions over the small world.
fn condition(dice: &mut Dice, depth: usize) -> String {
    if depth > 0 && dice.chance(45) {
        let mut part = || condition(dice, depth - 1);
        let (one, other, third) = (part(), part(), part());
        return match dice.below(5) {
            0 | 1 => format!("({one} and {other})"),
            2 | 3 => format!("({one} or {other})"),
            _ => format!("at least 2 of [{one}, {other}, {third}]"),
        };
    }
    if dice.chance(20) {
        return format!("not ({})", condition(dice, depth.saturating_sub(1)));
    }
    let number = dice.between(0, 4);
    let comparison = *dice.pick(&["=", "!=", "<", "<=", ">", ">="]);
    let window = *dice.pick(&["", "", " within 3d", " within 10d", " within 30d", " between 10d and 3d ago"]);
    let subject = *dice.pick(&["a", "b", "*", "a | b"]);
    match dice.below(10) {
        0 | 1 => format!("company_size {comparison} {number}"),
        2 => format!("company_size in [{number}, 3]"),
        3 => (*dice.pick(&["need", "need = false", "need is missing", "need is known", "need != true"]))
            .to_owned(),
        4 | 5 => format!("visited({subject}) {comparison} {number}{window}"),
        6 => format!("opened(*){window}"),
        7 => format!("distinct(visited({subject})) {comparison} {}{window}", dice.between(0, 2)),
        8 => format!("days(visited({subject})) {comparison} {number}{window}"),
        _ => format!("inactive for {}", dice.pick(&["3d", "10d", "30d"])),
    }
}

fn rule(dice: &mut Dice) -> String {
    let points = dice.pick(&["+5", "+10", "-5", "+20", "-10"]);
    let decay = dice.pick(&["", "", "", " decay 50% every 10d", " decay 5 every 3d"]);
    if dice.chance(30) {
        let window = dice.pick(&["", " within 3d", " within 10d", " within 30d", " between 30d and 10d ago"]);
        let limit = dice.pick(&["", " up to 2 times", " up to 1 times per day"]);
        let subject = dice.pick(&["a", "*"]);
        return format!("each visited({subject}){window} => {points}{limit}{decay}");
    }
    if dice.chance(25) {
        return format!("visited(*) within {} => {points}{decay}", dice.pick(&["3d", "10d", "30d"]));
    }
    format!("{} => {points}", condition(dice, 2))
}

fn rule_set(dice: &mut Dice) -> String {
    let mut text = format!("score s {} {{\n", dice.pick(&["", "0..30", "-10..10", "0..100"]));
    for at in 0..2 + dice.below(4) {
        if dice.chance(25) {
            let bounds = dice.pick(&["best", "max 10", "max -5", "min 0", "best max 15"]);
            text.push_str(&format!("group g{at} {bounds} {{\n{}\n{}\n}}\n", rule(dice), rule(dice)));
        } else {
            text.push_str(&format!("{}\n", rule(dice)));
        }
    }
    text.push_str("}\n");
    let mut bounds = vec![45, 33, 30, 22, 15, 11, 6, 0, -3, -40];
    bounds.retain(|_| dice.chance(40));
    let bands: String =
        (0..).zip(&bounds).map(|(at, bound): (i32, _)| format!("b{at} >= {bound}, ")).collect();
    text.push_str(&format!("band s {{ {bands}last }}\n"));
    let gate = |dice: &mut Dice| {
        let bound = dice.between(-2, 8) * 5;
        match dice.below(4) {
            0 => condition(dice, 2),
            1 => format!("s >= {bound} and {}", condition(dice, 1)),
            2 => format!("s < {bound}"),
            _ => format!("s >= {bound}"),
        }
    };
    let until = if dice.chance(60) { format!(" until {}", gate(dice)) } else { String::new() };
    text.push_str(&format!("stage mql when {}{until}\n", gate(dice)));
    text.push_str(&format!("recycle when {}\n", gate(dice)));
    text.push_str(&format!("disqualify when {}\n", gate(dice)));
    text.push_str(&format!("segment seg when {}\n", gate(dice)));
    text
}

/// Every lead of the small world.
fn leads(model: &Model, now: Instant) -> Vec<Facts> {
    let attribute = |name: &str| model.vocabulary.attribute_id(name).unwrap().0 as usize;
    let kind = |name: &str| model.vocabulary.kind_id(name).unwrap();
    let sizes = [None, Some(1), Some(2), Some(3), Some(4)];
    let slots = [
        ("visited", "a", 1),
        ("visited", "a", 5),
        ("visited", "b", 1),
        ("visited", "b", 20),
        ("opened", "a", 5),
        ("visited", "a", 3),
    ];
    let mut all = Vec::new();
    for size in sizes {
        for need in [None, Some(true), Some(false)] {
            for chosen in 0_u32..1 << slots.len() {
                let mut attributes = vec![None; model.vocabulary.attributes.len()];
                attributes[attribute("company_size")] =
                    size.map(|size| Value::Number(Number::from_millionths(size * 1_000_000).unwrap()));
                attributes[attribute("need")] = need.map(Value::Flag);
                let slots = slots.iter().enumerate().filter(|(at, _)| chosen & (1 << at) != 0);
                let mut events: Vec<Event> = slots
                    .map(|(_, (name, subject, age))| Event {
                        kind: kind(name),
                        subject: Text::new(subject),
                        at: Instant::from_micros(now.micros() - age * DAY).unwrap(),
                        properties: Vec::new(),
                        id: None,
                    })
                    .collect();
                events.sort_by_key(|event| event.at);
                all.push(Facts {
                    id: String::new(),
                    attributes,
                    events,
                    stage: Stage::Lead,
                    stage_since: None,
                });
            }
        }
    }
    all
}

struct World<'m> {
    model: &'m Model,
    now: Instant,
    leads: Vec<Facts>,
    readings: Vec<Reading>,
}

impl World<'_> {
    fn condition(&self, place: Place) -> Vec<ConditionId> {
        let all = (0..).map(ConditionId).zip(&self.model.conditions);
        all.filter(|(_, condition)| condition.place == place).map(|(id, _)| id).collect()
    }

    fn rule(&self, place: Place) -> RuleIndex {
        let at = self.model.rules.iter().position(|rule| rule.place == place).unwrap();
        RuleIndex(u32::try_from(at).unwrap())
    }

    fn never(&self, ids: &[ConditionId], holds: bool) -> bool {
        self.readings.iter().all(|reading| ids.iter().all(|id| reading.conditions[id.index()] != holds))
    }

    /// Whether every lead has the same scores under another model.
    fn same_scores(&self, change: impl Fn(&mut Model)) -> bool {
        let mut other = self.model.clone();
        change(&mut other);
        let scores = |reading: &Reading| reading.outcome.scores.clone();
        let again = self.leads.iter().map(|facts| Reader::new(&other, facts).read(self.now));
        again.zip(&self.readings).all(|(again, reading)| scores(&again) == scores(reading))
    }

    /// Whether a finding is as it says.
    fn is_right(&self, found: &Diagnostic) -> bool {
        let place = found.labels[0].0;
        let other = found.labels.get(1).map(|(place, _)| *place);
        let is_rule = self.model.rules.iter().any(|rule| rule.place == place);
        let counts = |reading: &Reading, rule: RuleIndex| reading.rules[rule.index()].holds;
        match found.code {
            Code::NeverTrue if self.condition(place).is_empty() => {
                let rule = self.rule(place);
                self.readings.iter().all(|reading| !counts(reading, rule))
            }
            Code::NeverTrue | Code::UnreachableThreshold | Code::UnreachableGate => {
                self.never(&self.condition(place), true)
            }
            Code::AlwaysTrue => self.never(&self.condition(place), false),
            Code::RedundantTest => self.implies(place, other.unwrap()),
            Code::DeadWindow if !is_rule => self.implies(place, other.unwrap()),
            Code::DeadWindow => self.same_scores(|model| {
                let rule = self.rule(place);
                let rule = &mut model.rules[rule.index()];
                match &mut rule.body {
                    RuleBody::Each { window: Window::Between { .. }, .. } => rule.points = Points::ZERO,
                    RuleBody::Each { window, .. } => *window = Window::Ever,
                    RuleBody::Condition(_) => {}
                }
            }),
            Code::DeadDecay => self.same_scores(|model| {
                let rule = model.rules.iter_mut().find(|rule| rule.decay_place == Some(place)).unwrap();
                rule.decay = None;
            }),
            Code::RepeatedRule | Code::ContradictingRules => {
                let (one, other) = (self.rule(place), self.rule(other.unwrap()));
                self.readings.iter().all(|reading| counts(reading, one) == counts(reading, other))
            }
            Code::ContainedRule => {
                let (one, other) = (self.rule(place), self.rule(other.unwrap()));
                self.readings.iter().all(|reading| !counts(reading, one) || counts(reading, other))
            }
            Code::SwallowedPoints if other.is_none() => {
                let rule = self.rule(place);
                self.same_scores(|model| model.rules[rule.index()].points = Points::ZERO)
            }
            Code::SwallowedPoints => {
                let rule = self.rule(place);
                self.same_scores(|model| {
                    model.rules[rule.index()].points = Points::from_thousandths(-1_000_000_000)
                }) || self.same_scores(|model| model.rules[rule.index()].points = Points::ZERO)
            }
            Code::UnreachableBand | Code::EmptyBand => {
                let score = &self.model.scores[0];
                let at = score.bands.iter().position(|band| band.place == place).unwrap();
                self.readings
                    .iter()
                    .all(|reading| reading.outcome.bands[0].is_none_or(|band| band.index() != at))
            }
            Code::UnreachableStage => {
                let mql = self.model.gates.mql.as_ref().unwrap();
                let stage =
                    if self.condition(place).contains(&mql.when) { Stage::Mql } else { Stage::Recycled };
                self.readings.iter().all(|reading| reading.outcome.stage != stage)
            }
            Code::Flapping => match self.model.gates.mql.as_ref().unwrap() {
                mql if mql.until.is_some() => {
                    let (when, until) = (mql.when.index(), mql.until.unwrap().index());
                    self.readings.iter().all(|reading| reading.conditions[when] || reading.conditions[until])
                }
                // It comes with a lead that shows it.
                _ => found.witness.is_some(),
            },
            Code::NeverComesBack => self.leads.iter().all(|facts| {
                let facts = Facts { stage: Stage::Recycled, ..facts.clone() };
                Reader::new(self.model, &facts).read(self.now).outcome.stage != Stage::Mql
            }),
            Code::OverlappingGates | Code::MqlWithoutEngagement | Code::MqlByOneAction => {
                found.witness.is_some()
            }
            _ => false,
        }
    }

    /// Whether one of two conditions holds whenever the other does.
    fn implies(&self, one: Place, other: Place) -> bool {
        let (one, other) = (self.condition(one)[0].index(), self.condition(other)[0].index());
        let all = |one: usize, other: usize| {
            self.readings.iter().all(|reading| !reading.conditions[one] || reading.conditions[other])
        };
        all(one, other) || all(other, one)
    }
}

#[test]
fn no_finding_is_wrong_of_any_lead_of_a_small_world() {
    let variable = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let (cases, first) = (variable("LEADQL_CASES").unwrap_or(200) / 4, variable("LEADQL_SEED").unwrap_or(0));
    let now = Instant::parse("2026-11-01").unwrap();
    let mut seen = std::collections::BTreeMap::new();
    for seed in first..first + cases {
        let text = rule_set(&mut Dice::new(seed));
        let rules = RuleSet::compile(&text).unwrap_or_else(|found| panic!("{text}\n{found}"));
        let model = &rules.compiled.model;
        let leads = leads(model, now);
        let readings = leads.iter().map(|facts| Reader::new(model, facts).read(now)).collect();
        let world = World { model, now, leads, readings };
        for found in rules.review(&ReviewOptions::new()).findings.iter() {
            *seen.entry(found.code).or_insert(0) += 1;
            assert!(world.is_right(found), "seed {seed}: {} at {:?}\n{text}", found.message, found.labels);
        }
    }
    for code in [
        Code::NeverTrue,
        Code::AlwaysTrue,
        Code::RedundantTest,
        Code::UnreachableBand,
        Code::OverlappingGates,
    ] {
        assert!(seen.contains_key(&code) || cases < 50, "no {code} among {seen:?}");
    }
}
