//! Text from outside, made fit to be read: nothing in it that an eye cannot see, and no more of it than helps.

use std::fmt::Write as _;

/// What a character does that no eye can see: it does not show, or it turns the order of what is read around.
/// Joiners (U+200C, U+200D) belong to how some scripts and emoji are written, and are none of these.
pub(crate) const fn hidden(c: char) -> Option<&'static str> {
    match c {
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            Some("changes the direction of the text")
        }
        '\u{ad}'
        | '\u{180e}'
        | '\u{200b}'
        | '\u{2060}'..='\u{2065}'
        | '\u{206a}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' => Some("does not show"),
        _ => None,
    }
}

/// Whether a character is hidden, or shows as nothing but room: a tab, a line break, another blank than the usual.
pub(crate) fn unseen(c: char) -> bool {
    c.is_control() || (c.is_whitespace() && c != ' ') || hidden(c).is_some()
}

/// `text` with what is unseen escaped as LeadQL writes it, `\u{…}`, and cut behind `longest` characters.
pub(crate) fn readable(text: &str, longest: usize) -> String {
    let mut readable = String::new();
    for (index, c) in text.chars().enumerate() {
        if index == longest {
            readable.push('…');
            break;
        }
        if unseen(c) {
            // OK because writing to a String does not fail.
            let _ = write!(readable, "\\u{{{:x}}}", u32::from(c));
        } else {
            readable.push(c);
        }
    }
    readable
}

/// As [`readable`], in quotes, so that it shows where the text begins and ends.
pub(crate) fn quoted(text: &str, longest: usize) -> String {
    format!("\"{}\"", readable(text, longest).replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unseen_is_escaped_and_what_is_long_is_cut() {
        assert_eq!(readable("a\u{1b}[31m\u{202e}\nß", 99), "a\\u{1b}[31m\\u{202e}\\u{a}ß");
        assert_eq!(readable("abcd", 4), "abcd");
        assert_eq!(readable("abcde", 4), "abcd…");
        assert_eq!(quoted("a \"b\"", 9), r#""a \"b\"""#);
        // A joined family and an accent that stands apart stay as they are.
        let joined = "👩\u{200d}👧 e\u{301}";
        assert_eq!(readable(joined, 99), joined);
    }
}
