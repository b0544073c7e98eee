//! Where a search looks: the conditions, rules, values and ages that two versions do not have in common, and those
//! that both have.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::cells::cells;
use super::sketch::Plain;
use crate::diff::compare::{Compared, by_name};
use crate::diff::keys::{conditions_below, scores_below, with_parts};
use crate::diff::matching::indexed;
use crate::model::{
    ConditionId, ConditionKind, Member, Model, RuleBody, RuleIndex, ScoreIndex, ScoreKind, SelectorId,
    TermId, ValueTest, Window,
};
use crate::time::{Instant, Period};
use crate::vocabulary::Type;

/// What of one version differs from the other.
#[derive(Default)]
pub(super) struct Targets {
    pub(super) rules: Vec<RuleIndex>,
    pub(super) conditions: Vec<ConditionId>,
    pub(super) scores: Vec<ScoreIndex>,
}

/// What two versions differ in: of the older, of the newer.
pub(super) fn targets(compared: &Compared<'_>) -> (Targets, Targets) {
    let (old, new, pairs) = (&compared.old, &compared.new, &compared.pairs);
    let (mut of_old, mut of_new) = (Targets::default(), Targets::default());
    for (index, rule) in indexed(new.model) {
        let before =
            pairs.old_of(index).and_then(|old| Some((old, compared.old.model.rules.get(old.index())?)));
        let is_same = before.is_some_and(|(_, before)| {
            old.keys.rule(before) == new.keys.rule(rule)
                && before.group == rule.group
                && old.score_of(before) == new.score_of(rule)
        });
        if !is_same {
            of_new.rules.push(index);
            of_old.rules.extend(before.map(|(index, _)| index));
        }
    }
    of_old.rules.extend(indexed(old.model).map(|(index, _)| index).filter(|it| pairs.new_of(*it).is_none()));
    let scores = (0u32..).map(ScoreIndex).zip(&old.model.scores);
    let scores: HashMap<&str, ScoreIndex> = scores.map(|(at, score)| (score.name.as_str(), at)).collect();
    for (at, score) in (0u32..).map(ScoreIndex).zip(&new.model.scores) {
        if let Some(before) = scores.get(score.name.as_str()).copied()
            && old.keys.banded(before) != new.keys.banded(at)
        {
            of_old.scores.push(before);
            of_new.scores.push(at);
        }
    }
    let segments = by_name(&old.model.segments, |segment| &segment.name);
    for segment in &new.model.segments {
        if let Some(before) = segments.get(segment.name.as_str())
            && old.keys.deep(before.condition) != new.keys.deep(segment.condition)
        {
            of_old.conditions.push(before.condition);
            of_new.conditions.push(segment.condition);
        }
    }
    let (gates_old, gates_new) = gates(compared);
    of_old.conditions.extend(gates_old.conditions);
    of_new.conditions.extend(gates_new.conditions);
    (of_old, of_new)
}

/// The conditions of the gates, where any of them differs.
pub(super) fn gates(compared: &Compared<'_>) -> (Targets, Targets) {
    let (old, new) = (&compared.old, &compared.new);
    let (mut of_old, mut of_new) = (Targets::default(), Targets::default());
    if old.keys.gates() != new.keys.gates() {
        of_old.conditions = old.model.gates.conditions().collect();
        of_new.conditions = new.model.gates.conditions().collect();
    }
    (of_old, of_new)
}

/// What parts of one version rest on, down to single tests.
#[derive(Default)]
pub(super) struct Reach {
    pub(super) conditions: Vec<ConditionId>,
    /// Terms of event tests and of each rules, with their windows.
    pub(super) terms: Vec<(TermId, Window)>,
    pub(super) is_inactive_asked: bool,
}

impl Reach {
    /// What targets rest on; the scores that conditions ask for, with all their rules, among it where `deep`.
    pub(super) fn of(model: &Model, targets: &Targets, deep: bool) -> Reach {
        let mut roots: Vec<ConditionId> = targets.conditions.clone();
        let mut rules: Vec<RuleIndex> = targets.rules.clone();
        if deep {
            let mut scores = targets.scores.clone();
            scores.extend(scores_below(model, &targets.conditions));
            for score in with_parts(model, &scores) {
                let Some(ScoreKind::Rules(members)) =
                    model.scores.get(score.index()).map(|score| &score.kind)
                else {
                    continue;
                };
                rules.extend(members.iter().flat_map(Member::rules));
            }
        }
        let mut reach = Reach::default();
        for rule in rules.iter().filter_map(|index| model.rules.get(index.index())) {
            match &rule.body {
                RuleBody::Condition(condition) => roots.push(*condition),
                RuleBody::Each { term, window, when, .. } => {
                    roots.extend(when);
                    reach.terms.push((*term, *window));
                }
            }
        }
        reach.conditions = conditions_below(model, &roots);
        for id in &reach.conditions {
            match model.conditions.get(id.index()).map(|condition| &condition.kind) {
                Some(ConditionKind::Events(test)) => reach.terms.push((test.term, test.window)),
                Some(ConditionKind::Inactive(_)) => reach.is_inactive_asked = true,
                _ => {}
            }
        }
        reach
    }

    /// The selectors of its terms, each once.
    pub(super) fn selectors(&self, model: &Model) -> BTreeSet<SelectorId> {
        let terms = self.terms.iter().filter_map(|(term, _)| model.terms.get(term.index()));
        terms.flat_map(|term| term.selectors.iter().copied()).collect()
    }
}

/// The tests of one attribute in both versions, and its type.
pub(super) struct Asked<'m> {
    pub(super) of: &'m Type,
    pub(super) tests: Vec<&'m ValueTest>,
    /// Whether the versions know it with different types.
    pub(super) is_ambiguous: bool,
}

/// The attributes that the reaches of both versions ask for, by name.
pub(super) fn asked<'m>(sides: [(&'m Model, &Reach); 2]) -> BTreeMap<String, Asked<'m>> {
    let mut asked: BTreeMap<String, Asked<'m>> = BTreeMap::new();
    for (model, reach) in sides {
        for id in &reach.conditions {
            let Some(condition) = model.conditions.get(id.index()) else { continue };
            let ConditionKind::Attribute { attribute, test } = &condition.kind else { continue };
            let Some(known) = model.vocabulary.attribute(*attribute) else { continue };
            let found = asked.entry(known.name.clone()).or_insert_with(|| {
                let types = sides.map(|(model, _)| {
                    let id = model.vocabulary.attribute_id(&known.name);
                    id.and_then(|id| model.vocabulary.attribute(id)).map(|known| &known.of)
                });
                let is_ambiguous = match types {
                    [Some(one), Some(other)] => !crate::diff::keys::same_type(one, other),
                    _ => false,
                };
                Asked { of: &known.of, tests: Vec::new(), is_ambiguous }
            });
            found.tests.push(test);
        }
    }
    asked
}

/// Values of each attribute that are worth trying, by name.
pub(super) fn values(
    asked: &BTreeMap<String, Asked<'_>>,
    ages: &[Period],
    now: Instant,
) -> Vec<(String, Vec<Option<Plain>>)> {
    let values = asked.iter().map(|(name, asked)| {
        let ages: &[Period] = if matches!(asked.of, Type::Date) { ages } else { &[] };
        let cells = cells(asked.of, &asked.tests, ages, now).values;
        let values = cells.iter().map(|value| Some(Plain::of(value, asked.of)));
        (name.clone(), values.chain([None]).collect())
    });
    values.collect()
}

/// How old events may be when something changes, and just before.
pub(super) fn ages(models: [&Model; 2]) -> Vec<Period> {
    const MOST: usize = 200;
    const SECOND: i64 = 1_000_000;
    let mut edges: BTreeSet<i64> = BTreeSet::from([3_600 * SECOND, crate::time::DAY]);
    for model in models {
        let mut window = |window: Window| match window {
            Window::Ever => {}
            Window::Within(from) => drop(edges.insert(from.micros())),
            Window::Between { from, to } => edges.extend([from.micros(), to.micros()]),
        };
        for rule in &model.rules {
            if let RuleBody::Each { window: of, .. } = &rule.body {
                window(*of);
            }
        }
        for condition in &model.conditions {
            if let ConditionKind::Events(test) = &condition.kind {
                window(test.window);
            }
        }
        for rule in &model.rules {
            let every = rule.decay.map(|decay| decay.every.micros());
            edges.extend(every.into_iter().flat_map(|every| [every, every.saturating_mul(2)]));
        }
        for condition in &model.conditions {
            if let ConditionKind::Inactive(period) = &condition.kind {
                edges.insert(period.micros());
            }
        }
        let again = model.gates.mql.as_ref().and_then(|gate| gate.again_after);
        edges.extend(again.map(Period::micros));
    }
    let ages = edges.into_iter().filter(|edge| *edge <= Period::MAX.micros()).take(MOST);
    let around = ages.flat_map(|edge| [edge - SECOND, edge]).filter(|age| *age >= SECOND);
    around.map(Period::from_micros).collect()
}
