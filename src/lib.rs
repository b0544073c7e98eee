//! LeadQL, the lead qualification language: "what is a Marketing Qualified Lead here?" as code.
//!
//! A rule set says which behaviour and which fit earn points, how interest fades, and when a lead is promoted,
//! handed to sales, sent back or dropped. [`RuleSet::compile`] checks it and makes a plan of it; a [`Lead`] is
//! built in code, from any serde type or from a file; [`RuleSet::evaluate`] gives scores, bands, segments,
//! gates and the stage at an instant, exactly, and the instant until which all that stays true;
//! [`RuleSet::timeline`] gives every change between two instants, or a picture of them.
//!
//! ```
//! use leadql::{RuleSet, Stage};
//!
//! let rules = RuleSet::compile(
//!     r#"visited(pricing) >= 2 within 30d => +15
//!        title contains "chief"           => +20
//!        stage mql when score >= 30"#,
//! )?;
//! let visit = "2026-10-30T08:00:00Z".parse()?;
//! let lead = rules
//!     .lead()
//!     .set("title", "Chief Marketing Officer")?
//!     .event("visited", "pricing", visit)?
//!     .event("visited", "pricing", visit)?
//!     .build();
//! let evaluation = rules.evaluate(&lead, "2026-11-01T00:00:00Z".parse()?);
//! assert_eq!(evaluation.score("score"), Some("35".parse()?));
//! assert_eq!(evaluation.stage(), Stage::Mql);
//! assert_eq!(evaluation.valid_until(), Some("2026-11-29T08:00:00Z".parse()?));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The language is described in [`language`].
//!
//! # The way through
//!
//! ```text
//! text ──syntax──▶ Ast ──check──▶ Model ──plan──▶ Plan ──score──▶ Outcome ──rule_set──▶ Evaluation
//!  ▲                │               │                ▲
//!  └─syntax::format─┘               └──explain       └── Facts and signals of a lead, built by lead
//! ```
//!
//! The model is read twice, by the fast core (`plan`, `score`) and by a plain reading (`explain`) that is
//! slower, independent, and what the core is tested against.
//!
//! # Features
//!
//! - `json`: leads and records from JSON Lines
//! - `csv`: leads and events from CSV
//! - `rayon`: batches of leads on several threads
//! - `time-zones`: business calendars in named time zones
//! - `cli`: the program `leadql`
//! - `lsp`: the program with `leadql lsp`, the language server for editors

mod advice;
pub mod batch;
mod calendar;
mod check;
mod decimal;
mod diagnostic;
pub mod diff;
pub mod editor;
mod explain;
pub mod funnel;
pub mod handoff;
mod hash;
mod hex;
mod lead;
mod limits;
mod merge;
mod model;
mod page;
mod plan;
mod prove;
mod qualify;
mod readable;
mod rule_set;
mod score;
mod sheet;
mod state;
mod syntax;
mod testing;
mod time;
mod timeline;
mod vocabulary;
mod warn;
mod xml;

pub use advice::{Advice, Edge, LeadChange, Likelihood, Question, Relation, Standing, Wanted, Way};
pub use calendar::{Calendar, CalendarBuilder, CalendarError};
pub use decimal::{DecimalError, Number, Points};
pub use diagnostic::{Code, Diagnostics, Label, Position, Report, Severity};
pub use explain::Explanation;
pub use handoff::Handoff;
pub use lead::{Input, LeadError, LeadErrorKind, NameSort, Stage, UnknownName, UnknownStage};
#[cfg(feature = "json")]
pub use lead::{LeadFormat, ReadError, ReadErrorKind, ReadOptions, ReadWarning};
pub use limits::Limits;
pub use merge::{Keep, LeadRecord, MergePolicy};
pub use model::Gate;
pub use page::RulePage;
pub use qualify::{Qualification, QualificationError, Reason, Record};
#[cfg(feature = "json")]
pub use rule_set::LeadReader;
pub use rule_set::{
    AttributeHandle, Compiler, Evaluation, Evaluator, EventHandle, Fingerprint, KnownEvent, Lead,
    LeadBuilder, LeadRow, NewEvent, NotAFingerprint, PlanReport, PropertyHandle, RuleSet, RuleValue, ScoreId,
};
pub use state::{Keeper, LeadState, StateBound, StateError, StatePart, StoredState, TermBound};
pub use syntax::format::{FormatError, format_source as format};
pub use testing::{ExpectationSubject, PartSort, TestCoverage, TestFailure, TestResult, TestedPart};
pub use time::{InstantError, parse_instant, print_instant};
pub use timeline::{Change, Difference, Timeline, TimelineError};

pub use warn::{Review, ReviewOptions};

/// What a [`PlanReport`] is made of.
pub mod plan_report {
    pub use crate::rule_set::{AttributePlan, ConditionsPlan, RulesPlan, SignalPlan, TablesPlan};
}

/// What an [`Explanation`] is made of.
pub mod explanation {
    pub use crate::explain::{
        BandPlace, Change, DecayLine, Evidence, Finding, GateVerdict, LeftOutBy, Line, MissedRule, NextBand,
        RuleLine, RuleName, RuleSetName, ScoreLedger, SegmentVerdict, SourcePlace, StageStep, SubjectCount,
    };
}

/// What a [`Qualification`] and its [`Record`]s are made of.
///
/// # The table of stages
///
/// Nothing else moves a lead. It serves the run-time machine, the typestates in [`typed`], the texts of errors
/// and the drawing ([`RuleSet::stage_graph`]).
///
#[doc = include_str!("qualify/table.md")]
pub mod qualification {
    pub use crate::qualify::{
        Actor, Answer, BandChange, Bant, BantChange, BantEntry, BantItem, Digest, Observed, RebuildError,
        STEPS, StageGraph, Step, StrongRule, Trigger, Why, commands_from,
    };
}

/// The qualification of a lead with its stage in the type: what is not allowed does not compile.
pub mod typed {
    pub use crate::qualify::typed::{
        Customer, Disqualified, InStage, Lead, Mql, OtherStage, Qualified, Recycled, Refused, Sal, Sql,
        StageMarker,
    };
}

#[doc = include_str!("../grammar/LANGUAGE.md")]
pub mod language {}

#[doc = include_str!("../docs/promises.md")]
pub mod promises {}

/// The README's example, run with the tests of the documentation.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub mod readme {}

#[cfg(any(test, fuzzing))]
mod twins;

/// What `cargo fuzz` calls: see `fuzz/`. No part of the crate as it is built otherwise.
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing {
    pub use crate::twins::fuzz::run as twins;
}
