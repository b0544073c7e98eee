//! What people do: commands, answers, and going on with another rule set.

use chrono::{DateTime, Utc};

use super::bant::{Answer, BantChange, BantItem};
use super::digest::Digest;
use super::error::QualificationError;
use super::observe::{self, Draft};
use super::reason::Reason;
use super::record::{Actor, Record, Why};
use super::state::Qualification;
use super::table::{self, Trigger};
use crate::lead::Stage;
use crate::model::Gate;
use crate::rule_set::{Evaluation, Lead, RuleSet};
use crate::time::Instant;

/// Every command takes `now`, and by whom it is given, as the host names people; it gives the record to be stored.
/// What the table of stages does not allow, a name that is empty, and a `now` before the latest record or
/// evaluation are errors, and change nothing.
impl Qualification {
    /// Sales takes an MQL on: from mql to sal. The deadline ends.
    ///
    /// # Errors
    /// See [`QualificationError`]: the lead is no MQL, `by` is empty, or time runs backwards.
    pub fn accept(&mut self, now: DateTime<Utc>, by: &str) -> Result<Record, QualificationError> {
        let draft = self.command(Trigger::Accept, Stage::Sal, now, by)?;
        Ok(self.leave(draft))
    }

    /// Sales does not take an MQL on: from mql to recycled or disqualified, as `to` says. The deadline ends.
    ///
    /// Recommended: recycled where time may heal the reason ([`Reason::may_heal`]), disqualified where not.
    ///
    /// # Errors
    /// As [`Qualification::accept`]; and `to` is another stage, or the reason is one's own and empty.
    ///
    /// # Examples
    /// ```
    /// # use leadql::{Reason, RuleSet, Stage};
    /// # let rules = RuleSet::compile("stage mql when need")?;
    /// # let now = "2026-11-02T09:00:00Z".parse()?;
    /// # let lead = rules.lead().set("need", true)?.build();
    /// # let mut qualification = rules.qualification("L-1");
    /// # qualification.observe(&rules.evaluate(&lead, now), &lead)?;
    /// assert_eq!(qualification.stage(), Stage::Mql);
    /// let record = qualification.reject(Reason::NotReady, Stage::Recycled, now, "dana")?;
    /// assert_eq!(record.to, Stage::Recycled);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn reject(
        &mut self,
        reason: Reason,
        to: Stage,
        now: DateTime<Utc>,
        by: &str,
    ) -> Result<Record, QualificationError> {
        self.with_reason(Trigger::Reject, reason, to, now, by)
    }

    /// Sales has what it needs: from sal to sql. The criterion of `stage sql` has to hold in an evaluation that is
    /// valid at `now`; the record names the evaluation, its segments and its bands, and by `lead`, the lead that
    /// was evaluated, the strongest rules.
    ///
    /// # Errors
    /// As [`Qualification::accept`]; and the rule set has no such criterion, it does not hold, the evaluation is
    /// not valid at `now`, is not one that [`Qualification::observe`] would take, or moves the lead elsewhere by
    /// itself.
    pub fn qualify<'l>(
        &mut self,
        evaluation: &Evaluation,
        lead: impl Into<Option<&'l Lead>>,
        now: DateTime<Utc>,
        by: &str,
    ) -> Result<Record, QualificationError> {
        let mut draft = self.command(Trigger::Qualify, Stage::Sql, now, by)?;
        self.expect_mine(evaluation)?;
        self.expect_current(evaluation)?;
        if !evaluation.holds_at(draft.at) {
            let (at, valid_until) = (evaluation.at(), evaluation.valid_until());
            return Err(QualificationError::NotValid { at, valid_until, now: draft.at });
        }
        if evaluation.stage() != self.stage {
            return Err(QualificationError::MovesElsewhere { from: self.stage, to: evaluation.stage() });
        }
        if evaluation.rules().model.gates.sql.is_none() {
            return Err(QualificationError::NoCriterion);
        }
        if !evaluation.sql() {
            return Err(QualificationError::CriterionFails);
        }
        draft.why = Some(Why::Gate { gate: Gate::Sql, reason: None });
        draft.moves = self.moves(evaluation);
        draft.strongest = lead.into().map_or_else(Vec::new, |lead| observe::strongest(evaluation, lead));
        self.note(evaluation, Digest::of_evaluation(evaluation));
        draft.evaluation.clone_from(&self.evaluation);
        Ok(self.leave(draft))
    }

    /// Sales goes on without the criterion of `stage sql`: from sal to sql, with the reason why.
    ///
    /// # Errors
    /// As [`Qualification::accept`]; and `why` is empty.
    pub fn qualify_anyway(
        &mut self,
        why: &str,
        now: DateTime<Utc>,
        by: &str,
    ) -> Result<Record, QualificationError> {
        let draft = self.command(Trigger::Qualify, Stage::Sql, now, by)?;
        not_empty("why", why, "the reason for going on without the criterion")?;
        Ok(self.leave(Draft { why: Some(Why::Override(why.to_owned())), ..draft }))
    }

    /// Sales gives a lead back to marketing: from sal or sql to recycled.
    ///
    /// # Errors
    /// As [`Qualification::accept`], for a lead that is neither; and the reason is one's own and empty.
    pub fn send_back(
        &mut self,
        reason: Reason,
        now: DateTime<Utc>,
        by: &str,
    ) -> Result<Record, QualificationError> {
        self.with_reason(Trigger::SendBack, reason, Stage::Recycled, now, by)
    }

    /// The deal is made: from sql to customer.
    ///
    /// # Errors
    /// As [`Qualification::accept`], for a lead that is no SQL.
    pub fn win(&mut self, now: DateTime<Utc>, by: &str) -> Result<Record, QualificationError> {
        let draft = self.command(Trigger::Win, Stage::Customer, now, by)?;
        Ok(self.leave(draft))
    }

    /// Somebody takes a lead out: from any stage but customer to disqualified. A lead that is disqualified already
    /// stays so, since when it has been, with another reason.
    ///
    /// # Errors
    /// As [`Qualification::accept`], for a customer; and the reason is one's own and empty.
    pub fn disqualify(
        &mut self,
        reason: Reason,
        now: DateTime<Utc>,
        by: &str,
    ) -> Result<Record, QualificationError> {
        self.with_reason(Trigger::Disqualify, reason, Stage::Disqualified, now, by)
    }

    /// A lead begins again: from recycled or disqualified to lead.
    ///
    /// # Errors
    /// As [`Qualification::accept`], for a lead that is neither.
    pub fn reopen(&mut self, now: DateTime<Utc>, by: &str) -> Result<Record, QualificationError> {
        let draft = self.command(Trigger::Reopen, Stage::Lead, now, by)?;
        Ok(self.leave(draft))
    }

    /// Writes down what somebody found out about budget, authority, need or timing, at any stage. The latest
    /// answer counts, also where it is the one that was there.
    ///
    /// # Errors
    /// `by` is empty, or time runs backwards.
    pub fn answer(
        &mut self,
        item: BantItem,
        answer: Answer,
        now: DateTime<Utc>,
        by: &str,
    ) -> Result<Record, QualificationError> {
        let now = self.moment(now)?;
        let change = BantChange { item, from: self.bant.get(item).answer, to: answer };
        let draft = Draft::new(self, now, Trigger::Bant, person(by)?);
        Ok(self.leave(Draft { why: Some(Why::Bant(change)), ..draft }))
    }

    /// Goes on with another rule set, or another version of it: from now on its evaluations are taken. Nothing
    /// else changes; the next evaluation tells what its segments and bands are, and a deadline that is set stays.
    /// Where that rule set counts already there is nothing to do, and no record.
    ///
    /// # Errors
    /// `by` is empty, or time runs backwards.
    pub fn adopt(
        &mut self,
        rules: &RuleSet,
        now: DateTime<Utc>,
        by: &str,
    ) -> Result<Option<Record>, QualificationError> {
        let (now, by) = (self.moment(now)?, person(by)?);
        if rules.fingerprint() == self.fingerprint {
            return Ok(None);
        }
        let draft = Draft::new(self, now, Trigger::Adopt, by);
        let why = Some(Why::Before(self.fingerprint));
        Ok(Some(self.leave(Draft { why, fingerprint: rules.fingerprint(), ..draft })))
    }

    /// `now` as it is kept: cut to microseconds, not before what was seen.
    pub(super) fn moment(&self, now: DateTime<Utc>) -> Result<DateTime<Utc>, QualificationError> {
        let now: DateTime<Utc> = in_range("now", now)?;
        match self.last_instant() {
            Some(last) if now < last => Err(QualificationError::TimeRunsBack { now, last }),
            _ => Ok(now),
        }
    }

    /// A command that the table allows, about to be given.
    fn command(
        &self,
        command: Trigger,
        to: Stage,
        now: DateTime<Utc>,
        by: &str,
    ) -> Result<Draft, QualificationError> {
        let step = table::step(command, false).filter(|step| step.from.contains(&self.stage));
        let Some(step) = step else {
            return Err(QualificationError::NotAllowed { command, stage: self.stage });
        };
        if !step.to.contains(&to) {
            return Err(QualificationError::NoWayThere { command, from: self.stage, to });
        }
        let now = self.moment(now)?;
        Ok(Draft { to, ..Draft::new(self, now, command, person(by)?) })
    }

    fn with_reason(
        &mut self,
        command: Trigger,
        reason: Reason,
        to: Stage,
        now: DateTime<Utc>,
        by: &str,
    ) -> Result<Record, QualificationError> {
        let draft = self.command(command, to, now, by)?;
        if let Some(own) = reason.own() {
            not_empty("reason", own, "one's own reason in a few words")?;
        }
        Ok(self.leave(Draft { why: Some(Why::Reason(reason)), ..draft }))
    }
}

impl RuleSet {
    /// The qualification of a lead that is taken over from elsewhere at a stage, with the record that says so.
    ///
    /// `since` is when it came to that stage, if that is known. A lead taken over as an MQL has no deadline.
    ///
    /// # Errors
    /// `by` is empty, `since` is later than `now`, or one of them is outside the years 0001 to 9999.
    ///
    /// # Examples
    /// ```
    /// use leadql::{RuleSet, Stage};
    /// let rules = RuleSet::compile("stage mql when need")?;
    /// let (since, now) = ("2026-06-01T00:00:00Z".parse()?, "2026-11-01T09:00:00Z".parse()?);
    /// let (mut qualification, record) = rules.imported_qualification("L-1", Stage::Sql, since, now, "migration")?;
    /// assert_eq!((record.to, qualification.stage_since()), (Stage::Sql, Some(since)));
    /// qualification.win(now, "dana")?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn imported_qualification(
        &self,
        lead: impl Into<String>,
        stage: Stage,
        since: impl Into<Option<DateTime<Utc>>>,
        now: DateTime<Utc>,
        by: &str,
    ) -> Result<(Qualification, Record), QualificationError> {
        let mut qualification = self.qualification(lead);
        let now = qualification.moment(now)?;
        let since = since.into().map(|since| in_range("since", since)).transpose()?;
        if let Some(since) = since.filter(|since| *since > now) {
            return Err(QualificationError::SinceLater { since, now });
        }
        let draft = Draft::new(&qualification, now, Trigger::Import, person(by)?);
        let record = qualification.leave(Draft { to: stage, why: Some(Why::Since(since)), ..draft });
        Ok((qualification, record))
    }
}

fn in_range(what: &'static str, at: DateTime<Utc>) -> Result<DateTime<Utc>, QualificationError> {
    let at = Instant::try_from(at).map_err(|error| QualificationError::OutOfRange { what, error })?;
    Ok(at.into())
}

fn person(by: &str) -> Result<Actor, QualificationError> {
    not_empty("by", by, "a name for whoever does this")?;
    Ok(Actor::Person(by.to_owned()))
}

fn not_empty(what: &'static str, text: &str, expected: &'static str) -> Result<(), QualificationError> {
    if text.trim().is_empty() { Err(QualificationError::Empty { what, expected }) } else { Ok(()) }
}
