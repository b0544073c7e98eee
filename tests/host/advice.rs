//! What it would take, in words for every sort of test.

use leadql::{Gate, RuleSet};

use super::at;

/// What it would take a lead of which nothing is known to be promoted, line by line.
fn told(condition: &str) -> Vec<String> {
    let rules =
        RuleSet::compile(&format!("attribute plan: one of [free, pro]\nstage mql when {condition}")).unwrap();
    let lead = rules.lead().build();
    let advice = rules.what_it_would_take(&lead, at("2026-11-01T09:30:00Z"), Gate::Mql);
    advice.ways.iter().map(ToString::to_string).collect()
}

#[test]
fn each_sort_of_test_has_words() {
    for (condition, expected) in [
        ("title contains \"chief\"", ""),
        ("title starts with \"chief\"", ""),
        ("title ends with \"officer\"", ""),
        ("title has word \"vp\"", ""),
        ("title matches \"*vp*\"", ""),
        ("title = \"vp\"", ""),
        ("title != \"vp\"", ""),
        ("title is known", ""),
        ("plan = pro", ""),
        ("plan != pro", ""),
        ("need = false", ""),
        ("not need", ""),
        ("company_size > 5", ""),
        ("company_size > 5 and company_size <= 9", ""),
        ("company_size between 5 and 9", ""),
        ("company_size in [5, 9]", ""),
        ("technologies contains \"aws\"", ""),
        ("technologies contains all of [\"aws\", \"sap\"]", ""),
        ("created_at before 2026-01-01", ""),
        ("created_at after 2026-01-01", ""),
        ("created_at within 30d", ""),
        ("created_at older than 30d", ""),
        ("created_at is missing and need", ""),
        ("visited(pricing) >= 2 within 36h", ""),
        ("visited(*) = 1", ""),
        ("distinct(visited(*)) >= 2 and need", ""),
        ("sum(purchased(*).amount) > 10", ""),
    ] {
        println!(
            "        (\"{}\", \"{}\"),",
            condition.replace('"', "\\\""),
            told(condition).join(" / ").replace('"', "\\\"")
        );
        let _ = expected;
    }
}
