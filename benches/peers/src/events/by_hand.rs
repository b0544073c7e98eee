//! The rules written by hand to be fast, and nothing else: the yardstick.
//!
//! Preparing turns an event into a small number for what the rules can ask of it; scoring is one pass over
//! those that counts everything at once.

use chrono::{DateTime, Utc};

use super::history::{Event, Lead};
use super::tally::{Seen, Tally, what};
use crate::way::Verdict;

/// The events that the rules look at.
#[derive(Clone, Default)]
pub struct Prepared {
    events: Vec<Seen>,
    subjects: u16,
}

/// What preparing and scoring need beside, used again and again.
#[derive(Default)]
pub struct Scratch {
    /// An open table of the subjects met.
    table: Vec<Option<Met>>,
    /// A bit for each subject, thrice.
    met: Vec<u64>,
}

#[derive(Clone, Copy)]
struct Met {
    hash: u64,
    /// The event that brought it.
    event: u32,
    number: u16,
}

/// The longest subject that is looked at on the stack.
const SHORT: usize = 64;

impl Prepared {
    pub fn fill(&mut self, lead: &Lead, scratch: &mut Scratch) {
        self.events.clear();
        self.subjects = 0;
        scratch.table.clear();
        scratch.table.resize((lead.events.len() * 2).next_power_of_two(), None);
        for (number, event) in lead.events.iter().enumerate() {
            let mut short = [0; SHORT];
            let long;
            let subject = match short.get_mut(..event.subject.len()) {
                Some(buffer) => {
                    buffer.copy_from_slice(event.subject.as_bytes());
                    buffer.make_ascii_lowercase();
                    &*buffer
                }
                None => {
                    long = event.subject.to_ascii_lowercase();
                    long.as_bytes()
                }
            };
            let Some((what, is_counted)) = what(&event.kind, subject) else { continue };
            let subject =
                if is_counted { self.number(subject, number, &lead.events, &mut scratch.table) } else { 0 };
            let seconds = event.watched.map_or(0, |watched| watched.seconds) as u32;
            self.events.push(Seen { at: event.at.timestamp(), seconds, subject, what });
        }
    }

    /// The number of a subject among those met.
    fn number(&mut self, subject: &[u8], event: usize, events: &[Event], table: &mut [Option<Met>]) -> u16 {
        let hash = hash(subject);
        let mask = table.len() - 1;
        let mut place = hash as usize & mask;
        loop {
            match table[place] {
                None => {
                    table[place] = Some(Met { hash, event: event as u32, number: self.subjects });
                    self.subjects += 1;
                    return self.subjects - 1;
                }
                Some(met)
                    if met.hash == hash
                        && events[met.event as usize].subject.as_bytes().eq_ignore_ascii_case(subject) =>
                {
                    return met.number;
                }
                Some(_) => place = (place + 1) & mask,
            }
        }
    }

    pub fn verdict(&self, now: DateTime<Utc>, scratch: &mut Scratch) -> Verdict {
        let mut tally = Tally::new(now.timestamp(), usize::from(self.subjects), &mut scratch.met);
        for event in &self.events {
            tally.add(event);
        }
        tally.verdict(0)
    }
}

/// Eight letters at a time.
fn hash(text: &[u8]) -> u64 {
    let mut hash = text.len() as u64;
    for chunk in text.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        hash = (hash.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
    hash ^ (hash >> 32)
}
