//! The suite: folders of plain files, each a rule set, leads and what has to come out of them. What a generated
//! case or a user once found wrong is kept here.
#![cfg(feature = "json")]
#![expect(clippy::unwrap_used, reason = "a test stops where something is not as it should be")]

use std::path::PathBuf;

use leadql::{ReadOptions, RuleSet, parse_instant};

fn folders() -> Vec<PathBuf> {
    let suite = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/suite");
    let entries = std::fs::read_dir(suite).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.join("rules.lql").exists()).collect();
    folders.sort();
    folders
}

#[test]
fn every_lead_of_the_suite_comes_out_as_expected() {
    let folders = folders();
    assert!(!folders.is_empty());
    for folder in folders {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let rules = RuleSet::compile_file(folder.join("rules.lql")).unwrap_or_else(|found| panic!("{found}"));
        let text = std::fs::read_to_string(folder.join("leads.jsonl")).unwrap();
        let expected = std::fs::read_to_string(folder.join("expected.jsonl")).unwrap();
        let leads = rules.read_leads(text.as_bytes(), &ReadOptions::new("leads.jsonl")).unwrap();
        let leads: Vec<_> = leads.map(Result::unwrap).collect();
        assert_eq!(leads.len(), expected.lines().count(), "{name}");
        for (lead, expected) in leads.iter().zip(expected.lines()) {
            let at: serde_json::Value = serde_json::from_str(expected).unwrap();
            let at = parse_instant(at["at"].as_str().unwrap()).unwrap();
            let found = serde_json::to_string(&rules.evaluate(lead, at)).unwrap();
            assert_eq!(found, expected, "{name}");
        }
    }
}
