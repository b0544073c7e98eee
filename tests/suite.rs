//! The suite: folders of plain files, each a rule set, leads and what has to come out of them. What a generated
//! case or a user once found wrong is kept here. Each goes through every way of evaluating a lead that comes in a file.
#![cfg(feature = "json")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops where something is not as it should be")]

use std::path::PathBuf;

use leadql::{Lead, ReadOptions, RuleSet, parse_instant};

#[path = "support/states.rs"]
mod support;

fn folders() -> Vec<PathBuf> {
    let suite = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/suite");
    let entries = std::fs::read_dir(suite).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.join("rules.lql").exists()).collect();
    folders.sort();
    folders
}

fn leads(rules: &RuleSet, text: &str) -> Vec<Lead> {
    let leads = rules.read_leads(text.as_bytes(), &ReadOptions::new("leads.jsonl")).unwrap();
    leads.map(Result::unwrap).collect()
}

#[test]
fn every_lead_of_the_suite_comes_out_as_expected() {
    let folders = folders();
    assert!(!folders.is_empty());
    for folder in folders {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let read = |file: &str| std::fs::read_to_string(folder.join(file)).unwrap();
        let rules = RuleSet::compile_file(folder.join("rules.lql")).unwrap_or_else(|found| panic!("{found}"));
        let laid_out = leadql::format("rules.lql", &read("rules.lql")).unwrap();
        let laid_out = RuleSet::compile(&laid_out).unwrap_or_else(|found| panic!("{found}"));
        let (text, expected) = (read("leads.jsonl"), read("expected.jsonl"));
        let (of_rules, of_laid_out) = (leads(&rules, &text), leads(&laid_out, &text));
        assert_eq!(of_rules.len(), expected.lines().count(), "{name}");
        let leads = of_rules.iter().zip(of_laid_out).zip(text.lines());
        for (((lead, of_laid_out), line), expected) in leads.zip(expected.lines()) {
            let at: serde_json::Value = serde_json::from_str(expected).unwrap();
            let at = parse_instant(at["at"].as_str().unwrap()).unwrap();
            let same = |what: &str, evaluation: &leadql::Evaluation| {
                assert_eq!(serde_json::to_string(evaluation).unwrap(), expected, "{name}, {what}");
            };
            let evaluation = rules.evaluate(lead, at);
            same("plan", &evaluation);
            same("laid out and compiled again", &laid_out.evaluate(&of_laid_out, at));
            let explanation = rules.explain(lead, at);
            let ledgers = explanation.scores.iter().map(|ledger| (ledger.score.as_str(), ledger.points));
            assert!(evaluation.scores().eq(ledgers), "{name}, explained");
            let mut keeper = rules.keeper();
            let mut state = support::state(&mut keeper, &serde_json::from_str(line).unwrap(), at);
            let mut evaluator = rules.evaluator();
            same("state", evaluator.evaluate_state(&state, at).unwrap());
            keeper.settle(&mut state).unwrap();
            let stored = serde_json::to_string(&keeper.store(&state).unwrap()).unwrap();
            let adopted = keeper.adopt(&serde_json::from_str(&stored).unwrap()).unwrap();
            same("stored state", evaluator.evaluate_state(&adopted, at).unwrap());
        }
    }
}
