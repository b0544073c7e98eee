//! Budget, authority, need and timing: what sales has found out, by whom and when.

use std::fmt;

use chrono::{DateTime, Utc};

use super::stored::instant_or_null;

/// What is known of a lead's budget, authority, need and timing.
///
/// [`Qualification::answer`](crate::Qualification::answer) writes it, and
/// [`LeadBuilder::bant`](crate::LeadBuilder::bant) hands it to the rule set as the flags `budget`, `authority`,
/// `need` and `timing`, which a criterion such as `stage sql when at least 3 of [budget, authority, need, timing]`
/// reads.
///
/// ```
/// use leadql::{RuleSet, Stage, qualification::{Answer, BantItem}};
/// let rules = RuleSet::compile("stage mql when need  stage sql when at least 1 of [budget, timing]")?;
/// let now = "2026-11-01T09:00:00Z".parse()?;
/// let mut qualification = rules.qualification("L-1");
/// qualification.answer(BantItem::Need, Answer::Confirmed, now, "dana")?;
/// assert_eq!(qualification.bant().get(BantItem::Need).by.as_deref(), Some("dana"));
/// let lead = rules.lead().bant(qualification.bant()).build();
/// assert_eq!(rules.evaluate(&lead, now).stage(), Stage::Mql);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Bant {
    /// Is there money for it?
    pub budget: BantEntry,
    /// May the person decide?
    pub authority: BantEntry,
    /// Is there a problem that the product solves?
    pub need: BantEntry,
    /// Is it wanted soon?
    pub timing: BantEntry,
}

/// What is known of one of the four.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct BantEntry {
    /// The latest answer.
    pub answer: Answer,
    /// Who gave it; none while nobody has.
    pub by: Option<String>,
    /// When it was given; none while nobody has.
    #[serde(with = "instant_or_null")]
    pub at: Option<DateTime<Utc>>,
}

/// One of the four questions. Serializes as its name in lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BantItem {
    /// Is there money for it?
    Budget,
    /// May the person decide?
    Authority,
    /// Is there a problem that the product solves?
    Need,
    /// Is it wanted soon?
    Timing,
}

/// An answer to one of the four questions. Serializes as its name in lower case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// Nothing is known: the flag is missing.
    #[default]
    Unknown,
    /// Yes: the flag is true.
    Confirmed,
    /// No: the flag is false.
    Denied,
}

/// A change of one of the four answers, as a record tells it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct BantChange {
    /// Which of the four.
    pub item: BantItem,
    /// The answer before.
    pub from: Answer,
    /// The answer from then on.
    pub to: Answer,
}

impl Bant {
    /// What is known of one of the four.
    pub const fn get(&self, item: BantItem) -> &BantEntry {
        match item {
            BantItem::Budget => &self.budget,
            BantItem::Authority => &self.authority,
            BantItem::Need => &self.need,
            BantItem::Timing => &self.timing,
        }
    }

    pub(super) fn set(&mut self, item: BantItem, entry: BantEntry) {
        *match item {
            BantItem::Budget => &mut self.budget,
            BantItem::Authority => &mut self.authority,
            BantItem::Need => &mut self.need,
            BantItem::Timing => &mut self.timing,
        } = entry;
    }

    /// The attributes that rule sets read, each with its value: true for confirmed, false for denied, none for
    /// unknown.
    pub fn attributes(&self) -> impl Iterator<Item = (&'static str, Option<bool>)> {
        BantItem::ALL.into_iter().map(|item| (item.as_str(), self.get(item).answer.flag()))
    }
}

impl BantEntry {
    pub(super) fn new(answer: Answer, by: &str, at: DateTime<Utc>) -> Self {
        BantEntry { answer, by: Some(by.to_owned()), at: Some(at) }
    }
}

impl BantItem {
    /// All four, in the order of the letters.
    pub const ALL: [BantItem; 4] = [BantItem::Budget, BantItem::Authority, BantItem::Need, BantItem::Timing];

    /// The name of its attribute in the standard vocabulary.
    pub const fn as_str(self) -> &'static str {
        match self {
            BantItem::Budget => "budget",
            BantItem::Authority => "authority",
            BantItem::Need => "need",
            BantItem::Timing => "timing",
        }
    }
}

impl fmt::Display for BantItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Answer {
    /// The value of the flag; none where nothing is known.
    pub const fn flag(self) -> Option<bool> {
        match self {
            Answer::Unknown => None,
            Answer::Confirmed => Some(true),
            Answer::Denied => Some(false),
        }
    }

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Answer::Unknown => "unknown",
            Answer::Confirmed => "confirmed",
            Answer::Denied => "denied",
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
