//! Tests of one value, of an attribute or a property, against its type.

use crate::decimal::Number;
use crate::diagnostic::{Code, Diagnostic, few};
use crate::model::{Comparison, DateTest, Folded, Glob, NumberTest, SetTest, Shared, TextTest, ValueTest};
use crate::syntax::ast::{Name, Operation, Operator, OrParam, Span, Spanned, Value, ValueKind, Window};
use crate::time::Instant;
use crate::vocabulary::{SymbolId, Type};

use super::Checker;
use super::names::Sort;
use super::operators::{operators, tests_in_words, with_article};

impl Operator {
    /// The comparison, for the operators that compare.
    pub(crate) const fn comparison(self) -> Option<Comparison> {
        Some(match self {
            Operator::Equal => Comparison::Equal,
            Operator::NotEqual => Comparison::NotEqual,
            Operator::Less => Comparison::Less,
            Operator::LessOrEqual => Comparison::LessOrEqual,
            Operator::Greater => Comparison::Greater,
            Operator::GreaterOrEqual => Comparison::GreaterOrEqual,
            _ => return None,
        })
    }
}

impl<'a> Checker<'a> {
    /// A test of the attribute or property `name` of type `of`.
    pub(super) fn value_test(
        &mut self,
        name: &Name,
        of: &Type,
        operation: Option<&'a Spanned<Operation>>,
        window: Option<&'a Spanned<Window>>,
    ) -> Option<ValueTest> {
        match (operation, window) {
            (None, None) if matches!(of, Type::Flag) => Some(ValueTest::Flag(true)),
            (None, None) => {
                let message = format!(
                    "`{}` alone says nothing: {} is neither true nor false",
                    name.node,
                    with_article(of)
                );
                self.wrong_test(name.span, message, "a test is missing", of);
                None
            }
            (None, Some(window)) => match (&window.node, of) {
                (Window::Within(period), Type::Date) => {
                    self.duration(period).map(|period| ValueTest::Date(DateTest::Within(period)))
                }
                _ => {
                    let message = format!("{} cannot be tested with a window", with_article(of));
                    self.wrong_test(window.span, message, "does not fit", of);
                    None
                }
            },
            (Some(_), Some(window)) => {
                let message = format!("only events have a window; `{}` is {}", name.node, with_article(of));
                let found =
                    Diagnostic::new(Code::WrongTest, self.at(window.span), message, "does not belong here");
                self.report(found.help("remove it: an attribute is what it is now"));
                None
            }
            (Some(operation), None) => self.operation(name, of, operation),
        }
    }

    fn operation(&mut self, name: &Name, of: &Type, operation: &'a Spanned<Operation>) -> Option<ValueTest> {
        match &operation.node {
            Operation::IsKnown => Some(ValueTest::Known),
            Operation::IsMissing => Some(ValueTest::Missing),
            Operation::Is(word) | Operation::IsAtLeast(word) => {
                let message =
                    format!("`is` asks for the band of a score; `{}` is {}", name.node, with_article(of));
                let found =
                    Diagnostic::new(Code::WrongTest, self.at(operation.span), message, "no score, no bands");
                let help = match of {
                    Type::OneOf(_) => format!("write `{} = {}`", name.node, word.node),
                    Type::Flag => format!("write `{0}` or `{0} = false`", name.node),
                    _ => tests_in_words(of),
                };
                self.report(found.help(help));
                None
            }
            Operation::Between(low, high) => {
                if !matches!(of, Type::Number) {
                    let message = format!("{} cannot be tested with `between`", with_article(of));
                    self.wrong_test(operation.span, message, "does not fit the type", of);
                    return None;
                }
                let (from, to) = (self.number(low), self.number(high));
                let (from, to) = (from?, to?);
                if from > to {
                    self.wrong_way_round(low.span.to(high.span), format!("between {to} and {from}"));
                    return None;
                }
                Some(ValueTest::Number(NumberTest::Between(from, to)))
            }
            Operation::Binary(operator, value) => {
                if !operators(of).contains(operator) {
                    let message =
                        format!("{} cannot be tested with `{}`", with_article(of), operator.spelling());
                    let label = format!("`{}` is {}", name.node, with_article(of));
                    self.wrong_test(operation.span, message, label, of);
                    return None;
                }
                self.binary(of, *operator, value)
            }
        }
    }

    fn binary(&mut self, of: &Type, operator: Operator, value: &'a Value) -> Option<ValueTest> {
        let negated = matches!(operator, Operator::NotEqual | Operator::NotIn);
        match of {
            Type::Text => self.text_test(operator, value, negated).map(ValueTest::Text),
            Type::Number => Some(ValueTest::Number(match operator.comparison() {
                Some(comparison) => NumberTest::Compare(comparison, self.number(value)?),
                None => NumberTest::AnyOf { numbers: self.numbers(value)?, negated },
            })),
            Type::Flag => match &value.node {
                ValueKind::Word(word) if word == "true" => Some(ValueTest::Flag(!negated)),
                ValueKind::Word(word) if word == "false" => Some(ValueTest::Flag(negated)),
                _ => {
                    self.wrong_value(value, "`true` or `false`", "write `true` or `false`");
                    None
                }
            },
            Type::OneOf(_) => {
                let any_of = match operator {
                    Operator::In | Operator::NotIn => self.symbols(value, of)?,
                    _ => vec![self.symbol(value, of)?].into(),
                };
                Some(ValueTest::Symbol { any_of, negated })
            }
            Type::SetOfText => Some(ValueTest::Set(match operator {
                Operator::Contains => SetTest::AnyOf(one(self.text(value)?)),
                Operator::ContainsAnyOf => SetTest::AnyOf(self.texts(value)?),
                _ => SetTest::AllOf(self.texts(value)?),
            })),
            Type::Date => Some(ValueTest::Date(match operator {
                Operator::Before => DateTest::Before(self.instant(value)?),
                Operator::After => DateTest::After(self.instant(value)?),
                _ => DateTest::OlderThan(self.duration_value(value)?),
            })),
        }
    }

    fn text_test(&mut self, operator: Operator, value: &'a Value, negated: bool) -> Option<TextTest> {
        Some(match operator {
            Operator::Equal | Operator::NotEqual => {
                TextTest::AnyOf { texts: one(self.text(value)?), negated }
            }
            Operator::In | Operator::NotIn => TextTest::AnyOf { texts: self.texts(value)?, negated },
            Operator::Contains => TextTest::Contains(one(self.text(value)?)),
            Operator::ContainsAnyOf => TextTest::Contains(self.texts(value)?),
            Operator::StartsWith => TextTest::StartsWith(self.text(value)?),
            Operator::EndsWith => TextTest::EndsWith(self.text(value)?),
            Operator::Matches => TextTest::Matches(Glob::new(self.text(value)?.as_str())),
            Operator::HasWord => TextTest::HasWord(one(self.text(value)?)),
            _ => TextTest::HasWord(self.texts(value)?),
        })
    }

    /// A text in quotes, not empty.
    pub(super) fn text(&mut self, value: &Value) -> Option<Folded> {
        match &value.node {
            ValueKind::Text(text) if text.is_empty() => {
                let found = Diagnostic::new(
                    Code::Empty,
                    self.at(value.span),
                    "an empty text after an operator",
                    "empty",
                );
                self.report(
                    found.help("an empty text counts as missing: ask with `is missing` or `is known`"),
                );
                None
            }
            ValueKind::Text(text) => Some(Folded::new(text)),
            ValueKind::Word(word) if self.names.sort(word) == Some(Sort::List) => {
                let help = "a list stands behind `in`, `not in`, `contains any of` or `has any word of`";
                self.wrong_sort(value.span, word, "a text in quotes", help);
                None
            }
            ValueKind::List(_) => {
                let help = "a list stands behind `in`, `not in`, `contains any of` or `has any word of`";
                self.wrong_value(value, "a text in quotes", help);
                None
            }
            _ => {
                let written = self.written(value.span);
                self.wrong_value(value, "a text in quotes", &format!("write `\"{written}\"`"));
                None
            }
        }
    }

    fn number(&mut self, value: &Value) -> Option<Number> {
        let number = self.number_value(value, "a number")?;
        self.number_of(number, value.span)
    }

    /// A symbol of the attribute's list, written bare.
    pub(super) fn symbol(&mut self, value: &Value, of: &Type) -> Option<SymbolId> {
        match &value.node {
            ValueKind::Word(word) => self.symbol_named(word, value.span, of),
            ValueKind::Text(text) if of.symbol_id(text).is_some() => {
                let help = format!("the values of a `one of` stand without quotes: write `{text}`");
                self.wrong_value(value, "a word without quotes", &help);
                None
            }
            ValueKind::List(_) => {
                self.wrong_value(value, "a word without quotes", "a list stands behind `in` and `not in`");
                None
            }
            _ => {
                self.wrong_value(value, "a word without quotes", &symbols_in_words(of));
                None
            }
        }
    }

    /// The symbol that a bare word names.
    pub(super) fn symbol_named(&mut self, symbol: &str, span: Span, of: &Type) -> Option<SymbolId> {
        let id = of.symbol_id(symbol);
        if let (None, Type::OneOf(symbols)) = (id, of) {
            let message = format!("`{symbol}` is none of the values that are listed for this");
            let nearest = self.nearest(symbol, symbols.iter().map(String::as_str)).map(str::to_owned);
            // Not `unknown`: symbols share no space with other names.
            let found = Diagnostic::new(Code::UnknownSymbol, self.at(span), message, "not one of them");
            self.report(match nearest {
                Some(near) => found.did_you_mean(&near),
                None => found.help(symbols_in_words(of)),
            });
        }
        id
    }

    fn instant(&mut self, value: &Value) -> Option<Instant> {
        let help = match &value.node {
            ValueKind::Instant(instant) => return Some(*instant),
            ValueKind::Duration(period) => {
                format!("what is that long ago is `older than {period}`, what is newer is `within {period}`")
            }
            ValueKind::Text(text) if Instant::parse(text).is_ok() => {
                format!("dates stand without quotes: write `{text}`")
            }
            _ => "write year, month and day: `2026-10-01`".to_owned(),
        };
        self.wrong_value(value, "a date such as `2026-10-01`", &help);
        None
    }

    fn duration_value(&mut self, value: &Value) -> Option<crate::time::Period> {
        let node = match &value.node {
            ValueKind::Duration(period) => OrParam::Literal(*period),
            ValueKind::Word(name) => OrParam::Param(name.clone()),
            ValueKind::Number(number) => {
                let help = format!("write a unit behind the number: `{}d` for days", number.value);
                return self.no_duration(value, &help);
            }
            ValueKind::Instant(_) => {
                let written = self.written(value.span);
                let help = format!("a date stands behind `before` or `after`: `before {written}`");
                return self.no_duration(value, &help);
            }
            _ => return self.no_duration(value, "write a number and a unit: `30d` for days"),
        };
        self.duration(&Spanned { node, span: value.span })
    }

    fn no_duration(&mut self, value: &Value, help: &str) -> Option<crate::time::Period> {
        self.wrong_value(value, "a duration such as `30d`", help);
        None
    }

    /// Reports a test that the type does not have, and says which ones it has.
    fn wrong_test(&mut self, span: Span, message: String, label: impl Into<String>, of: &Type) {
        let found = Diagnostic::new(Code::WrongTest, self.at(span), message, label);
        self.report(found.help(tests_in_words(of)));
    }

    /// Reports bounds that stand the wrong way round; `right` is how to write them.
    pub(super) fn wrong_way_round(&mut self, span: Span, right: String) {
        let found = Diagnostic::new(
            Code::BadBounds,
            self.at(span),
            "the bounds are the wrong way round",
            "nothing lies between",
        );
        self.report(found.help(format!("write `{right}`")));
    }
}

/// `it can be `free`, `pro` or `enterprise``
pub(super) fn symbols_in_words(of: &Type) -> String {
    let Type::OneOf(symbols) = of else { return String::new() };
    format!("it can be {}", few(symbols.iter().map(String::as_str), "or"))
}

/// A list of one.
fn one(text: Folded) -> Shared<Folded> {
    vec![text].into()
}
