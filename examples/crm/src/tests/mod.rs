//! The service asked as over HTTP, without a port, at instants that the tests set.

mod guarding;
mod journey;
mod keeping;
mod refusals;
mod time;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use chrono::{DateTime, TimeDelta, Utc};
use http_body_util::BodyExt;
use leadql::{Calendar, Qualification, Record, RuleSet, parse_instant};
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

use crate::clock::Clock;
use crate::crm::Crm;
use crate::failure::Failure;
use crate::http::{App, router};
use crate::store::{self, Database};

/// Small enough to be worked out by hand.
const RULES: &str = r#"
    visited(pricing) within 7d => +40
    each downloaded(*)         => +10
    title has word "head"      => +20
    band score { hot >= 50, cold }
    segment looking when visited(pricing) within 1d
    stage mql when score >= 50 sla 48h
    stage sql when at least 2 of [budget, authority, need, timing]
    disqualify when email_domain = "competitor.example" "works for a competitor"
"#;

const MONDAY: &str = "2026-11-02T09:00:00Z";

struct Service {
    router: Router,
    crm: Arc<Crm>,
    database: Database,
    /// What the clock shows, in microseconds.
    clock: Arc<AtomicI64>,
    /// The database; in a folder that goes with the test.
    path: PathBuf,
    _folder: Arc<TempDir>,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

fn rules(text: &str, calendar: Option<Calendar>) -> Crm {
    Crm::new(RuleSet::compile(text).unwrap(), text.to_owned(), calendar)
}

impl Service {
    /// A service that begins on Monday with an empty database.
    fn new() -> Service {
        Service::with(rules(RULES, None))
    }

    fn with(crm: Crm) -> Service {
        let folder = Arc::new(TempDir::new().unwrap());
        let path = folder.path().join("crm.sqlite3");
        let clock = Arc::new(AtomicI64::new(parse_instant(MONDAY).unwrap().timestamp_micros()));
        start(crm, path, clock, folder).unwrap()
    }

    /// What the database is when the service is started anew with these rules, the clock as it stands.
    fn again(&self, crm: Crm) -> Result<Service, Failure> {
        start(crm, self.path.clone(), self.clock.clone(), self._folder.clone())
    }

    fn wait(&self, time: TimeDelta) {
        self.clock.fetch_add(time.num_microseconds().unwrap(), Ordering::SeqCst);
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        Answer { status, headers, text: String::from_utf8(body.to_vec()).unwrap() }
    }

    async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: String) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("host", "localhost:8080");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], String::new()).await
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask("POST", path, &[("content-type", "application/json")], body.to_string()).await
    }

    async fn put(&self, path: &str, body: Value) -> Answer {
        self.ask("PUT", path, &[("content-type", "application/json")], body.to_string()).await
    }

    /// Does what the worker does at each of its ticks.
    async fn tick(&self) -> usize {
        let crm = self.crm.clone();
        let looked = self.database.write(move |transaction, now| crm.look_at_due(transaction, 100, now));
        let (found, troubles) = looked.await.unwrap();
        assert_eq!(troubles, Vec::<String>::new());
        found
    }

    /// A lead that has just become an MQL.
    async fn mql(&self, id: &str) {
        let events = json!([
            {"event": "visited", "subject": "pricing", "at": MONDAY, "id": "v-1"},
            {"event": "downloaded", "subject": "guide", "at": MONDAY, "id": "d-1"},
        ]);
        let answer = self.post(&format!("/leads/{id}/events"), events).await;
        assert_eq!(answer.json()["lead"]["stage"], "mql", "{}", answer.text);
    }

    async fn lead(&self, id: &str) -> Value {
        self.get(&format!("/leads/{id}")).await.ok()
    }

    async fn records(&self, id: &str) -> Vec<Record> {
        serde_json::from_value(self.get(&format!("/leads/{id}/records")).await.ok()).unwrap()
    }

    /// What happened to a lead, in short.
    async fn steps(&self, id: &str) -> Vec<&'static str> {
        self.records(id).await.iter().map(|record| record.what.as_str()).collect()
    }
}

fn start(crm: Crm, path: PathBuf, clock: Arc<AtomicI64>, folder: Arc<TempDir>) -> Result<Service, Failure> {
    let mut connection = store::open(&path)?;
    connection.busy_timeout(std::time::Duration::ZERO)?;
    let checked = crm.check(&connection)?;
    let shown = clock.clone();
    let source = move || DateTime::from_timestamp_micros(shown.load(Ordering::SeqCst)).unwrap();
    let mut clock_of_service = Clock::new(source, checked.latest);
    let now = clock_of_service.now();
    store::in_transaction(&mut connection, |inner| crm.adopt(inner, &checked.by_other_rules, now))?;
    let (database, _) = Database::start(connection, clock_of_service).unwrap();
    let crm = Arc::new(crm);
    let router = router(App { crm: crm.clone(), database: database.clone(), hosts: Arc::new([]) });
    Ok(Service { router, crm, database, clock, path, _folder: folder })
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    fn ok(&self) -> Value {
        assert!(self.status.is_success(), "{}: {}", self.status, self.text);
        self.json()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// A connection beside that of the service.
fn beside(path: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(path).unwrap()
}

fn count(path: &Path, table: &str) -> i64 {
    beside(path).query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    parse_instant(text).unwrap()
}

/// The qualification as it is stored.
fn stored(path: &Path, id: &str) -> Qualification {
    let text: String = beside(path)
        .query_row("SELECT qualification FROM lead WHERE id = ?1", [id], |row| row.get(0))
        .unwrap();
    serde_json::from_str(&text).unwrap()
}
