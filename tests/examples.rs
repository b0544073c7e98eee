//! The example rule sets: they compile without a warning, every test block in them passes, and they stand in the
//! canonical layout.
#![expect(clippy::unwrap_used, reason = "what helps a test stops it by panicking too")]

use std::path::PathBuf;

use leadql::{Code, Compiler, ReviewOptions, RuleSet, Severity};

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

/// Nothing is wrong with them that is not allowed in their text, and every lead that a note comes with passes as a test.
#[test]
fn their_reviews_find_notes_only() {
    let mut shown = 0;
    for file in rule_files() {
        let review = RuleSet::compile_file(&file).unwrap().review(&ReviewOptions::new());
        let worst = review.findings.codes().map(Code::severity).min();
        assert!(worst.is_none_or(|worst| worst == Severity::Note), "{}", review.findings);
        let mut text = std::fs::read_to_string(&file).unwrap();
        for witness in review.findings.reports().into_iter().filter_map(|report| report.witness) {
            text.push_str(&format!("\n{witness}"));
            shown += 1;
        }
        let mut compiler = Compiler::new();
        for beside in
            rule_files().into_iter().filter(|beside| beside.parent() == file.parent() && *beside != file)
        {
            let name = beside.file_name().unwrap().to_string_lossy().into_owned();
            compiler = compiler.include(name, std::fs::read_to_string(&beside).unwrap());
        }
        for test in compiler.compile(&text).unwrap().run_tests() {
            assert!(test.passed, "{}: {} {:?}", file.display(), test.name, test.failures);
        }
    }
    assert!(shown >= 5, "only {shown}");
}

#[test]
fn they_stand_in_the_canonical_layout() {
    for file in rule_files() {
        let text = std::fs::read_to_string(&file).unwrap();
        let name = file.display().to_string();
        assert_eq!(leadql::format(&name, &text).unwrap(), text, "{name}: run `leadql fmt examples`");
    }
}
