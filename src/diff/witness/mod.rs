//! Witnesses: leads that two versions of a rule set treat differently.
//!
//! Two rule sets go in. What comes out is a lead on which they differ, evaluated under both by the fast core and again
//! by the plain reading; or that there is none, where that can be shown; or that none was found, which proves nothing.

mod cells;
mod exhaust;
mod recipes;
mod search;
mod sketch;
mod targets;
mod trial;
mod write;

use chrono::{DateTime, Utc};
use serde::Serialize;

use self::exhaust::{Exhausted, exhaust};
use self::search::Search;
use self::sketch::Sketch;
use self::trial::{Differs, Trial};
use super::Side;
use super::compare::Compared;
use crate::explain::instant;
use crate::rule_set::RuleSet;
use crate::time::Instant;

/// Whether two versions of a rule set treat any lead differently: whether any score, band or segment that both define,
/// any gate or the stage comes out differently of it.
///
/// Serializes as an object whose `finding` says which it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Treatment {
    /// They do, and here is a lead.
    Differs(Witness),
    /// They do not.
    Alike(Proof),
    /// No such lead was found; there may be one.
    CannotTell {
        /// How many leads were tried.
        tried: u64,
    },
}

/// Why no lead is treated differently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "proof", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Proof {
    /// Both versions mean the same: their fingerprints agree.
    SameMeaning,
    /// What changed is nothing that a result rests on: names of rules, reasons, deadlines, the order of rules.
    NothingResultsRestOn,
    /// What differs rests on these attributes alone, and every combination of their values that any test tells apart
    /// was tried.
    EveryCase {
        /// How many.
        cases: u64,
        /// The attributes.
        attributes: Vec<String>,
    },
}

/// A lead that two versions treat differently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Witness {
    /// The lead as a `test` block, which passes under one version and fails under the other.
    pub test: String,
    /// The version under which it passes: the older, unless only the newer knows what the lead has.
    pub passes_under: Side,
    /// Whether the other version knows all that the lead has: otherwise the block does not compile there, and the
    /// version leaves out of the lead what it does not know.
    pub known_to_both: bool,
    /// The instant of the evaluation.
    #[serde(serialize_with = "instant")]
    pub at: DateTime<Utc>,
    /// What the two say differently, the weightiest first.
    pub differences: Vec<WitnessDifference>,
}

/// One thing that two versions say differently of a lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct WitnessDifference {
    /// What it is: `stage`, `score engagement`, `band of fit`, `segment content_consumer`, `gate mql`.
    pub what: String,
    /// What the older version says.
    pub old: String,
    /// What the newer version says.
    pub new: String,
}

impl RuleSet {
    /// Looks for a lead that this version and a newer one treat differently at `at`.
    ///
    /// The search always takes the same way, and ends after a bounded number of leads. That there is no such lead is
    /// only said where that is shown: see [`Proof`].
    ///
    /// # Examples
    /// ```
    /// use leadql::{RuleSet, diff::Treatment};
    /// let old = RuleSet::compile("company_size >= 50 => +20")?;
    /// let new = RuleSet::compile("company_size > 50 => +20")?;
    /// let Treatment::Differs(witness) = old.witness(&new, "2026-01-01T00:00:00Z".parse()?) else { panic!() };
    /// assert!(witness.test.contains("company_size = 50\n"));
    ///
    /// let same = RuleSet::compile("not (company_size < 50) and company_size is known => +20")?;
    /// assert!(matches!(old.witness(&same, "2026-01-01T00:00:00Z".parse()?), Treatment::Alike(_)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn witness(&self, newer: &RuleSet, at: DateTime<Utc>) -> Treatment {
        if self.fingerprint() == newer.fingerprint() {
            return Treatment::Alike(Proof::SameMeaning);
        }
        let compared = Compared::new(&self.compiled.model, &newer.compiled.model);
        if compared.old.keys.results() == compared.new.keys.results() {
            return Treatment::Alike(Proof::NothingResultsRestOn);
        }
        let now = Instant::nearest(at);
        let mut trial = Trial::new(self, newer, now);
        match exhaust(&mut trial, &compared) {
            Exhausted::None { cases, attributes } => {
                return Treatment::Alike(Proof::EveryCase { cases, attributes });
            }
            Exhausted::Found(lead) => {
                let lead = Search::new(&mut trial, &compared, false).smallest(lead);
                if let Some(witness) = witness(&mut trial, &lead) {
                    return Treatment::Differs(witness);
                }
            }
            Exhausted::CannotBe => {}
        }
        let mut tried = trial.tried;
        // First only with what both versions know; then the newer version's new names too.
        for is_shared in [true, false] {
            let mut trial = Trial::new(self, newer, now);
            let found = Search::new(&mut trial, &compared, is_shared).run();
            if let Some(witness) = found.and_then(|lead| witness(&mut trial, &lead)) {
                return Treatment::Differs(witness);
            }
            tried += trial.tried;
            if compared.old.keys.vocabulary() == compared.new.keys.vocabulary() {
                break;
            }
        }
        Treatment::CannotTell { tried }
    }
}

/// The lead as it is told; none where no test can expect the difference, or the plain reading does not agree that it is treated differently.
fn witness(trial: &mut Trial<'_>, lead: &Sketch) -> Option<Witness> {
    let differences = trial.differences(lead);
    if !differences.iter().any(Differs::can_be_expected) || !trial.is_confirmed(lead) {
        return None;
    }
    let (old, new) = (&trial.old.compiled.model.vocabulary, &trial.new.compiled.model.vocabulary);
    let (old_knows, new_knows) = (lead.is_known(old), lead.is_known(new));
    let passes_under = if old_knows || !new_knows { Side::Old } else { Side::New };
    Some(Witness {
        test: write::test_block(lead, trial.now, &differences, passes_under == Side::New),
        passes_under,
        known_to_both: old_knows && new_knows,
        at: trial.now.into(),
        differences: differences.into_iter().map(told).collect(),
    })
}

fn told(difference: Differs) -> WitnessDifference {
    let holds = |holds: bool| if holds { "holds" } else { "does not hold" }.to_owned();
    let is_in = |is_in: bool| if is_in { "in" } else { "not in" }.to_owned();
    let (what, old, new) = match difference {
        Differs::Stage(old, new) => ("stage".to_owned(), old.to_string(), new.to_string()),
        Differs::Band(score, (old, new)) => (format!("band of {score}"), old, new),
        Differs::Score(score, (old, new)) => (format!("score {score}"), old.to_string(), new.to_string()),
        Differs::Segment(segment, old) => (format!("segment {segment}"), is_in(old), is_in(!old)),
        Differs::Gate(gate, old) => (format!("gate {}", gate.name()), holds(old), holds(!old)),
    };
    WitnessDifference { what, old, new }
}
