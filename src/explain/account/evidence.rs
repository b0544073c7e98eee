//! The events behind something: how many, the newest, and what they are about.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::Account;
use crate::explain::events;
use crate::explain::explanation::{Evidence, SubjectCount};
use crate::explain::words::EventsFound;
use crate::lead::Event;
use crate::model::{ConditionId, EventTest, TermId, Window};

/// The subjects of all events of a lead, numbered, so that counting them for many rules compares no texts.
pub(super) struct Subjects {
    /// By event, newest first.
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

    /// How often each subject occurs among some events, in the order in which they first do.
    fn counted<'e>(&self, events: &[(usize, &'e Event)]) -> Vec<(&'e Event, usize)> {
        // By subject: its place among those found, counted from 1.
        let mut places = vec![0; self.count];
        let mut counted: Vec<(&Event, usize)> = Vec::new();
        for (index, event) in events {
            let Some(place) = self.numbers.get(*index).and_then(|number| places.get_mut(*number)) else {
                continue;
            };
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

impl<'a> Account<'a> {
    /// Some events in short, newest first as they come; none for none.
    pub(super) fn evidence(&self, events: &[(usize, &'a Event)]) -> Option<Evidence> {
        let (_, newest) = events.first()?;
        let mut counted = self.subjects.counted(events);
        let different = counted.len();
        let mut subjects = Vec::new();
        while subjects.len() < Evidence::MOST_SUBJECTS {
            // Of equally frequent ones the first, which has the newest event.
            let most = counted.iter().enumerate().min_by_key(|(_, (_, count))| Reverse(*count));
            let Some(most) = most.map(|(at, _)| at) else { break };
            let (event, count) = counted.remove(most);
            subjects.push(SubjectCount { subject: event.subject.as_str().to_owned(), count });
        }
        Some(Evidence {
            count: events.len(),
            newest: newest.at.into(),
            more_subjects: different - subjects.len(),
            subjects,
        })
    }

    /// What is found of an event test.
    pub(super) fn events_found(&self, condition: ConditionId, test: &EventTest) -> EventsFound {
        if let Some(found) = self.found.borrow().get(&condition) {
            return found.clone();
        }
        let kept: Vec<(usize, &Event)> = self.reader.kept(test.term, test.window, self.now()).collect();
        let value = events::aggregated(&test.aggregate, kept.iter().map(|(_, event)| *event));
        let found = EventsFound { value, ..self.found(&kept, test.term, test.window) };
        self.found.borrow_mut().insert(condition, found.clone());
        found
    }

    /// What is found of a term: the events that count, which lie inside the window, and where others are.
    pub(super) fn found(&self, events: &[(usize, &'a Event)], term: TermId, window: Window) -> EventsFound {
        let past = || self.reader.kept(term, Window::Ever, self.now());
        let outside = || past().filter(|(_, event)| !events::keeps(window, event.at, self.now()));
        EventsFound {
            value: events::whole(events.len()),
            events: self.evidence(events),
            outside: outside().count(),
            newest_outside: outside().next().map(|(_, event)| event.at),
        }
    }
}
