//! How many of how many: two whole numbers, and, only when they are asked for, their ratio and how far to trust it.

use std::fmt;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

/// How many of how many, with the ratio and its 95 % interval.
///
/// The interval is Wilson's: the ratios that would give a count like this one in 95 of 100 samples of that size.
/// It stays within 0 and 1, and is honest where counts are small: 0 of 20 is 0 % to 16.1 %, not 0 % for sure.
///
/// Serializes as `{"count":5,"of":40,"share":0.125,"low":0.054595,"high":0.261121}`, the last three rounded to 6
/// digits, and null of nothing. Displays as `12.5 % (5.5 to 26.1)`, and `-` of nothing.
///
/// ```
/// use leadql::funnel::Share;
/// let share = Share { count: 5, of: 40 };
/// assert_eq!(share.ratio(), Some(0.125));
/// assert_eq!(share.to_string(), "12.5 % (5.5 to 26.1)");
/// assert_eq!(Share { count: 0, of: 20 }.to_string(), "0.0 % (0.0 to 16.1)");
/// assert_eq!(Share { count: 0, of: 0 }.to_string(), "-");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// How many; at most `of`.
    pub count: u64,
    /// Of how many.
    pub of: u64,
}

/// The point that a standard normal variable stays below, up and down, in 95 of 100 cases.
const Z: f64 = 1.959_963_984_540_054;

impl Share {
    /// The ratio, from 0 to 1; none of nothing.
    pub fn ratio(self) -> Option<f64> {
        (self.of > 0).then(|| self.count as f64 / self.of as f64)
    }

    /// The ends of the 95 % interval by Wilson, from 0 to 1; none of nothing.
    pub fn interval(self) -> Option<(f64, f64)> {
        let ratio = self.ratio()?;
        let of = self.of as f64;
        let spread = Z * Z / of;
        let middle = (ratio + spread / 2.0) / (1.0 + spread);
        let half = Z / (1.0 + spread) * (ratio * (1.0 - ratio) / of + spread / (4.0 * of)).sqrt();
        // The formula gives these ends exactly; floating point only nearly.
        let low = if self.count == 0 { 0.0 } else { (middle - half).clamp(0.0, ratio) };
        let high = if self.count == self.of { 1.0 } else { (middle + half).clamp(ratio, 1.0) };
        Some((low, high))
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.ratio(), self.interval()) {
            (Some(ratio), Some((low, high))) => {
                let [ratio, low, high] = [ratio, low, high].map(|share| 100.0 * share);
                f.pad(&format!("{ratio:.1} % ({low:.1} to {high:.1})"))
            }
            _ => f.pad("-"),
        }
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rounded = |share: f64| (share * 1e6).round() / 1e6;
        let interval = self.interval();
        let mut object = serializer.serialize_struct("Share", 5)?;
        object.serialize_field("count", &self.count)?;
        object.serialize_field("of", &self.of)?;
        object.serialize_field("share", &self.ratio().map(rounded))?;
        object.serialize_field("low", &interval.map(|(low, _)| rounded(low)))?;
        object.serialize_field("high", &interval.map(|(_, high)| rounded(high)))?;
        object.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// To four digits, as published tables have them.
    fn interval(count: u64, of: u64) -> (f64, f64) {
        let (low, high) = Share { count, of }.interval().unwrap();
        ((low * 1e4).round() / 1e4, (high * 1e4).round() / 1e4)
    }

    #[test]
    fn intervals_are_those_of_the_literature() {
        // Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
        assert_eq!(interval(81, 263), (0.2553, 0.3662));
        assert_eq!(interval(15, 148), (0.0624, 0.1605));
        assert_eq!(interval(0, 20), (0.0, 0.1611));
        assert_eq!(interval(1, 29), (0.0061, 0.1718));
    }

    #[test]
    fn intervals_hold_their_ratio_and_mirror_each_other() {
        for of in 1..=60 {
            for count in 0..=of {
                let share = Share { count, of };
                let (ratio, (low, high)) = (share.ratio().unwrap(), share.interval().unwrap());
                assert!(0.0 <= low && low <= ratio && ratio <= high && high <= 1.0, "{share:?}");
                assert!(low < high, "{share:?}");
                let (other_low, other_high) = Share { count: of - count, of }.interval().unwrap();
                assert!((low + other_high - 1.0).abs() < 1e-12, "{share:?}");
                assert!((high + other_low - 1.0).abs() < 1e-12, "{share:?}");
            }
        }
    }

    #[test]
    fn the_ends_are_exact_and_the_largest_counts_are_held() {
        assert_eq!(Share { count: 0, of: 3 }.interval().unwrap().0, 0.0);
        assert_eq!(Share { count: 3, of: 3 }.interval().unwrap().1, 1.0);
        assert_eq!(Share { count: 0, of: 0 }.interval(), None);
        let (low, high) = Share { count: u64::MAX / 2, of: u64::MAX }.interval().unwrap();
        assert!(low <= 0.5 && high >= 0.5 && high - low < 1e-8);
    }

    #[cfg(feature = "json")]
    #[test]
    fn ratios_are_rounded_once_for_printing() {
        let json = |count, of| serde_json::to_string(&Share { count, of }).unwrap();
        assert_eq!(json(1, 3), r#"{"count":1,"of":3,"share":0.333333,"low":0.061492,"high":0.79234}"#);
        assert_eq!(json(2, 2), r#"{"count":2,"of":2,"share":1.0,"low":0.34238,"high":1.0}"#);
        assert_eq!(json(0, 0), r#"{"count":0,"of":0,"share":null,"low":null,"high":null}"#);
    }
}
