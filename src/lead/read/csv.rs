//! Leads from CSV: one record a lead, one column an attribute.

use std::io::BufRead;

use super::columns::{Cell, Header, fold, headers, unusable};
use super::error::{Failure, ReadErrorKind, ReadWarning};
use super::options::ReadOptions;
use super::records::{Record, Records};
use crate::lead::builder::FactsBuilder;
use crate::lead::error::{LeadError, LeadErrorKind, quote};
use crate::lead::intake::{Intake, Names};
use crate::lead::unknown::{NameOf, Noted, UnknownName};
use crate::vocabulary::AttributeId;

/// A CSV file of leads behind its header row.
#[derive(Debug)]
pub(super) struct CsvLeads<R> {
    records: Records<R>,
    record: Record,
    columns: Vec<(Header, Column)>,
    missing: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Id,
    Attribute(AttributeId),
    Stage,
    StageSince,
    /// An attribute that the vocabulary lacks.
    Unknown(Option<Noted>),
    Unusable,
}

impl<R: BufRead> CsvLeads<R> {
    /// Reads the header row.
    pub(super) fn new(
        mut records: Records<R>,
        options: &ReadOptions,
        names: &mut Names<'_>,
        warnings: &mut Vec<ReadWarning>,
    ) -> Result<Self, Failure> {
        let mut record = Record::default();
        if !records.next(&mut record)? {
            return Err(Failure::header(1, "the file is empty; a header row belongs first"));
        }
        let headers = headers(&record)?;
        let id = id_column(&headers, options.id_column.as_deref())
            .map_err(|text| Failure::header(record.line, text))?;
        let mut columns = Vec::with_capacity(headers.len());
        for (place, header) in headers.into_iter().enumerate() {
            let column = match header.usable() {
                _ if place == id => Column::Id,
                None => {
                    warnings.push(unusable(&options.file, place, &header));
                    Column::Unusable
                }
                Some(name) => attribute(name, names)
                    .map_err(|error| Failure::new(record.line, ReadErrorKind::Lead(error)))?,
            };
            columns.push((header, column));
        }
        Ok(CsvLeads { records, record, columns, missing: options.missing.clone() })
    }

    /// The next lead and its line.
    pub(super) fn next<'v>(
        &mut self,
        names: &mut Names<'v>,
    ) -> Result<Option<(u64, FactsBuilder<'v>)>, Failure> {
        if !self.records.next(&mut self.record)? {
            return Ok(None);
        }
        let line = self.record.line;
        let mut intake = Intake::new(names);
        let read = self.lead(&mut intake);
        match read {
            Ok(()) => Ok(Some((line, intake.builder))),
            Err(kind) => Err(Failure::new(line, kind).of(intake.builder.id())),
        }
    }

    fn lead(&self, intake: &mut Intake<'_, '_>) -> Result<(), ReadErrorKind> {
        let (found, expected) = (self.record.len(), self.columns.len());
        // The id first, so that an error in another column can name the lead.
        let id = self.columns.iter().position(|(_, column)| *column == Column::Id);
        let id = id.and_then(|id| self.record.cell(id)).unwrap_or_default();
        intake.id(Cell::new(id, &self.missing)).map_err(ReadErrorKind::Lead)?;
        if found != expected {
            return Err(ReadErrorKind::CellCount { found, expected });
        }
        for ((header, column), text) in self.columns.iter().zip(self.record.cells()) {
            let cell = Cell::new(text, &self.missing);
            let read = match column {
                Column::Id if cell.is_missing() => {
                    let kind = LeadErrorKind::Missing { expected: "a text or a number" };
                    Err(LeadError::new(&header.written, kind))
                }
                Column::Attribute(id) => intake.column(*id, cell, &header.written),
                Column::Stage => intake.stage(cell),
                Column::StageSince => intake.stage_since(cell),
                Column::Unknown(Some(noted)) if !cell.is_missing() => {
                    intake.names.tally.count(*noted);
                    Ok(())
                }
                Column::Id | Column::Unknown(_) | Column::Unusable => Ok(()),
            };
            read.map_err(ReadErrorKind::Lead)?;
        }
        Ok(())
    }
}

/// Which column holds the ids: the one that is `wanted`, as written or folded, or else the one called `id`.
pub(super) fn id_column(headers: &[Header], wanted: Option<&str>) -> Result<usize, String> {
    match wanted {
        None => column(headers, "id").ok_or_else(|| {
            let only = headers.first().filter(|_| headers.len() == 1).map_or("", |header| &header.written);
            if only.contains([';', '\t']) {
                "no column is called `id`: the cells are not separated by commas".to_owned()
            } else {
                "no column is called `id`; say which one holds the leads' ids (`--id COLUMN`)".to_owned()
            }
        }),
        Some(wanted) => column(headers, wanted)
            .ok_or_else(|| format!("no column is called {}, which is to hold the leads' ids", quote(wanted))),
    }
}

/// The column that is called `wanted`, as written or folded.
pub(super) fn column(headers: &[Header], wanted: &str) -> Option<usize> {
    let written = headers.iter().position(|header| header.written == wanted.trim());
    let name = fold(wanted);
    written.or_else(|| headers.iter().position(|header| name.is_some() && header.name == name))
}

/// What the column `name` is: an attribute, or one of the lead's own keys that no attribute hides.
fn attribute(name: &str, names: &mut Names<'_>) -> Result<Column, LeadError> {
    match (names.vocabulary.attribute_id(name), name) {
        (Some(id), _) => Ok(Column::Attribute(id)),
        (None, "stage") => Ok(Column::Stage),
        (None, "stage_since") => Ok(Column::StageSince),
        (None, _) if names.strict => {
            let unknown = UnknownName::of(names.vocabulary, NameOf::Attribute, name, None);
            Err(LeadError::new("", LeadErrorKind::UnknownName(unknown)))
        }
        (None, _) => Ok(Column::Unknown(names.tally.column(NameOf::Attribute, name))),
    }
}
