//! JSON Lines of objects that are no leads: the lines, and in words what is wrong with one.

use std::borrow::Cow;
use std::io::BufRead;
use std::sync::Arc;

use serde_json::value::RawValue;

use super::error::{Failure, ReadError, ReadErrorKind};
use super::json::{self, Entries, JsonLines};
use super::lines::Lines;
use super::options::ReadOptions;
use crate::lead::error::{LeadError, quote};

/// The lines of a file that holds one object a line.
#[derive(Debug)]
pub(crate) struct ObjectLines<R> {
    file: Arc<str>,
    lines: JsonLines<R>,
}

impl<R: BufRead> ObjectLines<R> {
    pub(crate) fn new(reader: R, options: &ReadOptions) -> Self {
        let lines = JsonLines::new(Lines::new(reader, options.line_limit));
        ObjectLines { file: options.file.as_str().into(), lines }
    }

    /// The file as messages call it.
    pub(crate) fn file(&self) -> Arc<str> {
        Arc::clone(&self.file)
    }

    /// The number and the text of the next line that is not blank.
    pub(crate) fn next(&mut self) -> Result<Option<(u64, &str)>, ReadError> {
        self.lines.next().map_err(|failure| failure.in_file(&self.file))
    }
}

/// The keys and values of the object that the line `text` holds.
pub(crate) fn entries(text: &str) -> Result<Entries<'_>, ReadErrorKind> {
    json::object(text)
}

/// The text or number under `key`, as far as the line can be read; empty if there is none.
pub(crate) fn id_under<'a>(text: &'a str, key: &'static str) -> Cow<'a, str> {
    json::find_id(text, key)
}

/// What stands there, in words.
pub(crate) fn describe(raw: &RawValue) -> String {
    const LONGEST: usize = 40;
    let raw = raw.get();
    match raw.as_bytes().first() {
        Some(b'{') => "an object".to_owned(),
        Some(b'[') => "a list".to_owned(),
        Some(b'"') => match serde_json::from_str::<String>(raw) {
            Ok(text) => format!("the text {}", quote(&text)),
            Err(_) => "half a surrogate pair".to_owned(),
        },
        _ => raw.chars().take(LONGEST).collect(),
    }
}

impl ReadError {
    /// The line `line` of `file`, about the lead with this id (none if empty), has something wrong.
    pub(crate) fn at(file: &Arc<str>, line: u64, lead: &str, kind: ReadErrorKind) -> ReadError {
        Failure::new(line, kind).of(lead).in_file(file)
    }
}

impl From<LeadError> for ReadErrorKind {
    fn from(error: LeadError) -> Self {
        ReadErrorKind::Lead(error)
    }
}
