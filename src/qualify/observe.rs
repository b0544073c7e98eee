//! What evaluations do to a qualification: steps, segments, bands, and the deadline of an MQL.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::digest::Digest;
use super::error::QualificationError;
use super::record::{Actor, BandChange, Observed, Record, StrongRule, Why};
use super::state::Qualification;
use super::stored::Version;
use super::table::{self, Trigger};
use crate::explain;
use crate::lead::Stage;
use crate::model::Gate;
use crate::rule_set::{Evaluation, Fingerprint, Lead};
use crate::time::Instant;

/// A record in the making.
pub(super) struct Draft {
    pub(super) at: DateTime<Utc>,
    pub(super) what: Trigger,
    pub(super) to: Stage,
    pub(super) by: Actor,
    pub(super) why: Option<Why>,
    pub(super) moves: Moves,
    pub(super) due: Option<DateTime<Utc>>,
    pub(super) evaluation: Option<Observed>,
    pub(super) strongest: Vec<StrongRule>,
    pub(super) fingerprint: Fingerprint,
}

/// Which segments an evaluation moves a lead into and out of, and which bands change.
#[derive(Default)]
pub(super) struct Moves {
    entered: Vec<String>,
    left: Vec<String>,
    bands: Vec<BandChange>,
}

impl Moves {
    fn is_empty(&self) -> bool {
        self.entered.is_empty() && self.left.is_empty() && self.bands.is_empty()
    }
}

impl Draft {
    /// A record that leaves everything as it is.
    pub(super) fn new(before: &Qualification, at: DateTime<Utc>, what: Trigger, by: Actor) -> Self {
        Draft {
            at,
            what,
            to: before.stage,
            by,
            why: None,
            moves: Moves::default(),
            due: None,
            evaluation: before.evaluation.clone(),
            strongest: Vec::new(),
            fingerprint: before.fingerprint,
        }
    }
}

impl Qualification {
    /// Takes an evaluation of the lead: gives a record of the step that it makes, if it makes one, with the
    /// segments and bands that changed; before it one of the deadline, if that has passed by then and no record
    /// tells so yet. Most evaluations change nothing and leave no record; the qualification remembers them all the
    /// same, so that none that is older is taken later. One that was taken before changes nothing.
    ///
    /// The evaluation has to start from where the qualification stands: see [`Qualification::place`]. `lead` is
    /// the lead that was evaluated; a step names its strongest rules by it, and it is looked at only then. Without
    /// it (`None`) the record has no rules. A lead without an id passes for any.
    ///
    /// The deadline of a promotion is the rule set's `sla` later, in plain time; for business hours see
    /// [`Qualification::observe_with_deadline`].
    ///
    /// # Errors
    /// The evaluation is of another lead, by another rule set than the one the qualification goes by, older than
    /// the latest record or evaluation, or of a record at another stage. Nothing has changed then.
    ///
    /// # Examples
    /// ```
    /// use leadql::{RuleSet, Stage, qualification::Trigger};
    /// let rules = RuleSet::compile(
    ///     "visited(pricing) within 7d => +40
    ///      band score { hot >= 30, cold }
    ///      stage mql when score is hot
    ///      sla 48h",
    /// )?;
    /// let visit = "2026-11-02T09:00:00Z".parse()?;
    /// let lead = rules.lead().event("visited", "pricing", visit)?.build();
    /// let evaluation = rules.evaluate(&lead, visit);
    /// let mut qualification = rules.qualification("L-1");
    /// let records = qualification.observe(&evaluation, &lead)?;
    /// assert_eq!(records[0].what, Trigger::Promote);
    /// assert_eq!(records[0].bands[0].to.as_deref(), Some("hot"));
    /// assert_eq!(records[0].strongest[0].says, "1 visit to pricing within 7d, just now");
    /// assert_eq!(qualification.due(), Some("2026-11-04T09:00:00Z".parse()?));
    /// assert_eq!(qualification.observe(&evaluation, &lead)?, []);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn observe<'l>(
        &mut self,
        evaluation: &Evaluation,
        lead: impl Into<Option<&'l Lead>>,
    ) -> Result<Vec<Record>, QualificationError> {
        // Beyond year 9999 nothing is due.
        self.take(evaluation, lead.into(), |promoted, sla| {
            Ok(promoted.checked_add_signed(sla).and_then(|due| Instant::try_from(due).ok()))
        })
    }

    /// As [`Qualification::observe`], with the deadline of a promotion by a calendar of the host's: `deadline` is
    /// given the instant of the promotion and the rule set's `sla`, and asked only where there is one.
    ///
    /// # Errors
    /// As [`Qualification::observe`]; and `deadline` fails, or gives an instant before the promotion or outside the
    /// years 0001 to 9999.
    ///
    /// # Examples
    /// ```
    /// use leadql::{Calendar, RuleSet, parse_instant};
    /// let rules = RuleSet::compile("stage mql when need sla 8h")?;
    /// let office = Calendar::builder("+01:00").hours("mon-fri", "09:00-12:30, 13:30-18:00").build()?;
    /// let friday = parse_instant("2026-11-20T16:00:00+01:00")?;
    /// let lead = rules.lead().set("need", true)?.build();
    /// let evaluation = rules.evaluate(&lead, friday);
    ///
    /// let mut qualification = rules.qualification("L-1");
    /// qualification.observe_with_deadline(&evaluation, &lead, |promoted, sla| office.due(promoted, sla))?;
    /// let monday = parse_instant("2026-11-23T16:00:00+01:00")?;
    /// assert_eq!(qualification.due(), Some(monday));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn observe_with_deadline<'l, E: std::fmt::Display>(
        &mut self,
        evaluation: &Evaluation,
        lead: impl Into<Option<&'l Lead>>,
        deadline: impl FnOnce(DateTime<Utc>, TimeDelta) -> Result<DateTime<Utc>, E>,
    ) -> Result<Vec<Record>, QualificationError> {
        self.take(evaluation, lead.into(), |promoted, sla| {
            let due = deadline(promoted, sla).map_err(|error| error.to_string())?;
            if due < promoted {
                let text = "the calendar gives an instant before the promotion; a later one belongs here";
                return Err(text.to_owned());
            }
            Instant::try_from(due).map(Some).map_err(|error| format!("the calendar gives an instant {error}"))
        })
    }

    fn take(
        &mut self,
        evaluation: &Evaluation,
        lead: Option<&Lead>,
        deadline: impl FnOnce(DateTime<Utc>, TimeDelta) -> Result<Option<Instant>, String>,
    ) -> Result<Vec<Record>, QualificationError> {
        let digest = Digest::of_evaluation(evaluation);
        self.expect_mine(evaluation)?;
        if let Some(lead) = lead {
            self.expect_lead(lead.id())?;
        }
        if self.evaluation.as_ref().is_some_and(|latest| latest.digest == digest) {
            return Ok(Vec::new());
        }
        self.expect_current(evaluation)?;
        let (at, to) = (evaluation.at(), evaluation.stage());
        let moves = self.moves(evaluation);
        // What can fail comes before what changes anything.
        let due = if to == Stage::Mql && to != self.stage { due(evaluation, deadline)? } else { None };
        let mut records: Vec<Record> = self.breach(at).into_iter().collect();
        self.note(evaluation, digest);
        if to == self.stage && moves.is_empty() {
            return Ok(records);
        }
        let mut draft = Draft { to, moves, due, ..Draft::new(self, at, Trigger::Observe, Actor::Rules) };
        if let Some(step) = table::automatic_step(self.stage, to).filter(|_| to != self.stage) {
            draft.what = step.trigger;
            draft.why = why(evaluation, step.trigger);
            draft.strongest = lead.map_or_else(Vec::new, |lead| strongest(evaluation, lead));
        }
        records.push(self.leave(draft));
        Ok(records)
    }

    /// Leaves a record of the deadline, if it has passed at `now` and none tells so yet.
    ///
    /// [`Qualification::observe`] does the same with every evaluation; this is for a host that looks at deadlines
    /// by themselves.
    ///
    /// # Errors
    /// `now` is before the latest record or evaluation.
    ///
    /// # Examples
    /// ```
    /// # let rules = leadql::RuleSet::compile("stage mql when need sla 48h")?;
    /// # let monday = "2026-11-02T09:00:00Z".parse()?;
    /// # let lead = rules.lead().set("need", true)?.build();
    /// # let mut qualification = rules.qualification("L-1");
    /// qualification.observe(&rules.evaluate(&lead, monday), &lead)?;
    /// assert_eq!(qualification.report_breach("2026-11-04T08:59:59Z".parse()?)?, None);
    /// let record = qualification.report_breach("2026-11-04T09:00:00Z".parse()?)?.unwrap();
    /// assert!(record.to_string().ends_with("breach, by the rule set: was due at 2026-11-04T09:00:00Z"));
    /// assert_eq!(qualification.report_breach("2026-11-05T09:00:00Z".parse()?)?, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn report_breach(&mut self, now: DateTime<Utc>) -> Result<Option<Record>, QualificationError> {
        let now = self.moment(now)?;
        Ok(self.breach(now))
    }

    fn breach(&mut self, now: DateTime<Utc>) -> Option<Record> {
        let due = self.due.filter(|due| now >= *due && !self.breached)?;
        let draft =
            Draft { why: Some(Why::Due(due)), ..Draft::new(self, now, Trigger::Breach, Actor::Rules) };
        Some(self.leave(draft))
    }

    /// Makes a record of a draft, and the state what it is after it: the one way in which anything changes, but
    /// for remembering an evaluation.
    pub(super) fn leave(&mut self, draft: Draft) -> Record {
        let Draft { at, what, to, by, why, moves, due, evaluation, strongest, fingerprint } = draft;
        let mut record = Record {
            version: Version,
            // OK because a stored state with no room for one more is refused.
            sequence: self.records.saturating_add(1),
            lead: self.lead.clone(),
            at,
            what,
            from: self.stage,
            to,
            by,
            why,
            entered: moves.entered,
            left: moves.left,
            bands: moves.bands,
            due,
            evaluation,
            strongest,
            fingerprint,
            digest: self.digest,
        };
        record.digest = Digest::of_record(&record, self.digest);
        self.advance(&record);
        record
    }

    /// Remembers an evaluation.
    pub(super) fn note(&mut self, evaluation: &Evaluation, digest: Digest) {
        let (at, fingerprint) = (evaluation.at(), evaluation.rules().fingerprint);
        match &mut self.evaluation {
            // The names follow from the fingerprint: nothing has to be allocated.
            Some(latest) if latest.fingerprint == fingerprint => {
                (latest.at, latest.digest) = (at, digest);
                for (name, points) in evaluation.scores() {
                    if let Some(slot) = latest.scores.get_mut(name) {
                        *slot = points;
                    }
                }
            }
            latest => {
                let scores: BTreeMap<_, _> =
                    evaluation.scores().map(|(name, points)| (name.to_owned(), points)).collect();
                *latest = Some(Observed { at, fingerprint, scores, digest });
            }
        }
    }

    /// What an evaluation changes of segments and bands.
    pub(super) fn moves(&self, evaluation: &Evaluation) -> Moves {
        let mut moves = Moves::default();
        let mut stays = 0;
        for segment in evaluation.segments() {
            if self.segments.contains(segment) {
                stays += 1;
            } else {
                moves.entered.push(segment.to_owned());
            }
        }
        if stays < self.segments.len() {
            let now: HashSet<&str> = evaluation.segments().collect();
            let left = self.segments.iter().filter(|segment| !now.contains(segment.as_str()));
            moves.left = left.cloned().collect();
        }
        let mut known = 0;
        for (score, band) in evaluation.bands() {
            let before = self.bands.get(score);
            known += usize::from(before.is_some());
            if before.map(String::as_str) != Some(band) {
                let (score, to) = (score.to_owned(), Some(band.to_owned()));
                moves.bands.push(BandChange { score, from: before.cloned(), to });
            }
        }
        if known < self.bands.len() {
            // Another rule set has taken their bands away.
            let banded: HashSet<&str> = evaluation.bands().map(|(score, _)| score).collect();
            let gone = self.bands.iter().filter(|(score, _)| !banded.contains(score.as_str()));
            moves.bands.extend(gone.map(|(score, band)| BandChange {
                score: score.clone(),
                from: Some(band.clone()),
                to: None,
            }));
        }
        moves
    }

    /// Refuses an evaluation of another lead or by another rule set.
    pub(super) fn expect_mine(&self, evaluation: &Evaluation) -> Result<(), QualificationError> {
        self.expect_lead(evaluation.lead_id())?;
        let found = evaluation.rules().fingerprint;
        if found != self.fingerprint {
            return Err(QualificationError::OtherRules { found, expected: self.fingerprint });
        }
        Ok(())
    }

    fn expect_lead(&self, found: &str) -> Result<(), QualificationError> {
        if found.is_empty() || found == self.lead {
            return Ok(());
        }
        Err(QualificationError::OtherLead { found: found.to_owned(), expected: self.lead.clone() })
    }

    /// Refuses an evaluation that is older than what was seen, or that starts from elsewhere.
    pub(super) fn expect_current(&self, evaluation: &Evaluation) -> Result<(), QualificationError> {
        let at = evaluation.at();
        if let Some(last) = self.last_instant().filter(|last| at < *last) {
            return Err(QualificationError::OlderEvaluation { at, last });
        }
        let found = (evaluation.stage_before(), evaluation.stage_before_since());
        let expected = (self.stage, self.stage_since);
        if found != expected {
            return Err(QualificationError::OtherStage { found, expected });
        }
        Ok(())
    }
}

/// The deadline of a promotion, if the rule set has one.
fn due(
    evaluation: &Evaluation,
    deadline: impl FnOnce(DateTime<Utc>, TimeDelta) -> Result<Option<Instant>, String>,
) -> Result<Option<DateTime<Utc>>, QualificationError> {
    let Some(sla) = evaluation.rules().model.gates.mql.as_ref().and_then(|mql| mql.sla) else {
        return Ok(None);
    };
    let due = deadline(evaluation.at(), TimeDelta::microseconds(sla.micros()));
    due.map(|due| due.map(Into::into)).map_err(QualificationError::NoDeadline)
}

/// The criterion that makes an automatic step, with the reason that the rule set gives.
fn why(evaluation: &Evaluation, trigger: Trigger) -> Option<Why> {
    let (gate, reason) = match trigger {
        Trigger::Promote => (Gate::Mql, None),
        Trigger::Revert => (Gate::Revert, None),
        Trigger::Recycle => (Gate::Recycle, evaluation.recycle()),
        Trigger::Disqualify => (Gate::Disqualify, evaluation.disqualify()),
        _ => return None,
    };
    let reason = reason.filter(|reason| !reason.is_empty()).map(str::to_owned);
    Some(Why::Gate { gate, reason })
}

/// The rules that gave or took the most.
pub(super) fn strongest(evaluation: &Evaluation, lead: &Lead) -> Vec<StrongRule> {
    let rules = evaluation.rules();
    let lead = lead.fitted(rules);
    let at = Instant::nearest(evaluation.at());
    let explanation = explain::explain(&rules.model, lead.facts(), at, None, String::new());
    explain::strongest(&explanation, Record::MOST_RULES)
        .into_iter()
        .map(|(score, rule, points, says)| StrongRule { score, rule, points, says })
        .collect()
}
