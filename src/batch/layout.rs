//! What one pass over a lead's events adds up, worked out once for a plan.
//!
//! A batch is evaluated at one instant, so a lead's events need no lists: they are gone through from the newest
//! to the oldest, and each adds to counters. When that is so, whether a limit still has room is known as an
//! event comes, and everything that depends on time depends on an event's age alone. The ages at which anything
//! changes (an event enters a window or leaves it, a decay takes a step) divide time into *stretches*, numbered
//! from the future on; a window is a run of stretches, and what decay leaves is looked up by stretch.

use crate::model::{LimitPer, MAX_OCCURRENCES};
use crate::plan::{Ages, EachRule, Leaf, Micros, Plan, SignalKind};

/// The number of the stretch of the future, in which nothing counts.
pub(super) const FUTURE: u32 = 0;

/// Beyond so many ages, or so many amounts of points, leads are better evaluated one by one.
const MOST_AGES: usize = 1 << 14;
const MOST_AMOUNTS: usize = 1 << 20;

/// What a pass adds up.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// The ages at which the stretches after the future start, ascending; the first is 0.
    pub(super) ages: Vec<Micros>,
    /// By term of the plan: what its events add to.
    pub(super) terms: Vec<TermOps>,
    /// What an event gives, in thousandths of a point, by rule and stretch; see [`Tallied::amounts`].
    pub(super) amounts: Vec<i64>,
    /// By each rule of the plan.
    pub(super) rules: Vec<RuleWay>,
    /// By signal that is a sum: where it is added up; by others nothing.
    pub(super) total_of: Vec<Option<u32>>,
    /// How many signals there are, totals, and lists of days and of subjects.
    pub(super) signals: usize,
    pub(super) totals: usize,
    pub(super) day_lists: usize,
    pub(super) subject_lists: usize,
}

/// What the events of a term add to.
#[derive(Clone, Debug, Default)]
pub(super) struct TermOps {
    pub(super) counts: Vec<Count>,
    /// Counts for which the newest event matters too.
    pub(super) ageing: Vec<Count>,
    pub(super) tallies: Vec<Tallied>,
    pub(super) others: Vec<Other>,
}

/// A run of stretches.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    from: u32,
    length: u32,
}

impl Window {
    pub(super) const fn contains(self, stretch: u32) -> bool {
        stretch.wrapping_sub(self.from) < self.length
    }
}

/// One more in a signal's count.
#[derive(Clone, Copy, Debug)]
pub(super) struct Count {
    pub(super) window: Window,
    pub(super) signal: u32,
}

/// Points for each event, however many there are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tallied {
    pub(super) window: Window,
    /// By its place among the each rules.
    pub(super) rule: u32,
    /// Where its amounts start, that of the future first; 0 outside the window.
    pub(super) amounts: u32,
}

/// What needs more than an event's age.
#[derive(Clone, Copy, Debug)]
pub(super) enum Other {
    /// One more in a signal's count for each day; the list by its number.
    Day { count: Count, list: u32 },
    /// One more in a signal's count for each subject.
    Subject { count: Count, list: u32 },
    /// A property, by the plan's number of the sum, added to a signal's sum.
    Sum { count: Count, sum: u32, total: u32 },
    /// Points for the newest `times` events.
    Newest { points: Tallied, times: u32 },
    /// Points for the newest `times` events that are among the newest `limit` of their day.
    PerDay { points: Tallied, times: u32, limit: u32, list: u32 },
    /// The same of their subject.
    PerSubject { points: Tallied, times: u32, limit: u32, list: u32 },
}

/// Where what an each rule is worth is found.
#[derive(Clone, Copy, Debug)]
pub(super) enum RuleWay {
    /// The count of its signal, as far as `times` goes.
    Counted,
    /// Its tally.
    Tallied,
}

impl Layout {
    /// The layout of a plan; none where decay takes so many steps that one would be too large.
    pub(super) fn new(plan: &Plan) -> Option<Layout> {
        let mut layout = Layout {
            ages: ages(plan)?,
            terms: vec![TermOps::default(); plan.terms.len()],
            amounts: Vec::new(),
            rules: Vec::new(),
            total_of: vec![None; plan.signals.len()],
            signals: plan.signals.len(),
            totals: 0,
            day_lists: 0,
            subject_lists: 0,
        };
        layout.add_signals(plan);
        for (rule, number) in plan.each_rules.iter().zip(0..) {
            layout.add_rule(plan, rule, number)?;
        }
        Some(layout)
    }

    /// The run of stretches of a window.
    fn window(&self, ages: Ages) -> Window {
        let stretch_from = |age: Micros| self.ages.partition_point(|start| *start < age) as u32 + 1;
        let from = stretch_from(ages.enters);
        Window { from, length: stretch_from(ages.leaves).saturating_sub(from) }
    }

    fn add_signals(&mut self, plan: &Plan) {
        let mut counted = vec![false; plan.signals.len()];
        let mut aged = vec![false; plan.signals.len()];
        let mark = |marks: &mut Vec<bool>, signal: u32| {
            marks.get_mut(signal as usize).into_iter().for_each(|mark| *mark = true);
        };
        for leaf in &plan.program.leaves {
            if let Leaf::AtLeast { signal, .. } | Leaf::Compare { signal, .. } = leaf {
                mark(&mut counted, *signal);
            }
        }
        plan.each_rules
            .iter()
            .filter(|rule| is_counted(rule))
            .for_each(|rule| mark(&mut counted, rule.signal));
        plan.program.ageing.iter().for_each(|test| mark(&mut aged, test.signal));
        for ((signal, number), (counted, aged)) in plan.signals.iter().zip(0..).zip(counted.iter().zip(aged))
        {
            if !counted {
                continue;
            }
            let count = Count { window: self.window(signal.ages), signal: number };
            let Some(term) = self.terms.get_mut(signal.term as usize) else { continue };
            match signal.aggregate {
                SignalKind::Count if aged => term.ageing.push(count),
                SignalKind::Count => term.counts.push(count),
                SignalKind::Days => term.others.push(Other::Day { count, list: next(&mut self.day_lists) }),
                SignalKind::Distinct => {
                    term.others.push(Other::Subject { count, list: next(&mut self.subject_lists) });
                }
                SignalKind::Sum(sum) => {
                    let total = next(&mut self.totals);
                    term.others.push(Other::Sum { count, sum, total });
                    self.total_of.get_mut(number as usize).into_iter().for_each(|of| *of = Some(total));
                }
            }
        }
    }

    fn add_rule(&mut self, plan: &Plan, rule: &EachRule, number: u32) -> Option<()> {
        if is_counted(rule) {
            self.rules.push(RuleWay::Counted);
            return Some(());
        }
        self.rules.push(RuleWay::Tallied);
        let Some(signal) = plan.signals.get(rule.signal as usize) else { return Some(()) };
        let window = self.window(signal.ages);
        let points = Tallied { window, rule: number, amounts: u32::try_from(self.amounts.len()).ok()? };
        let table = rule.decay.map(|decay| (plan.tables.get(decay.table), decay.every));
        // The future gives nothing.
        self.amounts.push(0);
        for (age, stretch) in self.ages.iter().zip(FUTURE + 1..) {
            self.amounts.push(match table {
                _ if !window.contains(stretch) => 0,
                None => rule.points,
                Some((table, every)) => {
                    let step = usize::try_from(age / every).unwrap_or(usize::MAX);
                    table.get(step).map_or(0, |points| i64::from(*points))
                }
            });
        }
        if self.amounts.len() > MOST_AMOUNTS {
            return None;
        }
        let times = u32::try_from(rule.times).unwrap_or(MAX_OCCURRENCES);
        let Some(term) = self.terms.get_mut(signal.term as usize) else { return Some(()) };
        match rule.per {
            None if times >= MAX_OCCURRENCES => term.tallies.push(points),
            None => term.others.push(Other::Newest { points, times }),
            Some(LimitPer::Day(limit)) => {
                term.others.push(Other::PerDay { points, times, limit, list: next(&mut self.day_lists) });
            }
            Some(LimitPer::Subject(limit)) => {
                let list = next(&mut self.subject_lists);
                term.others.push(Other::PerSubject { points, times, limit, list });
            }
        }
        Some(())
    }
}

/// Whether all that a rule needs is how many events there are.
fn is_counted(rule: &EachRule) -> bool {
    rule.per.is_none() && rule.decay.is_none()
}

/// The number of the next of so many.
fn next(count: &mut usize) -> u32 {
    *count += 1;
    u32::try_from(*count - 1).unwrap_or(u32::MAX)
}

/// The ages at which anything changes; none where there are too many.
fn ages(plan: &Plan) -> Option<Vec<Micros>> {
    let mut ages = vec![0];
    for signal in &plan.signals {
        ages.push(signal.ages.enters);
        ages.extend(Some(signal.ages.leaves).filter(|leaves| *leaves < Micros::MAX));
    }
    for rule in &plan.each_rules {
        let (Some(decay), Some(signal)) = (rule.decay, plan.signals.get(rule.signal as usize)) else {
            continue;
        };
        let steps = (1..).take(plan.tables.get(decay.table).len());
        let edges = steps.map(|step: i64| decay.every.saturating_mul(step));
        ages.extend(edges.take_while(|age| *age < signal.ages.leaves));
        // Many rules share their steps.
        if ages.len() > 2 * MOST_AGES {
            ages.sort_unstable();
            ages.dedup();
            if ages.len() > MOST_AGES {
                return None;
            }
        }
    }
    ages.sort_unstable();
    ages.dedup();
    (ages.len() <= MOST_AGES).then_some(ages)
}
