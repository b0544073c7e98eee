//! How the service answers: the JSON of a lead, and of everything that can go wrong.

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use leadql::qualification::commands_from;
use leadql::{QualificationError, Stage, print_instant};
use serde_json::{Map, Value, json};

use crate::crm::{Done, name_of};
use crate::failure::Failure;
use crate::store::Stored;

/// A request that is not answered as it wished: a status, and an object with `error`, and `field`, `stage` and
/// `allowed` where they help.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    body: Value,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, error: impl Into<String>) -> Self {
        Refusal { status, body: json!({"error": error.into()}) }
    }

    fn at(status: StatusCode, error: String, field: Option<String>) -> Self {
        let mut refusal = Refusal::new(status, error);
        if let (Some(field), Some(body)) = (field, refusal.body.as_object_mut()) {
            body.insert("field".to_owned(), field.into());
        }
        refusal
    }

    pub(super) fn nothing_here(path: &str) -> Self {
        Refusal::new(
            StatusCode::NOT_FOUND,
            format!("there is nothing at {path}; the README lists the addresses"),
        )
    }

    pub(super) fn other_method(method: &Method, path: &str) -> Self {
        Refusal::new(StatusCode::METHOD_NOT_ALLOWED, format!("{method} does nothing at {path}"))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(self.body)).into_response()
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        let text = failure.to_string();
        match failure {
            Failure::BadInput { field, .. } => Refusal::at(StatusCode::BAD_REQUEST, text, field),
            Failure::Meaningless { field, .. } => Refusal::at(StatusCode::UNPROCESSABLE_ENTITY, text, field),
            Failure::NoSuchLead(_) => Refusal::new(StatusCode::NOT_FOUND, text),
            Failure::Changed { .. } => Refusal::new(StatusCode::PRECONDITION_FAILED, text),
            Failure::NotAllowed { error, stage } => {
                let without = "to qualify the lead without it, say why in the field \"why\"";
                let text = match error {
                    QualificationError::CriterionFails => {
                        format!("the criterion of stage sql does not hold; {without}")
                    }
                    QualificationError::NoCriterion => {
                        format!("the rule set has no criterion for stage sql; {without}")
                    }
                    _ => text,
                };
                let body = json!({"error": text, "stage": stage, "allowed": allowed(stage)});
                Refusal { status: StatusCode::CONFLICT, body }
            }
            Failure::Database(error) if is_busy(&error) => Refusal::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "another program is writing to the database; nothing was stored, try again",
            ),
            Failure::Database(_) | Failure::Damaged(_) => {
                eprintln!("error: {text}");
                Refusal::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "that did not work, and nothing was stored; the log of the service says more",
                )
            }
            Failure::Stopped => Refusal::new(StatusCode::SERVICE_UNAVAILABLE, text),
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked)
    )
}

/// The commands that are possible at a stage, as addresses have them.
fn allowed(stage: Stage) -> Vec<&'static str> {
    commands_from(stage).map(name_of).chain(["bant"]).collect()
}

/// A lead in a list.
pub(super) fn summary(lead: &Stored, now: DateTime<Utc>) -> Map<String, Value> {
    let qualification = &lead.qualification;
    let scores = qualification.evaluation().map(|evaluation| &evaluation.scores);
    let instant = |at: Option<DateTime<Utc>>| at.map(print_instant);
    let mut object = Map::new();
    let mut put = |key: &str, value: Value| object.insert(key.to_owned(), value);
    put("id", qualification.lead_id().into());
    put("name", text(lead, "name"));
    put("title", text(lead, "title"));
    put("company", text(lead, "company"));
    put("stage", json!(qualification.stage()));
    put("stage_since", instant(qualification.stage_since()).into());
    put("scores", json!(scores));
    put("bands", qualification.bands().map(|(score, band)| (score.to_owned(), Value::from(band))).collect());
    put("segments", qualification.segments().collect());
    put("due", instant(qualification.due()).into());
    put("overdue", qualification.is_overdue(now).into());
    put("look_again", instant(lead.wake_at).into());
    put("records", qualification.records().into());
    object
}

fn text(lead: &Stored, attribute: &str) -> Value {
    lead.attributes.get(attribute).filter(|value| value.is_string()).cloned().unwrap_or_default()
}

/// A lead by itself.
pub(super) fn whole(lead: &Stored, now: DateTime<Utc>) -> Map<String, Value> {
    let mut object = summary(lead, now);
    object.insert("attributes".to_owned(), lead.attributes.clone().into());
    object.insert("bant".to_owned(), json!(lead.qualification.bant()));
    object.insert("allowed".to_owned(), allowed(lead.qualification.stage()).into());
    object
}

/// What became of a lead, with what else there is to say.
pub(super) fn done(done: &Done, now: DateTime<Utc>, more: Map<String, Value>) -> Response {
    let status = if done.is_new { StatusCode::CREATED } else { StatusCode::OK };
    let mut body = more;
    body.insert("lead".to_owned(), whole(&done.lead, now).into());
    body.insert("records".to_owned(), json!(done.records));
    (status, etag(&done.lead), Json(body)).into_response()
}

/// How a lead that was seen is told from what it becomes: by the number of its records.
pub(super) fn etag(lead: &Stored) -> HeaderMap {
    let tag = HeaderValue::try_from(format!("\"{}\"", lead.qualification.records()));
    tag.into_iter().map(|tag| (header::ETAG, tag)).collect()
}
