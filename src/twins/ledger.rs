//! What must hold of every explanation: ledgers add up to what the core gives, every rule stands in one of them,
//! and whatever is said to decide something is as that something is.

use std::collections::BTreeMap;

use super::compare::{Compiled, for_all};
use crate::decimal::Points;
use crate::explanation::{Finding, Line, ScoreLedger};
use crate::readable::unseen;
use crate::{Evaluation, Explanation, Lead, RuleValue};

struct Explained {
    evaluation: Evaluation,
    values: Vec<RuleValue>,
    explanation: Explanation,
}

fn explained(compiled: &Compiled<'_>) -> Explained {
    let (rules, now) = (&compiled.rules, compiled.case.now.into());
    let lead = Lead::new(&rules.compiled, compiled.facts.clone());
    Explained {
        evaluation: rules.evaluate(&lead, now),
        values: rules.rule_values(&lead, now),
        explanation: rules.explain(&lead, now),
    }
}

/// Every case is explained once, and then everything is asked of it.
fn of_all(property: u64, holds: impl Fn(&Explained) -> Result<(), String> + Sync) {
    for_all(property, |compiled| {
        let explained = explained(compiled);
        holds(&explained).map_err(|what| format!("{what}\n{}", explained.explanation))
    });
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, left: T, right: T) -> Result<(), String> {
    if left == right { Ok(()) } else { Err(format!("{what}: {left:?} and {right:?}")) }
}

#[test]
fn ledgers_add_up_to_the_last_thousandth() {
    of_all(21, |explained| {
        for ledger in &explained.explanation.scores {
            let sum: i128 = ledger.lines.iter().map(|line| i128::from(line.points().thousandths())).sum();
            same(&ledger.score, sum, i128::from(ledger.points.thousandths()))?;
            same(&ledger.score, explained.evaluation.score(&ledger.score), Some(ledger.points))?;
            let band = ledger.band.as_ref().map(|band| band.band.as_str());
            same(&ledger.score, explained.evaluation.band(&ledger.score), band)?;
        }
        Ok(())
    });
}

#[test]
fn every_rule_stands_in_one_ledger_with_what_it_gave() {
    of_all(22, |explained| {
        let mut entries: BTreeMap<(String, String), (Points, usize)> = BTreeMap::new();
        let mut enter = |ledger: &ScoreLedger, rule: &str, given: (Points, usize)| {
            let again = entries.insert((ledger.score.clone(), rule.to_owned()), given);
            same(rule, again, None)
        };
        for ledger in &explained.explanation.scores {
            for line in &ledger.lines {
                if let Line::Rule(line) = line {
                    let count = line.events.as_ref().map_or(0, |events| events.count);
                    enter(ledger, &line.rule.rule, (line.points, count))?;
                    let decay = line
                        .decay
                        .as_ref()
                        .map_or((line.points, Points::ZERO), |decay| (decay.before, decay.took));
                    same("decay", decay.0.thousandths() + decay.1.thousandths(), line.points.thousandths())?;
                }
            }
            for missed in &ledger.missed {
                enter(ledger, &missed.rule.rule, (Points::ZERO, 0))?;
            }
        }
        entries.retain(|_, (points, _)| *points != Points::ZERO);
        let given = explained.values.iter();
        let given =
            given.map(|value| ((value.score.clone(), value.rule.clone()), (value.points, value.count)));
        same("rules", entries, given.collect())
    });
}

#[test]
fn what_decides_something_is_as_that_is() {
    fn all_are(holds: bool, findings: &[Finding]) -> Result<(), String> {
        if findings.is_empty() {
            return Err("nothing decides".to_owned());
        }
        for finding in findings {
            same(&finding.says, finding.holds, holds)?;
            if finding.says.is_empty() || finding.test.is_empty() {
                return Err(format!("{finding:?} says nothing"));
            }
            let is_apart = finding.parts.len() + finding.more_parts > 0;
            if is_apart {
                all_are(holds, &finding.parts)?;
            }
        }
        Ok(())
    }
    of_all(23, |explained| {
        let Explained { evaluation, explanation, .. } = explained;
        for ledger in &explanation.scores {
            for line in &ledger.lines {
                if let Line::Rule(line) = line {
                    all_are(true, &line.because)?;
                }
            }
            for missed in &ledger.missed {
                all_are(false, &missed.because)?;
            }
        }
        for segment in &explanation.segments {
            all_are(segment.holds, &segment.because)?;
            same(&segment.segment, evaluation.segments().any(|name| name == segment.segment), segment.holds)?;
        }
        for gate in &explanation.gates {
            all_are(gate.holds, &gate.because)?;
            let holds = match gate.gate {
                "mql" => evaluation.mql(),
                "revert" => evaluation.revert(),
                "sql" => evaluation.sql(),
                "recycle" => evaluation.recycle().is_some(),
                // Only the first that holds is told of in an evaluation.
                _ => gate.holds && evaluation.disqualify().is_some(),
            };
            same(gate.gate, holds, gate.holds)?;
        }
        same("stage", evaluation.stage(), explanation.stage.to)?;
        same("step", explanation.stage.gate.is_some(), explanation.stage.from != explanation.stage.to)?;
        same("valid until", evaluation.valid_until(), explanation.valid_until)?;
        same("changes", explanation.valid_until.is_some(), !explanation.then.is_empty())
    });
}

#[test]
fn texts_are_narrow_and_hide_nothing() {
    of_all(24, |explained| {
        let (text, note) = (explained.explanation.to_string(), explained.explanation.to_markdown());
        for line in text.lines() {
            if line.chars().count() > 100 || line != line.trim_end() {
                return Err(format!("a line too long: {line:?}"));
            }
        }
        let hidden = text.chars().chain(note.chars()).find(|c| unseen(*c) && *c != '\n');
        same("hidden", hidden, None)
    });
}
