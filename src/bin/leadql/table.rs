//! A table for people: aligned columns, printed chunk by chunk so that a long file does not wait for its end.
//! Columns are as wide as what the chunks up to now need.

use std::io::Write;

use unicode_width::UnicodeWidthStr;

use crate::output::{Stop, printable};

/// So many rows are looked at before they are printed.
const CHUNK: usize = 500;

pub(crate) struct Table<W> {
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

impl<W: Write> Table<W> {
    /// A table with these columns: the name of each, and whether it is of numbers, which stand at the right.
    pub(crate) fn new<'h>(out: W, header: impl IntoIterator<Item = (&'h str, bool)>) -> Self {
        let (cells, columns) = header
            .into_iter()
            .map(|(name, is_number)| (name.to_owned(), Column { width: 0, is_number }))
            .unzip();
        Table { out, columns, rows: vec![Row { cells, notes: Vec::new() }] }
    }

    /// Adds a row, and lines below it.
    pub(crate) fn row(&mut self, cells: Vec<String>, notes: Vec<String>) -> Result<(), Stop> {
        self.rows.push(Row { cells: cells.iter().map(|cell| printable(cell)).collect(), notes });
        if self.rows.len() >= CHUNK { self.print_chunk() } else { Ok(()) }
    }

    /// Prints what is still held back.
    pub(crate) fn finish(&mut self) -> Result<(), Stop> {
        self.print_chunk()?;
        Ok(self.out.flush()?)
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
