//! The language reference: its rule sets compile and pass their own tests, what it calls wrong is an error,
//! and every figure that it works out is what the evaluator gives.
#![expect(clippy::unwrap_used, clippy::panic, reason = "what helps a test stops it by panicking too")]

use leadql::{Code, ReviewOptions, RuleSet, Severity, Stage};

const REFERENCE: &str = include_str!("../grammar/LANGUAGE.md");

/// The fenced blocks of the reference with this mark, and the line that each begins on.
fn blocks(mark: &str) -> Vec<(usize, String)> {
    let fence = format!("```{mark}");
    let mut blocks = Vec::new();
    let mut lines = REFERENCE.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if line == fence {
            let text: Vec<&str> =
                lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```").collect();
            blocks.push((number + 2, text.join("\n")));
        }
    }
    blocks
}

#[test]
fn its_rule_sets_compile_and_pass_their_tests() {
    let blocks = blocks("leadql");
    assert!(blocks.len() >= 8, "only {} rule sets in the reference", blocks.len());
    for (line, text) in blocks {
        let rules = RuleSet::compile(&text).unwrap_or_else(|found| panic!("line {line}:\n{found}"));
        for test in rules.run_tests() {
            assert!(test.passed, "line {line}, test {:?}: {:?}", test.name, test.failures);
        }
    }
}

#[test]
fn what_it_calls_wrong_is_an_error() {
    let blocks = blocks("leadql,wrong");
    assert!(!blocks.is_empty());
    for (line, text) in blocks {
        assert!(RuleSet::compile(&text).is_err(), "line {line} compiles:\n{text}");
    }
}

/// The score of one event under `rule`, `age` before the instant.
fn faded(rule: &str, age: chrono::TimeDelta) -> String {
    let rules = RuleSet::compile(rule).unwrap_or_else(|found| panic!("{found}"));
    let now: chrono::DateTime<chrono::Utc> = "2026-11-01T00:00:00Z".parse().unwrap();
    let lead = rules.lead().event("downloaded", "ebook", now - age).unwrap().build();
    rules.evaluate(&lead, now).score("score").unwrap().to_string()
}

#[test]
fn half_every_thirty_days_gives_the_worked_figures() {
    for rule in
        ["each downloaded(ebook) => +10 decay 50% every 30d", "downloaded(ebook) => +10 decay 50% every 30d"]
    {
        let days = chrono::TimeDelta::days;
        assert_eq!(faded(rule, days(0)), "10");
        assert_eq!(faded(rule, days(29) + chrono::TimeDelta::hours(23)), "10");
        for (steps, points) in [
            "10", "5", "2.5", "1.25", "0.625", "0.312", "0.156", "0.078", "0.039", "0.019", "0.009", "0.004",
            "0.002", "0.001", "0",
        ]
        .into_iter()
        .enumerate()
        {
            assert_eq!(
                faded(rule, days(30 * i64::try_from(steps).unwrap())),
                points,
                "{steps} steps of {rule}"
            );
        }
    }
}

#[test]
fn five_downloads_up_to_three_times_give_fifteen() {
    let rules = RuleSet::compile("each downloaded(ebook) => +5 up to 3 times").unwrap();
    let now = "2026-11-01T00:00:00Z".parse().unwrap();
    let lead = (0..5).fold(rules.lead(), |lead, _| lead.event("downloaded", "ebook", now).unwrap()).build();
    assert_eq!(rules.evaluate(&lead, now).score("score").unwrap().to_string(), "15");
}

#[test]
fn the_five_line_rule_set_needs_no_declarations_and_slips_are_named() {
    let rules = RuleSet::compile(
        "visited(pricing) >= 2   => +15
         downloaded(ebook)       => +10
         title contains \"chief\"  => +20

         stage mql when score >= 30",
    )
    .unwrap();
    let now = "2026-11-01T00:00:00Z".parse().unwrap();
    let lead = rules
        .lead()
        .set("title", "CHIEF Marketing Officer")
        .and_then(|lead| lead.event("downloaded", "ebook", now))
        .unwrap()
        .build();
    let evaluation = rules.evaluate(&lead, now);
    assert_eq!(
        (evaluation.stage(), evaluation.score("score").unwrap().to_string()),
        (Stage::Mql, "30".to_owned())
    );
    let found = RuleSet::compile("vistied(pricing) => +15").unwrap_err();
    assert!(found.to_string().contains("did you mean `visited`?"), "{found}");
}

/// The table of findings has every code that is no error, each with how bad it is.
#[test]
fn its_table_of_findings_is_that_of_the_codes() {
    let section =
        REFERENCE.split("## Findings\n").nth(1).and_then(|rest| rest.split("\n## ").next()).unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    let told: Vec<(&str, &str)> = rows
        .map(|row| {
            let cells: Vec<&str> = row.split(" | ").collect();
            (cells[0].trim_matches(['|', ' ', '`']), cells[2].trim_matches(['|', ' ']))
        })
        .collect();
    let codes = Code::ALL.iter().filter(|code| code.severity() != Severity::Error);
    let known: Vec<(&str, &str)> = codes.map(|code| (code.as_str(), code.severity().as_str())).collect();
    let sorted = |mut list: Vec<(&'static str, &'static str)>| {
        list.sort_unstable();
        list
    };
    assert_eq!(sorted(told), sorted(known));
}

#[test]
fn its_allow_comments_allow() {
    let text =
        blocks("leadql").into_iter().map(|(_, text)| text).find(|text| text.contains("# leadql: allow"));
    let review = RuleSet::compile(&text.unwrap()).unwrap().review(&ReviewOptions::new());
    assert!(review.findings.is_empty(), "{}", review.findings);
    assert_eq!(review.allowed, 2);
}
