//! What is known of event terms beforehand: whether an event can match one at all, about how many different things
//! at most, and whether all that matches one also matches another.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use super::Budget;
use super::values::{Fit, Wanted, fit};
use crate::model::{Aggregate, Model, Selector, SubjectPattern, Term, TermId, Window};
use crate::time::{DAY, Instant};
use crate::vocabulary::{PropertyId, Type};

/// All terms of a model.
#[derive(Debug)]
pub(super) struct Terms<'m> {
    model: &'m Model,
    facts: Vec<TermFacts>,
    within: RefCell<HashMap<(TermId, TermId), bool>>,
}

#[derive(Clone, Copy, Debug)]
struct TermFacts {
    /// Whether no event can match.
    is_empty: bool,
    /// Whether every kind that matches counts as activity.
    is_active: bool,
    /// How many different subjects there can be, where that is bounded.
    subjects: Option<usize>,
}

impl<'m> Terms<'m> {
    pub(super) fn new(model: &'m Model, budget: &Budget) -> Self {
        let is_empty: Vec<bool> =
            model.selectors.iter().map(|selector| matches_nothing(model, selector, budget)).collect();
        let of = |term: &Term| {
            let selectors = || {
                term.selectors
                    .iter()
                    .filter(|selector| is_empty.get(selector.index()) == Some(&false))
                    .filter_map(|selector| model.selectors.get(selector.index()))
            };
            let passive =
                |selector: &Selector| model.vocabulary.kind(selector.kind).is_none_or(|kind| kind.passive);
            TermFacts {
                is_empty: selectors().next().is_none(),
                is_active: !selectors().any(passive),
                subjects: subjects(selectors()),
            }
        };
        Terms { model, facts: model.terms.iter().map(of).collect(), within: RefCell::default() }
    }

    fn facts(&self, term: TermId) -> TermFacts {
        let unknown = TermFacts { is_empty: false, is_active: false, subjects: None };
        self.facts.get(term.index()).copied().unwrap_or(unknown)
    }

    /// Whether no event can match.
    pub(super) fn is_empty(&self, term: TermId) -> bool {
        self.facts(term).is_empty
    }

    /// Whether every event that matches counts as activity.
    pub(super) fn is_active(&self, term: TermId) -> bool {
        self.facts(term).is_active
    }

    /// How many different subjects the events that match can have, where that is bounded.
    pub(super) fn subjects(&self, term: TermId) -> Option<usize> {
        self.facts(term).subjects
    }

    /// The most that counting can come to, where that is bounded.
    pub(super) fn most(&self, term: TermId, aggregate: &Aggregate, window: Window) -> Option<i128> {
        if self.is_empty(term) {
            return Some(0);
        }
        let most = match aggregate {
            Aggregate::Distinct => self.subjects(term),
            Aggregate::Days => days_in(window),
            Aggregate::Count | Aggregate::Sum(_) => None,
        };
        most.and_then(|most| i128::try_from(most).ok())
    }

    /// Whether every event that matches `one` matches `other`, as far as that can be shown.
    pub(super) fn is_within(&self, one: TermId, other: TermId, budget: &Budget) -> bool {
        if one == other {
            return true;
        }
        if let Some(known) = self.within.borrow().get(&(one, other)) {
            return *known;
        }
        let selectors = |term: TermId| {
            let term = self.model.terms.get(term.index()).map_or(&[][..], |term| &term.selectors);
            term.iter().filter_map(|selector| self.model.selectors.get(selector.index())).collect::<Vec<_>>()
        };
        let (ones, others) = (selectors(one), selectors(other));
        let is_within = budget.take(ones.len().saturating_mul(others.len()))
            && ones.iter().all(|one| others.iter().any(|other| self.selector_within(one, other, budget)));
        self.within.borrow_mut().insert((one, other), is_within);
        is_within
    }

    fn selector_within(&self, one: &Selector, other: &Selector, budget: &Budget) -> bool {
        if std::ptr::eq(one, other) {
            return true;
        }
        let covers = |pattern: &SubjectPattern| other.subjects.iter().any(|by| covers(by, pattern));
        let tests = tests_by_property(one);
        one.kind == other.kind
            && budget.take(one.subjects.len().saturating_mul(other.subjects.len()))
            && one.subjects.iter().all(covers)
            && other.tests.iter().all(|(property, test)| {
                let own = tests.get(property).map_or(&[][..], Vec::as_slice);
                let of = property_type(self.model, one, *property);
                budget.take(own.len()) && {
                    let wanted: Vec<Wanted<'_>> = own.iter().copied().chain([(test, false)]).collect();
                    fit(&of, &wanted, Instant::EPOCH, budget) == Fit::Never
                }
            })
    }
}

/// How many UTC days a window can touch.
pub(super) fn days_in(window: Window) -> Option<usize> {
    let micros = match window {
        Window::Ever => return None,
        Window::Within(period) => period.micros(),
        Window::Between { from, to } => from.micros() - to.micros(),
    };
    // Whole days and begun ones, and one more because days need not begin with the window.
    let begun = micros.div_euclid(DAY) + i64::from(micros.rem_euclid(DAY) > 0);
    usize::try_from(begun + 1).ok()
}

/// The tests that a selector puts a property to.
pub(super) fn tests_of(selector: &Selector, property: PropertyId) -> Vec<Wanted<'_>> {
    let tests = selector.tests.iter().filter(|(of, _)| *of == property);
    tests.map(|(_, test)| (test, true)).collect()
}

/// The tests that a selector puts each property to.
fn tests_by_property(selector: &Selector) -> BTreeMap<PropertyId, Vec<Wanted<'_>>> {
    let mut tests: BTreeMap<PropertyId, Vec<Wanted<'_>>> = BTreeMap::new();
    for (property, test) in &selector.tests {
        tests.entry(*property).or_default().push((test, true));
    }
    tests
}

pub(super) fn property_type(model: &Model, selector: &Selector, property: PropertyId) -> Type {
    let kind = model.vocabulary.kind(selector.kind);
    kind.and_then(|kind| kind.property(property)).map_or(Type::Text, |property| property.of.clone())
}

fn matches_nothing(model: &Model, selector: &Selector, budget: &Budget) -> bool {
    tests_by_property(selector).iter().any(|(property, wanted)| {
        let of = property_type(model, selector, *property);
        fit(&of, wanted, Instant::EPOCH, budget) == Fit::Never
    })
}

/// Whether every subject that fits `pattern` fits `by`.
fn covers(by: &SubjectPattern, pattern: &SubjectPattern) -> bool {
    match (by, pattern) {
        (SubjectPattern::Any, _) => true,
        (SubjectPattern::Exact(by), SubjectPattern::Exact(exact)) => by == exact,
        (SubjectPattern::Glob(by), SubjectPattern::Exact(exact)) => by.matches(exact.as_str()),
        (SubjectPattern::Glob(by), SubjectPattern::Glob(glob)) => {
            // What no pattern mentions, wherever more may stand: what fits then fits whatever stands there.
            const ANYTHING: &str = "\u{10FFFE}";
            by == glob
                || (!by.pattern().contains(ANYTHING) && by.matches(&glob.pattern().replace('*', ANYTHING)))
        }
        _ => false,
    }
}

/// How many different subjects these can match, where all are written out.
fn subjects<'m>(selectors: impl Iterator<Item = &'m Selector>) -> Option<usize> {
    let mut all = std::collections::HashSet::new();
    for selector in selectors {
        for pattern in &selector.subjects {
            let SubjectPattern::Exact(exact) = pattern else { return None };
            all.insert(exact);
        }
    }
    Some(all.len())
}
