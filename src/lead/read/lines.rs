//! The lines of a file, one at a time into a buffer that is used again, none longer than a limit.

use std::io::{self, BufRead, Read};

/// Reads lines from `R` and counts them.
#[derive(Debug)]
pub(super) struct Lines<R> {
    reader: R,
    number: u64,
    limit: u64,
}

/// Why a line could not be read.
#[derive(Debug)]
pub(super) enum LineError {
    Io(io::Error),
    /// The line, or what the buffer holds with it, is longer than the limit; the rest of it has been skipped.
    TooLong,
}

impl<R: BufRead> Lines<R> {
    pub(super) const fn new(reader: R, limit: u64) -> Self {
        Lines { reader, number: 0, limit }
    }

    /// The number of the line that was read last, from 1.
    pub(super) const fn number(&self) -> u64 {
        self.number
    }

    /// The most bytes that the buffer may come to hold.
    pub(super) const fn limit(&self) -> u64 {
        self.limit
    }

    /// Adds the next line to the buffer, its end included; a byte-order mark before the first is skipped. Gives
    /// whether there was a line.
    pub(super) fn append(&mut self, buffer: &mut Vec<u8>) -> Result<bool, LineError> {
        const MARK: &[u8] = "\u{feff}".as_bytes();
        let held = u64::try_from(buffer.len()).unwrap_or(u64::MAX);
        // One more for the end of the line.
        let room = self.limit.saturating_sub(held).saturating_add(1);
        let read = (&mut self.reader).take(room).read_until(b'\n', buffer).map_err(LineError::Io)?;
        if read == 0 {
            return Ok(false);
        }
        self.number += 1;
        if self.number == 1 && buffer.starts_with(MARK) {
            buffer.drain(..MARK.len());
        }
        if u64::try_from(read).is_ok_and(|read| read >= room) && buffer.last() != Some(&b'\n') {
            self.skip_rest()?;
            return Err(LineError::TooLong);
        }
        Ok(true)
    }

    fn skip_rest(&mut self) -> Result<(), LineError> {
        self.reader.skip_until(b'\n').map(drop).map_err(LineError::Io)
    }
}

/// The line without its end; none where it is blank.
pub(super) fn content(line: &[u8]) -> Option<&[u8]> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    (!line.iter().all(u8::is_ascii_whitespace)).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8], limit: u64) -> Vec<Result<String, u64>> {
        let mut lines = Lines::new(text, limit);
        let mut read = Vec::new();
        loop {
            let mut line = Vec::new();
            match lines.append(&mut line) {
                Ok(false) => return read,
                Ok(true) => read.push(Ok(String::from_utf8_lossy(&line).into_owned())),
                Err(_) => read.push(Err(lines.number())),
            }
        }
    }

    #[test]
    fn a_mark_is_skipped_at_the_start_only() {
        let lines = read("\u{feff}a\n\u{feff}b".as_bytes(), 100);
        assert_eq!(lines, [Ok("a\n".into()), Ok("\u{feff}b".into())]);
    }

    #[test]
    fn a_line_over_the_limit_is_skipped_whole() {
        let lines = read(b"abcd\nabcde\nabcd", 4);
        assert_eq!(lines, [Ok("abcd\n".into()), Err(2), Ok("abcd".into())]);
        assert_eq!(read(b"abcde", 4), [Err(1)]);
    }

    #[test]
    fn ends_are_cut_and_blank_lines_are_none() {
        assert_eq!(content(b"a\r\n"), Some(&b"a"[..]));
        assert_eq!(content(b" \t\r\n"), None);
        assert_eq!(content(b"\0\n"), Some(&b"\0"[..]));
    }
}
