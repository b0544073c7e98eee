//! `leadql check`: every error and warning of rule sets.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};
use leadql::{Code, Compiler, Diagnostics, PlanReport, Report, ReviewOptions, Severity};

use crate::output::{self, BOLD, RESET, Stop, printable};
use crate::{input, paths};

/// Check rule sets: every error and warning at once, each in its source with what would be right, and with a lead
/// that shows it
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  leadql check criteria.lql
  leadql check rules/ --deny warnings
  leadql check criteria.lql --format json
  leadql check criteria.lql --at now
  leadql check criteria.lql --deny never-true --allow unused
  leadql check criteria.lql --plan

A finding can be allowed where it stands: `# leadql: allow CODE reason` on the line above or on the same line, or
at the top of a file for all of it.

Exit status: 0 clean or only warnings, 1 errors (with --deny also warnings, or findings with that code).")]
pub(crate) struct Arguments {
    /// Files of rules, or folders with .lql files
    #[arg(required = true)]
    rules: Vec<PathBuf>,
    /// How to print what was found
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Let warnings fail the check too, or findings with this code
    #[arg(long, value_name = "warnings|CODE", value_parser = denied)]
    deny: Vec<Deny>,
    /// Leave out findings with this code
    #[arg(long, value_name = "CODE", value_parser = allowed)]
    allow: Vec<Code>,
    /// Look at this instant whether a rule set is due for review: an instant such as 2026-11-01, or `now`
    #[arg(long, value_name = "INSTANT", value_parser = input::instant)]
    at: Option<DateTime<Utc>>,
    /// Show what was made of each rule set: what is decided when and how, and what a lead's state takes
    #[arg(long)]
    plan: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deny {
    Warnings,
    Code(Code),
}

impl Deny {
    fn means(self, report: &Report) -> bool {
        match self {
            Deny::Warnings => report.severity == Severity::Warning.as_str(),
            Deny::Code(code) => report.code == code.as_str(),
        }
    }
}

fn denied(text: &str) -> Result<Deny, String> {
    if text == "warnings" { Ok(Deny::Warnings) } else { code(text).map(Deny::Code) }
}

fn allowed(text: &str) -> Result<Code, String> {
    let code = code(text)?;
    if code.severity() == Severity::Error {
        return Err("it is an error, and errors cannot be allowed".to_owned());
    }
    Ok(code)
}

fn code(text: &str) -> Result<Code, String> {
    let known = Code::ALL.iter().filter(|code| code.severity() != Severity::Error);
    let known: Vec<&str> = known.map(|code| code.as_str()).collect();
    Code::from_text(text)
        .ok_or_else(|| format!("there is no such code; those that are no errors are {}", known.join(", ")))
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
    let options = arguments.allow.iter().fold(ReviewOptions::new(), |options, code| options.allow(*code));
    let options = arguments.at.into_iter().fold(options, ReviewOptions::at);
    let (mut allowed, mut untold) = (0, 0);
    let mut found: Vec<Diagnostics> = Vec::new();
    let mut plans: Vec<Plan> = Vec::new();
    for file in &files {
        found.push(match Compiler::new().compile_file(file) {
            Ok(rules) => {
                if arguments.plan {
                    plans.push(Plan { file: file.display().to_string(), report: rules.plan_report() });
                }
                let review = rules.review(&options);
                (allowed, untold) = (allowed + review.allowed, untold + review.untold);
                review.findings
            }
            Err(errors) => errors,
        });
    }
    found.retain(|found| !found.is_empty());
    let reports: Vec<Report> = found.iter().flat_map(Diagnostics::reports).collect();
    let count =
        |severity: Severity| reports.iter().filter(|report| report.severity == severity.as_str()).count();
    let (errors, warnings, notes) = (count(Severity::Error), count(Severity::Warning), count(Severity::Note));
    let is_denied = reports.iter().any(|report| arguments.deny.iter().any(|deny| deny.means(report)));
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
            let mut summary = format!("{files} checked: {errors}, {warnings}");
            for (number, what) in [(notes, "note"), (allowed, "allowed finding")] {
                if number > 0 {
                    summary.push_str(&format!(", {}", output::count(number, what)));
                }
            }
            if untold > 0 {
                summary.push_str(&format!("; {} could not be told", output::count(untold, "question")));
            }
            output::note(&summary);
        }
    }
    Ok(if errors > 0 || is_denied { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
