//! Tests of a single value, of an attribute or of an event's property.
//!
//! These are the one place that says what an operator means; the plan and the plain reading both call it.

use crate::decimal::Number;
use crate::lead::Value;
use crate::model::{Comparison, Shared};
use crate::time::{Instant, Period};
use crate::vocabulary::SymbolId;

/// Text with its ASCII letters in lower case: what comparisons that ignore case compare.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Folded(Box<str>);

impl Folded {
    pub(crate) fn new(text: &str) -> Self {
        Folded(text.to_ascii_lowercase().into_boxed_str())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A test of one value. Of a missing value every test is false but [`ValueTest::Missing`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ValueTest {
    Known,
    Missing,
    Text(TextTest),
    Number(NumberTest),
    /// True of a flag with this value.
    Flag(bool),
    /// True of a symbol among these, or, negated, of one that is not.
    Symbol {
        any_of: Shared<SymbolId>,
        negated: bool,
    },
    Set(SetTest),
    Date(DateTest),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum TextTest {
    /// `=`, `in`, and negated `!=`, `not in`.
    AnyOf {
        texts: Shared<Folded>,
        negated: bool,
    },
    /// `contains`, `contains any of`
    Contains(Shared<Folded>),
    StartsWith(Folded),
    EndsWith(Folded),
    Matches(Glob),
    /// `has word`, `has any word of`
    HasWord(Shared<Folded>),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum NumberTest {
    Compare(Comparison, Number),
    AnyOf { numbers: Shared<Number>, negated: bool },
    Between(Number, Number),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum SetTest {
    /// `contains`, `contains any of`
    AnyOf(Shared<Folded>),
    AllOf(Shared<Folded>),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum DateTest {
    Before(Instant),
    After(Instant),
    /// now - D < t <= now
    Within(Period),
    /// t <= now - D
    OlderThan(Period),
}

impl ValueTest {
    /// Whether the outcome can change as time goes by.
    pub(crate) const fn depends_on_time(&self) -> bool {
        matches!(self, ValueTest::Date(DateTest::Within(_) | DateTest::OlderThan(_)))
    }

    /// Whether `value`, none where it is missing, passes at `now`.
    pub(crate) fn holds(&self, value: Option<&Value>, now: Instant) -> bool {
        let Some(value) = value else { return matches!(self, ValueTest::Missing) };
        match (self, value) {
            (ValueTest::Known, _) => true,
            (ValueTest::Text(test), Value::Text(text)) => test.holds(text.folded()),
            (ValueTest::Number(test), Value::Number(number)) => test.holds(*number),
            (ValueTest::Flag(wanted), Value::Flag(flag)) => wanted == flag,
            (ValueTest::Symbol { any_of, negated }, Value::Symbol(symbol)) => {
                any_of.contains(symbol) != *negated
            }
            (ValueTest::Set(test), Value::Set(set)) => {
                test.holds(|wanted| set.iter().any(|item| item.folded() == wanted.as_str()))
            }
            (ValueTest::Date(test), Value::Date(date)) => test.holds(*date, now),
            // OK because the checker pairs tests with values of their type.
            _ => false,
        }
    }
}

impl TextTest {
    /// Whether a folded text passes.
    pub(crate) fn holds(&self, text: &str) -> bool {
        match self {
            TextTest::AnyOf { texts, negated } => {
                texts.iter().any(|wanted| wanted.as_str() == text) != *negated
            }
            TextTest::Contains(parts) => parts.iter().any(|part| text.contains(part.as_str())),
            TextTest::StartsWith(start) => text.starts_with(start.as_str()),
            TextTest::EndsWith(end) => text.ends_with(end.as_str()),
            TextTest::Matches(glob) => glob.matches(text),
            TextTest::HasWord(words) => words.iter().any(|word| has_word(text, word.as_str())),
        }
    }
}

impl NumberTest {
    pub(crate) fn holds(&self, number: Number) -> bool {
        match self {
            NumberTest::Compare(comparison, wanted) => comparison.holds(number, *wanted),
            NumberTest::AnyOf { numbers, negated } => numbers.contains(&number) != *negated,
            NumberTest::Between(low, high) => (*low..=*high).contains(&number),
        }
    }
}

impl SetTest {
    /// Whether a set passes that has what `has` says.
    pub(crate) fn holds(&self, has: impl FnMut(&Folded) -> bool) -> bool {
        match self {
            SetTest::AnyOf(wanted) => wanted.iter().any(has),
            SetTest::AllOf(wanted) => wanted.iter().all(has),
        }
    }
}

impl DateTest {
    pub(crate) fn holds(&self, date: Instant, now: Instant) -> bool {
        match self {
            DateTest::Before(bound) => date < *bound,
            DateTest::After(bound) => date > *bound,
            DateTest::Within(period) => now.minus(*period) < date && date <= now,
            DateTest::OlderThan(period) => date <= now.minus(*period),
        }
    }
}

/// Whether `word` occurs in `text` with no word character next to either end: no ASCII letter or digit and
/// no character beyond ASCII. Both are folded.
fn has_word(text: &str, word: &str) -> bool {
    // Bytes from 0x80 on belong to characters beyond ASCII, so bytes are enough.
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || !byte.is_ascii();
    let (bytes, mut from) = (text.as_bytes(), 0);
    while let Some(found) = text.get(from..).and_then(|rest| rest.find(word)) {
        let (start, end) = (from + found, from + found + word.len());
        let before = start.checked_sub(1).and_then(|at| bytes.get(at));
        if !before.is_some_and(is_word) && !bytes.get(end).is_some_and(is_word) {
            return true;
        }
        // On to the next character: occurrences may overlap.
        from = start + text.get(start..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
    }
    false
}

/// A pattern in which `*` stands for any run of characters, folded.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Glob {
    pattern: Folded,
}

impl Glob {
    pub(crate) fn new(pattern: &str) -> Self {
        Glob { pattern: Folded::new(pattern) }
    }

    /// The pattern, folded.
    pub(crate) fn pattern(&self) -> &str {
        self.pattern.as_str()
    }

    /// Whether the whole of `text`, folded, fits.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let Some((start, rest)) = self.pattern().split_once('*') else { return text == self.pattern() };
        let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
        let Some(text) = text.strip_prefix(start).and_then(|text| text.strip_suffix(end)) else {
            return false;
        };
        // The first place where a piece fits leaves most room for those behind it.
        let mut left = text;
        for piece in middle.split('*').filter(|piece| !piece.is_empty()) {
            let Some((_, rest)) = left.split_once(piece) else { return false };
            left = rest;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_fit_the_whole_text() {
        for (pattern, text, fits) in [
            ("/docs/*", "/docs/intro", true),
            ("/docs/*", "/docs/", true),
            ("/docs/*", "/doc/", false),
            ("a*a", "a", false),
            ("a*a", "aa", true),
            ("*a*b*", "xxbxaxb", true),
            ("*a*b*", "xxbxa", false),
            ("**", "", true),
            ("a**b", "ab", true),
            ("plain", "plain", true),
            ("plain", "plains", false),
            ("*ab*ab", "ab", false),
            ("ab*ab*", "abab", true),
        ] {
            assert_eq!(Glob::new(pattern).matches(text), fits, "{pattern} on {text}");
        }
    }

    #[test]
    fn words_have_edges() {
        for (text, word, has) in [
            ("leadership coach", "lead", false),
            ("team lead", "lead", true),
            ("vp, sales", "vp", true),
            ("svp vp", "vp", true),
            ("vpé", "vp", false),
            ("évp", "vp", false),
            ("c++ developer", "c++", true),
            ("vc++", "c++", false),
            ("vp2", "vp", false),
            ("head_of", "head", true),
            ("aaa aa", "aa", true),
            ("senior vice president", "vice president", true),
            ("- -x", "- -", false),
        ] {
            assert_eq!(has_word(text, word), has, "{word} in {text}");
        }
    }
}
