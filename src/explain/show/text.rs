//! An explanation as text for a terminal, at most 100 columns wide: what a sales person asks first comes first,
//! the ledgers to the last thousandth follow.

use super::digest::{self, Reason};
use super::page::Page;
use super::phrases::{self, place, shown, signed};
use crate::explain::explanation::{
    Explanation, Finding, GateVerdict, Line, ScoreLedger, SegmentVerdict, SourcePlace,
};

/// So many reasons are told at the top; all are in the ledgers.
const MOST_REASONS: usize = 7;
/// Names are padded to a common width up to this one.
const WIDEST_NAME: usize = 24;

pub(in crate::explain) fn text(explanation: &Explanation) -> String {
    let mut page = Page::default();
    head(explanation, &mut page);
    reasons("Speaks for it", &digest::speaks_for(explanation), &mut page);
    reasons("Pulls it down", &digest::pulls_down(explanation), &mut page);
    if let Some((name, verdict)) = digest::missing(explanation) {
        page.blank();
        page.line("", &format!("Missing for {name}"));
        findings("  ", &verdict.because, &mut page);
    }
    if let Some(title) = phrases::then(explanation) {
        page.blank();
        page.line("", &title);
        for change in &explanation.then {
            page.line("  ", &phrases::change(change));
        }
    }
    for score in &explanation.scores {
        page.blank();
        ledger(score, &mut page);
    }
    if !(explanation.segments.is_empty() && explanation.gates.is_empty()) {
        page.blank();
        page.line("", "Segments and gates");
    }
    for segment in &explanation.segments {
        segment_verdict("  ", segment, &mut page);
    }
    for gate in &explanation.gates {
        gate_verdict("  ", gate, &mut page);
    }
    page.into_text()
}

/// The ledger of one score.
pub(in crate::explain) fn score(score: &ScoreLedger) -> String {
    part(|page| ledger(score, page))
}

/// What is said of one segment.
pub(in crate::explain) fn segment(segment: &SegmentVerdict) -> String {
    part(|page| segment_verdict("", segment, page))
}

/// What is said of one gate.
pub(in crate::explain) fn gate(gate: &GateVerdict) -> String {
    part(|page| gate_verdict("", gate, page))
}

fn part(write: impl FnOnce(&mut Page)) -> String {
    let mut page = Page::default();
    write(&mut page);
    page.into_text()
}

fn head(explanation: &Explanation, page: &mut Page) {
    let name = phrases::lead_name(explanation);
    page.line("", &format!("{name}, {}", phrases::stage(&explanation.stage)));
    page.line(
        "",
        &format!(
            "{}, {}",
            phrases::origin(&explanation.rule_set, explanation.at),
            phrases::validity(explanation.at, explanation.valid_until)
        ),
    );
    page.blank();
    let names = explanation.scores.iter().map(|score| score.score.as_str());
    let (widest, points) =
        (widest(names), explanation.scores.iter().map(|score| score.points.to_string().len()).max());
    for score in &explanation.scores {
        let name = format!("{:widest$}", shown(&score.score));
        let points = format!("{:>1$}", score.points.to_string(), points.unwrap_or(0));
        let band = score.band.as_ref().map_or(String::new(), phrases::band);
        page.line(&format!("  {name}  {points}  "), &band);
    }
}

fn reasons(title: &str, reasons: &[Reason<'_>], page: &mut Page) {
    if reasons.is_empty() {
        return;
    }
    page.blank();
    page.line("", title);
    let shown_reasons = reasons.get(..MOST_REASONS).unwrap_or(reasons);
    let widest_name = widest(shown_reasons.iter().map(|reason| reason.score));
    let widest_points = shown_reasons.iter().map(|reason| signed(reason.points).len()).max().unwrap_or(0);
    for reason in shown_reasons {
        let before =
            format!("  {:>widest_points$}  {:widest_name$}  ", signed(reason.points), shown(reason.score));
        page.line(&before, &reason.what);
    }
    if reasons.len() > shown_reasons.len() {
        page.line("  ", &format!("and {} more below", reasons.len() - shown_reasons.len()));
    }
}

fn ledger(score: &ScoreLedger, page: &mut Page) {
    page.line_with("", &format!("{} {}", shown(&score.score), score.points), &place(&score.place));
    let given = score.lines.iter().map(|line| signed(line.points()).len());
    let missed = score.missed.iter().map(|rule| signed(rule.points).len() + 2);
    let widest = given.chain(missed).max().unwrap_or(0);
    let under = " ".repeat(widest + 4);
    for line in &score.lines {
        let before = format!("  {:>widest$}  ", signed(line.points()));
        let what = phrases::entry(score, line);
        let Line::Rule(line) = line else {
            page.line(&before, &what);
            continue;
        };
        page.line_with(&before, &what, &place(&line.rule.place));
        findings(&under, &line.because, page);
        for said in phrases::deductions(line) {
            page.line(&under, &said);
        }
    }
    if score.missed.is_empty() {
        return;
    }
    page.line("  ", "gave nothing:");
    for rule in &score.missed {
        let before = format!("  {:>widest$}  ", format!("({})", signed(rule.points)));
        page.line_with(&before, &phrases::title(&rule.rule), &place(&rule.rule.place));
        findings(&under, &rule.because, page);
    }
}

/// Findings one under the other, those that they are made of further in.
fn findings(indent: &str, list: &[Finding], page: &mut Page) {
    for finding in list {
        page.line(indent, &finding.says);
        let inner = format!("{indent}  ");
        findings(&inner, &finding.parts, page);
        if finding.more_parts > 0 {
            page.line(&inner, &format!("and {} more", finding.more_parts));
        }
    }
}

fn segment_verdict(indent: &str, segment: &SegmentVerdict, page: &mut Page) {
    let name = format!("segment {}", shown(&segment.segment));
    verdict(indent, &name, segment.holds, &segment.place, &segment.because, page);
}

fn gate_verdict(indent: &str, gate: &GateVerdict, page: &mut Page) {
    verdict(indent, &phrases::gate(gate), gate.holds, &gate.place, &gate.because, page);
}

fn verdict(indent: &str, name: &str, holds: bool, at: &SourcePlace, because: &[Finding], page: &mut Page) {
    page.line_with(indent, &format!("{name}: {}", phrases::yes_or_no(holds)), &place(at));
    findings(&format!("{indent}  "), because, page);
}

fn widest<'e>(names: impl Iterator<Item = &'e str>) -> usize {
    names.map(|name| shown(name).chars().count()).max().unwrap_or(0).min(WIDEST_NAME)
}
