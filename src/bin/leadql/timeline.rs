//! `leadql timeline`: every change of a lead's scores, bands, segments and stage, exactly when it happens.

use std::io::Write;
use std::ops::{ControlFlow, RangeInclusive};
use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};
use leadql::{Change, Difference, Lead, RuleSet, Timeline, print_instant};

use crate::input::{self, Input};
use crate::output::{self, Stop};
use crate::table::Table;

/// List every change of score, band, segment and stage over time, exactly when it happens
#[derive(Debug, Args)]
#[command(after_help = "\
What holds at --from is where a timeline starts, and no change; changes at --to are listed. Events later than that
do not count yet, however long ago they are by now.

Examples:
  leadql timeline criteria.lql leads.jsonl --from 2026-10-01 --to 2026-12-31
  leadql timeline criteria.lql leads.jsonl --id L-1 --from 2026-10-01 --to 2026-12-31 --format svg > L-1.svg
  crm-export | leadql timeline criteria.lql - --from 2026-01-01 --to now --format jsonl

Exit status: 0 done, 1 bad input or no such lead, 2 bad usage (--from after --to among it).")]
pub(crate) struct Arguments {
    #[command(flatten)]
    input: Input,
    /// Only the lead with this id
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    id: Option<String>,
    /// Where the timeline starts: a date (midnight UTC), RFC 3339, or `now`
    #[arg(long, value_name = "INSTANT", value_parser = input::instant)]
    from: DateTime<Utc>,
    /// Where it ends, as --from
    #[arg(long, value_name = "INSTANT", value_parser = input::instant)]
    to: DateTime<Utc>,
    /// How to print the changes
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// The column of a CSV file that holds the leads' ids; without this the one called id
    #[arg(long, value_name = "COLUMN")]
    id_column: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Aligned columns, for people
    Table,
    /// One JSON object a change
    Jsonl,
    /// A picture of the lead that --id names
    Svg,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Stop> {
    let span = arguments.from..=arguments.to;
    if span.is_empty() {
        let (from, to) = (print_instant(arguments.from), print_instant(arguments.to));
        return Err(Stop::Usage(format!("--from {from} is after --to {to}")));
    }
    let only = arguments.id.as_deref();
    if arguments.format == Format::Svg && only.is_none() {
        return Err(Stop::Usage("--format svg draws one lead: name it with --id".to_owned()));
    }
    let rules = arguments.input.rules()?;
    let leads = arguments.input.open(&rules, arguments.id_column.as_deref())?;
    let out = output::plain_results();
    let mut printer = match arguments.format {
        Format::Table => {
            let header = ["lead", "at", "change", "name", "from", "to"].map(|name| (name, false));
            Printer::Table(Table::new(out, header))
        }
        Format::Jsonl => Printer::Lines(out),
        Format::Svg => Printer::Picture(out),
    };
    let mut print = |lead: Lead| printer.print(timeline(&rules, &lead, &span)?);
    let read = match only {
        Some(id) => input::find(leads, id).and_then(print),
        None => leads.for_each(|lead| print(lead).map(ControlFlow::Continue)),
    };
    // What was found before an error is printed before the error is told.
    let printed = if only.is_some() && read.is_err() { Ok(()) } else { printer.finish() };
    match (read, printed) {
        (_, Err(stop @ Stop::ClosedPipe)) | (Err(stop), _) | (Ok(()), Err(stop)) => Err(stop),
        (Ok(()), Ok(())) => Ok(ExitCode::SUCCESS),
    }
}

fn timeline<'a>(
    rules: &'a RuleSet,
    lead: &'a Lead,
    span: &RangeInclusive<DateTime<Utc>>,
) -> Result<Timeline<'a>, Stop> {
    rules.timeline(lead, span.clone()).map_err(|error| Stop::Usage(error.to_string()))
}

enum Printer<W> {
    Table(Table<W>),
    Lines(W),
    Picture(W),
}

impl<W: Write> Printer<W> {
    fn print(&mut self, timeline: Timeline<'_>) -> Result<(), Stop> {
        match self {
            Printer::Table(table) => {
                for change in timeline {
                    table.row(cells(&change), Vec::new())?;
                }
            }
            Printer::Lines(out) => {
                for change in timeline {
                    serde_json::to_writer(&mut *out, &change)?;
                    out.write_all(b"\n")?;
                }
            }
            Printer::Picture(out) => out.write_all(timeline.to_svg().as_bytes())?,
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Stop> {
        match self {
            Printer::Table(table) => table.finish(),
            Printer::Lines(out) | Printer::Picture(out) => Ok(out.flush()?),
        }
    }
}

fn cells(change: &Change<'_>) -> Vec<String> {
    let yes_or_no = |is_in: bool| if is_in { "yes" } else { "no" }.to_owned();
    let (from, to) = match change.what {
        Difference::Score { from, to, .. } => (from.to_string(), to.to_string()),
        Difference::Band { from, to, .. } => (from.to_owned(), to.to_owned()),
        Difference::Segment { from, to, .. } => (yes_or_no(from), yes_or_no(to)),
        Difference::Stage { from, to } => (from.to_string(), to.to_string()),
        _ => Default::default(),
    };
    let (kind, name) = (change.what.kind().to_owned(), change.what.name().to_owned());
    vec![change.lead.to_owned(), print_instant(change.at), kind, name, from, to]
}
