//! Events from a file of their own: all of it is read and sorted by lead before the first lead is.

use std::collections::{HashMap, HashSet};
use std::io::BufRead;
use std::sync::Arc;

use super::error::{Failure, ReadErrorKind, ReadWarning};
use super::json::{JsonLines, event_line};
use crate::lead::Event;
use crate::lead::LeadError;
use crate::lead::error::LeadErrorKind;
use crate::lead::intake::{Names, event, id};
use crate::lead::unknown::Noted;

/// The events of a file by the id of their lead.
#[derive(Debug)]
pub(super) struct LateEvents {
    file: Arc<str>,
    by_lead: HashMap<Box<str>, EventsOfLead>,
}

/// The events of one lead, in the order of the file.
#[derive(Debug, Default)]
pub(super) struct EventsOfLead {
    pub(super) events: Vec<Event>,
    /// The unknown names that they have.
    pub(super) names: HashSet<Noted>,
    lines: u64,
    first_line: u64,
    /// Whether the lead file has the lead.
    met: bool,
}

impl LateEvents {
    pub(super) fn new(file: Arc<str>) -> Self {
        LateEvents { file, by_lead: HashMap::new() }
    }

    pub(super) const fn file(&self) -> &Arc<str> {
        &self.file
    }

    /// Reads a file of JSON Lines.
    pub(super) fn json<R: BufRead>(
        &mut self,
        mut lines: JsonLines<R>,
        names: &mut Names<'_>,
    ) -> Result<(), Failure> {
        while let Some((line, text)) = lines.next()? {
            let (lead, parts) = event_line(text, line, names)?;
            let wrong = |error| Failure::new(line, ReadErrorKind::Lead(error));
            let lead = id(lead).map_err(|error| wrong(error.within("lead")))?;
            if lead.is_empty() {
                let kind = LeadErrorKind::Missing { expected: "the id of a lead" };
                return Err(wrong(LeadError::new("lead", kind)));
            }
            let event = event(names, &parts).map_err(|error| wrong(error).of(&lead))?;
            self.add(&lead, line, event, names);
        }
        Ok(())
    }

    /// Adds what a line says of a lead; without an event, it is of a kind that the vocabulary lacks.
    pub(super) fn add(&mut self, lead: &str, line: u64, event: Option<Event>, names: &mut Names<'_>) {
        if !self.by_lead.contains_key(lead) {
            self.by_lead.insert(lead.into(), EventsOfLead { first_line: line, ..EventsOfLead::default() });
        }
        let Some(of_lead) = self.by_lead.get_mut(lead) else { return };
        of_lead.lines += 1;
        of_lead.events.extend(event);
        // They count for the lead, once, when it comes.
        of_lead.names.extend(names.tally.take());
    }

    /// The events of a lead that has been read.
    pub(super) fn take(&mut self, lead: &str) -> Option<EventsOfLead> {
        self.by_lead.remove(lead)
    }

    /// The lead file has this lead, although it could not be read.
    pub(super) fn meet(&mut self, lead: &str) {
        if let Some(of_lead) = self.by_lead.get_mut(lead) {
            of_lead.met = true;
        }
    }

    /// The lines that belong to leads which have not come.
    pub(super) fn left_over(&self) -> Option<ReadWarning> {
        let left = || self.by_lead.iter().filter(|(_, of_lead)| !of_lead.met);
        let (lead, first) = left().min_by_key(|(_, of_lead)| of_lead.first_line)?;
        Some(ReadWarning::EventsWithoutLead {
            file: self.file.to_string(),
            lines: left().map(|(_, of_lead)| of_lead.lines).sum(),
            first_line: first.first_line,
            first_lead: lead.to_string(),
        })
    }
}
