//! An explanation as Markdown, for a note in a CRM: the same digest as in the text, then a table a score.

use super::digest::{self, Reason};
use super::phrases::{self, place, shown, signed};
use crate::explain::explanation::{Explanation, Finding, Line, ScoreLedger};

pub(in crate::explain) fn markdown(explanation: &Explanation) -> String {
    let mut note = format!(
        "**{}**, {}  \n{}, {}\n",
        escaped(&phrases::lead_name(explanation)),
        escaped(&phrases::stage(&explanation.stage)),
        escaped(&phrases::origin(&explanation.rule_set, explanation.at)),
        escaped(&phrases::validity(explanation.at, explanation.valid_until)),
    );
    if !explanation.scores.is_empty() {
        note.push_str("\n| score | points | band |\n| --- | ---: | --- |\n");
        for score in &explanation.scores {
            let band = score.band.as_ref().map_or(String::new(), phrases::band);
            row(&[&shown(&score.score), &score.points.to_string(), &band], &mut note);
        }
    }
    reasons("Speaks for it", &digest::speaks_for(explanation), &mut note);
    reasons("Pulls it down", &digest::pulls_down(explanation), &mut note);
    if let Some((name, verdict)) = digest::missing(explanation) {
        heading(&format!("Missing for {name}"), &mut note);
        findings(0, &verdict.because, &mut note);
    }
    if let Some(title) = phrases::then(explanation) {
        heading(&title, &mut note);
        for change in &explanation.then {
            item(0, &phrases::change(change), &mut note);
        }
    }
    for score in &explanation.scores {
        ledger(score, &mut note);
    }
    verdicts(explanation, &mut note);
    note
}

fn reasons(title: &str, reasons: &[Reason<'_>], note: &mut String) {
    if reasons.is_empty() {
        return;
    }
    heading(title, note);
    for reason in reasons {
        let what = format!("{}: {}", shown(reason.score), reason.what);
        note.push_str(&format!("- **{}** {}\n", signed(reason.points), escaped(&what)));
    }
}

fn ledger(score: &ScoreLedger, note: &mut String) {
    heading(&format!("{} {}", shown(&score.score), score.points), note);
    note.push_str("| points | what | why | where |\n| ---: | --- | --- | --- |\n");
    for line in &score.lines {
        let what = phrases::entry(score, line);
        let (why, at) = match line {
            Line::Rule(line) => {
                let mut why = vec![phrases::in_short(&line.because)];
                why.extend(phrases::deductions(line));
                (why.join("; "), place(&line.rule.place))
            }
            _ => Default::default(),
        };
        row(&[&signed(line.points()), &what, &why, &at], note);
    }
    for rule in &score.missed {
        let points = format!("({})", signed(rule.points));
        let (why, at) = (phrases::in_short(&rule.because), place(&rule.rule.place));
        row(&[&points, &phrases::title(&rule.rule), &why, &at], note);
    }
}

fn verdicts(explanation: &Explanation, note: &mut String) {
    let segments = explanation
        .segments
        .iter()
        .map(|segment| (format!("segment {}", shown(&segment.segment)), segment.holds, &segment.because));
    let gates = explanation.gates.iter().map(|gate| (phrases::gate(gate), gate.holds, &gate.because));
    let verdicts: Vec<_> = segments.chain(gates).collect();
    if verdicts.is_empty() {
        return;
    }
    heading("Segments and gates", note);
    for (name, holds, because) in verdicts {
        item(0, &format!("{name}: {}", phrases::yes_or_no(holds)), note);
        findings(1, because, note);
    }
}

/// Findings as a list, those that they are made of as lists in it.
fn findings(depth: usize, list: &[Finding], note: &mut String) {
    for finding in list {
        item(depth, &finding.says, note);
        findings(depth + 1, &finding.parts, note);
        if finding.more_parts > 0 {
            item(depth + 1, &format!("and {} more", finding.more_parts), note);
        }
    }
}

/// A bold line: a heading in the middle of somebody's note would be too loud.
fn heading(text: &str, note: &mut String) {
    note.push_str(&format!("\n**{}**\n\n", escaped(text)));
}

fn item(depth: usize, text: &str, note: &mut String) {
    note.push_str(&format!("{:1$}- {2}\n", "", depth * 2, escaped(text)));
}

fn row(cells: &[&str], note: &mut String) {
    for cell in cells {
        note.push_str(&format!("| {} ", escaped(cell)));
    }
    note.push_str("|\n");
}

/// `text` with what Markdown would read as a mark escaped.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut before = None;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let is_mark = match c {
            '\\' | '`' | '*' | '[' | ']' | '<' | '|' | '~' | '&' => true,
            // Inside a word an underscore is no mark, and names are full of them.
            '_' => {
                !before.is_some_and(char::is_alphanumeric)
                    || !rest.peek().is_some_and(|next| next.is_alphanumeric())
            }
            // These are marks where a line begins, the last two behind its number.
            '>' | '#' | '-' | '+' | '=' => before.is_none(),
            '.' | ')' => {
                rest.peek().is_none_or(|next| *next == ' ')
                    && !escaped.is_empty()
                    && escaped.bytes().all(|byte| byte.is_ascii_digit())
            }
            _ => false,
        };
        if is_mark {
            escaped.push('\\');
        }
        escaped.push(c);
        before = Some(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_escaped_and_names_stay_readable() {
        assert_eq!(escaped("# company_size | _x_ <b>"), "\\# company_size \\| \\_x\\_ \\<b>");
        assert_eq!(escaped("1. a 2) b"), "1\\. a 2) b");
        assert_eq!(escaped("0.6 × a"), "0.6 × a");
        assert_eq!(escaped("downloaded(*) `rm` [a](b) &amp;"), "downloaded(\\*) \\`rm\\` \\[a\\](b) \\&amp;");
    }
}
