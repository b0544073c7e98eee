//! The events of a state spread out for work: sorted, each delivery once, and rid of what nothing asks for.

use std::cmp::Ordering;
use std::hash::BuildHasher;

use super::LeadState;
use super::pack::{Entry, Span, read_arrivals, read_packed, values_of};
use super::retention::{KeptTerm, Need, Retention};
use crate::hash::QuickHash;
use crate::model::LimitPer;
use crate::plan::Micros;
use crate::time::DAY;

/// Lists that are filled for one state after another.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kept {
    /// By term, of one term by time, then by id, subject and values.
    pub(super) entries: Vec<Entry>,
    pub(super) values: Vec<i64>,
    arrived: Vec<Entry>,
    merged: Vec<Entry>,
    keep: Vec<bool>,
    order: Vec<u32>,
    ids: IdTable,
}

/// The bytes of a state: packed events up to `packed`, arrivals up to `end`.
#[derive(Clone, Copy)]
pub(super) struct Stretch {
    pub(super) from: usize,
    pub(super) packed: usize,
    pub(super) end: usize,
}

impl Stretch {
    /// The same behind `offset` other bytes.
    pub(super) const fn moved(self, offset: usize) -> Stretch {
        Stretch { from: self.from + offset, packed: self.packed + offset, end: self.end + offset }
    }
}

impl Kept {
    /// Spreads out the events in `bytes`: of one state, or of two that belong together.
    pub(super) fn gather(&mut self, bytes: &[u8], states: &[Stretch], retention: &Retention) {
        let Kept { entries, values, arrived, .. } = self;
        entries.clear();
        values.clear();
        arrived.clear();
        for (number, state) in states.iter().enumerate() {
            // Only the first list is in order as it stands.
            let packed = if number == 0 { &mut *entries } else { &mut *arrived };
            read_packed(bytes, (state.from, state.packed), retention, packed, values);
            read_arrivals(bytes, (state.packed, state.end), retention, arrived, values);
        }
        if !arrived.is_empty() {
            self.merge(bytes, retention);
        }
    }

    /// Forgets everything, to be filled with [`Kept::push`] and then put in order.
    pub(super) fn clear(&mut self) {
        self.entries.clear();
        self.values.clear();
        self.arrived.clear();
    }

    /// Adds an event in no order.
    pub(super) fn push(&mut self, entry: Entry, values: &[i64]) {
        self.arrived.push(Entry { values: self.values.len() as u32, ..entry });
        self.values.extend_from_slice(values);
    }

    /// Puts what was added in order.
    pub(super) fn sort(&mut self, bytes: &[u8], retention: &Retention) {
        self.merge(bytes, retention);
    }

    /// Spreads out what settling a state leaves, and gives what goes into its bases then.
    pub(super) fn settled(&mut self, state: &LeadState, retention: &Retention) -> Vec<i128> {
        let mut bases = state.bases.to_vec();
        self.gather(&state.bytes, &[state.stretch()], retention);
        self.trim(&state.bytes, state.horizon, retention, &mut bases);
        bases
    }

    /// The entries of a term.
    pub(super) fn of_term(&self, term: u32) -> &[Entry] {
        let from = self.entries.partition_point(|entry| entry.term < term);
        let to = self.entries.partition_point(|entry| entry.term <= term);
        self.entries.get(from..to).unwrap_or(&[])
    }

    fn merge(&mut self, bytes: &[u8], retention: &Retention) {
        let Kept { entries, values, arrived, merged, .. } = self;
        let compare = |one: &Entry, other: &Entry| in_order(one, other, bytes, values, retention);
        arrived.sort_unstable_by(compare);
        merged.clear();
        let mut put = |entry: Entry| {
            // A delivery made twice: the same event at the same time.
            let again = merged.last().is_some_and(|last| {
                (last.term, last.at) == (entry.term, entry.at)
                    && !entry.id.is_empty()
                    && last.id.of(bytes) == entry.id.of(bytes)
            });
            if !again {
                merged.push(entry);
            }
        };
        let mut before = entries.iter().copied().peekable();
        for arrival in arrived.iter() {
            while let Some(entry) = before.next_if(|entry| compare(entry, arrival) != Ordering::Greater) {
                put(entry);
            }
            put(*arrival);
        }
        before.for_each(put);
        std::mem::swap(entries, merged);
        if self.arrived.iter().any(|arrival| !arrival.id.is_empty()) {
            self.ids.keep_earliest(&mut self.entries, bytes);
        }
    }

    /// Leaves out what no evaluation from `horizon` on asks for, and puts into `bases` what that came to.
    pub(super) fn trim(&mut self, bytes: &[u8], horizon: Micros, retention: &Retention, bases: &mut [i128]) {
        self.fold(horizon, retention, bases);
        let Kept { entries, keep, order, .. } = self;
        keep.clear();
        keep.resize(entries.len(), false);
        let mut keep_left = keep.as_mut_slice();
        for run in entries.chunk_by(|one, other| one.term == other.term) {
            let (of_run, rest) = std::mem::take(&mut keep_left).split_at_mut(run.len());
            keep_left = rest;
            let Some(term) = run.first().and_then(|entry| retention.term(entry.term)) else { continue };
            for need in &term.needs {
                need.mark(run, bytes, horizon, of_run, order);
            }
        }
        let mut kept = keep.iter();
        entries.retain(|entry| {
            let needed = kept.next() == Some(&true);
            if !needed
                && entry.id.is_empty()
                && let Some(base) = retention.term(entry.term).and_then(|term| term.count_base)
                && let Some(base) = bases.get_mut(base as usize)
            {
                *base = base.saturating_add(1);
            }
            needed
        });
    }

    /// Adds values to the bases that are no longer needed by themselves, and forgets those that are needed no
    /// more. A value with an id stays where all are asked for, so that its event can come again.
    fn fold(&mut self, horizon: Micros, retention: &Retention, bases: &mut [i128]) {
        for entry in &self.entries {
            let Some(term) = retention.term(entry.term) else { continue };
            let values = self.values.iter_mut().skip(entry.values as usize);
            for (sum, value) in term.sums.iter().zip(values) {
                if entry.at > horizon.saturating_sub(sum.apart_until) {
                    continue;
                }
                match sum.base.and_then(|base| bases.get_mut(base as usize)) {
                    Some(_) if !entry.id.is_empty() => {}
                    Some(base) => *base = base.saturating_add(i128::from(std::mem::take(value))),
                    None => *value = 0,
                }
            }
        }
    }

    /// The values of an entry, one for each sum of its term.
    pub(super) fn values_of(&self, entry: &Entry, term: &KeptTerm) -> &[i64] {
        values_of(entry, term.sums.len(), &self.values)
    }
}

/// The order of entries. Of equal ones it makes no difference which is which.
fn in_order(one: &Entry, other: &Entry, bytes: &[u8], values: &[i64], retention: &Retention) -> Ordering {
    let rest = || {
        let sums = retention.term(one.term).map_or(0, |term| term.sums.len());
        let of =
            |entry: &Entry| (entry.id.of(bytes), entry.subject.of(bytes), values_of(entry, sums, values));
        of(one).cmp(&of(other))
    };
    (one.term, one.at).cmp(&(other.term, other.at)).then_with(rest)
}

impl Need {
    /// Marks the events of a term that this needs.
    fn mark(&self, run: &[Entry], bytes: &[u8], horizon: Micros, keep: &mut [bool], order: &mut Vec<u32>) {
        let (newest, oldest) =
            (horizon.saturating_sub(self.ages.enters), horizon.saturating_sub(self.ages.leaves));
        let end = run.partition_point(|entry| entry.at <= newest);
        let start = run.partition_point(|entry| entry.at <= oldest).min(end);
        let (inside, to_come) = keep.split_at_mut(end);
        to_come.fill(true);
        let inside = inside.get_mut(start..).unwrap_or_default();
        let run = run.get(start..end).unwrap_or_default();
        let mut left = self.times;
        let mut mark = |entry: usize| {
            if let Some(keep) = inside.get_mut(entry).filter(|_| left > 0) {
                *keep = true;
                left -= 1;
            }
            left > 0
        };
        match self.per {
            None => {
                let counts = |(_, entry): &(usize, &Entry)| !self.with_id_only || !entry.id.is_empty();
                let mut newest_first = run.iter().enumerate().rev().filter(counts);
                newest_first.all(|(place, _)| mark(place));
            }
            Some(LimitPer::Day(limit)) => {
                let (mut day, mut of_day) = (None, 0);
                for (place, entry) in run.iter().enumerate().rev() {
                    let of = Some(entry.at.div_euclid(DAY));
                    of_day = if of == day { of_day + 1 } else { 1 };
                    day = of;
                    if of_day <= limit && !mark(place) {
                        break;
                    }
                }
            }
            Some(LimitPer::Subject(limit)) => {
                let subject = |place: u32| run.get(place as usize).map(|entry| entry.subject.of(bytes));
                order.clear();
                order.extend((0u32..).take(run.len()));
                order.sort_unstable_by_key(|place| (subject(*place), std::cmp::Reverse(*place)));
                let (mut last, mut of_subject) = (None, 0);
                order.retain(|place| {
                    let of = subject(*place);
                    of_subject = if of == last { of_subject + 1 } else { 1 };
                    last = of;
                    of_subject <= limit
                });
                order.sort_unstable();
                order.iter().rev().all(|place| mark(*place as usize));
            }
        }
    }
}

/// Finds entries with the same id.
#[derive(Clone, Debug, Default)]
struct IdTable {
    /// A place in `earliest` and one more, or 0; at most half are taken.
    places: Vec<u32>,
    /// Each id and the earliest time that it came with.
    earliest: Vec<(Span, Micros)>,
    hasher: QuickHash,
}

impl IdTable {
    /// Leaves out events whose id came with an earlier time too.
    fn keep_earliest(&mut self, entries: &mut Vec<Entry>, bytes: &[u8]) {
        self.earliest.clear();
        self.places.clear();
        self.places.resize((entries.len() * 2).next_power_of_two(), 0);
        let mut conflict = false;
        for entry in entries.iter().filter(|entry| !entry.id.is_empty()) {
            match self.find(entry.id, bytes) {
                Ok(place) => {
                    if let Some((_, at)) = self.earliest.get_mut(place) {
                        conflict |= *at != entry.at;
                        *at = entry.at.min(*at);
                    }
                }
                Err(free) => {
                    self.earliest.push((entry.id, entry.at));
                    if let Some(place) = self.places.get_mut(free) {
                        *place = u32::try_from(self.earliest.len()).unwrap_or(0);
                    }
                }
            }
        }
        if conflict {
            entries.retain(|entry| {
                let found = self.find(entry.id, bytes).ok().and_then(|place| self.earliest.get(place));
                entry.id.is_empty() || found.is_none_or(|(_, at)| *at == entry.at)
            });
        }
    }

    /// The place of an id in `earliest`, or else where among `places` it belongs.
    fn find(&self, id: Span, bytes: &[u8]) -> Result<usize, usize> {
        let mask = self.places.len().wrapping_sub(1);
        let mut at = self.hasher.hash_one(id.of(bytes)) as usize & mask;
        // OK because at least half of the places are free: one of them ends this.
        while let Some(place) = self.places.get(at).and_then(|place| (*place as usize).checked_sub(1)) {
            if self.earliest.get(place).is_some_and(|(other, _)| other.of(bytes) == id.of(bytes)) {
                return Ok(place);
            }
            at = at.wrapping_add(1) & mask;
        }
        Err(at)
    }
}
