//! The funnel of a CRM that knows two things of a lead: since when it is an MQL, and when it was won.
//!
//! LEADS is a CSV file with the columns `id` and `created_at`, when the lead became an MQL, and any others; DEALS has
//! `id` and `at`, when it was won; of several deals of a lead the first counts. Each lead is taken over as an MQL by
//! the state machine, which leaves the records that it would have left: nothing is counted that it does not allow.
//! Accepting, qualifying and winning fall into the instant of the deal, as nothing is known of the steps between;
//! so what the funnel tells of MQL to customer is real, and SAL and SQL are only passed through.
//!
//! A deal before the lead became an MQL cannot be: one of the two dates is wrong, and nobody can tell which. Such a
//! lead is named, and taken over at the instant of the deal as an MQL since an unknown instant: it counts as a lead
//! and as won, but in no month and in no length of time.
//!
//! ```sh
//! cargo run --release --features csv --example funnel -- leads.csv deals.csv --by origin --at 2018-11-15
//! ```
//!
//! Prints the funnel by the column and by the month in which the leads became MQLs; with `--records` the records
//! instead, as JSON Lines for `leadql funnel`.

use std::collections::HashMap;
use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

use chrono::{DateTime, TimeDelta, Utc};
use leadql::funnel::{Cohort, Funnel, FunnelOptions, FunnelReport};
use leadql::{Record, RuleSet, Stage, parse_instant, print_instant};

const USAGE: &str = "\
usage: funnel LEADS DEALS --by COLUMN --at INSTANT [--records]

  --by       the column of LEADS that tells leads apart
  --at       the instant to look at, a date or RFC 3339
  --records  print the records of the leads, as JSON Lines, and no funnel";

/// Who enters all of this.
const IMPORT: &str = "import";
/// Deals within so many days of becoming an MQL compare old and young months fairly.
const DAYS: i64 = 90;

/// What the arguments say.
#[derive(Default)]
struct Task {
    files: Vec<String>,
    by: String,
    at: Option<DateTime<Utc>>,
    records: bool,
}

/// The leads of such a CRM.
#[derive(Default)]
pub(crate) struct History {
    /// Each lead and what the column says of it.
    pub(crate) leads: Vec<(String, String)>,
    pub(crate) records: Vec<Record>,
    /// What is odd about the data, a sentence each.
    pub(crate) odd: Vec<String>,
}

fn main() -> ExitCode {
    let arguments = std::env::args_os().skip(1).map(|text| text.to_string_lossy().into_owned());
    let task = match read_arguments(arguments) {
        Ok(task) => task,
        Err(problem) => {
            eprintln!("error: {problem}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(&task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn read_arguments(mut arguments: impl Iterator<Item = String>) -> Result<Task, String> {
    let mut task = Task::default();
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value behind it"));
        match argument.as_str() {
            "--by" => task.by = value()?,
            "--at" => task.at = Some(parse_instant(&value()?).map_err(|error| error.to_string())?),
            "--records" => task.records = true,
            _ if argument.starts_with("--") => return Err(format!("{argument} is not known")),
            _ => task.files.push(argument),
        }
    }
    match (task.files.len(), task.by.as_str(), task.at) {
        (2, "", _) => Err("--by is missing".to_owned()),
        (2, _, None) => Err("--at is missing".to_owned()),
        (2, ..) => Ok(task),
        (files, ..) => Err(format!("two files belong here, found {files}")),
    }
}

fn run(task: &Task) -> Result<(), Box<dyn Error>> {
    let ([leads, deals], Some(at)) = (task.files.as_slice(), task.at) else {
        return Err("two files and an instant belong here".into());
    };
    let history = History::read(leads, deals, &task.by)?;
    for odd in &history.odd {
        eprintln!("warning: {odd}");
    }
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    if task.records {
        for record in &history.records {
            serde_json::to_writer(&mut out, record)?;
            out.write_all(b"\n")?;
        }
    } else {
        let months = FunnelOptions::new().cohort(Cohort::Month).within(TimeDelta::days(DAYS));
        let values = FunnelOptions::new().by(&task.by);
        write!(out, "{}\n{}", history.funnel(values, at)?, history.funnel(months, at)?)?;
    }
    Ok(out.flush()?)
}

impl History {
    /// Reads both files; `by` is the column that tells leads apart.
    pub(crate) fn read(leads: &str, deals: &str, by: &str) -> Result<History, Box<dyn Error>> {
        let mut won: HashMap<String, DateTime<Utc>> = HashMap::new();
        for (line, [id, at]) in columns(deals, ["id", "at"])? {
            let at = parse_instant(&at).map_err(|error| format!("{deals}:{line}: {id}: {error}"))?;
            won.entry(id).and_modify(|first| *first = at.min(*first)).or_insert(at);
        }
        let rules = RuleSet::compile("stage mql when need")?;
        let mut history = History::default();
        for (line, [id, created_at, value]) in columns(leads, ["id", "created_at", by])? {
            let became =
                parse_instant(&created_at).map_err(|error| format!("{leads}:{line}: {id}: {error}"))?;
            history.take_over(&rules, &id, became, won.remove(&id))?;
            history.leads.push((id, value));
        }
        let mut strangers: Vec<&String> = won.keys().collect();
        strangers.sort();
        history
            .odd
            .extend(strangers.iter().map(|id| format!("{deals}: lead {id} is not in {leads}; left out")));
        Ok(history)
    }

    /// Takes a lead over that became an MQL at one instant, and perhaps was won at another.
    fn take_over(
        &mut self,
        rules: &RuleSet,
        id: &str,
        became: DateTime<Utc>,
        won: Option<DateTime<Utc>>,
    ) -> Result<(), Box<dyn Error>> {
        let (mut since, mut now) = (Some(became), became);
        if let Some(won) = won.filter(|won| *won < became) {
            (since, now) = (None, won);
            self.odd.push(format!(
                "lead {id}: won at {}, before it became an MQL at {}; taken over as an MQL since an unknown instant",
                print_instant(won),
                print_instant(became)
            ));
        }
        let (mut qualification, record) = rules.imported_qualification(id, Stage::Mql, since, now, IMPORT)?;
        self.records.push(record);
        if let Some(won) = won {
            self.records.push(qualification.accept(won, IMPORT)?);
            self.records.push(qualification.qualify_anyway("only the deal is known", won, IMPORT)?);
            self.records.push(qualification.win(won, IMPORT)?);
        }
        Ok(())
    }

    /// What the records come to.
    pub(crate) fn funnel(
        &self,
        options: FunnelOptions,
        at: DateTime<Utc>,
    ) -> Result<FunnelReport, Box<dyn Error>> {
        let mut funnel = Funnel::new(options);
        for (id, value) in &self.leads {
            funnel.add_lead(id, value.as_str());
        }
        for record in &self.records {
            funnel.add(record)?;
        }
        Ok(funnel.report(at))
    }
}

/// The cells of a row, with the line that it stands in.
type Row<const N: usize> = (u64, [String; N]);

/// These columns of a file.
fn columns<const N: usize>(path: &str, names: [&str; N]) -> Result<Vec<Row<N>>, Box<dyn Error>> {
    let mut reader = csv::Reader::from_path(path).map_err(|error| format!("{path}: {error}"))?;
    let headers = reader.headers()?.clone();
    let mut places = [0; N];
    for (place, name) in places.iter_mut().zip(names) {
        *place = headers
            .iter()
            .position(|header| header == name)
            .ok_or_else(|| format!("{path}: the column `{name}` is missing"))?;
    }
    let mut rows = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| format!("{path}: {error}"))?;
        let line = row.position().map_or(0, csv::Position::line);
        rows.push((line, places.map(|place| row.get(place).unwrap_or_default().to_owned())));
    }
    Ok(rows)
}
