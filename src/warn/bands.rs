//! Bands that no lead can be in: because the score does not go there, or because it steps over them.

use super::Look;
use crate::decimal::Points;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Band, Member, RuleIndex, Score, ScoreIndex, ScoreKind};
use crate::prove::faded;

impl Look<'_> {
    pub(super) fn bands(&mut self) {
        for index in self.model.band_order.clone() {
            let Some(score) = self.model.scores.get(index.index()) else { continue };
            let step = self.step_of(score);
            let mut above: Option<i64> = None;
            for band in &score.bands {
                let from = band.at_least.map_or(i64::MIN, Points::thousandths);
                let to = above.map_or(i64::MAX, |above| above - 1);
                above = Some(from);
                let found = self.band(index, score, band, (from, to), step);
                self.found.extend(found);
            }
        }
    }

    fn band(
        &self,
        index: ScoreIndex,
        score: &Score,
        band: &Band,
        (from, to): (i64, i64),
        step: Option<i64>,
    ) -> Option<Diagnostic> {
        let (low, high) = self.prover.score_bounds(index);
        let (name, place) = (&band.name, band.place);
        if from > high {
            let message = format!("no lead can be {name}");
            return Some(self.out_of_reach(index, true, Code::UnreachableBand, place, &message));
        }
        if to < low {
            let message = format!("no lead can be {name}: every lead is in a band above it");
            return Some(self.out_of_reach(index, false, Code::UnreachableBand, place, &message));
        }
        let step = step.filter(|step| *step > 1)?;
        let (from, to) = (from.max(low), to.min(high));
        let has = |value: i64| (from..=to).contains(&value);
        let bounds = [score.bounds.0.thousandths(), score.bounds.1.thousandths()];
        // The first whole number of steps from the lower end on.
        let first =
            from.div_euclid(step).checked_add(i64::from(from.rem_euclid(step) > 0))?.checked_mul(step)?;
        if has(first) || bounds.into_iter().any(has) {
            return None;
        }
        let step = Points::from_thousandths(step);
        let message = format!("no lead can be {name}: {} steps over it", score.name);
        let found = Diagnostic::new(
            Code::EmptyBand,
            place,
            message,
            format!("{} moves in steps of {step}", score.name),
        );
        let shown = |value: i64| Points::from_thousandths(value);
        let help = format!(
            "nothing lies between {} and {}: move a threshold to a multiple of {step}, or remove the band",
            shown(from),
            shown(to)
        );
        Some(found.help(help))
    }

    /// The points of which everything that a score can be is a whole multiple, but for its own bounds.
    fn step_of(&self, score: &Score) -> Option<i64> {
        let ScoreKind::Rules(members) = &score.kind else { return None };
        let mut step = 0;
        let mut add = |value: i64| step = common(step, value);
        let rule = |index: &RuleIndex, add: &mut dyn FnMut(i64)| {
            let Some(rule) = self.model.rules.get(index.index()) else { return };
            add(rule.points.thousandths());
            let Some(decay) = rule.decay else { return };
            let mut left = rule.points;
            for _ in 0..crate::model::MAX_DECAY_STEPS {
                left = decay.step(left);
                add(left.thousandths());
                if left == Points::ZERO || left == faded(left, decay, 1) {
                    break;
                }
            }
        };
        for member in members {
            match member {
                Member::Rule(index) => rule(index, &mut add),
                Member::Group(group) => {
                    group.rules.iter().for_each(|index| rule(index, &mut add));
                    [group.low, group.high].into_iter().flatten().for_each(|bound| add(bound.thousandths()));
                }
            }
        }
        Some(step)
    }
}

/// The greatest number that divides both.
fn common(one: i64, other: i64) -> i64 {
    let (mut one, mut other) = (one.abs(), other.abs());
    while other != 0 {
        (one, other) = (other, one % other);
    }
    one
}
