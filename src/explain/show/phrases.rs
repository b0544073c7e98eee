//! Short phrases that text and Markdown have in common. What comes from outside is cut and escaped here.

use chrono::{DateTime, Utc};

use crate::decimal::Points;
use crate::explain::explanation::{
    BandPlace, Change, Explanation, Finding, GateVerdict, Line, RuleLine, RuleName, RuleSetName, ScoreLedger,
    SourcePlace, StageStep,
};
use crate::explain::words::{date_and_time, distance};
use crate::readable::readable;
use crate::time::Instant;

/// Longer names, labels and conditions are cut.
const LONGEST: usize = 120;
/// So many findings are told in a line.
const MOST_IN_SHORT: usize = 3;

pub(super) fn shown(text: &str) -> String {
    readable(text, LONGEST)
}

/// Points with their sign: `+15`, `-2.5`, `0`.
pub(crate) fn signed(points: Points) -> String {
    if points > Points::ZERO { format!("+{points}") } else { points.to_string() }
}

pub(super) fn lead_name(explanation: &Explanation) -> String {
    if explanation.id.is_empty() { "This lead".to_owned() } else { shown(&explanation.id) }
}

/// `stage lead: does not meet the criteria for an MQL`
pub(crate) fn stage(stage: &StageStep) -> String {
    if stage.from == stage.to {
        format!("stage {}: {}", stage.to, stage.says)
    } else {
        format!("stage {} → {}: {}", stage.from, stage.to, stage.says)
    }
}

/// `Acme B2B 2026.4 at 2026-11-01`
pub(crate) fn origin(rule_set: &RuleSetName, at: DateTime<Utc>) -> String {
    let name = rule_set.name.as_deref().map_or("this rule set".to_owned(), shown);
    let version = rule_set.version.as_deref().map_or(String::new(), |version| format!(" {}", shown(version)));
    format!("by {name}{version} at {}", moment(at))
}

/// `valid for 20 days, until 2026-11-21`
pub(crate) fn validity(at: DateTime<Utc>, valid_until: Option<DateTime<Utc>>) -> String {
    let Some(until) = valid_until else { return "valid until something new is known".to_owned() };
    let left = Instant::nearest(until).micros() - Instant::nearest(at).micros();
    format!("valid for {}, until {}", distance(left), moment(until))
}

/// What stands over the changes to come, if there are any.
pub(super) fn then(explanation: &Explanation) -> Option<String> {
    let until = explanation.valid_until.filter(|_| !explanation.then.is_empty())?;
    Some(format!("What changes at {}", moment(until)))
}

fn moment(at: DateTime<Utc>) -> String {
    date_and_time(Instant::nearest(at))
}

/// `cold, 15 short of warm`
pub(crate) fn band(band: &BandPlace) -> String {
    match &band.next {
        Some(next) => format!("{}, {} short of {}", shown(&band.band), next.missing, shown(&next.band)),
        None => shown(&band.band),
    }
}

pub(super) fn title(rule: &RuleName) -> String {
    shown(rule.title())
}

/// `rules.lql:12`, the file without its folder.
pub(super) fn place(place: &SourcePlace) -> String {
    let file = place.file.rsplit(['/', '\\']).next().unwrap_or("");
    format!("{}:{}", readable(file, 30), place.line)
}

/// What an entry of a ledger stands for.
pub(super) fn entry(ledger: &ScoreLedger, line: &Line) -> String {
    match line {
        Line::Rule(line) => title(&line.rule),
        Line::NotTaken { rule, group, .. } => {
            let titles = ledger.lines.iter().filter_map(|line| match line {
                Line::Rule(line) if line.rule.rule == *rule => Some(title(&line.rule)),
                _ => None,
            });
            let title = titles.into_iter().next().unwrap_or_default();
            format!("not taken, for {} takes only the best: {title}", shown(group))
        }
        Line::GroupLimit { group, limit, .. } => format!("limit of {}: {}", shown(group), shown(limit)),
        Line::Part { score, weight, of, .. } => format!("{weight} × {} {of}", shown(score)),
        Line::Rounding { .. } => "rounding".to_owned(),
        Line::ScoreLimit { limit, .. } if *limit == ledger.high => {
            format!("{} is at most {limit}", shown(&ledger.score))
        }
        Line::ScoreLimit { limit, .. } => format!("{} is at least {limit}", shown(&ledger.score)),
    }
}

/// What limits and decay took from a rule.
pub(super) fn deductions(line: &RuleLine) -> Vec<String> {
    let mut said: Vec<String> = Vec::new();
    for left_out in &line.left_out {
        said.push(format!("{} more left out: {}", left_out.events, left_out.limit));
    }
    if let Some(decay) = line.decay.as_ref().filter(|decay| decay.took != Points::ZERO) {
        said.push(format!("faded from {} by {} ({})", signed(decay.before), signed(decay.took), decay.decay));
    }
    said
}

/// The findings in one line.
pub(crate) fn in_short(findings: &[Finding]) -> String {
    let mut said: Vec<&str> = Vec::new();
    let mut to_tell: Vec<&Finding> = findings.iter().rev().collect();
    while let Some(finding) = to_tell.pop() {
        if finding.parts.is_empty() {
            said.push(&finding.says);
        } else {
            to_tell.extend(finding.parts.iter().rev());
        }
    }
    let more = said.len().saturating_sub(MOST_IN_SHORT);
    said.truncate(MOST_IN_SHORT);
    let mut line = said.join("; ");
    if more > 0 {
        line.push_str(&format!("; and {more} more"));
    }
    line
}

/// `recycle (gone quiet)`
pub(super) fn gate(gate: &GateVerdict) -> String {
    let hint = (gate.gate == "revert").then_some("an MQL falls back");
    with_reason(gate.gate, gate.reason.as_deref().or(hint))
}

fn with_reason(name: &str, reason: Option<&str>) -> String {
    match reason.filter(|reason| !reason.is_empty()) {
        Some(reason) => format!("{name} ({})", shown(reason)),
        None => name.to_owned(),
    }
}

pub(super) fn yes_or_no(holds: bool) -> &'static str {
    if holds { "yes" } else { "no" }
}

/// `engagement 25 → 22.5`
pub(in crate::explain) fn change(change: &Change) -> String {
    match change {
        Change::Score { name, from, to } => format!("{} {from} → {to}", shown(name)),
        Change::Band { name, from, to } => format!("{} {} → {}", shown(name), shown(from), shown(to)),
        Change::Segment { name, to, .. } => {
            format!("{} segment {}", if *to { "enters" } else { "leaves" }, shown(name))
        }
        Change::Gate { name, reason, to, .. } => {
            format!(
                "{} {}",
                with_reason(name, reason.as_deref()),
                if *to { "holds" } else { "no longer holds" }
            )
        }
        Change::Stage { from, to } => format!("stage {from} → {to}"),
    }
}
