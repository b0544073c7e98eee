//! One pass over a lead's events, the newest first, adding up what a [`Layout`] asks for.

use super::arrivals::Arrivals;
use super::bind::Binding;
use super::columns::{Column, Data, EventColumns};
use super::early::{double, integer};
use super::layout::{Count, Layout, Other, Tallied, Window};
use super::subjects::SubjectTallies;
use super::targets::{Guard, Ops, TargetId, Targets};
use crate::plan::{FoldRoom, Micros, Plan, ValueRef};
use crate::vocabulary::PropertyId;

/// What has been added up of one lead's events, and room to do it in.
#[derive(Clone, Debug, Default)]
pub(super) struct Counters {
    /// By signal.
    signals: Vec<Tally>,
    /// By each rule.
    rules: Vec<RuleTally>,
    /// By total of the layout, in millionths.
    totals: Vec<i128>,
    /// By list of the layout.
    days: Vec<DayTally>,
    subjects: SubjectTallies,
    /// When the newest event came that is activity.
    active: Option<Micros>,
    /// Events by time, where they do not stand so.
    order: Vec<usize>,
    room: FoldRoom,
}

/// A signal at the instant of the evaluation.
#[derive(Clone, Copy, Debug)]
struct Tally {
    /// When the newest event in its window came; kept only where something ages by it.
    newest: Micros,
    count: u32,
}

impl Tally {
    /// No event yet: the newest is earlier than every instant.
    const NONE: Tally = Tally { newest: Micros::MIN, count: 0 };
}

/// What an each rule has added up.
#[derive(Clone, Copy, Debug, Default)]
struct RuleTally {
    /// In thousandths of a point.
    points: i64,
    /// How many events count, be it for nothing.
    events: u32,
}

/// How many events of the last day there were.
#[derive(Clone, Copy, Debug)]
struct DayTally {
    day: i64,
    events: u32,
}

impl DayTally {
    /// No day yet.
    const NONE: DayTally = DayTally { day: i64::MIN, events: 0 };

    /// Counts an event of a day; gives how many of that day came before it. Days come one after the other.
    fn add(&mut self, day: i64) -> u32 {
        if day != self.day {
            *self = DayTally { day, events: 0 };
        }
        self.events += 1;
        self.events - 1
    }
}

/// The columns that a pass reads, and what they are read by.
#[derive(Clone, Copy)]
pub(super) struct Source<'s, 'a> {
    pub(super) plan: &'s Plan,
    pub(super) layout: &'s Layout,
    pub(super) targets: &'s Targets,
    pub(super) binding: &'s Binding,
    pub(super) arrivals: &'s Arrivals,
    pub(super) events: &'s EventColumns<'a>,
}

/// An event on its way.
#[derive(Clone, Copy)]
struct Passing {
    row: usize,
    at: Micros,
    stretch: u32,
}

impl Counters {
    /// Makes ready for a lead that has no events so far.
    pub(super) fn clear(&mut self, layout: &Layout) {
        fill(&mut self.signals, layout.signals, Tally::NONE);
        fill(&mut self.rules, layout.rules.len(), RuleTally::default());
        fill(&mut self.totals, layout.totals, 0);
        fill(&mut self.days, layout.day_lists, DayTally::NONE);
        self.active = None;
    }

    /// Adds up the events of a lead as they count at `now`.
    pub(super) fn add_lead(&mut self, source: &Source<'_, '_>, lead: usize, now: Micros) {
        let Some([from, to]) = source.events.offsets.get(lead..lead + 2) else { return };
        if source.layout.subject_lists > 0 {
            self.subjects.begin(source.layout.subject_lists, source.arrivals.subjects.len());
        }
        let (Some(times), Some(targets)) =
            (source.events.times.get(*from..*to), source.arrivals.targets.get(*from..*to))
        else {
            return;
        };
        let rows = (*from..*to).zip(times.iter().copied().zip(targets.iter().copied()));
        if source.arrivals.sorted.get(lead) == Some(&true) {
            self.add_all(source, rows.rev(), now);
            return;
        }
        let mut order = std::mem::take(&mut self.order);
        order.clear();
        order.extend(0..to - from);
        order.sort_unstable_by_key(|place| (times.get(*place), *place));
        let in_order = order
            .iter()
            .rev()
            .filter_map(|place| Some((from + place, (*times.get(*place)?, *targets.get(*place)?))));
        self.add_all(source, in_order, now);
        self.order = order;
    }

    /// Adds events up, the newest first.
    fn add_all(
        &mut self,
        source: &Source<'_, '_>,
        rows: impl Iterator<Item = (usize, (Micros, TargetId))>,
        now: Micros,
    ) {
        let ages = &source.layout.ages;
        // As events get older, stretches only go on.
        let (mut stretch, mut ends) = (0, ages.first().copied().unwrap_or(0));
        for (row, (at, target)) in rows {
            // OK because both are in the years 0001 to 9999.
            let age = now - at;
            if age >= ends {
                stretch +=
                    ages.get(stretch..).map_or(0, |later| later.partition_point(|start| *start <= age));
                ends = ages.get(stretch).copied().unwrap_or(Micros::MAX);
            }
            if stretch == 0 {
                // Still to come.
                continue;
            }
            let Some(target) = source.targets.get(target) else { continue };
            if target.active && self.active.is_none() {
                self.active = Some(at);
            }
            let event = Passing { row, at, stretch: stretch as u32 };
            self.add(source, &target.ops, event);
            for guard in source.targets.guards(target) {
                if self.passes(source, guard, row) {
                    self.add(source, &guard.ops, event);
                }
            }
        }
    }

    fn add(&mut self, source: &Source<'_, '_>, ops: &Ops, event: Passing) {
        let all = &source.targets.ops;
        for Count { window, signal } in ops.counts(all) {
            if let Some(tally) = self.signals.get_mut(*signal as usize) {
                tally.count += u32::from(window.contains(event.stretch));
            }
        }
        for count in ops.ageing(all) {
            self.count_and_age(*count, event);
        }
        for points in ops.tallies(all) {
            if points.window.contains(event.stretch) {
                self.give(source.layout, points, event);
            }
        }
        for other in ops.others(all) {
            self.add_other(source, other, event);
        }
    }

    fn count_and_age(&mut self, count: Count, event: Passing) {
        if let Some(tally) = self.signals.get_mut(count.signal as usize) {
            let inside = count.window.contains(event.stretch);
            tally.count += u32::from(inside);
            tally.newest = tally.newest.max(if inside { event.at } else { Micros::MIN });
        }
    }

    /// Gives a rule what an event in its window is worth.
    fn give(&mut self, layout: &Layout, points: &Tallied, event: Passing) {
        let amount = layout.amounts.get((points.amounts + event.stretch) as usize);
        if let (Some(rule), Some(amount)) = (self.rules.get_mut(points.rule as usize), amount) {
            rule.points += amount;
            rule.events += 1;
        }
    }

    fn has_room(&self, points: &Tallied, times: u32) -> bool {
        self.rules.get(points.rule as usize).is_some_and(|rule| rule.events < times)
    }

    #[inline(never)]
    fn add_other(&mut self, source: &Source<'_, '_>, other: &Other, event: Passing) {
        if !other.window().contains(event.stretch) {
            return;
        }
        match other {
            Other::Day { count, list } => {
                let day = self.days.get_mut(*list as usize);
                if day.is_some_and(|day| day.add(day_of(event.at)) == 0) {
                    self.count_and_age(*count, event);
                }
            }
            Other::Subject { count, list } => {
                if self.subject(source, event, *list) == 0 {
                    self.count_and_age(*count, event);
                }
            }
            Other::Sum { count, sum, total } => {
                self.count_and_age(*count, event);
                let value = source.addend(*sum, event.row);
                self.totals.get_mut(*total as usize).into_iter().for_each(|total| *total += value);
            }
            Other::Newest { points, times } => {
                if self.has_room(points, *times) {
                    self.give(source.layout, points, event);
                }
            }
            Other::PerDay { points, times, limit, list } => {
                let day = self.days.get_mut(*list as usize);
                if day.is_some_and(|day| day.add(day_of(event.at)) < *limit) && self.has_room(points, *times)
                {
                    self.give(source.layout, points, event);
                }
            }
            Other::PerSubject { points, times, limit, list } => {
                if self.subject(source, event, *list) < *limit && self.has_room(points, *times) {
                    self.give(source.layout, points, event);
                }
            }
        }
    }

    /// Counts an event of a subject in a list; gives how many of that subject came before it.
    fn subject(&mut self, source: &Source<'_, '_>, event: Passing, list: u32) -> u32 {
        self.subjects.add(source.subject(event.row), list)
    }

    /// Whether an event's properties pass one of the selectors.
    fn passes(&mut self, source: &Source<'_, '_>, guard: &Guard, row: usize) -> bool {
        let property = |property| source.property(property, row);
        guard.selectors.iter().any(|selector| Plan::passes(selector, property, &mut self.room))
    }

    /// The number of events, of days or of subjects that a signal counts.
    pub(super) fn count(&self, signal: u32) -> u32 {
        self.signals.get(signal as usize).map_or(0, |tally| tally.count)
    }

    /// When the newest event in a signal's window came; only of signals that something ages by.
    pub(super) fn newest(&self, signal: u32) -> Option<Micros> {
        let newest = self.signals.get(signal as usize)?.newest;
        (newest > Micros::MIN).then_some(newest)
    }

    /// A total, in millionths.
    pub(super) fn total(&self, total: u32) -> i128 {
        self.totals.get(total as usize).copied().unwrap_or(0)
    }

    /// What an each rule has added up, and whether any event counts.
    pub(super) fn rule(&self, rule: usize) -> (i64, bool) {
        self.rules.get(rule).map_or((0, false), |rule| (rule.points, rule.events > 0))
    }

    /// When the newest event came that is activity.
    pub(super) fn active(&self) -> Option<Micros> {
        self.active
    }
}

impl Source<'_, '_> {
    /// The number of an event's subject: the same for the same subject.
    fn subject(&self, row: usize) -> usize {
        let missing = self.arrivals.subjects.len().saturating_sub(1);
        let code = self.events.subjects.and_then(|subjects| subjects.codes.get(row));
        let code = code.map_or(missing, |code| (*code as usize).min(missing));
        self.arrivals.subjects.get(code).map_or(missing, |first| *first as usize)
    }

    /// What an event adds to a sum of the plan, in millionths.
    fn addend(&self, sum: u32, row: usize) -> i128 {
        let kind = self.kind(row).and_then(|kind| kind.id);
        let property = kind.and_then(|kind| self.plan.sums.get(sum as usize)?.property(kind));
        match property.and_then(|property| self.property(property, row)) {
            Some(ValueRef::Number(number)) => i128::from(number.millionths()),
            _ => 0,
        }
    }

    fn kind(&self, row: usize) -> Option<&super::bind::BoundKind> {
        let code = self.events.kinds.codes.get(row)?;
        self.binding.kinds.get(*code as usize)
    }

    /// The value of an event's property, none where it is missing.
    fn property(&self, property: PropertyId, row: usize) -> Option<ValueRef<'_>> {
        let columns = self.binding.properties(self.kind(row)?);
        let (_, place) = columns.iter().find(|(of, _)| *of == property)?;
        let (_, Column(data)) = self.events.properties.get(*place)?;
        match data {
            Data::Texts(texts) => texts.get(row).map(ValueRef::Text),
            Data::Integers(values) => integer(*values, row),
            Data::Doubles(values) => double(*values, row),
            Data::Flags(values) => values.get(row).map(ValueRef::Flag),
            // No property has such a type.
            Data::Dates(_) | Data::Sets { .. } => None,
        }
    }
}

impl Other {
    fn window(&self) -> Window {
        match self {
            Other::Day { count, .. } | Other::Subject { count, .. } | Other::Sum { count, .. } => {
                count.window
            }
            Other::Newest { points, .. }
            | Other::PerDay { points, .. }
            | Other::PerSubject { points, .. } => points.window,
        }
    }
}

fn day_of(at: Micros) -> i64 {
    at.div_euclid(86_400_000_000)
}

/// Fills a list again.
fn fill<T: Clone>(list: &mut Vec<T>, length: usize, value: T) {
    list.clear();
    list.resize(length, value);
}
