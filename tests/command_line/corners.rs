//! What scripts seldom meet: gates without reasons, failures of every sort of expectation, leads that only one
//! version can read.

use super::*;

const GATES: &str = "need => +20
authority => -5
stage mql when need
stage sql when budget
recycle when title = \"quiet\"
disqualify when title = \"rival\"
disqualify when title = \"spam\" \"sends spam\"
";

const LEADS: &str = r#"{"id":1,"attributes":{"title":"quiet"}}
{"id":2,"attributes":{"title":"rival"}}
{"id":3,"attributes":{"title":"spam"}}
{"id":4,"attributes":{"need":true,"budget":true,"authority":true},"stage":"sal"}
"#;

#[test]
fn gates_are_told_with_and_without_reasons() {
    let folder = Folder::new("gates", &[("r.lql", GATES), ("l.jsonl", LEADS)]);
    let score = |more: &[&str]| {
        let ran = run(&folder, &[&["score", "r.lql", "l.jsonl", "--at", "2026-11-01"], more].concat());
        assert_eq!((ran.status, ran.err.as_str()), (0, ""));
        ran.out
    };
    let csv = score(&["--format", "csv"]);
    let gates: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').skip(4).take(6).collect()).collect();
    assert_eq!(
        gates,
        [
            ["gates.mql", "gates.revert", "gates.sql", "gates.recycle", "gates.disqualify", "stage"],
            ["false", "true", "false", "true", "false", "recycled"],
            ["false", "true", "false", "false", "true", "disqualified"],
            ["false", "true", "false", "false", "sends spam", "disqualified"],
            ["true", "false", "true", "false", "false", "sal"],
        ],
        "{csv}"
    );
    let table = score(&[]);
    for gates in ["revert, recycle ", "revert, disqualify ", "disqualify: sends spam", "mql, sql"] {
        assert!(table.contains(gates), "{gates}: {table}");
    }
    assert!(score(&["--explain"]).contains("  -5  score / score#2"), "{}", score(&["--explain"]));
    let why = run(&folder, &["explain", "r.lql", "l.jsonl", "--id", "4", "--at", "2026-11-01"]);
    assert_eq!(why.status, 0, "{}", why.err);
    assert!(why.out.contains("sql"), "{}", why.out);
}

#[test]
fn each_sort_of_expectation_fails_with_what_came_out() {
    let tests = "
        test \"s1\" { expect stage recycled }
        test \"s2\" { title = \"rival\"  expect stage lead }
        test \"s3\" { expect stage disqualified }
        test \"s4\" { expect stage customer }
        test \"v\" { created_at = 2025-12-31  expect valid until never }
        test \"g\" { expect mql }
        segment old when created_at older than 30d
        test \"m\" { expect segment old }
        test \"n\" { expect score = 1  expect score > 1 }";
    let folder = Folder::new("expectations", &[("r.lql", &format!("{GATES}{tests}"))]);
    let ran = run(&folder, &["test", "r.lql"]);
    assert_eq!(ran.status, 1, "{}", ran.err);
    for (name, expected, found) in [
        ("s1", "stage recycled", "lead"),
        ("s2", "stage lead", "disqualified"),
        ("s3", "stage disqualified", "lead"),
        ("s4", "stage customer", "lead"),
        ("v", "valid until never", "2026-01-30"),
        ("g", "mql", "not"),
        ("m", "segment old", "not"),
        ("n", "score = 1", "0"),
    ] {
        let told = ran.out.split("FAIL  ").find(|told| told.starts_with(name)).unwrap();
        assert!(told.contains(&format!("expected {expected}")), "{told}");
        let line = told.lines().find(|line| line.trim_start().starts_with("found ")).unwrap();
        assert!(line.contains(found), "{told}");
        // Behind what was found stands why.
        assert!(told.lines().count() >= 4, "{told}");
    }
}

#[test]
fn a_long_explanation_of_a_failure_is_cut() {
    let rules: String = (0..60).map(|number| format!("visited(page_{number}) => +1\n")).collect();
    let visits: String = (0..60).map(|number| format!("visited(page_{number}) 1d ago\n")).collect();
    let text = format!("{rules}test \"t\" {{ {visits} expect score = 1 }}");
    let folder = Folder::new("long-failure", &[("r.lql", &text)]);
    let ran = run(&folder, &["test", "r.lql"]);
    assert_eq!(ran.status, 1);
    assert!(ran.out.contains(" more lines\n") && ran.out.lines().count() < 60, "{}", ran.out);
}

#[test]
fn what_tests_never_see_is_named() {
    let text = "need => +1\nbudget => +2\nauthority => +3\n
        test \"t\" { need = true  expect score = 1 }\ntest \"u\" { authority = true  expect score = 3 }";
    let folder = Folder::new("coverage", &[("r.lql", text)]);
    let ran = run(&folder, &["test", "r.lql", "--coverage"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert!(ran.out.contains("\ntrue   r.lql:2 "), "{}", ran.out);
}

#[test]
fn what_cannot_be_laid_out_is_told_and_left() {
    let folder = Folder::new("fmt-odd", &[("empty/readme.txt", "no rules"), ("broken.lql", "need =>")]);
    fs::write(folder.0.join("latin.lql"), b"# caf\xe9\nneed => 1").unwrap();
    let none = run(&folder, &["fmt", "empty"]);
    assert_eq!((none.status, none.err.as_str()), (1, "error: empty has no .lql files\n"));
    let latin = run(&folder, &["fmt", "latin.lql"]);
    assert_eq!(latin.status, 1);
    assert!(latin.err.starts_with("error: latin.lql cannot be read: "), "{}", latin.err);
    let broken = run(&folder, &["fmt", "broken.lql"]);
    assert_eq!((broken.status, broken.out.as_str()), (1, ""));
    assert_eq!(fs::read(folder.0.join("broken.lql")).unwrap(), b"need =>");
    let mut command = leadql(&folder.0, &["fmt", "-"]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"need => \xff").unwrap();
    let input = ran(child.wait_with_output().unwrap());
    assert_eq!((input.status, input.out.as_str()), (1, ""));
    assert!(input.err.starts_with("error: standard input cannot be read: "), "{}", input.err);
}

#[test]
fn a_lead_that_one_version_alone_can_read_stops_a_diff_or_is_left_out() {
    let old = "attribute size: number\nattribute rank: number\nsize > 5 => +1";
    let new = "attribute size: text\nattribute grade: number\nsize = \"big\" => +1";
    let leads = "{\"id\":1,\"attributes\":{\"size\":7}}\n{\"id\":2}\nno json\n{\"id\":3,\"attributes\":{\"size\":\"big\",\"grade\":1}}\n{\"id\":4,\"attributes\":{\"tll\":1}}\n{\"id\":5,\"attributes\":{\"grade\":1}}\n{\"id\":6,\"attributes\":{\"rank\":1}}\n";
    let folder = Folder::new("one-reads", &[("old.lql", old), ("new.lql", new), ("l.jsonl", leads)]);
    let arguments = ["diff", "old.lql", "new.lql", "l.jsonl", "--at", "2026-11-01"];
    let stopped = run(&folder, &arguments);
    assert_eq!((stopped.status, stopped.out.as_str()), (1, ""));
    assert!(stopped.err.contains("l.jsonl:1") && stopped.err.contains("new.lql"), "{}", stopped.err);
    let skipped = run(&folder, &[&arguments[..], &["--on-error", "skip"]].concat());
    assert_eq!(skipped.status, 0, "{}", skipped.err);
    assert!(skipped.out.contains("\n4 leads at 2026-11-01T00:00:00Z: "), "{}", skipped.out);
    assert!(skipped.err.contains("l.jsonl:3: is no JSON"), "{}", skipped.err);
    for unknown in [
        "\"grade\" is not in the vocabulary (1 lead) (read by old.lql)\n",
        "\"rank\" is not in the vocabulary (1 lead) (read by new.lql)\n",
        "\"tll\" is not in the vocabulary (1 lead)\n",
    ] {
        assert!(skipped.err.contains(unknown), "{unknown}{}", skipped.err);
    }
    assert!(skipped.err.contains("warning: 3 leads left out\n"), "{}", skipped.err);
    let wrong = run(&folder, &["diff", "old.lql", "new.lql", "l.jsonl", "--at", "yesterday"]);
    assert_eq!(wrong.status, 2, "{}", wrong.err);
}

#[test]
fn warnings_of_rules_are_told_beside_results() {
    let folder = Folder::new(
        "warned",
        &[("r.lql", "each visited(*) => +1000 decay 0.1 every 1d\n"), ("l.jsonl", "{\"id\":1}\n")],
    );
    let ran = run(&folder, &["score", "r.lql", "l.jsonl", "--at", "2026-11-01", "--format", "jsonl"]);
    assert_eq!((ran.status, ran.out.lines().count()), (0, 1));
    assert!(ran.err.contains("warning[decay-cut-short]"), "{}", ran.err);
}

#[test]
fn points_for_values_that_exclude_each_other_are_not_added_up() {
    let check = |rules: &str, needed: u32| {
        let text =
            format!("attribute plan: one of [free, pro]\n{rules}\nsegment keen when score >= {needed}\n");
        let folder = Folder::new("exclude", &[("r.lql", &text)]);
        let ran = run(&folder, &["check", "r.lql"]);
        assert_eq!(ran.status, 0, "{}", ran.err);
        (ran.out.contains("[unreachable-threshold]"), ran.out)
    };
    for (rules, most) in [
        ("plan = free => +10\nplan = pro => +20\nplan is known => +1", 21),
        ("created_at within 30d => +10\ncreated_at older than 30d => +20\ncreated_at within 5d => +3", 20),
        ("created_at before 2026-01-01 => +10\ncreated_at after 2026-01-01 => +20", 20),
        ("company_size < 10 => +10\ncompany_size > 10 => +20", 20),
        ("need => +10\nneed = false => +20", 20),
        ("title = \"a\" => +10\ntitle = \"b\" => +20\nnot (title = \"a\") => +2", 22),
        // One test of the calendar and one of age may both hold.
        ("created_at before 2026-01-01 => +10\ncreated_at within 30d => +20", 30),
    ] {
        let (is_found, told) = check(rules, most);
        assert!(!is_found, "{rules}: {told}");
        let (is_found, told) = check(rules, most + 1);
        assert!(is_found, "{rules}: {told}");
    }
}
