//! What one pass over a lead's events adds up, worked out once for a plan.
//!
//! A batch is evaluated at one instant, so a lead's events need no lists: each adds to counters. Everything that
//! depends on time then depends on an event's age alone. The ages at which anything changes (an event enters a
//! window or leaves it, a decay takes a step) divide time into *stretches*; a window is a run of stretches, and
//! what decay leaves is looked up by stretch. So what an event adds follows from its target and its stretch, and
//! most of it is kept ready as a row of small numbers, one for each *lane*, that is added up as a whole.

use super::stretches::{Starts, Stretches, Window};
use crate::model::{Comparison, LimitPer, MAX_OCCURRENCES};
use crate::plan::{Ages, EachRule, Leaf, Micros, Plan, PlanDecay, PlanRule, SignalKind};

/// With more amounts of points leads are better evaluated one by one.
const MOST_AMOUNTS: usize = 1 << 20;

/// What a pass adds up.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) stretches: Stretches,
    /// By term of the plan.
    pub(super) terms: Vec<TermAdds>,
    /// What events give, in thousandths of a point: for each run one for every stretch; see [`Amounts`].
    amounts: Vec<i64>,
    pub(super) count_lanes: usize,
    pub(super) newest_lanes: usize,
    pub(super) point_lanes: usize,
    /// The lane of the newest event that is activity, where that is asked for.
    pub(super) activity: Option<u32>,
    /// Counts that are no lanes, numbered behind those that are.
    pub(super) counts: usize,
    pub(super) totals: usize,
    pub(super) day_lists: usize,
    pub(super) subject_lists: usize,
    /// Whether events have to come from the newest on.
    pub(super) in_order: bool,
    /// How many leaves the plan's program has; each is in one of these lists.
    pub(super) leaf_count: usize,
    pub(super) at_least: Vec<AtLeast>,
    pub(super) leaves: Vec<(u32, LeafWay)>,
    /// By test that condition rules age by: the lane of its newest event.
    pub(super) ageing: Vec<u32>,
    /// By each rule of the plan.
    pub(super) each: Vec<EachWay>,
    /// By rule of the plan that depends on time: what it gives by the stretch of its newest event, where it fades.
    pub(super) fading: Vec<Option<Amounts>>,
}

/// A run of [`Layout::amounts`], one for every stretch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Amounts(usize);

/// What the events of a term add.
#[derive(Clone, Debug, Default)]
pub(super) struct TermAdds {
    /// One, in a lane, inside a window.
    pub(super) counts: Vec<(Window, u32)>,
    /// Themselves, as perhaps the newest.
    pub(super) newest: Vec<(Window, u32)>,
    /// Points by stretch, to a lane.
    pub(super) points: Vec<(Amounts, u32)>,
    pub(super) others: Vec<Other>,
}

/// What is more than a row of numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Other {
    pub(super) window: Window,
    pub(super) what: OtherWhat,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum OtherWhat {
    /// One more in a count for each day.
    Day { count: u32, list: u32 },
    /// One more in a count for each subject.
    Subject { count: u32, list: u32 },
    /// A property, by the plan's number of the sum, added to a total.
    Sum { sum: u32, total: u32 },
    /// Points for events as far as there is room.
    Points { rule: u32, amounts: Amounts, times: u32, per: Per },
}

/// What else there has to be room in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Per {
    Nothing,
    Day { limit: u32, list: u32 },
    Subject { limit: u32, list: u32 },
}

/// A leaf, by its place, that holds while a count is at least so much, or, `fewer`, while it is not. Most are.
#[derive(Clone, Copy, Debug)]
pub(super) struct AtLeast {
    pub(super) leaf: u32,
    pub(super) count: u32,
    pub(super) least: u32,
    pub(super) fewer: bool,
}

/// How another leaf is decided.
#[derive(Clone, Copy, Debug)]
pub(super) enum LeafWay {
    Count {
        count: u32,
        comparison: Comparison,
        bound: i128,
    },
    Total {
        total: u32,
        comparison: Comparison,
        bound: i128,
    },
    /// By its place among the dates of the plan's program.
    Date {
        date: u32,
        ages: Ages,
    },
    Inactive(Micros),
}

/// Where what an each rule is worth is found.
#[derive(Clone, Copy, Debug)]
pub(super) enum EachWay {
    /// As many times its points as there are in a count, as far as `times` goes.
    Counted { count: u32, points: i64, times: u32 },
    /// A lane of points, which other rules of its group may share; and, where it matters whether any event
    /// counts, a count of them.
    Lane { lane: u32, count: Option<u32> },
    /// Nothing: its points are in the lane of another rule of its group.
    Elsewhere,
    /// A tally of its own.
    Tally,
}

impl Layout {
    /// The layout of a plan; none where decay takes so many steps that it would be too large.
    pub(super) fn new(plan: &Plan) -> Option<Layout> {
        let mut maker = Maker {
            plan,
            counts: vec![None; plan.signals.len()],
            newest: vec![None; plan.signals.len()],
            totals: vec![None; plan.signals.len()],
            layout: Layout {
                stretches: stretches(plan)?,
                terms: vec![TermAdds::default(); plan.terms.len()],
                amounts: Vec::new(),
                count_lanes: 0,
                newest_lanes: 0,
                point_lanes: 0,
                activity: None,
                counts: 0,
                totals: 0,
                day_lists: 0,
                subject_lists: 0,
                in_order: false,
                leaf_count: 0,
                at_least: Vec::new(),
                leaves: Vec::new(),
                ageing: Vec::new(),
                each: Vec::new(),
                fading: Vec::new(),
            },
        };
        maker.number_counts();
        maker.add_leaves();
        maker.add_fading()?;
        maker.add_each_rules()?;
        Some(maker.layout)
    }

    /// The amounts of a run by stretch.
    pub(super) fn amounts(&self, run: Amounts) -> &[i64] {
        self.amounts.get(run.0..run.0 + self.stretches.count()).unwrap_or(&[])
    }
}

/// Makes a layout.
struct Maker<'p> {
    plan: &'p Plan,
    /// By signal: its count, its lane of newest events, its total, where there is one.
    counts: Vec<Option<u32>>,
    newest: Vec<Option<u32>>,
    totals: Vec<Option<u32>>,
    layout: Layout,
}

impl Maker<'_> {
    /// Gives numbers to what counts: signals that count events first, for they have lanes.
    fn number_counts(&mut self) {
        let plan = self.plan;
        let mut asked = vec![false; plan.signals.len()];
        let in_best = best_each_rules(plan);
        let leaves = plan.program.leaves.iter().filter_map(|leaf| leaf.signal());
        let rules = plan.each_rules.iter().enumerate();
        let rules = rules.filter(|(place, rule)| is_counted(rule) || in_best.get(*place) == Some(&true));
        for signal in leaves.chain(rules.map(|(_, rule)| rule.signal)) {
            asked.get_mut(signal as usize).into_iter().for_each(|asked| *asked = true);
        }
        for lanes in [true, false] {
            for ((signal, number), asked) in plan.signals.iter().zip(0..).zip(&asked) {
                if *asked && (signal.aggregate == SignalKind::Count) == lanes {
                    self.number_count(number);
                }
            }
            if lanes {
                self.layout.count_lanes = self.layout.counts;
            }
        }
    }

    fn number_count(&mut self, number: u32) {
        let layout = &mut self.layout;
        let Some(signal) = self.plan.signals.get(number as usize) else { return };
        let Some(term) = layout.terms.get_mut(signal.term as usize) else { return };
        let window = layout.stretches.window(signal.ages);
        let place = number as usize;
        if let SignalKind::Sum(sum) = signal.aggregate {
            let total = next(&mut layout.totals);
            term.others.push(Other { window, what: OtherWhat::Sum { sum, total } });
            self.totals.get_mut(place).into_iter().for_each(|of| *of = Some(total));
            return;
        }
        let count = next(&mut layout.counts);
        self.counts.get_mut(place).into_iter().for_each(|of| *of = Some(count));
        let what = match signal.aggregate {
            SignalKind::Days => {
                layout.in_order = true;
                OtherWhat::Day { count, list: next(&mut layout.day_lists) }
            }
            SignalKind::Distinct => OtherWhat::Subject { count, list: next(&mut layout.subject_lists) },
            _ => return term.counts.push((window, count)),
        };
        term.others.push(Other { window, what });
    }

    fn count_of(&self, signal: u32) -> u32 {
        // OK because every signal that is asked for has one.
        self.counts.get(signal as usize).copied().flatten().unwrap_or(u32::MAX)
    }

    fn add_leaves(&mut self) {
        self.layout.leaf_count = self.plan.program.leaves.len();
        for (place, leaf) in (0..).zip(&self.plan.program.leaves) {
            let way = match *leaf {
                Leaf::AtLeast { signal, count, fewer } => {
                    // OK because a lead's events are not that many.
                    let least = u32::try_from(count).unwrap_or(u32::MAX);
                    let count = self.count_of(signal);
                    self.layout.at_least.push(AtLeast { leaf: place, count, least, fewer });
                    continue;
                }
                Leaf::Compare { signal, comparison, bound, .. } => {
                    match self.totals.get(signal as usize).copied().flatten() {
                        Some(total) => LeafWay::Total { total, comparison, bound },
                        None => LeafWay::Count { count: self.count_of(signal), comparison, bound },
                    }
                }
                Leaf::Date { date, ages } => LeafWay::Date { date, ages },
                Leaf::Inactive(period) => {
                    let lanes = &mut self.layout.newest_lanes;
                    self.layout.activity.get_or_insert_with(|| next(lanes));
                    LeafWay::Inactive(period)
                }
            };
            self.layout.leaves.push((place, way));
        }
    }

    /// What condition rules give by the age of their newest event.
    fn add_fading(&mut self) -> Option<()> {
        for test in &self.plan.program.ageing {
            let lane = self.newest_lane(test.signal);
            self.layout.ageing.push(lane);
        }
        for rule in &self.plan.rules {
            let amounts = match rule {
                PlanRule::Decaying { decay, .. } => {
                    let table = self.plan.tables.get(decay.table);
                    Some(self.add_amounts(Window::ALL, |age| faded(table, decay.every, age))?)
                }
                _ => None,
            };
            self.layout.fading.push(amounts);
        }
        Some(())
    }

    fn newest_lane(&mut self, number: u32) -> u32 {
        let layout = &mut self.layout;
        let (Some(signal), Some(lane)) =
            (self.plan.signals.get(number as usize), self.newest.get_mut(number as usize))
        else {
            return u32::MAX;
        };
        *lane.get_or_insert_with(|| {
            let lane = next(&mut layout.newest_lanes);
            let window = layout.stretches.window(signal.ages);
            layout.terms.get_mut(signal.term as usize).into_iter().for_each(|term| {
                term.newest.push((window, lane));
            });
            lane
        })
    }

    fn add_amounts(&mut self, window: Window, amount: impl Fn(Micros) -> i64) -> Option<Amounts> {
        let layout = &mut self.layout;
        let run = Amounts(layout.amounts.len());
        let stretches = (0..).zip(layout.stretches.starts());
        layout.amounts.extend(stretches.map(
            |(stretch, age)| {
                if window.contains(stretch) { amount(age) } else { 0 }
            },
        ));
        (layout.amounts.len() <= MOST_AMOUNTS).then_some(run)
    }

    fn add_each_rules(&mut self) -> Option<()> {
        let in_best = best_each_rules(self.plan);
        let in_group = groups_of_each_rules(self.plan);
        // By group: the lane of its rules that have no condition of their own.
        let mut shared: Vec<Option<u32>> = vec![None; self.plan.groups.len()];
        for (number, rule) in (0u32..).zip(&self.plan.each_rules) {
            let place = number as usize;
            let best = in_best.get(place) == Some(&true);
            let count = (is_counted(rule) || best).then(|| self.count_of(rule.signal));
            let times = u32::try_from(rule.times).unwrap_or(MAX_OCCURRENCES);
            let way = match (count, is_counted(rule)) {
                (Some(count), true) => EachWay::Counted { count, points: rule.points, times },
                (count, _) if rule.per.is_none() && times >= MAX_OCCURRENCES => {
                    let group = in_group.get(place).copied().flatten();
                    let group = group.filter(|_| !best && rule.when.is_none());
                    let known = group.and_then(|group| shared.get(group).copied().flatten());
                    let lane = known.unwrap_or_else(|| next(&mut self.layout.point_lanes));
                    let entry = group.and_then(|group| shared.get_mut(group));
                    entry.into_iter().for_each(|entry| *entry = Some(lane));
                    self.add_points_lane(rule, lane)?;
                    match known {
                        Some(_) => EachWay::Elsewhere,
                        None => EachWay::Lane { lane, count },
                    }
                }
                _ => {
                    self.add_points(rule, number, times)?;
                    EachWay::Tally
                }
            };
            self.layout.each.push(way);
        }
        Some(())
    }

    /// The amounts that an each rule gives for an event, and the window of its signal.
    fn rule_amounts(&mut self, rule: &EachRule) -> Option<(Window, Amounts)> {
        let signal = self.plan.signals.get(rule.signal as usize)?;
        let window = self.layout.stretches.window(signal.ages);
        let table = rule.decay.map(|decay| (self.plan.tables.get(decay.table), decay.every));
        let amounts = self.add_amounts(window, |age| match table {
            Some((table, every)) => faded(table, every, age),
            None => rule.points,
        })?;
        Some((window, amounts))
    }

    fn term_of(&mut self, rule: &EachRule) -> Option<&mut TermAdds> {
        let signal = self.plan.signals.get(rule.signal as usize)?;
        self.layout.terms.get_mut(signal.term as usize)
    }

    fn add_points_lane(&mut self, rule: &EachRule, lane: u32) -> Option<()> {
        let (_, amounts) = self.rule_amounts(rule)?;
        self.term_of(rule)?.points.push((amounts, lane));
        Some(())
    }

    fn add_points(&mut self, rule: &EachRule, number: u32, times: u32) -> Option<()> {
        let (window, amounts) = self.rule_amounts(rule)?;
        let per = match rule.per {
            None => Per::Nothing,
            Some(LimitPer::Day(limit)) => Per::Day { limit, list: next(&mut self.layout.day_lists) },
            Some(LimitPer::Subject(limit)) => {
                Per::Subject { limit, list: next(&mut self.layout.subject_lists) }
            }
        };
        self.layout.in_order = true;
        let what = OtherWhat::Points { rule: number, amounts, times, per };
        self.term_of(rule)?.others.push(Other { window, what });
        Some(())
    }
}

/// Whether all that a rule needs is how many events there are.
const fn is_counted(rule: &EachRule) -> bool {
    rule.per.is_none() && rule.decay.is_none()
}

/// By each rule: whether the best of its group counts, so that it matters whether any event does.
fn best_each_rules(plan: &Plan) -> Vec<bool> {
    let groups = groups_of_each_rules(plan);
    let best = |group: &Option<usize>| {
        group.and_then(|group| plan.groups.get(group)).is_some_and(|group| group.best)
    };
    groups.iter().map(best).collect()
}

/// By each rule: the place of its group.
fn groups_of_each_rules(plan: &Plan) -> Vec<Option<usize>> {
    let mut groups = vec![None; plan.each_rules.len()];
    for (place, group) in plan.groups.iter().enumerate() {
        for rule in plan.rules.get(group.rules.clone()).unwrap_or(&[]) {
            if let PlanRule::Each(each) = rule
                && let Some(entry) = groups.get_mut(*each as usize)
            {
                *entry = Some(place);
            }
        }
    }
    groups
}

/// What a decay table has at an age.
fn faded(table: &[i32], every: Micros, age: Micros) -> i64 {
    let step = usize::try_from(age / every).unwrap_or(usize::MAX);
    table.get(step).map_or(0, |points| i64::from(*points))
}

/// The number of the next of so many.
fn next(count: &mut usize) -> u32 {
    *count += 1;
    u32::try_from(*count - 1).unwrap_or(u32::MAX)
}

/// The ages at which anything changes; none where there are too many.
fn stretches(plan: &Plan) -> Option<Stretches> {
    let mut starts = Starts::default();
    for signal in &plan.signals {
        starts.add([signal.ages.enters, signal.ages.leaves].into_iter())?;
    }
    for leaf in &plan.program.leaves {
        if let Leaf::Inactive(period) = leaf {
            starts.add(std::iter::once(*period))?;
        }
    }
    let steps = |decay: PlanDecay| {
        (1..).take(plan.tables.get(decay.table).len()).map(move |step: i64| decay.every.saturating_mul(step))
    };
    for rule in &plan.each_rules {
        if let (Some(decay), Some(signal)) = (rule.decay, plan.signals.get(rule.signal as usize)) {
            starts.add(steps(decay).take_while(|age| *age < signal.ages.leaves))?;
        }
    }
    for rule in &plan.rules {
        if let PlanRule::Decaying { decay, .. } = rule {
            starts.add(steps(*decay))?;
        }
    }
    starts.finish()
}
