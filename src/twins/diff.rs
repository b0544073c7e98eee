//! Differences hold what they say: a version laid out anew is no other; a witness passes under one version and fails
//! under the other once it is written and compiled; where none is said to be, no lead is treated differently; and
//! leads are counted as one by one.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::compare::{Compiled, for_all};
use super::dice::Dice;
use super::{case, rules};
use crate::diff::{Treatment, Witness};
use crate::rule_set::{Evaluation, Lead};
use crate::{Compiler, RuleSet, Stage};

/// What one version has and another might have in its place.
const SWAPS: &[(&str, &str)] = &[
    (">=", ">"),
    (" and ", " or "),
    ("within", "older than"),
    ("not ", ""),
    ("best ", ""),
    ("=> ", "=> -"),
    ("within 7d", "within 14d"),
    ("0", "1"),
    ("1", "2"),
    ("2", "3"),
    ("3", "5"),
    ("5", "7"),
];

/// A text with one thing changed, another version, if it compiles.
fn other_version(text: &str, dice: &mut Dice) -> Option<(String, RuleSet)> {
    let (from, to) = *dice.pick(SWAPS);
    let places: Vec<usize> = text.match_indices(from).map(|(at, _)| at).collect();
    if places.is_empty() {
        return None;
    }
    let at = *dice.pick(&places);
    let other = format!("{}{to}{}", &text[..at], &text[at + from.len()..]);
    RuleSet::compile(&other).ok().map(|rules| (other, rules))
}

#[test]
fn a_version_laid_out_anew_is_no_other() {
    for_all(71, |compiled| {
        let text = rules::render(&compiled.case.pieces);
        let formatted = crate::format("rules.lql", &text).map_err(|error| error.to_string())?;
        let other =
            RuleSet::compile(&format!("# a comment\n{formatted}")).map_err(|found| found.to_string())?;
        let diff = compiled.rules.diff(&other);
        if !diff.same_meaning || !diff.changes.is_empty() || !diff.labels.is_empty() {
            return Err(diff.to_string());
        }
        Ok(())
    });
}

/// Whether the block passes under a version; none where it does not compile.
fn passes(text: &str, witness: &Witness) -> Option<bool> {
    let rules = Compiler::new().compile(&format!("{text}\n{}", witness.test)).ok()?;
    rules.run_tests().last().map(|test| test.passed)
}

/// The lead of a case, and those of some others.
fn leads(compiled: &Compiled<'_>, rules: &RuleSet) -> Vec<Lead> {
    let vocabulary = &rules.compiled.model.vocabulary;
    let own = compiled.case.lead.facts(vocabulary);
    let others = (0..6u64).map(|seed| case(seed + 4_000, 8).lead.facts(vocabulary));
    std::iter::once(own).chain(others).map(|facts| Lead::new(&rules.compiled, facts)).collect()
}

/// Whether two evaluations say the same where both say anything.
fn alike(old: &Evaluation, new: &Evaluation) -> bool {
    let scores = new.scores().all(|(name, points)| old.score(name).is_none_or(|before| before == points));
    let bands = new.bands().all(|(name, band)| old.band(name).is_none_or(|it| it.eq_ignore_ascii_case(band)));
    let names =
        |it: &Evaluation| it.rules().model.segments.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
    let (of_old, of_new) = (names(old), names(new));
    let is_in = |it: &Evaluation, name: &str| it.segments().any(|segment| segment == name);
    let mut shared = of_new.iter().filter(|name| of_old.contains(name));
    let segments = shared.all(|name| is_in(old, name) == is_in(new, name));
    let gates = |it: &Evaluation| {
        (it.mql(), it.revert(), it.sql(), it.recycle().is_some(), it.disqualify().is_some(), it.stage())
    };
    scores && bands && segments && gates(old) == gates(new)
}

#[test]
fn what_differs_is_told_and_shown() {
    let (shown, alike_told) = (AtomicUsize::new(0), AtomicUsize::new(0));
    for_all(72, |compiled| {
        let text = rules::render(&compiled.case.pieces);
        let mut dice = Dice::new(u64::try_from(text.len()).unwrap());
        let Some((other_text, other)) = (0..9).find_map(|_| other_version(&text, &mut dice)) else {
            return Ok(());
        };
        let diff = compiled.rules.diff(&other);
        if diff.same_meaning == diff.changes.iter().any(|_| true) {
            return Err(format!("{diff}\n{other_text}"));
        }
        // A search that finds nothing takes its time: some are enough.
        if !text.len().is_multiple_of(8) {
            return Ok(());
        }
        let now = compiled.case.now.into();
        match compiled.rules.witness(&other, now) {
            Treatment::Differs(witness) => {
                shown.fetch_add(1, Ordering::Relaxed);
                let (old, new) = (passes(&text, &witness), passes(&other_text, &witness));
                let is_right = match witness.passes_under {
                    crate::diff::Side::Old => old == Some(true) && new != Some(true),
                    crate::diff::Side::New => new == Some(true) && old != Some(true),
                };
                if !is_right || witness.known_to_both != (old.is_some() && new.is_some()) {
                    return Err(format!("{old:?} {new:?}\n{}\n{other_text}", witness.test));
                }
            }
            Treatment::Alike(proof) => {
                alike_told.fetch_add(1, Ordering::Relaxed);
                let leads = leads(compiled, &compiled.rules).into_iter().zip(leads(compiled, &other));
                for (before, after) in leads {
                    if !alike(&compiled.rules.evaluate(&before, now), &other.evaluate(&after, now)) {
                        return Err(format!("{proof:?}\n{other_text}"));
                    }
                }
            }
            Treatment::CannotTell { .. } => {}
        }
        Ok(())
    });
    if std::env::var_os("LEADQL_CASES").is_none() {
        assert!(
            shown.load(Ordering::Relaxed) > 8
                && alike_told.load(Ordering::Relaxed) + shown.load(Ordering::Relaxed) > 9,
            "{} {}",
            shown.load(Ordering::Relaxed),
            alike_told.load(Ordering::Relaxed)
        );
    }
}

#[test]
fn leads_are_counted_as_one_by_one() {
    for_all(73, |compiled| {
        let text = rules::render(&compiled.case.pieces);
        let mut dice = Dice::new(u64::try_from(text.len()).unwrap());
        let Some((other_text, other)) = (0..9).find_map(|_| other_version(&text, &mut dice)) else {
            return Ok(());
        };
        let now = compiled.case.now.into();
        let mut comparison = compiled.rules.compare_leads(&other, now);
        let (mut stage_changed, mut score_changed, mut entered, mut left) = (0, 0, 0, 0);
        let mut by_score = vec![0; other.scores().count()];
        for (before, after) in leads(compiled, &compiled.rules).iter().zip(leads(compiled, &other)) {
            comparison.add(before, &after);
            let (old, new) = (compiled.rules.evaluate(before, now), other.evaluate(&after, now));
            stage_changed += u64::from(old.stage() != new.stage());
            entered += u64::from(old.stage() != Stage::Mql && new.stage() == Stage::Mql);
            left += u64::from(old.stage() == Stage::Mql && new.stage() != Stage::Mql);
            let differs = |name: &str| old.score(name).is_some_and(|before| Some(before) != new.score(name));
            let bands_differ = new
                .bands()
                .any(|(name, band)| old.band(name).is_some_and(|before| !before.eq_ignore_ascii_case(band)));
            score_changed += u64::from(bands_differ || other.scores().any(differs));
            for (count, name) in by_score.iter_mut().zip(other.scores()) {
                *count += u64::from(differs(name));
            }
        }
        let diff = comparison.finish();
        let counted = (diff.stage_changed, diff.score_changed, diff.entered_mql.leads, diff.left_mql.leads);
        let of_scores = diff.scores.iter().map(|it| {
            let place = other.scores().position(|name| name == it.score).unwrap();
            by_score[place] == it.changed
        });
        if counted != (stage_changed, score_changed, entered, left)
            || !of_scores.collect::<Vec<_>>().iter().all(|it| *it)
        {
            return Err(format!("{diff:?}\n{other_text}"));
        }
        Ok(())
    });
}
