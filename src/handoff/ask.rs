//! What is known of budget, authority, need and timing, and what to ask next.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::advice::Question;
use crate::decimal::Points;
use crate::explain::instant_or_null;
use crate::lead::{Facts, Value};
use crate::model::Model;
use crate::qualify::{Answer, Bant, BantItem};
use crate::readable::readable;
use crate::vocabulary::{Attribute, Type};

/// So many attributes beside those four are asked for.
const MOST_OTHERS: usize = 5;
/// Longer names are cut.
const LONGEST: usize = 60;

/// What is known of one of budget, authority, need and timing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct BantLine {
    /// Which of the four.
    pub item: BantItem,
    /// What is known.
    pub answer: Answer,
    /// Who said so; null where the lead's own record does.
    pub by: Option<String>,
    /// When; null where the lead's own record says so.
    #[serde(serialize_with = "instant_or_null")]
    pub at: Option<DateTime<Utc>>,
}

/// Something to ask. Displays as a line: `budget: is there money for it?`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Ask {
    /// The attribute that the answer goes to.
    pub attribute: String,
    /// The question, in words; null where the attribute's name has to do.
    pub question: Option<&'static str>,
    /// Each score that the answer could raise, and by how many points at best.
    pub stakes: Vec<(String, Points)>,
    /// Whether the answer could be all that the lead still lacks for the next gate.
    pub enough: bool,
}

/// Whether an attribute is one of the four flags that sales fills.
pub(super) fn is_bant(attribute: &Attribute) -> bool {
    attribute.of == Type::Flag && BantItem::ALL.iter().any(|item| item.as_str() == attribute.name)
}

/// What is known of each of the four: what the qualification says, or the lead's flag where that says nothing. Without
/// a qualification, those that the rule set has as flags.
pub(super) fn known(model: &Model, facts: &Facts, bant: Option<&Bant>) -> Vec<BantLine> {
    let line = |item: BantItem| {
        let id = model.vocabulary.attribute_id(item.as_str());
        let id = id.filter(|id| model.vocabulary.attribute(*id).is_some_and(is_bant));
        let flag = match id.and_then(|id| facts.attribute(id)) {
            Some(Value::Flag(true)) => Answer::Confirmed,
            Some(Value::Flag(false)) => Answer::Denied,
            _ => Answer::Unknown,
        };
        let of_record = BantLine { item, answer: flag, by: None, at: None };
        match bant.map(|bant| bant.get(item)) {
            None => id.map(|_| of_record),
            Some(entry) if entry.at.is_none() => Some(of_record),
            Some(entry) => Some(BantLine { item, answer: entry.answer, by: entry.by.clone(), at: entry.at }),
        }
    };
    BantItem::ALL.into_iter().filter_map(line).collect()
}

/// What to ask: what is unknown of the four, then the other questions, the most telling first.
pub(super) fn asks(bant: &[BantLine], questions: Vec<Question>) -> Vec<Ask> {
    let mut asks: Vec<Ask> = Vec::new();
    let (of_bant, others): (Vec<Question>, Vec<Question>) = questions
        .into_iter()
        .partition(|question| bant.iter().any(|line| line.item.as_str() == question.attribute));
    for line in bant.iter().filter(|line| line.answer == Answer::Unknown) {
        let known = of_bant.iter().find(|question| question.attribute == line.item.as_str());
        asks.push(Ask {
            attribute: line.item.as_str().to_owned(),
            question: Some(match line.item {
                BantItem::Budget => "is there money for it?",
                BantItem::Authority => "may this person decide?",
                BantItem::Need => "which problem would it solve?",
                BantItem::Timing => "by when is it wanted?",
            }),
            stakes: known.map_or_else(Vec::new, |question| question.stakes.clone()),
            enough: known.is_some_and(|question| question.enough),
        });
    }
    asks.extend(others.into_iter().take(MOST_OTHERS).map(|question| Ask {
        attribute: question.attribute,
        question: None,
        stakes: question.stakes,
        enough: question.enough,
    }));
    asks
}

impl fmt::Display for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&readable(&self.attribute, LONGEST))?;
        let stakes: Vec<String> = self
            .stakes
            .iter()
            .map(|(score, points)| format!("+{points} {}", readable(score, LONGEST)))
            .collect();
        let mut notes: Vec<String> = Vec::new();
        if !stakes.is_empty() {
            notes.push(format!("up to {}", crate::diagnostic::list(&stakes, "and")));
        }
        if self.enough {
            notes.push("may be all that is missing".to_owned());
        }
        let notes = notes.join("; ");
        match self.question {
            Some(question) if notes.is_empty() => write!(f, ": {question}"),
            Some(question) => write!(f, ": {question} ({notes})"),
            None if notes.is_empty() => Ok(()),
            None => write!(f, ": {notes}"),
        }
    }
}
