//! What an explanation holds: data first, to be shown as text, as Markdown or as JSON.
//!
//! The account (`account`) fills it from a plain reading, the renderings (`show`) read nothing else. Texts of
//! rule sets and leads stand in it as they are; sentences are made by `words`, which escapes what it quotes.

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};

use crate::decimal::{Number, Points};
use crate::lead::Stage;
use crate::time::Instant;

/// Why a lead has the scores, the segments and the stage that it has at an instant.
///
/// [`RuleSet::explain`](crate::RuleSet::explain) makes one. It displays as text for a terminal, at most 100
/// columns wide, [`Explanation::to_markdown`] gives it for a note in a CRM, and it serializes as an object whose
/// keys are the names of the fields here and in what they hold. Points are numbers with at most 3 digits after
/// the point, instants are RFC 3339 in UTC, what is not there is null.
///
/// ```
/// let rules = leadql::RuleSet::compile("visited(pricing) >= 2 within 30d => +15 \"Looks at prices\"")?;
/// let now = "2026-11-01T00:00:00Z".parse()?;
/// let lead = rules.lead().event("visited", "pricing", "2026-10-30T00:00:00Z".parse()?)?.build();
/// let explanation = rules.explain(&lead, now);
/// let missed = &explanation.scores[0].missed[0];
/// assert_eq!(missed.rule.title(), "Looks at prices");
/// assert_eq!(missed.because[0].says, "1 of 2 visits to pricing within 30d");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// The lead's id; empty where it has none.
    pub id: String,
    /// The instant that is explained.
    #[serde(serialize_with = "instant")]
    pub at: DateTime<Utc>,
    /// The rule set by which it is explained.
    pub rule_set: RuleSetName,
    /// Where the lead stands, and why it moves or stays.
    pub stage: StageStep,
    /// Every score, in the order of definition.
    pub scores: Vec<ScoreLedger>,
    /// Every segment, in the order of definition, whether the lead is in it or not.
    pub segments: Vec<SegmentVerdict>,
    /// Every gate that the rule set defines, whether it holds or not: mql, revert, sql, recycle, disqualify.
    pub gates: Vec<GateVerdict>,
    /// The first instant at which anything of this differs; null for never.
    #[serde(serialize_with = "instant_or_null")]
    pub valid_until: Option<DateTime<Utc>>,
    /// What differs then: scores, bands, segments, gates and the stage, each in the order of definition.
    pub then: Vec<Change>,
}

/// Which rule set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RuleSetName {
    /// The name in its `ruleset` line.
    pub name: Option<String>,
    /// The version in its `ruleset` line.
    pub version: Option<String>,
    /// The digest of what it means.
    pub fingerprint: String,
}

/// A place in the source of the rule set. Displays as `rules.lql:12`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SourcePlace {
    /// The file, as it was named when it was compiled.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
}

/// The automatic step of a lead, or why it takes none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StageStep {
    /// The stage of the lead's record.
    pub from: Stage,
    /// The stage after the step; the same where there is none.
    pub to: Stage,
    /// The gate that moves it: one of the names in [`Explanation::gates`].
    pub gate: Option<&'static str>,
    /// In a sentence: `promoted: the criteria of stage mql hold`.
    pub says: String,
}

/// One score, and the lines that add up to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ScoreLedger {
    /// The score's name.
    pub score: String,
    /// Where it is defined.
    pub place: SourcePlace,
    /// What it came to: the sum of the points of `lines`, to the last thousandth.
    pub points: Points,
    /// The bounds that it is kept within.
    pub low: Points,
    /// The upper one.
    pub high: Points,
    /// Its band, if the score has bands.
    pub band: Option<BandPlace>,
    /// What adds up to `points`, in the order of definition; what a limit of a group cut stands behind the
    /// group's rules, and what the score's bounds cut at the end.
    pub lines: Vec<Line>,
    /// The rules that do not hold and so give nothing, in the order of definition.
    pub missed: Vec<MissedRule>,
}

/// Where a score stands among its bands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct BandPlace {
    /// The band that the score is in.
    pub band: String,
    /// The next band up; null from the highest.
    pub next: Option<NextBand>,
}

/// The band above the one that a score is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NextBand {
    /// Its name.
    pub band: String,
    /// Where it begins.
    pub at_least: Points,
    /// How much the score lacks of it.
    pub missing: Points,
}

/// One line of a ledger; the key `line` says of which sort.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "line", rename_all = "snake_case")]
#[non_exhaustive]
#[expect(clippy::large_enum_variant, reason = "nearly all lines are rules")]
pub enum Line {
    /// A rule that holds.
    Rule(RuleLine),
    /// What is taken back of a rule that holds because its group takes only the best.
    #[non_exhaustive]
    NotTaken {
        /// The rule's name.
        rule: String,
        /// The group.
        group: String,
        /// The opposite of what the rule gave.
        points: Points,
    },
    /// What the limit of a group cut, or added.
    #[non_exhaustive]
    GroupLimit {
        /// The group.
        group: String,
        /// The limit as it is written: `max 20`.
        limit: String,
        /// Below 0 for what is cut.
        points: Points,
    },
    /// In a derived score: another score with its weight.
    #[non_exhaustive]
    Part {
        /// The other score's name.
        score: String,
        /// Its weight.
        weight: Number,
        /// What the other score came to.
        of: Points,
        /// The product, cut towards zero to whole thousandths.
        points: Points,
    },
    /// In a derived score: what the parts lost by being cut each for itself. The score is cut once only.
    #[non_exhaustive]
    Rounding {
        /// At most a thousandth for each part.
        points: Points,
    },
    /// What the bounds of the score cut, or added.
    #[non_exhaustive]
    ScoreLimit {
        /// The bound that was reached.
        limit: Points,
        /// Below 0 for what is cut.
        points: Points,
    },
}

/// Which rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RuleName {
    /// Its name, or `SCORE#N`, N counting the score's rules from 1.
    pub rule: String,
    /// What it is called where it has neither a name of its own nor a label, and what it asks for where it has:
    /// what stands before the `=>`, on one line, a long one cut.
    pub condition: String,
    /// Its label.
    pub label: Option<String>,
    /// Where it is written.
    pub place: SourcePlace,
    /// The group it stands in.
    pub group: Option<String>,
    /// Whether the rule set gives it a name.
    #[serde(skip)]
    pub(super) named: bool,
}

/// A rule that holds, and what it gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RuleLine {
    /// Which rule; its keys stand among those of the line.
    #[serde(flatten)]
    pub rule: RuleName,
    /// What it gave, after its limits and its decay; 0 where it faded away.
    pub points: Points,
    /// How it fades and what that took; null where the rule does not fade.
    pub decay: Option<DecayLine>,
    /// The events behind it: in an each rule those that count, in a condition rule those that fit an event test
    /// which holds and is not negated. Null where there is none.
    pub events: Option<Evidence>,
    /// What its limits left out.
    pub left_out: Vec<LeftOutBy>,
    /// The tests by which it holds; all of them together.
    pub because: Vec<Finding>,
}

/// What age took from a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DecayLine {
    /// How it fades: `50% every 30d`.
    pub decay: String,
    /// What the rule would give if nothing had faded.
    pub before: Points,
    /// What was taken: below 0 for a rule that adds points.
    pub took: Points,
}

/// Events that a limit has no room for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LeftOutBy {
    /// The limit: `up to 3 times per day`.
    pub limit: String,
    /// How many events it left out.
    pub events: usize,
}

/// A rule that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct MissedRule {
    /// Which rule; its keys stand among those of this one.
    #[serde(flatten)]
    pub rule: RuleName,
    /// What it would give, once, to a lead for whom it holds.
    pub points: Points,
    /// The tests that fail; each of them would have to hold.
    pub because: Vec<Finding>,
}

/// The events behind something, in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Evidence {
    /// How many.
    pub count: usize,
    /// When the newest came.
    #[serde(serialize_with = "instant")]
    pub newest: DateTime<Utc>,
    /// The most frequent subjects, at most [`Evidence::MOST_SUBJECTS`]; of equally frequent ones the one with the
    /// newest event comes first.
    pub subjects: Vec<SubjectCount>,
    /// How many more subjects there are.
    pub more_subjects: usize,
}

impl Evidence {
    /// At most so many subjects are named.
    pub const MOST_SUBJECTS: usize = 3;
}

/// How many of the events are about a subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SubjectCount {
    /// The subject as the newest event writes it; empty for events without one.
    pub subject: String,
    /// How many events.
    pub count: usize,
}

/// A test that decides, and what was found.
///
/// Of conditions joined by `and` the ones that fail decide, or all of them if none does; of `or` the other way
/// round; of `at least N of` those that fail where it fails, and those that hold where it holds. `not` turns a
/// test round: `holds` and `says` are told of the test as it is meant, `not` included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The test as the rule set writes it, or the name of the `let` that holds it; a long one cut.
    pub test: String,
    /// Where it is written.
    pub place: SourcePlace,
    /// Whether it is as it should be.
    pub holds: bool,
    /// What was found, what is wanted, and by how much it fails: `company_size is 30, 50 to 500 wanted`.
    pub says: String,
    /// The events that an event test found; null for other tests and where there is none.
    pub events: Option<Evidence>,
    /// Of a test that is made of others, those that decide it.
    pub parts: Vec<Finding>,
    /// How many more parts decide it, where there are too many to tell them all.
    pub more_parts: usize,
}

/// Whether a lead is in a segment, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SegmentVerdict {
    /// The segment.
    pub segment: String,
    /// Where it is defined.
    pub place: SourcePlace,
    /// Whether the lead is in it.
    pub holds: bool,
    /// The tests that decide it.
    pub because: Vec<Finding>,
}

/// Whether a gate holds, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct GateVerdict {
    /// `mql`, `revert`, `sql`, `recycle` or `disqualify`.
    pub gate: &'static str,
    /// Where its condition is written; that of `stage mql` for a revert without `until`.
    pub place: SourcePlace,
    /// The reason that the rule set gives with it.
    pub reason: Option<String>,
    /// Whether it holds. Whether it moves the lead is told in [`Explanation::stage`].
    pub holds: bool,
    /// The tests that decide it.
    pub because: Vec<Finding>,
}

/// Something that differs from one instant to another; the key `change` says what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Change {
    /// A score.
    #[non_exhaustive]
    Score {
        /// Its name.
        name: String,
        /// Before.
        from: Points,
        /// After.
        to: Points,
    },
    /// The band of a score.
    #[non_exhaustive]
    Band {
        /// The score's name.
        name: String,
        /// Before.
        from: String,
        /// After.
        to: String,
    },
    /// A segment.
    #[non_exhaustive]
    Segment {
        /// Its name.
        name: String,
        /// Whether the lead was in it.
        from: bool,
        /// Whether it is now.
        to: bool,
    },
    /// A gate.
    #[non_exhaustive]
    Gate {
        /// Its name.
        name: &'static str,
        /// Its reason, if the rule set gives one.
        reason: Option<String>,
        /// Whether it held.
        from: bool,
        /// Whether it does now.
        to: bool,
    },
    /// The stage after the automatic step.
    #[non_exhaustive]
    Stage {
        /// Before.
        from: Stage,
        /// After.
        to: Stage,
    },
}

impl Line {
    /// What the line adds.
    pub fn points(&self) -> Points {
        match self {
            Line::Rule(line) => line.points,
            Line::NotTaken { points, .. }
            | Line::GroupLimit { points, .. }
            | Line::Part { points, .. }
            | Line::Rounding { points }
            | Line::ScoreLimit { points, .. } => *points,
        }
    }
}

impl RuleName {
    /// What to call the rule: its label, else its own name, else its condition.
    pub fn title(&self) -> &str {
        match &self.label {
            Some(label) if !label.is_empty() => label,
            _ if self.named => &self.rule,
            _ => &self.condition,
        }
    }
}

impl Explanation {
    /// The explanation as Markdown, to be pasted into a note: what matters most first, then the ledger of each
    /// score as a table.
    pub fn to_markdown(&self) -> String {
        super::show::markdown(self)
    }
}

impl std::fmt::Display for Explanation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&super::show::text(self))
    }
}

/// As it stands in the text of the explanation, with its lines and what gave nothing.
impl std::fmt::Display for ScoreLedger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&super::show::score(self))
    }
}

/// As it stands in the text of the explanation, with the tests that decide it.
impl std::fmt::Display for SegmentVerdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&super::show::segment(self))
    }
}

/// As it stands in the text of the explanation, with the tests that decide it.
impl std::fmt::Display for GateVerdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&super::show::gate(self))
    }
}

/// In a line: `stage lead → mql: meets the criteria for an MQL`.
impl std::fmt::Display for StageStep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&super::show::stage(self))
    }
}

/// In a line: `engagement 25 → 22.5`.
impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&super::show::change(self))
    }
}

impl std::fmt::Display for SourcePlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// As instants print everywhere: no digits after the second that are not needed.
pub(crate) fn instant<S: Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&Instant::nearest(*at))
}

pub(crate) fn instant_or_null<S: Serializer>(
    at: &Option<DateTime<Utc>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => instant(at, serializer),
        None => serializer.serialize_none(),
    }
}
