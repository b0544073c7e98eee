//! What can go wrong between a request and the database, in plain words.

use leadql::{LeadError, LeadErrorKind, QualificationError, Stage, UnknownName};

/// Why something was not done. Nothing of it was stored.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The request itself is wrong: no JSON, a field missing, a value of the wrong type.
    #[error("{text}")]
    BadInput { field: Option<String>, text: String },
    /// The request is well formed, but says something that means nothing here: a name that the rule set's
    /// vocabulary lacks, an empty reason.
    #[error("{text}")]
    Meaningless { field: Option<String>, text: String },
    #[error("there is no lead {0:?}")]
    NoSuchLead(String),
    /// The qualification does not allow it where it stands.
    #[error("{error}")]
    NotAllowed { error: QualificationError, stage: Stage },
    /// The lead is no longer what the caller saw.
    #[error("the lead has changed since it was looked at: it had {expected} records, and has {found} now")]
    Changed { found: u64, expected: String },
    #[error("the database says: {0}")]
    Database(#[from] rusqlite::Error),
    /// What is stored is not what was stored, or not by this program.
    #[error("{0}")]
    Damaged(String),
    /// The thread of the database is gone.
    #[error("the service is stopping")]
    Stopped,
}

impl Failure {
    pub(crate) fn bad(field: &str, text: impl Into<String>) -> Self {
        Failure::BadInput { field: Some(field.to_owned()), text: text.into() }
    }

    /// A request that is wrong as a whole.
    pub(crate) fn bad_request(text: impl Into<String>) -> Self {
        Failure::BadInput { field: None, text: text.into() }
    }

    /// Names that the vocabulary of the rule set lacks.
    pub(crate) fn unknown_names(names: &[UnknownName]) -> Self {
        let texts: Vec<String> = names.iter().map(ToString::to_string).collect();
        Failure::Meaningless { field: None, text: texts.join("; ") }
    }

    /// Something stored that cannot be read.
    pub(crate) fn unreadable(lead: &str, what: &str, error: impl std::fmt::Display) -> Self {
        Failure::Damaged(format!("lead {lead:?}: the stored {what} cannot be read: {error}"))
    }

    /// What a qualification that stands at `stage` refused.
    pub(crate) fn refused(error: QualificationError, stage: Stage) -> Self {
        match error {
            QualificationError::Empty { what, .. } => {
                Failure::Meaningless { field: Some(what.to_owned()), text: error.to_string() }
            }
            QualificationError::NoWayThere { .. } => Failure::bad("to", error.to_string()),
            error => Failure::NotAllowed { error, stage },
        }
    }
}

impl From<LeadError> for Failure {
    fn from(error: LeadError) -> Self {
        let field = Some(error.field().to_owned()).filter(|field| !field.is_empty());
        let text = error.to_string();
        match error.kind() {
            LeadErrorKind::UnknownName(_) => Failure::Meaningless { field, text },
            _ => Failure::BadInput { field, text },
        }
    }
}
