//! What stands on the page of a rule set: the document is put together here, section by section.

mod examples;
mod names;
mod scores;
mod stages;

use super::document::{Block, ColumnSort, Document, Phrase, Row, Section, Table, count};
use super::matrix;
use super::words::{Words, length};
use crate::explain::date_and_time;
use crate::model::Model;
use crate::rule_set::RuleSet;
use crate::time::Instant;

/// The page of a rule set; at an instant it says whether a review is overdue.
pub(super) fn document(rules: &RuleSet, at: Option<Instant>) -> Document {
    let model = &rules.compiled.model;
    let words = Words::new(model);
    let mut sections = Vec::new();
    if !model.scores.is_empty() {
        sections.push(scores::section(&words));
    }
    sections.extend(bands(&words));
    sections.extend(segments(&words));
    sections.push(stages::section(rules, &words));
    sections.extend(names::named(&words));
    sections.extend(names::data(model));
    sections.extend(examples::section(rules, &words));
    sections.push(signatures(rules));
    let (review, overdue) = review(model, at);
    let mut facts = vec![("Version", Phrase::text(rules.version().unwrap_or("none given")))];
    let owners = model.about.owners.iter().map(|(role, name)| Phrase::text(format!("{role}: {name}")));
    if !model.about.owners.is_empty() {
        facts.push(("Owners", Phrase::joined(owners.collect(), "; ", "; ")));
    }
    facts.extend(review.map(|review| ("Review", review)));
    facts.push(("What it holds", Phrase::text(extent(model))));
    facts.push(("Fingerprint", Phrase::name(&rules.fingerprint().to_string())));
    Document {
        title: Phrase::text(rules.name().unwrap_or("Lead qualification criteria")).plain(),
        facts,
        notices: overdue.into_iter().collect(),
        sections,
    }
}

/// `2 scores from 17 rules, 2 segments, 5 examples`
fn extent(model: &Model) -> String {
    let scores = count(model.scores.len(), "score");
    format!(
        "{scores} from {}, {}, {}",
        count(model.rules.len(), "rule"),
        count(model.segments.len(), "segment"),
        count(model.tests.len(), "example")
    )
}

/// When the criteria are to be looked at again, and whether that should have been done by now.
fn review(model: &Model, at: Option<Instant>) -> (Option<Phrase>, Option<Phrase>) {
    let Some((every, since)) = model.about.review else { return (None, None) };
    let mut says = format!("every {}", length(every));
    let Some(since) = since else {
        return (Some(Phrase::text(says)), None);
    };
    says.push_str(&format!(", last on {}", date_and_time(since)));
    let Some(due) = since.plus(every) else { return (Some(Phrase::text(says)), None) };
    says.push_str(&format!(", next due on {}", date_and_time(due)));
    let overdue = at.filter(|at| *at >= due).map(|at| {
        Phrase::default().and_strong("The review is overdue.").and(format!(
            " It was due on {}; this page was made for {}.",
            date_and_time(due),
            date_and_time(at)
        ))
    });
    (Some(Phrase::text(says)), overdue)
}

/// The bands of each score, and where the gates combine them.
fn bands(words: &Words<'_>) -> Option<Section> {
    let model = words.model;
    if model.band_order.is_empty() {
        return None;
    }
    let mut blocks = Vec::new();
    for score in &model.band_order {
        blocks.push(Block::Subtitle(words.score_name(*score), None));
        blocks.extend(scores::bands(words, *score));
    }
    let gates = [
        ("an MQL", model.gates.mql.as_ref().map(|gate| gate.when)),
        ("an SQL", model.gates.sql),
        ("a recycled lead", model.gates.recycle.as_ref().map(|gate| gate.when)),
    ];
    for (gate, criteria) in gates {
        let Some(table) = criteria.and_then(|criteria| matrix::table(words, gate, criteria)) else {
            continue;
        };
        blocks.push(Block::Subtitle(Phrase::text(format!("Which bands make {gate}")), None));
        let says = format!(
            "Whether the criteria for {gate} hold, by both bands: “may” means that it depends on where in the \
             bands the scores are, or on the other criteria."
        );
        blocks.push(Block::Text(Phrase::text(says)));
        blocks.push(Block::Table(table));
    }
    Some(Section { anchor: "bands", title: "Bands", blocks })
}

fn segments(words: &Words<'_>) -> Option<Section> {
    let model = words.model;
    if model.segments.is_empty() {
        return None;
    }
    let columns = [("Segment", ColumnSort::Name), ("A lead is in it while", ColumnSort::Text)];
    let mut table = Table::new("Segments and who is in them", &columns);
    for (index, segment) in model.segments.iter().enumerate() {
        let id = crate::model::SegmentIndex(u32::try_from(index).unwrap_or(u32::MAX));
        table.rows.push(Row::Cells(vec![words.segment_name(id), words.condition(segment.condition)]));
    }
    Some(Section { anchor: "segments", title: "Segments", blocks: vec![Block::Table(table)] })
}

/// Room for those who agree to what stands above.
fn signatures(rules: &RuleSet) -> Section {
    let columns = [
        ("For", ColumnSort::Name),
        ("Name", ColumnSort::Blank),
        ("Date", ColumnSort::Blank),
        ("Signature", ColumnSort::Blank),
    ];
    let mut table = Table::new("Signatures", &columns);
    let owners = &rules.compiled.model.about.owners;
    let mut parties: Vec<String> = owners.iter().map(|(role, name)| format!("{role}: {name}")).collect();
    if parties.is_empty() {
        parties = vec!["marketing".to_owned(), "sales".to_owned()];
    }
    for party in parties {
        table.rows.push(Row::Cells(vec![
            Phrase::text(party),
            Phrase::default(),
            Phrase::default(),
            Phrase::default(),
        ]));
    }
    let version = rules.version().map_or(String::new(), |version| format!(" version {version},"));
    let says = Phrase::text("We agree to these criteria,")
        .and(version)
        .and(" with the fingerprint ")
        .and_name(&rules.fingerprint().to_string(), None)
        .and(". Any change of their meaning changes the fingerprint.");
    Section { anchor: "agreed", title: "Agreed", blocks: vec![Block::Text(says), Block::Table(table)] }
}
