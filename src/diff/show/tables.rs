//! The figures over leads as tables.

use std::collections::{HashMap, HashSet};

use super::{because, share, short};
use crate::decimal::Points;
use crate::diff::{BandFigures, Counts, LeadsDiff, Moved, MovedLead};
use crate::explain::signed;
use crate::lead::Stage;
use crate::sheet::{Cell, Sheet, number, text};

/// The tables that have anything to tell; lists are cut to `top` rows, and say how many are left out.
pub(super) fn sheets(leads: &LeadsDiff, top: usize) -> Vec<Sheet> {
    let mut sheets = vec![stages(leads)];
    sheets.push(scores(leads));
    sheets.extend(leads.bands.iter().filter(|bands| bands.changed > 0).map(bands));
    let segments = leads.segments.iter().map(|it| (short(&it.segment), it.counts));
    sheets.push(memberships("Segments", "segment", segments));
    let gates = leads.gates.iter().map(|it| (it.gate.name().to_owned(), it.counts));
    sheets.push(memberships("Gates", "gate", gates));
    sheets.push(groups(leads, top));
    sheets.retain(|sheet| !sheet.rows.is_empty());
    sheets
}

/// From the older version's stages, a row each, to the newer's, a column each.
fn stages(leads: &LeadsDiff) -> Sheet {
    let comes = |stage: &Stage| leads.stages.iter().any(|it| it.old == *stage || it.new == *stage);
    let stages: Vec<Stage> = Stage::ALL.into_iter().filter(comes).collect();
    let header = [text("from \\ to")].into_iter().chain(stages.iter().map(number));
    let mut sheet = Sheet::new("Stages, from the older version's to the newer's", header);
    for old in stages.iter().filter(|old| leads.stages.iter().any(|it| it.old == **old)) {
        let cells = stages.iter().map(|new| {
            let found = leads.stages.iter().find(|it| it.old == *old && it.new == *new);
            count(found.map_or(0, |it| it.leads))
        });
        sheet.rows.push([text(old)].into_iter().chain(cells).collect());
    }
    sheet
}

fn scores(leads: &LeadsDiff) -> Sheet {
    let columns = ["changed", "up", "down", "mean", "median", "least", "most"].map(number);
    let mut sheet = Sheet::new("Scores", [text("score")].into_iter().chain(columns));
    let points = |points: Option<Points>| number(points.map_or("-".to_owned(), signed));
    for it in leads.scores.iter().filter(|it| it.changed > 0) {
        let mut cells = vec![text(&it.score)];
        cells.push(number(format!("{}{}", it.changed, share(it.changed, leads.leads))));
        cells.extend([it.up, it.changed - it.up].map(number));
        cells.extend([it.mean, it.median, it.min, it.max].map(points));
        sheet.rows.push(cells);
    }
    sheet.note("of the leads whose score changed");
    sheet
}

fn bands(of: &BandFigures) -> Sheet {
    let (mut columns, mut rows): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    let (mut seen_columns, mut places) = (HashSet::new(), HashMap::new());
    let mut leads: HashMap<(&str, &str), u64> = HashMap::new();
    for it in &of.moves {
        places.entry(it.old.as_str()).or_insert_with(|| {
            rows.push(&it.old);
            rows.len()
        });
        if seen_columns.insert(it.new.as_str()) {
            columns.push(&it.new);
        }
        *leads.entry((&it.old, &it.new)).or_default() += it.leads;
    }
    // Bands of one name stand at one place of both sides, as far as that goes.
    columns.sort_by_key(|column| places.get(column).copied().unwrap_or(usize::MAX));
    let header = [text("from \\ to")].into_iter().chain(columns.iter().map(|name| number(short(name))));
    let mut sheet = Sheet::new(format!("Bands of {}", short(&of.score)), header);
    for old in rows {
        let cells = columns.iter().map(|new| count(leads.get(&(old, *new)).copied().unwrap_or(0)));
        sheet.rows.push([text(old)].into_iter().chain(cells).collect());
    }
    sheet
}

fn memberships(title: &str, what: &str, all: impl Iterator<Item = (String, Counts)>) -> Sheet {
    let columns = ["old", "new", "enter", "leave"].map(number);
    let mut sheet = Sheet::new(title, [text(what)].into_iter().chain(columns));
    for (name, it) in all.filter(|(_, it)| it.entered + it.left > 0) {
        let cells = [it.old, it.new, it.entered, it.left].map(number);
        sheet.rows.push([text(name)].into_iter().chain(cells).collect());
    }
    sheet
}

fn groups(leads: &LeadsDiff, top: usize) -> Sheet {
    let Some(by) = &leads.by else { return Sheet::new("", []) };
    let columns = ["leads", "other score", "other stage", "enter MQL", "leave MQL"].map(number);
    let mut sheet = Sheet::new(format!("By {}", short(by)), [text(by)].into_iter().chain(columns));
    for it in leads.groups.iter().take(top) {
        let cells = [it.leads, it.score_changed].map(number);
        let stage = number(format!("{}{}", it.stage_changed, share(it.stage_changed, it.leads)));
        let mql = [it.entered_mql, it.left_mql].map(number);
        let name = text(it.group.as_deref().unwrap_or("(unknown)"));
        sheet.rows.push([name].into_iter().chain(cells).chain([stage]).chain(mql).collect());
    }
    if let Some(more) = leads.groups.len().checked_sub(top).filter(|more| *more > 0) {
        sheet.note(format!("{more} more not shown"));
    }
    sheet
}

/// The leads that come to be MQLs, or cease to be, each with what decides it.
pub(super) fn movers(title: &str, moved: &Moved, top: usize) -> Option<(Sheet, Sheet)> {
    if moved.leads == 0 {
        return None;
    }
    let title = format!("{title} ({})", moved.leads);
    let mut deciding =
        Sheet::new(format!("{title}: what decides"), [text("score"), text("rule"), number("leads")]);
    for it in moved.deciding.iter().take(top) {
        let rule = it.rule.as_deref().unwrap_or("(a criterion, a band or a bound)");
        let score = it.score.as_deref().unwrap_or("-");
        deciding.rows.push(vec![text(score), text(rule), number(it.leads)]);
    }
    if let Some(more) = moved.deciding.len().checked_sub(top).filter(|more| *more > 0) {
        deciding.note(format!("{more} more not shown"));
    }
    let mut sheet = Sheet::new(title, ["lead", "old", "new", "the rule that changed most"].map(text));
    for it in moved.listed.iter().take(top) {
        sheet.rows.push(row(it));
    }
    let more = moved.leads - u64::try_from(sheet.rows.len()).unwrap_or_default();
    if more > 0 {
        sheet.note(format!("{more} more not shown"));
    }
    Some((deciding, sheet))
}

fn row(moved: &MovedLead) -> Vec<Cell> {
    vec![text(&moved.id), text(moved.old), text(moved.new), text(because(moved))]
}

/// Nothing where there is none, so that what is there can be seen.
fn count(leads: u64) -> Cell {
    if leads == 0 { number("") } else { number(leads) }
}
