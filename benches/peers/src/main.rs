//! The same scoring work done by LeadQL, by hand-written and idiomatic Rust and by other engines: first checked
//! to give the same scores, then timed side by side. `README.md` beside this package tells what is measured.

mod dice;
mod flat;
mod report;
mod timing;
mod way;

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use chrono::{DateTime, Utc};

use report::{Format, Section};
use timing::Pace;

const USAGE: &str =
    "usage: leadql-peers [flat]... [--format table|markdown|json] [--rounds N] [--slice MS] [--check]

  --rounds N    how many rounds (41)
  --slice MS    how long each way's turn takes in a round, about, in milliseconds (10)
  --check       only checks that all ways give the same scores";

/// The instant of every evaluation: 2026-11-01.
const NOW: DateTime<Utc> = DateTime::from_timestamp(1_793_491_200, 0).expect("in range");

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
    workloads: Vec<String>,
    format: Format,
    pace: Pace,
    only_check: bool,
}

fn arguments() -> Result<Order, Box<dyn Error>> {
    let mut order = Order {
        workloads: Vec::new(),
        format: Format::Table,
        pace: Pace { rounds: 41, slice: Duration::from_millis(10) },
        only_check: false,
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
            "--check" => order.only_check = true,
            "flat" => order.workloads.push(argument),
            _ => return Err(USAGE.into()),
        }
    }
    if order.workloads.is_empty() {
        order.workloads = vec!["flat".to_owned()];
    }
    Ok(order)
}

fn run(order: &Order) -> Result<(), Box<dyn Error>> {
    let mut sections = Vec::new();
    for workload in &order.workloads {
        let (mut ways, leads) = flat::prepare().map_err(|error| format!("{workload}: {error}"))?;
        eprintln!("{workload}: {} ways agree on {leads} leads", ways.len());
        if !order.only_check {
            let timings = timing::round_robin(&mut ways, leads, &order.pace);
            let about = format!("50 rules over 24 fields, {leads} leads");
            sections.push(Section { workload: "flat", about, timings });
        }
    }
    report::print(&sections, order.format);
    Ok(())
}
