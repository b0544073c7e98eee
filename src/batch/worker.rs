//! Evaluating the leads of a batch, a block after another.

use std::ops::Range;

use super::arrivals::Arrivals;
use super::bind::Binding;
use super::block::{BLOCK, Block, Dates};
use super::columns::{Data, LeadColumns};
use super::early::EarlyBits;
use super::layout::Layout;
use super::pass::{Counters, Source};
use super::results::Columns;
use super::targets::Targets;
use super::whole;
use crate::lead::Stage;
use crate::model::MAX_OCCURRENCES;
use crate::plan::{Micros, Signals};
use crate::rule_set::Compiled;
use crate::score::{self, Outcome, Scratch};
use crate::time::Instant;
use crate::vocabulary::AttributeId;

/// A batch that has been bound, and an instant.
#[derive(Clone, Copy)]
pub(super) struct Task<'t, 'a> {
    pub(super) rules: &'t Compiled,
    /// None where leads are better evaluated one by one, whatever the batch.
    pub(super) layout: Option<&'t Layout>,
    pub(super) binding: &'t Binding,
    pub(super) early: &'t EarlyBits,
    pub(super) targets: &'t Targets,
    pub(super) arrivals: &'t Arrivals,
    pub(super) columns: &'t LeadColumns<'a>,
    pub(super) valid_until: bool,
    pub(super) now: Instant,
}

/// Lists that evaluating leads fills.
#[derive(Clone, Debug, Default)]
pub(super) struct Worker {
    counters: Counters,
    block: Block,
    signals: Signals,
    scratch: Scratch,
    outcome: Outcome,
}

impl Worker {
    /// Evaluates some leads; their results are the rows of `results`.
    pub(super) fn run(&mut self, task: &Task<'_, '_>, leads: Range<usize>, results: &mut Columns) {
        // Only lists of events tell for how long a result holds.
        let layout = task.layout.filter(|_| !task.valid_until && !task.targets.are_full());
        let Some(layout) = layout else {
            for (row, lead) in leads.enumerate() {
                self.evaluate(task, lead);
                results.set(row, &self.outcome);
            }
            return;
        };
        for (number, first) in leads.clone().step_by(BLOCK).enumerate() {
            let of_block = first..(first + BLOCK).min(leads.end);
            self.evaluate_block(task, layout, number, of_block.clone());
            let now = task.now;
            results.set_block(&task.rules.plan, number * BLOCK, &self.block, |lead, gates| {
                score::step(&task.rules.plan, task.record(first + lead), gates, now)
            });
            for lead in of_block.filter(|lead| task.is_large(*lead)) {
                self.evaluate(task, lead);
                results.set(lead - leads.start, &self.outcome);
            }
        }
    }

    /// Evaluates a block by one pass over the events of each lead; large leads are left out.
    fn evaluate_block(&mut self, task: &Task<'_, '_>, layout: &Layout, number: usize, leads: Range<usize>) {
        let Worker { counters, block, .. } = self;
        let Task { binding, targets, arrivals, columns, .. } = *task;
        let plan = &task.rules.plan;
        block.clear(layout, plan);
        for (place, lead) in leads.enumerate() {
            counters.clear(layout, targets);
            if let Some(events) = columns.events.as_ref().filter(|_| !task.is_large(lead)) {
                let source = Source { plan, layout, targets, binding, arrivals, events };
                counters.add_lead(&source, lead, task.now.micros());
            }
            block.put(place, layout, counters, &LeadDates { task, lead });
        }
        block.conclude(plan, layout, task.early.block(number));
    }

    /// Evaluates a lead as if it were alone.
    fn evaluate(&mut self, task: &Task<'_, '_>, lead: usize) {
        let Worker { signals, scratch, outcome, .. } = self;
        let Compiled { model, plan, .. } = task.rules;
        let facts = whole::facts(&model.vocabulary, task.columns, task.binding, lead);
        plan.signals_into(&facts, signals);
        if task.valid_until {
            score::evaluate(plan, signals, task.record(lead), task.now, scratch, outcome);
        } else {
            score::evaluate_once(plan, signals, task.record(lead), task.now, scratch, outcome);
        }
    }
}

impl Task<'_, '_> {
    /// Whether a lead has more events than may count in a rule, so that it matters which.
    fn is_large(&self, lead: usize) -> bool {
        match self.columns.events.and_then(|events| events.offsets.get(lead..lead + 2)) {
            Some([from, to]) => to - from > MAX_OCCURRENCES as usize,
            _ => false,
        }
    }

    /// Where the lead's record stands.
    fn record(&self, lead: usize) -> (Stage, Option<Instant>) {
        let stage = self.columns.stages.and_then(|stages| stages.get(lead)).copied().unwrap_or_default();
        let since = self.columns.stages_since.and_then(|since| since.get(lead));
        (stage, since.and_then(Instant::from_micros))
    }
}

/// The dates of a lead.
struct LeadDates<'t, 'a> {
    task: &'t Task<'t, 'a>,
    lead: usize,
}

impl LeadDates<'_, '_> {
    fn age_of(&self, attribute: AttributeId) -> Option<Micros> {
        match self.task.binding.attribute(self.task.columns, attribute)?.0 {
            // OK because both are in the years 0001 to 9999.
            Data::Dates(values) => values.get(self.lead).map(|date| self.task.now.micros() - date),
            _ => None,
        }
    }
}

impl Dates for LeadDates<'_, '_> {
    fn age(&self, date: u32) -> Option<Micros> {
        self.age_of(*self.task.rules.plan.program.dates.get(date as usize)?)
    }

    fn since_created(&self) -> Option<Micros> {
        self.age_of(self.task.rules.model.created_at?).filter(|age| *age >= 0)
    }
}
