//! Every place where the files of a rule set write a name, and what the name stands for there.
//!
//! Syntax trees and what they define go in; occurrences come out in the order of the text. They are what hover,
//! definitions, references and renaming are made of. Trees nest no deeper than the parser lets them, so the walk
//! may recurse.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::Kind;
use super::definitions::{Definitions, LOOSE_SCORE};
use crate::diagnostic::{FileId, Place};
use crate::syntax::ast::{
    Aggregate, Ast, Decay, Duration, EventTerm, Expectation, Expr, ExprKind, Group, GroupBounds, LetValue,
    Member, Name, NumberOr, Operation, Operator, OrParam, Rule, RuleBody, Span, Spanned, Statement,
    StatementKind, Subject, Term, Test, TestBlock, TestLineKind, TestSubject, Value, ValueKind, Window,
};
use crate::vocabulary::Type;

/// What a word stands for. Words that differ only in the case of ASCII letters are one where the language says so.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// A name in the one space of names.
    Name(String),
    /// A band of a score.
    Band { score: String, band: String },
    /// A symbol of an attribute.
    Symbol { attribute: String, symbol: String },
    /// A property of an event kind.
    Property { kind: String, property: String },
    /// A rule of a score.
    Rule { score: String, rule: String },
    /// A group of a score.
    Group { score: String, group: String },
    /// What events of a kind are about.
    Subject { kind: String, subject: String },
    /// `mql`, `sql`, `revert`, `recycle`, `disqualify`
    Gate(String),
    /// A stage that a test sets or expects.
    Stage(String),
    /// The path of an included file as written.
    File(String),
}

/// A word that stands for something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Occurrence {
    pub(super) place: Place,
    pub(super) key: Key,
    /// Whether it is what defines it.
    pub(super) defines: bool,
}

/// What stands on the left of an operator.
enum Left<'a> {
    Attribute(&'a str),
    Score(&'a str),
    Other,
}

struct Walk<'a> {
    trees: &'a [Ast],
    definitions: &'a Definitions,
    file: FileId,
    found: Vec<Occurrence>,
    /// The `one of` attributes that each list is used with.
    users: HashMap<&'a str, BTreeSet<&'a str>>,
    /// How many more links through activities and lists are followed.
    links: usize,
}

/// Sums over activities and lists of symbols can stand for many things at once: so many links are followed in all.
const MOST_LINKS: usize = 1_000_000;

/// All occurrences, by place.
pub(super) fn of(trees: &[Ast], definitions: &Definitions) -> Vec<Occurrence> {
    let (found, users) = (Vec::new(), HashMap::new());
    let mut walk = Walk { trees, definitions, file: FileId(0), found, users, links: MOST_LINKS };
    for (file, tree) in (0..).map(FileId).zip(trees) {
        walk.file = file;
        for statement in &tree.statements {
            walk.statement(statement);
        }
    }
    walk.symbols_of_lists();
    let mut found = walk.found;
    found.sort_by_key(|occurrence| occurrence.place);
    found
}

impl<'a> Walk<'a> {
    fn add(&mut self, span: Span, key: Key, defines: bool) {
        self.found.push(Occurrence { place: Place { file: self.file, span }, key, defines });
    }

    fn name(&mut self, name: &Name) {
        self.add(name.span, Key::Name(name.node.clone()), false);
    }

    fn statement(&mut self, statement: &'a Statement) {
        match &statement.node {
            StatementKind::VocabularyOnlyDeclared | StatementKind::Ruleset { .. } => {}
            StatementKind::Owners(_) => {}
            StatementKind::Include { path } => self.add(path.span, Key::File(path.node.clone()), false),
            StatementKind::Review { every, .. } => self.duration(every),
            StatementKind::Attribute { name, of } => {
                self.defined(name);
                if let crate::syntax::ast::TypeExpr::OneOf(symbols) = &of.node {
                    for symbol in symbols {
                        self.symbol(&name.node, &symbol.node, symbol.span, true);
                    }
                }
            }
            StatementKind::Event(event) => {
                self.defined(&event.kind);
                for (property, _) in &event.properties {
                    self.property(&event.kind.node, property, true);
                }
            }
            StatementKind::Let { name, value } => {
                self.defined(name);
                if let LetValue::Condition(condition) = value {
                    self.condition(condition);
                }
            }
            StatementKind::Param { name, .. } => self.defined(name),
            StatementKind::Activity { name, terms } => {
                self.defined(name);
                terms.iter().for_each(|term| self.term(term));
            }
            StatementKind::Score(block) => {
                self.defined(&block.name);
                self.bounds(block.bounds.as_ref());
                self.decay(block.decay.as_ref());
                for member in &block.members {
                    match member {
                        Member::Rule(rule) => self.rule(&block.name.node, rule),
                        Member::Group(group) => self.group(&block.name.node, group),
                    }
                }
            }
            StatementKind::Derived(score) => {
                self.defined(&score.name);
                self.bounds(score.bounds.as_ref());
                score.terms.iter().for_each(|term| self.name(&term.score));
            }
            StatementKind::Rule(rule) => self.rule(LOOSE_SCORE, rule),
            StatementKind::Group(group) => self.group(LOOSE_SCORE, group),
            StatementKind::Band { score, bands } => {
                self.name(score);
                for band in bands {
                    self.band(&score.node, &band.name, true);
                    if let Some(at_least) = &band.at_least {
                        self.number(at_least);
                    }
                }
            }
            StatementKind::Segment { name, when } => {
                self.defined(name);
                self.condition(when);
            }
            StatementKind::StageMql { when, until, again_after, sla } => {
                self.gate(statement.span, "mql", true);
                self.condition(when);
                until.iter().for_each(|until| self.condition(until));
                again_after.iter().chain(sla).for_each(|duration| self.duration(duration));
            }
            StatementKind::StageSql { when } => {
                self.gate(statement.span, "sql", true);
                self.condition(when);
            }
            StatementKind::Recycle { when, .. } => {
                self.gate(statement.span, "recycle", true);
                self.condition(when);
            }
            StatementKind::Disqualify { when, .. } => {
                self.gate(statement.span, "disqualify", true);
                self.condition(when);
            }
            StatementKind::Test(test) => self.test_block(test),
        }
    }

    /// The name behind the keyword of a definition. One that is defined before stands for that.
    fn defined(&mut self, name: &Name) {
        let place = Place { file: self.file, span: name.span };
        let first = self.definitions.names.get(&name.node).is_some_and(|first| first.place == place);
        self.add(name.span, Key::Name(name.node.clone()), first);
    }

    /// The first word of the statement that gives the criteria of a stage.
    fn gate(&mut self, span: Span, gate: &str, defines: bool) {
        let length = if matches!(gate, "mql" | "sql") { "stage".len() } else { gate.len() };
        let end = if defines { (span.start + length).min(span.end) } else { span.end };
        self.add(Span { start: span.start, end }, Key::Gate(gate.to_owned()), defines);
    }

    fn band(&mut self, score: &str, band: &Name, defines: bool) {
        let key = Key::Band { score: score.to_owned(), band: band.node.to_ascii_lowercase() };
        self.add(band.span, key, defines);
    }

    fn symbol(&mut self, attribute: &str, symbol: &str, span: Span, defines: bool) {
        let key = Key::Symbol { attribute: attribute.to_owned(), symbol: symbol.to_ascii_lowercase() };
        self.add(span, key, defines);
    }

    fn property(&mut self, kind: &str, property: &Name, defines: bool) {
        let key = Key::Property { kind: kind.to_owned(), property: property.node.clone() };
        self.add(property.span, key, defines);
    }

    fn bounds(&mut self, bounds: Option<&(NumberOr, NumberOr)>) {
        if let Some((low, high)) = bounds {
            self.number(low);
            self.number(high);
        }
    }

    fn number(&mut self, number: &NumberOr) {
        if let OrParam::Param(name) = &number.node {
            self.add(number.span, Key::Name(name.clone()), false);
        }
    }

    fn duration(&mut self, duration: &Duration) {
        if let OrParam::Param(name) = &duration.node {
            self.add(duration.span, Key::Name(name.clone()), false);
        }
    }

    fn decay(&mut self, decay: Option<&Spanned<Decay>>) {
        match decay.map(|decay| &decay.node) {
            Some(Decay::Percent { every, .. }) => self.duration(every),
            Some(Decay::Amount { amount, every }) => {
                self.number(amount);
                self.duration(every);
            }
            Some(Decay::None) | None => {}
        }
    }

    fn group(&mut self, score: &str, group: &'a Group) {
        let key = Key::Group { score: score.to_owned(), group: group.name.node.clone() };
        self.add(group.name.span, key, true);
        match &group.bounds {
            Some(GroupBounds::Max(bound) | GroupBounds::Min(bound)) => self.number(bound),
            Some(GroupBounds::Range(low, high)) => {
                self.number(low);
                self.number(high);
            }
            None => {}
        }
        group.rules.iter().for_each(|rule| self.rule(score, rule));
    }

    fn rule(&mut self, score: &str, rule: &'a Rule) {
        if let Some(name) = &rule.name {
            self.add(name.span, Key::Rule { score: score.to_owned(), rule: name.node.clone() }, true);
        }
        match &rule.body {
            RuleBody::Condition(condition) => self.condition(condition),
            RuleBody::Each { term, window, when } => {
                self.term(term);
                self.window(window.as_ref());
                when.iter().for_each(|when| self.condition(when));
            }
        }
        self.number(&rule.points);
        rule.limits.iter().for_each(|limit| self.number(&limit.node.times));
        self.decay(rule.decay.as_ref());
    }

    fn window(&mut self, window: Option<&Spanned<Window>>) {
        match window.map(|window| &window.node) {
            Some(Window::Within(duration)) => self.duration(duration),
            Some(Window::BetweenAgo(from, to)) => {
                self.duration(from);
                self.duration(to);
            }
            None => {}
        }
    }

    fn condition(&mut self, condition: &'a Expr) {
        match &condition.node {
            ExprKind::Any(parts) | ExprKind::All(parts) => parts.iter().for_each(|part| self.condition(part)),
            ExprKind::Not(inner) | ExprKind::Paren(inner) => self.condition(inner),
            ExprKind::AtLeast { count, of } => {
                self.number(count);
                of.iter().for_each(|part| self.condition(part));
            }
            ExprKind::InactiveFor(duration) => self.duration(duration),
            ExprKind::Segment(name) => self.name(name),
            ExprKind::Test(test) => self.test(test),
        }
    }

    fn test(&mut self, test: &'a Test) {
        let left = match &test.subject {
            TestSubject::Name(name) => {
                self.name(name);
                self.left(&name.node)
            }
            TestSubject::Event(term) => {
                self.event(term);
                Left::Other
            }
            TestSubject::Aggregate(aggregate) => {
                self.aggregate(aggregate);
                Left::Other
            }
        };
        self.operation(test.operation.as_ref(), &left);
        self.window(test.window.as_ref());
    }

    fn left(&self, name: &'a str) -> Left<'a> {
        match self.definitions.kind(name) {
            Some(Kind::Attribute) => Left::Attribute(name),
            Some(Kind::Score) => Left::Score(name),
            _ => Left::Other,
        }
    }

    fn term(&mut self, term: &'a Term) {
        match term {
            Term::Name(name) => self.name(name),
            Term::Event(event) => self.event(event),
        }
    }

    fn event(&mut self, event: &'a EventTerm) {
        self.name(&event.kind);
        for subject in &event.subjects {
            self.subject(&event.kind.node, subject);
        }
        for test in &event.tests {
            self.property(&event.kind.node, &test.property, false);
            self.operation(test.operation.as_ref(), &Left::Other);
        }
    }

    fn subject(&mut self, kind: &str, subject: &Spanned<Subject>) {
        if let Subject::Bare(text) | Subject::Quoted(text) = &subject.node {
            let key = Key::Subject { kind: kind.to_owned(), subject: text.to_ascii_lowercase() };
            self.add(subject.span, key, false);
        }
    }

    fn aggregate(&mut self, aggregate: &'a Aggregate) {
        self.term(&aggregate.term);
        let Some(property) = &aggregate.property else { return };
        match &aggregate.term {
            Term::Event(event) => self.property(&event.kind.node, property, false),
            Term::Name(activity) => {
                for kind in self.kinds_of(&activity.node) {
                    self.property(kind, property, false);
                }
            }
        }
    }

    /// The event kinds that an activity reaches, those of activities in it among them.
    fn kinds_of(&mut self, activity: &'a str) -> BTreeSet<&'a str> {
        let (mut kinds, mut seen, mut open) = (BTreeSet::new(), HashSet::new(), vec![activity]);
        while let Some(name) = open.pop() {
            let Some((_, statement)) = self.definitions.statement(self.trees, name) else { continue };
            let StatementKind::Activity { terms, .. } = &statement.node else { continue };
            if !seen.insert(name) {
                continue;
            }
            for term in terms.iter().take(self.links) {
                self.links -= 1;
                match term {
                    Term::Name(name) => open.push(&name.node),
                    Term::Event(event) => {
                        kinds.insert(event.kind.node.as_str());
                    }
                }
            }
        }
        kinds
    }

    fn operation(&mut self, operation: Option<&'a Spanned<Operation>>, left: &Left<'a>) {
        match operation.map(|operation| &operation.node) {
            Some(Operation::Binary(operator, value)) => self.value(*operator, value, left),
            Some(Operation::Between(low, high)) => {
                self.value(Operator::GreaterOrEqual, low, left);
                self.value(Operator::LessOrEqual, high, left);
            }
            Some(Operation::Is(band) | Operation::IsAtLeast(band)) => {
                if let Left::Score(score) = left {
                    self.band(score, band, false);
                }
            }
            Some(Operation::IsKnown | Operation::IsMissing) | None => {}
        }
    }

    fn value(&mut self, operator: Operator, value: &'a Value, left: &Left<'a>) {
        let one_of = match left {
            Left::Attribute(attribute) => {
                let of = self.definitions.attributes.get(*attribute);
                of.filter(|of| matches!(of, Type::OneOf(_))).map(|of| (*attribute, of))
            }
            _ => None,
        };
        match (&value.node, one_of) {
            (ValueKind::Word(word), Some((attribute, of))) => {
                if matches!(operator, Operator::In | Operator::NotIn) {
                    self.add(value.span, Key::Name(word.clone()), false);
                    self.users.entry(word).or_default().insert(attribute);
                } else if of.symbol_id(word).is_some() {
                    self.symbol(attribute, word, value.span, false);
                }
            }
            (ValueKind::Word(word), None) => {
                let kind = self.definitions.kind(word);
                if matches!(kind, Some(Kind::Param | Kind::List)) {
                    self.add(value.span, Key::Name(word.clone()), false);
                }
            }
            (ValueKind::List(items), Some((attribute, of))) => {
                for item in items {
                    if let ValueKind::Word(word) = &item.node
                        && of.symbol_id(word).is_some()
                    {
                        self.symbol(attribute, word, item.span, false);
                    }
                }
            }
            _ => {}
        }
    }

    /// The bare words of each list are symbols of the attributes that it is used with.
    fn symbols_of_lists(&mut self) {
        let users = std::mem::take(&mut self.users);
        for (list, attributes) in users {
            let Some((file, statement)) = self.definitions.statement(self.trees, list) else { continue };
            let StatementKind::Let { value: LetValue::List(items), .. } = &statement.node else { continue };
            self.file = file;
            let pairs = items.node.iter().flat_map(|item| attributes.iter().map(move |user| (item, user)));
            for (item, attribute) in pairs.take(self.links) {
                self.links -= 1;
                let of = self.definitions.attributes.get(*attribute);
                if let (ValueKind::Word(word), Some(of)) = (&item.node, of)
                    && of.symbol_id(word).is_some()
                {
                    self.symbol(attribute, word, item.span, false);
                }
            }
        }
    }

    fn test_block(&mut self, test: &'a TestBlock) {
        for line in &test.lines {
            match &line.node {
                TestLineKind::Set { attribute, value } => {
                    self.name(attribute);
                    let left = self.left(&attribute.node);
                    self.value(Operator::Equal, value, &left);
                }
                TestLineKind::Event { kind, subject, properties, .. } => {
                    self.name(kind);
                    self.subject(&kind.node, subject);
                    for (property, _) in properties {
                        self.property(&kind.node, property, false);
                    }
                }
                TestLineKind::Stage { stage, .. } => self.stage(stage),
                TestLineKind::Expect(expectation) => self.expectation(expectation),
            }
        }
    }

    fn stage(&mut self, stage: &Name) {
        self.add(stage.span, Key::Stage(stage.node.clone()), false);
    }

    fn expectation(&mut self, expectation: &'a Expectation) {
        match expectation {
            Expectation::Score { score, operation } => {
                self.name(score);
                let left = self.left(&score.node);
                self.operation(Some(operation), &left);
            }
            Expectation::Segment { segment, .. } => self.name(segment),
            Expectation::Stage(stage) => self.stage(stage),
            Expectation::Gate { gate, .. } => self.gate(gate.span, &gate.node, false),
            Expectation::ValidUntil(_) => {}
        }
    }
}
