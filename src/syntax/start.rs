//! Where statements and the members of blocks can start, told from the words alone.
//!
//! After an error this decides where reading goes on. A line that starts with the keyword of a definition
//! starts a statement whatever stands before it; one that starts with a name or a parenthesis starts a rule,
//! unless the line before it ends in the middle of something.

use super::ast::StatementKind;
use super::failure::Context;
use super::keyword::is_keyword;
use super::token::{Token, TokenKind, Tokens};
use crate::diagnostic::closest;

/// The keywords that start a statement.
pub(crate) const STATEMENTS: [&str; 18] = [
    "activity",
    "attribute",
    "band",
    "disqualify",
    "event",
    "group",
    "include",
    "let",
    "owners",
    "param",
    "recycle",
    "review",
    "ruleset",
    "score",
    "segment",
    "stage",
    "test",
    "vocabulary",
];

/// Those of them that give a name to what they define.
const DEFINITIONS: [&str; 7] = ["activity", "attribute", "event", "let", "param", "score", "segment"];

/// The other words that can start a rule.
const CONDITIONS: [&str; 8] = ["at", "days", "distinct", "each", "expect", "inactive", "not", "sum"];

/// Words behind which something has to come.
const UNFINISHED: [&str; 17] = [
    "after", "and", "before", "between", "contains", "every", "for", "in", "matches", "not", "of", "or",
    "than", "until", "when", "with", "within",
];

/// What can start at a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// A statement that has no place in a block.
    Statement,
    /// A rule, a group or a line of a test.
    Member,
    Nothing,
}

/// What can start at the token `at`.
pub(super) fn of(text: &str, tokens: &Tokens, at: usize) -> Start {
    let Some(token) = tokens.get(at).filter(|token| token.first) else { return Start::Nothing };
    let at_text = |index: usize| tokens.get(index).map_or("", |token| token_text(text, token));
    let kind = |index: usize| tokens.get(index).map(|token| token.kind);
    let word = token_text(text, token);
    let name_follows = kind(at + 1) == Some(TokenKind::Word);
    let statement = match word {
        "score" | "event" => name_follows,
        "segment" => at_text(at + 2) == "when",
        // In a test `stage = lead` sets the stage.
        "stage" => at_text(at + 1) != "=",
        "test" => matches!(kind(at + 1), Some(TokenKind::Text | TokenKind::OpenText)),
        "group" => false,
        _ => STATEMENTS.contains(&word),
    };
    if statement {
        return Start::Statement;
    }
    let before = at.checked_sub(1).and_then(|before| tokens.get(before));
    let unfinished = before.is_some_and(|before| match before.kind {
        TokenKind::Mark => token_text(text, before) != "%",
        TokenKind::Word => UNFINISHED.contains(&token_text(text, before)),
        TokenKind::Open => token_text(text, before) != "{",
        _ => false,
    });
    let member = match token.kind {
        TokenKind::Word => STATEMENTS.contains(&word) || CONDITIONS.contains(&word) || !is_keyword(word),
        TokenKind::Open => word == "(",
        _ => false,
    };
    if member && !unfinished { Start::Member } else { Start::Nothing }
}

/// The sort of block whose head starts at the token `at`, and its `{`.
pub(super) fn block(text: &str, tokens: &Tokens, at: usize) -> Option<(Context, usize)> {
    let context = match token_text(text, tokens.get(at)?) {
        "score" => Context::Score,
        "group" => Context::Group,
        "band" => Context::Band,
        "test" => Context::Test,
        _ => return None,
    };
    for (index, token) in tokens.from(at).iter().enumerate().skip(1) {
        let ends = token.first && of(text, tokens, at + index) != Start::Nothing;
        match token_text(text, token) {
            "{" => return Some((context, at + index)),
            // None of these stands in a head, so the next `{` belongs to something else.
            "}" | "=>" | "=" => return None,
            _ if ends => return None,
            _ => {}
        }
    }
    None
}

/// Whether a definition that gives a name starts at the token `at`.
pub(super) fn defines(text: &str, tokens: &Tokens, at: usize) -> bool {
    tokens.get(at).is_some_and(|token| DEFINITIONS.contains(&token_text(text, token)))
}

/// Whether the token `at` is the misspelt keyword of a definition that gives a name.
pub(super) fn seems_to_define(text: &str, tokens: &Tokens, at: usize) -> bool {
    let word = tokens.get(at).filter(|token| token.kind == TokenKind::Word);
    let word = word.map_or("", |token| token_text(text, token));
    !is_keyword(word) && closest(word, DEFINITIONS).is_some()
}

/// Whether a statement ends with a `}`, so that nothing behind it can have been meant to belong to it.
pub(super) fn is_block(statement: &StatementKind) -> bool {
    matches!(
        statement,
        StatementKind::Score(_)
            | StatementKind::Group(_)
            | StatementKind::Band { .. }
            | StatementKind::Test(_)
    )
}

fn token_text<'a>(text: &'a str, token: &Token) -> &'a str {
    text.get(token.span.start..token.span.end).unwrap_or("")
}
