//! What two versions make of many leads, one after the other.
//!
//! Each lead goes in as both versions read it; counts come out. Memory does not grow with the leads but by what is
//! told of them one by one: the leads that enter and leave MQL, as many as are asked for, each different change of a
//! score, and each value of the attribute that groups go by.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};

use super::compare::Compared;
use super::figures::{
    BandFigures, BandMove, Counts, Deciding, GateFigures, GroupFigures, LeadsDiff, Membership, Moved,
    MovedLead, RuleMove, ScoreFigures, StageMove,
};
use super::keys::{scores_below, with_parts};
use super::matching::{Pairs, indexed};
use crate::decimal::Points;
use crate::explain::Reader;
use crate::lead::{LeadError, NameOf, Stage, Value};
use crate::model::{Band, Gate, Model, Rule, ScoreIndex};
use crate::rule_set::{Evaluation, Evaluator, Lead, RuleSet, unknown_name};
use crate::testing::gate_holds;
use crate::time::Instant;

/// Holds what two versions of a rule set make of leads against each other: see [`RuleSet::compare_leads`].
#[derive(Debug)]
pub struct LeadsComparison {
    old: RuleSet,
    new: RuleSet,
    at: DateTime<Utc>,
    evaluators: (Evaluator, Evaluator),
    pairs: Pairs,
    /// By score of either version: whether a gate asks for it.
    asked: (Vec<bool>, Vec<bool>),
    by: Option<String>,
    most_listed: usize,
    leads: u64,
    stage_changed: u64,
    score_changed: u64,
    stages: BTreeMap<(Stage, Stage), u64>,
    scores: Vec<ScoreCounts>,
    segments: Vec<(String, Option<usize>, Option<usize>, Counts)>,
    gates: [Counts; 5],
    entered_mql: Movers,
    left_mql: Movers,
    groups: HashMap<Option<String>, GroupFigures>,
}

/// A score that both versions define.
#[derive(Debug)]
struct ScoreCounts {
    old: ScoreIndex,
    new: ScoreIndex,
    /// How often each change occurs, in thousandths of a point; 0 is not among them.
    changes: BTreeMap<i64, u64>,
    /// By the places of the bands in both versions; empty where either has none.
    bands: BTreeMap<(usize, usize), u64>,
}

#[derive(Debug, Default)]
struct Movers {
    leads: u64,
    /// By the rule that decides.
    deciding: HashMap<Option<(String, String)>, u64>,
    listed: Vec<MovedLead>,
}

impl RuleSet {
    /// Begins to hold what this version makes of leads at `at` against what a newer one does.
    ///
    /// # Examples
    /// ```
    /// use leadql::{RuleSet, Stage};
    /// let old = RuleSet::compile("need => +20  stage mql when score >= 30")?;
    /// let new = RuleSet::compile("need => +30  stage mql when score >= 30")?;
    /// let mut comparison = old.compare_leads(&new, "2026-11-01T00:00:00Z".parse()?);
    /// for (id, need) in [("L-1", true), ("L-2", false)] {
    ///     let lead = old.lead().id(id).set("need", need)?.build();
    ///     comparison.add(&lead, &lead);
    /// }
    /// let diff = comparison.finish();
    /// assert_eq!((diff.leads, diff.stage_changed), (2, 1));
    /// assert_eq!(diff.entered_mql.listed[0].rules[0].new, "30".parse()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn compare_leads(&self, newer: &RuleSet, at: DateTime<Utc>) -> LeadsComparison {
        let (old, new) = (&self.compiled.model, &newer.compiled.model);
        let names: HashMap<&str, ScoreIndex> = scores(old).map(|(index, name)| (name, index)).collect();
        let shared = scores(new).filter_map(|(index, name)| {
            Some(ScoreCounts {
                old: *names.get(name)?,
                new: index,
                changes: BTreeMap::new(),
                bands: BTreeMap::new(),
            })
        });
        LeadsComparison {
            scores: shared.collect(),
            segments: segments(old, new),
            pairs: Compared::new(old, new).pairs,
            asked: (asked(old), asked(new)),
            evaluators: (self.evaluator().without_valid_until(), newer.evaluator().without_valid_until()),
            old: self.clone(),
            new: newer.clone(),
            at,
            by: None,
            most_listed: usize::MAX,
            leads: 0,
            stage_changed: 0,
            score_changed: 0,
            stages: BTreeMap::new(),
            gates: Default::default(),
            entered_mql: Movers::default(),
            left_mql: Movers::default(),
            groups: HashMap::new(),
        }
    }
}

impl LeadsComparison {
    /// Also tells leads apart by an attribute. Values that differ only in the case of ASCII letters are one.
    ///
    /// # Errors
    /// Neither version knows the attribute.
    pub fn by(mut self, attribute: &str) -> Result<Self, LeadError> {
        let (old, new) = (&self.old.compiled.model.vocabulary, &self.new.compiled.model.vocabulary);
        if old.attribute_id(attribute).or(new.attribute_id(attribute)).is_none() {
            return Err(unknown_name(new, NameOf::Attribute, attribute));
        }
        self.by = Some(attribute.to_owned());
        Ok(self)
    }

    /// Lists at most so many of the leads that enter MQL, and of those that leave it; all where nothing is said.
    #[must_use]
    pub fn most_listed(mut self, most: usize) -> Self {
        self.most_listed = most;
        self
    }

    /// Takes a lead in, as each version reads it. Where it was read once, it goes in twice: what a version's
    /// vocabulary lacks, or has with another type, is left out for it. Its stage is the start for both.
    pub fn add(&mut self, old: &Lead, new: &Lead) {
        let before = self.evaluators.0.evaluate(old, self.at);
        let now = self.evaluators.1.evaluate(new, self.at);
        let (was, is) = (before.stage(), now.stage());
        let mut has_changed = false;
        for score in &mut self.scores {
            has_changed |= score.add(before, now);
        }
        for (_, of_old, of_new, counts) in &mut self.segments {
            let holds = |evaluation: &Evaluation, at: Option<usize>| {
                at.and_then(|at| evaluation.outcome().segments.get(at).copied()).unwrap_or(false)
            };
            counts.add(holds(before, *of_old), holds(now, *of_new));
        }
        for (gate, counts) in Gate::ALL.iter().zip(&mut self.gates) {
            counts.add(gate_holds(*gate, before.outcome()), gate_holds(*gate, now.outcome()));
        }
        let (enters, leaves) = (is == Stage::Mql && was != is, was == Stage::Mql && was != is);
        self.leads += 1;
        self.stage_changed += u64::from(was != is);
        self.score_changed += u64::from(has_changed);
        *self.stages.entry((was, is)).or_default() += 1;
        if let Some(by) = &self.by {
            let group = value(new, by).or_else(|| value(old, by));
            let key = group.as_ref().map(|group| group.to_ascii_lowercase());
            let figures = self.groups.entry(key).or_insert_with(|| GroupFigures {
                group,
                leads: 0,
                score_changed: 0,
                stage_changed: 0,
                entered_mql: 0,
                left_mql: 0,
            });
            figures.leads += 1;
            figures.score_changed += u64::from(has_changed);
            figures.stage_changed += u64::from(was != is);
            figures.entered_mql += u64::from(enters);
            figures.left_mql += u64::from(leaves);
        }
        if enters || leaves {
            let rules = self.rule_moves(old, new);
            let moved = MovedLead { id: new.id().to_owned(), old: was, new: is, rules };
            let movers = if enters { &mut self.entered_mql } else { &mut self.left_mql };
            movers.add(moved, self.most_listed);
        }
    }

    /// What it all comes to.
    pub fn finish(self) -> LeadsDiff {
        let (old, new) = (&self.old.compiled.model, &self.new.compiled.model);
        let mut groups: Vec<GroupFigures> = self.groups.into_values().collect();
        groups.sort_by(|one, other| {
            let key = |group: &GroupFigures| (group.group.is_none(), Reverse(group.leads));
            key(one).cmp(&key(other)).then_with(|| one.group.cmp(&other.group))
        });
        let gates = Gate::ALL
            .into_iter()
            .zip(self.gates)
            .filter(|(gate, _)| defines(old, *gate) || defines(new, *gate));
        LeadsDiff {
            at: Instant::nearest(self.at).into(),
            leads: self.leads,
            stage_changed: self.stage_changed,
            score_changed: self.score_changed,
            stages: self
                .stages
                .iter()
                .map(|((old, new), leads)| StageMove { old: *old, new: *new, leads: *leads })
                .collect(),
            scores: self.scores.iter().map(|score| score.figures(new)).collect(),
            bands: self.scores.iter().filter_map(|score| score.band_figures(old, new)).collect(),
            segments: self
                .segments
                .into_iter()
                .map(|(segment, _, _, counts)| Membership { segment, counts })
                .collect(),
            gates: gates.map(|(gate, counts)| GateFigures { gate, counts }).collect(),
            entered_mql: self.entered_mql.finish(),
            left_mql: self.left_mql.finish(),
            by: self.by,
            groups,
        }
    }

    /// The rules whose value differs, of scores that a gate asks for, the largest difference first.
    fn rule_moves(&self, old: &Lead, new: &Lead) -> Vec<RuleMove> {
        let (was, is) = (&self.old.compiled, &self.new.compiled);
        let (old, new) = (old.fitted(was), new.fitted(is));
        let now = Instant::nearest(self.at);
        let before = Reader::new(&was.model, old.facts()).read(now).rules;
        let after = Reader::new(&is.model, new.facts()).read(now).rules;
        let asked = |of: &[bool], rule: &Rule| of.get(rule.score.index()) == Some(&true);
        let mut moves = Vec::new();
        let mut tell = |model: &Model, rule: &Rule, old: Points, new: Points| {
            if old != new {
                let score = model.scores.get(rule.score.index()).map(|score| score.name.clone());
                moves.push(RuleMove { rule: rule.name.clone(), score: score.unwrap_or_default(), old, new });
            }
        };
        for (index, rule) in indexed(&is.model) {
            let points = after.get(index.index()).map(|read| read.points).unwrap_or_default();
            let of_old = self.pairs.old_of(index);
            let old_rule = of_old.and_then(|old| was.model.rules.get(old.index()));
            let old_points = of_old.and_then(|old| before.get(old.index())).map(|read| read.points);
            if asked(&self.asked.1, rule) || old_rule.is_some_and(|old| asked(&self.asked.0, old)) {
                tell(&is.model, rule, old_points.unwrap_or_default(), points);
            }
        }
        for (index, rule) in indexed(&was.model).filter(|(index, _)| self.pairs.new_of(*index).is_none()) {
            let points = before.get(index.index()).map(|read| read.points).unwrap_or_default();
            if asked(&self.asked.0, rule) {
                tell(&was.model, rule, points, Points::ZERO);
            }
        }
        // Stable: of equal differences the first in the rule set.
        moves.sort_by_key(|it| Reverse(it.new.thousandths().abs_diff(it.old.thousandths())));
        moves
    }
}

impl ScoreCounts {
    /// Counts a lead; gives whether its score or its band differs.
    fn add(&mut self, before: &Evaluation, now: &Evaluation) -> bool {
        let points = |evaluation: &Evaluation, index: ScoreIndex| {
            evaluation.outcome().scores.get(index.index()).map_or(0, |points| points.thousandths())
        };
        let change = points(now, self.new) - points(before, self.old);
        if change != 0 {
            *self.changes.entry(change).or_default() += 1;
        }
        let Some(((was, old), (is, new))) = band_of(before, self.old).zip(band_of(now, self.new)) else {
            return change != 0;
        };
        *self.bands.entry((was, is)).or_default() += 1;
        change != 0 || !old.name.eq_ignore_ascii_case(&new.name)
    }

    fn figures(&self, new: &Model) -> ScoreFigures {
        let changed: u64 = self.changes.values().sum();
        let up: u64 = self.changes.range(1..).map(|(_, leads)| leads).sum();
        let sum: i128 =
            self.changes.iter().map(|(change, leads)| i128::from(*change) * i128::from(*leads)).sum();
        let points = |thousandths: i128| {
            // OK because a mean lies between the least and the largest.
            Points::from_thousandths(i64::try_from(thousandths).unwrap_or_default())
        };
        let at = |place: u64| {
            let mut seen = 0;
            let found = self.changes.iter().find(|(_, leads)| {
                seen += **leads;
                seen > place
            });
            found.map(|(change, _)| i128::from(*change))
        };
        let middle = changed.checked_sub(1).and_then(|last| at(last / 2).zip(at(changed / 2)));
        ScoreFigures {
            score: name(new, self.new),
            changed,
            up,
            mean: sum.checked_div(i128::from(changed)).map(points),
            median: middle.map(|(low, high)| points((low + high) / 2)),
            min: self.changes.keys().next().copied().map(Points::from_thousandths),
            max: self.changes.keys().next_back().copied().map(Points::from_thousandths),
        }
    }

    fn band_figures(&self, old: &Model, new: &Model) -> Option<BandFigures> {
        let bands = |model: &Model, index: ScoreIndex, at: usize| {
            let score = model.scores.get(index.index());
            score.and_then(|score| score.bands.get(at)).map(|band| band.name.clone()).unwrap_or_default()
        };
        let has = |model: &Model, index: ScoreIndex| {
            model.scores.get(index.index()).is_some_and(|score| !score.bands.is_empty())
        };
        if !has(old, self.old) || !has(new, self.new) {
            return None;
        }
        let moves: Vec<BandMove> = self
            .bands
            .iter()
            .map(|((was, is), leads)| BandMove {
                old: bands(old, self.old, *was),
                new: bands(new, self.new, *is),
                leads: *leads,
            })
            .collect();
        let changed =
            moves.iter().filter(|it| !it.old.eq_ignore_ascii_case(&it.new)).map(|it| it.leads).sum();
        Some(BandFigures { score: name(new, self.new), changed, moves })
    }
}

impl Counts {
    fn add(&mut self, old: bool, new: bool) {
        self.old += u64::from(old);
        self.new += u64::from(new);
        self.entered += u64::from(new && !old);
        self.left += u64::from(old && !new);
    }
}

impl Movers {
    fn add(&mut self, moved: MovedLead, most: usize) {
        self.leads += 1;
        let first = moved.rules.first().map(|first| (first.rule.clone(), first.score.clone()));
        *self.deciding.entry(first).or_default() += 1;
        if self.listed.len() < most {
            self.listed.push(moved);
        }
    }

    fn finish(self) -> Moved {
        let mut deciding: Vec<Deciding> = self
            .deciding
            .into_iter()
            .map(|(rule, leads)| {
                let (rule, score) = rule.unzip();
                Deciding { rule, score, leads }
            })
            .collect();
        deciding.sort_by(|one, other| {
            other
                .leads
                .cmp(&one.leads)
                .then_with(|| (&one.score, &one.rule).cmp(&(&other.score, &other.rule)))
        });
        let more = self.leads - u64::try_from(self.listed.len()).unwrap_or_default();
        Moved { leads: self.leads, deciding, listed: self.listed, more }
    }
}

/// The band that a score is in, and its place; none without bands.
fn band_of(evaluation: &Evaluation, index: ScoreIndex) -> Option<(usize, &Band)> {
    let at = evaluation.outcome().bands.get(index.index()).copied().flatten()?.index();
    Some((at, evaluation.rules().model.scores.get(index.index())?.bands.get(at)?))
}

fn name(model: &Model, index: ScoreIndex) -> String {
    model.scores.get(index.index()).map(|score| score.name.clone()).unwrap_or_default()
}

fn scores(model: &Model) -> impl Iterator<Item = (ScoreIndex, &str)> {
    (0u32..).map(ScoreIndex).zip(model.scores.iter().map(|score| score.name.as_str()))
}

/// The segments of either version with their places, those of the newer first.
fn segments(old: &Model, new: &Model) -> Vec<(String, Option<usize>, Option<usize>, Counts)> {
    let places = |model: &Model| -> HashMap<String, usize> {
        model.segments.iter().enumerate().map(|(at, segment)| (segment.name.clone(), at)).collect()
    };
    let (of_old, of_new) = (places(old), places(new));
    let both = new.segments.iter().chain(old.segments.iter().filter(|it| !of_new.contains_key(&it.name)));
    both.map(|segment| {
        let name = segment.name.clone();
        let (old, new) = (of_old.get(&name).copied(), of_new.get(&name).copied());
        (name, old, new, Counts::default())
    })
    .collect()
}

/// By score: whether what a gate asks for rests on it.
fn asked(model: &Model) -> Vec<bool> {
    let roots: Vec<_> = model.gates.conditions().collect();
    let mut asked = vec![false; model.scores.len()];
    for score in with_parts(model, &scores_below(model, &roots)) {
        if let Some(slot) = asked.get_mut(score.index()) {
            *slot = true;
        }
    }
    asked
}

fn defines(model: &Model, gate: Gate) -> bool {
    match gate {
        Gate::Mql | Gate::Revert => model.gates.mql.is_some(),
        Gate::Sql => model.gates.sql.is_some(),
        Gate::Recycle => model.gates.recycle.is_some(),
        Gate::Disqualify => !model.gates.disqualify.is_empty(),
    }
}

/// The value of an attribute as text.
fn value(lead: &Lead, attribute: &str) -> Option<String> {
    let vocabulary = lead.vocabulary();
    let id = vocabulary.attribute_id(attribute)?;
    let of = &vocabulary.attribute(id)?.of;
    Some(match lead.facts().attribute(id)? {
        Value::Text(text) => text.as_str().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Symbol(symbol) => of.symbol_name(*symbol).to_owned(),
        Value::Set(items) => items.iter().map(|item| item.as_str()).collect::<Vec<_>>().join("; "),
    })
}
