//! The figures of a funnel, of all leads or of a group of them, as data.

use chrono::TimeDelta;
use serde::{Serialize, Serializer};

use super::life::StatedReason;
use super::share::Share;
use crate::lead::Stage;
use crate::qualify::Trigger;

/// The figures of some leads.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Figures {
    /// How many leads there are.
    pub leads: u64,
    /// Each stage, in the order of a lead's life.
    pub stages: Vec<StageFigures>,
    /// From each of the stages lead, mql, sal and sql to each later one up to customer.
    pub conversions: Vec<Conversion>,
    /// What became of the deadlines for accepting or rejecting an MQL.
    pub deadlines: Deadlines,
    /// Why leads were recycled and disqualified, the most frequent first.
    pub reasons: Vec<ReasonCount>,
}

/// How many leads came into a stage, went out, and how long they stayed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StageFigures {
    /// The stage.
    pub stage: Stage,
    /// How many leads were ever there.
    pub leads: u64,
    /// How many times a lead came there; more than `leads` where some came again. Always `left` and `there`
    /// together.
    pub entered: u64,
    /// How many times a lead went on from there.
    pub left: u64,
    /// How many leads are there.
    pub there: u64,
    /// How long they stayed.
    pub time: StayTime,
}

/// How long stays in a stage last, those that have not ended counted for as long as they have lasted (the estimate
/// of Kaplan and Meier).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StayTime {
    /// How many stays have ended whose beginning is known.
    pub ended: u64,
    /// How many last whose beginning is known.
    pub open: u64,
    /// Of how many the beginning is not known: leads that were there when their records began.
    pub undated: u64,
    /// The time by which half of the stays end; none where that cannot be told because too many are open.
    #[serde(rename = "median_seconds", serialize_with = "seconds")]
    pub median: Option<TimeDelta>,
    /// The time by which nine tenths of the stays end; none where that cannot be told.
    #[serde(rename = "p90_seconds", serialize_with = "seconds")]
    pub p90: Option<TimeDelta>,
}

/// How many of the leads that were ever in one stage came to a later one.
///
/// Every lead counts once, from when it first entered `from`. `entered` is always `converted`, `lost` and `open`
/// together.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Conversion {
    /// The stage that they start from.
    pub from: Stage,
    /// The stage that they are to reach.
    pub to: Stage,
    /// How many were ever in `from`.
    pub entered: u64,
    /// How many of them later came to `to`, be it on a second try.
    pub converted: u64,
    /// How many did not, and stand before `from`, recycled or disqualified. One that comes back is open again.
    pub lost: u64,
    /// How many have not yet, and stand at `from` or between it and `to`.
    pub open: u64,
    /// Those who converted, of all who entered: while leads are open it can only grow.
    pub of_all: Share,
    /// Those who converted, of those who converted or are lost: what it comes to if the open ones end as those
    /// before them did. Where nobody writes losses down it says nothing.
    pub of_decided: Share,
    /// Of those who entered at least so long ago as [`FunnelOptions::within`](super::FunnelOptions::within) says:
    /// those who converted within that time. It compares old and young cohorts fairly.
    pub within: Option<Share>,
    /// An often quoted industry figure to hold it against: [`Conversion::OFTEN_QUOTED`] from MQL to SQL.
    pub often_quoted: Option<f64>,
    /// Of how many that converted it is known when they entered `from`.
    pub timed: u64,
    /// The time that half of these took at most.
    #[serde(rename = "median_seconds", serialize_with = "seconds")]
    pub median: Option<TimeDelta>,
    /// The time that nine tenths of these took at most.
    #[serde(rename = "p90_seconds", serialize_with = "seconds")]
    pub p90: Option<TimeDelta>,
}

/// What became of the deadlines for accepting or rejecting an MQL: each time a lead became one counts once.
///
/// The instant that is due is itself too late, as in [`Qualification::due`](crate::Qualification::due).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Deadlines {
    /// Accepted or rejected in time.
    pub in_time: u64,
    /// Accepted or rejected too late.
    pub late: u64,
    /// Neither: moved on otherwise (by the rule set, or disqualified) when it was too late.
    pub lapsed: u64,
    /// Neither: moved on otherwise while there was time.
    pub withdrawn: u64,
    /// Still waiting, with time left.
    pub open: u64,
    /// Still waiting, and it is too late.
    pub overdue: u64,
    /// Without a deadline.
    pub without: u64,
    /// Those in time, of those in time, late, lapsed and overdue.
    pub kept: Share,
}

/// How often leads were recycled or disqualified for a reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ReasonCount {
    /// What was done.
    pub what: Trigger,
    /// Where the leads went: recycled or disqualified.
    pub to: Stage,
    /// Why.
    pub reason: StatedReason,
    /// How often.
    pub count: u64,
}

impl Conversion {
    /// What is often quoted as the share of MQLs that become SQLs: 13 %. Lists of marketing benchmarks give it as
    /// an average over many industries and channels, mostly without the data behind it, and other lists give
    /// quite other figures. What counts as an MQL differs from house to house, so it is something to hold one's
    /// own figure against, not an aim.
    pub const OFTEN_QUOTED: f64 = 0.13;
}

impl Figures {
    /// The figures of a stage.
    pub fn stage(&self, stage: Stage) -> Option<&StageFigures> {
        self.stages.iter().find(|figures| figures.stage == stage)
    }

    /// The conversion from one stage to another; none for two of which the second is no later one on the way from
    /// lead to customer.
    pub fn conversion(&self, from: Stage, to: Stage) -> Option<&Conversion> {
        self.conversions.iter().find(|conversion| (conversion.from, conversion.to) == (from, to))
    }
}

/// A length of time in seconds, a whole number where it is one.
pub(super) fn seconds<S: Serializer>(time: &Option<TimeDelta>, serializer: S) -> Result<S::Ok, S::Error> {
    // OK because lengths of time between the years 1 and 9999 have room in microseconds.
    match time.and_then(|time| time.num_microseconds()) {
        None => serializer.serialize_none(),
        Some(micros) if micros % 1_000_000 == 0 => serializer.serialize_i64(micros / 1_000_000),
        Some(micros) => serializer.serialize_f64(micros as f64 / 1e6),
    }
}
