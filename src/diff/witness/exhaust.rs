//! Every case there is, where there are few.
//!
//! Where what differs between two versions rests on attributes alone, on no event and on no instant of activity, the
//! tests of both cut the values of each attribute into cells on which all of them come out alike. One lead for each
//! combination of cells then stands for every lead there can be, and where none of them is treated differently, no
//! lead is. Results that have the same key in both versions never differ and are not asked for.

use std::collections::BTreeMap;

use super::cells::{are_of_one_sort, cells};
use super::search::{set, stages};
use super::sketch::{Plain, Sketch};
use super::targets::{Asked, Reach, Targets, asked};
use super::trial::Trial;
use crate::diff::compare::Compared;
use crate::diff::keys::same_type;
use crate::lead::Stage;
use crate::time::Period;
use crate::vocabulary::Attribute;

/// What trying every case came to.
pub(super) enum Exhausted {
    /// There are too many cases, or it is not known which there are.
    CannotBe,
    /// A lead that is treated differently.
    Found(Sketch),
    /// There is none.
    None { cases: u64, attributes: Vec<String> },
}

/// No more cases are tried.
const MOST_CASES: usize = 50_000;

pub(super) fn exhaust(trial: &mut Trial<'_>, compared: &Compared<'_>) -> Exhausted {
    let (old, new) = (compared.old.model, compared.new.model);
    if !is_told_alike(compared) {
        return Exhausted::CannotBe;
    }
    let (of_old, of_new) = different(trial, compared);
    let (reach_old, reach_new) = (Reach::of(old, &of_old, true), Reach::of(new, &of_new, true));
    let is_timeless = |reach: &Reach| reach.terms.is_empty() && !reach.is_inactive_asked;
    if !is_timeless(&reach_old) || !is_timeless(&reach_new) {
        return Exhausted::CannotBe;
    }
    let asked = asked([(old, &reach_old), (new, &reach_new)]);
    let Some(values) = all_values(&asked, trial) else { return Exhausted::CannotBe };
    let again = |model: &crate::model::Model| model.gates.mql.as_ref().and_then(|gate| gate.again_after);
    // The step follows from the gates, from where the lead stands, and from how soon a recycled one may come back.
    let stages: Vec<(Stage, Option<Period>)> =
        if again(old) == again(new) { vec![(Stage::default(), None)] } else { stages([old, new]) };
    let cases = values.iter().try_fold(stages.len(), |cases, (_, values)| cases.checked_mul(values.len()));
    let Some(cases) = cases.filter(|cases| *cases <= MOST_CASES.min(trial.left)) else {
        return Exhausted::CannotBe;
    };
    for case in 0..cases {
        let mut rest = case;
        let mut digit = |base: usize| {
            let digit = rest.checked_rem(base).unwrap_or(0);
            rest = rest.checked_div(base).unwrap_or(0);
            digit
        };
        let mut lead = Sketch::default();
        if let Some((stage, since)) = stages.get(digit(stages.len())) {
            (lead.stage, lead.since) = (*stage, *since);
        }
        for (name, values) in &values {
            set(&mut lead, name, values.get(digit(values.len())).cloned().flatten());
        }
        match trial.differs(&lead) {
            Some(true) => return Exhausted::Found(lead),
            Some(false) => {}
            None => return Exhausted::CannotBe,
        }
    }
    let attributes = values.into_iter().map(|(name, _)| name).collect();
    Exhausted::None { cases: u64::try_from(cases).unwrap_or(u64::MAX), attributes }
}

/// Whether both versions have the same kinds of events, and the attributes that both know with the same types: only
/// then what has the same key in both never differs.
fn is_told_alike(compared: &Compared<'_>) -> bool {
    let (old, new) = (&compared.old, &compared.new);
    let of_new = &new.model.vocabulary;
    let has_other_type = |attribute: &Attribute| {
        let found = of_new.attribute_id(&attribute.name).and_then(|id| of_new.attribute(id));
        found.is_some_and(|found| !same_type(&found.of, &attribute.of))
    };
    old.keys.kinds() == new.keys.kinds()
        && old.model.created_at.is_some() == new.model.created_at.is_some()
        && !old.model.vocabulary.attributes.iter().any(has_other_type)
}

/// What both versions define and do not have the same key for.
fn different(trial: &Trial<'_>, compared: &Compared<'_>) -> (Targets, Targets) {
    let (old, new) = (&compared.old, &compared.new);
    let (mut of_old, mut of_new) = super::targets::gates(compared);
    for (was, is) in trial.shared_scores() {
        if old.keys.banded(was) != new.keys.banded(is) {
            of_old.scores.push(was);
            of_new.scores.push(is);
        }
    }
    for (was, is) in trial.shared_segments() {
        let conditions = old.model.segments.get(*was).zip(new.model.segments.get(*is));
        let Some((was, is)) = conditions.map(|(was, is)| (was.condition, is.condition)) else { continue };
        if old.keys.deep(was) != new.keys.deep(is) {
            of_old.conditions.push(was);
            of_new.conditions.push(is);
        }
    }
    (of_old, of_new)
}

/// One value of every cell of every attribute, a missing one among them; none where that cannot be had.
fn all_values(
    asked: &BTreeMap<String, Asked<'_>>,
    trial: &Trial<'_>,
) -> Option<Vec<(String, Vec<Option<Plain>>)>> {
    let mut all = Vec::new();
    for (name, asked) in asked {
        if asked.is_ambiguous || !are_of_one_sort(&asked.tests) {
            return None;
        }
        let cells = cells(asked.of, &asked.tests, &[], trial.now);
        if !cells.is_complete {
            return None;
        }
        let values = cells.values.iter().map(|value| Some(Plain::of(value, asked.of)));
        all.push((name.clone(), values.chain([None]).collect()));
    }
    Some(all)
}
