//! `leadql fmt`: the one canonical layout.

use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use leadql::FormatError;

use crate::output::{self, Stop};
use crate::paths;

/// Lay rule sets out in the one canonical way, comments kept
#[derive(Debug, Args)]
#[command(after_help = "\
Files are changed in place and those that were are named; each has its old text or its new one, whatever comes
in between. `-` lays standard input out on standard output.

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
        let formatted = match leadql::format(&name, &text) {
            Ok(formatted) => formatted,
            Err(error) => {
                output::note(&match error {
                    FormatError::Invalid(found) => found.render(true),
                    other => format!("{name}: {other}"),
                });
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
                replace(&file, &formatted)
                    .map_err(|error| Stop::Failed(format!("{name} cannot be written: {error}")))?;
            }
            writeln!(out, "{name}")?;
        }
    }
    out.flush()?;
    Ok(status)
}

/// Gives a file another text: written beside it, then put in its place in one step, so that an interrupt or a full
/// disk leaves the old text. A link stays one and its target changes; permissions are kept.
fn replace(file: &Path, text: &str) -> io::Result<()> {
    let file = file.canonicalize()?;
    let found = file.metadata()?;
    if !found.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    // Renaming asks only for the folder's permissions, and would put a new file over one that is protected.
    OpenOptions::new().append(true).open(&file)?;
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut beside = tempfile::Builder::new().prefix(".leadql-fmt-").suffix(".tmp").tempfile_in(folder)?;
    beside.write_all(text.as_bytes())?;
    beside.as_file().set_permissions(found.permissions())?;
    beside.as_file().sync_all()?;
    beside.persist(&file)?;
    Ok(())
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
