//! What differs between the scores of two versions: their bounds, groups, rules and bands.

use std::collections::HashMap;

use super::change::{Change, ChangeSort, Detail, Part};
use super::compare::{Compared, bare, by_name, push};
use super::matching::indexed;
use super::print;
use crate::decimal::Points;
use crate::explain::{decay, group_limit, signed};
use crate::model::{Band, Group, Member, Model, Rule, RuleBody, RuleIndex, Score, ScoreKind};

/// So many rules of a score whose fading changed in one way are told together.
const TOLD_TOGETHER: usize = 2;

impl Compared<'_> {
    /// The scores of both versions with what belongs to them, in the order of the newer version; then those that
    /// are gone.
    pub(super) fn scores(&self, changes: &mut Vec<Change>) {
        let (old, new) = (self.old.model, self.new.model);
        let of_old = by_name(&old.scores, |score| &score.name);
        let of_new = by_name(&new.scores, |score| &score.name);
        let (was, is) = (rules_by_score(old), rules_by_score(new));
        for score in &new.scores {
            let before = of_old.get(score.name.as_str()).copied();
            let details = score_details(before.map(|before| (old, before)), Some((new, score)));
            match before {
                None => {
                    let change = bare(ChangeSort::Added, Part::Score, &score.name, details);
                    changes.push(Change { new_at: self.new.place(score.place), ..change });
                }
                Some(before) => {
                    let places = (before.place, score.place);
                    push(changes, self.changed(Part::Score, &score.name, places, details));
                }
            }
            groups(before, Some(score), changes);
            self.rules(was.get(score.name.as_str()), is.get(score.name.as_str()), changes);
            self.bands(before, Some(score), changes);
        }
        for score in old.scores.iter().filter(|score| !of_new.contains_key(score.name.as_str())) {
            let change =
                bare(ChangeSort::Removed, Part::Score, &score.name, score_details(Some((old, score)), None));
            changes.push(Change { old_at: self.old.place(score.place), ..change });
            groups(Some(score), None, changes);
            self.rules(was.get(score.name.as_str()), None, changes);
            self.bands(Some(score), None, changes);
        }
    }

    fn bands(&self, old: Option<&Score>, new: Option<&Score>, changes: &mut Vec<Change>) {
        let text = |score: Option<&Score>| score.filter(|score| !score.bands.is_empty()).map(bands_text);
        let (was, is) = (text(old), text(new));
        let Some(score) = new.or(old).filter(|_| was != is) else { return };
        let sort = match (&was, &is) {
            (None, _) => ChangeSort::Added,
            (_, None) => ChangeSort::Removed,
            _ => ChangeSort::Changed,
        };
        let at = |score: Option<&Score>| score.and_then(|score| score.bands.first()).map(|band| band.place);
        changes.push(Change {
            old_at: at(old).and_then(|place| self.old.place(place)),
            new_at: at(new).and_then(|place| self.new.place(place)),
            ..bare(sort, Part::Bands, &score.name, vec![Detail::new("bands", was, is)])
        });
    }

    /// The rules of one score: those of the newer version that differ or are new, then those that are gone.
    fn rules(&self, old: Option<&Vec<RuleIndex>>, new: Option<&Vec<RuleIndex>>, changes: &mut Vec<Change>) {
        let mut found = Vec::new();
        for index in new.into_iter().flatten() {
            let Some(rule) = self.new.model.rules.get(index.index()) else { continue };
            let before = self.pairs.old_of(*index).and_then(|old| self.old.model.rules.get(old.index()));
            found.push(match before {
                None => self.added(rule),
                Some(before) => self.changed_rule(before, rule, self.rule_details(before, rule)),
            });
        }
        found.retain(|change| !change.details.is_empty());
        together(&mut found);
        changes.append(&mut found);
        for index in old.into_iter().flatten().filter(|index| self.pairs.new_of(**index).is_none()) {
            changes.extend(self.old.model.rules.get(index.index()).map(|rule| self.removed(rule)));
        }
    }

    fn added(&self, rule: &Rule) -> Change {
        let test = self.new.test(rule);
        let details = whole(test.clone(), rule).map(|(what, text)| Detail::new(what, None, text)).collect();
        let change = bare(ChangeSort::Added, Part::Rule, &rule.name, details);
        Change {
            score: self.new.score_of(rule),
            test: Some(test),
            new_at: self.new.place(rule.place),
            ..change
        }
    }

    fn removed(&self, rule: &Rule) -> Change {
        let test = self.old.test(rule);
        let details = whole(test.clone(), rule).map(|(what, text)| Detail::new(what, text, None)).collect();
        let change = bare(ChangeSort::Removed, Part::Rule, &rule.name, details);
        Change {
            score: self.old.score_of(rule),
            test: Some(test),
            old_at: self.old.place(rule.place),
            ..change
        }
    }

    fn rule_details(&self, old: &Rule, new: &Rule) -> Vec<Detail> {
        let mut details = Vec::new();
        let mut tell = |what: &str, old: Option<String>, new: Option<String>| {
            if old != new {
                details.push(Detail::new(what, old, new));
            }
        };
        let name = |rule: &Rule| rule.named.then(|| rule.name.clone());
        tell("name", name(old), name(new));
        tell("score", self.old.score_of(old), self.new.score_of(new));
        tell("group", old.group.clone(), new.group.clone());
        if self.old.keys.rule_test(old) != self.new.keys.rule_test(new) {
            let (mut was, mut is) = (self.old.test(old), self.new.test(new));
            if was == is {
                // What differs stands behind a name.
                was = print::rule_test(self.old.model, old);
                is = print::rule_test(self.new.model, new);
            }
            // Longer than a line may get, and alike as far as that reaches.
            let is_alike = was == is;
            tell("test", Some(was), Some(if is_alike { is + " (differs further on)" } else { is }));
        }
        tell("points", Some(signed(old.points)), Some(signed(new.points)));
        let limits = |rule: &Rule| match &rule.body {
            RuleBody::Each { limits, .. } => print::limits(*limits),
            RuleBody::Condition(_) => None,
        };
        tell("limit", limits(old), limits(new));
        tell("decay", old.decay.map(decay), new.decay.map(decay));
        details
    }
}

/// A rule as a whole, piece by piece.
fn whole(test: String, rule: &Rule) -> impl Iterator<Item = (&'static str, String)> {
    let limits = match &rule.body {
        RuleBody::Each { limits, .. } => print::limits(*limits),
        RuleBody::Condition(_) => None,
    };
    let pieces = [
        ("test", Some(test)),
        ("points", Some(signed(rule.points))),
        ("limit", limits),
        ("decay", rule.decay.map(decay)),
        ("group", rule.group.clone()),
    ];
    pieces.into_iter().filter_map(|(what, text)| Some((what, text?)))
}

/// Tells rules of a score of which only the decay changed, and in one way, as one change of the score: this is how it
/// looks when the score's own decay is changed.
fn together(changes: &mut Vec<Change>) {
    let is_decay = |change: &Change| {
        change.change == ChangeSort::Changed
            && matches!(change.details.as_slice(), [only] if only.what == "decay")
    };
    let mut counts: HashMap<Vec<Detail>, Vec<String>> = HashMap::new();
    for change in changes.iter().filter(|change| is_decay(change)) {
        counts.entry(change.details.clone()).or_default().push(change.name.clone());
    }
    counts.retain(|_, names| names.len() >= TOLD_TOGETHER);
    let mut told: Vec<Change> = Vec::new();
    changes.retain(|change| {
        if !is_decay(change) || !counts.contains_key(&change.details) {
            return true;
        }
        if let Some(names) = counts.get_mut(&change.details).map(std::mem::take)
            && let ([detail], Some(score)) = (change.details.as_slice(), &change.score)
            && !names.is_empty()
        {
            let what = format!("decay of {} rules: {}", names.len(), names.join(", "));
            let details = vec![Detail { what, ..detail.clone() }];
            told.push(Change {
                part: Part::Score,
                name: score.clone(),
                score: None,
                test: None,
                details,
                ..change.clone()
            });
        }
        false
    });
    told.append(changes);
    *changes = told;
}

/// What is told of a score itself: its bounds, and what it is derived from.
fn score_details(old: Option<(&Model, &Score)>, new: Option<(&Model, &Score)>) -> Vec<Detail> {
    let bounds = |of: Option<(&Model, &Score)>| of?.1.written_bounds().map(bounds_text);
    let sum = |of: Option<(&Model, &Score)>| of.map(|(model, score)| sum_text(model, score));
    let mut details = Vec::new();
    if bounds(old) != bounds(new) {
        details.push(Detail::new("bounds", bounds(old), bounds(new)));
    }
    let (was, is) =
        (old.map(|(model, score)| parts(model, score)), new.map(|(model, score)| parts(model, score)));
    if was != is {
        details.push(Detail::new("sum", sum(old), sum(new)));
    }
    details
}

/// What a derived score is made of, the order set aside; none for one of rules.
fn parts<'m>(model: &'m Model, score: &Score) -> Option<Vec<(&'m str, i64)>> {
    let ScoreKind::Derived(parts) = &score.kind else { return None };
    let name =
        |index: &crate::model::ScoreIndex| model.scores.get(index.index()).map(|score| score.name.as_str());
    let mut parts: Vec<(&str, i64)> =
        parts.iter().filter_map(|(weight, index)| Some((name(index)?, *weight))).collect();
    parts.sort_unstable();
    Some(parts)
}

fn sum_text(model: &Model, score: &Score) -> String {
    let ScoreKind::Derived(parts) = &score.kind else { return "rules".to_owned() };
    let mut text = String::new();
    for (at, (weight, index)) in parts.iter().enumerate() {
        let name = model.scores.get(index.index()).map_or("", |score| score.name.as_str());
        let weight = Points::from_thousandths(*weight);
        match (at, weight < Points::ZERO) {
            (0, _) => text.push_str(&format!("{weight} * {name}")),
            (_, false) => text.push_str(&format!(" + {weight} * {name}")),
            (_, true) => {
                text.push_str(&format!(" - {} * {name}", Points::from_thousandths(-weight.thousandths())))
            }
        }
    }
    text
}

fn bounds_text((low, high): (Points, Points)) -> String {
    format!("{low}..{high}")
}

fn bands_text(score: &Score) -> String {
    let band = |band: &Band| match band.at_least {
        Some(points) => format!("{} >= {points}", band.name),
        None => band.name.clone(),
    };
    score.bands.iter().map(band).collect::<Vec<_>>().join(", ")
}

fn groups(old: Option<&Score>, new: Option<&Score>, changes: &mut Vec<Change>) {
    let Some(score) = new.or(old) else { return };
    let (was, is) = (groups_of(old), groups_of(new));
    let texts = |groups: &[&Group]| -> HashMap<String, String> {
        groups.iter().map(|group| (group.name.clone(), group_text(group))).collect()
    };
    let (texts_old, texts_new) = (texts(&was), texts(&is));
    let mut tell = |sort, name: &str, old: Option<String>, new: Option<String>| {
        let change = bare(sort, Part::Group, name, vec![Detail::new("how it adds up", old, new)]);
        changes.push(Change { score: Some(score.name.clone()), ..change });
    };
    for group in &is {
        let now = group_text(group);
        match texts_old.get(&group.name) {
            None => tell(ChangeSort::Added, &group.name, None, Some(now)),
            Some(before) if *before != now => {
                tell(ChangeSort::Changed, &group.name, Some(before.clone()), Some(now));
            }
            Some(_) => {}
        }
    }
    for group in was.iter().filter(|group| !texts_new.contains_key(&group.name)) {
        tell(ChangeSort::Removed, &group.name, Some(group_text(group)), None);
    }
}

fn groups_of(score: Option<&Score>) -> Vec<&Group> {
    let Some(ScoreKind::Rules(members)) = score.map(|score| &score.kind) else { return Vec::new() };
    members
        .iter()
        .filter_map(|member| match member {
            Member::Group(group) => Some(group),
            Member::Rule(_) => None,
        })
        .collect()
}

/// `sum, max 20`
fn group_text(group: &Group) -> String {
    let what = if group.best { "best" } else { "sum" };
    match group_limit(group.low, group.high) {
        limit if limit.is_empty() => what.to_owned(),
        limit => format!("{what}, {limit}"),
    }
}

/// The rules of each score, in the order of definition.
fn rules_by_score(model: &Model) -> HashMap<&str, Vec<RuleIndex>> {
    let mut rules: HashMap<&str, Vec<RuleIndex>> = HashMap::new();
    for (index, rule) in indexed(model) {
        let score = model.scores.get(rule.score.index()).map_or("", |score| score.name.as_str());
        rules.entry(score).or_default().push(index);
    }
    rules
}
