//! That the generators use all of the language: every sort of condition, every test of every type, every aggregate
//! under every comparison and window, every form of limit, decay, group and score. The names below come from matches
//! without a rest, so a construct that is added to the model has to be named here, and then has to turn up.

use std::collections::BTreeSet;

use super::rules;
use crate::RuleSet;
use crate::model::{
    Aggregate, ConditionKind, DateTest, DecayStep, EventTest, LimitPer, Member, Model, NumberTest, Rule,
    RuleBody, ScoreKind, SetTest, SubjectPattern, TextTest, ValueTest, Window,
};

const CONDITIONS: &[&str] = &[
    "and",
    "or",
    "not",
    "at least",
    "attribute",
    "events",
    "inactive",
    "score",
    "score between",
    "band",
    "band at least",
    "segment",
];

const COMPARISONS: &[&str] = &["=", "!=", "<", "<=", ">", ">="];
const AGGREGATES: &[&str] = &["count", "distinct", "days", "sum"];
const WINDOWS: &[&str] = &["ever", "within", "between"];

fn condition(kind: &ConditionKind) -> &'static str {
    match kind {
        ConditionKind::All(_) => "and",
        ConditionKind::Any(_) => "or",
        ConditionKind::Not(_) => "not",
        ConditionKind::AtLeast { .. } => "at least",
        ConditionKind::Attribute { .. } => "attribute",
        ConditionKind::Events(_) => "events",
        ConditionKind::Inactive(_) => "inactive",
        ConditionKind::Score { .. } => "score",
        ConditionKind::ScoreBetween { .. } => "score between",
        ConditionKind::Band { .. } => "band",
        ConditionKind::BandAtLeast { .. } => "band at least",
        ConditionKind::Segment(_) => "segment",
    }
}

fn window(window: Window) -> &'static str {
    match window {
        Window::Ever => "ever",
        Window::Within(_) => "within",
        Window::Between { .. } => "between",
    }
}

fn events(test: &EventTest) -> String {
    let aggregate = match test.aggregate {
        Aggregate::Count => "count",
        Aggregate::Distinct => "distinct",
        Aggregate::Days => "days",
        Aggregate::Sum(_) => "sum",
    };
    format!("{aggregate} {} {}", test.comparison.sign(), window(test.window))
}

fn subject(pattern: &SubjectPattern) -> &'static str {
    match pattern {
        SubjectPattern::Any => "any subject",
        SubjectPattern::Exact(_) => "a subject",
        SubjectPattern::Glob(_) => "a pattern of subjects",
    }
}

/// Every test of a value, of which type, as it is named when it is found.
const VALUE_TESTS: &[(&str, &[&str])] = &[
    ("text", &["known", "missing", "any of", "none of", "contains", "starts", "ends", "matches", "word"]),
    ("number", &["known", "missing", "=", "!=", "<", "<=", ">", ">=", "any of", "none of", "between"]),
    ("flag", &["known", "missing", "true", "false"]),
    ("date", &["known", "missing", "before", "after", "within", "older"]),
    ("one of", &["known", "missing", "any of", "none of"]),
    ("set of text", &["known", "missing", "any of", "all of"]),
];

fn value_test(test: &ValueTest) -> &'static str {
    let negated = |negated: bool| if negated { "none of" } else { "any of" };
    match test {
        ValueTest::Known => "known",
        ValueTest::Missing => "missing",
        ValueTest::Text(test) => match test {
            TextTest::AnyOf { negated: is, .. } => negated(*is),
            TextTest::Contains(_) => "contains",
            TextTest::StartsWith(_) => "starts",
            TextTest::EndsWith(_) => "ends",
            TextTest::Matches(_) => "matches",
            TextTest::HasWord(_) => "word",
        },
        ValueTest::Number(test) => match test {
            NumberTest::Compare(comparison, _) => comparison.sign(),
            NumberTest::AnyOf { negated: is, .. } => negated(*is),
            NumberTest::Between(..) => "between",
        },
        ValueTest::Flag(true) => "true",
        ValueTest::Flag(false) => "false",
        ValueTest::Symbol { negated: is, .. } => negated(*is),
        ValueTest::Set(SetTest::AnyOf(_)) => "any of",
        ValueTest::Set(SetTest::AllOf(_)) => "all of",
        ValueTest::Date(test) => match test {
            DateTest::Before(_) => "before",
            DateTest::After(_) => "after",
            DateTest::Within(_) => "within",
            DateTest::OlderThan(_) => "older",
        },
    }
}

/// What a rule is made of, each part by its name.
fn rule(rule: &Rule, found: &mut BTreeSet<String>) {
    let decay = rule.decay.map_or("no decay", |decay| match decay.step {
        DecayStep::Percent(_) => "percent",
        DecayStep::Amount(_) => "amount",
    });
    match &rule.body {
        RuleBody::Condition(_) => drop(found.insert(format!("condition {decay}"))),
        RuleBody::Each { window: of, when, limits, .. } => {
            let per = match limits.per {
                None => "ever",
                Some(LimitPer::Day(_)) => "day",
                Some(LimitPer::Subject(_)) => "subject",
            };
            let times = if limits.times < 100 { "times" } else { "no times" };
            found.insert(format!("each {decay} {times} {per}"));
            found.insert(format!("each {} {}", window(*of), if when.is_some() { "when" } else { "always" }));
        }
    }
}

fn look_through(model: &Model, found: &mut BTreeSet<String>) {
    for each in &model.conditions {
        found.insert(format!("condition: {}", condition(&each.kind)));
        match &each.kind {
            ConditionKind::Events(test) => drop(found.insert(events(test))),
            ConditionKind::Attribute { attribute, test } => {
                let of = model.vocabulary.attribute(*attribute).unwrap().of.name();
                found.insert(format!("attribute {of} {}", value_test(test)));
            }
            _ => {}
        }
    }
    for selector in &model.selectors {
        let kind = model.vocabulary.kind(selector.kind).unwrap();
        for (property, test) in &selector.tests {
            let of = kind.property(*property).unwrap().of.name();
            found.insert(format!("property {of} {}", value_test(test)));
        }
        found.extend(selector.subjects.iter().map(|pattern| subject(pattern).to_owned()));
    }
    model.rules.iter().for_each(|of| rule(of, found));
    for score in &model.scores {
        match &score.kind {
            ScoreKind::Derived(_) => drop(found.insert("a derived score".to_owned())),
            ScoreKind::Rules(members) => {
                for group in members.iter().filter_map(|member| match member {
                    Member::Group(group) => Some(group),
                    Member::Rule(_) => None,
                }) {
                    let (low, high) = (group.low.is_some(), group.high.is_some());
                    found.insert(format!("group, best {}, low {low}, high {high}", group.best));
                }
            }
        }
    }
    let gates = &model.gates;
    let defined = [
        ("mql", gates.mql.is_some()),
        ("sql", gates.sql.is_some()),
        ("recycle", gates.recycle.is_some()),
        ("two reasons to disqualify", gates.disqualify.len() > 1),
    ];
    found.extend(defined.iter().filter(|(_, is)| *is).map(|(gate, _)| format!("gate {gate}")));
}

/// Whatever has to turn up.
fn wanted() -> BTreeSet<String> {
    let mut wanted: BTreeSet<String> = CONDITIONS.iter().map(|name| format!("condition: {name}")).collect();
    for aggregate in AGGREGATES {
        for comparison in COMPARISONS {
            wanted.extend(WINDOWS.iter().map(|window| format!("{aggregate} {comparison} {window}")));
        }
    }
    for (of, tests) in VALUE_TESTS {
        wanted.extend(tests.iter().map(|test| format!("attribute {of} {test}")));
        if ["text", "number", "flag"].contains(of) {
            wanted.extend(tests.iter().map(|test| format!("property {of} {test}")));
        }
    }
    wanted
        .extend(["any subject", "a subject", "a pattern of subjects", "a derived score"].map(str::to_owned));
    for decay in ["no decay", "percent", "amount"] {
        wanted.insert(format!("condition {decay}"));
        for times in ["times", "no times"] {
            wanted.extend(["ever", "day", "subject"].map(|per| format!("each {decay} {times} {per}")));
        }
    }
    for window in WINDOWS {
        wanted.extend(["when", "always"].map(|when| format!("each {window} {when}")));
    }
    for best in [false, true] {
        for (low, high) in [(false, false), (true, false), (false, true), (true, true)] {
            wanted.insert(format!("group, best {best}, low {low}, high {high}"));
        }
    }
    wanted.extend(["mql", "sql", "recycle", "two reasons to disqualify"].map(|gate| format!("gate {gate}")));
    wanted
}

#[test]
fn generated_rule_sets_use_all_of_the_model() {
    let wanted = wanted();
    let mut found = BTreeSet::new();
    for seed in 0..2_000 {
        let case = super::case(seed, 16);
        let rules = RuleSet::compile(&rules::render(&case.pieces)).unwrap();
        look_through(&rules.compiled.model, &mut found);
        if found.is_superset(&wanted) {
            break;
        }
    }
    let missing: Vec<&String> = wanted.difference(&found).collect();
    let unnamed: Vec<&String> = found.difference(&wanted).collect();
    assert!(missing.is_empty() && unnamed.is_empty(), "missing: {missing:#?}, not named here: {unnamed:#?}");
}
