//! A lead that one rule set built, seen by another: fitted by name, without what the other lacks.

use leadql::{NewEvent, RuleSet};

use super::at;

#[test]
fn attributes_and_properties_go_over_by_name_and_type() {
    let old = RuleSet::compile(
        "attribute plan: one of [free, pro, gone]
         attribute size: number
         event rated(page, stars: number, why: text, seen: flag)
         rated(*, stars >= 1) => 1",
    )
    .unwrap();
    // Other places, another type, one value and one property less.
    let new = RuleSet::compile(
        "vocabulary only declared
         event rated(page, seen: flag, stars: number, why: number)
         attribute size: text
         attribute plan: one of [pro, free]
         rated(*, stars >= 3) => 1
         rated(*, seen) => 2
         rated(*, why is missing) => 4
         plan = pro => 8
         plan is missing => 16
         size is missing => 32",
    )
    .unwrap();
    let score = |plan: &str| {
        let rated = NewEvent::new("rated", "home", at("2026-01-01"))
            .property("stars", 3)
            .property("why", "5")
            .property("seen", true);
        let lead = old.lead().set("plan", plan).unwrap().set("size", 5).unwrap();
        let lead = lead.set("title", "Chief").unwrap().event("visited", "home", at("2026-01-01")).unwrap();
        let lead = lead.add_event(rated).unwrap().build();
        new.evaluate(&lead, at("2026-02-01")).score("score").unwrap().to_string()
    };
    assert_eq!(score("pro"), "47");
    assert_eq!(score("free"), "39");
    assert_eq!(score("gone"), "55");
}

#[test]
fn an_id_may_change_and_nothing_else_does() {
    let rules = RuleSet::compile("need => 1").unwrap();
    let mut lead = rules.lead().id("L-1").set("need", true).unwrap().build();
    lead.set_id("L-2");
    assert_eq!(lead.id(), "L-2");
    let evaluation = rules.evaluate(&lead, at("2026-01-01"));
    assert_eq!(evaluation.lead_id(), "L-2");
    assert_eq!(evaluation.score("score").unwrap().to_string(), "1");
}
