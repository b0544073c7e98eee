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
        ("title contains \"chief\"", "title containing \"chief\""),
        ("title starts with \"chief\"", "title starting with \"chief\""),
        ("title ends with \"officer\"", "title ending with \"officer\""),
        ("title has word \"vp\"", "title with the word \"vp\""),
        ("title = \"vp\"", "title \"vp\""),
        ("title != \"vp\"", "title something else that is known"),
        ("title is known", "title something else that is known"),
        ("plan = pro", "plan \"pro\""),
        ("need = false", "need false"),
        ("company_size > 5 and company_size <= 9", "company_size above 5 up to 9"),
        ("company_size between 5 and 9", "company_size between 5 and 9"),
        ("technologies contains \"aws\"", "technologies containing \"aws\""),
        ("created_at before 2026-01-01", "created_at before 1 Jan 2026"),
        ("created_at after 2026-01-01", "created_at after 1 Jan 2026"),
        ("created_at older than 30d", "created_at 2 Oct 2026 09:30 UTC or earlier"),
        (
            "created_at after 2026-01-01 and created_at before 2026-02-01T00:00:00.5Z",
            "created_at after 1 Jan 2026, before 1 Feb 2026 00:00:00.5 UTC",
        ),
    ] {
        assert_eq!(told(condition), [format!("{expected} (unknown now)")], "{condition}");
    }
    let [within] = told("created_at within 30d").try_into().unwrap();
    assert!(
        within.ends_with(
            "created_at after 2 Oct 2026 09:30 UTC, 1 Nov 2026 09:30 UTC or earlier (unknown now)"
        ),
        "{within}"
    );
    assert_eq!(told("not need"), Vec::<String>::new(), "it holds already");
}
