//! What may stand at a place in a text, as the grammar has it: the ground of completion.
//!
//! A text and a place in it go in. What stands before the place is read as far as it goes, by the parser itself,
//! with a mark behind it that fits nowhere; what the parser would have taken instead of the mark comes out, as
//! keywords and as slots for names and values. So whatever the grammar learns is offered without being told here.

use super::driver::{self, Fit};
use super::failure::{Context, keyword_of};
use super::grammar::Rule;
use crate::limits::Limits;

/// A place for a name, a value or a larger piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Slot {
    /// A statement or a rule outside any block.
    Statement,
    /// A rule in a score, or a group.
    RuleOrGroup,
    /// A rule in a group.
    Rule,
    Condition,
    /// A comparison of what stands before.
    Operation,
    Value,
    /// A value that may be a bare word: behind `=`, or in a list.
    ValueOrWord,
    /// The subject of an event; a `*` too where `any`.
    Subject {
        any: bool,
    },
    /// The name of a property, or of a stage behind `stage =`.
    PlainName,
    /// A name whose sort what stands before tells.
    Name,
    EventKind,
    ScoreName,
    BandName,
    Gate,
    Type,
    /// A number or a param.
    NumberOrParam,
    /// A duration or a param.
    DurationOrParam,
}

/// What may stand at the place as a part of one statement, rule, entry or line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fits<'t> {
    /// What it would be a part of, from its start up to the place; empty where it would start there.
    pub(crate) before: &'t str,
    /// In a `test` block.
    pub(crate) in_test: bool,
    pub(crate) slots: Vec<Slot>,
    pub(crate) keywords: Vec<String>,
}

/// What fits no rule of the grammar.
const MARK: char = '\u{1}';

/// What may stand at the byte `at` of `text`: as parts of what is innermost there first. What stands behind the
/// place plays no part.
pub(crate) fn at<'t>(text: &'t str, at: usize, limits: &Limits) -> Vec<Fits<'t>> {
    let Some(before) = text.get(..at) else { return Vec::new() };
    let mut probe = String::with_capacity(at + MARK.len_utf8());
    probe.push_str(before);
    probe.push(MARK);
    let mut found = driver::fits(&probe, at, limits);
    found.sort_by_key(|fit| std::cmp::Reverse(fit.start));
    let fits = found.into_iter().map(|fit| Fits {
        before: text.get(fit.start..at).unwrap_or(""),
        in_test: fit.context == Context::Test,
        slots: fit.expected.iter().filter_map(|wanted| slot(*wanted, &fit, at)).collect(),
        keywords: fit.expected.iter().filter_map(|wanted| keyword_of(*wanted)).collect(),
    });
    fits.collect()
}

/// The slot that a rule of the grammar is, if it is one.
fn slot(wanted: Rule, fit: &Fit, at: usize) -> Option<Slot> {
    Some(match wanted {
        Rule::rule | Rule::statement if fit.start == at => match fit.context {
            Context::Score => Slot::RuleOrGroup,
            Context::Group => Slot::Rule,
            _ => Slot::Statement,
        },
        Rule::test | Rule::condition => Slot::Condition,
        Rule::operation => Slot::Operation,
        Rule::value => Slot::Value,
        Rule::value_or_word | Rule::item => Slot::ValueOrWord,
        Rule::subject => Slot::Subject { any: fit.expected.contains(&Rule::star) },
        Rule::plain_name => Slot::PlainName,
        Rule::name => Slot::Name,
        Rule::event_kind => Slot::EventKind,
        Rule::score_name => Slot::ScoreName,
        Rule::band_name => Slot::BandName,
        Rule::gate => Slot::Gate,
        Rule::value_type => Slot::Type,
        Rule::number_or_param | Rule::points => Slot::NumberOrParam,
        Rule::duration_or_param => Slot::DurationOrParam,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The slots and keywords at the end of a text, innermost first.
    fn at_end(text: &str) -> (Vec<Slot>, Vec<String>) {
        let fits = at(text, text.len(), &Limits::default());
        let slots = fits.iter().flat_map(|fit| fit.slots.clone()).collect();
        (slots, fits.into_iter().flat_map(|fit| fit.keywords).collect())
    }

    #[test]
    fn slots_are_those_of_the_grammar() {
        let expected: &[(&str, &[Slot])] = &[
            ("", &[Slot::Statement]),
            ("budget => +1\n", &[Slot::Statement]),
            ("broken = = 1\nbudget => +1\n", &[Slot::Statement]),
            ("score fit { ", &[Slot::RuleOrGroup]),
            ("score fit { x = => 1\n budget => +1\n", &[Slot::RuleOrGroup]),
            ("score fit { group size { ", &[Slot::Rule]),
            ("let pays = ", &[Slot::Condition]),
            ("title ", &[Slot::Operation]),
            ("plan = ", &[Slot::ValueOrWord]),
            ("title in ", &[Slot::Value]),
            ("plan in [free, ", &[Slot::ValueOrWord]),
            ("visited(", &[Slot::Subject { any: true }]),
            ("watched(demo, ", &[Slot::PlainName]),
            ("band ", &[Slot::ScoreName]),
            ("stage mql when engagement is ", &[Slot::BandName]),
            ("attribute plan: ", &[Slot::Type]),
            ("visited(pricing) => ", &[Slot::NumberOrParam]),
            ("visited(pricing) within ", &[Slot::DurationOrParam]),
        ];
        for (text, slots) in expected {
            assert_eq!(at_end(text).0, *slots, "{text:?}");
        }
    }

    #[test]
    fn keywords_are_those_of_the_grammar() {
        let expected: &[(&str, &[&str])] = &[
            ("stage ", &["mql", "sql"]),
            ("stage mql ", &["when"]),
            ("each visited(pricing) ", &["between", "when", "within"]),
            ("each visited(pricing) => 1 up to 3 times ", &["decay", "no", "per", "up"]),
            ("budget => 1 decay 5% ", &["every"]),
            ("review ", &["every"]),
            ("title not ", &["in"]),
            ("vocabulary only ", &["declared"]),
        ];
        for (text, keywords) in expected {
            assert_eq!(at_end(text).1, *keywords, "{text:?}");
        }
    }

    #[test]
    fn nothing_fits_behind_what_is_wrong() {
        assert_eq!(at_end("visited pricing pricing pricing "), (Vec::new(), Vec::new()));
    }
}
