//! Explanations of leads of the B2B example, word for word. To write the files anew where the wording is meant
//! to change, run with `LEADQL_WRITE_EXPLANATIONS=1` and read the difference.
#![cfg(feature = "json")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "what helps a test stops it by panicking too")]

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use leadql::{Explanation, NewEvent, ReadOptions, RuleSet};

fn explained(id: &str) -> Explanation {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/saas");
    let rules = std::fs::read_to_string(folder.join("rules.lql")).unwrap();
    let rules =
        leadql::Compiler::new().name("rules.lql").compile(&rules).unwrap_or_else(|found| panic!("{found}"));
    let leads = std::fs::File::open(folder.join("leads.jsonl")).unwrap();
    let mut leads =
        rules.read_leads(std::io::BufReader::new(leads), &ReadOptions::new("leads.jsonl")).unwrap();
    let lead = leads.find_map(|lead| lead.ok().filter(|lead| lead.id() == id)).unwrap();
    rules.explain(&lead, "2026-11-01T00:00:00Z".parse().unwrap())
}

fn is_as_written(file: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/explain").join(file);
    if std::env::var_os("LEADQL_WRITE_EXPLANATIONS").is_some() {
        std::fs::write(&path, found).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap();
    for (number, (found, written)) in found.lines().zip(written.lines()).enumerate() {
        assert_eq!(found, written, "{file}, line {}", number + 1);
    }
    assert_eq!(found.len(), written.len(), "{file} is longer or shorter");
}

#[test]
fn as_text() {
    for id in ["L-1", "L-7", "L-13"] {
        is_as_written(&format!("{id}.txt"), &explained(id).to_string());
    }
}

#[test]
fn as_markdown_and_as_json() {
    let explanation = explained("L-1");
    is_as_written("L-1.md", &explanation.to_markdown());
    let json = serde_json::to_string_pretty(&explanation).unwrap() + "\n";
    // Which digest a meaning has is another test's to say.
    is_as_written("L-1.json", &json.replace(&explanation.rule_set.fingerprint, "…"));
}

/// 200 rules of every sort over the same events, which is the dearest that they can be.
fn many_rules() -> RuleSet {
    let mut text = String::from("score engagement decay 10% every 7d {\n");
    for number in 0..200 {
        let days = number % 90 + 1;
        text.push_str(&match number % 8 {
            0 => format!("visited(*) >= {number} within {days}d => +1\n"),
            1 => format!("each visited(*) within {days}d => +1 up to 50 times\n"),
            2 => format!("distinct(visited(*)) >= {number} within {days}d => +1\n"),
            3 => format!("days(visited(*)) >= {days} => +1\n"),
            4 => format!("each visited(\"/docs/{}*\") => +1 up to 3 times per day\n", number % 10),
            5 => format!("sum(watched(*).seconds) >= {number}000 within {days}d => +1\n"),
            6 => format!(
                "each watched(*, seconds >= {number}) when visited(*) > 5 => +1 up to 2 times per subject\n"
            ),
            _ => format!("not visited(\"/blog/*\") or watched(*) < {number} within {days}d => -1\n"),
        });
    }
    RuleSet::compile(&(text + "}\nstage mql when engagement >= 500\n"))
        .unwrap_or_else(|found| panic!("{found}"))
}

#[test]
fn a_long_history_is_explained_rule_by_rule() {
    // How long it takes is measured in benches/explain.rs.
    let events: i64 = if cfg!(debug_assertions) { 2_000 } else { 100_000 };
    let rules = many_rules();
    let now: DateTime<Utc> = "2026-11-01T00:00:00Z".parse().unwrap();
    let mut lead = rules.lead();
    for number in 0..events {
        let at = now - TimeDelta::seconds(number * 77);
        let subject = format!("/{}/{}", if number % 3 == 0 { "docs" } else { "home" }, number % 5_000);
        lead = if number % 2 == 0 {
            lead.event("visited", &subject, at).unwrap()
        } else {
            lead.add_event(NewEvent::new("watched", &subject, at).property("seconds", number % 900)).unwrap()
        };
    }
    let lead = lead.build();
    let explanation = rules.explain(&lead, now);
    assert_eq!(explanation.scores[0].lines.len() + explanation.scores[0].missed.len(), 200);
}

#[test]
fn hostile_names_and_values_stay_where_they_are() {
    let rules = RuleSet::compile(
        r#"ruleset "\u{1b}[2J| <b>" version "`\u{202e}`"
           title contains "x"  => +5 "\u{202e}evil | label\n# heading"
           title = "\u{7}"      => +1
           each visited(*)     => +1
           disqualify when title = "y" "because | of *this*""#,
    )
    .unwrap_or_else(|found| panic!("{found}"));
    let at = "2026-10-30T00:00:00Z".parse().unwrap();
    let (id, title, subject) =
        ("L\u{1b}[31m-1\n| a | b |", format!("x{}\u{202e}", "y|".repeat(50_000)), "/a\n`|\u{0}<script>");
    let lead = rules.lead().id(id).set("title", title.as_str()).unwrap();
    let lead = lead
        .event("visited", subject, at)
        .unwrap()
        .event("visited", &"long".repeat(9_999), at)
        .unwrap()
        .build();
    let explanation = rules.explain(&lead, "2026-11-01T00:00:00Z".parse().unwrap());

    let (text, note) = (explanation.to_string(), explanation.to_markdown());
    for shown in [&text, &note] {
        assert!(!shown.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'), "{shown}");
        assert!(shown.len() < 8_000, "{} bytes", shown.len());
    }
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    assert!(text.contains("L\\u{1b}[31m-1\\u{a}| a | b |"), "{text}");
    // Nothing opens a cell, a heading or a tag: marks from outside are escaped.
    let marks = |line: &str| line.replace("\\\\", "").replace("\\|", "").matches('|').count();
    assert!(
        note.lines().filter(|line| line.starts_with('|')).all(|line| [4, 5].contains(&marks(line))),
        "{note}"
    );
    assert!(
        !note.lines().any(|line| line.starts_with('#')) && !note.replace("\\<", "").contains('<'),
        "{note}"
    );

    // As data everything is as it came in.
    let json = serde_json::to_value(&explanation).unwrap();
    assert_eq!(json["id"], id);
    let events = &json["scores"][0]["lines"][1]["events"];
    assert_eq!(events["subjects"][0]["subject"], subject);
    assert_eq!((events["count"].as_u64(), events["more_subjects"].as_u64()), (Some(2), Some(0)));
}
