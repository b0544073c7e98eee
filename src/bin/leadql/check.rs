//! `leadql check`: every error and warning of rule sets.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use leadql::{Compiler, Diagnostics, Report};

use crate::output::{self, Stop};
use crate::paths;

/// Check rule sets: every error and warning at once, each in its source with what would be right
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  leadql check criteria.lql
  leadql check rules/ --deny warnings
  leadql check criteria.lql --format json

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
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Stop> {
    let files = paths::rule_files(&arguments.rules)?;
    let mut found: Vec<Diagnostics> = Vec::new();
    for file in &files {
        found.push(match Compiler::new().compile_file(file) {
            Ok(rules) => rules.warnings().clone(),
            Err(errors) => errors,
        });
    }
    found.retain(|found| !found.is_empty());
    let reports: Vec<Report> = found.iter().flat_map(Diagnostics::reports).collect();
    let errors = reports.iter().filter(|report| report.severity == "error").count();
    let warnings = reports.len() - errors;
    match arguments.format {
        Format::Json => output::json(&Reports { diagnostics: reports })?,
        Format::Text => {
            let mut out = output::results();
            for found in &found {
                writeln!(out, "{}\n", found.render(true))?;
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
