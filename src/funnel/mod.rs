//! Numbers on the funnel: what the records of many leads come to.
//!
//! [`Record`]s go in, each lead's in their order, the leads one after the other or mixed; a [`FunnelReport`] comes
//! out: how many leads came into each stage, went on and are there, how many converted from stage to stage, how
//! long stays last, which deadlines were kept, and why leads were turned away, of all leads, and by an attribute or
//! by when they came. Counts are whole numbers; only ratios and intervals are floating point, and rounded where
//! they are printed.
//!
//! Leads that are still on their way are never taken for lost: they are shown beside as open, ratios are given over
//! all and over those whose case is decided, and open stays count for as long as they last. What records do not
//! say is not made up: when a lead came that was first seen by a promotion is not known, and a lead that never
//! moved has no records; [`Funnel::add_lead`] makes it count.
//!
//! Memory grows with the leads and their steps, by some 500 bytes for a lead of four steps; records that move
//! nobody, the most of them, cost nothing.
//!
//! # Example
//!
//! ```
//! use leadql::{Reason, RuleSet, Stage, funnel::{Funnel, FunnelOptions}};
//!
//! let rules = RuleSet::compile("stage mql when need sla 48h")?;
//! let (monday, tuesday) = ("2026-11-02T09:00:00Z".parse()?, "2026-11-03T09:00:00Z".parse()?);
//! let mut funnel = Funnel::new(FunnelOptions::new().by("lead_source"));
//! for (id, source) in [("L-1", "fair"), ("L-2", "fair"), ("L-3", "mail")] {
//!     funnel.add_lead(id, source);
//!     let lead = rules.lead().id(id).set("need", true)?.build();
//!     let mut qualification = rules.qualification(id);
//!     for record in qualification.observe(&rules.evaluate(&lead, monday), &lead)? {
//!         funnel.add(&record)?;
//!     }
//!     match id {
//!         "L-1" => funnel.add(&qualification.accept(tuesday, "dana")?)?,
//!         "L-2" => funnel.add(&qualification.reject(Reason::NotReady, Stage::Recycled, tuesday, "dana")?)?,
//!         _ => {}
//!     }
//! }
//! assert_eq!(funnel.latest(), Some(tuesday));
//! let report = funnel.report("2026-11-05T09:00:00Z".parse()?);
//! let accepted = report.total.conversion(Stage::Mql, Stage::Sal).ok_or("no conversion")?;
//! assert_eq!((accepted.entered, accepted.converted, accepted.lost, accepted.open), (3, 1, 1, 1));
//! assert_eq!(accepted.of_decided.to_string(), "50.0 % (9.5 to 90.5)");
//! assert_eq!((report.total.deadlines.in_time, report.total.deadlines.overdue), (2, 1));
//! assert_eq!(report.groups[0].group.as_deref(), Some("fair"));
//! println!("{report}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::qualify::Record;

mod count;
mod figures;
mod life;
mod options;
#[cfg(feature = "json")]
mod read;
mod report;
mod share;
mod show;
mod stays;
#[cfg(test)]
mod tests;

pub use figures::{Conversion, Deadlines, Figures, ReasonCount, StageFigures, StayTime};
pub use life::{FunnelError, StatedReason};
pub use options::{Cohort, FunnelOptions};
#[cfg(feature = "json")]
pub use read::FunnelReader;
pub use report::{FunnelReport, Group};
pub use share::Share;

use self::life::{Life, Reasons, Slip};

/// Takes records in and tells what they come to: see the [module](self).
#[derive(Clone, Debug, Default)]
pub struct Funnel {
    options: FunnelOptions,
    leads: HashMap<Box<str>, Life>,
    groups: Groups,
    reasons: Reasons,
    latest: Option<DateTime<Utc>>,
}

/// The names of groups, each once.
#[derive(Clone, Debug, Default)]
struct Groups {
    names: Vec<String>,
    /// By the name in lower case.
    numbers: HashMap<String, usize>,
}

impl Funnel {
    /// A funnel without leads.
    pub fn new(options: FunnelOptions) -> Self {
        Funnel { options, ..Funnel::default() }
    }

    /// Takes a record in. Those of one lead come in their order, from the first on; those of different leads may
    /// mix.
    ///
    /// It is checked that records follow each other, not that they are genuine: for that see
    /// [`Qualification::rebuild`](crate::Qualification::rebuild).
    ///
    /// # Errors
    /// The record does not follow those of its lead before it. The lead is left out from then on, with all that was
    /// counted of it, and its further records are passed over.
    pub fn add(&mut self, record: &Record) -> Result<(), FunnelError> {
        if record.lead.is_empty() {
            let slip =
                Slip { field: "lead", found: "an empty text".into(), expected: "the id of a lead".into() };
            return Err(FunnelError { lead: String::new(), slip });
        }
        let latest = &mut self.latest;
        with_life(&mut self.leads, &record.lead, |life| {
            if life.is_left_out {
                return Ok(());
            }
            life.follow(record, &mut self.reasons).map_err(|slip| {
                life.is_left_out = true;
                FunnelError { lead: record.lead.clone(), slip }
            })?;
            *latest = (*latest).max(Some(record.at));
            Ok(())
        })
    }

    /// The instant of the latest record that was taken in, none before the first: where nothing else says at which
    /// instant to look, what the records tell ends there.
    pub fn latest(&self) -> Option<DateTime<Utc>> {
        self.latest
    }

    /// Names a lead, and the group it belongs to, if that is known: the value of the attribute that
    /// [`FunnelOptions::by`] names. Values that differ only in the case of ASCII letters are one, and an empty one
    /// is none. May come before or after the lead's records; of several the last counts.
    ///
    /// A lead that is named counts also without records: it never moved, and stands at
    /// [`Stage::Lead`](crate::Stage::Lead). As nothing says when it came, it does so at every instant.
    pub fn add_lead<'g>(&mut self, id: &str, group: impl Into<Option<&'g str>>) {
        let group = group.into().filter(|name| !name.is_empty()).map(|name| self.groups.number(name));
        with_life(&mut self.leads, id, |life| (life.is_named, life.group) = (true, group));
    }

    /// Nothing more can be said of this lead.
    #[cfg(feature = "json")]
    fn leave_out(&mut self, lead: &str) {
        with_life(&mut self.leads, lead, |life| life.is_left_out = true);
    }

    /// Whether [`Funnel::add_lead`] has named this lead.
    #[cfg(feature = "json")]
    fn is_named(&self, lead: &str) -> bool {
        self.leads.get(lead).is_some_and(|life| life.is_named)
    }
}

/// Does something with the life of a lead, a new one where there is none yet.
fn with_life<T>(leads: &mut HashMap<Box<str>, Life>, id: &str, act: impl FnOnce(&mut Life) -> T) -> T {
    // Most records are of leads that are there already: only for a new one its id is copied.
    if let Some(life) = leads.get_mut(id) {
        return act(life);
    }
    let mut life = Life::default();
    let done = act(&mut life);
    leads.insert(id.into(), life);
    done
}

impl Groups {
    fn number(&mut self, name: &str) -> usize {
        let next = self.names.len();
        let number = *self.numbers.entry(name.to_ascii_lowercase()).or_insert(next);
        if number == next {
            self.names.push(name.to_owned());
        }
        number
    }

    fn name(&self, number: usize) -> Option<&str> {
        self.names.get(number).map(String::as_str)
    }
}
