//! The TextMate grammar under `editors/` says of every word and mark what the lexer and the grammar say.
//!
//! Its patterns keep to what two engines read alike, so that they are tried here as editors try them: line by line,
//! the leftmost match first, of several at one place the first in the list.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use regex::Regex;
use serde_json::Value;

use crate::syntax::keyword::{KEYWORDS, is_keyword};
use crate::syntax::token::{TokenKind, Tokens};

const GRAMMAR: &str = include_str!("../../../editors/leadql.tmLanguage.json");
const PEST: &str = include_str!("../../../grammar/leadql.pest");

/// A pattern, its scope and those of its groups.
struct Pattern {
    regex: Regex,
    name: Option<String>,
    groups: Vec<(usize, String)>,
}

fn patterns() -> Vec<Pattern> {
    let grammar: Value = serde_json::from_str(GRAMMAR).unwrap();
    let read = |pattern: &Value| {
        let name = |value: &Value| value["name"].as_str().map(str::to_owned);
        let groups = pattern["captures"].as_object().into_iter().flatten();
        Pattern {
            regex: Regex::new(pattern["match"].as_str().unwrap()).unwrap(),
            name: name(pattern),
            groups: groups.map(|(group, value)| (group.parse().unwrap(), name(value).unwrap())).collect(),
        }
    };
    grammar["patterns"].as_array().unwrap().iter().map(read).collect()
}

/// The scopes of a text: from, to, scope.
fn scopes(patterns: &[Pattern], text: &str) -> Vec<(usize, usize, String)> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end_matches(['\n', '\r']);
        let mut at = 0;
        while at < content.len() {
            let matches = patterns
                .iter()
                .filter_map(|pattern| Some((pattern, pattern.regex.captures_at(content, at)?)));
            let Some((pattern, captures)) =
                matches.min_by_key(|(_, captures)| captures.get(0).unwrap().start())
            else {
                break;
            };
            let mut add = |group: usize, scope: &String| {
                let group = captures.get(group).unwrap();
                found.push((start + group.start(), start + group.end(), scope.clone()));
            };
            pattern.name.iter().for_each(|name| add(0, name));
            pattern.groups.iter().for_each(|(group, name)| add(*group, name));
            let end = captures.get(0).unwrap().end();
            assert!(end > at, "a match of nothing");
            at = end;
        }
        start += line.len();
    }
    found
}

/// Whether a scope is one of what the lexer says stands there.
fn agrees(kind: TokenKind, word: &str, scope: &str) -> bool {
    let is = |starts: &[&str]| starts.iter().any(|start| scope.starts_with(start));
    match kind {
        TokenKind::Word if scope.starts_with("entity.name.function.") => !is_keyword(word),
        TokenKind::Word if is_keyword(word) => is(&["keyword.", "constant.language.", "support."]),
        // Outside its place a word such as `day` is a name; in it, it is coloured.
        TokenKind::Word if PEST.contains(&format!("kw_{word} ")) => {
            is(&["keyword.", "support.", "variable."])
        }
        TokenKind::Word => is(&["variable."]),
        TokenKind::Number => is(&["constant.numeric.", "constant.other.instant."]),
        TokenKind::Text => is(&["string."]),
        TokenKind::Open | TokenKind::Close => is(&["punctuation.bracket."]),
        TokenKind::Mark => is(&["keyword.operator.", "punctuation.separator."]),
        TokenKind::OpenText | TokenKind::Stray => is(&["invalid."]),
    }
}

/// Every rule set in a folder and below.
fn rule_sets(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            rule_sets(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "lql") {
            found.push(path);
        }
    }
}

#[test]
fn every_word_and_mark_is_coloured_as_what_it_is() {
    let patterns = patterns();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    rule_sets(&root.join("examples"), &mut files);
    rule_sets(&root.join("grammar"), &mut files);
    assert!(files.len() > 8);
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let scopes = scopes(&patterns, &text);
        let tokens = Tokens::scan(&text, 0);
        for token in tokens.from(0) {
            let word = &text[token.span.start..token.span.end];
            let found =
                scopes.iter().find(|(from, to, _)| (*from, *to) == (token.span.start, token.span.end));
            let (_, _, scope) =
                found.unwrap_or_else(|| panic!("{}: nothing colours `{word}`", file.display()));
            assert!(agrees(token.kind, word, scope), "{}: `{word}` is {scope}", file.display());
        }
        for comment in &tokens.comments {
            let found = scopes.iter().find(|(from, to, _)| (*from, *to) == (comment.start, comment.end));
            assert!(found.is_some_and(|(_, _, scope)| scope.starts_with("comment.")));
        }
        assert_eq!(scopes.len(), tokens.len() + tokens.comments.len(), "{}", file.display());
    }
}

#[test]
fn every_keyword_is_coloured_and_no_other_word() {
    let patterns = patterns();
    for keyword in KEYWORDS {
        let found = scopes(&patterns, keyword);
        assert!(found.len() == 1 && agrees(TokenKind::Word, keyword, &found[0].2), "{keyword}: {found:?}");
    }
    // The words that the patterns spell out, however they are put together.
    let escapes = Regex::new(r"\\[a-z]|\[[^\]]*\]").unwrap();
    let spelt: BTreeSet<String> = patterns
        .iter()
        .map(|pattern| escapes.replace_all(pattern.regex.as_str(), " ").into_owned())
        .flat_map(|pattern| {
            pattern.split(|c: char| !c.is_ascii_alphanumeric()).map(str::to_owned).collect::<Vec<_>>()
        })
        .filter(|word| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_lowercase()))
        .collect();
    let in_pest = PEST.lines().filter_map(|line| line.strip_prefix("kw_")?.split_whitespace().next());
    let known: BTreeSet<String> = in_pest.chain(["true", "false"]).map(str::to_owned).collect();
    assert_eq!(spelt, known);
}

#[test]
fn every_mark_of_the_grammar_is_coloured_as_one() {
    let patterns = patterns();
    let (_, marks) = PEST.split_once("// ---- Marks").unwrap();
    let (marks, _) = marks.split_once("// ---- Keywords").unwrap();
    let marks: Vec<&str> =
        marks.lines().filter_map(|line| line.split_once("= { \"")?.1.split('"').next()).collect();
    assert!(marks.len() >= 20);
    for mark in marks {
        let found = scopes(&patterns, mark);
        assert_eq!(found.len(), 1, "{mark}: {found:?}");
        let kind = if "()[]{}".contains(mark) { TokenKind::Open } else { TokenKind::Mark };
        assert!(agrees(kind, mark, &found[0].2), "{mark}: {found:?}");
    }
}

#[test]
fn texts_that_never_end_are_coloured_as_wrong() {
    let found = scopes(&patterns(), "title = \"open\nneed => 1");
    assert!(found.iter().any(|(from, to, scope)| (*from, *to) == (8, 13) && scope.starts_with("invalid.")));
    assert!(found.iter().any(|(from, _, scope)| *from == 14 && scope.starts_with("variable.")));
}
