//! Many leads at once, over columns.
//!
//! A host's columns go in ([`LeadColumns`]): attributes and events of many leads, texts by their places in
//! dictionaries. They are bound to a rule set once, which checks every name and every row; from then on nothing
//! can fail. Columns of results come out ([`BatchResults`]), in the same order. All lists are lent to one batch
//! after the other, so that leads of any number go through in the memory of one batch.

mod arrivals;
mod bind;
mod block;
mod check;
mod columns;
mod early;
mod error;
mod layout;
mod pass;
mod results;
mod rows;
mod stretches;
mod subjects;
mod targets;
#[cfg(test)]
mod tests;
mod whole;
mod worker;

use std::sync::Arc;

use chrono::{DateTime, Utc};

pub use columns::{Column, EventColumns, EventIds, LeadColumns, MISSING, Texts, Values};
pub use error::BatchError;
pub use results::BatchResults;

use crate::RuleSet;
use crate::lead::{NameOf, UnknownName};
use crate::rule_set::Compiled;
use crate::time::Instant;
use arrivals::Arrivals;
use bind::Binding;
use early::EarlyBits;
use layout::Layout;
use targets::Targets;
use worker::{Task, Worker};

/// Evaluates batches of leads, one after the other.
///
/// It keeps the lists that a batch fills, so batches of like size allocate nothing after the first.
///
/// ```
/// use leadql::RuleSet;
/// use leadql::batch::{Column, EventColumns, LeadColumns, MISSING, Texts};
/// let rules = RuleSet::compile(
///     r#"title contains "chief"           => +20
///        company_size > 100               => +10
///        each visited(pricing) within 30d => +5"#,
/// )?;
/// let mut batch = rules.batch();
///
/// let attributes = [
///     ("title", Column::texts(&["Chief Executive", "Clerk"], &[0, 1, MISSING])),
///     ("company_size", Column::integers(&[120_i64, 40, 900])),
/// ];
/// let visits = [1_793_300_000_000_000; 2]; // 2026-10-29, in microseconds since 1970
/// let events = EventColumns::new(&[0, 2, 2, 2], Texts::new(&["visited"], &[0, 0]), &visits)
///     .subjects(Texts::new(&["pricing", "blog"], &[0, 1]));
/// let leads = LeadColumns::new(3).attributes(&attributes).events(events);
///
/// let mut leads = batch.bind(leads)?;
/// let results = leads.evaluate("2026-11-01T00:00:00Z".parse()?);
/// let scores = results.score("score").unwrap();
/// assert_eq!(scores.iter().map(|score| score.to_string()).collect::<Vec<_>>(), ["35", "0", "10"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Batch {
    rules: Arc<Compiled>,
    valid_until: bool,
    /// None where leads are better evaluated one by one, whatever the batch.
    layout: Option<Arc<Layout>>,
    binding: Binding,
    early: EarlyBits,
    targets: Targets,
    arrivals: Arrivals,
    worker: Worker,
    results: BatchResults,
}

/// A batch of leads that has been checked and can be evaluated at any instant.
#[derive(Debug)]
pub struct BoundLeads<'b, 'a> {
    batch: &'b mut Batch,
    leads: LeadColumns<'a>,
}

impl RuleSet {
    /// Evaluates many leads at once, over columns: see [`Batch`].
    pub fn batch(&self) -> Batch {
        let Compiled { model, plan, .. } = &*self.compiled;
        let layout = Layout::new(plan);
        let targets = Targets::new(model, plan, layout.as_ref());
        Batch {
            rules: Arc::clone(&self.compiled),
            valid_until: false,
            layout: layout.map(Arc::new),
            binding: Binding::default(),
            early: EarlyBits::default(),
            targets,
            arrivals: Arrivals::default(),
            worker: Worker::default(),
            results: BatchResults::new(&self.compiled),
        }
    }
}

impl Batch {
    /// Whether to find out until when each lead's results hold; without this it is left out, which is faster.
    #[must_use]
    pub fn with_valid_until(mut self, valid_until: bool) -> Self {
        self.valid_until = valid_until;
        self
    }

    /// Checks a batch of leads against the rule set's vocabulary.
    ///
    /// Events of kinds that the vocabulary lacks are left out: [`BoundLeads::unknown_events`] tells them.
    ///
    /// # Errors
    /// The vocabulary has no attribute or property of a column's name, a name is there twice, a column is not of
    /// the type that belongs there or has not as many rows as it should; a code is outside its dictionary, a text
    /// is not one of a `one of` list, offsets do not ascend, a number or a time is out of range. The error names
    /// the column, the row, what was found and what would be right.
    pub fn bind<'a>(&mut self, leads: LeadColumns<'a>) -> Result<BoundLeads<'_, 'a>, BatchError> {
        let Compiled { model, plan, .. } = &*self.rules;
        self.binding.bind(&model.vocabulary, &leads)?;
        self.early.decide(plan, &model.vocabulary, &self.binding, &leads, 0..leads.count);
        if let Some(layout) = &self.layout {
            let Batch { arrivals, targets, binding, .. } = self;
            arrivals.resolve((plan, layout, &model.vocabulary), targets, binding, &leads, 0..leads.count);
        }
        Ok(BoundLeads { batch: self, leads })
    }
}

impl BoundLeads<'_, '_> {
    /// Evaluates the rule set over all leads at `now`; outside the years 0001 to 9999 at the nearest instant
    /// within.
    pub fn evaluate(&mut self, now: DateTime<Utc>) -> &BatchResults {
        let now = Instant::nearest(now);
        let Batch { rules, valid_until, layout, binding, early, targets, arrivals, worker, results } =
            &mut *self.batch;
        let task = Task {
            rules,
            layout: layout.as_deref(),
            binding,
            early,
            targets,
            arrivals,
            columns: &self.leads,
            valid_until: *valid_until,
            now,
        };
        let columns = results.begin(self.leads.count, now, *valid_until);
        worker.run(&task, 0..self.leads.count, columns);
        results
    }

    /// The event kinds that the vocabulary lacks, each with how many events were left out for it.
    pub fn unknown_events(&self) -> impl Iterator<Item = (UnknownName, usize)> {
        let names = self.leads.events.map_or(&[][..], |events| events.kinds.dictionary);
        let skipped = names.iter().zip(&self.batch.binding.kinds).filter(|(_, kind)| kind.skipped > 0);
        skipped.map(|(name, kind)| {
            let name = UnknownName::of(&self.batch.rules.model.vocabulary, NameOf::Event, name, None);
            (name, kind.skipped)
        })
    }
}
