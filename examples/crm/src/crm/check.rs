//! Before the service starts: every qualification is held against its records.

use chrono::{DateTime, Utc};
use rusqlite::Connection;

use super::{Crm, find};
use crate::failure::Failure;
use crate::store;

/// The host itself, where it does something that a record says.
const ITSELF: &str = "the service";

/// So many troubles are told.
const MOST_TROUBLES: usize = 20;

/// What was found in the database.
pub(crate) struct Checked {
    pub(crate) leads: usize,
    /// Leads that go by another rule set than the one at hand.
    pub(crate) by_other_rules: Vec<String>,
    /// The latest instant in the database: the clock goes on from there.
    pub(crate) latest: Option<DateTime<Utc>>,
}

impl Crm {
    /// Checks every lead: its qualification is what its records make of it, and its facts can be read.
    pub(crate) fn check(&self, connection: &Connection) -> Result<Checked, Failure> {
        let ids = store::ids(connection)?;
        let mut checked = Checked { leads: ids.len(), by_other_rules: Vec::new(), latest: None };
        let mut troubles = Vec::new();
        for id in ids {
            match self.check_lead(connection, &id, &mut checked) {
                Ok(()) => {}
                Err(Failure::Damaged(trouble)) => troubles.push(trouble),
                Err(failure) => return Err(failure),
            }
        }
        if troubles.is_empty() {
            return Ok(checked);
        }
        let more = troubles.len().saturating_sub(MOST_TROUBLES);
        troubles.truncate(MOST_TROUBLES);
        if more > 0 {
            troubles.push(format!("and {more} more"));
        }
        Err(Failure::Damaged(troubles.join("\n")))
    }

    fn check_lead(&self, connection: &Connection, id: &str, checked: &mut Checked) -> Result<(), Failure> {
        let lead = find(connection, id)?;
        let qualification = &lead.qualification;
        qualification
            .check_records(&store::records(connection, id)?)
            .map_err(|error| Failure::Damaged(error.to_string()))?;
        self.lead(connection, &lead)?;
        checked.latest = checked.latest.max(qualification.last_instant());
        if qualification.fingerprint() != self.rules.fingerprint() {
            checked.by_other_rules.push(id.to_owned());
        }
        Ok(())
    }

    /// Goes on with the rule set at hand: leads that went by another one adopt it, with a record that says so, and
    /// are evaluated by it.
    pub(crate) fn adopt(
        &self,
        connection: &Connection,
        ids: &[String],
        now: DateTime<Utc>,
    ) -> Result<(), Failure> {
        for id in ids {
            let mut lead = find(connection, id)?;
            let stage = lead.qualification.stage();
            let record = lead.qualification.adopt(&self.rules, now, ITSELF);
            if let Some(record) = record.map_err(|error| Failure::refused(error, stage))? {
                store::add_record(connection, &record)?;
            }
            self.evaluate(connection, &mut lead, now)?;
        }
        Ok(())
    }
}
