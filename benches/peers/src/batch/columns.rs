//! Many leads in columns, as a warehouse or a data frame has them.

use std::collections::HashMap;

use crate::NOW;
use crate::dice::Dice;
use crate::events::history::{self, Event, Lead, Watched};

/// How many events each lead has.
const EVENTS: usize = 50;

/// A column of texts, each different one kept once.
#[derive(Default)]
pub struct Texts {
    pub dictionary: Vec<String>,
    /// For each row its place in the dictionary.
    pub codes: Vec<u32>,
    known: HashMap<String, u32>,
}

impl Texts {
    fn push(&mut self, text: &str) {
        let code = match self.known.get(text) {
            Some(code) => *code,
            None => {
                let code = self.dictionary.len() as u32;
                self.dictionary.push(text.to_owned());
                self.known.insert(text.to_owned(), code);
                code
            }
        };
        self.codes.push(code);
    }

    pub fn row(&self, row: usize) -> &str {
        &self.dictionary[self.codes[row] as usize]
    }
}

/// Leads and their events. Texts are in small letters, so that engines need not lower them.
#[derive(Default)]
pub struct Columns {
    pub industry: Texts,
    pub country: Texts,
    pub company_size: Vec<i64>,
    pub consent: Vec<bool>,
    /// Where each lead's events begin, and where the last one's end.
    pub first_event: Vec<usize>,
    pub kind: Texts,
    pub subject: Texts,
    /// In microseconds since 1970, rising within a lead.
    pub at: Vec<i64>,
    /// 0 where nothing was watched.
    pub seconds: Vec<i64>,
}

/// So many leads, the same in every run.
pub fn columns(leads: usize) -> Columns {
    let mut dice = Dice::new(3);
    let mut columns = Columns { first_event: vec![0], ..Columns::default() };
    for lead in history::leads(EVENTS, NOW).take(leads) {
        let industries = ["software", "fintech", "education", "government", "retail", "logistics", "biotech"];
        columns.industry.push(dice.one_of(&industries));
        columns.country.push(dice.one_of(&["us", "ca", "gb", "de", "fr", "nl", "es", "br", "in", "jp"]));
        columns.company_size.push(1 + dice.mostly_small(2_000));
        columns.consent.push(dice.chance(80));
        for event in &lead.events {
            columns.kind.push(&event.kind);
            columns.subject.push(&event.subject.to_ascii_lowercase());
            columns.at.push(event.at.timestamp_micros());
            columns.seconds.push(event.watched.map_or(0, |watched| watched.seconds));
        }
        columns.first_event.push(columns.at.len());
    }
    columns
}

impl Columns {
    pub fn leads(&self) -> usize {
        self.company_size.len()
    }

    pub fn events_of(&self, lead: usize) -> std::ops::Range<usize> {
        self.first_event[lead]..self.first_event[lead + 1]
    }

    /// A lead's events out of the columns, for the plain reading.
    pub fn lead(&self, lead: usize) -> Lead {
        let events = self.events_of(lead).map(|row| Event {
            kind: self.kind.row(row).to_owned(),
            subject: self.subject.row(row).to_owned(),
            at: chrono::DateTime::from_timestamp_micros(self.at[row]).expect("generated in range"),
            watched: (self.seconds[row] > 0).then(|| Watched { seconds: self.seconds[row] }),
        });
        Lead { events: events.collect() }
    }
}
