//! What the names of the rule set stand for, and what has to be known about a lead.

use super::super::document::{Anchor, Block, ColumnSort, Phrase, Row, Section, Table};
use super::super::words::{Words, length};
use crate::model::{ConditionKind, Model, ParamValue};
use crate::vocabulary::{Attribute, EventKind, Type};

/// Conditions, activities, lists and params that have names.
pub(super) fn named(words: &Words<'_>) -> Option<Section> {
    let model = words.model;
    let mut blocks = Vec::new();
    let mut table = |title: &str, what: &str, rows: Vec<Vec<Phrase>>| {
        if rows.is_empty() {
            return;
        }
        blocks.push(Block::Subtitle(Phrase::text(title), None));
        let columns = [("Name", ColumnSort::Name), (what, ColumnSort::Text)];
        let mut table = Table::new(title, &columns);
        table.rows = rows.into_iter().map(Row::Cells).collect();
        blocks.push(Block::Table(table));
    };
    let lets = model.lets.iter().enumerate().map(|(place, named)| {
        let name = Phrase::default().and_name(&named.name, Some(Anchor("let", place)));
        vec![name, words.meaning(named.condition, place)]
    });
    table("Conditions with names", "Holds when", lets.collect());
    let activities = (0..model.named.activities.len())
        .map(|place| vec![words.activity_name(place), words.activity(place)]);
    table("Activities", "Any of", activities.collect());
    let lists = model.named.lists.iter().enumerate().map(|(place, list)| {
        vec![Phrase::default().and_name(&list.name, Some(Anchor("list", place))), words.list(place)]
    });
    table("Lists", "Holds", lists.collect());
    let params = model.named.params.iter().map(|param| {
        let value = match param.value {
            ParamValue::Number(number) => number.to_string(),
            ParamValue::Period(period) => length(period),
        };
        vec![Phrase::name(&param.name), Phrase::text(value)]
    });
    table("Values that can be set", "Is", params.collect());
    (!blocks.is_empty()).then_some(Section { anchor: "names", title: "What the names stand for", blocks })
}

/// The attributes and events that the rule set reads.
pub(super) fn data(model: &Model) -> Option<Section> {
    let mut attributes = vec![false; model.vocabulary.attributes.len()];
    let mut kinds = vec![false; model.vocabulary.kinds.len()];
    for condition in &model.conditions {
        let attribute = match &condition.kind {
            ConditionKind::Attribute { attribute, .. } => Some(*attribute),
            ConditionKind::Inactive(_) => model.created_at,
            _ => None,
        };
        if let Some(read) = attribute.and_then(|attribute| attributes.get_mut(attribute.0 as usize)) {
            *read = true;
        }
    }
    for selector in &model.selectors {
        if let Some(read) = kinds.get_mut(selector.kind.0 as usize) {
            *read = true;
        }
    }
    let columns = [("Name", ColumnSort::Name), ("Is", ColumnSort::Text), ("Declared", ColumnSort::Text)];
    let mut table = Table::new("What is read of a lead", &columns);
    let known_to = |here: bool| Phrase::text(if here { "by this rule set" } else { "as standard" });
    let read = model.vocabulary.attributes.iter().zip(attributes).filter(|(_, read)| *read);
    for (attribute, _) in read {
        let cells =
            vec![Phrase::name(&attribute.name), is_attribute(attribute), known_to(attribute.declared)];
        table.rows.push(Row::Cells(cells));
    }
    let read = model.vocabulary.kinds.iter().zip(kinds).filter(|(_, read)| *read);
    for (kind, _) in read {
        table.rows.push(Row::Cells(vec![Phrase::name(&kind.name), is_event(kind), known_to(kind.declared)]));
    }
    if table.rows.is_empty() {
        return None;
    }
    Some(Section { anchor: "data", title: "What is read of a lead", blocks: vec![Block::Table(table)] })
}

fn is_attribute(attribute: &Attribute) -> Phrase {
    match &attribute.of {
        Type::Text => Phrase::text("a text"),
        Type::Number => Phrase::text("a number"),
        Type::Flag => Phrase::text("true or false"),
        Type::Date => Phrase::text("a date"),
        Type::SetOfText => Phrase::text("a set of texts"),
        Type::OneOf(symbols) => {
            let symbols = symbols.iter().map(|symbol| Phrase::name(symbol)).collect();
            Phrase::text("one of ").then(Phrase::joined(symbols, ", ", ", "))
        }
    }
}

fn is_event(kind: &EventKind) -> Phrase {
    let mut phrase = Phrase::text("an event about a ").and_name(&kind.subject, None);
    if kind.subject.starts_with(['a', 'e', 'i', 'o', 'u']) {
        phrase = Phrase::text("an event about an ").and_name(&kind.subject, None);
    }
    let properties: Vec<Phrase> =
        kind.properties.iter().map(|property| Phrase::name(&property.name)).collect();
    if !properties.is_empty() {
        phrase = phrase.and(" with ").then(Phrase::joined(properties, ", ", " and "));
    }
    if kind.passive { phrase.and("; happens to the lead and is no activity of its own") } else { phrase }
}
