//! What can be wrong with a state, or with what is to go into one.

use chrono::{DateTime, Utc};

use crate::diagnostic::list;
use crate::lead::LeadError;
use crate::time::print_instant;

/// Why a [`LeadState`](super::LeadState) could not be used as asked. Nothing in the state has changed then.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// An event or a value does not fit the vocabulary.
    #[error(transparent)]
    Lead(#[from] LeadError),
    /// The state keeps only what evaluations from its horizon on need.
    #[error(
        "the state of lead {lead:?} answers from {} on; what an evaluation at {} needs may be gone",
        print_instant(*horizon), print_instant(*at)
    )]
    BeforeHorizon {
        /// The id of the lead.
        lead: String,
        /// The latest instant that anything was recorded at.
        horizon: DateTime<Utc>,
        /// The instant that was asked for.
        at: DateTime<Utc>,
    },
    /// The state is of a rule set that asks for other things.
    #[error("{what} belongs to another rule set, which asks other things of a lead: {help}")]
    OtherRules {
        /// What does.
        what: &'static str,
        /// What to do about it.
        help: &'static str,
    },
    /// States of two leads do not merge.
    #[error("the states are of two leads, {one:?} and {other:?}: only states of one lead merge")]
    OtherLead {
        /// The id of the one.
        one: String,
        /// The id of the other.
        other: String,
    },
    /// The rule set has changed, and parts of the state wait to be rebuilt from history.
    #[error("the state of lead {lead:?} must be rebuilt from history first: it lacks {}", list(parts, "and"))]
    MustBeRebuilt {
        /// The id of the lead.
        lead: String,
        /// What is missing, in words.
        parts: Vec<String>,
    },
    /// A state has no room for more events: it holds 2 GiB.
    #[error("the state of lead {lead:?} holds 2 GiB of events and takes no more")]
    Full {
        /// The id of the lead.
        lead: String,
    },
    /// A stored state is not as it was stored.
    #[error("{place}: found {found} where {expected} belongs")]
    Stored {
        /// Where in the stored form.
        place: String,
        /// What is there.
        found: String,
        /// What would be right.
        expected: String,
    },
}
