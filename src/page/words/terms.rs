//! Event tests in words: `at least 2 visits to pricing within the last 30 days`.

use super::super::document::{Anchor, Phrase};
use super::{Words, length};
use crate::explain::{compared, noun, turned};
use crate::model::{
    Aggregate, Bound, Comparison, EventTest, Selector, SelectorId, SubjectPattern, TermId, Window,
};
use crate::readable::readable;
use crate::vocabulary::Type;

/// An activity of one sort of events about so few subjects is told in words rather than by its name.
const FEW_SUBJECTS: usize = 3;

impl Words<'_> {
    /// `TERM CMP N WINDOW`, or where it is not `meant` its opposite.
    pub(super) fn event_test(&self, test: &EventTest, meant: bool) -> Phrase {
        let comparison = turned(test.comparison, meant);
        let window = within(test.window);
        match (&test.aggregate, test.bound) {
            (Aggregate::Sum(properties), bound) => {
                let property = properties.first().and_then(|(kind, property)| {
                    Some(self.model.vocabulary.kind(*kind)?.property(*property)?.name.as_str())
                });
                let bound = match bound {
                    Bound::Sum(bound) => bound.to_string(),
                    Bound::Count(bound) => bound.to_string(),
                };
                let wanted = compared(comparison, &bound);
                Phrase::text("the sum of ")
                    .and_name(property.unwrap_or_default(), None)
                    .and(" over ")
                    .then(self.events(test.term, 2))
                    .and(format!("{window} is {wanted}"))
            }
            (aggregate, bound) => {
                let bound = match bound {
                    Bound::Count(bound) => bound,
                    // OK because sums, and only they, are compared with sums.
                    Bound::Sum(_) => 0,
                };
                let (amount, one) = match (comparison, bound) {
                    (Comparison::Less, 1) | (Comparison::Equal | Comparison::LessOrEqual, 0) => {
                        ("no".to_owned(), true)
                    }
                    _ => (compared(comparison, &bound.to_string()), bound == 1),
                };
                let number = if one { 1 } else { 2 };
                let events = match aggregate {
                    Aggregate::Days => {
                        let day = if one { "day" } else { "days" };
                        Phrase::text(format!("{amount} {day} with ")).then(self.events(test.term, 2))
                    }
                    Aggregate::Distinct => {
                        let subjects = self.subjects(test.term, number);
                        let events = self.events(test.term, 2);
                        Phrase::text(format!("{amount} different {subjects} among ")).then(events)
                    }
                    _ => Phrase::text(format!("{amount} ")).then(self.events(test.term, number)),
                };
                events.and(window)
            }
        }
    }

    /// The events of a term in the form that goes with `count`, by the name of an activity where that is shorter.
    pub(super) fn events(&self, term: TermId, count: usize) -> Phrase {
        let selectors = self.model.terms.get(term.index()).map_or(&[][..], |term| &term.selectors);
        let is_short =
            match selectors {
                [only] => self.model.selectors.get(only.index()).is_some_and(|selector| {
                    selector.tests.is_empty() && selector.subjects.len() <= FEW_SUBJECTS
                }),
                _ => false,
            };
        match self.activities.get(&term).filter(|_| !is_short) {
            Some(place) => {
                let event = if count == 1 { "event of " } else { "events of " };
                Phrase::text(event).then(self.activity_name(*place))
            }
            None => self.any_of(selectors, count),
        }
    }

    /// What an activity is made of.
    pub(in crate::page) fn activity(&self, place: usize) -> Phrase {
        let Some(activity) = self.model.named.activities.get(place) else { return Phrase::default() };
        let named = activity.activities.iter().map(|name| {
            let place = self.activity_places.get(name.as_str());
            Phrase::text("all of ").and_name(name, place.map(|place| Anchor("activity", *place)))
        });
        let own = activity.selectors.iter().map(|selector| self.like(*selector, 2));
        Phrase::joined(own.chain(named).collect(), ", ", " or ")
    }

    pub(in crate::page) fn activity_name(&self, place: usize) -> Phrase {
        let name = self.model.named.activities.get(place).map_or("", |activity| activity.name.as_str());
        Phrase::default().and_name(name, Some(Anchor("activity", place)))
    }

    fn any_of(&self, selectors: &[SelectorId], count: usize) -> Phrase {
        let all = selectors.iter().map(|selector| self.like(*selector, count)).collect();
        Phrase::joined(all, ", ", " or ")
    }

    fn like(&self, selector: SelectorId, count: usize) -> Phrase {
        let selector = self.model.selectors.get(selector.index());
        let kind = selector.and_then(|selector| self.model.vocabulary.kind(selector.kind));
        let (Some(selector), Some(kind)) = (selector, kind) else { return Phrase::default() };
        let (words, link) = noun(&kind.name, count);
        let mut phrase = Phrase::text(words);
        if !selector.subjects.contains(&SubjectPattern::Any) {
            let subjects = selector.subjects.iter().map(|pattern| Phrase::text(self.subject(pattern)));
            phrase = phrase.and(format!(" {link} ")).then(Phrase::joined(subjects.collect(), ", ", " or "));
        }
        for (index, (property, test)) in selector.tests.iter().enumerate() {
            let property = kind.property(*property);
            let name = Phrase::name(property.map_or("", |property| property.name.as_str()));
            let of = property.map_or(&Type::Text, |property| &property.of);
            phrase = phrase.and(if index == 0 { " where " } else { " and " });
            phrase = phrase.then(self.value(name, test, of, true));
        }
        phrase
    }

    fn subject(&self, pattern: &SubjectPattern) -> String {
        match pattern {
            SubjectPattern::Any => "anything".to_owned(),
            SubjectPattern::Exact(text) => subject(self.spelled(text.as_str())),
            SubjectPattern::Glob(glob) => quoted(self.spelled(glob.pattern())),
        }
    }

    /// What several subjects of a term's events are called: `pages` where all its events are of kinds whose
    /// declarations say so, else `subjects`.
    fn subjects(&self, term: TermId, count: usize) -> String {
        let selectors = self.model.terms.get(term.index()).map_or(&[][..], |term| &term.selectors);
        let selectors = selectors.iter().filter_map(|id| self.model.selectors.get(id.index()));
        let kinds = selectors.filter_map(|selector: &Selector| self.model.vocabulary.kind(selector.kind));
        let mut words: Vec<&str> = kinds.map(|kind| kind.subject.as_str()).collect();
        words.dedup();
        // Words whose plural is more than an `s` are left alone.
        let word = match words.as_slice() {
            [word] if !word.ends_with(['s', 'x', 'y', 'h', 'z']) => *word,
            _ => "subject",
        };
        format!("{word}{}", if count == 1 { "" } else { "s" })
    }
}

/// A subject: bare where it is a word, else in quotes.
pub(in crate::page) fn subject(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '/' | '.');
    if !text.is_empty() && text.chars().all(plain) { text.to_owned() } else { quoted(text) }
}

/// A text in quotes, so that it shows where it begins and ends.
pub(in crate::page) fn quoted(text: &str) -> String {
    format!("“{}”", readable(text, usize::MAX))
}

pub(super) fn within(window: Window) -> String {
    match window {
        Window::Ever => String::new(),
        Window::Within(period) => format!(" within the last {}", length(period)),
        Window::Between { from, to } => format!(" between {} and {} ago", length(from), length(to)),
    }
}
