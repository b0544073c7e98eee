//! `leadql doc`: the page of a rule set, for people to read and sign.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};

use crate::input;
use crate::output::{self, Stop};

/// Write the page of a rule set that marketing and sales can read and sign
#[derive(Debug, Args)]
#[command(after_help = "\
The page tells what earns points and why, how points fade, bands, segments, the stages with their criteria, what
names stand for, and the tests as examples, each tried. The HTML page is one file without script or network.

Examples:
  leadql doc criteria.lql > criteria.md
  leadql doc criteria.lql --output criteria.html --at now

Exit status: 0 done, 1 the rule set does not compile or the file cannot be written, 2 bad usage.")]
pub(crate) struct Arguments {
    /// The file of rules
    rules: PathBuf,
    /// What the page is written in; without this HTML where the name of the output ends in .html, else Markdown
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// The file to write; without this standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Say whether the review was overdue at this instant, `now` for this moment
    #[arg(long, value_name = "INSTANT", value_parser = input::instant)]
    at: Option<DateTime<Utc>>,
    /// Set a param of the rule set
    #[arg(long, value_name = "NAME=VALUE", value_parser = input::name_and_value)]
    set: Vec<(String, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Markdown with tables, the stages as Mermaid
    Markdown,
    /// One HTML document that needs nothing else
    Html,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Stop> {
    let rules = input::compile(&arguments.rules, &arguments.set)?;
    let page = match arguments.at {
        Some(at) => rules.page().at(at),
        None => rules.page(),
    };
    let text = match arguments.format.unwrap_or_else(|| usual_format(arguments.output.as_deref())) {
        Format::Markdown => page.to_markdown(),
        Format::Html => page.to_html(),
    };
    match &arguments.output {
        Some(file) => fs::write(file, text)
            .map_err(|error| Stop::Failed(format!("{} cannot be written: {error}", file.display())))?,
        None => {
            let mut out = output::plain_results();
            out.write_all(text.as_bytes())?;
            out.flush()?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn usual_format(output: Option<&Path>) -> Format {
    let extension = output.and_then(Path::extension).map(|extension| extension.to_ascii_lowercase());
    match extension {
        Some(extension) if extension == "html" || extension == "htm" => Format::Html,
        _ => Format::Markdown,
    }
}
