//! Conditions and rules as a rule set writes them, made from the model: `let`s, lists and params looked through.
//!
//! A model and a part of it go in, a line of LeadQL comes out. It is used where what is written is the same in two
//! versions and what it means is not, because a `let` or a param behind it changed. `let`s that use each other can
//! make a condition far longer than the file that it stands in, so a line ends after [`LONGEST`] bytes.

use crate::explain::{per_limit, within};
use crate::model::{
    Aggregate, Bound, Comparison, ConditionId, ConditionKind, DateTest, EventTest, Folded, Limits,
    MAX_OCCURRENCES, Model, NumberTest, Rule, RuleBody, ScoreIndex, SelectorId, SetTest, SubjectPattern,
    TermId, TextTest, ValueTest,
};
use crate::syntax::format::{bare_or_quoted, quoted};
use crate::vocabulary::Type;

/// What is longer is cut, and ends in `…`.
pub(super) const LONGEST: usize = 4_000;

/// How tightly a condition binds what it joins.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Or,
    And,
    Not,
}

enum Piece {
    Text(&'static str),
    Condition(ConditionId, Binding),
}

/// A condition as it could be written.
pub(super) fn condition(model: &Model, id: ConditionId) -> String {
    let mut line = String::new();
    // A stack of what is still to be written: chains of `let`s may be longer than any call stack is deep.
    let mut to_do = vec![Piece::Condition(id, Binding::Or)];
    while let Some(piece) = to_do.pop() {
        if line.len() > LONGEST {
            return cut(line);
        }
        match piece {
            Piece::Text(text) => line.push_str(text),
            Piece::Condition(id, around) => {
                let Some(condition) = model.conditions.get(id.index()) else { continue };
                open(model, &condition.kind, around, &mut line, &mut to_do);
            }
        }
    }
    cut(line)
}

/// Writes a condition that stands on no other; puts the pieces of one that does on the stack.
fn open(model: &Model, kind: &ConditionKind, around: Binding, line: &mut String, to_do: &mut Vec<Piece>) {
    let mut joined = |ids: &[ConditionId], with: &'static str, binding: Binding| {
        let is_enclosed = binding < around;
        if is_enclosed {
            line.push('(');
            to_do.push(Piece::Text(")"));
        }
        for (at, id) in ids.iter().enumerate().rev() {
            to_do.push(Piece::Condition(*id, binding));
            if at > 0 {
                to_do.push(Piece::Text(with));
            }
        }
    };
    match kind {
        ConditionKind::All(ids) => joined(ids, " and ", Binding::And),
        ConditionKind::Any(ids) => joined(ids, " or ", Binding::Or),
        ConditionKind::Not(id) => {
            line.push_str("not ");
            to_do.push(Piece::Condition(*id, Binding::Not));
        }
        ConditionKind::AtLeast { count, of } => {
            line.push_str(&format!("at least {count} of ["));
            to_do.push(Piece::Text("]"));
            for (at, id) in of.iter().enumerate().rev() {
                to_do.push(Piece::Condition(*id, Binding::Or));
                if at > 0 {
                    to_do.push(Piece::Text(", "));
                }
            }
        }
        ConditionKind::Attribute { attribute, test } => {
            let Some(attribute) = model.vocabulary.attribute(*attribute) else { return };
            line.push_str(&value_test(&attribute.name, test, &attribute.of));
        }
        ConditionKind::Events(test) => line.push_str(&event_test(model, test)),
        ConditionKind::Inactive(period) => line.push_str(&format!("inactive for {period}")),
        ConditionKind::Score { score, comparison, points } => {
            line.push_str(&format!("{} {} {points}", score_name(model, *score), comparison.sign()));
        }
        ConditionKind::ScoreBetween { score, low, high } => {
            line.push_str(&format!("{} between {low} and {high}", score_name(model, *score)));
        }
        ConditionKind::Band { score, band } | ConditionKind::BandAtLeast { score, band } => {
            let bands = model.scores.get(score.index()).map_or(&[][..], |score| &score.bands);
            let name = bands.get(band.index()).map_or("", |band| band.name.as_str());
            let is = if matches!(kind, ConditionKind::Band { .. }) { "is" } else { "is at least" };
            line.push_str(&format!("{} {is} {name}", score_name(model, *score)));
        }
        ConditionKind::Segment(segment) => {
            let name = model.segments.get(segment.index()).map_or("", |segment| segment.name.as_str());
            line.push_str(&format!("segment {name}"));
        }
    }
}

/// What stands before the `=>` of a rule.
pub(super) fn rule_test(model: &Model, rule: &Rule) -> String {
    match &rule.body {
        RuleBody::Condition(id) => condition(model, *id),
        RuleBody::Each { term: of, window, when, .. } => {
            let mut line = format!("each {}{}", term(model, *of), within(*window));
            if let Some(when) = when {
                line.push_str(&format!(" when {}", condition(model, *when)));
            }
            cut(line)
        }
    }
}

/// `up to 3 times per day`; none without a limit.
pub(super) fn limits(limits: Limits) -> Option<String> {
    let times = (limits.times < MAX_OCCURRENCES).then(|| format!("up to {} times", limits.times));
    match (times, limits.per.map(|_| per_limit(limits))) {
        (Some(times), Some(per)) => Some(format!("{times} {per}")),
        (times, per) => times.or(per),
    }
}

/// An event term; a union of several as the activity would be written.
pub(super) fn term(model: &Model, id: TermId) -> String {
    let selectors = model.terms.get(id.index()).map_or(&[][..], |term| &term.selectors);
    let mut line = String::new();
    for (at, id) in selectors.iter().enumerate() {
        if at > 0 {
            line.push_str(" or ");
        }
        if line.len() > LONGEST {
            break;
        }
        selector(model, *id, &mut line);
    }
    if selectors.len() > 1 { format!("({line})") } else { line }
}

fn selector(model: &Model, id: SelectorId, line: &mut String) {
    let Some(selector) = model.selectors.get(id.index()) else { return };
    let Some(kind) = model.vocabulary.kind(selector.kind) else { return };
    line.push_str(&kind.name);
    line.push('(');
    for (at, subject) in selector.subjects.iter().enumerate() {
        if at > 0 {
            line.push_str(" | ");
        }
        if line.len() > LONGEST {
            break;
        }
        line.push_str(&match subject {
            SubjectPattern::Any => "*".to_owned(),
            SubjectPattern::Exact(text) => bare_or_quoted(text.as_str()),
            SubjectPattern::Glob(glob) => quoted(glob.pattern()),
        });
    }
    for (property, test) in &selector.tests {
        let Some(property) = kind.property(*property) else { continue };
        line.push_str(", ");
        line.push_str(&value_test(&property.name, test, &property.of));
    }
    line.push(')');
}

fn event_test(model: &Model, test: &EventTest) -> String {
    let of = term(model, test.term);
    let aggregate = match &test.aggregate {
        Aggregate::Count => of,
        Aggregate::Distinct => format!("distinct({of})"),
        Aggregate::Days => format!("days({of})"),
        Aggregate::Sum(properties) => {
            let property = properties.first().and_then(|(kind, property)| {
                Some(model.vocabulary.kind(*kind)?.property(*property)?.name.as_str())
            });
            format!("sum({of}.{})", property.unwrap_or(""))
        }
    };
    let bound = match test.bound {
        Bound::Count(count) => count.to_string(),
        Bound::Sum(sum) => sum.to_string(),
    };
    if (test.comparison, test.bound) == (Comparison::GreaterOrEqual, Bound::Count(1)) {
        // What a test without a comparison means.
        return format!("{aggregate}{}", within(test.window));
    }
    format!("{aggregate} {} {bound}{}", test.comparison.sign(), within(test.window))
}

fn score_name(model: &Model, score: ScoreIndex) -> &str {
    model.scores.get(score.index()).map_or("", |score| score.name.as_str())
}

fn value_test(name: &str, test: &ValueTest, of: &Type) -> String {
    match test {
        ValueTest::Known => format!("{name} is known"),
        ValueTest::Missing => format!("{name} is missing"),
        ValueTest::Flag(true) => name.to_owned(),
        ValueTest::Flag(false) => format!("{name} = false"),
        ValueTest::Symbol { any_of, negated } => {
            among(name, any_of.iter().map(|symbol| of.symbol_name(*symbol).to_owned()), *negated)
        }
        ValueTest::Text(test) => match test {
            TextTest::AnyOf { texts, negated } => among(name, texts.iter().map(folded), *negated),
            TextTest::Contains(texts) => one_or_any(name, "contains", "contains any of", texts),
            TextTest::HasWord(texts) => one_or_any(name, "has word", "has any word of", texts),
            TextTest::StartsWith(text) => format!("{name} starts with {}", folded(text)),
            TextTest::EndsWith(text) => format!("{name} ends with {}", folded(text)),
            TextTest::Matches(glob) => format!("{name} matches {}", quoted(glob.pattern())),
        },
        ValueTest::Number(test) => match test {
            NumberTest::Compare(comparison, number) => format!("{name} {} {number}", comparison.sign()),
            NumberTest::AnyOf { numbers, negated } => {
                among(name, numbers.iter().map(ToString::to_string), *negated)
            }
            NumberTest::Between(low, high) => format!("{name} between {low} and {high}"),
        },
        ValueTest::Set(SetTest::AnyOf(texts)) => one_or_any(name, "contains", "contains any of", texts),
        ValueTest::Set(SetTest::AllOf(texts)) => one_or_any(name, "contains", "contains all of", texts),
        ValueTest::Date(test) => match test {
            DateTest::Before(at) => format!("{name} before {at}"),
            DateTest::After(at) => format!("{name} after {at}"),
            DateTest::Within(period) => format!("{name} within {period}"),
            DateTest::OlderThan(period) => format!("{name} older than {period}"),
        },
    }
}

fn folded(text: &Folded) -> String {
    quoted(text.as_str())
}

fn among(name: &str, items: impl ExactSizeIterator<Item = String>, negated: bool) -> String {
    let is_one = items.len() == 1;
    let list = listed(items);
    match (is_one, negated) {
        (true, false) => format!("{name} = {list}"),
        (true, true) => format!("{name} != {list}"),
        (false, false) => format!("{name} in [{list}]"),
        (false, true) => format!("{name} not in [{list}]"),
    }
}

fn one_or_any(name: &str, one: &str, any: &str, texts: &[Folded]) -> String {
    let list = listed(texts.iter().map(folded));
    if texts.len() == 1 { format!("{name} {one} {list}") } else { format!("{name} {any} [{list}]") }
}

/// Items joined by commas, no more of them than are ever shown.
fn listed(items: impl Iterator<Item = String>) -> String {
    let mut list = String::new();
    for item in items {
        if list.len() > LONGEST {
            break;
        }
        if !list.is_empty() {
            list.push_str(", ");
        }
        list.push_str(&item);
    }
    list
}

/// The line, no longer than it may be.
fn cut(mut line: String) -> String {
    if line.len() > LONGEST {
        let end = (0..=LONGEST).rev().find(|end| line.is_char_boundary(*end)).unwrap_or(0);
        line.truncate(end);
        line.push('…');
    }
    line
}
