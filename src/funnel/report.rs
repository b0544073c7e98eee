//! The report of a funnel at an instant: the figures of all leads, and of each group of them.

use std::cmp::Reverse;
use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Serialize, Serializer};

use super::Funnel;
use super::count::Tally;
use super::figures::{Figures, seconds};
use super::life::{Life, Stay};
use super::options::{Cohort, Period};
use crate::lead::Stage;
use crate::time::Instant;

/// What a funnel tells at an instant.
///
/// Displays as tables for people, [`FunnelReport::to_markdown`] gives the same for a note, and it serializes with
/// the keys below; lengths of time as seconds, shares as [`Share`](super::Share) says.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FunnelReport {
    /// The instant: nothing later counts.
    #[serde(serialize_with = "instant")]
    pub at: DateTime<Utc>,
    /// The stage whose first entry dates a lead.
    pub entering: Stage,
    /// Only leads that first entered it at this instant or later.
    #[serde(serialize_with = "instant_or_null")]
    pub from: Option<DateTime<Utc>>,
    /// Only leads that first entered it before this instant.
    #[serde(serialize_with = "instant_or_null")]
    pub to: Option<DateTime<Utc>>,
    /// The time within which conversions are counted as well.
    #[serde(rename = "within_seconds", serialize_with = "seconds")]
    pub within: Option<TimeDelta>,
    /// The attribute that tells the groups apart.
    pub by: Option<String>,
    /// The stretch of time that tells the groups apart.
    pub cohort: Option<Cohort>,
    /// How many leads are left out, because a record of theirs did not follow those before it or could not be
    /// read.
    pub left_out: u64,
    /// The figures of all leads.
    pub total: Figures,
    /// The figures of each group, by the attribute and then by time: the value with the most leads first, the
    /// earliest first, what is not known last. None where nothing tells groups apart.
    pub groups: Vec<Group>,
}

/// The figures of the leads of one group.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Group {
    /// The value of the attribute; none for leads of which it is not known.
    pub group: Option<String>,
    /// The week, month or quarter in which they first entered the stage; none for leads that never did, or of
    /// which it is not known when.
    pub cohort: Option<String>,
    /// Their figures.
    #[serde(flatten)]
    pub figures: Figures,
}

/// By what a lead is told apart.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key {
    group: Option<usize>,
    period: Option<Period>,
}

impl Funnel {
    /// The figures at an instant. Records that are later than that do not exist yet; what has not ended by then is
    /// open.
    pub fn report(&self, at: DateTime<Utc>) -> FunnelReport {
        let options = &self.options;
        let at = Instant::nearest(at);
        let within = options.within.map(|within| within.num_microseconds().unwrap_or(i64::MAX));
        let mut total = Tally::new(at, within);
        let is_grouped = options.by.is_some() || options.cohort.is_some();
        let (mut counted, mut left_out) = (Vec::new(), 0);
        let mut stays = Vec::new();
        for life in self.leads.values() {
            if life.is_left_out {
                left_out += 1;
                continue;
            }
            life.stays(at, &mut stays);
            let entered = self.entered(&stays);
            if !stays.is_empty() && self.is_wanted(entered) {
                total.add(&stays);
                counted.extend(is_grouped.then(|| (self.key(life, entered), life)));
            }
        }
        let reasons = self.reasons.all();
        let mut groups = Vec::new();
        self.sort(&mut counted);
        for equal in counted.chunk_by(|(one, _), (two, _)| one == two) {
            let Some((key, _)) = equal.first() else { continue };
            let mut tally = Tally::new(at, within);
            for (_, life) in equal {
                life.stays(at, &mut stays);
                tally.add(&stays);
            }
            groups.push(Group {
                group: key.group.and_then(|group| self.groups.name(group)).map(str::to_owned),
                cohort: key.period.map(|period| period.to_string()),
                figures: tally.finish(&reasons),
            });
        }
        FunnelReport {
            at: at.into(),
            entering: options.entering,
            from: options.from,
            to: options.to,
            within: options.within,
            by: options.by.clone(),
            cohort: options.cohort,
            left_out,
            total: total.finish(&reasons),
            groups,
        }
    }

    /// When a lead first entered the stage that dates it.
    fn entered(&self, stays: &[Stay]) -> Option<Instant> {
        stays.iter().find(|stay| stay.stage == self.options.entering)?.entered
    }

    fn is_wanted(&self, entered: Option<Instant>) -> bool {
        let (from, to) = (self.options.from, self.options.to);
        let is_in = |entered: Instant| {
            from.is_none_or(|from| entered >= Instant::nearest(from))
                && to.is_none_or(|to| entered < Instant::nearest(to))
        };
        (from.is_none() && to.is_none()) || entered.is_some_and(is_in)
    }

    fn key(&self, life: &Life, entered: Option<Instant>) -> Key {
        let period = self.options.cohort.and_then(|cohort| Some(cohort.of(entered?)));
        Key { group: life.group.filter(|_| self.options.by.is_some()), period }
    }

    /// Puts groups one behind the other: the attribute's values by how many leads they have, then by name.
    fn sort(&self, counted: &mut [(Key, &Life)]) {
        let mut sizes: HashMap<Option<usize>, u64> = HashMap::new();
        for (key, _) in counted.iter() {
            *sizes.entry(key.group).or_default() += 1;
        }
        counted.sort_by_cached_key(|(Key { group, period }, _)| {
            let size = sizes.get(group).copied().unwrap_or_default();
            let name = group.and_then(|group| self.groups.name(group));
            let period = period.map(Period::key);
            (group.is_none(), Reverse(size), name, period.is_none(), period)
        });
    }
}

fn instant<S: Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&Instant::nearest(*at))
}

fn instant_or_null<S: Serializer>(at: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
    at.map(|at| Instant::nearest(at).to_string()).serialize(serializer)
}
