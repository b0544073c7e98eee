//! Declarations of attributes and events: the standard vocabulary and what a rule set adds.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

use crate::diagnostic::{Code, Diagnostic, FileId};
use crate::limits::Limits;
use crate::syntax::ast::{EventDeclaration, Name, Span, Spanned, StatementKind, TypeExpr};
use crate::vocabulary::{Attribute, AttributeId, EventKind, Property, Type, Vocabulary};

use super::names::Sort;
use super::{Checker, Placed, each};

/// The text of the standard vocabulary.
pub(crate) const STANDARD_TEXT: &str = include_str!("../../grammar/standard.lql");

static EMPTY: LazyLock<Vocabulary> = LazyLock::new(Vocabulary::default);

/// The standard vocabulary, read once.
pub(crate) static STANDARD: LazyLock<Vocabulary> = LazyLock::new(|| {
    let (ast, _) = crate::syntax::parse(STANDARD_TEXT, FileId(0), &Limits::default());
    let mut vocabulary = Vocabulary::default();
    for statement in &ast.statements {
        match &statement.node {
            StatementKind::Attribute { name, of } => {
                vocabulary.add_attribute(Attribute {
                    name: name.node.clone(),
                    of: plain_type(&of.node),
                    declared: false,
                });
            }
            StatementKind::Event(event) => {
                vocabulary.add_kind(event_kind(event, false));
            }
            _ => {}
        }
    }
    vocabulary
});

/// The standard names that `vocabulary` lacks, in alphabetical order: the rule set has given them other meanings.
pub(crate) fn hidden_standard_names(vocabulary: &Vocabulary) -> Vec<&'static str> {
    let attributes = STANDARD.attributes.iter().map(|attribute| attribute.name.as_str());
    let kinds = STANDARD.kinds.iter().map(|kind| kind.name.as_str());
    let mut hidden: Vec<&str> = attributes
        .filter(|name| vocabulary.attribute_id(name).is_none())
        .chain(kinds.filter(|name| vocabulary.kind_id(name).is_none()))
        .collect();
    hidden.sort_unstable();
    hidden
}

impl<'a> Checker<'a> {
    /// Fills the vocabulary: the rule set's own names, then the standard ones that nothing hides. A name whose
    /// declaration has an error is left out, so that nothing more is said of where it is used.
    pub(super) fn declare_vocabulary(&mut self, statements: &[Placed<'a>], only_declared: bool) {
        let mut vocabulary = Vocabulary::default();
        let standard: &Vocabulary = if only_declared { &EMPTY } else { &STANDARD };
        for (file, _, (name, of)) in each(statements, |statement| match statement {
            StatementKind::Attribute { name, of } => Some((name, of)),
            _ => None,
        }) {
            self.file = file;
            let Some(own) = self.attribute_type(of).filter(|_| self.is_first(file, name)) else { continue };
            let known = standard.attribute_id(&name.node).and_then(|id| standard.attribute(id));
            match known {
                Some(known) if known.of != own => self.other_attribute_type(name, of.span, &own, &known.of),
                _ => {
                    let declared = known.is_none();
                    vocabulary.add_attribute(Attribute { name: name.node.clone(), of: own, declared });
                }
            }
        }
        for (file, _, event) in each(statements, |statement| match statement {
            StatementKind::Event(event) => Some(event),
            _ => None,
        }) {
            self.file = file;
            if self.has_right_properties(event) && self.is_first(file, &event.kind) {
                let known = standard.kind_id(&event.kind.node).and_then(|id| standard.kind(id));
                if let Some(kind) = self.event(event, known) {
                    vocabulary.add_kind(kind);
                }
            }
        }
        for attribute in &standard.attributes {
            if self.names.is_standard(&attribute.name) {
                vocabulary.add_attribute(attribute.clone());
            }
        }
        for kind in &standard.kinds {
            if self.names.is_standard(&kind.name) {
                vocabulary.add_kind(kind.clone());
            }
        }
        self.vocabulary = Arc::new(vocabulary);
    }

    fn other_attribute_type(&mut self, name: &Name, span: Span, own: &Type, standard: &Type) {
        let own = super::operators::with_article(own);
        let known = super::operators::with_article(standard);
        let message = format!("the standard attribute `{}` is {known}, and here it is {own}", name.node);
        let label = format!("declared as {own}");
        let help = format!("write `attribute {}: {}`, or take another name", name.node, standard.name());
        self.standard_mismatch(span, message, label, help);
    }

    /// An event kind as declared; none where it disagrees with the standard one of its name.
    fn event(&mut self, event: &'a EventDeclaration, standard: Option<&EventKind>) -> Option<EventKind> {
        let Some(known) = standard else { return Some(event_kind(event, true)) };
        let own = event_kind(event, known.properties.len() != event.properties.len());
        if known.passive != own.passive {
            let (is, is_not) =
                if known.passive { ("passive", "not passive") } else { ("not passive", "passive") };
            let right = if known.passive { "add `passive`" } else { "remove `passive`" };
            self.standard_mismatch(
                event.passive.unwrap_or(event.kind.span),
                format!("the standard event `{}` is {is}, and here it is {is_not}", known.name),
                format!("declared as {is_not}"),
                format!("{right}, or take another name"),
            );
            return None;
        }
        for property in known.properties.iter() {
            let same = own.property_id(&property.name).and_then(|id| own.property(id));
            if same.is_some_and(|same| same.of == property.of) {
                continue;
            }
            let at = event.properties.iter().find(|(name, _)| name.node == property.name);
            self.standard_mismatch(
                at.map_or(event.kind.span, |(_, of)| of.span),
                format!(
                    "the standard event `{}` has the property `{}: {}`",
                    known.name,
                    property.name,
                    property.of.name()
                ),
                match at {
                    Some(_) => "declared with another type".to_owned(),
                    None => format!("`{}` is missing", property.name),
                },
                format!("write `{}: {}`, or take another name", property.name, property.of.name()),
            );
            return None;
        }
        Some(own)
    }

    fn standard_mismatch(&mut self, span: Span, message: String, label: String, help: String) {
        let found = Diagnostic::new(Code::StandardMismatch, self.at(span), message, label);
        self.report(found.help(help));
    }

    /// The type of an attribute; none where it has too few or too many values.
    fn attribute_type(&mut self, of: &'a Spanned<TypeExpr>) -> Option<Type> {
        if let TypeExpr::OneOf(symbols) = &of.node {
            if symbols.is_empty() {
                let message = "a `one of` without values";
                let found = Diagnostic::new(Code::Empty, self.at(of.span), message, "nothing in it");
                self.report(found.help("list the values: `one of [free, pro]`"));
                return None;
            }
            let mut seen: HashSet<String> = HashSet::new();
            for symbol in symbols {
                if !seen.insert(symbol.node.to_ascii_lowercase()) {
                    let found = Diagnostic::new(
                        Code::Duplicate,
                        self.at(symbol.span),
                        format!("the value `{}` is listed twice", symbol.node),
                        "again",
                    );
                    self.report(
                        found.help("remove one of the two; values that differ only in case are the same"),
                    );
                }
            }
            if let Some(extra) = symbols.get(self.limits.list_items) {
                self.too_many(self.limits.list_items, "items", "in one list", extra.span);
                return None;
            }
        }
        Some(plain_type(&of.node))
    }

    /// Whether the types of all properties are such as properties have.
    fn has_right_properties(&mut self, event: &'a EventDeclaration) -> bool {
        let mut right = true;
        let mut seen: HashSet<&str> = HashSet::new();
        for (name, of) in &event.properties {
            if !seen.insert(&name.node) {
                let found = Diagnostic::new(
                    Code::Duplicate,
                    self.at(name.span),
                    format!("`{}` has the property `{}` twice", event.kind.node, name.node),
                    "again",
                );
                self.report(found.help("remove one of the two"));
            }
            if !matches!(of.node, TypeExpr::Text | TypeExpr::Number | TypeExpr::Flag) {
                let found = Diagnostic::new(
                    Code::WrongValue,
                    self.at(of.span),
                    format!("a property cannot be {}", super::operators::with_article(&plain_type(&of.node))),
                    "not a type of properties",
                );
                self.report(found.help("write `text`, `number` or `flag`"));
                right = false;
            }
        }
        right
    }

    /// The date that `inactive for` reads besides events.
    pub(super) fn created_at(&self) -> Option<AttributeId> {
        let id = self.vocabulary.attribute_id("created_at")?;
        self.vocabulary.attribute(id).filter(|attribute| attribute.of == Type::Date).map(|_| id)
    }

    /// Resolves the name of an event kind, or reports what it is instead.
    pub(super) fn event_kind_id(&mut self, name: &Name) -> Option<crate::vocabulary::EventKindId> {
        match self.names.sort(&name.node) {
            Some(Sort::Event) => self.vocabulary.kind_id(&name.node),
            Some(Sort::Activity) => {
                let help = format!("an activity stands alone: write `{}`", name.node);
                self.wrong_sort(name.span, &name.node, "an event kind", &help);
                None
            }
            Some(Sort::Attribute) => {
                let help = format!("ask for an attribute by its name alone: `{} is known`", name.node);
                self.wrong_sort(name.span, &name.node, "an event kind", &help);
                None
            }
            Some(_) => {
                self.wrong_sort(
                    name.span,
                    &name.node,
                    "an event kind",
                    "write an event such as `visited(pricing)`",
                );
                None
            }
            None => {
                let nearest = self.nearest_name(&name.node, |sort| sort == Sort::Event);
                let message = format!("there is no event kind `{}`", name.node);
                let otherwise = format!("declare it: `event {}(subject)`", name.node);
                self.unknown(Code::UnknownEvent, name, message, nearest, &otherwise);
                None
            }
        }
    }
}

/// The type that a declaration writes.
pub(crate) fn plain_type(of: &TypeExpr) -> Type {
    match of {
        TypeExpr::Text => Type::Text,
        TypeExpr::Number => Type::Number,
        TypeExpr::Flag => Type::Flag,
        TypeExpr::Date => Type::Date,
        TypeExpr::OneOf(symbols) => Type::one_of(symbols.iter().map(|symbol| symbol.node.as_str())),
        TypeExpr::SetOfText => Type::SetOfText,
    }
}

/// The event kind that a declaration declares.
pub(crate) fn event_kind(event: &EventDeclaration, declared: bool) -> EventKind {
    let properties = event.properties.iter();
    EventKind {
        name: event.kind.node.clone(),
        subject: event.subject.node.clone(),
        properties: properties
            .map(|(name, of)| Property { name: name.node.clone(), of: plain_type(&of.node) })
            .collect(),
        passive: event.passive.is_some(),
        declared,
    }
}
