//! What a layout may not change: the tree without the places in the text, and the comments.
//!
//! Two texts mean the same when they parse to trees that are equal once all spans are wiped and the `+` that
//! the canonical layout writes before points is taken away, and when their comments are the same, in order.

use crate::decimal::Number;
use crate::syntax::ast::{
    Aggregate, AggregateFunction, Ast, BandEntry, Decay, DerivedScore, EventDeclaration, EventTerm,
    Expectation, ExprKind, Group, GroupBounds, Joiner, LetValue, Limit, Literal, Member, NumberLiteral,
    Operation, Operator, OrParam, Owner, Per, PropertyTest, Rule, RuleBody, ScoreBlock, Sign, Span, Spanned,
    StatementKind, Subject, Term, Test, TestBlock, TestLineKind, TestSubject, TypeExpr, ValueKind,
    WeightedScore, When, Window,
};
use crate::time::{Instant, Period};

/// Whether two texts and what they parse to mean the same and carry the same comments.
pub(super) fn same(text: &str, ast: Ast, other_text: &str, other: Ast) -> bool {
    comments(text, &ast).eq(comments(other_text, &other)) && tree(ast) == tree(other)
}

/// The comments as written, but for white space at their ends.
fn comments<'a>(text: &'a str, ast: &Ast) -> impl Iterator<Item = &'a str> {
    ast.comments.iter().map(|span| text.get(span.start..span.end).unwrap_or_default().trim_end())
}

fn tree(mut ast: Ast) -> Vec<Spanned<StatementKind>> {
    ast.statements.wipe();
    ast.statements
}

/// Takes away what the layout decides.
trait Wipe {
    fn wipe(&mut self);
}

impl Wipe for Span {
    fn wipe(&mut self) {
        *self = Span::default();
    }
}

impl<T: Wipe> Wipe for Spanned<T> {
    fn wipe(&mut self) {
        self.node.wipe();
        self.span.wipe();
    }
}

impl<T: Wipe> Wipe for Vec<T> {
    fn wipe(&mut self) {
        self.iter_mut().for_each(T::wipe);
    }
}

impl<T: Wipe> Wipe for Option<T> {
    fn wipe(&mut self) {
        self.iter_mut().for_each(T::wipe);
    }
}

impl<T: Wipe> Wipe for Box<T> {
    fn wipe(&mut self) {
        self.as_mut().wipe();
    }
}

impl<A: Wipe, B: Wipe> Wipe for (A, B) {
    fn wipe(&mut self) {
        self.0.wipe();
        self.1.wipe();
    }
}

/// What holds no place.
macro_rules! plain {
    ($($name:ty),+ $(,)?) => { $(impl Wipe for $name { fn wipe(&mut self) {} })+ };
}

/// Structures; every field is named, so that a new one cannot be forgotten.
macro_rules! structures {
    ($($name:ident { $($field:ident),+ })+) => { $(
        impl Wipe for $name {
            fn wipe(&mut self) {
                let $name { $($field),+ } = self;
                $($field.wipe();)+
            }
        }
    )+ };
}

/// Enumerations whose variants hold one or more things in order, or nothing.
macro_rules! variants {
    ($($name:ident { $($variant:ident$(($($field:ident),+))?),+ })+) => { $(
        impl Wipe for $name {
            fn wipe(&mut self) {
                match self {
                    $($name::$variant$(($($field),+))? => { $($($field.wipe();)+)? })+
                }
            }
        }
    )+ };
}

plain!(String, bool, Number, Instant, Period, NumberLiteral);
plain!(Operator, AggregateFunction, Joiner, Per);

structures! {
    Owner { role, name }
    EventDeclaration { kind, subject, properties, passive }
    Test { subject, operation, window }
    EventTerm { span, kind, subjects, tests }
    PropertyTest { property, operation }
    Aggregate { span, function, term, property }
    ScoreBlock { name, bounds, decay, members }
    DerivedScore { name, bounds, terms }
    WeightedScore { joiner, weight, score }
    Limit { times, per }
    Group { span, name, best, bounds, rules }
    BandEntry { name, at_least }
    TestBlock { name, at, lines }
}

variants! {
    LetValue { Condition(expr), List(values) }
    Literal { Number(number), Duration(period) }
    TestSubject { Name(name), Event(term), Aggregate(aggregate) }
    Term { Name(name), Event(term) }
    Operation {
        Binary(operator, value), Between(low, high), IsKnown, IsMissing, Is(band), IsAtLeast(band)
    }
    Window { Within(period), BetweenAgo(from, to) }
    Member { Rule(rule), Group(group) }
    GroupBounds { Max(most), Min(least), Range(low, high) }
    When { Ago(period), At(instant) }
    Subject { Any, Bare(name), Quoted(text) }
    TypeExpr { Text, Number, Flag, Date, OneOf(symbols), SetOfText }
    ValueKind { Number(number), Text(text), Word(word), Instant(instant), Duration(period), List(values) }
}

impl<T: Wipe> Wipe for OrParam<T> {
    fn wipe(&mut self) {
        if let OrParam::Literal(literal) = self {
            literal.wipe();
        }
    }
}

impl Wipe for Rule {
    fn wipe(&mut self) {
        let Rule { span, name, body, points, limits, decay, label } = self;
        span.wipe();
        name.wipe();
        body.wipe();
        points.wipe();
        if let OrParam::Literal(NumberLiteral { sign: sign @ Sign::Plus, .. }) = &mut points.node {
            *sign = Sign::None;
        }
        limits.wipe();
        decay.wipe();
        label.wipe();
    }
}

impl Wipe for RuleBody {
    fn wipe(&mut self) {
        match self {
            RuleBody::Condition(expr) => expr.wipe(),
            RuleBody::Each { term, window, when } => {
                term.wipe();
                window.wipe();
                when.wipe();
            }
        }
    }
}

impl Wipe for Decay {
    fn wipe(&mut self) {
        match self {
            Decay::None => {}
            Decay::Percent { percent, every } => {
                percent.wipe();
                every.wipe();
            }
            Decay::Amount { amount, every } => {
                amount.wipe();
                every.wipe();
            }
        }
    }
}

impl Wipe for ExprKind {
    fn wipe(&mut self) {
        match self {
            ExprKind::Any(operands) | ExprKind::All(operands) => operands.wipe(),
            ExprKind::Not(inner) | ExprKind::Paren(inner) => inner.wipe(),
            ExprKind::AtLeast { count, of } => {
                count.wipe();
                of.wipe();
            }
            ExprKind::InactiveFor(period) => period.wipe(),
            ExprKind::Segment(name) => name.wipe(),
            ExprKind::Test(test) => test.wipe(),
        }
    }
}

impl Wipe for StatementKind {
    fn wipe(&mut self) {
        match self {
            StatementKind::VocabularyOnlyDeclared => {}
            StatementKind::Include { path } => path.wipe(),
            StatementKind::Ruleset { name, version } => {
                name.wipe();
                version.wipe();
            }
            StatementKind::Owners(owners) => owners.wipe(),
            StatementKind::Review { every, since } => {
                every.wipe();
                since.wipe();
            }
            StatementKind::Attribute { name, of } => {
                name.wipe();
                of.wipe();
            }
            StatementKind::Event(declaration) => declaration.wipe(),
            StatementKind::Let { name, value } => {
                name.wipe();
                value.wipe();
            }
            StatementKind::Param { name, value } => {
                name.wipe();
                value.wipe();
            }
            StatementKind::Activity { name, terms } => {
                name.wipe();
                terms.wipe();
            }
            StatementKind::Score(score) => score.wipe(),
            StatementKind::Derived(score) => score.wipe(),
            StatementKind::Rule(rule) => rule.wipe(),
            StatementKind::Group(group) => group.wipe(),
            StatementKind::Band { score, bands } => {
                score.wipe();
                bands.wipe();
            }
            StatementKind::Segment { name, when } => {
                name.wipe();
                when.wipe();
            }
            StatementKind::StageMql { when, until, again_after, sla } => {
                when.wipe();
                until.wipe();
                again_after.wipe();
                sla.wipe();
            }
            StatementKind::StageSql { when } => when.wipe(),
            StatementKind::Recycle { when, reason } | StatementKind::Disqualify { when, reason } => {
                when.wipe();
                reason.wipe();
            }
            StatementKind::Test(test) => test.wipe(),
        }
    }
}

impl Wipe for TestLineKind {
    fn wipe(&mut self) {
        match self {
            TestLineKind::Set { attribute, value } => {
                attribute.wipe();
                value.wipe();
            }
            TestLineKind::Event { kind, subject, properties, when } => {
                kind.wipe();
                subject.wipe();
                properties.wipe();
                when.wipe();
            }
            TestLineKind::Stage { stage, since } => {
                stage.wipe();
                since.wipe();
            }
            TestLineKind::Expect(expectation) => expectation.wipe(),
        }
    }
}

impl Wipe for Expectation {
    fn wipe(&mut self) {
        match self {
            Expectation::Score { score, operation } => {
                score.wipe();
                operation.wipe();
            }
            Expectation::Segment { negated: _, segment: name }
            | Expectation::Gate { negated: _, gate: name } => {
                name.wipe();
            }
            Expectation::Stage(stage) => stage.wipe(),
            Expectation::ValidUntil(until) => until.wipe(),
        }
    }
}
