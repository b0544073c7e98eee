//! One lead file, read by two vocabularies at a time.

use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::path::Path;

use chrono::{DateTime, Utc};
use leadql::diff::LeadsDiff;
use leadql::{LeadReader, ReadError, ReadOptions, RuleSet};

use super::twice::{Half, twice};
use super::{Arguments, Format};
use crate::input::{self, Misses, OnError};
use crate::output::{self, Stop};

/// Holds what the two versions make of every lead of a file against each other. Each version reads every lead for
/// itself: what its vocabulary lacks is skipped there, and told at the end.
pub(super) fn compare(
    arguments: &Arguments,
    (old, new): (&RuleSet, &RuleSet),
    file: &Path,
    at: DateTime<Utc>,
) -> Result<LeadsDiff, Stop> {
    let mut comparison = old.compare_leads(new, at);
    if arguments.format != Format::Json {
        comparison = comparison.most_listed(usize::try_from(arguments.top).unwrap_or(usize::MAX));
    }
    if let Some(by) = &arguments.by {
        comparison = comparison.by(by).map_err(|error| Stop::Usage(format!("--by: {error}")))?;
    }
    let progress = input::progress(file);
    let (of_old, of_new) = twice(input::reader(file, &progress)?);
    let mut of_old = reader(arguments, old, file, of_old)?;
    let mut of_new = reader(arguments, new, file, of_new)?;
    let mut misses = Misses::new(arguments.on_error);
    // Both readers take the file line by line, so that they stand at the same lead.
    while let (Some(before), Some(now)) = (of_old.next(), of_new.next()) {
        match (before, now) {
            (Ok(before), Ok(now)) => comparison.add(&before, &now),
            (Err(error), Err(_)) => misses.meet(&error, "lead", &progress)?,
            (Err(error), Ok(_)) => only_one(arguments, &error, &arguments.old, &mut misses, &progress)?,
            (Ok(_), Err(error)) => only_one(arguments, &error, &arguments.new, &mut misses, &progress)?,
        }
    }
    misses.finish("lead", &progress);
    warn(arguments, &of_old, &of_new);
    Ok(comparison.finish())
}

/// A reader of one version with its events.
fn reader<'r>(
    arguments: &Arguments,
    rules: &'r RuleSet,
    file: &Path,
    half: Half,
) -> Result<LeadReader<'r, Half>, Stop> {
    let failed = |error: ReadError| Stop::Failed(error.to_string());
    let of = |path: &Path| {
        let options = ReadOptions::new(input::shown(path)).strict(arguments.strict);
        arguments.missing.iter().fold(options, |options, text| options.missing(text))
    };
    let options = arguments.id.iter().fold(of(file), |options, column| options.id_column(column));
    let mut leads = rules.read_leads(half, &options).map_err(failed)?;
    if let Some(events) = &arguments.events {
        let reader = BufReader::new(input::open(events)?);
        leads.read_events(reader, &of(events)).map_err(failed)?;
    }
    Ok(leads)
}

/// A lead that one version can read and the other cannot.
fn only_one(
    arguments: &Arguments,
    error: &ReadError,
    version: &Path,
    misses: &mut Misses,
    progress: &indicatif::ProgressBar,
) -> Result<(), Stop> {
    if arguments.on_error == OnError::Stop {
        progress.finish_and_clear();
        return Err(Stop::Failed(format!("{error} (read by {})", version.display())));
    }
    misses.meet(error, "lead", progress)
}

/// Tells what was skipped: by both once, by one with which it was.
fn warn<R: BufRead>(arguments: &Arguments, old: &LeadReader<'_, R>, new: &LeadReader<'_, R>) {
    let texts = |reader: &LeadReader<'_, R>| -> Vec<String> {
        reader.warnings().iter().map(ToString::to_string).collect()
    };
    let (old, new) = (texts(old), texts(new));
    let (in_old, in_new): (HashSet<&String>, HashSet<&String>) = (old.iter().collect(), new.iter().collect());
    for warning in &old {
        if in_new.contains(warning) {
            output::warn(warning);
        } else {
            output::warn(&format!("{warning} (read by {})", arguments.old.display()));
        }
    }
    for warning in new.iter().filter(|warning| !in_old.contains(warning)) {
        output::warn(&format!("{warning} (read by {})", arguments.new.display()));
    }
}
