//! What holds of every layout, and what single ones look like.

mod generated;
mod layouts;
mod places;

use super::{FormatError, format, meaning, parse};
use crate::diagnostic::{FileId, Severity};
use crate::limits::Limits;
use crate::syntax::ast::Ast;

/// One of every construct, in the canonical layout, in an order in which they can follow each other.
const CONSTRUCTS: &[&str] = &[
    "vocabulary only declared",
    "include \"shared/base.lql\"",
    "ruleset \"Acme\"",
    "ruleset \"Acme B2B\" version \"2026.4\"",
    "owners marketing \"demand-gen\", sales \"revenue-ops\"",
    "review every 90d",
    "review every 90d since 2026-10-01T09:30:00+02:00",
    "attribute plan: one of [free, pro, Enterprise]",
    "attribute note: text",
    "attribute size: number",
    "attribute hot: flag",
    "attribute born: date",
    "attribute tools: set of text",
    "event trial_step(step)",
    "event trial_step(step, minutes: number, text: text, done: flag) passive",
    "let senior = title is known and not (country is missing or not need)",
    "let free_mail = [\"gmail.com\", \"outlook.com\"]",
    "let numbers = [1, -2.50, 1_000]",
    "let none = []",
    "param threshold = 50",
    "param patience = 90d",
    "activity content = viewed(blog | case_study) or downloaded(*) or other_content",
    "score engagement 0..100 decay 50% every 30d {\n  visited(pricing) => +5\n}",
    "score engagement low..high decay 2.5 every step {\n  group empty {}\n}",
    "score empty {}",
    "score total = 0.6 * engagement + 0.4 * fit - 0.25 * score",
    "score total -100..100 = -0.6 * engagement",
    "pricing_twice: visited(pricing) >= 2 within 30d => +15 \"Looked \\\"twice\\\"\"",
    "each downloaded(ebook) within 30d when title is known => +5 up to 3 times decay 5 every 7d \"Read\"",
    "each clicked(*) between 30d and 7d ago => -3 up to 3 times up to 1 times per day",
    "each content => bonus up to most times per subject no decay",
    "distinct(visited(*)) >= 5 => +8 decay 12.5% every 1d",
    "days(content) >= 3 within 14d => +6",
    "sum(watched(demo | \"Live *\", seconds >= 30, quality between 1 and 5).seconds) >= 600 => +10",
    "content = 0 between 60d and 30d ago => 0",
    "group email max 20 {\n  each opened(*) => +1\n}",
    "group size best -5..10 {\n  company_size > 500 => +10\n}",
    "group least min 5 {\n  hot => +1\n}",
    "title contains \"chief\" or title starts with \"vp\" or title ends with \"head\" => +1",
    "title matches \"*chief*\" and title has word \"vp\" and title has any word of [\"a\", \"b\"] => +1",
    "tools contains any of [\"a\"] and tools contains all of known_tools and tools contains \"b\" => +1",
    "country in [\"US\"] and country not in [\"CA\"] and plan != pro and plan = text and hot = true => +1",
    "company_size between 50 and 500 or company_size < 5 or company_size <= 6 => +1",
    "born before 2026-01-01 and born after 2025-01-01T00:00:00.5Z => +1",
    "born within 30d or born older than 300d or inactive for 60d => +1",
    "at least 2 of [budget, not authority, need and timing] => +1",
    "at least 1 of [] => +1",
    "not not hot => +1",
    "band engagement { hot >= 70, warm >= bound, cold }",
    "segment reader when content >= 5 within 30d and engagement is warm and fit is at least B",
    "stage mql when engagement >= 50",
    "stage mql when engagement between 50 and 80\n          until engagement < 35 or inactive for 60d\n          \
     again after 30d\n          sla 48h",
    "stage sql when segment reader or not segment other",
    "recycle when inactive for 90d \"gone quiet\"",
    "recycle when hot",
    "disqualify when email_domain = \"competitor.example\" \"works for a competitor\"",
    "test \"one\" at 2026-11-01 {\n  title = \"Chief\"\n  size = -5\n  tools = [\"a\", \"b\"]\n  plan = text\n  \
     visited(\"/docs/*\", seconds = 5, done = true) 2d ago, at 2026-10-01, 3w ago\n  stage = mql since 5d ago\n  \
     expect engagement = 25\n  expect fit between -1 and 5.5\n  expect fit is B\n  expect fit is at least C\n  \
     expect segment reader\n  expect not segment reader\n  expect stage sal\n  expect mql\n  expect not recycle\n  \
     expect valid until 2026-11-21T10:00:00Z\n  expect valid until never\n}",
    "test \"two\" {\n  stage = lead\n  expect mql\n}",
    "test \"three\" {\n  stage = lead since 2026-01-01\n  expect mql\n}",
];

fn parsed(text: &str) -> Result<Ast, String> {
    let (ast, found) = parse(text, FileId::default(), &Limits::default());
    let is_fine = found.iter().all(|finding| finding.code.severity() != Severity::Error);
    if is_fine { Ok(ast) } else { Err(format!("{found:?}")) }
}

fn format_source(text: &str) -> Result<String, FormatError> {
    super::format_source("rules.lql", text)
}

/// Formats `text`, which must parse, and holds the result against all that must be true of every layout.
#[track_caller]
fn check(text: &str) -> String {
    let ast = parsed(text).unwrap_or_else(|error| panic!("does not parse: {error}\n{text}"));
    let laid_out = format(text, &ast);
    let again =
        parsed(&laid_out).unwrap_or_else(|error| panic!("{error}\n--- from\n{text}\n--- to\n{laid_out}"));
    assert_eq!(format(&laid_out, &again), laid_out, "not a fixed point:\n{text}");
    assert!(meaning::same(text, ast, &laid_out, again), "not the same:\n{text}\n--- to\n{laid_out}");
    assert!(laid_out.is_empty() || laid_out.ends_with('\n') && !laid_out.ends_with("\n\n"), "{laid_out:?}");
    assert!(laid_out.lines().all(|line| line.trim_end_matches([' ', '\t']) == line), "{laid_out}");
    assert!(!laid_out.contains("\n\n\n") && !laid_out.starts_with('\n'), "{laid_out}");
    laid_out
}

/// The words of a text that has no comments, and whether a space may stand before each.
fn words(text: &str) -> Vec<(&str, bool)> {
    let mut words = Vec::new();
    let mut rest = text;
    let mut after_word = false;
    loop {
        let trimmed = rest.trim_start();
        let spaced = trimmed.len() < rest.len();
        let Some(first) = trimmed.chars().next() else { return words };
        let length = match first {
            '"' => {
                let mut escaped = false;
                let end = trimmed.char_indices().skip(1).find(|(_, c)| {
                    let ends = *c == '"' && !escaped;
                    escaped = *c == '\\' && !escaped;
                    ends
                });
                end.unwrap().0 + 1
            }
            '0'..='9' | '-' | '+'
                if trimmed[1..].starts_with(|c: char| c.is_ascii_digit()) || first > '/' =>
            {
                let part = |c: char| c.is_ascii_alphanumeric() || "-:._".contains(c);
                let end = trimmed[1..].find(|c| !part(c)).map_or(trimmed.len(), |at| at + 1);
                // An offset of an instant goes on behind its `+`; a range ends at its dots.
                let end = if trimmed[end..].starts_with('+') && trimmed[..end].contains('T') {
                    end + 6
                } else {
                    end
                };
                trimmed[..end].find("..").unwrap_or(end)
            }
            'a'..='z' | 'A'..='Z' => {
                trimmed.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(trimmed.len())
            }
            _ => ["=>", ">=", "<=", "!=", ".."]
                .iter()
                .find(|mark| trimmed.starts_with(**mark))
                .map_or(1, |m| m.len()),
        };
        let (word, behind) = trimmed.split_at(length);
        words.push((word, spaced || !(after_word && word == "(")));
        after_word = first.is_ascii_alphabetic();
        rest = behind;
    }
}

#[test]
fn the_constructs_are_in_the_canonical_layout() {
    for construct in CONSTRUCTS {
        assert_eq!(check(construct), format!("{construct}\n"));
        assert_eq!(format_source(construct).unwrap(), format!("{construct}\n"));
    }
}

#[test]
fn a_file_of_all_constructs_stays_as_it_is_but_for_lining_up() {
    let file = CONSTRUCTS.join("\n\n") + "\n";
    assert_eq!(check(&file), file);
    let close = check(&(CONSTRUCTS.join("\n") + "\n"));
    assert_eq!(close.lines().count(), file.lines().filter(|line| !line.is_empty()).count());
}

#[test]
fn a_comment_may_stand_between_any_two_words() {
    for construct in CONSTRUCTS {
        let words = words(construct);
        for at in 0..=words.len() {
            if words.get(at).is_some_and(|(_, spaced)| !spaced) {
                continue;
            }
            for comment in [" # why\n", "\n# why\n", "\n\n  # why \t\n\n", " # one\n # two\n\n\n # three\n"] {
                let mut text = String::new();
                for (index, (word, spaced)) in words.iter().enumerate() {
                    text.push_str(if index == at {
                        comment
                    } else if *spaced {
                        " "
                    } else {
                        ""
                    });
                    text.push_str(word);
                }
                if at == words.len() {
                    text.push_str(comment);
                }
                check(&text);
            }
        }
    }
}

#[test]
fn a_comment_may_stand_in_every_gap_at_once() {
    for comment in [" # c\n", "\n# c\n", "\n\n# c\n\n"] {
        for construct in CONSTRUCTS {
            let text = words(construct).into_iter().map(|(word, spaced)| {
                let before = if spaced { comment } else { "" };
                format!("{before}{word}")
            });
            check(&text.collect::<String>());
        }
    }
}

#[test]
fn words_without_spaces_or_with_many_give_the_same_layout() {
    for construct in CONSTRUCTS {
        for gap in ["\n", "\r\n", " \t ", "\n\n\n"] {
            let text = words(construct)
                .into_iter()
                .map(|(word, spaced)| format!("{}{word}", if spaced { gap } else { "" }));
            let laid_out = check(&text.collect::<String>());
            let lines = |text: &str| {
                text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect::<Vec<_>>()
            };
            assert_eq!(lines(&laid_out), lines(construct), "{gap:?}");
        }
    }
}

#[test]
fn broken_text_is_refused_with_its_findings() {
    assert!(format_source("visited(pricing => +5").is_err());
    assert!(format_source("\u{0}").is_err());
    assert_eq!(format_source("").unwrap(), "");
    assert_eq!(format_source("\u{feff} \r\n\t").unwrap(), "");
}

#[test]
fn a_layout_that_changes_anything_is_noticed() {
    let same =
        |one: &str, other: &str| meaning::same(one, parsed(one).unwrap(), other, parsed(other).unwrap());
    let text =
        "# c\nscore s { a: visited(pricing) >= 2 => 5 \"x\" } # d\ntest \"t\" { hot = true expect not mql }";
    assert!(same(text, &format(text, &parsed(text).unwrap())));
    for (from, to) in [
        ("# c", "# C"),
        (" # d", ""),
        ("pricing", "docs"),
        (">= 2", "> 2"),
        (">= 2", ">= 3"),
        ("=> 5", "=> -5"),
        ("=> 5", "=> 5.0"),
        ("a: ", ""),
        ("visited(pricing) >= 2", "(visited(pricing) >= 2)"),
        ("\"x\"", "\"y\""),
        ("not mql", "mql"),
        ("true", "false"),
    ] {
        assert!(!same(text, &text.replacen(from, to, 1)), "{from:?} to {to:?}");
    }
    assert!(same("hot => 5", "hot => +5"));
    assert!(!same("param p = 5", "param p = +5"));
}
