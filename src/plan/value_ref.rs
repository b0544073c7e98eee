//! Values of attributes and properties as their owners have them: borrowed, texts in any case.

use std::borrow::Cow;

use crate::decimal::Number;
use crate::lead::{Text, Value};
use crate::time::Instant;
use crate::vocabulary::SymbolId;

/// A value that is there, as its owner has it. Empty texts and sets may come as values: they are missing.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ValueRef<'v> {
    /// In any case.
    Text(&'v str),
    Number(Number),
    Flag(bool),
    Symbol(SymbolId),
    Date(Instant),
    Set(Texts<'v>),
}

/// The texts of a set, in any case.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Texts<'v> {
    Owned(&'v [Text]),
    /// As a host gives them.
    Given(&'v [Cow<'v, str>]),
    /// By their places in a dictionary.
    Coded {
        dictionary: &'v [&'v str],
        codes: &'v [u32],
    },
}

impl<'v> Texts<'v> {
    pub(super) fn any(self, mut passes: impl FnMut(&'v str) -> bool) -> bool {
        match self {
            Texts::Owned(texts) => texts.iter().any(|text| passes(text.as_str())),
            Texts::Given(texts) => texts.iter().any(|text| passes(text)),
            Texts::Coded { dictionary, codes } => {
                codes.iter().any(|code| dictionary.get(*code as usize).is_some_and(|text| passes(text)))
            }
        }
    }
}

impl ValueRef<'_> {
    /// What bounds are held against; texts and sets have none.
    pub(crate) fn rank(&self) -> i64 {
        match self {
            ValueRef::Number(number) => number.millionths(),
            ValueRef::Date(date) => date.micros(),
            ValueRef::Flag(flag) => i64::from(*flag),
            ValueRef::Symbol(symbol) => i64::from(symbol.0),
            ValueRef::Text(_) | ValueRef::Set(_) => 0,
        }
    }
}

impl<'v> From<&'v Value> for ValueRef<'v> {
    fn from(value: &'v Value) -> Self {
        match value {
            Value::Text(text) => ValueRef::Text(text.as_str()),
            Value::Number(number) => ValueRef::Number(*number),
            Value::Flag(flag) => ValueRef::Flag(*flag),
            Value::Symbol(symbol) => ValueRef::Symbol(*symbol),
            Value::Date(date) => ValueRef::Date(*date),
            Value::Set(texts) => ValueRef::Set(Texts::Owned(texts)),
        }
    }
}

impl From<ValueRef<'_>> for Value {
    /// A copy to be kept, of a value that is there; empty texts in a set are dropped.
    fn from(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Text(text) => Value::Text(Text::new(text)),
            ValueRef::Number(number) => Value::Number(number),
            ValueRef::Flag(flag) => Value::Flag(flag),
            ValueRef::Symbol(symbol) => Value::Symbol(symbol),
            ValueRef::Date(date) => Value::Date(date),
            ValueRef::Set(texts) => {
                let mut kept = Vec::new();
                texts.any(|text| {
                    if !text.is_empty() {
                        kept.push(Text::new(text));
                    }
                    false
                });
                Value::Set(kept)
            }
        }
    }
}
