//! The page as text and as Markdown: both show the same sections, and these say everything once.

use super::{Argument, BantLine, Due, Handoff};
use crate::explain::{self, Page, age, date_and_time, escaped};
use crate::qualify::Answer;
use crate::readable::readable;
use crate::time::Instant;

/// Longer names are cut.
const LONGEST: usize = 120;
/// Keys are padded to a common width up to this one.
const WIDEST_KEY: usize = 28;
/// So many of the changes to come are told.
const MOST_CHANGES: usize = 5;

/// A titled list.
struct Section {
    title: String,
    rows: Vec<Row>,
}

/// A line of a list: what it is about, and what is said.
struct Row {
    depth: usize,
    key: String,
    says: String,
}

impl Section {
    fn new(title: impl Into<String>) -> Self {
        Section { title: title.into(), rows: Vec::new() }
    }

    fn row(&mut self, depth: usize, key: &str, says: impl Into<String>) {
        self.rows.push(Row { depth, key: readable(key, LONGEST), says: says.into() });
    }

    fn more(&mut self, depth: usize, count: usize, of: &str) {
        if count > 0 {
            self.row(depth, "", format!("and {count} more{of}"));
        }
    }
}

pub(super) fn text(page: &Handoff) -> String {
    let mut out = Page::default();
    for line in head(page) {
        out.line("", &line);
    }
    for section in sections(page) {
        out.blank();
        out.line("", &section.title);
        let widest = |depth: usize| {
            let keys = section.rows.iter().filter(|row| row.depth == depth);
            keys.map(|row| row.key.chars().count()).max().unwrap_or(0).min(WIDEST_KEY)
        };
        let widest = [widest(0), widest(1)];
        for row in &section.rows {
            let width = widest.get(row.depth).copied().unwrap_or(0);
            let key = match row.key.as_str() {
                "" => String::new(),
                key => format!("{key:width$}  "),
            };
            out.line(&format!("{:1$}{key}", "", 2 + row.depth * 2), &row.says);
        }
    }
    out.into_text()
}

pub(super) fn markdown(page: &Handoff) -> String {
    let mut note = String::new();
    for (index, line) in head(page).iter().enumerate() {
        note.push_str(if index == 0 { "" } else { "  \n" });
        note.push_str(&escaped(line));
    }
    note.push('\n');
    for section in sections(page) {
        note.push_str(&format!("\n**{}**\n\n", escaped(&section.title)));
        for row in &section.rows {
            // Blanks that line up columns of text are of no use here.
            let (key, says) = (row.key.trim(), escaped(row.says.trim_start()));
            let sign = key.len() - key.trim_start_matches(['+', '-']).len();
            let key = key.split_at_checked(sign).map(|(sign, rest)| format!("**{sign}{}** ", escaped(rest)));
            let key = key.filter(|_| !row.key.is_empty()).unwrap_or_default();
            note.push_str(format!("{:1$}- {key}{says}", "", row.depth * 2).trim_end());
            note.push('\n');
        }
    }
    note
}

/// Who it is about, and until when.
fn head(page: &Handoff) -> Vec<String> {
    let name = if page.id.is_empty() { "This lead".to_owned() } else { readable(&page.id, LONGEST) };
    let mut lines = vec![
        format!("{name}, {}", explain::stage(&page.stage)),
        format!(
            "{}, {}",
            explain::origin(&page.rule_set, page.at),
            explain::validity(page.at, page.valid_until)
        ),
    ];
    let now = Instant::nearest(page.at);
    let moment = |at| (date_and_time(Instant::nearest(at)), age(Instant::nearest(at), now));
    if let Some((at, ago)) = page.promoted_at.map(moment) {
        lines.push(format!("An MQL since {at}, {ago}."));
    }
    if let Some(Due { at, overdue, .. }) = page.due {
        let (at, distance) = moment(at);
        lines.push(if overdue {
            format!("Overdue: sales had to accept or reject it by {at}, {distance}.")
        } else {
            format!("Sales has to accept or reject it by {at}, {distance}.")
        });
    }
    lines
}

/// Everything else, in the order in which it is read; what there is nothing to say of is left out.
fn sections(page: &Handoff) -> Vec<Section> {
    let mut sections = vec![who(page), why(page), against(page), standing(page), activity(page), bant(page)];
    let mut ask = Section::new("To ask");
    for question in &page.ask {
        ask.row(0, "", question.to_string());
    }
    sections.push(ask);
    if let Some(until) = page.valid_until {
        let mut then = Section::new(format!("What changes at {}", date_and_time(Instant::nearest(until))));
        for change in page.then.iter().take(MOST_CHANGES) {
            then.row(0, "", change.to_string());
        }
        then.more(0, page.then.len().saturating_sub(MOST_CHANGES), "");
        sections.push(then);
    }
    sections.retain(|section| !section.rows.is_empty());
    sections
}

fn who(page: &Handoff) -> Section {
    let mut section = Section::new("Who");
    for detail in &page.who {
        section.row(0, &detail.attribute, detail.value.to_string());
    }
    section.more(0, page.more_details, " known");
    section
}

fn why(page: &Handoff) -> Section {
    let mut section = Section::new(if page.criteria.is_some() { "Why" } else { "Speaks for it" });
    if let Some(criteria) = &page.criteria {
        section.row(0, "", format!("the criteria for an MQL: {criteria}"));
    }
    arguments(&page.reasons, page.more_reasons, &mut section);
    section
}

fn against(page: &Handoff) -> Section {
    let mut section = Section::new("Against it");
    arguments(&page.against, page.more_against, &mut section);
    section
}

fn arguments(list: &[Argument], more: usize, section: &mut Section) {
    let points = |argument: &Argument| explain::signed(argument.points);
    let widest = list.iter().map(|argument| points(argument).len()).max().unwrap_or(0);
    for argument in list {
        let key = format!("{:>widest$} {}", points(argument), argument.score);
        section.row(0, &key, argument.says.clone());
    }
    section.more(0, more, "");
}

fn standing(page: &Handoff) -> Section {
    let mut section = Section::new("Scores");
    let widest = page.scores.iter().map(|line| line.points.to_string().len()).max().unwrap_or(0);
    for line in &page.scores {
        let points = format!("{:>widest$}", line.points.to_string());
        let band = line.band.as_ref().map_or(String::new(), |band| format!("  {}", explain::band(band)));
        section.row(0, &line.score, points + &band);
    }
    if !page.segments.is_empty() {
        let names: Vec<String> = page.segments.iter().map(|name| readable(name, LONGEST)).collect();
        section.row(0, "", format!("in segment {}", names.join(", ")));
    }
    section
}

fn activity(page: &Handoff) -> Section {
    let mut section = Section::new("Recent activity");
    let now = Instant::nearest(page.at);
    for day in &page.activity.days {
        let newest = day.lines.first().map(|line| age(Instant::nearest(line.newest), now));
        section.row(0, &day.day, newest.unwrap_or_default());
        for line in &day.lines {
            let clock = Instant::nearest(line.newest).to_string();
            let clock = clock.split_once('T').and_then(|(_, clock)| clock.get(..5)).unwrap_or_default();
            section.row(1, clock, line.says.clone());
        }
        section.more(1, day.more, "");
    }
    section.more(0, page.activity.earlier, " before");
    section
}

fn bant(page: &Handoff) -> Section {
    let mut section = Section::new("Budget, authority, need, timing");
    let (unknown, known): (Vec<&BantLine>, Vec<&BantLine>) =
        page.bant.iter().partition(|line| line.answer == Answer::Unknown);
    for line in known {
        let mut says = line.answer.to_string();
        if let Some(by) = &line.by {
            says.push_str(&format!(" by {}", readable(by, LONGEST)));
        }
        if let Some(at) = line.at {
            says.push_str(&format!(", {}", age(Instant::nearest(at), Instant::nearest(page.at))));
        }
        section.row(0, line.item.as_str(), says);
    }
    if !unknown.is_empty() {
        let names: Vec<&str> = unknown.iter().map(|line| line.item.as_str()).collect();
        section.row(0, "", format!("unknown: {}", names.join(", ")));
    }
    section
}
