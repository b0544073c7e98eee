//! Values as hosts have them, before the vocabulary says what they are.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use crate::decimal::Number;

/// A value that a host gives to an attribute or a property; the vocabulary's type decides what it becomes.
///
/// Made from ordinary Rust values, so it is rarely written out. `None`, an empty text and an empty list all
/// mean that nothing is known.
///
/// ```
/// use leadql::Input;
/// assert_eq!(Input::from(120_u32), Input::Integer(120));
/// assert_eq!(Input::from(None::<&str>), Input::Missing);
/// assert_eq!(Input::from(["aws", "gcp"]), Input::Texts(vec!["aws".into(), "gcp".into()]));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Input<'a> {
    /// Nothing is known.
    Missing,
    /// For a text, one of a `one of` list (the case of ASCII letters does not count), or a date: RFC 3339, or
    /// a bare date for midnight UTC.
    Text(Cow<'a, str>),
    /// For a number.
    Integer(i128),
    /// For a number; read from its shortest decimal form, rounded to millionths.
    Double(f64),
    /// For a number, in digits such as `12.50` or `1e3`: exact where a double might not be.
    Decimal(Cow<'a, str>),
    /// For a flag.
    Flag(bool),
    /// For a date, in the years 0001 to 9999; cut to microseconds towards the past.
    Instant(DateTime<Utc>),
    /// For a set of text.
    Texts(Vec<Cow<'a, str>>),
}

macro_rules! from_integers {
    ($($integer:ty),+) => {$(
        impl From<$integer> for Input<'_> {
            #[inline]
            fn from(value: $integer) -> Self {
                Input::Integer(i128::from(value))
            }
        }
    )+};
}

from_integers!(i8, i16, i32, i64, i128, u8, u16, u32, u64);

impl From<usize> for Input<'_> {
    fn from(value: usize) -> Self {
        // OK because no machine has a `usize` of more than 64 bits; a wider one would be out of range anyway.
        Input::Integer(i128::try_from(value).unwrap_or(i128::MAX))
    }
}

impl From<f64> for Input<'_> {
    fn from(value: f64) -> Self {
        Input::Double(value)
    }
}

impl From<f32> for Input<'_> {
    /// By its own shortest form: `0.1_f32` is 0.1, which widened to a double it would not be.
    fn from(value: f32) -> Self {
        if value.is_finite() {
            Input::Decimal(format!("{value:e}").into())
        } else {
            Input::Double(f64::from(value))
        }
    }
}

impl From<Number> for Input<'_> {
    fn from(value: Number) -> Self {
        Input::Decimal(value.to_string().into())
    }
}

impl From<bool> for Input<'_> {
    #[inline]
    fn from(value: bool) -> Self {
        Input::Flag(value)
    }
}

impl From<DateTime<Utc>> for Input<'_> {
    fn from(value: DateTime<Utc>) -> Self {
        Input::Instant(value)
    }
}

impl From<NaiveDate> for Input<'_> {
    /// Midnight UTC of that day.
    fn from(value: NaiveDate) -> Self {
        Input::Instant(value.and_time(NaiveTime::MIN).and_utc())
    }
}

impl<'a> From<&'a str> for Input<'a> {
    #[inline]
    fn from(value: &'a str) -> Self {
        Input::Text(value.into())
    }
}

impl<'a> From<&'a String> for Input<'a> {
    #[inline]
    fn from(value: &'a String) -> Self {
        Input::Text(value.into())
    }
}

impl From<String> for Input<'_> {
    fn from(value: String) -> Self {
        Input::Text(value.into())
    }
}

impl<'a> From<Cow<'a, str>> for Input<'a> {
    fn from(value: Cow<'a, str>) -> Self {
        Input::Text(value)
    }
}

impl<'a, T: Into<Input<'a>>> From<Option<T>> for Input<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Input::Missing, Into::into)
    }
}

impl<'a, T: Into<Cow<'a, str>>> From<Vec<T>> for Input<'a> {
    fn from(value: Vec<T>) -> Self {
        Input::Texts(value.into_iter().map(Into::into).collect())
    }
}

impl<'a, T: Into<Cow<'a, str>>, const N: usize> From<[T; N]> for Input<'a> {
    fn from(value: [T; N]) -> Self {
        Input::Texts(value.into_iter().map(Into::into).collect())
    }
}

impl<'a, T: AsRef<str>> From<&'a [T]> for Input<'a> {
    fn from(value: &'a [T]) -> Self {
        Input::Texts(value.iter().map(|text| text.as_ref().into()).collect())
    }
}

impl<'a, T: AsRef<str>> From<&'a Vec<T>> for Input<'a> {
    fn from(value: &'a Vec<T>) -> Self {
        value.as_slice().into()
    }
}
