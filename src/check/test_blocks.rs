//! `test` blocks: a lead, an instant and what is expected of it.

use crate::diagnostic::{Code, Diagnostic, FileId, Place};
use crate::hash::QuickMap;
use crate::lead::{Stage, Text, Value as LeadValue};
use crate::model::{Expectation, ExpectationKind, Gate, TestCase, TestEvent};
use crate::syntax::ast::{
    self, Name, Operation, Span, Spanned, StatementKind, Subject, TestBlock, TestLineKind, Value, ValueKind,
    When,
};
use crate::time::Instant;
use crate::vocabulary::{AttributeId, PropertyId, Type};

use super::literals::quoted;
use super::names::Sort;
use super::{Checker, Placed, each};

/// The instant of a test that names none: 2026-01-01.
const DEFAULT_INSTANT: i64 = 1_767_225_600_000_000;

impl<'a> Checker<'a> {
    /// The tests of the main file.
    pub(super) fn test_blocks(&mut self, statements: &[Placed<'a>]) -> Vec<TestCase> {
        let blocks = each(statements, |statement| match statement {
            StatementKind::Test(block) => Some(block),
            _ => None,
        });
        let blocks = blocks.into_iter().filter(|(file, _, _)| *file == FileId(0));
        blocks
            .filter_map(|(file, span, block)| {
                self.file = file;
                self.test_block(block, span)
            })
            .collect()
    }

    fn test_block(&mut self, block: &'a TestBlock, span: Span) -> Option<TestCase> {
        let at = match &block.at {
            Some(at) => at.node,
            None => Instant::from_micros(DEFAULT_INSTANT)?,
        };
        let mut test = TestCase {
            name: block.name.node.clone(),
            place: self.at(span),
            at,
            attributes: Vec::new(),
            events: Vec::new(),
            stage: Stage::Lead,
            stage_since: None,
            expectations: Vec::new(),
        };
        let mut set: QuickMap<&str, Place> = QuickMap::default();
        let mut stage_set: Option<Place> = None;
        let mut expects = false;
        for line in &block.lines {
            match &line.node {
                TestLineKind::Set { attribute, value } => {
                    if let Some(first) = set.insert(&attribute.node, self.at(line.span)) {
                        let message = format!("`{}` is set twice in one test", attribute.node);
                        self.duplicate(&attribute.node, first, line.span, &message);
                    }
                    test.attributes.extend(self.setting(attribute, value));
                }
                TestLineKind::Event { kind, subject, properties, when } => {
                    self.test_event(&mut test, kind, subject, properties, when);
                }
                TestLineKind::Stage { stage, since } => {
                    if let Some(first) = stage_set.replace(self.at(line.span)) {
                        self.duplicate("stage", first, line.span, "the stage is set twice in one test");
                    }
                    test.stage = self.stage(stage).unwrap_or_default();
                    test.stage_since = since.as_ref().and_then(|since| self.instant_of(since, at));
                }
                TestLineKind::Expect(expectation) => {
                    expects = true;
                    let kind = self.expectation(expectation);
                    test.expectations
                        .extend(kind.map(|kind| Expectation { kind, place: self.at(line.span) }));
                }
            }
        }
        if !expects {
            let message = format!("the test {} expects nothing", quoted(&block.name.node));
            let found = Diagnostic::new(Code::Empty, self.at(block.name.span), message, "no expectation");
            self.report(found.help("add a line such as `expect stage mql`"));
        }
        Some(test)
    }

    fn setting(&mut self, attribute: &'a Name, value: &'a Value) -> Option<(AttributeId, LeadValue)> {
        let id = self.test_attribute(attribute)?;
        let of = self.vocabulary.attribute(id)?.of.clone();
        let value = self.lead_value(value, &of)?;
        value.map(|value| (id, value))
    }

    fn test_attribute(&mut self, name: &Name) -> Option<AttributeId> {
        match self.names.sort(&name.node) {
            Some(Sort::Attribute) => self.vocabulary.attribute_id(&name.node),
            Some(_) => {
                let help = "a test sets attributes, those that the rule set asks for";
                self.wrong_sort(name.span, &name.node, "an attribute", help);
                None
            }
            None => {
                let nearest = self.nearest_name(&name.node, |sort| sort == Sort::Attribute);
                let message = format!("there is no attribute `{}`", name.node);
                let help = format!("declare it: `attribute {}: text`", name.node);
                self.unknown(Code::UnknownName, name, message, nearest, &help);
                None
            }
        }
    }

    /// A value as a lead would have it: outer none for an error, inner none for a missing one.
    fn lead_value(&mut self, value: &'a Value, of: &Type) -> Option<Option<LeadValue>> {
        let of_text = |text: &str| (!text.is_empty()).then(|| Text::new(text));
        match (of, &value.node) {
            (Type::Text, ValueKind::Text(text)) => Some(of_text(text).map(LeadValue::Text)),
            (Type::Number, ValueKind::Number(number)) => {
                self.number_of(*number, value.span).map(|number| Some(LeadValue::Number(number)))
            }
            (Type::Flag, ValueKind::Word(word)) if word == "true" || word == "false" => {
                Some(Some(LeadValue::Flag(word == "true")))
            }
            (Type::Date, ValueKind::Instant(instant)) => Some(Some(LeadValue::Date(*instant))),
            (Type::OneOf(_), _) => self.symbol(value, of).map(|symbol| Some(LeadValue::Symbol(symbol))),
            (Type::SetOfText, ValueKind::List(items)) => {
                let most = self.limits.list_items;
                if let Some(extra) = items.get(most) {
                    self.too_many(most, "items", "in one list", extra.span);
                    return None;
                }
                let mut texts = Vec::with_capacity(items.len());
                for item in items {
                    let ValueKind::Text(text) = &item.node else {
                        self.wrong_value(item, "a text in quotes", "write texts in quotes: `[\"a\", \"b\"]`");
                        return None;
                    };
                    texts.extend(of_text(text));
                }
                Some((!texts.is_empty()).then_some(LeadValue::Set(texts)))
            }
            (Type::SetOfText, ValueKind::Word(name)) if self.names.sort(name) == Some(Sort::List) => {
                let texts = self.texts(value)?;
                Some(Some(LeadValue::Set(texts.iter().map(|text| Text::new(text.as_str())).collect())))
            }
            _ => {
                let (wanted, help) = match of {
                    Type::Text => ("a text in quotes", "put it in quotes: `\"Chief Marketing Officer\"`"),
                    Type::Number => ("a number", "write for example `120`; params do not stand in tests"),
                    Type::Flag => ("`true` or `false`", "leave the line out where the value is missing"),
                    Type::Date => ("a date such as `2026-10-01`", "dates stand without quotes"),
                    _ => ("a list of texts", "write for example `[\"aws\", \"sap\"]`"),
                };
                self.wrong_value(value, wanted, help);
                None
            }
        }
    }

    fn test_event(
        &mut self,
        test: &mut TestCase,
        kind: &'a Name,
        subject: &'a Spanned<Subject>,
        properties: &'a [(Name, Value)],
        when: &'a [Spanned<When>],
    ) {
        let subject = match &subject.node {
            Subject::Bare(name) | Subject::Quoted(name) => name.clone(),
            // OK because the parser lets no wildcard stand here.
            Subject::Any => return,
        };
        let Some(id) = self.event_kind_id(kind) else { return };
        let mut values: Vec<(PropertyId, LeadValue)> = Vec::with_capacity(properties.len());
        let mut seen: QuickMap<&str, Place> = QuickMap::default();
        for (name, value) in properties {
            if let Some(first) = seen.insert(&name.node, self.at(name.span)) {
                let message = format!("`{}` is set twice in one event", name.node);
                self.duplicate(&name.node, first, name.span, &message);
            }
            let Some((property, of)) = self.property(id, name) else { continue };
            values.extend(self.lead_value(value, &of).flatten().map(|value| (property, value)));
        }
        values.sort_by_key(|(property, _)| *property);
        for when in when {
            if let Some(at) = self.instant_of(when, test.at) {
                test.events.push(TestEvent {
                    kind: id,
                    subject: subject.clone(),
                    properties: values.clone(),
                    at,
                });
            }
        }
    }

    fn instant_of(&mut self, when: &Spanned<When>, now: Instant) -> Option<Instant> {
        match when.node {
            When::At(instant) => Some(instant),
            When::Ago(period) => {
                let at = Instant::from_micros(now.minus(period).micros());
                if at.is_none() {
                    let found = Diagnostic::new(
                        Code::BadInstant,
                        self.at(when.span),
                        "this is before year 0001",
                        "too long ago",
                    );
                    self.report(found.help("choose a later instant for the test, or a shorter age"));
                }
                at
            }
        }
    }

    fn stage(&mut self, name: &Name) -> Option<Stage> {
        let stage = name.node.parse().ok();
        if stage.is_none() {
            let stages = Stage::ALL.map(Stage::as_str);
            let message = format!("there is no stage `{}`", name.node);
            let help = format!("the stages are {}", crate::diagnostic::quoted_list(&stages, "and"));
            self.not_of(name, message, &stages, &help);
        }
        stage
    }

    /// Reports a word that is none of a fixed few.
    fn not_of(&mut self, word: &Name, message: String, known: &[&str], otherwise: &str) {
        let nearest = self.nearest(&word.node, known.iter().copied());
        let found = Diagnostic::new(Code::UnknownName, self.at(word.span), message, "not known");
        self.report(match nearest {
            Some(nearest) => found.did_you_mean(nearest),
            None => found.help(otherwise),
        });
    }

    fn expectation(&mut self, expectation: &'a ast::Expectation) -> Option<ExpectationKind> {
        match expectation {
            ast::Expectation::Score { score, operation } => self.expected_score(score, operation),
            ast::Expectation::Segment { negated, segment } => {
                let segment = self.segment_name(segment)?;
                Some(ExpectationKind::Segment { segment, expected: !negated })
            }
            ast::Expectation::Stage(stage) => self.stage(stage).map(ExpectationKind::Stage),
            ast::Expectation::Gate { negated, gate } => {
                let known = Gate::ALL.into_iter().find(|known| known.name() == gate.node);
                if known.is_none() {
                    let gates = Gate::ALL.map(Gate::name);
                    let message = format!("there is no gate `{}`", gate.node);
                    let help = format!("the gates are {}", crate::diagnostic::quoted_list(&gates, "and"));
                    self.not_of(gate, message, &gates, &help);
                }
                known.map(|gate| ExpectationKind::Gate { gate, expected: !negated })
            }
            ast::Expectation::ValidUntil(instant) => Some(ExpectationKind::ValidUntil(*instant)),
        }
    }

    fn expected_score(
        &mut self,
        name: &'a Name,
        operation: &'a Spanned<Operation>,
    ) -> Option<ExpectationKind> {
        let score = self.score_name(name)?;
        match &operation.node {
            Operation::Binary(operator, value) if operator.comparison().is_some() => {
                let points = self.expected_points(value)?;
                Some(ExpectationKind::Score { score, comparison: operator.comparison()?, points })
            }
            Operation::Between(low, high) => {
                let (from, to) = (self.expected_points(low), self.expected_points(high));
                let (from, to) = (from?, to?);
                if from > to {
                    self.wrong_way_round(low.span.to(high.span), format!("between {to} and {from}"));
                    return None;
                }
                Some(ExpectationKind::ScoreBetween { score, low: from, high: to })
            }
            Operation::Is(band) => Some(ExpectationKind::Band { score, band: self.band(name, score, band)? }),
            Operation::IsAtLeast(band) => {
                Some(ExpectationKind::BandAtLeast { score, band: self.band(name, score, band)? })
            }
            _ => {
                let message = "a score is compared, or is a band";
                let found = Diagnostic::new(
                    Code::WrongTest,
                    self.at(operation.span),
                    message,
                    "does not fit a score",
                );
                self.report(
                    found.help(format!("write `expect {0} = 25` or `expect {0} is BAND`", name.node)),
                );
                None
            }
        }
    }

    /// Points written out: params do not stand in tests.
    fn expected_points(&mut self, value: &Value) -> Option<crate::Points> {
        match &value.node {
            ValueKind::Number(number) => self.points_of(*number, value.span),
            _ => {
                self.wrong_value(value, "points", "write a number; params do not stand in tests");
                None
            }
        }
    }
}
