//! Why people reject a lead, send it back or disqualify it.

use std::fmt;

use crate::readable::readable;

/// Why somebody rejects a lead, sends it back or disqualifies it: a closed set, so that reasons can be counted,
/// with room for one's own.
///
/// Any reason goes with any of these commands; whether a rejected lead is recycled or disqualified, the command
/// says. Recommended: what time may heal is recycled ([`Reason::may_heal`]), the rest is disqualified. Serializes
/// as its name (`"bad_fit"`), one's own as `{"other":"…"}`.
///
/// ```
/// use leadql::Reason;
/// assert!(Reason::NotReady.may_heal() && !Reason::Duplicate.may_heal());
/// assert_eq!(Reason::NoBudget.to_string(), "no budget");
/// assert_eq!(Reason::Other("moved abroad".into()).to_string(), "moved abroad");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// Interested, but not ready to talk to sales.
    NotReady,
    /// Not the sort of company or person that the product is for.
    BadFit,
    /// Made up, mistyped or out of date: nobody can be reached by it.
    BadData,
    /// There is another record of the same lead.
    Duplicate,
    /// Nobody answered.
    NoResponse,
    /// Bought from somebody else.
    ChoseCompetitor,
    /// No money for it.
    NoBudget,
    /// Nobody who may decide.
    NoAuthority,
    /// No problem that the product solves.
    NoNeed,
    /// Later, perhaps.
    WrongTime,
    /// Something else, in a few words; empty words are refused.
    Other(String),
}

impl Reason {
    /// Every reason but one's own.
    pub const COMMON: [Reason; 10] = [
        Reason::NotReady,
        Reason::BadFit,
        Reason::BadData,
        Reason::Duplicate,
        Reason::NoResponse,
        Reason::ChoseCompetitor,
        Reason::NoBudget,
        Reason::NoAuthority,
        Reason::NoNeed,
        Reason::WrongTime,
    ];

    /// Whether time may heal it, so that the lead is better recycled than disqualified: not ready, no response,
    /// chose a competitor, no budget, no authority, no need, wrong time, and one's own; but not bad fit, bad data
    /// and duplicate. A recommendation; nothing enforces it.
    pub const fn may_heal(&self) -> bool {
        !matches!(self, Reason::BadFit | Reason::BadData | Reason::Duplicate)
    }

    /// One's own words.
    pub(super) fn own(&self) -> Option<&str> {
        match self {
            Reason::Other(text) => Some(text),
            _ => None,
        }
    }

    /// The name as it is stored; `other` for one's own.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Reason::NotReady => "not_ready",
            Reason::BadFit => "bad_fit",
            Reason::BadData => "bad_data",
            Reason::Duplicate => "duplicate",
            Reason::NoResponse => "no_response",
            Reason::ChoseCompetitor => "chose_competitor",
            Reason::NoBudget => "no_budget",
            Reason::NoAuthority => "no_authority",
            Reason::NoNeed => "no_need",
            Reason::WrongTime => "wrong_time",
            Reason::Other(_) => "other",
        }
    }
}

/// In words; one's own is cut where it is long and escaped where it would not show.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 200;
        match self {
            Reason::ChoseCompetitor => f.write_str("chose a competitor"),
            Reason::Other(text) => f.write_str(&readable(text, LONGEST)),
            common => f.write_str(&common.as_str().replace('_', " ")),
        }
    }
}
