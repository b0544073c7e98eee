//! From an event, its parts borrowed as they came, to the terms that it fits, by a table made at compile time.
//!
//! The kind picks a row; in it an exact subject costs one look-up however many there are, `*` and patterns
//! with wildcards are lists, and tests of properties are made only where the subject fits. Only selectors of
//! terms that have a number in the plan are in the table.

use super::attributes::test_holds;
use super::fold::{FoldedMap, folded_in};
use super::numbering::{PlanTerm, number_of};
use super::value_ref::ValueRef;
use crate::model::{Glob, Model, SubjectPattern, ValueTest};
use crate::vocabulary::{EventKindId, PropertyId};

/// Which events fit which terms.
#[derive(Clone, Debug, Default)]
pub(crate) struct SelectorTable {
    /// By event kind.
    kinds: Vec<KindTable>,
    selectors: Vec<PlanSelector>,
}

/// The selectors of one event kind by their subjects, as places in [`SelectorTable::selectors`].
#[derive(Clone, Debug, Default)]
struct KindTable {
    any: Vec<u32>,
    exact: FoldedMap<Vec<u32>>,
    globs: Vec<(Glob, u32)>,
}

/// What is left of a selector once kind and subject fit.
#[derive(Clone, Debug)]
pub(crate) struct PlanSelector {
    pub(crate) tests: Vec<(PropertyId, ValueTest)>,
    /// The terms that it belongs to, by their numbers in the plan.
    pub(crate) terms: Vec<u32>,
}

impl SelectorTable {
    /// The table for the terms that have a number, in the order of their numbers.
    pub(super) fn new(model: &Model, terms: &[PlanTerm]) -> Self {
        let mut kinds: Vec<KindTable> = Vec::new();
        kinds.resize_with(model.vocabulary.kinds.len(), KindTable::default);
        let mut table = SelectorTable { kinds, selectors: Vec::new() };
        let mut numbers: Vec<Option<u32>> = vec![None; model.selectors.len()];
        for (number, term) in (0u32..).zip(terms) {
            let selectors = model.terms.get(term.id.index()).map_or(&[][..], |term| &term.selectors);
            for selector in selectors {
                let Some(slot) = numbers.get_mut(selector.index()) else { continue };
                let place = *slot.get_or_insert_with(|| table.add(model, selector.index()));
                if let Some(selector) = table.selectors.get_mut(place as usize) {
                    selector.terms.push(number);
                }
            }
        }
        table
    }

    fn add(&mut self, model: &Model, selector: usize) -> u32 {
        let place = number_of(self.selectors.len());
        let Some(selector) = model.selectors.get(selector) else { return place };
        self.selectors.push(PlanSelector { tests: selector.tests.clone(), terms: Vec::new() });
        let Some(kind) = self.kinds.get_mut(selector.kind.0 as usize) else { return place };
        for subject in &selector.subjects {
            match subject {
                SubjectPattern::Any => kind.any.push(place),
                SubjectPattern::Exact(text) => {
                    kind.exact.entry(text.as_str(), Vec::new).push(place);
                }
                SubjectPattern::Glob(glob) => kind.globs.push((glob.clone(), place)),
            }
        }
        place
    }

    /// Calls `found` with each selector whose kind and subject fit, the subject in any case; with one more than
    /// once where the subject fits several of its patterns.
    pub(super) fn selectors_of(
        &self,
        kind: EventKindId,
        subject: &str,
        room: &mut String,
        mut found: impl FnMut(&PlanSelector),
    ) {
        let Some(kind) = self.kinds.get(kind.0 as usize) else { return };
        let mut fits = |place: &u32| self.selectors.get(*place as usize).into_iter().for_each(&mut found);
        kind.any.iter().for_each(&mut fits);
        kind.exact.get(subject).into_iter().flatten().for_each(&mut fits);
        if kind.globs.is_empty() {
            return;
        }
        let subject = folded_in(room, subject);
        for (glob, place) in &kind.globs {
            if glob.matches(subject) {
                fits(place);
            }
        }
    }
}

impl PlanSelector {
    /// Whether an event that the selector's kind and subject fit passes all its tests.
    pub(super) fn passes<'e>(
        &self,
        property: impl Fn(PropertyId) -> Option<ValueRef<'e>>,
        room: &mut String,
    ) -> bool {
        // No test of a property depends on time: there are no properties that are dates.
        self.tests.iter().all(|(id, test)| test_holds(test, property(*id), room))
    }
}
