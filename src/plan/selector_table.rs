//! From an event to the terms that it fits, by a table made at compile time.
//!
//! The kind picks a row; in it an exact subject costs one look-up however many there are, `*` and patterns
//! with wildcards are lists, and tests of properties are made only where the subject fits. Only selectors of
//! terms that have a number in the plan are in the table.

use std::collections::HashMap;

use super::numbering::{PlanTerm, number_of};
use crate::lead::Event;
use crate::model::{Glob, Model, SubjectPattern, ValueTest};
use crate::time::Instant;
use crate::vocabulary::PropertyId;

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
    exact: HashMap<Box<str>, Vec<u32>>,
    globs: Vec<(Glob, u32)>,
}

/// What is left of a selector once kind and subject fit.
#[derive(Clone, Debug)]
struct PlanSelector {
    tests: Vec<(PropertyId, ValueTest)>,
    /// The terms that it belongs to, by their numbers in the plan.
    terms: Vec<u32>,
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
                    kind.exact.entry(text.as_str().into()).or_default().push(place);
                }
                SubjectPattern::Glob(glob) => kind.globs.push((glob.clone(), place)),
            }
        }
        place
    }

    /// Calls `found` with the number of each term that `event` fits; with one more than once where it fits
    /// several of its selectors.
    pub(super) fn terms_of(&self, event: &Event, mut found: impl FnMut(u32)) {
        let Some(kind) = self.kinds.get(event.kind.0 as usize) else { return };
        let mut subject_fits = |place: u32| {
            let Some(selector) = self.selectors.get(place as usize) else { return };
            // No test of a property depends on time: there are no properties that are dates.
            let passes = |(property, test): &(PropertyId, ValueTest)| {
                test.holds(event.property(*property), Instant::EPOCH)
            };
            if selector.tests.iter().all(passes) {
                selector.terms.iter().copied().for_each(&mut found);
            }
        };
        kind.any.iter().copied().for_each(&mut subject_fits);
        let subject = event.subject.folded();
        if let Some(exact) = kind.exact.get(subject) {
            exact.iter().copied().for_each(&mut subject_fits);
        }
        for (glob, place) in &kind.globs {
            if glob.matches(subject) {
                subject_fits(*place);
            }
        }
    }
}
