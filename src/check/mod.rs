//! Syntax trees to model: names, types, ranges and orders.
//!
//! The statements of the main file, those of included files in their place, go in. A [`Model`] comes out, or
//! every error there is: whatever is wrong is reported once, where it is written, and what depends on it is
//! passed over in silence. Everything behind this step may rely on what the model promises.

mod conditions;
mod events;
mod literals;
mod names;
mod operators;
mod order;
mod scores;
mod stages;
mod test_blocks;
mod values;
mod vocabulary;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, FileId, Place, Sources};
use crate::limits::Limits;
use crate::model::{
    About, Band, Condition, ConditionId, Gates, Model, NamedCondition, ScoreIndex, SegmentIndex, Selector,
    SelectorId, Term, TermId,
};
use crate::syntax::ast::{Name, Span, Spanned, Statement, StatementKind};
use crate::vocabulary::Vocabulary;

use self::conditions::ConditionTraits;
use self::literals::{List, Param};
use self::names::Names;

/// A statement and the file that it stands in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placed<'a> {
    pub(crate) file: FileId,
    pub(crate) statement: &'a Statement,
}

/// What goes in besides the statements.
pub(crate) struct Input<'a> {
    /// Included files' statements stand in place of their `include`.
    pub(crate) statements: Vec<Placed<'a>>,
    pub(crate) sources: Arc<Sources>,
    pub(crate) limits: &'a Limits,
    /// Params to override: name and value as text.
    pub(crate) overrides: &'a [(String, String)],
    /// Names that statements with syntax errors seem to define: unknown to us, but no further error.
    pub(crate) half_defined: HashSet<String>,
}

/// Checks a rule set. The model is there if none of the findings is an error.
pub(crate) fn check(input: &Input<'_>) -> (Option<Model>, Vec<Diagnostic>) {
    let mut checker = Checker {
        limits: input.limits,
        file: FileId(0),
        found: Vec::new(),
        suggestions_left: MAX_SUGGESTIONS,
        names: Names::default(),
        vocabulary: Vocabulary::default(),
        params: HashMap::new(),
        lists: HashMap::new(),
        conditions: Vec::new(),
        traits: Vec::new(),
        lets: HashMap::new(),
        activities: HashMap::new(),
        selectors: Vec::new(),
        selector_ids: HashMap::new(),
        terms: Vec::new(),
        term_ids: HashMap::new(),
        union_size: 0,
        score_ids: HashMap::new(),
        bands: HashMap::new(),
        segment_ids: HashMap::new(),
    };
    let model = checker.run(input);
    let clean = checker.found.iter().all(|found| found.code.severity() != crate::Severity::Error);
    (clean.then_some(model), checker.found)
}

/// Only so many unknown names are looked up among the known ones: each look-up reads them all.
const MAX_SUGGESTIONS: usize = 100;

struct Checker<'a> {
    limits: &'a Limits,
    /// The file of the statement that is being checked.
    file: FileId,
    found: Vec<Diagnostic>,
    suggestions_left: usize,
    names: Names<'a>,
    vocabulary: Vocabulary,
    params: HashMap<&'a str, Param>,
    /// None where the list itself has an error.
    lists: HashMap<&'a str, Option<List<'a>>>,
    conditions: Vec<Condition>,
    traits: Vec<ConditionTraits>,
    /// `let NAME = CONDITION`; none where the condition has an error.
    lets: HashMap<&'a str, Option<ConditionId>>,
    /// What an activity reaches; none where it has an error.
    activities: HashMap<&'a str, Option<TermId>>,
    selectors: Vec<Selector>,
    selector_ids: HashMap<Selector, SelectorId>,
    terms: Vec<Term>,
    term_ids: HashMap<Term, TermId>,
    /// How many selectors all terms have together.
    union_size: usize,
    score_ids: HashMap<&'a str, ScoreIndex>,
    /// The bands of each banded score, highest first.
    bands: HashMap<ScoreIndex, Vec<Band>>,
    /// None where the segment's condition has an error.
    segment_ids: HashMap<&'a str, Option<SegmentIndex>>,
}

impl<'a> Checker<'a> {
    fn run(&mut self, input: &Input<'a>) -> Model {
        let statements = &input.statements;
        let only_declared = self.only_declared(statements);
        self.collect_names(statements, only_declared, &input.half_defined);
        self.declare_vocabulary(statements, only_declared);
        self.declare_params(statements, input.overrides);
        self.declare_lists(statements);
        self.declare_activities(statements);
        self.declare_scores(statements);
        self.declare_bands(statements);
        let lets = self.declare_lets(statements);
        let (scores, score_order, band_order, rules) = self.scores(statements);
        let segments = self.segments(statements);
        let gates = self.gates(statements);
        let tests = self.test_blocks(statements);
        Model {
            sources: Arc::clone(&input.sources),
            about: self.about(statements),
            created_at: self.created_at(),
            vocabulary: std::mem::take(&mut self.vocabulary),
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
        let mut seen: HashMap<&str, Span> = HashMap::new();
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
                    let every = self.duration(every);
                    about.review = every.map(|every| (every, since.as_ref().map(|since| since.node)));
                    "review"
                }
                _ => continue,
            };
            let span = placed.statement.span;
            if let Some(first) = seen.insert(word, span) {
                self.duplicate(word, first, span, &format!("`{word}` stands at most once"));
            }
        }
        about
    }

    /// Reports a statement or entry that is there twice within one file.
    fn duplicate(&mut self, what: &str, first: Span, second: Span, message: &str) {
        let found = Diagnostic::new(Code::Duplicate, self.at(second), message, format!("`{what}` again"))
            .also(self.at(first), "first here")
            .help("remove one of the two");
        self.report(found);
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// The place of `span` in the file of the statement that is being checked.
    fn at(&self, span: Span) -> Place {
        Place { file: self.file, span }
    }

    /// Reports a name that nothing defines, with the nearest of `candidates`.
    fn unknown<'c>(
        &mut self,
        code: Code,
        name: &Name,
        message: String,
        candidates: impl IntoIterator<Item = &'c str>,
        otherwise: &str,
    ) {
        if self.names.is_half_defined(&name.node) {
            return;
        }
        let nearest = self.suggestions_left.checked_sub(1).and_then(|left| {
            self.suggestions_left = left;
            crate::diagnostic::closest(&name.node, candidates)
        });
        let help = match nearest {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => otherwise.to_owned(),
        };
        let found = Diagnostic::new(code, self.at(name.span), message, "not known");
        self.report(if help.is_empty() { found } else { found.help(help) });
    }

    /// Whether there are more than `limit` of something; reported at the first one too many.
    fn over_limit(&mut self, count: usize, limit: usize, what: &str, span: Span) -> bool {
        if count == limit + 1 {
            self.report(
                Diagnostic::new(
                    Code::LimitExceeded,
                    self.at(span),
                    format!("more than {limit} {what} in one rule set"),
                    "one too many",
                )
                .help(format!("split the rule set, or let the host raise the limit on {what}")),
            );
        }
        count > limit
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

/// A name and where it stands, borrowed.
fn name_of(name: &Spanned<String>) -> &str {
    &name.node
}

/// The lets of a model by name, in the order of the text.
type Lets = Vec<NamedCondition>;
