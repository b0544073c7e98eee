//! `leadql score`: evaluates a rule set over every lead of a file.

mod csv;
mod table;

use std::io::Write;
use std::ops::ControlFlow;
use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};
use leadql::{Evaluation, RuleSet, RuleValue, print_instant};

use crate::input::{self, Input, Leads};
use crate::output::{self, Stop};

/// Score every lead of a file
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  leadql score criteria.lql leads.jsonl --at 2026-11-01
  leadql score criteria.lql leads.csv --id \"Lead Number\" --missing Select --at now --format csv
  crm-export | leadql score criteria.lql - --at now --format jsonl --explain
  leadql score criteria.lql leads.jsonl --events events.csv --at 2026-11-01T12:00:00Z --set bonus=20

Exit status: 0 done, 1 bad input (nothing is printed for a lead that cannot be read), 2 bad usage.")]
pub(crate) struct Arguments {
    #[command(flatten)]
    input: Input,
    /// The instant of the evaluation: a date (midnight UTC), RFC 3339, or `now`
    #[arg(long, value_name = "INSTANT", value_parser = input::instant)]
    at: DateTime<Utc>,
    /// How to print the results
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// Tell for each lead which rules gave points
    #[arg(long)]
    explain: bool,
    /// The column of a CSV file that holds the leads' ids; without this the one called id
    #[arg(long, value_name = "COLUMN")]
    id: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Aligned columns, for people
    Table,
    /// One JSON object a lead
    Jsonl,
    /// Comma-separated, the columns named as the keys of the JSON object
    Csv,
}

/// Prints results lead by lead.
trait Printer {
    /// Prints what an evaluation says, and, where it was asked for, which rules gave points.
    fn print(&mut self, evaluation: &Evaluation, rules: Option<Vec<RuleValue>>) -> Result<(), Stop>;

    /// Prints what is still held back.
    fn finish(self: Box<Self>) -> Result<(), Stop>;
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Stop> {
    let rules = arguments.input.rules()?;
    let leads = arguments.input.open(&rules, arguments.id.as_deref())?;
    let out = output::plain_results();
    let mut printer: Box<dyn Printer> = match arguments.format {
        Format::Table => Box::new(table::TablePrinter::new(out, &rules)),
        Format::Jsonl => Box::new(JsonPrinter { out }),
        Format::Csv => Box::new(csv::CsvPrinter::new(out, &rules, arguments.explain)?),
    };
    let read = score(arguments, &rules, leads, printer.as_mut());
    // What was scored before an error is printed before the error is told.
    let printed = printer.finish();
    match (read, printed) {
        (_, Err(stop @ Stop::ClosedPipe)) | (Err(stop), _) | (Ok(()), Err(stop)) => Err(stop),
        (Ok(()), Ok(())) => Ok(ExitCode::SUCCESS),
    }
}

fn score(
    arguments: &Arguments,
    rules: &RuleSet,
    leads: Leads<'_>,
    printer: &mut dyn Printer,
) -> Result<(), Stop> {
    let mut evaluator = rules.evaluator();
    leads.for_each(|lead| {
        let values = arguments.explain.then(|| rules.rule_values(&lead, arguments.at));
        printer.print(evaluator.evaluate(&lead, arguments.at), values)?;
        Ok(ControlFlow::Continue(()))
    })
}

/// JSON Lines: one object a lead.
struct JsonPrinter<W> {
    out: W,
}

#[derive(serde::Serialize)]
struct Explained<'a> {
    #[serde(flatten)]
    evaluation: &'a Evaluation,
    rules: Vec<RuleValue>,
}

impl<W: Write> Printer for JsonPrinter<W> {
    fn print(&mut self, evaluation: &Evaluation, rules: Option<Vec<RuleValue>>) -> Result<(), Stop> {
        match rules {
            None => serde_json::to_writer(&mut self.out, evaluation)?,
            Some(rules) => serde_json::to_writer(&mut self.out, &Explained { evaluation, rules })?,
        }
        Ok(self.out.write_all(b"\n")?)
    }

    fn finish(mut self: Box<Self>) -> Result<(), Stop> {
        Ok(self.out.flush()?)
    }
}

/// What a rule gave and by what evidence, in a line: `+15  engagement / pricing_twice: 2 events, the newest …`.
fn because(value: &RuleValue) -> String {
    let sign = if value.points.thousandths() > 0 { "+" } else { "" };
    let group = value.group.as_ref().map(|group| format!(" / {group}")).unwrap_or_default();
    let points = format!("{sign}{}", value.points);
    let mut text = format!("{points:>7}  {}{group} / {}", value.score, value.rule);
    if value.count > 0 {
        text.push_str(&format!(": {}", output::count(value.count, "event")));
    }
    if let Some(newest) = value.newest {
        text.push_str(&format!(", the newest {}", print_instant(newest)));
    }
    text
}
