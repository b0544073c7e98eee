//! `leadql diff`: what changed in meaning from one version of a rule set to another, and what it does to leads.

mod leads;
mod twice;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};
use leadql::diff::{Diff, LeadsDiff};
use leadql::{Number, parse_instant};

use crate::input::{self, OnError};
use crate::output::{self, GREEN, RED, RESET, Stop, YELLOW};

/// Tell what changed in meaning between two versions of a rule set, and what it does to leads
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  leadql diff old.lql new.lql
  leadql diff old.lql new.lql leads.jsonl --at 2026-11-01 --by lead_source
  leadql diff old.lql new.lql leads.csv --at now --format markdown --max-changed 2%

Without leads it looks for a lead that the two versions treat differently, and prints it as a test.

Exit status: 0 done, whatever differs; 1 bad input, more leads than --max-changed with another stage, or, with
--exit-code, any change in meaning; 2 bad usage.")]
pub(crate) struct Arguments {
    /// The older version of the rules
    old: PathBuf,
    /// The newer version of the rules
    new: PathBuf,
    /// The lead file: JSON Lines, CSV where its name ends in .csv, - for JSON Lines from standard input
    #[arg(requires = "at")]
    leads: Option<PathBuf>,
    /// The instant of the evaluation: a date (midnight UTC), RFC 3339, or `now`; without leads 2026-01-01 if not given
    #[arg(long, value_name = "INSTANT", value_parser = input::instant)]
    at: Option<DateTime<Utc>>,
    /// Fail when more of the leads than this have another stage after the evaluation, such as 2%
    #[arg(long, value_name = "PERCENT", requires = "leads", allow_hyphen_values = true, value_parser = percent)]
    max_changed: Option<Percent>,
    /// Fail when anything changed in meaning
    #[arg(long)]
    exit_code: bool,
    /// Also tell leads apart by this attribute
    #[arg(long, value_name = "ATTRIBUTE", requires = "leads")]
    by: Option<String>,
    /// Show at most so many leads, rules and groups of each list; JSON has them all
    #[arg(long, value_name = "NUMBER", default_value = "20", value_parser = clap::value_parser!(u32).range(1..))]
    top: u32,
    /// How to print the differences
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// A file of further events, JSON Lines or CSV
    #[arg(long, value_name = "FILE", requires = "leads")]
    events: Option<PathBuf>,
    /// Set a param of both versions
    #[arg(long, value_name = "NAME=VALUE", value_parser = input::name_and_value)]
    set: Vec<(String, String)>,
    /// Make a name that either version does not know an error; without this it is skipped and counted
    #[arg(long, requires = "leads")]
    strict: bool,
    /// What to do about a lead that cannot be read
    #[arg(long, value_enum, default_value = "stop", value_name = "WHAT")]
    on_error: OnError,
    /// A text that means missing in CSV cells
    #[arg(long, value_name = "TEXT", requires = "leads")]
    missing: Vec<String>,
    /// The column of a CSV file that holds the leads' ids; without this the one called id
    #[arg(long, value_name = "COLUMN", requires = "leads")]
    id: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal
    Text,
    /// For a review comment
    Markdown,
    /// One JSON object
    Json,
}

/// A share as it was written and as a number.
#[derive(Clone, Debug)]
struct Percent {
    written: String,
    number: Number,
}

fn percent(text: &str) -> Result<Percent, String> {
    let wrong = || "write a percentage from 0% to 100%, such as 2% or 0.5%".to_owned();
    let number: Number =
        text.strip_suffix('%').and_then(|number| number.trim().parse().ok()).ok_or_else(wrong)?;
    let most = Number::from_millionths(100_000_000).ok_or_else(wrong)?;
    if number < Number::default() || number > most {
        return Err(wrong());
    }
    Ok(Percent { written: text.to_owned(), number })
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Stop> {
    let old = input::compile_silently(&arguments.old, &arguments.set)?;
    let new = input::compile_silently(&arguments.new, &arguments.set)?;
    let mut diff = old.diff(&new);
    match (&arguments.leads, arguments.at) {
        (Some(file), Some(at)) => diff.leads = Some(leads::compare(arguments, (&old, &new), file, at)?),
        (_, at) => {
            let at = at.map_or_else(|| parse_instant("2026-01-01"), Ok);
            let at = at.map_err(|error| Stop::Usage(error.to_string()))?;
            diff.treatment = Some(old.witness(&new, at));
        }
    }
    print(&diff, arguments)?;
    if let (Some(most), Some(leads)) = (&arguments.max_changed, &diff.leads)
        && leads.exceeds(most.number)
    {
        return Err(Stop::Failed(too_many(leads, most)));
    }
    let has_failed = arguments.exit_code && !diff.same_meaning;
    Ok(if has_failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn too_many(leads: &LeadsDiff, most: &Percent) -> String {
    let verb = if leads.stage_changed == 1 { "has" } else { "have" };
    let leads_text = output::count(usize::try_from(leads.leads).unwrap_or(usize::MAX), "lead");
    format!(
        "{} of {leads_text} {verb} another stage, more than the {} of --max-changed",
        leads.stage_changed, most.written
    )
}

fn print(diff: &Diff, arguments: &Arguments) -> Result<(), Stop> {
    let top = usize::try_from(arguments.top).unwrap_or(usize::MAX);
    match arguments.format {
        Format::Json => return output::json(diff),
        Format::Markdown => {
            let mut out = output::plain_results();
            out.write_all(diff.to_markdown(top).as_bytes())?;
            return Ok(out.flush()?);
        }
        Format::Text => {}
    }
    let mut out = output::results();
    for line in diff.to_text(top).lines() {
        let colour = match line.trim_start().get(..2) {
            Some("+ ") => GREEN,
            Some("- ") => RED,
            Some("~ ") => YELLOW,
            _ => "",
        };
        let reset = if colour.is_empty() { "" } else { RESET };
        writeln!(out, "{colour}{line}{reset}")?;
    }
    Ok(out.flush()?)
}
