//! Explanations of leads of the B2B example, word for word. To write the files anew where the wording is meant
//! to change, run with `LEADQL_WRITE_EXPLANATIONS=1` and read the difference.
#![cfg(feature = "json")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "what helps a test stops it by panicking too")]

use std::path::Path;

use leadql::{Explanation, ReadOptions};

fn explained(id: &str) -> Explanation {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/saas");
    let rules = std::fs::read_to_string(folder.join("rules.lql")).unwrap();
    let rules =
        leadql::Compiler::new().name("rules.lql").compile(&rules).unwrap_or_else(|found| panic!("{found}"));
    let leads = std::fs::File::open(folder.join("leads.jsonl")).unwrap();
    let mut leads =
        rules.read_leads(std::io::BufReader::new(leads), &ReadOptions::new("leads.jsonl")).unwrap();
    let lead = leads.find_map(|lead| lead.ok().filter(|lead| lead.id() == id)).unwrap();
    rules.explain(&lead, "2026-11-01T00:00:00Z".parse().unwrap())
}

fn is_as_written(file: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/explain").join(file);
    if std::env::var_os("LEADQL_WRITE_EXPLANATIONS").is_some() {
        std::fs::write(&path, found).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap();
    assert_eq!(found, written, "{file}");
}

#[test]
fn as_text() {
    for id in ["L-1", "L-7", "L-13"] {
        is_as_written(&format!("{id}.txt"), &explained(id).to_string());
    }
}

#[test]
fn as_markdown_and_as_json() {
    let explanation = explained("L-1");
    is_as_written("L-1.md", &explanation.to_markdown());
    is_as_written("L-1.json", &(serde_json::to_string_pretty(&explanation).unwrap() + "\n"));
}
