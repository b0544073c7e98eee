//! A page as one HTML document that needs nothing else: no script, no network, light and dark, narrow, wide and
//! printed. The policy in its head forbids what it does not need, should a text ever break out.

use std::fmt::Write as _;

use super::document::{Anchor, Block, Column, ColumnSort, Document, Item, Phrase, Piece, Row, Table};
use crate::xml::Escaped;

const STYLE: &str = include_str!("style.css");

pub(super) fn html(document: &Document) -> String {
    let mut page = Page { text: String::new() };
    let title = Escaped(&document.title);
    page.add(format_args!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n<style>\n{STYLE}</style>\n\
         </head>\n<body>\n<header>\n<h1>{title}</h1>\n<dl>\n"
    ));
    for (key, value) in &document.facts {
        page.add(format_args!("<div><dt>{key}</dt><dd>{}</dd></div>\n", phrase(value)));
    }
    page.add(format_args!("</dl>\n"));
    for notice in &document.notices {
        page.add(format_args!("<p class=\"notice\" role=\"note\">{}</p>\n", phrase(notice)));
    }
    page.add(format_args!("</header>\n<nav aria-label=\"Contents\">\n<ul>\n"));
    for section in &document.sections {
        page.add(format_args!("<li><a href=\"#{}\">{}</a></li>\n", section.anchor, section.title));
    }
    page.add(format_args!("</ul>\n</nav>\n<main>\n"));
    for section in &document.sections {
        let (anchor, title) = (section.anchor, section.title);
        page.add(format_args!("<section id=\"{anchor}\">\n<h2>{title}</h2>\n"));
        for block in &section.blocks {
            page.block(block);
        }
        page.add(format_args!("</section>\n"));
    }
    page.add(format_args!("</main>\n</body>\n</html>\n"));
    page.text
}

struct Page {
    text: String,
}

impl Page {
    fn add(&mut self, text: std::fmt::Arguments<'_>) {
        // OK because writing to a String does not fail.
        let _ = self.text.write_fmt(text);
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Subtitle(title, anchor) => {
                let id = anchor.map_or(String::new(), |Anchor(sort, at)| format!(" id=\"{sort}-{at}\""));
                self.add(format_args!("<h3{id}>{}</h3>\n", phrase(title)));
            }
            Block::Text(text) => self.add(format_args!("<p>{}</p>\n", phrase(text))),
            Block::List(items) => self.items(items),
            Block::Table(table) => self.table(table),
            Block::Fading(says, curve) => {
                let (says, svg) = (phrase(says), curve.svg());
                self.add(format_args!("<figure class=\"chart\"><figcaption>{says}</figcaption>{svg}"));
                let (unit, ages) = curve.ages();
                self.add(format_args!("<table class=\"ages\"><tbody><tr><th scope=\"row\">{unit}</th>"));
                for (age, _) in &ages {
                    self.add(format_args!("<td>{age}</td>"));
                }
                self.add(format_args!("</tr><tr><th scope=\"row\">points</th>"));
                for (_, left) in &ages {
                    self.add(format_args!("<td>{left}</td>"));
                }
                self.add(format_args!("</tr></tbody></table></figure>\n"));
            }
            Block::Bands(strip) => {
                self.add(format_args!("<div class=\"strip\" aria-hidden=\"true\">"));
                // Lowest first, as one reads a scale.
                for (name, share) in strip.iter().rev() {
                    let grow = (share * 1_000.0).round();
                    self.add(format_args!("<span style=\"flex-grow:{grow}\">{}</span>", Escaped(name)));
                }
                self.add(format_args!("</div>\n"));
            }
            Block::Stages(drawing) => {
                self.add(format_args!("<figure class=\"drawing\">{}</figure>\n", drawing.svg()));
            }
        }
    }

    fn items(&mut self, items: &[Item]) {
        // Numbers are those of a drawing, in the order of the list.
        let list = if items.iter().any(|item| item.number.is_some()) { "ol" } else { "ul" };
        self.add(format_args!("<{list}>\n"));
        for item in items {
            self.add(format_args!("<li>{}", phrase(&item.says)));
            if !item.items.is_empty() {
                self.items(&item.items);
            }
            self.add(format_args!("</li>\n"));
        }
        self.add(format_args!("</{list}>\n"));
    }

    fn table(&mut self, table: &Table) {
        let has = |sort: ColumnSort| table.columns.iter().any(|column| column.sort == sort);
        // Where a page is narrow the cells of a rule stand below each other; its roles keep the table a table.
        let is_rules = has(ColumnSort::Number);
        let class = match is_rules {
            true => " class=\"rules\" role=\"table\"",
            false if has(ColumnSort::Blank) => " class=\"blanks\"",
            false => "",
        };
        let (row_role, cell_role) = if is_rules { (" role=\"row\"", " role=\"cell\"") } else { ("", "") };
        // A table that is too wide is moved by itself, with the keyboard too.
        let caption = Escaped(&table.caption);
        self.add(format_args!(
            "<div class=\"table\" role=\"region\" aria-label=\"{caption}\" tabindex=\"0\">\n\
             <table{class}>\n<thead><tr>"
        ));
        for column in &table.columns {
            let (class, title) = (class_of(column), Escaped(&column.title));
            self.add(format_args!("<th scope=\"col\"{class}>{title}</th>"));
        }
        self.add(format_args!("</tr></thead>\n<tbody>\n"));
        let mut in_group = false;
        for row in &table.rows {
            match row {
                Row::Cells(cells) => {
                    if std::mem::take(&mut in_group) {
                        self.add(format_args!("</tbody>\n<tbody>\n"));
                    }
                    self.cells(&table.columns, cells, row_role, cell_role);
                }
                Row::Group(title) => {
                    in_group = true;
                    let (width, title) = (table.columns.len(), phrase(title));
                    self.add(format_args!(
                        "</tbody>\n<tbody class=\"group\">\n\
                         <tr{row_role}><th{cell_role} scope=\"rowgroup\" colspan=\"{width}\">{title}</th></tr>\n"
                    ));
                }
                Row::Member(cells) => self.cells(&table.columns, cells, row_role, cell_role),
            }
        }
        self.add(format_args!("</tbody>\n</table>\n</div>\n"));
    }

    fn cells(&mut self, columns: &[Column], cells: &[Phrase], row_role: &str, cell_role: &str) {
        // Links lead to the name that a row is about.
        self.add(format_args!("<tr{row_role}>"));
        for (column, cell) in columns.iter().zip(cells) {
            let class = class_of(column);
            match column.sort {
                ColumnSort::Name => {
                    let id = match cell.pieces.as_slice() {
                        [Piece::Name(_, Some(Anchor(sort, at)))] => format!(" id=\"{sort}-{at}\""),
                        _ => String::new(),
                    };
                    let own = unlinked(cell);
                    self.add(format_args!("<th scope=\"row\"{id}>{}</th>", phrase(&own)));
                }
                ColumnSort::Verdict => {
                    let verdict = Escaped(cell.plain());
                    self.add(format_args!("<td class=\"verdict {verdict}\">{}</td>", phrase(cell)));
                }
                _ => self.add(format_args!("<td{class}{cell_role}>{}</td>", phrase(cell))),
            }
        }
        self.add(format_args!("</tr>\n"));
    }
}

const fn class_of(column: &Column) -> &'static str {
    match column.sort {
        ColumnSort::Number => " class=\"number\"",
        ColumnSort::Verdict => " class=\"verdict\"",
        ColumnSort::Name | ColumnSort::Text | ColumnSort::Blank => "",
    }
}

/// The phrase without links: where they lead is here.
fn unlinked(phrase: &Phrase) -> Phrase {
    let piece = |piece: &Piece| match piece {
        Piece::Name(name, _) => Piece::Name(name.clone(), None),
        other => other.clone(),
    };
    Phrase { pieces: phrase.pieces.iter().map(piece).collect() }
}

fn phrase(phrase: &Phrase) -> String {
    let mut html = String::new();
    for piece in &phrase.pieces {
        // OK because writing to a String does not fail.
        let _ = match piece {
            Piece::Text(text) => write!(html, "{}", Escaped(text)),
            Piece::Strong(text) => write!(html, "<strong>{}</strong>", Escaped(text)),
            Piece::Name(name, None) => write!(html, "<code>{}</code>", Escaped(name)),
            Piece::Name(name, Some(Anchor(sort, at))) => {
                write!(html, "<a href=\"#{sort}-{at}\"><code>{}</code></a>", Escaped(name))
            }
            Piece::Line => write!(html, "<br>"),
        };
    }
    html
}
