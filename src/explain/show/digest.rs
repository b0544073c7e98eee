//! What matters most of an explanation: the strongest reasons, what pulls down, what the next gate lacks.

use std::cmp::Reverse;

use super::phrases;
use crate::decimal::Points;
use crate::explain::explanation::{Explanation, GateVerdict, Line, RuleLine, ScoreLedger};
use crate::lead::Stage;

/// One reason for a score being what it is.
pub(crate) struct Reason<'e> {
    pub(crate) points: Points,
    pub(crate) score: &'e str,
    pub(crate) what: String,
}

/// The rules that weigh the most, whether they add or take points: score, rule, points, and what was found.
pub(crate) fn strongest(explanation: &Explanation, most: usize) -> Vec<(String, String, Points, String)> {
    let lines =
        explanation.scores.iter().flat_map(|ledger| taken_rules(ledger).map(move |line| (ledger, line)));
    let mut lines: Vec<_> = lines.filter(|(_, line)| line.points != Points::ZERO).collect();
    lines.sort_by_key(|(_, line)| Reverse(line.points.thousandths().unsigned_abs()));
    lines.truncate(most);
    let told = |(ledger, line): (&ScoreLedger, &RuleLine)| {
        let reason = rule_reason(ledger, line);
        (ledger.score.clone(), line.rule.rule.clone(), reason.points, reason.what)
    };
    lines.into_iter().map(told).collect()
}

/// The rules that add points, the strongest first.
pub(crate) fn speaks_for(explanation: &Explanation) -> Vec<Reason<'_>> {
    let mut reasons: Vec<Reason<'_>> = Vec::new();
    for ledger in &explanation.scores {
        let rules = taken_rules(ledger).filter(|line| line.points > Points::ZERO);
        reasons.extend(rules.map(|line| rule_reason(ledger, line)));
    }
    reasons.sort_by_key(|reason| Reverse(reason.points));
    reasons
}

/// The rules that take points, what age took from others, and what limits cut; the heaviest first.
pub(crate) fn pulls_down(explanation: &Explanation) -> Vec<Reason<'_>> {
    let mut reasons: Vec<Reason<'_>> = Vec::new();
    for ledger in &explanation.scores {
        let rules = taken_rules(ledger).filter(|line| line.points < Points::ZERO);
        reasons.extend(rules.map(|line| rule_reason(ledger, line)));
        reasons.extend(faded(ledger));
        for line in &ledger.lines {
            if matches!(line, Line::GroupLimit { .. } | Line::ScoreLimit { .. })
                && line.points() < Points::ZERO
            {
                let what = phrases::entry(ledger, line);
                reasons.push(Reason { points: line.points(), score: &ledger.score, what });
            }
        }
    }
    reasons.sort_by_key(|reason| reason.points);
    reasons
}

/// The gate that the lead has to pass next, if it does not hold: its usual name, and why.
pub(super) fn missing(explanation: &Explanation) -> Option<(&'static str, &GateVerdict)> {
    let (gate, name) = match explanation.stage.to {
        Stage::Lead | Stage::Recycled => ("mql", "MQL"),
        Stage::Sal => ("sql", "SQL"),
        Stage::Mql | Stage::Sql | Stage::Customer | Stage::Disqualified => return None,
    };
    let verdict = explanation.gates.iter().find(|verdict| verdict.gate == gate && !verdict.holds)?;
    Some((name, verdict))
}

/// The rules that give something, without those that a group that takes the best leaves aside.
fn taken_rules(ledger: &ScoreLedger) -> impl Iterator<Item = &RuleLine> {
    let not_taken: std::collections::HashSet<&str> = ledger
        .lines
        .iter()
        .filter_map(|line| match line {
            Line::NotTaken { rule, .. } => Some(rule.as_str()),
            _ => None,
        })
        .collect();
    ledger.lines.iter().filter_map(move |line| match line {
        Line::Rule(line) if !not_taken.contains(line.rule.rule.as_str()) => Some(line),
        _ => None,
    })
}

/// A label, a name, or a condition that is a single name, with the evidence; of a rule that is called by its
/// condition the evidence says it all.
fn rule_reason<'e>(ledger: &'e ScoreLedger, line: &RuleLine) -> Reason<'e> {
    let (title, why) = (phrases::title(&line.rule), phrases::in_short(&line.because));
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_called = line.rule.title() != line.rule.condition || title.chars().all(is_name);
    let what = if is_called || why.is_empty() { format!("{title}: {why}") } else { why };
    Reason { points: line.points, score: &ledger.score, what }
}

/// What age took from the rules of a score that add points.
fn faded(ledger: &ScoreLedger) -> Option<Reason<'_>> {
    let took = taken_rules(ledger).filter_map(|line| line.decay.as_ref().map(|decay| decay.took));
    let took: Vec<i64> = took.map(Points::thousandths).filter(|took| *took < 0).collect();
    if took.is_empty() {
        return None;
    }
    let rules = if took.len() == 1 { "1 rule".to_owned() } else { format!("{} rules", took.len()) };
    Some(Reason {
        // OK because each is at most what 100,000 occurrences of 1,000,000 points give.
        points: Points::from_thousandths(took.into_iter().fold(0, i64::saturating_add)),
        score: &ledger.score,
        what: format!("faded with age, in {rules}"),
    })
}
