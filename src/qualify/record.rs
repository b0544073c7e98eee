//! What every step leaves behind.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::bant::BantChange;
use super::digest::Digest;
use super::reason::Reason;
use super::stored::{Version, instant, instant_or_null};
use super::table::Trigger;
use crate::decimal::Points;
use crate::lead::Stage;
use crate::model::Gate;
use crate::readable::readable;
use crate::rule_set::Fingerprint;
use crate::time::print_instant;

/// One step in the life of a lead: from where to where, when, by whom, and why.
///
/// A host stores each record it is given, and nothing is ever changed in one: each holds a digest of what it says
/// and of the record before it. [`Qualification::rebuild`](crate::Qualification::rebuild) makes the qualification
/// of its records alone, and refuses those that were forged, left out or put in another order. Serializes as one
/// object with these keys; those that are none or empty are left out. Displays as a line for people.
///
/// ```
/// # use leadql::{Reason, RuleSet, Stage, qualification::{Actor, Trigger}};
/// # let rules = RuleSet::compile("stage mql when need")?;
/// let mut qualification = rules.qualification("L-1");
/// let record = qualification.disqualify(Reason::BadData, "2026-11-01T09:00:00Z".parse()?, "dana")?;
/// assert_eq!((record.what, record.from, record.to), (Trigger::Disqualify, Stage::Lead, Stage::Disqualified));
/// assert_eq!(record.by, Actor::Person("dana".to_owned()));
/// assert_eq!(record.to_string(), "2026-11-01T09:00:00Z L-1: disqualify, lead to disqualified, by dana: bad data");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Record {
    pub(super) version: Version,
    /// Its place among the records of its lead, from 1.
    pub sequence: u64,
    /// The lead's id.
    pub lead: String,
    /// When it happened.
    #[serde(with = "instant")]
    pub at: DateTime<Utc>,
    /// What happened.
    pub what: Trigger,
    /// The stage before.
    pub from: Stage,
    /// The stage from then on; the same where the stage stays.
    pub to: Stage,
    /// Who did it.
    pub by: Actor,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Why>,
    /// The segments that the lead came into, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entered: Vec<String>,
    /// The segments that the lead went out of, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<String>,
    /// The scores whose band changed, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bands: Vec<BandChange>,
    /// With a promotion: until when sales must accept or reject the lead, if the rule set says so.
    #[serde(default, with = "instant_or_null", skip_serializing_if = "Option::is_none")]
    pub due: Option<DateTime<Utc>>,
    /// The evaluation that did it; for what people do, the latest that was observed before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluation: Option<Observed>,
    /// For a step by an evaluation that came with its lead: the rules that gave or took the most points, the
    /// strongest first, at most [`Record::MOST_RULES`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub strongest: Vec<StrongRule>,
    /// The rule set that counts from then on.
    pub fingerprint: Fingerprint,
    /// A digest of all of the above and of the record before.
    pub digest: Digest,
}

/// Who made a step. Serializes as `"rules"` or `{"person":"dana"}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Actor {
    /// The rule set: its criteria, or its deadline.
    Rules,
    /// Somebody, or a program on somebody's behalf, as the host names them.
    Person(String),
}

/// Why a step was made. Serializes as an object with one key, its name in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Why {
    /// A criterion of the rule set holds.
    Gate {
        /// Which one.
        gate: Gate,
        /// The reason that the rule set gives with it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Somebody's reason.
    Reason(Reason),
    /// Why somebody qualified the lead although the criterion did not say so.
    Override(String),
    /// The deadline that passed.
    Due(#[serde(with = "instant")] DateTime<Utc>),
    /// The answer that was given.
    Bant(BantChange),
    /// The rule set that counted before.
    Before(Fingerprint),
    /// Since when the lead that is taken over stands where it stands; none where that is not known.
    Since(#[serde(with = "instant_or_null")] Option<DateTime<Utc>>),
}

/// A score that moved from one band to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct BandChange {
    /// The name of the score.
    pub score: String,
    /// The band before; none where the score had none yet.
    pub from: Option<String>,
    /// The band from then on; none where the rule set no longer gives it one.
    pub to: Option<String>,
}

/// What a qualification remembers of the latest evaluation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Observed {
    /// The instant of the evaluation.
    #[serde(with = "instant")]
    pub at: DateTime<Utc>,
    /// The rule set that it was made by.
    pub fingerprint: Fingerprint,
    /// Every score at that instant, by name.
    pub scores: BTreeMap<String, Points>,
    /// A digest of all that the evaluation says.
    pub digest: Digest,
}

/// A rule that weighs much.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct StrongRule {
    /// Its score.
    pub score: String,
    /// Its name, or `SCORE#N`, N counting the score's rules from 1.
    pub rule: String,
    /// What it gave, after its limits and its decay.
    pub points: Points,
    /// What it found, in words.
    pub says: String,
}

impl Record {
    /// A record names at most so many rules.
    pub const MOST_RULES: usize = 5;

    /// Whether the lead moved from one stage to another.
    pub fn is_step(&self) -> bool {
        self.from != self.to
    }
}

impl Actor {
    /// The person's name; none for the rule set.
    pub fn person(&self) -> Option<&str> {
        match self {
            Actor::Rules => None,
            Actor::Person(name) => Some(name),
        }
    }
}

/// Longer texts of people and rule sets are cut where they are shown.
const LONGEST: usize = 200;

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&readable(self.person().unwrap_or("the rule set"), LONGEST))
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::Gate { gate, reason } => {
                write!(f, "the criterion {} holds", gate.name())?;
                match reason.as_deref() {
                    Some(reason) if !reason.is_empty() => write!(f, " ({})", readable(reason, LONGEST)),
                    _ => Ok(()),
                }
            }
            Why::Reason(reason) => reason.fmt(f),
            Why::Override(why) => f.write_str(&readable(why, LONGEST)),
            Why::Due(due) => write!(f, "was due at {}", print_instant(*due)),
            Why::Bant(BantChange { item, to, .. }) => write!(f, "{item} {to}"),
            Why::Before(fingerprint) => write!(f, "before it {fingerprint}"),
            Why::Since(Some(since)) => write!(f, "there since {}", print_instant(*since)),
            Why::Since(None) => f.write_str("there since an unknown instant"),
        }
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lead = readable(&self.lead, LONGEST);
        write!(f, "{} {lead}: {}", print_instant(self.at), self.what)?;
        if self.is_step() {
            write!(f, ", {} to {}", self.from, self.to)?;
        }
        write!(f, ", by {}", self.by)?;
        if let Some(why) = &self.why {
            write!(f, ": {why}")?;
        }
        for segment in &self.entered {
            write!(f, "; into segment {}", readable(segment, LONGEST))?;
        }
        for segment in &self.left {
            write!(f, "; out of segment {}", readable(segment, LONGEST))?;
        }
        for BandChange { score, from, to } in &self.bands {
            let name = |band: &Option<String>| readable(band.as_deref().unwrap_or("no band"), LONGEST);
            write!(f, "; {} {} to {}", readable(score, LONGEST), name(from), name(to))?;
        }
        match self.due {
            Some(due) => write!(f, "; due at {}", print_instant(due)),
            None => Ok(()),
        }
    }
}
