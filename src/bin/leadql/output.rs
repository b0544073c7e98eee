//! Where output goes: results to standard output, in whole lines, everything else to standard error, colours only
//! where a terminal shows them and `NO_COLOR` does not forbid it.

use std::io::{self, Write};

use crate::lines::WholeLines;

/// Why a command ends early.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Nobody reads the results any more.
    ClosedPipe,
    /// An error, told in a line.
    Failed(String),
    /// The command line asks for what makes no sense.
    Usage(String),
    /// Findings, already drawn in their source.
    Drawn(String),
}

impl From<io::Error> for Stop {
    /// From an error of writing results.
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Stop::ClosedPipe
        } else {
            Stop::Failed(format!("the results cannot be written: {error}"))
        }
    }
}

impl From<serde_json::Error> for Stop {
    /// From an error of writing results as JSON.
    fn from(error: serde_json::Error) -> Self {
        io::Error::from(error).into()
    }
}

/// Standard output for results, buffered.
pub(crate) fn results() -> WholeLines<impl Write> {
    WholeLines::new(anstream::stdout().lock())
}

/// Standard output for bulk data, where there is nothing to colour.
pub(crate) fn plain_results() -> WholeLines<impl Write> {
    WholeLines::new(io::stdout().lock())
}

/// Prints results as one line of JSON.
pub(crate) fn json(value: &impl serde::Serialize) -> Result<(), Stop> {
    let mut out = plain_results();
    serde_json::to_writer(&mut out, value)?;
    out.write_all(b"\n")?;
    Ok(out.flush()?)
}

/// Prints a row of CSV.
pub(crate) fn csv_row(out: &mut impl Write, cells: &[String]) -> Result<(), Stop> {
    for (place, cell) in cells.iter().enumerate() {
        if place > 0 {
            out.write_all(b",")?;
        }
        if cell.contains([',', '"', '\n', '\r']) {
            write!(out, "\"{}\"", cell.replace('"', "\"\""))?;
        } else {
            out.write_all(cell.as_bytes())?;
        }
    }
    Ok(out.write_all(b"\n")?)
}

pub(crate) const BOLD: &str = "\x1b[1m";
pub(crate) const RED: &str = "\x1b[1;31m";
pub(crate) const GREEN: &str = "\x1b[32m";
pub(crate) const YELLOW: &str = "\x1b[1;33m";
pub(crate) const RESET: &str = "\x1b[0m";

/// Tells an error on standard error.
pub(crate) fn error(message: &str) {
    note(&format!("{RED}error{RESET}: {message}"));
}

/// Tells a warning on standard error.
pub(crate) fn warn(message: &str) {
    note(&format!("{YELLOW}warning{RESET}: {message}"));
}

/// Tells something on standard error.
pub(crate) fn note(message: &str) {
    // OK to ignore: when standard error is gone there is nobody left to tell.
    let _ = writeln!(anstream::stderr(), "{message}");
}

/// `1 lead`, `2 leads`.
pub(crate) fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// The text without anything that a terminal would obey rather than show.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
