//! Syntax trees to model: names, types, ranges and orders.
//!
//! The statements of the main file, those of included files in their place, go in. A [`Model`] comes out, or
//! every error there is: whatever is wrong is reported once, where it is written, and what depends on it is
//! passed over in silence. Everything behind this step may rely on what the model promises.

mod activities;
mod bands;
mod conditions;
mod events;
mod lists;
mod literals;
mod named;
mod names;
mod operators;
mod order;
mod scores;
mod stages;
mod test_blocks;
mod values;
mod vocabulary;

use std::cell::Cell;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, FileId, Place, Severity, Sources};
use crate::hash::QuickMap;
use crate::limits::Limits;
use crate::model::{
    About, Condition, ConditionId, Model, NamedCondition, ScoreIndex, SegmentIndex, Selector, SelectorId,
    Shared, Term, TermId,
};
use crate::syntax::ast::{Name, Span, Statement, StatementKind};
use crate::vocabulary::{EventKindId, PropertyId, Vocabulary};

use self::activities::Activities;
use self::bands::Bands;
use self::conditions::ConditionTraits;
use self::lists::Lists;
use self::literals::Param;
use self::names::{Names, Sort};

/// A statement and the file that it stands in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placed<'a> {
    pub(crate) file: FileId,
    pub(crate) statement: &'a Statement,
}

pub(crate) use names::{Definition, Sort as NameSort};
pub(crate) use operators::tests_of;
pub(crate) use vocabulary::{STANDARD, event_kind, hidden_standard_names, plain_type};

/// What goes in.
pub(crate) struct Input<'a> {
    /// Included files' statements stand behind their `include`.
    pub(crate) statements: Vec<Placed<'a>>,
    pub(crate) sources: Arc<Sources>,
    pub(crate) limits: &'a Limits,
    /// Params to override: name and value as text.
    pub(crate) overrides: &'a [(String, String)],
    /// Whether nothing that was read has a syntax error.
    pub(crate) is_parsed: bool,
    /// Names whose definitions have syntax errors.
    pub(crate) broken: Vec<&'a str>,
    /// All words on the lines with syntax errors.
    pub(crate) on_broken_lines: Vec<&'a str>,
    /// Whether an included file could not be read.
    pub(crate) is_incomplete: bool,
}

/// What comes out.
pub(crate) struct Checked {
    /// There if nothing is wrong.
    pub(crate) model: Option<Model>,
    pub(crate) found: Vec<Diagnostic>,
    /// How many more findings there are.
    pub(crate) omitted: usize,
    /// What the main file defines and nothing names, all its attributes and event kinds among it.
    pub(crate) unnamed: Vec<Definition>,
}

/// Checks a rule set.
pub(crate) fn check(input: &Input<'_>) -> Checked {
    let mut checker = Checker {
        limits: input.limits,
        sources: &input.sources,
        file: FileId(0),
        found: Vec::new(),
        omitted: 0,
        knows_all_bands: input.is_parsed && !input.is_incomplete,
        is_clean: true,
        names_to_compare: Cell::new(MOST_NAMES_COMPARED),
        names: Names::default(),
        vocabulary: Arc::default(),
        params: QuickMap::default(),
        lists: Lists::default(),
        conditions: Vec::new(),
        traits: Vec::new(),
        lets: QuickMap::default(),
        activities: Activities::default(),
        selectors: Vec::new(),
        selector_ids: QuickMap::default(),
        terms: Vec::new(),
        term_ids: QuickMap::default(),
        sums: QuickMap::default(),
        score_ids: QuickMap::default(),
        bands: QuickMap::default(),
        segment_ids: QuickMap::default(),
    };
    let model = checker.run(input);
    Checked {
        model: checker.is_clean.then_some(model),
        unnamed: checker.names.unnamed(),
        found: checker.found,
        omitted: checker.omitted,
    }
}

/// Looking for the name that was meant compares an unknown one with those known, so often at most in all.
const MOST_NAMES_COMPARED: usize = 200_000;

/// So many findings are gathered; further ones are counted.
const MOST_FINDINGS: usize = 20_000;

/// The property of each kind that a sum adds up, or the first kind without a number of that name.
type Summed = Result<Shared<(EventKindId, PropertyId)>, EventKindId>;

struct Checker<'a> {
    limits: &'a Limits,
    sources: &'a Sources,
    /// The file of the statement that is being checked.
    file: FileId,
    found: Vec<Diagnostic>,
    omitted: usize,
    /// Whether every band list there is could be read, and its score found.
    knows_all_bands: bool,
    /// Whether no error was found, warnings aside.
    is_clean: bool,
    names_to_compare: Cell<usize>,
    names: Names<'a>,
    /// Shared, so that what is checked can hold on to a type.
    vocabulary: Arc<Vocabulary>,
    params: QuickMap<&'a str, Param>,
    lists: Lists<'a>,
    conditions: Vec<Condition>,
    traits: Vec<ConditionTraits>,
    /// `let NAME = CONDITION`; none where the condition has an error.
    lets: QuickMap<&'a str, Option<ConditionId>>,
    activities: Activities<'a>,
    selectors: Vec<Selector>,
    selector_ids: QuickMap<Selector, SelectorId>,
    terms: Vec<Term>,
    term_ids: QuickMap<Term, TermId>,
    sums: QuickMap<(TermId, &'a str), Summed>,
    score_ids: QuickMap<&'a str, ScoreIndex>,
    /// The bands of each banded score.
    bands: QuickMap<ScoreIndex, Bands>,
    /// None where the segment's condition has an error.
    segment_ids: QuickMap<&'a str, Option<SegmentIndex>>,
}

impl<'a> Checker<'a> {
    fn run(&mut self, input: &Input<'a>) -> Model {
        let statements = &input.statements;
        let only_declared = self.only_declared(statements);
        self.collect_names(input, only_declared);
        self.declare_vocabulary(statements, only_declared);
        self.declare_params(statements, input.overrides);
        self.declare_lists(statements);
        self.declare_activities(statements);
        self.declare_scores(statements);
        let band_order = self.declare_bands(statements);
        let lets = self.declare_lets(statements);
        let segments = self.segments(statements);
        let gates = self.gates(statements);
        let tests = self.test_blocks(statements);
        // Last, because they take the bands with them.
        let (scores, score_order, rules) = self.scores(statements);
        Model {
            sources: Arc::clone(&input.sources),
            about: self.about(statements),
            named: self.named(statements),
            created_at: self.created_at(),
            vocabulary: Arc::unwrap_or_clone(std::mem::take(&mut self.vocabulary)),
            only_declared,
            conditions: std::mem::take(&mut self.conditions),
            selectors: std::mem::take(&mut self.selectors),
            terms: std::mem::take(&mut self.terms),
            scores,
            score_order,
            band_order,
            rules,
            segments,
            gates,
            lets,
            tests,
        }
    }

    /// Whether the main file begins with `vocabulary only declared`.
    fn only_declared(&mut self, statements: &[Placed<'a>]) -> bool {
        let mut only_declared = false;
        for (index, placed) in statements.iter().enumerate() {
            self.file = placed.file;
            if !matches!(placed.statement.node, StatementKind::VocabularyOnlyDeclared) {
                continue;
            }
            if index == 0 && placed.file == FileId(0) {
                only_declared = true;
            } else {
                self.report(
                    Diagnostic::new(
                        Code::NotAllowedHere,
                        self.at(placed.statement.span),
                        "`vocabulary only declared` must be the first statement of the main file",
                        "not the first statement of the main file",
                    )
                    .help("move it to the top of the main file, before anything else"),
                );
            }
        }
        only_declared
    }

    /// What the main file says of itself; included files' lines do not count.
    fn about(&mut self, statements: &[Placed<'a>]) -> About {
        let mut about = About::default();
        let mut seen: QuickMap<&str, Place> = QuickMap::default();
        for placed in statements.iter().filter(|placed| placed.file == FileId(0)) {
            self.file = placed.file;
            let word = match &placed.statement.node {
                StatementKind::Ruleset { name, version } => {
                    about.name = Some(name.node.clone());
                    about.version = version.as_ref().map(|version| version.node.clone());
                    "ruleset"
                }
                StatementKind::Owners(owners) => {
                    let pairs = owners.iter().map(|owner| (owner.role.node.clone(), owner.name.node.clone()));
                    about.owners = pairs.collect();
                    "owners"
                }
                StatementKind::Review { every, since } => {
                    about.review_place = Some(self.at(placed.statement.span));
                    let every = self.duration(every);
                    about.review = every.map(|every| (every, since.as_ref().map(|since| since.node)));
                    "review"
                }
                _ => continue,
            };
            let place = self.at(placed.statement.span);
            match seen.entry(word) {
                Entry::Vacant(entry) => {
                    entry.insert(place);
                }
                Entry::Occupied(first) => {
                    self.duplicate(word, *first.get(), place.span, &format!("`{word}` stands at most once"));
                }
            }
        }
        about
    }

    /// Reports a statement or entry that is there twice.
    fn duplicate(&mut self, what: &str, first: Place, second: Span, message: &str) {
        let found = Diagnostic::new(Code::Duplicate, self.at(second), message, format!("`{what}` again"))
            .also(first, "first here")
            .help("remove one of the two");
        self.report(found);
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.is_clean &= diagnostic.code.severity() != Severity::Error;
        if self.found.len() < MOST_FINDINGS {
            self.found.push(diagnostic);
        } else {
            self.omitted += 1;
        }
    }

    /// What is written at `span` in the file of the statement that is being checked.
    fn written(&self, span: Span) -> &'a str {
        let source = self.sources.get(self.file.0 as usize);
        source.and_then(|source| source.text.get(span.start..span.end)).unwrap_or("")
    }

    /// The place of `span` in the file of the statement that is being checked.
    fn at(&self, span: Span) -> Place {
        Place { file: self.file, span }
    }

    /// The one of `candidates` that `name` was meant to be. Once many names were compared nothing is compared
    /// any more.
    fn nearest<'c>(&self, name: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
        let left = &self.names_to_compare;
        crate::diagnostic::closest(
            name,
            candidates.take_while(|_| {
                let is_left = left.get() > 0;
                left.set(left.get().saturating_sub(1));
                is_left
            }),
        )
    }

    /// The defined name of a sort that `wanted` takes that `name` was meant to be.
    fn nearest_name(&self, name: &str, wanted: impl Fn(Sort) -> bool) -> Option<String> {
        // The names are in no particular order: all of them are compared, or none.
        let all = self.names.len() <= self.names_to_compare.get();
        all.then(|| self.nearest(name, self.names.of(wanted)).map(str::to_owned)).flatten()
    }

    /// Reports a name that nothing defines, with the one that it was meant to be if there is one.
    fn unknown(
        &mut self,
        code: Code,
        name: &Name,
        message: String,
        nearest: Option<String>,
        otherwise: &str,
    ) {
        if self.names.may_be_defined(&name.node) {
            return;
        }
        let found = Diagnostic::new(code, self.at(name.span), message, "not known");
        self.report(match nearest {
            Some(nearest) => found.did_you_mean(&nearest),
            None if otherwise.is_empty() => found,
            None => found.help(otherwise),
        });
    }

    /// Reports the first of something that is over `limit`: `count` is its number, from 1.
    fn over_limit(&mut self, count: usize, limit: usize, what: &str, span: Span) {
        if count == limit.saturating_add(1) {
            self.too_many(limit, what, "in one rule set", span);
        }
    }

    /// Reports that there are more than `limit` of something.
    fn too_many(&mut self, limit: usize, what: &str, of: &str, span: Span) {
        let message = format!("there are more than {limit} {what} {of}");
        let found = Diagnostic::new(Code::LimitExceeded, self.at(span), message, "one too many");
        self.report(found.help(format!("use fewer, or let the host raise its limit on {what}")));
    }
}

/// The statements of one kind, each with its file.
fn each<'a, T>(
    statements: &[Placed<'a>],
    pick: impl Fn(&'a StatementKind) -> Option<T>,
) -> Vec<(FileId, Span, T)> {
    let picked = statements.iter().filter_map(|placed| {
        pick(&placed.statement.node).map(|found| (placed.file, placed.statement.span, found))
    });
    picked.collect()
}

/// The property of each kind that a sum adds up.
type SummedProperties = Shared<(EventKindId, PropertyId)>;

/// The lets of a model by name, in the order of the text.
type Lets = Vec<NamedCondition>;
