//! Tests of values in words: `company_size is 50 to 500`, `title has the word “chief” or “vp”`.
//!
//! A test of a missing value is false, its opposite therefore true: where the words alone would not say so, the
//! phrase does.

use std::collections::HashMap;

use super::super::document::{Anchor, Phrase};
use super::terms::quoted;
use super::{Words, length};
use crate::decimal::Number;
use crate::explain::{compared, date_and_time, turned};
use crate::model::{
    Comparison, DateTest, Folded, ListItems, Model, NumberTest, SetTest, Shared, TextTest, ValueTest,
};
use crate::vocabulary::{SymbolId, Type};

/// Lists with more items than this are called by their names where they have one.
const FEW_ITEMS: usize = 8;

/// The named lists of a rule set by what they hold; of equal ones the first.
pub(super) struct Lists<'m> {
    texts: HashMap<&'m Shared<Folded>, usize>,
    numbers: HashMap<&'m Shared<Number>, usize>,
    /// The symbols in lower case.
    symbols: HashMap<Vec<String>, usize>,
}

impl<'m> Lists<'m> {
    pub(super) fn of(model: &'m Model) -> Self {
        let mut lists = Lists { texts: HashMap::new(), numbers: HashMap::new(), symbols: HashMap::new() };
        for (place, list) in model.named.lists.iter().enumerate() {
            match &list.items {
                ListItems::Texts(texts) => *lists.texts.entry(texts).or_insert(place),
                ListItems::Numbers(numbers) => *lists.numbers.entry(numbers).or_insert(place),
                ListItems::Symbols(symbols) => {
                    let symbols = symbols.iter().map(|symbol| symbol.to_ascii_lowercase()).collect();
                    *lists.symbols.entry(symbols).or_insert(place)
                }
            };
        }
        lists
    }
}

impl Words<'_> {
    /// A test of the value that is called `name`, or where it is not `meant` the opposite.
    pub(super) fn value(&self, name: Phrase, test: &ValueTest, of: &Type, meant: bool) -> Phrase {
        match test {
            ValueTest::Known => name.and(if meant { " is known" } else { " is missing" }),
            ValueTest::Missing => name.and(if meant { " is missing" } else { " is known" }),
            ValueTest::Flag(flag) => name.and(format!(" is {}{flag}", if meant { "" } else { "not " })),
            ValueTest::Symbol { any_of, negated } => one_of(name, self.symbols(any_of, of), *negated, meant),
            ValueTest::Number(test) => self.number(name, test, meant),
            ValueTest::Text(test) => self.text(name, test, meant),
            ValueTest::Set(test) => {
                let includes = if meant { " includes " } else { " does not include " };
                name.and(includes).then(match test {
                    SetTest::AnyOf(items) => self.texts(items, " or ").some(),
                    SetTest::AllOf(items) => self.texts(items, " and ").all(meant),
                })
            }
            ValueTest::Date(test) => {
                let is = if meant { " is " } else { " is not " };
                name.and(is).and(match test {
                    DateTest::Before(bound) => format!("before {}", date_and_time(*bound)),
                    DateTest::After(bound) => format!("after {}", date_and_time(*bound)),
                    DateTest::Within(period) => format!("within the last {}", length(*period)),
                    DateTest::OlderThan(period) => format!("at least {} ago", length(*period)),
                })
            }
        }
    }

    fn number(&self, name: Phrase, test: &NumberTest, meant: bool) -> Phrase {
        match test {
            NumberTest::Compare(Comparison::Equal, number) => one_of(name, Items::one(number), false, meant),
            NumberTest::Compare(Comparison::NotEqual, number) => {
                one_of(name, Items::one(number), true, meant)
            }
            NumberTest::Compare(comparison, bound) => {
                let wanted = compared(turned(*comparison, meant), &bound.to_string());
                name.and(format!(" is {}{wanted}", if meant { "" } else { "missing or " }))
            }
            NumberTest::AnyOf { numbers, negated } => {
                let named = self.lists.numbers.get(numbers).copied();
                let items = self.listed(named, numbers.len(), " or ", || {
                    numbers.iter().map(|number| Phrase::text(number.to_string())).collect()
                });
                one_of(name, items, *negated, meant)
            }
            NumberTest::Between(low, high) if meant => name.and(format!(" is {low} to {high}")),
            NumberTest::Between(low, high) => {
                name.and(format!(" is missing, less than {low} or more than {high}"))
            }
        }
    }

    fn text(&self, name: Phrase, test: &TextTest, meant: bool) -> Phrase {
        let verb = |does: &str, does_not: &str| (if meant { does } else { does_not }).to_owned();
        match test {
            TextTest::AnyOf { texts, negated } => one_of(name, self.texts(texts, " or "), *negated, meant),
            TextTest::Contains(parts) => {
                name.and(verb(" contains ", " does not contain ")).then(self.texts(parts, " or ").some())
            }
            TextTest::StartsWith(start) => {
                let start = quoted(self.spelled(start.as_str()));
                name.and(verb(" starts with ", " does not start with ")).and(start)
            }
            TextTest::EndsWith(end) => {
                let end = quoted(self.spelled(end.as_str()));
                name.and(verb(" ends with ", " does not end with ")).and(end)
            }
            TextTest::Matches(glob) => {
                let pattern = quoted(self.spelled(glob.pattern()));
                name.and(verb(" reads like ", " does not read like ")).and(pattern)
            }
            TextTest::HasWord(words) => name
                .and(verb(" has the word ", " does not have the word "))
                .then(self.texts(words, " or ").some()),
        }
    }

    /// Texts in quotes, or the name of a list of them.
    fn texts(&self, texts: &Shared<Folded>, last: &str) -> Items {
        let named = self.lists.texts.get(texts).copied();
        self.listed(named, texts.len(), last, || {
            texts.iter().map(|text| Phrase::text(quoted(self.spelled(text.as_str())))).collect()
        })
    }

    fn symbols(&self, symbols: &Shared<SymbolId>, of: &Type) -> Items {
        let name = |symbol: &SymbolId| of.symbol_name(*symbol);
        let mut named = None;
        if symbols.len() > FEW_ITEMS {
            let folded: Vec<String> =
                symbols.iter().map(|symbol| name(symbol).to_ascii_lowercase()).collect();
            named = self.lists.symbols.get(&folded).copied();
        }
        let names = || symbols.iter().map(|symbol| Phrase::name(name(symbol))).collect();
        self.listed(named, symbols.len(), " or ", names)
    }

    /// The items, or the name of their list where it is long.
    fn listed(
        &self,
        named: Option<usize>,
        length: usize,
        last: &str,
        items: impl Fn() -> Vec<Phrase>,
    ) -> Items {
        match named.and_then(|place| Some((place, self.model.named.lists.get(place)?))) {
            Some((place, list)) if length > FEW_ITEMS => {
                let words = Phrase::default().and_name(&list.name, Some(Anchor("list", place)));
                Items { words, length, by_name: true }
            }
            _ => Items { words: Phrase::joined(items(), ", ", last), length, by_name: false },
        }
    }

    /// Everything that the named list of this place holds.
    pub(in crate::page) fn list(&self, place: usize) -> Phrase {
        let items = match self.model.named.lists.get(place).map(|list| &list.items) {
            Some(ListItems::Texts(texts)) => {
                texts.iter().map(|text| Phrase::text(quoted(self.spelled(text.as_str())))).collect()
            }
            Some(ListItems::Numbers(numbers)) => {
                numbers.iter().map(|number| Phrase::text(number.to_string())).collect()
            }
            Some(ListItems::Symbols(symbols)) => symbols.iter().map(|symbol| Phrase::name(symbol)).collect(),
            None => Vec::new(),
        };
        Phrase::joined(items, ", ", ", ")
    }

    /// A text as the rule set writes it.
    pub(in crate::page) fn spelled<'t>(&'t self, folded: &'t str) -> &'t str {
        self.spelled.get(folded).map_or(folded, String::as_str)
    }
}

/// Items of a list in words.
struct Items {
    words: Phrase,
    length: usize,
    /// Whether the words are the name of the list.
    by_name: bool,
}

impl Items {
    fn one(number: &Number) -> Items {
        Items { words: Phrase::text(number.to_string()), length: 1, by_name: false }
    }

    /// Where any of them will do.
    fn some(self) -> Phrase {
        if self.by_name { Phrase::text("one of ").then(self.words) } else { self.words }
    }

    /// Where all of them are needed; where that is not `meant`, not all of them.
    fn all(self, meant: bool) -> Phrase {
        let is_plain = !self.by_name && (meant || self.length == 1);
        if is_plain { self.words } else { Phrase::text("all of ").then(self.words) }
    }
}

/// `plan is pro`, `plan is known and not pro`, and what is said of a list.
fn one_of(name: Phrase, items: Items, negated: bool, meant: bool) -> Phrase {
    let (is, items) = match (negated, meant, items.length == 1) {
        (false, true, _) => (" is ", items.some()),
        (false, false, true) => (" is not ", items.words),
        (false, false, false) => (" is none of ", items.words),
        (true, true, true) => (" is known and not ", items.words),
        (true, true, false) => (" is known and none of ", items.words),
        (true, false, _) => (" is missing or is ", items.some()),
    };
    name.and(is).then(items)
}
