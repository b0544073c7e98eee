//! Declarations of attributes and events: the standard vocabulary and what a rule set adds.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::diagnostic::{Code, Diagnostic, FileId};
use crate::limits::Limits;
use crate::syntax::ast::{EventDeclaration, Name, Spanned, StatementKind, TypeExpr};
use crate::vocabulary::{Attribute, AttributeId, EventKind, Property, Type, Vocabulary};

use super::names::Sort;
use super::{Checker, Placed, each};

/// The text of the standard vocabulary.
pub(crate) const STANDARD_TEXT: &str = include_str!("../../grammar/standard.lql");

/// The standard vocabulary, read once.
pub(super) static STANDARD: LazyLock<Vocabulary> = LazyLock::new(|| {
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

impl<'a> Checker<'a> {
    /// Fills the vocabulary: standard names that nothing hides, then the rule set's own.
    pub(super) fn declare_vocabulary(&mut self, statements: &[Placed<'a>], only_declared: bool) {
        let standard: &Vocabulary = &STANDARD;
        let is_standard = |declared: bool| !only_declared && declared;
        for (file, _, (name, of)) in each(statements, |statement| match statement {
            StatementKind::Attribute { name, of } => Some((name, of)),
            _ => None,
        }) {
            self.file = file;
            let own = self.attribute_type(of);
            if !self.is_first(file, name) {
                continue;
            }
            let known = standard.attribute_id(&name.node).and_then(|id| standard.attribute(id));
            let known = known.filter(|_| is_standard(true));
            match known {
                Some(known) if known.of != own => self.standard_mismatch(
                    of.span,
                    format!(
                        "the standard attribute `{}` is {}",
                        name.node,
                        super::operators::with_article(&known.of)
                    ),
                    format!("declared as {}", super::operators::with_article(&own)),
                    format!("write `attribute {}: {}`, or take another name", name.node, known.of.name()),
                ),
                _ => {
                    let declared = known.is_none();
                    self.vocabulary.add_attribute(Attribute { name: name.node.clone(), of: own, declared });
                }
            }
        }
        for (file, _, event) in each(statements, |statement| match statement {
            StatementKind::Event(event) => Some(event),
            _ => None,
        }) {
            self.file = file;
            self.event_properties(event);
            if self.is_first(file, &event.kind) {
                let known = standard.kind_id(&event.kind.node).and_then(|id| standard.kind(id));
                self.declare_event(event, known.filter(|_| is_standard(true)));
            }
        }
        if only_declared {
            return;
        }
        for attribute in &standard.attributes {
            let is_own = self.vocabulary.attribute_id(&attribute.name).is_some();
            if !is_own && self.names.sort(&attribute.name) == Some(Sort::Attribute) {
                self.vocabulary.add_attribute(attribute.clone());
            }
        }
        for kind in &standard.kinds {
            let is_own = self.vocabulary.kind_id(&kind.name).is_some();
            if !is_own && self.names.sort(&kind.name) == Some(Sort::Event) {
                self.vocabulary.add_kind(kind.clone());
            }
        }
    }

    fn declare_event(&mut self, event: &'a EventDeclaration, standard: Option<&EventKind>) {
        let Some(known) = standard else {
            self.vocabulary.add_kind(event_kind(event, true));
            return;
        };
        let own = event_kind(event, known.properties.len() != event.properties.len());
        if known.passive != own.passive {
            let (is, not) =
                if known.passive { ("passive", "not passive") } else { ("not passive", "passive") };
            let right = if known.passive { "add `passive`" } else { "remove `passive`" };
            self.standard_mismatch(
                event.passive.unwrap_or(event.kind.span),
                format!("the standard event `{}` is {is}", known.name),
                format!("declared as {not}"),
                format!("{right}, or take another name"),
            );
            return;
        }
        for property in &known.properties {
            match own.property_id(&property.name).and_then(|id| own.property(id)) {
                Some(same) if same.of == property.of => {}
                _ => {
                    let at = event.properties.iter().find(|(name, _)| name.node == property.name);
                    self.standard_mismatch(
                        at.map_or(event.kind.span, |(_, of)| of.span),
                        format!(
                            "the standard event `{}` has the {} property `{}`",
                            known.name,
                            property.of.name(),
                            property.name
                        ),
                        if at.is_some() {
                            "declared with another type".to_owned()
                        } else {
                            format!("`{}` is missing", property.name)
                        },
                        format!("add `{}: {}`, or take another name", property.name, property.of.name()),
                    );
                    return;
                }
            }
        }
        self.vocabulary.add_kind(own);
    }

    fn standard_mismatch(
        &mut self,
        span: crate::syntax::ast::Span,
        message: String,
        label: String,
        help: String,
    ) {
        let found = Diagnostic::new(Code::StandardMismatch, self.at(span), message, label);
        self.report(found.help(help));
    }

    /// The type of an attribute; the same symbol twice is an error.
    fn attribute_type(&mut self, of: &'a Spanned<TypeExpr>) -> Type {
        if let TypeExpr::OneOf(symbols) = &of.node {
            let mut seen: HashSet<String> = HashSet::new();
            for symbol in symbols {
                if !seen.insert(symbol.node.to_ascii_lowercase()) {
                    let found = Diagnostic::new(
                        Code::Duplicate,
                        self.at(symbol.span),
                        format!("the symbol `{}` is there twice", symbol.node),
                        "again",
                    );
                    self.report(
                        found.help("remove one of the two; symbols that differ only in case are the same"),
                    );
                }
            }
            self.over_limit(symbols.len(), self.limits.list_items, "items in a list", of.span);
        }
        plain_type(&of.node)
    }

    fn event_properties(&mut self, event: &'a EventDeclaration) {
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
            }
        }
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
            Some(_) => {
                self.wrong_sort(name.span, &name.node, "an event kind", "");
                None
            }
            None => {
                let candidates = self.names.of(|sort| sort == Sort::Event);
                let message = format!("there is no event kind `{}`", name.node);
                let otherwise = format!("declare it: `event {}(subject)`", name.node);
                self.unknown(Code::UnknownEvent, name, message, candidates, &otherwise);
                None
            }
        }
    }
}

/// The type that a declaration writes.
fn plain_type(of: &TypeExpr) -> Type {
    match of {
        TypeExpr::Text => Type::Text,
        TypeExpr::Number => Type::Number,
        TypeExpr::Flag => Type::Flag,
        TypeExpr::Date => Type::Date,
        TypeExpr::OneOf(symbols) => Type::OneOf(symbols.iter().map(|symbol| symbol.node.clone()).collect()),
        TypeExpr::SetOfText => Type::SetOfText,
    }
}

fn event_kind(event: &EventDeclaration, declared: bool) -> EventKind {
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
