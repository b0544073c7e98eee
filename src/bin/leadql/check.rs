//! `leadql check`: every error and warning of rule sets.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use leadql::{Compiler, Diagnostics, PlanReport, Report};

use crate::output::{self, BOLD, RESET, Stop, printable};
use crate::paths;

/// Check rule sets: every error and warning at once, each in its source with what would be right
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  leadql check criteria.lql
  leadql check rules/ --deny warnings
  leadql check criteria.lql --format json
  leadql check criteria.lql --plan

Exit status: 0 clean or only warnings, 1 errors (with --deny warnings also warnings).")]
pub(crate) struct Arguments {
    /// Files of rules, or folders with .lql files
    #[arg(required = true)]
    rules: Vec<PathBuf>,
    /// How to print what was found
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Let findings that are no errors fail the check too
    #[arg(long, value_enum)]
    deny: Option<Deny>,
    /// Show what was made of each rule set: what is decided when and how, and what a lead's state takes
    #[arg(long)]
    plan: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Deny {
    Warnings,
}

#[derive(serde::Serialize)]
struct Reports {
    diagnostics: Vec<Report>,
    /// Only where it is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    plans: Option<Vec<Plan>>,
}

/// The plan of a file without errors.
#[derive(serde::Serialize)]
struct Plan {
    file: String,
    #[serde(flatten)]
    report: PlanReport,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Stop> {
    let files = paths::rule_files(&arguments.rules)?;
    let mut found: Vec<Diagnostics> = Vec::new();
    let mut plans: Vec<Plan> = Vec::new();
    for file in &files {
        found.push(match Compiler::new().compile_file(file) {
            Ok(rules) => {
                if arguments.plan {
                    plans.push(Plan { file: file.display().to_string(), report: rules.plan_report() });
                }
                rules.warnings().clone()
            }
            Err(errors) => errors,
        });
    }
    found.retain(|found| !found.is_empty());
    let reports: Vec<Report> = found.iter().flat_map(Diagnostics::reports).collect();
    let errors = reports.iter().filter(|report| report.severity == "error").count();
    let warnings = reports.len() - errors;
    match arguments.format {
        Format::Json => {
            output::json(&Reports { diagnostics: reports, plans: arguments.plan.then_some(plans) })?;
        }
        Format::Text => {
            let mut out = output::results();
            for found in &found {
                writeln!(out, "{}\n", found.render(true))?;
            }
            for Plan { file, report } in &plans {
                writeln!(out, "{BOLD}{}{RESET}\n{report}\n", printable(file))?;
            }
            out.flush()?;
            let (files, errors, warnings) = (
                output::count(files.len(), "file"),
                output::count(errors, "error"),
                output::count(warnings, "warning"),
            );
            output::note(&format!("{files} checked: {errors}, {warnings}"));
        }
    }
    let denied = arguments.deny == Some(Deny::Warnings) && warnings > 0;
    Ok(if errors > 0 || denied { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
