//! A funnel report as tables, in plain text and in Markdown.
//!
//! Both are made of the same sheets: first of all leads together, then of the groups, a line each. Where nothing
//! ever came, there is no line; a group's conversions are told from lead to mql, from mql to sql and to customer.

use std::collections::HashMap;
use std::fmt;

use chrono::TimeDelta;

use super::figures::{Conversion, Figures, ReasonCount};
use super::life::StatedReason;
use super::report::{FunnelReport, Group};
use crate::explain::escaped;
use crate::lead::Stage;
use crate::sheet::{Cell, Sheet, number, text};
use crate::time::print_instant;

/// The conversions that are told of each group; the others are in the data.
const BY_GROUP: [(Stage, Stage); 3] =
    [(Stage::Lead, Stage::Mql), (Stage::Mql, Stage::Sql), (Stage::Mql, Stage::Customer)];

fn time(time: Option<TimeDelta>) -> Cell {
    number(time.map_or_else(|| "-".to_owned(), length))
}

/// The two largest units of a length of time: `12d 4h`; cut, not rounded.
fn length(time: TimeDelta) -> String {
    let seconds = time.num_seconds();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    let (large, small) = match (days, hours, minutes) {
        (0, 0, 0) => return format!("{seconds}s"),
        (0, 0, _) => ((minutes, "m"), (seconds % 60, "s")),
        (0, ..) => ((hours, "h"), (minutes, "m")),
        _ => ((days, "d"), (hours, "h")),
    };
    let ((large, unit), (small, small_unit)) = (large, small);
    if small == 0 { format!("{large}{unit}") } else { format!("{large}{unit} {small}{small_unit}") }
}

impl FunnelReport {
    /// The same tables as Markdown.
    pub fn to_markdown(&self) -> String {
        let mut note = format!("**{}**\n", escaped(&self.heading()));
        for sheet in self.sheets() {
            sheet.write_markdown(&mut note);
        }
        note
    }

    /// `8000 leads at 2026-11-01T00:00:00Z, first mql from … before …`
    fn heading(&self) -> String {
        let leads = self.total.leads;
        let mut heading =
            format!("{leads} {} at {}", if leads == 1 { "lead" } else { "leads" }, print_instant(self.at));
        if self.from.is_some() || self.to.is_some() {
            heading.push_str(&format!(", first {}", self.entering));
        }
        if let Some(from) = self.from {
            heading.push_str(&format!(" from {}", print_instant(from)));
        }
        if let Some(to) = self.to {
            heading.push_str(&format!(" before {}", print_instant(to)));
        }
        if self.left_out > 0 {
            heading.push_str(&format!(", {} left out", self.left_out));
        }
        heading
    }

    fn sheets(&self) -> Vec<Sheet> {
        let mut sheets = vec![self.stages(), self.conversions()];
        if !self.groups.is_empty() {
            sheets.push(self.stages_by_group());
            sheets.push(self.times_by_group());
            sheets.extend(BY_GROUP.map(|(from, to)| self.conversion_by_group(from, to)));
        }
        sheets.extend([self.deadlines(), self.reasons()]);
        sheets.retain(|sheet| !sheet.rows.is_empty());
        sheets
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

    /// The columns that name the group.
    fn group_header(&self) -> impl Iterator<Item = Cell> {
        let cohort = self.cohort.map(|cohort| format!("{cohort} of {}", self.entering));
        self.by.iter().map(text).chain(cohort.map(text))
    }

    /// `by origin and month of mql`
    fn by(&self) -> String {
        let names: Vec<String> = self.group_header().map(|cell| cell.text).collect();
        format!("by {}", names.join(" and "))
    }

    fn stages(&self) -> Sheet {
        let header = ["leads", "entered", "left", "there", "median time", "90 % within"].map(number);
        let mut sheet = Sheet::new("Stages", std::iter::once(text("stage")).chain(header));
        let came = || self.total.stages.iter().filter(|stage| stage.entered > 0);
        for it in came() {
            let mut cells = vec![text(it.stage)];
            cells.extend([it.leads, it.entered, it.left, it.there].map(number));
            cells.extend([time(it.time.median), time(it.time.p90)]);
            sheet.rows.push(cells);
        }
        if came().any(|it| it.time.open > 0) {
            sheet.note("times count open stays for as long as they last (Kaplan-Meier); \"-\": too many are open to tell");
        }
        let undated: u64 = came().map(|it| it.time.undated).sum();
        if undated > 0 {
            let stays = if undated == 1 { "stay" } else { "stays" };
            sheet.note(format!("left out of the times: {undated} {stays} that began at an unknown instant"));
        }
        sheet
    }

    /// The columns of a conversion.
    fn conversion_header(&self) -> Vec<Cell> {
        let mut header =
            ["entered", "converted", "lost", "open", "of all", "of decided"].map(number).to_vec();
        header.extend(self.within.map(|within| number(format!("within {}", length(within)))));
        header.extend(["median time", "90 % within"].map(number));
        header
    }

    fn conversion_cells(it: &Conversion) -> Vec<Cell> {
        let mut cells = [it.entered, it.converted, it.lost, it.open].map(number).to_vec();
        cells.extend([it.of_all, it.of_decided].map(number));
        cells.extend(it.within.map(number));
        cells.extend([time(it.median), time(it.p90)]);
        cells
    }

    fn conversions(&self) -> Sheet {
        let came = || self.total.conversions.iter().filter(|conversion| conversion.entered > 0);
        let is_quoted = came().any(|it| it.often_quoted.is_some());
        let mut header = ["from", "to"].map(text).to_vec();
        header.extend(self.conversion_header());
        header.extend(is_quoted.then(|| number("often quoted")));
        let mut sheet = Sheet::new("Conversion", header);
        for it in came() {
            let mut cells = vec![text(it.from), text(it.to)];
            cells.extend(Self::conversion_cells(it));
            let percent = |share: f64| format!("{:.0} %", 100.0 * share);
            cells.extend(is_quoted.then(|| number(it.often_quoted.map(percent).unwrap_or_default())));
            sheet.rows.push(cells);
        }
        sheet.note("in brackets the 95 % interval (Wilson); times are of those who converted");
        if let Some(within) = self.within {
            let within = length(within);
            sheet.note(format!("within {within}: of those who entered at least {within} ago"));
        }
        if came().any(|it| it.lost == 0 && it.open > 0 && it.converted > 0) {
            sheet.note("where none is lost and some are open, perhaps nobody writes losses down: \"of decided\" then says nothing");
        }
        if is_quoted {
            sheet.note("often quoted: an industry average, mostly without its data; not an aim");
        }
        sheet
    }

    fn stages_by_group(&self) -> Sheet {
        let came = || self.total.stages.iter().filter(|stage| stage.entered > 0).map(|it| it.stage);
        let header = self.group_header().chain(std::iter::once(number("leads"))).chain(came().map(number));
        let mut sheet = Sheet::new(format!("Leads that were ever in a stage, {}", self.by()), header);
        for (mut cells, figures) in self.everyone() {
            cells.push(number(figures.leads));
            cells.extend(came().map(|stage| number(figures.stage(stage).map_or(0, |it| it.leads))));
            sheet.rows.push(cells);
        }
        if self.cohort.is_some() && self.groups.iter().any(|group| group.cohort.is_none()) {
            sheet.note(format!("(none): never {}, or it is not known since when", self.entering));
        }
        sheet
    }

    fn times_by_group(&self) -> Sheet {
        let told = || self.total.stages.iter().filter(|stage| stage.time.ended > 0).map(|it| it.stage);
        let columns =
            told().flat_map(|stage| [number(format!("{stage} median")), number(format!("{stage} 90 %"))]);
        let mut sheet =
            Sheet::new(format!("Time in stages, {}", self.by()), self.group_header().chain(columns));
        for (mut cells, figures) in self.everyone().filter(|_| told().next().is_some()) {
            let times = told().filter_map(|stage| figures.stage(stage).map(|it| &it.time));
            cells.extend(times.flat_map(|times| [time(times.median), time(times.p90)]));
            sheet.rows.push(cells);
        }
        sheet
    }

    fn conversion_by_group(&self, from: Stage, to: Stage) -> Sheet {
        let header = self.group_header().chain(self.conversion_header());
        let mut sheet = Sheet::new(format!("From {from} to {to}, {}", self.by()), header);
        for (mut cells, figures) in self.everyone() {
            if let Some(it) = figures.conversion(from, to).filter(|it| it.entered > 0) {
                cells.extend(Self::conversion_cells(it));
                sheet.rows.push(cells);
            }
        }
        sheet
    }

    fn deadlines(&self) -> Sheet {
        let columns = ["in time", "late", "lapsed", "overdue", "open", "withdrawn", "no deadline", "kept"];
        let header = self.group_header().chain(columns.map(number));
        let mut sheet = Sheet::new("Deadlines for accepting or rejecting an MQL", header);
        for (mut cells, figures) in self.everyone() {
            let it = &figures.deadlines;
            let dated = [it.in_time, it.late, it.lapsed, it.overdue, it.open, it.withdrawn];
            if dated.iter().any(|count| *count > 0) {
                cells.extend(dated.map(number));
                cells.extend([number(it.without), number(it.kept)]);
                sheet.rows.push(cells);
            }
        }
        sheet.note("lapsed: moved on otherwise when it was too late; withdrawn: moved on otherwise while there was time");
        sheet
    }

    fn reasons(&self) -> Sheet {
        let header = ["what", "to", "by", "reason"].map(text).into_iter().chain(self.group_header());
        let mut sheet = Sheet::new("Reasons", header.chain(std::iter::once(number("count"))));
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
            write!(f, "{sheet}")?;
        }
        Ok(())
    }
}
