//! Texts, numbers, durations and instants: their inner form, which the grammar leaves open so that a message
//! can say exactly what is wrong.

use pest::iterators::Pair;

use super::super::ast::{NumberLiteral, Sign, Span, Spanned};
use super::super::grammar::Rule;
use super::Lowering;
use crate::decimal::{NUMBER_LIMIT, Number};
use crate::diagnostic::Code;
use crate::time::{Instant, InstantError, Period, UNITS};

/// The most digits that may stand behind the point of a number.
const MOST_PLACES: usize = 6;

/// Words that people write for units of time: what they stand for in seconds, and the name of those that have
/// no fixed length.
const UNIT_WORDS: [(&[&str], i64, Option<&str>); 8] = [
    (&["s", "sec", "secs", "second", "seconds"], 1, None),
    (&["m", "min", "mins", "minute", "minutes"], 60, None),
    (&["h", "hr", "hrs", "hour", "hours"], 3_600, None),
    (&["d", "day", "days"], 86_400, None),
    (&["w", "wk", "wks", "week", "weeks"], 604_800, None),
    (&["mo", "mos", "mth", "mths", "month", "months"], 30 * 86_400, Some("months")),
    (&["q", "quarter", "quarters"], 90 * 86_400, Some("quarters")),
    (&["y", "yr", "yrs", "year", "years"], 365 * 86_400, Some("years")),
];

/// What an amount of a unit in words was meant to be.
pub(in super::super) struct MeantDuration {
    /// The duration, about that of the months or years written.
    pub(in super::super) period: Period,
    /// The unit, where it has no fixed length.
    pub(in super::super) unfixed: Option<&'static str>,
}

/// What `amount` of `unit` was meant to be; none where the unit is unknown or the outcome no duration.
pub(in super::super) fn meant_duration(amount: &str, unit: &str) -> Option<MeantDuration> {
    let unit = unit.to_ascii_lowercase();
    let (_, size, unfixed) = UNIT_WORDS.iter().find(|(words, ..)| words.contains(&unit.as_str()))?;
    let millionths = amount.replace('_', "").parse::<Number>().ok()?.millionths();
    let micros = i64::try_from(i128::from(millionths) * i128::from(*size)).ok()?;
    let period = Period::from_micros(micros);
    let whole = micros % Period::from_seconds(1).micros() == 0;
    (whole && micros > 0 && period <= Period::MAX).then_some(MeantDuration { period, unfixed: *unfixed })
}

impl Lowering<'_> {
    /// A text without its quotes, its escapes replaced.
    pub(super) fn text(&mut self, pair: &Pair<'_, Rule>) -> Spanned<String> {
        let span = self.span(pair);
        let raw = pair.as_str();
        let raw = raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"')).unwrap_or(raw);
        let text = replaced(raw, |left, length, message| {
            let start = span.end - 1 - left;
            let escape = Span { start, end: start + length };
            let help =
                "a text may hold `\\\"`, `\\\\`, `\\n`, `\\t` and `\\u{…}`; write `\\\\` for a backslash";
            self.error(Code::BadText, escape, message, "in this escape", help);
        });
        Spanned { node: text, span }
    }

    /// A number with its sign.
    pub(super) fn number(&mut self, pair: &Pair<'_, Rule>) -> Spanned<NumberLiteral> {
        let span = self.span(pair);
        let written = pair.as_str();
        let sign = match written.as_bytes().first() {
            Some(b'+') => Sign::Plus,
            Some(b'-') => Sign::Minus,
            _ => Sign::None,
        };
        let plain = written.replace('_', "");
        if !underscores_fit(written) {
            let help = format!("write `{plain}`, or set each underscore between two digits");
            let message = "an underscore in a number stands alone between two digits";
            self.error(Code::BadNumber, span, message, "here it does not", help);
        }
        let places = plain.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let kept = plain.len() - places.saturating_sub(MOST_PLACES);
        let kept = plain.get(..kept).unwrap_or(&plain);
        if places > MOST_PLACES {
            let message = format!("a number has at most {MOST_PLACES} digits after the point");
            self.error(
                Code::BadNumber,
                span,
                message,
                &format!("{places} digits"),
                format!("write `{kept}`"),
            );
        }
        let value = kept.parse().unwrap_or_else(|_| {
            let message = "the magnitude of a number stays below 9_000_000_000_000";
            let help = "the largest number is `8_999_999_999_999.999999`";
            self.error(Code::BadNumber, span, message, "too large", help);
            Number::from_millionths(NUMBER_LIMIT - 1).unwrap_or_default()
        });
        let places = u8::try_from(places).unwrap_or(u8::MAX);
        Spanned { node: NumberLiteral { value, sign, places }, span }
    }

    /// A whole number and a unit.
    pub(super) fn duration(&mut self, pair: &Pair<'_, Rule>) -> Spanned<Period> {
        let span = self.span(pair);
        let written = pair.as_str();
        let unit = written.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(written.len());
        let (amount, unit) = written.split_at(unit);
        let size = UNITS.iter().find(|(letter, _)| unit.chars().eq([*letter])).map(|(_, size)| *size);
        let node = match size {
            Some(size) if !amount.contains('.') => self.whole_duration(span, amount, size),
            None if self.with_exponent(pair).is_some() => Period::from_seconds(86_400),
            _ => self.misspelt_duration(span, amount, unit, size.is_some()),
        };
        Spanned { node, span }
    }

    fn whole_duration(&mut self, span: Span, amount: &str, size: i64) -> Period {
        if !underscores_fit(amount) {
            let message = "an underscore in a number stands alone between two digits";
            let help = format!("write `{}`", self.at(span).replace('_', ""));
            self.error(Code::BadDuration, span, message, "here it does not", help);
        }
        // More digits than an i64 has are too long in any unit.
        let amount = amount.replace('_', "").parse::<i64>().unwrap_or(i64::MAX);
        let period = Period::from_seconds(amount.saturating_mul(size));
        if amount == 0 {
            let help = "the shortest duration is `1s`";
            self.error(Code::BadDuration, span, "a duration is at least 1s", "no time at all", help);
            return Period::from_seconds(1);
        }
        if period > Period::MAX {
            let help = "the longest duration is `3650d`, about ten years";
            self.error(Code::BadDuration, span, "a duration is at most 3650d", "too long", help);
            return Period::MAX;
        }
        period
    }

    /// What was read as a duration and is a number with an exponent, which is told.
    pub(super) fn with_exponent(&mut self, pair: &Pair<'_, Rule>) -> Option<Spanned<NumberLiteral>> {
        let (span, value) = (self.span(pair), pair.as_str().parse::<Number>().ok()?);
        let help = format!("write `{value}`");
        self.error(Code::BadNumber, span, "a number has no exponent", "an exponent", help);
        Some(Spanned { node: NumberLiteral { value, sign: Sign::None, places: 0 }, span })
    }

    fn misspelt_duration(&mut self, span: Span, amount: &str, unit: &str, unit_is_known: bool) -> Period {
        let meant = meant_duration(amount, unit);
        let message = match &meant {
            Some(MeantDuration { unfixed: Some(unit), .. }) => format!("{unit} have no fixed length"),
            _ if unit_is_known => "a duration is a whole number and a unit".to_owned(),
            _ => format!("`{unit}` is no unit of time"),
        };
        let help = match &meant {
            Some(meant) => format!("write `{}{}`", self.tokens.lead_in(self.text, span.start), meant.period),
            None => {
                "the units are `s`, `m`, `h`, `d` and `w`, directly behind a whole number: `30d`".to_owned()
            }
        };
        let label = if unit_is_known { "not whole" } else { "in this duration" };
        self.error(Code::BadDuration, span, message, label, help);
        meant.map_or(Period::from_seconds(86_400), |meant| meant.period)
    }

    /// A date or an instant.
    pub(super) fn instant(&mut self, pair: &Pair<'_, Rule>) -> Spanned<Instant> {
        let span = self.span(pair);
        let node = Instant::parse(pair.as_str()).unwrap_or_else(|error| {
            let (label, help) = match error {
                InstantError::Form => ("of another form", "write a date, or date, time and offset"),
                InstantError::NoSuchDay => ("not in the calendar", "months count from 01 to 12, hours to 23"),
                InstantError::OutOfRange => ("out of range", "write a year from 0001 to 9999"),
            };
            self.error(Code::BadInstant, span, error.to_string(), label, help);
            Instant::default()
        });
        Spanned { node, span }
    }
}

/// A text without its quotes, its escapes replaced.
pub(in crate::syntax) fn unescaped(raw: &str) -> String {
    replaced(raw, |_, _, _| {})
}

/// A text without its quotes, its escapes replaced. `wrong` is told of each that is none: how many bytes there are
/// from its start on, how long it is, and what is wrong.
fn replaced(raw: &str, mut wrong: impl FnMut(usize, usize, String)) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(backslash) = rest.find('\\') {
        let (before, escape) = rest.split_at(backslash);
        text.push_str(before);
        let (character, length) = unescape(escape);
        text.push(character.unwrap_or_else(|message| {
            wrong(escape.len(), length, message);
            // Something stands there: the text must not look empty to those behind.
            char::REPLACEMENT_CHARACTER
        }));
        rest = escape.get(length..).unwrap_or("");
    }
    text.push_str(rest);
    text
}

/// What the escape at the start of `text` stands for, or what is wrong with it, and how long it is.
fn unescape(text: &str) -> (Result<char, String>, usize) {
    let Some(letter) = text.chars().nth(1) else { return (Err("an escape has a letter".to_owned()), 1) };
    let character = match letter {
        '"' | '\\' => letter,
        'n' => '\n',
        't' => '\t',
        'u' => return unicode(text),
        _ => return (Err(format!("`\\{letter}` is no escape")), 1 + letter.len_utf8()),
    };
    (Ok(character), 2)
}

/// The escape `\u{…}` at the start of `text`.
fn unicode(text: &str) -> (Result<char, String>, usize) {
    let digits = text.get(2..).and_then(|rest| rest.strip_prefix('{')).and_then(|rest| rest.split_once('}'));
    let Some((digits, _)) = digits else {
        return (Err("`\\u` is followed by 1 to 6 hex digits in braces, as in `\\u{e9}`".to_owned()), 2);
    };
    let length = "\\u{}".len() + digits.len();
    if !(1..=6).contains(&digits.len()) || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return (Err("`\\u{…}` holds 1 to 6 hex digits".to_owned()), length);
    }
    let scalar = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
    (scalar.ok_or_else(|| format!("`{digits}` is no Unicode scalar value")), length)
}

/// Whether each underscore stands between two digits.
fn underscores_fit(number: &str) -> bool {
    let bytes = number.as_bytes();
    bytes.windows(2).all(|pair| match pair {
        [b'_', next] => next.is_ascii_digit(),
        [before, b'_'] => before.is_ascii_digit(),
        _ => true,
    }) && bytes.last() != Some(&b'_')
}
