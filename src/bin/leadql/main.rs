//! The `leadql` program: scores leads by a rule set and says why and when, checks, lays out and tests rule X
//!
//! One file a command; this one reads the command line and turns what a command says into an exit status:
//! 0 done, 1 bad input, 2 bad usage. Results go to standard output, everything else to standard error. Only the
//! library's public API is used, and the clock is read in one place: where `--at now` and its kin ask for it.

mod check;
mod diff;
mod doc;
mod explain;
mod fmt;
mod funnel;
mod graph;
mod input;
mod lines;
#[cfg(feature = "lsp")]
mod lsp;
mod output;
mod paths;
mod score;
mod table;
mod test;
mod timeline;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::output::Stop;

/// Lead qualification as code: which leads are worth whose time, and why.
#[derive(Debug, Parser)]
#[command(version, about, after_help = EXAMPLES, propagate_version = true, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  leadql check criteria.lql
  leadql score criteria.lql leads.jsonl --at 2026-11-01
  leadql explain criteria.lql leads.jsonl --id L-1 --at 2026-11-01
  crm-export | leadql score criteria.lql - --at now --format jsonl

Exit status: 0 done, 1 bad input, 2 bad usage.";

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Arguments),
    Fmt(fmt::Arguments),
    Test(test::Arguments),
    Score(score::Arguments),
    Explain(explain::Arguments),
    Timeline(timeline::Arguments),
    Graph(graph::Arguments),
    Doc(doc::Arguments),
    Funnel(funnel::Arguments),
    Diff(diff::Arguments),
    #[cfg(feature = "lsp")]
    Lsp(lsp::Arguments),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Fmt(arguments) => fmt::run(&arguments),
        Command::Test(arguments) => test::run(&arguments),
        Command::Score(arguments) => score::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Timeline(arguments) => timeline::run(&arguments),
        Command::Graph(arguments) => graph::run(&arguments),
        Command::Doc(arguments) => doc::run(&arguments),
        Command::Funnel(arguments) => funnel::run(&arguments),
        Command::Diff(arguments) => diff::run(&arguments),
        #[cfg(feature = "lsp")]
        Command::Lsp(arguments) => lsp::run(&arguments),
    };
    match result {
        Ok(status) => status,
        // Whoever read our output has seen enough.
        Err(Stop::ClosedPipe) => ExitCode::SUCCESS,
        Err(Stop::Failed(message)) => {
            output::error(&message);
            ExitCode::FAILURE
        }
        Err(Stop::Usage(message)) => {
            output::error(&message);
            ExitCode::from(2)
        }
        Err(Stop::Drawn(message)) => {
            output::note(&message);
            ExitCode::FAILURE
        }
    }
}
