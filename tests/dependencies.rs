//! What a build brings along: `tests/dependencies.txt` lists it with licences, so that a change is seen in review.
//!
//! Known advisories are not asked for here: their database is not part of the project.
//!
//! To write the list anew, set `LEADQL_BLESS=1`, run this test, and read what has changed.

// One platform decides what is listed.
#![cfg(all(feature = "json", target_os = "linux", target_arch = "x86_64"))]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what helps a test fails by panicking too")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use serde_json::Value;

const LIST: &str = "tests/dependencies.txt";

/// One of these is enough to pass a crate on under either of this crate's own licences.
const ALLOWED: [&str; 6] =
    ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-2-Clause", "Unicode-3.0", "Unlicense"];

struct Package {
    name: String,
    licence: String,
    rust_version: Option<(u32, u32)>,
    is_from_the_registry: bool,
}

/// The packages that the library is built from with these features, tests and benchmarks left out, the root first.
fn packages(features: &[&str]) -> Vec<Package> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--format-version", "1", "--offline", "--locked"]);
    cargo.args(["--filter-platform", "x86_64-unknown-linux-gnu"]);
    let output = cargo.args(features).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let list = |value: &Value| value.as_array().unwrap().clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let nodes: BTreeMap<String, Value> =
        list(&metadata["resolve"]["nodes"]).into_iter().map(|node| (text(&node["id"]), node)).collect();
    let mut found = BTreeSet::new();
    let mut open = vec![text(&metadata["resolve"]["root"])];
    while let Some(id) = open.pop() {
        if found.insert(id.clone()) {
            let dependencies = list(&nodes[&id]["deps"]);
            let is_built = |kinds: &Value| list(kinds).iter().any(|kind| kind["kind"] != "dev");
            open.extend(
                dependencies.iter().filter(|of| is_built(&of["dep_kinds"])).map(|of| text(&of["pkg"])),
            );
        }
    }
    let packages = list(&metadata["packages"]);
    let packages = packages.iter().filter(|package| found.contains(&text(&package["id"])));
    packages
        .map(|package| Package {
            name: text(&package["name"]),
            licence: package["license"].as_str().unwrap_or("none").to_owned(),
            rust_version: package["rust_version"].as_str().map(release),
            is_from_the_registry: package["source"]
                .as_str()
                .is_some_and(|from| from.starts_with("registry+")),
        })
        .collect()
}

/// `1.88.0` as its first two numbers.
fn release(text: &str) -> (u32, u32) {
    let mut numbers = text.split('.').map(|number| number.parse().unwrap());
    (numbers.next().unwrap(), numbers.next().unwrap_or(0))
}

/// Whether a licence expression leaves a choice that is allowed: `(A OR B) AND C`, with `/` for `OR` as of old.
fn is_allowed(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ");
    let choices = |part: &str| {
        part.trim_matches(['(', ')', ' ']).split(" OR ").any(|licence| ALLOWED.contains(&licence.trim()))
    };
    expression.split(" AND ").all(choices)
}

#[test]
fn what_a_build_brings_along_is_listed() {
    let mut listed = String::new();
    let builds: [(&str, &[&str]); 2] =
        [("the default build", &["--no-default-features"]), ("every feature", &["--all-features"])];
    for (build, features) in builds {
        writeln!(listed, "# {build}").unwrap();
        let mut lines: Vec<String> = packages(features)
            .iter()
            .filter(|package| package.name != "leadql")
            .map(|package| format!("{}: {}", package.name, package.licence))
            .collect();
        lines.sort();
        lines.dedup();
        for line in lines {
            writeln!(listed, "{line}").unwrap();
        }
    }
    if std::env::var_os("LEADQL_BLESS").is_some_and(|value| value == "1") {
        fs::write(LIST, &listed).unwrap();
    }
    let kept = fs::read_to_string(LIST).unwrap();
    if kept != listed {
        panic!("{LIST} lists other crates than these (LEADQL_BLESS=1 writes it anew):\n{listed}");
    }
}

#[test]
fn licences_sources_and_rust_versions_fit() {
    let packages = packages(&["--all-features"]);
    let own = packages.iter().find(|package| package.name == "leadql").unwrap();
    for package in &packages {
        assert!(is_allowed(&package.licence), "{} is under {}", package.name, package.licence);
        assert!(
            package.is_from_the_registry || package.name == "leadql",
            "{} does not come from the registry",
            package.name
        );
        assert!(
            package.rust_version <= own.rust_version,
            "{} asks for Rust {:?}",
            package.name,
            package.rust_version
        );
    }
}

#[test]
fn a_licence_is_allowed_if_it_leaves_an_allowed_choice() {
    for (expression, allowed) in [
        ("MIT", true),
        ("MIT/Apache-2.0", true),
        ("GPL-3.0", false),
        ("GPL-3.0 OR MIT", true),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
        ("MIT AND GPL-3.0", false),
        ("none", false),
    ] {
        assert_eq!(is_allowed(expression), allowed, "{expression}");
    }
}
