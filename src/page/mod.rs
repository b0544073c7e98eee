//! The page of a rule set: what marketing and sales read and sign.
//!
//! A rule set goes in; Markdown, or one HTML document that needs nothing else, comes out. On the way
//! [`contents`] puts a [`document`] together from the model, with [`words`] for conditions, [`fading`] for
//! decays, [`matrix`] for gates that combine bands and [`stage_drawing`] for the stages; [`markdown`] and [`html`]
//! write it down, so that both say the same. A page grows with the text of its rule set: what has a name is told
//! once and called by its name from then on.

mod contents;
mod document;
mod fading;
mod html;
mod markdown;
mod matrix;
mod stage_drawing;
mod words;

#[cfg(test)]
pub(crate) use matrix::verdict;
#[cfg(test)]
pub(crate) use tests::well_formed::check_html;

use chrono::{DateTime, Utc};

use crate::rule_set::RuleSet;
use crate::time::Instant;

/// The page of a rule set, for people: see [`RuleSet::page`].
#[derive(Clone, Debug)]
pub struct RulePage {
    rules: RuleSet,
    at: Option<Instant>,
}

impl RuleSet {
    /// The page of this rule set, for marketing and sales to read and agree to: what earns points, with limits and
    /// fading; bands; segments; the stages with their criteria as a drawing; what the names stand for; the tests
    /// as examples, each tried; version, owners, review and fingerprint; room for signatures.
    ///
    /// Every param has the value that the rule set was compiled with.
    ///
    /// # Examples
    /// ```
    /// let rules = leadql::RuleSet::compile(
    ///     r#"ruleset "Acme" version "7"
    ///        visited(pricing) >= 2 within 30d => +15 "Came back to the prices"
    ///        stage mql when score >= 15"#,
    /// )?;
    /// let page = rules.page();
    /// assert!(page.to_markdown().contains("at least 2 visits to pricing within the last 30 days"));
    /// assert!(page.to_html().starts_with("<!DOCTYPE html>"));
    /// # Ok::<(), leadql::Diagnostics>(())
    /// ```
    pub fn page(&self) -> RulePage {
        RulePage { rules: self.clone(), at: None }
    }
}

impl RulePage {
    /// The page as of an instant: it says then whether the review that the rule set asks for is overdue. Outside
    /// the years 0001 to 9999 the nearest instant within counts.
    ///
    /// # Examples
    /// ```
    /// let rules = leadql::RuleSet::compile("review every 90d since 2026-01-01  need => 5")?;
    /// let page = rules.page().at("2026-06-01T00:00:00Z".parse()?);
    /// assert!(page.to_markdown().contains("The review is overdue."));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn at(self, at: DateTime<Utc>) -> RulePage {
        RulePage { at: Some(Instant::nearest(at)), ..self }
    }

    /// The page as Markdown with tables, the stages as a Mermaid drawing. Nothing that the rule set says is read as
    /// a mark.
    pub fn to_markdown(&self) -> String {
        markdown::markdown(&contents::document(&self.rules, self.at))
    }

    /// The page as one HTML document: no script, nothing from the network, for light and dark screens, narrow and
    /// wide ones, and paper. Nothing that the rule set says is read as HTML.
    pub fn to_html(&self) -> String {
        html::html(&contents::document(&self.rules, self.at))
    }
}

#[cfg(test)]
mod tests;
