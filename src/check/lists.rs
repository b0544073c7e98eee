//! Lists of values: in brackets behind an operator, or named by a `let` and used any number of times.
//!
//! A list is checked where it is written, once, and what comes out is shared by all tests that use it: a rule
//! set may name a list of thousands of values thousands of times.

use std::collections::HashSet;

use crate::decimal::Number;
use crate::diagnostic::{Code, Diagnostic, FileId};
use crate::hash::QuickMap;
use crate::model::{Folded, Shared};
use crate::syntax::ast::{LetValue, Name, Span, Spanned, StatementKind, Value, ValueKind};
use crate::vocabulary::{SymbolId, Type};

use super::literals::describe;
use super::names::Sort;
use super::{Checker, Placed, each};

/// The lists that `let`s name.
#[derive(Debug, Default)]
pub(super) struct Lists<'a> {
    /// None where the list has an error.
    named: QuickMap<&'a str, Option<List<'a>>>,
    /// What the symbols of a list are in a type: by the list's name and by where the type's symbols are kept.
    resolved: QuickMap<(&'a str, usize), Option<Shared<SymbolId>>>,
}

impl<'a> Lists<'a> {
    /// The list of a name, if it has no error.
    pub(super) fn of(&self, name: &str) -> Option<&List<'a>> {
        self.named.get(name)?.as_ref()
    }
}

/// A list of values of one sort.
#[derive(Clone, Debug)]
pub(super) enum List<'a> {
    Texts(Shared<Folded>),
    Numbers(Shared<Number>),
    /// Bare words, each once, in the file where they are written.
    Symbols(FileId, Shared<Word<'a>>),
}

/// A bare word in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Word<'a> {
    word: &'a str,
    span: Span,
}

impl<'a> Word<'a> {
    pub(super) const fn written(self) -> &'a str {
        self.word
    }
}

impl<'a> Checker<'a> {
    /// Takes in all list `let`s, and counts all `let`s.
    pub(super) fn declare_lists(&mut self, statements: &[Placed<'a>]) {
        let lets = each(statements, |statement| match statement {
            StatementKind::Let { name, value } => Some((name, value)),
            _ => None,
        });
        for (index, (file, _, (name, value))) in lets.into_iter().enumerate() {
            self.file = file;
            self.over_limit(index + 1, self.limits.definitions, "`let`s", name.span);
            let LetValue::List(items) = value else { continue };
            let list = self.list(&items.node, items.span);
            if self.is_first(file, name) {
                self.lists.named.insert(&name.node, list);
            }
        }
    }

    /// A list in brackets: not empty, one sort of value.
    fn list(&mut self, items: &'a [Value], span: Span) -> Option<List<'a>> {
        let Some(first) = items.first() else {
            let found = Diagnostic::new(Code::Empty, self.at(span), "the list is empty", "nothing in it");
            self.report(found.help("put at least one value in, or remove the test"));
            return None;
        };
        let most = self.limits.list_items;
        if let Some(extra) = items.get(most) {
            self.too_many(most, "items", "in one list", extra.span);
            return None;
        }
        for item in items {
            self.list_item(item, first)?;
        }
        Some(match first.node {
            ValueKind::Text(_) => {
                let texts = items.iter().filter_map(|item| match &item.node {
                    ValueKind::Text(text) => Some(Folded::new(text)),
                    _ => None,
                });
                List::Texts(texts.collect())
            }
            ValueKind::Number(_) => {
                let numbers: Vec<Option<Number>> = items
                    .iter()
                    .map(|item| match item.node {
                        ValueKind::Number(number) => self.number_of(number, item.span),
                        _ => None,
                    })
                    .collect();
                List::Numbers(numbers.into_iter().collect::<Option<Vec<Number>>>()?.into())
            }
            _ => {
                let mut seen: HashSet<String> = HashSet::new();
                let words = items.iter().filter_map(|item| match &item.node {
                    ValueKind::Word(word) if seen.insert(word.to_ascii_lowercase()) => {
                        Some(Word { word, span: item.span })
                    }
                    _ => None,
                });
                List::Symbols(self.file, words.collect())
            }
        })
    }

    /// Checks one item of a list that begins with `first`.
    fn list_item(&mut self, item: &Value, first: &Value) -> Option<()> {
        let found = match &item.node {
            ValueKind::List(_) | ValueKind::Instant(_) | ValueKind::Duration(_) => {
                let help = "a list holds texts in quotes, numbers, or words without quotes";
                self.wrong_value(item, "a text, a number or a word", help);
                return None;
            }
            node if std::mem::discriminant(node) != std::mem::discriminant(&first.node) => {
                let message = format!("a list holds one sort of value, and this is {}", describe(node));
                let begins = format!("the list begins with {}", describe(&first.node));
                let help = match (node, &first.node) {
                    (ValueKind::Word(word), ValueKind::Text(_)) => format!("write `\"{word}\"`"),
                    (ValueKind::Word(_), ValueKind::Number(_)) => {
                        "write numbers only; a `param` has no place in a list".to_owned()
                    }
                    (ValueKind::Text(text), ValueKind::Word(_)) => format!("write `{text}` without quotes"),
                    _ => "write one sort of value only".to_owned(),
                };
                Diagnostic::new(Code::MixedList, self.at(item.span), message, describe(node))
                    .also(self.at(first.span), begins)
                    .help(help)
            }
            ValueKind::Text(text) if text.is_empty() => {
                let message = "an empty text in a list";
                Diagnostic::new(Code::Empty, self.at(item.span), message, "fits nothing")
                    .help("remove it; `is missing` asks for an empty value")
            }
            _ => return Some(()),
        };
        self.report(found);
        None
    }

    /// The list that stands behind an operator, in brackets or by its name.
    fn list_value(&mut self, value: &'a Value) -> Option<List<'a>> {
        match &value.node {
            ValueKind::List(items) => self.list(items, value.span),
            ValueKind::Word(name) => match self.names.sort(name) {
                Some(Sort::List) => {
                    self.names.mark_used(name);
                    self.lists.named.get(name.as_str()).cloned().flatten()
                }
                Some(_) => {
                    let help = "write a list such as `[\"a\", \"b\"]`, or the name of one";
                    self.wrong_sort(value.span, name, "a list", help);
                    None
                }
                None => {
                    let nearest = self.nearest_name(name, |sort| sort == Sort::List);
                    let message = format!("there is no list `{name}`");
                    let help = format!("define it: `let {name} = [\"a\", \"b\"]`");
                    self.unknown(Code::UnknownName, &word(name, value.span), message, nearest, &help);
                    None
                }
            },
            _ => {
                let help = match &value.node {
                    ValueKind::Text(_) | ValueKind::Number(_) => {
                        format!("write `[{}]`", self.written(value.span))
                    }
                    _ => "write the values in brackets: `[\"a\", \"b\"]`".to_owned(),
                };
                self.wrong_value(value, "a list", &help);
                None
            }
        }
    }

    /// Texts in quotes, in a list.
    pub(super) fn texts(&mut self, value: &'a Value) -> Option<Shared<Folded>> {
        match self.list_value(value)? {
            List::Texts(texts) => Some(texts),
            other => {
                self.wrong_list(
                    value,
                    &other,
                    "texts in quotes",
                    "put each value in quotes: `[\"a\", \"b\"]`",
                );
                None
            }
        }
    }

    /// Numbers in a list.
    pub(super) fn numbers(&mut self, value: &'a Value) -> Option<Shared<Number>> {
        match self.list_value(value)? {
            List::Numbers(numbers) => Some(numbers),
            other => {
                self.wrong_list(value, &other, "numbers", "write `[1, 2]`; a param has no place in a list");
                None
            }
        }
    }

    /// Symbols of the type `of`, in a list.
    pub(super) fn symbols(&mut self, value: &'a Value, of: &Type) -> Option<Shared<SymbolId>> {
        let (file, words) = match self.list_value(value)? {
            List::Symbols(file, words) => (file, words),
            other => {
                let help = super::values::symbols_in_words(of);
                self.wrong_list(value, &other, "words without quotes", &help);
                return None;
            }
        };
        let (ValueKind::Word(name), Type::OneOf(symbols)) = (&value.node, of) else {
            let ids: Vec<Option<SymbolId>> =
                words.iter().map(|word| self.symbol_named(word.word, word.span, of)).collect();
            return ids.into_iter().collect::<Option<Vec<SymbolId>>>().map(Shared::from);
        };
        // OK because an address is only compared, and the vocabulary keeps the type alive meanwhile.
        let key = (name.as_str(), std::ptr::from_ref(&**symbols).addr());
        if let Some(known) = self.lists.resolved.get(&key) {
            return known.clone();
        }
        let using = std::mem::replace(&mut self.file, file);
        // The first unknown word will do: a list of more words than the type has symbols holds one early on.
        let ids: Option<Vec<SymbolId>> =
            words.iter().map(|word| self.symbol_named(word.word, word.span, of)).collect();
        self.file = using;
        let ids = ids.map(Shared::from);
        self.lists.resolved.insert(key, ids.clone());
        ids
    }

    fn wrong_list(&mut self, value: &Value, found: &List<'_>, wanted: &str, help: &str) {
        let holds = match found {
            List::Texts(_) => "texts in quotes",
            List::Numbers(_) => "numbers",
            List::Symbols(..) => "words without quotes",
        };
        let message = format!("expected a list of {wanted}, found one of {holds}");
        let label = format!("a list of {holds}");
        let found = Diagnostic::new(Code::WrongValue, self.at(value.span), message, label);
        let found = match &value.node {
            ValueKind::Word(name) => match self.names.place(name) {
                Some(place) => found.also(place, "defined here"),
                None => found,
            },
            _ => found,
        };
        self.report(found.help(help));
    }
}

/// A word as a name.
pub(super) fn word(word: &str, span: Span) -> Name {
    Spanned { node: word.to_owned(), span }
}
