//! Invented leads, so that there is something to look at.
//!
//! Each has a history of events and commands, so many hours before now. It is played through the same doors as
//! everything else, at the instants at which it would have happened, and what was due in between happens in between.

use std::collections::BTreeMap;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use leadql::print_instant;
use rusqlite::Connection;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::crm::{Attributes, Command, Crm, find, read_attributes, read_events};
use crate::failure::Failure;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Invented {
    id: String,
    attributes: Map<String, Value>,
    steps: Vec<Step>,
}

/// Something that happened: an event with its subject, or a command with its body.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    hours_ago: u32,
    event: Option<String>,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    properties: BTreeMap<String, Value>,
    command: Option<String>,
    #[serde(default)]
    body: Value,
}

/// Puts the invented leads into the database, and says how many there are.
pub(crate) fn fill(crm: &Crm, connection: &Connection, now: DateTime<Utc>) -> Result<usize, Failure> {
    let leads: Vec<Invented> = serde_json::from_str(include_str!("../demo.json"))
        .map_err(|error| Failure::Damaged(format!("the invented leads: {error}")))?;
    // Whole seconds read better.
    let now = now.trunc_subsecs(0);
    for Invented { id, attributes, steps } in &leads {
        let attributes = read_attributes(&crm.rules, Value::Object(attributes.clone()))?;
        let first = steps.first().map_or(now, |step| step.at(now));
        crm.set_attributes(connection, id, Attributes::All(attributes), first)?;
        for step in steps {
            let at = step.at(now);
            catch_up(crm, connection, id, at)?;
            if let Some(event) = &step.event {
                let event = json!({"event": event, "subject": step.subject, "at": print_instant(at),
                                   "properties": step.properties});
                crm.take_events(connection, id, &read_events(&crm.rules, event)?, at)?;
            }
            let command = step.command.as_deref().map(|name| Command::read(name, step.body.clone()));
            if let Some(command) = command.transpose()?.flatten() {
                crm.command(connection, id, &command, None, at)?;
            }
        }
        catch_up(crm, connection, id, now)?;
    }
    Ok(leads.len())
}

/// Lets happen what is due up to an instant, each at its own.
fn catch_up(crm: &Crm, connection: &Connection, id: &str, until: DateTime<Utc>) -> Result<(), Failure> {
    while let Some(at) = find(connection, id)?.wake_at.filter(|at| *at <= until) {
        crm.look_again(connection, id, at)?;
    }
    Ok(())
}

impl Step {
    fn at(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - TimeDelta::hours(self.hours_ago.into())
    }
}
