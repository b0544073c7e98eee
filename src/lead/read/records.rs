//! CSV records, cell by cell, as RFC 4180 has them.
//!
//! Why not a crate: a record has to come with the line on which it begins, a quote that never closes or text
//! behind a closing quote has to be an error rather than a guess (a guess swallows the leads that follow), and
//! no record may grow without bound. A quote inside a cell that does not begin with one is an ordinary character.

use std::io::BufRead;

use super::error::{Failure, ReadErrorKind};
use super::lines::{Lines, content};

/// The cells of one record.
#[derive(Debug, Default)]
pub(super) struct Record {
    text: String,
    /// Where each cell ends in `text`.
    ends: Vec<usize>,
    /// The line on which it begins.
    pub(super) line: u64,
}

impl Record {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The cells, quotes and doubled quotes undone, blanks still there.
    pub(super) fn cells(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| self.text.get(start..*end).unwrap_or_default())
    }

    /// The cell in the column `at`, counting from 0.
    pub(super) fn cell(&self, at: usize) -> Option<&str> {
        let start = at.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.text.get(start..*self.ends.get(at)?)
    }

    fn end_cell(&mut self) {
        self.ends.push(self.text.len());
    }
}

/// The records of a file.
#[derive(Debug)]
pub(super) struct Records<R> {
    lines: Lines<R>,
    raw: Vec<u8>,
}

impl<R: BufRead> Records<R> {
    pub(super) const fn new(lines: Lines<R>) -> Self {
        Records { lines, raw: Vec::new() }
    }

    /// Reads the next record into `record`; blank lines are skipped. Gives whether there was one. After an
    /// error the next record is the one on the next line.
    pub(super) fn next(&mut self, record: &mut Record) -> Result<bool, Failure> {
        self.raw.clear();
        record.text.clear();
        record.ends.clear();
        while content(&self.raw).is_none() {
            self.raw.clear();
            if !self.append()? {
                return Ok(false);
            }
        }
        record.line = self.lines.number();
        // The lines of a record are added while one of its quotes is open.
        let mut open = OpenQuote::default();
        while open.after(&self.raw) {
            if !self.append().map_err(|failure| Failure { line: record.line, ..failure })? {
                let line = record.line + newlines(self.raw.get(..open.opened).unwrap_or_default());
                return Err(Failure::new(line, ReadErrorKind::UnclosedQuote));
            }
        }
        let raw = self.raw.strip_suffix(b"\n").unwrap_or(&self.raw);
        let raw = raw.strip_suffix(b"\r").unwrap_or(raw);
        let text = std::str::from_utf8(raw).map_err(|error| {
            let before = raw.get(..error.valid_up_to()).unwrap_or_default();
            let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
            Failure::new(record.line + newlines(before), ReadErrorKind::NotUtf8 { byte: column })
        })?;
        split(text, record)?;
        Ok(true)
    }

    fn append(&mut self) -> Result<bool, Failure> {
        let limit = self.lines.limit();
        self.lines.append(&mut self.raw).map_err(|error| Failure::line(self.lines.number(), limit, error))
    }
}

fn newlines(raw: &[u8]) -> u64 {
    u64::try_from(raw.iter().filter(|byte| **byte == b'\n').count()).unwrap_or(u64::MAX)
}

/// Follows the quotes of a record as its lines come in.
#[derive(Default)]
struct OpenQuote {
    /// So far has been looked at.
    seen: usize,
    state: State,
    /// Where the quote that was opened last stands.
    opened: usize,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum State {
    /// At the start of a cell.
    #[default]
    Start,
    /// In a cell that does not begin with a quote, or behind a closing quote.
    Plain,
    Quoted,
    /// Behind a quote in a quoted cell: the closing one, or the first of two.
    Quote,
}

impl OpenQuote {
    /// Whether a quote is open at the end of `raw`.
    fn after(&mut self, raw: &[u8]) -> bool {
        for (at, byte) in raw.iter().enumerate().skip(self.seen) {
            self.state = match (self.state, byte) {
                (State::Start, b'"') => {
                    self.opened = at;
                    State::Quoted
                }
                (State::Quoted, b'"') => State::Quote,
                (State::Quote, b'"') | (State::Quoted, _) => State::Quoted,
                (_, b',') => State::Start,
                _ => State::Plain,
            };
        }
        self.seen = raw.len();
        self.state == State::Quoted
    }
}

/// Splits a whole record, without the end of its last line, into cells.
fn split(text: &str, record: &mut Record) -> Result<(), Failure> {
    let mut rest = text;
    loop {
        let behind = match rest.strip_prefix('"') {
            Some(quoted) => {
                rest = unquote(quoted, &mut record.text);
                let blank = rest.split(',').next().unwrap_or_default();
                if !blank.trim_matches([' ', '\t']).is_empty() {
                    let before = text.len() - rest.len();
                    let line = record.line + newlines(text.get(..before).unwrap_or_default().as_bytes());
                    return Err(Failure::new(line, ReadErrorKind::TextAfterQuote));
                }
                rest.split_once(',')
            }
            None => {
                let behind = rest.split_once(',');
                record.text.push_str(behind.map_or(rest, |(cell, _)| cell));
                behind
            }
        };
        record.end_cell();
        match behind {
            Some((_, behind)) => rest = behind,
            None => return Ok(()),
        }
    }
}

/// Adds the cell that `quoted`, behind its opening quote, begins with to `text`; gives what stands behind it.
fn unquote<'a>(quoted: &'a str, text: &mut String) -> &'a str {
    let mut rest = quoted;
    while let Some((before, behind)) = rest.split_once('"') {
        text.push_str(before);
        match behind.strip_prefix('"') {
            Some(behind) => {
                text.push('"');
                rest = behind;
            }
            None => return behind,
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Vec<Result<(u64, Vec<String>), String>> {
        read_within(text, 1_000)
    }

    fn read_within(text: &[u8], limit: u64) -> Vec<Result<(u64, Vec<String>), String>> {
        let mut records = Records::new(Lines::new(text, limit));
        let (mut record, mut read) = (Record::default(), Vec::new());
        loop {
            read.push(match records.next(&mut record) {
                Ok(false) => return read,
                Ok(true) => {
                    let by_place: Vec<_> = (0..record.len()).map(|at| record.cell(at).unwrap()).collect();
                    assert_eq!(by_place, record.cells().collect::<Vec<_>>());
                    assert_eq!(record.cell(record.len()), None);
                    Ok((record.line, by_place.into_iter().map(str::to_owned).collect()))
                }
                Err(failure) => Err(format!("{}: {}", failure.line, failure.kind)),
            });
        }
    }

    fn cells(text: &str) -> Vec<String> {
        match read(text.as_bytes()).swap_remove(0) {
            Ok((_, cells)) => cells,
            Err(error) => vec![error],
        }
    }

    #[test]
    fn cells_are_cut_and_unquoted() {
        assert_eq!(cells("a,b,c"), ["a", "b", "c"]);
        assert_eq!(cells("a,,\r\n"), ["a", "", ""]);
        assert_eq!(cells(",\n"), ["", ""]);
        assert_eq!(cells("\"a,b\",\"say \"\"hi\"\"\",\"\"\n"), ["a,b", "say \"hi\"", ""]);
        assert_eq!(cells("\"a\" ,b"), ["a", "b"]);
        assert_eq!(cells("5\" pipe, \"x\"\n"), ["5\" pipe", " \"x\""]);
        assert_eq!(cells("\"\"\"\"\n"), ["\""]);
        assert_eq!(cells("é,\u{0},ü\n"), ["é", "\0", "ü"]);
    }

    #[test]
    fn records_know_the_line_on_which_they_begin() {
        let read = read(b"\xef\xbb\xbfa\n\n  \r\n\"b\r\nc\",d\ne");
        let lines: Vec<_> = read.into_iter().map(Result::unwrap).collect();
        let records = [(1, vec!["a"]), (4, vec!["b\r\nc", "d"]), (6, vec!["e"])];
        assert_eq!(
            lines,
            records.map(|(line, cells)| (line, cells.into_iter().map(str::to_owned).collect()))
        );
    }

    #[test]
    fn quotes_gone_wrong_are_errors_with_their_line() {
        assert_eq!(
            read(b"a\nb,\"c\nd\ne"),
            [Ok((1, vec!["a".to_owned()])), Err("2: the quote that opens here is never closed".to_owned())]
        );
        let read = read(b"\"x\ny\",\"a\"b\nnext");
        assert_eq!(
            read,
            [
                Err("2: text behind a closing quote; write a quote inside a quoted cell twice".to_owned()),
                Ok((3, vec!["next".to_owned()]))
            ]
        );
    }

    #[test]
    fn what_is_not_utf8_or_too_long_is_an_error_and_reading_goes_on() {
        assert_eq!(
            read(b"\"x\nab\xff\"\nnext"),
            [
                Err("2: is not UTF-8 (byte 3 of the line); save the file as UTF-8".to_owned()),
                Ok((3, vec!["next".to_owned()]))
            ]
        );
        // Cells that would be UTF-8 only without the comma between them.
        assert!(read(b"\xc3,\xa9")[0].is_err());
        let read = read_within(b"\"ab\ncdefghijkl\nx\n", 8);
        assert_eq!(read, [Err("1: is longer than 8 bytes".to_owned()), Ok((3, vec!["x".to_owned()]))]);
    }

    #[test]
    fn a_long_open_quote_takes_time_in_proportion_to_its_length() {
        let text = format!("\"{}", "\n".repeat(300_000));
        assert_eq!(read_within(text.as_bytes(), 1 << 20).len(), 1);
    }
}
