//! Exact decimals: [`Points`] in whole thousandths, [`Number`] in whole millionths.
//!
//! Text or a double goes in, an integer comes out; sums of integers are the same in any order and on any
//! machine. Nothing here rounds but [`Number::from_f64`] and [`Number::parse`], which say how.

use std::fmt;

/// Points, held as whole thousandths ("millipoints").
///
/// ```
/// use leadql::Points;
/// let points = Points::from_thousandths(12_500);
/// assert_eq!(points.to_string(), "12.5");
/// assert_eq!(points, "12.5".parse()?);
/// # Ok::<(), leadql::DecimalError>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Points(i64);

/// A number as leads and rules hold it: a whole count of millionths, magnitude below 9,000,000,000,000.
///
/// ```
/// use leadql::Number;
/// assert_eq!("0.25".parse::<Number>()?.millionths(), 250_000);
/// assert_eq!("1e3".parse::<Number>()?.to_string(), "1000");
/// // No whole count of millionths: read as a double and rounded, halves away from zero.
/// assert_eq!("0.0000005".parse::<Number>()?.to_string(), "0.000001");
/// # Ok::<(), leadql::DecimalError>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(i64);

/// Why a text or a double is no [`Number`] or no [`Points`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecimalError {
    /// The text is not a decimal number, or the double is not finite.
    #[error("not a decimal number")]
    NotANumber,
    /// The magnitude is beyond what can be held.
    #[error("out of range: the magnitude must stay below {limit}", limit = if *.points { "9,000,000,000,000 points" } else { "9,000,000,000,000" })]
    OutOfRange {
        /// Whether points were asked for rather than a number.
        points: bool,
    },
    /// More digits after the point than points have.
    #[error("more than 3 digits after the point")]
    TooFine,
}

/// Millionths in one.
pub(crate) const MILLIONTHS: i64 = 1_000_000;
/// The first magnitude, in millionths, that is out of range.
pub(crate) const NUMBER_LIMIT: i64 = 9_000_000_000_000 * MILLIONTHS;
/// Below this a whole count of millionths has at most 15 digits.
const EXACT_BELOW: f64 = 1_000_000_000.0;

impl Points {
    /// No points.
    pub const ZERO: Points = Points(0);

    /// The points that are `thousandths` thousandths: `12_500` is 12.5 points.
    pub const fn from_thousandths(thousandths: i64) -> Self {
        Points(thousandths)
    }

    /// These points as a count of thousandths.
    pub const fn thousandths(self) -> i64 {
        self.0
    }
}

impl Number {
    /// The number that is `millionths` millionths, or none where its magnitude reaches 9,000,000,000,000.
    pub const fn from_millionths(millionths: i64) -> Option<Self> {
        if millionths.unsigned_abs() >= NUMBER_LIMIT.unsigned_abs() { None } else { Some(Number(millionths)) }
    }

    /// A whole number, or none where its magnitude reaches 9,000,000,000,000.
    pub(crate) fn from_integer(integer: i128) -> Option<Self> {
        i64::try_from(integer).ok()?.checked_mul(MILLIONTHS).and_then(Self::from_millionths)
    }

    /// This number as a count of millionths.
    pub const fn millionths(self) -> i64 {
        self.0
    }

    /// Reads a double by its shortest decimal form, rounded to millionths, halves away from zero.
    ///
    /// # Errors
    /// [`DecimalError::NotANumber`] for NaN and the infinities, [`DecimalError::OutOfRange`] from
    /// 9,000,000,000,000 on.
    pub fn from_f64(value: f64) -> Result<Self, DecimalError> {
        if !value.is_finite() {
            return Err(if value.is_nan() { DecimalError::NotANumber } else { OUT_OF_RANGE });
        }
        if value.abs() < EXACT_BELOW {
            // Decimals of up to 15 digits are all different as doubles, so where one of them gives this double
            // it is the shortest that does.
            let millionths = (value * MILLIONTHS as f64).round();
            if millionths / MILLIONTHS as f64 == value {
                return Ok(Number(millionths as i64));
            }
        }
        // `{:e}` prints the shortest digits that read back as the same double.
        let mut shortest = ShortText::default();
        fmt::Write::write_fmt(&mut shortest, format_args!("{value:e}"))
            .map_err(|_| DecimalError::NotANumber)?;
        let digits = Digits::read(shortest.as_bytes()).ok_or(DecimalError::NotANumber)?;
        digits.rounded(6).and_then(Self::checked)
    }

    /// Reads `[+-]digits[.digits][e[+-]digits]`: exact where that is a whole count of millionths, else by
    /// way of the nearest double as [`Number::from_f64`] does.
    ///
    /// # Errors
    /// [`DecimalError`] where the text has another form or the value is out of range.
    pub fn parse(text: &str) -> Result<Self, DecimalError> {
        let digits = Digits::read(text.as_bytes()).ok_or(DecimalError::NotANumber)?;
        match digits.exact(6) {
            Some(millionths) => millionths.and_then(Self::checked),
            None => Self::from_f64(text.parse().map_err(|_| DecimalError::NotANumber)?),
        }
    }

    fn checked(millionths: i64) -> Result<Self, DecimalError> {
        Self::from_millionths(millionths).ok_or(OUT_OF_RANGE)
    }
}

const OUT_OF_RANGE: DecimalError = DecimalError::OutOfRange { points: false };

impl std::str::FromStr for Number {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl std::str::FromStr for Points {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = Digits::read(text.as_bytes()).ok_or(DecimalError::NotANumber)?;
        let exact = digits.exact(3).ok_or(DecimalError::TooFine)?;
        exact.map(Points).map_err(|_| DecimalError::OutOfRange { points: true })
    }
}

/// Room for a double as text.
#[derive(Default)]
struct ShortText {
    bytes: [u8; 32],
    length: usize,
}

impl ShortText {
    fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or(&[])
    }
}

impl fmt::Write for ShortText {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let free = self.bytes.get_mut(self.length..self.length + text.len()).ok_or(fmt::Error)?;
        free.copy_from_slice(text.as_bytes());
        self.length += text.len();
        Ok(())
    }
}

/// A decimal text taken apart: ±0.DIGITS × 10^exponent, without zeros at either end of the digits.
struct Digits<'t> {
    negative: bool,
    /// The digits are in both of these, one behind the other, from the one at `first` on, `count` of them.
    whole: &'t [u8],
    fraction: &'t [u8],
    first: usize,
    count: usize,
    exponent: i64,
}

impl<'t> Digits<'t> {
    fn read(text: &'t [u8]) -> Option<Digits<'t>> {
        let (negative, rest) = match text {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            rest => (false, rest),
        };
        let (mantissa, power) = match rest.iter().position(|b| matches!(b, b'e' | b'E')) {
            Some(at) => (rest.get(..at)?, Self::power(rest.get(at + 1..)?)?),
            None => (rest, 0),
        };
        let (whole, fraction) = match mantissa.iter().position(|b| *b == b'.') {
            Some(at) => (mantissa.get(..at)?, mantissa.get(at + 1..)?),
            None => (mantissa, [].as_slice()),
        };
        let all = || whole.iter().chain(fraction);
        if all().next().is_none() || !all().all(u8::is_ascii_digit) {
            return None;
        }
        let first = all().take_while(|digit| **digit == b'0').count();
        let behind = all().rev().take_while(|digit| **digit == b'0').count();
        let count = (whole.len() + fraction.len()).saturating_sub(first + behind);
        let before_point = i64::try_from(whole.len()).ok()? - i64::try_from(first).ok()?;
        let exponent = power.saturating_add(before_point);
        Some(Digits { negative, whole, fraction, first, count, exponent })
    }

    /// The value of a digit, 0 beyond the last.
    fn digit(&self, place: usize) -> u8 {
        if place >= self.count {
            return 0;
        }
        let place = self.first + place;
        let digit = match place.checked_sub(self.whole.len()) {
            Some(place) => self.fraction.get(place),
            None => self.whole.get(place),
        };
        digit.map_or(0, |digit| digit - b'0')
    }

    /// An exponent; one beyond all use is cut to a magnitude at which the value is 0 or out of range anyway.
    fn power(text: &[u8]) -> Option<i64> {
        let (negative, digits) = match text {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            rest => (false, rest),
        };
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let value = digits
            .iter()
            .fold(0i64, |value, digit| (value * 10 + i64::from(digit - b'0')).min(1_000_000_000_000));
        Some(if negative { -value } else { value })
    }

    /// The value in units of 10^-`places`, or none where it is no whole count of them.
    fn exact(&self, places: i64) -> Option<Result<i64, DecimalError>> {
        let wanted = self.exponent.saturating_add(places);
        let have = i64::try_from(self.count).unwrap_or(i64::MAX);
        (self.count == 0 || wanted >= have).then(|| self.rounded(places))
    }

    /// The value in units of 10^-`places`, rounded to a whole count of them, halves away from zero.
    fn rounded(&self, places: i64) -> Result<i64, DecimalError> {
        let wanted = self.exponent.saturating_add(places);
        if self.count == 0 || wanted < 0 {
            return Ok(0);
        }
        if wanted > 19 {
            return Err(OUT_OF_RANGE);
        }
        let wanted = usize::try_from(wanted).unwrap_or(0);
        let mut value: i128 = 0;
        for place in 0..wanted {
            value = value * 10 + i128::from(self.digit(place));
        }
        if self.digit(wanted) >= 5 {
            value += 1;
        }
        let value = if self.negative { -value } else { value };
        i64::try_from(value).map_err(|_| OUT_OF_RANGE)
    }
}

/// Writes `value` counted in units of 10^-`places` without zeros at the end.
fn write_decimal(f: &mut fmt::Formatter<'_>, value: i64, places: u32) -> fmt::Result {
    let unit = 10u64.pow(places);
    let magnitude = value.unsigned_abs();
    let (whole, fraction) = (magnitude / unit, magnitude % unit);
    let mut text = whole.to_string();
    if fraction > 0 {
        text.push('.');
        text.push_str(format!("{fraction:0width$}", width = places as usize).trim_end_matches('0'));
    }
    f.pad_integral(value >= 0, "", &text)
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(f, self.0, 3)
    }
}

impl serde::Serialize for Points {
    /// A number with at most 3 digits after the point: whole points as an integer.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 % 1_000 == 0 {
            serializer.serialize_i64(self.0 / 1_000)
        } else {
            // The nearest double prints as the same digits: a score has at most 16 of them.
            serializer.serialize_f64(self.0 as f64 / 1_000.0)
        }
    }
}

impl<'de> serde::Deserialize<'de> for Points {
    /// From a number with at most 3 digits after the point.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PointsVisitor)
    }
}

struct PointsVisitor;

impl serde::de::Visitor<'_> for PointsVisitor {
    type Value = Points;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("points: a number with at most 3 digits after the point")
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Points, E> {
        value.to_string().parse().map_err(E::custom)
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Points, E> {
        value.to_string().parse().map_err(E::custom)
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Points, E> {
        format!("{value:e}").parse().map_err(E::custom)
    }
}

impl fmt::Debug for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self} points")
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(f, self.0, 6)
    }
}

impl serde::Serialize for Number {
    /// A number: a whole one as an integer, another as the nearest double.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 % MILLIONTHS == 0 {
            serializer.serialize_i64(self.0 / MILLIONTHS)
        } else {
            serializer.serialize_f64(self.0 as f64 / MILLIONTHS as f64)
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millionths(text: &str) -> Result<i64, DecimalError> {
        Number::parse(text).map(Number::millionths)
    }

    #[test]
    fn whole_counts_of_millionths_are_exact() {
        assert_eq!(millionths("8999999999999.999999"), Ok(8_999_999_999_999_999_999));
        assert_eq!(millionths("-0"), Ok(0));
        assert_eq!(millionths("1.50e2"), Ok(150_000_000));
        assert_eq!(millionths("1500e-9"), Ok(2));
        assert_eq!(millionths("0.000000e99999999999999999999"), Ok(0));
        assert_eq!(millionths("1e-400"), Ok(0));
    }

    #[test]
    fn finer_numbers_round_from_the_shortest_form_of_the_double() {
        assert_eq!(millionths("0.1000000000000000001"), Ok(100_000));
        assert_eq!(millionths("0.1234565"), Ok(123_457));
        assert_eq!(millionths("-0.1234565"), Ok(-123_457));
        assert_eq!(millionths("0.00000049"), Ok(0));
        assert_eq!(Number::from_f64(2.675).map(Number::millionths), Ok(2_675_000));
    }

    #[test]
    fn doubles_are_read_as_their_shortest_text_is() {
        let by_text = |value: f64| {
            let text = format!("{value:e}");
            Digits::read(text.as_bytes()).unwrap().rounded(6).and_then(Number::checked)
        };
        let mut bits: u64 = 1;
        for step in 0..20_000_i64 {
            bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            // Any double at all; one of about so many millionths; a count of millionths, and its neighbours.
            let near = (bits >> 40) as f64 / 1_000.0 * 10_f64.powi((step % 16) as i32 - 6);
            let whole = (bits >> 12) as i64 / 10_i64.pow((step % 14) as u32);
            let millionths = whole as f64 / 1_000_000.0;
            for value in
                [f64::from_bits(bits), near, millionths, millionths.next_up(), millionths.next_down()]
            {
                if value.is_finite() {
                    assert_eq!(Number::from_f64(value), by_text(value), "{value:e}");
                    assert_eq!(Number::from_f64(-value), by_text(-value), "{value:e}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_number_or_too_large_is_refused() {
        for text in ["", "-", ".", "1.2.3", "1e", "e5", "0x10", "inf", "NaN", "1_000", " 1", "--1", "1,5"] {
            assert_eq!(millionths(text), Err(DecimalError::NotANumber), "{text:?}");
        }
        for text in ["9000000000000", "-9e12", "1e400", "8999999999999.9999999", "1e99999999999999999999"] {
            assert_eq!(millionths(text), Err(OUT_OF_RANGE), "{text:?}");
        }
        assert_eq!(Number::from_f64(f64::NAN), Err(DecimalError::NotANumber));
        assert_eq!(Number::from_f64(f64::INFINITY), Err(OUT_OF_RANGE));
    }

    #[test]
    fn points_print_as_short_as_they_can() {
        for (thousandths, text) in [(0, "0"), (-1, "-0.001"), (2_500, "2.5"), (1_000_000_000, "1000000")] {
            assert_eq!(Points(thousandths).to_string(), text);
            assert_eq!(text.parse(), Ok(Points(thousandths)));
        }
        assert_eq!("0.0001".parse::<Points>(), Err(DecimalError::TooFine));
    }
}
