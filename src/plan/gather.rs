//! Events on their way into signals: matched to terms one by one as they come, in any order, then laid out by
//! term and time.
//!
//! Of an event only numbers stay behind: the terms that it fits, when it came, which subject it has where that
//! matters, and what it adds to sums. Of events with one id the earliest stays, of equally early ones the first.
//! The lists are filled again for each lead without allocating.

use super::fold::FoldRoom;
use super::numbering::number_of;
use super::text_numbers::TextNumbers;
use super::{Micros, Plan, ValueRef};
use crate::vocabulary::{EventKindId, PropertyId};

/// An event but for its properties.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrival<'a> {
    pub(crate) kind: EventKindId,
    /// In any case; empty where the event has none.
    pub(crate) subject: &'a str,
    pub(crate) at: Micros,
    /// Empty where the event has none.
    pub(crate) id: &'a str,
}

/// The events of one lead that have come so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Gathered {
    events: Vec<GatheredEvent>,
    /// The terms of each event, each once.
    terms: Vec<u32>,
    /// Of events that fit a term whose numbers are added up, what they add, by the kind's summed properties.
    numbers: Vec<i64>,
    pub(super) subjects: TextNumbers,
    ids: TextNumbers,
    /// By number of an id: when the event that counts came, and its place if it is kept.
    by_id: Vec<(Micros, Option<usize>)>,
    /// Whether some event is older than one before it.
    mixed: bool,
    /// By term: the number of the last event that fits it.
    last: Vec<u64>,
    arrivals: u64,
}

/// An event that something asks for.
#[derive(Clone, Debug)]
pub(super) struct GatheredEvent {
    pub(super) at: Micros,
    kind: EventKindId,
    /// The number of its subject, where a term that it fits tells subjects apart.
    pub(super) subject: u32,
    /// Where its terms start among all, and how many they are.
    first_term: usize,
    terms: u32,
    /// Where what it adds to sums starts among the numbers.
    first_number: usize,
    /// Whether it counts as activity.
    active: bool,
}

impl Gathered {
    /// Forgets all events.
    pub(super) fn clear(&mut self) {
        self.events.clear();
        self.terms.clear();
        self.numbers.clear();
        self.subjects.clear();
        if !self.by_id.is_empty() {
            self.ids.clear();
            self.by_id.clear();
        }
        self.mixed = false;
    }

    /// Takes in an event of a known kind; `property` gives those that are there.
    pub(super) fn add<'e>(
        &mut self,
        plan: &Plan,
        arrival: Arrival<'_>,
        property: impl Fn(PropertyId) -> Option<ValueRef<'e>>,
        room: &mut FoldRoom,
    ) {
        let Arrival { kind, subject, at, id } = arrival;
        let same_id = if id.is_empty() { None } else { Some(self.ids.number(id.as_bytes())) };
        let earlier = same_id.and_then(|number| self.by_id.get(number).copied());
        if earlier.is_some_and(|(earliest, _)| earliest <= at) {
            return;
        }
        let (first, first_number) = (self.terms.len(), self.numbers.len());
        let tells_apart = self.match_terms(plan, (kind, subject), &property, room);
        let active = plan.activity.as_ref().is_some_and(|activity| activity.counts(kind));
        let is_kept = active || self.terms.len() > first;
        if let Some(number) = same_id {
            if let Some(event) = earlier.and_then(|(_, place)| self.events.get_mut(place?)) {
                (event.terms, event.active) = (0, false);
            }
            let counts = (at, is_kept.then_some(self.events.len()));
            match self.by_id.get_mut(number) {
                Some(entry) => *entry = counts,
                None => self.by_id.push(counts),
            }
        }
        if is_kept {
            self.mixed |= self.events.last().is_some_and(|last| at < last.at);
            let subject = if tells_apart { number_of(self.subjects.folded_number(subject)) } else { 0 };
            let terms = number_of(self.terms.len() - first);
            let event = GatheredEvent { at, kind, subject, first_term: first, terms, first_number, active };
            self.events.push(event);
        }
    }

    /// Puts the terms that an event fits behind the others, and what it adds to sums; tells whether one of them
    /// tells subjects apart.
    fn match_terms<'e>(
        &mut self,
        plan: &Plan,
        (kind, subject): (EventKindId, &str),
        property: impl Fn(PropertyId) -> Option<ValueRef<'e>>,
        room: &mut FoldRoom,
    ) -> bool {
        let Gathered { terms, numbers, last, arrivals, .. } = self;
        if last.len() != plan.terms.len() {
            last.clear();
            last.resize(plan.terms.len(), 0);
        }
        *arrivals += 1;
        let (mut tells_apart, mut adds) = (false, false);
        plan.terms_of(kind, subject, &property, room, |number| {
            let (Some(last), Some(term)) = (last.get_mut(number as usize), plan.terms.get(number as usize))
            else {
                return;
            };
            // It may fit several selectors of a term.
            if *last != *arrivals {
                *last = *arrivals;
                tells_apart |= term.subjects;
                adds |= term.sums;
                terms.push(number);
            }
        });
        if adds {
            numbers.extend(plan.summed(kind).iter().map(|id| match property(*id) {
                Some(ValueRef::Number(number)) => number.millionths(),
                _ => 0,
            }));
        }
        tells_apart
    }

    /// Puts the events in the order of time; equally early ones in any.
    pub(super) fn sort(&mut self) {
        if self.mixed {
            self.events.sort_unstable_by_key(|event| event.at);
            self.mixed = false;
        }
    }

    /// All events and the terms that each fits.
    pub(super) fn matches(&self) -> impl Iterator<Item = (&GatheredEvent, &[u32])> {
        self.events.iter().map(|event| {
            let end = event.first_term + event.terms as usize;
            (event, self.terms.get(event.first_term..end).unwrap_or(&[]))
        })
    }

    pub(super) fn event(&self, place: u32) -> Option<&GatheredEvent> {
        self.events.get(place as usize)
    }

    /// The times of those that count as activity.
    pub(super) fn activity(&self) -> impl Iterator<Item = Micros> {
        self.events.iter().filter(|event| event.active).map(|event| event.at)
    }

    /// What an event adds to a sum, by its number in the plan, in millionths.
    pub(super) fn addend(&self, plan: &Plan, sum: usize, event: &GatheredEvent) -> i64 {
        let property = plan.sums.get(sum).and_then(|sum| sum.property(event.kind));
        let place = property.and_then(|property| plan.summed(event.kind).binary_search(&property).ok());
        let number = place.and_then(|place| self.numbers.get(event.first_number + place));
        number.copied().unwrap_or(0)
    }
}
