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
use super::endings::{Ending, NewestEnding};
use super::fold::FoldRoom;
use super::numbering::{Signal, SignalKind, Sum, Thinned};
use crate::lead::{Event, Facts, Value};
use crate::model::LimitPer;
use crate::time::DAY;
use crate::vocabulary::AttributeId;

/// What the evaluation needs of one lead.
#[derive(Clone, Debug, Default)]
pub(crate) struct Signals {
    /// The slots that are the same at every instant.
    early: Vec<bool>,
    /// By group, what its rules come to that follow from those slots alone: see [`Settled`].
    settled: Vec<Settled>,
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
    /// Where each of the plan's thinned lists starts in `thinned`; one more at the end.
    thinned_starts: Vec<usize>,
    /// By thinned list, ascending.
    thinned: Vec<Micros>,
    /// Where each sum starts in `sums`.
    sum_starts: Vec<usize>,
    /// The sum over the term's events up to this one, in millionths.
    sums: Vec<i128>,
    /// By sum, whether no event makes it smaller.
    rising: Vec<bool>,
    /// How leaves end, and which events that conditions age by are the newest in the end, as far as that is known.
    pub(super) endings: Vec<Ending>,
    pub(super) newest_endings: Vec<NewestEnding>,
    bases: Bases,
    workspace: Workspace,
}

/// What the rules of a group that time does not touch come to: their sum, or the best of those that hold, in
/// thousandths of a point; none where none holds.
pub(crate) type Settled = Option<i64>;

/// What events came to that are no longer there one by one; they count wherever no window leaves events behind.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bases {
    /// By term, how many; empty where there are none.
    pub(crate) counts: Vec<usize>,
    /// By sum, what their values added up to; empty where there are none.
    pub(crate) sums: Vec<i128>,
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
        let matched = std::mem::take(&mut signals.workspace.events);
        let event = |place: usize| matched.get(place).and_then(|event| facts.events.get(*event as usize));
        self.prepare_days(signals);
        self.prepare_subjects(signals, |place| event(place).map_or("", |event| event.subject.folded()));
        self.prepare_thinned(signals);
        self.prepare_sums(signals, |sum, place| {
            event(place).zip(self.sums.get(sum)).map_or(0, |(event, sum)| value_of(sum, event))
        });
        signals.workspace.events = matched;
        signals.bases = Bases::default();
        self.find_endings(signals);
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
        self.prepare_subjects(signals, subject);
        self.prepare_thinned(signals);
        self.prepare_sums(signals, value);
        self.find_endings(signals);
    }

    fn list_activity(&self, facts: &Facts, activity: &mut Vec<Micros>) {
        activity.clear();
        let Some(rule) = &self.activity else { return };
        let active = |event: &&Event| rule.passive.get(event.kind.0 as usize) != Some(&true);
        activity.extend(facts.events.iter().filter(active).map(|event| event.at.micros()));
        if let Some(Value::Date(created)) = rule.created_at.and_then(|id| facts.attribute(id)) {
            insert(activity, created.micros());
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
                    let day = Some(day(*time));
                    count += u32::from(day != last);
                    last = day;
                    *days = count;
                }
            }
        }
    }

    /// `subject_of` gives what tells subjects apart, of events by their places among all times.
    fn prepare_subjects<'s, S: Ord + ?Sized + 's>(
        &self,
        signals: &mut Signals,
        subject_of: impl Fn(usize) -> &'s S,
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
            let (Some(subjects), Some(order)) =
                (signals.subjects.get_mut(range.clone()), signals.by_subject.get_mut(range))
            else {
                continue;
            };
            if !term.subjects {
                continue;
            }
            for (place, entry) in (0u32..).zip(order.iter_mut()) {
                *entry = place;
            }
            order.sort_unstable_by_key(|place| (subject_of(start + *place as usize), *place));
            let (mut subject, mut last) = (0, None);
            for (place, entry) in (0u32..).zip(order.iter()) {
                let text = subject_of(start + *entry as usize);
                subject += u32::from(last.is_some_and(|last| last != text));
                last = Some(text);
                if let Some(of_subject) = subjects.get_mut(*entry as usize) {
                    *of_subject = OfSubject { subject, place };
                }
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
        // Those that are there are of the lead before.
        self.endings.clear();
        self.endings.resize(program.leaves.len(), Ending::OPEN);
        self.newest_endings.clear();
        self.newest_endings.resize(program.ageing.len(), NewestEnding::OPEN);
        self.early.clear();
        self.early.resize(program.attributes.slots(), false);
        for (attribute, run) in program.attributes.runs() {
            if let Some(run) = self.early.get_mut(run) {
                decided(attribute, run);
            }
        }
        self.settle(plan);
    }

    /// What follows from the tests of attributes, whose truth values are there.
    fn settle(&mut self, plan: &Plan) {
        let program = &plan.program;
        for op in &program.early {
            self.early.push(op.holds(&program.operands, &self.early));
        }
        let early = &self.early;
        self.settled.clear();
        self.settled.extend(plan.groups.iter().map(|group| {
            let rules = plan.settled_rules.get(group.settled.clone()).unwrap_or(&[]);
            let holding = rules.iter().filter(|(slot, _)| early.get(*slot as usize) == Some(&true));
            let points = holding.map(|(_, points)| *points);
            // OK because a plan has at most 65,536 rules of at most 1,000,000 points.
            if group.best { points.max() } else { points.reduce(i64::wrapping_add) }
        }));
    }

    /// What is no longer there one by one: to be filled before [`Plan::signals_of_terms`].
    pub(crate) const fn bases(&mut self) -> &mut Bases {
        &mut self.bases
    }

    /// The slots that are the same at every instant.
    pub(crate) fn early(&self) -> &[bool] {
        &self.early
    }

    /// What the rules of each group come to that time does not touch.
    pub(crate) fn settled(&self) -> &[Settled] {
        &self.settled
    }

    /// How leaves end.
    pub(crate) fn endings(&self) -> &[Ending] {
        &self.endings
    }

    /// Which events are the newest in the end, by ageing test.
    pub(crate) fn newest_endings(&self) -> &[NewestEnding] {
        &self.newest_endings
    }

    /// From when on all events of a signal's term have come into its window; never where not all that are counted
    /// are there one by one.
    pub(crate) fn complete_from(&self, signal: &Signal) -> Micros {
        let earlier = self.bases.counts.get(signal.term as usize).is_some_and(|earlier| *earlier > 0);
        if earlier && signal.aggregate == SignalKind::Count && signal.ages.leaves == Micros::MAX {
            return Micros::MAX;
        }
        self.times(signal.term).last().map_or(Micros::MIN, |last| last.saturating_add(signal.ages.enters))
    }

    /// What is counted of a signal from then on: the times of a thinned list, if one is given, or of its term.
    pub(crate) fn counted(&self, signal: &Signal, thinned: Option<u32>) -> &[Micros] {
        match thinned {
            Some(list) => self.thinned(list),
            None => self.times(signal.term),
        }
    }

    /// The times of one of the plan's thinned lists, by its number, ascending.
    fn thinned(&self, list: u32) -> &[Micros] {
        let bound = |place: usize| self.thinned_starts.get(place).copied().unwrap_or(0);
        self.thinned.get(bound(list as usize)..bound(list as usize + 1)).unwrap_or(&[])
    }

    /// Whether no event makes a sum, by its number in the plan, smaller.
    pub(crate) fn sum_is_rising(&self, sum: u32) -> bool {
        self.rising.get(sum as usize) == Some(&true)
    }

    /// The date at a place in the plan's list of dates.
    pub(crate) fn date(&self, place: u32) -> Option<Micros> {
        self.dates.get(place as usize).copied().flatten()
    }

    /// When the lead did something, ascending.
    pub(crate) fn activity(&self) -> &[Micros] {
        &self.activity
    }

    /// When the events of a term came, by its number in the plan, ascending.
    pub(crate) fn times(&self, term: u32) -> &[Micros] {
        self.times.get(self.term_range(term)).unwrap_or(&[])
    }

    /// The events of a term, by its number in the plan.
    pub(crate) fn term(&self, term: u32) -> TermEvents<'_> {
        let range = self.term_range(term);
        let earlier = self.bases.counts.get(term as usize).copied().unwrap_or(0);
        TermEvents { signals: self, start: range.start, times: self.times.get(range).unwrap_or(&[]), earlier }
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
    /// How many events without an id there were besides, before all that can be asked for one by one.
    pub(crate) earlier: usize,
}

impl<'s> TermEvents<'s> {
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
        let running = self.running_sums(sum);
        let up_to = |event: usize| match event.checked_sub(1) {
            Some(last) => running.get(last).copied().unwrap_or(0),
            None => 0,
        };
        if from < to { up_to(to) - up_to(from) } else { 0 }
    }

    /// What the events before all that can be asked for one by one add to a sum, in millionths.
    pub(crate) fn earlier_sum(&self, sum: u32) -> i128 {
        self.signals.bases.sums.get(sum as usize).copied().unwrap_or(0)
    }

    /// The sum over all events up to each, in millionths.
    pub(crate) fn running_sums(&self, sum: u32) -> &'s [i128] {
        let start = self.signals.sum_starts.get(sum as usize).copied().unwrap_or(0);
        self.signals.sums.get(start..start + self.times.len()).unwrap_or(&[])
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
