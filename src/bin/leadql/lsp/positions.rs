//! Lines and columns, as editors count them, and bytes of a text.
//!
//! Lines end with a line feed, a carriage return or both. Columns count from 0, in UTF-16 units or, where the editor
//! offers it, in bytes of UTF-8; a column behind the end of its line means that end, one inside a character its start.

use std::sync::Arc;

use lsp_types::{Position, Range};

/// What a column counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Columns {
    #[default]
    Utf16,
    Utf8,
}

impl Columns {
    fn width(self, character: char) -> usize {
        match self {
            Columns::Utf16 => character.len_utf16(),
            Columns::Utf8 => character.len_utf8(),
        }
    }

    /// The columns of the characters that start in these bytes of a text.
    fn count(self, bytes: &[u8]) -> usize {
        match self {
            Columns::Utf8 => bytes.len(),
            // What takes four bytes takes a pair of surrogates.
            Columns::Utf16 => bytes
                .iter()
                .map(|byte| match byte {
                    0x80..=0xbf => 0,
                    0xf0.. => 2,
                    _ => 1,
                })
                .sum(),
        }
    }
}

/// Columns are counted ahead up to the start of every block of so many bytes, so that a place far along a line is
/// found as fast as any other.
const BLOCK: usize = 1_024;

/// Where the lines of a text start.
#[derive(Debug)]
pub(super) struct Lines {
    text: Arc<str>,
    starts: Vec<usize>,
    columns: Columns,
    /// How many columns the text has before each block of it.
    before_block: Vec<usize>,
}

impl Lines {
    pub(super) fn of(text: Arc<str>, columns: Columns) -> Self {
        let bytes = text.as_bytes();
        let ends = |at: usize| match bytes.get(at) {
            Some(b'\n') => true,
            Some(b'\r') => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        };
        let starts = (0..bytes.len()).filter(|at| ends(*at)).map(|at| at + 1);
        let starts = std::iter::once(0).chain(starts).collect();
        let mut before_block = vec![0];
        for block in bytes.chunks(BLOCK) {
            before_block.push(before_block.last().copied().unwrap_or(0) + columns.count(block));
        }
        Lines { text, starts, columns, before_block }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The byte of a position; none if the text has no such line.
    pub(super) fn byte(&self, position: Position) -> Option<usize> {
        let line = usize::try_from(position.line).ok()?;
        let start = *self.starts.get(line)?;
        let end = self.starts.get(line + 1).copied().unwrap_or(self.text.len());
        let content = self.text.get(start..end)?.trim_end_matches(['\n', '\r']);
        let wanted = usize::try_from(position.character).unwrap_or(usize::MAX);
        let mut column = 0;
        for (at, character) in content.char_indices() {
            column += self.columns.width(character);
            if column > wanted {
                return Some(start + at);
            }
        }
        Some(start + content.len())
    }

    /// The position of a byte; behind the text its end.
    pub(super) fn position(&self, byte: usize) -> Position {
        // A byte inside a character stands for its start.
        let mut byte = byte.min(self.text.len());
        while !self.text.is_char_boundary(byte) {
            byte -= 1;
        }
        let line = self.starts.partition_point(|start| *start <= byte).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or(0);
        let column = self.columns_before(byte).saturating_sub(self.columns_before(start));
        Position::new(u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
    }

    fn columns_before(&self, byte: usize) -> usize {
        let block = byte / BLOCK;
        let rest = self.text.as_bytes().get(block * BLOCK..byte).unwrap_or_default();
        self.before_block.get(block).copied().unwrap_or(0) + self.columns.count(rest)
    }

    pub(super) fn range(&self, bytes: &std::ops::Range<usize>) -> Range {
        Range::new(self.position(bytes.start), self.position(bytes.end))
    }

    /// The bytes of a range; what stands the wrong way round is empty.
    pub(super) fn bytes(&self, range: Range) -> Option<std::ops::Range<usize>> {
        let start = self.byte(range.start)?;
        Some(start..self.byte(range.end)?.max(start))
    }

    /// The range of a whole line, its end left out.
    pub(super) fn line(&self, line: usize) -> Range {
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        let start = Position::new(line, 0);
        let end = self.byte(Position::new(line, u32::MAX)).map_or(start, |end| self.position(end));
        Range::new(start, end)
    }

    /// The whole text.
    pub(super) fn whole(&self) -> Range {
        Range::new(Position::new(0, 0), self.position(self.text.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_in_the_units_asked_for() {
        let text = "ä😀x\r\nb\rc\n";
        let utf16 = Lines::of(text.into(), Columns::Utf16);
        let utf8 = Lines::of(text.into(), Columns::Utf8);
        for (byte, in_utf16, in_utf8) in [
            (0, (0, 0), (0, 0)),
            (2, (0, 1), (0, 2)),
            (6, (0, 3), (0, 6)),
            (7, (0, 4), (0, 7)),
            (9, (1, 0), (1, 0)),
        ] {
            assert_eq!(utf16.position(byte), Position::new(in_utf16.0, in_utf16.1), "{byte}");
            assert_eq!(utf8.position(byte), Position::new(in_utf8.0, in_utf8.1), "{byte}");
            assert_eq!(utf16.byte(Position::new(in_utf16.0, in_utf16.1)), Some(byte));
            assert_eq!(utf8.byte(Position::new(in_utf8.0, in_utf8.1)), Some(byte));
        }
        assert_eq!(utf16.position(11), Position::new(2, 0), "a carriage return alone ends a line");
        assert_eq!(utf16.position(13), Position::new(3, 0));
    }

    #[test]
    fn columns_out_of_range_are_cut_and_lines_out_of_range_are_none() {
        let lines = Lines::of("😀b\r\nc".into(), Columns::Utf16);
        assert_eq!(lines.byte(Position::new(0, 1)), Some(0), "inside a pair of surrogates");
        assert_eq!(lines.byte(Position::new(0, 99)), Some(5), "before the end of the line");
        assert_eq!(lines.byte(Position::new(1, u32::MAX)), Some(8));
        assert_eq!(lines.byte(Position::new(2, 0)), None);
        assert_eq!(Lines::of("".into(), Columns::Utf8).byte(Position::new(0, 3)), Some(0));
        let wrong_way = Range::new(Position::new(1, 1), Position::new(0, 0));
        assert_eq!(lines.bytes(wrong_way), Some(8..8));
    }

    #[test]
    fn every_byte_comes_back() {
        let text = &("visited(pricing)\r\n# größer 😀 als\n\n\"x\"".to_owned() + &"ä😀x".repeat(1_000));
        for columns in [Columns::Utf8, Columns::Utf16] {
            let lines = Lines::of(text.as_str().into(), columns);
            for (byte, character) in
                text.char_indices().filter(|(_, character)| !matches!(character, '\r' | '\n'))
            {
                assert_eq!(lines.byte(lines.position(byte)), Some(byte), "{character}");
            }
        }
    }
}
