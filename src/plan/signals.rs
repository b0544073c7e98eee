//! The signals of one lead: what its facts come to under one plan, whatever the instant.
//!
//! [`Facts`] go in once; evaluating at any instant then looks at nothing else. Attributes have become truth
//! values; events have been matched to terms, and each term holds the times of its events in order, with what
//! makes an aggregate cheap where one is asked for: running sums, running counts of days, and for each event
//! its place among those of the same subject. All is kept in flat lists that a next lead can fill again
//! without allocating.

use super::endings::{Ending, NewestEnding};
use super::fold::FoldRoom;
use super::gather::Arrival;
use super::lay_out::Workspace;
use super::numbering::{Signal, SignalKind};
use super::settled::Settled;
use super::{Micros, Plan, ValueRef};
use crate::lead::{Event, Facts, Value};
use crate::vocabulary::{AttributeId, PropertyId};

/// What the evaluation needs of one lead.
#[derive(Clone, Debug, Default)]
pub(crate) struct Signals {
    /// The slots that are the same at every instant.
    pub(super) early: Vec<bool>,
    /// By group, what its rules come to that follow from those slots alone: see [`Settled`].
    pub(super) settled: Vec<Settled>,
    /// By the date's place in the plan; none where missing.
    pub(super) dates: Vec<Option<Micros>>,
    /// When the lead did something, `created_at` included, ascending; only where `inactive for` asks.
    pub(super) activity: Vec<Micros>,
    /// Where each term's events start in the lists below; one more at the end.
    pub(super) starts: Vec<usize>,
    /// By term, ascending.
    pub(super) times: Vec<Micros>,
    /// How many different days the term's events up to this one fall on; empty where no term needs it.
    pub(super) days: Vec<u32>,
    /// The event's subject and its place among `by_subject`; empty where no term needs it.
    pub(super) subjects: Vec<OfSubject>,
    /// A term's events by subject, and of one subject by time, as places within the term.
    pub(super) by_subject: Vec<u32>,
    /// Where each of the plan's thinned lists starts in `thinned`; one more at the end.
    pub(super) thinned_starts: Vec<usize>,
    /// By thinned list, ascending.
    pub(super) thinned: Vec<Micros>,
    /// Where each sum starts in `sums`.
    pub(super) sum_starts: Vec<usize>,
    /// The sum over the term's events up to this one, in millionths.
    pub(super) sums: Vec<i128>,
    /// By sum, whether no event makes it smaller.
    pub(super) rising: Vec<bool>,
    /// How leaves end, and which events that conditions age by are the newest in the end, as far as that is known.
    pub(super) endings: Vec<Ending>,
    pub(super) newest_endings: Vec<NewestEnding>,
    pub(super) bases: Bases,
    pub(super) room: FoldRoom,
    /// None until there is an event.
    pub(super) workspace: Option<Box<Workspace>>,
}

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
pub(super) struct OfSubject {
    pub(super) subject: u32,
    pub(super) place: u32,
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
}

impl Signals {
    /// How leaves end is not known: what is there is of the lead before.
    pub(super) fn leave_open(&mut self, plan: &Plan) {
        self.endings.clear();
        self.endings.resize(plan.program.leaves.len(), Ending::OPEN);
        self.newest_endings.clear();
        self.newest_endings.resize(plan.program.ageing.len(), NewestEnding::OPEN);
    }

    /// What follows from the tests of attributes, whose truth values are there.
    pub(super) fn settle(&mut self, plan: &Plan) {
        let program = &plan.program;
        self.early.truncate(program.attributes.slots());
        for op in &program.early {
            self.early.push(op.holds(&program.operands, &self.early));
        }
        let early = &self.early;
        self.settled.clear();
        let settled = plan.groups.iter().map(|group| group.settled(&plan.settled_rules, early));
        self.settled.extend(settled);
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

    pub(super) fn term_range(&self, term: u32) -> std::ops::Range<usize> {
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
        up_to(to) - up_to(from)
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
