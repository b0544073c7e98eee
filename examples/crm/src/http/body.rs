//! What a request brings: a lead's id, a query, a body of JSON. What is wrong with them is told in JSON too.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use serde_json::Value;

use super::LONGEST_BODY;
use super::answer::Refusal;

/// Longer ids are no ids but something else in the wrong place.
const LONGEST_ID: usize = 200;

/// The segments of an address that stand for something: the lead's id, and what follows it.
pub(super) struct LeadId(pub(super) String);

/// The lead's id and the command.
pub(super) struct LeadCommand(pub(super) String, pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for LeadId {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let Path(id) = Path::<String>::from_request_parts(parts, state).await.map_err(bad_path)?;
        Ok(LeadId(checked(id)?))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for LeadCommand {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let path = Path::<(String, String)>::from_request_parts(parts, state).await;
        let Path((id, command)) = path.map_err(bad_path)?;
        Ok(LeadCommand(checked(id)?, command))
    }
}

fn bad_path(_: impl std::error::Error) -> Refusal {
    bad("the address is no UTF-8 text")
}

fn checked(id: String) -> Result<String, Refusal> {
    if id.len() > LONGEST_ID || id.chars().any(char::is_control) {
        return Err(bad(format!(
            "the id of a lead has at most {LONGEST_ID} bytes, and no characters that control a terminal"
        )));
    }
    Ok(id)
}

/// What stands behind the question mark.
pub(super) struct Asked(BTreeMap<String, String>);

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let query = Query::<BTreeMap<String, String>>::from_request_parts(parts, state).await;
        let Query(asked) = query.map_err(|_| bad("what stands behind the question mark cannot be read"))?;
        Ok(Asked(asked))
    }
}

impl Asked {
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A whole number from 1 to `most`.
    pub(super) fn number(&self, name: &str, most: u32) -> Result<Option<u32>, Refusal> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let number = text.parse().ok().filter(|number| (1..=most).contains(number));
        number.map(Some).ok_or_else(|| bad(format!("{name}: a whole number from 1 to {most} belongs here")))
    }
}

/// A body of JSON.
pub(super) struct Body(pub(super) Value);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/json") {
            return Err(Refusal::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "the body has to be JSON, and the header has to say so: Content-Type: application/json",
            ));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|error| {
            if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
                let text = format!("the body is longer than {LONGEST_BODY} bytes; send it in parts");
                Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, text)
            } else {
                bad("the body ended before it was complete")
            }
        })?;
        serde_json::from_slice(&bytes).map(Body).map_err(|error| bad(format!("the body is no JSON: {error}")))
    }
}

pub(super) fn bad(error: impl Into<String>) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, error)
}
