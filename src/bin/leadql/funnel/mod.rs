//! `leadql funnel`: what the records of many leads come to.

mod csv;

use std::collections::HashSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::{DateTime, TimeDelta, Utc};
use clap::{Args, ValueEnum};
use leadql::funnel::{Cohort, Funnel, FunnelOptions, FunnelReport};
use leadql::{ReadError, ReadOptions, Stage, print_instant};

use crate::input::{self, Misses, OnError};
use crate::output::{self, Stop};

/// Count what the records of leads come to: stages, conversions, times, deadlines, reasons
#[derive(Debug, Args)]
#[command(after_help = "\
Leads that are still on their way are shown beside as open. Shares come with their 95 % interval (Wilson), over all
and over those whose case is decided; times in a stage count open stays for as long as they last (Kaplan-Meier).
Records later than --at do not exist yet. A lead that never moved has no records: with --leads it counts too.

Examples:
  leadql funnel records.jsonl
  leadql funnel records.jsonl --at 2026-11-01
  leadql funnel records.jsonl --at now --leads leads.csv --id \"Lead Number\" --by lead_source --top 10
  leadql funnel records.jsonl --at now --cohort month --days 90 --format csv
  crm-export | leadql funnel - --at now --from 2026-01-01 --to 2026-07-01 --format json

Exit status: 0 done, 1 bad input, 2 bad usage (--from not before --to among it).")]
pub(crate) struct Arguments {
    /// The file of records: JSON Lines, - for standard input
    records: PathBuf,
    /// The instant to look at: a date (midnight UTC), RFC 3339, or `now`; without this that of the latest record
    #[arg(long, value_name = "INSTANT", value_parser = input::instant)]
    at: Option<DateTime<Utc>>,
    /// A lead file, JSON Lines or CSV, that has the attribute of --by and names leads without records
    #[arg(long, value_name = "FILE")]
    leads: Option<PathBuf>,
    /// Tell leads apart by this attribute of the lead file; leads that it lacks are (unknown)
    #[arg(long, value_name = "ATTRIBUTE", requires = "leads")]
    by: Option<String>,
    /// Show only the groups of the so many values of --by that have the most leads
    #[arg(long, value_name = "NUMBER", requires = "by", value_parser = clap::value_parser!(u32).range(1..))]
    top: Option<u32>,
    /// Tell leads apart by when they first entered the stage of --entering
    #[arg(long, value_enum, value_name = "TIME")]
    cohort: Option<CohortName>,
    /// Only leads that first entered that stage at this instant or later
    #[arg(long, value_name = "INSTANT", value_parser = input::instant)]
    from: Option<DateTime<Utc>>,
    /// Only leads that first entered that stage before this instant
    #[arg(long, value_name = "INSTANT", value_parser = input::instant)]
    to: Option<DateTime<Utc>>,
    /// The stage whose first entry dates a lead for --cohort, --from and --to
    #[arg(long, value_name = "STAGE", default_value = "mql")]
    entering: Stage,
    /// Also tell how many converted within so many days, of the leads that entered at least so long ago
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..))]
    days: Option<u16>,
    /// How to print the figures
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// What to do about a line that cannot be read, or does not follow those of its lead before it
    #[arg(long, value_enum, default_value = "stop", value_name = "WHAT")]
    on_error: OnError,
    /// The column of a CSV lead file that holds the leads' ids; without this the one called id
    #[arg(long, value_name = "COLUMN", requires = "leads")]
    id: Option<String>,
    /// A text that means missing in CSV cells
    #[arg(long, value_name = "TEXT", requires = "leads")]
    missing: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Aligned columns, for people
    Table,
    /// One JSON object
    Json,
    /// Comma-separated, one figure a row
    Csv,
    /// For a note or a page
    Markdown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum CohortName {
    /// ISO weeks, from Monday on
    Week,
    /// Months
    Month,
    /// Quarters of the year
    Quarter,
}

impl From<CohortName> for Cohort {
    fn from(name: CohortName) -> Self {
        match name {
            CohortName::Week => Cohort::Week,
            CohortName::Month => Cohort::Month,
            CohortName::Quarter => Cohort::Quarter,
        }
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Stop> {
    if let (Some(from), Some(to)) = (arguments.from, arguments.to)
        && from >= to
    {
        let (from, to) = (print_instant(from), print_instant(to));
        return Err(Stop::Usage(format!("--from {from} is not before --to {to}")));
    }
    let both = |file: &Path| input::is_standard_input(file) && input::is_standard_input(&arguments.records);
    if arguments.leads.as_deref().is_some_and(both) {
        return Err(Stop::Usage("standard input cannot be both the records and the leads".to_owned()));
    }
    let mut funnel = Funnel::new(options(arguments));
    read(arguments, &mut funnel)?;
    let Some(at) = arguments.at.or(funnel.latest()) else {
        let file = input::shown(&arguments.records);
        return Err(Stop::Failed(format!(
            "{file} has no records to tell the instant: say it with --at INSTANT"
        )));
    };
    let mut report = funnel.report(at);
    let hidden = arguments.top.map_or(0, |top| keep_largest(&mut report, top));
    let mut out = output::plain_results();
    match arguments.format {
        Format::Table => write!(out, "{report}")?,
        Format::Markdown => out.write_all(report.to_markdown().as_bytes())?,
        Format::Csv => csv::print(&mut out, &report)?,
        Format::Json => {
            serde_json::to_writer(&mut out, &report)?;
            out.write_all(b"\n")?;
        }
    }
    out.flush()?;
    if hidden > 0 {
        output::warn(&format!("{} not shown (--top)", output::count(hidden, "further group")));
    }
    Ok(ExitCode::SUCCESS)
}

fn options(arguments: &Arguments) -> FunnelOptions {
    let mut options = FunnelOptions::new().entering(arguments.entering);
    if let Some(from) = arguments.from {
        options = options.from(from);
    }
    if let Some(to) = arguments.to {
        options = options.to(to);
    }
    if let Some(cohort) = arguments.cohort {
        options = options.cohort(cohort.into());
    }
    if let Some(by) = &arguments.by {
        options = options.by(by);
    }
    if let Some(days) = arguments.days {
        options = options.within(TimeDelta::days(i64::from(days)));
    }
    options
}

/// Reads the lead file, then the records.
fn read(arguments: &Arguments, funnel: &mut Funnel) -> Result<(), Stop> {
    if let Some(file) = &arguments.leads {
        let options = ReadOptions::new(input::shown(file));
        let options = arguments.missing.iter().fold(options, |options, text| options.missing(text));
        let options = arguments.id.iter().fold(options, |options, column| options.id_column(column));
        let progress = input::progress(file);
        let reader = input::reader(file, &progress)?;
        let leads = funnel.read_leads(reader, arguments.by.as_deref(), &options);
        let mut misses = Misses::new(arguments.on_error);
        for line in leads.map_err(|error| Stop::Failed(error.to_string()))? {
            line.or_else(|error| misses.meet(&error, "line", &progress))?;
        }
        misses.finish("wrong line", &progress);
    }
    let options = ReadOptions::new(input::shown(&arguments.records));
    let progress = input::progress(&arguments.records);
    let mut misses = Misses::new(arguments.on_error);
    for line in funnel.read_records(input::reader(&arguments.records, &progress)?, &options) {
        let what = |error: &ReadError| if error.lead().is_some() { "lead" } else { "line" };
        line.or_else(|error| misses.meet(&error, what(&error), &progress))?;
    }
    misses.finish("wrong line", &progress);
    Ok(())
}

/// Keeps the groups of the first `top` values; gives how many groups go.
fn keep_largest(report: &mut FunnelReport, top: u32) -> usize {
    let (all, most) = (report.groups.len(), usize::try_from(top).unwrap_or(usize::MAX));
    let mut values = HashSet::new();
    // Groups come by value, the largest first: the first value too many and all behind it go.
    report.groups.retain(|group| {
        values.contains(&group.group) || (values.len() < most && values.insert(group.group.clone()))
    });
    all - report.groups.len()
}
