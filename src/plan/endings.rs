//! How what depends on time ends, known when the signals of a lead are built.
//!
//! Once all events have come, and all dates have been reached, most conditions can change only once more: the
//! event that decides leaves its window, a period of rest is over. From then on one comparison says what a
//! condition is, however it is put. Before that, and for the few that may change more often, evaluating looks
//! at the events themselves.

use super::numbering::{Signal, SignalKind};
use super::program::Leaf;
use super::signals::Signals;
use super::{Micros, NO_EVENT, Plan};
use crate::model::Comparison;

/// What a condition is from an instant on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ending {
    /// Known from here on.
    pub(crate) from: Micros,
    /// What it is until it turns; from then on it is the opposite.
    pub(crate) before: bool,
    pub(crate) turns: Micros,
}

impl Ending {
    /// Nothing is known.
    pub(super) const OPEN: Ending = Ending { from: Micros::MAX, before: false, turns: Micros::MAX };

    /// Always the same from an instant on.
    const fn constant(from: Micros, holds: bool) -> Ending {
        Ending { from, before: holds, turns: Micros::MAX }
    }

    /// Whether the condition holds at `now`, if that is known.
    #[inline]
    pub(crate) fn holds(self, now: Micros) -> Option<bool> {
        (now >= self.from).then_some((now < self.turns) == self.before)
    }

    /// When it turns after `now`, if that is known; [`Micros::MAX`] for never.
    #[inline]
    pub(crate) fn due(self, now: Micros) -> Option<Micros> {
        (now >= self.from).then_some(if now < self.turns { self.turns } else { Micros::MAX })
    }
}

/// Which event is the newest in a window from an instant on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewestEnding {
    /// Known from here on.
    pub(crate) from: Micros,
    /// The newest event, and when it leaves.
    pub(crate) newest: Micros,
    pub(crate) leaves: Micros,
}

impl NewestEnding {
    /// Nothing is known.
    pub(super) const OPEN: NewestEnding =
        NewestEnding { from: Micros::MAX, newest: NO_EVENT, leaves: Micros::MIN };
}

impl Plan {
    /// Finds out how the leaves and ageing tests end; `signals` has all else.
    pub(super) fn find_endings(&self, signals: &mut Signals) {
        let mut endings = std::mem::take(&mut signals.endings);
        endings.clear();
        endings.extend(self.program.leaves.iter().map(|leaf| self.ending(*leaf, signals)));
        signals.endings = endings;
        let mut newest = std::mem::take(&mut signals.newest_endings);
        newest.clear();
        newest.extend(self.program.ageing.iter().map(|test| self.newest_ending(test.signal, signals)));
        signals.newest_endings = newest;
    }

    fn ending(&self, leaf: Leaf, signals: &Signals) -> Ending {
        match leaf {
            Leaf::AtLeast { signal, count, fewer } => {
                let Some(signal) = self.signals.get(signal as usize) else { return Ending::OPEN };
                let from = signals.complete_from(signal);
                let counted = signals.counted(signal, signal.thinned);
                match counted.len().checked_sub(count).and_then(|place| counted.get(place)) {
                    Some(decides) => {
                        let turns = decides.saturating_add(signal.ages.leaves);
                        Ending { from, before: !fewer, turns }
                    }
                    None => Ending::constant(from, fewer),
                }
            }
            Leaf::Compare { signal, comparison, bound, .. } => {
                let Some(signal) = self.signals.get(signal as usize) else { return Ending::OPEN };
                comparison_ending(signal, comparison, bound, signals)
            }
            Leaf::Date { date, ages } => match signals.date(date) {
                Some(date) => Ending {
                    from: date.saturating_add(ages.enters),
                    before: true,
                    turns: date.saturating_add(ages.leaves),
                },
                None => Ending::constant(Micros::MIN, false),
            },
            Leaf::Inactive(period) => match signals.activity().last() {
                Some(last) => Ending { from: *last, before: false, turns: last.saturating_add(period) },
                None => Ending::constant(Micros::MIN, false),
            },
        }
    }

    fn newest_ending(&self, signal: u32, signals: &Signals) -> NewestEnding {
        let Some(signal) = self.signals.get(signal as usize) else { return NewestEnding::OPEN };
        let newest = signals.times(signal.term).last().copied();
        NewestEnding {
            from: signals.complete_from(signal),
            newest: newest.unwrap_or(NO_EVENT),
            leaves: newest.map_or(Micros::MIN, |newest| newest.saturating_add(signal.ages.leaves)),
        }
    }
}

/// The ending of a sum compared in any way, or of a count compared by `=` or `!=`.
fn comparison_ending(signal: &Signal, comparison: Comparison, bound: i128, signals: &Signals) -> Ending {
    let from = signals.complete_from(signal);
    let counted = signals.counted(signal, signal.thinned);
    let never_leaves = signal.ages.leaves == Micros::MAX;
    let falls_once = !matches!(comparison, Comparison::Equal | Comparison::NotEqual);
    match signal.aggregate {
        SignalKind::Sum(sum) if never_leaves || falls_once && signals.sum_is_rising(sum) => {
            let events = signals.term(signal.term);
            let running = events.running_sums(sum);
            let earlier = if never_leaves { events.earlier_sum(sum) } else { 0 };
            let total = running.last().copied().unwrap_or(0) + earlier;
            let before = comparison.holds(total, bound);
            // What leaves only makes it smaller.
            let same = running.partition_point(|gone| comparison.holds(total - gone, bound) == before);
            let decides = counted.get(same).filter(|_| !never_leaves);
            let turns = decides.map_or(Micros::MAX, |at| at.saturating_add(signal.ages.leaves));
            Ending { from, before, turns }
        }
        SignalKind::Count | SignalKind::Days | SignalKind::Distinct if never_leaves => {
            // OK because a count of things in memory is far below 2^64.
            Ending::constant(from, comparison.holds(counted.len() as i128, bound))
        }
        _ => Ending::OPEN,
    }
}
