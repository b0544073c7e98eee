//! A buffer that hands whole lines on: bytes go in, in pieces of any size; line ends are where what comes out is cut.
//!
//! Whoever reads the output of a program that was interrupted in the middle then has whole lines: a pipe takes a
//! write of up to [`ROOM`] bytes all at once or not at all. A line longer than that is handed on by itself. Only a
//! full disk may still keep the first part of a line.

use std::io::{self, Write};

/// What POSIX promises that a pipe takes in one piece on Linux; elsewhere it may be less.
const ROOM: usize = 4_096;

pub(crate) struct WholeLines<W: Write> {
    out: W,
    held: Vec<u8>,
    /// Whether handing on failed: what is held then goes nowhere.
    failed: bool,
}

impl<W: Write> WholeLines<W> {
    pub(crate) fn new(out: W) -> Self {
        WholeLines { out, held: Vec::with_capacity(2 * ROOM), failed: false }
    }

    /// Hands the first `end` bytes on.
    fn hand_on(&mut self, end: usize) -> io::Result<()> {
        let mut from = 0;
        while let Some(rest) = self.held.get(from..end).filter(|rest| !rest.is_empty()) {
            let newline = |bytes: &[u8]| bytes.iter().rposition(|byte| *byte == b'\n');
            let room = rest.get(..ROOM).unwrap_or(rest);
            let next = || rest.iter().position(|byte| *byte == b'\n');
            let piece = newline(room).or_else(next).map_or(rest.len(), |newline| newline + 1);
            let written = self.out.write_all(rest.get(..piece).unwrap_or(rest));
            self.failed = written.is_err();
            written?;
            from += piece;
        }
        self.held.drain(..from);
        Ok(())
    }
}

impl<W: Write> Write for WholeLines<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        // Where a line is longer than the room, what was looked at before has no end in it.
        let seen = self.held.len() - bytes.len();
        if self.held.len() > ROOM && (seen <= ROOM || bytes.contains(&b'\n')) {
            let ends = self.held.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
            self.hand_on(ends)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.hand_on(self.held.len())?;
        self.out.flush()
    }
}

impl<W: Write> Drop for WholeLines<W> {
    fn drop(&mut self) {
        if !self.failed {
            // OK to ignore: whoever wants to know flushes.
            let _ = self.flush();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What was written, call by call.
    #[derive(Default)]
    struct Calls(Vec<Vec<u8>>);

    impl Write for &mut Calls {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.push(bytes.to_vec());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    proptest! {
        #[test]
        fn lines_come_whole_and_in_pieces_that_a_pipe_takes(
            lines in prop::collection::vec(prop_oneof![0..100_usize, 900..9_000_usize], 0..40),
            cuts in prop::collection::vec(1..3_000_usize, 1..10),
        ) {
            let text: String = lines.iter().map(|length| "a".repeat(*length) + "\n").collect();
            let mut rest = text.as_str();
            let mut pieces = Vec::new();
            for cut in cuts.iter().cycle() {
                if rest.is_empty() {
                    break;
                }
                let (piece, behind) = rest.split_at((*cut).min(rest.len()));
                pieces.push(piece);
                rest = behind;
            }
            let mut calls = Calls::default();
            let mut out = WholeLines::new(&mut calls);
            for piece in &pieces {
                out.write_all(piece.as_bytes()).unwrap();
            }
            drop(out);
            prop_assert_eq!(calls.0.concat(), pieces.concat().into_bytes());
            for (place, call) in calls.0.iter().enumerate() {
                let last = place + 1 == calls.0.len();
                prop_assert!(last || call.ends_with(b"\n"), "call {place} ends inside a line");
                let lines = call.iter().filter(|byte| **byte == b'\n').count();
                prop_assert!(call.len() <= ROOM || lines <= 1, "call {place}: {} bytes", call.len());
            }
        }
    }
}
