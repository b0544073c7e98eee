//! Two versions of a rule set: what is told of changes of every part, in both directions.

use leadql::RuleSet;
use leadql::diff::Diff;

use super::at;

fn rules(text: &str) -> RuleSet {
    RuleSet::compile(text).unwrap()
}

/// The changes without the lines above them.
fn told(old: &str, new: &str) -> String {
    let diff = rules(old).diff(&rules(new));
    assert_eq!(diff.to_string(), diff.to_text(20));
    diff.to_text(20).split_once("meaning\n\n").map(|(_, told)| told.to_owned()).unwrap()
}

const FULL: &str = "
    vocabulary only declared
    attribute need: flag
    attribute plan: one of [free, pro]
    event rated(page, stars: number) passive
    score fit 0..10 { need => +1 }
    score more { group g max 9 { need => +2 } plan = pro => +3 }
    band fit { hot >= 2, cold }
    segment keen when fit between 2 and 5
    stage mql when fit is hot and segment keen sla 4h
    disqualify when need \"a\"
    disqualify when not need \"b\"";

const BARE: &str = "
    attribute plan: one of [free, pro, max]
    score more { plan = pro => +3 }";

#[test]
fn what_is_new_in_one_direction_is_gone_in_the_other() {
    assert_eq!(
        told(BARE, FULL),
        "  ~ vocabulary vocabulary
      names: standard → only declared
  ~ attribute plan
      type: one of [free, pro, max] → one of [free, pro]
  + event rated
      event: rated(page, stars: number) passive
  + score fit  rules.lql:6
      bounds: 0..10
      sum: rules
  + rule fit#1  rules.lql:6
      test: need
      points: +1
  + bands fit  rules.lql:8
      bands: hot >= 2, cold
  + group more / g
      how it adds up: sum, max 9
  + rule more#1  rules.lql:7
      test: need
      points: +2
      group: g
  + segment keen  rules.lql:9
      test: fit between 2 and 5
  + gate mql  rules.lql:10
      when: fit is hot and segment keen
      sla: 4h
  + gate disqualify  rules.lql:11
      when: need
      reason: \"a\"
  + gate disqualify  rules.lql:12
      when: not need
      reason: \"b\"
"
    );
    assert_eq!(
        told(FULL, BARE),
        "  ~ vocabulary vocabulary
      names: only declared → standard
  ~ attribute plan
      type: one of [free, pro] → one of [free, pro, max]
  - event rated
      event: rated(page, stars: number) passive
  - group more / g
      how it adds up: sum, max 9
  - rule more#1  rules.lql:7
      test: need
      points: +2
      group: g
  - score fit  rules.lql:6
      bounds: 0..10
      sum: rules
  - rule fit#1  rules.lql:6
      test: need
      points: +1
  - bands fit  rules.lql:8
      bands: hot >= 2, cold
  - segment keen  rules.lql:9
      test: fit between 2 and 5
  - gate mql  rules.lql:10
      when: fit is hot and segment keen
      sla: 4h
  - gate disqualify  rules.lql:11
      when: need
      reason: \"a\"
  - gate disqualify  rules.lql:12
      when: not need
      reason: \"b\"
"
    );
}

#[test]
fn tests_behind_a_name_are_written_out() {
    let text = |of: &str| {
        format!(
            "attribute plan: one of [free, pro]  score fit {{ need => +1 }} band fit {{ hot >= 2, cold }}
             segment keen when fit >= 1  segment odd when budget  {of}"
        )
    };
    for (old, new, expected) in [
        (
            "let l = fit between 1 and 2  segment s when need and l",
            "let l = fit between 1 and 3  segment s when need and l",
            "need and fit between 1 and 2 → need and fit between 1 and 3",
        ),
        (
            "let l = fit is hot  segment s when need and l",
            "let l = fit is at least hot  segment s when need and l",
            "need and fit is hot → need and fit is at least hot",
        ),
        (
            "let l = plan = pro  segment s when need and l",
            "let l = plan != pro  segment s when need and l",
            "need and plan = pro → need and plan != pro",
        ),
        (
            "let l = [pro]  segment s when need and plan in l",
            "let l = [pro, free]  segment s when need and plan in l",
            "need and plan = pro → need and plan in [pro, free]",
        ),
        (
            "let l = title starts with \"a\\t\\u{1}\"  segment s when need and l",
            "let l = title starts with \"b\"  segment s when need and l",
            "need and title starts with \"a\\t\\u{1}\" → need and title starts with \"b\"",
        ),
        (
            "let l = need  stage mql when segment keen and l",
            "let l = budget  stage mql when segment keen and l",
            "segment keen and need → segment keen and budget",
        ),
        (
            "let l = technologies contains all of [\"a\", \"b\"]  segment s when need and l",
            "let l = budget  segment s when need and l",
            "need and technologies contains all of [\"a\", \"b\"] → need and budget",
        ),
    ] {
        let told = told(&text(old), &text(new));
        assert!(told.ends_with(&format!(": {expected}\n")), "{told}");
        assert_eq!(told.lines().count(), 2, "{told}");
    }
}

#[test]
fn a_test_without_end_is_cut() {
    let long = |last: &str| {
        let items: Vec<String> = (0..2_000).map(|number| format!("\"ä{number:09}\"")).collect();
        format!("let l = [{}, \"{last}\"]  title in l => +1", items.join(", "))
    };
    let diff = rules(&long("x")).diff(&rules(&long("y")));
    for text in [diff.to_text(20), diff.to_markdown(20)] {
        assert!(text.contains("… (differs further on)") && text.len() < 500, "{text}");
    }
}

/// The diff with what is found of leads that the two treat differently.
fn treated(old: &str, new: &str) -> Diff {
    let (old, new) = (rules(old), rules(new));
    let mut diff = old.diff(&new);
    diff.treatment = Some(old.witness(&new, at("2026-11-01")));
    diff
}

#[test]
fn how_leads_are_treated_is_told_for_a_review() {
    let differs = treated("need => +1", "need => +2").to_markdown(3);
    assert!(
        differs.ends_with(
            "
**A lead that the two treat differently**

| | old | new |
| --- | --- | --- |
| score score | 1 | 2 |

This test passes under the older version and fails under the newer:

```lql
test \"treated differently\" at 2026-11-01T00:00:00Z {
  need = true
  expect score = 1
}
```
"
        ),
        "{differs}"
    );
    for (old, new, expected) in [
        (
            "need => +1",
            "need => +1  title is known => +0",
            "No lead is treated differently: it rests on need, title alone, and all 6 cases that the tests tell apart come out alike.",
        ),
        (
            "stage mql when need sla 4h",
            "stage mql when need sla 9h",
            "No lead is treated differently: no score, band, segment, gate or stage rests on what changed.",
        ),
        ("need => +1", "need => 1.0 \"label\"", "No lead is treated differently: the fingerprints agree."),
        (
            "visited(a) => +1  visited(a) => -1  need => +1",
            "need => +1",
            "Cannot tell whether any lead is treated differently: none of 20000 that were tried is.",
        ),
    ] {
        let diff = treated(old, new);
        for text in [diff.to_text(3), diff.to_markdown(3)] {
            assert!(text.ends_with(&format!("\n{expected}\n")), "{text}");
        }
    }
}

#[test]
fn a_proof_that_rests_on_many_attributes_names_a_few() {
    let flags: Vec<String> = (0..9).map(|number| format!("flag_{number}")).collect();
    let declared: String = flags.iter().map(|flag| format!("attribute {flag}: flag\n")).collect();
    let joined = |by: &str| flags.join(by);
    let old = format!("{declared}at least 1 of [{}] => +1", joined(", "));
    let new = format!("{declared}{} => +1", joined(" or "));
    let diff = treated(&old, &new);
    assert!(
        diff.to_text(3).ends_with(
            "flag_6, flag_7, 1 more alone, and all 19683 cases that the tests tell apart come out alike.\n"
        ),
        "{diff}"
    );
}
