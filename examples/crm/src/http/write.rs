//! Requests that change something.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde_json::{Map, Value};

use super::App;
use super::answer::{Refusal, done};
use super::body::{Body, LeadCommand, LeadId};
use crate::crm::{Attributes, Command, read_attributes, read_events};

type Answer = Result<Response, Refusal>;

/// Takes one event, or a list of them: all, or where one is wrong none.
pub(super) async fn events(State(app): State<App>, LeadId(id): LeadId, Body(body): Body) -> Answer {
    let events = read_events(&app.crm.rules, body)?;
    let answer = app.database.write(move |connection, now| {
        let (lead, news) = app.crm.take_events(connection, &id, &events, now)?;
        let mut counts = Map::new();
        counts.insert("stored".to_owned(), news.into());
        counts.insert("known".to_owned(), (events.len() - news).into());
        Ok(done(&lead, now, counts))
    });
    Ok(answer.await?)
}

/// Says all that is known of a lead.
pub(super) async fn all_attributes(State(app): State<App>, LeadId(id): LeadId, Body(body): Body) -> Answer {
    set_attributes(app, id, body, Attributes::All).await
}

/// Says more of what is known of a lead.
pub(super) async fn some_attributes(State(app): State<App>, LeadId(id): LeadId, Body(body): Body) -> Answer {
    set_attributes(app, id, body, Attributes::Named).await
}

async fn set_attributes(
    app: App,
    id: String,
    body: Value,
    which: fn(Map<String, Value>) -> Attributes,
) -> Answer {
    let attributes = which(read_attributes(&app.crm.rules, body)?);
    let answer = app.database.write(move |connection, now| {
        let lead = app.crm.set_attributes(connection, &id, attributes, now)?;
        Ok(done(&lead, now, Map::new()))
    });
    Ok(answer.await?)
}

/// Does what somebody asks for.
pub(super) async fn command(
    State(app): State<App>,
    LeadCommand(id, name): LeadCommand,
    headers: HeaderMap,
    Body(body): Body,
) -> Answer {
    let Some(command) = Command::read(&name, body)? else {
        return Err(Refusal::nothing_here(&format!("/leads/{id}/{name}")));
    };
    let seen = headers.get(header::IF_MATCH).map(seen).transpose()?.flatten();
    // What is due by now happens first, and stays even where the command is then refused.
    let (crm, lead) = (app.crm.clone(), id.clone());
    app.database.write(move |connection, now| crm.look_again(connection, &lead, now)).await?;
    let answer = app.database.write(move |connection, now| {
        let lead = app.crm.command(connection, &id, &command, seen.as_deref(), now)?;
        Ok(done(&lead, now, Map::new()))
    });
    Ok(answer.await?)
}

/// The tag of a lead as it was seen; none for any.
fn seen(value: &axum::http::HeaderValue) -> Result<Option<String>, Refusal> {
    match value.to_str().map(str::trim) {
        Ok("*") => Ok(None),
        Ok(tag) if tag.len() > 2 && tag.starts_with('"') && tag.ends_with('"') => {
            Ok(Some(tag.trim_matches('"').to_owned()))
        }
        _ => Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "If-Match: one tag in quotes belongs here, as the header ETag of the lead has it",
        )),
    }
}
