//! What it would take: a rule set, a lead and a gate that does not hold go in; the smallest changes to the
//! lead that make it hold come out, and which unknown attributes are worth asking for.
//!
//! Nothing here guesses. The rule set says which events and values can matter ([`reach`], [`moves`],
//! [`values`]); each set of changes is made to a copy of the lead and evaluated ([`trial`]); a search puts the
//! smallest sets together ([`search`]); what is left open in them is looked over ([`refine`]). All words are
//! in one file ([`words`]).

mod moves;
mod note;
mod questions;
mod reach;
mod refine;
mod search;
mod step;
#[cfg(test)]
mod tests;
mod trial;
mod values;
mod ways;
mod words;

pub use step::{Likelihood, Relation};
pub use words::{Edge, LeadChange, Wanted};

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::decimal::Points;
use crate::lead::Stage;
use crate::model::Gate;
use crate::rule_set::{Lead, RuleSet};
use crate::time::Instant;
use reach::Reach;
use trial::Trial;

/// What it would take for a gate to hold for a lead. Displays as a few lines of plain text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Advice {
    /// The lead's id; empty where it has none.
    pub id: String,
    /// The instant that the advice is for.
    #[serde(serialize_with = "words::shown")]
    pub at: DateTime<Utc>,
    /// The gate that was asked for.
    pub gate: Gate,
    /// Where the lead stands with it.
    pub standing: Standing,
    /// What would make it hold, the best first: what the lead can do or what can be found out before what it
    /// would have to be, then the fewest changes, then the likeliest. No part of a way is enough.
    pub ways: Vec<Way>,
    /// Whether there may be other ways as small, because there was more to try than is tried.
    pub cut: bool,
    /// Unknown attributes that are worth asking for, the most telling first.
    pub questions: Vec<Question>,
}

/// Where a lead stands with a gate.
///
/// Serializes as `undefined`, `holds`, `open`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Standing {
    /// The rule set does not define the gate.
    Undefined,
    /// The gate holds already.
    Holds,
    /// It does not hold.
    Open,
}

/// Changes that together make a gate hold. Displays as one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Way {
    /// What has to change, all of it.
    pub changes: Vec<LeadChange>,
    /// How many changes these are, each event counted.
    pub count: u32,
    /// How likely the least likely of them is.
    pub likelihood: Likelihood,
    /// The first instant at which making the changes would be too late, given how the rest ages; none where
    /// no such instant was found.
    #[serde(serialize_with = "words::shown_if_any")]
    pub before: Option<DateTime<Utc>>,
    /// The stage that the lead then has, after the automatic step: a gate may hold and the lead still be held
    /// back by another.
    pub stage: Stage,
}

/// An attribute that is not known of a lead, and what knowing it could be worth. Displays as one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Question {
    /// Its name.
    pub attribute: String,
    /// Whether knowing it could make the gate hold with nothing else changed.
    pub enough: bool,
    /// Whether it is part of one of the ways.
    pub part_of_a_way: bool,
    /// Each score that it could raise, and by how many points at best.
    pub stakes: Vec<(String, Points)>,
}

impl RuleSet {
    /// What it would take for `gate` to hold for a lead at `now`: the smallest sets of changes, each tried by
    /// evaluating the changed lead, and which unknown attributes to ask for next.
    ///
    /// The search is bounded and always the same for the same lead. Where nothing can be done at once, waiting
    /// is looked at too: what has happened cannot be undone, but it may grow old.
    ///
    /// # Examples
    /// ```
    /// use leadql::{Gate, RuleSet};
    /// let rules = RuleSet::compile(
    ///     "visited(pricing) >= 2 within 30d => +15
    ///      company_size between 50 and 500 => +20
    ///      stage mql when score >= 35",
    /// )?;
    /// let visit = "2026-10-30T00:00:00Z".parse()?;
    /// let lead = rules.lead().event("visited", "pricing", visit)?.build();
    /// let advice = rules.what_it_would_take(&lead, "2026-11-01T00:00:00Z".parse()?, Gate::Mql);
    /// assert_eq!(
    ///     advice.ways[0].to_string(),
    ///     "before 29 Nov 2026: one more visit to pricing, and company_size between 50 and 500 (unknown now)",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn what_it_would_take(&self, lead: &Lead, now: DateTime<Utc>, gate: Gate) -> Advice {
        let lead = lead.fitted(&self.compiled);
        let now = Instant::nearest(now);
        let model = &self.compiled.model;
        let roots = reach::roots(model, gate);
        let mut advice = Advice {
            id: lead.id().to_owned(),
            at: now.into(),
            gate,
            standing: Standing::Undefined,
            ways: Vec::new(),
            cut: false,
            questions: Vec::new(),
        };
        if roots.is_empty() {
            return advice;
        }
        let (near, wide) = (Reach::of(model, &roots), Reach::with_all_scores(model, &roots));
        let mut trial =
            Trial::new((model, &self.compiled.plan), (gate, &roots), (&near, &wide), lead.facts(), now);
        let Some(base) = trial.try_out(&[]) else { return advice };
        advice.standing = if base.holds { Standing::Holds } else { Standing::Open };
        if !base.holds {
            let plans = ways::plans(&mut trial, &near, &base);
            advice.cut = plans.cut;
            for plan in &plans.list {
                let way = words::way(model, lead.facts(), plan);
                // Ways that began with other values or subjects may have become one.
                if !advice.ways.iter().any(|other| other.covers(&way)) {
                    advice.ways.retain(|other| !way.covers(other));
                    advice.ways.push(way);
                }
            }
        }
        advice.questions = questions::questions(&mut trial, &wide, &base, &advice.ways);
        advice
    }
}
