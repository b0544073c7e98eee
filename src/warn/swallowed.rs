//! Rules whose points a clamp always swallows: whatever else a lead has, its score is the same with them as
//! without.

use super::Look;
use crate::decimal::Points;
use crate::diagnostic::{Code, Diagnostic};
use crate::explain::signed;
use crate::model::{Member, RuleIndex, ScoreKind};
use crate::prove::{Expect, Found, Range};

impl Look<'_> {
    pub(super) fn swallowed(&mut self) {
        let mut swallowed: Vec<(RuleIndex, String)> = Vec::new();
        let ranges = self.prover.rule_ranges();
        let of = |rule: &RuleIndex| ranges.get(rule.index()).copied().unwrap_or(Range::ZERO);
        for score in &self.model.scores {
            let ScoreKind::Rules(members) = &score.kind else { continue };
            let sum = |rules: &[RuleIndex]| rules.iter().map(of).fold(Range::ZERO, Range::plus);
            let each: Vec<Range> = members
                .iter()
                .map(|member| match member {
                    Member::Rule(rule) => of(rule),
                    Member::Group(group) => {
                        let raw = if group.best {
                            let all = group.rules.iter().map(of);
                            all.fold(Range::ZERO, |best, rule| Range {
                                low: best.low.min(rule.low),
                                high: best.high.max(rule.high),
                            })
                        } else {
                            sum(&group.rules)
                        };
                        raw.clamped(group.low, group.high)
                    }
                })
                .collect();
            let all = each.iter().copied().fold(Range::ZERO, Range::plus);
            let bounds = (Some(score.bounds.0), Some(score.bounds.1));
            for (member, own) in members.iter().zip(&each) {
                let others = without(all, *own);
                match member {
                    Member::Rule(rule) => {
                        if let Some(why) = is_swallowed(*own, others, bounds) {
                            swallowed.push((*rule, format!("{why} of `{}`", score.name)));
                        }
                    }
                    Member::Group(group) => {
                        let whole = is_swallowed(*own, others, bounds);
                        let inside = if group.best { Range::ZERO } else { sum(&group.rules) };
                        for rule in &group.rules {
                            let by_group = (!group.best)
                                .then(|| {
                                    is_swallowed(of(rule), without(inside, of(rule)), (group.low, group.high))
                                })
                                .flatten();
                            let why = match (by_group, whole) {
                                (Some(why), _) => format!("{why} of the group `{}`", group.name),
                                (None, Some(why)) if of(rule) != Range::ZERO => {
                                    format!("{why} of `{}`", score.name)
                                }
                                _ => continue,
                            };
                            swallowed.push((*rule, why));
                        }
                    }
                }
            }
        }
        for (rule, why) in swallowed {
            self.report_swallowed(rule, &why);
        }
    }

    fn report_swallowed(&mut self, index: RuleIndex, why: &str) {
        let Some(rule) = self.model.rules.get(index.index()) else { return };
        let message = "these points never change the score";
        let label = format!("{} that {why} always swallows", signed(rule.points));
        let found = Diagnostic::new(Code::SwallowedPoints, rule.place, message, label)
            .help("widen the bound, or remove the rule");
        let witness = match self.prover.counting(&[index]) {
            Found::Lead(witness) => {
                let name = "the rule counts, and its points make no difference";
                self.block(name, &witness, &[Expect::Score(rule.score)])
            }
            _ => None,
        };
        self.report(found.witness(witness));
    }
}

/// What is left of a sum without one of its parts.
fn without(all: Range, part: Range) -> Range {
    Range { low: all.low.saturating_sub(part.low), high: all.high.saturating_sub(part.high) }
}

/// Which bound swallows a part of a sum whatever the others come to, if one does.
fn is_swallowed(
    part: Range,
    others: Range,
    (low, high): (Option<Points>, Option<Points>),
) -> Option<&'static str> {
    if part == Range::ZERO {
        return None;
    }
    let (low, high) = (low.map(Points::thousandths), high.map(Points::thousandths));
    // Without the part and with it the sum is at the bound or beyond.
    let at_least = others.low.saturating_add(part.low.min(0));
    let at_most = others.high.saturating_add(part.high.max(0));
    if high.is_some_and(|high| at_least >= high) {
        return Some("the upper bound");
    }
    low.is_some_and(|low| at_most <= low).then_some("the lower bound")
}
