//! Conditions, tests, event terms, windows and values.

use pest::iterators::{Pair, Pairs};

use super::super::ast::{
    Aggregate, AggregateFunction, Duration, EventTerm, Expr, ExprKind, NumberOr, Operation, Operator,
    OrParam, PropertyTest, Span, Spanned, Subject, Term, Test, TestSubject, Value, ValueKind, Window,
};
use super::super::grammar::Rule;
use super::{Lowering, child, children, map};
use crate::diagnostic::{Code, Diagnostic};
use crate::time::Period;

impl Lowering<'_> {
    pub(super) fn condition_in(&mut self, pair: &Pair<'_, Rule>) -> Option<Expr> {
        self.condition(&child(pair, Rule::condition)?)
    }

    /// A chain of operands, each of which may hold chains of its own. They nest only on `open`, a stack of this
    /// function's own: the stack of the thread is for the parser, which has no other.
    pub(super) fn condition(&mut self, pair: &Pair<'_, Rule>) -> Option<Expr> {
        let mut open = vec![Open::chain(pair.clone())];
        let mut done: Option<Expr> = None;
        while let Some(innermost) = open.last_mut() {
            match (done.take(), innermost) {
                (Some(operand), Open::Chain(chain)) => chain.push(operand),
                (Some(inner), Open::Paren(span)) => {
                    done = Some(Spanned { node: ExprKind::Paren(Box::new(inner)), span: *span });
                    open.pop();
                }
                (Some(condition), Open::AtLeast { of, .. }) => of.push(condition),
                (None, Open::Chain(chain)) => {
                    let Some(part) = chain.parts.next() else {
                        done = Some(chain.finish()?);
                        open.pop();
                        continue;
                    };
                    match part.as_rule() {
                        Rule::kw_not => chain.nots.push(self.span(&part)),
                        Rule::kw_and => {}
                        Rule::kw_or => chain.end_and()?,
                        Rule::paren => {
                            open.push(Open::Paren(self.span(&part)));
                            open.push(Open::chain(child(&part, Rule::condition)?));
                        }
                        Rule::at_least => {
                            let mut rest: Vec<_> = children(&part, Rule::condition).collect();
                            rest.reverse();
                            let (span, count) = (self.span(&part), self.number_or_param_in(&part)?);
                            open.push(Open::AtLeast { span, count, rest, of: Vec::new() });
                        }
                        _ => done = Some(self.operand(&part)?),
                    }
                }
                (None, Open::AtLeast { span, count, rest, of }) => match rest.pop() {
                    Some(next) => open.push(Open::chain(next)),
                    None => {
                        let node = ExprKind::AtLeast { count: count.clone(), of: std::mem::take(of) };
                        done = Some(Spanned { node, span: *span });
                        open.pop();
                    }
                },
                (None, Open::Paren(_)) => return None,
            }
        }
        done
    }

    /// An operand that holds no conditions.
    fn operand(&mut self, pair: &Pair<'_, Rule>) -> Option<Expr> {
        let node = match pair.as_rule() {
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
        let (older, newer) = (self.value(&older)?, self.value(&newer)?);
        let (Some(older_age), Some(newer_age)) = (age(&older), age(&newer)) else {
            let both_numbers = [&older, &newer].iter().all(|end| matches!(end.node, ValueKind::Number(_)));
            let help = match both_numbers {
                true => format!("write `between {}d and {}d ago`", self.at(older.span), self.at(newer.span)),
                false => "write it as in `between 60d and 30d ago`".to_owned(),
            };
            let ends = older.span.to(newer.span);
            self.error(Code::BadDuration, ends, "ages are durations, such as `30d`", "no durations", help);
            let day = |span| Spanned { node: OrParam::Literal(Period::from_seconds(86_400)), span };
            return Some(Spanned { node: Window::BetweenAgo(day(older.span), day(newer.span)), span });
        };
        if child(pair, Rule::kw_ago).is_none() {
            let (mut from, mut to) = (older.span, newer.span);
            if let (OrParam::Literal(first), OrParam::Literal(second)) = (&older_age.node, &newer_age.node)
                && first < second
            {
                std::mem::swap(&mut from, &mut to);
            }
            let help =
                format!("write `between {} and {} ago`, the older age first", self.at(from), self.at(to));
            let message = "a window between two ages ends with `ago`";
            self.error(Code::Syntax, span, message, "`ago` is missing", help);
        }
        Some(Spanned { node: Window::BetweenAgo(older_age, newer_age), span })
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
            Rule::duration => match self.with_exponent(&inner) {
                Some(number) => map(number, ValueKind::Number),
                None => map(self.duration(&inner), ValueKind::Duration),
            },
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

/// What is being read on the way into a condition.
enum Open<'i> {
    Chain(Chain<'i>),
    /// Waits for the chain in its parentheses.
    Paren(Span),
    AtLeast {
        span: Span,
        count: NumberOr,
        /// The conditions to come, the next one last.
        rest: Vec<Pair<'i, Rule>>,
        of: Vec<Expr>,
    },
}

impl<'i> Open<'i> {
    fn chain(pair: Pair<'i, Rule>) -> Self {
        Open::Chain(Chain { parts: pair.into_inner(), any: Vec::new(), all: Vec::new(), nots: Vec::new() })
    }
}

/// Operands joined by `and` and `or`: `and` binds tighter than `or`, and `not` than both.
struct Chain<'i> {
    parts: Pairs<'i, Rule>,
    any: Vec<Expr>,
    all: Vec<Expr>,
    /// The `not`s before the operand that is coming.
    nots: Vec<Span>,
}

impl Chain<'_> {
    fn push(&mut self, mut operand: Expr) {
        while let Some(not) = self.nots.pop() {
            let span = not.to(operand.span);
            operand = Spanned { node: ExprKind::Not(Box::new(operand)), span };
        }
        self.all.push(operand);
    }

    fn end_and(&mut self) -> Option<()> {
        self.any.push(joined(std::mem::take(&mut self.all), ExprKind::All)?);
        Some(())
    }

    fn finish(&mut self) -> Option<Expr> {
        self.end_and()?;
        joined(std::mem::take(&mut self.any), ExprKind::Any)
    }
}

/// A value as an age in a window, if it is a duration or may be a param.
fn age(value: &Value) -> Option<Duration> {
    let node = match &value.node {
        ValueKind::Duration(period) => OrParam::Literal(*period),
        ValueKind::Word(name) => OrParam::Param(name.clone()),
        _ => return None,
    };
    Some(Spanned { node, span: value.span })
}

/// One expression alone, or several joined.
fn joined(mut list: Vec<Expr>, join: fn(Vec<Expr>) -> ExprKind) -> Option<Expr> {
    let span = list.first()?.span.to(list.last()?.span);
    if list.len() == 1 { list.pop() } else { Some(Spanned { node: join(list), span }) }
}
