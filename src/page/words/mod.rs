//! Conditions in words: a condition of the model goes in, a phrase that marketing and sales can read comes out.
//!
//! It says exactly what the condition says. A `not` is carried down to the tests, so that no sentence has to be
//! turned round by its reader; that a missing value fails every test is said wherever it matters. Named
//! conditions, activities and long lists stay names, with a link to what they stand for, so that a page grows with
//! the text of its rule set and no faster. Words for events and comparisons are those of explanations.

mod terms;
mod values;

use std::collections::HashMap;

use super::document::{Anchor, Item, Phrase};
use crate::explain::{Source, compared, turned};
use crate::model::{
    BandIndex, Comparison, ConditionId, ConditionKind, Model, RuleBody, ScoreIndex, SegmentIndex, TermId,
};
use crate::time::Period;

pub(super) use terms::{quoted, subject};
use values::Lists;

/// Deeper conditions are shown as they are written. The usual limit on nesting is far below.
const DEEPEST: usize = 256;
/// Longer conditions are made lists of their parts where there is room for a list.
const ONE_LINE: usize = 90;

/// Words for one rule set.
pub(super) struct Words<'m> {
    pub(super) model: &'m Model,
    source: Source<'m>,
    /// Texts as the rule set first writes them, by the text in lower case.
    spelled: HashMap<String, String>,
    /// By condition: the place among the `let`s of the one that it is the whole of.
    lets: HashMap<ConditionId, usize>,
    /// By term: the place of the activity that it is all of.
    activities: HashMap<TermId, usize>,
    /// By name: the place of the activity.
    activity_places: HashMap<&'m str, usize>,
    lists: Lists<'m>,
}

/// How tightly a phrase hangs together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joint {
    /// Nothing in it is joined.
    One,
    And,
    Or,
}

impl<'m> Words<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        let mut spelled = HashMap::new();
        for text in model.sources.iter().flat_map(|source| crate::syntax::texts(&source.text)) {
            spelled.entry(text.to_ascii_lowercase()).or_insert(text);
        }
        let (mut lets, mut activities) = (HashMap::new(), HashMap::new());
        for (place, named) in model.lets.iter().enumerate() {
            lets.entry(named.condition).or_insert(place);
        }
        let mut activity_places = HashMap::new();
        for (place, activity) in model.named.activities.iter().enumerate() {
            activity_places.insert(activity.name.as_str(), place);
            if let Some(term) = activity.term {
                activities.entry(term).or_insert(place);
            }
        }
        let (source, lists) = (Source::new(model), Lists::of(model));
        Words { model, source, spelled, lets, activities, activity_places, lists }
    }

    /// A condition where it is used.
    pub(super) fn condition(&self, condition: ConditionId) -> Phrase {
        self.worded(condition, true, DEEPEST).0
    }

    /// A condition where a `let` of this place gives it its name.
    pub(super) fn meaning(&self, condition: ConditionId, place: usize) -> Phrase {
        match self.lets.get(&condition) {
            Some(other) if *other != place => self.let_name(*other),
            _ => self.opened(condition, true, DEEPEST).0,
        }
    }

    /// A condition as an item, with its parts as a list where it is long.
    pub(super) fn criteria(&self, before: Phrase, condition: ConditionId) -> Item {
        let line = self.condition(condition);
        let is_name = self.lets.contains_key(&condition);
        let kind = self.model.conditions.get(condition.index()).map(|found| &found.kind);
        let parts = match kind {
            Some(ConditionKind::All(parts)) if !is_name => Some(("all of these hold:", parts)),
            Some(ConditionKind::Any(parts)) if !is_name => Some(("one of these holds:", parts)),
            _ => None,
        };
        match parts.filter(|_| line.length() > ONE_LINE) {
            None => Item::new(before.then(line)),
            Some((intro, parts)) => {
                let items = parts.iter().map(|part| Item::new(self.condition(*part))).collect();
                Item { number: None, says: before.and(intro), items }
            }
        }
    }

    /// What earns a rule's points.
    pub(super) fn rule(&self, body: &RuleBody) -> Phrase {
        match body {
            RuleBody::Condition(condition) => self.condition(*condition),
            RuleBody::Each { term, window, when, .. } => {
                let each = Phrase::text("each ").then(self.events(*term, 1)).and(terms::within(*window));
                match when {
                    Some(when) => each.and(", while ").then(self.condition(*when)),
                    None => each,
                }
            }
        }
    }

    pub(super) fn score_name(&self, score: ScoreIndex) -> Phrase {
        let found = self.model.scores.get(score.index());
        let name = found.map_or("", |found| found.name.as_str());
        Phrase::default().and_name(name, Some(Anchor("score", score.index())))
    }

    pub(super) fn segment_name(&self, segment: SegmentIndex) -> Phrase {
        let found = self.model.segments.get(segment.index());
        let name = found.map_or("", |found| found.name.as_str());
        Phrase::default().and_name(name, Some(Anchor("segment", segment.index())))
    }

    /// Which points a band is given for: `40 to below 70`.
    pub(super) fn band_range(&self, score: ScoreIndex, band: BandIndex) -> String {
        let bands = self.model.scores.get(score.index()).map_or(&[][..], |score| &score.bands);
        let above = band.index().checked_sub(1).and_then(|above| bands.get(above)?.at_least);
        match (bands.get(band.index()).and_then(|band| band.at_least), above) {
            (Some(low), Some(high)) => format!("{low} to below {high}"),
            (Some(low), None) => format!("{low} or more"),
            (None, Some(high)) => format!("below {high}"),
            (None, None) => "any points".to_owned(),
        }
    }

    fn let_name(&self, place: usize) -> Phrase {
        let name = self.model.lets.get(place).map_or("", |named| named.name.as_str());
        Phrase::default().and_name(name, Some(Anchor("let", place)))
    }

    /// A condition, or where it is not `meant` the opposite, by its name where it has one.
    fn worded(&self, condition: ConditionId, meant: bool, depth: usize) -> (Phrase, Joint) {
        let Some(place) = self.lets.get(&condition) else { return self.opened(condition, meant, depth) };
        let not = if meant { "" } else { "not " };
        (Phrase::text(not).then(self.let_name(*place)), Joint::One)
    }

    /// A condition, its own name looked through.
    fn opened(&self, condition: ConditionId, meant: bool, depth: usize) -> (Phrase, Joint) {
        let Some(found) = self.model.conditions.get(condition.index()) else {
            return (Phrase::default(), Joint::One);
        };
        let Some(depth) = depth.checked_sub(1) else {
            let not = if meant { "" } else { "not " };
            return (Phrase::text(not).and(self.source.condition(condition)), Joint::One);
        };
        let phrase = match &found.kind {
            ConditionKind::All(parts) => return self.several(parts, meant, meant, depth),
            ConditionKind::Any(parts) => return self.several(parts, !meant, meant, depth),
            ConditionKind::Not(inner) => return self.worded(*inner, !meant, depth),
            ConditionKind::AtLeast { count, of } => {
                let parts = of.iter().map(|part| self.worded(*part, true, depth).0).collect();
                let than = if meant { "at least" } else { "fewer than" };
                let parts = Phrase::joined(parts, "; ", "; ");
                Phrase::text(format!("{than} {count} of (")).then(parts).and(")")
            }
            ConditionKind::Attribute { attribute, test } => {
                let Some(attribute) = self.model.vocabulary.attribute(*attribute) else {
                    return (Phrase::default(), Joint::One);
                };
                self.value(Phrase::name(&attribute.name), test, &attribute.of, meant)
            }
            ConditionKind::Events(test) => self.event_test(test, meant),
            ConditionKind::Inactive(period) => {
                let not = if meant { "" } else { "not " };
                Phrase::text(format!("the lead is {not}inactive for {}", length(*period)))
            }
            ConditionKind::Score { score, comparison, points } => {
                let wanted = compared(turned(*comparison, meant), &points.to_string());
                self.score_name(*score).and(format!(" is {wanted}"))
            }
            ConditionKind::ScoreBetween { score, low, high } => self.score_name(*score).and(if meant {
                format!(" is {low} to {high}")
            } else {
                format!(" is less than {low} or more than {high}")
            }),
            ConditionKind::Band { score, band } => {
                let is = if meant { " is " } else { " is not " };
                let range = self.band_range(*score, *band);
                self.band(*score, *band, is).and(format!(" ({range})"))
            }
            ConditionKind::BandAtLeast { score, band } => {
                let is = if meant { " is at least " } else { " is below " };
                let bands = self.model.scores.get(score.index()).map_or(&[][..], |score| &score.bands);
                let range = bands.get(band.index()).and_then(|band| band.at_least);
                let range = range.map_or(String::new(), |least| {
                    let comparison = turned(Comparison::GreaterOrEqual, meant);
                    format!(" ({})", compared(comparison, &least.to_string()))
                });
                self.band(*score, *band, is).and(range)
            }
            ConditionKind::Segment(segment) => {
                let is = if meant { "the lead is in segment " } else { "the lead is not in segment " };
                Phrase::text(is).then(self.segment_name(*segment))
            }
        };
        (phrase, Joint::One)
    }

    fn band(&self, score: ScoreIndex, band: BandIndex, is: &str) -> Phrase {
        let bands = self.model.scores.get(score.index()).map_or(&[][..], |score| &score.bands);
        let name = bands.get(band.index()).map_or("", |band| band.name.as_str());
        self.score_name(score).and(is).and_name(name, None)
    }

    /// Parts joined by `and`, or, where not all of them are needed, by `or`.
    fn several(&self, parts: &[ConditionId], all: bool, meant: bool, depth: usize) -> (Phrase, Joint) {
        let joint = if all { Joint::And } else { Joint::Or };
        let parts = parts.iter().map(|part| {
            let (phrase, inner) = self.worded(*part, meant, depth);
            let is_clear = inner == Joint::One || inner == joint;
            if is_clear { phrase } else { Phrase::text("(").then(phrase).and(")") }
        });
        let parts: Vec<Phrase> = parts.collect();
        // A comma where a list inside a part would otherwise run into the next one.
        let has_lists = parts.iter().any(Phrase::has_lists);
        let word = match (all, has_lists) {
            (true, false) => " and ",
            (true, true) => ", and ",
            (false, false) => " or ",
            (false, true) => ", or ",
        };
        (Phrase::joined(parts, word, word), joint)
    }
}

/// A length of time in whole units: `30 days`, `36 hours`.
pub(super) fn length(period: Period) -> String {
    let (number, units) = in_unit(period);
    format!("{number} {}", if number == 1 { units.trim_end_matches('s') } else { units })
}

/// A length of time as a number of the largest unit that it is whole in, days at most.
pub(super) fn in_unit(period: Period) -> (usize, &'static str) {
    let seconds = usize::try_from(period.micros() / 1_000_000).unwrap_or_default();
    let units = [(86_400, "days"), (3_600, "hours"), (60, "minutes")];
    let unit = units.into_iter().find(|(size, _)| seconds.is_multiple_of(*size));
    unit.map_or((seconds, "seconds"), |(size, units)| (seconds / size, units))
}
