//! What happens to leads: events and attributes come in, people give commands, time passes.
//!
//! Everything here is given a connection inside a transaction, and the instant. Facts, the qualification and its
//! records are written together or not at all. Whatever happened, the lead is evaluated again right away, and
//! stored with the instant at which that has to be done next.

mod check;
mod command;
mod intake;

use chrono::{DateTime, TimeDelta, Utc};
use leadql::qualification::BantItem;
use leadql::{Calendar, Lead, Record, RuleSet};
use rusqlite::{Connection, Transaction};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::store::{self, Event, Stored};
pub(crate) use command::{Command, Deed, name_of};
pub(crate) use intake::{Attributes, read_attributes, read_events};

/// A lead that could not be evaluated is tried again after this long, so that it holds nobody else up.
const TRY_AGAIN: TimeDelta = TimeDelta::minutes(1);

/// The rules that leads go by.
pub(crate) struct Crm {
    pub(crate) rules: RuleSet,
    /// The rule set as it is written, to be shown.
    pub(crate) source: String,
    /// By which deadlines are set; without one in plain time.
    calendar: Option<Calendar>,
    /// Which of the four answers the rule set's vocabulary has as flags.
    flags: Vec<BantItem>,
}

/// What became of a request.
pub(crate) struct Done {
    pub(crate) lead: Stored,
    /// Whether the lead was not known before.
    pub(crate) is_new: bool,
    /// The steps that the lead took.
    pub(crate) records: Vec<Record>,
}

impl Crm {
    pub(crate) fn new(rules: RuleSet, source: String, calendar: Option<Calendar>) -> Self {
        let is_flag = |item: &BantItem| rules.lead().set(item.as_str(), true).is_ok();
        let flags = BantItem::ALL.into_iter().filter(is_flag).collect();
        Crm { rules, source, calendar, flags }
    }

    /// Takes events of a lead, which may be new. Gives, beside what became of the lead, how many of the events
    /// were news.
    pub(crate) fn take_events(
        &self,
        connection: &Connection,
        id: &str,
        events: &[Event],
        now: DateTime<Utc>,
    ) -> Result<(Done, usize), Failure> {
        let (mut lead, is_new) = self.find_or_add(connection, id)?;
        let mut news = 0;
        for event in events {
            news += usize::from(store::add_event(connection, id, event)?);
        }
        let records = self.evaluate(connection, &mut lead, now)?;
        Ok((Done { lead, is_new, records }, news))
    }

    /// Sets attributes of a lead, which may be new: all of them, or only those that are named.
    pub(crate) fn set_attributes(
        &self,
        connection: &Connection,
        id: &str,
        attributes: Attributes,
        now: DateTime<Utc>,
    ) -> Result<Done, Failure> {
        let (mut lead, is_new) = self.find_or_add(connection, id)?;
        match attributes {
            Attributes::All(values) => lead.attributes = values,
            Attributes::Named(values) => lead.attributes.extend(values),
        }
        lead.attributes.retain(|_, value| !value.is_null());
        let records = self.evaluate(connection, &mut lead, now)?;
        Ok(Done { lead, is_new, records })
    }

    /// Does what somebody asks for, at a lead that is first brought up to date. `seen` is how many records the
    /// lead had when they looked at it, if they say so.
    pub(crate) fn command(
        &self,
        connection: &Connection,
        id: &str,
        command: &Command,
        seen: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Done, Failure> {
        let mut lead = find(connection, id)?;
        let mut records = self.evaluate(connection, &mut lead, now)?;
        let found = lead.qualification.records();
        if let Some(expected) = seen.filter(|seen| *seen != found.to_string()) {
            return Err(Failure::Changed { found, expected: expected.to_owned() });
        }
        let stage = lead.qualification.stage();
        let record = if let Deed::Qualify { why: None } = command.deed {
            let facts = self.lead(connection, &lead)?;
            let evaluation = self.rules.evaluate(&facts, now);
            lead.qualification.qualify(&evaluation, &facts, now, &command.by)
        } else {
            command.give(&mut lead.qualification, now)
        };
        let record = record.map_err(|error| Failure::refused(error, stage))?;
        store::add_record(connection, &record)?;
        records.push(record);
        records.extend(self.evaluate(connection, &mut lead, now)?);
        Ok(Done { lead, is_new: false, records })
    }

    /// Evaluates a lead because its time has come.
    pub(crate) fn look_again(
        &self,
        connection: &Connection,
        id: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<Record>, Failure> {
        let mut lead = find(connection, id)?;
        if lead.wake_at.is_none_or(|wake_at| now < wake_at) {
            return Ok(Vec::new());
        }
        self.evaluate(connection, &mut lead, now)
    }

    /// Evaluates leads whose time has come, at most `limit` of them. Gives how many there were, and what is wrong
    /// with those that could not be evaluated: they are left as they were, and tried again later.
    pub(crate) fn look_at_due(
        &self,
        transaction: &mut Transaction<'_>,
        limit: u32,
        now: DateTime<Utc>,
    ) -> Result<(usize, Vec<String>), Failure> {
        let due = store::due(transaction, now, limit)?;
        let mut troubles = Vec::new();
        for id in &due {
            let savepoint = transaction.savepoint()?;
            match self.look_again(&savepoint, id, now) {
                Ok(_) => savepoint.commit()?,
                Err(Failure::Database(error)) => return Err(error.into()),
                Err(failure) => {
                    savepoint.finish()?;
                    troubles.push(format!("lead {id:?} is tried again in a minute: {failure}"));
                    store::postpone(transaction, id, now + TRY_AGAIN)?;
                }
            }
        }
        Ok((due.len(), troubles))
    }

    /// A stored lead as the rules see it, standing where its qualification stands.
    pub(crate) fn lead(&self, connection: &Connection, lead: &Stored) -> Result<Lead, Failure> {
        let id = lead.qualification.lead_id();
        let mut attributes = lead.attributes.clone();
        // What somebody found out counts before what a form said.
        for item in &self.flags {
            let entry = lead.qualification.bant().get(*item);
            if entry.at.is_some() {
                attributes.insert(item.as_str().to_owned(), entry.answer.flag().into());
            }
        }
        let facts = Facts { id, attributes: &attributes, events: &store::events(connection, id)? };
        let mut facts =
            self.rules.lead_from(&facts).map_err(|error| Failure::unreadable(id, "lead", error))?;
        lead.qualification.place(&mut facts);
        Ok(facts)
    }

    /// Evaluates a lead at `now`, lets the qualification take the steps that follow, and stores all of it.
    fn evaluate(
        &self,
        connection: &Connection,
        lead: &mut Stored,
        now: DateTime<Utc>,
    ) -> Result<Vec<Record>, Failure> {
        let mut facts = self.lead(connection, lead)?;
        let mut evaluator = self.rules.evaluator();
        let mut records = Vec::new();
        let valid_until = loop {
            let stage = lead.qualification.stage();
            let evaluation = evaluator.evaluate(&facts, now);
            let left = match &self.calendar {
                None => lead.qualification.observe(evaluation, &facts),
                Some(calendar) => {
                    let deadline = |promoted, sla| calendar.due(promoted, sla);
                    lead.qualification.observe_with_deadline(evaluation, &facts, deadline)
                }
            };
            records.extend(left.map_err(|error| {
                Failure::Damaged(format!("lead {:?} cannot go on: {error}", lead.qualification.lead_id()))
            })?);
            // A step is followed by another look: from the new stage on something else is awaited. A lead that
            // has just moved does not move again at the same instant.
            if lead.qualification.stage() == stage {
                break evaluation.valid_until();
            }
            lead.qualification.place(&mut facts);
        };
        for record in &records {
            store::add_record(connection, record)?;
        }
        let due = lead.qualification.due().filter(|_| !lead.qualification.is_breach_reported());
        lead.wake_at = valid_until.into_iter().chain(due).min();
        store::save(connection, lead)?;
        Ok(records)
    }

    fn find_or_add(&self, connection: &Connection, id: &str) -> Result<(Stored, bool), Failure> {
        if let Some(lead) = store::find(connection, id)? {
            return Ok((lead, false));
        }
        let qualification = self.rules.qualification(id);
        let lead = Stored { attributes: Map::new(), qualification, wake_at: None };
        store::add(connection, &lead)?;
        Ok((lead, true))
    }
}

/// The lead called `id`.
pub(crate) fn find(connection: &Connection, id: &str) -> Result<Stored, Failure> {
    store::find(connection, id)?.ok_or_else(|| Failure::NoSuchLead(id.to_owned()))
}

/// A lead as LeadQL reads leads.
#[derive(Serialize)]
struct Facts<'a> {
    id: &'a str,
    attributes: &'a Map<String, Value>,
    events: &'a [Event],
}
