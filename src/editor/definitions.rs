//! What the files of a rule set define: each name with its sort, its type and its place.
//!
//! The syntax trees go in, whether the rule set compiles or not, so that what is whole can be looked up while
//! something else is being written. Of names that are defined twice the first counts.

use std::collections::HashMap;

use super::Kind;
use crate::check::{STANDARD, event_kind, plain_type};
use crate::diagnostic::{FileId, Place};
use crate::syntax::ast::{Ast, BandEntry, LetValue, Statement, StatementKind};
use crate::vocabulary::{EventKind, Type};

/// A definition and the statement that makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Definition {
    pub(super) kind: Kind,
    /// Where the name stands.
    pub(super) place: Place,
    /// The statement's place in the tree of its file.
    pub(super) statement: usize,
}

/// The bands of a score as written: the file and the entries.
pub(super) type Bands<'a> = (FileId, &'a [BandEntry]);

#[derive(Debug, Default)]
pub(super) struct Definitions {
    pub(super) names: HashMap<String, Definition>,
    /// The standard ones that nothing hides among them.
    pub(super) attributes: HashMap<String, Type>,
    /// The standard ones that nothing hides among them.
    pub(super) kinds: HashMap<String, EventKind>,
    /// Where the band list of each score stands: file and statement.
    bands: HashMap<String, (FileId, usize)>,
}

/// The score of the rules outside any block.
pub(super) const LOOSE_SCORE: &str = "score";

impl Definitions {
    pub(super) fn of(trees: &[Ast]) -> Self {
        let mut found = Definitions::default();
        for (file, tree) in (0..).map(FileId).zip(trees) {
            for (index, statement) in tree.statements.iter().enumerate() {
                found.add(file, index, statement);
            }
        }
        let first = trees.first().and_then(|tree| tree.statements.first());
        let only_declared = first.is_some_and(|first| first.node == StatementKind::VocabularyOnlyDeclared);
        if !only_declared {
            found.add_standard();
        }
        found
    }

    fn add(&mut self, file: FileId, index: usize, statement: &Statement) {
        let (name, kind) = match &statement.node {
            StatementKind::Attribute { name, of } => {
                self.attributes.entry(name.node.clone()).or_insert_with(|| plain_type(&of.node));
                (name, Kind::Attribute)
            }
            StatementKind::Event(event) => {
                self.kinds.entry(event.kind.node.clone()).or_insert_with(|| event_kind(event, true));
                (&event.kind, Kind::Event)
            }
            StatementKind::Let { name, value: LetValue::Condition(_) } => (name, Kind::Condition),
            StatementKind::Let { name, value: LetValue::List(_) } => (name, Kind::List),
            StatementKind::Param { name, .. } => (name, Kind::Param),
            StatementKind::Activity { name, .. } => (name, Kind::Activity),
            StatementKind::Score(block) => (&block.name, Kind::Score),
            StatementKind::Derived(score) => (&score.name, Kind::Score),
            StatementKind::Segment { name, .. } => (name, Kind::Segment),
            StatementKind::Band { score, .. } => {
                self.bands.entry(score.node.clone()).or_insert((file, index));
                return;
            }
            StatementKind::Rule(_) | StatementKind::Group(_) => {
                let place = Place { file, span: statement.span };
                let loose = Definition { kind: Kind::Score, place, statement: index };
                self.names.entry(LOOSE_SCORE.to_owned()).or_insert(loose);
                return;
            }
            _ => return,
        };
        let place = Place { file, span: name.span };
        self.names.entry(name.node.clone()).or_insert(Definition { kind, place, statement: index });
    }

    fn add_standard(&mut self) {
        for attribute in &STANDARD.attributes {
            if !self.names.contains_key(&attribute.name) {
                self.attributes.insert(attribute.name.clone(), attribute.of.clone());
            }
        }
        for kind in &STANDARD.kinds {
            match self.kinds.get(&kind.name) {
                None if self.names.contains_key(&kind.name) => {}
                None => {
                    self.kinds.insert(kind.name.clone(), kind.clone());
                }
                // A standard kind that is declared again keeps the properties it had.
                Some(declared) => {
                    let missing = kind.properties.iter().filter(|p| declared.property_id(&p.name).is_none());
                    let properties = declared.properties.iter().chain(missing).cloned().collect();
                    let merged = EventKind { properties, ..declared.clone() };
                    self.kinds.insert(kind.name.clone(), merged);
                }
            }
        }
    }

    /// What sort of thing a name is; none where nothing defines it.
    pub(super) fn kind(&self, name: &str) -> Option<Kind> {
        if let Some(definition) = self.names.get(name) {
            return Some(definition.kind);
        }
        if self.attributes.contains_key(name) {
            return Some(Kind::Attribute);
        }
        self.kinds.contains_key(name).then_some(Kind::Event)
    }

    /// Whether the name has the meaning that the standard vocabulary gives it, and no declaration of its own.
    pub(super) fn is_standard(&self, name: &str) -> bool {
        !self.names.contains_key(name) && self.kind(name).is_some()
    }

    /// Every name and its sort.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, Kind)> {
        let own = self.names.iter().map(|(name, definition)| (name.as_str(), definition.kind));
        let attributes = self.attributes.keys().map(|name| (name.as_str(), Kind::Attribute));
        let kinds = self.kinds.keys().map(|name| (name.as_str(), Kind::Event));
        own.chain(attributes.chain(kinds).filter(|(name, _)| !self.names.contains_key(*name)))
    }

    /// The statement that defines a name.
    pub(super) fn statement<'a>(&self, trees: &'a [Ast], name: &str) -> Option<(FileId, &'a Statement)> {
        let definition = self.names.get(name)?;
        let file = definition.place.file;
        Some((file, trees.get(file.0 as usize)?.statements.get(definition.statement)?))
    }

    /// The bands of a score.
    pub(super) fn bands<'a>(&self, trees: &'a [Ast], score: &str) -> Option<Bands<'a>> {
        let (file, statement) = *self.bands.get(score)?;
        match &trees.get(file.0 as usize)?.statements.get(statement)?.node {
            StatementKind::Band { bands, .. } => Some((file, bands)),
            _ => None,
        }
    }
}
