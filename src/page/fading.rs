//! How points fade: the values of a decay step by step, in words and as a chart.

use std::fmt::Write as _;

use super::words::{in_unit, length};
use crate::decimal::Points;
use crate::model::{Decay, DecayStep, MAX_DECAY_STEPS};
use crate::time::Period;
use crate::xml::{At, Escaped};

/// What is left of points as their event grows older.
pub(super) struct Curve {
    every: Period,
    /// By step: what is left. Ends with the first 0, or with the last step there is.
    left: Vec<Points>,
}

/// A chart shows the time until a tenth is left, in at most so many steps.
const MOST_SHOWN: usize = 400;
/// A curve is told at so many ages.
const TOLD: usize = 4;

const WIDTH: f64 = 340.0;
const HEIGHT: f64 = 132.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = WIDTH - 14.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = HEIGHT - 28.0;
/// The room that the name of an age takes.
const LABEL: f64 = 90.0;

impl Curve {
    pub(super) fn of(points: Points, decay: Decay) -> Curve {
        let mut left = vec![points];
        let mut value = points;
        while left.len() <= MAX_DECAY_STEPS && value != Points::ZERO {
            value = if left.len() == MAX_DECAY_STEPS { Points::ZERO } else { decay.step(value) };
            left.push(value);
        }
        Curve { every: decay.every, left }
    }

    /// The age that a step stands for.
    fn age(&self, step: usize) -> String {
        let steps = i64::try_from(step).unwrap_or(i64::MAX);
        length(Period::from_micros(self.every.micros().saturating_mul(steps)))
    }

    fn first(&self) -> Points {
        self.left.first().copied().unwrap_or_default()
    }

    /// The first step with nothing left.
    fn end(&self) -> usize {
        self.left.len().saturating_sub(1)
    }

    /// The step at which a tenth or less is left.
    fn horizon(&self) -> usize {
        let tenth = self.first().thousandths().abs() / 10;
        let found = self.left.iter().position(|points| points.thousandths().abs() <= tenth);
        found.unwrap_or(self.end()).clamp(1, MOST_SHOWN)
    }

    /// What is left at some ages, and the unit that they are in: `days`, and what is left after 0, 30, 60…
    pub(super) fn ages(&self) -> (&'static str, Vec<(usize, Points)>) {
        let horizon = self.horizon();
        let mut steps: Vec<usize> = (0..=TOLD).map(|part| (horizon * part).div_ceil(TOLD)).collect();
        steps.dedup();
        let (number, unit) = in_unit(self.every);
        let told =
            steps.iter().filter_map(|step| Some((step.saturating_mul(number), *self.left.get(*step)?)));
        (unit, told.collect())
    }

    /// `nothing is left after 60 days`
    pub(super) fn ending(&self) -> String {
        format!("nothing is left after {}", self.age(self.end()))
    }

    /// The chart as SVG.
    pub(super) fn svg(&self) -> String {
        let shown = self.horizon() + 1;
        let (first, height) = (self.first(), BOTTOM - TOP);
        let scale = first.thousandths().abs().max(1) as f64;
        let x = |step: usize| LEFT + (RIGHT - LEFT) * step as f64 / shown as f64;
        let y = |points: Points| BOTTOM - height * points.thousandths().abs() as f64 / scale;
        let mut line = String::new();
        // OK because writing to a String does not fail.
        for step in 0..shown {
            let left = self.left.get(step).copied().unwrap_or_default();
            let _ = match step {
                0 => write!(line, "M{} {}", At(x(0)), At(y(left))),
                _ => write!(line, "V{}", At(y(left))),
            };
            let _ = write!(line, "H{}", At(x(step + 1)));
        }
        let (unit, ages) = self.ages();
        let told: Vec<String> =
            ages.iter().skip(1).map(|(age, points)| format!("{points} after {age} {unit}")).collect();
        let told = format!("Fading from {first}: {}", told.join(", "));
        let mut svg = format!(
            "<svg class=\"fading\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\">",
            Escaped(told)
        );
        let _ = write!(svg, "<path class=\"area\" d=\"{line}V{BOTTOM}H{LEFT}Z\"/>");
        let _ = write!(svg, "<path class=\"axis\" d=\"M{LEFT} {TOP}V{BOTTOM}H{RIGHT}\"/>");
        let _ = write!(svg, "<path class=\"line\" d=\"{line}\"/>");
        let (edge, top, ground) = (LEFT - 8.0, TOP + 10.0, BOTTOM);
        let _ = write!(svg, "<text class=\"end\" x=\"{edge}\" y=\"{top}\">{first}</text>");
        let _ = write!(svg, "<text class=\"end\" x=\"{edge}\" y=\"{ground}\">0</text>");
        let below = HEIGHT - 8.0;
        let half = shown / 2;
        if half > 0 && x(shown - 1) - x(half) > LABEL {
            let (middle, age) = (At(x(half)), self.age(half));
            let _ = write!(svg, "<path class=\"axis\" d=\"M{middle} {BOTTOM}v5\"/>");
            let _ = write!(svg, "<text class=\"middle\" x=\"{middle}\" y=\"{below}\">{age}</text>");
        }
        let (last, age) = (At(x(shown - 1)), self.age(shown - 1));
        let class = if shown > 3 { "end" } else { "middle" };
        let _ = write!(svg, "<path class=\"axis\" d=\"M{last} {BOTTOM}v5\"/>");
        let _ = write!(svg, "<text class=\"{class}\" x=\"{last}\" y=\"{below}\">{age}</text></svg>");
        svg
    }
}

/// A decay in words: `by half every 30 days`, `by 5 every 7 days`.
pub(super) fn told(decay: Decay) -> String {
    let every = match length(decay.every).strip_prefix("1 ") {
        Some(unit) => format!("every {unit}"),
        None => format!("every {}", length(decay.every)),
    };
    match decay.step {
        DecayStep::Percent(500) => format!("by half {every}"),
        DecayStep::Percent(1_000) => format!("to nothing after {}", length(decay.every)),
        DecayStep::Percent(tenths) if tenths % 10 == 0 => format!("by {}% {every}", tenths / 10),
        DecayStep::Percent(tenths) => format!("by {}.{}% {every}", tenths / 10, tenths % 10),
        DecayStep::Amount(points) => {
            let plural = if points.thousandths() == 1_000 { "" } else { "s" };
            format!("by {points} point{plural} {every}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(points: i64, step: DecayStep) -> Curve {
        let every = Period::from_seconds(86_400);
        Curve::of(Points::from_thousandths(points), Decay { step, every })
    }

    #[test]
    fn curves_end_at_nothing() {
        let halves = curve(10_000, DecayStep::Percent(500));
        assert_eq!(halves.ending(), "nothing is left after 14 days");
        let (unit, ages) = halves.ages();
        let ages: Vec<String> = ages.iter().map(|(age, left)| format!("{age}: {left}")).collect();
        assert_eq!((unit, ages.join(", ").as_str()), ("days", "0: 10, 1: 5, 2: 2.5, 3: 1.25, 4: 0.625"));
        let gone = curve(-10_000, DecayStep::Percent(1_000));
        assert_eq!(gone.ages().1.len(), 2);
        assert_eq!(gone.ending(), "nothing is left after 1 day");
        let amount = curve(-10_000, DecayStep::Amount(Points::from_thousandths(4_000)));
        assert_eq!(
            amount.left.iter().map(|left| left.thousandths()).collect::<Vec<_>>(),
            [-10_000, -6_000, -2_000, 0]
        );
        // Nothing is left behind the last step that counts, however slow the decay.
        let slow = curve(1_000_000_000, DecayStep::Percent(1));
        assert_eq!(slow.ending(), "nothing is left after 4096 days");
        assert!(slow.left.len() == MAX_DECAY_STEPS + 1 && slow.svg().len() < 20_000);
        assert_eq!(curve(0, DecayStep::Percent(500)).ages().1.len(), 1);
    }
}
