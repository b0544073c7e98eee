//! How large a state can get under one rule set, and why.

use std::fmt;

use serde::Serialize;

use super::retention::{EVER, KeptTerm, Need, Retention};
use super::{LeadState, token, words};
use crate::lead::grouped;
use crate::model::LimitPer;
use crate::plan::Micros;
use crate::rule_set::{Compiled, RuleSet};
use crate::time::Period;

/// The most bytes that the time of an event takes, that it has an id among it; and so for a value.
const TIME_BYTES: u64 = 9;
const VALUE_BYTES: u64 = 10;
/// The most bytes that stand before the events of a term.
const TERM_BYTES: u64 = 20;

/// What the state of a lead takes at most under a rule set, and what it keeps of events: see
/// [`RuleSet::state_bound`]. Displays as text of several lines.
///
/// Counted are settled states; one that is being recorded into takes up to twice as much for events, and a few
/// hundred bytes more. Besides, all events are kept that are later than the latest recording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StateBound {
    /// The bytes that a state takes at most; none where it has no bound.
    pub bytes: Option<u64>,
    /// The same where no event has an id of its own.
    pub bytes_without_ids: Option<u64>,
    /// What every state takes of that, whatever has happened.
    pub fixed_bytes: u64,
    /// What is kept of events, by what fits the same conditions.
    pub terms: Vec<TermBound>,
}

/// What is kept of the events that fit one term of a rule set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TermBound {
    /// The term: `visited(pricing | product_details)`.
    pub events: String,
    /// What is kept of it, each as `the 2 newest within 30d`.
    pub keeps: Vec<String>,
    /// How many events are kept at most; none where there is no bound.
    pub most: Option<u64>,
    /// The same where no event has an id of its own.
    pub most_without_ids: Option<u64>,
    /// The bytes that one of them takes at most, its id not counted.
    pub bytes_each: u64,
}

impl RuleSet {
    /// What the state of a lead takes at most, and what it keeps.
    ///
    /// ```
    /// use leadql::RuleSet;
    /// let rules = RuleSet::compile("visited(pricing) >= 2 within 30d => +15")?;
    /// let bound = rules.state_bound();
    /// assert_eq!(bound.terms[0].keeps, ["the 2 newest within 30d"]);
    /// assert!(bound.bytes.is_some_and(|bytes| bytes < 512));
    /// # Ok::<(), leadql::Diagnostics>(())
    /// ```
    pub fn state_bound(&self) -> StateBound {
        StateBound::of(&self.compiled)
    }
}

impl StateBound {
    fn of(rules: &Compiled) -> Self {
        let retention = rules.retention();
        let terms = retention.terms.iter().enumerate();
        let terms: Vec<TermBound> = terms
            .map(|(number, term)| {
                let most = |with_ids| {
                    let each = term.needs.iter().map(|need| need.most(with_ids));
                    each.reduce(|one, other| one?.checked_add(other?)).flatten()
                };
                TermBound {
                    events: words::term(&rules.model, &rules.plan, number),
                    keeps: keeps(term),
                    most: most(true),
                    most_without_ids: most(false),
                    bytes_each: TIME_BYTES
                        + if term.subjects { token::MOST_BYTES as u64 } else { 0 }
                        + VALUE_BYTES * term.sums.len() as u64,
                }
            })
            .collect();
        let fixed_bytes = fixed_bytes(retention);
        let bytes = |most: fn(&TermBound) -> Option<u64>, id: u64| {
            terms.iter().try_fold(fixed_bytes, |bytes, term| {
                let events = most(term)?.checked_mul(term.bytes_each + id)?;
                bytes.checked_add(events)?.checked_add(TERM_BYTES)
            })
        };
        StateBound {
            bytes: bytes(|term| term.most, token::MOST_BYTES as u64),
            bytes_without_ids: bytes(|term| term.most_without_ids, 0),
            fixed_bytes,
            terms,
        }
    }
}

/// The bytes of an empty state, but for the lead's id.
fn fixed_bytes(retention: &Retention) -> u64 {
    let writes = (retention.attributes.len() + retention.dates as usize) * size_of::<Micros>();
    let bases = retention.bases as usize * size_of::<i128>();
    (size_of::<LeadState>() + writes + retention.missing.len() + bases) as u64
}

fn keeps(term: &KeptTerm) -> Vec<String> {
    let mut keeps: Vec<String> = term.needs.iter().map(Need::words).collect();
    if term.count_base.is_some() {
        keeps.push("the number of all others without an id".to_owned());
    }
    if term.sums.iter().any(|sum| sum.base.is_some()) {
        keeps.push("the sum of all others without an id".to_owned());
    }
    keeps
}

impl Need {
    /// How many events this keeps at most.
    fn most(&self, with_ids: bool) -> Option<u64> {
        if self.ages.enters > 0 {
            return None;
        }
        if self.with_id_only && !with_ids {
            return Some(0);
        }
        // As many as there may be stand for all that there are.
        (self.times < usize::MAX).then_some(self.times as u64)
    }

    /// What this keeps, in words.
    fn words(&self) -> String {
        let period = |micros| Period::from_micros(micros).to_string();
        let mut words = match (self.per, self.times) {
            (None, usize::MAX) => "all".to_owned(),
            (None, 1) => "the newest".to_owned(),
            (None, times) => format!("the {} newest", grouped(times as u64)),
            (Some(per), times) => {
                let (limit, what) = match per {
                    LimitPer::Day(limit) => (limit, "day"),
                    LimitPer::Subject(limit) => (limit, "subject"),
                };
                let newest = if limit == 1 { "the newest".to_owned() } else { format!("the {limit} newest") };
                format!("{newest} of each {what}, {} in all", grouped(times as u64))
            }
        };
        if self.with_id_only {
            words.push_str(" that have an id");
        }
        if self.ages.leaves != EVER.leaves {
            words.push_str(" within ");
            words.push_str(&period(self.ages.leaves));
        }
        if self.ages.enters > 0 {
            words.push_str(&format!(
                ", of those older than {0}; and all of the last {0}",
                period(self.ages.enters)
            ));
        }
        words
    }
}

impl fmt::Display for StateBound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = |bytes: Option<u64>| match bytes {
            Some(bytes) => format!("at most {} bytes", grouped(bytes)),
            None => "no bound".to_owned(),
        };
        writeln!(
            f,
            "a lead's state: {}; where no event has an id, {}",
            bytes(self.bytes),
            bytes(self.bytes_without_ids)
        )?;
        writeln!(f, "  {} bytes whatever happens", grouped(self.fixed_bytes))?;
        for term in &self.terms {
            let most = match term.most {
                Some(most) => format!("at most {}", grouped(most)),
                None => "no bound".to_owned(),
            };
            writeln!(f, "  events {}: {most}, up to {} bytes each", term.events, term.bytes_each)?;
            for keeps in &term.keeps {
                writeln!(f, "    {keeps}")?;
            }
        }
        write!(f, "  and all events that are later than the latest recording")
    }
}
