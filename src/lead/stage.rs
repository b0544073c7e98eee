//! The stages of a lead's life.

use std::fmt;
use std::str::FromStr;

/// Where a lead stands between first contact and customer. The stages are fixed, so that a host can match on
/// them.
///
/// ```
/// use leadql::Stage;
/// assert_eq!("mql".parse(), Ok(Stage::Mql));
/// assert_eq!(Stage::Sal.to_string(), "sal");
/// ```
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Known, not yet qualified.
    #[default]
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

impl Stage {
    /// Every stage, in the order of a lead's life.
    pub const ALL: [Stage; 7] = [
        Stage::Lead,
        Stage::Mql,
        Stage::Sal,
        Stage::Sql,
        Stage::Customer,
        Stage::Recycled,
        Stage::Disqualified,
    ];

    /// The stage as rule sets and files write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Stage::Lead => "lead",
            Stage::Mql => "mql",
            Stage::Sal => "sal",
            Stage::Sql => "sql",
            Stage::Customer => "customer",
            Stage::Recycled => "recycled",
            Stage::Disqualified => "disqualified",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The text names no stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such stage: write lead, mql, sal, sql, customer, recycled or disqualified")]
pub struct UnknownStage;

impl FromStr for Stage {
    type Err = UnknownStage;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Stage::ALL.into_iter().find(|stage| stage.as_str() == text).ok_or(UnknownStage)
    }
}
