//! A first, plain pass over the text: words, numbers, texts, marks and brackets, where each stands, and which
//! bracket closes which.
//!
//! It never fails and takes time in proportion to the text. The parser does not read these tokens; they serve
//! what has to be known before it runs (how deep the text nests) and after it failed (what stands at the place,
//! where the next statement starts, which bracket is open).

use super::ast::Span;

/// A stretch of text that belongs together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) span: Span,
    /// Whether it is the first on its line.
    pub(crate) first: bool,
    /// The token that closes or opens this bracket, if there is one.
    pub(crate) partner: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
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
pub(crate) struct Tokens {
    list: Vec<Token>,
    pub(crate) comments: Vec<Span>,
}

/// The marks of more than one character; those that LeadQL lacks are here because they are other languages'.
const LONG_MARKS: [&str; 11] = ["=>", ">=", "<=", "!=", "==", "=<", "<>", "->", "&&", "||", ".."];

impl Tokens {
    /// Takes `text` apart from the byte `start` on.
    pub(crate) fn scan(text: &str, start: usize) -> Tokens {
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

    pub(crate) fn get(&self, index: usize) -> Option<&Token> {
        self.list.get(index)
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// The tokens from `index` on.
    pub(crate) fn from(&self, index: usize) -> &[Token] {
        self.list.get(index..).unwrap_or_default()
    }

    /// The first token that starts at `position` or behind it.
    pub(crate) fn at_or_behind(&self, position: usize) -> usize {
        self.list.partition_point(|token| token.span.start < position)
    }

    /// The word that introduces the duration at `position`, with a space, so that a help text can repeat it.
    pub(crate) fn lead_in<'a>(&self, text: &'a str, position: usize) -> &'a str {
        const WORDS: [&str; 5] = ["within", "every", "for", "sla", "after"];
        let before = self.at_or_behind(position).checked_sub(1).and_then(|index| self.get(index));
        let word = before.and_then(|token| text.get(token.span.start..token.span.end)).unwrap_or("");
        let spaced = before.and_then(|token| text.get(token.span.start..=token.span.end)).unwrap_or("");
        if WORDS.contains(&word) && spaced.ends_with(' ') { spaced } else { "" }
    }

    /// Where the last token that starts before `position` ends, if there is one.
    pub(crate) fn last_end_before(&self, position: usize) -> Option<usize> {
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

/// The length of a text with its quotes. Where its line ends first, it is either not closed, or there is a line
/// break inside: if one of the next lines closes it, all up to there is meant to be text.
fn text_length(text: &str) -> (TokenKind, usize) {
    let (mut escaped, mut length) = (false, text.len());
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            b'\n' | b'\r' => {
                length = at;
                break;
            }
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return (TokenKind::Text, at + 1),
            _ => {}
        }
    }
    // A line on which a quote is left over when they are paired up has the one that closes.
    let mut start = length;
    for line in text.get(length..).unwrap_or("").split_inclusive('\n').take(MOST_LINES) {
        let quotes = line.matches('"').count();
        if quotes % 2 == 1 {
            length = start + line.find('"').map_or(0, |quote| quote + 1);
        }
        if quotes > 0 {
            break;
        }
        start += line.len();
    }
    (TokenKind::OpenText, length)
}

/// How far a text is taken to go on that is not closed on its line: so many line breaks.
const MOST_LINES: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<(TokenKind, &str, bool)> {
        let tokens = Tokens::scan(text, 0);
        tokens.from(0).iter().map(|t| (t.kind, &text[t.span.start..t.span.end], t.first)).collect()
    }

    #[test]
    fn what_belongs_together_is_one_token() {
        use TokenKind::{Close, Mark, Number, Open, OpenText, Stray, Text, Word};
        assert_eq!(
            words("größe>=1_0.5..30days 2026-10-01T09:30:00+02:00\n 1.10.2026=>-\"a\\\"#\"('\u{0}) \"open"),
            [
                (Word, "größe", true),
                (Mark, ">=", false),
                (Number, "1_0.5", false),
                (Mark, "..", false),
                (Number, "30days", false),
                (Number, "2026-10-01T09:30:00+02:00", false),
                (Number, "1.10.2026", true),
                (Mark, "=>", false),
                (Mark, "-", false),
                (Text, "\"a\\\"#\"", false),
                (Open, "(", false),
                (Mark, "'", false),
                (Stray, "\u{0}", false),
                (Close, ")", false),
                (OpenText, "\"open", false),
            ]
        );
    }

    #[test]
    fn a_text_with_a_line_break_inside_is_one_token() {
        let kinds = |text: &str| words(text).iter().map(|(_, word, _)| word.len()).collect::<Vec<_>>();
        assert_eq!(kinds("\"a\nb\" c"), [5, 1]);
        assert_eq!(kinds("\"a\n\r\nb\" \"c\" d"), [7, 3, 1]);
        assert_eq!(kinds("\"a\nb \"c\""), [2, 1, 3], "each quote of the second line has its partner there");
        assert_eq!(kinds("\"a\nb"), [2, 1]);
    }

    #[test]
    fn brackets_find_their_partners() {
        let partners = |text: &str| {
            let tokens = Tokens::scan(text, 0);
            tokens.from(0).iter().map(|token| token.partner).collect::<Vec<_>>()
        };
        assert_eq!(partners("([])"), [Some(3), Some(2), Some(1), Some(0)]);
        assert_eq!(partners("{(}"), [Some(2), None, Some(0)], "a brace closes over what was left open");
        assert_eq!(partners("({)}"), [None, Some(3), None, Some(1)], "nothing closes out of a block");
        assert_eq!(partners("([)"), [Some(2), None, Some(0)]);
        assert_eq!(partners(")]}"), [None, None, None]);
    }

    #[test]
    fn comments_end_with_their_line() {
        let text = "a # b\r\n\"# c\" #d";
        let comments = Tokens::scan(text, 0).comments;
        assert_eq!(comments.iter().map(|c| &text[c.start..c.end]).collect::<Vec<_>>(), ["# b", "#d"]);
    }
}
