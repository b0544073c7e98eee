//! Every message as a user reads it: each `tests/ui/NAME.lql` has something wrong, and `NAME.txt` beside it is what
//! is said of it, byte for byte.
//!
//! Lines at the top of a file that start with `#:` set a param or a limit, or the instant of the review. To write the texts anew, set
//! `LEADQL_BLESS=1`, run this test, and read what has changed.

#![expect(clippy::unwrap_used, clippy::panic, reason = "what helps a test fails by panicking too")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use leadql::{Code, Compiler, Diagnostics, Limits, ReviewOptions, Severity, parse_instant};

const FOLDER: &str = "tests/ui";

/// What is found in a file: errors, or warnings.
fn diagnostics(path: &Path) -> Diagnostics {
    let text = String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
    let (mut compiler, mut limits) = (Compiler::new(), Limits::default());
    let mut options = ReviewOptions::new();
    for line in text.lines().map_while(|line| line.strip_prefix("#: ")) {
        let (word, value) = line.split_once(' ').unwrap();
        if word == "set" {
            let (param, value) = value.split_once('=').unwrap();
            compiler = compiler.set(param, value);
            continue;
        }
        if word == "at" {
            options = options.at(parse_instant(value).unwrap());
            continue;
        }
        let value = value.parse().unwrap();
        match word {
            "rules" => limits.rules = value,
            "definitions" => limits.definitions = value,
            "list_items" => limits.list_items = value,
            "selectors" => limits.selectors = value,
            "nesting" => limits.nesting = value,
            "source" => limits.source = value,
            "sources" => limits.sources = value,
            _ => panic!("{}: there is no limit {word}", path.display()),
        }
    }
    match compiler.limits(limits).compile_file(path) {
        Ok(rules) => rules.review(&options).findings,
        Err(found) => found,
    }
}

fn files() -> Vec<PathBuf> {
    let entries = fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().file_name());
    let names = entries.map(|name| name.into_string().unwrap()).filter(|name| name.ends_with(".lql"));
    let mut files: Vec<PathBuf> = names.map(|name| PathBuf::from(format!("{FOLDER}/{name}"))).collect();
    files.sort();
    files
}

#[test]
fn messages_read_as_they_should() {
    let bless = std::env::var_os("LEADQL_BLESS").is_some_and(|value| value == "1");
    let mut differ = String::new();
    for file in files() {
        let drawn = format!("{}\n", diagnostics(&file));
        let expected_file = file.with_extension("txt");
        if bless {
            fs::write(&expected_file, &drawn).unwrap();
        }
        let expected = fs::read_to_string(&expected_file).unwrap_or_default();
        if drawn != expected {
            differ.push_str(&format!("==== {} says\n{drawn}\n==== and not\n{expected}\n", file.display()));
        }
    }
    assert!(differ.is_empty(), "\n{differ}");
}

/// `tests/ui/nearly/CODE.lql` has what is nearly such a finding, and is none.
#[test]
fn what_is_nearly_a_finding_is_none() {
    let found = Code::ALL.iter().filter(|code| code.severity() != Severity::Error);
    // What is found without a review has the limits of its own tests.
    let without = [Code::DecayCutShort, Code::HiddenCharacter];
    for code in found.filter(|code| !without.contains(code)) {
        let file = PathBuf::from(format!("{FOLDER}/nearly/{}.lql", code.as_str().replace('-', "_")));
        let found = diagnostics(&file);
        assert!(!found.has_errors(), "{found}");
        assert!(found.codes().all(|found| found != *code), "{}:\n{found}", file.display());
    }
}

/// Every lead that comes with a finding passes as a test of the rule set that it is about.
#[test]
fn leads_that_show_findings_pass_as_tests() {
    let mut shown = 0;
    for file in files() {
        let witnesses: Vec<String> =
            diagnostics(&file).reports().into_iter().filter_map(|report| report.witness).collect();
        if witnesses.is_empty() {
            continue;
        }
        let text = format!("{}\n{}", fs::read_to_string(&file).unwrap(), witnesses.join("\n"));
        let rules = Compiler::new().compile(&text).unwrap_or_else(|found| panic!("{found}"));
        for test in rules.run_tests() {
            assert!(test.passed, "{}: {} {:?}", file.display(), test.name, test.failures);
            shown += 1;
        }
    }
    assert!(shown >= 15, "only {shown}");
}

#[test]
fn every_code_occurs() {
    let found: BTreeSet<Code> =
        files().iter().flat_map(|file| diagnostics(file).codes().collect::<Vec<_>>()).collect();
    let missing: Vec<&Code> = Code::ALL.iter().filter(|code| !found.contains(code)).collect();
    assert!(missing.is_empty(), "no file provokes {missing:?}");
}

#[test]
fn every_file_has_a_finding_and_every_text_a_file() {
    for file in files() {
        assert!(!diagnostics(&file).is_empty(), "{}", file.display());
    }
    for entry in fs::read_dir(FOLDER).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            assert!(path.with_extension("lql").is_file(), "{} is left over", path.display());
        }
    }
}

/// Code, file, and line and column of start and end of all labels of a finding.
type Places = (&'static str, Vec<(String, (usize, usize), (usize, usize))>);

fn places(name: &str) -> Vec<Places> {
    let reports = diagnostics(&PathBuf::from(format!("{FOLDER}/{name}.lql"))).reports();
    let place = |label: leadql::Label| {
        let (start, end) = (label.start, label.end);
        (label.file, (start.line, start.column), (end.line, end.column))
    };
    reports.into_iter().map(|report| (report.code, report.labels.into_iter().map(place).collect())).collect()
}

#[test]
fn reports_say_where() {
    let here = |name: &str, start, end| (format!("{FOLDER}/{name}.lql"), start, end);
    assert_eq!(
        places("windows_line_ends"),
        [("unknown-name", vec![here("windows_line_ends", (2, 1), (2, 6))])]
    );
    assert_eq!(places("byte_order_mark"), [("unknown-name", vec![here("byte_order_mark", (1, 1), (1, 6))])]);
    assert_eq!(places("many_marks"), [("unknown-name", vec![here("many_marks", (1, 27), (1, 32))])]);
    let first = here("duplicate_far_apart", (1, 5), (1, 19));
    assert_eq!(
        places("duplicate_far_apart"),
        [("duplicate", vec![here("duplicate_far_apart", (118, 5), (118, 19)), first])]
    );
    let broken = |start, end| here("shared/broken", start, end);
    assert_eq!(
        places("across_files"),
        [
            ("mixed-list", vec![broken((2, 19), (2, 20)), broken((2, 13), (2, 17))]),
            ("unknown-symbol", vec![broken((3, 20), (3, 24))]),
        ]
    );
    assert_eq!(places("limit_source"), [("limit-exceeded", vec![here("limit_source", (1, 1), (1, 1))])]);
}
