//! A lead ready to be evaluated, and an evaluator for many.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::evaluation::Evaluation;
use super::{Compiled, LeadBuilder, LeadRow, RuleSet};
use crate::lead::{Facts, FactsBuilder, LeadError, Stage, UnknownName, from_serialize};
use crate::plan::Signals;
use crate::score::{self, Outcome, Scratch};
use crate::state::{LeadState, StateError, StateRoom};
use crate::testing::{TestCoverage, TestResult};
use crate::time::{Instant, InstantError};
use crate::vocabulary::Vocabulary;

/// A lead, checked against the vocabulary of a rule set and ready to be evaluated at any instant.
///
/// [`RuleSet::lead`] builds one in code, [`RuleSet::lead_from`] from a host's own type.
#[derive(Clone, Debug)]
pub struct Lead {
    rules: Arc<Compiled>,
    facts: Facts,
    signals: Signals,
    /// What evaluating gives at every instant, but for the stage; none where that depends on the instant.
    settled: Option<Box<Outcome>>,
}

impl Lead {
    pub(crate) fn new(rules: &Arc<Compiled>, facts: Facts) -> Self {
        let signals = rules.plan.signals(&facts);
        let settled = score::settled(&rules.plan, &signals).map(Box::new);
        Lead { rules: Arc::clone(rules), signals, facts, settled }
    }

    /// The lead's id; empty where it has none.
    pub fn id(&self) -> &str {
        &self.facts.id
    }

    /// Gives the lead another id: that under which a merged lead goes on.
    pub fn set_id(&mut self, id: impl Into<String>) {
        self.facts.id = id.into();
    }

    /// Where the lead's record stands.
    pub fn stage(&self) -> Stage {
        self.facts.stage
    }

    /// Since when it stands there, if that is known.
    pub fn stage_since(&self) -> Option<DateTime<Utc>> {
        self.facts.stage_since.map(Into::into)
    }

    /// Moves the record to another stage: what a host does with the stage of an [`Evaluation`] before it
    /// evaluates again.
    ///
    /// # Errors
    /// `since` is outside the years 0001 to 9999.
    pub fn set_stage(
        &mut self,
        stage: Stage,
        since: impl Into<Option<DateTime<Utc>>>,
    ) -> Result<(), InstantError> {
        let since = since.into().map(Instant::try_from).transpose()?;
        (self.facts.stage, self.facts.stage_since) = (stage, since);
        Ok(())
    }

    /// As [`Lead::set_stage`], for an instant that is known to be in range.
    pub(crate) fn put(&mut self, stage: Stage, since: Option<DateTime<Utc>>) {
        (self.facts.stage, self.facts.stage_since) = (stage, since.map(Instant::nearest));
    }

    pub(crate) fn facts(&self) -> &Facts {
        &self.facts
    }

    pub(crate) fn into_facts(self) -> Facts {
        self.facts
    }

    /// What the lead is checked against.
    pub(crate) fn vocabulary(&self) -> &Vocabulary {
        &self.rules.model.vocabulary
    }

    pub(crate) fn signals(&self) -> &Signals {
        &self.signals
    }

    /// This lead as a rule set sees it: itself where that rule set built it; otherwise a copy, fitted by name,
    /// without what the other vocabulary lacks or has with another type.
    ///
    /// Asked once a lead, so that nothing behind it has to ask whether numbers belong together.
    pub(crate) fn fitted(&self, rules: &Arc<Compiled>) -> Cow<'_, Lead> {
        if Arc::ptr_eq(&self.rules, rules) {
            return Cow::Borrowed(self);
        }
        let facts = FactsBuilder::refit(&self.facts, &self.rules.model.vocabulary, &rules.model.vocabulary);
        Cow::Owned(Lead::new(rules, facts))
    }
}

/// Evaluates one lead after another without allocating anew for each.
///
/// ```
/// use leadql::RuleSet;
/// let rules = RuleSet::compile("need => +20")?;
/// let now = "2026-11-01T00:00:00Z".parse()?;
/// let mut evaluator = rules.evaluator();
/// for need in [true, false] {
///     let lead = rules.lead().set("need", need)?.build();
///     let evaluation = evaluator.evaluate(&lead, now);
///     assert_eq!(evaluation.score("score"), Some(if need { "20" } else { "0" }.parse()?));
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Evaluator {
    scratch: Scratch,
    state: StateRoom,
    evaluation: Evaluation,
    /// Whether to look for how long evaluations hold.
    looks_ahead: bool,
}

impl Evaluator {
    /// Leaves out how long evaluations hold, which takes about as long as all the rest where much depends on
    /// time: [`Evaluation::valid_until`] is then always none.
    #[must_use]
    pub fn without_valid_until(mut self) -> Self {
        self.looks_ahead = false;
        self
    }

    /// Evaluates the rule set over a lead at `now`: see [`RuleSet::evaluate`].
    pub fn evaluate(&mut self, lead: &Lead, now: DateTime<Utc>) -> &Evaluation {
        let Evaluator { scratch, evaluation, looks_ahead, .. } = self;
        let lead = lead.fitted(&evaluation.rules);
        evaluation.id.clone_from(&lead.facts.id);
        let (record, at) = ((lead.facts.stage, lead.facts.stage_since), Instant::nearest(now));
        let plan = &evaluation.rules.plan;
        if let Some(settled) = &lead.settled
            && score::take_settled(plan, settled, record, at, &mut evaluation.outcome)
        {
            evaluation.looked_at(record, at, *looks_ahead);
        } else {
            evaluation.look(&lead.signals, record, at, *looks_ahead, scratch);
        }
        evaluation
    }

    /// Evaluates the rule set over a row at `now`.
    ///
    /// # Errors
    /// The row is of another rule set.
    pub fn evaluate_row(&mut self, row: &mut LeadRow, now: DateTime<Utc>) -> Result<&Evaluation, LeadError> {
        let Evaluator { scratch, evaluation, looks_ahead, .. } = self;
        if !Arc::ptr_eq(row.rules(), &evaluation.rules) {
            return Err(LeadError::of_other_rules("the row", "fill one of this rule set"));
        }
        evaluation.id.clone_from(&row.id);
        let record = row.record;
        evaluation.look(row.signals(), record, Instant::nearest(now), *looks_ahead, scratch);
        Ok(evaluation)
    }

    /// Evaluates the rule set over what a state keeps of a lead, at `now`: gives what the lead's full history
    /// gives.
    ///
    /// # Errors
    /// `now` is before the state's horizon, or the state is of a rule set that asks for other things.
    pub fn evaluate_state(
        &mut self,
        state: &LeadState,
        now: DateTime<Utc>,
    ) -> Result<&Evaluation, StateError> {
        let at = Instant::nearest(now);
        let (room, evaluation) = (&mut self.state, &mut self.evaluation);
        state.fill(&evaluation.rules, at, room)?;
        evaluation.id.clear();
        evaluation.id.push_str(state.id());
        evaluation.look(&room.signals, state.record(), at, self.looks_ahead, &mut self.scratch);
        Ok(evaluation)
    }
}

impl Evaluation {
    /// Evaluates over a lead's signals.
    fn look(
        &mut self,
        signals: &Signals,
        record: (Stage, Option<Instant>),
        at: Instant,
        looks_ahead: bool,
        scratch: &mut Scratch,
    ) {
        let evaluate = if looks_ahead { score::evaluate } else { score::evaluate_once };
        evaluate(&self.rules.plan, signals, record, at, scratch, &mut self.outcome);
        self.looked_at(record, at, looks_ahead);
    }

    /// Takes note of how the outcome came about.
    fn looked_at(&mut self, record: (Stage, Option<Instant>), at: Instant, looked_ahead: bool) {
        (self.at, self.record, self.looked_ahead) = (at, record, looked_ahead);
    }
}

impl RuleSet {
    /// A lead to be built in code; every name is checked as it is used.
    pub fn lead(&self) -> LeadBuilder<'_> {
        LeadBuilder::new(&self.compiled)
    }

    /// A lead from a host's own type, through serde: `lead` serializes as a map or a struct.
    ///
    /// The keys `id`, `attributes`, `events`, `stage` and `stage_since` mean what they mean in a lead file;
    /// every other key is an attribute of that name. Names that the vocabulary lacks are left out, so that a
    /// host's type may have more than the rules ask for; [`RuleSet::lead_and_unknown_from`] tells them.
    ///
    /// # Errors
    /// A value is not of its attribute's type or out of range, an event lacks its kind or time, a key repeats,
    /// or `lead` is no map.
    ///
    /// # Examples
    /// ```
    /// # use leadql::RuleSet;
    /// #[derive(serde::Serialize)]
    /// struct Contact {
    ///     id: u64,
    ///     title: String,
    ///     company_size: Option<u32>,
    /// }
    /// let rules = RuleSet::compile("title contains \"chief\" => +20  company_size > 100 => +10")?;
    /// let contact = Contact { id: 7, title: "Chief Executive".into(), company_size: None };
    /// let evaluation = rules.evaluate(&rules.lead_from(&contact)?, "2026-11-01T00:00:00Z".parse()?);
    /// assert_eq!(evaluation.score("score"), Some("20".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn lead_from<T: Serialize + ?Sized>(&self, lead: &T) -> Result<Lead, LeadError> {
        self.lead_and_unknown_from(lead).map(|(lead, _)| lead)
    }

    /// As [`RuleSet::lead_from`], with the names that the vocabulary lacks.
    ///
    /// # Errors
    /// As [`RuleSet::lead_from`].
    pub fn lead_and_unknown_from<T: Serialize + ?Sized>(
        &self,
        lead: &T,
    ) -> Result<(Lead, Vec<UnknownName>), LeadError> {
        let (facts, unknown) = from_serialize(&self.compiled.model.vocabulary, lead)?;
        Ok((Lead::new(&self.compiled, facts), unknown))
    }

    /// An evaluator for many leads.
    pub fn evaluator(&self) -> Evaluator {
        Evaluator {
            scratch: Scratch::default(),
            state: StateRoom::default(),
            evaluation: Evaluation::empty(&self.compiled),
            looks_ahead: true,
        }
    }

    /// Evaluates the rule set over a lead at `now`; outside the years 0001 to 9999 at the nearest instant
    /// within. For many leads see [`RuleSet::evaluator`].
    ///
    /// A lead that another rule set built is fitted to this one first, by name: what this one's vocabulary
    /// lacks, or has with another type, is left out.
    pub fn evaluate(&self, lead: &Lead, now: DateTime<Utc>) -> Evaluation {
        let mut evaluator = self.evaluator();
        evaluator.evaluate(lead, now);
        evaluator.evaluation
    }

    /// The leads that the `test` blocks of the main file describe, each with the instant of its block, in the
    /// order of [`RuleSet::run_tests`]: to look closer at one that fails.
    pub fn test_leads(&self) -> impl Iterator<Item = (Lead, DateTime<Utc>)> {
        let model = &self.compiled.model;
        model.tests.iter().map(|test| {
            let facts = crate::testing::facts(model, test);
            (Lead::new(&self.compiled, facts), test.at.into())
        })
    }

    /// Which rules, conditions, bands, segments and gates the `test` blocks of the main file make true of a lead,
    /// and which false, whether or not they pass.
    pub fn test_coverage(&self) -> TestCoverage {
        crate::testing::coverage(&self.compiled.model)
    }

    /// Runs the `test` blocks of the main file, in order.
    pub fn run_tests(&self) -> Vec<TestResult> {
        let rules = &self.compiled;
        crate::testing::run(&rules.model, |facts, now| {
            let mut outcome = Outcome::default();
            let signals = rules.plan.signals(facts);
            let stage = (facts.stage, facts.stage_since);
            score::evaluate(&rules.plan, &signals, stage, now, &mut Scratch::default(), &mut outcome);
            outcome
        })
    }
}
