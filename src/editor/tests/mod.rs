//! Small rule sets asked at marked places; what holds at every place is in [`everywhere`].

#[cfg(feature = "json")]
mod colours;
mod everywhere;
mod files;
mod renaming;

use std::path::Path;

use super::*;

const MAIN: &str = "main.lql";

/// A text without its first `‸`, and where that stood.
fn marked(text: &str) -> (String, usize) {
    let at = text.find('‸').unwrap();
    (text.replacen('‸', "", 1), at)
}

fn opened(text: &str) -> Workspace {
    let mut workspace = Workspace::new();
    workspace.open(MAIN, text);
    workspace
}

/// The labels offered at the mark, in their order.
fn offered(text: &str) -> Vec<String> {
    let (text, at) = marked(text);
    opened(&text).complete(Path::new(MAIN), at).into_iter().map(|found| found.label).collect()
}

/// What is said of the place of the mark.
fn hovered(text: &str) -> String {
    let (text, at) = marked(text);
    opened(&text).hover(Path::new(MAIN), at).map(|hover| hover.text).unwrap_or_default()
}

/// What stands where the word at the mark is defined.
fn defined(text: &str) -> Vec<String> {
    let (text, at) = marked(text);
    let found = opened(&text).definition(Path::new(MAIN), at);
    found.into_iter().map(|place| text[place.range].to_owned()).collect()
}

const RULES: &str = r#"# Who may sign.
let decider = title has any word of ["chief", "vp"]
let paid = [pro, enterprise]
param bonus = 10
param pause = 30d
attribute plan: one of [free, pro, enterprise]
event trial_step(step, minutes: number)
activity content = viewed(blog) or trial_step(setup)
score engagement 0..100 decay 50% every 30d {
  visits: visited(pricing | docs) >= 2 within pause => +15 "Looked twice"
  each watched(demo, seconds >= 30) => bonus up to 3 times per day
}
score fit { decider => 30  plan in paid => bonus }
score total = 0.6 * engagement + 0.4 * fit
band fit { A >= 60, B >= bonus, C }
segment reader when content >= 5
stage mql when fit is at least B and segment reader until engagement < 35
recycle when inactive for 90d "gone quiet"
test "nobody" { plan = pro  expect fit is C  expect not mql  expect stage lead }
"#;

/// The rules with something written behind them.
fn with(line: &str) -> String {
    format!("{RULES}{line}")
}

#[test]
fn the_rules_of_these_tests_compile() {
    let found = opened(RULES).findings();
    assert_eq!(found.len(), 1);
    assert!(found[0].findings.is_empty(), "{:?}", found[0].findings);
}

#[test]
fn values_are_those_of_what_is_asked() {
    assert_eq!(offered(&with("plan = ‸")), ["enterprise", "free", "pro"]);
    assert_eq!(offered(&with("plan != e‸ => 1")), ["enterprise", "free"]);
    assert_eq!(offered(&with("plan in [free, ‸")), ["enterprise", "free", "pro"]);
    assert_eq!(offered(&with("consent = ‸")), ["false", "true"]);
    assert_eq!(offered(&with("company_size >= ‸")), ["bonus"]);
    assert_eq!(offered(&with("created_at older than ‸")), ["pause"]);
    assert_eq!(offered(&with("visited(pricing) within ‸")), ["pause"]);
    assert_eq!(offered(&with("visited(pricing) => ‸")), ["bonus"]);
    assert_eq!(offered(&with("title in ‸")), ["paid"]);
    assert_eq!(offered(&with("test \"x\" { plan = ‸")), ["enterprise", "free", "pro"]);
    assert_eq!(offered(&with("test \"x\" { stage = s‸")), ["customer", "disqualified", "sal", "sql"]);
}

#[test]
fn names_are_those_of_the_right_sort() {
    assert_eq!(offered(&with("segment x when fit is ‸"))[..3], ["A", "B", "C"]);
    assert_eq!(offered(&with("segment x when fit is at least ‸")), ["A", "B", "C"]);
    assert_eq!(offered(&with("band ‸")), ["engagement", "fit", "total"]);
    assert_eq!(offered(&with("stage sql when segment ‸")), ["reader"]);
    assert_eq!(offered(&with("test \"x\" { expect segment ‸")), ["reader"]);
    assert_eq!(offered(&with("trial_step(setup, ‸")), ["minutes"]);
    assert_eq!(offered(&with("sum(watched(demo).‸")), ["seconds"]);
    assert_eq!(offered(&with("sum(content.‸")), ["minutes"]);
    assert_eq!(offered(&with("trial_step(‸"))[..2], ["setup", "*"]);
    let condition = offered(&with("let x = ‸"));
    for name in ["decider", "content", "fit", "title", "visited", "not", "at least", "sum"] {
        assert!(condition.iter().any(|found| found == name), "{name}");
    }
    let rule = offered(&with("score more { ‸"));
    assert!(rule.contains(&"each".to_owned()) && rule.contains(&"group".to_owned()));
    assert!(!rule.contains(&"fit".to_owned()), "a rule cannot ask for a score");
}

#[test]
fn keywords_are_those_that_fit() {
    assert_eq!(offered("stage ‸"), ["mql", "sql"]);
    assert_eq!(offered("attribute x: o‸"), ["one of", "set of text"]);
    assert_eq!(offered("event x(a, b: ‸"), ["flag", "number", "text"]);
    assert_eq!(offered("stage mql when budget u‸")[0], "until");
    assert_eq!(offered("title star‸"), ["starts with"]);
    assert_eq!(offered("budget => 1 de‸")[0], "decay");
    assert_eq!(offered("budget => 1\nstag‸")[0], "stage");
    assert_eq!(offered("vocabulary ‸"), ["only"]);
    for nothing in
        ["# in a comm‸ent", "ruleset \"a te‸xt\"", "visited(pricing) within 3‸", "let ‸", "x y z ‸"]
    {
        assert_eq!(offered(nothing), [""; 0], "{nothing}");
    }
}

#[test]
fn what_is_offered_replaces_the_word_at_the_place() {
    let (text, at) = marked("budget and vis‸ted(pricing) => 1");
    let found = opened(&text).complete(Path::new(MAIN), at);
    let visited = found.iter().find(|found| found.label == "visited").unwrap();
    assert_eq!((&text[visited.range.clone()], visited.insert.as_str()), ("visted", "visited("));
    assert_eq!((visited.kind, visited.detail.as_str()), (Kind::Event, "(page)"));
    assert!(visited.documentation.contains("The lead visited a page."));
}

#[test]
fn hovering_tells_types_values_and_meanings() {
    let at = |before: &str| hovered(&RULES.replacen(before, &format!("{before}‸"), 1));
    let told = [
        ("let decid", "condition\n\n`title` has any word of `[\"chief\", \"vp\"]`\n\nWho may sign."),
        ("let pai", "list\n\n`pro`, `enterprise`"),
        ("param bonu", "param = `10`"),
        ("plan in pai", "list"),
        ("let decider = titl", "attribute\n\ntext\n\nThe lead's title in the company."),
        ("plan: one of [free, pr", "`pro` value of `plan`\n\none of `free`, `pro`, `enterprise`"),
        ("or trial_ste", "`trial_step(step, minutes: number)`"),
        ("minute", "property of `trial_step`\n\nnumber"),
        (
            "visits",
            "**\\+15 points** while visited `pricing` or `docs`, at least 2 times in the last 30d (`pause`)",
        ),
        (
            "each watched(demo, seconds >= 30) =",
            "**\\+10 (`bonus`) points** for each: watched `demo` with `seconds` is at least `30`, up to 3 times a day",
        ),
        ("score tota", "score\n\n`0.6 * engagement + 0.4 * fit`"),
        ("0.6 * engagemen", "`0..100`\n\n2 rules, fading by 50% every 30d"),
        ("band fi", "bands: `A >= 60`, `B >= bonus`, `C`"),
        ("A >= 60, ", "`fit` from 10 (`bonus`), below 60"),
        ("fit is at least ", "`fit` from 10 (`bonus`), below 60"),
        ("expect fit is ", "`fit` below 10 (`bonus`)"),
        ("segment reade", "segment\n\n`content` is at least `5`"),
        ("not mq", "`fit` is at least `B` and in the segment `reader`"),
        ("expect stage lea", "Known, and not qualified yet."),
        ("recycle whe", "`when` keyword"),
        ("inactive fo", "`for` keyword"),
        ("visited(pricin", "used once in this rule set"),
        ("gone qui", ""),
    ];
    for (before, expected) in told {
        let found = at(before);
        assert!(found.contains(expected), "{before}: {found:?}");
        assert_eq!(found.is_empty(), expected.is_empty(), "{before}: {found:?}");
    }
}

#[test]
fn a_word_of_a_broken_statement_is_known_by_its_name() {
    assert!(hovered("let pays = budget\npays‸ and => ").contains("condition"));
    assert_eq!(defined("let pays = budget\npays‸ and => "), ["pays"]);
}

#[test]
fn definitions_are_found_by_what_a_word_stands_for() {
    let at = |before: &str| defined(&RULES.replacen(before, &format!("{before}‸"), 1));
    assert_eq!(at("fit is at least "), ["B"]);
    assert_eq!(at("plan in p"), ["paid"]);
    assert_eq!(at("plan = p"), ["pro"]);
    assert_eq!(at("within p"), ["pause"]);
    assert_eq!(at("expect not m"), ["stage"]);
    assert_eq!(at("and segment r"), ["reader"]);
    assert_eq!(at("let decider = titl"), [""; 0], "the standard vocabulary is no file");
}

#[test]
fn references_are_all_places_with_the_same_meaning() {
    let (text, at) = marked(&RULES.replacen("param bonus", "param ‸bonus", 1));
    let mut workspace = opened(&text);
    let found = workspace.references(Path::new(MAIN), at);
    assert_eq!(found.len(), 4);
    assert!(found.iter().all(|place| text[place.range.clone()] == *"bonus"));
    let pro = text.find("pro,").unwrap();
    // Its declaration, the list that the attribute is used with, and the test.
    assert_eq!(workspace.references(Path::new(MAIN), pro).len(), 3);
}

#[test]
fn findings_come_with_what_mends_them() {
    let mend = |text: &str| {
        let mut workspace = opened(text);
        let fixes = workspace.fixes(Path::new(MAIN), 0..text.len());
        let mut mended = text.to_owned();
        for (_, edit) in fixes.iter().rev() {
            mended.replace_range(edit.location.range.clone(), &edit.text);
        }
        (fixes.len(), mended)
    };
    let broken = [
        ("titel contains \"chief\" => +20", "title contains \"chief\" => +20"),
        ("vistied(pricing) => +20", "visited(pricing) => +20"),
        (
            "attribute plan: one of [free, pro]\nplan = fre => 1",
            "attribute plan: one of [free, pro]\nplan = free => 1",
        ),
        ("test \"x\" { stage = mqll expect stage lead }", "test \"x\" { stage = mql expect stage lead }"),
        ("visited(case-study) => 1", "visited(\"case-study\") => 1"),
        ("attribute a: bool", "attribute a: flag"),
        ("recyle when budget", "recycle when budget"),
        ("watched(demo, second >= 3) => 1", "watched(demo, seconds >= 3) => 1"),
    ];
    for (text, expected) in broken {
        assert_eq!(mend(text), (1, expected.to_owned()));
        assert!(opened(expected).findings()[0].findings.is_empty(), "{expected}");
    }
}

#[test]
fn the_outline_has_every_definition() {
    let names: Vec<String> =
        opened(RULES).symbols(Path::new(MAIN)).into_iter().map(|found| found.name).collect();
    let expected = [
        "decider",
        "paid",
        "bonus",
        "pause",
        "plan",
        "trial_step",
        "content",
        "engagement",
        "fit",
        "total",
        "fit",
        "reader",
        "stage mql",
        "recycle",
        "nobody",
    ];
    assert_eq!(names, expected);
    let score = &opened(RULES).symbols(Path::new(MAIN))[7];
    let rules: Vec<&str> = score.children.iter().map(|rule| rule.name.as_str()).collect();
    assert_eq!(rules[0], "visits");
    assert!(rules[1].starts_with("each watched"));
}

#[test]
fn one_test_is_run_by_its_name() {
    let text = "budget => 1\ntest \"a\" { expect score = 1 }\ntest \"b\" { budget = true expect score = 1 }";
    let mut workspace = opened(text);
    let tests = workspace.tests(Path::new(MAIN));
    assert_eq!(tests.iter().map(|test| test.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(&text[tests[1].range.clone()], "test");
    let passed =
        |results: Vec<crate::TestResult>| results.iter().map(|result| result.passed).collect::<Vec<_>>();
    assert_eq!(passed(workspace.run_tests(Path::new(MAIN), Some("b")).unwrap()), [true]);
    assert_eq!(passed(workspace.run_tests(Path::new(MAIN), None).unwrap()), [false, true]);
    workspace.open(MAIN, "test \"a\" { expect nothing = 1 }");
    assert!(workspace.run_tests(Path::new(MAIN), Some("a")).is_err());
}
