//! Until when an outcome holds: the first instant after it at which anything differs.
//!
//! Everything that time touches knows when it will next change, exactly for leaves and nearly so for the rest
//! (two changes of one rule at one instant may cancel out). So the outcome can only differ at the earliest of
//! those instants. There, only what was due is looked at again, and the rest of the evaluation is repeated; if
//! that gives the same outcome (a clamp may hide a change, another condition may outweigh it), it goes on to
//! the next. Each event enters and leaves each window once and each table has its steps, so this ends; and
//! where changes stay hidden, ever longer stretches are passed over as a whole.

use super::{Evaluation, NEVER, Outcome, Scratch};
use crate::plan::Micros;
use crate::time::Instant;

impl Evaluation<'_> {
    /// The first instant after `now` at which the outcome differs from `outcome`, the one at `now`. `scratch`
    /// is as that evaluation left it, `decay_due` what it gave.
    pub(super) fn valid_until(
        &self,
        now: Instant,
        mut decay_due: Micros,
        scratch: &mut Scratch,
        outcome: &Outcome,
    ) -> Option<Instant> {
        self.find_due(now.micros(), scratch);
        let mut now = now.micros();
        let (turn, fade) = self.next_changes(now, decay_due, scratch);
        Instant::from_micros(turn.min(fade))?;
        let mut later = std::mem::take(&mut scratch.later);
        // How far beyond the next change to look ahead for a stretch in which nothing shows.
        let mut stride: Micros = 0;
        let found = loop {
            let (turn, fade) = self.next_changes(now, decay_due, scratch);
            if stride > 0 && fade < turn {
                let to = fade.saturating_add(stride).min(turn.saturating_sub(1));
                if let Some(at) = Instant::from_micros(to)
                    && self.nothing_shows(now, to, scratch)
                {
                    now = to;
                    decay_due = self.conclude(at, scratch, &mut later);
                    stride = stride.saturating_mul(2);
                    continue;
                }
                stride /= 4;
            }
            let next = turn.min(fade);
            let Some(at) = Instant::from_micros(next) else { break None };
            stride = stride.saturating_mul(2).max(next.saturating_sub(now));
            now = next;
            self.catch_up(now, scratch);
            decay_due = self.conclude(at, scratch, &mut later);
            if later != *outcome {
                break Some(at);
            }
        };
        scratch.later = later;
        found
    }

    /// When a condition next changes or an event that condition rules age by gives way to another; and when
    /// what a rule gives next changes apart from that.
    fn next_changes(&self, now: Micros, decay_due: Micros, scratch: &Scratch) -> (Micros, Micros) {
        let program = &self.plan.program;
        let first = |dues: &[Micros]| dues.iter().copied().fold(NEVER, Micros::min);
        let turns = (program.leaves.len() + program.ageing.len()).min(scratch.due.len());
        let (turns, fades) = scratch.due.split_at(turns);
        let return_due = Some(self.return_due()).filter(|due| *due > now).unwrap_or(NEVER);
        (first(turns).min(return_due), first(fades).min(decay_due))
    }

    /// Finds out when everything that time touches will next change.
    fn find_due(&self, now: Micros, scratch: &mut Scratch) {
        scratch.due.clear();
        scratch.due.extend(self.leaves().map(|(leaf, ending)| self.leaf_due(leaf, ending, now)));
        scratch.due.extend(self.ageing().map(|(test, ending)| self.newest_event(test, ending, now).1));
        scratch.due.extend(scratch.each.iter().map(|worth| worth.due));
    }

    /// Looks again at what is due at `now`.
    fn catch_up(&self, now: Micros, scratch: &mut Scratch) {
        let mut dues = scratch.due.iter_mut();
        // Each list takes its share of the dues; it stands first in a zip, so that no due is taken in vain.
        let slots = scratch.slots.iter_mut().skip(self.signals.early().len());
        for (((leaf, ending), slot), due) in self.leaves().zip(slots).zip(&mut dues) {
            if *due == now {
                *slot = self.leaf_holds(leaf, ending, now);
                *due = self.leaf_due(leaf, ending, now);
            }
        }
        for (((test, ending), newest), due) in self.ageing().zip(&mut scratch.ageing).zip(&mut dues) {
            if *due == now {
                (*newest, *due) = self.newest_event(test, ending, now);
            }
        }
        for ((rule, worth), due) in self.plan.each_rules.iter().zip(&mut scratch.each).zip(&mut dues) {
            if *due == now {
                *worth = self.worth(rule, now);
                *due = worth.due;
            }
        }
    }
}
