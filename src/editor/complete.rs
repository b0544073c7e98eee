//! What may stand at a place, in context.
//!
//! The grammar says which keywords and which slots fit ([`crate::syntax::fits`]); what stands before the place
//! says which names and values a slot takes: the symbols of the attribute on the left, the properties of the
//! event around, the bands of the score before `is`.

use std::collections::HashSet;
use std::path::Path;

use super::definitions::Definitions;
use super::hover::in_text;
use super::offers::{Offer, Offers};
use super::reading::{Reading, word_at};
use super::{Completion, Kind, Workspace};
use crate::check::tests_of;
use crate::diagnostic::{FileId, Place};
use crate::lead::Stage;
use crate::limits::Limits;
use crate::model::Gate;
use crate::syntax::STATEMENTS;
use crate::syntax::fits::{self, Fits, Slot};
use crate::syntax::token::Tokens;
use crate::vocabulary::{EventKind, Type};

/// So many are offered; with more letters typed they are others.
const MOST_OFFERED: usize = 1_000;

impl Workspace {
    /// What may stand at a place, the nearest first; nothing inside texts and comments. Of very many the first
    /// 1,000 that fit what was typed.
    pub fn complete(&mut self, path: &Path, offset: usize) -> Vec<Completion> {
        let Some((reading, file)) = self.reading(path) else { return Vec::new() };
        complete(reading, file, offset)
    }
}

fn complete(reading: &Reading, file: FileId, offset: usize) -> Vec<Completion> {
    let text = reading.text(file);
    let span = word_at(text, offset);
    let Some(typed) = text.get(span.start..offset) else { return Vec::new() };
    if in_text(text, span) || typed.starts_with(|first: char| first.is_ascii_digit()) {
        return Vec::new();
    }
    let line = text.get(..span.start).unwrap_or("");
    let first_on_line = line.rsplit('\n').next().is_none_or(|line| line.trim().is_empty());
    let fits = fits::at(text, span.start, &Limits::default());
    let statement = fits.last().and_then(|fit| first_word(fit.before)).unwrap_or("");
    let mut offers = Offers::new(reading, Place { file, span });
    let (mut slots, mut keywords) = (HashSet::new(), HashSet::new());
    for fit in &fits {
        // Where a line starts, so does what is wanted; behind something it goes on.
        offers.rank = if fit.before.is_empty() == first_on_line { 0 } else { 2 };
        let words = Words::of(fit.before);
        for slot in &fit.slots {
            if slots.insert(*slot) {
                let definitions = &reading.definitions;
                let around = Surroundings { fit, words: &words, statement, definitions, reading };
                around.fill(*slot, &mut offers);
            }
        }
        offers.rank += 1;
        for keyword in &fit.keywords {
            if keywords.insert(keyword) {
                offers.keyword(keyword);
            }
        }
    }
    let mut found = offers.found;
    found.retain(|offer| fits_typed(&offer.label, typed));
    found.sort_by(|a, b| (a.rank, &a.label, a.kind).cmp(&(b.rank, &b.label, b.kind)));
    found.dedup_by(|a, b| a.label == b.label && a.kind == b.kind);
    found.truncate(MOST_OFFERED);
    found.into_iter().map(|offer| offer.told(reading, span)).collect()
}

/// Whether the letters typed come in this order in what is offered, the case aside.
fn fits_typed(label: &str, typed: &str) -> bool {
    let mut label = label.bytes();
    typed.bytes().all(|letter| label.any(|other| other.eq_ignore_ascii_case(&letter)))
}

fn first_word(text: &str) -> Option<&str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').find(|word| !word.is_empty())
}

/// The words, marks and values before a place.
struct Words<'t>(Vec<&'t str>);

impl<'t> Words<'t> {
    fn of(before: &'t str) -> Self {
        let tokens = Tokens::scan(before, 0);
        Words(
            tokens.from(0).iter().filter_map(|token| before.get(token.span.start..token.span.end)).collect(),
        )
    }

    /// The word so many from the end; `last(0)` is the last.
    fn last(&self, back: usize) -> &'t str {
        let index = self.0.len().checked_sub(back + 1);
        index.and_then(|index| self.0.get(index)).copied().unwrap_or("")
    }

    /// The word before the innermost bracket that is open, and how far from the end the bracket is.
    fn before_open(&self, open: &str, close: &str) -> Option<(&'t str, usize)> {
        let mut depth = 0_usize;
        for (back, word) in self.0.iter().rev().enumerate() {
            if *word == close {
                depth += 1;
            } else if *word == open {
                if depth == 0 {
                    return Some((self.last(back + 1), back));
                }
                depth -= 1;
            }
        }
        None
    }

    /// The name on the left of the operator that the place stands behind, and the operator.
    fn compared(&self) -> Option<(&'t str, Vec<&'t str>)> {
        const OPERATORS: [&str; 22] = [
            "=", "!=", "<", "<=", ">", ">=", "in", "not", "contains", "any", "all", "of", "starts", "ends",
            "with", "matches", "has", "word", "before", "after", "older", "than",
        ];
        let mut back = match self.before_open("[", "]") {
            Some((_, bracket)) => bracket + 1,
            None => 0,
        };
        if self.last(back) == "and" && self.last(back + 2) == "between" {
            return Some((self.last(back + 3), vec!["between"]));
        }
        if self.last(back) == "between" {
            return Some((self.last(back + 1), vec!["between"]));
        }
        let mut operator = Vec::new();
        while OPERATORS.contains(&self.last(back)) {
            operator.push(self.last(back));
            back += 1;
        }
        operator.reverse();
        (!operator.is_empty()).then(|| (self.last(back), operator))
    }
}

/// What stands around a slot.
struct Surroundings<'p> {
    fit: &'p Fits<'p>,
    words: &'p Words<'p>,
    /// The first word of the statement around all.
    statement: &'p str,
    definitions: &'p Definitions,
    reading: &'p Reading,
}

impl Surroundings<'_> {
    fn fill(&self, slot: Slot, offers: &mut Offers<'_>) {
        match slot {
            Slot::Statement => {
                STATEMENTS.iter().for_each(|word| offers.keyword(word));
                self.rule(offers);
            }
            Slot::RuleOrGroup => {
                offers.keyword("group");
                self.rule(offers);
            }
            Slot::Rule => self.rule(offers),
            Slot::Condition => self.condition(offers),
            Slot::Operation => self.operation(offers),
            Slot::Value | Slot::ValueOrWord => self.value(slot, offers),
            Slot::Subject { any } => {
                if any {
                    offers.add(Offer::new("*", Kind::Subject, "any").later());
                }
                if let Some((kind, _)) = self.words.before_open("(", ")") {
                    offers.subjects(kind);
                }
            }
            Slot::PlainName => self.plain_name(offers),
            Slot::Name => self.name(offers),
            Slot::EventKind => {
                if self.words.last(0) != "event" {
                    offers.names(|kind| kind == Kind::Event);
                }
            }
            Slot::ScoreName => offers.names(|kind| kind == Kind::Score),
            Slot::BandName => self.band(offers),
            Slot::Gate => {
                Gate::ALL.iter().for_each(|gate| offers.add(Offer::new(gate.name(), Kind::Gate, "gate")));
            }
            Slot::Type => {
                const TYPES: [&str; 6] = ["text", "number", "flag", "date", "one of [", "set of text"];
                // Properties have the simple types only.
                let most = if self.words.0.first() == Some(&"event") { 3 } else { TYPES.len() };
                for of in TYPES.iter().take(most) {
                    offers.add(Offer::new(of.trim_end_matches(" ["), Kind::Type, "type").insert(of));
                }
            }
            Slot::NumberOrParam => offers.params(false),
            Slot::DurationOrParam => offers.params(true),
        }
    }

    fn rule(&self, offers: &mut Offers<'_>) {
        offers.keyword("each");
        self.condition(offers);
    }

    /// What a condition may start with. Scores are known only in stages, segments and lets.
    fn condition(&self, offers: &mut Offers<'_>) {
        let with_scores = matches!(self.statement, "stage" | "segment" | "recycle" | "disqualify" | "let");
        offers.names(|kind| match kind {
            Kind::Attribute | Kind::Event | Kind::Condition | Kind::Activity => true,
            Kind::Score => with_scores,
            _ => false,
        });
        for (words, insert) in [("not", "not "), ("at least", "at least "), ("inactive for", "inactive for ")]
        {
            offers.add(Offer::new(words, Kind::Keyword, "").insert(insert).later());
        }
        for aggregate in ["distinct", "days", "sum"] {
            let insert = format!("{aggregate}(");
            offers.add(Offer::new(aggregate, Kind::Keyword, "").insert(&insert).later());
        }
        if matches!(self.statement, "stage" | "recycle" | "disqualify") {
            offers.keyword("segment");
        }
    }

    /// The event kind around the place, if it stands in the brackets of an event.
    fn kind_around(&self) -> Option<&EventKind> {
        let (word, _) = self.words.before_open("(", ")")?;
        self.definitions.kinds.get(word)
    }

    /// The type of an attribute or, in the brackets of an event, of a property.
    fn type_of(&self, name: &str) -> Option<&Type> {
        let property = self.kind_around().and_then(|kind| kind.property(kind.property_id(name)?));
        property.map(|property| &property.of).or_else(|| self.definitions.attributes.get(name))
    }

    fn operation(&self, offers: &mut Offers<'_>) {
        const COMPARISONS: [&str; 6] = [">=", ">", "<=", "<", "=", "!="];
        let name = self.words.last(0);
        let tests = match self.type_of(name) {
            Some(of) => tests_of(of),
            None if self.definitions.kind(name) == Some(Kind::Score) || self.expects_score() => {
                [&COMPARISONS[..], &["is", "is at least", "between"]].concat()
            }
            None if self.definitions.kind(name) == Some(Kind::Condition) => return,
            None => COMPARISONS.to_vec(),
        };
        for test in tests {
            let written = test.split(" A and ").next().unwrap_or(test);
            offers.add(Offer::new(written, Kind::Keyword, "").later());
        }
    }

    fn expects_score(&self) -> bool {
        self.fit.in_test && self.words.last(1) == "expect"
    }

    fn value(&self, slot: Slot, offers: &mut Offers<'_>) {
        let Some((name, operator)) = self.words.compared() else { return };
        let takes_list = matches!(operator.last(), Some(&("in" | "of")));
        let in_list = self.words.before_open("[", "]").is_some();
        match self.type_of(name) {
            Some(Type::OneOf(symbols)) => {
                if slot == Slot::ValueOrWord {
                    for symbol in symbols.iter() {
                        offers.add(Offer::new(symbol, Kind::Symbol, name));
                    }
                }
                if takes_list && !in_list {
                    offers.names(|kind| kind == Kind::List);
                }
            }
            Some(Type::Flag) => {
                for value in ["true", "false"] {
                    offers.add(Offer::new(value, Kind::Keyword, ""));
                }
            }
            Some(Type::Date) => offers.params(true),
            Some(Type::Number) if !takes_list => offers.params(false),
            Some(Type::Text | Type::SetOfText | Type::Number) if takes_list && !in_list => {
                offers.names(|kind| kind == Kind::List);
            }
            Some(_) => {}
            None if operator == ["between"] => {
                offers.params(true);
                offers.params(false);
            }
            None => offers.params(false),
        }
    }

    fn plain_name(&self, offers: &mut Offers<'_>) {
        if self.words.last(0) == "=" && self.words.last(1) == "stage" {
            return stages(offers);
        }
        if self.words.0.first() == Some(&"event") {
            return;
        }
        if self.words.last(0) == "." {
            let kind = match self.words.last(1) {
                ")" => {
                    // The bracket that closes before the point is the innermost open one once it is left out.
                    let words = Words(self.words.0.iter().copied().take(self.words.0.len() - 2).collect());
                    words.before_open("(", ")").map(|(kind, _)| kind)
                }
                activity => return offers.properties_of_activity(activity),
            };
            if let Some(kind) = kind {
                offers.properties(kind, true);
            }
        } else if let Some((kind, _)) = self.words.before_open("(", ")") {
            offers.properties(kind, false);
        }
    }

    fn name(&self, offers: &mut Offers<'_>) {
        let is_activity = |kind| kind == Kind::Activity;
        match (self.words.last(1), self.words.last(0)) {
            ("expect", "stage") => stages(offers),
            (_, "segment") if self.words.0.len() > 1 => offers.names(|kind| kind == Kind::Segment),
            (_, "each" | "or") => offers.names(is_activity),
            ("sum" | "distinct" | "days", "(") => offers.names(is_activity),
            (_, "=") if self.words.0.first() == Some(&"activity") => offers.names(is_activity),
            _ if self.fit.in_test && self.words.0.is_empty() => offers.names(|kind| kind == Kind::Attribute),
            _ => {}
        }
    }

    fn band(&self, offers: &mut Offers<'_>) {
        let score = match (self.words.last(0), self.words.last(1)) {
            ("is", score) => score,
            ("least", "at") => self.words.last(3),
            _ => return,
        };
        let Some((_, bands)) = self.definitions.bands(&self.reading.trees, score) else { return };
        for band in bands {
            offers.add(Offer::new(&band.name.node, Kind::Band, score));
        }
    }
}

fn stages(offers: &mut Offers<'_>) {
    for stage in Stage::ALL {
        offers.add(Offer::new(stage.as_str(), Kind::Stage, "stage"));
    }
}
