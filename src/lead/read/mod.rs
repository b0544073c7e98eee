//! Lead files: a stream of text goes in, one lead after the other comes out.
//!
//! A [`FactsReader`] reads JSON Lines or CSV as the vocabulary directs it, one lead at a time into buffers that
//! it uses again. What grows with the number of leads is 16 bytes for each id, to find one that is there twice
//! (the first half of its SHA-256), and nothing else; an events file is held in memory until its leads have come.
//! A line that is wrong is an error with file, line, lead and field, behind which reading can go on with the next
//! line. Ids of leads that could not be read do not count as seen.

mod attribute;
#[cfg(feature = "csv")]
mod columns;
#[cfg(feature = "csv")]
mod csv;
mod error;
mod json;
mod late;
#[cfg(feature = "csv")]
mod late_csv;
mod lines;
mod objects;
mod options;
#[cfg(feature = "csv")]
mod records;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::io::BufRead;
use std::sync::Arc;

use sha2::{Digest, Sha256};

pub(crate) use self::attribute::AttributeReader;
pub use self::error::{ReadError, ReadErrorKind, ReadWarning};
pub(crate) use self::objects::{ObjectLines, describe as describe_json, entries, id_under};
pub use self::options::{LeadFormat, ReadOptions};

#[cfg(feature = "csv")]
use self::csv::CsvLeads;
use self::error::Failure;
use self::json::JsonLines;
use self::late::LateEvents;
use self::lines::Lines;
#[cfg(feature = "csv")]
use self::records::Records;
use super::Facts;
use super::builder::FactsBuilder;
use super::intake::Names;
use crate::vocabulary::Vocabulary;

/// Reads leads one by one; an error of one line does not end it, an error of the file does.
#[derive(Debug)]
pub(crate) struct FactsReader<'v, R> {
    file: Arc<str>,
    source: Source<R>,
    names: Names<'v>,
    ids: HashSet<[u8; 16]>,
    late: Vec<LateEvents>,
    warnings: Vec<ReadWarning>,
    ended: bool,
}

#[derive(Debug)]
enum Source<R> {
    Json(JsonLines<R>),
    #[cfg(feature = "csv")]
    Csv(Box<CsvLeads<R>>),
}

impl<'v, R: BufRead> FactsReader<'v, R> {
    /// Begins to read; of a CSV file the header row.
    pub(crate) fn new(
        vocabulary: &'v Vocabulary,
        reader: R,
        options: &ReadOptions,
    ) -> Result<Self, ReadError> {
        let file: Arc<str> = options.file.as_str().into();
        let names = Names::new(vocabulary, options.strict);
        let lines = Lines::new(reader, options.line_limit);
        #[cfg(feature = "csv")]
        let (mut names, mut warnings) = (names, Vec::new());
        #[cfg(not(feature = "csv"))]
        let warnings = Vec::new();
        let source = match options.format {
            LeadFormat::JsonLines => Source::Json(JsonLines::new(lines)),
            #[cfg(feature = "csv")]
            LeadFormat::Csv => {
                let leads = CsvLeads::new(Records::new(lines), options, &mut names, &mut warnings);
                Source::Csv(Box::new(leads.map_err(|failure| failure.in_file(&file))?))
            }
        };
        let (ids, late) = (HashSet::new(), Vec::new());
        Ok(FactsReader { file, source, names, ids, late, warnings, ended: false })
    }

    /// Reads a whole events file, whose events come behind those that stand in the leads.
    pub(crate) fn events<E: BufRead>(&mut self, reader: E, options: &ReadOptions) -> Result<(), ReadError> {
        let mut late = LateEvents::new(options.file.as_str().into());
        let lines = Lines::new(reader, options.line_limit);
        let strict = std::mem::replace(&mut self.names.strict, options.strict);
        let read = match options.format {
            LeadFormat::JsonLines => late.json(JsonLines::new(lines), &mut self.names),
            #[cfg(feature = "csv")]
            LeadFormat::Csv => late.csv(Records::new(lines), options, &mut self.names, &mut self.warnings),
        };
        self.names.strict = strict;
        read.map_err(|failure| failure.in_file(late.file()))?;
        self.late.push(late);
        Ok(())
    }

    /// What was skipped up to now: unknown names, unusable columns, and, after the last lead, events of leads
    /// that have not come.
    pub(crate) fn warnings(&self) -> Vec<ReadWarning> {
        let names = self.names.tally.names(self.names.vocabulary);
        let mut warnings = self.warnings.clone();
        warnings.extend(names.into_iter().map(ReadWarning::UnknownName));
        if self.names.tally.any_crowded_out() {
            warnings.push(ReadWarning::MoreUnknownNames);
        }
        if self.ended {
            warnings.extend(self.late.iter().filter_map(LateEvents::left_over));
        }
        warnings
    }

    fn read(&mut self) -> Result<Option<Facts>, Failure> {
        let next = match &mut self.source {
            Source::Json(lines) => match lines.next()? {
                Some((line, text)) => Some((line, json::lead(text, line, &mut self.names)?)),
                None => None,
            },
            #[cfg(feature = "csv")]
            Source::Csv(leads) => leads.next(&mut self.names)?,
        };
        next.map(|(line, builder)| self.finish(line, builder)).transpose()
    }

    /// Adds the events of the events files to a lead that is there for the first time.
    fn finish(&mut self, line: u64, mut builder: FactsBuilder<'v>) -> Result<Facts, Failure> {
        if !self.ids.insert(digest(builder.id())) {
            return Err(Failure::new(line, ReadErrorKind::RepeatedLead).of(builder.id()));
        }
        for late in &mut self.late {
            let Some(of_lead) = late.take(builder.id()) else { continue };
            of_lead.events.into_iter().for_each(|event| builder.add(event));
            of_lead.names.into_iter().for_each(|noted| self.names.tally.count(noted));
        }
        Ok(builder.finish())
    }
}

impl<R: BufRead> Iterator for FactsReader<'_, R> {
    type Item = Result<Facts, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        match self.read() {
            Ok(Some(facts)) => {
                self.names.tally.keep();
                Some(Ok(facts))
            }
            Ok(None) => {
                self.ended = true;
                None
            }
            Err(failure) => {
                self.names.tally.forget();
                self.ended = failure.kind.ends_file();
                if let Some(lead) = &failure.lead {
                    self.late.iter_mut().for_each(|late| late.meet(lead));
                }
                Some(Err(failure.in_file(&self.file)))
            }
        }
    }
}

/// The first half of the id's SHA-256: ids that differ have different ones, for all that chance and malice can do.
fn digest(id: &str) -> [u8; 16] {
    let mut half = [0; 16];
    for (to, from) in half.iter_mut().zip(Sha256::digest(id.as_bytes())) {
        *to = from;
    }
    half
}
