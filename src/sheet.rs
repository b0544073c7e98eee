//! Tables for people, in plain text and in Markdown.
//!
//! Reports make sheets of their figures; what comes out is aligned columns or a Markdown table of the same cells. Text
//! from outside is cut short and made readable on its way into a cell.

use std::fmt;

use unicode_width::UnicodeWidthStr;

use crate::explain::escaped;
use crate::readable::readable;

/// A table, what it is called, and what is to be said below it.
pub(crate) struct Sheet {
    pub(crate) title: String,
    pub(crate) header: Vec<Cell>,
    pub(crate) rows: Vec<Vec<Cell>>,
    notes: Vec<String>,
}

/// A cell; those of numbers stand at the right.
#[derive(Clone)]
pub(crate) struct Cell {
    pub(crate) text: String,
    is_number: bool,
}

/// Longer texts from outside are cut.
const LONGEST: usize = 60;

/// A cell of text.
pub(crate) fn text(text: impl fmt::Display) -> Cell {
    Cell { text: readable(&text.to_string(), LONGEST), is_number: false }
}

/// A cell of a number.
pub(crate) fn number(number: impl fmt::Display) -> Cell {
    Cell { text: number.to_string(), is_number: true }
}

impl Sheet {
    pub(crate) fn new(title: impl Into<String>, header: impl IntoIterator<Item = Cell>) -> Self {
        Sheet {
            title: title.into(),
            header: header.into_iter().collect(),
            rows: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Adds a line below the table.
    pub(crate) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// Adds the table to a Markdown text.
    pub(crate) fn write_markdown(&self, note: &mut String) {
        note.push_str(&format!("\n**{}**\n\n", escaped(&self.title)));
        let row = |cells: &[Cell], note: &mut String| {
            cells.iter().for_each(|cell| note.push_str(&format!("| {} ", escaped(&cell.text))));
            note.push_str("|\n");
        };
        row(&self.header, note);
        let line = |cell: &Cell| if cell.is_number { "| ---: " } else { "| --- " };
        note.extend(self.header.iter().map(line));
        note.push_str("|\n");
        self.rows.iter().for_each(|cells| row(cells, note));
        if !self.notes.is_empty() {
            note.push('\n');
            self.notes.iter().for_each(|text| note.push_str(&format!("- {}\n", escaped(text))));
        }
    }
}

/// The table in plain text, a blank line before it.
impl fmt::Display for Sheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{}\n", self.title)?;
        let width = |column: usize| {
            let rows = std::iter::once(&self.header).chain(&self.rows);
            rows.filter_map(|row| row.get(column)).map(|cell| cell.text.width()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.header.len()).map(width).collect();
        for row in std::iter::once(&self.header).chain(&self.rows) {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                let blanks = " ".repeat(width.saturating_sub(cell.text.width()));
                let (before, behind) = if cell.is_number { (&*blanks, "") } else { ("", &*blanks) };
                line.extend(["  ", before, &cell.text, behind]);
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        if !self.notes.is_empty() {
            writeln!(f)?;
        }
        for note in &self.notes {
            writeln!(f, "  {note}")?;
        }
        Ok(())
    }
}
