//! `leadql score`, and what all commands have in common: streams, exit status, usage.

use super::*;

#[test]
fn the_examples_score_as_printed() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let courses = ["--id", "Prospect ID", "--missing", "Select"];
    let learning = ["--events", "examples/learning/events.csv"];
    for (name, leads, at, more) in [
        ("saas", "leads.jsonl", "2026-11-01", &[][..]),
        ("plg", "leads.jsonl", "2026-11-01", &[]),
        ("shop", "leads.jsonl", "2026-11-01T12:00:00Z", &[]),
        ("small_business", "leads.jsonl", "2026-11-01", &[]),
        ("courses", "leads.csv", "2026-01-01", &courses),
        ("learning", "leads.csv", "2022-04-10T23:59:59Z", &learning),
    ] {
        let (rules, leads) = (format!("examples/{name}/rules.lql"), format!("examples/{name}/{leads}"));
        let mut arguments = vec!["score", &rules, &leads, "--at", at, "--format", "jsonl"];
        arguments.extend(more);
        let ran = ran(leadql(&root, &arguments).output().unwrap());
        let expected = fs::read_to_string(root.join(format!("tests/suite/examples/{name}.jsonl"))).unwrap();
        assert_eq!((ran.status, ran.out), (0, expected), "{name}: {}", ran.err);
    }
}

#[test]
fn results_go_to_standard_output_and_everything_else_to_standard_error() {
    let leads = r#"{"id":"L-1","attributes":{"ned":true}}"#;
    let folder = Folder::new("streams", &[("r.lql", RULES), ("l.jsonl", leads)]);
    let ran = run(&folder, &["score", "r.lql", "l.jsonl", "--at", "2026-11-01"]);
    assert_eq!(ran.status, 0);
    assert_eq!(
        ran.out,
        "lead  stage  score  band  gates   segments  valid until\nL-1   lead       0  cold  revert  -         never\n"
    );
    assert_eq!(
        ran.err,
        "warning: attribute \"ned\" is not in the vocabulary (1 lead); did you mean \"need\"?\n"
    );
}

#[test]
fn every_format_says_the_same() {
    let folder = Folder::new("formats", &[("r.lql", RULES), ("l.jsonl", LEADS)]);
    let score = |more: &[&str]| {
        let arguments = [&["score", "r.lql", "l.jsonl", "--at", "2026-11-01"], more].concat();
        let ran = run(&folder, &arguments);
        assert_eq!((ran.status, ran.err.as_str()), (0, ""));
        ran.out
    };
    assert_eq!(
        score(&[]),
        "lead  stage  score  band  gates   segments  valid until\n\
         L-1   mql       20  warm  mql     keen      never\n\
         2     lead       0  cold  revert  -         never\n"
    );
    assert_eq!(
        score(&["--format", "csv", "--explain"]),
        "id,at,scores.score,bands.score,segments,gates.mql,gates.revert,gates.sql,gates.recycle,gates.disqualify,stage,valid_until,rules\n\
         L-1,2026-11-01T00:00:00Z,20,warm,keen,true,false,false,false,false,mql,,score#1=5;score#2=15\n\
         2,2026-11-01T00:00:00Z,0,cold,,false,true,false,false,false,lead,,\n"
    );
    let lines = score(&["--format", "jsonl", "--explain", "--set", "bonus=7.5"]);
    assert_eq!(
        lines.lines().next().unwrap(),
        concat!(
            r#"{"id":"L-1","at":"2026-11-01T00:00:00Z","scores":{"score":22.5},"bands":{"score":"warm"},"segments":["keen"],"#,
            r#""gates":{"mql":true,"revert":false,"sql":false,"recycle":null,"disqualify":null},"stage":"mql","valid_until":null,"#,
            r#""rules":[{"rule":"score#1","score":"score","group":null,"points":7.5,"count":0,"newest":null},"#,
            r#"{"rule":"score#2","score":"score","group":null,"points":15,"count":1,"newest":"2026-10-30T00:00:00Z"}]}"#
        )
    );
    assert!(score(&["--explain"]).contains("+15  score / score#2: 1 event, the newest 2026-10-30T00:00:00Z"));
}

#[test]
fn cells_of_results_are_quoted_and_tame() {
    let leads = "{\"id\":\"a,\\\"b\\\"\"}\n{\"id\":\"\\u001b[31m\"}\n{\"id\":\"日本\"}\n";
    let folder = Folder::new("cells", &[("r.lql", "need => 1"), ("l.jsonl", leads)]);
    let csv = run(&folder, &["score", "r.lql", "l.jsonl", "--at", "2026-11-01", "--format", "csv"]).out;
    assert!(csv.contains("\n\"a,\"\"b\"\"\","));
    let table = run(&folder, &["score", "r.lql", "l.jsonl", "--at", "2026-11-01"]).out;
    assert!(!table.contains('\u{1b}'));
    assert!(table.contains("\n日本   lead"), "{table}");
}

#[test]
fn a_wrong_lead_stops_behind_those_before_it_or_is_left_out() {
    let leads = "{\"id\":1}\n{\"id\":2,\"stage\":\"mqll\"}\n{\"id\":3}\nno json\n";
    let folder = Folder::new("wrong", &[("r.lql", RULES), ("l.jsonl", leads)]);
    let arguments = ["score", "r.lql", "l.jsonl", "--at", "2026-11-01", "--format", "jsonl"];
    let stopped = run(&folder, &arguments);
    assert_eq!((stopped.status, stopped.out.lines().count()), (1, 1));
    assert!(
        stopped.err.starts_with("error: l.jsonl:2: lead \"2\": stage: found the text \"mqll\""),
        "{}",
        stopped.err
    );
    let skipped = run(&folder, &[&arguments[..], &["--on-error", "skip"]].concat());
    assert_eq!((skipped.status, skipped.out.lines().count()), (0, 2));
    assert!(skipped.err.contains("l.jsonl:4: is no JSON"), "{}", skipped.err);
    assert!(skipped.err.ends_with("warning: 2 leads left out\n"), "{}", skipped.err);
}

#[test]
fn strict_makes_an_unknown_name_an_error() {
    let leads = "{\"id\":1,\"attributes\":{\"ned\":1}}\n{\"id\":2}\n";
    let folder = Folder::new("strict", &[("r.lql", RULES), ("l.jsonl", leads)]);
    let arguments = ["score", "r.lql", "l.jsonl", "--at", "2026-11-01", "--strict", "--format", "jsonl"];
    let ran = run(&folder, &arguments);
    assert_eq!((ran.status, ran.out.as_str()), (1, ""));
    assert!(ran.err.contains("attribute \"ned\" is not in the vocabulary; did you mean \"need\"?"));
    let skipped = run(&folder, &[&arguments[..], &["--on-error", "skip"]].concat());
    assert_eq!((skipped.status, skipped.out.lines().count()), (0, 1));
}

#[test]
fn an_error_in_the_events_file_prints_nothing() {
    let events = "lead,event,at\nL-1,visited,2026-10-30\nL-1,visited,soon\n";
    let folder = Folder::new("events", &[("r.lql", RULES), ("l.jsonl", LEADS), ("e.csv", events)]);
    for more in [&[][..], &["--format", "csv", "--on-error", "skip"]] {
        let arguments = ["score", "r.lql", "l.jsonl", "--events", "e.csv", "--at", "2026-11-01"];
        let ran = run(&folder, &[&arguments[..], more].concat());
        assert_eq!((ran.status, ran.out.as_str()), (1, ""));
        assert!(
            ran.err.starts_with("error: e.csv:3: lead \"L-1\": at: found the text \"soon\""),
            "{}",
            ran.err
        );
    }
}

#[test]
fn leads_come_from_standard_input_and_the_clock_only_if_asked() {
    let folder = Folder::new("input", &[("r.lql", RULES)]);
    let ran = run_with_input(&folder, &["score", "r.lql", "-", "--at", "now", "--format", "jsonl"], LEADS);
    assert_eq!((ran.status, ran.out.lines().count()), (0, 2));
    let ran = run_with_input(&folder, &["score", "r.lql", "-", "--at", "now"], "{\"id\":}");
    assert!(ran.err.starts_with("error: standard input:1: is no JSON: expected value"), "{}", ran.err);
}

#[test]
fn bad_usage_is_2_and_bad_input_is_1() {
    let folder = Folder::new("status", &[("r.lql", RULES), ("l.jsonl", LEADS), ("bad.lql", "ned => 1")]);
    for (arguments, status, message) in [
        (&["score", "r.lql", "l.jsonl"][..], 2, "--at"),
        (&["score", "r.lql", "l.jsonl", "--at", "tomorrow"], 2, "not an instant"),
        (&["score", "r.lql", "l.jsonl", "--at", "now", "--set", "bonus"], 2, "NAME=VALUE"),
        (&["score", "r.lql", "l.jsonl", "--at", "now", "--set", "bonsu=1"], 1, "bonsu"),
        (&["score", "r.lql", "none.jsonl", "--at", "now"], 1, "none.jsonl cannot be read"),
        (&["score", "r.lql", ".", "--at", "now"], 1, "is a folder"),
        (&["score", "bad.lql", "l.jsonl", "--at", "now"], 1, "did you mean `need`"),
        (&["score", "none.lql", "l.jsonl", "--at", "now"], 1, "none.lql cannot be read"),
        (&["check"], 2, "<RULES>"),
        (&["test", "bad.lql"], 1, "did you mean `need`"),
        (&["fmt", "none.lql"], 1, "none.lql cannot be read"),
        (&["guess"], 2, "guess"),
    ] {
        let ran = run(&folder, arguments);
        assert_eq!((ran.status, ran.out.contains("lead ")), (status, false), "{arguments:?}");
        assert!(ran.err.contains(message), "{arguments:?}: {}", ran.err);
    }
    for command in ["check", "fmt", "test", "score", "explain", "timeline"] {
        let ran = run(&folder, &[command, "--help"]);
        assert_eq!(ran.status, 0);
        assert!(ran.out.contains("Examples:"));
    }
}
