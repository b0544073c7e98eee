//! Advice on leads whose answers can be worked out by hand, and on hostile ones.

use chrono::{DateTime, Utc};

use super::{Advice, Likelihood, Standing};
use crate::{Gate, Lead, LeadBuilder, RuleSet, Stage};

fn at(text: &str) -> DateTime<Utc> {
    crate::parse_instant(text).unwrap()
}

fn advice(rules: &str, gate: Gate, lead: impl Fn(LeadBuilder<'_>) -> Lead) -> Advice {
    let rules = RuleSet::compile(rules).unwrap();
    rules.what_it_would_take(&lead(rules.lead()), at("2026-11-01"), gate)
}

fn ways(advice: &Advice) -> Vec<String> {
    advice.ways.iter().map(ToString::to_string).collect()
}

fn ways_to_mql(rules: &str, lead: impl Fn(LeadBuilder<'_>) -> Lead) -> Vec<String> {
    ways(&advice(rules, Gate::Mql, lead))
}

/// The first lead of the example: engagement 25, fit 50; an MQL has 50 and 40.
fn first_example(gate: Gate) -> Advice {
    let rules = RuleSet::compile(include_str!("../../examples/saas/rules.lql")).unwrap();
    let (lead, now) = rules.test_leads().next().unwrap();
    rules.what_it_would_take(&lead, now, gate)
}

#[test]
fn the_first_example_lead_becomes_an_mql_by_three_more_events() {
    let advice = first_example(Gate::Mql);
    assert_eq!((advice.standing, advice.at), (Standing::Open, at("2026-11-01")));
    let ways = ways(&advice);
    // Three webinars give 30. Two give 20, and a third day with a visit within 14 days 6, while the visit of
    // 27 October counts.
    assert_eq!(ways[0], "before 26 Nov 2026: 3 more attendances at webinar");
    let by_the_day = "before 10 Nov 2026: 2 more attendances at webinar, and one more visit to any page";
    assert!(ways.contains(&by_the_day.to_owned()), "{ways:#?}");
    assert!(advice.ways.iter().all(|way| way.stage == Stage::Mql && way.likelihood == Likelihood::CanDo));
}

#[test]
fn what_to_ask_the_first_example_lead() {
    // Its title alone gives nothing more: a country needs a title, which is known.
    let questions: Vec<String> = first_example(Gate::Mql).questions.iter().map(ToString::to_string).collect();
    assert_eq!(questions, ["industry: up to +15 fit and +6 total", "country: up to +10 fit and +4 total"]);
}

#[test]
fn three_of_four_flags_or_one_request_make_an_sql() {
    let advice = first_example(Gate::Sql);
    let ways = ways(&advice);
    assert_eq!(ways[0], "one more request for demo");
    assert_eq!(
        ways[1],
        "budget true (unknown now), authority true (unknown now), and need true (unknown now)"
    );
    assert_eq!((ways.len(), advice.cut), (5, false));
    assert_eq!(advice.ways[1].count, 3);
    assert_eq!(advice.ways[1].likelihood, Likelihood::CanFindOut);
    let asked: Vec<&str> = advice.questions.iter().map(|question| question.attribute.as_str()).collect();
    assert_eq!(asked[..4], ["budget", "authority", "need", "timing"]);
}

#[test]
fn ranges_and_lists_are_told_whole() {
    let ways = ways_to_mql(
        "company_size between 50 and 500 and industry in [\"software\", \"fintech\"] => 1
         stage mql when score >= 1",
        |lead| lead.build(),
    );
    let way = "industry \"software\" or \"fintech\" (unknown now), and company_size between 50 and 500 (unknown now)";
    assert_eq!(ways, [way]);
    for (test, range) in [
        ("company_size > 50", "above 50"),
        ("company_size >= 0.5", "0.5 or more"),
        ("company_size < 50", "below 50"),
        ("company_size <= 50", "50 or less"),
        ("company_size = 7", "7"),
        ("company_size > 1 and company_size < 2", "above 1 and below 2"),
        ("company_size >= 1 and company_size != 3 and company_size < 5", "from 1 to below 3"),
        ("company_size is known", "known"),
        ("not (company_size < 5) and company_size is known", "5 or more"),
    ] {
        let ways = ways_to_mql(&format!("stage mql when {test}"), |lead| lead.build());
        assert_eq!(ways.first(), Some(&format!("company_size {range} (unknown now)")), "{test}");
    }
}

#[test]
fn what_the_lead_would_have_to_be_comes_last() {
    let rules = "company_size > 500 => 10  each visited(pricing) => 5  stage mql when score >= 10";
    let ways = ways_to_mql(rules, |lead| lead.set("company_size", 20).unwrap().build());
    // One change, but none that anybody can make.
    assert_eq!(ways, ["2 more visits to pricing", "company_size above 500 (now 20)"]);
}

#[test]
fn what_cannot_be_undone_can_grow_old() {
    let rules = "stage mql when not unsubscribed(*) within 30d and requested(demo)";
    let left = |lead: LeadBuilder<'_>| lead.event("unsubscribed", "news", at("2026-10-20")).unwrap().build();
    assert_eq!(ways_to_mql(rules, left), ["waiting until 19 Nov 2026, and one more request for demo"]);
    let rules = "stage mql when not unsubscribed(*) within 30d";
    assert_eq!(ways_to_mql(rules, left), ["waiting until 19 Nov 2026"]);
    let never = advice("stage mql when not unsubscribed(*)", Gate::Mql, left);
    assert_eq!(
        never.to_string(),
        "Nothing that could be done or found out at once would make the mql gate hold."
    );
}

#[test]
fn points_that_a_bound_swallows_are_seen() {
    let rules =
        "score s 0..100 { unsubscribed(*) => -25  each visited(pricing) => 10 }  stage mql when s >= 5";
    let left = |lead: LeadBuilder<'_>| lead.event("unsubscribed", "news", at("2026-10-20")).unwrap().build();
    assert_eq!(ways_to_mql(rules, left), ["3 more visits to pricing"]);
}

#[test]
fn sums_tell_the_least_amount_that_is_missing() {
    let rules = "stage mql when sum(watched(demo, seconds >= 30).seconds) >= 600";
    let watched = |lead: LeadBuilder<'_>| {
        let event = crate::NewEvent::new("watched", "demo", at("2026-10-20")).property("seconds", 355);
        lead.add_event(event).unwrap().build()
    };
    assert_eq!(ways_to_mql(rules, watched), ["one more viewing of demo with seconds = 245"]);
    let rules = "stage mql when sum(watched(demo, seconds < 300).seconds) >= 600";
    assert_eq!(ways_to_mql(rules, |lead| lead.build()), ["3 more viewings of demo with seconds = 299"]);
}

#[test]
fn new_subjects_are_asked_for_where_only_they_count() {
    let rules = "stage mql when distinct(visited(\"/docs/*\")) >= 3";
    let visited =
        |lead: LeadBuilder<'_>| lead.event("visited", "/docs/new-1", at("2026-10-20")).unwrap().build();
    assert_eq!(ways_to_mql(rules, visited), ["2 more visits to 2 other pages like \"/docs/*\""]);
    let rules = "stage mql when visited(\"/docs/*\") >= 3";
    assert_eq!(ways_to_mql(rules, visited), ["2 more visits to any page like \"/docs/*\""]);
}

#[test]
fn gates_that_hold_or_are_not_there_need_nothing() {
    let none = advice("need => 1", Gate::Sql, |lead| lead.build());
    assert_eq!(
        (none.standing, none.to_string()),
        (Standing::Undefined, "The rule set has no sql gate.".into())
    );
    let held = advice("stage sql when need", Gate::Sql, |lead| lead.set("need", true).unwrap().build());
    assert_eq!((held.standing, held.ways.len()), (Standing::Holds, 0));
    assert_eq!(held.to_string(), "The sql gate holds already.");
}

#[test]
fn a_gate_that_nothing_reaches_is_said_to_be_so() {
    for rules in ["need => 1  stage mql when score > 5", "stage mql when need and not need"] {
        let never = advice(rules, Gate::Mql, |lead| lead.build());
        assert!(never.ways.is_empty());
        let first = never.to_string().lines().next().map(str::to_owned);
        let said = "Nothing that could be done or found out at once would make the mql gate hold.";
        assert_eq!(first.as_deref(), Some(said), "{rules}");
    }
}

/// A lead from another rule set, an instant at the end of time, a long list, many rules and many events.
#[test]
fn hostile_input_costs_a_bounded_time() {
    let items: Vec<String> = (0..5_000).map(|item| format!("\"text {item}\"")).collect();
    let rules: String = (0..500)
        .map(|rule| format!("visited(page_{rule}) and company_size > {rule} => 1\n"))
        .chain([format!("industry in [{}] => 5  stage mql when score >= 500", items.join(", "))])
        .collect();
    let rules = RuleSet::compile(&rules).unwrap();
    let mut lead = rules.lead();
    for event in 0..5_000 {
        lead = lead.event("visited", &format!("page_{event}"), at("2026-10-20")).unwrap();
    }
    let advice = rules.what_it_would_take(&lead.build(), at("9999-12-31"), Gate::Mql);
    assert_eq!(advice.standing, Standing::Open);
    let other = RuleSet::compile("attribute budget2: flag  stage mql when budget2").unwrap();
    let lead = other.lead().set("budget2", true).unwrap().build();
    assert!(advice.cut && rules.what_it_would_take(&lead, at("2026-11-01"), Gate::Mql).ways.is_empty());
}

#[test]
#[cfg(feature = "json")]
fn advice_is_data() {
    let advice = advice("stage mql when company_size >= 50", Gate::Mql, |lead| lead.build());
    let way = "{\"changes\":[{\"change\":\"attribute\",\"attribute\":\"company_size\",\"now\":null,\"wanted\":\
               {\"range\":{\"from\":{\"value\":\"50\",\"included\":true},\"to\":null}}}],\"count\":1,\
               \"likelihood\":\"can_find_out\",\"before\":null,\"stage\":\"mql\"}";
    let question = "{\"attribute\":\"company_size\",\"enough\":true,\"part_of_a_way\":true,\"stakes\":[]}";
    let all = format!(
        "{{\"id\":\"\",\"at\":\"2026-11-01T00:00:00Z\",\"gate\":\"mql\",\"standing\":\"open\",\
         \"ways\":[{way}],\"cut\":false,\"questions\":[{question}]}}"
    );
    assert_eq!(serde_json::to_string(&advice).unwrap(), all);
}
