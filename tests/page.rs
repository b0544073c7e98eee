//! Pages of the examples, word for word. With `LEADQL_BLESS=1` the files are written anew: read the difference, and
//! look at the HTML in a browser.
#![expect(clippy::unwrap_used, clippy::panic, reason = "what helps a test stops it by panicking too")]

use std::path::Path;

use leadql::{RulePage, RuleSet};

fn page(example: &str) -> RulePage {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(example).join("rules.lql");
    let rules = RuleSet::compile_file(file).unwrap_or_else(|found| panic!("{found}"));
    rules.page().at(leadql::parse_instant("2026-11-22").unwrap())
}

#[track_caller]
fn is_as_written(file: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/page").join(file);
    if std::env::var_os("LEADQL_BLESS").is_some_and(|value| value == "1") {
        std::fs::write(&path, found).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    for (number, (found, written)) in found.lines().zip(written.lines()).enumerate() {
        assert_eq!(found, written, "{file}, line {}", number + 1);
    }
    assert_eq!(found.len(), written.len(), "{file} is longer or shorter");
}

#[test]
fn pages_are_as_written() {
    for example in ["saas", "learning"] {
        is_as_written(&format!("{example}.md"), &page(example).to_markdown());
        is_as_written(&format!("{example}.html"), &page(example).to_html());
    }
}
