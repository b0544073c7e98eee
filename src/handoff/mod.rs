//! The hand-off: what a [`Handoff`] is made of.
//!
//! A lead and what a rule set says of it go in, one page for sales comes out: who it is, why it qualified, what it did
//! lately, where it stands, what is known of its budget, authority, need and timing, what to ask, and until when. The
//! page is data first; text and Markdown read nothing else. Texts of leads stand in the data as they are and are cut
//! and escaped where they are shown. Reasons come from the explanation, questions from the advice: nothing is decided
//! here. However long the history is, the page is not.

mod activity;
mod ask;
mod show;
#[cfg(test)]
mod tests;
mod who;

pub use activity::{Activity, ActivityDay, ActivityLine};
pub use ask::{Ask, BantLine};
pub use who::{Detail, Known};

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::decimal::Points;
use crate::explain::{
    self, BandPlace, Change, Explanation, Reason, RuleSetName, StageStep, instant, instant_or_null,
};
use crate::lead::Stage;
use crate::model::Gate;
use crate::qualify::{Bant, Qualification};
use crate::rule_set::{Lead, RuleSet};
use crate::time::Instant;

/// What sales needs to know of a lead, on one page.
///
/// [`RuleSet::handoff`] makes one. It displays as text for a terminal, at most 100 columns wide,
/// [`Handoff::to_markdown`] gives it for a note in a CRM, and it serializes as an object whose keys are the names of the
/// fields here and in what they hold. Instants are RFC 3339 in UTC, what is not there is null.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Handoff {
    /// The lead's id; empty where it has none.
    pub id: String,
    /// The instant that the page is for.
    #[serde(serialize_with = "instant")]
    pub at: DateTime<Utc>,
    /// The rule set by which the lead qualified.
    pub rule_set: RuleSetName,
    /// Where the lead stands, and why it moves or stays.
    pub stage: StageStep,
    /// Of an MQL: since when it is one; null where that is not known.
    #[serde(serialize_with = "instant_or_null")]
    pub promoted_at: Option<DateTime<Utc>>,
    /// Of an MQL: until when sales must accept or reject it; null without a service level.
    pub due: Option<Due>,
    /// What is known of the lead: first what the rule set asks for, in the order in which it does, then the rest in the
    /// order of the vocabulary. At most [`Handoff::MOST_DETAILS`].
    pub who: Vec<Detail>,
    /// How many more attributes are known.
    pub more_details: usize,
    /// The tests by which the criteria for an MQL hold, in words; null where they do not hold.
    pub criteria: Option<String>,
    /// What speaks for it: the rules that gave the most points, the strongest first. At most
    /// [`Handoff::MOST_ARGUMENTS`].
    pub reasons: Vec<Argument>,
    /// How many more rules gave points.
    pub more_reasons: usize,
    /// What pulls it down: rules that took points, what faded with age and what limits cut, the heaviest first. At most
    /// [`Handoff::MOST_ARGUMENTS`].
    pub against: Vec<Argument>,
    /// How many more there are.
    pub more_against: usize,
    /// Every score with its band, in the order of definition.
    pub scores: Vec<ScoreLine>,
    /// The segments that the lead is in, in the order of definition.
    pub segments: Vec<String>,
    /// What happened last, the newest first.
    pub activity: Activity,
    /// What is known of budget, authority, need and timing; empty where neither the rule set nor a qualification knows of
    /// them.
    pub bant: Vec<BantLine>,
    /// What to ask: first what is unknown of those four, then attributes that the rule set would make something of, the
    /// most telling first.
    pub ask: Vec<Ask>,
    /// The first instant at which the rule set says anything else of the lead; null for never.
    #[serde(serialize_with = "instant_or_null")]
    pub valid_until: Option<DateTime<Utc>>,
    /// What changes then.
    pub then: Vec<Change>,
}

/// Until when sales must accept or reject a lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Due {
    /// From this instant on it is too late.
    #[serde(serialize_with = "instant")]
    pub at: DateTime<Utc>,
    /// Whether it is too late.
    pub overdue: bool,
    /// How many seconds are left, by the clock on the wall and not by a business calendar; below 0 since it is too late.
    pub seconds_left: i64,
}

/// Something that speaks for a lead or against it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Argument {
    /// The score that it counts in.
    pub score: String,
    /// What it gives or takes.
    pub points: Points,
    /// What it is and the evidence for it, in words.
    pub says: String,
}

/// A score, and where it stands among its bands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ScoreLine {
    /// The score's name.
    pub score: String,
    /// What it came to.
    pub points: Points,
    /// Its band, if the score has bands.
    pub band: Option<BandPlace>,
}

impl RuleSet {
    /// What sales needs to know of a lead at `now`, on one page; outside the years 0001 to 9999 at the nearest instant
    /// within.
    ///
    /// The lead is an MQL since its `stage_since`, or since `now` where its automatic step promotes it then; it is due
    /// when the rule set's `sla` has passed in plain time, for which [`Handoff::due_at`] sets another instant. What is
    /// known of budget, authority, need and timing is what the flags of those names say. Where the host keeps a
    /// qualification, [`RuleSet::handoff_of`] takes all of that from there.
    ///
    /// # Examples
    /// ```
    /// use leadql::{RuleSet, parse_instant};
    /// let rules = RuleSet::compile(
    ///     "visited(pricing) >= 2 within 30d => +15 \"Looks at prices\"
    ///      title contains \"chief\"           => +20
    ///      stage mql when score >= 30 sla 48h
    ///      stage sql when at least 2 of [budget, need]",
    /// )?;
    /// let visit = parse_instant("2026-10-30T08:00:00Z")?;
    /// let lead = rules.lead().id("L-1").set("title", "Chief Marketing Officer")?.set("need", true)?;
    /// let lead = lead.event("visited", "pricing", visit)?.event("visited", "pricing", visit)?.build();
    /// let page = rules.handoff(&lead, parse_instant("2026-11-01")?);
    /// assert_eq!(page.reasons[1].says, "Looks at prices: 2 visits to pricing within 30d, newest 40 hours ago");
    /// assert_eq!(page.due.map(|due| due.seconds_left), Some(48 * 3_600));
    /// assert_eq!(page.ask[0].to_string(), "budget: is there money for it? (may be all that is missing)");
    /// assert!(page.to_string().contains("Sales has to accept or reject it by 2026-11-03, in 2 days."));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn handoff(&self, lead: &Lead, now: DateTime<Utc>) -> Handoff {
        let page = self.handoff_page(lead, now, None);
        match page.promoted_at.and_then(|promoted| self.sla_due(promoted)) {
            Some(due) => page.due_at(due),
            None => page,
        }
    }

    /// As [`RuleSet::handoff`], with what the lead's qualification knows: its stage and since when, until when it is due,
    /// and the answers about budget, authority, need and timing, with who gave them and when.
    ///
    /// A lead that the evaluation of this instant would promote, and whose qualification has not observed that yet, is
    /// not due yet.
    pub fn handoff_of(&self, qualification: &Qualification, lead: &Lead, now: DateTime<Utc>) -> Handoff {
        let mut lead = lead.clone();
        qualification.place(&mut lead);
        let page = self.handoff_page(&lead, now, Some(qualification.bant()));
        match qualification.due().filter(|_| page.stage.to == Stage::Mql) {
            Some(due) => page.due_at(due),
            None => page,
        }
    }

    /// The page, but for when it is due.
    fn handoff_page(&self, lead: &Lead, now: DateTime<Utc>, bant: Option<&Bant>) -> Handoff {
        let lead = lead.fitted(&self.compiled);
        let now: DateTime<Utc> = Instant::nearest(now).into();
        let (model, facts) = (&self.compiled.model, lead.facts());
        let explanation = self.explain(&lead, now);
        let gate = if model.gates.sql.is_some() { Gate::Sql } else { Gate::Mql };
        let questions = self.what_it_would_take(&lead, now, gate).questions;
        let bant = ask::known(model, facts, bant);
        let (reasons, more_reasons) = arguments(explain::speaks_for(&explanation));
        let (against, more_against) = arguments(explain::pulls_down(&explanation));
        let (who, more_details) = who::details(model, facts);
        let promoted_at = match (explanation.stage.from, explanation.stage.to) {
            (Stage::Mql, Stage::Mql) => lead.stage_since(),
            (_, Stage::Mql) => Some(now),
            _ => None,
        };
        Handoff {
            at: now,
            promoted_at,
            due: None,
            who,
            more_details,
            criteria: criteria(&explanation),
            reasons,
            more_reasons,
            against,
            more_against,
            scores: scores(&explanation),
            segments: in_segments(&explanation),
            activity: activity::activity(&model.vocabulary, facts, Instant::nearest(now)),
            ask: ask::asks(&bant, questions),
            bant,
            id: explanation.id,
            rule_set: explanation.rule_set,
            stage: explanation.stage,
            valid_until: explanation.valid_until,
            then: explanation.then,
        }
    }
}

impl Handoff {
    /// At most so many attributes are listed.
    pub const MOST_DETAILS: usize = 16;
    /// At most so many rules speak for a lead or against it.
    pub const MOST_ARGUMENTS: usize = 6;

    /// The same page with another instant from which on it is too late to accept or reject the lead: that of a business
    /// calendar, see [`RuleSet::sla_due_on`].
    #[must_use]
    pub fn due_at(mut self, due: DateTime<Utc>) -> Self {
        let at = Instant::nearest(due);
        let left = at.micros() - Instant::nearest(self.at).micros();
        // Cut to whole seconds towards the past, so that 0 is never said of what is late.
        let seconds_left = left.div_euclid(1_000_000);
        self.due = Some(Due { at: at.into(), overdue: left <= 0, seconds_left });
        self
    }

    /// The page as Markdown, to be pasted into a note. What comes from the lead is escaped, so that it cannot pass for a
    /// part of the page.
    pub fn to_markdown(&self) -> String {
        show::markdown(self)
    }
}

impl std::fmt::Display for Handoff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&show::text(self))
    }
}

/// As many reasons as a page tells, and how many more there are.
fn arguments(reasons: Vec<Reason<'_>>) -> (Vec<Argument>, usize) {
    let more = reasons.len().saturating_sub(Handoff::MOST_ARGUMENTS);
    let argument = |reason: Reason<'_>| Argument {
        score: reason.score.to_owned(),
        points: reason.points,
        says: reason.what,
    };
    (reasons.into_iter().take(Handoff::MOST_ARGUMENTS).map(argument).collect(), more)
}

fn criteria(explanation: &Explanation) -> Option<String> {
    let mql = explanation.gates.iter().find(|verdict| verdict.gate == Gate::Mql.name() && verdict.holds)?;
    Some(explain::in_short(&mql.because))
}

fn scores(explanation: &Explanation) -> Vec<ScoreLine> {
    let line = |ledger: &explain::ScoreLedger| ScoreLine {
        score: ledger.score.clone(),
        points: ledger.points,
        band: ledger.band.clone(),
    };
    explanation.scores.iter().map(line).collect()
}

fn in_segments(explanation: &Explanation) -> Vec<String> {
    let is_in = explanation.segments.iter().filter(|verdict| verdict.holds);
    is_in.map(|verdict| verdict.segment.clone()).collect()
}
