//! What states keep, in words close to those of the rule set.

use crate::model::{Model, Selector, SubjectPattern, TermId};
use crate::plan::Plan;
use crate::readable::quoted;
use crate::vocabulary::AttributeId;

/// So many selectors, and so many subjects of each, are named; the others are counted.
const MOST: usize = 4;
/// Longer subjects are cut.
const LONGEST_SUBJECT: usize = 40;

/// `attribute title`
pub(super) fn attribute(model: &Model, id: AttributeId) -> String {
    let name = model.vocabulary.attribute(id).map_or("", |attribute| &attribute.name);
    format!("attribute {name}")
}

/// A term by its place in the retention: `visited(pricing | product_details)`, or what counts as activity.
pub(crate) fn term(model: &Model, plan: &Plan, number: usize) -> String {
    match plan.terms.get(number) {
        Some(term) => selectors(model, term.id),
        None => "that count as activity".to_owned(),
    }
}

fn selectors(model: &Model, id: TermId) -> String {
    let all = model.terms.get(id.index()).map_or(&[][..], |term| &term.selectors);
    let found = all.iter().filter_map(|id| model.selectors.get(id.index()));
    listed(found.map(|found| selector(model, found)), all.len(), " or ")
}

fn selector(model: &Model, selector: &Selector) -> String {
    let kind = model.vocabulary.kind(selector.kind);
    let subjects = selector.subjects.iter().map(|subject| match subject {
        SubjectPattern::Any => "*".to_owned(),
        SubjectPattern::Exact(text) if is_name(text.as_str()) => text.as_str().to_owned(),
        SubjectPattern::Exact(text) => quoted(text.as_str(), LONGEST_SUBJECT),
        SubjectPattern::Glob(glob) => quoted(glob.pattern(), LONGEST_SUBJECT),
    });
    let mut text = kind.map_or("", |kind| &kind.name).to_owned();
    text.push('(');
    text.push_str(&listed(subjects, selector.subjects.len(), " | "));
    for (property, _) in &selector.tests {
        let name = kind.and_then(|kind| kind.property(*property)).map_or("", |property| &property.name);
        text.push_str(", ");
        text.push_str(name);
        text.push_str(" …");
    }
    text.push(')');
    text
}

fn is_name(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase())
}

fn listed(items: impl Iterator<Item = String>, count: usize, joint: &str) -> String {
    let mut items: Vec<String> = items.take(MOST).collect();
    if count > MOST {
        items.push(format!("{} more", count - MOST));
    }
    items.join(joint)
}
