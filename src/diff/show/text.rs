//! A diff for a terminal.

use std::fmt::{self, Write as _};

use super::tables::{movers, sheets};
use super::{how_many, leads_line, mark, part, proof, sides, version};
use crate::diff::{Change, Diff, LeadsDiff, Side, Treatment, Witness};

/// So many rows of a list are shown where nothing else is said.
const TOP: usize = 20;
/// What was and what is stand in one line up to so many characters.
const ONE_LINE: usize = 76;

impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text(TOP))
    }
}

impl Diff {
    /// The diff for a terminal, lists cut to `top` rows. Lines of what is new begin with `+`, of what is gone with `-`
    /// and of what differs with `~`, behind blanks.
    pub fn to_text(&self, top: usize) -> String {
        let mut text = format!("{} → {}\n\n{}\n", version(&self.old), version(&self.new), how_many(self));
        if !self.changes.is_empty() {
            text.push('\n');
        }
        self.changes.iter().for_each(|change| tell(change, &mut text));
        if !self.labels.is_empty() {
            text.push_str("\nLabels, on which nothing rests\n\n");
            self.labels.iter().for_each(|change| tell(change, &mut text));
        }
        if let Some(treatment) = &self.treatment {
            text.push('\n');
            treated(treatment, &mut text);
        }
        if let Some(leads) = &self.leads {
            figures(leads, top, &mut text);
        }
        text
    }
}

/// A change with its details below it.
fn tell(change: &Change, text: &mut String) {
    let place = match (&change.old_at, &change.new_at) {
        (_, Some(at)) | (Some(at), None) => format!("  {at}"),
        (None, None) => String::new(),
    };
    // OK because writing to a String does not fail.
    let _ = writeln!(text, "  {} {}{place}", mark(change.change), part(change));
    for detail in &change.details {
        let what = &detail.what;
        let _ = match sides(detail) {
            (Some(old), Some(new)) if old.chars().count() + new.chars().count() <= ONE_LINE => {
                writeln!(text, "      {what}: {old} → {new}")
            }
            (Some(old), Some(new)) => {
                writeln!(text, "      {what}:\n        - {old}\n        + {new}")
            }
            (Some(old), None) if change.new_at.is_some() => writeln!(text, "      {what}: {old} → none"),
            (None, Some(new)) if change.old_at.is_some() => writeln!(text, "      {what}: none → {new}"),
            (Some(only), None) | (None, Some(only)) => writeln!(text, "      {what}: {only}"),
            (None, None) => Ok(()),
        };
    }
}

fn treated(treatment: &Treatment, text: &mut String) {
    match treatment {
        Treatment::Alike(why) => text.push_str(&format!("{}\n", proof(why))),
        Treatment::CannotTell { tried } => text.push_str(&format!(
            "Cannot tell whether any lead is treated differently: none of {tried} that were tried is.\n"
        )),
        Treatment::Differs(witness) => {
            text.push_str("A lead that the two treat differently\n\n");
            for it in &witness.differences {
                text.push_str(&format!("  {}: {} → {}\n", it.what, it.old, it.new));
            }
            text.push_str(&format!("\n{}\n", passes(witness)));
            witness.test.lines().for_each(|line| text.push_str(&format!("  {line}\n")));
        }
    }
}

/// Under which version the test passes.
pub(super) fn passes(witness: &Witness) -> String {
    let (passes, other) = match witness.passes_under {
        Side::Old => ("older", "newer"),
        Side::New => ("newer", "older"),
    };
    if witness.known_to_both {
        format!("This test passes under the {passes} version and fails under the {other}:\n")
    } else {
        format!("This test passes under the {passes} version; the {other} does not know all that it names:\n")
    }
}

fn figures(leads: &LeadsDiff, top: usize, text: &mut String) {
    text.push_str(&format!("\n{}\n", leads_line(leads)));
    for sheet in sheets(leads, top) {
        text.push_str(&sheet.to_string());
    }
    for (title, moved) in [("Enter MQL", &leads.entered_mql), ("Leave MQL", &leads.left_mql)] {
        if let Some((deciding, listed)) = movers(title, moved, top) {
            text.push_str(&format!("{listed}{deciding}"));
        }
    }
}
