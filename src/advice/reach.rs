//! What a gate depends on: the conditions, attributes and event terms that can have a say in it, through
//! segments, scores and the rules of scores. What it does not reach cannot help, and is never tried.

use std::collections::{BTreeMap, BTreeSet};

use crate::decimal::Number;
use crate::model::{
    Aggregate, Bound, Comparison, ConditionId, ConditionKind, EventTest, Gate, LimitPer, Member, Model,
    RuleBody, RuleIndex, ScoreIndex, ScoreKind, TermId, ValueTest,
};
use crate::time::Period;
use crate::vocabulary::{AttributeId, EventKindId, PropertyId};

/// A condition, and whether it has to hold or not to hold.
pub(super) type Root = (ConditionId, bool);

/// What a gate depends on.
#[derive(Default)]
pub(super) struct Reach<'m> {
    /// The conditions that make up the gate, segments looked through, scores not; ascending.
    pub(super) tree: BTreeSet<ConditionId>,
    /// All conditions, those of rules included.
    pub(super) conditions: BTreeSet<ConditionId>,
    pub(super) scores: BTreeSet<ScoreIndex>,
    /// Each attribute with the tests it is put to, in the order of the conditions.
    pub(super) attributes: BTreeMap<AttributeId, Vec<&'m ValueTest>>,
    pub(super) terms: BTreeMap<TermId, TermUse>,
    /// The periods of `inactive for`.
    inactive: BTreeSet<Period>,
}

/// How an attribute is tested: the tests, and for the date at which a lead was made, the periods of
/// `inactive for`.
#[derive(Default)]
pub(super) struct Tests<'m> {
    pub(super) tests: Vec<&'m ValueTest>,
    pub(super) inactive: BTreeSet<Period>,
}

/// What is asked of the events of a term.
#[derive(Default)]
pub(super) struct TermUse {
    /// So many more events are the most that can matter.
    pub(super) most: u64,
    /// The number properties that are added up, with the largest sum that is asked for.
    pub(super) sums: BTreeMap<(EventKindId, PropertyId), Number>,
}

/// Where no bound says how many events can matter.
const OPEN_ENDED: u64 = 10;

/// The conditions that decide a gate: one of these is enough. Empty where the rule set does not define it.
pub(super) fn roots(model: &Model, gate: Gate) -> Vec<Root> {
    let gates = &model.gates;
    let root = match gate {
        Gate::Mql => gates.mql.as_ref().map(|mql| (mql.when, true)),
        Gate::Revert => gates.mql.as_ref().map(|mql| match mql.until {
            Some(until) => (until, true),
            None => (mql.when, false),
        }),
        Gate::Sql => gates.sql.map(|sql| (sql, true)),
        Gate::Recycle => gates.recycle.as_ref().map(|recycle| (recycle.when, true)),
        Gate::Disqualify => {
            return gates.disqualify.iter().map(|gate| (gate.when, true)).collect();
        }
    };
    root.into_iter().collect()
}

impl<'m> Reach<'m> {
    /// What these roots depend on.
    pub(super) fn of(model: &'m Model, roots: &[Root]) -> Self {
        let mut reach = Reach::default();
        let mut to_do: Vec<ConditionId> = roots.iter().map(|(root, _)| *root).collect();
        while let Some(id) = to_do.pop() {
            if reach.tree.insert(id) {
                reach.below(model, id, &mut to_do);
            }
        }
        for id in reach.tree.clone() {
            reach.look_at(model, id);
        }
        let scores: Vec<ScoreIndex> = reach.scores.iter().copied().collect();
        reach.follow(model, scores);
        reach
    }

    /// What all scores of a rule set depend on, besides what these roots do.
    pub(super) fn with_all_scores(model: &'m Model, roots: &[Root]) -> Self {
        let mut reach = Reach::of(model, roots);
        let missing = model.score_order.iter().filter(|score| !reach.scores.contains(score));
        let missing: Vec<ScoreIndex> = missing.copied().collect();
        reach.scores.extend(&missing);
        reach.follow(model, missing);
        reach
    }

    /// Adds what the rules of these scores, and of those they are derived from, depend on.
    fn follow(&mut self, model: &'m Model, mut scores: Vec<ScoreIndex>) {
        let mut rules: Vec<RuleIndex> = Vec::new();
        while let Some(score) = scores.pop() {
            let Some(score) = model.scores.get(score.index()) else { continue };
            match &score.kind {
                ScoreKind::Rules(members) => rules.extend(members.iter().flat_map(Member::rules)),
                ScoreKind::Derived(parts) => {
                    let new = parts.iter().map(|(_, part)| *part).filter(|part| self.scores.insert(*part));
                    scores.extend(new);
                }
            }
        }
        let mut to_do = Vec::new();
        for rule in rules.iter().filter_map(|rule| model.rules.get(rule.index())) {
            match &rule.body {
                RuleBody::Condition(condition) => to_do.push(*condition),
                RuleBody::Each { term, when, limits, .. } => {
                    to_do.extend(when);
                    let most = match limits.per {
                        Some(LimitPer::Day(most)) => u64::from(most.min(limits.times)),
                        _ => u64::from(limits.times),
                    };
                    let used = self.terms.entry(*term).or_default();
                    used.most = used.most.max(most.min(OPEN_ENDED));
                }
            }
        }
        while let Some(id) = to_do.pop() {
            if self.conditions.contains(&id) {
                continue;
            }
            self.look_at(model, id);
            self.below(model, id, &mut to_do);
        }
    }

    /// How an attribute is tested.
    pub(super) fn tests(&self, model: &Model, attribute: AttributeId) -> Tests<'m> {
        Tests {
            tests: self.attributes.get(&attribute).cloned().unwrap_or_default(),
            inactive: if model.created_at == Some(attribute) {
                self.inactive.clone()
            } else {
                BTreeSet::new()
            },
        }
    }

    fn below(&self, model: &Model, id: ConditionId, to_do: &mut Vec<ConditionId>) {
        let Some(condition) = model.conditions.get(id.index()) else { return };
        to_do.extend(condition.kind.parts());
        if let ConditionKind::Segment(segment) = condition.kind {
            to_do.extend(model.segments.get(segment.index()).map(|segment| segment.condition));
        }
    }

    fn look_at(&mut self, model: &'m Model, id: ConditionId) {
        self.conditions.insert(id);
        let Some(condition) = model.conditions.get(id.index()) else { return };
        match &condition.kind {
            ConditionKind::Attribute { attribute, test } => {
                self.attributes.entry(*attribute).or_default().push(test);
            }
            ConditionKind::Events(test) => self.look_at_events(test),
            ConditionKind::Inactive(period) => {
                self.inactive.insert(*period);
                // The date at which a lead was made counts as activity.
                if let Some(created_at) = model.created_at {
                    self.attributes.entry(created_at).or_default();
                }
            }
            ConditionKind::Score { score, .. }
            | ConditionKind::ScoreBetween { score, .. }
            | ConditionKind::Band { score, .. }
            | ConditionKind::BandAtLeast { score, .. } => {
                self.scores.insert(*score);
            }
            _ => {}
        }
    }

    fn look_at_events(&mut self, test: &EventTest) {
        let used = self.terms.entry(test.term).or_default();
        let one_more = u64::from(matches!(test.comparison, Comparison::Greater | Comparison::NotEqual));
        match (&test.aggregate, test.bound) {
            (Aggregate::Sum(properties), Bound::Sum(bound)) => {
                used.most = used.most.max(1);
                for property in properties.iter() {
                    let largest = used.sums.entry(*property).or_insert(bound);
                    *largest = bound.max(*largest);
                }
            }
            (_, Bound::Count(count)) => used.most = used.most.max(count.saturating_add(one_more)),
            // OK because the checker pairs sums with sums and counts with counts.
            _ => {}
        }
    }
}
