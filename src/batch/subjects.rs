//! How many events of each subject a lead has, in as many lists as a plan needs.

/// Counts by subject. What it holds of one lead is forgotten at once when the next begins, however many subjects
/// a batch has.
#[derive(Clone, Debug, Default)]
pub(super) struct SubjectTallies {
    /// By subject of the batch: in which round it was last met, and where its counts start.
    met: Vec<(u64, usize)>,
    round: u64,
    lists: usize,
    /// A count in each list for each subject of the lead.
    counts: Vec<u32>,
}

impl SubjectTallies {
    /// Starts with the next lead.
    pub(super) fn begin(&mut self, lists: usize, subjects: usize) {
        if self.met.len() < subjects {
            self.met.resize(subjects, (0, 0));
        }
        self.round += 1;
        self.lists = lists;
        self.counts.clear();
    }

    /// Counts an event of a subject in a list; gives how many of that subject came before it.
    pub(super) fn add(&mut self, subject: usize, list: u32) -> u32 {
        let Some((round, start)) = self.met.get_mut(subject) else { return 0 };
        if *round != self.round {
            (*round, *start) = (self.round, self.counts.len());
            self.counts.resize(self.counts.len() + self.lists, 0);
        }
        let Some(count) = self.counts.get_mut(*start + list as usize) else { return 0 };
        *count += 1;
        *count - 1
    }
}
