//! Names of a rule set's vocabulary resolved once, for hosts that set the same attributes and add events of the
//! same kinds for lead after lead.

use chrono::{DateTime, Utc};

use super::lead_builder::unknown;
use super::{Compiled, RuleSet};
use crate::lead::{Input, LeadError, NameOf, value_ref};
use crate::plan::ValueRef;
use crate::state::Key;
use crate::vocabulary::{AttributeId, EventKind, EventKindId, PropertyId};

const RESOLVE: &str = "resolve its name with this one";

/// An attribute of one rule set, its name resolved once: see [`RuleSet::attribute`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AttributeHandle {
    pub(crate) id: AttributeId,
    /// Says how the names of the rule set are numbered.
    pub(crate) rules: Key,
}

/// An event kind of one rule set, its name resolved once: see [`RuleSet::event`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EventHandle {
    pub(crate) kind: EventKindId,
    pub(crate) rules: Key,
}

/// A property of an event kind, its name resolved once: see [`RuleSet::property`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PropertyHandle {
    pub(crate) event: EventHandle,
    pub(crate) property: PropertyId,
}

/// An event whose names are resolved: the fast way into a [`LeadRow`](crate::LeadRow) or a
/// [`LeadState`](crate::LeadState).
#[derive(Clone, Copy, Debug)]
pub struct KnownEvent<'a> {
    /// What happened.
    pub kind: EventHandle,
    /// What it is about; may be empty.
    pub subject: &'a str,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// Its own id; an empty one is none.
    pub id: &'a str,
    /// Its properties; of one that is there twice the last counts.
    pub properties: &'a [(PropertyHandle, Input<'a>)],
}

impl<'a> KnownEvent<'a> {
    /// An event without properties and without an id of its own.
    pub const fn new(kind: EventHandle, subject: &'a str, at: DateTime<Utc>) -> Self {
        KnownEvent { kind, subject, at, id: "", properties: &[] }
    }

    /// The value of a property, none where it is missing; the values have been checked.
    pub(crate) fn property(&self, kind: &EventKind, id: PropertyId) -> Option<ValueRef<'a>> {
        let (_, value) = self.properties.iter().rev().find(|(handle, _)| handle.property == id)?;
        value_ref(&kind.property(id)?.of, value).ok().flatten()
    }
}

impl RuleSet {
    /// Resolves the name of an attribute, for [`LeadRow::set`](crate::LeadRow::set) and
    /// [`Keeper::set`](crate::Keeper::set).
    ///
    /// # Errors
    /// The vocabulary has no such attribute.
    ///
    /// # Examples
    /// ```
    /// let rules = leadql::RuleSet::compile("title contains \"chief\" => 20")?;
    /// assert!(rules.attribute("title").is_ok());
    /// assert_eq!(
    ///     rules.attribute("titel").unwrap_err().to_string(),
    ///     "attribute \"titel\" is not in the vocabulary; did you mean \"title\"?",
    /// );
    /// # Ok::<(), leadql::Diagnostics>(())
    /// ```
    pub fn attribute(&self, name: &str) -> Result<AttributeHandle, LeadError> {
        self.compiled.attribute(name)
    }

    /// Resolves the name of an event kind, for [`LeadRow::event`](crate::LeadRow::event) and [`KnownEvent`].
    ///
    /// # Errors
    /// The vocabulary has no such event kind.
    pub fn event(&self, kind: &str) -> Result<EventHandle, LeadError> {
        self.compiled.event(kind)
    }

    /// Resolves the name of a property of an event kind, for [`KnownEvent`].
    ///
    /// # Errors
    /// The event kind has no such property, or is of another rule set.
    pub fn property(&self, event: EventHandle, name: &str) -> Result<PropertyHandle, LeadError> {
        self.compiled.property(event, name)
    }
}

impl Compiled {
    pub(crate) fn attribute(&self, name: &str) -> Result<AttributeHandle, LeadError> {
        let vocabulary = &self.model.vocabulary;
        let id = vocabulary.attribute_id(name);
        let id = id.ok_or_else(|| unknown(vocabulary, NameOf::Attribute, name))?;
        Ok(AttributeHandle { id, rules: self.handles() })
    }

    pub(crate) fn event(&self, kind: &str) -> Result<EventHandle, LeadError> {
        let vocabulary = &self.model.vocabulary;
        let id = vocabulary.kind_id(kind);
        let kind = id.ok_or_else(|| unknown(vocabulary, NameOf::Event, kind))?;
        Ok(EventHandle { kind, rules: self.handles() })
    }

    pub(crate) fn property(&self, event: EventHandle, name: &str) -> Result<PropertyHandle, LeadError> {
        self.check_handle(event.rules, "the event kind")?;
        let vocabulary = &self.model.vocabulary;
        let property = vocabulary.kind(event.kind).and_then(|kind| kind.property_id(name));
        let property =
            property.ok_or_else(|| unknown(vocabulary, NameOf::Property(Some(event.kind)), name))?;
        Ok(PropertyHandle { event, property })
    }

    /// Whether a handle was made for this rule set, or for one with the same names.
    pub(crate) fn check_handle(&self, rules: Key, what: &'static str) -> Result<(), LeadError> {
        if rules == self.handles() {
            return Ok(());
        }
        Err(LeadError::of_other_rules(what, RESOLVE))
    }

    /// The kind of an event whose names are resolved, its handles and values checked.
    pub(crate) fn checked_event(&self, event: &KnownEvent<'_>) -> Result<&EventKind, LeadError> {
        self.check_handle(event.kind.rules, "the event kind")?;
        let vocabulary = &self.model.vocabulary;
        let kind = vocabulary.kind(event.kind.kind);
        let kind = kind.ok_or_else(|| LeadError::of_other_rules("the event kind", RESOLVE))?;
        for (handle, value) in event.properties {
            let property = kind.property(handle.property).filter(|_| handle.event == event.kind);
            let property = property.ok_or_else(|| LeadError::of_other_kind(&kind.name))?;
            value_ref(&property.of, value)
                .map_err(|error| LeadError::new(&property.name, error).within(&kind.name))?;
        }
        Ok(kind)
    }

    fn handles(&self) -> Key {
        self.retention().handles()
    }
}
