//! Conditions, tests, event terms, windows and values.

use pest::iterators::Pair;

use super::super::ast::{
    Aggregate, AggregateFunction, Duration, EventTerm, Expr, ExprKind, Operation, Operator, OrParam,
    PropertyTest, Spanned, Subject, Term, Test, TestSubject, Value, ValueKind, Window,
};
use super::super::grammar::Rule;
use super::{Lowering, child, children, map};
use crate::diagnostic::{Code, Diagnostic};

impl Lowering<'_> {
    pub(super) fn condition_in(&mut self, pair: &Pair<'_, Rule>) -> Option<Expr> {
        self.condition(&child(pair, Rule::condition)?)
    }

    /// A flat chain of operands; `and` binds tighter than `or`, and `not` than both.
    pub(super) fn condition(&mut self, pair: &Pair<'_, Rule>) -> Option<Expr> {
        let (mut any, mut all, mut nots) = (Vec::new(), Vec::new(), Vec::new());
        for inner in pair.clone().into_inner() {
            match inner.as_rule() {
                Rule::kw_not => nots.push(self.span(&inner)),
                Rule::kw_and => {}
                Rule::kw_or => any.push(joined(std::mem::take(&mut all), ExprKind::All)?),
                _ => {
                    let mut operand = self.operand(&inner)?;
                    while let Some(not) = nots.pop() {
                        let span = not.to(operand.span);
                        operand = Spanned { node: ExprKind::Not(Box::new(operand)), span };
                    }
                    all.push(operand);
                }
            }
        }
        any.push(joined(all, ExprKind::All)?);
        joined(any, ExprKind::Any)
    }

    fn operand(&mut self, pair: &Pair<'_, Rule>) -> Option<Expr> {
        let node = match pair.as_rule() {
            Rule::paren => ExprKind::Paren(Box::new(self.condition_in(pair)?)),
            Rule::at_least => {
                let count = self.number_or_param_in(pair)?;
                let of = children(pair, Rule::condition).map(|inner| self.condition(&inner));
                ExprKind::AtLeast { count, of: of.collect::<Option<_>>()? }
            }
            Rule::inactive => ExprKind::InactiveFor(self.duration_or_param_in(pair)?),
            Rule::in_segment => ExprKind::Segment(self.name_in(pair)?),
            Rule::test => ExprKind::Test(self.test(pair)?),
            _ => return None,
        };
        Some(Spanned { node, span: self.span(pair) })
    }

    fn test(&mut self, pair: &Pair<'_, Rule>) -> Option<Test> {
        let mut inner = pair.clone().into_inner();
        let first = inner.next()?;
        let subject = match first.as_rule() {
            Rule::score_name => TestSubject::Name(self.name(&first)),
            Rule::event_term => TestSubject::Event(self.event_term(&first)?),
            _ => TestSubject::Aggregate(self.aggregate(&first)?),
        };
        let mut test = Test { subject, operation: None, window: None };
        for part in inner {
            match part.as_rule() {
                Rule::operation => test.operation = Some(self.operation(&part)?),
                Rule::within => {
                    let window = self.within(&part)?;
                    self.set_window(&mut test, window);
                }
                Rule::between if test.operation.is_none() && !self.is_window(&part) => {
                    test.operation = Some(self.operation_between(&part)?);
                }
                Rule::between => {
                    let window = self.window_between(&part)?;
                    self.set_window(&mut test, window);
                }
                _ => return None,
            }
        }
        Some(test)
    }

    fn set_window(&mut self, test: &mut Test, window: Spanned<Window>) {
        if let Some(first) = &test.window {
            let message = "a test has one window only";
            let second = Diagnostic::new(Code::Syntax, self.place(window.span), message, "a second window");
            self.found.push(second.also(self.place(first.span), "the first"));
        } else {
            test.window = Some(window);
        }
    }

    pub(super) fn operation(&mut self, pair: &Pair<'_, Rule>) -> Option<Spanned<Operation>> {
        let (mut words, mut value) = (Vec::new(), None);
        for inner in pair.clone().into_inner() {
            match inner.as_rule() {
                Rule::value | Rule::value_or_word => value = Some(self.value(&inner)?),
                Rule::band_name => {
                    let node = Operation::Is(self.name(&inner));
                    return Some(Spanned { node, span: self.span(pair) });
                }
                Rule::is_at_least => {
                    let node = Operation::IsAtLeast(self.name(&child(&inner, Rule::band_name)?));
                    return Some(Spanned { node, span: self.span(pair) });
                }
                other => words.push(other),
            }
        }
        let operator = match words.as_slice() {
            [Rule::kw_is, Rule::kw_known] => {
                return Some(Spanned { node: Operation::IsKnown, span: self.span(pair) });
            }
            [Rule::kw_is, Rule::kw_missing] => {
                return Some(Spanned { node: Operation::IsMissing, span: self.span(pair) });
            }
            [Rule::equals] => Operator::Equal,
            [Rule::not_equal] => Operator::NotEqual,
            [Rule::less] => Operator::Less,
            [Rule::less_or_equal] => Operator::LessOrEqual,
            [Rule::greater] => Operator::Greater,
            [Rule::greater_or_equal] => Operator::GreaterOrEqual,
            [Rule::kw_in] => Operator::In,
            [Rule::not_in] => Operator::NotIn,
            [Rule::kw_contains] => Operator::Contains,
            [Rule::kw_contains, Rule::kw_any, Rule::kw_of] => Operator::ContainsAnyOf,
            [Rule::kw_contains, Rule::kw_all, Rule::kw_of] => Operator::ContainsAllOf,
            [Rule::kw_starts, Rule::kw_with] => Operator::StartsWith,
            [Rule::kw_ends, Rule::kw_with] => Operator::EndsWith,
            [Rule::kw_matches] => Operator::Matches,
            [Rule::kw_has, Rule::kw_word] => Operator::HasWord,
            [Rule::kw_has, Rule::kw_any, Rule::kw_word, Rule::kw_of] => Operator::HasAnyWordOf,
            [Rule::kw_before] => Operator::Before,
            [Rule::kw_after] => Operator::After,
            [Rule::kw_older, Rule::kw_than] => Operator::OlderThan,
            _ => return None,
        };
        Some(Spanned { node: Operation::Binary(operator, value?), span: self.span(pair) })
    }

    /// `between A and B` as a test of a number or a score, which has no `ago`.
    pub(super) fn operation_between(&mut self, pair: &Pair<'_, Rule>) -> Option<Spanned<Operation>> {
        let mut values = children(pair, Rule::value);
        let (low, high) = (values.next()?, values.next()?);
        let node = Operation::Between(self.value(&low)?, self.value(&high)?);
        if let Some(ago) = child(pair, Rule::kw_ago) {
            let help = "a window over events stands behind an event test; leave `ago` out to compare a value";
            self.error(
                Code::Syntax,
                self.span(&ago),
                "`ago` has no place here",
                "only events have ages",
                help,
            );
        }
        Some(Spanned { node, span: self.span(pair) })
    }

    /// Whether a `between` can only be meant as a window: `ago` stands behind it, or both its ends are
    /// durations.
    fn is_window(&self, pair: &Pair<'_, Rule>) -> bool {
        let duration = |value: Pair<'_, Rule>| child(&value, Rule::duration).is_some();
        child(pair, Rule::kw_ago).is_some() || children(pair, Rule::value).all(duration)
    }

    /// `between D1 and D2 ago` as a window over events.
    pub(super) fn window_between(&mut self, pair: &Pair<'_, Rule>) -> Option<Spanned<Window>> {
        let mut values = children(pair, Rule::value);
        let (older, newer) = (values.next()?, values.next()?);
        let span = self.span(pair);
        let (older, newer) = (self.age(&older)?, self.age(&newer)?);
        if child(pair, Rule::kw_ago).is_none() {
            let (mut from, mut to) = (older.span, newer.span);
            if let (OrParam::Literal(first), OrParam::Literal(second)) = (&older.node, &newer.node)
                && first < second
            {
                std::mem::swap(&mut from, &mut to);
            }
            let help =
                format!("write `between {} and {} ago`, the older age first", self.at(from), self.at(to));
            let message = "a window between two ages ends with `ago`";
            self.error(Code::Syntax, span, message, "`ago` is missing", help);
        }
        Some(Spanned { node: Window::BetweenAgo(older, newer), span })
    }

    /// An age in a window.
    fn age(&mut self, pair: &Pair<'_, Rule>) -> Option<Duration> {
        let value = self.value(pair)?;
        let node = match value.node {
            ValueKind::Duration(period) => OrParam::Literal(period),
            ValueKind::Word(name) => OrParam::Param(name),
            other => {
                let message = "an age is a duration such as `30d`";
                let help = match other {
                    ValueKind::Number(_) => format!("add a unit: `{}d`", self.at(value.span)),
                    _ => "write `between 60d and 30d ago`".to_owned(),
                };
                self.error(Code::BadDuration, value.span, message, "no duration", help);
                OrParam::Literal(crate::time::Period::from_seconds(86_400))
            }
        };
        Some(Spanned { node, span: value.span })
    }

    pub(super) fn within(&mut self, pair: &Pair<'_, Rule>) -> Option<Spanned<Window>> {
        let node = Window::Within(self.duration_or_param_in(pair)?);
        Some(Spanned { node, span: self.span(pair) })
    }

    pub(super) fn term(&mut self, pair: &Pair<'_, Rule>) -> Option<Term> {
        Some(match pair.as_rule() {
            Rule::event_term => Term::Event(self.event_term(pair)?),
            _ => Term::Name(self.name(pair)),
        })
    }

    fn event_term(&mut self, pair: &Pair<'_, Rule>) -> Option<EventTerm> {
        let span = self.span(pair);
        let (mut kind, mut subjects, mut tests) = (None, Vec::new(), Vec::new());
        for inner in pair.clone().into_inner() {
            match inner.as_rule() {
                Rule::event_kind => kind = Some(self.name(&inner)),
                Rule::star => subjects.push(Spanned { node: Subject::Any, span: self.span(&inner) }),
                Rule::subject => subjects.push(self.subject(&inner)?),
                Rule::property_test => tests.push(self.property_test(&inner)?),
                _ => {}
            }
        }
        Some(EventTerm { span, kind: kind?, subjects, tests })
    }

    pub(super) fn subject(&mut self, pair: &Pair<'_, Rule>) -> Option<Spanned<Subject>> {
        let inner = pair.clone().into_inner().next()?;
        Some(match inner.as_rule() {
            Rule::text => map(self.text(&inner), Subject::Quoted),
            _ => map(self.name(&inner), Subject::Bare),
        })
    }

    fn property_test(&mut self, pair: &Pair<'_, Rule>) -> Option<PropertyTest> {
        let property = self.name(&child(pair, Rule::plain_name)?);
        let operation = match pair.clone().into_inner().nth(1) {
            Some(inner) if inner.as_rule() == Rule::between => Some(self.operation_between(&inner)?),
            Some(inner) => Some(self.operation(&inner)?),
            None => None,
        };
        Some(PropertyTest { property, operation })
    }

    fn aggregate(&mut self, pair: &Pair<'_, Rule>) -> Option<Aggregate> {
        let (mut function, mut term, mut property) = (None, None, None);
        for inner in pair.clone().into_inner() {
            let named = match inner.as_rule() {
                Rule::kw_distinct => AggregateFunction::Distinct,
                Rule::kw_days => AggregateFunction::Days,
                Rule::kw_sum => AggregateFunction::Sum,
                Rule::event_term | Rule::name => {
                    term = Some(self.term(&inner)?);
                    continue;
                }
                Rule::plain_name => {
                    property = Some(self.name(&inner));
                    continue;
                }
                _ => continue,
            };
            function = Some(Spanned { node: named, span: self.span(&inner) });
        }
        Some(Aggregate { span: self.span(pair), function: function?, term: term?, property })
    }

    /// A value behind an operator.
    pub(super) fn value(&mut self, pair: &Pair<'_, Rule>) -> Option<Value> {
        let inner = pair.clone().into_inner().next()?;
        Some(match inner.as_rule() {
            Rule::value_list => map(self.value_list(&inner)?, ValueKind::List),
            Rule::instant => map(self.instant(&inner), ValueKind::Instant),
            Rule::duration => map(self.duration(&inner), ValueKind::Duration),
            Rule::number => map(self.number(&inner), ValueKind::Number),
            Rule::text => map(self.text(&inner), ValueKind::Text),
            Rule::name | Rule::symbol => map(self.name(&inner), ValueKind::Word),
            _ => return None,
        })
    }

    pub(super) fn value_list(&mut self, pair: &Pair<'_, Rule>) -> Option<Spanned<Vec<Value>>> {
        let items = children(pair, Rule::item).map(|item| self.value(&item));
        Some(Spanned { node: items.collect::<Option<_>>()?, span: self.span(pair) })
    }
}

/// One expression alone, or several joined.
fn joined(mut list: Vec<Expr>, join: fn(Vec<Expr>) -> ExprKind) -> Option<Expr> {
    let span = list.first()?.span.to(list.last()?.span);
    if list.len() == 1 { list.pop() } else { Some(Spanned { node: join(list), span }) }
}
