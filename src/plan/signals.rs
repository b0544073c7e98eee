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
use super::gather::{Arrival, Gathered};
use super::numbering::{Signal, SignalKind, Thinned, number_of};
use crate::lead::{Event, Facts, Value};
use crate::model::LimitPer;
use crate::time::DAY;
use crate::vocabulary::{AttributeId, PropertyId};

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
    room: FoldRoom,
    /// None until there is an event.
    workspace: Option<Box<Workspace>>,
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
    gathered: Gathered,
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
    /// The signals of a lead.
    pub(crate) fn signals(&self, facts: &Facts) -> Signals {
        let mut signals = Signals::default();
        self.signals_into(facts, &mut signals);
        // They may be kept for long.
        signals.workspace = None;
        signals
    }

    /// Puts the signals of a lead in place of what `signals` held.
    pub(crate) fn signals_into(&self, facts: &Facts, signals: &mut Signals) {
        self.begin(signals, &[]);
        signals.early.resize(self.program.attributes.slots(), false);
        for (attribute, _) in self.program.attributes.runs() {
            self.decide_early(signals, attribute, facts.attribute(attribute).map(ValueRef::from));
        }
        for event in &facts.events {
            let Event { kind, subject, at, .. } = event;
            // Each id is there but once.
            let arrival = Arrival { kind: *kind, subject: subject.as_str(), at: at.micros(), id: "" };
            self.gather(signals, arrival, |id| event.property(id).map(ValueRef::from));
        }
        let date = |id| match facts.attribute(id) {
            Some(Value::Date(date)) => Some(date.micros()),
            _ => None,
        };
        self.lay_out(signals, date);
        self.find_endings(signals);
    }

    /// Starts with a lead of whom nothing is known yet: `missing` are the truth values of all tests of attributes
    /// then.
    pub(crate) fn begin(&self, signals: &mut Signals, missing: &[bool]) {
        signals.early.clear();
        signals.early.extend_from_slice(missing);
        if let Some(workspace) = &mut signals.workspace {
            workspace.gathered.clear();
        }
    }

    /// Decides all tests of an attribute on `value`, none where it is missing.
    pub(crate) fn decide_early(
        &self,
        signals: &mut Signals,
        attribute: AttributeId,
        value: Option<ValueRef<'_>>,
    ) {
        let run = signals.early.get_mut(self.attribute_run(attribute)).unwrap_or_default();
        self.decide(attribute, value, &mut signals.room, run);
    }

    /// As [`Plan::decide_early`], of a text.
    #[inline]
    pub(crate) fn decide_early_text(&self, signals: &mut Signals, attribute: AttributeId, text: &str) {
        self.program.attributes.decide_text(attribute, text, &mut signals.room.value, &mut signals.early);
    }

    /// As [`Plan::decide_early`], of a number or a flag by its [rank](ValueRef::rank).
    #[inline]
    pub(crate) fn decide_early_rank(&self, signals: &mut Signals, attribute: AttributeId, rank: i64) {
        self.program.attributes.decide_rank(attribute, rank, &mut signals.early);
    }

    /// Takes in an event of a known kind, in any order; `property` gives those that are there.
    pub(crate) fn gather<'e>(
        &self,
        signals: &mut Signals,
        arrival: Arrival<'_>,
        property: impl Fn(PropertyId) -> Option<ValueRef<'e>>,
    ) {
        let gathered = &mut signals.workspace.get_or_insert_default().gathered;
        gathered.add(self, arrival, property, &mut signals.room);
    }

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

impl Signals {
    /// How leaves end is not known: what is there is of the lead before.
    fn leave_open(&mut self, plan: &Plan) {
        self.endings.clear();
        self.endings.resize(plan.program.leaves.len(), Ending::OPEN);
        self.newest_endings.clear();
        self.newest_endings.resize(plan.program.ageing.len(), NewestEnding::OPEN);
    }

    /// What follows from the tests of attributes, whose truth values are there.
    fn settle(&mut self, plan: &Plan) {
        let program = &plan.program;
        self.early.truncate(program.attributes.slots());
        for op in &program.early {
            self.early.push(op.holds(&program.operands, &self.early));
        }
        let early = &self.early;
        self.settled.clear();
        self.settled.extend(plan.groups.iter().map(|group| {
            let rules = plan.settled_rules.get(group.settled.clone()).unwrap_or(&[]);
            let rules =
                rules.iter().map(|(slot, points)| (early.get(*slot as usize) == Some(&true), *points));
            if group.best {
                return rules.filter_map(|(holds, points)| holds.then_some(points)).max();
            }
            // Without a branch: which rules hold cannot be foreseen.
            let (some, sum) = rules.fold((false, 0i64), |(some, sum), (holds, points)| {
                // OK because a plan has at most 65,536 rules of at most 1,000,000 points.
                (some | holds, sum.wrapping_add(points & -i64::from(holds)))
            });
            some.then_some(sum)
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
