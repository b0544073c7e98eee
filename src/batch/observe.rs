//! What time touches of one lead, from what a pass over its events has added up.

use super::bind::Binding;
use super::columns::{Data, LeadColumns};
use super::layout::{Layout, RuleWay};
use super::pass::Counters;
use crate::model::Model;
use crate::plan::{EachRule, Leaf, Micros, Plan};
use crate::score::Observed;
use crate::vocabulary::AttributeId;

/// A lead at an instant, its events added up.
#[derive(Clone, Copy)]
pub(super) struct Observer<'o, 'a> {
    pub(super) model: &'o Model,
    pub(super) plan: &'o Plan,
    pub(super) layout: &'o Layout,
    pub(super) binding: &'o Binding,
    pub(super) leads: &'o LeadColumns<'a>,
    pub(super) now: Micros,
}

impl Observer<'_, '_> {
    /// Replaces what was observed of another lead.
    pub(super) fn observe(&self, lead: usize, counters: &Counters, observed: &mut Observed) {
        let program = &self.plan.program;
        observed.leaves.clear();
        observed.leaves.extend(program.leaves.iter().map(|leaf| self.leaf_holds(leaf, lead, counters)));
        observed.ageing.clear();
        observed.ageing.extend(program.ageing.iter().map(|test| counters.newest(test.signal)));
        observed.each.clear();
        let rules = self.plan.each_rules.iter().zip(&self.layout.rules).enumerate();
        observed.each.extend(rules.map(|(place, (rule, way))| match way {
            RuleWay::Tallied => counters.rule(place),
            RuleWay::Counted => worth(rule, counters.count(rule.signal)),
        }));
    }

    fn leaf_holds(&self, leaf: &Leaf, lead: usize, counters: &Counters) -> bool {
        match leaf {
            Leaf::AtLeast { signal, count, fewer } => (counters.count(*signal) as usize >= *count) != *fewer,
            Leaf::Compare { signal, comparison, bound, .. } => {
                let total = self.layout.total_of.get(*signal as usize).copied().flatten();
                let value = match total {
                    Some(total) => counters.total(total),
                    None => i128::from(counters.count(*signal)),
                };
                comparison.holds(value, *bound)
            }
            Leaf::Date { date, ages } => {
                let attribute = self.plan.program.dates.get(*date as usize);
                let date = attribute.and_then(|attribute| self.date(*attribute, lead));
                date.is_some_and(|date| ages.contain(date, self.now))
            }
            Leaf::Inactive(period) => {
                let created = self.model.created_at.and_then(|attribute| self.date(attribute, lead));
                // None is before every instant.
                let latest = counters.active().max(created.filter(|created| *created <= self.now));
                latest.is_some_and(|latest| latest <= self.now.saturating_sub(*period))
            }
        }
    }

    fn date(&self, attribute: AttributeId, lead: usize) -> Option<Micros> {
        match self.binding.attribute(self.leads, attribute)?.0 {
            Data::Dates(values) => values.get(lead),
            _ => None,
        }
    }
}

/// What a rule without decay and without limits per day or subject is worth.
fn worth(rule: &EachRule, count: u32) -> (i64, bool) {
    // OK because `times` is at most 100,000.
    (rule.points.saturating_mul((count as usize).min(rule.times) as i64), count > 0)
}
