//! `leadql timeline`.

use super::*;

const RULES: &str = "score interest {
  visited(pricing) within 30d => +15.5
}
band interest { warm >= 10, cold }
segment keen when interest is warm
stage mql when interest >= 10
";

const LEADS: &str = r#"{"id":"quiet"}
{"id":"L-1","events":[{"event":"visited","subject":"pricing","at":"2026-10-10T08:00:00Z"}]}
"#;

const TIMELINE: [&str; 3] = ["timeline", "r.lql", "l.jsonl"];
const SPAN: [&str; 4] = ["--from", "2026-10-01", "--to", "2026-12-01"];

fn folder(name: &str) -> Folder {
    Folder::new(name, &[("r.lql", RULES), ("l.jsonl", LEADS)])
}

#[test]
fn every_change_stands_at_its_instant() {
    let folder = folder("timeline");
    let timeline = |more: &[&str]| {
        let ran = run(&folder, &[&TIMELINE[..], &SPAN, more].concat());
        assert_eq!((ran.status, ran.err.as_str()), (0, ""));
        ran.out
    };
    let table = "lead  at                    change   name      from  to
L-1   2026-10-10T08:00:00Z  score    interest  0     15.5
L-1   2026-10-10T08:00:00Z  band     interest  cold  warm
L-1   2026-10-10T08:00:00Z  segment  keen      no    yes
L-1   2026-10-10T08:00:00Z  stage    stage     lead  mql
L-1   2026-11-09T08:00:00Z  score    interest  15.5  0
L-1   2026-11-09T08:00:00Z  band     interest  warm  cold
L-1   2026-11-09T08:00:00Z  segment  keen      yes   no
L-1   2026-11-09T08:00:00Z  stage    stage     mql   lead
";
    assert_eq!(timeline(&[]), table);
    assert_eq!(timeline(&["--id", "L-1"]), table);
    assert_eq!(timeline(&["--id", "quiet"]).lines().count(), 1);
    let lines = timeline(&["--format", "jsonl"]);
    let expected = r#"{"id":"L-1","at":"2026-10-10T08:00:00Z","change":"score","name":"interest","from":0,"to":15.5}
{"id":"L-1","at":"2026-10-10T08:00:00Z","change":"band","name":"interest","from":"cold","to":"warm"}
{"id":"L-1","at":"2026-10-10T08:00:00Z","change":"segment","name":"keen","from":false,"to":true}
{"id":"L-1","at":"2026-10-10T08:00:00Z","change":"stage","name":"stage","from":"lead","to":"mql"}
"#;
    assert!(lines.starts_with(expected), "{lines}");
    assert_eq!(lines.lines().count(), 8);
    let picture = timeline(&["--id", "L-1", "--format", "svg"]);
    assert!(picture.starts_with("<svg ") && picture.trim_end().ends_with("</svg>"), "{picture}");
}

#[test]
fn the_last_instant_counts_and_the_first_is_where_it_starts() {
    let folder = folder("timeline-ends");
    for (from, to, changes) in [
        ("2026-10-10T08:00:00Z", "2026-11-09T07:59:59.999999Z", 0),
        ("2026-10-10T07:59:59.999999Z", "2026-10-10T08:00:00Z", 4),
        ("2026-10-10T08:00:00Z", "2026-11-09T08:00:00Z", 4),
        ("2026-10-10", "2026-10-10", 0),
    ] {
        let ran = run(&folder, &[&TIMELINE[..], &["--from", from, "--to", to, "--format", "jsonl"]].concat());
        assert_eq!((ran.status, ran.out.lines().count()), (0, changes), "{from} to {to}: {}", ran.out);
    }
}

#[test]
fn a_span_the_wrong_way_round_is_bad_usage_and_reads_nothing() {
    let folder = Folder::new("timeline-usage", &[]);
    for (more, status, message) in [
        (&["--from", "2026-12-01", "--to", "2026-10-01"][..], 2, "--from 2026-12-01T00:00:00Z is after --to"),
        (&["--from", "2026-10-01", "--to", "2026-12-01", "--format", "svg"], 2, "name it with --id"),
        (&["--from", "2026-10-01"], 2, "--to"),
        (&["--from", "2026-10-01", "--to", "2026-12-01"], 1, "r.lql cannot be read"),
    ] {
        let ran = run(&folder, &[&TIMELINE[..], more].concat());
        assert_eq!((ran.status, ran.out.as_str()), (status, ""), "{more:?}");
        assert!(ran.err.contains(message), "{more:?}: {}", ran.err);
    }
}

#[test]
fn a_lead_that_is_not_there_is_an_error() {
    for format in ["table", "jsonl", "svg"] {
        let folder = folder("timeline-missing");
        let ran = run(&folder, &[&TIMELINE[..], &SPAN, &["--id", "quite", "--format", format]].concat());
        assert_eq!((ran.status, ran.out.as_str()), (1, ""), "{format}");
        assert_eq!(ran.err, "error: l.jsonl has no lead \"quite\"; did you mean \"quiet\"?\n");
    }
}

#[test]
fn changes_before_a_wrong_lead_are_printed() {
    let leads = format!("{LEADS}no json\n");
    let folder = Folder::new("timeline-wrong", &[("r.lql", RULES), ("l.jsonl", &leads)]);
    let ran = run(&folder, &[&TIMELINE[..], &SPAN].concat());
    assert_eq!((ran.status, ran.out.lines().count()), (1, 9));
    assert!(ran.err.starts_with("error: l.jsonl:3: is no JSON"), "{}", ran.err);
}
