//! The subjects of a lead's events, numbered once, so that counting them for many rules compares no texts.

use std::collections::HashMap;

use crate::lead::Event;

/// Which of a lead's events are about the same, the case of ASCII letters ignored.
pub(super) struct Subjects {
    /// By event.
    numbers: Vec<usize>,
    /// How many different ones there are.
    count: usize,
}

impl Subjects {
    pub(super) fn of(events: &[&Event]) -> Self {
        let mut known: HashMap<&str, usize> = HashMap::new();
        let mut numbers = Vec::with_capacity(events.len());
        for event in events {
            let next = known.len();
            numbers.push(*known.entry(event.subject.folded()).or_insert(next));
        }
        Subjects { numbers, count: known.len() }
    }

    /// The subject of an event, by its place among the lead's events.
    pub(super) fn number(&self, event: usize) -> Option<usize> {
        self.numbers.get(event).copied()
    }

    /// How many different subjects some events have.
    pub(super) fn different(&self, events: impl Iterator<Item = usize>) -> usize {
        let mut seen = vec![false; self.count];
        let mut different = 0;
        for event in events {
            let subject = self.number(event).and_then(|number| seen.get_mut(number));
            if subject.is_some_and(|seen| !std::mem::replace(seen, true)) {
                different += 1;
            }
        }
        different
    }

    /// How often each subject occurs among some events, with the first event about it, in their order.
    pub(super) fn counted<'e>(&self, events: &[(usize, &'e Event)]) -> Vec<(&'e Event, usize)> {
        // By subject: its place among those found, counted from 1.
        let mut places = vec![0; self.count];
        let mut counted: Vec<(&Event, usize)> = Vec::new();
        for (index, event) in events {
            let Some(place) = self.number(*index).and_then(|number| places.get_mut(number)) else { continue };
            if *place == 0 {
                counted.push((event, 0));
                *place = counted.len();
            }
            if let Some((_, count)) = counted.get_mut(*place - 1) {
                *count += 1;
            }
        }
        counted
    }
}
