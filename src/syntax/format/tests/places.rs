//! The promises of the layout, kept on every rule set of the repository and on generated ones, with a comment at
//! every place where one can stand: meaning, comments and their order stay, each comment stays at what it stands
//! above or beside, and laying out again changes nothing.

use std::fs;
use std::path::{Path, PathBuf};

use super::{check, parsed};
use crate::syntax::ast::{Ast, Member, Rule, Span, StatementKind};
use crate::syntax::token::{TokenKind, Tokens};

/// Whole files are tried with a comment in every so manieth gap at once, each gap having its turn.
const STRIDE: usize = 5;
/// A comment at the end of a line, and one with a line of its own.
const COMMENTS: [&str; 2] = [" # leadql: allow code for a reason\n", "\n# leadql: allow code for a reason\n"];

/// Where a comment stands among statements, rules, groups and lines of tests, which are counted as they come.
#[derive(Debug, PartialEq, Eq)]
enum Standing {
    /// On lines of its own above this one.
    Above(usize),
    /// Inside of this one, or at the end of its last line.
    With(usize),
    /// At the end of this block, or of the file.
    Last(Option<usize>),
}

/// A statement, or what a block holds.
struct Entry {
    span: Span,
    /// The block that it stands in.
    within: Option<usize>,
}

fn entries(ast: &Ast) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    fn add(entries: &mut Vec<Entry>, span: Span, within: Option<usize>) -> usize {
        entries.push(Entry { span, within });
        entries.len() - 1
    }
    fn add_rules(entries: &mut Vec<Entry>, rules: &[Rule], within: usize) {
        for rule in rules {
            add(entries, rule.span, Some(within));
        }
    }
    for statement in &ast.statements {
        let block = add(&mut entries, statement.span, None);
        match &statement.node {
            StatementKind::Score(score) => {
                for member in &score.members {
                    match member {
                        Member::Rule(rule) => {
                            add(&mut entries, rule.span, Some(block));
                        }
                        Member::Group(group) => {
                            let inner = add(&mut entries, group.span, Some(block));
                            add_rules(&mut entries, &group.rules, inner);
                        }
                    }
                }
            }
            StatementKind::Group(group) => add_rules(&mut entries, &group.rules, block),
            StatementKind::Test(test) => {
                for line in &test.lines {
                    add(&mut entries, line.span, Some(block));
                }
            }
            _ => {}
        }
    }
    entries
}

/// Where each comment of a text stands.
fn standings(text: &str) -> Vec<Standing> {
    let ast = parsed(text).unwrap();
    let entries = entries(&ast);
    // Spans may reach over the blanks behind.
    let end = |entry: &Entry| {
        let written = text[entry.span.start..entry.span.end].trim_ascii_end();
        let comments = ast.comments.iter().rev().find(|comment| {
            comment.start >= entry.span.start && comment.end <= entry.span.start + written.len()
        });
        match comments.filter(|comment| comment.end == entry.span.start + written.len()) {
            Some(comment) => entry.span.start + text[entry.span.start..comment.start].trim_ascii_end().len(),
            None => entry.span.start + written.len(),
        }
    };
    let standing = |comment: &Span| {
        let at = comment.start;
        let inside = |entry: &Entry| entry.span.start <= at && at < end(entry);
        let within = entries.iter().rposition(inside);
        let near = |(index, entry): (usize, &Entry)| (entry.within == within).then_some(index);
        let before =
            entries.iter().enumerate().filter(|(_, entry)| end(entry) <= at).filter_map(near).next_back();
        let behind = entries.iter().enumerate().filter(|(_, entry)| entry.span.start > at).find_map(near);
        let line = text[..at].rfind('\n').map_or(0, |start| start + 1);
        let is_own = text[line..at].trim().is_empty();
        let is_block = within.is_none_or(|within| {
            text[entries[within].span.start..at].contains('{')
                && text[at..end(&entries[within])].contains('}')
        });
        match (before, behind, within) {
            (Some(before), _, _) if !is_own => Standing::With(before),
            (_, _, Some(within)) if !is_own || !is_block => Standing::With(within),
            (_, Some(behind), _) => Standing::Above(behind),
            (_, None, within) => Standing::Last(within),
        }
    };
    ast.comments.iter().map(standing).collect()
}

/// The ends of words behind which a comment can stand.
fn gaps(text: &str) -> Vec<usize> {
    let tokens = Tokens::scan(text, 0);
    let all = tokens.from(0);
    let mut gaps = vec![text.len() - text.trim_start_matches('\u{feff}').len()];
    for (index, token) in all.iter().enumerate() {
        let written = &text[token.span.start..token.span.end];
        let glued = all.get(index + 1).is_some_and(|next| {
            let is_next_to = next.span.start == token.span.end;
            let is_event = token.kind == TokenKind::Word && text[next.span.start..].starts_with('(');
            let is_sign = matches!(written, "+" | "-") && next.kind == TokenKind::Number;
            is_next_to && (is_event || is_sign)
        });
        if !glued {
            gaps.push(token.span.end);
        }
    }
    gaps
}

/// `text` with a comment in each of these gaps.
fn commented(text: &str, gaps: impl Iterator<Item = usize>, comment: &str) -> String {
    let (mut result, mut from) = (String::new(), 0);
    for gap in gaps {
        result.push_str(&text[from..gap]);
        result.push_str(comment);
        from = gap;
    }
    result + &text[from..]
}

#[track_caller]
fn keeps_comments(text: &str) {
    let laid_out = check(text);
    let (before, after) = (standings(text), standings(&laid_out));
    assert_eq!(before, after, "a comment went elsewhere:\n{text}\n--- to\n{laid_out}");
}

/// Each statement of a text with a comment in each gap in turn.
fn try_each_gap(text: &str) {
    for statement in parsed(text).unwrap().statements {
        let text = text[statement.span.start..statement.span.end].trim_ascii_end().to_owned() + "\n";
        for gap in gaps(&text) {
            for comment in COMMENTS {
                keeps_comments(&commented(&text, [gap].into_iter(), comment));
            }
        }
    }
}

/// A text as it is, and with comments in many gaps at once, so that each gap has its turn.
fn try_whole(text: &str) {
    keeps_comments(text);
    let gaps = gaps(text);
    for turn in 0..STRIDE {
        for comment in COMMENTS {
            keeps_comments(&commented(text, gaps.iter().copied().skip(turn).step_by(STRIDE), comment));
        }
    }
}

/// The files below a folder whose names end so.
fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "target" && name != ".git") {
                files(&path, ending, found);
            }
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
}

/// Every rule set of the repository: files, and what stands in Markdown as one.
fn repository() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut rule_files, mut pages) = (Vec::new(), Vec::new());
    files(root, ".lql", &mut rule_files);
    files(root, ".md", &mut pages);
    let mut texts = Vec::new();
    for path in rule_files {
        // A file of a test may hold bytes that are no text.
        texts.extend(fs::read_to_string(&path).ok().map(|text| (path.display().to_string(), text)));
    }
    for path in pages {
        let page = fs::read_to_string(&path).unwrap();
        for block in page.split("\n```leadql\n").skip(1) {
            let text = block.split("\n```").next().unwrap().to_owned() + "\n";
            texts.push((path.display().to_string(), text));
        }
    }
    texts
}

#[test]
fn every_rule_set_of_the_repository_keeps_its_comments() {
    let mut tried = 0;
    for (name, text) in repository() {
        // What has syntax errors, as files of tests do, is refused as a whole.
        match parsed(&text) {
            Ok(_) => {
                // The largest repeat one thing to reach a limit.
                if text.len() < 20_000 {
                    try_whole(&text);
                    tried += 1;
                }
            }
            Err(_) => assert!(super::format_source(&text).is_err(), "{name}"),
        }
    }
    assert!(tried > 40, "only {tried} rule sets were found");
}

#[test]
fn generated_rule_sets_keep_their_comments() {
    for seed in 0..6 {
        let text = crate::twins::rule_set_text(9_000_000_000 + seed, 2 + usize::try_from(seed).unwrap());
        try_each_gap(&text);
        try_whole(&text);
    }
}

#[test]
fn where_a_comment_stands_is_told() {
    let text = "# above let\nlet a = need # with let\n\nscore s { # with score\n  # above rule\n  a # with rule\n    \
                => 5 # with rule\n  # last of score\n}\n# last of file\n";
    let expected = [
        Standing::Above(0),
        Standing::With(0),
        Standing::With(1),
        Standing::Above(2),
        Standing::With(2),
        Standing::With(2),
        Standing::Last(Some(1)),
        Standing::Last(None),
    ];
    assert_eq!(standings(text), expected);
}
