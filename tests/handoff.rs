//! Hand-off pages of leads of the examples, word for word. To write the files anew where the wording is meant to
//! change, run with `LEADQL_WRITE_HANDOFFS=1` and read the difference.
#![cfg(feature = "json")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "what helps a test stops it by panicking too")]

use std::path::Path;

use chrono::{DateTime, Utc};
use leadql::{Handoff, Lead, ReadOptions, RuleSet};

fn at(text: &str) -> DateTime<Utc> {
    leadql::parse_instant(text).unwrap()
}

/// A rule set of the examples and one of its leads.
fn example(folder: &str, id: &str) -> (RuleSet, Lead) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(folder);
    let rules = RuleSet::compile_file(folder.join("rules.lql")).unwrap_or_else(|found| panic!("{found}"));
    let file = std::fs::File::open(folder.join("leads.jsonl")).unwrap();
    let mut leads =
        rules.read_leads(std::io::BufReader::new(file), &ReadOptions::new("leads.jsonl")).unwrap();
    let lead = leads.find_map(|lead| lead.ok().filter(|lead| lead.id() == id));
    let lead = lead.unwrap();
    (rules, lead)
}

fn page(folder: &str, id: &str) -> Handoff {
    let (rules, lead) = example(folder, id);
    rules.handoff(&lead, at("2026-11-01T12:00:00Z"))
}

fn is_as_written(file: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/handoff").join(file);
    if std::env::var_os("LEADQL_WRITE_HANDOFFS").is_some() {
        std::fs::write(&path, found).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap();
    for (number, (found, written)) in found.lines().zip(written.lines()).enumerate() {
        assert_eq!(found, written, "{file}, line {}", number + 1);
    }
    assert_eq!(found.len(), written.len(), "{file} is longer or shorter");
}

#[test]
fn as_text() {
    for (folder, id) in [
        // Promoted now, an MQL for a while, one whom sales has, one who is out, one of whom little is known.
        ("saas", "L-7"),
        ("saas", "L-12"),
        ("saas", "L-8"),
        ("saas", "L-5"),
        ("saas", "L-11"),
        ("plg", "champion"),
        ("shop", "K-1002"),
        ("small_business", "webinar-attendee"),
    ] {
        is_as_written(&format!("{folder}-{id}.txt"), &page(folder, id).to_string());
    }
}

#[test]
fn as_markdown_and_as_json() {
    let page = page("saas", "L-7");
    is_as_written("saas-L-7.md", &page.to_markdown());
    let json = serde_json::to_string_pretty(&page).unwrap() + "\n";
    // Which digest a meaning has is another test's to say.
    is_as_written("saas-L-7.json", &json.replace(&page.rule_set.fingerprint, "…"));
}
