//! Text and numbers as they may stand in an SVG or HTML document.

use std::fmt;

/// A text in the content of an element or in a quoted attribute: marks are escaped, and what XML allows in no
/// form is replaced.
pub(crate) struct Escaped<T>(pub(super) T);

impl<T: AsRef<str>> fmt::Display for Escaped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write;
        for letter in self.0.as_ref().chars() {
            match letter {
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '&' => f.write_str("&amp;")?,
                '"' => f.write_str("&quot;")?,
                '\t' | '\n' | '\r' => f.write_char(' ')?,
                '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => {
                    f.write_char(char::REPLACEMENT_CHARACTER)?;
                }
                letter => f.write_char(letter)?,
            }
        }
        Ok(())
    }
}

/// The text, or as much of it as `most` characters hold, with a sign that there is more.
pub(crate) fn cut(text: &str, most: usize) -> String {
    if text.chars().nth(most).is_none() {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(most.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

/// A coordinate, to the hundredth.
pub(crate) struct At(pub(super) f64);

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Zero has no sign.
        let hundredths = (self.0 * 100.0).round() + 0.0;
        write!(f, "{}", hundredths / 100.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_breaks_out_of_its_place() {
        let hostile = "</text><script>&amp;\"'\u{0}\u{1b}\n\u{ffff}é";
        let escaped = Escaped(hostile).to_string();
        assert_eq!(escaped, "&lt;/text&gt;&lt;script&gt;&amp;amp;&quot;'\u{fffd}\u{fffd} \u{fffd}é");
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(cut("äöü", 3), "äöü");
        assert_eq!(cut("äöüß", 3), "äö…");
        assert_eq!(cut("", 0), "");
    }

    #[test]
    fn coordinates_are_short() {
        for (value, text) in
            [(1.0, "1"), (0.125, "0.13"), (-0.001, "0"), (1.0 / 3.0, "0.33"), (120.25, "120.25")]
        {
            assert_eq!(At(value).to_string(), text);
        }
    }
}
