//! What becomes of output and input that end in the middle.

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use super::*;

/// More leads than pipes and buffers hold.
fn many_leads() -> String {
    (0..50_000).map(|id| format!("{{\"id\":{id}}}\n")).collect()
}

const SCORE: [&str; 5] = ["score", "r.lql", "l.jsonl", "--at", "2026-11-01"];

#[test]
fn a_closed_pipe_ends_quietly() {
    let folder = Folder::new("pipe", &[("r.lql", RULES), ("l.jsonl", &many_leads())]);
    let timeline = ["timeline", "r.lql", "l.jsonl", "--from", "2026-01-01", "--to", "2026-11-01"];
    for arguments in [&SCORE[..], &timeline] {
        for format in ["table", "jsonl"] {
            let mut command = leadql(&folder.0, arguments);
            command.args(["--format", format]).stdout(Stdio::piped()).stderr(Stdio::piped());
            let mut child = command.spawn().unwrap();
            drop(child.stdout.take());
            let ran = ran(child.wait_with_output().unwrap());
            assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{arguments:?}");
        }
    }
}

/// Whoever reads along has whole lines, whenever the program is stopped.
#[test]
fn what_was_printed_before_an_interrupt_is_whole_lines() {
    let folder = Folder::new("interrupt", &[("r.lql", RULES), ("l.jsonl", &many_leads())]);
    for (format, lines) in [("jsonl", 1), ("jsonl", 700), ("csv", 3_000), ("table", 10)] {
        let mut command = leadql(&folder.0, &SCORE);
        let mut child = command.args(["--format", format]).stdout(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        for _ in 0..lines {
            line.clear();
            out.read_line(&mut line).unwrap();
            assert!(line.ends_with('\n'));
        }
        child.kill().unwrap();
        let mut rest = Vec::new();
        out.read_to_end(&mut rest).unwrap();
        assert!(rest.is_empty() || rest.ends_with(b"\n"), "{format}: ends in the middle of a line");
        assert_eq!(child.wait().unwrap().code(), None, "{format}: it was stopped before its end");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let folder = Folder::new("full", &[("r.lql", RULES), ("l.jsonl", LEADS), ("records.jsonl", "")]);
    let commands: [&[&str]; 6] = [
        &SCORE,
        &["check", "r.lql", "--format", "json"],
        &["check", "r.lql", "--plan"],
        &["explain", "r.lql", "l.jsonl", "--id", "L-1", "--at", "2026-11-01"],
        &["graph", "r.lql"],
        &["funnel", "records.jsonl", "--at", "2026-11-01"],
    ];
    for arguments in commands {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let ran = ran(leadql(&folder.0, arguments).stdout(full).stderr(Stdio::piped()).output().unwrap());
        assert_eq!(ran.status, 1, "{arguments:?}");
        assert!(ran.err.starts_with("error: the results cannot be written: "), "{arguments:?}: {}", ran.err);
    }
}

#[test]
fn input_that_ends_in_the_middle_of_a_lead_is_an_error_behind_the_leads_before() {
    let folder = Folder::new("cut", &[("r.lql", RULES)]);
    let cut = &LEADS[..LEADS.len() - 4];
    let ran =
        run_with_input(&folder, &["score", "r.lql", "-", "--at", "2026-11-01", "--format", "jsonl"], cut);
    assert_eq!(ran.status, 1);
    assert_eq!(ran.out.lines().count(), 1);
    assert!(ran.err.contains("standard input:2: "), "{}", ran.err);
}

/// A file that is no longer there, and one that turns out to be a folder, are named.
#[test]
fn files_that_vanish_are_named() {
    let folder = Folder::new("vanish", &[("r.lql", RULES), ("i.lql", "include \"gone.lql\""), ("d/x", "")]);
    let at = ["--at", "2026-11-01"];
    for (arguments, named) in [
        (["score", "r.lql", "gone.jsonl"], "gone.jsonl"),
        (["score", "r.lql", "d"], "d"),
        (["score", "gone.lql", "gone.jsonl"], "gone.lql"),
        (["score", "i.lql", "gone.jsonl"], "gone.lql"),
        (["score", "d", "gone.jsonl"], "d"),
    ] {
        let ran = run(&folder, &[&arguments[..], &at].concat());
        assert_eq!((ran.status, ran.out.as_str()), (1, ""), "{arguments:?}");
        assert!(ran.err.starts_with("error") && ran.err.contains(named), "{arguments:?}: {}", ran.err);
    }
}

#[cfg(feature = "lsp")]
#[test]
fn what_is_no_message_ends_the_language_server_with_a_word() {
    let folder = Folder::new("no-message", &[]);
    for input in ["garbage\r\n\r\n", "Content-Length: 99999999999999\r\n\r\n{}"] {
        let ran = run_with_input(&folder, &["lsp"], input);
        assert_eq!((ran.status, ran.out.as_str()), (1, ""));
        assert!(
            ran.err.starts_with("error: standard input is no stream of messages: a message begins with"),
            "{}",
            ran.err
        );
    }
}
