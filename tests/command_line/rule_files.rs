//! What works on rule sets alone: `leadql check` and `leadql fmt`.

use super::*;

#[test]
fn check_tells_everything_that_is_wrong() {
    let folder = Folder::new("check", &[("good.lql", RULES), ("bad.lql", "ned => 1\nvistied(x) => 2")]);
    let good = run(&folder, &["check", "good.lql", "--deny", "warnings", "--allow", "mql-by-one-action"]);
    assert_eq!((good.status, good.out.as_str()), (0, ""));
    let bad = run(&folder, &["check", "."]);
    assert_eq!(bad.status, 1);
    assert!(
        bad.out.contains("did you mean `need`") && bad.out.contains("did you mean `visited`"),
        "{}",
        bad.out
    );
    assert_eq!(bad.err, "2 files checked: 2 errors, 0 warnings, 1 note\n");
    let json = run(&folder, &["check", "bad.lql", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    let first = &value["diagnostics"][0];
    assert_eq!((json.status, &first["code"]), (1, &serde_json::json!("unknown-name")));
    assert_eq!(first["labels"][0]["start"], serde_json::json!({"line": 1, "column": 1}));
    assert_eq!(
        run(&folder, &["check", "good.lql", "--allow", "mql-by-one-action", "--format", "json"]).out,
        "{\"diagnostics\":[]}\n"
    );
}

#[test]
fn check_shows_the_plan_of_files_without_errors() {
    let files = [("good.lql", "need => 1  visited(pricing) >= 2 within 30d => 2"), ("bad.lql", "ned => 1")];
    let folder = Folder::new("plan", &files);
    let text = run(&folder, &["check", "good.lql", "--plan"]);
    assert_eq!(text.status, 0);
    assert!(text.out.starts_with("good.lql\nrules: 2\n"), "{}", text.out);
    assert!(text.out.contains("\n  visited(pricing) within 30d: up to 2\n"), "{}", text.out);
    assert!(text.out.contains("\na lead's state: at most "), "{}", text.out);
    let json = run(&folder, &["check", ".", "--plan", "--format", "json"]);
    assert_eq!(json.status, 1);
    let value: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(value["plans"].as_array().unwrap().len(), 1);
    let plan = &value["plans"][0];
    assert_eq!((plan["file"].as_str(), plan["rules"]["settled"].as_u64()), (Some("./good.lql"), Some(1)));
    assert_eq!(plan["signals"][0]["signal"], "visited(pricing) within 30d");
}

#[test]
fn warnings_fail_a_check_only_if_denied() {
    let rules = "visited(pricing) => +1000 decay 0.1% every 1d";
    let folder = Folder::new("warnings", &[("r.lql", rules)]);
    let ran = run(&folder, &["check", "r.lql"]);
    assert_eq!((ran.status, ran.out.contains("warning[decay-cut-short]")), (0, true), "{}", ran.out);
    assert_eq!(run(&folder, &["check", "r.lql", "--deny", "warnings"]).status, 1);
}

#[test]
fn fmt_lays_files_out_and_names_those_that_differ() {
    let folder =
        Folder::new("fmt", &[("a.lql", "need=>5 # why\n"), ("sub/b.lql", "need => +5\n"), ("c.txt", "x")]);
    let check = run(&folder, &["fmt", ".", "--check"]);
    assert_eq!((check.status, check.out.as_str()), (1, "./a.lql\n"));
    assert_eq!(fs::read_to_string(folder.0.join("a.lql")).unwrap(), "need=>5 # why\n");
    let done = run(&folder, &["fmt", "a.lql", "sub/b.lql"]);
    assert_eq!((done.status, done.out.as_str()), (0, "a.lql\n"));
    assert_eq!(fs::read_to_string(folder.0.join("a.lql")).unwrap(), "need => +5  # why\n");
    assert_eq!(run(&folder, &["fmt", ".", "--check"]).status, 0);
    assert_eq!(run_with_input(&folder, &["fmt", "-"], "need=>5").out, "need => +5\n");
    let broken = run_with_input(&folder, &["fmt", "-"], "need => =>");
    assert_eq!((broken.status, broken.out.as_str()), (1, ""));
    assert!(broken.err.contains("standard input:1:"), "{}", broken.err);
}

#[cfg(unix)]
#[test]
fn fmt_changes_what_a_link_leads_to_and_keeps_permissions() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let folder = Folder::new("fmt-link", &[("real/a.lql", "need=>5\n")]);
    let (real, link) = (folder.0.join("real/a.lql"), folder.0.join("link.lql"));
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("real/a.lql", &link).unwrap();
    let done = run(&folder, &["fmt", "link.lql"]);
    assert_eq!((done.status, done.out.as_str(), done.err.as_str()), (0, "link.lql\n", ""));
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(&real).unwrap(), "need => +5\n");
    assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(fs::read_dir(folder.0.join("real")).unwrap().count(), 1, "nothing is left beside it");
}

/// A limit on the size of files stands in for a full disk: writing fails behind the first bytes.
#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_keeps_its_old_text() {
    let text = "need=>5\n".repeat(1_000);
    let folder = Folder::new("fmt-full", &[("a.lql", &text)]);
    let program = env!("CARGO_BIN_EXE_leadql");
    for signal in ["trap '' XFSZ; ", ""] {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("{signal}ulimit -f 1; exec \"$0\" fmt a.lql"), program]);
        let output = shell.current_dir(&folder.0).output().unwrap();
        assert!(!output.status.success());
        let told = String::from_utf8(output.stderr).unwrap();
        if signal.is_empty() {
            // Ended in the middle of writing, as by an interrupt.
            assert_eq!(output.status.code(), None, "{told}");
        } else {
            assert!(told.starts_with("error: a.lql cannot be written: "), "{told}");
            assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1, "nothing is left beside it");
        }
        assert_eq!(fs::read_to_string(folder.0.join("a.lql")).unwrap(), text);
    }
}

#[test]
fn check_shows_a_lead_for_what_it_finds() {
    let rules = "each visited(pricing) => +10 up to 5 times\nstage mql when score >= 30 until score < 10\nrecycle when inactive for 90d\n";
    let folder = Folder::new("witness", &[("r.lql", rules)]);
    let text = run(&folder, &["check", "r.lql"]);
    assert!(
        text.out.contains("warning[never-comes-back]") && text.out.contains("expect stage recycled"),
        "{}",
        text.out
    );
    assert_eq!((text.status, text.err.as_str()), (0, "1 file checked: 0 errors, 1 warning\n"));
    let json = run(&folder, &["check", "r.lql", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    let found = &value["diagnostics"][0];
    assert_eq!((&found["code"], &found["severity"]), (&"never-comes-back".into(), &"warning".into()));
    // It can be pasted, and passes.
    let with_lead = format!("{rules}{}", found["witness"].as_str().unwrap());
    fs::write(folder.0.join("with_lead.lql"), with_lead).unwrap();
    assert_eq!(run(&folder, &["test", "with_lead.lql"]).status, 0);
}

#[test]
fn findings_are_allowed_or_denied_by_code() {
    let rules = "need or not need => +5\nreview every 30d since 2026-01-01\n";
    let kept = "# leadql: allow always-true everybody starts here\nneed or not need => +5\n";
    let folder = Folder::new("allow", &[("r.lql", rules), ("kept.lql", kept)]);
    let status = |arguments: &[&str]| run(&folder, &[&["check"], arguments].concat()).status;
    assert_eq!(status(&["r.lql", "--deny", "warnings"]), 1);
    assert_eq!(status(&["r.lql", "--deny", "warnings", "--allow", "always-true"]), 0);
    assert_eq!(status(&["r.lql", "--deny", "never-true"]), 0);
    assert_eq!(status(&["r.lql", "--deny", "never-true", "--deny", "always-true"]), 1);
    let late = ["r.lql", "--allow", "always-true", "--deny", "review-overdue"];
    assert_eq!(status(&late), 0);
    assert_eq!(status(&[&late[..], &["--at", "2026-11-01"]].concat()), 1);
    let kept = run(&folder, &["check", "kept.lql", "--deny", "warnings"]);
    assert_eq!((kept.status, kept.out.as_str()), (0, ""));
    assert_eq!(kept.err, "1 file checked: 0 errors, 0 warnings, 1 allowed finding\n");
    assert_eq!(status(&["r.lql", "--allow", "always-treu"]), 2);
    assert_eq!(status(&["r.lql", "--allow", "unknown-name"]), 2);
}

/// What is told is no reason to fail.
#[test]
fn notes_do_not_fail_a_check() {
    let rules = "company_size > 500 => +20\nneed => +15\nstage mql when score >= 20 until score < 10\n";
    let folder = Folder::new("notes", &[("r.lql", rules)]);
    let ran = run(&folder, &["check", "r.lql", "--deny", "warnings"]);
    assert_eq!((ran.status, ran.out.contains("note[mql-without-engagement]")), (0, true), "{}", ran.out);
    assert_eq!(ran.err, "1 file checked: 0 errors, 0 warnings, 1 note\n");
}
