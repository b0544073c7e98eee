//! The same machine with the stage in the type: a command that the stage does not allow is no method.
//!
//! A [`Qualified`] is a [`Qualification`] that is known to stand at one stage; whatever it does, the run-time
//! machine does. Which commands it has is written by the lines of the table of stages, so the two cannot differ.

use std::fmt;
use std::marker::PhantomData;

use chrono::{DateTime, TimeDelta, Utc};

use super::bant::{Answer, BantItem};
use super::error::QualificationError;
use super::reason::Reason;
use super::record::Record;
use super::state::Qualification;
use super::table::stage_table;
use crate::lead::Stage;
use crate::rule_set::{self, Evaluation, RuleSet};

/// A stage as a type: [`Lead`], [`Mql`], [`Sal`], [`Sql`], [`Customer`], [`Recycled`] or [`Disqualified`]. There
/// are no others.
pub trait StageMarker: sealed::Sealed + Copy + fmt::Debug + 'static {
    /// The stage.
    const STAGE: Stage;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! stages {
    ($($(#[doc = $doc:literal])+ $stage:ident,)+) => {
        $(
            $(#[doc = $doc])+
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            pub struct $stage;

            impl sealed::Sealed for $stage {}

            impl StageMarker for $stage {
                const STAGE: Stage = Stage::$stage;
            }

            impl From<Qualified<$stage>> for InStage {
                fn from(qualified: Qualified<$stage>) -> Self {
                    InStage::$stage(qualified)
                }
            }
        )+

        /// A qualification of whatever stage, to be matched on: see [`Qualification::in_stage`].
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum InStage {
            $($(#[doc = $doc])+ $stage(Qualified<$stage>),)+
        }

        impl Qualification {
            /// The same qualification with its stage in the type.
            ///
            /// ```
            /// use leadql::{RuleSet, typed::InStage};
            /// let rules = RuleSet::compile("stage mql when need")?;
            /// let InStage::Lead(lead) = rules.qualification("L-1").in_stage() else { unreachable!() };
            /// assert_eq!(lead.into_inner(), rules.qualification("L-1"));
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
            pub fn in_stage(self) -> InStage {
                match self.stage {
                    $(Stage::$stage => InStage::$stage(Qualified::new(self)),)+
                }
            }
        }

        impl InStage {
            /// The qualification, its stage known at run time only.
            pub fn into_inner(self) -> Qualification {
                match self {
                    $(InStage::$stage(qualified) => qualified.inner,)+
                }
            }
        }
    };
}

stages! {
    /// Known, not yet qualified.
    Lead,
    /// Marketing qualified lead: marketing's criteria are met, sales has not looked yet.
    Mql,
    /// Sales accepted lead: sales has taken it on.
    Sal,
    /// Sales qualified lead: an opportunity.
    Sql,
    /// Won.
    Customer,
    /// Back with marketing for nurturing.
    Recycled,
    /// Out for good, unless reopened.
    Disqualified,
}

/// A qualification whose stage is known when it is compiled.
///
/// A [`Qualification`] turns into it by [`Qualification::in_stage`] or `Qualified::try_from`, and it turns back by
/// [`Qualified::into_inner`]; nothing is lost either way. A command takes it and gives one at the stage that it
/// leads to, with the record, or back as it was with the error ([`Refused`]).
///
/// ```
/// use leadql::typed::{Mql, Qualified, Sal};
/// use leadql::RuleSet;
/// let rules = RuleSet::compile("stage mql when need  stage sql when budget")?;
/// let now = "2026-11-02T09:00:00Z".parse()?;
/// let lead = rules.lead().set("need", true)?.build();
/// let mut qualification = rules.qualification("L-1");
/// qualification.observe(&rules.evaluate(&lead, now), &lead)?;
///
/// let mql = Qualified::<Mql>::try_from(qualification)?;
/// let (sal, record): (Qualified<Sal>, _) = mql.accept(now, "dana")?;
/// let (sql, _) = sal.qualify_anyway("budget was promised by phone", now, "dana")?;
/// let (customer, _) = sql.win(now, "dana")?;
/// assert_eq!(customer.into_inner().records(), 4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// What the table of stages does not allow does not compile:
///
/// ```compile_fail,E0599
/// # use leadql::typed::{Lead, Qualified};
/// fn take_on(lead: Qualified<Lead>, now: chrono::DateTime<chrono::Utc>) {
///     // error[E0599]: no method named `accept` found for struct `Qualified<typed::Lead>`
///     let _ = lead.accept(now, "dana");
/// }
/// ```
///
/// ```compile_fail,E0599
/// # use leadql::typed::{Mql, Qualified};
/// fn win_too_early(mql: Qualified<Mql>, now: chrono::DateTime<chrono::Utc>) {
///     let _ = mql.win(now, "dana");
/// }
/// ```
///
/// ```compile_fail,E0599
/// # use leadql::typed::{Customer, Qualified};
/// # use leadql::Reason;
/// fn drop_a_customer(customer: Qualified<Customer>, now: chrono::DateTime<chrono::Utc>) {
///     let _ = customer.disqualify(Reason::NoNeed, now, "dana");
/// }
/// ```
///
/// Nor does using one twice:
///
/// ```compile_fail,E0382
/// # use leadql::typed::{Mql, Qualified};
/// fn accept_twice(mql: Qualified<Mql>, now: chrono::DateTime<chrono::Utc>) {
///     let _ = mql.accept(now, "dana");
///     let _ = mql.accept(now, "eli");
/// }
/// ```
///
/// Nor passing off a qualification as one at another stage:
///
/// ```compile_fail,E0308
/// # use leadql::typed::{Mql, Qualified, Sql};
/// fn skip(mql: Qualified<Mql>) -> Qualified<Sql> {
///     mql
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Qualified<S> {
    inner: Qualification,
    stage: PhantomData<S>,
}

/// A command that was refused, and the qualification as it was before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused<S>(Box<(Qualified<S>, QualificationError)>);

impl<S> Refused<S> {
    /// Why.
    pub fn error(&self) -> &QualificationError {
        &self.0.1
    }

    /// The qualification, to go on with, and why.
    pub fn into_parts(self) -> (Qualified<S>, QualificationError) {
        *self.0
    }
}

impl<S> fmt::Display for Refused<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error().fmt(f)
    }
}

impl<S: fmt::Debug> std::error::Error for Refused<S> {}

/// What a command gives: the qualification at its next stage and the record, or why not.
type Outcome<From, To> = Result<(Qualified<To>, Record), Refused<From>>;

impl<S> Qualified<S> {
    fn new(inner: Qualification) -> Self {
        Qualified { inner, stage: PhantomData }
    }

    /// The qualification, to be read.
    pub const fn as_inner(&self) -> &Qualification {
        &self.inner
    }

    /// The qualification, its stage known at run time only.
    pub fn into_inner(self) -> Qualification {
        self.inner
    }

    /// Gives a command to the run-time machine, which changes nothing where it refuses it.
    fn give<To>(
        mut self,
        command: impl FnOnce(&mut Qualification) -> Result<Record, QualificationError>,
    ) -> Outcome<S, To> {
        match command(&mut self.inner) {
            Ok(record) => Ok((Qualified::new(self.inner), record)),
            Err(error) => Err(Refused(Box::new((self, error)))),
        }
    }
}

impl<S: StageMarker> Qualified<S> {
    /// Takes an evaluation, as [`Qualification::observe`] does: the stage may be another one after it.
    ///
    /// # Errors
    /// As [`Qualification::observe`].
    pub fn observe<'l>(
        mut self,
        evaluation: &Evaluation,
        lead: impl Into<Option<&'l rule_set::Lead>>,
    ) -> Result<(InStage, Vec<Record>), Refused<S>> {
        match self.inner.observe(evaluation, lead) {
            Ok(records) => Ok((self.inner.in_stage(), records)),
            Err(error) => Err(Refused(Box::new((self, error)))),
        }
    }

    /// As [`Qualification::observe_with_deadline`].
    ///
    /// # Errors
    /// As [`Qualification::observe_with_deadline`].
    pub fn observe_with_deadline<'l, E: fmt::Display>(
        mut self,
        evaluation: &Evaluation,
        lead: impl Into<Option<&'l rule_set::Lead>>,
        deadline: impl FnOnce(DateTime<Utc>, TimeDelta) -> Result<DateTime<Utc>, E>,
    ) -> Result<(InStage, Vec<Record>), Refused<S>> {
        match self.inner.observe_with_deadline(evaluation, lead, deadline) {
            Ok(records) => Ok((self.inner.in_stage(), records)),
            Err(error) => Err(Refused(Box::new((self, error)))),
        }
    }
}

/// What leaves the stage as it is.
impl<S: StageMarker> Qualified<S> {
    /// As [`Qualification::report_breach`].
    ///
    /// # Errors
    /// As [`Qualification::report_breach`].
    pub fn report_breach(&mut self, now: DateTime<Utc>) -> Result<Option<Record>, QualificationError> {
        self.inner.report_breach(now)
    }

    /// As [`Qualification::answer`].
    ///
    /// # Errors
    /// As [`Qualification::answer`].
    pub fn answer(
        &mut self,
        item: BantItem,
        answer: Answer,
        now: DateTime<Utc>,
        by: &str,
    ) -> Result<Record, QualificationError> {
        self.inner.answer(item, answer, now, by)
    }

    /// As [`Qualification::adopt`].
    ///
    /// # Errors
    /// As [`Qualification::adopt`].
    pub fn adopt(
        &mut self,
        rules: &RuleSet,
        now: DateTime<Utc>,
        by: &str,
    ) -> Result<Option<Record>, QualificationError> {
        self.inner.adopt(rules, now, by)
    }
}

impl<S: StageMarker> TryFrom<Qualification> for Qualified<S> {
    type Error = OtherStage;

    fn try_from(inner: Qualification) -> Result<Self, Self::Error> {
        if inner.stage == S::STAGE {
            return Ok(Qualified::new(inner));
        }
        Err(OtherStage { inner: Box::new(inner), expected: S::STAGE })
    }
}

impl<S> From<Qualified<S>> for Qualification {
    fn from(qualified: Qualified<S>) -> Self {
        qualified.inner
    }
}

impl<S> AsRef<Qualification> for Qualified<S> {
    fn as_ref(&self) -> &Qualification {
        &self.inner
    }
}

/// A qualification that stands at another stage than the type says; it can be had back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the lead stands at {}, not at {expected}", inner.stage)]
pub struct OtherStage {
    inner: Box<Qualification>,
    expected: Stage,
}

impl OtherStage {
    /// The qualification as it was.
    pub fn into_inner(self) -> Qualification {
        *self.inner
    }
}

/// Writes the methods of every stage by the people's lines of the table.
macro_rules! methods {
    (
        rules { $($automatic:tt)+ }
        people { $($command:ident: $($from:ident)+ => $($to:ident)+;)+ }
    ) => {
        $(method!($command [$($from)+] [$($to)+]);)+
    };
}

macro_rules! method {
    (Accept [$($from:ident)+] [$to:ident]) => {$(
        impl Qualified<$from> {
            /// As [`Qualification::accept`].
            ///
            /// # Errors
            /// As [`Qualification::accept`].
            pub fn accept(self, now: DateTime<Utc>, by: &str) -> Outcome<$from, $to> {
                self.give(|inner| inner.accept(now, by))
            }
        }
    )+};
    (Reject [$($from:ident)+] [$recycled:ident $disqualified:ident]) => {$(
        impl Qualified<$from> {
            /// As [`Qualification::reject`] to [`Stage::Recycled`].
            ///
            /// # Errors
            /// As [`Qualification::reject`].
            pub fn reject_to_recycled(
                self,
                reason: Reason,
                now: DateTime<Utc>,
                by: &str,
            ) -> Outcome<$from, $recycled> {
                self.give(|inner| inner.reject(reason, $recycled::STAGE, now, by))
            }

            /// As [`Qualification::reject`] to [`Stage::Disqualified`].
            ///
            /// # Errors
            /// As [`Qualification::reject`].
            pub fn reject_to_disqualified(
                self,
                reason: Reason,
                now: DateTime<Utc>,
                by: &str,
            ) -> Outcome<$from, $disqualified> {
                self.give(|inner| inner.reject(reason, $disqualified::STAGE, now, by))
            }
        }
    )+};
    (Qualify [$($from:ident)+] [$to:ident]) => {$(
        impl Qualified<$from> {
            /// As [`Qualification::qualify`].
            ///
            /// # Errors
            /// As [`Qualification::qualify`].
            pub fn qualify<'l>(
                self,
                evaluation: &Evaluation,
                lead: impl Into<Option<&'l rule_set::Lead>>,
                now: DateTime<Utc>,
                by: &str,
            ) -> Outcome<$from, $to> {
                self.give(|inner| inner.qualify(evaluation, lead, now, by))
            }

            /// As [`Qualification::qualify_anyway`].
            ///
            /// # Errors
            /// As [`Qualification::qualify_anyway`].
            pub fn qualify_anyway(self, why: &str, now: DateTime<Utc>, by: &str) -> Outcome<$from, $to> {
                self.give(|inner| inner.qualify_anyway(why, now, by))
            }
        }
    )+};
    (SendBack [$($from:ident)+] [$to:ident]) => {$(
        impl Qualified<$from> {
            /// As [`Qualification::send_back`].
            ///
            /// # Errors
            /// As [`Qualification::send_back`].
            pub fn send_back(self, reason: Reason, now: DateTime<Utc>, by: &str) -> Outcome<$from, $to> {
                self.give(|inner| inner.send_back(reason, now, by))
            }
        }
    )+};
    (Win [$($from:ident)+] [$to:ident]) => {$(
        impl Qualified<$from> {
            /// As [`Qualification::win`].
            ///
            /// # Errors
            /// As [`Qualification::win`].
            pub fn win(self, now: DateTime<Utc>, by: &str) -> Outcome<$from, $to> {
                self.give(|inner| inner.win(now, by))
            }
        }
    )+};
    (Disqualify [$($from:ident)+] [$to:ident]) => {$(
        impl Qualified<$from> {
            /// As [`Qualification::disqualify`].
            ///
            /// # Errors
            /// As [`Qualification::disqualify`].
            pub fn disqualify(self, reason: Reason, now: DateTime<Utc>, by: &str) -> Outcome<$from, $to> {
                self.give(|inner| inner.disqualify(reason, now, by))
            }
        }
    )+};
    (Reopen [$($from:ident)+] [$to:ident]) => {$(
        impl Qualified<$from> {
            /// As [`Qualification::reopen`].
            ///
            /// # Errors
            /// As [`Qualification::reopen`].
            pub fn reopen(self, now: DateTime<Utc>, by: &str) -> Outcome<$from, $to> {
                self.give(|inner| inner.reopen(now, by))
            }
        }
    )+};
}

stage_table!(methods);
