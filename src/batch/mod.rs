//! Many leads at once, over columns.
//!
//! A host's columns go in ([`LeadColumns`]): attributes and events of many leads, texts by their places in
//! dictionaries. They are checked against the rule set's vocabulary, every name and every row; columns of results
//! come out ([`BatchResults`]), in the same order. All lists are lent to one batch after the other, so that leads
//! of any number go through in the memory of one batch.
//!
//! Within a batch sixty-four leads go together, a *block*: a pass over the events of each adds up what depends on
//! them, and what follows is worked out for all sixty-four in single steps. Each lead gets what it would get alone.

mod alone;
mod arrivals;
mod bind;
mod block;
mod check;
mod columns;
mod duplicates;
mod early;
mod error;
mod layout;
#[cfg(feature = "rayon")]
mod parallel;
mod part;
mod pass;
mod reading;
mod results;
mod rows;
mod same_texts;
mod stretches;
mod subjects;
mod targets;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use chrono::{DateTime, Utc};

pub use columns::{Column, EventColumns, EventIds, LeadColumns, MISSING, Texts, Values};
pub use error::BatchError;
pub use results::BatchResults;

use crate::RuleSet;
use crate::rule_set::Compiled;
use crate::time::Instant;
use bind::Binding;
use layout::Layout;
use part::{Part, Task};

/// Evaluates batches of leads, one after the other.
///
/// It keeps the lists that a batch fills, so batches of like size allocate nothing after the first. A few thousand
/// leads make a good batch: their columns then stay near the processor.
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
/// let results = batch.evaluate(leads, "2026-11-01T00:00:00Z".parse()?)?;
/// let scores = results.score("score").unwrap();
/// assert_eq!(scores.iter().map(|score| score.to_string()).collect::<Vec<_>>(), ["35", "0", "10"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Batch {
    rules: Arc<Compiled>,
    valid_until: bool,
    /// None where leads are better evaluated one by one.
    layout: Option<Arc<Layout>>,
    binding: Binding,
    part: Part,
    #[cfg(feature = "rayon")]
    parallel: parallel::Parallel,
    results: BatchResults,
}

impl RuleSet {
    /// Evaluates many leads at once, over columns: see [`Batch`].
    pub fn batch(&self) -> Batch {
        let layout = Layout::new(&self.compiled.plan);
        Batch {
            rules: Arc::clone(&self.compiled),
            valid_until: false,
            binding: Binding::default(),
            part: Part::new(&self.compiled, layout.as_ref()),
            #[cfg(feature = "rayon")]
            parallel: parallel::Parallel::default(),
            layout: layout.map(Arc::new),
            results: BatchResults::new(&self.compiled),
        }
    }
}

impl Batch {
    /// Whether to find out until when each lead's results hold; without this it is left out, which is much faster.
    #[must_use]
    pub fn with_valid_until(mut self, valid_until: bool) -> Self {
        self.valid_until = valid_until;
        self
    }

    /// Evaluates the rule set over all leads of a batch at `now`; outside the years 0001 to 9999 at the nearest
    /// instant within.
    ///
    /// Events of kinds that the vocabulary lacks are left out and counted: see [`BatchResults::unknown_events`].
    ///
    /// # Errors
    /// The vocabulary has no attribute or property of a column's name, a name is there twice, a column is not of
    /// the type that belongs there or has not as many rows as it should; a code is outside its dictionary, a text
    /// is not one of a `one of` list, offsets do not ascend, a number or a time is out of range. The error names
    /// the column, the row, what was found and what would be right. There are no results then.
    pub fn evaluate(
        &mut self,
        leads: LeadColumns<'_>,
        now: DateTime<Utc>,
    ) -> Result<&BatchResults, BatchError> {
        let now = Instant::nearest(now);
        let columns = self.results.begin(leads.count, now, self.valid_until);
        let Batch { rules, layout, binding, .. } = self;
        let task = Task::bind(rules, layout.as_deref(), binding, &leads, self.valid_until, now)?;
        self.part.run(&task, 0..leads.count, columns)?;
        self.results.set_unknown(&leads, self.part.unknown());
        Ok(&self.results)
    }
}
