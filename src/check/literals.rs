//! Literals and the params that may stand for them: points, numbers, counts, durations.

use crate::decimal::{MILLIONTHS, Number, Points};
use crate::diagnostic::{Code, Diagnostic};
use crate::hash::QuickMap;
use crate::syntax::ast::{
    Duration, Literal, NumberLiteral, NumberOr, OrParam, Sign, Span, Spanned, StatementKind, Value, ValueKind,
};
use crate::time::{Period, UNITS};

use super::lists::word;
use super::names::Sort;
use super::{Checker, Placed, each};

/// What a param stands for, overrides included.
#[derive(Clone, Copy, Debug)]
pub(super) enum Param {
    Number(NumberLiteral),
    Duration(Period),
}

/// How messages call a number of events, of conditions or of times.
pub(super) const COUNT: &str = "a whole number";

/// A number has at most so many digits after its point.
const MOST_PLACES: u8 = 6;

/// The largest magnitude of points that a rule set may write.
const MAX_POINTS: i64 = 1_000_000;

impl<'a> Checker<'a> {
    /// Takes in all params, and what the host overrides.
    pub(super) fn declare_params(&mut self, statements: &[Placed<'a>], overrides: &[(String, String)]) {
        let mut places = QuickMap::default();
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
                if self.names.may_be_defined(name) {
                    continue;
                }
                let nearest = self.nearest_name(name, |sort| sort == Sort::Param);
                let message = format!("there is no param {} to set", quoted(name));
                let found = Diagnostic::without_place(Code::BadOverride, message);
                self.report(match nearest {
                    Some(nearest) => found.help(format!("did you mean `{nearest}`?")),
                    None => found,
                });
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
                    let message =
                        format!("the param `{name}` is {sort} and cannot be set to {}", quoted(text));
                    let found = Diagnostic::without_place(Code::BadOverride, message)
                        .help(format!("set it to a value such as `{name}={example}`"));
                    self.report(match places.get(known) {
                        Some(place) => found.also(*place, sort),
                        None => found,
                    });
                }
            }
        }
    }

    /// Looks a param up, or reports the name.
    fn param(&mut self, name: &str, span: Span, wanted: &str) -> Option<Param> {
        if let Some(param) = self.params.get(name) {
            self.names.mark_used(name);
            return Some(*param);
        }
        match self.names.sort(name) {
            Some(_) => {
                let help = format!("write {wanted}, or the name of a `param`");
                self.wrong_sort(span, name, wanted, &help);
            }
            None => {
                let nearest = self.nearest_name(name, |sort| sort == Sort::Param);
                let message = format!("there is no param `{name}`");
                let help = format!("write {wanted}, or define the param: `param {name} = …`");
                self.unknown(Code::UnknownName, &word(name, span), message, nearest, &help);
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
            format!("expected {wanted}, found the param `{name}`, which is {found}"),
            format!("{found}, not {wanted}"),
        );
        let diagnostic = match self.names.place(name) {
            Some(place) => diagnostic.also(place, "defined here"),
            None => diagnostic,
        };
        self.report(diagnostic.help(format!("write {wanted}, or the name of another `param`")));
    }

    /// Reports a number that does not fit where it stands: where a param stands for it, its definition too.
    fn wrong_number(&mut self, span: Span, message: String, label: &str, help: String) {
        let found = Diagnostic::new(Code::BadNumber, self.at(span), message, label).help(help);
        let written = self.written(span);
        let param = self.params.contains_key(written).then(|| self.names.place(written)).flatten();
        self.report(match param {
            Some(place) => found.also(place, "stands for this number"),
            None => found,
        });
    }

    /// Points: at most 3 digits after the point, magnitude at most 1,000,000.
    pub(super) fn points(&mut self, value: &NumberOr) -> Option<Points> {
        let number = self.number_literal(value, "points")?;
        self.points_of(number, value.span)
    }

    pub(super) fn points_of(&mut self, number: NumberLiteral, span: Span) -> Option<Points> {
        if number.places > 3 {
            let message = format!("points have at most 3 digits after the point, found {}", number.value);
            let help = format!("write `{}`", points_near(number));
            self.wrong_number(span, message, "too fine", help);
            return None;
        }
        if number.value.millionths().abs() > MAX_POINTS * MILLIONTHS {
            let message = format!("points go from -1,000,000 to 1,000,000, found {}", number.value);
            self.wrong_number(span, message, "too many points", "stay within 1,000,000 points".to_owned());
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
            let message = "a plus sign marks points, and here a number belongs".to_owned();
            self.wrong_number(span, message, "points, not a number", format!("write `{}`", number.value));
            return None;
        }
        Some(number.value)
    }

    /// A whole number from `least` to `most`.
    pub(super) fn count(&mut self, value: &NumberOr, least: i64, most: i64, what: &str) -> Option<i64> {
        let number = self.number_literal(value, COUNT)?;
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
                let message = format!("{what} must be a whole number {range}, found {value}");
                let label = format!("not a whole number {range}");
                let near =
                    (value.millionths().saturating_add(MILLIONTHS - 1) / MILLIONTHS).clamp(least, most);
                self.wrong_number(span, message, &label, format!("write for example `{near}`"));
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
                let help = self.number_help(value, wanted);
                self.wrong_value(value, wanted, &help);
                None
            }
        }
    }

    /// What to write in place of a value that is no number.
    fn number_help(&self, value: &Value, wanted: &str) -> String {
        match &value.node {
            ValueKind::Text(text) if override_number(text).is_some() => {
                format!("write `{text}` without quotes")
            }
            ValueKind::Duration(_) if wanted == COUNT => {
                let written = self.written(value.span);
                format!("write {wanted}; how far to look back stands behind it: `within {written}`")
            }
            ValueKind::Duration(_) => format!("write {wanted}, without a unit of time"),
            ValueKind::List(_) => "a list stands behind `in` and `not in`".to_owned(),
            _ => format!("write {wanted}, or the name of a `param`"),
        }
    }

    /// Reports a value of another sort than is wanted.
    pub(super) fn wrong_value(&mut self, value: &Value, wanted: &str, help: &str) {
        let found = Diagnostic::new(
            Code::WrongValue,
            self.at(value.span),
            format!("expected {wanted}, found {}", describe(&value.node)),
            format!("not {wanted}"),
        );
        self.report(if help.is_empty() { found } else { found.help(help) });
    }
}

/// A text as rule sets write it; of a long one only the start.
pub(super) fn quoted(text: &str) -> String {
    const MOST_CHARACTERS: usize = 60;
    match text.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => format!("{}…", crate::syntax::format::quoted(text.get(..end).unwrap_or(text))),
        None => crate::syntax::format::quoted(text),
    }
}

/// A value in words: `the text "x"`, `the number 5`.
pub(super) fn describe(value: &ValueKind) -> String {
    match value {
        ValueKind::Number(number) => format!("the number {}", number.value),
        ValueKind::Text(text) => format!("the text {}", quoted(text)),
        ValueKind::Word(word) => format!("the word `{word}`"),
        ValueKind::Instant(instant) => format!("the instant {instant}"),
        ValueKind::Duration(period) => format!("the duration {period}"),
        ValueKind::List(_) => "a list".to_owned(),
    }
}

/// Points as near as they can be to a number that is too fine for them.
fn points_near(number: NumberLiteral) -> Points {
    Points::from_thousandths(number.value.millionths() / 1_000)
}

/// Digits with single underscores between them, as an override writes them, without the underscores.
fn override_digits(text: &str) -> Option<String> {
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split('_').all(is_digits).then(|| text.replace('_', ""))
}

/// A number or points as an override writes them, in the form that the language has: no exponent, digits on
/// both sides of the point.
fn override_number(text: &str) -> Option<NumberLiteral> {
    let (sign, digits) = match (text.strip_prefix('+'), text.strip_prefix('-')) {
        (Some(digits), _) => (Sign::Plus, digits),
        (_, Some(digits)) => (Sign::Minus, digits),
        _ => (Sign::None, text),
    };
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (override_digits(whole)?, override_digits(fraction)?),
        None => (override_digits(digits)?, String::new()),
    };
    let places = u8::try_from(fraction.len()).ok().filter(|places| *places <= MOST_PLACES)?;
    let minus = if sign == Sign::Minus { "-" } else { "" };
    let value = Number::parse(&format!("{minus}{whole}.{fraction}")).ok()?;
    Some(NumberLiteral { value, sign, places })
}

/// A duration as an override writes it.
fn override_duration(text: &str) -> Option<Period> {
    let (unit, size) = UNITS.iter().find(|(unit, _)| text.ends_with(*unit))?;
    let digits = override_digits(text.strip_suffix(*unit)?)?;
    let seconds = digits.parse::<i64>().ok()?.checked_mul(*size)?;
    let period = Period::from_seconds(seconds);
    (seconds >= 1 && period <= Period::MAX).then_some(period)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overrides_are_written_as_in_a_rule_set() {
        let number = |text| override_number(text).map(|number| (number.value.to_string(), number.places));
        assert_eq!(number("1_000"), Some(("1000".to_owned(), 0)));
        assert_eq!(number("-2.50"), Some(("-2.5".to_owned(), 2)));
        assert_eq!(number("+20"), Some(("20".to_owned(), 0)));
        for wrong in [
            "",
            "+",
            "1e3",
            ".5",
            "5.",
            "1__0",
            "_1",
            "1_",
            "--1",
            "1.2.3",
            "0.1234567",
            " 1",
            "9000000000000",
        ] {
            assert_eq!(number(wrong), None, "{wrong:?}");
        }
        assert_eq!(override_duration("1_000h").map(|period| period.to_string()), Some("1000h".to_owned()));
        assert_eq!(override_duration("3650d"), Some(Period::MAX));
        for wrong in ["", "d", "0d", "3651d", "-1d", "1.5d", "3 d", "3mo", "30", "99999999999999999999d"] {
            assert_eq!(override_duration(wrong), None, "{wrong:?}");
        }
    }
}
