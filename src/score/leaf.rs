//! Conditions that time touches: tests of events and dates, `inactive for`; whether they hold at an instant,
//! and when that will next change.

use super::aggregate::{State, Sweep};
use super::{Evaluation, NEVER};
use crate::model::Comparison;
use crate::plan::{Ages, Leaf, Micros};

impl Evaluation<'_> {
    /// Whether a leaf holds at `now`; `state` gives signals at that instant.
    pub(super) fn leaf_holds(&self, leaf: Leaf, now: Micros, state: impl FnOnce(u32) -> State) -> bool {
        match leaf {
            Leaf::Events { signal, comparison, bound, .. } => comparison.holds(state(signal).value, bound),
            Leaf::Date { date, ages } => self.signals.date(date).is_some_and(|date| ages.contain(date, now)),
            Leaf::Inactive(period) => match self.latest_activity(now) {
                (Some(latest), _) => *latest <= now.saturating_sub(period),
                (None, _) => false,
            },
        }
    }

    /// The first instant after `now` at which a leaf stops to hold, or starts to: at which it is no longer
    /// what it is now.
    pub(super) fn leaf_due(&self, leaf: Leaf, now: Micros, state: impl FnOnce(u32) -> State) -> Micros {
        match leaf {
            Leaf::Events { signal, comparison, bound, cap } => {
                self.events_due(state(signal), signal, comparison, bound, cap)
            }
            Leaf::Date { date, ages: Ages { enters, leaves } } => {
                let Some(date) = self.signals.date(date) else { return NEVER };
                let edges = [date.saturating_add(enters), date.saturating_add(leaves)];
                edges.into_iter().find(|edge| *edge > now).unwrap_or(NEVER)
            }
            Leaf::Inactive(period) => self.inactive_due(period, now),
        }
    }

    fn events_due(
        &self,
        state: State,
        signal: u32,
        comparison: Comparison,
        bound: i128,
        cap: usize,
    ) -> Micros {
        let Some(signal) = self.signal(signal) else { return NEVER };
        let mut sweep = Sweep::from(state, signal, self.signals, cap);
        let held = comparison.holds(sweep.value(), bound);
        while let Some(at) = sweep.advance() {
            if comparison.holds(sweep.value(), bound) != held {
                return at;
            }
        }
        NEVER
    }

    fn inactive_due(&self, period: Micros, now: Micros) -> Micros {
        let (latest, later) = self.latest_activity(now);
        let next = later.first();
        if latest.is_some_and(|latest| *latest <= now.saturating_sub(period)) {
            return next.copied().unwrap_or(NEVER);
        }
        // Not inactive now: that starts after the first activity that no other follows in time.
        let Some(first) = latest.or(next) else { return NEVER };
        let mut end = first.saturating_add(period);
        for at in later {
            if *at > end {
                break;
            }
            end = at.saturating_add(period);
        }
        end
    }

    /// The latest activity up to `now`, and all that is to come.
    fn latest_activity(&self, now: Micros) -> (Option<&Micros>, &[Micros]) {
        let activity = self.signals.activity();
        let (past, later) = activity.split_at(activity.partition_point(|at| *at <= now));
        (past.last(), later)
    }
}
