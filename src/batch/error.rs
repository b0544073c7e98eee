//! What is wrong with columns: which column, which row, what was found there, what would be right.

use std::fmt;

use crate::lead::{LeadErrorKind, quote};

/// Columns that do not fit each other or the rule set's vocabulary.
///
/// Prints as a sentence: `attributes.company_size, row 17 (lead "L-18"): found NaN where a number belongs`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchError {
    column: String,
    row: Option<usize>,
    lead: Option<Box<Lead>>,
    kind: Box<LeadErrorKind>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Lead {
    place: usize,
    id: Option<String>,
    /// Whether the row is the lead itself, and not one of its events.
    is_row: bool,
}

impl BatchError {
    pub(super) fn new(column: impl Into<String>, row: Option<usize>, kind: LeadErrorKind) -> Self {
        BatchError { column: column.into(), row, lead: None, kind: Box::new(kind) }
    }

    /// The row belongs to the lead at this place.
    pub(super) fn of_lead(self, place: usize, ids: Option<&[&str]>) -> Self {
        let id = ids.and_then(|ids| ids.get(place)).map(|id| (*id).to_owned());
        BatchError { lead: Some(Box::new(Lead { place, id, is_row: false })), ..self }
    }

    /// The row is that of a lead.
    pub(super) fn at_lead(self, ids: Option<&[&str]>) -> Self {
        let Some(row) = self.row else { return self };
        let mut error = self.of_lead(row, ids);
        if let Some(lead) = &mut error.lead {
            lead.is_row = true;
        }
        error
    }

    /// The column that is wrong, such as `attributes.company_size`, `events.times` or
    /// `events.properties.seconds`.
    pub fn column(&self) -> &str {
        &self.column
    }

    /// The row that is wrong, counted from 0; none where the column as a whole is.
    pub const fn row(&self) -> Option<usize> {
        self.row
    }

    /// The lead that the row belongs to, counted from 0; none where the column as a whole is wrong.
    pub fn lead(&self) -> Option<usize> {
        self.lead.as_ref().map(|lead| lead.place)
    }

    /// What is wrong.
    pub const fn kind(&self) -> &LeadErrorKind {
        &self.kind
    }
}

impl fmt::Display for BatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.column)?;
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
        }
        match self.lead.as_deref() {
            Some(Lead { id: Some(id), .. }) => write!(f, " (lead {})", quote(id))?,
            Some(Lead { is_row: false, place, .. }) => write!(f, " (lead {place})")?,
            _ => {}
        }
        match &*self.kind {
            kind @ (LeadErrorKind::Missing { .. } | LeadErrorKind::Repeated) => write!(f, " {kind}"),
            kind => write!(f, ": {kind}"),
        }
    }
}

impl std::error::Error for BatchError {}
