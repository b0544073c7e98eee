//! Explanations of a lead.

use chrono::{DateTime, Utc};

use super::{Lead, RuleSet};
use crate::explain::{self, Explanation};
use crate::time::Instant;

impl RuleSet {
    /// Why a lead has the scores, bands, segments and stage that it has at `now`; outside the years 0001 to 9999
    /// at the nearest instant within.
    ///
    /// It is made by the second, plain reading of the rule set, apart from what [`RuleSet::evaluate`] computes:
    /// slower, and meant for one lead at a time. Only the instant until which all of it is valid comes from
    /// there; what changes at that instant is read again. A lead of another rule set is fitted as there.
    ///
    /// # Examples
    /// ```
    /// use leadql::RuleSet;
    /// let rules = RuleSet::compile(
    ///     "title has word \"chief\" => +20
    ///      each downloaded(ebook) => +5 up to 3 times",
    /// )?;
    /// let lead = rules.lead().id("L-1").set("title", "Chief of Staff")?.build();
    /// let explanation = rules.explain(&lead, "2026-11-01T00:00:00Z".parse()?);
    /// let ledger = &explanation.scores[0];
    /// assert_eq!(ledger.lines[0].points(), ledger.points);
    /// assert_eq!(ledger.missed[0].because[0].says, "no download of ebook");
    /// assert!(explanation.to_string().contains("title is \"Chief of Staff\""));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn explain(&self, lead: &Lead, now: DateTime<Utc>) -> Explanation {
        let lead = lead.fitted(&self.compiled);
        let valid_until = self.evaluate(&lead, now).outcome.valid_until;
        let fingerprint = self.compiled.fingerprint.to_string();
        explain::explain(&self.compiled.model, lead.facts(), Instant::nearest(now), valid_until, fingerprint)
    }
}
