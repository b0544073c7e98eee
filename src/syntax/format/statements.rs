//! The statements of a file, but for scores and test blocks.

use super::conditions::{condition, term};
use super::layout::{Column, STEP};
use super::literals::{duration, every, list, text, words};
use super::rules::{derived_score, group, rule, score};
use super::test_blocks::test_block;
use super::writer::Writer;
use crate::syntax::ast::{
    BandEntry, Duration, EventDeclaration, Expr, LetValue, Name, Owner, Spanned, Statement, StatementKind,
    Term, TypeExpr,
};

pub(super) fn statement(writer: &mut Writer<'_>, statement: &Statement) {
    match &statement.node {
        StatementKind::VocabularyOnlyDeclared => writer.tokens(&["vocabulary", "only", "declared"]),
        StatementKind::Include { path } => {
            writer.token("include");
            writer.space();
            text(writer, path);
        }
        StatementKind::Ruleset { name, version } => {
            writer.token("ruleset");
            writer.space();
            text(writer, name);
            if let Some(version) = version {
                writer.space();
                writer.token("version");
                writer.space();
                text(writer, version);
            }
        }
        StatementKind::Owners(owned) => owners(writer, owned),
        StatementKind::Review { every: period, since } => {
            writer.token("review");
            every(writer, period.span);
            if let Some(since) = since {
                writer.space();
                writer.token("since");
                writer.space();
                writer.source(since.span);
            }
        }
        StatementKind::Attribute { name, of } => {
            writer.token("attribute");
            writer.space();
            typed(writer, name, of);
        }
        StatementKind::Event(declaration) => event(writer, declaration),
        StatementKind::Let { name, value } => {
            defined(writer, Column::Let, "let", name);
            match value {
                LetValue::Condition(expr) => condition(writer, expr, STEP),
                LetValue::List(items) => list(writer, &items.node),
            }
            writer.end_row();
        }
        StatementKind::Param { name, value } => {
            defined(writer, Column::Param, "param", name);
            writer.source(value.span);
            writer.end_row();
        }
        StatementKind::Activity { name, terms } => activity(writer, name, terms),
        StatementKind::Score(inner) => score(writer, inner),
        StatementKind::Derived(inner) => derived_score(writer, inner),
        StatementKind::Rule(inner) => rule(writer, inner),
        StatementKind::Group(inner) => group(writer, inner),
        StatementKind::Band { score, bands: entries } => bands(writer, score, entries),
        StatementKind::Segment { name, when } => {
            writer.token("segment");
            writer.space();
            writer.source(name.span);
            writer.space();
            writer.token("when");
            writer.space();
            condition(writer, when, STEP);
        }
        StatementKind::StageMql { when, until, again_after, sla } => {
            stage_mql(writer, when, until.as_ref(), again_after.as_ref(), sla.as_ref());
        }
        StatementKind::StageSql { when } => {
            writer.tokens(&["stage", "sql", "when"]);
            writer.space();
            condition(writer, when, STEP);
        }
        StatementKind::Recycle { when, reason } => exit(writer, "recycle", when, reason.as_ref()),
        StatementKind::Disqualify { when, reason } => exit(writer, "disqualify", when, reason.as_ref()),
        StatementKind::Test(inner) => test_block(writer, inner),
    }
}

fn owners(writer: &mut Writer<'_>, owners: &[Owner]) {
    writer.open();
    writer.token("owners");
    writer.space();
    writer.indent(STEP);
    for (at, owner) in owners.iter().enumerate() {
        if at > 0 {
            writer.glued(",");
            writer.line();
        }
        writer.source(owner.role.span);
        writer.space();
        text(writer, &owner.name);
    }
    writer.dedent(STEP);
    writer.close();
}

/// `NAME: TYPE`
fn typed(writer: &mut Writer<'_>, name: &Name, of: &Spanned<TypeExpr>) {
    writer.source(name.span);
    writer.glued(":");
    writer.space();
    match &of.node {
        TypeExpr::Text => writer.token("text"),
        TypeExpr::Number => writer.token("number"),
        TypeExpr::Flag => writer.token("flag"),
        TypeExpr::Date => writer.token("date"),
        TypeExpr::SetOfText => writer.tokens(&["set", "of", "text"]),
        TypeExpr::OneOf(symbols) => {
            writer.tokens(&["one", "of"]);
            writer.space();
            words(writer, symbols);
        }
    }
}

fn event(writer: &mut Writer<'_>, declaration: &EventDeclaration) {
    writer.token("event");
    writer.space();
    writer.open();
    writer.source(declaration.kind.span);
    writer.glued("(");
    writer.indent(STEP);
    writer.soft();
    writer.source(declaration.subject.span);
    for (property, of) in &declaration.properties {
        writer.glued(",");
        writer.line();
        typed(writer, property, of);
    }
    writer.close_bracket(")");
    if let Some(passive) = declaration.passive {
        writer.space();
        writer.source(passive);
    }
}

/// `KEYWORD NAME =`, the start of a row that is aligned at its `=`.
fn defined(writer: &mut Writer<'_>, column: Column, keyword: &'static str, name: &Name) {
    writer.row();
    writer.token(keyword);
    writer.space();
    writer.source(name.span);
    writer.space();
    writer.stop(column);
    writer.token("=");
    writer.space();
}

fn activity(writer: &mut Writer<'_>, name: &Name, terms: &[Term]) {
    defined(writer, Column::Activity, "activity", name);
    writer.open();
    writer.indent(STEP);
    for (at, united) in terms.iter().enumerate() {
        if at > 0 {
            writer.line();
            writer.leading("or");
            writer.space();
        }
        term(writer, united);
    }
    writer.dedent(STEP);
    writer.close();
    writer.end_row();
}

/// `band SCORE { NAME >= N, …, NAME }`, on one line or one entry a line.
fn bands(writer: &mut Writer<'_>, score: &Name, bands: &[BandEntry]) {
    writer.row();
    writer.token("band");
    writer.space();
    writer.source(score.span);
    writer.space();
    writer.stop(Column::Band);
    writer.open();
    writer.token("{");
    writer.indent(STEP);
    for (at, band) in bands.iter().enumerate() {
        if at > 0 {
            writer.glued(",");
        }
        writer.line();
        writer.source(band.name.span);
        if let Some(bound) = &band.at_least {
            writer.space();
            writer.token(">=");
            writer.space();
            writer.source(bound.span);
        }
    }
    writer.space();
    writer.close_bracket("}");
    writer.end_row();
}

/// The stage's keywords stand below each other at the `when` of the first line, if it has more than that one.
fn stage_mql(
    writer: &mut Writer<'_>,
    when: &Expr,
    until: Option<&Expr>,
    again_after: Option<&Duration>,
    sla: Option<&Duration>,
) {
    let parts = until.is_some() || again_after.is_some() || sla.is_some();
    let column = if parts { "stage mql ".len() } else { 0 };
    writer.tokens(&["stage", "mql"]);
    writer.space();
    writer.indent(column);
    writer.token("when");
    writer.space();
    condition(writer, when, STEP);
    if let Some(until) = until {
        writer.hard();
        writer.leading("until");
        writer.space();
        condition(writer, until, STEP);
    }
    if let Some(period) = again_after {
        writer.hard();
        writer.lift_comments("again");
        duration(writer, &["again", "after"], period);
    }
    if let Some(period) = sla {
        writer.hard();
        writer.lift_comments("sla");
        duration(writer, &["sla"], period);
    }
    writer.dedent(column);
}

/// `recycle` and `disqualify`.
fn exit(writer: &mut Writer<'_>, keyword: &'static str, when: &Expr, reason: Option<&Spanned<String>>) {
    writer.open();
    writer.tokens(&[keyword, "when"]);
    writer.space();
    condition(writer, when, STEP);
    if let Some(reason) = reason {
        writer.indent(STEP);
        writer.tail();
        text(writer, reason);
        writer.dedent(STEP);
    }
    writer.close();
}
