//! Requests that change nothing.

use std::fmt::Display;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use chrono::{DateTime, Utc};
use leadql::funnel::{Cohort, Funnel, FunnelOptions};
use leadql::{Lead, Stage, print_instant};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::App;
use super::answer::{self, Refusal};
use super::body::{Asked, LeadId, bad};
use crate::crm::{Crm, find};
use crate::failure::Failure;
use crate::store::{self, Stored};

type Answer = Result<Response, Refusal>;

/// So many leads a page, if nothing else is asked for, and at most.
const LEADS: (u32, u32) = (200, 1_000);

/// So many events, likewise.
const EVENTS: (u32, u32) = (100, 1_000);

/// The page; it brings all that it needs, and may fetch from nowhere else.
const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; \
                      connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

pub(super) async fn page() -> Response {
    let mut response = Html(include_str!("page.html")).into_response();
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

/// The rule set that leads go by.
pub(super) async fn rules(State(app): State<App>) -> Json<Value> {
    let rules = &app.crm.rules;
    Json(json!({
        "name": rules.name(),
        "version": rules.version(),
        "fingerprint": rules.fingerprint(),
        "scores": rules.scores().collect::<Vec<_>>(),
        "source": app.crm.source,
    }))
}

/// Leads in the order of their ids, and how many there are at each stage.
pub(super) async fn leads(State(app): State<App>, asked: Asked) -> Answer {
    let stage = asked.text("stage").map(str::parse::<Stage>).transpose();
    let stage = stage.map_err(|error| bad(format!("stage: {error}")))?.map(Stage::as_str);
    let after = asked.text("after").unwrap_or_default().to_owned();
    let limit = asked.number("limit", LEADS.1)?.unwrap_or(LEADS.0) as usize;
    let answer = app.database.read(move |connection, now| {
        let mut leads = store::list(connection, stage, &after, limit + 1)?;
        let is_more = leads.len() > limit;
        leads.truncate(limit);
        let next = leads.last().filter(|_| is_more).map(|lead| lead.qualification.lead_id().to_owned());
        let counts = store::counts(connection)?;
        let counts: Map<String, Value> = Stage::ALL
            .iter()
            .map(|stage| (stage.to_string(), counts.get(stage.as_str()).copied().unwrap_or(0).into()))
            .collect();
        let leads: Vec<Value> = leads.iter().map(|lead| answer::summary(lead, now).into()).collect();
        Ok(Json(json!({"now": print_instant(now), "stages": counts, "leads": leads, "next": next})))
    });
    Ok(answer.await?.into_response())
}

pub(super) async fn lead(State(app): State<App>, LeadId(id): LeadId) -> Answer {
    let answer = app.database.read(move |connection, now| {
        let lead = find(connection, &id)?;
        Ok((answer::etag(&lead), Json(answer::whole(&lead, now))))
    });
    Ok(answer.await?.into_response())
}

/// The newest events of a lead, the newest first.
pub(super) async fn events(State(app): State<App>, LeadId(id): LeadId, asked: Asked) -> Answer {
    let limit = asked.number("limit", EVENTS.1)?.unwrap_or(EVENTS.0);
    let answer = app.database.read(move |connection, _| {
        find(connection, &id)?;
        Ok(Json(store::newest_events(connection, &id, limit)?))
    });
    Ok(answer.await?.into_response())
}

/// The records of a lead in order; each with the line that says it to people.
pub(super) async fn records(State(app): State<App>, LeadId(id): LeadId) -> Answer {
    let answer = app.database.read(move |connection, _| {
        find(connection, &id)?;
        Ok(Json(store::records(connection, &id)?))
    });
    Ok(answer.await?.into_response())
}

/// Why a lead is where it is.
pub(super) async fn explanation(
    State(app): State<App>,
    LeadId(id): LeadId,
    asked: Asked,
    headers: HeaderMap,
) -> Answer {
    let form = Form::wanted(&asked, &headers)?;
    tell(app, id, move |crm, _, facts, now| {
        let explanation = crm.rules.explain(facts, now);
        form.answer(&explanation, || explanation.to_markdown())
    })
    .await
}

/// What sales needs to know of a lead, on one page.
pub(super) async fn handoff(
    State(app): State<App>,
    LeadId(id): LeadId,
    asked: Asked,
    headers: HeaderMap,
) -> Answer {
    let form = Form::wanted(&asked, &headers)?;
    tell(app, id, move |crm, lead, facts, now| {
        let page = crm.rules.handoff_of(&lead.qualification, facts, now);
        form.answer(&page, || page.to_markdown())
    })
    .await
}

/// Tells about a lead, as it is stored and as the rules see it. That may take a while, so neither the database's
/// thread nor those that serve requests have to wait for it.
async fn tell(
    app: App,
    id: String,
    say: impl FnOnce(&Crm, &Stored, &Lead, DateTime<Utc>) -> Response + Send + 'static,
) -> Answer {
    let crm = app.crm.clone();
    let read = app.database.read(move |connection, now| {
        let lead = find(connection, &id)?;
        let facts = crm.lead(connection, &lead)?;
        Ok((lead, facts, now))
    });
    let (lead, facts, now) = read.await?;
    let told = tokio::task::spawn_blocking(move || say(&app.crm, &lead, &facts, now));
    Ok(told.await.map_err(|_| Failure::Stopped)?)
}

/// So many leads are read at once for the funnel; other requests come in between.
const FUNNEL_STEP: usize = 200;

/// Numbers on all leads together, told apart by an attribute, or by when they became MQLs, if so asked.
pub(super) async fn funnel(State(app): State<App>, asked: Asked, headers: HeaderMap) -> Answer {
    let form = Form::wanted(&asked, &headers)?;
    let mut options = FunnelOptions::new();
    let by = asked.text("by").map(str::to_owned);
    if let Some(by) = &by {
        // The name is checked as it is used.
        let _ = app.crm.rules.lead().set(by, None::<&str>).map_err(Failure::from)?;
        options = options.by(by);
    }
    match asked.text("cohort") {
        None => {}
        Some("week") => options = options.cohort(Cohort::Week),
        Some("month") => options = options.cohort(Cohort::Month),
        Some("quarter") => options = options.cohort(Cohort::Quarter),
        Some(_) => return Err(bad("cohort: week, month or quarter belongs here")),
    }
    let mut funnel = Funnel::new(options);
    let mut after = String::new();
    let now = loop {
        let read = app.database.read(move |connection, now| {
            let leads = store::list(connection, None, &after, FUNNEL_STEP)?;
            let with_records = |lead: Stored| {
                let records = store::records(connection, lead.qualification.lead_id())?;
                Ok((lead, records))
            };
            Ok((leads.into_iter().map(with_records).collect::<Result<Vec<_>, Failure>>()?, now))
        });
        let (leads, now) = read.await?;
        for (lead, records) in &leads {
            let group = by.as_ref().and_then(|by| lead.attributes.get(by)).map(|value| match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            });
            funnel.add_lead(lead.qualification.lead_id(), group.as_deref());
            for record in records {
                funnel.add(record).map_err(|error| Failure::Damaged(error.to_string()))?;
            }
        }
        match leads.last().filter(|_| leads.len() == FUNNEL_STEP) {
            Some((last, _)) => after = last.qualification.lead_id().to_owned(),
            None => break now,
        }
    };
    let report = funnel.report(now);
    Ok(form.answer(&report, || report.to_markdown()))
}

/// In which form a text is wanted.
#[derive(Clone, Copy)]
enum Form {
    Text,
    Markdown,
    Json,
}

impl Form {
    /// What `format` says, or the first form that the header `Accept` names; text for whoever does not care.
    fn wanted(asked: &Asked, headers: &HeaderMap) -> Result<Form, Refusal> {
        match asked.text("format") {
            Some("text") => return Ok(Form::Text),
            Some("markdown") => return Ok(Form::Markdown),
            Some("json") => return Ok(Form::Json),
            Some(_) => return Err(bad("format: text, markdown or json belongs here")),
            None => {}
        }
        let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or("*/*");
        let mut kinds = accept.split(',').filter_map(|kind| kind.split(';').next()).map(str::trim);
        let form = kinds.find_map(|kind| match kind {
            "application/json" => Some(Form::Json),
            "text/markdown" => Some(Form::Markdown),
            "text/plain" | "text/*" | "*/*" => Some(Form::Text),
            _ => None,
        });
        form.ok_or_else(|| {
            Refusal::new(
                StatusCode::NOT_ACCEPTABLE,
                "there are text/plain, text/markdown and application/json",
            )
        })
    }

    fn answer<T: Serialize + Display>(self, told: &T, markdown: impl FnOnce() -> String) -> Response {
        let text = |kind: &'static str, text: String| ([(header::CONTENT_TYPE, kind)], text).into_response();
        match self {
            Form::Json => Json(told).into_response(),
            Form::Markdown => text("text/markdown; charset=utf-8", markdown()),
            Form::Text => text("text/plain; charset=utf-8", told.to_string()),
        }
    }
}
