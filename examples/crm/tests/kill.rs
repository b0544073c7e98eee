//! The service is killed in the middle of what it does, again and again, and nothing is lost or doubled.
//!
//! Several senders deliver events, attributes and commands to a real process over real connections. After a random
//! number of answers it is killed, without any warning, while requests are under way, and started anew; each sender
//! goes on where it was, delivering again whatever it had no answer to. In the end the database is read without the
//! service: every event is there exactly once, the records make up the qualifications, and the scores are those of
//! an evaluation of all events from scratch.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "what helps a test stops it by panicking too"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use leadql::{NewEvent, Qualification, Record, RuleSet, parse_instant, print_instant};
use rusqlite::Connection;
use serde_json::{Value, json};

const SENDERS: usize = 4;
const LEADS: usize = 6;
const EVENTS: usize = 150;
const KILLS: usize = 20;

/// Nothing takes so long, on however slow a machine.
const PATIENCE: Duration = Duration::from_secs(45);

/// What no process of the service survives: it goes with the test.
struct Service {
    process: Child,
    address: SocketAddr,
}

impl Service {
    /// Starts the service and waits until it listens.
    fn start(database: &Path) -> Service {
        let mut process = Command::new(env!("CARGO_BIN_EXE_leadql-crm"))
            .args(["--port", "0", "--database"])
            .arg(database)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let listening = lines
            .map(Result::unwrap)
            .find_map(|line| Some(line.strip_prefix("listening on http://")?.parse::<SocketAddr>().unwrap()));
        let address = listening.expect("the service ends without listening");
        Service { process, address }
    }

    /// SIGKILL: the process has no say in it.
    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Asks, and gives status and body; none where the answer did not come, or not all of it.
fn ask(address: SocketAddr, method: &str, path: &str, body: &Value) -> Option<(u16, Value)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let body = body.to_string();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, serde_json::from_str(body).ok()?))
}

/// Numbers without a pattern, from a seed (xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// A delivery: the lead, the rest of its address, and what is delivered.
struct Delivery {
    method: &'static str,
    lead: String,
    place: &'static str,
    body: Value,
}

/// What one sender delivers: events alone and in lists, and now and then an attribute or a command. Event ids say
/// who sent them, so that senders share leads but no event.
fn deliveries(sender: usize, now: DateTime<Utc>) -> Vec<Delivery> {
    let mut chance = Chance(0x9E37_79B9_7F4A_7C15 ^ (sender as u64 + 1));
    let mut all = Vec::new();
    let mut number = 0;
    while number < EVENTS {
        let lead = format!("L-{}", chance.below(LEADS as u64));
        let mut event = || {
            number += 1;
            let at = now - TimeDelta::minutes(i64::try_from(chance.below(60 * 24 * 20)).unwrap());
            let (kind, subject) = [
                ("visited", "pricing"),
                ("visited", "docs"),
                ("downloaded", "guide"),
                ("attended", "webinar"),
                ("opened", "newsletter"),
            ][chance.below(5) as usize];
            json!({"event": kind, "subject": subject, "at": print_instant(at), "id": format!("{sender}-{number}")})
        };
        let one = event();
        let body = if one["subject"] == "docs" { json!([one, event(), event()]) } else { one };
        all.push(Delivery { method: "POST", lead: lead.clone(), place: "events", body });
        let (method, place, body) = match chance.below(6) {
            0 => (
                "PATCH",
                "attributes",
                json!({"title": "Head of Sales", "company_size": 100, "country": "DE"}),
            ),
            1 => ("POST", "accept", json!({"by": "dana"})),
            2 => ("POST", "send-back", json!({"by": "dana", "reason": "wrong_time"})),
            3 => ("POST", "reopen", json!({"by": "eli"})),
            _ => continue,
        };
        all.push(Delivery { method, lead, place, body });
    }
    all
}

#[test]
fn nothing_is_lost_or_doubled_by_being_killed() {
    let folder = tempfile::TempDir::new().unwrap();
    let database = folder.path().join("crm.sqlite3");
    let began = Instant::now();
    let now = Utc::now();
    let service = Mutex::new(Service::start(&database));
    let answers = AtomicUsize::new(0);
    let lost = AtomicUsize::new(0);
    let kept = AtomicUsize::new(0);
    let address = || service.lock().unwrap_or_else(PoisonError::into_inner).address;

    let expected: usize = (0..SENDERS).map(|sender| deliveries(sender, now).len()).sum();
    std::thread::scope(|scope| {
        for sender in 0..SENDERS {
            let (answers, lost, kept, address) = (&answers, &lost, &kept, &address);
            scope.spawn(move || {
                for Delivery { method, lead, place, body } in deliveries(sender, now) {
                    let path = format!("/leads/{lead}/{place}");
                    // Nobody who has no answer knows whether it was done; so it is delivered again.
                    let mut tries = 0;
                    let (status, answer) = loop {
                        tries += 1;
                        assert!(began.elapsed() < PATIENCE, "no answer any more");
                        match ask(address(), method, &path, &body) {
                            Some(answer) => break answer,
                            None => {
                                lost.fetch_add(1, Ordering::SeqCst);
                                std::thread::sleep(Duration::from_millis(5));
                            }
                        }
                    };
                    // A command that was done, but whose answer was lost, is out of place the second time.
                    let is_command = !matches!(place, "events" | "attributes");
                    assert!(status < 300 || (is_command && status == 409), "{path}: {status} {answer}");
                    if tries > 1 && answer["known"].as_u64().is_some_and(|known| known > 0) {
                        kept.fetch_add(1, Ordering::SeqCst);
                    }
                    answers.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        // Kills are spread over the whole of the work, at no moment in particular.
        let mut chance = Chance(Utc::now().timestamp_micros().unsigned_abs() | 1);
        for kill in 1..=KILLS {
            let after = expected * kill / (KILLS + 1);
            while answers.load(Ordering::SeqCst) < after {
                assert!(began.elapsed() < PATIENCE, "no answer any more");
                std::thread::yield_now();
            }
            std::thread::sleep(Duration::from_micros(chance.below(8_000)));
            let mut service = service.lock().unwrap_or_else(PoisonError::into_inner);
            service.kill();
            // It is where it was, to the last record, or it would not start.
            *service = Service::start(&database);
        }
    });
    assert_eq!(answers.load(Ordering::SeqCst), expected);
    let (lost, kept) = (lost.into_inner(), kept.into_inner());
    println!("{expected} deliveries, {lost} times no answer, {kept} times although all was stored");

    let (status, leads) = ask(address(), "GET", "/leads", &Value::Null).unwrap();
    assert_eq!((status, leads["leads"].as_array().unwrap().len()), (200, LEADS));
    service.lock().unwrap_or_else(PoisonError::into_inner).kill();
    check(&database, now);
}

/// Reads the database without the service.
fn check(database: &Path, now: DateTime<Utc>) {
    let connection = Connection::open(database).unwrap();
    let sound: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");

    let mut sent: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
    for delivery in (0..SENDERS).flat_map(|sender| deliveries(sender, now)) {
        let events = match delivery.body {
            Value::Array(list) if delivery.place == "events" => list,
            one if delivery.place == "events" => vec![one],
            _ => continue,
        };
        let of_lead = sent.entry(delivery.lead).or_default();
        of_lead.extend(events.into_iter().map(|event| (event["id"].as_str().unwrap().to_owned(), event)));
    }
    let rules = RuleSet::compile(include_str!("../rules.lql")).unwrap();
    for (id, events) in &sent {
        let texts = |statement: &str| -> Vec<String> {
            let mut statement = connection.prepare(statement).unwrap();
            statement.query_map([id], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
        };
        // Every event once: neither one too few nor one too many.
        let stored = texts("SELECT id FROM event WHERE lead = ?1");
        assert_eq!(stored.len(), events.len(), "lead {id}");
        let stored: BTreeSet<&str> = stored.iter().map(String::as_str).collect();
        assert_eq!(stored, events.keys().map(String::as_str).collect(), "lead {id}");

        // The records are a chain without a gap, and the qualification is what they make of it.
        let records = texts("SELECT body FROM record WHERE lead = ?1 ORDER BY sequence");
        let records: Vec<Record> = records.iter().map(|body| serde_json::from_str(body).unwrap()).collect();
        let qualification: Qualification =
            serde_json::from_str(&texts("SELECT qualification FROM lead WHERE id = ?1")[0]).unwrap();
        qualification.check_records(&records).unwrap();
        let rebuilt = Qualification::rebuild(&records).unwrap();
        assert_eq!(rebuilt.stage(), qualification.stage());
        assert_eq!(rebuilt.digest(), qualification.digest());

        // The scores are those of all events, evaluated from scratch.
        let attributes: Value =
            serde_json::from_str(&texts("SELECT attributes FROM lead WHERE id = ?1")[0]).unwrap();
        let mut lead = rules.lead().id(id).bant(qualification.bant());
        for name in ["title", "country"] {
            lead = lead.set(name, attributes[name].as_str()).unwrap();
        }
        lead = lead.set("company_size", attributes["company_size"].as_i64()).unwrap();
        for event in events.values() {
            let text = |key: &str| event[key].as_str().unwrap();
            let at = parse_instant(text("at")).unwrap();
            lead = lead.add_event(NewEvent::new(text("event"), text("subject"), at).id(text("id"))).unwrap();
        }
        let mut lead = lead.build();
        qualification.place(&mut lead);
        let observed = qualification.evaluation().unwrap();
        let evaluation = rules.evaluate(&lead, observed.at);
        let fresh: BTreeMap<_, _> =
            evaluation.scores().map(|(name, points)| (name.to_owned(), points)).collect();
        assert_eq!(observed.scores, fresh, "lead {id}");
        assert_eq!(evaluation.stage(), qualification.stage(), "lead {id}");
    }
}
