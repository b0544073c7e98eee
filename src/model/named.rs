//! What a rule set names beside conditions and scores: params, lists and activities.
//!
//! Everything that evaluates looks through these names. They are kept for those who show a rule set to people.

use super::{Folded, SelectorId, Shared, TermId};
use crate::decimal::Number;
use crate::time::Period;

/// Each in the order of definition.
#[derive(Clone, Debug, Default)]
pub(crate) struct Named {
    pub(crate) params: Vec<NamedParam>,
    pub(crate) lists: Vec<NamedList>,
    pub(crate) activities: Vec<NamedActivity>,
}

/// `param NAME = VALUE`, with the value that the host set if it did.
#[derive(Clone, Debug)]
pub(crate) struct NamedParam {
    pub(crate) name: String,
    pub(crate) value: ParamValue,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ParamValue {
    Number(Number),
    Period(Period),
}

/// `let NAME = [VALUES]`
#[derive(Clone, Debug)]
pub(crate) struct NamedList {
    pub(crate) name: String,
    pub(crate) items: ListItems,
}

#[derive(Clone, Debug)]
pub(crate) enum ListItems {
    Texts(Shared<Folded>),
    Numbers(Shared<Number>),
    /// As written, each once.
    Symbols(Vec<String>),
}

/// `activity NAME = TERM or TERM …`
#[derive(Clone, Debug)]
pub(crate) struct NamedActivity {
    pub(crate) name: String,
    /// Its own event terms.
    pub(crate) selectors: Vec<SelectorId>,
    /// The activities that it names.
    pub(crate) activities: Vec<String>,
    /// All that it reaches; none where nothing uses it.
    pub(crate) term: Option<TermId>,
}
