//! The service over HTTP: which address does what.
//!
//! Requests are read here and answered here; what they mean is decided in [`crate::crm`], inside the database's
//! thread. Every answer but the page and the explanations is JSON, errors among them.

mod answer;
mod body;
mod guard;
mod read;
mod write;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{Method, Uri};
use axum::middleware;
use axum::routing::{get, post, put};

use crate::crm::Crm;
use crate::store::Database;
use answer::Refusal;

/// The body of a request may be so long.
const LONGEST_BODY: usize = 1 << 20;

/// What every request needs.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) crm: Arc<Crm>,
    pub(crate) database: Database,
    /// The names under which the service may be asked, beside those of this machine.
    pub(crate) hosts: Arc<[String]>,
}

pub(crate) fn router(app: App) -> Router {
    Router::new()
        .route("/", get(read::page))
        .route("/rules", get(read::rules))
        .route("/funnel", get(read::funnel))
        .route("/leads", get(read::leads))
        .route("/leads/{id}", get(read::lead))
        .route("/leads/{id}/events", get(read::events).post(write::events))
        .route("/leads/{id}/attributes", put(write::all_attributes).patch(write::some_attributes))
        .route("/leads/{id}/records", get(read::records))
        .route("/leads/{id}/explanation", get(read::explanation))
        .route("/leads/{id}/handoff", get(read::handoff))
        .route("/leads/{id}/{command}", post(write::command))
        .fallback(nothing_here)
        .method_not_allowed_fallback(other_method)
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .layer(middleware::from_fn_with_state(app.clone(), guard::guard))
        .with_state(app)
}

async fn nothing_here(uri: Uri) -> Refusal {
    Refusal::nothing_here(uri.path())
}

async fn other_method(method: Method, uri: Uri) -> Refusal {
    Refusal::other_method(&method, uri.path())
}
