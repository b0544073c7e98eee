//! What `score` and its kin read: a rule set with its params, a lead file, an events file, an instant.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use leadql::{Compiler, Lead, LeadReader, ReadError, ReadOptions, RuleSet};

use crate::output::{self, Stop};
use crate::paths::unreadable;

/// A rule set and leads.
#[derive(Debug, Args)]
pub(crate) struct Input {
    /// The file of rules
    rules: PathBuf,
    /// The lead file: JSON Lines, CSV where its name ends in .csv, - for JSON Lines from standard input
    leads: PathBuf,
    /// A file of further events, JSON Lines or CSV
    #[arg(long, value_name = "FILE")]
    events: Option<PathBuf>,
    /// Set a param of the rule set
    #[arg(long, value_name = "NAME=VALUE", value_parser = name_and_value)]
    set: Vec<(String, String)>,
    /// Make a name that the rule set does not know an error; without this it is skipped and counted
    #[arg(long)]
    strict: bool,
    /// What to do about a lead that cannot be read
    #[arg(long, value_enum, default_value = "stop", value_name = "WHAT")]
    on_error: OnError,
    /// A text that means missing in CSV cells
    #[arg(long, value_name = "TEXT")]
    missing: Vec<String>,
}

/// The leads of a file, about to be read.
pub(crate) struct Leads<'r> {
    reader: LeadReader<'r, Box<dyn BufRead>>,
    progress: ProgressBar,
    on_error: OnError,
    /// What the file is called in messages.
    name: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnError {
    /// Stop there
    Stop,
    /// Leave the lead out and go on
    Skip,
}

pub(crate) fn name_and_value(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

/// An instant of the command line; `now` asks the clock.
pub(crate) fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    if text == "now" {
        return Ok(std::time::SystemTime::now().into());
    }
    leadql::parse_instant(text).map_err(|error| format!("{error} (or `now`)"))
}

/// Compiles a rule set with these params; its warnings are told at once.
pub(crate) fn compile(rules: &Path, set: &[(String, String)]) -> Result<RuleSet, Stop> {
    let rules = compile_silently(rules, set)?;
    if !rules.warnings().is_empty() {
        output::note(&rules.warnings().render(true));
    }
    Ok(rules)
}

/// Compiles a rule set with these params.
pub(crate) fn compile_silently(rules: &Path, set: &[(String, String)]) -> Result<RuleSet, Stop> {
    let compiler = set.iter().fold(Compiler::new(), |compiler, (name, value)| compiler.set(name, value));
    compiler.compile_file(rules).map_err(|found| Stop::Drawn(found.render(true)))
}

impl Input {
    /// Compiles the rule set; its warnings are told at once.
    pub(crate) fn rules(&self) -> Result<RuleSet, Stop> {
        compile(&self.rules, &self.set)
    }

    /// Opens the lead file and reads the events file, before anything is printed.
    pub(crate) fn open<'r>(&self, rules: &'r RuleSet, id_column: Option<&str>) -> Result<Leads<'r>, Stop> {
        let progress = progress(&self.leads);
        let reader = self.reader(rules, id_column, &progress)?;
        Ok(Leads { reader, progress, on_error: self.on_error, name: shown(&self.leads) })
    }

    fn reader<'r>(
        &self,
        rules: &'r RuleSet,
        id_column: Option<&str>,
        progress: &ProgressBar,
    ) -> Result<LeadReader<'r, Box<dyn BufRead>>, Stop> {
        let failed = |error: ReadError| Stop::Failed(error.to_string());
        let mut options = self.options(&self.leads);
        if let Some(column) = id_column {
            options = options.id_column(column);
        }
        let mut leads = rules.read_leads(reader(&self.leads, progress)?, &options).map_err(failed)?;
        if let Some(file) = &self.events {
            let reader = BufReader::with_capacity(BUFFER, open(file)?);
            leads.read_events(reader, &self.options(file)).map_err(failed)?;
        }
        Ok(leads)
    }

    fn options(&self, path: &Path) -> ReadOptions {
        let options = ReadOptions::new(shown(path)).strict(self.strict);
        self.missing.iter().fold(options, |options, text| options.missing(text))
    }
}

/// A bar on standard error, if that is a terminal, the results go elsewhere and the file is large.
pub(crate) fn progress(file: &Path) -> ProgressBar {
    const LARGE: u64 = 16 << 20;
    let length = std::fs::metadata(file).map_or(0, |file| file.len());
    if length < LARGE || !io::stderr().is_terminal() || io::stdout().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
    match ProgressStyle::with_template("{bar:40} {bytes} of {total_bytes}, {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// Opens a file, or standard input; the bar follows how far it has been read.
pub(crate) fn reader(file: &Path, progress: &ProgressBar) -> Result<Box<dyn BufRead>, Stop> {
    Ok(if is_standard_input(file) {
        Box::new(BufReader::with_capacity(BUFFER, io::stdin()))
    } else {
        Box::new(BufReader::with_capacity(BUFFER, progress.wrap_read(open(file)?)))
    })
}

impl Leads<'_> {
    /// Gives every lead to `each` until that has seen enough; what could not be read, or was skipped, is told at
    /// the end.
    pub(crate) fn for_each(
        mut self,
        mut each: impl FnMut(Lead) -> Result<ControlFlow<()>, Stop>,
    ) -> Result<(), Stop> {
        let mut misses = Misses::new(self.on_error);
        for lead in &mut self.reader {
            match lead {
                Ok(lead) => {
                    if each(lead)?.is_break() {
                        break;
                    }
                }
                Err(error) => misses.meet(&error, "lead", &self.progress)?,
            }
        }
        misses.finish("lead", &self.progress);
        for warning in self.reader.warnings() {
            output::warn(&warning.to_string());
        }
        Ok(())
    }
}

/// What could not be read and, if that is wanted, is left out.
pub(crate) struct Misses {
    on_error: OnError,
    count: usize,
}

impl Misses {
    pub(crate) fn new(on_error: OnError) -> Self {
        Misses { on_error, count: 0 }
    }

    /// Tells of an error and goes on without what it is about, a `what`; or stops, where that is wanted, or the
    /// file cannot be read on.
    pub(crate) fn meet(&mut self, error: &ReadError, what: &str, progress: &ProgressBar) -> Result<(), Stop> {
        if self.on_error == OnError::Stop || error.ends_file() {
            progress.finish_and_clear();
            return Err(Stop::Failed(error.to_string()));
        }
        self.count += 1;
        if self.count <= MOST_TOLD {
            let message = format!("{error}; the {what} is left out");
            progress.suspend(|| output::warn(&message));
        }
        Ok(())
    }

    /// Tells at the end how many there were.
    pub(crate) fn finish(&self, what: &str, progress: &ProgressBar) {
        progress.finish_and_clear();
        if self.count > 0 {
            output::warn(&format!("{} left out", output::count(self.count, what)));
        }
    }
}

/// The one lead with this id; reading ends with it.
pub(crate) fn find(leads: Leads<'_>, id: &str) -> Result<Lead, Stop> {
    let name = leads.name.clone();
    let (mut found, mut nearest) = (None, Nearest::to(id));
    leads.for_each(|lead| {
        if lead.id() == id {
            found = Some(lead);
            return Ok(ControlFlow::Break(()));
        }
        nearest.see(lead.id());
        Ok(ControlFlow::Continue(()))
    })?;
    found.ok_or_else(|| {
        let hint = nearest.found.map(|(_, id)| format!("; did you mean {id:?}?")).unwrap_or_default();
        Stop::Failed(format!("{name} has no lead {id:?}{hint}"))
    })
}

/// The id that a mistyped one is most like, looked for as ids come by.
struct Nearest<'w> {
    wanted: &'w str,
    /// More differences are no likeness.
    most: usize,
    found: Option<(usize, String)>,
}

impl<'w> Nearest<'w> {
    fn to(wanted: &'w str) -> Self {
        Nearest { wanted, most: wanted.chars().count().div_ceil(4).min(3), found: None }
    }

    fn see(&mut self, id: &str) {
        let most = self.found.as_ref().map_or(self.most, |(distance, _)| distance.saturating_sub(1));
        // Comparing takes time, and what differs much in length is not alike.
        if id.len().abs_diff(self.wanted.len()) > 4 * most || self.wanted.len() > LONGEST_COMPARED {
            return;
        }
        let distance =
            if id.eq_ignore_ascii_case(self.wanted) { 0 } else { strsim::osa_distance(id, self.wanted) };
        if distance <= most && self.found.as_ref().is_none_or(|(nearest, _)| distance < *nearest) {
            self.found = Some((distance, id.to_owned()));
        }
    }
}

/// Longer ids get no suggestion.
const LONGEST_COMPARED: usize = 100;
/// So many leads that are left out are told one by one.
const MOST_TOLD: usize = 20;
const BUFFER: usize = 1 << 18;

/// A file as messages call it.
pub(crate) fn shown(path: &Path) -> String {
    if is_standard_input(path) { "standard input".to_owned() } else { path.display().to_string() }
}

pub(crate) fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}

pub(crate) fn open(path: &Path) -> Result<File, Stop> {
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    let is_folder = file.metadata().is_ok_and(|file| file.is_dir());
    if is_folder {
        Err(Stop::Failed(format!("{} is a folder, a file belongs here", path.display())))
    } else {
        Ok(file)
    }
}
