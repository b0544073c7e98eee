//! Evaluating a part of a batch, a block of leads after another.

use std::ops::Range;

use super::alone::Alone;
use super::arrivals::Arrivals;
use super::bind::Binding;
use super::block::{BLOCK, Block, Dates};
use super::columns::{Data, LeadColumns};
use super::early::EarlyBits;
use super::error::BatchError;
use super::layout::Layout;
use super::pass::{Counters, Source};
use super::reading::EventReader;
use super::results::Columns;
use super::targets::Targets;
use crate::lead::Stage;
use crate::model::MAX_OCCURRENCES;
use crate::plan::{Micros, Signals};
use crate::rule_set::Compiled;
use crate::score::{self, Outcome, Scratch};
use crate::time::Instant;
use crate::vocabulary::AttributeId;

/// A batch whose names and types have been checked, and an instant.
#[derive(Clone, Copy)]
pub(super) struct Task<'t, 'a> {
    pub(super) rules: &'t Compiled,
    /// None where leads are better evaluated one by one.
    pub(super) layout: Option<&'t Layout>,
    pub(super) binding: &'t Binding,
    pub(super) columns: &'t LeadColumns<'a>,
    pub(super) valid_until: bool,
    pub(super) now: Instant,
}

impl<'t, 'a> Task<'t, 'a> {
    /// Checks the names and types of a batch and binds them.
    pub(super) fn bind(
        rules: &'t Compiled,
        layout: Option<&'t Layout>,
        binding: &'t mut Binding,
        columns: &'t LeadColumns<'a>,
        valid_until: bool,
        now: Instant,
    ) -> Result<Self, BatchError> {
        binding.bind(&rules.model.vocabulary, columns)?;
        Ok(Task { rules, layout, binding, columns, valid_until, now })
    }
}

/// Lists that evaluating a part of a batch fills, and what is kept from one batch to the next.
#[derive(Clone, Debug)]
pub(super) struct Part {
    targets: Targets,
    early: EarlyBits,
    arrivals: Arrivals,
    counters: Counters,
    block: Block,
    alone: Alone,
    signals: Signals,
    scratch: Scratch,
    outcome: Outcome,
    /// By code of a kind that the vocabulary lacks: how many events were left out.
    unknown: Vec<usize>,
}

impl Part {
    pub(super) fn new(rules: &Compiled, layout: Option<&Layout>) -> Self {
        Part {
            targets: Targets::new(&rules.model, &rules.plan, layout),
            early: EarlyBits::default(),
            arrivals: Arrivals::default(),
            counters: Counters::default(),
            block: Block::default(),
            alone: Alone::default(),
            signals: Signals::default(),
            scratch: Scratch::default(),
            outcome: Outcome::default(),
            unknown: Vec::new(),
        }
    }

    /// Checks and evaluates some leads; `results` has a row for each.
    pub(super) fn run(
        &mut self,
        task: &Task<'_, '_>,
        leads: Range<usize>,
        results: &mut Columns,
    ) -> Result<(), BatchError> {
        let Task { binding, columns, .. } = *task;
        let Compiled { model, plan, .. } = task.rules;
        self.unknown.clear();
        self.unknown.resize(binding.kinds.len(), 0);
        self.early.begin(plan, binding, columns);
        self.alone.begin();
        // Only lists of events tell for how long a result holds.
        let layout = task.layout.filter(|_| !task.valid_until);
        if let (Some(events), Some(layout)) = (&columns.events, layout) {
            self.arrivals.begin(layout, &model.vocabulary, &mut self.targets, binding, events);
        }
        for first in leads.clone().step_by(BLOCK) {
            let of_block = first..(first + BLOCK).min(leads.end);
            Binding::check_rows(columns, of_block.clone())?;
            self.count_unknown(task, of_block.clone());
            let rows = first - leads.start;
            self.early.decide(plan, &model.vocabulary, binding, columns, of_block.clone());
            match layout.filter(|layout| self.resolve(task, layout, of_block.clone())) {
                Some(layout) => self.run_block(task, layout, of_block, rows, results),
                None => {
                    for (place, lead) in of_block.enumerate() {
                        self.run_lead(task, lead, place, rows + place, results);
                    }
                }
            }
        }
        Ok(())
    }

    /// By code of a kind that the vocabulary lacks: how many events were left out.
    pub(super) fn unknown(&self) -> &[usize] {
        &self.unknown
    }

    fn count_unknown(&mut self, task: &Task<'_, '_>, leads: Range<usize>) {
        let kinds = &task.binding.kinds;
        let Some(events) = task.columns.events.filter(|_| kinds.iter().any(|kind| kind.id.is_none())) else {
            return;
        };
        for code in events.kinds.part(events.rows(leads)).codes {
            if kinds.get(*code as usize).is_some_and(|kind| kind.id.is_none()) {
                self.unknown.get_mut(*code as usize).into_iter().for_each(|count| *count += 1);
            }
        }
    }

    /// Looks at the events of a block; says whether a pass over them will do.
    fn resolve(&mut self, task: &Task<'_, '_>, layout: &Layout, leads: Range<usize>) -> bool {
        if let Some(events) = &task.columns.events {
            self.arrivals.resolve(&task.rules.plan, layout, &mut self.targets, events, leads);
        }
        !self.targets.are_full()
    }

    /// Evaluates a block by one pass over the events of each lead.
    fn run_block(
        &mut self,
        task: &Task<'_, '_>,
        layout: &Layout,
        leads: Range<usize>,
        rows: usize,
        results: &mut Columns,
    ) {
        let Part { targets, early, arrivals, counters, block, .. } = self;
        let Task { binding, columns, .. } = *task;
        let plan = &task.rules.plan;
        block.clear(layout, plan);
        for (place, lead) in leads.clone().enumerate() {
            counters.clear(layout, targets);
            if let Some(events) = columns.events.as_ref().filter(|_| !task.is_large(lead)) {
                let reader = EventReader { events, binding };
                let source = Source { plan, layout, targets, arrivals, reader };
                counters.add_lead(&source, lead, task.now.micros());
            }
            block.put(place, layout, counters, &LeadDates { task, lead });
        }
        block.conclude(plan, layout, early.words());
        results.set_block(plan, rows, block, |place, gates| {
            score::step(plan, task.record(leads.start + place), gates, task.now)
        });
        for (place, lead) in leads.enumerate().filter(|(_, lead)| task.is_large(*lead)) {
            self.run_lead(task, lead, place, rows + place, results);
        }
    }

    /// Evaluates the lead at a place of the block as if it were alone.
    fn run_lead(
        &mut self,
        task: &Task<'_, '_>,
        lead: usize,
        place: usize,
        row: usize,
        results: &mut Columns,
    ) {
        let Part { early, alone, signals, scratch, outcome, .. } = self;
        let Task { binding, columns, .. } = *task;
        let Compiled { model, plan, .. } = task.rules;
        let dates = LeadDates { task, lead };
        let events = columns.events.as_ref();
        let events = events.map(|events| (EventReader { events, binding }, events.rows(lead..lead + 1)));
        let words = (early.words(), place);
        alone.fill((plan, &model.vocabulary), words, |id| dates.date(id), events, signals);
        if task.valid_until {
            score::evaluate(plan, signals, task.record(lead), task.now, scratch, outcome);
        } else {
            score::evaluate_once(plan, signals, task.record(lead), task.now, scratch, outcome);
        }
        results.set(row, outcome);
    }
}

impl Task<'_, '_> {
    /// Whether a lead has more events than may count in a rule, so that it matters which.
    fn is_large(&self, lead: usize) -> bool {
        let events = self.columns.events.as_ref();
        events.is_some_and(|events| events.rows(lead..lead + 1).len() > MAX_OCCURRENCES as usize)
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
    fn date(&self, attribute: AttributeId) -> Option<Micros> {
        match self.task.binding.attribute(self.task.columns, attribute)?.0 {
            Data::Dates(values) => values.get(self.lead),
            _ => None,
        }
    }

    fn age_of(&self, attribute: AttributeId) -> Option<Micros> {
        // OK because both are in the years 0001 to 9999.
        self.date(attribute).map(|date| self.task.now.micros() - date)
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
