//! Files into a funnel: records as JSON Lines, and lead files for what tells leads apart.
//!
//! A line that is no record, or does not follow those of its lead before it, is an error with file, line, lead and
//! field. To say which field is wrong, and what would be right there, such a line is looked at once more, field by
//! field.

use std::collections::HashSet;
use std::io::BufRead;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::life::Slip;
use super::{Funnel, FunnelError};
use crate::diagnostic::{closest, list};
use crate::lead::{
    AttributeReader, EXPECTED_INSTANT, LeadError, LeadErrorKind, ObjectLines, ReadError, ReadErrorKind,
    ReadOptions, Stage, describe_json, entries, id_under,
};
use crate::qualify::{Actor, BandChange, Digest, Observed, Record, StrongRule, Trigger, Version, Why};
use crate::readable::readable;
use crate::rule_set::Fingerprint;
use crate::time::Instant;

/// Reads a file into a funnel, line by line (feature `json`).
///
/// An iterator, which has to be run to its end: a line that is wrong comes as an error with file, line, lead and
/// field, and reading goes on behind it with the next line, unless the file itself cannot be read on.
///
/// ```
/// use leadql::{ReadOptions, RuleSet, Stage, funnel::{Funnel, FunnelOptions}};
///
/// let rules = RuleSet::compile("stage mql when need")?;
/// let now = "2026-11-02T09:00:00Z".parse()?;
/// let (_, record) = rules.imported_qualification("L-1", Stage::Sql, None, now, "migration")?;
/// # #[cfg(feature = "json")] {
/// let file = serde_json::to_string(&record)?;
/// let mut funnel = Funnel::new(FunnelOptions::new());
/// for line in funnel.read_records(file.as_bytes(), &ReadOptions::new("records.jsonl")) {
///     line?;
/// }
/// assert_eq!(funnel.report(now).total.stage(Stage::Sql).map(|sql| sql.there), Some(1));
///
/// let mut again = funnel.read_records(file.as_bytes(), &ReadOptions::new("records.jsonl"));
/// assert_eq!(
///     again.next().unwrap().unwrap_err().to_string(),
///     "records.jsonl:1: lead \"L-1\": sequence: found 1 where 2 belongs"
/// );
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct FunnelReader<'f, R> {
    funnel: &'f mut Funnel,
    source: Source<R>,
    ended: bool,
}

#[derive(Debug)]
enum Source<R> {
    Records(ObjectLines<R>),
    Leads(Arc<str>, Box<AttributeReader<R>>),
}

impl Funnel {
    /// Begins to read records from JSON Lines: one [`Record`] a line, as it serializes. Blank lines and a leading
    /// byte-order mark are skipped. Of the options only the file's name and the limit of a line count.
    ///
    /// A lead of which a line is wrong is left out, as with [`Funnel::add`].
    pub fn read_records<R: BufRead>(&mut self, reader: R, options: &ReadOptions) -> FunnelReader<'_, R> {
        FunnelReader {
            funnel: self,
            source: Source::Records(ObjectLines::new(reader, options)),
            ended: false,
        }
    }

    /// Begins to read a lead file, JSON Lines or CSV, for [`Funnel::add_lead`]: the group of a lead is the value of
    /// `attribute`, where that is given. Of a CSV file the header row is read at once.
    ///
    /// The attribute is named as it stands in the file: under `attributes`, or as a header of a CSV file as written
    /// or folded. A number or a flag is taken as text.
    ///
    /// # Errors
    /// The header row cannot be read, or lacks the column of the ids or of the attribute.
    pub fn read_leads<R: BufRead>(
        &mut self,
        reader: R,
        attribute: Option<&str>,
        options: &ReadOptions,
    ) -> Result<FunnelReader<'_, R>, ReadError> {
        let leads = AttributeReader::new(reader, options, attribute)?;
        let source = Source::Leads(options.file().into(), Box::new(leads));
        Ok(FunnelReader { funnel: self, source, ended: false })
    }
}

impl<R: BufRead> FunnelReader<'_, R> {
    fn read(&mut self) -> Result<Option<()>, ReadError> {
        match &mut self.source {
            Source::Records(lines) => {
                let file = lines.file();
                let Some((line, text)) = lines.next()? else { return Ok(None) };
                let added = match serde_json::from_str::<Record>(text) {
                    Ok(record) => self.funnel.add(&record).map_err(|FunnelError { lead, slip }| {
                        let Slip { field, found, expected } = slip;
                        (lead, LeadError::new(field, LeadErrorKind::wrong(found, expected)).into())
                    }),
                    Err(error) => {
                        let lead = id_under(text, "lead");
                        if !lead.is_empty() {
                            self.funnel.leave_out(&lead);
                        }
                        Err((lead.into_owned(), slip(text, &error)))
                    }
                };
                added.map_err(|(lead, kind)| ReadError::at(&file, line, &lead, kind))?;
            }
            Source::Leads(file, leads) => {
                let Some(lead) = leads.next().transpose()? else { return Ok(None) };
                if self.funnel.is_named(&lead.id) {
                    return Err(ReadError::at(file, lead.line, &lead.id, ReadErrorKind::RepeatedLead));
                }
                self.funnel.add_lead(&lead.id, lead.value.as_deref());
            }
        }
        Ok(Some(()))
    }
}

impl<R: BufRead> Iterator for FunnelReader<'_, R> {
    type Item = Result<(), ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let read = self.read();
        self.ended = match &read {
            Ok(read) => read.is_none(),
            Err(error) => error.ends_file(),
        };
        read.transpose()
    }
}

/// Longer keys that no record has are cut.
const LONGEST_KEY: usize = 40;

/// The keys of a record, each with whether it has to be there and what belongs there.
const FIELDS: [(&str, bool, &str); 17] = [
    ("version", true, "a version of the stored form that this release of LeadQL reads"),
    ("sequence", true, "a whole number from 1 on"),
    ("lead", true, "the id of a lead, a text,"),
    ("at", true, EXPECTED_INSTANT),
    ("what", true, "what happened"),
    ("from", true, "a stage"),
    ("to", true, "a stage"),
    ("by", true, "\"rules\" or {\"person\":\"…\"}"),
    ("why", false, "why a step was made, as records say it,"),
    ("entered", false, "a list of segments"),
    ("left", false, "a list of segments"),
    ("bands", false, "a list of changed bands"),
    ("due", false, EXPECTED_INSTANT),
    ("evaluation", false, "an evaluation as records have it"),
    ("strongest", false, "a list of rules as records have them"),
    ("fingerprint", true, "a fingerprint of 64 hex digits"),
    ("digest", true, "a digest of 64 hex digits"),
];

/// What is wrong with a line that is no record; `error` is what serde_json found.
fn slip(text: &str, error: &serde_json::Error) -> ReadErrorKind {
    let entries = match entries(text) {
        Ok(entries) => entries,
        Err(kind) => return kind,
    };
    let mut seen = HashSet::new();
    for (key, raw) in &entries {
        let Some((_, _, expected)) = FIELDS.iter().find(|(name, ..)| name == key) else {
            let suggestion = closest(key, FIELDS.map(|(name, ..)| name)).map(str::to_owned);
            let expected = "a key of a record".to_owned();
            let kind = LeadErrorKind::WrongValue { found: "this key".to_owned(), expected, suggestion };
            return LeadError::new(readable(key, LONGEST_KEY), kind).into();
        };
        if !seen.insert(key) {
            return LeadError::new(key.clone(), LeadErrorKind::Repeated).into();
        }
        if let Err(detail) = fits(key, raw) {
            let expected =
                if detail.is_empty() { (*expected).to_owned() } else { format!("{expected} ({detail})") };
            return LeadError::new(key.clone(), LeadErrorKind::wrong(describe_json(raw), expected)).into();
        }
    }
    let missing =
        FIELDS.iter().find(|(name, is_needed, _)| *is_needed && !entries.iter().any(|(key, _)| key == name));
    if let Some((name, _, expected)) = missing {
        return LeadError::new(*name, LeadErrorKind::Missing { expected }).into();
    }
    // Nothing that could be told apart: what serde says has to do.
    LeadError::new("", LeadErrorKind::wrong(error.to_string(), "a record")).into()
}

/// Whether a field of a record can be read; if not, what else is to be said about it.
fn fits(key: &str, raw: &RawValue) -> Result<(), String> {
    match key {
        "version" => read::<Version>(raw),
        "sequence" => read::<u64>(raw).map_err(|_| String::new()),
        "lead" => read::<String>(raw).map_err(|_| String::new()),
        "what" => read::<Trigger>(raw).map_err(|_| list(&Trigger::ALL.map(Trigger::as_str), "or")),
        "from" | "to" => read::<Stage>(raw).map_err(|_| list(&Stage::ALL.map(Stage::as_str), "or")),
        "by" => read::<Actor>(raw).map_err(|_| String::new()),
        "why" => read::<Option<Why>>(raw),
        "entered" | "left" => read::<Vec<String>>(raw),
        "bands" => read::<Vec<BandChange>>(raw),
        "evaluation" => read::<Option<Observed>>(raw),
        "strongest" => read::<Vec<StrongRule>>(raw),
        "fingerprint" => read::<Fingerprint>(raw).map_err(|_| String::new()),
        "digest" => read::<Digest>(raw).map_err(|_| String::new()),
        "due" if raw.get() == "null" => Ok(()),
        _ => {
            let text: Option<String> = serde_json::from_str(raw.get()).ok();
            let is_instant = text.is_some_and(|text| Instant::parse(&text).is_ok());
            if is_instant { Ok(()) } else { Err(String::new()) }
        }
    }
}

fn read<T: DeserializeOwned>(raw: &RawValue) -> Result<(), String> {
    match serde_json::from_str::<T>(raw.get()) {
        Ok(_) => Ok(()),
        Err(error) => {
            let message = error.to_string();
            // Where it stands is counted from the beginning of the value, which says nothing about the line.
            Err(message.split(" at line ").next().unwrap_or_default().to_owned())
        }
    }
}
