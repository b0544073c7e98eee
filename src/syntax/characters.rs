//! Characters that deceive the eye: those that do not show or turn the text around, and letters that look like
//! others.
//!
//! Outside texts and comments none of them has a place, and the parser says so. Inside they mean what they are,
//! and a warning tells where they stand: a reviewer reads what the screen shows.

use super::ast::Span;
use super::token::{TokenKind, Tokens};
use crate::diagnostic::{Code, Diagnostic, FileId, Place};
use crate::readable;

/// So many lines with such characters are told of one file, more than anybody reads.
const MOST_LINES: usize = 1_000;

/// A warning for each text and comment that holds a character which does not show or turns the text around.
pub(super) fn hidden_characters(text: &str, tokens: &Tokens, file: FileId) -> Vec<Diagnostic> {
    if text.is_ascii() {
        return Vec::new();
    }
    let texts = tokens.from(0).iter().filter(|token| token.kind == TokenKind::Text).map(|token| token.span);
    let places = tokens.comments.iter().copied().chain(texts);
    places.filter_map(|span| hidden_in(text, span, file)).take(MOST_LINES).collect()
}

fn hidden_in(text: &str, span: Span, file: FileId) -> Option<Diagnostic> {
    let inside = text.get(span.start..span.end)?;
    let (at, character, does) = inside
        .char_indices()
        .find_map(|(at, character)| Some((at, character, readable::hidden(character)?)))?;
    let start = span.start + at;
    let place = Place { file, span: Span { start, end: start + character.len_utf8() } };
    let number = u32::from(character);
    let message = format!("the character U+{number:04X} {does}");
    let help = if inside.starts_with('#') {
        "leave it out".to_owned()
    } else {
        format!("leave it out, or write `\\u{{{number:x}}}` where it is meant")
    };
    Some(Diagnostic::new(Code::HiddenCharacter, place, message, "here").help(help))
}

/// The letter, digit or `_` of ASCII that a character looks like: the Cyrillic, Greek and Latin letters that common
/// typefaces draw alike, and the wide forms.
pub(super) fn looks_like(character: char) -> Option<char> {
    const ALIKE: [(char, char); 26] = [
        ('а', 'a'),
        ('α', 'a'),
        ('с', 'c'),
        ('ϲ', 'c'),
        ('ԁ', 'd'),
        ('е', 'e'),
        ('ɡ', 'g'),
        ('һ', 'h'),
        ('і', 'i'),
        ('ι', 'i'),
        ('ı', 'i'),
        ('ј', 'j'),
        ('ӏ', 'l'),
        ('ո', 'n'),
        ('о', 'o'),
        ('ο', 'o'),
        ('օ', 'o'),
        ('р', 'p'),
        ('ρ', 'p'),
        ('ԛ', 'q'),
        ('ѕ', 's'),
        ('υ', 'u'),
        ('ν', 'v'),
        ('ѵ', 'v'),
        ('х', 'x'),
        ('у', 'y'),
    ];
    match character {
        '\u{ff10}'..='\u{ff19}' | '\u{ff41}'..='\u{ff5a}' | '\u{ff3f}' => {
            char::from_u32(u32::from(character) - 0xfee0)
        }
        _ => ALIKE.iter().find(|(alike, _)| *alike == character).map(|(_, plain)| *plain),
    }
}

#[cfg(test)]
mod tests {
    use super::looks_like;

    #[test]
    fn what_looks_like_a_letter_is_none() {
        for character in (0..0x1_0000).filter_map(char::from_u32) {
            if let Some(plain) = looks_like(character) {
                assert!(
                    !character.is_ascii() && (plain.is_ascii_alphanumeric() || plain == '_'),
                    "{character}"
                );
            }
        }
        assert_eq!(
            ['о', 'ｚ', '９', '＿', 'é'].map(looks_like),
            [Some('o'), Some('z'), Some('9'), Some('_'), None]
        );
    }
}
