//! Values of attributes and properties, typed.

use crate::decimal::Number;
use crate::time::Instant;
use crate::vocabulary::SymbolId;

/// A value that is there; a missing one is none of these.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Value {
    /// Never empty.
    Text(Text),
    Number(Number),
    Flag(bool),
    Symbol(SymbolId),
    Date(Instant),
    /// Never empty, and no text in it is.
    Set(Vec<Text>),
}

/// A text as it came in, and as comparisons see it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Text {
    original: Box<str>,
    /// The text with its ASCII letters in lower case, where that is another text.
    folded: Option<Box<str>>,
}

impl Text {
    pub(crate) fn new(text: &str) -> Self {
        let folded = text
            .bytes()
            .any(|byte| byte.is_ascii_uppercase())
            .then(|| text.to_ascii_lowercase().into_boxed_str());
        Text { original: text.into(), folded }
    }

    /// The text as it came in.
    pub(crate) fn as_str(&self) -> &str {
        &self.original
    }

    /// The text with its ASCII letters in lower case.
    pub(crate) fn folded(&self) -> &str {
        self.folded.as_deref().unwrap_or(&self.original)
    }
}
