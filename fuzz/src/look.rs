//! A lead looked at in every way that a host has, and whether all of them say the same.

use chrono::{DateTime, TimeDelta, Utc};
use leadql::{Evaluation, Gate, Lead, RuleSet};

pub(crate) fn at(text: &str) -> DateTime<Utc> {
    leadql::parse_instant(text).expect("an instant")
}

/// Evaluates the lead at `now` and holds against it what is explained, and what it is just before and when the
/// evaluation ceases to be valid.
pub(crate) fn closely(rules: &RuleSet, lead: &Lead, now: DateTime<Utc>) -> Evaluation {
    let evaluation = rules.evaluate(lead, now);
    let explanation = rules.explain(lead, now);
    for ledger in &explanation.scores {
        assert_eq!(evaluation.score(&ledger.score), Some(ledger.points), "score {}", ledger.score);
        let band = ledger.band.as_ref().map(|band| band.band.as_str());
        assert_eq!(evaluation.band(&ledger.score), band, "band of {}", ledger.score);
        let sum: i128 = ledger.lines.iter().map(|line| i128::from(line.points().thousandths())).sum();
        assert_eq!(sum, i128::from(ledger.points.thousandths()), "ledger of {}", ledger.score);
    }
    for segment in &explanation.segments {
        let is_in = evaluation.segments().any(|name| name == segment.segment);
        assert_eq!(is_in, segment.holds, "segment {}", segment.segment);
    }
    assert_eq!(evaluation.stage(), explanation.stage.to);
    assert_eq!(evaluation.valid_until(), explanation.valid_until);
    assert!(!explanation.to_string().is_empty() && !explanation.to_markdown().is_empty());
    if let Some(until) = evaluation.valid_until() {
        assert!(until > now, "valid until {until}");
        let before = rules.evaluate(lead, until - TimeDelta::microseconds(1));
        assert_eq!(said(&evaluation), said(&before), "now, then before {until}");
        assert_ne!(said(&evaluation), said(&rules.evaluate(lead, until)), "now, then at {until}");
    }
    evaluation
}

/// What an evaluation says, but for when, and for how long it holds.
pub(crate) fn said(evaluation: &Evaluation) -> String {
    let parts = (
        evaluation.scores().collect::<Vec<_>>(),
        evaluation.bands().collect::<Vec<_>>(),
        evaluation.segments().collect::<Vec<_>>(),
        [evaluation.mql(), evaluation.revert(), evaluation.sql()],
        [evaluation.recycle(), evaluation.disqualify()],
        evaluation.stage(),
    );
    format!("{parts:?}")
}

/// Everything else that can be asked of a rule set about a lead.
pub(crate) fn widely(rules: &RuleSet, lead: &Lead, now: DateTime<Utc>) {
    for gate in [Gate::Mql, Gate::Revert, Gate::Sql, Gate::Recycle, Gate::Disqualify] {
        for way in rules.what_it_would_take(lead, now, gate).ways {
            assert!(!way.to_string().is_empty());
        }
    }
    let year = now..=now + TimeDelta::days(365);
    let timeline = rules.timeline(lead, year).expect("the first instant is before the last");
    for change in timeline.take(500) {
        assert!(change.at > now);
    }
    let mut qualification = rules.qualification(lead.id());
    qualification.observe(&rules.evaluate(lead, now), lead).ok();
    let values = rules.rule_values(lead, now);
    assert!(values.iter().all(|value| value.points.thousandths() != 0));
}
