//! What a qualification refuses, and what would be right.

use chrono::{DateTime, Utc};

use super::table::{self, Trigger};
use crate::diagnostic::list;
use crate::lead::Stage;
use crate::readable::quoted;
use crate::rule_set::Fingerprint;
use crate::time::{InstantError, print_instant};

/// Why a qualification did not take an evaluation or a command. It is as it was before.
///
/// ```
/// # let rules = leadql::RuleSet::compile("stage mql when need")?;
/// let error = rules.qualification("L-1").accept("2026-11-01T09:00:00Z".parse()?, "dana").unwrap_err();
/// assert_eq!(error.to_string(), "accept is not possible from lead; from lead: disqualify");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QualificationError {
    /// The table of stages does not allow the command at this stage.
    #[error("{command} is not possible from {stage}; {}", allowed(*.stage))]
    NotAllowed {
        /// The command.
        command: Trigger,
        /// Where the lead stands.
        stage: Stage,
    },
    /// The command does not lead to this stage.
    #[error("{command} does not lead to {to}; from {from} it leads to {}", destinations(*.command))]
    NoWayThere {
        /// The command.
        command: Trigger,
        /// Where the lead stands.
        from: Stage,
        /// The stage that was asked for.
        to: Stage,
    },
    /// The instant given lies before what the qualification has seen already.
    #[error(
        "time runs backwards: {} is before {}, the instant of the latest record or evaluation; \
         that instant or a later one belongs here",
        print_instant(*.now), print_instant(*.last)
    )]
    TimeRunsBack {
        /// The instant given.
        now: DateTime<Utc>,
        /// The latest that was seen.
        last: DateTime<Utc>,
    },
    /// A lead is taken over that would have come to its stage later than now.
    #[error(
        "since is {}, later than now, {}; an earlier instant belongs here",
        print_instant(*.since), print_instant(*.now)
    )]
    SinceLater {
        /// Since when the lead is said to stand where it stands.
        since: DateTime<Utc>,
        /// The instant given.
        now: DateTime<Utc>,
    },
    /// The evaluation is older than what the qualification has seen already.
    #[error(
        "the evaluation at {} is older than the latest record or evaluation, at {}; \
         an evaluation at that instant or a later one belongs here",
        print_instant(*.at), print_instant(*.last)
    )]
    OlderEvaluation {
        /// The instant of the evaluation.
        at: DateTime<Utc>,
        /// The latest that was seen.
        last: DateTime<Utc>,
    },
    /// The evaluation is of another lead.
    #[error("the evaluation is of lead {}, the qualification of lead {}", shown(.found), shown(.expected))]
    OtherLead {
        /// The lead of the evaluation.
        found: String,
        /// The lead of the qualification.
        expected: String,
    },
    /// The evaluation was made by another rule set, or another version of it.
    #[error(
        "the evaluation was made by rule set {found}, the qualification goes by {expected}; \
         to go on with the other one, adopt it first"
    )]
    OtherRules {
        /// The rule set of the evaluation.
        found: Fingerprint,
        /// The rule set of the qualification.
        expected: Fingerprint,
    },
    /// The evaluation started from another stage than the one where the lead stands.
    #[error(
        "the evaluation is of a lead record at {}, the qualification stands at {}; \
         put the lead there (`Qualification::place`) and evaluate it again",
        since(.found), since(.expected)
    )]
    OtherStage {
        /// The stage of the lead record, and since when.
        found: (Stage, Option<DateTime<Utc>>),
        /// The stage of the qualification, and since when.
        expected: (Stage, Option<DateTime<Utc>>),
    },
    /// The criterion of `stage sql` does not hold in the evaluation.
    #[error(
        "the criterion of stage sql does not hold; to qualify the lead without it, say why (`qualify_anyway`)"
    )]
    CriterionFails,
    /// The rule set has no `stage sql`.
    #[error(
        "the rule set has no criterion for stage sql; to qualify the lead without one, say why (`qualify_anyway`)"
    )]
    NoCriterion,
    /// The evaluation is not valid at the instant of the command.
    #[error("the evaluation at {} is valid {}, not at {}; evaluate the lead again", print_instant(*.at), validity(*.at, *.valid_until, *.now), print_instant(*.now))]
    NotValid {
        /// The instant of the evaluation.
        at: DateTime<Utc>,
        /// The first instant at which it is no longer valid; none for never, and where nobody looked for it.
        valid_until: Option<DateTime<Utc>>,
        /// The instant of the command.
        now: DateTime<Utc>,
    },
    /// The evaluation itself moves the lead to another stage.
    #[error("the evaluation moves the lead from {from} to {to}; observe it first")]
    MovesElsewhere {
        /// Where the lead stands.
        from: Stage,
        /// Where the evaluation moves it.
        to: Stage,
    },
    /// A text that has to say something is empty.
    #[error("{what} is empty; {expected} belongs here")]
    Empty {
        /// Which text: `by`, `why` or `reason`.
        what: &'static str,
        /// What would be right.
        expected: &'static str,
    },
    /// An instant is outside the years 0001 to 9999.
    #[error("{what} is {error}")]
    OutOfRange {
        /// Which instant.
        what: &'static str,
        /// What is wrong with it.
        error: InstantError,
    },
    /// The deadline could not be worked out; the text is that of the host's calendar.
    #[error("no deadline can be set: {0}")]
    NoDeadline(String),
}

/// `from mql: accept, reject, disqualify`
fn allowed(stage: Stage) -> String {
    let commands: Vec<&str> = table::commands_from(stage).map(Trigger::as_str).collect();
    if commands.is_empty() {
        format!("from {stage}: nothing")
    } else {
        format!("from {stage}: {}", commands.join(", "))
    }
}

fn destinations(command: Trigger) -> String {
    let stages: Vec<&str> = table::step(command, false)
        .map_or(&[][..], |step| step.to)
        .iter()
        .map(|stage| stage.as_str())
        .collect();
    list(&stages, "or")
}

fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    quoted(text, LONGEST)
}

fn since((stage, since): &(Stage, Option<DateTime<Utc>>)) -> String {
    match since {
        Some(since) => format!("{stage} since {}", print_instant(*since)),
        None => format!("{stage} since an unknown instant"),
    }
}

fn validity(at: DateTime<Utc>, until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> String {
    match until {
        Some(until) => format!("from then until {}", print_instant(until)),
        None if now < at => "from then on".to_owned(),
        None => "at that instant only, as nobody looked how long it holds".to_owned(),
    }
}
