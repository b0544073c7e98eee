//! What is told of two versions, word for word, and what becomes of leads.

use super::{Diff, LeadsDiff, Proof, Treatment};
use crate::{Compiler, Points, RuleSet, Stage};

fn rules(text: &str) -> RuleSet {
    RuleSet::compile(text).unwrap_or_else(|found| panic!("{text}\n{found}"))
}

fn diff(old: &str, new: &str) -> Diff {
    rules(old).diff(&rules(new))
}

/// The changes without the lines above them.
fn told(old: &str, new: &str) -> String {
    let diff = diff(old, new);
    let text = diff.to_text(20);
    assert_eq!(diff.same_meaning, diff.changes.is_empty(), "{text}");
    text.split_once("meaning\n\n").map(|(_, told)| told.to_owned()).unwrap_or_default()
}

fn now() -> chrono::DateTime<chrono::Utc> {
    "2026-11-01T00:00:00Z".parse().unwrap()
}

#[test]
fn layout_comments_labels_and_names_of_lets_are_no_change() {
    let old =
        "let boss = title contains \"chief\"  boss and need => +20 \"a label\"  stage mql when score >= 10";
    let new = "# other words\nlet chief =\n  title contains \"CHIEF\"\n(need and chief) => 20 \"another\"\n
        test \"t\" { need = true  expect stage lead }\nstage mql when score >= 10.0";
    let diff = diff(old, new);
    assert!(diff.same_meaning && diff.changes.is_empty());
    assert_eq!(diff.labels.len(), 1);
    assert_eq!(rules(old).witness(&rules(new), now()), Treatment::Alike(Proof::SameMeaning));
}

#[test]
fn rules_are_found_again() {
    // By name, whatever else changed; by what they say; by likeness; else they are gone and new.
    assert_eq!(
        told(
            "a: need => +1  budget => +5  visited(pricing) >= 2 within 30d => +15  authority => +2",
            "a: timing => +2  budget => +6  visited(pricing) >= 3 within 14d => +15  visited(blog) => +1",
        ),
        "  ~ rule score / a  rules.lql:1
      test: need → timing
      points: +1 → +2
  ~ rule score#2, budget  rules.lql:1
      points: +5 → +6
  ~ rule score#3  rules.lql:1
      test: visited(pricing) >= 2 within 30d → visited(pricing) >= 3 within 14d
  + rule score#4  rules.lql:1
      test: visited(blog)
      points: +1
  - rule score#4  rules.lql:1
      test: authority
      points: +2
"
    );
}

#[test]
fn a_new_rule_in_front_does_not_change_the_others() {
    assert_eq!(
        told("need => +1  budget => +2", "timing => +3  need => +1  budget => +2"),
        "  + rule score#1  rules.lql:1\n      test: timing\n      points: +3\n"
    );
}

#[test]
fn moved_and_renamed_rules_are_no_new_ones() {
    assert_eq!(
        told(
            "score a { x: need => +1  budget => +2 }  score b { timing => +3 }",
            "score a { group g max 9 { y: budget => +2 } }  score b { timing => +3  x: need => +1 }",
        ),
        "  + group a / g
      how it adds up: sum, max 9
  ~ rule a / y  rules.lql:1
      name: none → y
      group: none → g
  ~ rule b / x  rules.lql:1
      score: a → b
"
    );
}

#[test]
fn what_changed_behind_a_name_is_looked_through() {
    let old =
        "let boss = title contains \"chief\"  let list = [\"DE\", \"FR\"]  param few = 2  param worth = +5
        boss => +20  country in list => worth  visited(*) >= few => +1";
    let new = "let boss = title contains \"vp\"  let list = [\"DE\", \"IT\"]  param few = 3  param worth = +6
        boss => +20  country in list => worth  visited(*) >= few => +1";
    assert_eq!(
        told(old, new),
        "  ~ rule score#1  rules.lql:2
      test: title contains \"chief\" → title contains \"vp\"
  ~ rule score#2  rules.lql:2
      test: country in [\"de\", \"fr\"] → country in [\"de\", \"it\"]
      points: +5 → +6
  ~ rule score#3  rules.lql:2
      test: visited(*) >= 2 → visited(*) >= 3
"
    );
}

#[test]
fn each_rules_groups_and_decays() {
    assert_eq!(
        told(
            "score s decay 50% every 30d { visited(*) => +1  opened(*) => +2
               each clicked(*) => +3 up to 3 times  group g best { need => +1 } }",
            "score s decay 40% every 30d { visited(*) => +1  opened(*) => +2
               each clicked(*) within 9d => +3 up to 3 times up to 1 times per day no decay
               group g 0..4 { need => +1 } }",
        ),
        "  ~ group s / g
      how it adds up: best → sum, 0..4
  ~ score s  rules.lql:1
      decay of 2 rules: s#1, s#2: 50% every 30d → 40% every 30d
  ~ rule s#3  rules.lql:2
      test: each clicked(*) → each clicked(*) within 9d
      limit: up to 3 times → up to 3 times up to 1 times per day
      decay: 50% every 30d → none
"
    );
}

#[test]
fn scores_bands_segments_gates_and_words() {
    assert_eq!(
        told(
            "attribute plan: one of [free, pro]  event step(name)
             score a 0..10 { need => +1 }  score t = 1 * a + 2 * a  score gone { budget => +1 }
             band a { hot >= 5, cold }  segment s when a >= 2  segment old when need
             stage mql when a is hot until a < 2 again after 9d sla 4h  recycle when a < 1 \"quiet\"
             disqualify when consent = false \"no\"  disqualify when country = \"XX\"",
            "attribute plan: one of [free, pro, max]  event step(name) passive  attribute seats: number
             score a 0..20 { need => +1 }  score t = 3 * a
             band a { hot >= 6, cold }  segment s when a >= 3
             stage mql when a is hot again after 8d sla 5h  stage sql when budget  recycle when a < 1 \"gone\"
             disqualify when country = \"XX\"  disqualify when consent = false and need \"no\"",
        ),
        "  ~ attribute plan
      type: one of [free, pro] → one of [free, pro, max]
  + attribute seats
      type: number
  ~ event step
      event: step(name) → step(name) passive
  ~ score a  rules.lql:2
      bounds: 0..10 → 0..20
  ~ bands a  rules.lql:3
      bands: hot >= 5, cold → hot >= 6, cold
  ~ score t  rules.lql:2
      sum: 1 * a + 2 * a → 3 * a
  - score gone  rules.lql:2
      sum: rules
  - rule gone#1  rules.lql:2
      test: budget
      points: +1
  ~ segment s  rules.lql:3
      test: a >= 2 → a >= 3
  - segment old  rules.lql:3
      test: need
  ~ gate mql  rules.lql:4
      until: a < 2 → none
      again after: 9d → 8d
      sla: 4h → 5h
  + gate sql  rules.lql:4
      when: budget
  ~ gate recycle  rules.lql:4
      reason: \"quiet\" → \"gone\"
  ~ gate disqualify  rules.lql:5
      when: consent = false → consent = false and need
"
    );
}

#[test]
fn an_order_alone_is_told() {
    assert_eq!(
        told("need => +1  budget => +2", "budget => +2  need => +1"),
        "  ~ order definitions\n      order: differs\n"
    );
    let (old, new) = (rules("need => +1  budget => +2"), rules("budget => +2  need => +1"));
    assert_eq!(old.witness(&new, now()), Treatment::Alike(Proof::NothingResultsRestOn));
}

/// What the block of a witness comes to under a version.
fn passes(text: &str, block: &str) -> Option<bool> {
    let rules = Compiler::new().compile(&format!("{text}\n{block}")).ok()?;
    rules.run_tests().last().map(|test| test.passed)
}

fn witness(old: &str, new: &str) -> String {
    let found = rules(old).witness(&rules(new), now());
    let Treatment::Differs(witness) = found else { panic!("{old}\n{new}\n{found:?}") };
    assert_eq!(passes(old, &witness.test), Some(true), "{}", witness.test);
    assert_eq!(passes(new, &witness.test), Some(false), "{}", witness.test);
    assert!(witness.known_to_both);
    witness.test
}

#[test]
fn witnesses_stand_on_the_edge() {
    for (old, new, has) in [
        ("company_size >= 50 => +1", "company_size > 50 => +1", "company_size = 50\n"),
        ("company_size > 50 => +1", "company_size > 50.000001 => +1", "company_size = 50.000001\n"),
        ("visited(pricing) >= 2 => +1", "visited(pricing) >= 3 => +1", "visited(pricing) 1d ago, 1d ago\n"),
        ("visited(*) within 30d => +1", "visited(*) within 14d => +1", "visited("),
        ("visited(a | b) => +1", "visited(a | c) => +1", "visited("),
        ("sum(watched(*).seconds) >= 60 => +1", "sum(watched(*).seconds) >= 61 => +1", "seconds = 60"),
        ("distinct(visited(*)) >= 2 => +1", "distinct(visited(*)) >= 3 => +1", "something_1"),
        ("days(visited(*)) >= 2 => +1", "days(visited(*)) >= 3 => +1", "2d ago"),
        ("title has word \"vp\" => +1", "title has word \"head\" => +1", "title = \""),
        ("country in [\"a\", \"b\"] => +1", "country in [\"a\", \"b\", \"c\"] => +1", "country = \"c\"\n"),
        ("each opened(*) => +1 up to 3 times", "each opened(*) => +1 up to 2 times", "opened("),
        ("opened(*) => +8 decay 50% every 9d", "opened(*) => +8 decay 50% every 8d", "opened("),
        (
            "technologies contains \"a\" => +1",
            "technologies contains all of [\"a\", \"b\"] => +1",
            "[\"a\"]\n",
        ),
        (
            "created_at before 2026-01-01 => +1",
            "created_at before 2026-01-02 => +1",
            "created_at = 2026-01-01",
        ),
        ("recycle when inactive for 9d", "recycle when inactive for 10d", "expect stage recycled"),
        (
            "need => +40 budget => +30 timing => +10 band score { hot >= 70, cold }",
            "need => +40 budget => +30 timing => +10 band score { hot >= 80, cold }",
            "expect score is hot",
        ),
        (
            "each visited(*) => +5 up to 20 times  stage mql when score >= 45",
            "each visited(*) => +5 up to 20 times  stage mql when score >= 50",
            "expect stage mql",
        ),
        (
            "stage mql when need again after 9d",
            "stage mql when need again after 8d",
            "stage = recycled since 8d ago\n",
        ),
        ("stage mql when need", "stage mql when need until not need and budget", "expect "),
        (
            "score s 0..10 { need => +8  budget => +8 }",
            "score s 0..12 { need => +8  budget => +8 }",
            "expect s = 10",
        ),
    ] {
        let test = witness(old, new);
        assert!(test.contains(has), "{old}\n{new}\n{test}");
    }
}

#[test]
fn a_new_name_is_told_to_be_new() {
    let (old, new) =
        (rules("need => +1"), rules("attribute plan: one of [free, pro]  need => +1  plan = pro => +2"));
    let Treatment::Differs(found) = old.witness(&new, now()) else { panic!() };
    assert!(!found.known_to_both && found.passes_under == super::Side::New);
    assert_eq!(
        found.test,
        "test \"treated differently\" at 2026-11-01T00:00:00Z {\n  plan = pro\n  expect score = 2\n}\n"
    );
}

#[test]
fn that_there_is_none_is_shown_where_it_can_be() {
    let alike = |old: &str, new: &str| rules(old).witness(&rules(new), now());
    let every_case = |found: Treatment| match found {
        Treatment::Alike(Proof::EveryCase { cases, attributes }) => (cases, attributes.join(" ")),
        found => panic!("{found:?}"),
    };
    // 49.999999, 50, 51 and missing, and a number below.
    let (cases, names) = every_case(alike(
        "company_size >= 50 => +1",
        "company_size is known and not (company_size < 50) => +1",
    ));
    assert!((4..9).contains(&cases), "{cases}");
    assert_eq!(names, "company_size");
    every_case(alike(
        "attribute plan: one of [a, b, c]  plan in [a, b] => +1  need and budget => +2",
        "attribute plan: one of [a, b, c]  plan is known and plan != c => +1  not (not need or not budget) => +2",
    ));
    every_case(alike("score s 0..5 { need => +9 }", "score s 0..5 { need => +8 }"));
    // Events that both treat alike are no hindrance.
    every_case(alike(
        "score a { visited(*) => +1 }  score b { country = \"DE\" => +1 }",
        "score a { visited(*) => +1 }  score b { country in [\"de\"] and country is known => +1 }",
    ));
    assert_eq!(
        alike(
            "stage mql when need sla 4h  recycle when budget \"a\"",
            "stage mql when need sla 9h  recycle when budget \"b\""
        ),
        Treatment::Alike(Proof::NothingResultsRestOn)
    );
    // Alike too, but not to be shown by cases.
    let found = alike("visited(a) => +1  visited(a) => -1  need => +1", "need => +1");
    assert!(matches!(found, Treatment::CannotTell { tried } if tried > 1_000), "{found:?}");
    let found = alike(
        "title contains \"ab\" and not title contains \"a\" => +1",
        "title contains \"ab\" and not title contains \"b\" => +1",
    );
    assert!(matches!(found, Treatment::CannotTell { .. }), "{found:?}");
}

#[test]
fn a_long_chain_of_lets_that_double_costs_no_more_than_its_number() {
    let chain = |last: &str| {
        let mut text = "let l0 = need and budget\n".to_owned();
        for at in 1..900 {
            text.push_str(&format!("let l{at} = (l{0} or timing) and (l{0} or authority)\n", at - 1));
        }
        text + &format!("l899 and {last} => +1\n")
    };
    let (old, new) = (rules(&chain("consent")), rules(&chain("not consent")));
    let text = old.diff(&new).to_text(5);
    assert!(text.contains("l899 and consent → l899 and not consent"), "{text}");
    let Treatment::Differs(_) = old.witness(&new, now()) else { panic!() };
}

fn compared(old: &str, new: &str, leads: &[&str], by: Option<&str>) -> LeadsDiff {
    let (old, new) = (rules(old), rules(new));
    let mut comparison = old.compare_leads(&new, now());
    if let Some(by) = by {
        comparison = comparison.by(by).unwrap();
    }
    for lead in leads {
        let value: serde_json::Value = serde_json::from_str(lead).unwrap();
        comparison.add(&old.lead_from(&value).unwrap(), &new.lead_from(&value).unwrap());
    }
    comparison.finish()
}

const LEADS: [&str; 5] = [
    r#"{"id":"L-1","attributes":{"need":true,"country":"DE"}}"#,
    r#"{"id":"L-2","attributes":{"need":true,"budget":true,"country":"de"}}"#,
    r#"{"id":"L-3","attributes":{"budget":true,"country":"FR"}}"#,
    r#"{"id":"L-4","attributes":{"need":true},"stage":"mql"}"#,
    r#"{"id":"L-5","attributes":{"need":true},"stage":"customer"}"#,
];

#[test]
fn leads_are_counted() {
    let diff = compared(
        "n: need => +20  b: budget => +5  band score { hot >= 20, cold }  segment s when score >= 20
         stage mql when score >= 25 until score < 15",
        "n: need => +10  b: budget => +25  band score { hot >= 20, cold }  segment s when score >= 20
         stage mql when score >= 25 until score < 15",
        &LEADS,
        Some("country"),
    );
    assert_eq!((diff.leads, diff.stage_changed, diff.score_changed), (5, 2, 5));
    let moves: Vec<_> = diff.stages.iter().map(|it| (it.old, it.new, it.leads)).collect();
    assert_eq!(
        moves,
        [
            (Stage::Lead, Stage::Lead, 1),
            (Stage::Lead, Stage::Mql, 1),
            (Stage::Mql, Stage::Lead, 1),
            (Stage::Mql, Stage::Mql, 1),
            (Stage::Customer, Stage::Customer, 1),
        ]
    );
    // Three fall by 10, one rises by 10, one by 20: 0 on the whole.
    let score = &diff.scores[0];
    let points = |text: &str| text.parse::<Points>().ok();
    assert_eq!((score.changed, score.up), (5, 2));
    assert_eq!((score.mean, score.median), (points("0"), points("-10")));
    assert_eq!((score.min, score.max), (points("-10"), points("20")));
    assert_eq!(diff.bands[0].changed, 4);
    let counts = diff.segments[0].counts;
    assert_eq!((counts.old, counts.new, counts.entered, counts.left), (4, 2, 1, 3));
    let entered = &diff.entered_mql.listed[0];
    assert_eq!((entered.id.as_str(), entered.rules[0].rule.as_str()), ("L-3", "b"));
    let left = &diff.left_mql;
    assert_eq!((left.leads, left.more, left.listed[0].id.as_str()), (1, 0, "L-4"));
    assert_eq!(left.deciding[0].rule.as_deref(), Some("n"));
    let groups: Vec<_> =
        diff.groups.iter().map(|it| (it.group.as_deref(), it.leads, it.stage_changed)).collect();
    assert_eq!(groups, [(Some("DE"), 2, 0), (Some("FR"), 1, 1), (None, 2, 1)]);
    let percent = |text: &str| diff.exceeds(text.parse().unwrap());
    assert!(percent("39.999999") && !percent("40") && !percent("100"));
}

#[test]
fn a_criterion_decides_where_no_rule_changed() {
    let diff = compared(
        "need => +20 stage mql when score >= 25",
        "need => +20 stage mql when score >= 20",
        &LEADS,
        None,
    );
    assert_eq!(diff.entered_mql.leads, 3);
    assert_eq!(diff.entered_mql.deciding[0].rule, None);
    let text = Diff { leads: Some(diff), ..self::diff("need => +1", "need => +1") }.to_text(1);
    assert!(text.contains("(a criterion, a band or a bound)"), "{text}");
    assert!(text.contains("2 more not shown"), "{text}");
}

#[test]
fn what_only_one_knows_is_left_out_of_the_other() {
    let diff = compared(
        "attribute plan: text  plan = \"pro\" => +1  score gone { need => +1 }",
        "attribute plan: one of [free, pro]  plan = pro => +1  segment fresh when need",
        &[r#"{"id":"L-1","attributes":{"plan":"pro","need":true}}"#],
        Some("plan"),
    );
    assert_eq!((diff.score_changed, diff.scores.len()), (0, 1));
    assert_eq!((diff.segments[0].counts.old, diff.segments[0].counts.new), (0, 1));
    assert_eq!(diff.groups[0].group.as_deref(), Some("pro"));
    let rules = rules("need => +1");
    let error = rules.compare_leads(&rules, now()).by("plann").unwrap_err();
    assert!(error.to_string().contains("plann"), "{error}");
}

#[test]
fn no_leads_at_all_are_no_share() {
    let diff = compared("need => +1", "need => +2", &[], None);
    assert!(!diff.exceeds("0".parse().unwrap()));
    assert_eq!((diff.scores[0].mean, diff.scores[0].median), (None, None));
    let text = Diff { leads: Some(diff), ..self::diff("need => +1", "need => +2") }.to_markdown(9);
    assert!(text.contains("0 leads at 2026-11-01"), "{text}");
}

/// Small rule sets over attributes with few values, by dice.
fn small(dice: &mut u64) -> String {
    const TESTS: [&str; 12] = [
        "need",
        "need = false",
        "need is missing",
        "company_size >= 10",
        "company_size > 10",
        "company_size between 5 and 10",
        "company_size in [5, 11]",
        "country = \"DE\"",
        "country in [\"DE\", \"FR\"]",
        "country is known",
        "technologies contains \"a\"",
        "technologies contains all of [\"a\", \"b\"]",
    ];
    let mut throw = |limit: usize| {
        *dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((*dice >> 33) % u64::try_from(limit).unwrap()).unwrap()
    };
    let mut text = String::new();
    for _ in 0..1 + throw(2) {
        let (one, other) = (TESTS[throw(12)], TESTS[throw(12)]);
        let not = ["", "not "][throw(2)];
        let joined = ["and", "or"][throw(2)];
        text.push_str(&format!("{not}({one} {joined} {other}) => +{}\n", 1 + throw(2)));
    }
    text + "stage mql when score >= 2\n"
}

#[test]
fn brute_force_over_small_domains_agrees() {
    let mut dice = 7;
    let (mut differ, mut same) = (0, 0);
    for _ in 0..120 {
        let (old_text, new_text) = (small(&mut dice), small(&mut dice));
        let (old, new) = (rules(&old_text), rules(&new_text));
        let mut found = false;
        for need in ["null", "true", "false"] {
            for size in ["null", "4", "5", "7", "10", "10.000001", "11", "12"] {
                for country in ["null", "\"de\"", "\"FR\"", "\"IT\""] {
                    for items in ["null", "[\"a\"]", "[\"b\"]", "[\"a\",\"b\"]", "[\"c\"]"] {
                        let lead = format!(
                            r#"{{"need":{need},"company_size":{size},"country":{country},"technologies":{items}}}"#
                        );
                        let lead: serde_json::Value = serde_json::from_str(&lead).unwrap();
                        let lead = old.lead_from(&lead).unwrap();
                        let (before, after) = (old.evaluate(&lead, now()), new.evaluate(&lead, now()));
                        found |= before.score("score") != after.score("score");
                    }
                }
            }
        }
        match old.witness(&new, now()) {
            Treatment::Differs(_) => {
                assert!(found, "{old_text}\n{new_text}");
                differ += 1;
            }
            Treatment::Alike(_) => {
                assert!(!found, "{old_text}\n{new_text}");
                same += 1;
            }
            Treatment::CannotTell { .. } => panic!("{old_text}\n{new_text}"),
        }
    }
    assert!(differ > 50 && same > 0, "{differ} {same}");
}

#[test]
fn a_standard_name_that_one_version_declares_anew_is_told_both_ways() {
    let standard = "annual_revenue = 5 => +1  need => +1";
    let own = "vocabulary only declared  attribute annual_revenue: text  attribute need: flag
        event visited(page, minutes: number)  need => +1  annual_revenue = \"5\" => +1";
    for (old, new) in [(standard, own), (own, standard)] {
        let told = told(old, new);
        assert!(told.contains("~ attribute annual_revenue\n"), "{told}");
        assert!(told.contains("~ event visited\n"), "{told}");
        // What both have in one way, and standard names that nobody declares, are not told.
        assert!(!told.contains("attribute need") && !told.contains("attribute title"), "{told}");
    }
}

#[test]
fn a_difference_that_rests_on_nothing_comes_out_alike() {
    let (old, new) = ("score a 0..10 { group g max 5 { } }", "score a 0..20 { group g max 6 { } }");
    let mut diff = diff(old, new);
    diff.treatment = Some(rules(old).witness(&rules(new), now()));
    let text = diff.to_text(20);
    let says = "No lead is treated differently: what differs rests on nothing that can be known of a lead";
    assert!(text.contains(says), "{text}");
}
