//! Leads from files, one at a time.

use std::io::BufRead;

use super::{Lead, RuleSet};
use crate::lead::{FactsReader, ReadError, ReadOptions, ReadWarning};

/// Reads leads one by one from JSON Lines or CSV (feature `json`, feature `csv`).
///
/// An iterator: a line that is wrong comes as an error with file, line, lead and field, and reading goes on
/// behind it with the next line, unless the file itself cannot be read on.
///
/// ```
/// # #[cfg(feature = "json")] {
/// use leadql::{ReadOptions, RuleSet};
/// let rules = RuleSet::compile("need => +20")?;
/// let file = r#"{"id":"L-1","attributes":{"need":true}}
/// {"id":"L-2","attributes":{"ned":true}}"#;
/// let mut leads = rules.read_leads(file.as_bytes(), &ReadOptions::new("leads.jsonl"))?;
/// let mut scores = Vec::new();
/// for lead in &mut leads {
///     scores.push(rules.evaluate(&lead?, "2026-11-01T00:00:00Z".parse()?).score("score"));
/// }
/// assert_eq!(scores, [Some("20".parse()?), Some("0".parse()?)]);
/// assert!(leads.warnings()[0].to_string().contains("did you mean \"need\"?"));
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct LeadReader<'r, R> {
    rules: &'r RuleSet,
    facts: FactsReader<'r, R>,
}

impl RuleSet {
    /// Begins to read a lead file; of a CSV file the header row is read at once.
    ///
    /// # Errors
    /// The header row of a CSV file cannot be read, lacks the id column, or has two columns of one name.
    pub fn read_leads<R: BufRead>(
        &self,
        reader: R,
        options: &ReadOptions,
    ) -> Result<LeadReader<'_, R>, ReadError> {
        let facts = FactsReader::new(&self.compiled.model.vocabulary, reader, options)?;
        Ok(LeadReader { rules: self, facts })
    }
}

impl<R: BufRead> LeadReader<'_, R> {
    /// Reads a whole file of events, which come behind those that stand in the leads themselves. Call it before
    /// the first lead; memory grows with the file.
    ///
    /// # Errors
    /// The first line that is wrong.
    pub fn read_events<E: BufRead>(&mut self, reader: E, options: &ReadOptions) -> Result<(), ReadError> {
        self.facts.events(reader, options)
    }

    /// What was skipped up to now: unknown names, unusable columns, and, after the last lead, events of leads
    /// that have not come.
    pub fn warnings(&self) -> Vec<ReadWarning> {
        self.facts.warnings()
    }
}

impl<R: BufRead> Iterator for LeadReader<'_, R> {
    type Item = Result<Lead, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        let facts = self.facts.next()?;
        Some(facts.map(|facts| Lead::new(&self.rules.compiled, facts)))
    }
}
