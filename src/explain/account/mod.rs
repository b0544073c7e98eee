//! The account: a plain reading goes in, an [`Explanation`] comes out.
//!
//! Nothing is decided here. What holds and what it gives is what the reading says; the account adds where it is
//! written, the events behind it and the tests that decide, and puts it in the order of the rule set. Its cost
//! is that of the reading: rules times events.

mod differences;
mod evidence;
mod findings;
mod ledgers;
mod source;
mod stage;

use std::cell::RefCell;
use std::collections::HashMap;

use super::explanation::{Explanation, GateVerdict, RuleSetName, SegmentVerdict};
use super::words::{EventsFound, Words};
use super::{Reader, Reading};
use crate::lead::Facts;
use crate::model::{ConditionId, Gate, Model};
use crate::time::Instant;

pub(crate) use source::Source;

/// Explains what a rule set says of a lead at `now`. `valid_until` is the first instant at which it says
/// anything else.
pub(crate) fn explain(
    model: &Model,
    facts: &Facts,
    now: Instant,
    valid_until: Option<Instant>,
    fingerprint: String,
) -> Explanation {
    let reader = Reader::new(model, facts);
    let reading = reader.read(now);
    let account = Account {
        model,
        facts,
        reader: &reader,
        reading: &reading,
        words: Words { model, now },
        source: Source::new(model),
        found: RefCell::default(),
    };
    let then =
        valid_until.map(|until| differences::between(model, &reading.outcome, &reader.read(until).outcome));
    Explanation {
        id: facts.id.clone(),
        at: now.into(),
        rule_set: RuleSetName {
            name: model.about.name.clone(),
            version: model.about.version.clone(),
            fingerprint,
        },
        stage: account.stage_step(),
        scores: account.ledgers(),
        segments: account.segments(),
        gates: account.gates(),
        valid_until: valid_until.map(Into::into),
        then: then.unwrap_or_default(),
    }
}

/// What every part of the account needs.
struct Account<'a> {
    model: &'a Model,
    facts: &'a Facts,
    reader: &'a Reader<'a>,
    reading: &'a Reading,
    words: Words<'a>,
    source: Source<'a>,
    /// By event test: what was found of it, looked up once however many conditions name it.
    found: RefCell<HashMap<ConditionId, EventsFound>>,
}

impl Account<'_> {
    fn now(&self) -> Instant {
        self.words.now
    }

    fn segments(&self) -> Vec<SegmentVerdict> {
        let segments = self.model.segments.iter().zip(&self.reading.outcome.segments);
        let verdict = |(segment, holds): (&crate::model::Segment, &bool)| SegmentVerdict {
            segment: segment.name.clone(),
            place: self.source.place(segment.place),
            holds: *holds,
            because: self.because(segment.condition, true),
        };
        segments.map(verdict).collect()
    }

    fn gates(&self) -> Vec<GateVerdict> {
        let gates = &self.model.gates;
        let mut verdicts = Vec::new();
        let mut tell = |gate: Gate, condition: ConditionId, meant: bool, reason: Option<&String>| {
            verdicts.push(GateVerdict {
                gate: gate.name(),
                place: self.source.condition_place(condition),
                reason: reason.cloned(),
                holds: self.holds(condition) == meant,
                because: self.because(condition, meant),
            });
        };
        if let Some(mql) = &gates.mql {
            tell(Gate::Mql, mql.when, true, None);
            match mql.until {
                Some(until) => tell(Gate::Revert, until, true, None),
                None => tell(Gate::Revert, mql.when, false, None),
            }
        }
        if let Some(sql) = gates.sql {
            tell(Gate::Sql, sql, true, None);
        }
        if let Some(recycle) = &gates.recycle {
            tell(Gate::Recycle, recycle.when, true, recycle.reason.as_ref());
        }
        for disqualify in &gates.disqualify {
            tell(Gate::Disqualify, disqualify.when, true, disqualify.reason.as_ref());
        }
        verdicts
    }

    fn holds(&self, condition: ConditionId) -> bool {
        super::conditions::holds(&self.reading.conditions, condition)
    }
}

#[cfg(test)]
mod tests;
