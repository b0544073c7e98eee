//! A batch in parts on several threads, each part with lists of its own.

use chrono::{DateTime, Utc};
use rayon::prelude::*;

use super::Batch;
use super::block::BLOCK;
use super::columns::LeadColumns;
use super::error::BatchError;
use super::part::{Part, Task};
use super::results::{BatchResults, Columns};
use crate::time::Instant;

/// What the parts of a batch fill.
#[derive(Clone, Debug, Default)]
pub(super) struct Parallel {
    parts: Vec<(Part, Columns)>,
    unknown: Vec<usize>,
}

/// So many parts for each thread, so that none waits long for another.
const PARTS_A_THREAD: usize = 4;

impl Batch {
    /// As [`Batch::evaluate`], on the threads of the current rayon pool. The results are the same, in the same
    /// order.
    ///
    /// # Errors
    /// As [`Batch::evaluate`].
    pub fn evaluate_in_parallel(
        &mut self,
        leads: LeadColumns<'_>,
        now: DateTime<Utc>,
    ) -> Result<&BatchResults, BatchError> {
        let now = Instant::nearest(now);
        let columns = self.results.begin(leads.count, now, self.valid_until);
        let Batch { rules, layout, binding, .. } = self;
        let task = Task::bind(rules, layout.as_deref(), binding, &leads, self.valid_until, now)?;
        let parts = rayon::current_num_threads() * PARTS_A_THREAD;
        let of_part = leads.count.div_ceil(parts).next_multiple_of(BLOCK).max(BLOCK);
        let Parallel { parts, unknown } = &mut self.parallel;
        let needed = leads.count.div_ceil(of_part);
        while parts.len() < needed {
            parts.push((Part::new(task.rules, task.layout), Columns::new(task.rules)));
        }
        let parts = parts.get_mut(..needed).unwrap_or(&mut []);
        let ran: Vec<Result<(), BatchError>> = parts
            .par_iter_mut()
            .enumerate()
            .map(|(number, (part, columns))| {
                let first = number * of_part;
                let leads = first..(first + of_part).min(task.columns.count);
                columns.clear(leads.len(), task.valid_until);
                part.run(&task, leads, columns)
            })
            .collect();
        // The first error in the order of leads, whichever thread was first.
        ran.into_iter().collect::<Result<(), BatchError>>()?;
        unknown.clear();
        for (number, (part, of_part_columns)) in parts.iter().enumerate() {
            columns.put(number * of_part, of_part_columns);
            unknown.resize(part.unknown().len().max(unknown.len()), 0);
            unknown.iter_mut().zip(part.unknown()).for_each(|(all, one)| *all += one);
        }
        self.results.set_unknown(&leads, unknown);
        Ok(&self.results)
    }
}
