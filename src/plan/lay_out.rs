//! Laying the events of a lead out by term and time, with what makes aggregates cheap: running sums, running
//! counts of days, and for each event its place among those of the same subject.
//!
//! Events that have been gathered go in, or such as are in terms already; the lists of [`Signals`] come out.

use super::gather::Gathered;
use super::numbering::{Thinned, number_of};
use super::signals::{Bases, OfSubject, Signals};
use super::{Micros, Plan};
use crate::model::LimitPer;
use crate::time::DAY;
use crate::vocabulary::AttributeId;

/// Lists that are only used while signals are built.
#[derive(Clone, Debug, Default)]
pub(super) struct Workspace {
    pub(super) gathered: Gathered,
    /// By term, where its next event goes.
    next: Vec<usize>,
    /// The event behind each entry of `times`.
    events: Vec<u32>,
    by_subject: BySubject,
}

/// Lists for sorting the events of one term by subject.
#[derive(Clone, Debug, Default)]
struct BySubject {
    /// By number of a subject: the last round in which it came, and its number in that round.
    met: Vec<(u64, u32)>,
    round: u64,
    /// By number in the round: how many events it has, then where the next of them goes.
    next: Vec<u32>,
}

impl Plan {
    /// Lays out what has come in; `date` gives the dates of the lead. How leaves end is left open: who evaluates
    /// but once finds out sooner.
    pub(crate) fn lay_out(&self, signals: &mut Signals, date: impl Fn(AttributeId) -> Option<Micros>) {
        signals.settle(self);
        signals.leave_open(self);
        signals.dates.clear();
        signals.dates.extend(self.program.dates.iter().map(|id| date(*id)));
        let mut workspace = signals.workspace.take().unwrap_or_default();
        workspace.gathered.sort();
        signals.activity.clear();
        if let Some(activity) = &self.activity {
            signals.activity.extend(workspace.gathered.activity());
            if let Some(created) = activity.created_at.and_then(date) {
                insert(&mut signals.activity, created);
            }
        }
        self.sort_into_terms(signals, &mut workspace);
        let Workspace { gathered, events, by_subject, .. } = &mut *workspace;
        let event = |place: usize| events.get(place).and_then(|event| gathered.event(*event));
        self.prepare_days(signals);
        let subject = |place| event(place).map_or(0, |event| event.subject as usize);
        self.prepare_subjects(signals, by_subject, subject);
        self.prepare_thinned(signals);
        self.prepare_sums(signals, |sum, place| {
            event(place).map_or(0, |event| gathered.addend(self, sum, event)).into()
        });
        signals.workspace = Some(workspace);
        signals.bases = Bases::default();
    }

    /// Puts the signals of a lead whose events are in terms already in place of what `signals` held.
    ///
    /// `truth` are the truth values of all tests of attributes, `date` gives dates; `events` are terms and times,
    /// by both ascending, activity coming last as a term of its own. `subject` and `value` tell of events by their
    /// places among `events`: what tells subjects apart, and the value for a sum by number. What is no longer
    /// there one by one is in the bases of `signals` already.
    pub(crate) fn signals_of_terms<'s>(
        &self,
        signals: &mut Signals,
        truth: &[bool],
        date: impl Fn(AttributeId) -> Option<Micros>,
        events: impl Iterator<Item = (u32, Micros)>,
        subject: impl Fn(usize) -> &'s [u8],
        value: impl Fn(usize, usize) -> i128,
    ) {
        signals.early.clear();
        signals.early.extend_from_slice(truth);
        signals.settle(self);
        signals.dates.clear();
        signals.dates.extend(self.program.dates.iter().map(|id| date(*id)));
        signals.times.clear();
        signals.starts.clear();
        signals.starts.push(0);
        signals.activity.clear();
        for (term, at) in events {
            if term as usize >= self.terms.len() {
                signals.activity.push(at);
                continue;
            }
            while signals.starts.len() <= term as usize {
                signals.starts.push(signals.times.len());
            }
            signals.times.push(at);
        }
        signals.starts.resize(self.terms.len() + 1, signals.times.len());
        if let Some(created) = self.activity.as_ref().and_then(|activity| date(activity.created_at?)) {
            insert(&mut signals.activity, created);
        }
        self.prepare_days(signals);
        let mut workspace = signals.workspace.take().unwrap_or_default();
        let Workspace { gathered, by_subject, .. } = &mut *workspace;
        gathered.subjects.clear();
        self.prepare_subjects(signals, by_subject, |place| gathered.subjects.number(subject(place)));
        signals.workspace = Some(workspace);
        self.prepare_thinned(signals);
        self.prepare_sums(signals, value);
        self.find_endings(signals);
    }

    /// Lays matches out by term, of one term by time.
    fn sort_into_terms(&self, signals: &mut Signals, workspace: &mut Workspace) {
        let Workspace { gathered, next, events, .. } = workspace;
        // Counts first, each one place further on, so that adding up gives the starts.
        let starts = &mut signals.starts;
        starts.clear();
        starts.resize(self.terms.len() + 1, 0);
        for (_, terms) in gathered.matches() {
            for term in terms {
                if let Some(count) = starts.get_mut(*term as usize + 1) {
                    *count += 1;
                }
            }
        }
        let mut total = 0;
        for start in starts.iter_mut() {
            total += *start;
            *start = total;
        }
        next.clear();
        next.extend_from_slice(starts);
        signals.times.clear();
        signals.times.resize(total, 0);
        events.clear();
        events.resize(total, 0);
        for (number, (event, terms)) in (0u32..).zip(gathered.matches()) {
            for term in terms {
                let Some(next) = next.get_mut(*term as usize) else { continue };
                if let (Some(time), Some(entry)) = (signals.times.get_mut(*next), events.get_mut(*next)) {
                    (*time, *entry) = (event.at, number);
                }
                *next += 1;
            }
        }
    }

    fn prepare_days(&self, signals: &mut Signals) {
        signals.days.clear();
        if !self.terms.iter().any(|term| term.days) {
            return;
        }
        signals.days.resize(signals.times.len(), 0);
        for (term, bounds) in self.terms.iter().zip(signals.starts.windows(2)) {
            let range = range(bounds);
            let (Some(times), Some(days)) = (signals.times.get(range.clone()), signals.days.get_mut(range))
            else {
                continue;
            };
            if term.days {
                let (mut count, mut last) = (0, None);
                for (time, days) in times.iter().zip(days) {
                    let day = Some(day(*time));
                    count += u32::from(day != last);
                    last = day;
                    *days = count;
                }
            }
        }
    }

    /// `subject_of` gives the number of the subject of events by their places among all times.
    fn prepare_subjects(
        &self,
        signals: &mut Signals,
        by_subject: &mut BySubject,
        mut subject_of: impl FnMut(usize) -> usize,
    ) {
        signals.subjects.clear();
        signals.by_subject.clear();
        if !self.terms.iter().any(|term| term.subjects) {
            return;
        }
        signals.subjects.resize(signals.times.len(), OfSubject::default());
        signals.by_subject.resize(signals.times.len(), 0);
        for (term, bounds) in self.terms.iter().zip(signals.starts.windows(2)) {
            let range = range(bounds);
            let start = range.start;
            let subjects = signals.subjects.get_mut(range.clone());
            let order = signals.by_subject.get_mut(range);
            if let (true, Some(subjects), Some(order)) = (term.subjects, subjects, order) {
                by_subject.sort(subjects, order, |place| subject_of(start + place));
            }
        }
    }

    fn prepare_thinned(&self, signals: &mut Signals) {
        let mut lists = std::mem::take(&mut signals.thinned);
        lists.clear();
        signals.thinned_starts.clear();
        for Thinned { term, per } in &self.thinned {
            signals.thinned_starts.push(lists.len());
            let events = signals.term(*term);
            let counts = |(event, time): &(usize, &Micros)| match per {
                LimitPer::Day(limit) => events
                    .times
                    .get(event.saturating_add(*limit as usize))
                    .is_none_or(|full_by| day(*full_by) != day(**time)),
                LimitPer::Subject(limit) => events.newer_of_subject(*event, *limit as usize).is_none(),
            };
            lists.extend(events.times.iter().enumerate().filter(counts).map(|(_, time)| *time));
        }
        signals.thinned_starts.push(lists.len());
        signals.thinned = lists;
    }

    /// `value` gives what events add to a sum, by its number, by their places among all times.
    fn prepare_sums(&self, signals: &mut Signals, value: impl Fn(usize, usize) -> i128) {
        signals.sums.clear();
        signals.sum_starts.clear();
        signals.rising.clear();
        for (number, sum) in self.sums.iter().enumerate() {
            signals.sum_starts.push(signals.sums.len());
            let (mut total, mut rising) = (0, true);
            for place in signals.term_range(sum.term) {
                let value = value(number, place);
                rising &= value >= 0;
                total += value;
                signals.sums.push(total);
            }
            signals.rising.push(rising);
        }
    }
}

/// Puts a time into a list of them that ascends.
fn insert(times: &mut Vec<Micros>, at: Micros) {
    times.insert(times.partition_point(|other| *other <= at), at);
}

/// Days since 1970-01-01, in UTC.
const fn day(time: Micros) -> i64 {
    time.div_euclid(DAY)
}

fn range(bounds: &[usize]) -> std::ops::Range<usize> {
    match bounds {
        [start, end] => *start..*end,
        _ => 0..0,
    }
}

impl BySubject {
    /// Sorts the events of a term by subject, of one subject by time; subjects in the order in which they first
    /// come.
    fn sort(
        &mut self,
        subjects: &mut [OfSubject],
        order: &mut [u32],
        mut subject_of: impl FnMut(usize) -> usize,
    ) {
        let BySubject { met, round, next } = self;
        *round += 1;
        next.clear();
        for (place, entry) in subjects.iter_mut().enumerate() {
            let number = subject_of(place);
            if met.len() <= number {
                met.resize(number + 1, (0, 0));
            }
            let Some((last, subject)) = met.get_mut(number) else { continue };
            if *last != *round {
                (*last, *subject) = (*round, number_of(next.len()));
                next.push(0);
            }
            entry.subject = *subject;
            if let Some(count) = next.get_mut(*subject as usize) {
                *count += 1;
            }
        }
        let mut total = 0;
        for next in next.iter_mut() {
            total += std::mem::replace(next, total);
        }
        for (event, entry) in (0u32..).zip(subjects) {
            let Some(next) = next.get_mut(entry.subject as usize) else { continue };
            entry.place = *next;
            if let Some(slot) = order.get_mut(*next as usize) {
                *slot = event;
            }
            *next += 1;
        }
    }
}
