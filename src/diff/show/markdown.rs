//! A diff as a review comment: tables, and long lists folded away.

use super::tables::{movers, sheets};
use super::text::passes;
use super::{how_many, leads_line, mark, part, proof, sides, version};
use crate::diff::{Change, Diff, LeadsDiff, Treatment};
use crate::explain::escaped;

impl Diff {
    /// The diff as Markdown for a review comment, lists cut to `top` rows.
    pub fn to_markdown(&self, top: usize) -> String {
        let mut note = format!(
            "### {} → {}\n\n**{}**\n",
            escaped(&version(&self.old)),
            escaped(&version(&self.new)),
            how_many(self)
        );
        if !self.changes.is_empty() {
            table(&self.changes, &mut note);
        }
        if !self.labels.is_empty() {
            fold(&format!("Labels, on which nothing rests ({})", self.labels.len()), &mut note, |note| {
                table(&self.labels, note);
            });
        }
        if let Some(treatment) = &self.treatment {
            treated(treatment, &mut note);
        }
        if let Some(leads) = &self.leads {
            figures(leads, top, &mut note);
        }
        note
    }
}

fn table(changes: &[Change], note: &mut String) {
    note.push_str("\n| | part | what | old | new |\n| --- | --- | --- | --- | --- |\n");
    for change in changes {
        let (sign, name) = (mark(change.change), escaped(&part(change)));
        for (at, detail) in change.details.iter().enumerate() {
            // A part stands before its first row alone.
            let (sign, name) = if at == 0 { (code(sign), name.as_str()) } else { (String::new(), "") };
            let (old, new) = sides(detail);
            let cell = |side: Option<String>| side.map_or(String::new(), |side| code(&side));
            let what = escaped(&detail.what);
            note.push_str(&format!("| {sign} | {name} | {what} | {} | {} |\n", cell(old), cell(new)));
        }
    }
}

/// Source in a cell: as code, unless it holds what would end it.
fn code(text: &str) -> String {
    if text.contains('`') { escaped(text) } else { format!("`{}`", text.replace('|', "\\|")) }
}

/// What is shown once it is unfolded.
fn fold(title: &str, note: &mut String, write: impl FnOnce(&mut String)) {
    note.push_str(&format!("\n<details><summary>{}</summary>\n", escaped(title)));
    write(note);
    note.push_str("\n</details>\n");
}

fn treated(treatment: &Treatment, note: &mut String) {
    match treatment {
        Treatment::Alike(why) => note.push_str(&format!("\n{}\n", escaped(&proof(why)))),
        Treatment::CannotTell { tried } => note.push_str(&format!(
            "\nCannot tell whether any lead is treated differently: none of {tried} that were tried is.\n"
        )),
        Treatment::Differs(witness) => {
            note.push_str(
                "\n**A lead that the two treat differently**\n\n| | old | new |\n| --- | --- | --- |\n",
            );
            for it in &witness.differences {
                let [what, old, new] = [&it.what, &it.old, &it.new].map(|text| escaped(text));
                note.push_str(&format!("| {what} | {old} | {new} |\n"));
            }
            // OK because a line of a test block never begins with a fence.
            note.push_str(&format!("\n{}\n```lql\n{}```\n", passes(witness), witness.test));
        }
    }
}

fn figures(leads: &LeadsDiff, top: usize, note: &mut String) {
    note.push_str(&format!("\n**{}**\n", escaped(&leads_line(leads))));
    for sheet in sheets(leads, top) {
        sheet.write_markdown(note);
    }
    for (title, moved) in [("Enter MQL", &leads.entered_mql), ("Leave MQL", &leads.left_mql)] {
        if let Some((deciding, listed)) = movers(title, moved, top) {
            fold(&format!("{title} ({})", moved.leads), note, |note| {
                listed.write_markdown(note);
                deciding.write_markdown(note);
            });
        }
    }
}
