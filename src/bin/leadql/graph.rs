//! `leadql graph`: the stages and what leads from one to another, as a drawing.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use crate::input;
use crate::output::{self, Stop};

/// Draw the stages of a rule set, with its criteria on the arrows
#[derive(Debug, Args)]
#[command(after_help = "\
Solid arrows are steps that the rule set takes by itself, dashed ones what people do.

Examples:
  leadql graph criteria.lql > stages.mmd
  leadql graph criteria.lql --format dot | dot -Tsvg > stages.svg

Exit status: 0 done, 1 the rule set does not compile, 2 bad usage.")]
pub(crate) struct Arguments {
    /// The file of rules
    rules: PathBuf,
    /// The language of the drawing
    #[arg(long, value_enum, default_value = "mermaid")]
    format: Format,
    /// Set a param of the rule set
    #[arg(long, value_name = "NAME=VALUE", value_parser = input::name_and_value)]
    set: Vec<(String, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A Mermaid flowchart, as Markdown pages show it
    Mermaid,
    /// DOT, for Graphviz
    Dot,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Stop> {
    let graph = input::compile(&arguments.rules, &arguments.set)?.stage_graph();
    let drawing = match arguments.format {
        Format::Mermaid => graph.to_mermaid(),
        Format::Dot => graph.to_dot(),
    };
    let mut out = output::plain_results();
    out.write_all(drawing.as_bytes())?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
