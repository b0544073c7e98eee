//! How deep conditions nest, counted before the parser sees them.
//!
//! The parser goes one step deeper into the stack with every parenthesis of a condition, `at least N of` and
//! aggregate, and a tree is as high as those and its `not`s together. So a plain pass over the tokens, without
//! recursion, finds the first token that goes too deep on its path; the parser is given only what stands
//! before it. The parentheses of an event and the brackets of a list hold no conditions and do not count.

use super::token::{Token, TokenKind, Tokens};

/// The first token, from the token `start` on, at which conditions nest deeper than `limit`.
pub(super) fn first_too_deep(text: &str, tokens: &Tokens, start: usize, limit: usize) -> Option<usize> {
    let mut walk = Walk { text, depth: 0, nots: 0, counting: false, open: Vec::new() };
    let (mut before_last, mut last) = (None, None);
    for (index, token) in tokens.from(start).iter().enumerate() {
        let next = tokens.get(start + index + 1);
        if walk.step(before_last, last, token, next) > limit {
            return Some(start + index);
        }
        (before_last, last) = (last, Some(token));
    }
    None
}

struct Walk<'a> {
    text: &'a str,
    /// How deep what stands here is, without the `not`s directly before it.
    depth: usize,
    /// How many `not`s stand before the operand that is coming.
    nots: usize,
    /// Whether this is between `at least` and its `of`.
    counting: bool,
    /// The depth to return to behind each open bracket.
    open: Vec<usize>,
}

impl<'a> Walk<'a> {
    /// Takes one token in and says how deep it is.
    fn step(
        &mut self,
        before_last: Option<&Token>,
        last: Option<&Token>,
        token: &Token,
        next: Option<&Token>,
    ) -> usize {
        match (token.kind, self.at(Some(token))) {
            (TokenKind::Word, "not") if self.at(next) != "in" => {
                self.nots = if self.at(last) == "not" { self.nots + 1 } else { 1 };
            }
            (TokenKind::Word, "at") if self.at(next) == "least" => self.counting = true,
            (TokenKind::Word, "of") => self.counting = false,
            // These belong to an operand whose bracket is still to come.
            (TokenKind::Word, "distinct" | "days" | "sum") => {}
            (TokenKind::Open, bracket) => {
                let counts = match bracket {
                    "(" => !last.is_some_and(|last| self.is_event_kind(last, token)),
                    "[" => {
                        self.at(last) == "of"
                            && !matches!(self.at(before_last), "any" | "all" | "word" | "one")
                    }
                    _ => false,
                };
                self.open.push(self.depth);
                self.depth += self.nots + usize::from(counts);
                (self.nots, self.counting) = (0, false);
            }
            (TokenKind::Close, _) => {
                self.depth = self.open.pop().unwrap_or(0);
                (self.nots, self.counting) = (0, false);
            }
            _ if self.counting => {}
            _ => self.nots = 0,
        }
        self.depth + self.nots
    }

    /// Whether `word` is directly before the bracket and no keyword: then the parser takes it as an event.
    fn is_event_kind(&self, word: &Token, bracket: &Token) -> bool {
        word.kind == TokenKind::Word
            && word.span.end == bracket.span.start
            && !super::keyword::is_keyword(self.at(Some(word)))
    }

    fn at(&self, token: Option<&Token>) -> &'a str {
        token.and_then(|token| self.text.get(token.span.start..token.span.end)).unwrap_or("")
    }
}
