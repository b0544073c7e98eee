//! Conditions and rules in words, from the syntax tree: what a hover says of them.
//!
//! Pages and explanations word the model instead; a hover cannot, because it has to answer while the rule set does
//! not compile, and shows each value and each name as it is written. Only the words for comparisons are theirs.
//! Long conditions are cut; trees nest no deeper than the parser lets them, so the walk may recurse.

use super::documents::{code, plain};
use super::reading::Reading;
use crate::diagnostic::{FileId, Place};
use crate::explain::comparing;
use crate::model::Comparison;
use crate::syntax::ast::{
    Aggregate, AggregateFunction, Decay, EventTerm, Expr, ExprKind, Limit, Operation, Operator, Per, Rule,
    RuleBody, Span, Spanned, StatementKind, Subject, Term, Test, TestSubject, Window,
};

/// So many parts of a list are named.
const MOST_NAMED: usize = 12;
/// So many bytes of words are enough; what comes after is left out.
const LONGEST: usize = 2_000;

/// What is being told, in a file of a rule set.
struct Words<'r> {
    reading: &'r Reading,
    file: FileId,
    out: String,
}

/// A condition in words, as Markdown.
pub(super) fn condition(reading: &Reading, file: FileId, condition: &Expr) -> String {
    let mut words = Words { reading, file, out: String::new() };
    words.condition(condition);
    words.done()
}

/// A rule in words, as Markdown: its points, when it gives them, and how they fade.
pub(super) fn rule(reading: &Reading, file: FileId, rule: &Rule) -> String {
    let mut words = Words { reading, file, out: String::new() };
    words.rule(rule);
    words.done()
}

/// The union of events that an activity is, in words, as Markdown.
pub(super) fn terms(reading: &Reading, file: FileId, terms: &[Term]) -> String {
    let mut words = Words { reading, file, out: String::new() };
    words.list(terms, " or ", |words, term| words.term(term));
    words.done()
}

impl Words<'_> {
    fn done(mut self) -> String {
        if self.is_long() {
            self.out.push_str(" …");
        }
        self.out
    }

    fn is_long(&self) -> bool {
        self.out.len() > LONGEST
    }

    fn say(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// What the file has there, as code.
    fn written(&mut self, span: Span) {
        let text = self.reading.written(Place { file: self.file, span });
        self.out.push_str(&code(text));
    }

    /// A number or duration as a part of a sentence: of a param its value, and its name behind it.
    fn figure(&mut self, span: Span) {
        let text = self.reading.written(Place { file: self.file, span });
        self.out.push_str(&match self.value_of(text) {
            Some(value) => format!("{} ({})", plain(value), code(text)),
            None => plain(text),
        });
    }

    /// The value of a param, as it is written.
    fn value_of(&self, name: &str) -> Option<&str> {
        let (file, statement) = self.reading.definitions.statement(&self.reading.trees, name)?;
        match &statement.node {
            StatementKind::Param { value, .. } => {
                Some(self.reading.written(Place { file, span: value.span }))
            }
            _ => None,
        }
    }

    fn list<T>(&mut self, items: &[T], joint: &str, mut each: impl FnMut(&mut Self, &T)) {
        for (index, item) in items.iter().enumerate() {
            if self.is_long() {
                return;
            }
            if index > 0 {
                self.say(joint);
            }
            if index == MOST_NAMED && items.len() > MOST_NAMED + 1 {
                self.say(&format!("{} more", items.len() - MOST_NAMED));
                return;
            }
            each(self, item);
        }
    }

    fn condition(&mut self, condition: &Expr) {
        if self.is_long() {
            return;
        }
        match &condition.node {
            ExprKind::Any(parts) => self.list(parts, ", or ", Self::condition),
            ExprKind::All(parts) => self.list(parts, " and ", Self::condition),
            ExprKind::Not(inner) => {
                self.say("not: ");
                self.condition(inner);
            }
            ExprKind::Paren(inner) => {
                self.say("(");
                self.condition(inner);
                self.say(")");
            }
            ExprKind::AtLeast { count, of } => {
                self.say("at least ");
                self.figure(count.span);
                self.say(" of: ");
                self.list(of, "; ", Self::condition);
            }
            ExprKind::InactiveFor(duration) => {
                self.say("no activity for ");
                self.figure(duration.span);
            }
            ExprKind::Segment(name) => {
                self.say("in the segment ");
                self.written(name.span);
            }
            ExprKind::Test(test) => self.test(test),
        }
    }

    fn test(&mut self, test: &Test) {
        match &test.subject {
            TestSubject::Name(name) => {
                self.written(name.span);
                // A bare name is a flag, a condition or an activity: it says enough by itself.
                if let Some(operation) = &test.operation {
                    self.say(" ");
                    self.operation(operation);
                }
            }
            TestSubject::Event(term) => {
                self.event(term);
                self.times(test.operation.as_ref());
            }
            TestSubject::Aggregate(aggregate) => self.aggregate(aggregate, test.operation.as_ref()),
        }
        self.window(test.window.as_ref());
    }

    fn term(&mut self, term: &Term) {
        match term {
            Term::Name(name) => self.written(name.span),
            Term::Event(event) => self.event(event),
        }
    }

    /// `visited pricing or docs`, with what its properties have to be.
    fn event(&mut self, term: &EventTerm) {
        self.say(&plain(&term.kind.node));
        let any = term.subjects.iter().any(|subject| subject.node == Subject::Any);
        if any {
            self.say(" anything");
        } else {
            self.say(" ");
            self.list(&term.subjects, " or ", |words, subject| words.written(subject.span));
        }
        if !term.tests.is_empty() {
            self.say(" with ");
            self.list(&term.tests, " and ", |words, test| {
                words.written(test.property.span);
                if let Some(operation) = &test.operation {
                    words.say(" ");
                    words.operation(operation);
                }
            });
        }
    }

    /// How often events have to come.
    fn times(&mut self, operation: Option<&Spanned<Operation>>) {
        match operation.map(|operation| &operation.node) {
            None => {}
            Some(Operation::Binary(Operator::Equal, value)) if self.is_zero(value.span) => {
                self.say(" never");
            }
            Some(Operation::Binary(Operator::Equal, value)) => {
                self.say(" exactly ");
                self.figure(value.span);
                self.say(" times");
            }
            Some(_) => {
                self.say(", ");
                self.bound(operation);
                self.say(" times");
            }
        }
    }

    fn is_zero(&self, span: Span) -> bool {
        self.reading.written(Place { file: self.file, span }) == "0"
    }

    fn aggregate(&mut self, aggregate: &Aggregate, operation: Option<&Spanned<Operation>>) {
        self.term(&aggregate.term);
        match (aggregate.function.node, &aggregate.property) {
            (AggregateFunction::Sum, Some(property)) => {
                self.say(", ");
                self.written(property.span);
                self.say(" added up: ");
                self.bound(operation);
            }
            (function, _) => {
                self.say(" on ");
                self.bound(operation);
                self.say(match function {
                    AggregateFunction::Days => " different days",
                    _ => " different subjects",
                });
            }
        }
    }

    /// How many; at least one where nothing is said.
    fn bound(&mut self, operation: Option<&Spanned<Operation>>) {
        match operation.map(|operation| &operation.node) {
            Some(Operation::Binary(operator, value)) => {
                self.say(in_words(*operator));
                self.say(" ");
                self.figure(value.span);
            }
            Some(_) => self.say("…"),
            None => self.say("at least 1"),
        }
    }

    fn operation(&mut self, operation: &Spanned<Operation>) {
        match &operation.node {
            Operation::Binary(operator, value) => {
                match operator {
                    Operator::Equal => self.say("is"),
                    Operator::NotEqual => self.say("is known and not"),
                    Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => {
                        self.say("is ");
                        self.say(in_words(*operator));
                    }
                    _ => self.say(operator.spelling()),
                }
                self.say(" ");
                self.written(value.span);
            }
            Operation::Between(low, high) => {
                self.say("is from ");
                self.written(low.span);
                self.say(" to ");
                self.written(high.span);
            }
            Operation::IsKnown => self.say("is known"),
            Operation::IsMissing => self.say("is missing"),
            Operation::Is(band) => {
                self.say("is ");
                self.written(band.span);
            }
            Operation::IsAtLeast(band) => {
                self.say("is at least ");
                self.written(band.span);
            }
        }
    }

    fn window(&mut self, window: Option<&Spanned<Window>>) {
        match window.map(|window| &window.node) {
            Some(Window::Within(duration)) => {
                self.say(" in the last ");
                self.figure(duration.span);
            }
            Some(Window::BetweenAgo(from, to)) => {
                self.say(" between ");
                self.figure(from.span);
                self.say(" and ");
                self.figure(to.span);
                self.say(" ago");
            }
            None => {}
        }
    }

    fn rule(&mut self, rule: &Rule) {
        self.say("**");
        let points = self.reading.written(Place { file: self.file, span: rule.points.span });
        let points = self.value_of(points).unwrap_or(points);
        let unsigned = points.starts_with(|first: char| first.is_ascii_digit());
        self.say(if unsigned { "\\+" } else { "" });
        self.figure(rule.points.span);
        self.say(" points** ");
        match &rule.body {
            RuleBody::Condition(condition) => {
                self.say("while ");
                self.condition(condition);
            }
            RuleBody::Each { term, window, when } => {
                self.say("for each: ");
                self.term(term);
                self.window(window.as_ref());
                if let Some(when) = when {
                    self.say(", while ");
                    self.condition(when);
                }
            }
        }
        for Limit { times, per } in rule.limits.iter().map(|limit| &limit.node) {
            self.say(", up to ");
            self.figure(times.span);
            self.say(match per {
                None => " times",
                Some(Per::Day) => " times a day",
                Some(Per::Subject) => " times for each subject",
            });
        }
        match rule.decay.as_ref().map(|decay| &decay.node) {
            Some(Decay::None) => self.say(", never fading"),
            Some(decay) => {
                self.say(", fading by ");
                self.decay(decay);
            }
            None => {}
        }
    }

    fn decay(&mut self, decay: &Decay) {
        let (step, unit, every) = match decay {
            Decay::None => return,
            Decay::Percent { percent, every } => (percent.span, "%", every),
            Decay::Amount { amount, every } => (amount.span, " points", every),
        };
        self.figure(step);
        self.say(unit);
        self.say(" every ");
        self.figure(every.span);
    }
}

/// How a value fades, in words.
pub(super) fn decay(reading: &Reading, file: FileId, decay: &Decay) -> String {
    let mut words = Words { reading, file, out: String::new() };
    words.decay(decay);
    words.done()
}

/// A number or duration, in words.
pub(super) fn figure(reading: &Reading, file: FileId, span: Span) -> String {
    let mut words = Words { reading, file, out: String::new() };
    words.figure(span);
    words.done()
}

fn in_words(operator: Operator) -> &'static str {
    match operator.comparison() {
        Some(Comparison::NotEqual) => "not",
        Some(comparison) => comparing(comparison),
        None => operator.spelling(),
    }
}
