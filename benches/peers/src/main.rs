//! The same scoring work done by LeadQL, by hand-written and idiomatic Rust and by other engines: first checked
//! to give the same scores, then timed side by side. `README.md` beside this package tells what is measured.

mod batch;
mod dice;
mod events;
mod flat;
mod report;
mod timing;
mod way;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use chrono::{DateTime, Utc};

use report::{Format, Section};
use timing::Pace;
use way::Way;

const USAGE: &str =
    "usage: leadql-peers [flat | events-20 | events-200 | events-2000 | batch]... [--format table|markdown|json] [--rounds N] [--slice MS] [--check]

  --rounds N    how many rounds (41)
  --slice MS    how long each way's turn takes in a round, about, in milliseconds (10)
  --export DIR  writes the columns of `batch`, its rules and its scores, for frames.py, and does nothing else
  --only TEXT   times those ways alone that have it in their name, beside the first of each kind
  --check       only checks that all ways give the same scores";

/// The instant of every evaluation: 2026-11-01.
const NOW: DateTime<Utc> = DateTime::from_timestamp(1_793_491_200, 0).expect("in range");

/// Makes so many leads and gives the ways to score them, checked to agree.
type Prepare = fn(usize) -> Result<Vec<Way>, Box<dyn Error>>;

/// Something to be done in many ways.
struct Workload {
    name: &'static str,
    about: &'static str,
    /// How many different leads: enough that no branch is learnt by heart, few enough for a near cache.
    leads: usize,
    prepare: Prepare,
}

const WORKLOADS: [Workload; 5] = [
    Workload { name: "flat", about: "50 rules over 24 fields", leads: 400, prepare: flat::prepare },
    Workload {
        name: "events-20",
        about: "40 rules over 20 events",
        leads: 400,
        prepare: |leads| events::prepare(leads, 20),
    },
    Workload {
        name: "events-200",
        about: "40 rules over 200 events",
        leads: 100,
        prepare: |leads| events::prepare(leads, 200),
    },
    Workload {
        name: "events-2000",
        about: "40 rules over 2,000 events",
        leads: 20,
        prepare: |leads| events::prepare(leads, 2_000),
    },
    Workload {
        name: "batch",
        about: "46 rules over 50 events a lead, all in columns",
        leads: 100_000,
        prepare: batch::prepare,
    },
];

fn main() -> ExitCode {
    match arguments().and_then(|order| run(&order)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

struct Order {
    workloads: Vec<&'static Workload>,
    format: Format,
    pace: Pace,
    only: String,
    only_check: bool,
    export: Option<PathBuf>,
}

fn arguments() -> Result<Order, Box<dyn Error>> {
    let mut order = Order {
        workloads: Vec::new(),
        format: Format::Table,
        pace: Pace { rounds: 41, slice: Duration::from_millis(10) },
        only: String::new(),
        only_check: false,
        export: None,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(USAGE);
        match argument.as_str() {
            "--format" => {
                order.format = match value()?.as_str() {
                    "table" => Format::Table,
                    "markdown" => Format::Markdown,
                    "json" => Format::Json,
                    _ => return Err(USAGE.into()),
                }
            }
            "--rounds" => order.pace.rounds = value()?.parse()?,
            "--slice" => order.pace.slice = Duration::from_millis(value()?.parse()?),
            "--export" => order.export = Some(value()?.into()),
            "--only" => order.only = value()?,
            "--check" => order.only_check = true,
            name => match WORKLOADS.iter().find(|workload| workload.name == name) {
                Some(workload) => order.workloads.push(workload),
                None => return Err(USAGE.into()),
            },
        }
    }
    if order.workloads.is_empty() {
        order.workloads = WORKLOADS.iter().collect();
    }
    Ok(order)
}

fn run(order: &Order) -> Result<(), Box<dyn Error>> {
    if let Some(folder) = &order.export {
        let batch = WORKLOADS.iter().find(|workload| workload.name == "batch");
        return batch::export(batch.map_or(0, |batch| batch.leads), folder);
    }
    let mut sections = Vec::new();
    for Workload { name, about, leads, prepare } in &order.workloads {
        let mut ways = prepare(*leads).map_err(|error| format!("{name}: {error}"))?;
        eprintln!("{name}: {} ways agree on {leads} leads", ways.len());
        if !order.only_check {
            let yardstick = ways.first().map(|way| way.name.clone()).unwrap_or_default();
            ways.retain(|way| way.name == yardstick || way.name.contains(&order.only));
            let timings = timing::round_robin(&mut ways, *leads, &order.pace);
            sections.push(Section { workload: name, about: format!("{about}; {leads} leads"), timings });
        }
    }
    report::print(&sections, order.format);
    Ok(())
}
