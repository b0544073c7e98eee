//! The full example that introduces the language, from text to results.

use leadql::{Compiler, RuleSet, Stage};

const RULES: &str = include_str!("../src/syntax/tests/first_look.lql");

#[test]
fn the_lead_of_its_test_block_gets_the_printed_result() {
    let rules = RuleSet::compile(RULES).unwrap_or_else(|found| panic!("{found}"));
    let time = |text: &str| text.parse().unwrap();
    let lead = rules
        .lead()
        .id("L-1")
        .set("title", "Chief Marketing Officer")
        .and_then(|lead| lead.set("company_size", 120))
        .and_then(|lead| lead.event("visited", "pricing", time("2026-10-30T00:00:00Z")))
        .and_then(|lead| lead.event("visited", "pricing", time("2026-10-27T00:00:00Z")))
        .and_then(|lead| lead.event("downloaded", "ebook", time("2026-10-22T00:00:00Z")))
        .unwrap()
        .build();
    let evaluation = rules.evaluate(&lead, time("2026-11-01T00:00:00Z"));
    let scores: Vec<(&str, String)> =
        evaluation.scores().map(|(name, score)| (name, score.to_string())).collect();
    assert_eq!(
        scores,
        [("engagement", "25".to_owned()), ("fit", "50".to_owned()), ("total", "35".to_owned())]
    );
    assert_eq!(evaluation.bands().collect::<Vec<_>>(), [("engagement", "cold"), ("fit", "B")]);
    assert_eq!(evaluation.segments().count(), 0);
    assert!(evaluation.revert() && !evaluation.mql() && !evaluation.sql());
    assert_eq!((evaluation.recycle(), evaluation.disqualify()), (None, None));
    assert_eq!(evaluation.stage(), Stage::Lead);
    assert_eq!(evaluation.valid_until(), Some(time("2026-11-21T00:00:00Z")));
}

#[test]
fn params_bend_it_without_another_file() {
    let text = format!("param bonus = 5\n{RULES}\nscore extra {{ need => bonus }}");
    let score = |compiler: Compiler| {
        let rules = compiler.compile(&text).unwrap_or_else(|found| panic!("{found}"));
        let lead = rules.lead().set("need", true).unwrap().build();
        rules.evaluate(&lead, "2026-11-01T00:00:00Z".parse().unwrap()).score("extra").unwrap().to_string()
    };
    assert_eq!(score(Compiler::new()), "5");
    assert_eq!(score(Compiler::new().set("bonus", "-2.5")), "-2.5");
}
