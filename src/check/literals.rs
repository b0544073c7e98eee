//! Literals and the params that may stand for them: points, numbers, counts, durations, lists.

use std::collections::HashMap;

use crate::decimal::{MILLIONTHS, Number, Points};
use crate::diagnostic::{Code, Diagnostic};
use crate::syntax::ast::{
    Duration, LetValue, Literal, NumberLiteral, NumberOr, OrParam, Sign, Span, Spanned, StatementKind, Value,
    ValueKind,
};
use crate::time::{Period, UNITS};

use super::names::Sort;
use super::{Checker, Placed, each};

/// What a param stands for, overrides included.
#[derive(Clone, Copy, Debug)]
pub(super) enum Param {
    Number(NumberLiteral),
    Duration(Period),
}

/// A list of values of one sort.
#[derive(Clone, Copy, Debug)]
pub(super) enum List<'a> {
    Texts(&'a [Value]),
    Numbers(&'a [Value]),
    Symbols(&'a [Value]),
}

/// The largest magnitude of points that a rule set may write.
const MAX_POINTS: i64 = 1_000_000;

impl<'a> Checker<'a> {
    /// Takes in all params, and what the host overrides.
    pub(super) fn declare_params(&mut self, statements: &[Placed<'a>], overrides: &[(String, String)]) {
        let mut places = HashMap::new();
        for (file, _, (name, value)) in each(statements, |statement| match statement {
            StatementKind::Param { name, value } => Some((name, value)),
            _ => None,
        }) {
            self.file = file;
            if self.is_first(file, name) {
                let param = match value.node {
                    Literal::Number(number) => Param::Number(number),
                    Literal::Duration(period) => Param::Duration(period),
                };
                self.params.insert(&name.node, param);
                places.insert(name.node.as_str(), self.at(name.span));
            }
        }
        for (name, text) in overrides {
            let Some((known, param)) = self.params.get_key_value(name.as_str()) else {
                let candidates: Vec<&str> = self.params.keys().copied().collect();
                let nearest = crate::diagnostic::closest(name, candidates.iter().copied());
                let help = nearest.map(|nearest| format!("did you mean `{nearest}`?"));
                let message = format!("there is no param `{name}` to set");
                self.report(Diagnostic { code: Code::BadOverride, message, help, labels: Vec::new() });
                continue;
            };
            let (known, param) = (*known, *param);
            let (sort, example, value) = match param {
                Param::Number(_) => ("a number or points", "20", override_number(text).map(Param::Number)),
                Param::Duration(_) => ("a duration", "30d", override_duration(text).map(Param::Duration)),
            };
            match value {
                Some(value) => {
                    self.params.insert(known, value);
                }
                None => {
                    let message = format!("the param `{name}` is {sort} and cannot be set to `{text}`");
                    let labels = places.get(known).map(|place| (*place, format!("{sort}")));
                    let help = Some(format!("set it to a value such as `{name}={example}`"));
                    let labels = labels.into_iter().collect();
                    self.report(Diagnostic { code: Code::BadOverride, message, help, labels });
                }
            }
        }
    }

    /// Looks a param up, or reports the name.
    fn param(&mut self, name: &str, span: Span, wanted: &str) -> Option<Param> {
        if let Some(param) = self.params.get(name) {
            return Some(*param);
        }
        match self.names.sort(name) {
            Some(_) => self.wrong_sort(span, name, &format!("{wanted} or a param"), ""),
            None => {
                let candidates = self.names.of(|sort| sort == Sort::Param);
                let name = Spanned { node: name.to_owned(), span };
                let message = format!("there is no param `{}`", name.node);
                let help = format!("write {wanted}, or define the param: `param {} = …`", name.node);
                self.unknown(Code::UnknownName, &name, message, candidates, &help);
            }
        }
        None
    }

    /// A number literal, from the text or from a param.
    fn number_literal(&mut self, value: &NumberOr, wanted: &str) -> Option<NumberLiteral> {
        match &value.node {
            OrParam::Literal(number) => Some(*number),
            OrParam::Param(name) => match self.param(name, value.span, wanted)? {
                Param::Number(number) => Some(number),
                Param::Duration(period) => {
                    self.wrong_param(value.span, name, &format!("the duration {period}"), wanted);
                    None
                }
            },
        }
    }

    fn wrong_param(&mut self, span: Span, name: &str, found: &str, wanted: &str) {
        let diagnostic = Diagnostic::new(
            Code::WrongValue,
            self.at(span),
            format!("the param `{name}` is {found}, where {wanted} belongs"),
            format!("{found}, not {wanted}"),
        );
        let diagnostic = match self.names.place(name) {
            Some(place) => diagnostic.also(place, "defined here"),
            None => diagnostic,
        };
        self.report(diagnostic);
    }

    /// Points: at most 3 digits after the point, magnitude at most 1,000,000.
    pub(super) fn points(&mut self, value: &NumberOr) -> Option<Points> {
        let number = self.number_literal(value, "points")?;
        self.points_of(number, value.span)
    }

    pub(super) fn points_of(&mut self, number: NumberLiteral, span: Span) -> Option<Points> {
        if number.places > 3 {
            let found = Diagnostic::new(
                Code::BadNumber,
                self.at(span),
                format!(
                    "points have at most 3 digits after the point, `{}` has {}",
                    number.value, number.places
                ),
                "too fine",
            );
            self.report(found.help("round to whole thousandths"));
            return None;
        }
        if number.value.millionths().abs() > MAX_POINTS * MILLIONTHS {
            let found = Diagnostic::new(
                Code::BadNumber,
                self.at(span),
                format!("points go from -1,000,000 to 1,000,000, found {}", number.value),
                "too many points",
            );
            self.report(found.help("stay within 1,000,000 points"));
            return None;
        }
        Some(Points::from_thousandths(number.value.millionths() / 1_000))
    }

    /// Bounds LO..HI in points, the right way round.
    pub(super) fn bounds(&mut self, low: &NumberOr, high: &NumberOr) -> Option<(Points, Points)> {
        let (from, to) = (self.points(low), self.points(high));
        let (from, to) = (from?, to?);
        if from > to {
            let found = Diagnostic::new(
                Code::BadBounds,
                self.at(low.span.to(high.span)),
                format!("the lower bound {from} is above the upper bound {to}"),
                "the wrong way round",
            );
            self.report(found.help(format!("write `{to}..{from}`")));
            return None;
        }
        Some((from, to))
    }

    /// A number: no plus sign in front of it.
    pub(super) fn number_of(&mut self, number: NumberLiteral, span: Span) -> Option<Number> {
        if number.sign == Sign::Plus {
            let found = Diagnostic::new(
                Code::BadNumber,
                self.at(span),
                "a plus sign marks points, and here a number belongs",
                "points, not a number",
            );
            self.report(found.help(format!("write `{}`", number.value)));
            return None;
        }
        Some(number.value)
    }

    /// A whole number from `least` to `most`.
    pub(super) fn count(&mut self, value: &NumberOr, least: i64, most: i64, what: &str) -> Option<i64> {
        let number = self.number_literal(value, "a whole number")?;
        self.count_of(number, value.span, least, most, what)
    }

    pub(super) fn count_of(
        &mut self,
        number: NumberLiteral,
        span: Span,
        least: i64,
        most: i64,
        what: &str,
    ) -> Option<i64> {
        let value = self.number_of(number, span)?;
        match number.whole() {
            Some(whole) if (least..=most).contains(&whole) => Some(whole),
            _ => {
                let range = if most == i64::MAX {
                    format!("from {least} up")
                } else {
                    format!("from {least} to {most}")
                };
                let found = Diagnostic::new(
                    Code::BadNumber,
                    self.at(span),
                    format!("{what} is a whole number {range}, found {value}"),
                    format!("not a whole number {range}"),
                );
                self.report(found.help(format!("write a whole number {range}")));
                None
            }
        }
    }

    /// A duration, from the text or from a param.
    pub(super) fn duration(&mut self, value: &Duration) -> Option<Period> {
        match &value.node {
            OrParam::Literal(period) => Some(*period),
            OrParam::Param(name) => match self.param(name, value.span, "a duration")? {
                Param::Duration(period) => Some(period),
                Param::Number(number) => {
                    self.wrong_param(value.span, name, &format!("the number {}", number.value), "a duration");
                    None
                }
            },
        }
    }

    /// What stands behind a comparison, where a number or a param belongs.
    pub(super) fn number_value(&mut self, value: &Value, wanted: &str) -> Option<NumberLiteral> {
        match &value.node {
            ValueKind::Number(number) => Some(*number),
            ValueKind::Word(name) => {
                let param = Spanned { node: OrParam::Param(name.clone()), span: value.span };
                self.number_literal(&param, wanted)
            }
            _ => {
                self.wrong_value(value, wanted, "");
                None
            }
        }
    }

    /// Reports a value of another sort than is wanted.
    pub(super) fn wrong_value(&mut self, value: &Value, wanted: &str, help: &str) {
        let found = Diagnostic::new(
            Code::WrongValue,
            self.at(value.span),
            format!("here {wanted} belongs, found {}", describe(&value.node)),
            format!("not {wanted}"),
        );
        self.report(if help.is_empty() { found } else { found.help(help) });
    }

    /// Takes in all list `let`s.
    pub(super) fn declare_lists(&mut self, statements: &[Placed<'a>]) {
        for (file, _, (name, items)) in each(statements, |statement| match statement {
            StatementKind::Let { name, value: LetValue::List(items) } => Some((name, items)),
            _ => None,
        }) {
            self.file = file;
            let list = self.list(&items.node, items.span);
            if self.is_first(file, name) {
                self.lists.insert(&name.node, list);
            }
        }
    }

    /// A list in brackets: not empty, one sort of value.
    fn list(&mut self, items: &'a [Value], span: Span) -> Option<List<'a>> {
        let Some(first) = items.first() else {
            let found = Diagnostic::new(Code::Empty, self.at(span), "the list is empty", "nothing in it");
            self.report(found.help("put at least one value in, or remove the test"));
            return None;
        };
        if self.over_limit_once(items.len(), self.limits.list_items, span) {
            return None;
        }
        for item in items {
            let help = match item.node {
                ValueKind::List(_) => "lists do not nest",
                ValueKind::Instant(_) | ValueKind::Duration(_) => "lists hold texts, numbers or symbols",
                _ if std::mem::discriminant(&item.node) != std::mem::discriminant(&first.node) => {
                    self.report(
                        Diagnostic::new(
                            Code::MixedList,
                            self.at(item.span),
                            format!("a list holds one sort of value, found {}", describe(&item.node)),
                            describe(&item.node),
                        )
                        .also(self.at(first.span), format!("the list begins with {}", describe(&first.node)))
                        .help("write texts in quotes, symbols bare"),
                    );
                    return None;
                }
                ValueKind::Text(ref text) if text.is_empty() => {
                    let found = Diagnostic::new(
                        Code::Empty,
                        self.at(item.span),
                        "an empty text in a list",
                        "fits nothing",
                    );
                    self.report(found.help("remove it; `is missing` asks for an empty value"));
                    return None;
                }
                _ => continue,
            };
            self.wrong_value(item, "a text, a number or a symbol", help);
            return None;
        }
        match first.node {
            ValueKind::Text(_) => Some(List::Texts(items)),
            ValueKind::Number(_) => Some(List::Numbers(items)),
            _ => Some(List::Symbols(items)),
        }
    }

    fn over_limit_once(&mut self, count: usize, limit: usize, span: Span) -> bool {
        count > limit && self.over_limit(limit + 1, limit, "items in a list", span)
    }

    /// The list that stands behind an operator: in brackets, or the name of a list `let`.
    pub(super) fn list_value(&mut self, value: &'a Value) -> Option<List<'a>> {
        match &value.node {
            ValueKind::List(items) => self.list(items, value.span),
            ValueKind::Word(name) => match self.names.sort(name) {
                Some(Sort::List) => self.lists.get(name.as_str()).copied().flatten(),
                Some(_) => {
                    let help = format!("write a list: `[{name}]`");
                    self.wrong_sort(value.span, name, "a list", &help);
                    None
                }
                None => {
                    let candidates = self.names.of(|sort| sort == Sort::List);
                    let word = Spanned { node: name.clone(), span: value.span };
                    let message = format!("there is no list `{name}`");
                    let help = format!("write a list such as `[{name}]`, or define it with `let`");
                    self.unknown(Code::UnknownName, &word, message, candidates, &help);
                    None
                }
            },
            ValueKind::Text(text) => {
                self.wrong_value(value, "a list", &format!("write `[\"{}\"]`", text.escape_default()));
                None
            }
            _ => {
                self.wrong_value(value, "a list", "write the values in brackets: `[\"a\", \"b\"]`");
                None
            }
        }
    }
}

/// A value in words: `the text "x"`, `the number 5`.
pub(super) fn describe(value: &ValueKind) -> String {
    match value {
        ValueKind::Number(number) => format!("the number {}", number.value),
        ValueKind::Text(text) => format!("the text \"{}\"", text.escape_default()),
        ValueKind::Word(word) => format!("the word `{word}`"),
        ValueKind::Instant(instant) => format!("the instant {instant}"),
        ValueKind::Duration(period) => format!("the duration {period}"),
        ValueKind::List(_) => "a list".to_owned(),
    }
}

/// A number or points as an override writes them.
fn override_number(text: &str) -> Option<NumberLiteral> {
    let (sign, digits) = match text.as_bytes() {
        [b'+', rest @ ..] => (Sign::Plus, rest),
        [b'-', rest @ ..] => (Sign::Minus, rest),
        rest => (Sign::None, rest),
    };
    // Only the form of the language: no exponent, digits on both sides of the point.
    let mut parts = digits.split(|byte| *byte == b'.');
    let (whole, fraction) = (parts.next()?, parts.next());
    let is_digits = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    let places = fraction.map_or(0, <[u8]>::len);
    if !is_digits(whole)
        || fraction.is_some_and(|part| !is_digits(part))
        || parts.next().is_some()
        || places > 6
    {
        return None;
    }
    let value = Number::parse(text).ok()?;
    Some(NumberLiteral { value, sign, places: u8::try_from(places).ok()? })
}

/// A duration as an override writes it.
fn override_duration(text: &str) -> Option<Period> {
    let (unit, size) = UNITS.iter().find(|(unit, _)| text.ends_with(*unit))?;
    let digits = text.strip_suffix(*unit)?;
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let seconds = digits.parse::<i64>().ok()?.checked_mul(*size)?;
    let period = Period::from_seconds(seconds);
    (seconds >= 1 && period <= Period::MAX).then_some(period)
}
