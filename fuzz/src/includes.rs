//! A tree of files that include one another, in memory: a main file and others, each behind a line with its path.

use leadql::{Compiler, Limits};

use super::look;

/// What stands before the path of a file, at the start of a line.
const FILE: &str = "---- ";
/// What stands before a param and the value that the host sets it to.
const SET: &str = "==== ";

/// Takes any bytes as the files of a rule set.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut files: Vec<(&str, String)> = vec![("", String::new())];
    let limits = Limits::default().with_sources(1 << 16, 1 << 17).with_rules(200).with_definitions(50);
    let mut compiler = Compiler::new().name("main.lql").limits(limits);
    for line in text.split_inclusive('\n') {
        if let Some(path) = line.strip_prefix(FILE) {
            files.push((path.trim_end_matches('\n'), String::new()));
        } else if let Some((param, value)) = line.strip_prefix(SET).and_then(|set| set.split_once('=')) {
            compiler = compiler.set(param.trim(), value.trim());
        } else if let Some((_, file)) = files.last_mut() {
            file.push_str(line);
        }
    }
    let mut files = files.into_iter();
    let main = files.next().map(|(_, text)| text).unwrap_or_default();
    for (path, text) in files {
        compiler = compiler.include(path, text);
    }
    let (first, again) = (compiler.compile(&main), compiler.compile(&main));
    match (first, again) {
        (Ok(rules), Ok(again)) => {
            assert_eq!(rules.fingerprint(), again.fingerprint());
            let lead = rules.lead().id("L-1").build();
            look::closely(&rules, &lead, look::at("2026-11-01"));
            rules.run_tests();
        }
        (Err(found), Err(again)) => {
            assert!(found.has_errors());
            assert_eq!(found.to_string(), again.to_string(), "compiled once, then again");
            assert_eq!(found.reports().len(), found.len());
        }
        _ => panic!("compiles only at times"),
    }
}
