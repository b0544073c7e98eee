//! The example rule sets: they compile without a warning, every test block in them passes, and they stand in the
//! canonical layout.
#![expect(clippy::unwrap_used, reason = "what helps a test stops it by panicking too")]

use std::path::PathBuf;

use leadql::RuleSet;

fn rule_files() -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples");
    let folders =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    let files =
        folders.flat_map(|folder| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    let mut files: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|end| end == "lql")).collect();
    files.sort();
    files
}

#[test]
fn they_compile_without_a_finding_and_their_tests_pass() {
    let files = rule_files();
    let mut tests = 0;
    for file in &files {
        let rules = RuleSet::compile_file(file).unwrap_or_else(|found| panic!("{found}"));
        assert!(rules.warnings().is_empty(), "{}", rules.warnings());
        for result in rules.run_tests() {
            assert!(result.passed, "{}: {}: {:#?}", result.file, result.name, result.failures);
            tests += 1;
        }
    }
    // Seven rule sets, one more that includes another for its tests, and one that is only included.
    assert_eq!((files.len(), tests >= 31), (9, true), "{files:?}, {tests} tests");
}

#[test]
fn they_stand_in_the_canonical_layout() {
    for file in rule_files() {
        let text = std::fs::read_to_string(&file).unwrap();
        let name = file.display().to_string();
        assert_eq!(leadql::format(&name, &text).unwrap(), text, "{name}: run `leadql fmt examples`");
    }
}
