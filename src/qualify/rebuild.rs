//! From records back to a qualification: every record is checked against those before it.
//!
//! A record is taken where it could have been left: its place in the chain, its time, its step in the table, and
//! every part of it that says what was before it have to be right, and its digest has to be that of what it says.
//! What a record says of the lead itself (its scores, its strongest rules) cannot be checked without the lead.

use std::borrow::Borrow;
use std::fmt;

use super::digest::Digest;
use super::record::{Actor, Record, Why};
use super::state::Qualification;
use super::table::{self, Trigger};
use crate::lead::Stage;
use crate::model::Gate;
use crate::readable::quoted;
use crate::time::print_instant;

/// Why records do not make a qualification: which record, which field, what was found and what would be right.
///
/// ```
/// # use leadql::{Qualification, Reason, RuleSet};
/// # let rules = RuleSet::compile("stage mql when need")?;
/// let mut qualification = rules.qualification("L-1");
/// let now = "2026-11-01T09:00:00Z".parse()?;
/// let first = qualification.disqualify(Reason::BadData, now, "dana")?;
/// let second = qualification.reopen(now, "eli")?;
/// assert_eq!(Qualification::rebuild([&first, &second])?, qualification);
/// let error = Qualification::rebuild([&second, &first]).unwrap_err();
/// assert_eq!((error.index(), error.field()), (0, "sequence"));
/// assert_eq!(error.to_string(), "record 1 of lead \"L-1\", sequence: found 2 where 1 belongs");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RebuildError {
    index: usize,
    lead: String,
    slip: Slip,
}

/// What is wrong with one record, or with what is held against records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Slip {
    field: &'static str,
    found: String,
    expected: String,
}

impl RebuildError {
    /// The place of the record among those that were given, from 0; behind the last where something is missing.
    pub fn index(&self) -> usize {
        self.index
    }

    /// The field that is wrong; `records` where a record is missing.
    pub fn field(&self) -> &str {
        self.slip.field
    }
}

impl fmt::Display for RebuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Slip { field, found, expected } = &self.slip;
        write!(f, "record {}", self.index.saturating_add(1))?;
        if !self.lead.is_empty() {
            write!(f, " of lead {}", shown(&self.lead))?;
        }
        write!(f, ", {field}: found {found} where {expected} belongs")
    }
}

impl std::error::Error for RebuildError {}

impl Qualification {
    /// Makes the qualification of its records alone, and checks every one of them: it is what it was right after
    /// the last of them.
    ///
    /// Evaluations observed since then that changed nothing left no record; to check a qualification that is
    /// stored see [`Qualification::check_records`].
    ///
    /// The chain of digests shows that records were changed by somebody who did not write all that follow anew.
    /// Whoever may rewrite the whole history can make up another life; keep [`Qualification::digest`] somewhere
    /// else to find that out.
    ///
    /// # Errors
    /// There are no records, or one of them does not follow those before it: forged, reordered, left out, of
    /// another lead.
    pub fn rebuild<R: Borrow<Record>>(
        records: impl IntoIterator<Item = R>,
    ) -> Result<Qualification, RebuildError> {
        let mut qualification: Option<Qualification> = None;
        for (index, record) in records.into_iter().enumerate() {
            let record = record.borrow();
            let state = qualification.get_or_insert_with(|| {
                let before = match &record.why {
                    Some(Why::Before(fingerprint)) => *fingerprint,
                    _ => record.fingerprint,
                };
                Qualification::new(record.lead.clone(), before)
            });
            state.follow(record).map_err(|slip| RebuildError { index, lead: state.lead.clone(), slip })?;
        }
        qualification.ok_or_else(|| RebuildError {
            index: 0,
            lead: String::new(),
            slip: slip("records", "none", "at least one record"),
        })
    }

    /// Checks that this qualification is what its records make of it, but for evaluations that were observed
    /// after the last record and changed nothing.
    ///
    /// # Errors
    /// As [`Qualification::rebuild`]; and something of the qualification differs from what the records make of
    /// it, or records are missing at the end. Without records only a lead that never moved passes.
    ///
    /// # Examples
    /// ```
    /// # use leadql::{Reason, RuleSet};
    /// # let rules = RuleSet::compile("stage mql when need")?;
    /// let mut qualification = rules.qualification("L-1");
    /// let record = qualification.disqualify(Reason::BadData, "2026-11-01T09:00:00Z".parse()?, "dana")?;
    /// qualification.check_records([&record])?;
    /// let error = qualification.check_records(&[]).unwrap_err();
    /// assert_eq!(error.to_string(), "record 1 of lead \"L-1\", records: found none where record 1 belongs");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn check_records<'r>(
        &self,
        records: impl IntoIterator<Item = &'r Record>,
    ) -> Result<(), RebuildError> {
        let mut records = records.into_iter().peekable();
        let mut index = 0;
        let mut rebuilt = match records.peek() {
            // Before its first record a qualification went by the rule set that the record names.
            Some(Record { why: Some(Why::Before(fingerprint)), .. }) => {
                Qualification::new(self.lead.clone(), *fingerprint)
            }
            Some(record) => Qualification::new(self.lead.clone(), record.fingerprint),
            None => Qualification::new(self.lead.clone(), self.fingerprint),
        };
        let failed = |index: usize, slip: Slip| RebuildError { index, lead: self.lead.clone(), slip };
        for record in records {
            rebuilt.follow(record).map_err(|slip| failed(index, slip))?;
            index += 1;
            if rebuilt.records > self.records {
                let expected = format!("the end after record {}", self.records);
                return Err(failed(
                    index - 1,
                    slip("records", format!("record {}", rebuilt.records), expected),
                ));
            }
        }
        if rebuilt.records < self.records {
            return Err(failed(index, slip("records", "none", format!("record {}", rebuilt.records + 1))));
        }
        self.differs_from(&rebuilt).map_err(|slip| failed(index.saturating_sub(1), slip))
    }

    /// The first part in which a stored qualification is not what its records make of it.
    fn differs_from(&self, rebuilt: &Qualification) -> Result<(), Slip> {
        let same = |field, is_same: bool, found: String, expected: String| {
            if is_same { Ok(()) } else { Err(slip(field, found, expected)) }
        };
        macro_rules! expect_same {
            ($($field:ident $name:literal),+) => {$(
                let (found, expected) = (&self.$field, &rebuilt.$field);
                same($name, found == expected, format!("{found:?}"), format!("{expected:?}"))?;
            )+};
        }
        expect_same!(
            digest "digest of the qualification", stage "stage of the qualification",
            stage_since "stage_since of the qualification", fingerprint "fingerprint of the qualification",
            due "due of the qualification", breached "breached of the qualification",
            segments "segments of the qualification", bands "bands of the qualification",
            bant "bant of the qualification", recorded_at "recorded_at of the qualification"
        );
        let at = |of: &Qualification| of.evaluation.as_ref().map(|evaluation| evaluation.at);
        let is_later = at(self) > at(rebuilt) || (at(self) == at(rebuilt) && at(self) >= self.recorded_at);
        same(
            "evaluation of the qualification",
            is_later || self.evaluation == rebuilt.evaluation,
            format!("{:?}", self.evaluation),
            format!("{:?} or a later one", rebuilt.evaluation),
        )
    }

    /// Goes on with a record, if it follows.
    pub(super) fn follow(&mut self, record: &Record) -> Result<(), Slip> {
        self.expect_next(record)?;
        self.expect_step(record)?;
        self.expect_why(record)?;
        self.expect_evaluation(record)?;
        self.expect_moves(record)?;
        let digest = Digest::of_record(record, self.digest);
        expect("digest", record.digest == digest, record.digest, || {
            format!("{digest}, the digest of this record and the one before it,")
        })?;
        self.advance(record);
        Ok(())
    }

    /// Its place, its lead, its time and its rule set.
    fn expect_next(&self, record: &Record) -> Result<(), Slip> {
        let sequence = self.records.saturating_add(1);
        expect("sequence", record.sequence == sequence, record.sequence, || sequence.to_string())?;
        expect("lead", record.lead == self.lead, shown(&record.lead), || shown(&self.lead))?;
        if let Some(last) = self.last_instant() {
            expect("at", record.at >= last, print_instant(record.at), || {
                format!(
                    "{}, the instant of the latest record or evaluation, or a later one",
                    print_instant(last)
                )
            })?;
        }
        let adopts = record.what == Trigger::Adopt;
        let fingerprint = &record.fingerprint;
        expect("fingerprint", (*fingerprint == self.fingerprint) != adopts, fingerprint, || {
            if adopts { "another rule set than before".to_owned() } else { self.fingerprint.to_string() }
        })
    }

    /// Where it starts, where it leads, and who made it.
    fn expect_step(&self, record: &Record) -> Result<(), Slip> {
        let (what, from, to) = (record.what, record.from, record.to);
        expect("from", from == self.stage, from, || self.stage.to_string())?;
        let automatic = match &record.by {
            Actor::Rules => true,
            Actor::Person(name) => {
                expect("by", !name.trim().is_empty(), "nobody", || "somebody's name".to_owned())?;
                false
            }
        };
        let by = |expected: bool| {
            expect("by", automatic == expected, &record.by, || {
                if expected { "the rule set".to_owned() } else { "a person".to_owned() }
            })
        };
        match what {
            Trigger::Observe | Trigger::Breach => by(true)?,
            Trigger::Bant | Trigger::Adopt => by(false)?,
            Trigger::Import => {
                by(false)?;
                return expect("what", self.records == 0, what, || {
                    "import as the first record only; another step".to_owned()
                });
            }
            _ => {
                let Some(step) = table::step(what, automatic) else {
                    return by(!automatic);
                };
                expect("what", step.from.contains(&from), what, || possible(from, automatic))?;
                return expect("to", step.to.contains(&to), to, || {
                    let names: Vec<&str> = step.to.iter().map(|stage| stage.as_str()).collect();
                    crate::diagnostic::list(&names, "or")
                });
            }
        }
        expect("to", to == from, to, || from.to_string())?;
        let breached = self.due.is_some_and(|due| record.at >= due) && !self.breached;
        expect("what", what != Trigger::Breach || breached, what, || {
            "a breach only once a deadline has passed, and only one of it; another step".to_owned()
        })
    }

    /// The reason that goes with the step.
    fn expect_why(&self, record: &Record) -> Result<(), Slip> {
        let found = || record.why.as_ref().map_or("none".to_owned(), |why| why.to_string());
        let wanted = |fits: bool, expected: &str| expect("why", fits, found(), || expected.to_owned());
        let gate = |expected: Gate| {
            let fits = matches!(&record.why, Some(Why::Gate { gate, .. }) if *gate == expected);
            wanted(fits, &format!("the criterion {}", expected.name()))
        };
        let reason = |fits: bool| wanted(fits, "a person's reason");
        match record.what {
            Trigger::Promote => gate(Gate::Mql)?,
            Trigger::Revert => gate(Gate::Revert)?,
            Trigger::Recycle => gate(Gate::Recycle)?,
            Trigger::Disqualify if record.by == Actor::Rules => gate(Gate::Disqualify)?,
            Trigger::Disqualify | Trigger::Reject | Trigger::SendBack => reason(matches!(
                &record.why,
                Some(Why::Reason(given)) if given.own().is_none_or(|own| !own.trim().is_empty())
            ))?,
            Trigger::Qualify => match &record.why {
                Some(Why::Override(why)) if !why.trim().is_empty() => {}
                _ => gate(Gate::Sql)?,
            },
            Trigger::Accept | Trigger::Win | Trigger::Reopen | Trigger::Observe => {
                wanted(record.why.is_none(), "none")?;
            }
            Trigger::Breach => {
                let due = self.due.map_or(String::new(), print_instant);
                wanted(
                    matches!(record.why, Some(Why::Due(at)) if Some(at) == self.due),
                    &format!("due {due}"),
                )?;
            }
            Trigger::Bant => {
                let follows =
                    |change: &super::bant::BantChange| change.from == self.bant.get(change.item).answer;
                let fits = matches!(&record.why, Some(Why::Bant(change)) if follows(change));
                wanted(fits, "an answer that follows the one before it")?;
            }
            Trigger::Adopt => {
                let fits = matches!(record.why, Some(Why::Before(before)) if before == self.fingerprint);
                wanted(fits, &format!("before it {}", self.fingerprint))?;
            }
            Trigger::Import => {
                let fits =
                    matches!(record.why, Some(Why::Since(since)) if since.is_none_or(|at| at <= record.at));
                wanted(fits, "since when it stands there, not later than the record")?;
            }
        }
        let promotes = record.what == Trigger::Promote;
        let due = record.due.filter(|due| !promotes || *due < record.at);
        expect("due", due.is_none(), due.map_or(String::new(), print_instant), || {
            if promotes { "an instant after the promotion" } else { "none but with a promotion" }.to_owned()
        })
    }

    /// The evaluation that it rests on.
    fn expect_evaluation(&self, record: &Record) -> Result<(), Slip> {
        let found = || record.evaluation.as_ref().map_or("none".to_owned(), |found| print_instant(found.at));
        let evaluates = match record.what {
            Trigger::Qualify => matches!(record.why, Some(Why::Gate { .. })),
            Trigger::Observe => true,
            what => table::step(what, true).is_some() && record.by == Actor::Rules,
        };
        let Some(evaluation) = &record.evaluation else {
            let may_lack = !evaluates && self.evaluation.is_none();
            return expect("evaluation", may_lack, "none", || "an evaluation".to_owned());
        };
        expect("evaluation.at", evaluation.at <= record.at, found(), || {
            format!("{}, when the record was made, or an earlier instant", print_instant(record.at))
        })?;
        if let Some(latest) = &self.evaluation {
            expect("evaluation.at", evaluation.at >= latest.at, found(), || {
                format!(
                    "{}, the instant of the evaluation before it, or a later one",
                    print_instant(latest.at)
                )
            })?;
        }
        let automatic = evaluates && record.what != Trigger::Qualify;
        expect("evaluation.at", !automatic || evaluation.at == record.at, found(), || {
            format!("{}, when the step was made,", print_instant(record.at))
        })?;
        let fits = !evaluates || evaluation.fingerprint == record.fingerprint;
        expect("evaluation.fingerprint", fits, evaluation.fingerprint, || record.fingerprint.to_string())
    }

    /// Segments and bands: what it says of before has to have been so.
    fn expect_moves(&self, record: &Record) -> Result<(), Slip> {
        let may_move = match record.what {
            Trigger::Qualify => matches!(record.why, Some(Why::Gate { .. })),
            _ => record.by == Actor::Rules && record.what != Trigger::Breach,
        };
        let moves = !(record.entered.is_empty() && record.left.is_empty() && record.bands.is_empty());
        expect("entered, left and bands", !moves || may_move, "changes", || {
            format!("none with {}", record.what)
        })?;
        expect("entered, left and bands", moves || record.what != Trigger::Observe, "none", || {
            "at least one change".to_owned()
        })?;
        let mut segments = std::collections::HashSet::new();
        for segment in &record.entered {
            let fits = !self.segments.contains(segment) && segments.insert(segment);
            expect("entered", fits, shown(segment), || "a segment that the lead was not in".to_owned())?;
        }
        for segment in &record.left {
            let fits = self.segments.contains(segment) && segments.insert(segment);
            expect("left", fits, shown(segment), || "a segment that the lead was in".to_owned())?;
        }
        let mut scores = std::collections::HashSet::new();
        for change in &record.bands {
            expect("bands.score", scores.insert(&change.score), shown(&change.score), || {
                "another score".to_owned()
            })?;
            let before = self.bands.get(&change.score);
            let name = |band: Option<&String>| band.map_or("no band".to_owned(), |band| shown(band));
            expect("bands.from", change.from.as_ref() == before, name(change.from.as_ref()), || {
                name(before)
            })?;
            expect("bands.to", change.to != change.from, name(change.to.as_ref()), || {
                "another band than before".to_owned()
            })?;
        }
        Ok(())
    }
}

/// The triggers of the table at a stage.
fn possible(from: Stage, automatic: bool) -> String {
    let steps = table::STEPS.iter().filter(|step| step.automatic == automatic && step.from.contains(&from));
    let names: Vec<&str> = steps.map(|step| step.trigger.as_str()).collect();
    if names.is_empty() { format!("no step, from {from},") } else { crate::diagnostic::list(&names, "or") }
}

fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    quoted(text, LONGEST)
}

fn slip(field: &'static str, found: impl Into<String>, expected: impl Into<String>) -> Slip {
    Slip { field, found: found.into(), expected: expected.into() }
}

fn expect(
    field: &'static str,
    fits: bool,
    found: impl fmt::Display,
    expected: impl FnOnce() -> String,
) -> Result<(), Slip> {
    if fits { Ok(()) } else { Err(slip(field, found.to_string(), expected())) }
}
