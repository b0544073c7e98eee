//! Event tests in words: `1 of 2 visits to pricing within 30d; the other was 34 days ago`.

use super::super::explanation::Evidence;
use super::{Words, age, compared, named, terms, turned};
use crate::decimal::MILLIONTHS;
use crate::model::{Aggregate, Bound, Comparison, EventTest, TermId, Window};
use crate::time::Instant;

/// What was found of an event test, or of the events of an each rule.
#[derive(Clone, Debug)]
pub(in crate::explain) struct EventsFound {
    /// What the test compares: a number of events, subjects or days, or a sum in millionths.
    pub(in crate::explain) value: i128,
    /// The events inside the window.
    pub(in crate::explain) events: Option<Evidence>,
    /// How many up to now lie outside the window.
    pub(in crate::explain) outside: usize,
    /// The newest of those.
    pub(in crate::explain) newest_outside: Option<Instant>,
}

impl EventsFound {
    fn count(&self) -> usize {
        self.events.as_ref().map_or(0, |events| events.count)
    }
}

impl Words<'_> {
    /// `TERM CMP N WINDOW`: what there is, what is wanted, and where the others are.
    pub(in crate::explain) fn events(
        self,
        test: &EventTest,
        found: &EventsFound,
        meant: bool,
        holds: bool,
    ) -> String {
        let comparison = turned(test.comparison, meant);
        match (&test.aggregate, test.bound) {
            (Aggregate::Sum(properties), Bound::Sum(bound)) => {
                let property = properties.first().and_then(|(kind, property)| {
                    self.model.vocabulary.kind(*kind)?.property(*property).map(|found| named(&found.name))
                });
                let of = property.unwrap_or_default();
                self.sum(test, &of, found, (comparison, &bound.to_string()), holds)
            }
            (_, Bound::Count(bound)) => self.number(test, found, (comparison, bound), holds),
            // OK because sums, and only they, are compared with sums.
            (_, Bound::Sum(_)) => String::new(),
        }
    }

    /// The events of an each rule: `2 downloads of ebook, newest 10 days ago`.
    pub(in crate::explain) fn occurrences(self, term: TermId, window: Window, found: &EventsFound) -> String {
        let mut words = self.how_many(term, window, found.count());
        match &found.events {
            Some(events) => words.push_str(&self.newest_and_subjects(term, events)),
            None => words.push_str(&self.others(window, found)),
        }
        words
    }

    /// A number of events, subjects or days.
    fn number(
        self,
        test: &EventTest,
        found: &EventsFound,
        (comparison, bound): (Comparison, u64),
        holds: bool,
    ) -> String {
        let EventTest { term, window, .. } = *test;
        let at_least = match comparison {
            Comparison::GreaterOrEqual => Some(bound),
            Comparison::Greater => Some(bound.saturating_add(1)),
            _ => None,
        };
        // `no visit` rather than `0 of 1 visit`.
        let of = at_least.filter(|at_least| !holds && *at_least > 1);
        let mut words = if of.is_none() && found.count() == 0 {
            self.how_many(term, window, 0)
        } else {
            let amount = of.map_or(found.value.to_string(), |of| format!("{} of {of}", found.value));
            let one = of.is_none() && found.value == 1;
            let several = self.events_of(term, 2);
            let words = match test.aggregate {
                Aggregate::Distinct => {
                    let subjects = self.subjects_of(term, if one { 1 } else { 2 });
                    format!("{amount} different {subjects} among {several}")
                }
                Aggregate::Days => format!("{amount} day{} with {several}", if one { "" } else { "s" }),
                _ => format!("{amount} {}", if one { self.events_of(term, 1) } else { several }),
            };
            words + &within(window)
        };
        match (holds, at_least) {
            (true, _) => {
                words.extend(found.events.as_ref().map(|events| self.newest_and_subjects(term, events)));
            }
            (false, Some(_)) => words.push_str(&self.others(window, found)),
            (false, None) if is_none(comparison, bound) => words.push_str(", none wanted"),
            (false, None) => {
                words.push_str(&format!(", {} wanted", compared(comparison, &bound.to_string())))
            }
        }
        words
    }

    /// The sum of a property.
    fn sum(
        self,
        test: &EventTest,
        of: &str,
        found: &EventsFound,
        (comparison, bound): (Comparison, &str),
        holds: bool,
    ) -> String {
        let mut words = self.how_many(test.term, test.window, found.count());
        let wanted = compared(comparison, bound);
        match &found.events {
            None if !holds => words.push_str(&format!(", a sum of {of} of {wanted} wanted")),
            None => {}
            Some(events) => {
                words.push_str(&format!(", sum of {of} {}", decimal(found.value)));
                words.push_str(&if holds {
                    self.newest_and_subjects(test.term, events)
                } else {
                    format!(", {wanted} wanted")
                });
            }
        }
        if !holds {
            words.push_str(&self.others(test.window, found));
        }
        words
    }

    /// `no visit to pricing within 30d`, `2 visits to pricing within 30d`
    fn how_many(self, term: TermId, window: Window, count: usize) -> String {
        let window = within(window);
        match count {
            0 => format!("no {}{window}", self.events_of(term, 1)),
            count => format!("{count} {}{window}", self.events_of(term, count)),
        }
    }

    /// When the newest came, and, where there can be several, the most frequent subjects.
    fn newest_and_subjects(self, term: TermId, events: &Evidence) -> String {
        let newest = age(Instant::nearest(events.newest), self.now);
        let mut words = if events.count == 1 { format!(", {newest}") } else { format!(", newest {newest}") };
        if !self.has_subjects(term) || events.subjects.is_empty() {
            return words;
        }
        if let ([only], 2..) = (events.subjects.as_slice(), events.count) {
            words.push_str(&format!(" (all {})", terms::subject(&only.subject)));
            return words;
        }
        let mut subjects: Vec<String> = Vec::new();
        for subject in &events.subjects {
            let name = terms::subject(&subject.subject);
            subjects.push(if subject.count == 1 { name } else { format!("{name} {} times", subject.count) });
        }
        if events.more_subjects > 0 {
            subjects.push(format!("{} more", events.more_subjects));
        }
        words.push_str(&format!(" ({})", subjects.join(", ")));
        words
    }

    /// Where the events are that a window leaves out.
    fn others(self, window: Window, found: &EventsFound) -> String {
        let Some(newest) = found.newest_outside else { return String::new() };
        let age = age(newest, self.now);
        let which = match (window, found.count(), found.outside) {
            (Window::Between { .. }, ..) => return format!("; outside of that the newest was {age}"),
            (_, 0, 1) => "the only one",
            (_, 0, _) => "the last",
            (_, _, 1) => "the other",
            _ => "the next",
        };
        format!("; {which} was {age}")
    }
}

/// Whether only 0 passes.
fn is_none(comparison: Comparison, bound: u64) -> bool {
    matches!((comparison, bound), (Comparison::Equal | Comparison::LessOrEqual, 0) | (Comparison::Less, 1))
}

/// ` within 30d`; nothing without a window.
pub(crate) fn within(window: Window) -> String {
    match window {
        Window::Ever => String::new(),
        Window::Within(period) => format!(" within {period}"),
        Window::Between { from, to } => format!(" between {from} and {to} ago"),
    }
}

/// A sum in millionths as a decimal number.
fn decimal(millionths: i128) -> String {
    let unit = i128::from(MILLIONTHS).unsigned_abs();
    let (whole, fraction) = (millionths.unsigned_abs() / unit, millionths.unsigned_abs() % unit);
    let sign = if millionths < 0 { "-" } else { "" };
    let text = format!("{sign}{whole}.{fraction:06}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
