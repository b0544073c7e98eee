//! Which rule of the newer version is which of the older.
//!
//! Two models with their keys go in, pairs of rules come out, each rule in at most one: by name where both are
//! named, then by what they say, in the same score before another, and last by likeness within a score. Rules that
//! are left over are new or gone. Equal rule sets pair each rule with itself.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use super::keys::{Key, Keys, conditions_below};
use crate::model::{ConditionKind, Model, Rule, RuleBody, RuleIndex, TermId};

/// Rules in more pairs than this are not looked at for likeness: what is left over is told as gone and new.
const MOST_PAIRS: usize = 200_000;
/// Out of a thousand: rules that share less are not alike.
const LEAST_ALIKE: usize = 333;

/// The rules of both versions, paired.
#[derive(Debug)]
pub(super) struct Pairs {
    /// By rule of the older version: its match.
    new_of: Vec<Option<RuleIndex>>,
    /// By rule of the newer version: its match.
    old_of: Vec<Option<RuleIndex>>,
}

impl Pairs {
    /// `written` is what stands before the `=>` of a rule of a model.
    pub(super) fn of(
        (old, old_keys): (&Model, &Keys<'_>),
        (new, new_keys): (&Model, &Keys<'_>),
        written: impl Fn(&Model, &Rule) -> String,
    ) -> Pairs {
        let mut pairs = Pairs { new_of: vec![None; old.rules.len()], old_of: vec![None; new.rules.len()] };
        let score = |model: &'_ Model, rule: &Rule| -> String {
            model.scores.get(rule.score.index()).map(|score| score.name.clone()).unwrap_or_default()
        };
        pairs.by((old, new), |model, rule| rule.named.then(|| (score(model, rule), rule.name.clone())));
        let full = |model: &Model, rule: &Rule| -> Key {
            if std::ptr::eq(model, old) { old_keys.rule(rule) } else { new_keys.rule(rule) }
        };
        let test = |model: &Model, rule: &Rule| -> Key {
            if std::ptr::eq(model, old) { old_keys.rule_test(rule) } else { new_keys.rule_test(rule) }
        };
        pairs.by((old, new), |model, rule| Some((score(model, rule), rule.group.clone(), full(model, rule))));
        pairs.by((old, new), |model, rule| Some((score(model, rule), full(model, rule))));
        pairs.by((old, new), |model, rule| Some((score(model, rule), rule.group.clone(), test(model, rule))));
        pairs.by((old, new), |model, rule| Some((score(model, rule), test(model, rule))));
        // Alike to the eye: what differs is behind a name.
        pairs.by((old, new), |model, rule| Some((score(model, rule), written(model, rule))));
        pairs.by((old, new), |_, rule| rule.named.then(|| rule.name.clone()));
        pairs.by((old, new), |model, rule| Some(full(model, rule)));
        pairs.by_likeness((old, old_keys), (new, new_keys));
        pairs
    }

    pub(super) fn new_of(&self, old: RuleIndex) -> Option<RuleIndex> {
        self.new_of.get(old.index()).copied().flatten()
    }

    pub(super) fn old_of(&self, new: RuleIndex) -> Option<RuleIndex> {
        self.old_of.get(new.index()).copied().flatten()
    }

    fn pair(&mut self, old: RuleIndex, new: RuleIndex) {
        if let (Some(of_old), Some(of_new)) =
            (self.new_of.get_mut(old.index()), self.old_of.get_mut(new.index()))
        {
            (*of_old, *of_new) = (Some(new), Some(old));
        }
    }

    /// Pairs what is left over by a mark that both carry; of several with one mark the first with the first.
    fn by<K: Hash + Eq>(&mut self, (old, new): (&Model, &Model), mark: impl Fn(&Model, &Rule) -> Option<K>) {
        let mut waiting: HashMap<K, Vec<RuleIndex>> = HashMap::new();
        for (index, rule) in indexed(old).rev().filter(|(index, _)| self.new_of(*index).is_none()) {
            if let Some(mark) = mark(old, rule) {
                waiting.entry(mark).or_default().push(index);
            }
        }
        let free: Vec<(RuleIndex, &Rule)> =
            indexed(new).filter(|(index, _)| self.old_of(*index).is_none()).collect();
        for (index, rule) in free {
            let found = mark(new, rule).and_then(|mark| waiting.get_mut(&mark)?.pop());
            if let Some(found) = found {
                self.pair(found, index);
            }
        }
    }

    /// Pairs what is left over within each score, the most alike first.
    fn by_likeness(&mut self, (old, old_keys): (&Model, &Keys<'_>), (new, new_keys): (&Model, &Keys<'_>)) {
        let left = |model: &Model, keys: &Keys<'_>, is_free: &dyn Fn(RuleIndex) -> bool| {
            let mut by_score: HashMap<String, Vec<(RuleIndex, BTreeSet<Feature>)>> = HashMap::new();
            for (index, rule) in indexed(model).filter(|(index, _)| is_free(*index)) {
                let Some(score) = model.scores.get(rule.score.index()) else { continue };
                by_score.entry(score.name.clone()).or_default().push((index, features(model, keys, rule)));
            }
            by_score
        };
        let is_free_old = |index: RuleIndex| self.new_of(index).is_none();
        let is_free_new = |index: RuleIndex| self.old_of(index).is_none();
        let free = self.new_of.iter().filter(|of| of.is_none()).count();
        if free.saturating_mul(self.old_of.iter().filter(|of| of.is_none()).count()) > MOST_PAIRS {
            return;
        }
        let (left_old, left_new) = (left(old, old_keys, &is_free_old), left(new, new_keys, &is_free_new));
        let mut alike = Vec::new();
        for (score, old_rules) in &left_old {
            for (new_rule, of_new) in left_new.get(score).into_iter().flatten() {
                for (old_rule, of_old) in old_rules {
                    let shared = of_old.intersection(of_new).count();
                    let all = of_old.len() + of_new.len() - shared;
                    let likeness = (shared * 1_000).checked_div(all).unwrap_or(0);
                    if likeness >= LEAST_ALIKE {
                        alike.push((std::cmp::Reverse(likeness), *old_rule, *new_rule));
                    }
                }
            }
        }
        alike.sort_unstable();
        for (_, old_rule, new_rule) in alike {
            if self.new_of(old_rule).is_none() && self.old_of(new_rule).is_none() {
                self.pair(old_rule, new_rule);
            }
        }
    }
}

/// Something by which rules are alike.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Feature {
    Is(&'static str, Vec<u8>),
    Named(&'static str, String),
    Number(i64),
}

/// So many conditions of one rule are looked at.
const MOST_CONDITIONS: usize = 64;

fn features(model: &Model, keys: &Keys<'_>, rule: &Rule) -> BTreeSet<Feature> {
    let mut found = BTreeSet::new();
    found.insert(Feature::Number(rule.points.thousandths()));
    found.extend(rule.label.iter().map(|label| Feature::Named("label", label.clone())));
    found.extend(rule.group.iter().map(|group| Feature::Named("group", group.clone())));
    let term = |id: TermId, found: &mut BTreeSet<Feature>| {
        let selectors = model.terms.get(id.index()).map_or(&[][..], |term| &term.selectors);
        let selectors =
            selectors.iter().take(MOST_CONDITIONS).filter_map(|id| model.selectors.get(id.index()));
        for kind in selectors.filter_map(|selector| model.vocabulary.kind(selector.kind)) {
            found.insert(Feature::Named("event", kind.name.clone()));
        }
    };
    let roots = match &rule.body {
        RuleBody::Condition(condition) => vec![*condition],
        RuleBody::Each { term: of, when, .. } => {
            found.insert(Feature::Is("term", keys.rule_term(rule).to_vec()));
            term(*of, &mut found);
            when.iter().copied().collect()
        }
    };
    for id in conditions_below(model, &roots).into_iter().take(MOST_CONDITIONS) {
        match model.conditions.get(id.index()).map(|condition| &condition.kind) {
            Some(ConditionKind::Attribute { attribute, .. }) => {
                found.insert(Feature::Is("condition", keys.condition(id).to_vec()));
                let attribute = model.vocabulary.attribute(*attribute);
                found.extend(attribute.map(|attribute| Feature::Named("attribute", attribute.name.clone())));
            }
            Some(ConditionKind::Events(test)) => {
                found.insert(Feature::Is("condition", keys.condition(id).to_vec()));
                found.insert(Feature::Is("term", keys.term(test.term).to_vec()));
                term(test.term, &mut found);
            }
            Some(ConditionKind::Inactive(_)) => {
                found.insert(Feature::Named("inactive", String::new()));
            }
            _ => {}
        }
    }
    found
}

/// The rules of a model with their numbers.
pub(super) fn indexed(model: &Model) -> impl DoubleEndedIterator<Item = (RuleIndex, &Rule)> {
    // OK because a rule set has at most 4 billion rules, and counting from behind needs a length.
    model.rules.iter().enumerate().map(|(at, rule)| (RuleIndex(u32::try_from(at).unwrap_or(u32::MAX)), rule))
}
