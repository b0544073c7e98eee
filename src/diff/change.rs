//! What a change is: which part of a rule set, and what of it, before and after.

use serde::Serialize;

use crate::explain::SourcePlace;

/// A part of a rule set that one version has and the other lacks, or has in another way.
///
/// Serializes with the keys below.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// Whether it is new, gone or in both.
    pub change: ChangeSort,
    /// Which sort of part it is.
    pub part: Part,
    /// What it is called: a rule without a name of its own as `SCORE#N`, as the newer version counts, or the older
    /// one where the newer lacks it.
    pub name: String,
    /// The score that it belongs to: of rules and groups.
    pub score: Option<String>,
    /// What stands before the `=>` of a rule, in the newer version where it has the rule.
    pub test: Option<String>,
    /// What of it differs; of a part that is new or gone, what it is.
    pub details: Vec<Detail>,
    /// Where the older version has it.
    pub old_at: Option<SourcePlace>,
    /// Where the newer version has it.
    pub new_at: Option<SourcePlace>,
}

/// Whether a part is new, gone, or in both versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ChangeSort {
    /// The newer version has it, the older has not.
    Added,
    /// The older version had it, the newer has not.
    Removed,
    /// Both have it, in different ways.
    Changed,
}

/// The parts of a rule set that are held against each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Part {
    /// Attributes and events that are there without declaring them.
    Vocabulary,
    /// An attribute of a lead.
    Attribute,
    /// A kind of event.
    Event,
    /// A score: its bounds, or what it is derived from.
    Score,
    /// A group of rules.
    Group,
    /// A rule.
    Rule,
    /// The bands of a score.
    Bands,
    /// A segment.
    Segment,
    /// A criterion of a stage.
    Gate,
    /// The order in which scores, rules, bands or segments are defined.
    Order,
}

/// One thing that differs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub struct Detail {
    /// What it is: `points`, `test`, `decay`.
    pub what: String,
    /// What it was, as a rule set writes it; none where there was nothing.
    pub old: Option<String>,
    /// What it is now; none where there is nothing.
    pub new: Option<String>,
}

impl Detail {
    pub(super) fn new(
        what: impl Into<String>,
        old: impl Into<Option<String>>,
        new: impl Into<Option<String>>,
    ) -> Detail {
        Detail { what: what.into(), old: old.into(), new: new.into() }
    }
}

impl Part {
    /// The part in a word: `rule`, `score`.
    pub const fn name(self) -> &'static str {
        match self {
            Part::Vocabulary => "vocabulary",
            Part::Attribute => "attribute",
            Part::Event => "event",
            Part::Score => "score",
            Part::Group => "group",
            Part::Rule => "rule",
            Part::Bands => "bands",
            Part::Segment => "segment",
            Part::Gate => "gate",
            Part::Order => "order",
        }
    }
}
