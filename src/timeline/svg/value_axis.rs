//! The range of points that a score's panel shows, and how points are written at its edge.

use crate::decimal::Points;
use crate::model::Score;

/// From points to heights: the lower end at 0, the upper at 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ValueScale {
    pub(super) low: Points,
    pub(super) high: Points,
}

impl ValueScale {
    /// Shows 0, every value of `range` and every bound of a band; a whole bounded score, where that does not
    /// press the line flat.
    pub(super) fn of(score: &Score, range: (Points, Points)) -> ValueScale {
        let bounds = (score.bounds.0.thousandths(), score.bounds.1.thousandths());
        let clamped = |value: i64| value.max(bounds.0).min(bounds.1);
        let thresholds = score.bands.iter().filter_map(|band| band.at_least).map(Points::thousandths);
        let shown = thresholds.chain([0]).map(clamped).chain([range.0.thousandths(), range.1.thousandths()]);
        let (low, high) =
            shown.fold((i64::MAX, i64::MIN), |(low, high), value| (low.min(value), high.max(value)));
        // OK because bounds are at most ±1,000,000,000 points.
        let (low, high) = if bounds.1 - bounds.0 <= 5 * (high - low) || bounds.1 - bounds.0 <= 100_000 {
            bounds
        } else {
            // A score that is nothing but 0 has room for a point.
            let step = if low == high { 1_000 } else { step(high - low) };
            let down = low.div_euclid(step) * step;
            let up = -(-high).div_euclid(step) * step;
            (down.max(bounds.0), up.max(down + step).min(bounds.1))
        };
        ValueScale { low: Points::from_thousandths(low), high: Points::from_thousandths(high) }
    }

    /// How high points stand; what is outside is outside of 0 to 1.
    pub(super) fn height(self, points: Points) -> f64 {
        let span = (self.high.thousandths() - self.low.thousandths()).max(1);
        (points.thousandths() - self.low.thousandths()) as f64 / span as f64
    }

    pub(super) fn holds(self, points: Points) -> bool {
        (self.low..=self.high).contains(&points)
    }
}

/// 1, 2 or 5 with zeros: the shortest of which at most five make `span`.
fn step(span: i64) -> i64 {
    let steps = (0..18).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_i64.pow(power)));
    steps.into_iter().find(|step| span <= 5 * step).unwrap_or(span)
}

/// Points as they stand at the edge of a panel, where there is little room.
pub(super) fn short(points: Points) -> String {
    const THOUSAND: i64 = 1_000 * 1_000;
    let thousandths = points.thousandths();
    for (unit, sign) in [(1_000 * THOUSAND, "M"), (THOUSAND, "k")] {
        if thousandths.abs() >= 10 * unit || (thousandths != 0 && thousandths % unit == 0) {
            return format!("{}{sign}", thousandths / unit);
        }
    }
    points.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuleSet;

    fn scale(score: &str, low: i64, high: i64) -> (String, String) {
        let rules = RuleSet::compile(score).unwrap_or_else(|found| panic!("{found}"));
        let range = (Points::from_thousandths(low), Points::from_thousandths(high));
        let scale = ValueScale::of(&rules.compiled.model.scores[0], range);
        (scale.low.to_string(), scale.high.to_string())
    }

    #[test]
    fn a_panel_shows_what_there_is_with_room_to_read() {
        for (score, low, high, shown) in [
            ("score s 0..100 { need => 1 }", 0, 25_000, ("0", "100")),
            ("score s 0..100000 { need => 1 }", 0, 25_000, ("0", "25")),
            ("score s 0..100000 { need => 1 }", 0, 26_125, ("0", "30")),
            ("score s 0..100000 { need => 1 } band s { hot >= 42, cold }", 0, 26_125, ("0", "50")),
            ("need => 1", -12_000, 3_500, ("-15", "5")),
            ("need => 1", 0, 0, ("0", "1")),
            ("score s 5..7 { need => 1 }", 5_000, 5_000, ("5", "7")),
            ("need => 1", -1_000_000_000_000, 1_000_000_000_000, ("-1000000000", "1000000000")),
        ] {
            let (shown_low, shown_high) = scale(score, low, high);
            assert_eq!((shown_low.as_str(), shown_high.as_str()), shown, "{score}");
        }
    }

    #[test]
    fn points_are_short_at_the_edge() {
        for (points, text) in [
            ("0", "0"),
            ("100", "100"),
            ("1500", "1500"),
            ("-2000", "-2k"),
            ("25000", "25k"),
            ("1000000000", "1000M"),
            ("0.125", "0.125"),
        ] {
            assert_eq!(short(points.parse().unwrap()), text);
        }
    }
}
