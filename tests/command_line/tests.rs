//! `leadql test`: the blocks, what a failure shows, coverage.

use super::*;

#[test]
fn test_runs_the_blocks_and_shows_where_the_points_are_from() {
    let good = "need => 5\ntest \"good\" { need = true expect score = 5 }";
    let bad = "need => 5\ntest \"bad\" {\n  need = true\n  expect score = 6\n}";
    let folder = Folder::new("test", &[("good.lql", good), ("bad.lql", bad)]);
    let ran = run(&folder, &["test", "good.lql"]);
    assert_eq!((ran.status, ran.out.as_str()), (0, "good.lql\n  ok    good\n1 test: 1 passed, 0 failed\n"));
    let ran = run(&folder, &["test", "."]);
    assert_eq!(ran.status, 1);
    for part in ["FAIL  bad", "bad.lql:4", "expected score = 6", "found    score is 5", "+5  score / score#1"]
    {
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
