//! The model: what a rule set means, fully typed, with numbers in place of names.
//!
//! The checker makes it; nothing about speed is in here. Two things read it: `plan`, which turns it into
//! something fast, and `explain`, which follows it word for word. In a model every name is resolved, every
//! type fits, every literal is in range, and every condition refers only to conditions before it, so that one
//! pass from front to back evaluates them all without recursion, however long a chain of `let`s is.

mod named;
mod shared;
mod test_case;
mod value_test;

pub(crate) use named::{ListItems, Named, NamedActivity, NamedList, NamedParam, ParamValue};
pub(crate) use shared::Shared;
pub(crate) use test_case::{Expectation, ExpectationKind, TestCase, TestEvent};
pub(crate) use value_test::{DateTest, Folded, Glob, NumberTest, SetTest, TextTest, ValueTest};

use std::sync::Arc;

use crate::decimal::{Number, Points};
use crate::diagnostic::{Place, Sources};
use crate::time::{Instant, Period};
use crate::vocabulary::{AttributeId, EventKindId, PropertyId, Vocabulary};

macro_rules! ids {
    ($($(#[doc = $doc:literal])+ $name:ident;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) struct $name(pub(crate) u32);

        impl $name {
            /// The number as an index.
            pub(crate) const fn index(self) -> usize {
                self.0 as usize
            }
        }
    )+};
}

ids! {
    /// A condition by its place in [`Model::conditions`].
    ConditionId;
    /// An event selector by its place in [`Model::selectors`].
    SelectorId;
    /// A term by its place in [`Model::terms`].
    TermId;
    /// A rule by its place in [`Model::rules`].
    RuleIndex;
    /// A score by its place in [`Model::scores`].
    ScoreIndex;
    /// A segment by its place in [`Model::segments`].
    SegmentIndex;
    /// A band by its place among those of its score, the highest first.
    BandIndex;
}

/// A whole rule set.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) sources: Arc<Sources>,
    pub(crate) about: About,
    pub(crate) vocabulary: Vocabulary,
    /// Whether `vocabulary only declared` dropped the standard one.
    pub(crate) only_declared: bool,
    /// The attribute `created_at`, if the vocabulary has it as a date: `inactive for` reads it.
    pub(crate) created_at: Option<AttributeId>,
    /// Children stand before parents. Equal conditions may stand here more than once.
    pub(crate) conditions: Vec<Condition>,
    /// Different event selectors.
    pub(crate) selectors: Vec<Selector>,
    /// Different event terms: unions of selectors.
    pub(crate) terms: Vec<Term>,
    /// In the order of definition.
    pub(crate) scores: Vec<Score>,
    /// All scores, each behind those it is derived from.
    pub(crate) score_order: Vec<ScoreIndex>,
    /// The scores that have bands, in the order of their band lists.
    pub(crate) band_order: Vec<ScoreIndex>,
    /// In the order of definition, those of all scores together.
    pub(crate) rules: Vec<Rule>,
    /// In the order of definition.
    pub(crate) segments: Vec<Segment>,
    pub(crate) gates: Gates,
    /// The named conditions, for explanations: `let NAME = CONDITION`.
    pub(crate) lets: Vec<NamedCondition>,
    /// The other names, for people too.
    pub(crate) named: Named,
    pub(crate) tests: Vec<TestCase>,
}

/// What a rule set says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct About {
    pub(crate) name: Option<String>,
    pub(crate) version: Option<String>,
    /// Role and name: `marketing`, `demand-gen`.
    pub(crate) owners: Vec<(String, String)>,
    pub(crate) review: Option<(Period, Option<Instant>)>,
    pub(crate) review_place: Option<Place>,
}

#[derive(Clone, Debug)]
pub(crate) struct NamedCondition {
    pub(crate) name: String,
    pub(crate) condition: ConditionId,
}

/// A condition and where it is written.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    pub(crate) kind: ConditionKind,
    pub(crate) place: Place,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ConditionKind {
    /// True while all hold; two or more.
    All(Vec<ConditionId>),
    /// True while one holds; two or more.
    Any(Vec<ConditionId>),
    Not(ConditionId),
    /// True while `count` of them hold.
    AtLeast {
        count: u32,
        of: Vec<ConditionId>,
    },
    /// False of a missing attribute, but for `is missing`.
    Attribute {
        attribute: AttributeId,
        test: ValueTest,
    },
    Events(EventTest),
    /// `inactive for D`
    Inactive(Period),
    /// `SCORE CMP POINTS`
    Score {
        score: ScoreIndex,
        comparison: Comparison,
        points: Points,
    },
    /// `SCORE between A and B`, both ends included.
    ScoreBetween {
        score: ScoreIndex,
        low: Points,
        high: Points,
    },
    /// `SCORE is BAND`
    Band {
        score: ScoreIndex,
        band: BandIndex,
    },
    /// `SCORE is at least BAND`
    BandAtLeast {
        score: ScoreIndex,
        band: BandIndex,
    },
    /// `segment NAME`
    Segment(SegmentIndex),
}

impl ConditionKind {
    /// The conditions that it is made of directly; what a segment asks for is not among them.
    pub(crate) fn parts(&self) -> &[ConditionId] {
        match self {
            ConditionKind::All(of) | ConditionKind::Any(of) | ConditionKind::AtLeast { of, .. } => of,
            ConditionKind::Not(of) => std::slice::from_ref(of),
            _ => &[],
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    /// Whether `left` compares to `right` in this way.
    pub(crate) fn holds<T: Ord>(self, left: T, right: T) -> bool {
        match self {
            Comparison::Equal => left == right,
            Comparison::NotEqual => left != right,
            Comparison::Less => left < right,
            Comparison::LessOrEqual => left <= right,
            Comparison::Greater => left > right,
            Comparison::GreaterOrEqual => left >= right,
        }
    }

    /// The operator as it is written.
    pub(crate) const fn sign(self) -> &'static str {
        match self {
            Comparison::Equal => "=",
            Comparison::NotEqual => "!=",
            Comparison::Less => "<",
            Comparison::LessOrEqual => "<=",
            Comparison::Greater => ">",
            Comparison::GreaterOrEqual => ">=",
        }
    }

    /// The comparison that holds exactly where this one does not.
    pub(crate) const fn opposite(self) -> Self {
        match self {
            Comparison::Equal => Comparison::NotEqual,
            Comparison::NotEqual => Comparison::Equal,
            Comparison::Less => Comparison::GreaterOrEqual,
            Comparison::LessOrEqual => Comparison::Greater,
            Comparison::Greater => Comparison::LessOrEqual,
            Comparison::GreaterOrEqual => Comparison::Less,
        }
    }
}

/// `TERM CMP N WINDOW`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct EventTest {
    pub(crate) term: TermId,
    pub(crate) aggregate: Aggregate,
    pub(crate) window: Window,
    pub(crate) comparison: Comparison,
    pub(crate) bound: Bound,
}

/// What an aggregate is compared with. Counts are whole numbers, sums any number (in millionths; sums are
/// 128-bit).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Bound {
    Count(u64),
    Sum(Number),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Aggregate {
    /// How many events.
    Count,
    /// How many different subjects, whatever the kind, the case of ASCII letters ignored.
    Distinct,
    /// How many different UTC calendar days.
    Days,
    /// The sum of a number property; every kind that the term can match has it, and stands here with it.
    Sum(Shared<(EventKindId, PropertyId)>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Window {
    /// t <= now
    Ever,
    /// now - D < t <= now
    Within(Period),
    /// now - `from` < t <= now - `to`, `from` > `to`
    Between { from: Period, to: Period },
}

/// Which events of one kind: those whose subject fits one of the patterns and whose properties pass all tests.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Selector {
    pub(crate) kind: EventKindId,
    /// One or more; [`SubjectPattern::Any`] stands alone.
    pub(crate) subjects: Vec<SubjectPattern>,
    pub(crate) tests: Vec<(PropertyId, ValueTest)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum SubjectPattern {
    /// Fits every subject and the empty one.
    Any,
    Exact(Folded),
    /// With at least one `*` and at least one other character.
    Glob(Glob),
}

/// A union of selectors; an event counts once however many of them it fits. For an activity this is
/// everything that it reaches.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Term {
    /// One or more, ascending, each once.
    pub(crate) selectors: Vec<SelectorId>,
}

#[derive(Clone, Debug)]
pub(crate) struct Score {
    pub(crate) name: String,
    /// LO and HI; ±1,000,000,000 points where none are written.
    pub(crate) bounds: (Points, Points),
    pub(crate) kind: ScoreKind,
    /// Highest first; empty without a band list. Only the last has no threshold.
    pub(crate) bands: Vec<Band>,
    pub(crate) place: Place,
}

impl Score {
    /// A score without bounds is clamped to so many points on either side.
    pub(crate) const WIDEST: Points = Points::from_thousandths(1_000_000_000_000);

    /// The bounds, where any are written: no rule set can write the widest.
    pub(crate) fn written_bounds(&self) -> Option<(Points, Points)> {
        (self.bounds.1 != Self::WIDEST).then_some(self.bounds)
    }
}

#[derive(Clone, Debug)]
pub(crate) enum ScoreKind {
    /// Adds its rules and groups up.
    Rules(Vec<Member>),
    /// Σ weight × score, weights in whole thousandths.
    Derived(Vec<(i64, ScoreIndex)>),
}

#[derive(Clone, Debug)]
pub(crate) enum Member {
    Rule(RuleIndex),
    Group(Group),
}

impl Member {
    /// The rule that it is, or those of the group.
    pub(crate) fn rules(&self) -> &[RuleIndex] {
        match self {
            Member::Rule(rule) => std::slice::from_ref(rule),
            Member::Group(group) => &group.rules,
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) name: String,
    /// The largest value among the rules whose condition holds, in place of the sum.
    pub(crate) best: bool,
    pub(crate) low: Option<Points>,
    pub(crate) high: Option<Points>,
    pub(crate) rules: Vec<RuleIndex>,
}

#[derive(Clone, Debug)]
pub(crate) struct Band {
    pub(crate) name: String,
    pub(crate) at_least: Option<Points>,
    pub(crate) place: Place,
}

#[derive(Clone, Debug)]
pub(crate) struct Rule {
    /// Its own name, or `SCORE#N`, N counting the score's rules from 1.
    pub(crate) name: String,
    /// Whether the rule set gives the name.
    pub(crate) named: bool,
    pub(crate) label: Option<String>,
    pub(crate) score: ScoreIndex,
    /// The name of the group it stands in.
    pub(crate) group: Option<String>,
    pub(crate) body: RuleBody,
    pub(crate) points: Points,
    /// Its own, or its score's; none where neither has one, where it is switched off, or where the rule has
    /// no events to age by.
    pub(crate) decay: Option<Decay>,
    /// Where its own decay is written.
    pub(crate) decay_place: Option<Place>,
    pub(crate) place: Place,
}

#[derive(Clone, Debug)]
pub(crate) enum RuleBody {
    Condition(ConditionId),
    Each { term: TermId, window: Window, when: Option<ConditionId>, limits: Limits },
}

/// How many occurrences of an each rule count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Limits {
    /// In all; never more than [`MAX_OCCURRENCES`].
    pub(crate) times: u32,
    pub(crate) per: Option<LimitPer>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum LimitPer {
    Day(u32),
    Subject(u32),
}

/// At most so many occurrences count in any rule.
pub(crate) const MAX_OCCURRENCES: u32 = 100_000;

/// A value has faded to nothing after so many steps at the latest.
pub(crate) const MAX_DECAY_STEPS: usize = 4_096;

/// How what an event gives fades, in whole steps of `every`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Decay {
    pub(crate) step: DecayStep,
    pub(crate) every: Period,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum DecayStep {
    /// Percent in tenths: 505 for 50.5 %.
    Percent(u16),
    /// Points above 0.
    Amount(Points),
}

impl Decay {
    /// What one step leaves of `points`: always nearer to zero, never past it.
    pub(crate) fn step(self, points: Points) -> Points {
        let points = points.thousandths();
        Points::from_thousandths(match self.step {
            // Cut towards zero, as Rust's division does.
            DecayStep::Percent(tenths) => points * i64::from(1_000 - tenths) / 1_000,
            DecayStep::Amount(amount) => points.signum() * (points.abs() - amount.thousandths()).max(0),
        })
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Segment {
    pub(crate) name: String,
    pub(crate) condition: ConditionId,
    pub(crate) place: Place,
}

/// The criteria of the stages; each there at most once but for disqualify.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gates {
    pub(crate) mql: Option<MqlGate>,
    pub(crate) sql: Option<ConditionId>,
    pub(crate) recycle: Option<ReasonedGate>,
    /// The first that holds gives the reason.
    pub(crate) disqualify: Vec<ReasonedGate>,
}

impl Gates {
    /// Every condition that is written for a gate.
    pub(crate) fn conditions(&self) -> impl Iterator<Item = ConditionId> {
        let mql = self.mql.iter().flat_map(|mql| [Some(mql.when), mql.until]).flatten();
        let reasoned = self.recycle.iter().chain(&self.disqualify).map(|gate| gate.when);
        mql.chain(self.sql).chain(reasoned)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct MqlGate {
    pub(crate) when: ConditionId,
    /// Without it a lead is reverted when `when` no longer holds.
    pub(crate) until: Option<ConditionId>,
    pub(crate) again_after: Option<Period>,
    pub(crate) sla: Option<Period>,
}

#[derive(Clone, Debug)]
pub(crate) struct ReasonedGate {
    pub(crate) when: ConditionId,
    pub(crate) reason: Option<String>,
}

/// The gates that an evaluation reports. Serializes as its name in lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Gate {
    /// `stage mql when`
    Mql,
    /// Back from mql to lead: `until`, or without one `stage mql when` no longer holding.
    Revert,
    /// `stage sql when`
    Sql,
    /// `recycle when`
    Recycle,
    /// `disqualify when`, any of them.
    Disqualify,
}

impl Gate {
    pub(crate) const ALL: [Gate; 5] = [Gate::Mql, Gate::Revert, Gate::Sql, Gate::Recycle, Gate::Disqualify];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Gate::Mql => "mql",
            Gate::Revert => "revert",
            Gate::Sql => "sql",
            Gate::Recycle => "recycle",
            Gate::Disqualify => "disqualify",
        }
    }
}
