//! Scores, groups and rules.
//!
//! A rule stands on one line where it fits; its arrow lines up with those of its neighbours. A rule too long
//! for that has its arrow on a line of its own, or behind the bracket that ends its condition.

use super::conditions::{condition, term, window};
use super::layout::{Column, STEP};
use super::literals::{bounds, every, points, text};
use super::writer::Writer;
use crate::syntax::ast::{
    Decay, DerivedScore, Group, GroupBounds, Joiner, Limit, Member, NumberOr, Per, Rule, RuleBody, ScoreBlock,
};

pub(super) fn score(writer: &mut Writer<'_>, score: &ScoreBlock) {
    writer.token("score");
    writer.space();
    writer.source(score.name.span);
    score_bounds(writer, score.bounds.as_ref());
    if let Some(inner) = &score.decay {
        writer.space();
        decay(writer, &inner.node);
    }
    let start = |member: &Member| match member {
        Member::Rule(rule) => rule.span.start,
        Member::Group(group) => group.span.start,
    };
    writer.block(&score.members, start, |writer, member| match member {
        Member::Rule(inner) => rule(writer, inner),
        Member::Group(inner) => group(writer, inner),
    });
}

pub(super) fn derived_score(writer: &mut Writer<'_>, score: &DerivedScore) {
    writer.open();
    writer.token("score");
    writer.space();
    writer.source(score.name.span);
    score_bounds(writer, score.bounds.as_ref());
    writer.space();
    writer.token("=");
    writer.space();
    writer.indent(STEP);
    for (at, weighted) in score.terms.iter().enumerate() {
        if at > 0 {
            writer.line();
            writer.leading(match weighted.joiner {
                Joiner::Plus => "+",
                Joiner::Minus => "-",
            });
            writer.space();
        }
        writer.source(weighted.weight.span);
        writer.space();
        writer.token("*");
        writer.space();
        writer.source(weighted.score.span);
    }
    writer.dedent(STEP);
    writer.close();
}

fn score_bounds(writer: &mut Writer<'_>, limits: Option<&(NumberOr, NumberOr)>) {
    if let Some((low, high)) = limits {
        writer.space();
        bounds(writer, low, high);
    }
}

pub(super) fn group(writer: &mut Writer<'_>, group: &Group) {
    writer.token("group");
    writer.space();
    writer.source(group.name.span);
    if group.best {
        writer.space();
        writer.token("best");
    }
    if let Some(limits) = &group.bounds {
        writer.space();
        match limits {
            GroupBounds::Max(most) => limit(writer, "max", most),
            GroupBounds::Min(least) => limit(writer, "min", least),
            GroupBounds::Range(low, high) => bounds(writer, low, high),
        }
    }
    writer.block(&group.rules, |rule| rule.span.start, rule);
}

fn limit(writer: &mut Writer<'_>, keyword: &'static str, limit: &NumberOr) {
    writer.token(keyword);
    writer.space();
    writer.source(limit.span);
}

pub(super) fn rule(writer: &mut Writer<'_>, rule: &Rule) {
    writer.row();
    writer.open();
    if let Some(name) = &rule.name {
        writer.source(name.span);
        writer.glued(":");
        writer.space();
        writer.stop(Column::Named);
    }
    match &rule.body {
        RuleBody::Condition(expr) => condition(writer, expr, STEP),
        RuleBody::Each { term: counted, window: kept, when } => {
            writer.token("each");
            writer.space();
            term(writer, counted);
            if let Some(kept) = kept {
                window(writer, &kept.node);
            }
            if let Some(expr) = when {
                writer.indent(STEP);
                writer.line();
                writer.leading("when");
                writer.space();
                condition(writer, expr, STEP);
                writer.dedent(STEP);
            }
        }
    }
    writer.indent(STEP);
    writer.tail();
    outcome(writer, rule);
    writer.dedent(STEP);
    writer.close();
    writer.end_row();
}

/// `=> POINTS` and all behind it.
fn outcome(writer: &mut Writer<'_>, rule: &Rule) {
    writer.lift_comments("=>");
    writer.stop(Column::Arrow);
    writer.open();
    writer.token("=>");
    writer.space();
    points(writer, &rule.points);
    writer.indent(STEP);
    for inner in &rule.limits {
        writer.line();
        times_limit(writer, &inner.node);
    }
    if let Some(inner) = &rule.decay {
        writer.line();
        decay(writer, &inner.node);
    }
    if let Some(label) = &rule.label {
        writer.line();
        if rule.limits.is_empty() && rule.decay.is_none() {
            writer.stop(Column::Label);
        }
        text(writer, label);
    }
    writer.dedent(STEP);
    writer.close();
}

fn times_limit(writer: &mut Writer<'_>, limit: &Limit) {
    writer.tokens(&["up", "to"]);
    writer.space();
    writer.source(limit.times.span);
    writer.space();
    writer.token("times");
    if let Some(per) = limit.per {
        writer.space();
        writer.tokens(match per {
            Per::Day => &["per", "day"],
            Per::Subject => &["per", "subject"],
        });
    }
}

fn decay(writer: &mut Writer<'_>, decay: &Decay) {
    match decay {
        Decay::None => writer.tokens(&["no", "decay"]),
        Decay::Percent { percent, every: step } => {
            writer.token("decay");
            writer.space();
            writer.source(percent.span);
            writer.glued("%");
            every(writer, step.span);
        }
        Decay::Amount { amount, every: step } => {
            writer.token("decay");
            writer.space();
            writer.source(amount.span);
            every(writer, step.span);
        }
    }
}
