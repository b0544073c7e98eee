//! Results as a table for people: aligned columns, printed chunk by chunk so that a long file does not wait for
//! its end. Columns are as wide as what the chunks up to now need.

use std::io::Write;

use leadql::{Evaluation, RuleSet, RuleValue, print_instant};
use unicode_width::UnicodeWidthStr;

use super::{Printer, because};
use crate::output::Stop;

/// So many leads are looked at before their rows are printed.
const CHUNK: usize = 500;

pub(super) struct TablePrinter<W> {
    out: W,
    columns: Vec<Column>,
    rows: Vec<Row>,
}

struct Column {
    width: usize,
    is_number: bool,
}

struct Row {
    cells: Vec<String>,
    /// Lines below the row.
    notes: Vec<String>,
}

impl<W: Write> TablePrinter<W> {
    pub(super) fn new(out: W, rules: &RuleSet) -> Self {
        let banded: Vec<&str> = rules.banded_scores().collect();
        let mut header = vec![("lead", false), ("stage", false)];
        for name in rules.scores() {
            header.push((name, true));
            header.extend(banded.contains(&name).then_some(("band", false)));
        }
        header.extend([("gates", false), ("segments", false), ("valid until", false)]);
        let columns = header.iter().map(|(_, is_number)| Column { width: 0, is_number: *is_number });
        let cells = header.iter().map(|(name, _)| (*name).to_owned());
        let rows = vec![Row { cells: cells.collect(), notes: Vec::new() }];
        TablePrinter { out, columns: columns.collect(), rows }
    }

    fn print_chunk(&mut self) -> Result<(), Stop> {
        for row in &self.rows {
            for (column, cell) in self.columns.iter_mut().zip(&row.cells) {
                column.width = column.width.max(cell.width());
            }
        }
        for row in self.rows.drain(..) {
            let mut line = String::new();
            for (column, cell) in self.columns.iter().zip(&row.cells) {
                let blanks = " ".repeat(column.width - cell.width());
                let (before, behind) = if column.is_number { (&*blanks, "") } else { ("", &*blanks) };
                line.extend([before, cell, behind, "  "]);
            }
            writeln!(self.out, "{}", line.trim_end())?;
            for note in row.notes {
                writeln!(self.out, "    {note}")?;
            }
        }
        Ok(())
    }
}

impl<W: Write> Printer for TablePrinter<W> {
    fn print(&mut self, evaluation: &Evaluation, rules: Option<Vec<RuleValue>>) -> Result<(), Stop> {
        let mut cells = vec![printable(evaluation.lead_id()), evaluation.stage().to_string()];
        for (name, points) in evaluation.scores() {
            cells.push(points.to_string());
            cells.extend(evaluation.band(name).map(str::to_owned));
        }
        let with_reason = |gate: &str, reason: Option<&str>| {
            reason.map(|reason| if reason.is_empty() { gate.to_owned() } else { format!("{gate}: {reason}") })
        };
        let gates = [
            evaluation.mql().then(|| "mql".to_owned()),
            evaluation.revert().then(|| "revert".to_owned()),
            evaluation.sql().then(|| "sql".to_owned()),
            with_reason("recycle", evaluation.recycle()),
            with_reason("disqualify", evaluation.disqualify()),
        ];
        cells.push(printable(&or_dash(gates.into_iter().flatten().collect())));
        cells.push(or_dash(evaluation.segments().map(str::to_owned).collect()));
        cells.push(evaluation.valid_until().map_or_else(|| "never".to_owned(), print_instant));
        let notes = rules.unwrap_or_default().iter().map(because).collect();
        self.rows.push(Row { cells, notes });
        if self.rows.len() >= CHUNK { self.print_chunk() } else { Ok(()) }
    }

    fn finish(mut self: Box<Self>) -> Result<(), Stop> {
        self.print_chunk()?;
        Ok(self.out.flush()?)
    }
}

fn or_dash(words: Vec<String>) -> String {
    if words.is_empty() { "-".to_owned() } else { words.join(", ") }
}

/// The text without anything that a terminal would obey rather than show.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
