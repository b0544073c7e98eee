//! How a case that failed is kept: as a folder in the form of `tests/suite`.

use std::fs;
use std::io;
use std::path::Path;

use super::Case;
use super::compare::Compiled;
use super::rules;
use crate::explain::Reader;
use crate::rule_set::Lead;

/// Writes a case down as `rules.lql`, `leads.jsonl` and, by the plain reading, `expected.jsonl`. Tells where.
pub(super) fn write_down(case: &Case, seed: u64) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/twins").join(format!("seed-{seed}"));
    match files(case, &folder) {
        Ok(()) => {
            format!("It is written down in {}; tests/suite keeps such folders for good.", folder.display())
        }
        Err(error) => format!("It cannot be written down in {}: {error}", folder.display()),
    }
}

fn files(case: &Case, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("rules.lql"), rules::render(&case.pieces))?;
    fs::write(folder.join("leads.jsonl"), case.lead.line() + "\n")?;
    fs::write(folder.join("expected.jsonl"), expected(case).map_err(io::Error::other)? + "\n")
}

/// What the plain reading gives, as `leadql score --format jsonl` would print it.
fn expected(case: &Case) -> Result<String, String> {
    let compiled = Compiled::of(case).map_err(|found| found.to_string())?;
    let plain = Reader::new(compiled.model(), &compiled.facts).outcome(case.now);
    let lead = Lead::new(&compiled.rules.compiled, compiled.facts.clone());
    let evaluation = compiled.rules.evaluate(&lead, case.now.into()).but_saying(plain);
    serde_json::to_string(&evaluation).map_err(|error| error.to_string())
}

#[test]
fn what_is_written_down_reads_back_as_the_case() {
    let case = super::case(11, 6);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/twins/written-down");
    files(&case, &folder).unwrap();
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    assert_eq!(read("rules.lql"), rules::render(&case.pieces));
    let rules = crate::RuleSet::compile(&read("rules.lql")).unwrap();
    let options = crate::ReadOptions::new("leads.jsonl");
    let lead = rules.read_leads(read("leads.jsonl").as_bytes(), &options).unwrap().next().unwrap().unwrap();
    let evaluation = rules.evaluate(&lead, case.now.into());
    assert_eq!(serde_json::to_string(&evaluation).unwrap() + "\n", read("expected.jsonl"));
    fs::remove_dir_all(&folder).unwrap();
}
