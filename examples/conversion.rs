//! Do points find the leads that convert? Scores leads whose outcome is known, and compares.
//!
//! OUTCOMES is a CSV file with the column `id` and one more. `converted` (1 or 0) says how it ended; leads that the
//! file lacks are left out. `at` says when the lead converted; leads that the file lacks have not. With times the
//! question is asked as on the day itself: of the leads that exist at `--at` and have not converted by then, which
//! convert in the `--days` after it? With several `--at` a lead counts at each instant at which it is among them.
//!
//! ```sh
//! cargo run --release --features csv --example conversion -- \
//!   rules.lql leads.csv outcomes.csv --events events.csv --by readiness --at 2022-06-30T23:59:59Z --days 30
//! ```
//!
//! Prints how many there are and convert; the AUC, which is the chance that a lead that converts has more points
//! than one that does not (0.5: points say nothing, 1: they say all); how often the top tenth by points converts,
//! and the rest; and a table of all ten tenths. Leads with equal points at the edge of a tenth share its places,
//! so the order of the file does not matter.

use std::collections::HashMap;
use std::error::Error;
use std::fs::File;
use std::io::BufReader;
use std::process::ExitCode;

use chrono::{DateTime, TimeDelta, Utc};
use leadql::{Compiler, Diagnostics, Points, ReadOptions, RuleSet, parse_instant, print_instant};
use serde::Deserialize;

const USAGE: &str = "\
usage: conversion RULES LEADS OUTCOMES --by SCORE --at INSTANT [--at INSTANT …]
                  [--days NUMBER] [--events FILE] [--id COLUMN] [--missing TEXT] [--set NAME=VALUE]

  --by       the score to rank by
  --at       the instant of scoring, a date or RFC 3339; may be given several times
  --days     with outcomes that have times: how many days after the instant count [30]
  --events   a file of events, as for `leadql score`
  --id       the column of the leads file that holds the ids
  --missing  a text that means that a cell is empty
  --set      another value for a param of the rules; may be given several times";

/// Which leads there are yet, asked in the language itself.
const PRESENT: &str =
    "segment present when created_at is missing or created_at within 1s or created_at older than 1s";

/// What the arguments say.
#[derive(Default)]
struct Task {
    files: Vec<String>,
    by: String,
    at: Vec<DateTime<Utc>>,
    days: u32,
    events: Option<String>,
    id: Option<String>,
    missing: Vec<String>,
    set: Vec<(String, String)>,
}

/// How the leads ended, by id.
enum Outcomes {
    Known(HashMap<String, bool>),
    Dated(HashMap<String, DateTime<Utc>>, TimeDelta),
}

/// A line of the outcomes file.
#[derive(Deserialize)]
struct Line {
    id: String,
    converted: Option<u8>,
    at: Option<String>,
}

/// Leads scored at one instant, and whether each converted.
pub(crate) type Sample = Vec<(Points, bool)>;

/// A tenth of a sample by points, or several put together.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Tenth {
    pub(crate) leads: usize,
    /// No whole number where leads of equal points stand on both sides of the edge.
    pub(crate) converted: f64,
    /// The fewest and the most points in it.
    pub(crate) points: Option<(Points, Points)>,
}

fn main() -> ExitCode {
    let arguments = std::env::args_os().skip(1).map(|text| text.to_string_lossy().into_owned());
    let task = match read_arguments(arguments) {
        Ok(Some(task)) => task,
        Ok(None) => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(problem) => {
            eprintln!("error: {problem}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match score(&task) {
        Ok(samples) => {
            print(&task, samples);
            return ExitCode::SUCCESS;
        }
        // What is wrong with the rules is drawn in their text, and says itself that it is an error.
        Err(error) if error.is::<Diagnostics>() => eprintln!("{error}"),
        Err(error) => eprintln!("error: {error}"),
    }
    ExitCode::FAILURE
}

/// The task that the arguments give, or none where they ask for help.
fn read_arguments(mut arguments: impl Iterator<Item = String>) -> Result<Option<Task>, String> {
    let mut task = Task { days: 30, ..Task::default() };
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value behind it"));
        match argument.as_str() {
            "--help" | "-h" => return Ok(None),
            "--by" => task.by = value()?,
            "--at" => task.at.push(instant(&value()?)?),
            "--days" => task.days = value()?.parse().map_err(|_| "--days needs a whole number")?,
            "--events" => task.events = Some(value()?),
            "--id" => task.id = Some(value()?),
            "--missing" => task.missing.push(value()?),
            "--set" => {
                let value = value()?;
                let (name, value) = value.split_once('=').ok_or("--set needs NAME=VALUE")?;
                task.set.push((name.to_owned(), value.to_owned()));
            }
            _ if argument.starts_with("--") => return Err(format!("{argument} is not known")),
            _ => task.files.push(argument),
        }
    }
    match (task.files.len(), task.by.as_str(), task.at.as_slice()) {
        (3, by, [_, ..]) if !by.is_empty() => Ok(Some(task)),
        (3, "", _) => Err("--by is missing".to_owned()),
        (3, ..) => Err("--at is missing".to_owned()),
        (files, ..) => Err(format!("three files belong here, found {files}")),
    }
}

fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    parse_instant(text).map_err(|error| format!("{text:?}: {error}"))
}

/// Scores every lead at every instant; one sample for each instant.
fn score(task: &Task) -> Result<Vec<Sample>, Box<dyn Error>> {
    let [rules, leads, outcomes] = task.files.as_slice() else {
        return Err("three files belong here".into());
    };
    let outcomes = Outcomes::read(outcomes, task.days)?;
    let compiler = task.set.iter().fold(Compiler::new(), |compiler, (name, value)| compiler.set(name, value));
    let rules = compiler.compile_file(rules)?;
    let by = rules.score_id(&task.by).ok_or_else(|| {
        format!("there is no score {:?}; there are {:?}", task.by, rules.scores().collect::<Vec<_>>())
    })?;

    let options =
        |file| task.missing.iter().fold(ReadOptions::new(file), |options, text| options.missing(text));
    let lead_options = task.id.iter().fold(options(leads), |options, column| options.id_column(column));
    let mut reader = rules.read_leads(open(leads)?, &lead_options)?;
    if let Some(events) = &task.events {
        reader.read_events(open(events)?, &options(events))?;
    }

    let mut samples = vec![Sample::new(); task.at.len()];
    let (mut evaluator, mut present) = (rules.evaluator(), RuleSet::compile(PRESENT)?.evaluator());
    for lead in &mut reader {
        let lead = lead?;
        for (now, sample) in task.at.iter().zip(&mut samples) {
            let Some(converted) = outcomes.of(lead.id(), *now) else { continue };
            if present.evaluate(&lead, *now).segments().next().is_some() {
                let points = evaluator.evaluate(&lead, *now).points(by).unwrap_or_default();
                sample.push((points, converted));
            }
        }
    }
    for warning in reader.warnings() {
        eprintln!("warning: {warning}");
    }
    Ok(samples)
}

fn open(path: &str) -> Result<BufReader<File>, String> {
    File::open(path).map(BufReader::new).map_err(|error| format!("{path}: {error}"))
}

impl Outcomes {
    fn read(path: &str, days: u32) -> Result<Outcomes, Box<dyn Error>> {
        let mut reader = csv::Reader::from_reader(open(path)?);
        let headers = reader.headers()?.clone();
        let has = |name: &str| headers.iter().any(|header| header == name);
        if !has("id") || !(has("converted") || has("at")) {
            return Err(
                format!("{path}: the columns `id` and one of `converted` and `at` belong here").into()
            );
        }
        let (mut known, mut dated) = (HashMap::new(), HashMap::new());
        for line in reader.deserialize() {
            let line: Line = line.map_err(|error| format!("{path}: {error}"))?;
            if let Some(at) = line.at.filter(|at| !at.is_empty()) {
                let at = instant(&at).map_err(|problem| format!("{path}: {}: {problem}", line.id))?;
                // Who converts again has converted at the first time.
                dated
                    .entry(line.id)
                    .and_modify(|first: &mut DateTime<Utc>| *first = at.min(*first))
                    .or_insert(at);
            } else if let Some(converted) = line.converted {
                known.insert(line.id, converted != 0);
            }
        }
        let days = TimeDelta::days(i64::from(days));
        Ok(if has("at") { Outcomes::Dated(dated, days) } else { Outcomes::Known(known) })
    }

    /// Whether a lead converts after `now`; none where that is not known, or it has converted before.
    fn of(&self, id: &str, now: DateTime<Utc>) -> Option<bool> {
        match self {
            Outcomes::Known(converted) => converted.get(id).copied(),
            Outcomes::Dated(at, days) => match at.get(id) {
                Some(at) if *at <= now => None,
                at => Some(at.is_some_and(|at| *at - now <= *days)),
            },
        }
    }
}

/// Prints the samples, one by one where there are several, then put together.
fn print(task: &Task, mut samples: Vec<Sample>) {
    println!(
        "{:<20} {:>8} {:>9} {:>8} {:>7} {:>9} {:>9}",
        "at", "leads", "converted", "rate", "AUC", "top tenth", "the rest"
    );
    let mut total = vec![Tenth::default(); 10];
    for (at, sample) in task.at.iter().zip(&mut samples) {
        let tenths = tenths(sample);
        if task.at.len() > 1 {
            print_row(&print_instant(*at), auc(sample), &tenths);
        }
        for (total, tenth) in total.iter_mut().zip(&tenths) {
            total.add(tenth);
        }
    }
    print_row("all", auc(&mut samples.concat()), &total);

    println!("\n{:<5} {:>8} {:>9} {:>8}   {}", "tenth", "leads", "converted", "rate", task.by);
    for (number, tenth) in (1..).zip(&total) {
        let points = tenth.points.map(|(low, high)| format!("{low} to {high}")).unwrap_or_default();
        println!("{number:<5} {:>8} {:>9.1} {:>8}   {points}", tenth.leads, tenth.converted, tenth.rate());
    }
}

fn print_row(name: &str, auc: Option<f64>, tenths: &[Tenth]) {
    let sum = |tenths: &[Tenth]| {
        tenths.iter().fold(Tenth::default(), |mut sum, tenth| {
            sum.add(tenth);
            sum
        })
    };
    let (top, rest) = tenths.split_at(1.min(tenths.len()));
    let (all, top, rest) = (sum(tenths), sum(top), sum(rest));
    let auc = auc.map_or("-".to_owned(), |auc| format!("{auc:.4}"));
    println!(
        "{name:<20} {:>8} {:>9.0} {:>8} {auc:>7} {:>9} {:>9}",
        all.leads,
        all.converted,
        all.rate(),
        top.rate(),
        rest.rate()
    );
}

/// The chance that a lead that converts has more points than one that does not, equal points counting half;
/// none where there are not both. Sorts the sample, most points first.
pub(crate) fn auc(sample: &mut Sample) -> Option<f64> {
    sort(sample);
    let (mut pairs, mut converted_before, mut wins) = (0.0, 0.0, 0.0);
    let total = count(sample) as f64;
    for equal in sample.chunk_by(|(one, _), (two, _)| one == two) {
        let converted = count(equal) as f64;
        let others = equal.len() as f64 - converted;
        // Each that does not convert loses to those before it, and half to those beside it.
        wins += others * (converted_before + converted / 2.0);
        pairs += others * total;
        converted_before += converted;
    }
    (pairs > 0.0).then(|| wins / pairs)
}

/// The ten tenths of a sample, most points first: of n leads the first holds n / 10, rounded down. Sorts the
/// sample.
pub(crate) fn tenths(sample: &mut Sample) -> Vec<Tenth> {
    sort(sample);
    let edge = |number: usize| sample.len() * number / 10;
    let mut tenths = vec![Tenth::default(); 10];
    let mut start = 0;
    for equal in sample.chunk_by(|(one, _), (two, _)| one == two) {
        let (end, rate) = (start + equal.len(), count(equal) as f64 / equal.len() as f64);
        for (number, tenth) in tenths.iter_mut().enumerate() {
            let leads = end.min(edge(number + 1)).saturating_sub(start.max(edge(number)));
            if leads > 0 {
                let points = equal.first().map(|(points, _)| (*points, *points));
                tenth.add(&Tenth { leads, converted: rate * leads as f64, points });
            }
        }
        start = end;
    }
    tenths
}

fn sort(sample: &mut Sample) {
    sample.sort_by(|(one, _), (two, _)| two.cmp(one));
}

fn count(sample: &[(Points, bool)]) -> usize {
    sample.iter().filter(|(_, converted)| *converted).count()
}

impl Tenth {
    fn add(&mut self, other: &Tenth) {
        self.leads += other.leads;
        self.converted += other.converted;
        self.points = match (self.points, other.points) {
            (Some((low, high)), Some((other_low, other_high))) => {
                Some((low.min(other_low), high.max(other_high)))
            }
            (points, other) => points.or(other),
        };
    }

    fn rate(&self) -> String {
        match self.leads {
            0 => "-".to_owned(),
            leads => format!("{:.3} %", 100.0 * self.converted / leads as f64),
        }
    }
}
