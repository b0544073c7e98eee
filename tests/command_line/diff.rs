//! `leadql diff`.
//!
//! Two versions of each example: the newer ones stand in `tests/diff`, with what is printed of them beside, byte for
//! byte. To write these texts anew, set `LEADQL_BLESS=1`, run this test, and read what has changed.

use super::*;
use leadql::Compiler;
use serde_json::Value;

/// The examples, and what their leads are read with.
const EXAMPLES: [(&str, &[&str]); 7] = [
    ("saas", &["examples/saas/leads.jsonl", "--at", "2026-11-01", "--by", "industry"]),
    ("plg", &["examples/plg/leads.jsonl", "--at", "2026-11-01", "--by", "plan"]),
    ("shop", &["examples/shop/leads.jsonl", "--at", "2026-11-01T12:00:00Z"]),
    ("small_business", &["examples/small_business/leads.jsonl", "--at", "2026-11-01", "--top", "2"]),
    (
        "learning",
        &[
            "examples/learning/leads.csv",
            "--events",
            "examples/learning/events.csv",
            "--at",
            "2022-04-10T23:59:59Z",
            "--by",
            "country",
            "--top",
            "3",
        ],
    ),
    (
        "courses",
        &[
            "examples/courses/leads.csv",
            "--id",
            "Prospect ID",
            "--missing",
            "Select",
            "--at",
            "2026-01-01",
            "--by",
            "lead_origin",
        ],
    ),
    ("crm", &[]),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn versions(name: &str) -> [String; 2] {
    [format!("examples/{name}/rules.lql"), format!("tests/diff/{name}/rules.lql")]
}

fn diff_of(name: &str, more: &[&str]) -> Ran {
    let [old, new] = versions(name);
    ran(leadql(root(), &[&["diff", old.as_str(), new.as_str()], more].concat()).output().unwrap())
}

#[test]
fn the_examples_print_what_they_printed() {
    let bless = std::env::var_os("LEADQL_BLESS").is_some_and(|value| value == "1");
    let mut differ = String::new();
    for (name, leads) in EXAMPLES {
        let mut prints = vec![("witness.txt", Vec::new())];
        if !leads.is_empty() {
            prints.push(("leads.txt", leads.to_vec()));
            prints.push(("leads.md", [leads, &["--format", "markdown"]].concat()));
            prints.push(("leads.json", [leads, &["--format", "json"]].concat()));
        }
        for (file, arguments) in prints {
            let ran = diff_of(name, &arguments);
            assert_eq!(ran.status, 0, "{name} {file}: {}", ran.err);
            let file = root().join(format!("tests/diff/{name}/{file}"));
            if bless {
                fs::write(&file, &ran.out).unwrap();
            }
            let expected = fs::read_to_string(&file).unwrap_or_default();
            if ran.out != expected {
                let file = file.display();
                differ.push_str(&format!("==== {file} should be\n{}\n==== and is\n{expected}\n", ran.out));
            }
        }
    }
    assert!(differ.is_empty(), "\n{differ}");
}

#[test]
fn the_tests_of_witnesses_pass_under_the_older_version_and_fail_under_the_newer() {
    let passes = |path: &str, block: &str| {
        let path = root().join(path);
        let mut compiler = Compiler::new();
        let included = fs::read_to_string(path.parent().unwrap().join("catalogue.lql")).unwrap_or_default();
        compiler = compiler.include("catalogue.lql", included);
        let text = fs::read_to_string(path).unwrap() + "\n" + block;
        let rules = compiler.compile(&text).unwrap_or_else(|found| panic!("{found}"));
        rules.run_tests().last().unwrap().passed
    };
    for (name, _) in EXAMPLES {
        let json: Value = serde_json::from_str(&diff_of(name, &["--format", "json"]).out).unwrap();
        assert_eq!(json["treatment"]["finding"], "differs", "{name}");
        assert_eq!(json["treatment"]["passes_under"], "old", "{name}");
        let block = json["treatment"]["test"].as_str().unwrap();
        let [old, new] = versions(name);
        assert!(passes(&old, block), "{name}\n{block}");
        assert!(!passes(&new, block), "{name}\n{block}");
    }
}

const NEWER: &str = "need => +5
visited(pricing) => +20 \"pricing\"
band score { warm >= 15, cold }
segment keen when score >= 20
stage mql when score >= 20
";

fn folder(name: &str) -> Folder {
    Folder::new(
        name,
        &[
            ("a.lql", RULES),
            ("b.lql", NEWER),
            ("leads.jsonl", LEADS),
            ("same.lql", &format!("# so\n{RULES}")),
        ],
    )
}

#[test]
fn a_share_of_leads_may_change_and_no_more() {
    let folder = folder("diff-share");
    let leads = "{\"id\":1,\"events\":[{\"event\":\"visited\",\"subject\":\"pricing\",\"at\":\"2026-10-30\"}]}\n{\"id\":2}\n";
    fs::write(folder.0.join("leads.jsonl"), leads).unwrap();
    let of = |most: &str| {
        run(&folder, &["diff", "a.lql", "b.lql", "leads.jsonl", "--at", "2026-11-01", "--max-changed", most])
    };
    let fine = of("50%");
    assert_eq!((fine.status, fine.err.as_str()), (0, ""));
    assert!(
        fine.out.contains("2 leads at 2026-11-01T00:00:00Z: 1 with another stage (50.0 %)"),
        "{}",
        fine.out
    );
    assert!(fine.out.contains("Enter MQL (1)"), "{}", fine.out);
    let failed = of("49.999999%");
    assert_eq!((failed.status, failed.out), (1, fine.out));
    assert_eq!(
        failed.err,
        "error: 1 of 2 leads has another stage, more than the 49.999999% of --max-changed\n"
    );
    for wrong in ["2", "-1%", "101%", "some%", "%"] {
        let ran = of(wrong);
        assert_eq!(ran.status, 2, "{wrong}: {}", ran.err);
        assert!(ran.err.contains("such as 2%"), "{}", ran.err);
    }
}

#[test]
fn differences_are_no_failure_unless_they_are_to_be() {
    let folder = folder("diff-status");
    let of = |arguments: &[&str]| run(&folder, arguments).status;
    assert_eq!(of(&["diff", "a.lql", "b.lql"]), 0);
    assert_eq!(of(&["diff", "a.lql", "b.lql", "--exit-code"]), 1);
    assert_eq!(of(&["diff", "a.lql", "same.lql", "--exit-code"]), 0);
    let same = run(&folder, &["diff", "a.lql", "same.lql"]);
    assert!(same.out.contains("Nothing changed in meaning."), "{}", same.out);
    assert!(same.out.contains("No lead is treated differently: the fingerprints agree."), "{}", same.out);
}

#[test]
fn what_is_wrong_says_where() {
    let folder = folder("diff-wrong");
    fs::write(folder.0.join("broken.lql"), "titel contains \"x\" => +1\n").unwrap();
    for (arguments, status, says) in [
        (vec!["diff", "a.lql", "none.lql"], 1, "none.lql"),
        (vec!["diff", "none.lql", "b.lql"], 1, "none.lql"),
        (vec!["diff", "broken.lql", "b.lql"], 1, "broken.lql:1:1"),
        (vec!["diff", "a.lql", "broken.lql"], 1, "broken.lql:1:1"),
        (vec!["diff", "a.lql"], 2, "<NEW>"),
        (vec!["diff", "a.lql", "b.lql", "leads.jsonl"], 2, "--at"),
        (vec!["diff", "a.lql", "b.lql", "--max-changed", "2%"], 2, "<LEADS>"),
        (vec!["diff", "a.lql", "b.lql", "none.jsonl", "--at", "2026-11-01"], 1, "none.jsonl"),
        (vec!["diff", "a.lql", "b.lql", "leads.jsonl", "--at", "2026-11-01", "--by", "titel"], 2, "title"),
        (vec!["diff", "a.lql", "b.lql", "--set", "bonus=6"], 1, "bonus"),
    ] {
        let ran = run(&folder, &arguments);
        assert_eq!(ran.status, status, "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(says), "{arguments:?}: {}", ran.err);
        assert_eq!(ran.out, "", "{arguments:?}");
    }
}

#[test]
fn each_version_reads_the_leads_for_itself() {
    let folder = Folder::new(
        "diff-words",
        &[
            ("a.lql", "attribute size: text\nsize = \"5\" => +1\nneed => +1\n"),
            (
                "b.lql",
                "attribute size: number\nattribute plan: one of [free, pro]\nsize >= 5 => +1\nplan = pro => +9\nneed => +1\n",
            ),
        ],
    );
    let leads = "{\"id\":1,\"attributes\":{\"plan\":\"pro\",\"colour\":\"red\"}}\n{\"id\":2,\"attributes\":{\"size\":5}}\n{\"id\":3}\n";
    let arguments = ["diff", "a.lql", "b.lql", "-", "--at", "2026-11-01", "--format", "json"];
    let stopped = run_with_input(&folder, &arguments, leads);
    assert_eq!((stopped.status, stopped.out.as_str()), (1, ""));
    assert!(stopped.err.contains("standard input:2: lead \"2\": attributes.size"), "{}", stopped.err);
    assert!(stopped.err.contains("(read by a.lql)"), "{}", stopped.err);
    let skipped = run_with_input(&folder, &[&arguments[..], &["--on-error", "skip"]].concat(), leads);
    assert_eq!(skipped.status, 0, "{}", skipped.err);
    let json: Value = serde_json::from_str(&skipped.out).unwrap();
    assert_eq!((&json["leads"]["leads"], &json["leads"]["score_changed"]), (&2.into(), &1.into()));
    assert!(skipped.err.contains("1 lead left out"), "{}", skipped.err);
    // What neither knows is told once, what one does not know with the version.
    assert_eq!(skipped.err.matches("colour").count(), 1, "{}", skipped.err);
    assert!(skipped.err.contains("\"plan\"") && skipped.err.contains("(read by a.lql)"), "{}", skipped.err);
}

#[test]
fn json_has_every_lead_and_text_as_many_as_are_asked_for() {
    let folder = folder("diff-top");
    let lead = |id: usize| {
        format!(
            "{{\"id\":{id},\"events\":[{{\"event\":\"visited\",\"subject\":\"pricing\",\"at\":\"2026-10-30\"}}]}}\n"
        )
    };
    fs::write(folder.0.join("leads.jsonl"), (0..50).map(lead).collect::<String>()).unwrap();
    let arguments = ["diff", "a.lql", "b.lql", "leads.jsonl", "--at", "2026-11-01", "--top", "3"];
    let text = run(&folder, &arguments).out;
    assert!(text.contains("Enter MQL (50)") && text.contains("47 more not shown"), "{text}");
    let json: Value =
        serde_json::from_str(&run(&folder, &[&arguments[..], &["--format", "json"]].concat()).out).unwrap();
    assert_eq!(json["leads"]["entered_mql"]["listed"].as_array().unwrap().len(), 50);
    assert_eq!(json["leads"]["entered_mql"]["more"], 0);
    let decides = &json["leads"]["entered_mql"]["deciding"][0];
    assert_eq!((&decides["rule"], &decides["leads"]), (&"score#2".into(), &50.into()));
}

#[test]
fn colours_only_where_they_are_wanted() {
    let folder = folder("diff-colour");
    let coloured = |variable: &str| {
        let mut command = leadql(&folder.0, &["diff", "a.lql", "b.lql"]);
        ran(command.env(variable, "1").output().unwrap()).out
    };
    assert!(coloured("CLICOLOR_FORCE").contains("\u{1b}["));
    assert!(!coloured("NO_COLOR").contains("\u{1b}["));
}
