//! Files of records, right and wrong.

use serde_json::Value;

use super::*;
use crate::{ReadErrorKind, ReadOptions};

fn lines(story: &Story) -> Vec<String> {
    story.records.iter().map(|record| serde_json::to_string(record).unwrap()).collect()
}

/// Reads a text; gives the errors and what is left.
fn read(text: &[u8]) -> (Vec<String>, FunnelReport) {
    let mut funnel = Funnel::new(FunnelOptions::new());
    let options = ReadOptions::new("r.jsonl").line_limit(5_000);
    let errors =
        funnel.read_records(text, &options).filter_map(|line| Some(line.err()?.to_string())).collect();
    (errors, funnel.report(day(99)))
}

/// The line with one key set to another value; null takes the key out.
fn with(line: &str, key: &str, value: &str) -> String {
    let mut object: serde_json::Map<String, Value> = serde_json::from_str(line).unwrap();
    object.remove(key);
    if value != "null" {
        object.insert(key.to_owned(), serde_json::from_str(value).unwrap());
    }
    serde_json::to_string(&object).unwrap()
}

#[test]
fn a_file_counts_as_its_records() {
    let stories = stories();
    let text: Vec<String> = stories.iter().flat_map(lines).collect();
    let text = format!("\u{feff}{}\r\n\n  \n", text.join("\n"));
    let (errors, report) = read(text.as_bytes());
    assert_eq!(errors, [""; 0]);
    assert_eq!(report, funnel(FunnelOptions::new(), &stories).report(day(99)));
}

#[test]
fn a_line_that_is_no_record_names_its_field() {
    let story = Story::of("L-1").evaluate("need", 0).command(Trigger::Disqualify, 1, Reason::BadFit);
    let line = &lines(&story)[0];
    for (wrong, message) in [
        ("{".to_owned(), "is no JSON: EOF while parsing an object"),
        ("[1]".to_owned(), "found a list where an object belongs"),
        ("{} {}".to_owned(), "is no JSON: trailing characters"),
        ("{}".to_owned(), "version is missing: a version of the stored form"),
        (with(line, "version", "2"), "lead \"L-1\": version: found 2 where a version of the stored form"),
        (with(line, "lead", "7"), "lead \"7\": lead: found 7 where the id of a lead, a text, belongs"),
        (with(line, "lead", "null"), "lead is missing: the id of a lead, a text, belongs there"),
        (with(line, "lead", "\"\""), "lead: found an empty text where the id of a lead belongs"),
        (
            with(line, "sequence", "-1"),
            "lead \"L-1\": sequence: found -1 where a whole number from 1 on belongs",
        ),
        (with(line, "sequence", "0"), "lead \"L-1\": sequence: found 0 where 1 belongs"),
        (with(line, "sequence", "1.0"), "sequence: found 1.0 where a whole number"),
        (
            with(line, "at", "\"soon\""),
            "lead \"L-1\": at: found the text \"soon\" where a date such as 2026-10-01",
        ),
        (with(line, "at", "5"), "at: found 5 where a date"),
        (
            with(line, "what", "\"promoted\""),
            "what: found the text \"promoted\" where what happened (promote, revert",
        ),
        (with(line, "to", "\"mqll\""), "to: found the text \"mqll\" where a stage (lead, mql, sal"),
        (
            with(line, "by", "\"dana\""),
            "by: found the text \"dana\" where \"rules\" or {\"person\":\"…\"} belongs",
        ),
        (
            with(line, "why", "{\"gate\":{\"gate\":\"sal\"}}"),
            "why: found an object where why a step was made",
        ),
        (with(line, "entered", "{}"), "entered: found an object where a list of segments"),
        (with(line, "due", "true"), "due: found true where a date"),
        (with(line, "evaluation", "[]"), "evaluation: found a list where an evaluation"),
        (
            with(line, "fingerprint", "\"abc\""),
            "fingerprint: found the text \"abc\" where a fingerprint of 64",
        ),
        (with(line, "digest", "\"abc\""), "digest: found the text \"abc\" where a digest of 64 hex digits"),
        (
            with(line, "fingerprnt", "1"),
            "fingerprnt: found this key where a key of a record belongs; did you mean \"fingerprint\"?",
        ),
        (line.replacen('{', "{\"at\":\"2026-01-01\",", 1), "lead \"L-1\": at is there twice"),
        (line.replace("L-1", "\\ud800"), "lead: found half a surrogate pair where"),
        (with(line, &"k".repeat(999), "1"), &format!("{}…: found this key", "k".repeat(40))),
    ] {
        let (errors, report) = read(wrong.as_bytes());
        assert!(errors.len() == 1 && errors[0].starts_with("r.jsonl:1: "), "{wrong}: {errors:?}");
        assert!(errors[0].contains(message), "{wrong}: {} instead of {message}", errors[0]);
        assert_eq!(report.total.leads, 0, "{wrong}");
    }
}

#[test]
fn a_lead_with_a_wrong_line_is_left_out_and_told_once() {
    let good = lines(&Story::of("good").evaluate("need", 0).then(Trigger::Accept, 1));
    let bad = lines(&Story::of("bad").evaluate("need", 0).then(Trigger::Accept, 1).then(Trigger::Qualify, 2));
    let wrong = with(&bad[1], "at", "1");
    let text = [&*good[0], &bad[0], &wrong, &bad[2], &good[1], "no json"];
    let (errors, report) = read(text.join("\n").as_bytes());
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert!(errors[0].starts_with("r.jsonl:3: lead \"bad\": at: "), "{errors:?}");
    assert!(errors[1].starts_with("r.jsonl:6: is no JSON"), "{errors:?}");
    assert_eq!((report.total.leads, report.left_out), (1, 1));
    assert_eq!(report.total.stage(Stage::Sal).unwrap().there, 1);
}

#[test]
fn hostile_lines_end_as_errors() {
    let nested = format!("{{\"why\":{}{}}}", "[".repeat(2_000), "]".repeat(2_000));
    let long = format!("{{\"lead\":\"{}\"}}", "x".repeat(6_000));
    let many: String = (0..300).map(|key| format!("\"k{key}\":1,")).collect();
    let many = format!("{{{many}\"lead\":\"L\"}}");
    for text in [
        nested.as_bytes(),
        long.as_bytes(),
        many.as_bytes(),
        b"\xff\xfe{}",
        b"{\"lead\":\"\xc3\x28\"}",
        b"\0",
    ] {
        let (errors, report) = read(text);
        assert_eq!((errors.len(), report.total.leads), (1, 0), "{errors:?}");
    }
}

#[test]
fn errors_can_be_asked() {
    let line = with(&lines(&Story::of("L-1").evaluate("need", 0))[0], "from", "\"sal\"");
    let mut funnel = Funnel::new(FunnelOptions::new());
    let text = format!("\n{line}\n");
    let error = funnel.read_records(text.as_bytes(), &ReadOptions::new("r")).next().unwrap().unwrap_err();
    assert_eq!((error.line(), error.lead(), error.field()), (2, Some("L-1"), Some("from")));
    assert!(matches!(error.kind(), ReadErrorKind::Lead(_)) && !error.ends_file());
}
