//! From text to rule set.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::files::{self, Files, Folder, Problem};
use super::{Compiled, Fingerprint, RuleSet};
use crate::check::{self, Placed};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity, Source, Sources};
use crate::limits::Limits;
use crate::plan::Plan;
use crate::syntax::ast::Ast;
use crate::warn::{self, Written};

/// Compiles rule sets: with a name for messages, included files, params set by the host, and limits.
///
/// ```
/// use leadql::Compiler;
/// let rules = Compiler::new()
///     .name("criteria.lql")
///     .include("vocabulary.lql", "attribute plan: one of [free, pro]")
///     .set("bonus", "20")
///     .compile("include \"vocabulary.lql\"  param bonus = 10  plan = pro => bonus")?;
/// let lead = rules.lead().set("plan", "pro")?.build();
/// let evaluation = rules.evaluate(&lead, "2026-11-01T00:00:00Z".parse()?);
/// assert_eq!(evaluation.score("score"), Some("20".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Compiler {
    name: String,
    limits: Limits,
    includes: HashMap<String, String>,
    overrides: Vec<(String, String)>,
}

/// A rule set's files as they were read, and what came of them.
pub(crate) struct Read {
    /// The tree of each file; none where the main file is too large to be read.
    pub(crate) trees: Vec<Ast>,
    pub(crate) sources: Arc<Sources>,
    pub(crate) compiled: Result<RuleSet, Diagnostics>,
}

impl Default for Compiler {
    fn default() -> Self {
        Compiler {
            name: "rules.lql".to_owned(),
            limits: Limits::default(),
            includes: HashMap::new(),
            overrides: Vec::new(),
        }
    }
}

impl Compiler {
    /// A compiler with the default limits.
    pub fn new() -> Self {
        Self::default()
    }

    /// What messages call the main file when it is compiled from a text: `rules.lql` if nothing is said.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Gives the text of a file that may be included, by its path from the main file's folder, when the main
    /// file is compiled from a text.
    #[must_use]
    pub fn include(mut self, path: impl Into<String>, text: impl Into<String>) -> Self {
        self.includes.insert(files::included_key(path.into()), text.into());
        self
    }

    /// Sets a param to another value of the same sort, written as in a rule set: `20`, `-2.5`, `30d`. The
    /// last value set counts.
    #[must_use]
    pub fn set(mut self, param: impl Into<String>, value: impl Into<String>) -> Self {
        self.overrides.push((param.into(), value.into()));
        self
    }

    /// Sets the limits on the size of the rule set.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits.within_reason();
        self
    }

    /// Compiles a text.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its place and what would be right.
    pub fn compile(&self, text: &str) -> Result<RuleSet, Diagnostics> {
        if text.len() > self.limits.main_file() {
            return Err(self.refuse(&self.name, Problem::TooLarge));
        }
        // Without a folder of its own the main text stands at the folder's root under a path nothing has.
        let folder = Folder::Memory(&self.includes);
        self.finish(Files::load(&self.name, text, Path::new(""), &folder, &self.limits)).compiled
    }

    /// Compiles a file and what it includes from its folder. Messages name it as `path` does.
    ///
    /// # Errors
    /// Everything that is wrong with it; that a file cannot be read, is too large or is not UTF-8 among it.
    pub fn compile_file(&self, path: impl AsRef<Path>) -> Result<RuleSet, Diagnostics> {
        let path = path.as_ref();
        let name = path.display().to_string();
        let text =
            files::read_text(path, self.limits.main_file()).map_err(|problem| self.refuse(&name, problem))?;
        let (folder, main) = files::folder_of(path).map_err(|problem| self.refuse(&name, problem))?;
        let folder = Folder::Disk { root: folder, open: &HashMap::new() };
        self.finish(Files::load(&name, &text, &main, &folder, &self.limits)).compiled
    }

    /// Compiles the text that an editor has of the file `path`. What it includes comes from the texts in `open`,
    /// by their real path, and from the file's folder. A file without a folder includes nothing.
    pub(crate) fn read_open(&self, path: &Path, text: &str, open: &HashMap<PathBuf, Arc<str>>) -> Read {
        let name = path.display().to_string();
        if text.len() > self.limits.main_file() {
            let compiled = Err(self.refuse(&name, Problem::TooLarge));
            let sources = Arc::new(vec![Source { name, text: text.into() }]);
            return Read { trees: Vec::new(), sources, compiled };
        }
        let none = HashMap::new();
        let (folder, main) = match files::folder_of(path) {
            Ok((root, main)) => (Folder::Disk { root, open }, main),
            Err(_) => (Folder::Memory(&none), PathBuf::new()),
        };
        self.finish(Files::load(&name, text, &main, &folder, &self.limits))
    }

    /// That the main file cannot be had at all.
    fn refuse(&self, name: &str, problem: Problem) -> Diagnostics {
        let source = Source { name: name.to_owned(), text: "".into() };
        Diagnostics::new(vec![problem.of_main(name, &self.limits)], Arc::new(vec![source]))
    }

    fn finish(&self, files: Files) -> Read {
        let Files { sources, trees, order, found: mut all, is_incomplete } = files;
        let sources = Arc::new(sources);
        let statements = order.iter().filter_map(|(file, index)| {
            let statement = trees.get(file.0 as usize)?.statements.get(*index)?;
            Some(Placed { file: *file, statement })
        });
        let errors = |found: &&Diagnostic| found.code.severity() == Severity::Error;
        let is_parsed = !all.iter().any(|found| errors(&found));
        let input = check::Input {
            statements: statements.collect(),
            sources: Arc::clone(&sources),
            limits: &self.limits,
            overrides: &self.overrides,
            is_parsed,
            broken: trees.iter().flat_map(|tree| &tree.broken).map(|name| name.node.as_str()).collect(),
            on_broken_lines: files::words_on_lines_with(all.iter().filter(errors), &sources),
            is_incomplete,
        };
        let checked = check::check(&input);
        all.extend(checked.found);
        let written = Written { allows: warn::allows(&trees, &sources), unnamed: checked.unnamed };
        let found = Diagnostics::new(all, Arc::clone(&sources)).and_more(checked.omitted);
        let compiled = match checked.model {
            Some(model) if is_parsed => {
                let plan = Plan::new(&model);
                let fingerprint = Fingerprint::of(&model);
                Ok(RuleSet { compiled: Arc::new(Compiled::new(model, plan, fingerprint, found, written)) })
            }
            _ => Err(found),
        };
        Read { trees, sources, compiled }
    }
}
