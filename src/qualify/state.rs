//! Where a lead stands, and what else is known of its way: plain data, stored next to the lead.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::bant::{Bant, BantEntry};
use super::digest::Digest;
use super::record::{Actor, Observed, Record, Why};
use super::stored::{Version, instant_or_null};
use super::table::Trigger;
use crate::lead::Stage;
use crate::rule_set::{Fingerprint, Lead, RuleSet};

/// The life of one lead: where it stands, what moved it there, and what moves it next.
///
/// It is driven by evaluations ([`Qualification::observe`]) and by commands ([`Qualification::accept`] and its
/// kin), every one with its instant, and gives a [`Record`] for every step; the host stores both. What is refused
/// changes nothing. It serializes with a version; what is stored is checked when it is read. For the same machine
/// with the stage in the type see [`typed`](crate::typed).
///
/// ```
/// use leadql::{RuleSet, Stage};
/// let rules = RuleSet::compile("need => +40  stage mql when score >= 30  stage sql when budget")?;
/// let monday = "2026-11-02T09:00:00Z".parse()?;
/// let mut qualification = rules.qualification("L-1");
///
/// let mut lead = rules.lead().id("L-1").set("need", true)?.build();
/// qualification.place(&mut lead);
/// for record in qualification.observe(&rules.evaluate(&lead, monday), &lead)? {
///     println!("{record}");   // here a host stores it
/// }
/// assert_eq!(qualification.stage(), Stage::Mql);
///
/// let tuesday = "2026-11-03T10:00:00Z".parse()?;
/// let record = qualification.accept(tuesday, "dana")?;
/// assert_eq!((record.from, record.to), (Stage::Mql, Stage::Sal));
/// assert_eq!(qualification.stage_since(), Some(tuesday));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Qualification {
    pub(super) version: Version,
    pub(super) lead: String,
    /// The rule set that counts.
    pub(super) fingerprint: Fingerprint,
    pub(super) stage: Stage,
    #[serde(with = "instant_or_null")]
    pub(super) stage_since: Option<DateTime<Utc>>,
    /// Only of an MQL.
    #[serde(with = "instant_or_null")]
    pub(super) due: Option<DateTime<Utc>>,
    /// Whether the breach of the deadline has been reported.
    pub(super) breached: bool,
    pub(super) segments: BTreeSet<String>,
    /// The band of each score that has bands, by score.
    pub(super) bands: BTreeMap<String, String>,
    pub(super) bant: Bant,
    /// The latest evaluation, whether or not it changed anything. Null, but there, while there was none.
    #[serde(deserialize_with = "Option::deserialize")]
    pub(super) evaluation: Option<Observed>,
    /// How many records there are.
    pub(super) records: u64,
    /// When the last record was made.
    #[serde(with = "instant_or_null")]
    pub(super) recorded_at: Option<DateTime<Utc>>,
    /// The digest of the last record, or what stands for it before the first.
    pub(super) digest: Digest,
}

impl RuleSet {
    /// The qualification of a lead that nobody has looked at yet: at [`Stage::Lead`], without records.
    ///
    /// For a lead that stands elsewhere already see [`RuleSet::imported_qualification`].
    pub fn qualification(&self, lead: impl Into<String>) -> Qualification {
        Qualification::new(lead.into(), self.fingerprint())
    }
}

impl Qualification {
    pub(super) fn new(lead: String, fingerprint: Fingerprint) -> Self {
        Qualification {
            version: Version,
            digest: Digest::before_all(&lead),
            lead,
            fingerprint,
            stage: Stage::default(),
            stage_since: None,
            due: None,
            breached: false,
            segments: BTreeSet::new(),
            bands: BTreeMap::new(),
            bant: Bant::default(),
            evaluation: None,
            records: 0,
            recorded_at: None,
        }
    }

    /// The lead's id.
    pub fn lead_id(&self) -> &str {
        &self.lead
    }

    /// Where the lead stands.
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// Since when it stands there; none for a lead that never moved, and where that was not known when it was
    /// imported.
    pub fn stage_since(&self) -> Option<DateTime<Utc>> {
        self.stage_since
    }

    /// The rule set that the lead goes by.
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// Of an MQL: until when sales must accept or reject it, if the rule set said so when it was promoted. From
    /// this instant on it is too late.
    pub fn due(&self) -> Option<DateTime<Utc>> {
        self.due
    }

    /// Whether the lead is an MQL whose deadline has passed at `now`.
    pub fn is_overdue(&self, now: DateTime<Utc>) -> bool {
        self.due.is_some_and(|due| now >= due)
    }

    /// Whether a record tells already that the deadline passed.
    pub fn is_breach_reported(&self) -> bool {
        self.breached
    }

    /// The segments that the lead is in, by name.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().map(String::as_str)
    }

    /// The band of each score that has bands, by the score's name.
    pub fn bands(&self) -> impl Iterator<Item = (&str, &str)> {
        self.bands.iter().map(|(score, band)| (score.as_str(), band.as_str()))
    }

    /// What is known of budget, authority, need and timing.
    pub fn bant(&self) -> &Bant {
        &self.bant
    }

    /// The latest evaluation that was observed.
    pub fn evaluation(&self) -> Option<&Observed> {
        self.evaluation.as_ref()
    }

    /// How many records there are: the sequence number of the last.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// The digest of the last record.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The instant of the latest record or evaluation: nothing earlier is taken.
    pub fn last_instant(&self) -> Option<DateTime<Utc>> {
        // None is before every instant.
        self.recorded_at.max(self.evaluation.as_ref().map(|evaluation| evaluation.at))
    }

    /// Puts a lead record where the qualification stands: what an evaluation has to start from.
    pub fn place(&self, lead: &mut Lead) {
        lead.put(self.stage, self.stage_since);
    }

    /// Makes the state what it is after `record`, which follows it.
    pub(super) fn advance(&mut self, record: &Record) {
        self.fingerprint = record.fingerprint;
        if let Some(evaluation) = &record.evaluation {
            self.evaluation = Some(evaluation.clone());
        }
        for segment in &record.left {
            self.segments.remove(segment);
        }
        self.segments.extend(record.entered.iter().cloned());
        for change in &record.bands {
            match &change.to {
                Some(band) => self.bands.insert(change.score.clone(), band.clone()),
                None => self.bands.remove(&change.score),
            };
        }
        match &record.why {
            Some(Why::Bant(change)) => {
                let by = match &record.by {
                    Actor::Person(name) => name,
                    Actor::Rules => "",
                };
                self.bant.set(change.item, BantEntry::new(change.to, by, record.at));
            }
            Some(Why::Since(since)) => (self.stage, self.stage_since) = (record.to, *since),
            _ if record.what == Trigger::Breach => self.breached = true,
            _ if record.is_step() => {
                (self.stage, self.stage_since) = (record.to, Some(record.at));
                (self.due, self.breached) = (record.due, false);
            }
            _ => {}
        }
        (self.records, self.recorded_at, self.digest) = (record.sequence, Some(record.at), record.digest);
    }
}

impl Serialize for Qualification {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // What serde derived, under the same name.
        Qualification::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Qualification {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let qualification = Qualification::deserialize(deserializer)?;
        qualification.check().map_err(serde::de::Error::custom)?;
        Ok(qualification)
    }
}

impl Qualification {
    /// Whether the parts go together, as far as can be told without the records.
    fn check(&self) -> Result<(), String> {
        let last = self.recorded_at;
        if (self.records == 0) != last.is_none() {
            return Err(format!(
                "records is {}, but recorded_at is {}: it belongs there if and only if there are records",
                self.records,
                if last.is_some() { "there" } else { "missing" }
            ));
        }
        if self.records == 0 {
            let mut fresh = Qualification::new(self.lead.clone(), self.fingerprint);
            fresh.evaluation.clone_from(&self.evaluation);
            if *self != fresh {
                return Err("records is 0, but the rest is not that of a lead that never moved".to_owned());
            }
        }
        if self.records == u64::MAX {
            return Err("records is so large that none could follow".to_owned());
        }
        let later = |at: Option<DateTime<Utc>>| at > last;
        if later(self.stage_since) {
            return Err("stage_since is later than recorded_at, the instant of the last record".to_owned());
        }
        if self.stage != Stage::Mql && self.due.is_some() {
            return Err(format!("due is there, but the stage is {}: only an MQL has a deadline", self.stage));
        }
        if self.due.is_some() && self.due < self.stage_since {
            return Err("due is earlier than stage_since".to_owned());
        }
        if self.breached && (self.due.is_none() || later(self.due)) {
            return Err("breached is true, but no deadline has passed by the last record".to_owned());
        }
        for (item, entry) in super::bant::BantItem::ALL.map(|item| (item, self.bant.get(item))) {
            if entry.by.is_some() != entry.at.is_some()
                || (entry.at.is_none() && entry.answer.flag().is_some())
            {
                return Err(format!("bant.{item}: an answer, by and at belong together"));
            }
            if later(entry.at) {
                return Err(format!(
                    "bant.{item}.at is later than recorded_at, the instant of the last record"
                ));
            }
        }
        Ok(())
    }
}
