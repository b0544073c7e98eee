//! Test blocks: what a lead is given, and what is expected of it.

use super::conditions::operation;
use super::layout::STEP;
use super::literals::{subject, text, value, when};
use super::writer::Writer;
use crate::syntax::ast::{Expectation, TestBlock, TestLine, TestLineKind};

pub(super) fn test_block(writer: &mut Writer<'_>, test: &TestBlock) {
    writer.token("test");
    writer.space();
    text(writer, &test.name);
    if let Some(at) = &test.at {
        writer.space();
        writer.token("at");
        writer.space();
        writer.source(at.span);
    }
    writer.block(&test.lines, |line| line.span.start, line);
}

fn line(writer: &mut Writer<'_>, line: &TestLine) {
    match &line.node {
        TestLineKind::Set { attribute, value: given } => {
            writer.source(attribute.span);
            writer.space();
            writer.token("=");
            writer.space();
            value(writer, given);
        }
        TestLineKind::Event { kind, subject: about, properties, when: times } => {
            writer.open();
            writer.open();
            writer.source(kind.span);
            writer.glued("(");
            writer.indent(STEP);
            writer.soft();
            subject(writer, about);
            for (property, given) in properties {
                writer.glued(",");
                writer.line();
                writer.source(property.span);
                writer.space();
                writer.token("=");
                writer.space();
                value(writer, given);
            }
            writer.close_bracket(")");
            writer.space();
            writer.indent(STEP);
            for (at, time) in times.iter().enumerate() {
                if at > 0 {
                    writer.glued(",");
                    writer.line();
                }
                when(writer, &time.node, Some("at"));
            }
            writer.dedent(STEP);
            writer.close();
        }
        TestLineKind::Stage { stage, since } => {
            writer.token("stage");
            writer.space();
            writer.token("=");
            writer.space();
            writer.source(stage.span);
            if let Some(since) = since {
                writer.space();
                writer.token("since");
                writer.space();
                when(writer, &since.node, None);
            }
        }
        TestLineKind::Expect(expected) => {
            writer.token("expect");
            writer.space();
            expectation(writer, expected);
        }
    }
}

fn expectation(writer: &mut Writer<'_>, expected: &Expectation) {
    match expected {
        Expectation::Score { score, operation: compared } => {
            writer.source(score.span);
            operation(writer, &compared.node);
        }
        Expectation::Segment { negated, segment } => {
            negation(writer, *negated);
            writer.token("segment");
            writer.space();
            writer.source(segment.span);
        }
        Expectation::Stage(stage) => {
            writer.token("stage");
            writer.space();
            writer.source(stage.span);
        }
        Expectation::Gate { negated, gate } => {
            negation(writer, *negated);
            writer.source(gate.span);
        }
        Expectation::ValidUntil(until) => {
            writer.tokens(&["valid", "until"]);
            writer.space();
            match until {
                Some(_) => writer.next_time(),
                None => writer.token("never"),
            }
        }
    }
}

fn negation(writer: &mut Writer<'_>, negated: bool) {
    if negated {
        writer.token("not");
        writer.space();
    }
}
