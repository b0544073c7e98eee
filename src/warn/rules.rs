//! Rules of one score that count for the same leads, or of which one counts whenever another does.
//!
//! Rules that say the same are found by what they say, however many there are. Those that mean the same, or of which
//! one contains the other, are looked for among rules that ask for a common attribute or kind of event, nearest
//! neighbours first, as far as the number of comparisons allows.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::Look;
use crate::diagnostic::{Code, Diagnostic};
use crate::explain::signed;
use crate::model::{
    ConditionId, ConditionKind, Member, Rule, RuleBody, RuleIndex, ScoreKind, TermId, Window,
};
use crate::prove::{Expect, Found};
use crate::vocabulary::{AttributeId, EventKindId};

/// So many pairs of rules are compared.
const MOST_PAIRS: usize = 20_000;

/// Of so many kinds of events of one term rules are looked for that ask for them too.
const MOST_KINDS: usize = 40;

/// What makes two rules say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Says {
    Condition(ConditionId),
    Each(TermId, Window, Option<ConditionId>),
}

/// Something that rules ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Topic {
    Attribute(AttributeId),
    Event(EventKindId),
    Inactive,
}

/// How two rules stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    Same,
    /// Whenever the first counts, so does the second.
    FirstInSecond,
    SecondInFirst,
}

impl Look<'_> {
    pub(super) fn rules(&mut self) {
        let best = self.best_groups();
        let mut pairs = 0;
        for score in &self.model.scores {
            let ScoreKind::Rules(members) = &score.kind else { continue };
            let rules: Vec<RuleIndex> = members.iter().flat_map(Member::rules).copied().collect();
            let mut told: HashSet<(RuleIndex, RuleIndex)> = HashSet::new();
            let mut first: HashMap<Says, RuleIndex> = HashMap::new();
            for index in &rules {
                let Some(says) = self.says(*index) else { continue };
                match first.get(&says) {
                    Some(known) => {
                        told.insert((*known, *index));
                        self.related(*known, *index, Relation::Same, &best);
                    }
                    None => _ = first.insert(says, *index),
                }
            }
            // Only one of those that say the same is compared with others.
            let mut different: Vec<RuleIndex> = first.into_values().collect();
            different.sort_unstable();
            for (one, other) in self.neighbours(&different, &mut pairs) {
                if let Some(relation) = self.relation(one, other)
                    && told.insert((one, other))
                {
                    self.related(one, other, relation, &best);
                }
            }
        }
        if pairs > MOST_PAIRS {
            self.prover.cannot_tell();
        }
    }

    fn rule(&self, index: RuleIndex) -> Option<&Rule> {
        self.model.rules.get(index.index())
    }

    fn says(&self, index: RuleIndex) -> Option<Says> {
        Some(match &self.rule(index)?.body {
            RuleBody::Condition(condition) => Says::Condition(self.prover.same(*condition)),
            RuleBody::Each { term, window, when, .. } => {
                Says::Each(*term, *window, when.map(|when| self.prover.same(when)))
            }
        })
    }

    /// By rule: which group with `best` it stands in.
    pub(super) fn best_groups(&self) -> HashMap<RuleIndex, (usize, usize)> {
        let mut best = HashMap::new();
        for (at, score) in self.model.scores.iter().enumerate() {
            let ScoreKind::Rules(members) = &score.kind else { continue };
            for (member, of) in members.iter().enumerate() {
                if let Member::Group(group) = of
                    && group.best
                {
                    best.extend(group.rules.iter().map(|rule| (*rule, (at, member))));
                }
            }
        }
        best
    }

    /// Pairs of rules that have a topic in common, nearest neighbours first.
    fn neighbours(&self, rules: &[RuleIndex], pairs: &mut usize) -> Vec<(RuleIndex, RuleIndex)> {
        let mut by_topic: BTreeMap<Topic, Vec<RuleIndex>> = BTreeMap::new();
        let mut of_terms: HashMap<TermId, Vec<Topic>> = HashMap::new();
        for index in rules {
            for topic in self.topics(*index, &mut of_terms) {
                by_topic.entry(topic).or_default().push(*index);
            }
        }
        let mut by_topic: Vec<Vec<RuleIndex>> = by_topic.into_values().collect();
        by_topic.sort_by_key(|rules| std::cmp::Reverse(rules.len()));
        let longest = by_topic.first().map_or(0, Vec::len);
        let mut seen = HashSet::new();
        let mut list = Vec::new();
        for apart in 1..longest {
            for rules in by_topic.iter().take_while(|rules| rules.len() > apart) {
                for (one, other) in rules.iter().zip(rules.iter().skip(apart)) {
                    if !seen.insert((*one, *other)) {
                        continue;
                    }
                    *pairs += 1;
                    if *pairs > MOST_PAIRS {
                        return list;
                    }
                    list.push((*one, *other));
                }
            }
        }
        list
    }

    /// What a rule asks for. `of_terms` are the topics of terms that were looked at before.
    fn topics(&self, index: RuleIndex, of_terms: &mut HashMap<TermId, Vec<Topic>>) -> Vec<Topic> {
        let Some(rule) = self.rule(index) else { return Vec::new() };
        let mut of_term =
            |term: TermId| of_terms.entry(term).or_insert_with(|| self.topics_of_term(term)).clone();
        let mut topics = Vec::new();
        match &rule.body {
            RuleBody::Condition(condition) => {
                for id in self.prover.below(*condition).into_iter().flatten() {
                    match self.kind(id) {
                        Some(ConditionKind::Attribute { attribute, .. }) => {
                            topics.push(Topic::Attribute(*attribute))
                        }
                        Some(ConditionKind::Events(test)) => topics.extend(of_term(test.term)),
                        Some(ConditionKind::Inactive(_)) => topics.push(Topic::Inactive),
                        _ => {}
                    }
                }
            }
            RuleBody::Each { term, .. } => topics.extend(of_term(*term)),
        }
        topics.sort_unstable();
        topics.dedup();
        topics
    }

    /// The kinds of events that a term asks for, not too many of them.
    fn topics_of_term(&self, term: TermId) -> Vec<Topic> {
        let selectors = self.model.terms.get(term.index()).map_or(&[][..], |term| &term.selectors);
        let selectors = selectors.iter().filter_map(|selector| self.model.selectors.get(selector.index()));
        let kinds: BTreeSet<EventKindId> = selectors.map(|selector| selector.kind).collect();
        kinds.into_iter().take(MOST_KINDS).map(Topic::Event).collect()
    }

    fn relation(&self, one: RuleIndex, other: RuleIndex) -> Option<Relation> {
        let (first, second) = match (&self.rule(one)?.body, &self.rule(other)?.body) {
            (RuleBody::Condition(one), RuleBody::Condition(other)) => {
                // One that never or always holds is told of elsewhere.
                let is_constant = |id: ConditionId| {
                    [true, false].into_iter().any(|holds| self.prover.refutes(&[(id, holds)]))
                };
                if is_constant(*one) || is_constant(*other) {
                    return None;
                }
                let implies = |one: ConditionId, other: ConditionId| {
                    self.prover.refutes(&[(one, true), (other, false)])
                };
                (implies(*one, *other), implies(*other, *one))
            }
            (
                RuleBody::Each { term, window, when, .. },
                RuleBody::Each { term: other_term, window: other_window, when: other_when, .. },
            ) if when.map(|when| self.prover.same(when)) == other_when.map(|when| self.prover.same(when)) => {
                let (one, other) = ((*term, *window), (*other_term, *other_window));
                if self.prover.is_empty(*term) || self.prover.is_empty(*other_term) {
                    return None;
                }
                (self.prover.is_within(one, other), self.prover.is_within(other, one))
            }
            _ => return None,
        };
        match (first, second) {
            (true, true) => Some(Relation::Same),
            (true, false) => Some(Relation::FirstInSecond),
            (false, true) => Some(Relation::SecondInFirst),
            (false, false) => None,
        }
    }

    fn related(
        &mut self,
        one: RuleIndex,
        other: RuleIndex,
        relation: Relation,
        best: &HashMap<RuleIndex, (usize, usize)>,
    ) {
        let (inner, outer) = if relation == Relation::SecondInFirst { (other, one) } else { (one, other) };
        let (Some(narrow), Some(wide)) = (self.rule(inner), self.rule(outer)) else { return };
        let in_one_best = best.get(&inner).is_some_and(|group| best.get(&outer) == Some(group));
        let score = narrow.score;
        let (narrow_points, wide_points) = (narrow.points, wide.points);
        let is_against = narrow_points.thousandths().signum() * wide_points.thousandths().signum() < 0;
        let (place, other_place) = (narrow.place, wide.place);
        let is_each = matches!(narrow.body, RuleBody::Each { .. });
        let has_decay = narrow.decay.is_some() || wide.decay.is_some();
        let what = if is_each { "events" } else { "leads" };
        let found = if relation == Relation::Same {
            // The second is what is too many.
            let (code, message) = if is_against {
                (
                    Code::ContradictingRules,
                    format!("one rule gives and another takes points for the same {what}"),
                )
            } else {
                (Code::RepeatedRule, format!("two rules count for the same {what}"))
            };
            Diagnostic::new(code, other_place, message, signed(wide_points))
                .also(place, format!("{} for the same", signed(narrow_points)))
                .help("keep one of them, with the points that both come to")
        } else if in_one_best {
            // Steps of a stair are what `best` is for, as long as the narrower one gives more.
            if is_each || has_decay || narrow_points > wide_points {
                return;
            }
            Diagnostic::new(
                Code::SwallowedPoints,
                place,
                "this rule is never the best of its group",
                format!("{}, never more than the other", signed(narrow_points)),
            )
            .also(other_place, format!("{}, and it holds whenever the first does", signed(wide_points)))
            .help("give it more points than the wider one, or remove it")
        } else {
            let message = format!("one rule counts for some of the {what} that another counts for already");
            Diagnostic::new(Code::ContainedRule, place, message, signed(narrow_points))
                .also(other_place, format!("{}, and it counts whenever the first does", signed(wide_points)))
                .help("fine if the points are meant to add up; for steps of a stair use `group NAME best { … }`")
        };
        let witness = match self.prover.counting(&[inner, outer]) {
            Found::Lead(witness) => {
                self.block("a lead for which both rules count", &witness, &[Expect::Score(score)])
            }
            _ => None,
        };
        self.report(found.witness(witness));
    }
}
