//! Signals at an instant: which events of a term are inside a window, and what they add up to.
//!
//! A term's events are sorted, so those in a window are a run of places, and as time goes by both ends only
//! move forward. Mostly all events have come long ago and nothing will come into the window any more: then
//! [`Complete`] answers by one look at the time that decides, however many events there are. Otherwise [`State`]
//! is the run and its aggregate at one instant, and [`Sweep`] moves it from change to change.

use super::NEVER;
use crate::plan::{Ageing, Ages, Micros, NO_EVENT, NewestEnding, Signal, SignalKind, Signals, TermEvents};
use crate::time::Instant;

/// A signal at an instant.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct State {
    /// The events inside the window, as far as the signal's cap can tell: from `start` to just before `end`.
    pub(super) start: usize,
    /// All events before it have come.
    pub(super) end: usize,
    /// The aggregate over the run: a count, or a sum in millionths.
    pub(super) value: i128,
}

impl State {
    /// Works a signal out at `now`.
    pub(super) fn at(signal: &Signal, signals: &Signals, now: Micros) -> State {
        let events = signals.term(signal.term);
        let times = events.times;
        let Ages { enters, leaves } = signal.ages;
        let (newest, oldest) = (now.saturating_sub(enters), now.saturating_sub(leaves));
        // Mostly all events have come long ago.
        let end = match times.last() {
            Some(last) if *last > newest => times.partition_point(|at| *at <= newest),
            _ => times.len(),
        };
        let look_at = match signal.aggregate {
            SignalKind::Count => end.saturating_sub(signal.cap),
            _ => 0,
        };
        let inside = times.get(look_at..end).unwrap_or(&[]);
        let start = look_at + inside.partition_point(|at| *at <= oldest);
        let state = State { start, end, value: 0 };
        match signal.aggregate {
            SignalKind::Count => State { value: count(end - start) + before(signal, events), ..state },
            SignalKind::Days => State { value: count(events.days(start, end)), ..state },
            SignalKind::Sum(sum) => {
                State { value: events.sum(sum, start, end) + before(signal, events), ..state }
            }
            SignalKind::Distinct => state.distinct(events, signal.cap),
        }
    }

    /// Counts different subjects by the newest event of each, from the newest on, up to `cap`; the run then
    /// starts where counting stopped.
    fn distinct(mut self, events: TermEvents<'_>, cap: usize) -> State {
        let (mut found, oldest) = (0, self.start);
        self.start = self.end;
        while self.start > oldest && found < cap {
            self.start -= 1;
            let newer = events.newer_of_subject(self.start, 1);
            found += usize::from(newer.is_none_or(|newer| newer >= self.end));
        }
        State { value: count(found), ..self }
    }

    /// When the newest event inside the window came.
    pub(super) fn newest(self, events: TermEvents<'_>) -> Option<Micros> {
        if self.start < self.end { events.times.get(self.end - 1).copied() } else { None }
    }

    /// When the next event comes into the window.
    pub(super) fn next_in(self, events: TermEvents<'_>, ages: Ages) -> Micros {
        events.times.get(self.end).map_or(NEVER, |at| at.saturating_add(ages.enters))
    }
}

/// What is inside the window besides the events of the term that are there one by one.
fn before(signal: &Signal, events: TermEvents<'_>) -> i128 {
    match signal.aggregate {
        _ if signal.ages.leaves != Micros::MAX => 0,
        SignalKind::Count => count(events.earlier),
        SignalKind::Sum(sum) => events.earlier_sum(sum),
        SignalKind::Days | SignalKind::Distinct => 0,
    }
}

pub(super) fn count(count: usize) -> i128 {
    // OK because a count of things in memory is far below 2^64.
    count as i128
}

/// A signal as it changes over time.
pub(super) struct Sweep<'a> {
    events: TermEvents<'a>,
    signal: &'a Signal,
    cap: usize,
    state: State,
}

impl<'a> Sweep<'a> {
    /// Starts from the state at an instant; events or subjects beyond `cap` make no difference.
    pub(super) fn from(state: State, signal: &'a Signal, signals: &'a Signals, cap: usize) -> Sweep<'a> {
        let events = signals.term(signal.term);
        let mut sweep = Sweep { events, signal, cap, state };
        sweep.cut_count();
        sweep
    }

    /// The aggregate after the last change.
    pub(super) const fn value(&self) -> i128 {
        self.state.value
    }

    /// Moves on to the next instant at which events come into the window or leave it.
    pub(super) fn advance(&mut self) -> Option<Micros> {
        let ages = self.signal.ages;
        let at = self.state.next_in(self.events, ages).min(self.next_out());
        Instant::from_micros(at)?;
        while self.state.next_in(self.events, ages) <= at {
            let older = match self.signal.aggregate {
                SignalKind::Distinct => self.events.older_of_subject(self.state.end),
                _ => None,
            };
            let new_subject = older.is_none_or(|older| older < self.state.start);
            self.state.end += 1;
            self.update(i128::from(new_subject));
            self.cut_count();
        }
        while self.next_out() <= at {
            let newer = match self.signal.aggregate {
                SignalKind::Distinct => self.events.newer_of_subject(self.state.start, 1),
                _ => None,
            };
            let last_of_subject = newer.is_none_or(|newer| newer >= self.state.end);
            self.state.start += 1;
            self.update(-i128::from(last_of_subject));
        }
        Some(at)
    }

    /// When the oldest event inside the window leaves it.
    fn next_out(&self) -> Micros {
        let State { start, end, .. } = self.state;
        match self.events.times.get(start) {
            Some(at) if start < end => at.saturating_add(self.signal.ages.leaves),
            _ => NEVER,
        }
    }

    /// Brings the aggregate up to date; `subjects` is the change in the number of different ones.
    fn update(&mut self, subjects: i128) {
        let State { start, end, value } = self.state;
        let before = before(self.signal, self.events);
        self.state.value = match self.signal.aggregate {
            SignalKind::Count => count(end - start) + before,
            SignalKind::Days => count(self.events.days(start, end)),
            SignalKind::Sum(sum) => self.events.sum(sum, start, end) + before,
            SignalKind::Distinct => value + subjects,
        };
    }

    /// Leaves out of a count what is beyond the cap: older events have left by the time it matters.
    fn cut_count(&mut self) {
        if self.signal.aggregate == SignalKind::Count {
            self.state.start = self.state.start.max(self.state.end.saturating_sub(self.cap));
            self.update(0);
        }
    }
}

/// A signal whose events have all come: nothing comes into its window any more, so that all there is to know is
/// which of its times are still inside.
#[derive(Clone, Copy, Debug)]
pub(super) struct Complete<'a> {
    /// What is counted, ascending: all events of the term, or those of a thinned list.
    pub(super) times: &'a [Micros],
    /// Times up to this one have left the window.
    pub(super) oldest: Micros,
}

impl Complete<'_> {
    /// The time of the `count`th newest that is counted, while it is inside the window.
    pub(super) fn newest(self, count: usize) -> Option<Micros> {
        let at = self.times.len().checked_sub(count)?;
        self.times.get(at).copied().filter(|at| *at > self.oldest)
    }
}

impl<'a> super::Evaluation<'a> {
    /// A signal at `now`, if all events of its term have come; counted are those of the list `thinned` if one is
    /// given.
    pub(super) fn complete(
        &self,
        signal: &Signal,
        thinned: Option<u32>,
        now: Micros,
    ) -> Option<Complete<'a>> {
        if now < self.signals.complete_from(signal) {
            return None;
        }
        let times = self.signals.counted(signal, thinned);
        Some(Complete { times, oldest: now.saturating_sub(signal.ages.leaves) })
    }

    /// A signal of the plan by its number, at `now`.
    pub(super) fn state(&self, signal: u32, now: Micros) -> State {
        self.signal(signal).map_or(State::default(), |signal| State::at(signal, self.signals, now))
    }

    /// All tests that condition rules age by, and how they end.
    pub(super) fn ageing(&self) -> impl Iterator<Item = (&Ageing, &NewestEnding)> {
        self.plan.program.ageing.iter().zip(self.signals.newest_endings())
    }

    /// When the newest event behind a test came, [`NO_EVENT`] for none, and when another one, or none, will be
    /// the newest.
    #[inline]
    pub(super) fn newest_event(&self, test: &Ageing, ending: &NewestEnding, now: Micros) -> (Micros, Micros) {
        if now < ending.from {
            return self.open_newest_event(test, now);
        }
        if now < ending.leaves { (ending.newest, ending.leaves) } else { (NO_EVENT, NEVER) }
    }

    fn open_newest_event(&self, test: &Ageing, now: Micros) -> (Micros, Micros) {
        let Some(signal) = self.signal(test.signal) else { return (NO_EVENT, NEVER) };
        let events = self.signals.term(signal.term);
        let state = State::at(signal, self.signals, now);
        let newest = state.newest(events);
        let leaves = newest.map_or(NEVER, |newest| newest.saturating_add(signal.ages.leaves));
        (newest.unwrap_or(NO_EVENT), leaves.min(state.next_in(events, signal.ages)))
    }

    pub(super) fn signal(&self, signal: u32) -> Option<&'a Signal> {
        self.plan.signals.get(signal as usize)
    }
}
