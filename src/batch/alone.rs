//! One lead of a batch by itself, for what a pass over its events cannot give: its events go into lists, as they do
//! where a lead is built.

use std::ops::Range;

use super::duplicates::Duplicates;
use super::reading::EventReader;
use super::rows::fill;
use super::same_texts::SameTexts;
use crate::plan::{FoldRoom, Leaf, Micros, Plan, Signals};
use crate::vocabulary::{AttributeId, Vocabulary};

/// The lists of one lead, filled again by each.
#[derive(Clone, Debug, Default)]
pub(super) struct Alone {
    /// Term, time and row of each event that fits a term; activity comes last, as a term of its own.
    matches: Vec<(u32, Micros, usize)>,
    /// Rows of duplicates.
    dropped: Vec<usize>,
    /// The truth values of the tests of attributes.
    truth: Vec<bool>,
    /// By code: one more than the first code with the same text, as far as the subject has come up.
    subjects: Vec<u32>,
    /// Whether these are made ready for the batch.
    begun: bool,
    same: SameTexts,
    duplicates: Duplicates,
    room: FoldRoom,
}

impl Alone {
    /// Starts with another batch.
    pub(super) fn begin(&mut self) {
        self.begun = false;
    }

    /// Fills the signals of the lead with these events; `words` are those of the tests of attributes, of which the
    /// lead has one bit.
    pub(super) fn fill(
        &mut self,
        (plan, vocabulary): (&Plan, &Vocabulary),
        (words, bit): (&[u64], usize),
        date: impl Fn(AttributeId) -> Option<Micros>,
        events: Option<(EventReader<'_, '_>, Range<usize>)>,
        signals: &mut Signals,
    ) {
        self.truth.clear();
        self.truth.extend(words.iter().map(|word| word >> bit & 1 == 1));
        self.matches.clear();
        if let Some((reader, rows)) = &events {
            self.list(plan, vocabulary, reader, rows.clone());
        }
        let Alone { matches, truth, subjects, .. } = self;
        let row = |place: usize| matches.get(place).map_or(usize::MAX, |(_, _, row)| *row);
        let subject = |place: usize| -> &[u8] {
            let Some((reader, _)) = &events else { return b"" };
            let known = reader.subject(row(place)).and_then(|code| subjects.get(code as usize));
            let first = known.and_then(|known| known.checked_sub(1));
            let dictionary = reader.events.subjects.map_or(&[][..], |subjects| subjects.dictionary);
            first.and_then(|first| dictionary.get(first as usize)).map_or(b"", |text| text.as_bytes())
        };
        let value = |sum: usize, place: usize| {
            events.as_ref().map_or(0, |(reader, _)| reader.addend(plan, sum, row(place)))
        };
        let listed = matches.iter().map(|(term, at, _)| (*term, *at));
        plan.signals_of_terms(signals, truth, date, listed, subject, value);
    }

    /// Lists the events by term and time.
    fn list(
        &mut self,
        plan: &Plan,
        vocabulary: &Vocabulary,
        reader: &EventReader<'_, '_>,
        rows: Range<usize>,
    ) {
        let dictionary = reader.events.subjects.map_or(&[][..], |subjects| subjects.dictionary);
        if !std::mem::replace(&mut self.begun, true) {
            self.same.begin(dictionary.len());
            fill(&mut self.subjects, dictionary.len(), 0);
        }
        let Alone { matches, dropped, subjects, same, duplicates, room, .. } = self;
        let known = |row: usize| reader.kind(row).is_some_and(|kind| kind.id.is_some());
        dropped.clear();
        duplicates.find(reader.events, rows.clone(), known, |row| dropped.push(row));
        dropped.sort_unstable();
        let activity = u32::try_from(plan.terms.len()).unwrap_or(u32::MAX);
        let asks_for_activity = plan.program.leaves.iter().any(|leaf| matches!(leaf, Leaf::Inactive(_)));
        for row in rows {
            let Some(kind) = reader.kind(row).and_then(|kind| kind.id) else { continue };
            if dropped.binary_search(&row).is_ok() {
                continue;
            }
            let at = reader.at(row);
            let code = reader.subject(row).map(|code| code as usize);
            let subject = code.and_then(|code| dictionary.get(code)).copied().unwrap_or_default();
            let first = matches.len();
            plan.terms_of(
                kind,
                subject,
                |id| reader.property(id, row),
                room,
                |term| matches.push((term, at, row)),
            );
            if matches.len() > first
                && let Some(code) = code
                && let Some(known @ 0) = subjects.get_mut(code)
            {
                *known = same.first(dictionary, code, room) + 1;
            }
            if asks_for_activity && vocabulary.kind(kind).is_some_and(|kind| !kind.passive) {
                matches.push((activity, at, row));
            }
        }
        matches.sort_unstable();
        // An event may fit several selectors of a term.
        matches.dedup();
    }
}
