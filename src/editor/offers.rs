//! What is offered at a place: names by their sort, symbols, keywords, each with a few words on it.

use std::collections::BTreeSet;

use super::hover::{self, signature};
use super::occurrences::Key;
use super::reading::Reading;
use super::{Completion, Kind, meanings};
use crate::diagnostic::Place;
use crate::syntax::ast::{Literal, Span, StatementKind, Term};
use crate::vocabulary::Type;

/// Something that is offered, before more is said of it than is needed to choose.
#[derive(Clone, Debug)]
pub(super) struct Offer {
    pub(super) label: String,
    pub(super) kind: Kind,
    pub(super) rank: u8,
    insert: Option<String>,
    detail: String,
}

impl Offer {
    pub(super) fn new(label: &str, kind: Kind, detail: &str) -> Self {
        Offer { label: label.to_owned(), kind, rank: 0, insert: None, detail: detail.to_owned() }
    }

    /// Writes something else than the label.
    pub(super) fn insert(mut self, text: &str) -> Self {
        self.insert = Some(text.to_owned());
        self
    }

    /// Behind what else is offered with it.
    pub(super) fn later(mut self) -> Self {
        self.rank = 1;
        self
    }

    /// All that is said of it; it replaces `span`.
    pub(super) fn told(self, reading: &Reading, span: Span) -> Completion {
        let documentation = match self.kind {
            Kind::Keyword => {
                let word = self.label.split(' ').next().unwrap_or("");
                meanings::keyword(word).unwrap_or("").to_owned()
            }
            Kind::Stage => hover::stage_meaning(&self.label).unwrap_or("").to_owned(),
            Kind::Subject | Kind::Symbol | Kind::Property | Kind::Band | Kind::Gate | Kind::Type => {
                String::new()
            }
            _ => hover::name(reading, &self.label).unwrap_or_default(),
        };
        Completion {
            insert: self.insert.unwrap_or_else(|| self.label.clone()),
            label: self.label,
            range: span.start..span.end,
            kind: self.kind,
            detail: self.detail,
            documentation,
            rank: self.rank,
        }
    }
}

/// The offers at one place.
pub(super) struct Offers<'r> {
    reading: &'r Reading,
    /// Where the offers go.
    at: Place,
    /// What the next offers have in common.
    pub(super) rank: u8,
    pub(super) found: Vec<Offer>,
}

impl<'r> Offers<'r> {
    pub(super) fn new(reading: &'r Reading, at: Place) -> Self {
        Offers { reading, at, rank: 0, found: Vec::new() }
    }

    pub(super) fn add(&mut self, offer: Offer) {
        let rank = self.rank + offer.rank;
        self.found.push(Offer { rank, ..offer });
    }

    pub(super) fn keyword(&mut self, word: &str) {
        self.add(Offer::new(word, Kind::Keyword, "").later());
    }

    /// The names of some sorts, those that the rule set gives itself first.
    pub(super) fn names(&mut self, wanted: impl Fn(Kind) -> bool) {
        let definitions = &self.reading.definitions;
        for (name, kind) in definitions.all().filter(|(_, kind)| wanted(*kind)) {
            let offer = match kind {
                Kind::Attribute => {
                    let of = definitions.attributes.get(name).map_or("attribute", Type::name);
                    Offer::new(name, kind, of)
                }
                Kind::Event => {
                    let signature = definitions.kinds.get(name).map(signature).unwrap_or_default();
                    Offer::new(name, kind, &signature).insert(&format!("{name}("))
                }
                Kind::Condition => Offer::new(name, kind, "condition"),
                Kind::List => Offer::new(name, kind, "list"),
                Kind::Activity => Offer::new(name, kind, "activity"),
                Kind::Score => Offer::new(name, kind, "score"),
                Kind::Segment => Offer::new(name, kind, "segment"),
                _ => Offer::new(name, kind, ""),
            };
            self.add(if definitions.is_standard(name) { offer.later() } else { offer });
        }
    }

    /// The params that stand for durations, or for numbers.
    pub(super) fn params(&mut self, durations: bool) {
        for (name, kind) in self.reading.definitions.all().filter(|(_, kind)| *kind == Kind::Param) {
            let Some((file, statement)) = self.reading.definitions.statement(&self.reading.trees, name)
            else {
                continue;
            };
            if let StatementKind::Param { value, .. } = &statement.node
                && matches!(value.node, Literal::Duration(_)) == durations
            {
                let value = self.reading.written(Place { file, span: value.span });
                self.add(Offer::new(name, kind, value));
            }
        }
    }

    /// The subjects that events of this kind have elsewhere, then those of other kinds.
    pub(super) fn subjects(&mut self, kind: &str) {
        let mut seen: BTreeSet<(bool, &str)> = BTreeSet::new();
        for occurrence in &self.reading.occurrences {
            if let Key::Subject { kind: other, .. } = &occurrence.key
                && occurrence.place != self.at
            {
                // As written: the name of a page is not all in small letters.
                seen.insert((other != kind, self.reading.written(occurrence.place)));
            }
        }
        let own: BTreeSet<&str> = seen.iter().filter(|(other, _)| !other).map(|(_, text)| *text).collect();
        for (other, subject) in seen {
            if !other {
                self.add(Offer::new(subject, Kind::Subject, kind));
            } else if !own.contains(subject) {
                self.add(Offer::new(subject, Kind::Subject, "another event's").later());
            }
        }
    }

    /// The properties of an event kind; only numbers where they are added up.
    pub(super) fn properties(&mut self, kind: &str, numbers: bool) {
        let Some(kind) = self.reading.definitions.kinds.get(kind) else { return };
        for property in kind.properties.iter().filter(|property| !numbers || property.of == Type::Number) {
            self.add(Offer::new(&property.name, Kind::Property, property.of.name()));
        }
    }

    /// The numbers that the events named in an activity have.
    pub(super) fn properties_of_activity(&mut self, activity: &str) {
        let Some((_, statement)) = self.reading.definitions.statement(&self.reading.trees, activity) else {
            return;
        };
        let StatementKind::Activity { terms, .. } = &statement.node else { return };
        let kinds: BTreeSet<&str> = terms
            .iter()
            .filter_map(|term| match term {
                Term::Event(event) => Some(event.kind.node.as_str()),
                Term::Name(_) => None,
            })
            .collect();
        kinds.into_iter().for_each(|kind| self.properties(kind, true));
    }
}
