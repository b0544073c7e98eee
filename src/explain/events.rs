//! Which events match a term, and which of those a window keeps.

use std::collections::HashMap;

use crate::lead::Event;
use crate::model::{Aggregate, Bound, EventTest, Model, Selector, SubjectPattern, TermId, Window};
use crate::time::Instant;
use crate::vocabulary::EventKindId;

use super::Reader;

/// By term: which of `events` match one of its selectors, each once, in the order of `events`.
pub(super) fn matching(model: &Model, events: &[&Event]) -> Vec<Vec<usize>> {
    let mut of_kind: HashMap<EventKindId, Vec<(usize, &Event)>> = HashMap::new();
    for (index, event) in events.iter().enumerate() {
        of_kind.entry(event.kind).or_default().push((index, event));
    }
    let matching_selector: Vec<Vec<usize>> = model
        .selectors
        .iter()
        .map(|selector| {
            let candidates = of_kind.get(&selector.kind).into_iter().flatten();
            candidates.filter(|(_, event)| fits(selector, event)).map(|(index, _)| *index).collect()
        })
        .collect();
    let of_term = |selectors: &[crate::model::SelectorId]| {
        let lists = selectors.iter().filter_map(|selector| matching_selector.get(selector.index()));
        let mut matching: Vec<usize> = lists.flatten().copied().collect();
        // An event counts once however many selectors of the union it fits.
        matching.sort_unstable();
        matching.dedup();
        matching
    };
    model.terms.iter().map(|term| of_term(&term.selectors)).collect()
}

/// Whether an event of the selector's kind has a subject and properties that fit it.
pub(crate) fn fits(selector: &Selector, event: &Event) -> bool {
    let subject = event.subject.folded();
    let subject_fits = selector.subjects.iter().any(|pattern| match pattern {
        SubjectPattern::Any => true,
        SubjectPattern::Exact(wanted) => wanted.as_str() == subject,
        SubjectPattern::Glob(glob) => glob.matches(subject),
    });
    // The instant does not matter: properties are texts, numbers and flags, never dates.
    subject_fits
        && selector.tests.iter().all(|(property, test)| test.holds(event.property(*property), event.at))
}

/// Whether a window looked through at `now` keeps an event of the instant `at`. Events later than `now` do
/// not exist yet.
pub(crate) fn keeps(window: Window, at: Instant, now: Instant) -> bool {
    match window {
        Window::Ever => at <= now,
        Window::Within(period) => now.minus(period) < at && at <= now,
        Window::Between { from, to } => now.minus(from) < at && at <= now.minus(to),
    }
}

impl<'a> Reader<'a> {
    /// The indices of all events, past and future, that match a term, newest first.
    pub(super) fn matching(&self, term: TermId) -> &[usize] {
        self.matching.get(term.index()).map_or(&[], Vec::as_slice)
    }

    /// The events that match a term and that a window keeps, newest first.
    pub(super) fn kept(
        &self,
        term: TermId,
        window: Window,
        now: Instant,
    ) -> impl Iterator<Item = (usize, &'a Event)> + '_ {
        let events = self.matching(term).iter().filter_map(|index| Some((*index, *self.events.get(*index)?)));
        events.filter(move |(_, event)| keeps(window, event.at, now))
    }

    /// The events up to `now` that match a term, newest first.
    pub(super) fn past(&self, term: TermId, now: Instant) -> &[usize] {
        let matching = self.matching(term);
        let is_later = |index: &usize| self.events.get(*index).is_some_and(|event| event.at > now);
        matching.get(matching.partition_point(is_later)..).unwrap_or_default()
    }

    /// How many events, subjects or days there are, or the sum in millionths. The events come newest first.
    pub(super) fn aggregated(
        &self,
        aggregate: &Aggregate,
        events: impl Iterator<Item = (usize, &'a Event)>,
    ) -> i128 {
        match aggregate {
            Aggregate::Count => whole(events.count()),
            Aggregate::Distinct => whole(self.subjects.different(events.map(|(index, _)| index))),
            Aggregate::Days => {
                // In order of time a day that is left does not come again.
                let mut last = None;
                whole(
                    events.filter(|(_, event)| last.replace(event.at.day()) != Some(event.at.day())).count(),
                )
            }
            Aggregate::Sum(properties) => events.map(|(_, event)| value(event, properties)).sum(),
        }
    }

    /// Whether `TERM CMP N WINDOW` holds at `now`.
    pub(super) fn event_test_holds(&self, test: &EventTest, now: Instant) -> bool {
        let aggregate = self.aggregated(&test.aggregate, self.kept(test.term, test.window, now));
        let bound = match test.bound {
            Bound::Count(count) => i128::from(count),
            Bound::Sum(number) => i128::from(number.millionths()),
        };
        test.comparison.holds(aggregate, bound)
    }
}

pub(super) fn whole(count: usize) -> i128 {
    // OK because no machine counts beyond 127 bits.
    i128::try_from(count).unwrap_or(i128::MAX)
}

/// What an event adds to a sum, in millionths; one without a value adds 0.
fn value(event: &Event, properties: &[(EventKindId, crate::vocabulary::PropertyId)]) -> i128 {
    let property = properties.iter().find(|(kind, _)| *kind == event.kind).map(|(_, property)| *property);
    match property.and_then(|property| event.property(property)) {
        Some(crate::lead::Value::Number(number)) => i128::from(number.millionths()),
        _ => 0,
    }
}
