//! What stands in the tables, and every statement that reads or writes it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use leadql::{Qualification, Record, print_instant};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::failure::Failure;

/// A lead as it is stored.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) attributes: Map<String, Value>,
    pub(crate) qualification: Qualification,
    /// When to look at it again; none for never.
    pub(crate) wake_at: Option<DateTime<Utc>>,
}

/// An event as it is stored. Serializes as LeadQL reads events.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Event {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    pub(crate) event: String,
    pub(crate) subject: String,
    #[serde(serialize_with = "instant")]
    pub(crate) at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) properties: Option<Value>,
}

fn instant<S: serde::Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&print_instant(*at))
}

/// The lead called `id`, if there is one.
pub(crate) fn find(connection: &Connection, id: &str) -> Result<Option<Stored>, Failure> {
    let mut statement =
        connection.prepare_cached("SELECT id, attributes, qualification, wake_at FROM lead WHERE id = ?1")?;
    statement.query_row([id], raw).optional()?.map(stored).transpose()
}

/// Leads in the order of their ids, at `stage` only if it is given, from the one behind `after` on.
pub(crate) fn list(
    connection: &Connection,
    stage: Option<&str>,
    after: &str,
    limit: usize,
) -> Result<Vec<Stored>, Failure> {
    let columns = "SELECT id, attributes, qualification, wake_at FROM lead WHERE";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows: Vec<_> = match stage {
        Some(stage) => connection
            .prepare_cached(&format!("{columns} stage = ?1 AND id > ?2 ORDER BY id LIMIT ?3"))?
            .query_map(params![stage, after, limit], raw)?
            .collect::<Result<_, _>>()?,
        None => connection
            .prepare_cached(&format!("{columns} id > ?1 ORDER BY id LIMIT ?2"))?
            .query_map(params![after, limit], raw)?
            .collect::<Result<_, _>>()?,
    };
    rows.into_iter().map(stored).collect()
}

/// The ids of all leads.
pub(crate) fn ids(connection: &Connection) -> Result<Vec<String>, Failure> {
    let mut statement = connection.prepare("SELECT id FROM lead ORDER BY id")?;
    Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// How many leads there are at each stage that has any.
pub(crate) fn counts(connection: &Connection) -> Result<BTreeMap<String, i64>, Failure> {
    let mut statement = connection.prepare_cached("SELECT stage, count(*) FROM lead GROUP BY stage")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The leads that have to be looked at by `now`, the one that has waited longest first.
pub(crate) fn due(connection: &Connection, now: DateTime<Utc>, limit: u32) -> Result<Vec<String>, Failure> {
    let mut statement =
        connection.prepare_cached("SELECT id FROM lead WHERE wake_at <= ?1 ORDER BY wake_at LIMIT ?2")?;
    let rows = statement.query_map(params![now.timestamp_micros(), limit], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Puts off when to look at a lead.
pub(crate) fn postpone(connection: &Connection, id: &str, wake_at: DateTime<Utc>) -> Result<(), Failure> {
    connection
        .execute("UPDATE lead SET wake_at = ?2 WHERE id = ?1", params![id, wake_at.timestamp_micros()])?;
    Ok(())
}

pub(crate) fn add(connection: &Connection, lead: &Stored) -> Result<(), Failure> {
    let statement = "INSERT INTO lead (id, attributes, qualification, wake_at) VALUES (?1, ?2, ?3, ?4)";
    write(connection, statement, lead)
}

pub(crate) fn save(connection: &Connection, lead: &Stored) -> Result<(), Failure> {
    let statement = "UPDATE lead SET attributes = ?2, qualification = ?3, wake_at = ?4 WHERE id = ?1";
    write(connection, statement, lead)
}

fn write(connection: &Connection, statement: &str, lead: &Stored) -> Result<(), Failure> {
    let id = lead.qualification.lead_id();
    let values = params![
        id,
        json(id, &lead.attributes)?,
        json(id, &lead.qualification)?,
        lead.wake_at.map(|at| at.timestamp_micros())
    ];
    connection.prepare_cached(statement)?.execute(values)?;
    Ok(())
}

/// Adds an event, and says whether that changed anything. Of events with one id the earliest counts, as LeadQL has
/// it, and of equally early ones the first; so it does not matter how often and in which order they come in.
pub(crate) fn add_event(connection: &Connection, lead: &str, event: &Event) -> Result<bool, Failure> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO event (lead, id, kind, subject, at, properties) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (lead, id) WHERE id IS NOT NULL DO UPDATE
         SET kind = excluded.kind, subject = excluded.subject, at = excluded.at, properties = excluded.properties
         WHERE excluded.at < event.at",
    )?;
    let properties = event.properties.as_ref().map(|value| json(lead, value)).transpose()?;
    let Event { id, event, subject, at, .. } = event;
    let changed = statement.execute(params![lead, id, event, subject, at.timestamp_micros(), properties])?;
    Ok(changed > 0)
}

/// All events of a lead, in the order in which they came in.
pub(crate) fn events(connection: &Connection, lead: &str) -> Result<Vec<Event>, Failure> {
    let statement = "SELECT id, kind, subject, at, properties FROM event WHERE lead = ?1 ORDER BY number";
    read_events(connection, statement, lead, -1)
}

/// The newest events of a lead, the newest first.
pub(crate) fn newest_events(connection: &Connection, lead: &str, limit: u32) -> Result<Vec<Event>, Failure> {
    let statement = "SELECT id, kind, subject, at, properties FROM event WHERE lead = ?1
                     ORDER BY at DESC, number DESC LIMIT ?2";
    read_events(connection, statement, lead, i64::from(limit))
}

fn read_events(
    connection: &Connection,
    statement: &str,
    lead: &str,
    limit: i64,
) -> Result<Vec<Event>, Failure> {
    let mut statement = connection.prepare_cached(statement)?;
    let mut rows =
        if limit < 0 { statement.query([lead])? } else { statement.query(params![lead, limit])? };
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        let properties: Option<String> = row.get(4)?;
        let properties = properties.map(|text| serde_json::from_str(&text)).transpose();
        events.push(Event {
            id: row.get(0)?,
            event: row.get(1)?,
            subject: row.get(2)?,
            at: time(lead, row.get(3)?)?,
            properties: properties.map_err(|error| Failure::unreadable(lead, "event", error))?,
        });
    }
    Ok(events)
}

pub(crate) fn add_record(connection: &Connection, record: &Record) -> Result<(), Failure> {
    let mut statement =
        connection.prepare_cached("INSERT INTO record (lead, sequence, body) VALUES (?1, ?2, ?3)")?;
    // OK because no lead has so many records that their number is cut.
    let sequence = i64::try_from(record.sequence).unwrap_or(i64::MAX);
    statement.execute(params![record.lead, sequence, json(&record.lead, record)?])?;
    Ok(())
}

/// All records of a lead, in order.
pub(crate) fn records(connection: &Connection, lead: &str) -> Result<Vec<Record>, Failure> {
    let mut statement =
        connection.prepare_cached("SELECT body FROM record WHERE lead = ?1 ORDER BY sequence")?;
    let bodies = statement.query_map([lead], |row| row.get::<_, String>(0))?;
    bodies
        .map(|body| serde_json::from_str(&body?).map_err(|error| Failure::unreadable(lead, "record", error)))
        .collect()
}

type RawLead = (String, String, String, Option<i64>);

fn raw(row: &Row<'_>) -> rusqlite::Result<RawLead> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
}

fn stored((id, attributes, qualification, wake_at): RawLead) -> Result<Stored, Failure> {
    let attributes = serde_json::from_str(&attributes);
    let qualification: Qualification = serde_json::from_str(&qualification)
        .map_err(|error| Failure::unreadable(&id, "qualification", error))?;
    if qualification.lead_id() != id {
        let found = format!("it is that of lead {:?}", qualification.lead_id());
        return Err(Failure::unreadable(&id, "qualification", found));
    }
    Ok(Stored {
        attributes: attributes.map_err(|error| Failure::unreadable(&id, "attributes", error))?,
        qualification,
        wake_at: wake_at.map(|at| time(&id, at)).transpose()?,
    })
}

fn time(lead: &str, micros: i64) -> Result<DateTime<Utc>, Failure> {
    let at = DateTime::from_timestamp_micros(micros);
    at.ok_or_else(|| Failure::unreadable(lead, "instant", format!("{micros} is out of range")))
}

fn json(lead: &str, value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(value)
        .map_err(|error| Failure::Damaged(format!("lead {lead:?} cannot be stored: {error}")))
}
