//! What is wrong with a lead's data: which field, what was found there, what would be right.

use std::fmt;

use super::unknown::UnknownName;
use crate::decimal::DecimalError;
use crate::time::InstantError;

/// A name or a value of a lead that does not fit the vocabulary.
///
/// Prints as a sentence that names the field, what was found and what would be right:
/// `company_size: found the text "many" where a number belongs`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeadError {
    field: String,
    kind: Box<LeadErrorKind>,
}

/// What is wrong with a field of a lead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LeadErrorKind {
    /// A name that the vocabulary lacks.
    #[error("{0}")]
    UnknownName(UnknownName),
    /// A value that does not belong there: of another type, out of range, no instant, none of the symbols.
    #[error("found {found} where {expected} belongs{}", did_you_mean(.suggestion.as_deref()))]
    WrongValue {
        /// What stands there, in words or in quotes.
        found: String,
        /// What would be right.
        expected: String,
        /// What was perhaps meant.
        suggestion: Option<String>,
    },
    /// Something that every lead, or every event, has to have is not there.
    #[error("is missing: {expected} belongs there")]
    Missing {
        /// What would be right.
        expected: &'static str,
    },
    /// A key that is there twice.
    #[error("is there twice")]
    Repeated,
    /// A handle or a row of another rule set, or a property's handle of another event kind.
    #[error("{help}")]
    OtherRules {
        /// What is, and what to do about it.
        help: String,
    },
    /// The host's type could not be serialized; the text is its own.
    #[error("cannot be read: {0}")]
    Unserializable(String),
}

impl LeadError {
    pub(crate) fn new(field: impl Into<String>, kind: LeadErrorKind) -> Self {
        LeadError { field: field.into(), kind: Box::new(kind) }
    }

    /// `what` is of a rule set with other names.
    pub(crate) fn of_other_rules(what: &str, help: &str) -> Self {
        let help = format!("{what} belongs to another rule set: {help}");
        LeadError::new("", LeadErrorKind::OtherRules { help })
    }

    /// The handle of a property is of another event kind than `kind`.
    pub(crate) fn of_other_kind(kind: &str) -> Self {
        let help = format!("the property belongs to another event kind: resolve its name for {kind:?}");
        LeadError::new("", LeadErrorKind::OtherRules { help })
    }

    /// The field that is wrong, such as `company_size` or `events[3].at`; empty where the lead as a whole is.
    pub fn field(&self) -> &str {
        &self.field
    }

    /// What is wrong with it.
    pub fn kind(&self) -> &LeadErrorKind {
        &self.kind
    }

    /// The same error seen from further out: `at` becomes `events[3].at`, `[2]` becomes `technologies[2]`.
    pub(crate) fn within(self, outer: &str) -> Self {
        let dot =
            if self.field.is_empty() || outer.is_empty() || self.field.starts_with('[') { "" } else { "." };
        LeadError { field: format!("{outer}{dot}{}", self.field), kind: self.kind }
    }
}

impl fmt::Display for LeadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&*self.kind, self.field.as_str()) {
            (kind, "") => write!(f, "{kind}"),
            (kind @ (LeadErrorKind::Missing { .. } | LeadErrorKind::Repeated), field) => {
                write!(f, "{field} {kind}")
            }
            (kind, field) => write!(f, "{field}: {kind}"),
        }
    }
}

impl std::error::Error for LeadError {}

impl LeadErrorKind {
    /// `found`, in words, stands where `expected` belongs.
    pub(crate) fn wrong(found: impl Into<String>, expected: impl Into<String>) -> Self {
        LeadErrorKind::WrongValue { found: found.into(), expected: expected.into(), suggestion: None }
    }

    /// A number that is none, or too large.
    pub(crate) fn decimal(found: String, error: DecimalError) -> Self {
        match error {
            DecimalError::OutOfRange { .. } => {
                LeadErrorKind::wrong(found, "a number of a magnitude below 9,000,000,000,000")
            }
            _ => LeadErrorKind::wrong(found, "a number"),
        }
    }

    /// An instant that is none.
    pub(crate) fn instant(found: String, error: InstantError) -> Self {
        let expected = match error {
            InstantError::Form => super::convert::EXPECTED_INSTANT,
            InstantError::NoSuchDay => "a day and time that the calendar has",
            InstantError::OutOfRange => "an instant of the years 0001 to 9999",
        };
        LeadErrorKind::wrong(found, expected)
    }
}

/// `; did you mean "title"?`, or nothing.
pub(crate) fn did_you_mean(suggestion: Option<&str>) -> String {
    suggestion.map(|name| format!("; did you mean {}?", quote(name))).unwrap_or_default()
}

/// The text in quotes, what does not print escaped, a long one cut.
pub(crate) fn quote(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{:?}…", text.get(..end).unwrap_or_default()),
        None => format!("{text:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_nest() {
        let error =
            LeadError::new("[2]", LeadErrorKind::Repeated).within("technologies").within("attributes");
        assert_eq!(error.to_string(), "attributes.technologies[2] is there twice");
        let error = LeadError::new("", LeadErrorKind::wrong("null", "an object")).within("events[3]");
        assert_eq!(error.to_string(), "events[3]: found null where an object belongs");
    }

    #[test]
    fn what_is_quoted_stays_short_and_printable() {
        assert_eq!(quote("a\u{0}\"é"), r#""a\0\"é""#);
        assert_eq!(quote(&"é".repeat(1_000)), format!("\"{}\"…", "é".repeat(60)));
    }
}
