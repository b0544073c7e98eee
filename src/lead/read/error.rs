//! What is wrong with a lead file or an events file, and where.

use std::fmt;
use std::io;
use std::sync::Arc;

use super::lines::LineError;
use crate::lead::error::{did_you_mean, quote};
use crate::lead::unknown::grouped;
use crate::lead::{LeadError, UnknownName};

/// A line of a lead file or an events file that cannot be read.
///
/// Prints with file, line, lead and field, as far as they are known:
/// `leads.jsonl:12: lead "L-12": events[3].at: found the text "today" where a date … belongs`.
#[derive(Debug)]
pub struct ReadError {
    inner: Box<Inner>,
}

#[derive(Debug)]
struct Inner {
    file: Arc<str>,
    line: u64,
    lead: Option<String>,
    kind: ReadErrorKind,
}

/// What is wrong with a line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadErrorKind {
    /// A name, a value or a key of the lead is wrong.
    #[error("{0}")]
    Lead(#[source] LeadError),
    /// The line is no JSON.
    #[error("is no JSON: {reason} (column {column})")]
    NotJson {
        /// Where, counting characters from 1.
        column: usize,
        /// What is wrong there.
        reason: String,
    },
    /// The line is not UTF-8.
    #[error("is not UTF-8 (byte {byte} of the line); save the file as UTF-8")]
    NotUtf8 {
        /// The first wrong byte of the line, from 1.
        byte: usize,
    },
    /// The line, or a record of several lines, is too long.
    #[error("is longer than {} bytes", grouped(*.limit))]
    TooLong {
        /// The most bytes that may stand there.
        limit: u64,
    },
    /// Another lead of the file has this id.
    #[error("the id is there already, further up in the file")]
    RepeatedLead,
    /// A record has more or fewer cells than the header.
    #[error("has {found} {} where the header has {expected}", if *.found == 1 { "cell" } else { "cells" })]
    CellCount {
        /// How many there are.
        found: usize,
        /// How many the header has.
        expected: usize,
    },
    /// A quoted cell never ends.
    #[error("the quote that opens here is never closed")]
    UnclosedQuote,
    /// Something stands between the closing quote of a cell and the next comma.
    #[error("text behind a closing quote; write a quote inside a quoted cell twice")]
    TextAfterQuote,
    /// The header of a CSV file will not do.
    #[error("{0}")]
    Header(String),
    /// The attribute that was asked for stands nowhere in the file.
    #[error("the attribute {} is nowhere in the file{}", quote(.attribute), did_you_mean(.suggestion.as_deref()))]
    NoSuchAttribute {
        /// Its name.
        attribute: String,
        /// What was perhaps meant.
        suggestion: Option<String>,
    },
    /// The file could not be read any further.
    #[error("cannot be read: {0}")]
    Io(#[source] io::Error),
}

/// What is wrong with a record, before it is known which file it is of.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) line: u64,
    pub(super) lead: Option<String>,
    pub(super) kind: ReadErrorKind,
}

impl Failure {
    pub(super) const fn new(line: u64, kind: ReadErrorKind) -> Self {
        Failure { line, lead: None, kind }
    }

    #[cfg(feature = "csv")]
    pub(super) fn header(line: u64, text: impl Into<String>) -> Self {
        Failure::new(line, ReadErrorKind::Header(text.into()))
    }

    /// The line `line` could not be read; no record may be longer than `limit`.
    pub(super) fn line(line: u64, limit: u64, error: LineError) -> Self {
        match error {
            // The line behind the last that could be read.
            LineError::Io(error) => Failure::new(line + 1, ReadErrorKind::Io(error)),
            LineError::TooLong => Failure::new(line, ReadErrorKind::TooLong { limit }),
        }
    }

    /// The same failure, of the lead with this id; an empty one is none.
    pub(super) fn of(self, lead: &str) -> Self {
        Failure { lead: (!lead.is_empty()).then(|| lead.to_owned()), ..self }
    }

    pub(super) fn in_file(self, file: &Arc<str>) -> ReadError {
        let Failure { line, lead, kind } = self;
        ReadError { inner: Box::new(Inner { file: Arc::clone(file), line, lead, kind }) }
    }
}

impl ReadErrorKind {
    /// Whether nothing behind it can be read.
    pub(super) const fn ends_file(&self) -> bool {
        matches!(
            self,
            ReadErrorKind::Io(_)
                | ReadErrorKind::Header(_)
                | ReadErrorKind::UnclosedQuote
                | ReadErrorKind::NoSuchAttribute { .. }
        )
    }
}

impl ReadError {
    /// The file, as it was named when reading began.
    pub fn file(&self) -> &str {
        &self.inner.file
    }

    /// The line, from 1; of a record of several lines the first.
    pub fn line(&self) -> u64 {
        self.inner.line
    }

    /// The id of the lead, where it is known.
    pub fn lead(&self) -> Option<&str> {
        self.inner.lead.as_deref()
    }

    /// The field, such as `attributes.company_size` or `events[3].at`, where it is one that is wrong.
    pub fn field(&self) -> Option<&str> {
        match &self.inner.kind {
            ReadErrorKind::Lead(error) => Some(error.field()).filter(|field| !field.is_empty()),
            _ => None,
        }
    }

    /// What is wrong.
    pub fn kind(&self) -> &ReadErrorKind {
        &self.inner.kind
    }

    /// Whether nothing behind it can be read: a file that breaks off, a header that will not do, an open quote.
    /// After any other error reading goes on with the next line.
    pub fn ends_file(&self) -> bool {
        self.inner.kind.ends_file()
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { file, line, lead, kind } = &*self.inner;
        write!(f, "{file}:{line}: ")?;
        if let Some(lead) = lead {
            write!(f, "lead {}: ", quote(lead))?;
        }
        write!(f, "{kind}")
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.inner.kind)
    }
}

/// Something in a lead file or an events file that was skipped; told once, after the last lead.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReadWarning {
    /// A name that the vocabulary lacks.
    UnknownName(UnknownName),
    /// There were more unknown names than are told one by one.
    MoreUnknownNames,
    /// A column whose header makes no name.
    UnusableColumn {
        /// The file.
        file: String,
        /// The header as written.
        header: String,
        /// Which column it is, from 1.
        column: usize,
    },
    /// Lines of the events file that belong to leads which the lead file lacks.
    EventsWithoutLead {
        /// The events file.
        file: String,
        /// How many lines.
        lines: u64,
        /// The first of these lines, from 1.
        first_line: u64,
        /// The lead that it names.
        first_lead: String,
    },
}

impl fmt::Display for ReadWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadWarning::UnknownName(name) => write!(f, "{name}"),
            ReadWarning::MoreUnknownNames => f.write_str("further names are not in the vocabulary either"),
            ReadWarning::UnusableColumn { file, header, column } => write!(
                f,
                "column {column} of {file}, {}, cannot be used: a name starts with one of the letters a to z",
                quote(header)
            ),
            ReadWarning::EventsWithoutLead { file, lines, first_line, first_lead } => write!(
                f,
                "{} of {file} {} to leads that the lead file lacks (the first is line {first_line}, lead {})",
                if *lines == 1 { "1 line".to_owned() } else { format!("{} lines", grouped(*lines)) },
                if *lines == 1 { "belongs" } else { "belong" },
                quote(first_lead)
            ),
        }
    }
}
