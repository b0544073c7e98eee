//! `leadql explain`.

use super::*;

const EXPLAIN: [&str; 5] = ["explain", "r.lql", "l.jsonl", "--at", "2026-11-01"];

fn folder(name: &str) -> Folder {
    Folder::new(name, &[("r.lql", RULES), ("l.jsonl", LEADS)])
}

#[test]
fn explain_says_why_in_three_forms() {
    let folder = folder("explain");
    let explain = |more: &[&str]| {
        let ran = run(&folder, &[&EXPLAIN, more].concat());
        assert_eq!((ran.status, ran.err.as_str()), (0, ""));
        ran.out
    };
    let text = explain(&["--id", "L-1"]);
    assert!(text.starts_with("L-1, stage lead → mql: "), "{text}");
    for part in ["pricing: 1 visit to pricing, 2 days ago", "+5  need", "r.lql:2", "segment keen: yes"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(explain(&["--id", "L-1", "--format", "text"]), text);
    let markdown = explain(&["--id", "L-1", "--format", "markdown"]);
    assert!(markdown.contains("| +15 |") || markdown.contains("+15 |"), "{markdown}");
    let json: serde_json::Value = serde_json::from_str(&explain(&["--id", "2", "--format", "json"])).unwrap();
    assert_eq!((&json["id"], &json["scores"][0]["points"]), (&"2".into(), &0.into()));
    assert_eq!(json["scores"][0]["missed"][0]["place"], serde_json::json!({"file": "r.lql", "line": 2}));
}

#[test]
fn params_bend_what_is_explained() {
    let ran = run(&folder("explain-set"), &[&EXPLAIN[..], &["--id", "L-1", "--set", "bonus=7.5"]].concat());
    assert!(ran.out.contains("+7.5  need"), "{}", ran.out);
}

#[test]
fn a_lead_that_is_not_there_is_an_error_with_a_suggestion() {
    let folder = folder("explain-missing");
    for (id, message) in [
        ("L1", "error: l.jsonl has no lead \"L1\"; did you mean \"L-1\"?\n"),
        ("l-1", "error: l.jsonl has no lead \"l-1\"; did you mean \"L-1\"?\n"),
        ("somebody else", "error: l.jsonl has no lead \"somebody else\"\n"),
        ("", "error: l.jsonl has no lead \"\"\n"),
    ] {
        let ran = run(&folder, &[&EXPLAIN[..], &["--id", id]].concat());
        assert_eq!((ran.status, ran.out.as_str(), ran.err.as_str()), (1, "", message));
    }
}

#[test]
fn explain_reads_what_score_reads() {
    let csv = "Lead Number,Need\n1,no\n-7,yes\n";
    let events = "lead,event,at,subject\n-7,visited,2026-10-30,pricing\n";
    let folder = Folder::new("explain-csv", &[("r.lql", RULES), ("l.csv", csv), ("e.csv", events)]);
    let arguments =
        ["explain", "r.lql", "l.csv", "--id-column", "Lead Number", "--id", "-7", "--at", "2026-11-01"];
    let ran = run(&folder, &[&arguments[..], &["--events", "e.csv"]].concat());
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    assert!(
        ran.out.starts_with("-7, stage lead → mql") && ran.out.contains("1 visit to pricing"),
        "{}",
        ran.out
    );
    let input = "{\"id\":\"x\",\"attributes\":{\"ned\":true}}";
    let arguments = ["explain", "r.lql", "-", "--id", "x", "--at", "2026-11-01"];
    let ran = run_with_input(&folder, &arguments, input);
    assert_eq!(ran.status, 0);
    assert!(ran.err.contains("did you mean \"need\"?"), "{}", ran.err);
    let ran = run_with_input(&folder, &[&arguments[..], &["--strict"]].concat(), input);
    assert_eq!((ran.status, ran.out.as_str()), (1, ""));
}

#[test]
fn wrong_leads_before_the_one_asked_for_stop_or_are_left_out() {
    let leads = "{\"id\":1,\"stage\":\"mqll\"}\n{\"id\":2}\nno json\n";
    let folder = Folder::new("explain-wrong", &[("r.lql", RULES), ("l.jsonl", leads)]);
    let stopped = run(&folder, &[&EXPLAIN[..], &["--id", "2"]].concat());
    assert_eq!((stopped.status, stopped.out.as_str()), (1, ""));
    let skipped = run(&folder, &[&EXPLAIN[..], &["--id", "2", "--on-error", "skip"]].concat());
    assert_eq!((skipped.status, skipped.out.starts_with("2, stage lead")), (0, true), "{}", skipped.err);
}

#[test]
fn what_it_would_take_stands_behind_the_explanation() {
    let folder = folder("explain-advice");
    let explain = |more: &[&str]| run(&folder, &[&EXPLAIN, more].concat()).out;
    let text = explain(&["--id", "2"]);
    let (_, advice) = text.split_once("\nWhat it would take for the mql gate, one of:\n").unwrap();
    assert!(advice.starts_with("- ") && advice.contains("visit to pricing"), "{text}");
    let markdown = explain(&["--id", "2", "--format", "markdown"]);
    assert!(markdown.contains("\n**What it would take for the mql gate, one of**\n\n- "), "{markdown}");
    let json: serde_json::Value = serde_json::from_str(&explain(&["--id", "2", "--format", "json"])).unwrap();
    assert_eq!((&json["advice"]["gate"], &json["advice"]["standing"]), (&"mql".into(), &"open".into()));
    // The first lead is an MQL: what is next is for people to do.
    assert!(!explain(&["--id", "L-1"]).contains("What it would take"));
    let json: serde_json::Value =
        serde_json::from_str(&explain(&["--id", "L-1", "--format", "json"])).unwrap();
    assert_eq!(json["advice"], serde_json::Value::Null);
}
