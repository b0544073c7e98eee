//! Events from CSV: the columns `lead`, `event`, `at`, optionally `subject` and `id`, and one a property.

use std::io::BufRead;

use super::columns::{Cell, Header, headers, unusable};
use super::error::{Failure, ReadErrorKind, ReadWarning};
use super::late::LateEvents;
use super::options::ReadOptions;
use super::records::{Record, Records};
use crate::lead::error::{LeadError, LeadErrorKind};
use crate::lead::intake::{Bare, EventParts, Names, bare_event, id, property};
use crate::lead::unknown::{NameOf, Noted, UnknownName};

/// What a column holds.
enum Column {
    Lead,
    /// `event`, `at`, `subject` or `id`.
    Part(&'static str),
    /// A property that at least one event kind has.
    Property(String),
    /// One that none has.
    Unknown(Option<Noted>),
    Unusable,
}

const PARTS: [&str; 4] = ["event", "at", "subject", "id"];

impl LateEvents {
    /// Reads a CSV file.
    pub(super) fn csv<R: BufRead>(
        &mut self,
        mut records: Records<R>,
        options: &ReadOptions,
        names: &mut Names<'_>,
        warnings: &mut Vec<ReadWarning>,
    ) -> Result<(), Failure> {
        let mut record = Record::default();
        if !records.next(&mut record)? {
            return Err(Failure::header(1, "the file is empty; a header row belongs first"));
        }
        let mut columns = Vec::new();
        for (place, header) in headers(&record)?.into_iter().enumerate() {
            let column = column(&header, names)
                .map_err(|error| Failure::new(record.line, ReadErrorKind::Lead(error)))?;
            if matches!(column, Column::Unusable) {
                warnings.push(unusable(&options.file, place, &header));
            }
            columns.push((header, column));
        }
        for needed in ["lead", "event", "at"] {
            if !columns.iter().any(|(header, _)| header.name.as_deref() == Some(needed)) {
                let text =
                    format!("no column is called `{needed}`; an events file has `lead`, `event` and `at`");
                return Err(Failure::header(record.line, text));
            }
        }
        while records.next(&mut record)? {
            self.record(&record, &columns, options, names)?;
        }
        Ok(())
    }

    fn record(
        &mut self,
        record: &Record,
        columns: &[(Header, Column)],
        options: &ReadOptions,
        names: &mut Names<'_>,
    ) -> Result<(), Failure> {
        let cells = || columns.iter().zip(record.cells().map(|text| Cell::new(text, &options.missing)));
        let lead = cells().find(|((_, column), _)| matches!(column, Column::Lead));
        let lead = lead.map(|(_, cell)| id(cell)).transpose();
        let failure = |kind| Failure::new(record.line, kind);
        let lead = lead.map_err(|error| failure(ReadErrorKind::Lead(error)))?.unwrap_or_default();
        if record.len() != columns.len() {
            let kind = ReadErrorKind::CellCount { found: record.len(), expected: columns.len() };
            return Err(failure(kind).of(&lead));
        }
        if lead.is_empty() {
            let kind = LeadErrorKind::Missing { expected: "the id of a lead" };
            return Err(failure(ReadErrorKind::Lead(LeadError::new("lead", kind))));
        }
        let wrong = |error| failure(ReadErrorKind::Lead(error)).of(&lead);
        let mut parts = EventParts::new(names.tally.object());
        for ((_, column), cell) in cells() {
            if let Column::Part(key) = column
                && let Some(slot) = parts.slot(key)
            {
                *slot = Some(cell);
            }
        }
        let event = match bare_event(names.vocabulary, &parts).map_err(wrong)? {
            Bare::Unknown(name) => {
                names.unknown(NameOf::Event, &name, parts.object, "event").map_err(wrong)?;
                None
            }
            Bare::Known(mut event, _, kind) => {
                for ((_, column), cell) in cells() {
                    match column {
                        Column::Property(name) => property(&mut event, kind, name, cell).map_err(wrong)?,
                        Column::Unknown(Some(noted)) if !cell.is_missing() => names.tally.count(*noted),
                        _ => {}
                    }
                }
                Some(event)
            }
        };
        self.add(&lead, record.line, event, names);
        Ok(())
    }
}

fn column(header: &Header, names: &mut Names<'_>) -> Result<Column, LeadError> {
    let Some(name) = header.usable() else { return Ok(Column::Unusable) };
    if name == "lead" {
        return Ok(Column::Lead);
    }
    if let Some(part) = PARTS.into_iter().find(|part| *part == name) {
        return Ok(Column::Part(part));
    }
    if names.vocabulary.kinds.iter().any(|kind| kind.property_id(name).is_some()) {
        return Ok(Column::Property(name.to_owned()));
    }
    let of = NameOf::Property(None);
    if names.strict {
        let unknown = UnknownName::of(names.vocabulary, of, name, None);
        return Err(LeadError::new("", LeadErrorKind::UnknownName(unknown)));
    }
    Ok(Column::Unknown(names.tally.column(of, name)))
}
