//! The signals of one lead: what its facts come to under one plan, whatever the instant.
//!
//! [`Facts`] go in once; evaluating at any instant then looks at nothing else. Attributes have become truth
//! values; events have been matched to terms, and each term holds the times of its events in order, with what
//! makes an aggregate cheap where one is asked for: running sums, running counts of days, and for each event
//! its place among those of the same subject. All is kept in flat lists that a next lead can fill again
//! without allocating.

use super::Micros;
use super::Plan;
use super::attributes::ValueRef;
use super::fold::FoldRoom;
use super::numbering::Sum;
use crate::lead::{Event, Facts, Value};
use crate::vocabulary::AttributeId;

/// What the evaluation needs of one lead.
#[derive(Clone, Debug, Default)]
pub(crate) struct Signals {
    /// The slots that are the same at every instant.
    early: Vec<bool>,
    /// By the date's place in the plan; none where missing.
    dates: Vec<Option<Micros>>,
    /// When the lead did something, `created_at` included, ascending; only where `inactive for` asks.
    activity: Vec<Micros>,
    /// Where each term's events start in the lists below; one more at the end.
    starts: Vec<usize>,
    /// By term, ascending.
    times: Vec<Micros>,
    /// How many different days the term's events up to this one fall on; empty where no term needs it.
    days: Vec<u32>,
    /// The event's subject and its place among `by_subject`; empty where no term needs it.
    subjects: Vec<OfSubject>,
    /// A term's events by subject, and of one subject by time, as places within the term.
    by_subject: Vec<u32>,
    /// Where each sum starts in `sums`.
    sum_starts: Vec<usize>,
    /// The sum over the term's events up to this one, in millionths.
    sums: Vec<i128>,
    workspace: Workspace,
}

/// An event among those of its subject.
#[derive(Clone, Copy, Debug, Default)]
struct OfSubject {
    subject: u32,
    place: u32,
}

/// Lists that are only used while signals are built.
#[derive(Clone, Debug, Default)]
struct Workspace {
    /// Term and event of each match, events ascending.
    matches: Vec<(u32, u32)>,
    /// By term: the last event matched; then, where its next event goes.
    last: Vec<usize>,
    /// The event behind each entry of `times`.
    events: Vec<u32>,
    room: FoldRoom,
}

impl Plan {
    /// The signals of a lead.
    pub(crate) fn signals(&self, facts: &Facts) -> Signals {
        let mut signals = Signals::default();
        self.signals_into(facts, &mut signals);
        signals
    }

    /// Puts the signals of a lead in place of what `signals` held.
    pub(crate) fn signals_into(&self, facts: &Facts, signals: &mut Signals) {
        let mut room = std::mem::take(&mut signals.workspace.room);
        self.settle_early(signals, |attribute, run| {
            self.decide(attribute, facts.attribute(attribute).map(ValueRef::from), &mut room, run);
        });
        signals.workspace.room = room;
        signals.dates.clear();
        signals.dates.extend(self.program.dates.iter().map(|date| match facts.attribute(*date) {
            Some(Value::Date(date)) => Some(date.micros()),
            _ => None,
        }));
        self.list_activity(facts, &mut signals.activity);
        self.sort_into_terms(facts, signals);
        self.prepare_days(signals);
        self.prepare_subjects(facts, signals);
        self.prepare_sums(facts, signals);
    }

    fn list_activity(&self, facts: &Facts, activity: &mut Vec<Micros>) {
        activity.clear();
        let Some(rule) = &self.activity else { return };
        let active = |event: &&Event| rule.passive.get(event.kind.0 as usize) != Some(&true);
        activity.extend(facts.events.iter().filter(active).map(|event| event.at.micros()));
        if let Some(Value::Date(created)) = rule.created_at.and_then(|id| facts.attribute(id)) {
            let created = created.micros();
            activity.insert(activity.partition_point(|at| *at <= created), created);
        }
    }

    /// Matches each event to its terms once, then lays the matches out by term.
    fn sort_into_terms(&self, facts: &Facts, signals: &mut Signals) {
        let Workspace { matches, last, events, room } = &mut signals.workspace;
        matches.clear();
        last.clear();
        last.resize(self.terms.len(), usize::MAX);
        // Counts first, each one place further on, so that adding up gives the starts.
        let starts = &mut signals.starts;
        starts.clear();
        starts.resize(self.terms.len() + 1, 0);
        for (number, event) in (0u32..).zip(&facts.events) {
            let property = |id| event.property(id).map(ValueRef::from);
            self.terms_of(event.kind, event.subject.as_str(), property, room, |term| {
                let Some(last) = last.get_mut(term as usize) else { return };
                if *last != number as usize {
                    *last = number as usize;
                    matches.push((term, number));
                    if let Some(count) = starts.get_mut(term as usize + 1) {
                        *count += 1;
                    }
                }
            });
        }
        let mut total = 0;
        for start in starts.iter_mut() {
            total += *start;
            *start = total;
        }
        let next = last;
        next.clear();
        next.extend_from_slice(starts);
        signals.times.clear();
        signals.times.resize(total, 0);
        events.clear();
        events.resize(total, 0);
        for (term, number) in matches.iter() {
            let Some(next) = next.get_mut(*term as usize) else { continue };
            let event = facts.events.get(*number as usize);
            if let (Some(time), Some(entry), Some(event)) =
                (signals.times.get_mut(*next), events.get_mut(*next), event)
            {
                *time = event.at.micros();
                *entry = *number;
            }
            *next += 1;
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
                    let day = Some(time.div_euclid(DAY));
                    count += u32::from(day != last);
                    last = day;
                    *days = count;
                }
            }
        }
    }

    fn prepare_subjects(&self, facts: &Facts, signals: &mut Signals) {
        signals.subjects.clear();
        signals.by_subject.clear();
        if !self.terms.iter().any(|term| term.subjects) {
            return;
        }
        signals.subjects.resize(signals.times.len(), OfSubject::default());
        signals.by_subject.resize(signals.times.len(), 0);
        let subject_of = |event: Option<&u32>| {
            event
                .and_then(|event| facts.events.get(*event as usize))
                .map_or("", |event| event.subject.folded())
        };
        for (term, bounds) in self.terms.iter().zip(signals.starts.windows(2)) {
            let range = range(bounds);
            let (Some(events), Some(subjects), Some(order)) = (
                signals.workspace.events.get(range.clone()),
                signals.subjects.get_mut(range.clone()),
                signals.by_subject.get_mut(range),
            ) else {
                continue;
            };
            if !term.subjects {
                continue;
            }
            for (place, entry) in (0u32..).zip(order.iter_mut()) {
                *entry = place;
            }
            order.sort_unstable_by_key(|place| (subject_of(events.get(*place as usize)), *place));
            let (mut subject, mut last) = (0, None);
            for (place, entry) in (0u32..).zip(order.iter()) {
                let text = subject_of(events.get(*entry as usize));
                subject += u32::from(last.is_some_and(|last| last != text));
                last = Some(text);
                if let Some(of_subject) = subjects.get_mut(*entry as usize) {
                    *of_subject = OfSubject { subject, place };
                }
            }
        }
    }

    fn prepare_sums(&self, facts: &Facts, signals: &mut Signals) {
        signals.sums.clear();
        signals.sum_starts.clear();
        for sum in &self.sums {
            signals.sum_starts.push(signals.sums.len());
            let events = signals.workspace.events.get(signals.term_range(sum.term)).unwrap_or(&[]);
            let mut total = 0;
            for event in events {
                total += facts.events.get(*event as usize).map_or(0, |event| value_of(sum, event));
                signals.sums.push(total);
            }
        }
    }
}

/// A day in microseconds.
const DAY: Micros = 86_400_000_000;

fn range(bounds: &[usize]) -> std::ops::Range<usize> {
    match bounds {
        [start, end] => *start..*end,
        _ => 0..0,
    }
}

/// What an event adds to a sum, in millionths.
fn value_of(sum: &Sum, event: &Event) -> i128 {
    match sum.property(event.kind).and_then(|property| event.property(property)) {
        Some(Value::Number(number)) => i128::from(number.millionths()),
        _ => 0,
    }
}

impl Signals {
    /// See [`Plan::settle_early`].
    pub(super) fn settle_early(&mut self, plan: &Plan, mut decided: impl FnMut(AttributeId, &mut [bool])) {
        let program = &plan.program;
        self.early.clear();
        self.early.resize(program.attributes.slots(), false);
        for (attribute, run) in program.attributes.runs() {
            if let Some(run) = self.early.get_mut(run) {
                decided(attribute, run);
            }
        }
        for op in &program.early {
            self.early.push(op.holds(&program.operands, &self.early));
        }
    }

    /// The slots that are the same at every instant.
    pub(crate) fn early(&self) -> &[bool] {
        &self.early
    }

    /// The date at a place in the plan's list of dates.
    pub(crate) fn date(&self, place: u32) -> Option<Micros> {
        self.dates.get(place as usize).copied().flatten()
    }

    /// When the lead did something, ascending.
    pub(crate) fn activity(&self) -> &[Micros] {
        &self.activity
    }

    /// The events of a term, by its number in the plan.
    pub(crate) fn term(&self, term: u32) -> TermEvents<'_> {
        let range = self.term_range(term);
        TermEvents { signals: self, start: range.start, times: self.times.get(range).unwrap_or(&[]) }
    }

    fn term_range(&self, term: u32) -> std::ops::Range<usize> {
        let bound = |place: usize| self.starts.get(place).copied().unwrap_or(0);
        bound(term as usize)..bound(term as usize + 1)
    }
}

/// The events of one term of one lead, numbered from 0 by time.
#[derive(Clone, Copy)]
pub(crate) struct TermEvents<'s> {
    signals: &'s Signals,
    start: usize,
    pub(crate) times: &'s [Micros],
}

impl TermEvents<'_> {
    /// How many different days the events from `from` to just before `to` fall on. The term keeps days.
    pub(crate) fn days(&self, from: usize, to: usize) -> usize {
        if from >= to {
            return 0;
        }
        let days = |event: usize| self.signals.days.get(self.start + event).map_or(0, |days| *days as usize);
        days(to - 1) + 1 - days(from)
    }

    /// The sum over the events from `from` to just before `to`, in millionths.
    pub(crate) fn sum(&self, sum: u32, from: usize, to: usize) -> i128 {
        let start = self.signals.sum_starts.get(sum as usize).copied().unwrap_or(0);
        let up_to = |event: usize| match event.checked_sub(1) {
            Some(last) => self.signals.sums.get(start + last).copied().unwrap_or(0),
            None => 0,
        };
        if from < to { up_to(to) - up_to(from) } else { 0 }
    }

    /// The event of the same subject that is `steps` newer. The term keeps subjects.
    pub(crate) fn newer_of_subject(&self, event: usize, steps: usize) -> Option<usize> {
        let own = self.of_subject(event)?;
        self.at_place(own, (own.place as usize).saturating_add(steps))
    }

    /// The event of the same subject just before this one. The term keeps subjects.
    pub(crate) fn older_of_subject(&self, event: usize) -> Option<usize> {
        let own = self.of_subject(event)?;
        self.at_place(own, (own.place as usize).checked_sub(1)?)
    }

    fn of_subject(&self, event: usize) -> Option<OfSubject> {
        self.signals.subjects.get(self.start + event).copied()
    }

    fn at_place(&self, own: OfSubject, place: usize) -> Option<usize> {
        if place >= self.times.len() {
            return None;
        }
        let event = *self.signals.by_subject.get(self.start + place)? as usize;
        (self.of_subject(event)?.subject == own.subject).then_some(event)
    }
}
