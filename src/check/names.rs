//! The one space of names: attributes, event kinds, lets, activities, scores, segments and params.

use std::cell::RefCell;
use std::collections::HashSet;

use crate::diagnostic::{Code, Diagnostic, FileId, Place};
use crate::hash::QuickMap;
use crate::syntax::ast::{LetValue, Name, Span, StatementKind};
use crate::vocabulary::Vocabulary;

use super::vocabulary::STANDARD;
use super::{Checker, Input};

/// A name that the rule set defines.
#[derive(Clone, Debug)]
pub(crate) struct Definition {
    pub(crate) sort: Sort,
    pub(crate) name: String,
    pub(crate) place: Place,
}

/// What sort of thing a name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    Attribute,
    Event,
    Condition,
    List,
    Activity,
    Score,
    Segment,
    Param,
}

impl Sort {
    /// `the attribute`, `the event kind`, …
    pub(crate) const fn with_the(self) -> &'static str {
        match self {
            Sort::Attribute => "the attribute",
            Sort::Event => "the event kind",
            Sort::Condition => "the condition",
            Sort::List => "the list",
            Sort::Activity => "the activity",
            Sort::Score => "the score",
            Sort::Segment => "the segment",
            Sort::Param => "the param",
        }
    }

    /// `an attribute`, `an event kind`, …
    pub(super) const fn with_article(self) -> &'static str {
        match self {
            Sort::Attribute => "an attribute",
            Sort::Event => "an event kind",
            Sort::Condition => "a condition",
            Sort::List => "a list",
            Sort::Activity => "an activity",
            Sort::Score => "a score",
            Sort::Segment => "a segment",
            Sort::Param => "a param",
        }
    }
}

/// Every name of a rule set: its own definitions, then the standard vocabulary where nothing hides it.
#[derive(Debug, Default)]
pub(super) struct Names<'a> {
    /// None for the place of a standard name.
    known: QuickMap<&'a str, (Sort, Option<Place>)>,
    /// Names whose definition has a syntax error, and those that are defined twice: which meaning they have is
    /// not known, so nothing is said of where they are used.
    unsure: HashSet<&'a str>,
    /// Words on lines that have a syntax error. One that nothing else defines may be defined there.
    on_broken_lines: HashSet<&'a str>,
    /// Whether a file with further definitions could not be read.
    is_incomplete: bool,
    /// The conditions, lists, activities and params that something names.
    used: RefCell<HashSet<&'a str>>,
}

impl<'a> Names<'a> {
    /// What sort of thing the name is; none where nothing or more than one thing defines it.
    pub(super) fn sort(&self, name: &str) -> Option<Sort> {
        if self.unsure.contains(name) {
            return None;
        }
        self.known.get(name).map(|(sort, _)| *sort)
    }

    /// Remembers that something names it.
    pub(super) fn mark_used(&self, name: &str) {
        if let Some((name, _)) = self.known.get_key_value(name) {
            self.used.borrow_mut().insert(name);
        }
    }

    /// What the main file defines and nothing names. Attributes and event kinds are all among it: whether anything
    /// asks for them is for the model to say.
    pub(super) fn unnamed(&self) -> Vec<Definition> {
        let used = self.used.borrow();
        let unnamed = self.known.iter().filter_map(|(name, (sort, place))| {
            let place = place.filter(|place| place.file == FileId(0))?;
            let counts = match sort {
                Sort::Score | Sort::Segment => false,
                Sort::Attribute | Sort::Event => true,
                Sort::Condition | Sort::List | Sort::Activity | Sort::Param => !used.contains(name),
            };
            counts.then(|| Definition { sort: *sort, name: (*name).to_owned(), place })
        });
        let mut unnamed: Vec<Definition> = unnamed.collect();
        unnamed.sort_by_key(|definition| definition.place);
        unnamed
    }

    /// Whether the name may be defined in a way that is not known, so that not knowing it is no error.
    pub(super) fn may_be_defined(&self, name: &str) -> bool {
        self.is_incomplete || self.unsure.contains(name) || self.on_broken_lines.contains(name)
    }

    /// Where the rule set itself defines the name.
    pub(super) fn place(&self, name: &str) -> Option<Place> {
        self.known.get(name).and_then(|(_, place)| *place)
    }

    /// Whether the name has its standard meaning.
    pub(super) fn is_standard(&self, name: &str) -> bool {
        matches!(self.known.get(name), Some((_, None)))
    }

    /// The names of the sorts that `wanted` takes, in no particular order.
    pub(super) fn of(&self, wanted: impl Fn(Sort) -> bool) -> impl Iterator<Item = &'a str> {
        self.known.iter().filter(move |(_, (sort, _))| wanted(*sort)).map(|(name, _)| *name)
    }

    pub(super) fn len(&self) -> usize {
        self.known.len()
    }
}

impl<'a> Checker<'a> {
    /// Collects every definition; a name that is there twice keeps its first place.
    pub(super) fn collect_names(&mut self, input: &Input<'a>, only_declared: bool) {
        let statements = &input.statements;
        self.names.unsure.extend(input.broken.iter().copied());
        self.names.on_broken_lines.extend(input.on_broken_lines.iter().copied());
        self.names.is_incomplete = input.is_incomplete;
        for placed in statements {
            self.file = placed.file;
            if let Some((name, sort)) = defined(&placed.statement.node) {
                self.define(name, sort);
            }
        }
        let loose = statements.iter().find(|placed| is_loose(&placed.statement.node));
        if let Some(loose) = loose {
            let place = Place { file: loose.file, span: loose.statement.span };
            self.names.known.insert(LOOSE_SCORE, (Sort::Score, Some(place)));
        }
        if !only_declared {
            let standard: &'static Vocabulary = &STANDARD;
            for attribute in &standard.attributes {
                self.names.known.entry(&attribute.name).or_insert((Sort::Attribute, None));
            }
            for kind in &standard.kinds {
                self.names.known.entry(&kind.name).or_insert((Sort::Event, None));
            }
        }
    }

    fn define(&mut self, name: &'a Name, sort: Sort) {
        let place = self.at(name.span);
        match self.names.known.get(name.node.as_str()) {
            None => {
                self.names.known.insert(&name.node, (sort, Some(place)));
            }
            Some((first_sort, first)) => {
                let first_sort = first_sort.with_article();
                let mut found = Diagnostic::new(
                    Code::Duplicate,
                    place,
                    format!("`{}` is defined twice", name.node),
                    format!("defined again as {}", sort.with_article()),
                );
                if let Some(first) = first {
                    found = found.also(*first, format!("first defined here as {first_sort}"));
                }
                self.names.unsure.insert(&name.node);
                self.report(found.help("rename or remove one of the two: each name stands for one thing"));
            }
        }
    }

    /// Whether `name` stands for this definition of it, and not for an earlier one.
    pub(super) fn is_first(&self, file: FileId, name: &Name) -> bool {
        self.names.place(&name.node) == Some(Place { file, span: name.span })
    }

    /// Reports a known name of another sort than belongs here.
    pub(super) fn wrong_sort(&mut self, span: Span, name: &str, wanted: &str, help: &str) {
        let Some(sort) = self.names.sort(name) else { return };
        let mut found = Diagnostic::new(
            Code::WrongSort,
            self.at(span),
            format!("expected {wanted}, found {} `{name}`", sort.with_the()),
            format!("{}, not {wanted}", sort.with_article()),
        );
        if let Some(place) = self.names.place(name).filter(|place| *place != self.at(span)) {
            found = found.also(place, "defined here");
        }
        self.report(if help.is_empty() { found } else { found.help(help) });
    }
}

/// The name of the score of loose rules and groups.
pub(super) const LOOSE_SCORE: &str = "score";

/// Whether the statement is a rule or group outside any block.
pub(super) const fn is_loose(statement: &StatementKind) -> bool {
    matches!(statement, StatementKind::Rule(_) | StatementKind::Group(_))
}

/// The name that a statement defines, and its sort.
fn defined(statement: &StatementKind) -> Option<(&Name, Sort)> {
    Some(match statement {
        StatementKind::Attribute { name, .. } => (name, Sort::Attribute),
        StatementKind::Event(event) => (&event.kind, Sort::Event),
        StatementKind::Let { name, value: LetValue::Condition(_) } => (name, Sort::Condition),
        StatementKind::Let { name, value: LetValue::List(_) } => (name, Sort::List),
        StatementKind::Param { name, .. } => (name, Sort::Param),
        StatementKind::Activity { name, .. } => (name, Sort::Activity),
        StatementKind::Score(block) => (&block.name, Sort::Score),
        StatementKind::Derived(derived) => (&derived.name, Sort::Score),
        StatementKind::Segment { name, .. } => (name, Sort::Segment),
        _ => return None,
    })
}
