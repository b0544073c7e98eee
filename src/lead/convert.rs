//! From a value as it came in to a typed one: the one place that says which input fits which type.
//!
//! An [`Input`], or the text of a cell, and a type of the vocabulary go in; a [`Value`] or a [`ValueRef`], nothing
//! where the input is missing, or what would have been right comes out.

use std::borrow::Cow;

use super::error::{LeadErrorKind, quote};
use super::{Input, Stage, Value};
use crate::decimal::{DecimalError, Number};
use crate::diagnostic::{closest, list};
use crate::plan::{Texts, ValueRef};
use crate::time::Instant;
use crate::vocabulary::Type;

pub(crate) const EXPECTED_INSTANT: &str =
    "a date such as 2026-10-01 or an instant such as 2026-10-01T09:30:00Z";

/// The value that `input` has as the type `of`, none where it is missing; to be kept.
pub(crate) fn value(of: &Type, input: &Input<'_>) -> Result<Option<Value>, LeadErrorKind> {
    value_ref(of, input).map(|value| value.map(Value::from))
}

/// The value that `input` has as the type `of`; none where it is missing.
///
/// An empty text and an empty list are missing whatever the type.
pub(crate) fn value_ref<'v>(of: &Type, input: &'v Input<'_>) -> Result<Option<ValueRef<'v>>, LeadErrorKind> {
    let value = match (of, input) {
        (_, Input::Missing) => return Ok(None),
        (_, Input::Text(text) | Input::Decimal(text)) if text.is_empty() => return Ok(None),
        (_, Input::Texts(texts)) if texts.iter().all(|text| text.is_empty()) => return Ok(None),
        (Type::Text, Input::Text(text)) => ValueRef::Text(text),
        (Type::Number, Input::Integer(_) | Input::Double(_) | Input::Decimal(_)) => {
            ValueRef::Number(number(input).map_err(|error| LeadErrorKind::decimal(describe(input), error))?)
        }
        (Type::Flag, Input::Flag(flag)) => ValueRef::Flag(*flag),
        (Type::Date, Input::Text(_) | Input::Instant(_)) => match instant(input)? {
            Some(date) => ValueRef::Date(date),
            None => return Ok(None),
        },
        (Type::OneOf(symbols), Input::Text(word)) => {
            let symbol = of.symbol_id(word).ok_or_else(|| LeadErrorKind::WrongValue {
                found: describe(input),
                expected: expected(of),
                suggestion: closest(word, symbols.iter().map(String::as_str)).map(str::to_owned),
            })?;
            ValueRef::Symbol(symbol)
        }
        (Type::SetOfText, Input::Texts(texts)) => ValueRef::Set(Texts::Given(texts)),
        _ => return Err(LeadErrorKind::wrong(describe(input), expected(of))),
    };
    Ok(Some(value))
}

fn number(input: &Input<'_>) -> Result<Number, DecimalError> {
    match input {
        Input::Integer(integer) => {
            Number::from_integer(*integer).ok_or(DecimalError::OutOfRange { points: false })
        }
        Input::Double(double) => Number::from_f64(*double),
        Input::Decimal(text) => Number::parse(text),
        _ => Err(DecimalError::NotANumber),
    }
}

/// The instant that a text or a host's instant is; none where it is missing.
pub(crate) fn instant(input: &Input<'_>) -> Result<Option<Instant>, LeadErrorKind> {
    let instant = match input {
        Input::Missing => return Ok(None),
        Input::Text(text) if text.is_empty() => return Ok(None),
        Input::Text(text) => Instant::parse(text),
        Input::Instant(time) => Instant::try_from(*time),
        _ => return Err(LeadErrorKind::wrong(describe(input), EXPECTED_INSTANT)),
    };
    instant.map(Some).map_err(|error| LeadErrorKind::instant(describe(input), error))
}

/// The text that `input` is, empty where it is missing.
pub(crate) fn text<'a>(input: Input<'a>) -> Result<Cow<'a, str>, LeadErrorKind> {
    match input {
        Input::Missing => Ok("".into()),
        Input::Text(text) => Ok(text),
        input => Err(LeadErrorKind::wrong(describe(&input), "a text")),
    }
}

/// The text that an id is, a number taken as text, empty where it is missing.
pub(crate) fn id<'a>(input: Input<'a>) -> Result<Cow<'a, str>, LeadErrorKind> {
    match input {
        Input::Missing => Ok("".into()),
        Input::Text(text) | Input::Decimal(text) => Ok(text),
        Input::Integer(integer) => Ok(integer.to_string().into()),
        input => Err(LeadErrorKind::wrong(describe(&input), "a text or a number")),
    }
}

/// The stage that `input` names, the default where it is missing.
pub(crate) fn stage(input: Input<'_>) -> Result<Stage, LeadErrorKind> {
    let expected = || list(&Stage::ALL.map(Stage::as_str), "or");
    match &input {
        Input::Missing => Ok(Stage::default()),
        Input::Text(text) if text.is_empty() => Ok(Stage::default()),
        Input::Text(text) => text.parse().map_err(|_| LeadErrorKind::WrongValue {
            found: describe(&input),
            expected: expected(),
            suggestion: closest(text, Stage::ALL.map(Stage::as_str)).map(str::to_owned),
        }),
        _ => Err(LeadErrorKind::wrong(describe(&input), expected())),
    }
}

/// What a cell of a CSV file holds, read as the type `of`; blanks around it are cut.
#[cfg(feature = "csv")]
pub(crate) fn cell<'a>(of: &Type, text: &'a str) -> Result<Input<'a>, LeadErrorKind> {
    const TRUE: [&str; 3] = ["true", "yes", "1"];
    const FALSE: [&str; 3] = ["false", "no", "0"];
    let text = text.trim();
    let is = |word: &&str| text.eq_ignore_ascii_case(word);
    Ok(match of {
        _ if text.is_empty() => Input::Missing,
        Type::Number => Input::Decimal(text.into()),
        Type::Flag if TRUE.iter().any(is) => Input::Flag(true),
        Type::Flag if FALSE.iter().any(is) => Input::Flag(false),
        Type::Flag => return Err(LeadErrorKind::wrong(quote(text), "true, false, yes, no, 1 or 0")),
        Type::SetOfText => Input::Texts(text.split(';').map(|item| item.trim().into()).collect()),
        Type::Text | Type::Date | Type::OneOf(_) => Input::Text(text.into()),
    })
}

/// What a value of the type looks like, in words.
pub(crate) fn expected(of: &Type) -> String {
    const MOST_SYMBOLS: usize = 12;
    match of {
        Type::Text => "a text".into(),
        Type::Number => "a number".into(),
        Type::Flag => "true or false".into(),
        Type::Date => EXPECTED_INSTANT.into(),
        Type::OneOf(symbols) if symbols.len() > MOST_SYMBOLS => {
            format!("one of {}, …", symbols.get(..MOST_SYMBOLS).unwrap_or_default().join(", "))
        }
        Type::OneOf(symbols) => format!("one of {}", symbols.join(", ")),
        Type::SetOfText => "a list of texts".into(),
    }
}

/// What came in, in words.
pub(crate) fn describe(input: &Input<'_>) -> String {
    match input {
        Input::Missing => "nothing".into(),
        Input::Text(text) => format!("the text {}", quote(text)),
        Input::Integer(integer) => integer.to_string(),
        Input::Double(double) => double.to_string(),
        Input::Decimal(text) if Number::parse(text) == Err(DecimalError::NotANumber) => quote(text),
        Input::Decimal(text) => match text.char_indices().nth(40) {
            Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
            None => text.to_string(),
        },
        Input::Flag(flag) => flag.to_string(),
        Input::Instant(time) => time.to_string(),
        Input::Texts(_) => "a list".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lead::Text;
    use chrono::{DateTime, NaiveDate};

    fn plan() -> Type {
        Type::one_of(["free", "Pro", "enterprise"])
    }

    fn problem(of: &Type, input: impl Into<Input<'static>>) -> String {
        value(of, &input.into()).unwrap_err().to_string()
    }

    fn known(of: &Type, input: impl Into<Input<'static>>) -> Option<Value> {
        value(of, &input.into()).unwrap()
    }

    fn millionths(input: impl Into<Input<'static>>) -> i64 {
        let Some(Value::Number(number)) = known(&Type::Number, input) else { panic!("no number") };
        number.millionths()
    }

    #[test]
    fn every_host_type_finds_its_type() {
        assert_eq!(known(&Type::Text, "Chief"), Some(Value::Text(Text::new("Chief"))));
        assert_eq!(known(&Type::Text, String::from("x")), Some(Value::Text(Text::new("x"))));
        assert_eq!(millionths(120_u8), 120_000_000);
        assert_eq!(millionths(-3_i64), -3_000_000);
        assert_eq!(millionths(0.1_f32), 100_000);
        assert_eq!(millionths(2.675_f64), 2_675_000);
        assert_eq!(millionths(Number::from_millionths(1).unwrap()), 1);
        assert_eq!(millionths(Input::Decimal("8999999999999.999999".into())), 8_999_999_999_999_999_999);
        assert_eq!(known(&Type::Flag, Some(false)), Some(Value::Flag(false)));
        assert_eq!(known(&plan(), "pRO"), known(&plan(), "Pro"));
        let set = known(&Type::SetOfText, vec!["a", "", "B"]);
        assert_eq!(set, Some(Value::Set(vec![Text::new("a"), Text::new("B")])));
    }

    #[test]
    fn dates_come_as_text_or_as_chrono_has_them() {
        let date = known(&Type::Date, "2026-10-01");
        assert!(date.is_some());
        assert_eq!(known(&Type::Date, NaiveDate::from_ymd_opt(2026, 10, 1).unwrap()), date);
        let fine: DateTime<Utc> = "1969-12-31T23:59:59.9999999Z".parse().unwrap();
        assert_eq!(known(&Type::Date, fine), known(&Type::Date, "1969-12-31T23:59:59.999999Z"));
        let far: DateTime<Utc> = "+10000-01-01T00:00:00Z".parse().unwrap();
        assert!(problem(&Type::Date, far).contains("years 0001 to 9999"));
    }

    use chrono::Utc;

    #[test]
    fn nothing_empty_is_known() {
        for of in [Type::Text, Type::Number, Type::Flag, Type::Date, plan(), Type::SetOfText] {
            assert_eq!(known(&of, ""), None);
            assert_eq!(known(&of, None::<bool>), None);
            assert_eq!(known(&of, Vec::<String>::new()), None);
            assert_eq!(known(&of, ["", ""]), None);
        }
        // As an empty `stage_since` is.
        assert_eq!(instant(&"".into()).unwrap(), None);
    }

    #[test]
    fn what_does_not_fit_says_what_would() {
        assert_eq!(problem(&Type::Number, "12"), "found the text \"12\" where a number belongs");
        assert_eq!(problem(&Type::Text, 12), "found 12 where a text belongs");
        assert_eq!(problem(&Type::Text, ["a"]), "found a list where a text belongs");
        assert_eq!(problem(&Type::SetOfText, "a"), "found the text \"a\" where a list of texts belongs");
        assert_eq!(problem(&Type::Flag, 1), "found 1 where true or false belongs");
        assert_eq!(
            problem(&plan(), "enterprize"),
            "found the text \"enterprize\" where one of free, Pro, enterprise belongs; did you mean \"enterprise\"?"
        );
        assert!(problem(&Type::Number, f64::NAN).contains("found NaN where a number"));
        assert!(problem(&Type::Number, u64::MAX).contains("magnitude below 9,000,000,000,000"));
        assert!(problem(&Type::Number, i128::MAX).contains("magnitude below"));
        assert!(problem(&Type::Number, Input::Decimal("1,5".into())).contains("found \"1,5\" where"));
        assert!(problem(&Type::Date, "2026-02-30").contains("calendar"));
        assert!(problem(&Type::Date, 20_260_101).contains("2026-10-01"));
    }

    #[cfg(feature = "csv")]
    #[test]
    fn cells_are_read_by_type() {
        assert_eq!(cell(&Type::Flag, " YES "), Ok(Input::Flag(true)));
        assert_eq!(cell(&Type::Flag, "0"), Ok(Input::Flag(false)));
        assert!(cell(&Type::Flag, "ja").unwrap_err().to_string().contains("found \"ja\""));
        assert_eq!(cell(&Type::Text, "  "), Ok(Input::Missing));
        let set = cell(&Type::SetOfText, " a ; ;b;").unwrap();
        assert_eq!(value(&Type::SetOfText, &set), Ok(known(&Type::SetOfText, ["a", "b"])));
    }

    #[test]
    fn ids_may_be_numbers_and_stages_may_not() {
        assert_eq!(id(Input::Decimal("1.0".into())).unwrap(), "1.0");
        assert_eq!(id(Input::Integer(7)).unwrap(), "7");
        assert!(id(Input::Flag(true)).is_err());
        assert_eq!(stage("sal".into()), Ok(Stage::Sal));
        assert_eq!(stage("".into()), Ok(Stage::Lead));
        assert!(stage("mqll".into()).unwrap_err().to_string().ends_with("did you mean \"mql\"?"));
        assert!(stage(5.into()).is_err());
    }
}
