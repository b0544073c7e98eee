//! One pass over a lead's events, adding up what a [`Layout`] asks for.
//!
//! Each event adds its row. Few need more than that (different days and subjects, sums, limits that have to do
//! with order, tests of properties); they are put aside and gone through afterwards, the newest first.

use super::arrivals::Arrivals;
use super::layout::{Layout, OtherWhat, Per};
use super::reading::EventReader;
use super::rows::{Sums, fill};
use super::subjects::SubjectTallies;
use super::targets::{TargetId, Targets};
use crate::plan::{FoldRoom, Micros, Plan};

/// What has been added up of one lead's events, and room to do it in.
#[derive(Clone, Debug, Default)]
pub(super) struct Counters {
    sums: Sums,
    /// By count of the layout; the first are lanes.
    counts: Vec<u32>,
    /// By total of the layout, in millionths.
    totals: Vec<i128>,
    /// By each rule.
    rules: Vec<RuleTally>,
    /// By list of the layout: the day of the last event and how many there were of it.
    days: Vec<(i64, u32)>,
    subjects: SubjectTallies,
    /// Events that add more than a row, so many of them; what stands behind them is nothing.
    aside: Vec<Aside>,
    asides: usize,
    room: FoldRoom,
}

/// What an each rule with a tally of its own has added up.
#[derive(Clone, Copy, Debug, Default)]
struct RuleTally {
    /// In thousandths of a point.
    points: i64,
    /// How many events count, be it for nothing.
    events: u32,
}

/// An event that adds more than a row.
#[derive(Clone, Copy, Debug, Default)]
struct Aside {
    at: Micros,
    row: usize,
    stretch: u32,
    /// What it adds.
    extra: u32,
}

/// The columns that a pass reads, and what they are read by.
#[derive(Clone, Copy)]
pub(super) struct Source<'s, 'a> {
    pub(super) plan: &'s Plan,
    pub(super) layout: &'s Layout,
    pub(super) targets: &'s Targets,
    pub(super) arrivals: &'s Arrivals,
    pub(super) reader: EventReader<'s, 'a>,
}

/// So many events can be added up before a lane of counts may run over.
const ROUND: usize = u8::MAX as usize;

impl Counters {
    /// Makes ready for a lead, which has no events so far.
    pub(super) fn clear(&mut self, layout: &Layout, targets: &Targets) {
        targets.rows.begin(&mut self.sums);
        fill(&mut self.counts, layout.counts, 0);
        fill(&mut self.totals, layout.totals, 0);
        fill(&mut self.rules, layout.each.len(), RuleTally::default());
        fill(&mut self.days, layout.day_lists, (i64::MIN, 0));
    }

    /// Adds up the events of a lead as they count at `now`; `targets` are those of the lead's events.
    pub(super) fn add_lead(&mut self, source: &Source<'_, '_>, lead: usize, now: Micros) {
        let rows = source.reader.events.rows(lead..lead + 1);
        let (times, targets) =
            (source.reader.events.times.get(rows.clone()), source.arrivals.targets(rows.clone()));
        let mut row = rows.start;
        self.asides = 0;
        for (times, targets) in times.unwrap_or(&[]).chunks(ROUND).zip(targets.chunks(ROUND)) {
            self.add_rows(source, times, targets, row, now);
            row += times.len();
        }
        if self.asides > 0 {
            self.add_aside(source);
        }
    }

    /// Adds the rows of some events, of which the first has this row, and puts those aside that add more.
    fn add_rows(
        &mut self,
        source: &Source<'_, '_>,
        times: &[Micros],
        targets: &[TargetId],
        row: usize,
        now: Micros,
    ) {
        let mut put_aside = self.asides;
        if self.aside.len() < put_aside + times.len() {
            self.aside.resize(put_aside + times.len(), Aside::default());
        }
        let rows = &source.targets.rows;
        for ((at, target), row) in times.iter().zip(targets).zip(row..) {
            // OK because both are in the years 0001 to 9999.
            let age = now - at;
            if age < 0 {
                // Still to come.
                continue;
            }
            let stretch = source.layout.stretches.of(age);
            let added = *target as usize + stretch as usize;
            rows.add_to(&mut self.sums, added);
            let extra = rows.extra(added);
            // Without a branch, which would be wrong half of the time.
            if let Some(free) = self.aside.get_mut(put_aside) {
                *free = Aside { at: *at, row, stretch, extra };
                put_aside += usize::from(extra > 0);
            }
        }
        self.asides = put_aside;
        self.sums.take_counts(&mut self.counts);
    }

    /// Goes through the events that add more, the newest first where that matters.
    fn add_aside(&mut self, source: &Source<'_, '_>) {
        let mut all = std::mem::take(&mut self.aside);
        let aside = all.get_mut(..self.asides).unwrap_or(&mut []);
        if source.layout.in_order && !aside.is_sorted_by_key(|event| event.at) {
            aside.sort_unstable_by_key(|event| (event.at, event.row));
        }
        if source.layout.subject_lists > 0 {
            self.subjects.begin(source.layout.subject_lists, source.arrivals.subjects());
        }
        for event in aside.iter().rev() {
            for other in source.targets.others(event.extra) {
                self.add_other(source, *other, event);
            }
            for guard in source.targets.guards(event.extra) {
                let property = |property| source.reader.property(property, event.row);
                let mut selectors = guard.selectors.iter();
                if selectors.any(|selector| Plan::passes(selector, property, &mut self.room)) {
                    self.add_guarded(source, guard.target, event);
                }
            }
        }
        self.aside = all;
    }

    fn add_guarded(&mut self, source: &Source<'_, '_>, target: TargetId, event: &Aside) {
        let added = target as usize + event.stretch as usize;
        source.targets.rows.add_to(&mut self.sums, added);
        self.sums.take_counts(&mut self.counts);
        for other in source.targets.others(source.targets.rows.extra(added)) {
            self.add_other(source, *other, event);
        }
    }

    fn add_other(&mut self, source: &Source<'_, '_>, other: OtherWhat, event: &Aside) {
        match other {
            OtherWhat::Day { count, list } => {
                let is_new = self.of_day(list, event) == 0;
                self.counts.get_mut(count as usize).into_iter().for_each(|count| *count += u32::from(is_new));
            }
            OtherWhat::Subject { count, list } => {
                let is_new = self.subjects.add(source.subject(event.row), list) == 0;
                self.counts.get_mut(count as usize).into_iter().for_each(|count| *count += u32::from(is_new));
            }
            OtherWhat::Sum { sum, total } => {
                let value = source.reader.addend(source.plan, sum as usize, event.row);
                self.totals.get_mut(total as usize).into_iter().for_each(|total| *total += value);
            }
            OtherWhat::Points { rule, amounts, times, per } => {
                // An event that has no room for itself takes none from others of its day or subject.
                let has_room = match per {
                    Per::Nothing => true,
                    Per::Day { limit, list } => self.of_day(list, event) < limit,
                    Per::Subject { limit, list } => {
                        self.subjects.add(source.subject(event.row), list) < limit
                    }
                };
                if let Some(rule) = self.rules.get_mut(rule as usize)
                    && has_room
                    && rule.events < times
                {
                    let amount = source.layout.amounts(amounts).get(event.stretch as usize);
                    rule.points = rule.points.saturating_add(amount.copied().unwrap_or(0));
                    rule.events += 1;
                }
            }
        }
    }

    /// Counts an event of a day in a list; gives how many of that day came before it. Days come one after the
    /// other.
    fn of_day(&mut self, list: u32, event: &Aside) -> u32 {
        let day = event.at.div_euclid(86_400_000_000);
        let Some((last, events)) = self.days.get_mut(list as usize) else { return 0 };
        let before = if *last == day { *events } else { 0 };
        (*last, *events) = (day, before + 1);
        before
    }

    /// A count of the layout.
    #[inline]
    pub(super) fn count(&self, count: u32) -> u32 {
        self.counts.get(count as usize).copied().unwrap_or(0)
    }

    /// The stretch of the newest event in a lane; [`NONE_YET`](super::rows::NONE_YET) where there is none.
    #[inline]
    pub(super) fn newest(&self, lane: u32) -> i16 {
        self.sums.newest(lane)
    }

    /// The points in a lane, in thousandths.
    #[inline]
    pub(super) fn points(&self, lane: u32) -> i64 {
        self.sums.points(lane)
    }

    /// A total of the layout, in millionths.
    pub(super) fn total(&self, total: u32) -> i128 {
        self.totals.get(total as usize).copied().unwrap_or(0)
    }

    /// What an each rule has in its own tally, and whether any event counts.
    pub(super) fn tally(&self, rule: usize) -> (i64, bool) {
        self.rules.get(rule).map_or((0, false), |rule| (rule.points, rule.events > 0))
    }
}

impl Source<'_, '_> {
    /// The number of an event's subject: the same for the same subject.
    fn subject(&self, row: usize) -> usize {
        let code = self.reader.events.subjects.and_then(|subjects| subjects.codes.get(row));
        self.arrivals.subject(code.copied())
    }
}
