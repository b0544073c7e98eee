//! How many events of each subject a lead has, in as many lists as a plan needs.

/// Counts by list and subject. What it holds of one lead is forgotten at once when the next begins, however many
/// subjects a batch has.
#[derive(Clone, Debug, Default)]
pub(super) struct SubjectTallies {
    /// By list and subject of the batch: in which round the subject was last met, and how often.
    met: Vec<(u32, u32)>,
    subjects: usize,
    round: u32,
}

impl SubjectTallies {
    /// Starts with the next lead.
    pub(super) fn begin(&mut self, lists: usize, subjects: usize) {
        self.subjects = subjects;
        self.round = self.round.wrapping_add(1);
        if self.met.len() < lists * subjects || self.round == 0 {
            self.met.clear();
            self.met.resize(lists * subjects, (0, 0));
            self.round = 1;
        }
    }

    /// Counts an event of a subject in a list; gives how many of that subject came before it.
    #[inline]
    pub(super) fn add(&mut self, subject: usize, list: u32) -> u32 {
        let Some((round, count)) = self.met.get_mut(list as usize * self.subjects + subject) else {
            return 0;
        };
        let before = if *round == self.round { *count } else { 0 };
        (*round, *count) = (self.round, before + 1);
        before
    }
}
