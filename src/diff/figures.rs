//! The figures of two versions over many leads.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::decimal::Points;
use crate::explain::instant;
use crate::lead::Stage;
use crate::model::Gate;

/// What two versions of a rule set make of the same leads at an instant: see
/// [`RuleSet::compare_leads`](crate::RuleSet::compare_leads).
///
/// Serializes with the keys below.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LeadsDiff {
    /// The instant.
    #[serde(serialize_with = "instant")]
    pub at: DateTime<Utc>,
    /// How many leads.
    pub leads: u64,
    /// How many have another stage after the evaluation.
    pub stage_changed: u64,
    /// How many have another value of any score, or are in another band, that both versions define.
    pub score_changed: u64,
    /// From which stage after the older version's evaluation to which after the newer's, with at least one lead;
    /// equal ones too.
    pub stages: Vec<StageMove>,
    /// The scores that both versions define.
    pub scores: Vec<ScoreFigures>,
    /// The scores that have bands in both versions.
    pub bands: Vec<BandFigures>,
    /// The segments of either version.
    pub segments: Vec<Membership>,
    /// The gates of either version, by whether they hold.
    pub gates: Vec<GateFigures>,
    /// Leads that the newer version has as MQL and the older has not.
    pub entered_mql: Moved,
    /// Leads that the older version has as MQL and the newer has not.
    pub left_mql: Moved,
    /// The attribute that tells the groups apart.
    pub by: Option<String>,
    /// The figures of each group, the one with the most leads first, those of which the value is not known last.
    pub groups: Vec<GroupFigures>,
}

/// Leads that have one stage by the older version and one by the newer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StageMove {
    /// The stage by the older version.
    pub old: Stage,
    /// The stage by the newer version.
    pub new: Stage,
    /// How many leads.
    pub leads: u64,
}

/// By how much a score changed, of the leads whose score did. All four measures are none where it changed of none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ScoreFigures {
    /// The score.
    pub score: String,
    /// Of how many leads it changed.
    pub changed: u64,
    /// Of how many it rose.
    pub up: u64,
    /// The mean change, cut towards zero to thousandths of a point.
    pub mean: Option<Points>,
    /// The median change; of two in the middle their mean, cut likewise.
    pub median: Option<Points>,
    /// The least change: the largest fall, or the smallest rise.
    pub min: Option<Points>,
    /// The largest change.
    pub max: Option<Points>,
}

/// From which band of a score to which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct BandFigures {
    /// The score.
    pub score: String,
    /// How many leads are in another band.
    pub changed: u64,
    /// Those with at least one lead, equal ones too, in the order of definition.
    pub moves: Vec<BandMove>,
}

/// Leads that are in one band by the older version and in one by the newer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct BandMove {
    /// The band by the older version.
    pub old: String,
    /// The band by the newer version.
    pub new: String,
    /// How many leads.
    pub leads: u64,
}

/// How many leads are in a segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Membership {
    /// The segment.
    pub segment: String,
    /// How many it has in each version, and how many come and go.
    #[serde(flatten)]
    pub counts: Counts,
}

/// Of how many leads a gate holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct GateFigures {
    /// The gate.
    pub gate: Gate,
    /// Of how many it holds in each version, and of how many in one alone.
    #[serde(flatten)]
    pub counts: Counts,
}

/// Of how many leads something holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Counts {
    /// By the older version.
    pub old: u64,
    /// By the newer version.
    pub new: u64,
    /// By the newer alone.
    pub entered: u64,
    /// By the older alone.
    pub left: u64,
}

/// Leads that come to be MQLs, or cease to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Moved {
    /// How many.
    pub leads: u64,
    /// What decides it, of how many leads: the most frequent first.
    pub deciding: Vec<Deciding>,
    /// The leads in the order of the file, no more than were asked for.
    pub listed: Vec<MovedLead>,
    /// How many are not listed.
    pub more: u64,
}

/// What decides for some leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Deciding {
    /// The rule whose value changed most, of those of scores that a criterion asks for; none where the values of all
    /// of them stay, so that it is a criterion, a band or a bound that decides.
    pub rule: Option<String>,
    /// Its score.
    pub score: Option<String>,
    /// For how many leads.
    pub leads: u64,
}

/// A lead that comes to be an MQL, or ceases to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct MovedLead {
    /// Its id.
    pub id: String,
    /// Its stage by the older version.
    pub old: Stage,
    /// Its stage by the newer version.
    pub new: Stage,
    /// The rules whose value changed, of those of scores that a criterion asks for: the largest change first.
    pub rules: Vec<RuleMove>,
}

/// What a rule gave a lead before and gives it now, before the bounds of its group and its score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RuleMove {
    /// The rule, as the newer version calls it, or the older where the newer lacks it.
    pub rule: String,
    /// Its score.
    pub score: String,
    /// What it gave; 0 where the older version lacks it.
    pub old: Points,
    /// What it gives; 0 where the newer version lacks it.
    pub new: Points,
}

/// The figures of the leads with one value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct GroupFigures {
    /// The value; none for leads of which it is not known.
    pub group: Option<String>,
    /// How many leads.
    pub leads: u64,
    /// How many have another value of a score or are in another band.
    pub score_changed: u64,
    /// How many have another stage.
    pub stage_changed: u64,
    /// How many come to be MQLs.
    pub entered_mql: u64,
    /// How many cease to be.
    pub left_mql: u64,
}

impl LeadsDiff {
    /// Whether more than `percent` per cent of the leads have another stage after the evaluation. Told exactly: of
    /// 100 leads two are not more than 2 per cent.
    ///
    /// `percent` is in millionths of a per cent by being a [`Number`](crate::Number).
    pub fn exceeds(&self, percent: crate::Number) -> bool {
        let of = i128::from(percent.millionths()) * i128::from(self.leads);
        i128::from(self.stage_changed) * 100 * i128::from(crate::decimal::MILLIONTHS) > of
    }
}
