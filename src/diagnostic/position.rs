//! Lines and columns of places in a text.
//!
//! A text goes in once, then any number of byte places come out as line and column, each in the same short
//! time however long the text and its lines are.

/// A place in a file, counted in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Position {
    /// From 1.
    pub line: usize,
    /// In characters, from 1; a byte-order mark at the start of the file is none.
    pub column: usize,
}

pub(super) const BYTE_ORDER_MARK: char = '\u{feff}';

/// Characters are counted ahead up to the start of every block of so many bytes.
const BLOCK: usize = 1_024;

/// Where the lines of a text start, and how many characters stand before each block of it.
pub(super) struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
    /// One more than there are blocks: the last counts the whole text.
    before_block: Vec<usize>,
}

impl<'t> Lines<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let first = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() } else { 0 };
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(first).chain(newlines.map(|(at, _)| at + 1)).collect();
        let mut before_block = vec![0];
        for block in text.as_bytes().chunks(BLOCK) {
            before_block.push(before_block.last().copied().unwrap_or(0) + count(block));
        }
        Lines { text, starts, before_block }
    }

    /// The position of the byte `at`; behind the text its end.
    pub(super) fn position(&self, at: usize) -> Position {
        let (line, start) = self.line_at(at);
        let column = self.characters_before(at).saturating_sub(self.characters_before(start)) + 1;
        Position { line, column }
    }

    /// Where the line starts that the byte `at` stands on, the byte-order mark left out.
    pub(super) fn start(&self, at: usize) -> usize {
        self.line_at(at).1
    }

    /// The number of the line, from 1, and where it starts.
    fn line_at(&self, at: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= at).max(1);
        (line, self.starts.get(line - 1).copied().unwrap_or(0))
    }

    fn characters_before(&self, at: usize) -> usize {
        let at = at.min(self.text.len());
        let block = at / BLOCK;
        let rest = self.text.as_bytes().get(block * BLOCK..at).unwrap_or_default();
        self.before_block.get(block).copied().unwrap_or(0) + count(rest)
    }
}

/// How many characters start in these bytes of a text.
fn count(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| !matches!(byte, 0x80..=0xbf)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(text: &str, at: usize) -> (usize, usize) {
        let position = Lines::of(text).position(at);
        (position.line, position.column)
    }

    #[test]
    fn lines_and_characters_count_from_one() {
        let text = "a\r\nöx\n";
        let expected = [(1, 1), (1, 2), (1, 3), (2, 1)];
        for (at, expected) in expected.into_iter().enumerate() {
            assert_eq!(position(text, at), expected, "{at}");
        }
        assert_eq!(position(text, 5), (2, 2));
        assert_eq!(position(text, 7), (3, 1));
        assert_eq!(position("", 0), (1, 1));
        assert_eq!(position("", 9), (1, 1));
    }

    #[test]
    fn a_byte_order_mark_is_no_character() {
        assert_eq!(position("\u{feff}ab\nc", 3), (1, 1));
        assert_eq!(position("\u{feff}ab\nc", 4), (1, 2));
        assert_eq!(position("\u{feff}ab\nc", 6), (2, 1));
        assert_eq!(position("\u{feff}", 0), (1, 1));
    }

    #[test]
    fn blocks_change_nothing() {
        let text = "é€x\n".repeat(1_000) + &"ä".repeat(3_000);
        let lines = Lines::of(&text);
        for (at, _) in text.char_indices().chain([(text.len(), ' ')]) {
            let before = &text[..at];
            let line = before.matches('\n').count() + 1;
            let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
            assert_eq!((lines.position(at).line, lines.position(at).column), (line, column), "{at}");
        }
        assert_eq!(position(&"x".repeat(BLOCK), BLOCK), (1, BLOCK + 1));
    }
}
