//! Conditions that hold for no lead or for every lead, and tests that add nothing to those beside them.
//!
//! What is reported is the smallest condition of which it is true: what follows for those around it goes without
//! saying.

use std::collections::HashSet;

use super::Look;
use crate::Points;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Comparison, ConditionId, ConditionKind, RuleBody, ScoreIndex, Window};
use crate::prove::Expect;

/// Of so many conditions beside each other every two are compared.
const MOST_COMPARED: usize = 24;

impl Look<'_> {
    pub(super) fn conditions(&mut self) {
        let mut used = vec![false; self.model.conditions.len()];
        for root in self.roots() {
            if let Some(used) = used.get_mut(root.index()) {
                *used = true;
            }
        }
        // Parents stand behind their children.
        for at in (0..self.model.conditions.len()).rev() {
            if used.get(at) == Some(&true)
                && let Some(condition) = self.model.conditions.get(at)
            {
                for child in condition.kind.parts() {
                    if let Some(used) = used.get_mut(child.index()) {
                        *used = true;
                    }
                }
            }
        }
        let gates: HashSet<ConditionId> = self.model.gates.conditions().collect();
        let mut told = vec![false; self.model.conditions.len()];
        for (at, condition) in self.model.conditions.iter().enumerate() {
            let id = ConditionId(u32::try_from(at).unwrap_or(u32::MAX));
            let below = condition.kind.parts();
            let is_told = below.iter().any(|child| told.get(child.index()) == Some(&true));
            let is_new = used.get(at) == Some(&true) && !is_told && {
                self.constant(id, condition.place, gates.contains(&id)) || self.redundant(&condition.kind)
            };
            if let Some(slot) = told.get_mut(at) {
                *slot = is_told || is_new;
            }
        }
        self.empty_terms();
    }

    /// Whether a condition always has the same outcome; reports it. Of a gate that it never opens is told elsewhere.
    fn constant(&mut self, id: ConditionId, place: Place, is_gate: bool) -> bool {
        if self.prover.refutes(&[(id, true)]) {
            if !is_gate {
                let found = self.never(id, place);
                self.report(found);
            }
            return true;
        }
        if !self.prover.refutes(&[(id, false)]) {
            return false;
        }
        let mut found = Diagnostic::new(
            Code::AlwaysTrue,
            place,
            "this holds for every lead, whatever is known of it",
            "always true",
        );
        if let Some(ConditionKind::Any(of)) = self.kind(id)
            && of.len() > 2
            && let Some((one, other)) = self.pair(of, false)
        {
            found = found.also(one, "where this fails …").also(other, "… this holds");
        }
        self.report(found.help("remove it, or ask for what sets some leads apart from others"));
        true
    }

    fn never(&mut self, id: ConditionId, place: Place) -> Diagnostic {
        if let Some((score, up)) = self.wanted_score(id) {
            return self.out_of_reach(score, up, Code::UnreachableThreshold, place, "no lead can pass this");
        }
        match self.kind(id) {
            Some(ConditionKind::All(of)) => {
                let found = Diagnostic::new(Code::NeverTrue, place, "this holds for no lead", "never true");
                let found = match self.pair(of, true).filter(|_| of.len() > 2) {
                    Some((one, other)) => found.also(one, "where this holds …").also(other, "… this cannot"),
                    None => found,
                };
                found.help(
                    "what it asks for cannot be together: take one part out, or join the parts with `or`",
                )
            }
            _ => Diagnostic::new(Code::NeverTrue, place, "this holds for no lead", "never true")
                .help("remove it, or ask for what a lead can have"),
        }
    }

    /// The score that a condition compares, and whether it wants more than there can be rather than less.
    pub(super) fn wanted_score(&self, id: ConditionId) -> Option<(ScoreIndex, bool)> {
        let (score, from) = match self.kind(id)? {
            ConditionKind::Score { score, comparison, points } => {
                let is_below = matches!(comparison, Comparison::Less | Comparison::LessOrEqual);
                (*score, (!is_below).then_some(*points))
            }
            ConditionKind::ScoreBetween { score, low, .. } => (*score, Some(*low)),
            ConditionKind::Band { score, band } | ConditionKind::BandAtLeast { score, band } => {
                let bands = self.model.scores.get(score.index()).map(|score| &score.bands)?;
                (*score, bands.get(band.index())?.at_least)
            }
            _ => return None,
        };
        let (low, _) = self.prover.score_bounds(score);
        Some((score, from.is_some_and(|from| from.thousandths() > low)))
    }

    /// A finding about a score that does not go where it would have to, with how far it goes that way.
    pub(super) fn out_of_reach(
        &self,
        score: ScoreIndex,
        up: bool,
        code: Code,
        place: Place,
        message: &str,
    ) -> Diagnostic {
        let name = self.score_name(score);
        let (low, high) = self.prover.score_bounds(score);
        let (low, high) = (Points::from_thousandths(low), Points::from_thousandths(high));
        let found = Diagnostic::new(code, place, message, format!("{name} lies between {low} and {high}"));
        let (end, extreme, bound) =
            if up { (high, "highest", "at most") } else { (low, "lowest", "at least") };
        let Some(reached) = self.prover.extreme(score, up) else {
            return found.help(format!("{name} is {bound} {end}"));
        };
        let points = Points::from_thousandths(reached.points);
        let help = if points == end {
            format!("the {extreme} that {name} can be is {end}")
        } else {
            format!("{name} is {bound} {end}; the {extreme} that was found for a lead is {points}")
        };
        let name = format!("a lead with {name} at {points}");
        let expect = [Expect::Score(score), Expect::Band(score)];
        found.help(help).witness(self.block(&name, &reached.witness, &expect))
    }

    /// Two of some conditions that cannot be `both` at once.
    fn pair(&self, of: &[ConditionId], both: bool) -> Option<(Place, Place)> {
        let of = of.get(..of.len().min(MOST_COMPARED))?;
        for (at, one) in of.iter().enumerate() {
            for other in of.iter().skip(at + 1) {
                if self.prover.refutes(&[(*one, both), (*other, both)]) {
                    let place =
                        |id: &ConditionId| self.model.conditions.get(id.index()).map(|found| found.place);
                    return Some((place(one)?, place(other)?));
                }
            }
        }
        None
    }

    /// Reports conditions joined by `and` or `or` that add nothing; whether there are any.
    fn redundant(&mut self, kind: &ConditionKind) -> bool {
        let (of, all) = match kind {
            ConditionKind::All(of) => (of, true),
            ConditionKind::Any(of) => (of, false),
            _ => return false,
        };
        let of: Vec<ConditionId> = of.iter().copied().take(MOST_COMPARED).collect();
        let mut dropped: Vec<ConditionId> = Vec::new();
        for (at, one) in of.iter().enumerate() {
            for other in of.iter().skip(at + 1) {
                if dropped.contains(one) || dropped.contains(other) {
                    continue;
                }
                let implies = |one: ConditionId, other: ConditionId| {
                    self.prover.refutes(&[(one, true), (other, false)])
                };
                // Of two that are joined by `and` the wider one adds nothing, of two joined by `or` the narrower.
                let (needless, by) = if implies(*one, *other) {
                    if all { (other, one) } else { (one, other) }
                } else if implies(*other, *one) {
                    if all { (one, other) } else { (other, one) }
                } else {
                    continue;
                };
                dropped.push(*needless);
                self.report_redundant(*needless, *by, all);
            }
        }
        !dropped.is_empty()
    }

    fn report_redundant(&mut self, needless: ConditionId, by: ConditionId, all: bool) {
        let of = |id: ConditionId| self.model.conditions.get(id.index());
        let (Some(needless), Some(by)) = (of(needless), of(by)) else { return };
        let is_windowed =
            |kind: &ConditionKind| matches!(kind, ConditionKind::Events(test) if test.window != Window::Ever);
        let is_event = |kind: &ConditionKind| matches!(kind, ConditionKind::Events(_));
        let code = if is_windowed(&needless.kind) && is_event(&by.kind) {
            Code::DeadWindow
        } else {
            Code::RedundantTest
        };
        let (label, also) = if all {
            ("holds whenever the other does", "the other")
        } else {
            ("whenever this holds, the other does too", "the other")
        };
        let found = Diagnostic::new(code, needless.place, "this test makes no difference", label)
            .also(by.place, also);
        self.report(found.help("remove it, or make it ask for something else"));
    }

    /// Each rules whose events cannot be.
    fn empty_terms(&mut self) {
        for rule in &self.model.rules {
            if let RuleBody::Each { term, .. } = &rule.body
                && self.prover.is_empty(*term)
            {
                let message = "no event can match here: what is asked of its properties cannot be together";
                let found = Diagnostic::new(Code::NeverTrue, rule.place, message, "never counts an event");
                self.report(found.help("take one of the tests out"));
            }
        }
    }
}
