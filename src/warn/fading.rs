//! Decays that never take anything away, and windows that leave out nothing that still gives points.

use super::Look;
use crate::decimal::Points;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{ConditionKind, Decay, MAX_DECAY_STEPS, Rule, RuleBody, Window};
use crate::time::Period;

/// The decay of a rule that stands on more conditions than these is not looked at.
const MOST_CONDITIONS: usize = 1_000;

impl Look<'_> {
    pub(super) fn fading(&mut self) {
        let in_best = self.best_groups();
        for (index, rule) in (0..).map(crate::model::RuleIndex).zip(&self.model.rules) {
            let Some(decay) = rule.decay else { continue };
            // A decay that the score gives to all its rules may well not matter to some.
            if let Some(place) = rule.decay_place
                && self
                    .windows(rule)
                    .is_some_and(|windows| windows.iter().all(|window| youth(*window, decay)))
            {
                let message = "this decay never takes anything away";
                let label = format!(
                    "takes its first step after {}, and by then the event is out of its window",
                    decay.every
                );
                let found =
                    Diagnostic::new(Code::DeadDecay, place, message, label).also(rule.place, "in this rule");
                self.report(found.help("make the steps shorter than the window, or remove the decay"));
            }
            let RuleBody::Each { window, .. } = &rule.body else { continue };
            // In a group with `best` an event counts although it gives nothing any more.
            if !in_best.contains_key(&index) {
                self.outlived(rule, *window, decay);
            }
        }
    }

    /// A window of an each rule that reaches back to where nothing is left of an event.
    fn outlived(&mut self, rule: &Rule, window: Window, decay: Decay) {
        let Some(life) = life(rule.points, decay) else { return };
        let (message, label, help) = match window {
            Window::Within(period) if period >= life => (
                "this window leaves out nothing that still gives points",
                format!("nothing is left of an event after {life}, within {period} or not"),
                "make the window shorter or the decay slower, or leave the window out",
            ),
            Window::Between { to, .. } if to >= life => (
                "this rule gives nothing: what the window keeps has faded away",
                format!("nothing is left of an event after {life}"),
                "let the window keep younger events, make the decay slower, or switch it off: `no decay`",
            ),
            _ => return,
        };
        let found = Diagnostic::new(Code::DeadWindow, rule.place, message, label);
        self.report(found.help(help));
    }

    /// The windows of what a rule ages by; none where it does not age by events alone, or where that is a lot.
    fn windows(&self, rule: &Rule) -> Option<Vec<Window>> {
        let condition = match &rule.body {
            RuleBody::Each { window, .. } => return Some(vec![*window]),
            RuleBody::Condition(condition) => *condition,
        };
        let mut windows = Vec::new();
        let mut open = vec![(condition, true)];
        let mut seen = std::collections::HashSet::new();
        while let Some((id, positive)) = open.pop() {
            if !seen.insert((id, positive)) {
                continue;
            }
            if seen.len() > MOST_CONDITIONS {
                return None;
            }
            match self.kind(id)? {
                ConditionKind::Events(test) if positive => windows.push(test.window),
                kind => {
                    let below = positive != matches!(kind, ConditionKind::Not(_));
                    open.extend(kind.parts().iter().map(|child| (*child, below)));
                }
            }
        }
        (!windows.is_empty()).then_some(windows)
    }
}

/// Whether every event of a window is younger than the first step of a decay.
fn youth(window: Window, decay: Decay) -> bool {
    match window {
        Window::Ever => false,
        Window::Within(period) | Window::Between { from: period, .. } => period <= decay.every,
    }
}

/// The age from which on nothing is left; none where it is beyond what a rule set can write.
fn life(points: Points, decay: Decay) -> Option<Period> {
    let (mut left, mut steps): (Points, i64) = (points, 0);
    while left != Points::ZERO {
        (left, steps) = (decay.step(left), steps + 1);
        if usize::try_from(steps).ok()? >= MAX_DECAY_STEPS {
            break;
        }
    }
    let life = Period::from_micros(decay.every.micros().checked_mul(steps)?);
    (steps > 0 && life <= Period::MAX).then_some(life)
}
