//! A small CRM service on LeadQL: events and attributes of leads come in over HTTP, people give commands; where every
//! lead stands, and every step that led there, is kept in SQLite, together with what it follows from.
//!
//! [`http`] reads requests and writes answers, [`crm`] decides what happens, [`store`] keeps it; [`worker`] looks at
//! leads whose time has come. The time is asked for in [`clock`] alone.

mod arguments;
mod clock;
mod crm;
mod demo;
mod failure;
mod http;
mod store;
#[cfg(test)]
mod tests;
mod worker;

use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use leadql::{Calendar, RuleSet};
use tokio::net::TcpListener;

use crate::arguments::Arguments;
use crate::clock::Clock;
use crate::crm::Crm;
use crate::http::App;
use crate::store::Database;

fn main() -> ExitCode {
    let arguments = match arguments::read(&mut lexopt::Parser::from_env()) {
        Ok(Some(arguments)) => arguments,
        Ok(None) => {
            print!("{}", arguments::HELP);
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("error: {error}; see --help");
            return ExitCode::from(2);
        }
    };
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let crm = load(arguments)?;
    let at = |error| format!("{}: {error}", arguments.database.display());
    let mut connection = store::open(&arguments.database).map_err(at)?;
    let checked = crm.check(&connection).map_err(at)?;
    let mut clock = Clock::of_the_machine(checked.latest);
    let now = clock.now();
    if !checked.by_other_rules.is_empty() {
        store::in_transaction(&mut connection, |inner| crm.adopt(inner, &checked.by_other_rules, now))?;
        println!("{} leads now go by the rule set {}", checked.by_other_rules.len(), crm.rules.fingerprint());
    }
    println!("{} leads in {}, each as its records have it", checked.leads, arguments.database.display());
    if arguments.demo && checked.leads > 0 {
        println!("no leads are invented where there are some already");
    } else if arguments.demo {
        let leads = store::in_transaction(&mut connection, |inner| demo::fill(&crm, inner, now))?;
        println!("{leads} invented leads added");
    }
    let (database, thread) = Database::start(connection, clock)?;
    tokio::runtime::Runtime::new()?.block_on(serve(arguments, Arc::new(crm), database))?;
    // The thread ends with the last one who could ask it for anything, and closes the database.
    thread.join().map_err(|_| "the database's thread has died")?;
    Ok(())
}

/// The rules that leads go by.
fn load(arguments: &Arguments) -> Result<Crm, Box<dyn Error>> {
    let bundled = include_str!("../rules.lql");
    let (rules, source) = match &arguments.rules {
        None => (RuleSet::compile(bundled)?, bundled.to_owned()),
        Some(path) => (RuleSet::compile_file(path)?, read(path)?),
    };
    let calendar = arguments.calendar.as_deref().map(|path| {
        let calendar: Result<Calendar, _> = serde_json::from_str(&read(path)?);
        calendar.map_err(|error| format!("{}: {error}", path.display()))
    });
    Ok(Crm::new(rules, source, calendar.transpose()?))
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

async fn serve(arguments: &Arguments, crm: Arc<Crm>, database: Database) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind(arguments.address)
        .await
        .map_err(|error| format!("cannot listen on {}: {error}", arguments.address))?;
    let address = listener.local_addr()?;
    let mut hosts = arguments.hosts.clone();
    if !address.ip().is_unspecified() {
        hosts.push(match address.ip() {
            ip if ip.is_ipv6() => format!("[{ip}]"),
            ip => ip.to_string(),
        });
    }
    println!("listening on http://{address}");
    std::io::stdout().flush()?;
    let app = App { crm: crm.clone(), database: database.clone(), hosts: hosts.into() };
    let worker = tokio::spawn(worker::work(crm, database.clone()));
    let server = axum::serve(listener, http::router(app)).with_graceful_shutdown(asked_to_stop());
    let served = tokio::select! {
        served = server => served.map_err(Into::into),
        () = database.stopped() => Err("the database's thread has died".into()),
    };
    worker.abort();
    served
}

/// Waits for Ctrl-C, or for the signal by which services are stopped.
async fn asked_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
