//! What to ask next: which unknown attributes could make a difference, and how large a one.

use super::reach::Reach;
use super::step::Step;
use super::trial::{Effect, Trial};
use super::values::{self, Candidate};
use super::words::LeadChange;
use super::{Question, Way};
use crate::decimal::Points;
use crate::vocabulary::AttributeId;

/// Values of one attribute that are tried to see what it is worth.
const MOST_VALUES: usize = 24;

/// The unknown attributes that could raise a score or make the gate hold, the most telling first: those that
/// are enough, those that are part of a way, those with the most points at stake.
pub(super) fn questions(
    trial: &mut Trial<'_>,
    reach: &Reach<'_>,
    base: &Effect,
    ways: &[Way],
) -> Vec<Question> {
    trial.grant_more();
    let unknown: Vec<AttributeId> =
        reach.attributes.keys().copied().filter(|id| trial.facts().attribute(*id).is_none()).collect();
    let mut questions: Vec<Question> =
        unknown.into_iter().filter_map(|id| question(trial, reach, base, ways, id)).collect();
    let most = |question: &Question| question.stakes.iter().map(|(_, points)| *points).max();
    questions.sort_by(|one, other| {
        let rank = |question: &Question| (question.enough, question.part_of_a_way, most(question));
        rank(other).cmp(&rank(one))
    });
    questions
}

fn question(
    trial: &mut Trial<'_>,
    reach: &Reach<'_>,
    base: &Effect,
    ways: &[Way],
    attribute: AttributeId,
) -> Option<Question> {
    let model = trial.model;
    let about = model.vocabulary.attribute(attribute)?;
    let tests = reach.tests(model, attribute);
    let mut best: Vec<Points> = vec![Points::ZERO; model.scores.len()];
    let mut enough = false;
    let candidates = values::candidates(&about.of, &tests, trial.now, None);
    for Candidate { value, relation } in candidates.into_iter().take(MOST_VALUES) {
        let Some(effect) = trial.try_out(&[&Step::Attribute { attribute, value, relation }]) else { break };
        enough |= effect.holds && !base.holds;
        for (index, best) in best.iter_mut().enumerate() {
            if let (Some(then), Some(now)) = (effect.score(index), base.score(index)) {
                let more = Points::from_thousandths(then.thousandths() - now.thousandths());
                *best = more.max(*best);
            }
        }
    }
    let is_it = |change: &LeadChange| matches!(change, LeadChange::Attribute { attribute, .. } if *attribute == about.name);
    let part_of_a_way = ways.iter().any(|way| way.changes.iter().any(is_it));
    let stakes: Vec<(String, Points)> = model
        .scores
        .iter()
        .zip(best)
        .filter(|(_, best)| *best > Points::ZERO)
        .map(|(score, best)| (score.name.clone(), best))
        .collect();
    let counts = enough || part_of_a_way || !stakes.is_empty();
    counts.then(|| Question { attribute: about.name.clone(), enough, part_of_a_way, stakes })
}
