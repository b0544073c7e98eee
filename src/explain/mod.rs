//! The plain reading: a model, a lead's facts and an instant go in, a [`Reading`] comes out.
//!
//! This is the language reference, sections 4 to 7, read sentence by sentence: every event is looked at, every
//! sum is added up, nothing is prepared or shared. It exists twice over: it knows *why*, so explanations are
//! made of it, and it is what the fast core is tested against, so it must owe nothing to `plan` or `score`
//! but the [`Outcome`] that both fill in. Where plain and fast disagree, plain wins here, with one bound: a
//! reading costs no more than rules times events.

mod account;
mod conditions;
mod events;
mod explanation;
mod rules;
mod scores;
mod show;
mod stages;
mod subjects;
#[cfg(any(test, fuzzing))]
mod validity;
mod words;

pub(crate) use account::{Source, explain};
pub(crate) use events::{fits, keeps};
pub use explanation::{
    BandPlace, Change, DecayLine, Evidence, Explanation, Finding, GateVerdict, LeftOutBy, Line, MissedRule,
    NextBand, RuleLine, RuleName, RuleSetName, ScoreLedger, SegmentVerdict, SourcePlace, StageStep,
    SubjectCount,
};
pub(crate) use explanation::{instant, instant_or_null};
pub(crate) use rules::{LeftOut, Occurrence, RuleReading};
pub(crate) use scores::{GroupReading, ScoreReading};
pub(crate) use show::{
    Page, Reason, band, escaped, in_short, origin, pulls_down, signed, speaks_for, stage, strongest, validity,
};
pub(crate) use words::{
    age, compared, comparing, date_and_time, decay, group_limit, happened, noun, per_limit, turned, within,
};

use crate::lead::{Event, Facts};
use crate::model::Model;
use crate::score::Outcome;
use crate::time::Instant;

use conditions::Level;
use subjects::Subjects;

/// A lead under a rule set, ready to be read at any instant.
pub(crate) struct Reader<'a> {
    model: &'a Model,
    facts: &'a Facts,
    /// All events of the lead, newest first.
    events: Vec<&'a Event>,
    subjects: Subjects,
    /// By term: which of `events` match it, newest first.
    matching: Vec<Vec<usize>>,
    /// By condition: what has to be known before it can be told.
    levels: Vec<Level>,
}

/// What a rule set says of a lead at an instant, and why.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    /// Without `valid_until`: finding that the plain way is for tests, where time does not matter.
    pub(crate) outcome: Outcome,
    /// By condition: whether it holds.
    pub(crate) conditions: Vec<bool>,
    /// By rule.
    pub(crate) rules: Vec<RuleReading>,
    /// By score.
    pub(crate) scores: Vec<ScoreReading>,
}

impl<'a> Reader<'a> {
    /// Looks the lead's events through once: which of them match which terms does not depend on the instant.
    pub(crate) fn new(model: &'a Model, facts: &'a Facts) -> Self {
        let mut events: Vec<&Event> = facts.events.iter().collect();
        events.sort_by_key(|event| std::cmp::Reverse(event.at));
        let matching = events::matching(model, &events);
        let subjects = Subjects::of(&events);
        Reader { model, facts, events, subjects, matching, levels: conditions::levels(model) }
    }

    /// Reads the rule set at `now`: conditions on facts alone, then rules, scores and bands, then segments,
    /// then gates and the stage.
    pub(crate) fn read(&self, now: Instant) -> Reading {
        let mut conditions = vec![false; self.model.conditions.len()];
        let mut outcome = Outcome { stage: self.facts.stage, ..Outcome::default() };
        self.settle(Level::Facts, now, &outcome, &mut conditions);
        let rules: Vec<RuleReading> =
            self.model.rules.iter().map(|rule| self.read_rule(rule, &conditions, now)).collect();
        let scores = self.read_scores(&rules);
        outcome.scores = scores.iter().map(|score| score.points).collect();
        outcome.bands = self.bands(&outcome.scores);
        self.settle(Level::Scores, now, &outcome, &mut conditions);
        outcome.segments = self.segments(&conditions);
        self.settle(Level::Segments, now, &outcome, &mut conditions);
        outcome.gates = self.gates(&conditions);
        outcome.stage = self.stage_after(&outcome.gates, now);
        Reading { outcome, conditions, rules, scores }
    }

    /// The whole outcome at `now`, with the instant until which it is valid: what the core's is held against.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn outcome(&self, now: Instant) -> Outcome {
        let mut outcome = self.read(now).outcome;
        outcome.valid_until = self.valid_until(now);
        outcome
    }
}

#[cfg(test)]
mod tests;
