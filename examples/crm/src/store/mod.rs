//! The database: one connection, on a thread of its own, that does one job after another.
//!
//! A job is told what time it is when it begins, so that the order of the jobs is the order of their instants. A
//! write is one transaction: all of it is kept, or nothing.

mod rows;

use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use crate::clock::Clock;
use crate::failure::Failure;
pub(crate) use rows::{Event, Stored, add, add_event, add_record, counts, due, events, find, ids, list};
pub(crate) use rows::{newest_events, postpone, records, save};

/// The number in the database that says which schema it has.
const SCHEMA: i64 = 1;

/// So many jobs may wait; who comes later waits for a place.
const WAITING: usize = 256;

/// Opens the database, and makes its tables where there are none.
pub(crate) fn open(path: &Path) -> Result<Connection, Failure> {
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    // With a write-ahead log a commit is one append; FULL has it on the disk before anything is acknowledged.
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let schema: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let tables: i64 = transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match (schema, tables) {
        (SCHEMA, _) => {}
        (0, 0) => {
            transaction.execute_batch(include_str!("schema.sql"))?;
            transaction.pragma_update(None, "user_version", SCHEMA)?;
        }
        _ => {
            return Err(Failure::Damaged(format!(
                "{} is no database of this program, or of another version of it",
                path.display()
            )));
        }
    }
    transaction.commit()?;
    Ok(connection)
}

/// Does `work` in one transaction, which is kept if all goes well.
pub(crate) fn in_transaction<T>(
    connection: &mut Connection,
    work: impl FnOnce(&mut Transaction<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let mut transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = work(&mut transaction)?;
    transaction.commit()?;
    Ok(done)
}

type Job = Box<dyn FnOnce(&mut Connection, DateTime<Utc>) + Send>;

/// The way to the database for everybody else.
#[derive(Clone)]
pub(crate) struct Database {
    jobs: mpsc::Sender<Job>,
}

impl Database {
    /// Starts the thread; it ends when nobody can ask it for anything any more.
    pub(crate) fn start(
        mut connection: Connection,
        mut clock: Clock,
    ) -> std::io::Result<(Database, std::thread::JoinHandle<()>)> {
        let (jobs, mut waiting) = mpsc::channel::<Job>(WAITING);
        let thread = std::thread::Builder::new().name("database".to_owned()).spawn(move || {
            while let Some(job) = waiting.blocking_recv() {
                job(&mut connection, clock.now());
            }
        })?;
        Ok((Database { jobs }, thread))
    }

    /// Reads.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection, DateTime<Utc>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.job(move |connection, now| work(connection, now)).await
    }

    /// Writes: in one transaction, which is only kept if all went well. The answer comes after it is on the disk.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Transaction<'_>, DateTime<Utc>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.job(move |connection, now| in_transaction(connection, |inner| work(inner, now))).await
    }

    /// Waits until the thread has come to an end, which it does not do by itself.
    pub(crate) async fn stopped(&self) {
        self.jobs.closed().await;
    }

    async fn job<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection, DateTime<Utc>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |connection, now| {
            // Whoever asked may be gone; what was done is done all the same.
            let _ = answer.send(work(connection, now));
        });
        self.jobs.send(job).await.map_err(|_| Failure::Stopped)?;
        answered.await.map_err(|_| Failure::Stopped)?
    }
}
