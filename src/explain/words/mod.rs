//! Tests in words: what was found, what is wanted, and by how much it fails.
//!
//! Everything that an explanation says in a sentence is worded here, from the model and from what was found, so
//! that text, Markdown and JSON say the same. A test may be meant the other way round, under a `not`: `meant`
//! says so, and `holds` whether it is as it is meant. Whatever comes out of a lead or a rule set as text is cut
//! short and escaped.

mod events;
mod terms;
mod times;
mod values;

pub(super) use events::EventsFound;
pub(crate) use events::within;
pub(crate) use terms::{happened, noun};
pub(super) use times::distance;
pub(crate) use times::{age, date_and_time};

use crate::decimal::Points;
use crate::lead::Value;
use crate::model::{
    BandIndex, Comparison, DateTest, Decay, DecayStep, LimitPer, Limits, MAX_OCCURRENCES, Model, ScoreIndex,
    ValueTest,
};
use crate::readable::readable;
use crate::time::{Instant, Period};
use crate::vocabulary::{AttributeId, Type};

/// Longer names are cut.
const LONGEST_NAME: usize = 60;

/// Words for one rule set at one instant.
#[derive(Clone, Copy)]
pub(super) struct Words<'m> {
    pub(super) model: &'m Model,
    pub(super) now: Instant,
}

impl Words<'_> {
    /// A test of an attribute: `company_size is 30, 50 to 500 wanted`, `title is missing`.
    pub(super) fn attribute(
        self,
        attribute: AttributeId,
        test: &ValueTest,
        value: Option<&Value>,
        meant: bool,
        holds: bool,
    ) -> String {
        let Some(attribute) = self.model.vocabulary.attribute(attribute) else { return String::new() };
        let name = named(&attribute.name);
        let Some(value) = value else { return format!("{name} is missing") };
        // Where a test asks how old a date is, the answer is its age.
        let found = match (test, value) {
            (ValueTest::Date(DateTest::Within(_) | DateTest::OlderThan(_)), Value::Date(date)) => {
                format!("{name} was {}", age(*date, self.now))
            }
            _ => format!("{name} is {}", values::shown(value, &attribute.of)),
        };
        if holds {
            return found;
        }
        format!("{found}, {} wanted", values::wanted(test, &attribute.of, meant))
    }

    /// A test of a score: `engagement is 25, at least 50 wanted (25 short)`.
    pub(super) fn score(
        self,
        score: ScoreIndex,
        comparison: Comparison,
        bound: Points,
        is: Points,
        meant: bool,
    ) -> String {
        let comparison = turned(comparison, meant);
        let found = format!("{} is {is}", self.score_name(score));
        let away = match comparison {
            Comparison::Greater | Comparison::GreaterOrEqual => short(is, bound),
            Comparison::Less | Comparison::LessOrEqual => over(is, bound),
            Comparison::Equal => short(is, bound) + &over(is, bound),
            Comparison::NotEqual => String::new(),
        };
        format!("{found}, {} wanted{away}", compared(comparison, &bound.to_string()))
    }

    /// `engagement is 25, 30 to 50 wanted (5 short)`
    pub(super) fn score_between(
        self,
        score: ScoreIndex,
        (low, high): (Points, Points),
        is: Points,
        meant: bool,
    ) -> String {
        let found = format!("{} is {is}", self.score_name(score));
        if !meant {
            return format!("{found}, less than {low} or more than {high} wanted");
        }
        format!("{found}, {low} to {high} wanted{}{}", short(is, low), over(is, high))
    }

    /// `fit is C (30), at least B wanted (10 short)`
    pub(super) fn band(
        self,
        score: ScoreIndex,
        (band, or_higher): (BandIndex, bool),
        (is, in_band): (Points, Option<BandIndex>),
        meant: bool,
    ) -> String {
        let bands = self.model.scores.get(score.index()).map_or(&[][..], |score| &score.bands);
        let name = |band: BandIndex| bands.get(band.index()).map_or(String::new(), |band| named(&band.name));
        let least = bands.get(band.index()).and_then(|band| band.at_least);
        let found = format!("{} is {} ({is})", self.score_name(score), in_band.map_or(String::new(), name));
        if in_band == Some(band) && meant {
            return found;
        }
        let is_below = in_band.is_some_and(|in_band| in_band > band);
        let away = least.filter(|_| meant && is_below).map_or(String::new(), |least| short(is, least));
        let not = if meant { "" } else { "not " };
        let at_least = if or_higher { "at least " } else { "" };
        format!("{found}, {not}{at_least}{} wanted{away}", name(band))
    }

    /// `last active 2 days ago, inactive for 60d wanted`
    pub(super) fn inactive(self, period: Period, last: Option<Instant>, meant: bool, holds: bool) -> String {
        let found = match last {
            Some(last) => format!("last active {}", age(last, self.now)),
            None => "no activity is known".to_owned(),
        };
        match (holds, meant) {
            (true, _) => found,
            (false, true) => format!("{found}, inactive for {period} wanted"),
            (false, false) => format!("{found}, within {period} wanted"),
        }
    }

    pub(super) fn segment(self, name: &str, is_in: bool) -> String {
        format!("{} segment {}", if is_in { "in" } else { "not in" }, named(name))
    }

    /// How many of some conditions hold, and how many are wanted.
    pub(super) fn of_several(self, needed: usize, holding: usize, all: usize, holds: bool) -> String {
        match (holds, needed) {
            (true, _) if holding == all => "all of these hold".to_owned(),
            (true, 1) if holding == 1 => "one of these holds, and is enough".to_owned(),
            (true, 1) => "these hold, and one is enough".to_owned(),
            (true, _) => format!("{holding} of {all} hold, and {needed} are enough"),
            (false, 1) => "none of these holds, and one is wanted".to_owned(),
            (false, _) if needed == all => format!("{holding} of {all} hold, and all are wanted"),
            (false, _) => format!("{holding} of {all} hold, and {needed} are wanted"),
        }
    }

    /// The reason that a rule set gives with a gate.
    pub(super) fn reason(self, reason: &str) -> String {
        readable(reason, LONGEST_NAME)
    }

    fn score_name(self, score: ScoreIndex) -> String {
        self.model.scores.get(score.index()).map_or(String::new(), |score| named(&score.name))
    }
}

/// A decay as a rule set writes it: `50% every 30d`.
pub(crate) fn decay(decay: Decay) -> String {
    match decay.step {
        DecayStep::Percent(tenths) if tenths % 10 == 0 => format!("{}% every {}", tenths / 10, decay.every),
        DecayStep::Percent(tenths) => format!("{}.{}% every {}", tenths / 10, tenths % 10, decay.every),
        DecayStep::Amount(points) => format!("{points} every {}", decay.every),
    }
}

/// The limit on all occurrences of a rule.
pub(super) fn times_limit(limits: Limits) -> String {
    if limits.times < MAX_OCCURRENCES {
        format!("up to {} times", limits.times)
    } else {
        format!("at most {MAX_OCCURRENCES} count in any rule")
    }
}

/// The limit on those of one day, or about one subject.
pub(crate) fn per_limit(limits: Limits) -> String {
    match limits.per {
        Some(LimitPer::Day(times)) => format!("up to {times} times per day"),
        Some(LimitPer::Subject(times)) => format!("up to {times} times per subject"),
        None => String::new(),
    }
}

/// The limit of a group as a rule set writes it.
pub(crate) fn group_limit(low: Option<Points>, high: Option<Points>) -> String {
    match (low, high) {
        (None, Some(high)) => format!("max {high}"),
        (Some(low), None) => format!("min {low}"),
        (Some(low), Some(high)) => format!("{low}..{high}"),
        (None, None) => String::new(),
    }
}

/// What a comparison wants: `at least 5`.
pub(crate) fn compared(comparison: Comparison, bound: &str) -> String {
    format!("{} {bound}", comparing(comparison))
}

/// A comparison in words: `at least`.
pub(crate) const fn comparing(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "exactly",
        Comparison::NotEqual => "anything but",
        Comparison::Less => "less than",
        Comparison::LessOrEqual => "at most",
        Comparison::Greater => "more than",
        Comparison::GreaterOrEqual => "at least",
    }
}

/// The comparison as it is meant: under a `not` its opposite.
pub(crate) fn turned(comparison: Comparison, meant: bool) -> Comparison {
    if meant { comparison } else { comparison.opposite() }
}

/// ` (5 short)` where `is` lies below what is wanted.
fn short(is: Points, bound: Points) -> String {
    away(bound.thousandths() - is.thousandths(), "short")
}

fn over(is: Points, bound: Points) -> String {
    away(is.thousandths() - bound.thousandths(), "over")
}

fn away(thousandths: i64, word: &str) -> String {
    if thousandths <= 0 {
        return String::new();
    }
    format!(" ({} {word})", Points::from_thousandths(thousandths))
}

/// A name of the rule set. Names have no characters that need escaping, but they may be long.
fn named(name: &str) -> String {
    readable(name, LONGEST_NAME)
}

/// `a`, `a or b`, `a, b or 7 more`: only `most` are named, or one more where that is the last.
fn several(items: impl ExactSizeIterator<Item = String>, most: usize, last: &str) -> String {
    let all = items.len();
    let named = if all == most + 1 { all } else { most };
    let mut first: Vec<String> = items.take(named).collect();
    if all > named {
        first.push(format!("{} more", all - named));
    }
    crate::diagnostic::list(&first, last)
}

/// The type of a property, text where there is none such.
fn type_or_text(of: Option<&Type>) -> &Type {
    of.unwrap_or(&Type::Text)
}
