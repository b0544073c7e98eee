//! Sixty-four leads at once, from what holds of each to their results.
//!
//! A condition is one word, a bit for each lead, so that conditions of all leads are combined in single steps;
//! scores are added up rule by rule over the leads of which the rule holds. What it means is in
//! [`crate::score`], lead by lead; this is the same over columns.

use super::layout::{Amounts, AtLeast, EachWay, Layout, LeafWay};
use super::pass::Counters;
use super::rows::NONE_YET;
use crate::decimal::Points;
use crate::model::ScoreIndex;
use crate::plan::{Micros, NewestOp, Op, Plan, PlanGroup, PlanRule, PlanScoreKind, ScoredOp, Slot};

/// How many leads there are in a block.
pub(super) const BLOCK: usize = 64;

/// Something of each lead of a block.
type Leads<T> = [T; BLOCK];

/// What holds of the leads of a block, and what follows.
#[derive(Clone, Debug, Default)]
pub(super) struct Block {
    /// By leaf of the program.
    leaves: Vec<u64>,
    /// By test that condition rules age by: the stretch of the newest event.
    ageing: Vec<Leads<i16>>,
    /// By each rule: what it is worth, its `when` left out; and of which leads any event counts.
    each: Vec<Leads<i64>>,
    counts: Vec<u64>,
    /// By slot of the program.
    slots: Vec<u64>,
    /// By place in the program for newest events: the stretches under an even and an odd number of `not`s.
    newest: Vec<[Leads<i16>; 2]>,
    /// By score, in thousandths of a point.
    pub(super) scores: Vec<Leads<i64>>,
    /// By score: the band, where it has any.
    pub(super) bands: Vec<Leads<u32>>,
}

/// What a lead has that depends on time and is no event.
pub(super) trait Dates {
    /// The age of a date by its place among those of the program.
    fn age(&self, date: u32) -> Option<Micros>;

    /// How long ago the lead was created, if that is known and not to come.
    fn since_created(&self) -> Option<Micros>;
}

impl Block {
    /// Makes ready for other leads.
    pub(super) fn clear(&mut self, layout: &Layout, plan: &Plan) {
        self.leaves.clear();
        self.leaves.resize(layout.leaf_count, 0);
        self.counts.clear();
        self.counts.resize(layout.each.len(), 0);
        // What these hold of leads that are not there makes no difference.
        self.ageing.resize(layout.ageing.len(), [NONE_YET; BLOCK]);
        self.each.resize(layout.each.len(), [0; BLOCK]);
        self.scores.resize(plan.scores.len(), [0; BLOCK]);
        self.bands.resize(plan.scores.len(), [0; BLOCK]);
    }

    /// Puts a lead, whose events have been added up, at a place in the block.
    pub(super) fn put(&mut self, lead: usize, layout: &Layout, counters: &Counters, dates: &impl Dates) {
        for AtLeast { leaf, count, least, fewer } in &layout.at_least {
            if let Some(word) = self.leaves.get_mut(*leaf as usize) {
                *word |= u64::from((counters.count(*count) >= *least) != *fewer) << lead;
            }
        }
        for (leaf, way) in &layout.leaves {
            if let Some(word) = self.leaves.get_mut(*leaf as usize) {
                *word |= u64::from(leaf_holds(way, layout, counters, dates)) << lead;
            }
        }
        for (newest, lane) in self.ageing.iter_mut().zip(&layout.ageing) {
            set(newest, lead, counters.newest(*lane));
        }
        for (place, ((worth, word), way)) in
            self.each.iter_mut().zip(&mut self.counts).zip(&layout.each).enumerate()
        {
            let (points, counts) = match way {
                EachWay::Counted { count, points, times } => {
                    let count = counters.count(*count);
                    // OK because `times` is at most 100,000.
                    (points.saturating_mul(i64::from(count.min(*times))), count > 0)
                }
                EachWay::Lane { lane, count } => {
                    (counters.points(*lane), count.is_none_or(|count| counters.count(count) > 0))
                }
                EachWay::Elsewhere => (0, false),
                EachWay::Tally => counters.tally(place),
            };
            set(worth, lead, points);
            *word |= u64::from(counts) << lead;
        }
    }

    /// Works out what follows; `early` are the words of the tests of attributes.
    pub(super) fn conclude(&mut self, plan: &Plan, layout: &Layout, early: &[u64]) {
        let program = &plan.program;
        self.slots.clear();
        self.slots.extend_from_slice(early);
        self.combine(plan, &program.early);
        self.slots.extend_from_slice(&self.leaves);
        self.combine(plan, &program.timed);
        self.find_newest(plan);
        self.add_scores(plan, layout);
        for op in &program.scored {
            let word = self.scored(plan, *op);
            self.slots.push(word);
        }
    }

    /// Of which leads a slot holds.
    pub(super) fn holds(&self, slot: Slot) -> u64 {
        self.slots.get(slot as usize).copied().unwrap_or(0)
    }

    fn words(&self, slots: &[Slot]) -> impl Iterator<Item = u64> {
        slots.iter().map(|slot| self.holds(*slot))
    }

    fn combine(&mut self, plan: &Plan, ops: &[Op]) {
        for op in ops {
            let word = self.combined(plan, *op);
            self.slots.push(word);
        }
    }

    fn combined(&self, plan: &Plan, op: Op) -> u64 {
        let operands = &plan.program.operands;
        match op {
            Op::All(of) => self.words(of.of(operands)).fold(u64::MAX, |all, word| all & word),
            Op::Any(of) => self.words(of.of(operands)).fold(0, |any, word| any | word),
            Op::Not(slot) => !self.holds(slot),
            Op::AtLeast { count, of } => {
                let mut counts: Leads<u32> = [0; BLOCK];
                for word in self.words(of.of(operands)) {
                    each_lead(word, |lead| add(&mut counts, lead, 1));
                }
                word_of(&counts, |found| *found >= count)
            }
        }
    }

    fn find_newest(&mut self, plan: &Plan) {
        let program = &plan.program;
        let first_leaf = program.early_slots();
        self.newest.clear();
        for op in &program.newest {
            let mut found = [[NONE_YET; BLOCK]; 2];
            match op {
                NewestOp::Test { test, leaf } => {
                    let word = self.slots.get(first_leaf + *leaf as usize).copied().unwrap_or(0);
                    let [even, _] = &mut found;
                    if let Some(test) = self.ageing.get(*test as usize) {
                        each_lead(word, |lead| {
                            set(even, lead, test.get(lead).copied().unwrap_or(NONE_YET));
                        });
                    }
                }
                NewestOp::Not(of) => {
                    if let Some([even, odd]) = self.newest.get(*of as usize) {
                        found = [*odd, *even];
                    }
                }
                NewestOp::Latest(of) => {
                    for of in of.of(&program.newest_operands) {
                        let Some(one) = self.newest.get(*of as usize) else { continue };
                        for (found, one) in found.as_flattened_mut().iter_mut().zip(one.as_flattened()) {
                            *found = (*found).min(*one);
                        }
                    }
                }
            }
            self.newest.push(found);
        }
    }

    fn add_scores(&mut self, plan: &Plan, layout: &Layout) {
        for score in &plan.scores {
            let mut values: Leads<i64> = [0; BLOCK];
            match &score.kind {
                PlanScoreKind::Rules(groups) => {
                    for group in plan.groups.get(groups.clone()).unwrap_or(&[]) {
                        self.add_group(plan, layout, group, &mut values);
                    }
                }
                PlanScoreKind::Derived(weights) => {
                    for (lead, value) in values.iter_mut().enumerate() {
                        *value = crate::score::derived(weights, |index| self.score(index, lead));
                    }
                }
            }
            let bands = self.bands.get_mut(score.index.index());
            for (value, band) in values.iter_mut().zip(bands.into_iter().flatten()) {
                *value = (*value).min(score.high).max(score.low);
                *band = crate::score::band(score, Points::from_thousandths(*value)).map_or(0, |band| band.0);
            }
            if let Some(entry) = self.scores.get_mut(score.index.index()) {
                *entry = values;
            }
        }
    }

    fn score(&self, index: ScoreIndex, lead: usize) -> i64 {
        self.scores.get(index.index()).and_then(|scores| scores.get(lead)).copied().unwrap_or(0)
    }

    fn add_group(&self, plan: &Plan, layout: &Layout, group: &PlanGroup, values: &mut Leads<i64>) {
        let settled = plan.settled_rules.get(group.settled.clone()).unwrap_or(&[]);
        let settled =
            settled.iter().map(|(slot, points)| PlanRule::Condition { slot: *slot, points: *points });
        let rules = plan.rules.get(group.rules.clone()).unwrap_or(&[]);
        let fading = layout.fading.get(group.rules.clone()).unwrap_or(&[]);
        let rules = rules.iter().copied().zip(fading.iter().copied());
        let all = settled.map(|rule| (rule, None)).chain(rules);
        if !group.best && group.low == i64::MIN && group.high == i64::MAX {
            // No clamp stands between its rules and the score.
            all.for_each(|(rule, fading)| {
                self.each_value(layout, plan, rule, fading, |lead, points| add(values, lead, points));
            });
            return;
        }
        let none = if group.best { i64::MIN } else { 0 };
        let mut of_group: Leads<i64> = [none; BLOCK];
        all.for_each(|(rule, fading)| {
            self.each_value(layout, plan, rule, fading, |lead, points| {
                if let Some(value) = of_group.get_mut(lead) {
                    *value = if group.best { (*value).max(points) } else { value.saturating_add(points) };
                }
            });
        });
        for (value, of_group) in values.iter_mut().zip(of_group) {
            let of_group = if group.best && of_group == i64::MIN { 0 } else { of_group };
            *value = value.saturating_add(of_group.min(group.high).max(group.low));
        }
    }

    /// Calls `found` with each lead for which a rule gives anything, and what, in thousandths of a point.
    #[inline]
    fn each_value(
        &self,
        layout: &Layout,
        plan: &Plan,
        rule: PlanRule,
        fading: Option<Amounts>,
        mut found: impl FnMut(usize, i64),
    ) {
        match rule {
            PlanRule::Condition { slot, points } => each_lead(self.holds(slot), |lead| found(lead, points)),
            PlanRule::Decaying { slot, newest, .. } => {
                let amounts = fading.map_or(&[][..], |amounts| layout.amounts(amounts));
                let newest = self.newest.get(newest as usize).map(|[even, _]| even);
                each_lead(self.holds(slot), |lead| {
                    let stretch = newest.and_then(|newest| newest.get(lead)).copied().unwrap_or(NONE_YET);
                    // Without an event to age by it is as fresh as in the first stretch.
                    let stretch = if stretch == NONE_YET { 0 } else { usize::try_from(stretch).unwrap_or(0) };
                    found(lead, amounts.get(stretch).copied().unwrap_or(0));
                });
            }
            PlanRule::Each(place) => {
                let place = place as usize;
                let (Some(worth), Some(counts)) = (self.each.get(place), self.counts.get(place)) else {
                    return;
                };
                let when = plan.each_rules.get(place).and_then(|rule| rule.when);
                let word = counts & when.map_or(u64::MAX, |when| self.holds(when));
                each_lead(word, |lead| found(lead, worth.get(lead).copied().unwrap_or(0)));
            }
        }
    }

    fn scored(&self, plan: &Plan, op: ScoredOp) -> u64 {
        const NONE: &Leads<i64> = &[0; BLOCK];
        let scores = |index: ScoreIndex| self.scores.get(index.index()).unwrap_or(NONE);
        let bands = |index: ScoreIndex| self.bands.get(index.index());
        match op {
            ScoredOp::Op(op) => self.combined(plan, op),
            ScoredOp::Compare { score, comparison, points } => {
                word_of(scores(score), |value| comparison.holds(*value, points.thousandths()))
            }
            ScoredOp::Between { score, low, high } => {
                word_of(scores(score), |value| (low.thousandths()..=high.thousandths()).contains(value))
            }
            ScoredOp::Band { score, band } => {
                bands(score).map_or(0, |bands| word_of(bands, |found| *found == band.0))
            }
            // The highest band is the first.
            ScoredOp::BandAtLeast { score, band } => {
                bands(score).map_or(0, |bands| word_of(bands, |found| *found <= band.0))
            }
        }
    }
}

fn leaf_holds(leaf: &LeafWay, layout: &Layout, counters: &Counters, dates: &impl Dates) -> bool {
    match leaf {
        LeafWay::Count { count, comparison, bound } => {
            comparison.holds(i128::from(counters.count(*count)), *bound)
        }
        LeafWay::Total { total, comparison, bound } => comparison.holds(counters.total(*total), *bound),
        LeafWay::Date { date, ages } => {
            dates.age(*date).is_some_and(|age| ages.enters <= age && age < ages.leaves)
        }
        LeafWay::Inactive(period) => {
            let active = layout.activity.map_or(NONE_YET, |lane| counters.newest(lane));
            // The period is one of the ages at which a stretch starts.
            let active = usize::try_from(active).ok().filter(|_| active != NONE_YET);
            let ages = [active.map(|stretch| layout.stretches.start(stretch)), dates.since_created()];
            ages.into_iter().flatten().min().is_some_and(|age| age >= *period)
        }
    }
}

/// Calls `found` with each lead whose bit is set.
#[inline]
fn each_lead(mut word: u64, mut found: impl FnMut(usize)) {
    while word != 0 {
        found(word.trailing_zeros() as usize);
        word &= word - 1;
    }
}

/// The leads of which something is true.
fn word_of<T>(of: &Leads<T>, holds: impl Fn(&T) -> bool) -> u64 {
    of.iter().enumerate().fold(0, |word, (lead, one)| word | u64::from(holds(one)) << lead)
}

#[inline]
fn set<T: Copy>(of: &mut Leads<T>, lead: usize, value: T) {
    of.get_mut(lead).into_iter().for_each(|entry| *entry = value);
}

#[inline]
fn add<T: Copy + std::ops::AddAssign>(of: &mut Leads<T>, lead: usize, value: T) {
    // OK because what rules can give fits 64 bits: see the limit on their number.
    of.get_mut(lead).into_iter().for_each(|entry| *entry += value);
}
