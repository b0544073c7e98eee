//! Conditions: `and` and `or`, tests of attributes and of events, windows.
//!
//! A condition that is too long for its line breaks before each of its outermost `and`s or `or`s, then
//! within what is still too long. Parentheses stay where they are written.

use super::layout::STEP;
use super::literals::{duration, subject, value};
use super::writer::Writer;
use crate::syntax::ast::{
    Aggregate, AggregateFunction, EventTerm, Expr, ExprKind, Operation, Operator, PropertyTest, Term, Test,
    TestSubject, Window,
};

/// Writes a condition; where it breaks, its operands stand `step` further in than what is around it.
pub(super) fn condition(writer: &mut Writer<'_>, expr: &Expr, step: usize) {
    match &expr.node {
        ExprKind::Any(operands) => joined(writer, operands, "or", step),
        ExprKind::All(operands) => joined(writer, operands, "and", step),
        ExprKind::Not(inner) => {
            writer.token("not");
            writer.space();
            condition(writer, inner, step);
        }
        ExprKind::Paren(inner) => {
            writer.open();
            writer.token("(");
            writer.indent(STEP);
            writer.soft();
            condition(writer, inner, 0);
            writer.close_bracket(")");
        }
        ExprKind::AtLeast { count, of } => {
            writer.open();
            writer.tokens(&["at", "least"]);
            writer.space();
            writer.source(count.span);
            writer.space();
            writer.tokens(&["of", "["]);
            writer.entries(of, "]", |writer, condition_of| condition(writer, condition_of, STEP));
        }
        ExprKind::InactiveFor(period) => duration(writer, &["inactive", "for"], period),
        ExprKind::Segment(name) => {
            writer.token("segment");
            writer.space();
            writer.source(name.span);
        }
        ExprKind::Test(inner) => test(writer, inner),
    }
}

fn joined(writer: &mut Writer<'_>, operands: &[Expr], word: &'static str, step: usize) {
    writer.open();
    writer.indent(step);
    for (at, operand) in operands.iter().enumerate() {
        if at > 0 {
            writer.line();
            writer.leading(word);
            writer.space();
        }
        condition(writer, operand, STEP);
    }
    writer.dedent(step);
    writer.close();
}

fn test(writer: &mut Writer<'_>, test: &Test) {
    match &test.subject {
        TestSubject::Name(name) => writer.source(name.span),
        TestSubject::Event(event) => event_term(writer, event),
        TestSubject::Aggregate(inner) => aggregate(writer, inner),
    }
    if let Some(inner) = &test.operation {
        operation(writer, &inner.node);
    }
    if let Some(inner) = &test.window {
        window(writer, &inner.node);
    }
}

/// An operator and what it compares with, a space before.
pub(super) fn operation(writer: &mut Writer<'_>, operation: &Operation) {
    writer.space();
    match operation {
        Operation::Binary(operator, operand) => {
            writer.tokens(operator_words(*operator));
            writer.space();
            value(writer, operand);
        }
        Operation::Between(low, high) => {
            writer.token("between");
            writer.space();
            value(writer, low);
            writer.space();
            writer.token("and");
            writer.space();
            value(writer, high);
        }
        Operation::IsKnown => writer.tokens(&["is", "known"]),
        Operation::IsMissing => writer.tokens(&["is", "missing"]),
        Operation::Is(band) => {
            writer.token("is");
            writer.space();
            writer.source(band.span);
        }
        Operation::IsAtLeast(band) => {
            writer.tokens(&["is", "at", "least"]);
            writer.space();
            writer.source(band.span);
        }
    }
}

const fn operator_words(operator: Operator) -> &'static [&'static str] {
    match operator {
        Operator::Equal => &["="],
        Operator::NotEqual => &["!="],
        Operator::Less => &["<"],
        Operator::LessOrEqual => &["<="],
        Operator::Greater => &[">"],
        Operator::GreaterOrEqual => &[">="],
        Operator::In => &["in"],
        Operator::NotIn => &["not", "in"],
        Operator::Contains => &["contains"],
        Operator::ContainsAnyOf => &["contains", "any", "of"],
        Operator::ContainsAllOf => &["contains", "all", "of"],
        Operator::StartsWith => &["starts", "with"],
        Operator::EndsWith => &["ends", "with"],
        Operator::Matches => &["matches"],
        Operator::HasWord => &["has", "word"],
        Operator::HasAnyWordOf => &["has", "any", "word", "of"],
        Operator::Before => &["before"],
        Operator::After => &["after"],
        Operator::OlderThan => &["older", "than"],
    }
}

/// A window, a space before.
pub(super) fn window(writer: &mut Writer<'_>, window: &Window) {
    writer.space();
    match window {
        Window::Within(period) => duration(writer, &["within"], period),
        Window::BetweenAgo(from, to) => {
            duration(writer, &["between"], from);
            writer.space();
            duration(writer, &["and"], to);
            writer.space();
            writer.token("ago");
        }
    }
}

pub(super) fn term(writer: &mut Writer<'_>, term: &Term) {
    match term {
        Term::Name(name) => writer.source(name.span),
        Term::Event(event) => event_term(writer, event),
    }
}

fn aggregate(writer: &mut Writer<'_>, aggregate: &Aggregate) {
    writer.open();
    writer.token(match aggregate.function.node {
        AggregateFunction::Distinct => "distinct",
        AggregateFunction::Days => "days",
        AggregateFunction::Sum => "sum",
    });
    writer.glued("(");
    writer.indent(STEP);
    writer.soft();
    term(writer, &aggregate.term);
    if let Some(property) = &aggregate.property {
        writer.glued(".");
        writer.glued_source(property.span);
    }
    writer.close_bracket(")");
}

fn event_term(writer: &mut Writer<'_>, event: &EventTerm) {
    writer.open();
    writer.source(event.kind.span);
    writer.glued("(");
    writer.indent(STEP);
    writer.soft();
    for (at, wanted) in event.subjects.iter().enumerate() {
        if at > 0 {
            writer.line();
            writer.leading("|");
            writer.space();
        }
        subject(writer, wanted);
    }
    for PropertyTest { property, operation: wanted } in &event.tests {
        writer.glued(",");
        writer.line();
        writer.source(property.span);
        if let Some(wanted) = wanted {
            operation(writer, &wanted.node);
        }
    }
    writer.close_bracket(")");
}
