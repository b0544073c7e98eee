//! `leadql test`: the blocks, what a failure shows, coverage.

use super::*;

#[test]
fn test_runs_the_blocks_and_shows_why_one_fails() {
    let good = "need => 5\ntest \"good\" { need = true expect score = 5 }";
    let bad = "need => 5\ntest \"bad\" {\n  need = true\n  expect score = 6\n}";
    let folder = Folder::new("test", &[("good.lql", good), ("bad.lql", bad)]);
    let ran = run(&folder, &["test", "good.lql"]);
    assert_eq!((ran.status, ran.out.as_str()), (0, "good.lql\n  ok    good\n1 test: 1 passed, 0 failed\n"));
    let ran = run(&folder, &["test", "."]);
    assert_eq!(ran.status, 1);
    for part in ["FAIL  bad", "bad.lql:4", "expected score = 6", "found    score is 5", "+5  need"] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    let ran = run(&folder, &["test", "bad.lql", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let failure = serde_json::json!({"expected": "score = 6", "actual": "score is 5", "line": 4});
    assert_eq!(
        value,
        serde_json::json!({"tests": [{"file": "bad.lql", "name": "bad", "passed": false, "failures": [failure]}]})
    );
}

#[test]
fn a_failure_shows_the_part_of_the_explanation_that_it_is_about() {
    let rules = "score a { need => 5  visited(pricing) >= 2 => +10 \"Prices\" }
band a { hot >= 10, cold }
segment keen when a is hot
stage mql when a >= 15 and budget
test \"all wrong\" at 2026-11-01 {
  need = true
  visited(pricing) 2d ago
  expect a = 15
  expect a is hot
  expect segment keen
  expect not revert
  expect stage mql
}";
    let folder = Folder::new("why", &[("r.lql", rules)]);
    let ran = run(&folder, &["test", "r.lql"]);
    assert_eq!(ran.status, 1);
    let order = [
        "expected a = 15",
        "+5  need",
        "(+10)  Prices",
        "1 of 2 visits to pricing",
        "expected a is hot",
        "expected segment keen",
        "segment keen: no",
        "a is cold (5), hot wanted (5 short)",
        "expected not revert",
        "revert (an MQL falls back): yes",
        "expected stage mql",
        "stage lead: does not meet the criteria for an MQL",
        "budget is missing",
    ];
    let mut rest = ran.out.as_str();
    for part in order {
        rest =
            rest.split_once(part).unwrap_or_else(|| panic!("{part} is not behind the others: {}", ran.out)).1;
    }
    assert_eq!(ran.out.matches("1 of 2 visits").count(), 1, "one ledger for both: {}", ran.out);
}

const HALF: &str =
    "need => 5\nstage mql when score >= 5 and budget\ntest \"t\" { need = true expect score = 5 }";

#[test]
fn coverage_tells_what_no_test_tries() {
    let folder = Folder::new("coverage", &[("r.lql", HALF)]);
    let ran = run(&folder, &["test", "r.lql", "--coverage"]);
    let expected = "r.lql
  ok    t
1 test: 1 passed, 0 failed
coverage 50%: 4 of 8, each part once true and once false

never  where    part       name
false  r.lql:1  rule       need
true   r.lql:2  gate       mql
false  r.lql:2  condition  score >= 5
true   r.lql:2  condition  budget
";
    assert_eq!((ran.status, ran.out.as_str(), ran.err.as_str()), (0, expected, ""));
    let ran = run(&folder, &["test", "r.lql", "--coverage", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(value["tests"][0]["passed"], true);
    assert_eq!((&value["coverage"]["percent"], &value["coverage"]["wanted"]), (&50.0.into(), &8.into()));
    let part = serde_json::json!(
        {"part": "rule", "name": "need", "file": "r.lql", "line": 1, "made_true": true, "made_false": false}
    );
    assert_eq!(value["coverage"]["parts"][0], part);
    let plain = run(&folder, &["test", "r.lql", "--format", "json"]).out;
    assert_eq!(plain, "{\"tests\":[{\"file\":\"r.lql\",\"name\":\"t\",\"passed\":true,\"failures\":[]}]}\n");
}

#[test]
fn too_little_coverage_fails() {
    let folder = Folder::new("min-coverage", &[("r.lql", HALF), ("empty.lql", "score s { }")]);
    for (least, status) in [("0", 0), ("50", 0), ("51", 1), ("100", 1), ("101", 2), ("-1", 2)] {
        let ran = run(&folder, &["test", "r.lql", "--min-coverage", least]);
        assert_eq!(ran.status, status, "{least}: {}{}", ran.out, ran.err);
    }
    let ran = run(&folder, &["test", "r.lql", "--min-coverage", "51", "--format", "json"]);
    assert!(
        ran.out.starts_with("{\"tests\":[") && ran.out.contains("\"coverage\":{\"percent\":50.0"),
        "{}",
        ran.out
    );
    assert_eq!(ran.err, "error: the tests cover 50%, below the 51% asked for\n");
    assert_eq!(run(&folder, &["test", "empty.lql", "--min-coverage", "100"]).status, 0);
}

#[test]
fn a_rule_set_is_covered_by_one_that_includes_it() {
    let more = "include \"r.lql\"\ntest \"u\" { need = true budget = true expect mql }\ntest \"v\" { expect score = 0 }";
    let folder = Folder::new("included", &[("a/r.lql", HALF), ("a/more.lql", more)]);
    let ran = run(&folder, &["test", "a", "--min-coverage", "100"]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    assert!(ran.out.ends_with("coverage 100%: 8 of 8, each part once true and once false\n"), "{}", ran.out);
}
