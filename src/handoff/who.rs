//! Who the lead is: what is known of it, in the order in which the rule set asks for it.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};

use super::Handoff;
use super::ask::is_bant;
use crate::decimal::Number;
use crate::explain::{date_and_time, instant};
use crate::lead::{Facts, Value};
use crate::model::{ConditionKind, Model};
use crate::readable::readable;
use crate::time::Instant;
use crate::vocabulary::{AttributeId, Type};

/// Longer texts are cut where they are shown.
const LONGEST: usize = 80;
/// So many items of a set are shown, and the others counted.
const MOST_ITEMS: usize = 8;

/// An attribute that is known of a lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Detail {
    /// Its name.
    pub attribute: String,
    /// Its value.
    pub value: Known,
    /// Whether a condition of the rule set asks for it.
    pub used: bool,
}

/// The value of an attribute. Serializes as what it is: a text, a number, a flag, a date in RFC 3339, a list. Displays
/// on one line, cut where it is long, what is unseen escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Known {
    /// A text, or one of a `one of` list.
    Text(String),
    /// A number.
    Number(Number),
    /// A flag.
    Flag(bool),
    /// A date.
    Date(DateTime<Utc>),
    /// A set of text.
    Texts(Vec<String>),
}

/// The attributes that are known, as many as a page tells, and how many more there are. Those of [`is_bant`] have a
/// place of their own.
pub(super) fn details(model: &Model, facts: &Facts) -> (Vec<Detail>, usize) {
    let attributes = &model.vocabulary.attributes;
    let mut used = vec![false; attributes.len()];
    let mut order: Vec<usize> = Vec::new();
    for condition in &model.conditions {
        let ConditionKind::Attribute { attribute: AttributeId(id), .. } = &condition.kind else { continue };
        if let Some(used) = used.get_mut(*id as usize).filter(|used| !**used) {
            *used = true;
            order.push(*id as usize);
        }
    }
    order.extend((0..attributes.len()).filter(|index| used.get(*index) == Some(&false)));
    let detail = |index: usize| {
        let about = attributes.get(index).filter(|about| !is_bant(about))?;
        let value = facts.attributes.get(index)?.as_ref()?;
        let used = used.get(index) == Some(&true);
        Some(Detail { attribute: about.name.clone(), value: known(value, &about.of), used })
    };
    let mut details: Vec<Detail> = order.into_iter().filter_map(detail).collect();
    let more = details.len().saturating_sub(Handoff::MOST_DETAILS);
    details.truncate(Handoff::MOST_DETAILS);
    (details, more)
}

fn known(value: &Value, of: &Type) -> Known {
    match value {
        Value::Text(text) => Known::Text(text.as_str().to_owned()),
        Value::Number(number) => Known::Number(*number),
        Value::Flag(flag) => Known::Flag(*flag),
        Value::Date(date) => Known::Date((*date).into()),
        Value::Set(items) => Known::Texts(items.iter().map(|item| item.as_str().to_owned()).collect()),
        Value::Symbol(symbol) => Known::Text(of.symbol_name(*symbol).to_owned()),
    }
}

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Known::Text(text) => f.write_str(&readable(text, LONGEST)),
            Known::Number(number) => number.fmt(f),
            Known::Flag(flag) => f.write_str(if *flag { "yes" } else { "no" }),
            Known::Date(date) => f.write_str(&date_and_time(Instant::nearest(*date))),
            Known::Texts(items) => {
                let mut shown: Vec<String> =
                    items.iter().take(MOST_ITEMS).map(|item| readable(item, LONGEST / 2)).collect();
                if items.len() > MOST_ITEMS {
                    shown.push(format!("{} more", items.len() - MOST_ITEMS));
                }
                f.write_str(&shown.join(", "))
            }
        }
    }
}

impl Serialize for Known {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Known::Text(text) => text.serialize(serializer),
            Known::Number(number) => number.serialize(serializer),
            Known::Flag(flag) => flag.serialize(serializer),
            Known::Date(date) => instant(date, serializer),
            Known::Texts(items) => items.serialize(serializer),
        }
    }
}
