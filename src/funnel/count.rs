//! Counting: the stays of leads go in, lead by lead, and figures come out.

use std::collections::HashMap;

use chrono::TimeDelta;

use super::figures::{Conversion, Deadlines, Figures, ReasonCount, StageFigures, StayTime};
use super::life::{StatedReason, Stay};
use super::share::Share;
use super::stays::quantiles;
use crate::lead::Stage;
use crate::qualify::Trigger;
use crate::time::Instant;

/// The way of a lead that becomes a customer.
const WAY: [Stage; 5] = [Stage::Lead, Stage::Mql, Stage::Sal, Stage::Sql, Stage::Customer];

/// The counts up to now.
pub(super) struct Tally {
    at: Instant,
    /// The time within which conversions are counted as well, in microseconds.
    within: Option<i64>,
    leads: u64,
    stages: Vec<StageTally>,
    conversions: Vec<ConversionTally>,
    deadlines: Deadlines,
    reasons: HashMap<(usize, Stage), u64>,
}

struct StageTally {
    stage: Stage,
    leads: u64,
    left: u64,
    there: u64,
    undated: u64,
    /// How long the stays lasted that have ended, and have lasted that are open, in microseconds.
    ended: Vec<i64>,
    open: Vec<i64>,
}

struct ConversionTally {
    /// The stages by their places on the way.
    from: usize,
    to: usize,
    converted: u64,
    lost: u64,
    open: u64,
    within: Share,
    /// How long those took that converted, in microseconds.
    times: Vec<i64>,
}

impl Tally {
    pub(super) fn new(at: Instant, within: Option<i64>) -> Self {
        let stage = |stage| StageTally {
            stage,
            leads: 0,
            left: 0,
            there: 0,
            undated: 0,
            ended: Vec::new(),
            open: Vec::new(),
        };
        let conversion = |from, to| ConversionTally {
            from,
            to,
            converted: 0,
            lost: 0,
            open: 0,
            within: Share::default(),
            times: Vec::new(),
        };
        let pairs = (0..WAY.len()).flat_map(|from| (from + 1..WAY.len()).map(move |to| (from, to)));
        Tally {
            at,
            within,
            leads: 0,
            stages: Stage::ALL.map(stage).into(),
            conversions: pairs.map(|(from, to)| conversion(from, to)).collect(),
            deadlines: Deadlines::default(),
            reasons: HashMap::new(),
        }
    }

    /// Counts a lead with these stays.
    pub(super) fn add(&mut self, stays: &[Stay]) {
        self.leads += 1;
        for tally in &mut self.stages {
            tally.add(stays, self.at);
        }
        for tally in &mut self.conversions {
            tally.add(stays, self.at, self.within);
        }
        for stay in stays {
            if stay.stage == Stage::Mql {
                *self.deadline(stay) += 1;
            }
            if let Some(reason) = stay.reason {
                *self.reasons.entry((reason, stay.stage)).or_default() += 1;
            }
        }
    }

    /// What became of the deadline of a stay as an MQL.
    fn deadline(&mut self, stay: &Stay) -> &mut u64 {
        let Deadlines { in_time, late, lapsed, withdrawn, open, overdue, without, .. } = &mut self.deadlines;
        let Some(due) = stay.due else { return without };
        match stay.left {
            Some((left, Trigger::Accept | Trigger::Reject)) if left < due => in_time,
            Some((_, Trigger::Accept | Trigger::Reject)) => late,
            Some((left, _)) if left < due => withdrawn,
            Some(_) => lapsed,
            None if self.at < due => open,
            None => overdue,
        }
    }

    /// The figures; `reasons` gives the reasons by number.
    pub(super) fn finish(self, reasons: &[&(Trigger, StatedReason)]) -> Figures {
        let mut counts: Vec<ReasonCount> = self
            .reasons
            .iter()
            .filter_map(|((number, to), count)| {
                let (what, reason) = reasons.get(*number)?;
                Some(ReasonCount { what: *what, to: *to, reason: reason.clone(), count: *count })
            })
            .collect();
        counts.sort_unstable_by(|one, two| {
            let key = |it: &ReasonCount| (std::cmp::Reverse(it.count), it.what, it.to);
            key(one).cmp(&key(two)).then_with(|| one.reason.cmp(&two.reason))
        });
        let Deadlines { in_time, late, lapsed, overdue, .. } = self.deadlines;
        let kept = Share { count: in_time, of: in_time + late + lapsed + overdue };
        let is_within = self.within.is_some();
        Figures {
            leads: self.leads,
            stages: self.stages.into_iter().map(StageTally::finish).collect(),
            conversions: self.conversions.into_iter().map(|tally| tally.finish(is_within)).collect(),
            deadlines: Deadlines { kept, ..self.deadlines },
            reasons: counts,
        }
    }
}

impl StageTally {
    fn add(&mut self, stays: &[Stay], at: Instant) {
        let mut was_there = false;
        for stay in stays.iter().filter(|stay| stay.stage == self.stage) {
            was_there = true;
            let (count, times) = match stay.left {
                Some(_) => (&mut self.left, &mut self.ended),
                None => (&mut self.there, &mut self.open),
            };
            *count += 1;
            match stay.entered {
                Some(entered) => times.push(lasts(entered, stay.left.map_or(at, |(left, _)| left))),
                None => self.undated += 1,
            }
        }
        self.leads += u64::from(was_there);
    }

    fn finish(mut self) -> StageFigures {
        let quantiles = quantiles(&mut self.ended, &mut self.open);
        StageFigures {
            stage: self.stage,
            leads: self.leads,
            entered: self.left + self.there,
            left: self.left,
            there: self.there,
            time: StayTime {
                ended: count(&self.ended),
                open: count(&self.open),
                undated: self.undated,
                median: quantiles.median.map(TimeDelta::microseconds),
                p90: quantiles.p90.map(TimeDelta::microseconds),
            },
        }
    }
}

impl ConversionTally {
    fn add(&mut self, stays: &[Stay], at: Instant, within: Option<i64>) {
        let is = |place: usize| move |stay: &&Stay| WAY.get(place) == Some(&stay.stage);
        let mut later = stays.iter().skip_while(|stay| !is(self.from)(stay));
        let Some(first) = later.next() else { return };
        let reached = later.find(is(self.to));
        let stands = stays.last().and_then(|stay| WAY.iter().position(|stage| *stage == stay.stage));
        match reached {
            Some(_) => self.converted += 1,
            // Nobody gets past `to` without passing it, so whoever stands on the way is before it.
            None if stands.is_some_and(|place| place >= self.from) => self.open += 1,
            None => self.lost += 1,
        }
        let Some(entered) = first.entered else { return };
        let took = reached.and_then(|stay| stay.entered).map(|reached| lasts(entered, reached));
        self.times.extend(took);
        if let Some(within) = within.filter(|within| lasts(entered, at) >= *within) {
            self.within.of += 1;
            self.within.count += u64::from(took.is_some_and(|took| took <= within));
        }
    }

    fn finish(mut self, is_within: bool) -> Conversion {
        let Self { converted, lost, open, within, .. } = self;
        let quantiles = quantiles(&mut self.times, &mut []);
        let stage = |place: usize| WAY.get(place).copied().unwrap_or_default();
        let (from, to) = (stage(self.from), stage(self.to));
        Conversion {
            from,
            to,
            entered: converted + lost + open,
            converted,
            lost,
            open,
            of_all: Share { count: converted, of: converted + lost + open },
            of_decided: Share { count: converted, of: converted + lost },
            within: is_within.then_some(within),
            often_quoted: ((from, to) == (Stage::Mql, Stage::Sql)).then_some(Conversion::OFTEN_QUOTED),
            timed: count(&self.times),
            median: quantiles.median.map(TimeDelta::microseconds),
            p90: quantiles.p90.map(TimeDelta::microseconds),
        }
    }
}

/// The microseconds between two instants, of which the second is the later one.
fn lasts(from: Instant, to: Instant) -> i64 {
    to.micros().saturating_sub(from.micros())
}

fn count<T>(items: &[T]) -> u64 {
    u64::try_from(items.len()).unwrap_or(u64::MAX)
}
