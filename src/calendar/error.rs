//! What is wrong with a calendar, or with a question to it.

use crate::lead::did_you_mean;

/// Why a calendar cannot be built, or cannot answer.
///
/// What is wrong with a calendar's settings names the field: `hours.fri: found "9-17" where hours such as
/// 09:00-17:00 belong`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CalendarError {
    /// A setting has another form than belongs there.
    #[error("{field}: found {found} where {expected}{}", did_you_mean(.suggestion.as_deref()))]
    Setting {
        /// Which: `zone`, `hours.mon-fri`, `holidays[2]`, counted from 0.
        field: String,
        /// What stands there, in quotes.
        found: String,
        /// What would be right.
        expected: &'static str,
        /// What was perhaps meant.
        suggestion: Option<String>,
    },
    /// A zone has a name, and the crate was built without the time zone database.
    #[error(
        "zone: {found} needs leadql's feature `time-zones`; without it write UTC or an offset such as +01:00"
    )]
    NoTimeZones {
        /// The name, in quotes.
        found: String,
    },
    /// Two spans of a day share time.
    #[error("{field}: {first} and {second} overlap; a day's hours have to follow each other")]
    Overlap {
        /// Whose hours.
        field: String,
        /// The earlier span.
        first: String,
        /// The later one.
        second: String,
    },
    /// A day of the week has hours twice.
    #[error("{field}: the hours of {day} are there already; a day has them once")]
    Repeated {
        /// Where they are given again.
        field: String,
        /// The day.
        day: &'static str,
    },
    /// No day has hours.
    #[error(
        "hours: no day has working hours, so no working time would ever pass; write such as mon-fri 09:00-17:00"
    )]
    NoWorkingTime,
    /// A length of working time is below zero.
    #[error("a length of working time below zero has no end; it has to be zero or more")]
    Negative,
    /// An instant is outside the years 0001 to 9999.
    #[error("an instant outside the years 0001 to 9999 is not in the calendar")]
    OutOfRange,
    /// The answer is too far away.
    #[error(
        "the answer is more than {} years ahead or beyond year 9999, further than a calendar looks",
        super::Calendar::LONGEST_YEARS
    )]
    TooFar,
}
