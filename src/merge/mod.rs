//! Duplicates: several records of one lead go in, in any order and any grouping; one record comes out.
//!
//! Everything that is merged is the greatest under a total order that looks at nothing but what is merged: an
//! attribute by when it was known, by whom and by its value, the stage by its precedence. So it does not matter
//! which record is named first, nor whether two of three are merged before the third comes. For that a merged
//! record carries along what decided: for each attribute since when its value has been known and how far its source
//! is trusted. Events are a union, in which an `id` counts once, so the score of a merged lead is the score that a
//! lead with all the events would have.

mod qualification;
mod stage;
#[cfg(test)]
mod tests;
mod union;

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::lead::{LeadError, LeadErrorKind, NameOf, UnknownName, Value};
use crate::rule_set::{Compiled, Lead, RuleSet};
use crate::time::Instant;
use crate::vocabulary::{AttributeId, Type, Vocabulary};

/// A record of a lead, with what merging has to know of it: since when its values are known, and how far it is
/// trusted.
///
/// ```
/// use leadql::{Keep, LeadRecord, RuleSet, parse_instant};
/// let rules = RuleSet::compile("downloaded(ebook) >= 2 => +20")?;
/// let download = parse_instant("2026-10-30T08:00:00Z")?;
/// let form = rules.lead().id("F-7").set("title", "Head of Sales")?.event("downloaded", "ebook", download)?.build();
/// let crm = rules.lead().id("C-1").set("title", "Sales Manager")?.event("downloaded", "ebook", download)?.build();
///
/// let policy = rules.merge_policy(Keep::Newest);
/// let merged = policy.merge([
///     LeadRecord::new(form, parse_instant("2026-11-02")?).ranked(1),
///     LeadRecord::new(crm, parse_instant("2026-03-15")?),
/// ]);
/// let merged = merged.ok_or("nothing to merge")?;
/// // The id of the record that is trusted most, the newest title, the events of both.
/// assert_eq!(merged.lead().id(), "C-1");
/// assert_eq!(merged.ids().collect::<Vec<_>>(), ["C-1", "F-7"]);
/// let evaluation = rules.evaluate(merged.lead(), parse_instant("2026-11-03")?);
/// assert_eq!(evaluation.score("score"), Some("20".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct LeadRecord {
    lead: Lead,
    /// By attribute of the lead's vocabulary; what stands beside a missing value does not matter.
    known: Vec<Known>,
    /// The rank of the record that the id comes from.
    id_rank: u32,
    ids: BTreeSet<String>,
    /// Whether the stage says anything about the lead.
    stage_counts: bool,
}

/// Since when a value is known, and how far its source is trusted: 0 the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Known {
    at: Instant,
    rank: u32,
}

/// Which of several known values of an attribute a merged lead keeps. A value always wins over none.
///
/// Where this leaves a tie, the newer value stays, then the one of the more trusted record, then the greater one: texts
/// are compared letter by letter, symbols in the order of their definition, true is greater than false.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Keep {
    /// The one that became known last.
    #[default]
    Newest,
    /// The one that became known first: for where a lead came from.
    Oldest,
    /// The one of the record that is trusted most: see [`LeadRecord::ranked`].
    MostTrusted,
    /// The smallest number, the earliest date, false rather than true: for a consent that any record denies.
    Smallest,
    /// The largest number, the latest date, true rather than false, the last in a `one of` list.
    Largest,
}

/// How records of one lead are merged into one: see [`RuleSet::merge_policy`].
#[derive(Clone, Debug)]
#[must_use]
pub struct MergePolicy {
    rules: Arc<Compiled>,
    /// By attribute; none where all items of a set are kept.
    keep: Vec<Option<Keep>>,
}

impl LeadRecord {
    /// A record whose attributes were known at `as_of`, for example when it was last saved; outside the years 0001 to
    /// 9999 at the nearest instant within. It is trusted as far as any other.
    pub fn new(lead: Lead, as_of: DateTime<Utc>) -> Self {
        let known = Known { at: Instant::nearest(as_of), rank: 0 };
        let ids = Some(lead.id().to_owned()).filter(|id| !id.is_empty()).into_iter().collect();
        let known = vec![known; lead.facts().attributes.len()];
        LeadRecord { lead, known, id_rank: 0, ids, stage_counts: true }
    }

    /// Says that an attribute has been known since `at` rather than since the record was saved.
    ///
    /// # Errors
    /// The vocabulary has no such attribute.
    pub fn known_at(mut self, attribute: &str, at: DateTime<Utc>) -> Result<Self, LeadError> {
        let id = attribute_id(self.lead.vocabulary(), attribute)?;
        if let Some(known) = self.known.get_mut(id.0 as usize) {
            known.at = Instant::nearest(at);
        }
        Ok(self)
    }

    /// Says how far all of this record is trusted: 0, where records begin, the most. The merged lead takes its id from
    /// the most trusted record that has one, of several from the one whose id comes first in the alphabet.
    #[must_use]
    pub fn ranked(mut self, rank: u32) -> Self {
        self.known.iter_mut().for_each(|known| known.rank = rank);
        self.id_rank = rank;
        self
    }

    /// Says that the stage of this record tells nothing about the lead. This is for a record that was put aside *because*
    /// it is a duplicate: that it is disqualified must not disqualify the lead.
    #[must_use]
    pub fn without_stage(mut self) -> Self {
        self.stage_counts = false;
        self
    }

    /// The lead, ready to be evaluated.
    pub fn lead(&self) -> &Lead {
        &self.lead
    }

    /// The lead on its own.
    pub fn into_lead(self) -> Lead {
        self.lead
    }

    /// The ids of all records that went into this one, in the order of the alphabet.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.ids.iter().map(String::as_str)
    }

    /// Since when the value of an attribute has been known; none where it is missing or there is no such attribute.
    pub fn known_since(&self, attribute: &str) -> Option<DateTime<Utc>> {
        let id = self.lead.vocabulary().attribute_id(attribute)?;
        self.lead.facts().attribute(id)?;
        self.known.get(id.0 as usize).map(|known| known.at.into())
    }
}

impl RuleSet {
    /// How records of one lead are merged: of each attribute `keep` says which value stays, but of `created_at`, if it is
    /// a date, the earliest stays, and sets are united. [`MergePolicy::keep`] makes exceptions.
    ///
    /// - Events are a union. Of events with one `id` the earliest counts, as in one lead; events without an `id` are all
    ///   different, so merging a record with itself doubles them.
    /// - The stage is the one that stands first in `customer`, `sql`, `sal`, `disqualified`, `mql`, `recycled`, `lead`:
    ///   what sales has in hand stays there, nobody who is out comes back in through a second record, and what waits
    ///   for sales is not forgotten. Of records at one stage the earliest `stage_since` counts, so that merging puts
    ///   off no deadline; of recycled ones the latest, from which `again after` runs. A known one counts before an
    ///   unknown one.
    ///
    /// The result depends neither on the order of the records nor on which of them are merged first. Merge with one
    /// policy throughout: what one has dropped another cannot find again.
    pub fn merge_policy(&self, keep: Keep) -> MergePolicy {
        let model = &self.compiled.model;
        let kept = |attribute: &crate::vocabulary::Attribute| match attribute.of {
            Type::SetOfText => None,
            _ => Some(keep),
        };
        let mut keep: Vec<Option<Keep>> = model.vocabulary.attributes.iter().map(kept).collect();
        let created_at = model.created_at.and_then(|id| keep.get_mut(id.0 as usize));
        if let Some(created_at) = created_at {
            *created_at = Some(Keep::Smallest);
        }
        MergePolicy { rules: Arc::clone(&self.compiled), keep }
    }
}

impl MergePolicy {
    /// Of one attribute, another value is kept; of a set, only that one and not the items of all.
    ///
    /// # Errors
    /// The vocabulary has no such attribute.
    ///
    /// # Examples
    /// ```
    /// use leadql::{Keep, RuleSet};
    /// let rules = RuleSet::compile("consent => +5")?;
    /// let policy = rules
    ///     .merge_policy(Keep::MostTrusted)
    ///     .keep("lead_source", Keep::Oldest)?
    ///     .keep("consent", Keep::Smallest)?;
    /// # let _ = policy;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn keep(mut self, attribute: &str, keep: Keep) -> Result<Self, LeadError> {
        let id = attribute_id(&self.rules.model.vocabulary, attribute)?;
        if let Some(kept) = self.keep.get_mut(id.0 as usize) {
            *kept = Some(keep);
        }
        Ok(self)
    }

    /// Merges records of one lead; none for no records. The result may be merged with further ones.
    ///
    /// Records of another rule set are fitted to that of the policy by name.
    pub fn merge(&self, records: impl IntoIterator<Item = LeadRecord>) -> Option<LeadRecord> {
        union::union(self, records.into_iter().map(|record| record.fitted(&self.rules)).collect())
    }

    /// Whether of an attribute, which is a set, the items of all are kept.
    fn unites(&self, attribute: usize) -> bool {
        self.keep.get(attribute).is_some_and(Option::is_none)
    }

    /// Whether of two known values of an attribute the first is kept.
    fn prefers(&self, attribute: usize, one: (&Value, Known), other: (&Value, Known)) -> bool {
        let keep = self.keep.get(attribute).copied().flatten().unwrap_or_default();
        let newest = |known: Known| (known.at, Reverse(known.rank));
        let by_value = one.0.cmp(other.0);
        let first = match keep {
            Keep::Newest => Ordering::Equal,
            Keep::Oldest => other.1.at.cmp(&one.1.at),
            Keep::MostTrusted => other.1.rank.cmp(&one.1.rank),
            Keep::Smallest => by_value.reverse(),
            Keep::Largest => by_value,
        };
        first.then(newest(one.1).cmp(&newest(other.1))).then(by_value).is_gt()
    }
}

impl LeadRecord {
    /// The record as a rule set sees it: see [`Lead::fitted`].
    fn fitted(self, rules: &Arc<Compiled>) -> LeadRecord {
        let from = self.lead.vocabulary();
        let known_by_name = |name: &str| from.attribute_id(name).and_then(|id| self.known.get(id.0 as usize));
        let known = rules.model.vocabulary.attributes.iter().map(|attribute| {
            // OK because where there was no such attribute there is no value beside it.
            known_by_name(&attribute.name).copied().unwrap_or(Known { at: Instant::EPOCH, rank: 0 })
        });
        let known = known.collect();
        let lead = self.lead.fitted(rules).into_owned();
        LeadRecord { lead, known, ..self }
    }
}

fn attribute_id(vocabulary: &Vocabulary, name: &str) -> Result<AttributeId, LeadError> {
    vocabulary.attribute_id(name).ok_or_else(|| {
        let unknown = UnknownName::of(vocabulary, NameOf::Attribute, name, None);
        LeadError::new("", LeadErrorKind::UnknownName(unknown))
    })
}
