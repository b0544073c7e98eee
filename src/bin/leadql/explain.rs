//! `leadql explain`: why one lead has the scores, the segments and the stage that it has.

use std::io::Write;
use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};
use leadql::{Advice, Explanation, Gate, Stage, Standing};

use crate::input::{self, Input};
use crate::output::{self, Stop};

/// Explain why a lead has its scores and its stage, rule by rule, and what it would take for the next
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  leadql explain criteria.lql leads.jsonl --id L-1 --at 2026-11-01
  leadql explain criteria.lql leads.csv --id-column \"Lead Number\" --id 4711 --at now
  leadql explain criteria.lql leads.jsonl --id L-1 --at now --format markdown | pbcopy

Exit status: 0 done, 1 bad input or no such lead, 2 bad usage.")]
pub(crate) struct Arguments {
    #[command(flatten)]
    input: Input,
    /// The lead's id
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    id: String,
    /// The instant to explain: a date (midnight UTC), RFC 3339, or `now`
    #[arg(long, value_name = "INSTANT", value_parser = input::instant)]
    at: DateTime<Utc>,
    /// How to print the explanation
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// The column of a CSV file that holds the leads' ids; without this the one called id
    #[arg(long, value_name = "COLUMN")]
    id_column: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal, at most 100 columns wide
    Text,
    /// For a note in a CRM
    Markdown,
    /// One JSON object
    Json,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Stop> {
    let rules = arguments.input.rules()?;
    let leads = arguments.input.open(&rules, arguments.id_column.as_deref())?;
    let lead = input::find(leads, &arguments.id)?;
    let explanation = rules.explain(&lead, arguments.at);
    let advice = next_gate(explanation.stage.to)
        .map(|gate| rules.what_it_would_take(&lead, arguments.at, gate))
        .filter(|advice| advice.standing == Standing::Open);
    let mut out = output::plain_results();
    match (arguments.format, &advice) {
        (Format::Text, None) => write!(out, "{explanation}")?,
        (Format::Text, Some(advice)) => write!(out, "{explanation}\n{advice}\n")?,
        (Format::Markdown, None) => write!(out, "{}", explanation.to_markdown())?,
        (Format::Markdown, Some(advice)) => {
            write!(out, "{}\n{}", explanation.to_markdown(), advice.to_markdown())?;
        }
        (Format::Json, _) => {
            serde_json::to_writer(
                &mut out,
                &Explained { explanation: &explanation, advice: advice.as_ref() },
            )?;
            out.write_all(b"\n")?;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// An explanation as JSON, with what it would take for the next gate: null where there is none to pass.
#[derive(serde::Serialize)]
struct Explained<'a> {
    #[serde(flatten)]
    explanation: &'a Explanation,
    advice: Option<&'a Advice>,
}

/// The gate that a lead of this stage has to pass next.
fn next_gate(stage: Stage) -> Option<Gate> {
    match stage {
        Stage::Lead | Stage::Recycled => Some(Gate::Mql),
        Stage::Sal => Some(Gate::Sql),
        Stage::Mql | Stage::Sql | Stage::Customer | Stage::Disqualified => None,
    }
}
