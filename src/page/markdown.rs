//! A page as Markdown (CommonMark with tables), the stages as Mermaid: what code hosts and wikis show.

use super::document::{Block, Column, ColumnSort, Document, Item, Phrase, Piece, Row, Table};
use super::fading::Curve;
use crate::explain::escaped;

pub(super) fn markdown(document: &Document) -> String {
    let mut page = Page { text: String::new() };
    page.line(&format!("# {}", in_line(&Phrase::text(&document.title))));
    for (key, value) in &document.facts {
        page.line(&format!("- **{key}**: {}", in_line(value)));
    }
    if !document.facts.is_empty() {
        page.text.push('\n');
    }
    for notice in &document.notices {
        page.paragraph(&format!("> {}", in_line(notice)));
    }
    for section in &document.sections {
        page.paragraph(&format!("## {}", section.title));
        for block in &section.blocks {
            page.block(block);
        }
    }
    while page.text.ends_with("\n\n") {
        page.text.pop();
    }
    page.text
}

struct Page {
    text: String,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
        if line.starts_with('#') {
            self.text.push('\n');
        }
    }

    fn paragraph(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push_str("\n\n");
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Subtitle(title, _) => self.paragraph(&format!("### {}", in_line(title))),
            Block::Text(text) => self.paragraph(&in_line(text)),
            Block::List(items) => {
                self.items(items, 0);
                self.text.push('\n');
            }
            Block::Table(table) => self.table(table),
            Block::Fading(says, curve) => self.fading(says, curve),
            // The table that follows says the same.
            Block::Bands(_) => {}
            Block::Stages(drawing) => self.paragraph(&format!("```mermaid\n{}```", drawing.mermaid)),
        }
    }

    fn items(&mut self, items: &[Item], depth: usize) {
        for item in items {
            let mark = item.number.map_or("-".to_owned(), |number| format!("{number}."));
            self.line(&format!("{:depth$}{mark} {}", "", in_line(&item.says)));
            self.items(&item.items, depth + mark.len() + 1);
        }
    }

    fn table(&mut self, table: &Table) {
        let title = |column: &Column| Phrase::text(&column.title);
        self.row(table.columns.iter().map(|column| in_line(&title(column))));
        let rule = |column: &Column| match column.sort {
            ColumnSort::Number => "---:",
            ColumnSort::Verdict => ":---:",
            _ => "---",
        };
        self.row(table.columns.iter().map(|column| rule(column).to_owned()));
        let says =
            table.columns.iter().position(|column| column.sort == ColumnSort::Text).unwrap_or_default();
        for row in &table.rows {
            match row {
                Row::Cells(cells) => self.row(cells.iter().map(in_line)),
                // A group stands where the words stand, and what belongs to it is set off below.
                Row::Group(title) => self.row(table.columns.iter().enumerate().map(|(at, _)| {
                    if at == says { format!("**{}**", in_line(title)) } else { String::new() }
                })),
                Row::Member(cells) => self.row(cells.iter().enumerate().map(|(at, cell)| {
                    if at == says { format!("↳ {}", in_line(cell)) } else { in_line(cell) }
                })),
            }
        }
        self.text.push('\n');
    }

    fn row(&mut self, cells: impl Iterator<Item = String>) {
        for cell in cells {
            self.text.push_str("| ");
            self.text.push_str(&cell);
            self.text.push(' ');
        }
        self.text.push_str("|\n");
    }

    fn fading(&mut self, says: &Phrase, curve: &Curve) {
        self.paragraph(&format!("{}:", in_line(says)));
        let (unit, ages) = curve.ages();
        self.row(std::iter::once(unit.to_owned()).chain(ages.iter().map(|(age, _)| age.to_string())));
        self.row(std::iter::repeat_n("---".to_owned(), ages.len() + 1));
        self.row(std::iter::once("points".to_owned()).chain(ages.iter().map(|(_, left)| left.to_string())));
        self.text.push('\n');
    }
}

/// A phrase in one line, marks escaped.
fn in_line(phrase: &Phrase) -> String {
    let mut line = String::new();
    for piece in &phrase.pieces {
        match piece {
            Piece::Text(text) => line.push_str(&inside(text)),
            Piece::Strong(text) => line.push_str(&format!("**{}**", inside(text.trim()))),
            // Names hold letters, digits and underscores only.
            Piece::Name(name, _) => line.push_str(&format!("`{name}`")),
            Piece::Line => line.push_str("<br>"),
        }
    }
    line
}

/// A text in the middle of a line: what is a mark only where a line begins is none here.
fn inside(text: &str) -> String {
    let escaped = escaped(&format!("({text}"));
    escaped.strip_prefix('(').map_or(escaped.clone(), str::to_owned)
}
