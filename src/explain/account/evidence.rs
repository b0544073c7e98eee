//! The events behind something: how many, the newest, and what they are about.

use std::cmp::Reverse;

use super::Account;
use crate::explain::events;
use crate::explain::explanation::{Evidence, SubjectCount};
use crate::explain::words::EventsFound;
use crate::lead::Event;
use crate::model::{ConditionId, EventTest, TermId};

impl<'a> Account<'a> {
    /// Some events in short, newest first as they come; none for none.
    pub(super) fn evidence(&self, events: &[(usize, &'a Event)]) -> Option<Evidence> {
        let (_, newest) = events.first()?;
        let mut counted = self.reader.subjects.counted(events);
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

    /// The events behind a condition: those that match an event test which holds and is not negated.
    pub(super) fn evidence_of(&self, condition: ConditionId) -> Option<Evidence> {
        let mut tests = self.reader.positive_event_tests(condition);
        tests.retain(|(id, _)| self.holds(*id));
        match tests.as_slice() {
            [] => None,
            // Looked up already, or it will be: the test is told of as well.
            [(id, test)] => self.events_found(*id, test).events,
            _ => self.evidence(&self.reader.evidence(condition, &self.reading.conditions, self.now())),
        }
    }

    /// What is found of an event test.
    pub(super) fn events_found(&self, condition: ConditionId, test: &EventTest) -> EventsFound {
        if let Some(found) = self.found.borrow().get(&condition) {
            return found.clone();
        }
        let kept: Vec<(usize, &Event)> = self.reader.kept(test.term, test.window, self.now()).collect();
        let value = self.reader.aggregated(&test.aggregate, kept.iter().copied());
        let found = EventsFound { value, ..self.found(&kept, &kept, test.term) };
        self.found.borrow_mut().insert(condition, found.clone());
        found
    }

    /// What is found of a term: the events that count, and where those are that a window does not keep.
    pub(super) fn found(
        &self,
        counting: &[(usize, &'a Event)],
        kept: &[(usize, &'a Event)],
        term: TermId,
    ) -> EventsFound {
        let past = self.reader.past(term, self.now());
        // A window keeps a run of events, so the newest that it does not keep stands before them or behind.
        let is_before = kept.first().is_none_or(|(newest, _)| past.first() != Some(newest));
        let newest_outside = past.get(if is_before { 0 } else { kept.len() });
        let newest_outside = newest_outside.and_then(|index| self.reader.events.get(*index));
        EventsFound {
            value: events::whole(counting.len()),
            events: self.evidence(counting),
            outside: past.len() - kept.len(),
            newest_outside: newest_outside.map(|event| event.at),
        }
    }
}
