//! `leadql fmt`: the one canonical layout.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use leadql::Compiler;

use crate::output::{self, Stop};
use crate::paths;

/// Lay rule sets out in the one canonical way, comments kept
#[derive(Debug, Args)]
#[command(after_help = "\
Files are changed in place and those that were are named; `-` lays standard input out on standard output.

Examples:
  leadql fmt criteria.lql
  leadql fmt rules/ --check
  leadql fmt - < criteria.lql

Exit status: 0 done, 1 a file cannot be read or has syntax errors (with --check also: a file differs).")]
pub(crate) struct Arguments {
    /// Files of rules, folders with .lql files, or - for standard input
    #[arg(required = true)]
    rules: Vec<PathBuf>,
    /// Change nothing, name the files that differ
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Stop> {
    let mut status = ExitCode::SUCCESS;
    let mut out = output::plain_results();
    for file in paths::rule_files(&arguments.rules)? {
        let from_input = file.as_os_str() == "-";
        let (name, text) = if from_input { ("standard input".into(), input()?) } else { read(&file)? };
        let formatted = match Compiler::new().name(&name).format(&text) {
            Ok(formatted) => formatted,
            Err(found) => {
                output::note(&found.render(true));
                status = ExitCode::FAILURE;
                continue;
            }
        };
        if from_input && !arguments.check {
            out.write_all(formatted.as_bytes())?;
        } else if formatted != text {
            if arguments.check {
                status = ExitCode::FAILURE;
            } else {
                std::fs::write(&file, formatted)
                    .map_err(|error| Stop::Failed(format!("{name} cannot be written: {error}")))?;
            }
            writeln!(out, "{name}")?;
        }
    }
    out.flush()?;
    Ok(status)
}

fn input() -> Result<String, Stop> {
    let mut text = String::new();
    let read = std::io::stdin().read_to_string(&mut text);
    read.map_err(|error| paths::unreadable(Path::new("standard input"), &error))?;
    Ok(text)
}

fn read(file: &Path) -> Result<(String, String), Stop> {
    let text = std::fs::read_to_string(file).map_err(|error| paths::unreadable(file, &error))?;
    Ok((file.display().to_string(), text))
}
