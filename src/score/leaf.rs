//! Conditions that time touches: tests of events and dates, `inactive for`; whether they hold at an instant,
//! and when that will next change.

use super::aggregate::{self, State, Sweep};
use super::{Evaluation, NEVER};
use crate::model::Comparison;
use crate::plan::{Ages, Ending, Leaf, Micros, Signal};

impl Evaluation<'_> {
    /// Whether a leaf holds at `now`.
    #[inline]
    pub(super) fn leaf_holds(&self, leaf: &Leaf, ending: &Ending, now: Micros) -> bool {
        ending.holds(now).unwrap_or_else(|| self.open_leaf_holds(*leaf, now))
    }

    /// The first instant after `now` at which a leaf stops to hold, or starts to: at which it is no longer
    /// what it is now.
    #[inline]
    pub(super) fn leaf_due(&self, leaf: &Leaf, ending: &Ending, now: Micros) -> Micros {
        ending.due(now).unwrap_or_else(|| self.open_leaf_due(*leaf, now))
    }

    /// All leaves of the plan, and how they end.
    pub(super) fn leaves(&self) -> impl Iterator<Item = (&Leaf, &Ending)> {
        self.plan.program.leaves.iter().zip(self.signals.endings())
    }

    fn open_leaf_holds(&self, leaf: Leaf, now: Micros) -> bool {
        match leaf {
            Leaf::AtLeast { signal, count, fewer } => self.counts(signal, count, now) != fewer,
            Leaf::Compare { signal, comparison, bound, .. } => {
                comparison.holds(self.state(signal, now).value, bound)
            }
            Leaf::Date { date, ages } => self.signals.date(date).is_some_and(|date| ages.contain(date, now)),
            Leaf::Inactive(period) => match self.latest_activity(now) {
                (Some(latest), _) => *latest <= now.saturating_sub(period),
                (None, _) => false,
            },
        }
    }

    fn open_leaf_due(&self, leaf: Leaf, now: Micros) -> Micros {
        match leaf {
            Leaf::AtLeast { signal, count, .. } => self.count_due(signal, count, now),
            Leaf::Compare { signal, comparison, bound, cap } => {
                self.comparison_due(signal, comparison, bound, cap, now)
            }
            Leaf::Date { date, ages: Ages { enters, leaves } } => {
                let Some(date) = self.signals.date(date) else { return NEVER };
                let edges = [date.saturating_add(enters), date.saturating_add(leaves)];
                edges.into_iter().find(|edge| *edge > now).unwrap_or(NEVER)
            }
            Leaf::Inactive(period) => self.inactive_due(period, now),
        }
    }

    /// Whether a signal counts at least `count`, which is 1 or more.
    fn counts(&self, signal: u32, count: usize, now: Micros) -> bool {
        let Some(signal) = self.signal(signal) else { return false };
        match self.complete(signal, signal.thinned, now) {
            Some(complete) => complete.newest(count).is_some(),
            None => State::at(signal, self.signals, now).value >= aggregate::count(count),
        }
    }

    /// When that changes.
    fn count_due(&self, signal: u32, count: usize, now: Micros) -> Micros {
        let Some(signal) = self.signal(signal) else { return NEVER };
        match self.complete(signal, signal.thinned, now) {
            // Until the one that decides leaves; too few they stay for ever.
            Some(complete) => {
                complete.newest(count).map_or(NEVER, |at| at.saturating_add(signal.ages.leaves))
            }
            None => {
                let state = State::at(signal, self.signals, now);
                self.sweep_due(state, signal, Comparison::GreaterOrEqual, aggregate::count(count), count)
            }
        }
    }

    fn comparison_due(
        &self,
        signal: u32,
        comparison: Comparison,
        bound: i128,
        cap: usize,
        now: Micros,
    ) -> Micros {
        let Some(signal) = self.signal(signal) else { return NEVER };
        let state = State::at(signal, self.signals, now);
        self.sweep_due(state, signal, comparison, bound, cap)
    }

    fn sweep_due(
        &self,
        state: State,
        signal: &Signal,
        comparison: Comparison,
        bound: i128,
        cap: usize,
    ) -> Micros {
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
