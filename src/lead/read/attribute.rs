//! One attribute of each lead of a lead file, as text: what it takes to tell leads apart, without a rule set.
//!
//! A text is itself, a number is printed as LeadQL prints numbers, a flag is `true` or `false`; what is empty or
//! null is missing. Everything else of a lead is passed over.

use std::collections::BTreeSet;
use std::io::BufRead;
use std::sync::Arc;

use serde_json::value::RawValue;

#[cfg(feature = "csv")]
use super::columns::{Cell, headers};
#[cfg(feature = "csv")]
use super::csv::{column, id_column};
use super::error::{Failure, ReadError, ReadErrorKind};
use super::json::{Entries, JsonLines, find_id, object};
use super::lines::Lines;
use super::options::{LeadFormat, ReadOptions};
#[cfg(feature = "csv")]
use super::records::{Record, Records};
use crate::decimal::Number;
use crate::diagnostic::closest;
use crate::lead::Input;
use crate::lead::error::{LeadError, LeadErrorKind};
use crate::lead::intake::{Raw, RawObject, here, id};
use crate::vocabulary::Type;

/// A lead and what the attribute says of it.
pub(crate) struct LeadAndValue {
    pub(crate) line: u64,
    pub(crate) id: String,
    pub(crate) value: Option<String>,
}

/// Reads leads one by one; an error of one line does not end it, an error of the file does.
#[derive(Debug)]
pub(crate) struct AttributeReader<R> {
    file: Arc<str>,
    source: Source<R>,
    /// The attribute; none where only the leads are wanted.
    attribute: Option<String>,
    /// Names that the leads have instead, while the attribute has not been seen.
    others: Option<BTreeSet<String>>,
    /// The line of the last lead, 0 before the first.
    line: u64,
    ended: bool,
}

/// So many other names are looked at for a suggestion.
const MOST_OTHERS: usize = 500;

#[derive(Debug)]
enum Source<R> {
    Json(JsonLines<R>),
    #[cfg(feature = "csv")]
    Csv {
        records: Records<R>,
        record: Record,
        columns: usize,
        id: (usize, String),
        value: Option<usize>,
        missing: Vec<String>,
    },
}

impl<R: BufRead> AttributeReader<R> {
    /// Begins to read; of a CSV file the header row.
    pub(crate) fn new(reader: R, options: &ReadOptions, attribute: Option<&str>) -> Result<Self, ReadError> {
        let file: Arc<str> = options.file.as_str().into();
        let lines = Lines::new(reader, options.line_limit);
        // A header row has the attribute or lacks it: no need to look for it further on.
        let others = attribute.filter(|_| options.format == LeadFormat::JsonLines).map(|_| BTreeSet::new());
        let source = match options.format {
            LeadFormat::JsonLines => Source::Json(JsonLines::new(lines)),
            #[cfg(feature = "csv")]
            LeadFormat::Csv => {
                open_csv(Records::new(lines), options, attribute).map_err(|failure| failure.in_file(&file))?
            }
        };
        let attribute = attribute.map(str::to_owned);
        Ok(AttributeReader { file, source, attribute, others, line: 0, ended: false })
    }

    fn read(&mut self) -> Result<Option<LeadAndValue>, Failure> {
        match &mut self.source {
            Source::Json(lines) => {
                let Some((line, text)) = lines.next()? else { return Ok(None) };
                self.line = line;
                let failed = |kind| Failure::new(line, kind).of(&find_id(text, "id"));
                let entries = object(text).map_err(failed)?;
                let (id, attributes) = parts(entries).map_err(|error| failed(ReadErrorKind::Lead(error)))?;
                let value = value(&attributes, self.attribute.as_deref(), &mut self.others);
                let value = value.map_err(|error| failed(ReadErrorKind::Lead(error.within("attributes"))))?;
                Ok(Some(LeadAndValue { line, id, value }))
            }
            #[cfg(feature = "csv")]
            Source::Csv { records, record, columns, id, value, missing } => {
                if !records.next(record)? {
                    return Ok(None);
                }
                let cell = |place: usize| {
                    let text = record.cell(place).unwrap_or_default();
                    Cell::new(text, missing).text().map(str::to_owned)
                };
                let line = record.line;
                let (place, header) = id;
                let Some(id) = cell(*place) else {
                    let kind = LeadErrorKind::Missing { expected: "a text or a number" };
                    return Err(Failure::new(
                        line,
                        ReadErrorKind::Lead(LeadError::new(header.as_str(), kind)),
                    ));
                };
                if record.len() != *columns {
                    let kind = ReadErrorKind::CellCount { found: record.len(), expected: *columns };
                    return Err(Failure::new(line, kind).of(&id));
                }
                Ok(Some(LeadAndValue { line, id, value: value.and_then(cell) }))
            }
        }
    }

    /// The attribute that was asked for and never seen, if there were leads at all.
    fn never_seen(&mut self) -> Option<ReadErrorKind> {
        let others = self.others.take().filter(|_| self.line > 0)?;
        let attribute = self.attribute.clone()?;
        Some(no_such_attribute(attribute, others.iter().map(String::as_str)))
    }
}

impl<R: BufRead> Iterator for AttributeReader<R> {
    type Item = Result<LeadAndValue, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let failure = match self.read() {
            Ok(Some(lead)) => return Some(Ok(lead)),
            Ok(None) => {
                self.ended = true;
                Failure::new(self.line, self.never_seen()?)
            }
            Err(failure) => {
                self.ended = failure.kind.ends_file();
                failure
            }
        };
        Some(Err(failure.in_file(&self.file)))
    }
}

#[cfg(feature = "csv")]
fn open_csv<R: BufRead>(
    mut records: Records<R>,
    options: &ReadOptions,
    attribute: Option<&str>,
) -> Result<Source<R>, Failure> {
    let mut record = Record::default();
    if !records.next(&mut record)? {
        return Err(Failure::header(1, "the file is empty; a header row belongs first"));
    }
    let headers = headers(&record)?;
    let id = id_column(&headers, options.id_column.as_deref())
        .map_err(|text| Failure::header(record.line, text))?;
    let value = attribute.map(|attribute| {
        column(&headers, attribute).ok_or_else(|| {
            let names = headers.iter().map(|header| header.name.as_deref().unwrap_or_default());
            Failure::new(record.line, no_such_attribute(attribute.to_owned(), names))
        })
    });
    let written = headers.get(id).map(|header| header.written.clone()).unwrap_or_default();
    let missing = options.missing.clone();
    Ok(Source::Csv {
        columns: headers.len(),
        id: (id, written),
        value: value.transpose()?,
        missing,
        records,
        record,
    })
}

fn no_such_attribute<'a>(attribute: String, others: impl Iterator<Item = &'a str>) -> ReadErrorKind {
    let suggestion = closest(&attribute, others).map(str::to_owned);
    ReadErrorKind::NoSuchAttribute { attribute, suggestion }
}

/// The id and the attributes of a lead's object.
fn parts(entries: Entries<'_>) -> Result<(String, Entries<'_>), LeadError> {
    let (mut found, mut attributes): (Option<&RawValue>, Option<&RawValue>) = (None, None);
    for (key, value) in entries {
        let slot = match &*key {
            "id" => &mut found,
            "attributes" => &mut attributes,
            _ => continue,
        };
        if slot.replace(value).is_some() {
            return Err(LeadError::new(key, LeadErrorKind::Repeated));
        }
    }
    let found = found.map(|raw| id(raw).map_err(|error| error.within("id"))).transpose()?;
    let Some(id) = found.filter(|id| !id.is_empty()) else {
        return Err(LeadError::new("id", LeadErrorKind::Missing { expected: "a text or a number" }));
    };
    let attributes =
        attributes.map_or(Ok(Vec::new()), |raw| raw.entries().map_err(|error| error.within("attributes")))?;
    Ok((id.into_owned(), attributes))
}

/// What the attribute says, as text.
fn value(
    attributes: &Entries<'_>,
    wanted: Option<&str>,
    others: &mut Option<BTreeSet<String>>,
) -> Result<Option<String>, LeadError> {
    let Some(wanted) = wanted else { return Ok(None) };
    let mut values = attributes.iter().filter(|(name, _)| name == wanted).map(|(_, value)| *value);
    let Some(raw) = values.next() else {
        if let Some(others) = others {
            let room = MOST_OTHERS.saturating_sub(others.len());
            others.extend(attributes.iter().take(room).map(|(name, _)| name.to_string()));
        }
        return Ok(None);
    };
    *others = None;
    if values.next().is_some() {
        return Err(LeadError::new(wanted, LeadErrorKind::Repeated));
    }
    let text = match raw.input(&Type::Text).map_err(|error| error.within(wanted))? {
        Input::Text(text) => text.into_owned(),
        Input::Decimal(digits) => match Number::parse(&digits) {
            Ok(number) => number.to_string(),
            Err(error) => {
                return Err(here(LeadErrorKind::decimal(digits.into_owned(), error)).within(wanted));
            }
        },
        Input::Flag(flag) => flag.to_string(),
        _ => String::new(),
    };
    Ok((!text.is_empty()).then_some(text))
}
