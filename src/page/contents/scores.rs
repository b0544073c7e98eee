//! The scores: what earns points, how much at most, and how it fades.

use std::collections::HashMap;

use super::super::document::{Anchor, Block, ColumnSort, Phrase, Row, Section, Table};
use super::super::fading::{self, Curve};
use super::super::words::Words;
use crate::decimal::Points;
use crate::explain::signed;
use crate::model::{
    BandIndex, Decay, Group, LimitPer, Limits, MAX_OCCURRENCES, Member, Rule, RuleBody, RuleIndex, Score,
    ScoreIndex, ScoreKind,
};

pub(super) fn section(words: &Words<'_>) -> Section {
    let mut blocks = Vec::new();
    for (index, score) in words.model.scores.iter().enumerate() {
        let title = Phrase::name(&score.name);
        blocks.push(Block::Subtitle(title, Some(Anchor("score", index))));
        match &score.kind {
            ScoreKind::Derived(parts) => {
                blocks.push(Block::Text(derived(words, parts).and(". ").and(bounds(score))));
            }
            ScoreKind::Rules(members) => {
                blocks.extend(rules(words, score, members));
            }
        }
    }
    Section { anchor: "scores", title: "What earns points", blocks }
}

/// `Never less than 0 and never more than 100.`
fn bounds(score: &Score) -> String {
    match score.written_bounds() {
        Some((low, high)) => format!("Never less than {low}, never more than {high}."),
        None => "Without bounds.".to_owned(),
    }
}

/// `0.6 × engagement + 0.4 × fit`
fn derived(words: &Words<'_>, parts: &[(i64, ScoreIndex)]) -> Phrase {
    let mut phrase = Phrase::default();
    for (index, (weight, score)) in parts.iter().enumerate() {
        let sign = match (index, *weight < 0) {
            (0, false) => "",
            (0, true) => "-",
            (_, false) => " + ",
            (_, true) => " − ",
        };
        let weight = Points::from_thousandths(weight.saturating_abs());
        phrase = phrase.and(format!("{sign}{weight} × ")).then(words.score_name(*score));
    }
    phrase
}

/// The way in which most of the rules fade that do, so that it is told once.
fn usual_fading(rules: &[&Rule]) -> Option<Decay> {
    let mut ways: HashMap<Decay, usize> = HashMap::new();
    for decay in rules.iter().filter_map(|rule| rule.decay) {
        *ways.entry(decay).or_default() += 1;
    }
    let all: usize = ways.values().sum();
    ways.into_iter().find(|(_, count)| *count > 1 && count * 2 > all).map(|(decay, _)| decay)
}

/// The rules of a score: how they fade as a rule, their table, and charts of how they fade.
fn rules(words: &Words<'_>, score: &Score, members: &[Member]) -> Vec<Block> {
    let model = words.model;
    let all: Vec<&Rule> = rules_of(members).filter_map(|rule| model.rules.get(rule.index())).collect();
    let usual = usual_fading(&all);
    let mut says = format!("The sum of these. {}", bounds(score));
    if let Some(usual) = usual {
        says.push_str(&format!(" Points fade {}, unless something else is said.", fading::told(usual)));
    }
    let mut columns = vec![("Points", ColumnSort::Number), ("For", ColumnSort::Text)];
    let is_limited = |rule: &&Rule| limits(rule, usual).length() > 0;
    if all.iter().any(is_limited) {
        columns.push(("Limits and fading", ColumnSort::Text));
    }
    let mut table = Table::new(format!("What earns points for {}", score.name), &columns);
    let row = |rule: &RuleIndex| {
        let rule = model.rules.get(rule.index())?;
        let mut cells = vec![points(rule), what(words, rule), limits(rule, usual)];
        cells.truncate(columns.len());
        Some(cells)
    };
    for member in members {
        match member {
            Member::Rule(rule) => table.rows.extend(row(rule).map(Row::Cells)),
            Member::Group(group) => {
                table.rows.push(Row::Group(group_title(group)));
                table.rows.extend(group.rules.iter().filter_map(row).map(Row::Member));
            }
        }
    }
    let start = [Block::Text(Phrase::text(says)), Block::Table(table)];
    start.into_iter().chain(charts(&all)).collect()
}

/// All rules of a score, those in groups among them.
fn rules_of(members: &[Member]) -> impl Iterator<Item = RuleIndex> {
    members.iter().flat_map(Member::rules).copied()
}

/// `+5 each`
fn points(rule: &Rule) -> Phrase {
    let each = if matches!(rule.body, RuleBody::Each { .. }) { " each" } else { "" };
    Phrase::text(format!("{}{each}", signed(rule.points)))
}

/// The label of a rule, its condition in words, and its name.
fn what(words: &Words<'_>, rule: &Rule) -> Phrase {
    let label = rule.label.as_deref().filter(|label| !label.is_empty());
    let labelled = label.map_or(Phrase::default(), |label| Phrase::default().and_strong(label).line());
    let phrase = labelled.then(words.rule(&rule.body));
    if rule.named { phrase.and(" (").and_name(&rule.name, None).and(")") } else { phrase }
}

fn limits(rule: &Rule, usual: Option<Decay>) -> Phrase {
    let mut said = Vec::new();
    if let RuleBody::Each { limits, .. } = &rule.body {
        said.extend(times(*limits));
    }
    match rule.decay {
        Some(decay) if usual == Some(decay) => {}
        Some(decay) => said.push(format!("fades {}", fading::told(decay))),
        None if usual.is_some() => said.push("does not fade".to_owned()),
        None => {}
    }
    Phrase::text(said.join("; "))
}

fn times(limits: Limits) -> Vec<String> {
    let times = |times: u32| match times {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        times => format!("{times} times"),
    };
    let mut said = Vec::new();
    if limits.times < MAX_OCCURRENCES {
        said.push(format!("at most {}, the newest", times(limits.times)));
    }
    match limits.per {
        Some(LimitPer::Day(count)) => said.push(format!("at most {} a day", times(count))),
        Some(LimitPer::Subject(count)) => said.push(format!("at most {} for each subject", times(count))),
        None => {}
    }
    said
}

/// `email: together never more than 20`
fn group_title(group: &Group) -> Phrase {
    let start = if group.best { "only the best of these counts" } else { "these together" };
    let join = if group.best { ", and" } else { " give" };
    let limit = match (group.low, group.high) {
        (None, None) => String::new(),
        (None, Some(high)) => format!("{join} at most {high}"),
        (Some(low), None) => format!("{join} at least {low}"),
        (Some(low), Some(high)) => format!("{join} {low} to {high}"),
    };
    let says = if group.best || !limit.is_empty() { format!(": {start}{limit}") } else { String::new() };
    Phrase::text("Group ").and_name(&group.name, None).and(says)
}

/// A chart for each way in which rules of a score fade, drawn for the one that gives most, or takes most where
/// none gives any.
fn charts(rules: &[&Rule]) -> Vec<Block> {
    let mut ways: Vec<(Decay, Points)> = Vec::new();
    let mut places: HashMap<Decay, usize> = HashMap::new();
    for rule in rules {
        let Some(decay) = rule.decay else { continue };
        let place = *places.entry(decay).or_insert(ways.len());
        let weight = |points: Points| (points > Points::ZERO, points.thousandths().abs());
        match ways.get_mut(place) {
            None => ways.push((decay, rule.points)),
            Some((_, most)) if weight(rule.points) > weight(*most) => *most = rule.points,
            Some(_) => {}
        }
    }
    ways.into_iter()
        .filter(|(_, points)| *points != Points::ZERO)
        .map(|(decay, points)| {
            let curve = Curve::of(points, decay);
            let says = format!("Fading {}: what is left of {}", fading::told(decay), signed(points));
            Block::Fading(Phrase::text(says).and(format!("; {}", curve.ending())), curve)
        })
        .collect()
}

/// The bands of a score: a strip where there are few, and their points.
pub(super) fn bands(words: &Words<'_>, score: ScoreIndex) -> Vec<Block> {
    let Some(found) = words.model.scores.get(score.index()) else { return Vec::new() };
    let columns = [("Band", ColumnSort::Name), ("Points", ColumnSort::Text)];
    let mut table = Table::new(format!("The bands of {}", found.name), &columns);
    for (index, band) in found.bands.iter().enumerate() {
        let range = words.band_range(score, BandIndex(u32::try_from(index).unwrap_or(u32::MAX)));
        table.rows.push(Row::Cells(vec![Phrase::name(&band.name), Phrase::text(range)]));
    }
    let strip = strip(found).map(Block::Bands);
    strip.into_iter().chain([Block::Table(table)]).collect()
}

/// The share that each band has of the points between the bounds of its score; none where the bounds are not
/// written, or the bands are many.
fn strip(score: &Score) -> Option<Vec<(String, f64)>> {
    const MOST_BANDS: usize = 8;
    let (low, high) = score.written_bounds()?;
    let (low, high) = (low.thousandths(), high.thousandths());
    if score.bands.len() > MOST_BANDS || low >= high {
        return None;
    }
    let mut above = high;
    let mut strip = Vec::new();
    for band in &score.bands {
        let from = band.at_least.map_or(low, |least| least.thousandths()).clamp(low, above);
        strip.push((Phrase::name(&band.name).plain(), (above - from) as f64 / (high - low) as f64));
        above = from;
    }
    Some(strip)
}
