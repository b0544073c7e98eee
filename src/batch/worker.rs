//! Evaluating one lead of a batch after another.

use std::ops::Range;

use super::arrivals::Arrivals;
use super::bind::Binding;
use super::columns::LeadColumns;
use super::early::EarlyRows;
use super::layout::Layout;
use super::observe::Observer;
use super::pass::{Counters, Source};
use super::results::Columns;
use super::targets::Targets;
use super::whole;
use crate::lead::Stage;
use crate::model::MAX_OCCURRENCES;
use crate::plan::Signals;
use crate::rule_set::Compiled;
use crate::score::{self, Observed, Outcome, Scratch};
use crate::time::Instant;

/// A batch that has been bound, and an instant.
#[derive(Clone, Copy)]
pub(super) struct Task<'t, 'a> {
    pub(super) rules: &'t Compiled,
    /// None where leads are better evaluated one by one, whatever the batch.
    pub(super) layout: Option<&'t Layout>,
    pub(super) binding: &'t Binding,
    pub(super) early: &'t EarlyRows,
    pub(super) targets: &'t Targets,
    pub(super) arrivals: &'t Arrivals,
    pub(super) leads: &'t LeadColumns<'a>,
    pub(super) valid_until: bool,
    pub(super) now: Instant,
}

/// Lists that evaluating one lead after another fills.
#[derive(Clone, Debug, Default)]
pub(super) struct Worker {
    counters: Counters,
    observed: Observed,
    signals: Signals,
    scratch: Scratch,
    outcome: Outcome,
}

impl Worker {
    /// Evaluates some leads, one after the other.
    pub(super) fn run(&mut self, task: &Task<'_, '_>, leads: Range<usize>, columns: &mut Columns) {
        // Only lists of events tell for how long a result holds.
        let layout = task.layout.filter(|_| !task.valid_until && !task.targets.are_full());
        for lead in leads {
            match layout.filter(|_| task.events(lead) <= MAX_OCCURRENCES as usize) {
                Some(layout) => self.pass(task, layout, lead),
                None => self.evaluate(task, lead),
            }
            columns.push(&self.outcome, task.valid_until);
        }
    }

    /// Evaluates a lead by one pass over its events.
    fn pass(&mut self, task: &Task<'_, '_>, layout: &Layout, lead: usize) {
        let Worker { counters, observed, signals, scratch, outcome } = self;
        let Task { binding, targets, arrivals, leads, .. } = *task;
        let Compiled { model, plan, .. } = task.rules;
        let row = task.early.row(lead);
        plan.settle_early(signals, |attribute, run| {
            if let Some(decided) = row.get(plan.attribute_run(attribute)) {
                run.copy_from_slice(decided);
            }
        });
        counters.clear(layout);
        if let Some(events) = &leads.events {
            let source = Source { plan, layout, targets, binding, arrivals, events };
            counters.add_lead(&source, lead, task.now.micros());
        }
        let now = task.now.micros();
        Observer { model, plan, layout, binding, leads, now }.observe(lead, counters, observed);
        score::conclude(plan, signals, observed, task.record(lead), task.now, scratch, outcome);
    }

    /// Evaluates a lead as if it were alone.
    fn evaluate(&mut self, task: &Task<'_, '_>, lead: usize) {
        let Worker { signals, scratch, outcome, .. } = self;
        let Compiled { model, plan, .. } = task.rules;
        let facts = whole::facts(&model.vocabulary, task.leads, task.binding, lead);
        plan.signals_into(&facts, signals);
        if task.valid_until {
            score::evaluate(plan, signals, task.record(lead), task.now, scratch, outcome);
        } else {
            score::evaluate_once(plan, signals, task.record(lead), task.now, scratch, outcome);
        }
    }
}

impl Task<'_, '_> {
    /// How many events a lead has.
    fn events(&self, lead: usize) -> usize {
        match self.leads.events.and_then(|events| events.offsets.get(lead..lead + 2)) {
            Some([from, to]) => to - from,
            _ => 0,
        }
    }

    /// Where the lead's record stands.
    fn record(&self, lead: usize) -> (Stage, Option<Instant>) {
        let stage = self.leads.stages.and_then(|stages| stages.get(lead)).copied().unwrap_or_default();
        let since = self.leads.stages_since.and_then(|since| since.get(lead));
        (stage, since.and_then(Instant::from_micros))
    }
}
