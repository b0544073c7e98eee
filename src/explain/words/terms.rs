//! Event terms in words: `visits to pricing or product_details`.

use super::{Words, named, several, type_or_text, values};
use crate::model::{Selector, SubjectPattern, TermId};
use crate::readable::{quoted, readable};

/// Longer subjects are cut.
const LONGEST_SUBJECT: usize = 40;
/// A term names so many subjects, and so many sorts of events, and counts the others.
const MOST: usize = 3;

/// What one event of a kind is called, what several are, and the word between them and their subject.
const NOUNS: [(&str, &str, &str, &str); 30] = [
    ("visited", "visit", "visits", "to"),
    ("viewed", "view", "views", "of"),
    ("downloaded", "download", "downloads", "of"),
    ("clicked", "click", "clicks", "on"),
    ("opened", "opening", "openings", "of"),
    ("replied", "reply", "replies", "to"),
    ("answered", "answer", "answers", "to"),
    ("submitted", "submission", "submissions", "of"),
    ("registered", "registration", "registrations", "for"),
    ("attended", "attendance", "attendances", "at"),
    ("watched", "viewing", "viewings", "of"),
    ("requested", "request", "requests", "for"),
    ("started", "start", "starts", "of"),
    ("chatted", "chat", "chats", "about"),
    ("asked", "question", "questions", "about"),
    ("liked", "like", "likes", "of"),
    ("shared", "share", "shares", "of"),
    ("commented", "comment", "comments", "on"),
    ("posted", "post", "posts", "about"),
    ("followed", "follow", "follows", "of"),
    ("subscribed", "subscription", "subscriptions", "to"),
    ("unsubscribed", "unsubscription", "unsubscriptions", "from"),
    ("added_to_cart", "addition to the cart", "additions to the cart", "of"),
    ("purchased", "purchase", "purchases", "of"),
    ("referred", "referral", "referrals", "from"),
    ("called", "call", "calls", "to"),
    ("met", "meeting", "meetings", "about"),
    ("bounced", "bounce", "bounces", "of"),
    ("complained", "complaint", "complaints", "about"),
    ("emailed", "e-mail sent", "e-mails sent", "of"),
];

impl Words<'_> {
    /// The events of a term, in the form that goes with `count`: `visit to pricing`, `visits to pricing`.
    pub(super) fn events_of(self, term: TermId, count: usize) -> String {
        let selectors = self.model.terms.get(term.index()).map_or(&[][..], |term| &term.selectors);
        let found = selectors.iter().map(|selector| {
            let selector = self.model.selectors.get(selector.index());
            selector.map_or(String::new(), |selector| self.events_like(selector, count))
        });
        several(found, MOST, "or")
    }

    fn events_like(self, selector: &Selector, count: usize) -> String {
        let Some(kind) = self.model.vocabulary.kind(selector.kind) else { return String::new() };
        let (mut words, link) = noun(&kind.name, count);
        if !selector.subjects.contains(&SubjectPattern::Any) {
            let subjects = several(selector.subjects.iter().map(subject_pattern), MOST, "or");
            words.push_str(&format!(" {link} {subjects}"));
        }
        for (index, (property, test)) in selector.tests.iter().take(MOST).enumerate() {
            let property = kind.property(*property);
            let name = property.map_or(String::new(), |property| named(&property.name));
            let wanted = values::wanted(test, type_or_text(property.map(|property| &property.of)), true);
            words.push_str(&format!(" {} {name} {wanted}", if index == 0 { "with" } else { "and" }));
        }
        words
    }

    /// What several subjects of a term's events are called: `pages` where all its events are of one kind, whose
    /// declaration says so, else `subjects`.
    pub(super) fn subjects_of(self, term: TermId, count: usize) -> String {
        let selectors = self.model.terms.get(term.index()).map_or(&[][..], |term| &term.selectors);
        let mut kinds: Vec<_> = selectors
            .iter()
            .filter_map(|id| self.model.selectors.get(id.index()))
            .map(|found| found.kind)
            .collect();
        kinds.dedup();
        let declared = match kinds.as_slice() {
            [kind] => self.model.vocabulary.kind(*kind).map(|kind| named(&kind.subject)),
            _ => None,
        };
        // Words whose plural is more than an `s` are left alone.
        let word = declared.filter(|word| !word.ends_with(['s', 'x', 'y', 'h', 'z']));
        let word = word.unwrap_or_else(|| "subject".to_owned());
        if count == 1 { word } else { word + "s" }
    }

    /// Whether the events of a term can be about more than one subject, so that naming those found tells
    /// something.
    pub(super) fn has_subjects(self, term: TermId) -> bool {
        let selectors = self.model.terms.get(term.index()).map_or(&[][..], |term| &term.selectors);
        let exact = |selector: &Selector| {
            selector.subjects.len() == 1
                && selector.subjects.iter().all(|pattern| matches!(pattern, SubjectPattern::Exact(_)))
        };
        selectors.len() > 1
            || !selectors.iter().filter_map(|id| self.model.selectors.get(id.index())).all(exact)
    }
}

/// What one event of a kind is called, or several, and the word between that and their subject.
pub(crate) fn noun(kind: &str, count: usize) -> (String, &'static str) {
    match NOUNS.iter().find(|(name, ..)| *name == kind) {
        Some((_, one, _, link)) if count == 1 => ((*one).to_owned(), link),
        Some((_, _, many, link)) => ((*many).to_owned(), link),
        None => (format!("{} event{}", named(kind), if count == 1 { "" } else { "s" }), "of"),
    }
}

/// So many events of a kind about a subject: `2 visits to pricing`.
pub(crate) fn happened(kind: &str, about: &str, count: usize) -> String {
    let (noun, link) = noun(kind, count);
    if about.is_empty() {
        format!("{count} {noun}")
    } else {
        format!("{count} {noun} {link} {}", subject(about))
    }
}

/// A subject that an event has: bare where it is a word, else in quotes.
pub(super) fn subject(text: &str) -> String {
    if text.is_empty() {
        return "without a subject".to_owned();
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '/' | '.');
    if text.chars().all(plain) { readable(text, LONGEST_SUBJECT) } else { quoted(text, LONGEST_SUBJECT) }
}

fn subject_pattern(pattern: &SubjectPattern) -> String {
    match pattern {
        SubjectPattern::Any => "*".to_owned(),
        SubjectPattern::Exact(text) => subject(text.as_str()),
        SubjectPattern::Glob(glob) => quoted(glob.pattern(), LONGEST_SUBJECT),
    }
}
