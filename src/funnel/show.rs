//! A funnel report as tables, in plain text and in Markdown.
//!
//! Both are made of the same sheets: of each section one, in which every line of all leads is followed by those of
//! the groups. Where nothing ever came, there is no line.

use std::collections::HashMap;
use std::fmt;

use chrono::TimeDelta;
use unicode_width::UnicodeWidthStr;

use super::figures::{Conversion, Figures, ReasonCount, StageFigures};
use super::life::StatedReason;
use super::report::{FunnelReport, Group};
use crate::explain::escaped;
use crate::readable::readable;
use crate::time::print_instant;

/// A table, what it is called, and what is to be said below it.
struct Sheet {
    title: &'static str,
    header: Vec<Cell>,
    rows: Vec<Vec<Cell>>,
    notes: Vec<String>,
}

/// A cell; those of numbers stand at the right.
#[derive(Clone)]
struct Cell {
    text: String,
    is_number: bool,
}

/// Longer texts from outside are cut.
const LONGEST: usize = 60;

fn text(text: impl fmt::Display) -> Cell {
    Cell { text: readable(&text.to_string(), LONGEST), is_number: false }
}

fn number(number: impl fmt::Display) -> Cell {
    Cell { text: number.to_string(), is_number: true }
}

fn time(time: Option<TimeDelta>) -> Cell {
    number(time.map_or_else(|| "-".to_owned(), length))
}

/// The two largest units of a length of time: `12d 4h`; cut, not rounded.
fn length(time: TimeDelta) -> String {
    let seconds = time.num_seconds();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds}s"),
        (0, 0, _) => format!("{minutes}m {}s", seconds % 60),
        (0, ..) => format!("{hours}h {minutes}m"),
        _ => format!("{days}d {hours}h"),
    }
}

impl FunnelReport {
    /// The same tables as Markdown.
    pub fn to_markdown(&self) -> String {
        let mut note = format!("**{}**\n", escaped(&self.heading()));
        for sheet in self.sheets() {
            note.push_str(&format!("\n**{}**\n\n", escaped(sheet.title)));
            let row = |cells: &[Cell], note: &mut String| {
                cells.iter().for_each(|cell| note.push_str(&format!("| {} ", escaped(&cell.text))));
                note.push_str("|\n");
            };
            row(&sheet.header, &mut note);
            let line = |cell: &Cell| if cell.is_number { "| ---: " } else { "| --- " };
            note.extend(sheet.header.iter().map(line));
            note.push_str("|\n");
            sheet.rows.iter().for_each(|cells| row(cells, &mut note));
            if !sheet.notes.is_empty() {
                note.push('\n');
                sheet.notes.iter().for_each(|text| note.push_str(&format!("- {}\n", escaped(text))));
            }
        }
        note
    }

    /// `8000 leads at 2026-11-01T00:00:00Z, first mql from … until …`
    fn heading(&self) -> String {
        let leads = self.total.leads;
        let mut heading =
            format!("{leads} {} at {}", if leads == 1 { "lead" } else { "leads" }, print_instant(self.at));
        if self.from.is_some() || self.until.is_some() {
            heading.push_str(&format!(", first {}", self.entering));
        }
        if let Some(from) = self.from {
            heading.push_str(&format!(" from {}", print_instant(from)));
        }
        if let Some(until) = self.until {
            heading.push_str(&format!(" before {}", print_instant(until)));
        }
        if self.left_out > 0 {
            heading.push_str(&format!(", {} left out", self.left_out));
        }
        heading
    }

    fn sheets(&self) -> Vec<Sheet> {
        let sheets = [self.stages(), self.conversions(), self.deadlines(), self.reasons()];
        sheets.into_iter().filter(|sheet| !sheet.rows.is_empty()).collect()
    }

    /// All leads, then each group, with the cells that name it.
    fn everyone(&self) -> impl Iterator<Item = (Vec<Cell>, &Figures)> {
        let names = |group: Option<&Group>| {
            let of = |name: Option<&Option<String>>, missing: &str| match name {
                Some(name) => text(name.as_deref().unwrap_or(missing)),
                None => text("(all)"),
            };
            let by = self.by.is_some().then(|| of(group.map(|group| &group.group), "(unknown)"));
            let cohort = self.cohort.is_some().then(|| of(group.map(|group| &group.cohort), "(none)"));
            [by, cohort].into_iter().flatten().collect::<Vec<Cell>>()
        };
        let groups = self.groups.iter().map(move |group| (names(Some(group)), &group.figures));
        std::iter::once((names(None), &self.total)).chain(groups)
    }

    /// A table with the columns that name what a line is of, those that name the group, and those of figures.
    fn sheet(&self, title: &'static str, names: &[&str], figures: &[&str]) -> Sheet {
        let cohort = self.cohort.map(|cohort| format!("{cohort} of {}", self.entering));
        let header = names
            .iter()
            .map(|name| text(name))
            .chain(self.by.iter().map(text))
            .chain(cohort.map(text))
            .chain(figures.iter().map(number))
            .collect();
        Sheet { title, header, rows: Vec::new(), notes: Vec::new() }
    }

    fn stages(&self) -> Sheet {
        let mut sheet = self.sheet(
            "Stages",
            &["stage"],
            &["leads", "entered", "left", "there", "median time", "90 % within"],
        );
        let mut open = 0;
        for place in 0..self.total.stages.len() {
            for (names, figures) in self.everyone() {
                let Some(StageFigures { stage, leads, entered, left, there, time: stay }) =
                    figures.stages.get(place).filter(|stage| stage.entered > 0)
                else {
                    continue;
                };
                open += stay.open;
                let counts = [leads, entered, left, there].map(number);
                let times = [time(stay.median), time(stay.p90)];
                sheet
                    .rows
                    .push(std::iter::once(text(stage)).chain(names).chain(counts).chain(times).collect());
            }
        }
        if open > 0 {
            sheet.notes.push(
                "times count open stays for as long as they have lasted (Kaplan-Meier); \"-\" where too many are open to tell"
                    .to_owned(),
            );
        }
        sheet
    }

    fn conversions(&self) -> Sheet {
        let within = self.within.map(|within| format!("within {}", length(within)));
        let is_quoted = |conversion: &Conversion| conversion.often_quoted.is_some() && conversion.entered > 0;
        let quoted = self.total.conversions.iter().any(is_quoted);
        let mut columns = vec!["entered", "converted", "lost", "open", "of all", "of decided"];
        columns.extend(within.as_deref());
        columns.extend(quoted.then_some("often quoted"));
        columns.extend(["median time", "90 % within"]);
        let mut sheet = self.sheet("Conversion", &["from", "to"], &columns);
        for place in 0..self.total.conversions.len() {
            for (names, figures) in self.everyone() {
                let Some(it) = figures.conversions.get(place).filter(|conversion| conversion.entered > 0)
                else {
                    continue;
                };
                let mut cells = vec![text(it.from), text(it.to)];
                cells.extend(names);
                cells.extend([it.entered, it.converted, it.lost, it.open].map(number));
                cells.extend([it.of_all, it.of_decided].map(number));
                cells.extend(it.within.map(number));
                let percent = |share: f64| format!("{:.0} %", 100.0 * share);
                cells.extend(quoted.then(|| number(it.often_quoted.map(percent).unwrap_or_default())));
                cells.extend([time(it.median), time(it.p90)]);
                sheet.rows.push(cells);
            }
        }
        sheet
            .notes
            .push("in brackets the 95 % interval (Wilson); times are of those who converted".to_owned());
        if let Some(within) = within {
            sheet.notes.push(format!("{within}: of those who entered at least so long ago"));
        }
        if self.total.conversions.iter().any(|it| it.lost == 0 && it.open > 0 && it.converted > 0) {
            sheet.notes.push(
                "where none is lost and some are open, losses are perhaps not written down: \"of decided\" then says nothing"
                    .to_owned(),
            );
        }
        if quoted {
            sheet.notes.push("often quoted: an industry average without its data, not an aim".to_owned());
        }
        sheet
    }

    fn deadlines(&self) -> Sheet {
        let columns = ["in time", "late", "lapsed", "overdue", "open", "withdrawn", "no deadline", "kept"];
        let mut sheet = self.sheet("Deadlines for accepting or rejecting an MQL", &[], &columns);
        for (mut cells, figures) in self.everyone() {
            let it = &figures.deadlines;
            let dated = [it.in_time, it.late, it.lapsed, it.overdue, it.open, it.withdrawn];
            if dated.iter().any(|count| *count > 0) {
                cells.extend(dated.map(number));
                cells.extend([number(it.without), number(it.kept)]);
                sheet.rows.push(cells);
            }
        }
        sheet.notes.push(
            "lapsed: moved on otherwise when it was too late; withdrawn: moved on otherwise while there was time"
                .to_owned(),
        );
        sheet
    }

    fn reasons(&self) -> Sheet {
        let mut sheet = self.sheet("Reasons", &["what", "to", "by", "reason"], &["count"]);
        // By reason what each group says of it, in one pass: a group need not have any of them.
        let mut counts: HashMap<_, Vec<(Vec<Cell>, u64)>> = HashMap::new();
        for (names, figures) in self.everyone() {
            for ReasonCount { what, to, reason, count } in &figures.reasons {
                counts.entry((what, to, reason)).or_default().push((names.clone(), *count));
            }
        }
        for ReasonCount { what, to, reason, .. } in &self.total.reasons {
            let (by, why) = match reason {
                StatedReason::Person(reason) => ("a person", reason.to_string()),
                StatedReason::Rules(Some(reason)) => ("the rules", reason.clone()),
                StatedReason::Rules(None) => ("the rules", "(none)".to_owned()),
            };
            for (names, count) in counts.remove(&(what, to, reason)).unwrap_or_default() {
                let mut cells = vec![text(what), text(to), text(by), text(&why)];
                cells.extend(names);
                cells.push(number(count));
                sheet.rows.push(cells);
            }
        }
        sheet
    }
}

impl fmt::Display for FunnelReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.heading())?;
        for sheet in self.sheets() {
            writeln!(f, "\n{}\n", sheet.title)?;
            let width = |column: usize| {
                let rows = std::iter::once(&sheet.header).chain(&sheet.rows);
                rows.filter_map(|row| row.get(column)).map(|cell| cell.text.width()).max().unwrap_or(0)
            };
            let widths: Vec<usize> = (0..sheet.header.len()).map(width).collect();
            for row in std::iter::once(&sheet.header).chain(&sheet.rows) {
                let mut line = String::new();
                for (cell, width) in row.iter().zip(&widths) {
                    let blanks = " ".repeat(width.saturating_sub(cell.text.width()));
                    let (before, behind) = if cell.is_number { (&*blanks, "") } else { ("", &*blanks) };
                    line.extend(["  ", before, &cell.text, behind]);
                }
                writeln!(f, "{}", line.trim_end())?;
            }
            if !sheet.notes.is_empty() {
                writeln!(f)?;
            }
            for note in &sheet.notes {
                writeln!(f, "  {note}")?;
            }
        }
        Ok(())
    }
}
