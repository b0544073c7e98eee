//! What a lead can have: attributes and event kinds, their types and symbols.
//!
//! The checker fills a [`Vocabulary`] from the standard one (`grammar/standard.lql`) and from a rule set's own
//! declarations; everything behind it refers to names by number. Lists of names come with an index, so that
//! looking a name up does not take longer the more there are.

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

use crate::hash::QuickMap;

/// An attribute by its place in the vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct AttributeId(pub(crate) u32);

/// An event kind by its place in the vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct EventKindId(pub(crate) u32);

/// A property by its place among those of its event kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct PropertyId(pub(crate) u32);

/// A symbol by its place in the `one of` list of its attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SymbolId(pub(crate) u32);

/// The type of an attribute, or of a property (text, number and flag only).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Text,
    Number,
    Flag,
    Date,
    OneOf(Arc<Symbols>),
    SetOfText,
}

/// The symbols of a `one of`, as defined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Symbols {
    names: Vec<String>,
    /// By the name in lower case.
    ids: QuickMap<String, SymbolId>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attribute {
    pub(crate) name: String,
    pub(crate) of: Type,
    /// Whether the rule set declared it itself, in another way than the standard vocabulary has it.
    pub(crate) declared: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EventKind {
    pub(crate) name: String,
    /// What its subject is called in the declaration.
    pub(crate) subject: String,
    pub(crate) properties: Properties,
    pub(crate) passive: bool,
    /// Whether the rule set declared it itself, in another way than the standard vocabulary has it.
    pub(crate) declared: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Property {
    pub(crate) name: String,
    pub(crate) of: Type,
}

/// The properties of an event kind, as defined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Properties {
    list: Vec<Property>,
    ids: QuickMap<String, PropertyId>,
}

/// Every attribute and event kind that leads of one rule set can have.
#[derive(Clone, Debug, Default)]
pub(crate) struct Vocabulary {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) kinds: Vec<EventKind>,
    attribute_ids: QuickMap<String, AttributeId>,
    kind_ids: QuickMap<String, EventKindId>,
}

impl Vocabulary {
    /// Adds an attribute; its name is new.
    pub(crate) fn add_attribute(&mut self, attribute: Attribute) -> AttributeId {
        let id = AttributeId(u32::try_from(self.attributes.len()).unwrap_or(u32::MAX));
        self.attribute_ids.insert(attribute.name.clone(), id);
        self.attributes.push(attribute);
        id
    }

    /// Adds an event kind; its name is new.
    pub(crate) fn add_kind(&mut self, kind: EventKind) -> EventKindId {
        let id = EventKindId(u32::try_from(self.kinds.len()).unwrap_or(u32::MAX));
        self.kind_ids.insert(kind.name.clone(), id);
        self.kinds.push(kind);
        id
    }

    pub(crate) fn attribute_id(&self, name: &str) -> Option<AttributeId> {
        self.attribute_ids.get(name).copied()
    }

    pub(crate) fn kind_id(&self, name: &str) -> Option<EventKindId> {
        self.kind_ids.get(name).copied()
    }

    pub(crate) fn attribute(&self, id: AttributeId) -> Option<&Attribute> {
        self.attributes.get(id.0 as usize)
    }

    pub(crate) fn kind(&self, id: EventKindId) -> Option<&EventKind> {
        self.kinds.get(id.0 as usize)
    }
}

impl EventKind {
    pub(crate) fn property_id(&self, name: &str) -> Option<PropertyId> {
        self.properties.ids.get(name).copied()
    }

    pub(crate) fn property(&self, id: PropertyId) -> Option<&Property> {
        self.properties.get(id.0 as usize)
    }
}

impl FromIterator<Property> for Properties {
    /// Of several properties with one name the first is found by it.
    fn from_iter<I: IntoIterator<Item = Property>>(properties: I) -> Self {
        let list: Vec<Property> = properties.into_iter().collect();
        let mut ids = QuickMap::with_capacity_and_hasher(list.len(), Default::default());
        for (id, property) in (0..).map(PropertyId).zip(&list) {
            ids.entry(property.name.clone()).or_insert(id);
        }
        Properties { list, ids }
    }
}

impl Deref for Properties {
    type Target = [Property];

    fn deref(&self) -> &[Property] {
        &self.list
    }
}

impl FromIterator<String> for Symbols {
    /// Of several symbols that differ only in case the first is found by any of them.
    fn from_iter<I: IntoIterator<Item = String>>(names: I) -> Self {
        let names: Vec<String> = names.into_iter().collect();
        let mut ids = QuickMap::with_capacity_and_hasher(names.len(), Default::default());
        for (id, name) in (0..).map(SymbolId).zip(&names) {
            ids.entry(name.to_ascii_lowercase()).or_insert(id);
        }
        Symbols { names, ids }
    }
}

impl Deref for Symbols {
    type Target = [String];

    fn deref(&self) -> &[String] {
        &self.names
    }
}

impl Type {
    /// The type as messages name it: `text`, `one of`, `set of text`.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Type::Text => "text",
            Type::Number => "number",
            Type::Flag => "flag",
            Type::Date => "date",
            Type::OneOf(_) => "one of",
            Type::SetOfText => "set of text",
        }
    }

    /// The symbol of a `one of` that `word` names, the case of ASCII letters ignored.
    pub(crate) fn symbol_id(&self, word: &str) -> Option<SymbolId> {
        let Type::OneOf(symbols) = self else { return None };
        if !word.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return symbols.ids.get(word).copied();
        }
        // Few symbols are so long that they have to be copied to the heap.
        let mut room = [0; 64];
        let short = room.get_mut(..word.len()).and_then(|room| {
            room.copy_from_slice(word.as_bytes());
            room.make_ascii_lowercase();
            std::str::from_utf8(room).ok()
        });
        let folded = short.map_or_else(|| Cow::Owned(word.to_ascii_lowercase()), Cow::Borrowed);
        symbols.ids.get(&*folded).copied()
    }

    /// A symbol of a `one of` as it is defined; nothing where there is none such.
    pub(crate) fn symbol_name(&self, id: SymbolId) -> &str {
        match self {
            Type::OneOf(symbols) => symbols.get(id.0 as usize).map_or("", String::as_str),
            _ => "",
        }
    }

    /// A `one of` with these symbols.
    pub(crate) fn one_of<S: Into<String>>(symbols: impl IntoIterator<Item = S>) -> Type {
        Type::OneOf(Arc::new(symbols.into_iter().map(Into::into).collect()))
    }
}
