//! A first, plain pass over the text: words, numbers, texts, marks and brackets, where each stands, and which
//! bracket closes which.
//!
//! It never fails and takes time in proportion to the text. The parser does not read these tokens; they serve
//! what has to be known before it runs (how deep the text nests) and after it failed (what stands at the place,
//! where the next statement starts, which bracket is open).

use super::ast::Span;

/// A stretch of text that belongs together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
    /// Whether it is the first on its line.
    pub(super) first: bool,
    /// The token that closes or opens this bracket, if there is one.
    pub(super) partner: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// Letters, digits and `_`, a digit not first; letters of any script, so that a bad name is one token.
    Word,
    /// Whatever starts with a digit: a number, a duration, an instant, or what was meant to be one.
    Number,
    /// A text with both its quotes.
    Text,
    /// A text whose line ends before it does.
    OpenText,
    /// `(`, `[` or `{`
    Open,
    /// `)`, `]` or `}`
    Close,
    /// An operator or another mark.
    Mark,
    /// Characters that have no place outside texts and comments.
    Stray,
}

/// All tokens of a text and its comments.
#[derive(Clone, Debug, Default)]
pub(super) struct Tokens {
    list: Vec<Token>,
    pub(super) comments: Vec<Span>,
}

/// The marks of more than one character; those that LeadQL lacks are here because they are other languages'.
const LONG_MARKS: [&str; 11] = ["=>", ">=", "<=", "!=", "==", "=<", "<>", "->", "&&", "||", ".."];

impl Tokens {
    /// Takes `text` apart from the byte `start` on.
    pub(super) fn scan(text: &str, start: usize) -> Tokens {
        let mut scanner = Scanner {
            text,
            at: start,
            tokens: Tokens::default(),
            parens: Vec::new(),
            brackets: Vec::new(),
            braces: Vec::new(),
        };
        scanner.run();
        scanner.tokens
    }

    pub(super) fn get(&self, index: usize) -> Option<&Token> {
        self.list.get(index)
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// The tokens from `index` on.
    pub(super) fn from(&self, index: usize) -> &[Token] {
        self.list.get(index..).unwrap_or_default()
    }

    /// The first token that starts at `position` or behind it.
    pub(super) fn at_or_behind(&self, position: usize) -> usize {
        self.list.partition_point(|token| token.span.start < position)
    }

    /// The word that introduces the duration at `position`, with a space, so that a help text can repeat it.
    pub(super) fn lead_in<'a>(&self, text: &'a str, position: usize) -> &'a str {
        const WORDS: [&str; 5] = ["within", "every", "for", "sla", "after"];
        let before = self.at_or_behind(position).checked_sub(1).and_then(|index| self.get(index));
        let word = before.and_then(|token| text.get(token.span.start..token.span.end)).unwrap_or("");
        let spaced = before.and_then(|token| text.get(token.span.start..=token.span.end)).unwrap_or("");
        if WORDS.contains(&word) && spaced.ends_with(' ') { spaced } else { "" }
    }

    /// Where the last token that starts before `position` ends, if there is one.
    pub(super) fn last_end_before(&self, position: usize) -> Option<usize> {
        let behind = self.at_or_behind(position);
        self.list.get(behind.checked_sub(1)?).map(|token| token.span.end)
    }
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    tokens: Tokens,
    // The brackets not closed yet, by sort, so that finding a partner never means searching for it.
    parens: Vec<u32>,
    brackets: Vec<u32>,
    braces: Vec<u32>,
}

impl<'a> Scanner<'a> {
    fn run(&mut self) {
        let mut first = true;
        while let Some(next) = self.rest().chars().next() {
            match next {
                '\n' => {
                    first = true;
                    self.at += 1;
                }
                ' ' | '\t' | '\r' => self.at += 1,
                '#' => self.comment(),
                _ => {
                    self.token(next, first);
                    first = false;
                }
            }
        }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn comment(&mut self) {
        let line = self.rest().lines().next().unwrap_or("");
        let span = Span { start: self.at, end: self.at + line.len() };
        self.tokens.comments.push(span);
        self.at = span.end;
    }

    fn token(&mut self, next: char, first: bool) {
        let rest = self.rest();
        let (kind, length) = match next {
            '0'..='9' => (TokenKind::Number, number_length(rest)),
            '"' => text_length(rest),
            '(' | '[' | '{' => (TokenKind::Open, 1),
            ')' | ']' | '}' => (TokenKind::Close, 1),
            _ if is_word_start(next) => (TokenKind::Word, length_while(rest, is_word)),
            _ if next.is_ascii_graphic() => {
                let long = LONG_MARKS.iter().find(|mark| rest.starts_with(**mark));
                (TokenKind::Mark, long.map_or(1, |mark| mark.len()))
            }
            _ => (TokenKind::Stray, next.len_utf8()),
        };
        let span = Span { start: self.at, end: self.at + length };
        let partner = match kind {
            TokenKind::Close => self.close(next),
            _ => None,
        };
        // OK because a text has fewer tokens than bytes, and one of 4 GiB is refused long before.
        let index = u32::try_from(self.tokens.list.len()).unwrap_or(u32::MAX);
        match next {
            '(' => self.parens.push(index),
            '[' => self.brackets.push(index),
            '{' => self.braces.push(index),
            _ => {}
        }
        self.tokens.list.push(Token { kind, span, first, partner });
        self.at = span.end;
    }

    /// Pairs a closing bracket with the last open one of its sort. A `}` closes a block over the heads of
    /// brackets left open in it; `)` and `]` reach no further out than the innermost `{`.
    fn close(&mut self, closing: char) -> Option<u32> {
        let index = u32::try_from(self.tokens.list.len()).ok()?;
        let (opening, braces) = match closing {
            ')' => (self.parens.last().copied()?, false),
            ']' => (self.brackets.last().copied()?, false),
            _ => (self.braces.last().copied()?, true),
        };
        if !braces && self.braces.last().is_some_and(|brace| *brace > opening) {
            return None;
        }
        for open in [&mut self.parens, &mut self.brackets, &mut self.braces] {
            open.truncate(open.partition_point(|bracket| *bracket < opening));
        }
        if let Some(token) = self.tokens.list.get_mut(opening as usize) {
            token.partner = Some(index);
        }
        Some(opening)
    }
}

fn is_word_start(character: char) -> bool {
    character == '_' || character.is_alphabetic()
}

fn is_word(character: char) -> bool {
    character == '_' || character.is_alphanumeric()
}

fn length_while(text: &str, belongs: fn(char) -> bool) -> usize {
    text.find(|character| !belongs(character)).unwrap_or(text.len())
}

/// The length of whatever starts with a digit: `12`, `1_000.5`, `30days`, `2026-10-01T09:30:00Z`, `1.10.2026`.
fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    if (0..4).all(digit) && bytes.get(4) == Some(&b'-') && digit(5) {
        let in_instant = |byte: &u8| byte.is_ascii_alphanumeric() || b"-:.+".contains(byte);
        return bytes.iter().take_while(|byte| in_instant(byte)).count();
    }
    let mut end = 0;
    loop {
        end += length_while(text.get(end..).unwrap_or(""), is_word);
        if bytes.get(end) == Some(&b'.') && digit(end + 1) {
            end += 1;
        } else {
            return end;
        }
    }
}

/// The length of a text with its quotes, or up to the end of the line where it is not closed.
fn text_length(text: &str) -> (TokenKind, usize) {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            b'\n' | b'\r' => return (TokenKind::OpenText, at),
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return (TokenKind::Text, at + 1),
            _ => {}
        }
    }
    (TokenKind::OpenText, text.len())
}
