//! Differences that matter, between two versions of a rule set.
//!
//! Two rule sets go in. [`RuleSet::diff`] tells what changed in meaning, part by part: layout, comments, labels,
//! `test` blocks and the names of `let`s, activities and params do not count, and where the fingerprints agree nothing
//! did. [`RuleSet::witness`] looks for a lead that the two treat differently, [`RuleSet::compare_leads`] counts what
//! becomes of leads that there are. A [`Diff`] holds all three and prints as text, as Markdown for a review comment,
//! and as JSON.
//!
//! # Example
//!
//! ```
//! use leadql::{RuleSet, diff::Treatment};
//!
//! let old = RuleSet::compile("downloads: each downloaded(*) => +5 up to 3 times   stage mql when score >= 15")?;
//! let new = RuleSet::compile("downloads: each downloaded(*) => +5 up to 2 times   stage mql when score >= 15")?;
//! let mut diff = old.diff(&new);
//! assert_eq!(diff.changes[0].details[0].old.as_deref(), Some("up to 3 times"));
//!
//! let now = "2026-11-01T00:00:00Z".parse()?;
//! diff.treatment = Some(old.witness(&new, now));
//! let Some(Treatment::Differs(witness)) = &diff.treatment else { panic!("nothing found") };
//! assert!(witness.test.contains("downloaded("));
//! println!("{diff}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod change;
mod compare;
mod figures;
mod keys;
mod leads;
mod matching;
mod parts;
mod print;
mod show;
#[cfg(test)]
mod tests;
mod witness;

pub use change::{Change, ChangeSort, Detail, Part};
pub use figures::{
    BandFigures, BandMove, Counts, Deciding, GateFigures, GroupFigures, LeadsDiff, Membership, Moved,
    MovedLead, RuleMove, ScoreFigures, StageMove,
};
pub use leads::LeadsComparison;
pub use witness::{Proof, Treatment, Witness, WitnessDifference};

use serde::Serialize;

use self::compare::{Compared, bare};
use crate::rule_set::{Fingerprint, RuleSet};

/// What differs between two versions of a rule set: see [`RuleSet::diff`].
///
/// Displays as text, [`Diff::to_markdown`] gives a review comment, and it serializes with the keys below.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Diff {
    /// The older version.
    pub old: Version,
    /// The newer version.
    pub new: Version,
    /// Whether both mean the same: their fingerprints agree.
    pub same_meaning: bool,
    /// What changed in meaning.
    pub changes: Vec<Change>,
    /// The labels of rules that changed: they are text for people, and no result rests on them.
    pub labels: Vec<Change>,
    /// Whether any lead is treated differently, once that was looked for: put here what [`RuleSet::witness`] gives.
    pub treatment: Option<Treatment>,
    /// What becomes of leads that there are, once they were looked at: put here what [`LeadsComparison::finish`] gives.
    pub leads: Option<LeadsDiff>,
}

/// Which version of a rule set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Version {
    /// The name in its `ruleset` line, if there is one.
    pub name: Option<String>,
    /// The version in its `ruleset` line, if there is one.
    pub version: Option<String>,
    /// A digest of its meaning.
    pub fingerprint: Fingerprint,
}

/// One of the two versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The older.
    Old,
    /// The newer.
    New,
}

impl RuleSet {
    /// What changed in meaning from this version to a newer one.
    pub fn diff(&self, newer: &RuleSet) -> Diff {
        let (old, new) = (Version::of(self), Version::of(newer));
        let compared = Compared::new(&self.compiled.model, &newer.compiled.model);
        let same_meaning = old.fingerprint == new.fingerprint;
        let mut changes = compared.changes();
        if !same_meaning && changes.is_empty() {
            // Nothing else is in a fingerprint.
            let detail = Detail::new("order", None, "differs".to_owned());
            changes.push(bare(ChangeSort::Changed, Part::Order, "definitions", vec![detail]));
        }
        Diff { old, new, same_meaning, changes, labels: compared.labels(), treatment: None, leads: None }
    }
}

impl Version {
    fn of(rules: &RuleSet) -> Version {
        Version {
            name: rules.name().map(str::to_owned),
            version: rules.version().map(str::to_owned),
            fingerprint: rules.fingerprint(),
        }
    }
}
