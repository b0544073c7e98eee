//! Between which points rules, groups and scores lie: bounds that hold for every lead, or for every lead under
//! some assumptions. Sums of bounds, but for rules that ask for the same attribute: of those what they come to
//! together is worked out for each value that tells them apart.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::state::{State, scores_fit};
use super::terms::days_in;
use super::values::{Wanted, cells, passes};
use super::{Prover, Searched};
use crate::decimal::Points;
use crate::lead::Value;
use crate::model::{
    Bound, Comparison, ConditionId, ConditionKind, Decay, Group, LimitPer, Limits, MAX_OCCURRENCES, Member,
    RuleBody, RuleIndex, ScoreKind, TermId, ValueTest, Window,
};
use crate::time::{Instant, Period};
use crate::vocabulary::AttributeId;

/// Points from the lowest to the highest, in thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) low: i64,
    pub(crate) high: i64,
}

impl Range {
    /// Beyond what any score can be.
    pub(crate) const WIDEST: Range = Range { low: -1_000_000_000_000, high: 1_000_000_000_000 };
    pub(crate) const ZERO: Range = Range { low: 0, high: 0 };

    /// From nothing to `points`, or the other way round.
    fn up_to(points: i64) -> Range {
        Range { low: points.min(0), high: points.max(0) }
    }

    pub(crate) fn plus(self, other: Range) -> Range {
        Range { low: self.low.saturating_add(other.low), high: self.high.saturating_add(other.high) }
    }

    pub(crate) fn clamped(self, low: Option<Points>, high: Option<Points>) -> Range {
        let clamp = |value: i64| {
            value
                .max(low.map_or(i64::MIN, Points::thousandths))
                .min(high.map_or(i64::MAX, Points::thousandths))
        };
        Range { low: clamp(self.low), high: clamp(self.high) }
    }
}

/// Whether a condition can hold, and whether it can fail.
#[derive(Clone, Copy, Debug)]
struct Can {
    hold: bool,
    fail: bool,
}

/// So many rules are looked at again under assumptions.
const MOST_RULES_AGAIN: usize = 300;

impl<'m> Prover<'m> {
    /// By rule: what it can give, for any lead.
    pub(crate) fn rule_ranges(&self) -> &[Range] {
        self.rules.get_or_init(|| {
            let rules = (0..).map(RuleIndex).take(self.model.rules.len());
            rules
                .map(|rule| self.rule_range(rule, &State::default(), super::Limits::default(), true))
                .collect()
        })
    }

    /// By score: where it can lie, for any lead.
    pub(crate) fn score_ranges(&self) -> &[Range] {
        self.scores.get_or_init(|| self.ranges(self.rule_ranges(), &State::default()))
    }

    /// Whether the scores cannot lie where settled assumptions want them.
    pub(super) fn cannot_score(&self, state: &State<'m>, limits: super::Limits) -> bool {
        if state.scores.is_empty() || self.model.rules.len() > MOST_RULES_AGAIN {
            return false;
        }
        let rules = (0..).map(RuleIndex).take(self.model.rules.len());
        let rules: Vec<Range> = rules.map(|rule| self.rule_range(rule, state, limits, false)).collect();
        let scores = self.ranges(&rules, state);
        !scores_fit(&state.scores, |score| {
            let range = scores.get(score.index()).copied().unwrap_or(Range::WIDEST);
            (range.low, range.high)
        })
    }

    /// What a rule can give under assumptions. `anew` begins a question of its own for it.
    fn rule_range(&self, index: RuleIndex, state: &State<'m>, all: super::Limits, anew: bool) -> Range {
        let Some(rule) = self.model.rules.get(index.index()) else { return Range::ZERO };
        let points = rule.points.thousandths();
        let can = |condition: ConditionId| {
            let possible = |holds: bool| {
                if anew {
                    return !self.refutes(&[(condition, holds)]);
                }
                let mut state = state.clone();
                state.assume(condition, holds);
                !matches!(self.search(state, &mut |_| super::Leaf::Accept), Searched::Exhausted)
            };
            Can { hold: possible(true), fail: possible(false) }
        };
        match &rule.body {
            RuleBody::Condition(condition) => {
                let can = can(*condition);
                let aged = rule.decay.filter(|_| self.is_aged(*condition));
                let points = aged.map_or(points, |decay| after(rule.points, decay, state.idle()));
                match can {
                    Can { hold: false, .. } => Range::ZERO,
                    Can { fail: false, .. } if rule.decay.is_none() => Range { low: points, high: points },
                    _ => Range::up_to(points),
                }
            }
            RuleBody::Each { term, window, when, limits } => {
                if self.terms.is_empty(*term) || when.is_some_and(|when| !can(when).hold) {
                    return Range::ZERO;
                }
                let idle = state.idle().filter(|_| self.terms.is_active(*term));
                if idle.is_some_and(|idle| super::events::is_within(*window, Window::Within(idle))) {
                    return Range::ZERO;
                }
                let each = rule.decay.map_or(points, |decay| after(rule.points, decay, idle));
                let most = self.most_occurrences(*term, *window, *limits);
                let most =
                    all.events.and_then(|all| i64::try_from(all).ok()).map_or(most, |all| most.min(all));
                Range::up_to(each.saturating_mul(most))
            }
        }
    }

    /// How many events can count in an each rule.
    pub(super) fn most_occurrences(&self, term: TermId, window: Window, limits: Limits) -> i64 {
        let times = i64::from(limits.times.min(MAX_OCCURRENCES));
        let of = |each: u32, of: Option<usize>| {
            of.and_then(|of| i64::try_from(of).ok())
                .map_or(times, |of| times.min(of.saturating_mul(each.into())))
        };
        match limits.per {
            Some(LimitPer::Day(most)) => of(most, days_in(window)),
            Some(LimitPer::Subject(most)) => of(most, self.terms.subjects(term)),
            None => times,
        }
    }

    /// Whether there is an event behind a condition whenever it holds, and every event behind it is activity.
    fn is_aged(&self, condition: ConditionId) -> bool {
        let kind = |id: ConditionId| self.model.conditions.get(id.index()).map(|condition| &condition.kind);
        let asks = |id: ConditionId| match kind(id) {
            Some(ConditionKind::Events(test)) => {
                let at_least_one = matches!(
                    (test.comparison, test.bound),
                    (Comparison::GreaterOrEqual | Comparison::Equal, Bound::Count(1..))
                        | (Comparison::Greater, Bound::Count(_))
                );
                (at_least_one && self.terms.is_active(test.term), true)
            }
            Some(ConditionKind::Attribute { .. }) => (false, false),
            // What is further down is not looked at.
            _ => (false, true),
        };
        match kind(condition) {
            Some(ConditionKind::All(of)) => {
                of.iter().any(|id| asks(*id).0)
                    && of.iter().all(|id| matches!(asks(*id), (true, _) | (_, false)))
            }
            _ => asks(condition).0,
        }
    }

    /// Where each score can lie, from what each rule can give.
    fn ranges(&self, rules: &[Range], state: &State<'m>) -> Vec<Range> {
        let mut scores = vec![Range::ZERO; self.model.scores.len()];
        for index in &self.model.score_order {
            let Some(score) = self.model.scores.get(index.index()) else { continue };
            let raw = match &score.kind {
                ScoreKind::Rules(members) => self.members(members, rules, state),
                ScoreKind::Derived(parts) => derived(parts.iter().map(|(weight, part)| {
                    (*weight, scores.get(part.index()).copied().unwrap_or(Range::WIDEST))
                })),
            };
            if let Some(slot) = scores.get_mut(index.index()) {
                *slot = raw.clamped(Some(score.bounds.0), Some(score.bounds.1));
            }
        }
        scores
    }

    fn members(&self, members: &[Member], rules: &[Range], state: &State<'m>) -> Range {
        let loose: Vec<RuleIndex> = members
            .iter()
            .filter_map(|member| match member {
                Member::Rule(rule) => Some(*rule),
                Member::Group(_) => None,
            })
            .collect();
        let groups = members.iter().filter_map(|member| match member {
            Member::Group(group) => Some(self.group(group, rules, state)),
            Member::Rule(_) => None,
        });
        groups.fold(self.sum(&loose, rules, state), Range::plus)
    }

    /// Where a group can lie, after its clamp.
    fn group(&self, group: &Group, rules: &[Range], state: &State<'m>) -> Range {
        let raw = if group.best {
            // At least nothing where none of its rules holds; all that hold may take away.
            let all = group.rules.iter().filter_map(|rule| rules.get(rule.index()));
            all.fold(Range::ZERO, |best, rule| Range {
                low: best.low.min(rule.low),
                high: best.high.max(rule.high),
            })
        } else {
            self.sum(&group.rules, rules, state)
        };
        raw.clamped(group.low, group.high)
    }

    /// What rules can come to together.
    fn sum(&self, of: &[RuleIndex], rules: &[Range], state: &State<'m>) -> Range {
        let range = |rule: &RuleIndex| rules.get(rule.index()).copied().unwrap_or(Range::ZERO);
        let mut total = Range::ZERO;
        let mut by_attribute: BTreeMap<AttributeId, Vec<RuleIndex>> = BTreeMap::new();
        for rule in of {
            match self.only_attribute(*rule) {
                Some(attribute) => by_attribute.entry(attribute).or_default().push(*rule),
                None => total = total.plus(range(rule)),
            }
        }
        for (attribute, of) in by_attribute {
            let alone = of.iter().map(range).fold(Range::ZERO, Range::plus);
            let together = if of.len() > 1 { self.together(attribute, &of, state) } else { None };
            total = total.plus(together.map_or(alone, |together| Range {
                low: together.low.max(alone.low),
                high: together.high.min(alone.high),
            }));
        }
        total
    }

    /// The attribute that a condition rule asks for, where it asks for no other thing.
    fn only_attribute(&self, rule: RuleIndex) -> Option<AttributeId> {
        let rule = self.model.rules.get(rule.index())?;
        let RuleBody::Condition(condition) = &rule.body else { return None };
        let mut only = None;
        for id in self.below(*condition)? {
            match &self.model.conditions.get(id.index())?.kind {
                ConditionKind::Attribute { attribute, .. } if only.is_none_or(|only| only == *attribute) => {
                    only = Some(*attribute);
                }
                ConditionKind::All(_)
                | ConditionKind::Any(_)
                | ConditionKind::Not(_)
                | ConditionKind::AtLeast { .. } => {}
                _ => return None,
            }
        }
        only
    }

    /// A condition and all that it is made of, children before parents; none where that is a lot.
    pub(crate) fn below(&self, condition: ConditionId) -> Option<BTreeSet<ConditionId>> {
        const MOST: usize = 256;
        let mut below = BTreeSet::new();
        let mut open = vec![condition];
        while let Some(id) = open.pop() {
            if !below.insert(id) {
                continue;
            }
            let kind = &self.model.conditions.get(id.index())?.kind;
            open.extend(kind.parts());
            if let ConditionKind::Segment(segment) = kind {
                open.extend(self.model.segments.get(segment.index()).map(|segment| segment.condition));
            }
            if below.len() + open.len() > MOST {
                return None;
            }
        }
        Some(below)
    }

    /// What rules that ask for one attribute only come to together, over all values that tell them apart.
    fn together(&self, attribute: AttributeId, of: &[RuleIndex], state: &State<'m>) -> Option<Range> {
        let mut parts = Vec::new();
        let mut tests: Vec<&ValueTest> = Vec::new();
        for rule in of.iter().filter_map(|rule| self.model.rules.get(rule.index())) {
            let RuleBody::Condition(condition) = &rule.body else { return None };
            let below = self.below(*condition)?;
            for id in &below {
                if let ConditionKind::Attribute { test, .. } = &self.model.conditions.get(id.index())?.kind {
                    tests.push(test);
                }
            }
            parts.push((rule.points.thousandths(), *condition, below));
        }
        let assumed: Vec<Wanted<'_>> = state.attributes.get(&attribute).cloned().unwrap_or_default();
        tests.extend(assumed.iter().map(|(test, _)| *test));
        let of = &self.model.vocabulary.attribute(attribute)?.of;
        let mut range: Option<Range> = None;
        for value in cells(of, &tests, self.budget())? {
            if !passes(value.as_ref(), &assumed, Instant::EPOCH) {
                continue;
            }
            let mut points: i64 = 0;
            for (gives, condition, below) in &parts {
                if self.holds_for(*condition, below, value.as_ref())? {
                    points = points.saturating_add(*gives);
                }
            }
            let (low, high) =
                range.map_or((points, points), |range| (range.low.min(points), range.high.max(points)));
            range = Some(Range { low, high });
        }
        range
    }

    /// Whether a condition on one attribute holds for a value of it.
    fn holds_for(
        &self,
        condition: ConditionId,
        below: &BTreeSet<ConditionId>,
        value: Option<&Value>,
    ) -> Option<bool> {
        let mut truth: HashMap<ConditionId, bool> = HashMap::new();
        for id in below {
            let known = |id: &ConditionId| truth.get(id).copied().unwrap_or(false);
            let holds = match &self.model.conditions.get(id.index())?.kind {
                ConditionKind::All(of) => of.iter().all(known),
                ConditionKind::Any(of) => of.iter().any(known),
                ConditionKind::Not(of) => !known(of),
                ConditionKind::AtLeast { count, of } => {
                    of.iter().filter(|id| known(id)).count() >= usize::try_from(*count).ok()?
                }
                ConditionKind::Attribute { test, .. } => test.holds(value, Instant::EPOCH),
                _ => return None,
            };
            truth.insert(*id, holds);
        }
        truth.get(&condition).copied()
    }
}

/// Where a derived score lies before its clamp.
fn derived(parts: impl Iterator<Item = (i64, Range)>) -> Range {
    let (mut low, mut high) = (0_i128, 0_i128);
    for (weight, range) in parts {
        let (one, other) =
            (i128::from(weight) * i128::from(range.low), i128::from(weight) * i128::from(range.high));
        (low, high) = (low + one.min(other), high + one.max(other));
    }
    // Cut towards zero as the score is, which keeps the order.
    let cut =
        |value: i128| i64::try_from(value / 1_000).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX });
    Range { low: cut(low), high: cut(high) }
}

/// What is left of points once an event is so old.
fn after(points: Points, decay: Decay, age: Option<Period>) -> i64 {
    let Some(age) = age else { return points.thousandths() };
    let steps = age.micros().div_euclid(decay.every.micros().max(1));
    faded(points, decay, usize::try_from(steps).unwrap_or(usize::MAX)).thousandths()
}

/// What `steps` steps of a decay leave.
pub(crate) fn faded(points: Points, decay: Decay, steps: usize) -> Points {
    if steps >= crate::model::MAX_DECAY_STEPS {
        return Points::ZERO;
    }
    let mut left = points;
    for _ in 0..steps {
        if left == Points::ZERO {
            break;
        }
        left = decay.step(left);
    }
    left
}
