//! Which tests decide a condition: the smallest part of it from which the outcome follows.
//!
//! A condition under a `not` is looked at turned round: `not (a or b)` wants both to fail, so it is told like
//! an `and` of tests that are meant the other way. So every compound wants a number of its parts to be as they
//! are meant: all of them, one, or some; and the parts that decide are those that are as the whole is.

use std::collections::HashSet;

use super::Account;
use crate::decimal::Points;
use crate::explain::explanation::{Evidence, Finding};
use crate::model::{BandIndex, ConditionId, ConditionKind, ScoreIndex, SegmentIndex};

/// So many findings are told of one condition; what lies behind them is counted.
const MOST_FINDINGS: usize = 40;
/// So deep are they told: a chain of `let`s may be longer.
const DEEPEST: usize = 12;

/// A condition, and whether it is meant to hold or not to.
type Meant = (ConditionId, bool);

/// A condition made of others: how many of them must be as they are meant.
struct Several {
    needed: usize,
    of: Vec<Meant>,
}

impl Several {
    fn wants_all(&self) -> bool {
        self.needed == self.of.len()
    }

    /// Whether both are an `and`, or both an `or`, so that the parts of one may stand among those of the other.
    fn is_like(&self, other: &Several) -> bool {
        (self.wants_all() && other.wants_all()) || (self.needed == 1 && other.needed == 1)
    }
}

/// How much may still be told.
struct Room {
    findings: usize,
    depth: usize,
}

/// The parts that decide, as many as there was room for, and how many more.
#[derive(Default)]
struct Parts {
    told: Vec<Finding>,
    more: usize,
}

impl Account<'_> {
    /// The tests that decide a condition, meant to hold or not to; they decide it together.
    pub(super) fn because(&self, condition: ConditionId, meant: bool) -> Vec<Finding> {
        let mut room = Room { findings: MOST_FINDINGS, depth: DEEPEST };
        let whole = self.looked_through((condition, meant));
        // Where all are wanted, each part counts for itself; nothing has to be said of them as a whole.
        if let Some(several) = self.several(whole).filter(Several::wants_all) {
            let mut parts = Parts::default();
            self.tell_parts(&several, self.is_as_meant(whole), &mut room, &mut parts);
            if parts.more == 0 {
                return parts.told;
            }
            room.findings = MOST_FINDINGS;
        }
        vec![self.finding(whole, &mut room)]
    }

    fn finding(&self, condition: Meant, room: &mut Room) -> Finding {
        let condition = self.looked_through(condition);
        let Some(several) = self.several(condition) else { return self.single(condition, room) };
        let holds = self.is_as_meant(condition);
        let mut parts = Parts::default();
        self.tell_parts(&several, holds, room, &mut parts);
        if parts.more == 0 && parts.told.len() == 1 {
            // What a single part decides is told of that part.
            parts.told.swap_remove(0)
        } else {
            let as_meant = several.of.iter().filter(|part| self.is_as_meant(**part)).count();
            let says = self.words.of_several(several.needed, as_meant, several.of.len(), holds);
            Finding { parts: parts.told, more_parts: parts.more, ..self.told(condition, says) }
        }
    }

    /// Tells of the parts that are as the whole is.
    fn tell_parts(&self, several: &Several, holds: bool, room: &mut Room, parts: &mut Parts) {
        let mut seen = HashSet::new();
        for part in &several.of {
            let part = self.looked_through(*part);
            if self.is_as_meant(part) != holds || !seen.insert(part) {
                continue;
            }
            if room.depth == 0 || room.findings == 0 {
                parts.more += 1;
                continue;
            }
            room.depth -= 1;
            let inner = self.several(part).filter(|inner| inner.is_like(several));
            match inner.filter(|_| self.source.let_name(part.0).is_none()) {
                Some(inner) => self.tell_parts(&inner, holds, room, parts),
                None => {
                    room.findings -= 1;
                    let finding = self.finding(part, room);
                    parts.told.push(finding);
                }
            }
            room.depth += 1;
        }
    }

    /// A test that is made of no others, but for `segment`, whose own condition decides it.
    fn single(&self, condition: Meant, room: &mut Room) -> Finding {
        let (id, meant) = condition;
        let holds = self.is_as_meant(condition);
        let Some(found) = self.model.conditions.get(id.index()) else {
            return self.told(condition, String::new());
        };
        let mut events: Option<Evidence> = None;
        let mut parts = Parts::default();
        let says = match &found.kind {
            ConditionKind::Attribute { attribute, test } => {
                self.words.attribute(*attribute, test, self.facts.attribute(*attribute), meant, holds)
            }
            ConditionKind::Events(test) => {
                let found = self.events_found(id, test);
                let says = self.words.events(test, &found, meant, holds);
                events = found.events;
                says
            }
            ConditionKind::Inactive(period) => {
                self.words.inactive(*period, self.reader.last_activity(self.now()), meant, holds)
            }
            ConditionKind::Score { score, comparison, points } => {
                self.words.score(*score, *comparison, *points, self.points(*score), meant)
            }
            ConditionKind::ScoreBetween { score, low, high } => {
                self.words.score_between(*score, (*low, *high), self.points(*score), meant)
            }
            ConditionKind::Band { score, band } => self.band_says(*score, (*band, false), meant),
            ConditionKind::BandAtLeast { score, band } => self.band_says(*score, (*band, true), meant),
            ConditionKind::Segment(segment) => {
                self.tell_segment(*segment, meant, room, &mut parts);
                let name = self.model.segments.get(segment.index()).map_or("", |segment| &segment.name);
                self.words.segment(name, holds == meant)
            }
            // OK because these are made of others.
            ConditionKind::All(_)
            | ConditionKind::Any(_)
            | ConditionKind::AtLeast { .. }
            | ConditionKind::Not(_) => String::new(),
        };
        Finding { events, parts: parts.told, more_parts: parts.more, ..self.told(condition, says) }
    }

    /// What decides that the lead is in a segment or is not.
    fn tell_segment(&self, segment: SegmentIndex, meant: bool, room: &mut Room, parts: &mut Parts) {
        let Some(segment) = self.model.segments.get(segment.index()) else { return };
        let condition = self.looked_through((segment.condition, meant));
        let alone = || Several { needed: 1, of: vec![condition] };
        let several = self.several(condition).filter(Several::wants_all).unwrap_or_else(alone);
        self.tell_parts(&several, self.is_as_meant(condition), room, parts);
    }

    fn band_says(&self, score: ScoreIndex, wanted: (BandIndex, bool), meant: bool) -> String {
        let in_band = self.reading.outcome.bands.get(score.index()).copied().flatten();
        self.words.band(score, wanted, (self.points(score), in_band), meant)
    }

    fn points(&self, score: ScoreIndex) -> Points {
        self.reading.outcome.scores.get(score.index()).copied().unwrap_or_default()
    }

    /// A finding with nothing in it yet but what it says.
    fn told(&self, condition: Meant, says: String) -> Finding {
        let (id, meant) = condition;
        let is_made_of_others = self.several(condition).is_some();
        let name = self.source.let_name(id).filter(|_| is_made_of_others);
        let test = name.map_or_else(|| self.source.condition(id), str::to_owned);
        Finding {
            test: match (meant, is_made_of_others && name.is_none()) {
                (true, _) => test,
                (false, false) => format!("not {test}"),
                (false, true) => format!("not ({test})"),
            },
            place: self.source.condition_place(id),
            holds: self.is_as_meant(condition),
            says,
            events: None,
            parts: Vec::new(),
            more_parts: 0,
        }
    }

    /// What stands under the `not`s of a condition.
    fn looked_through(&self, (mut id, mut meant): Meant) -> Meant {
        // OK because a condition stands behind those that it is made of.
        while let Some(ConditionKind::Not(inner)) = self.kind(id) {
            (id, meant) = (*inner, !meant);
        }
        (id, meant)
    }

    /// How many of which others a condition wants, if it is made of others.
    fn several(&self, (id, meant): Meant) -> Option<Several> {
        let (needed, of) = match self.kind(id)? {
            ConditionKind::All(of) => (of.len(), of),
            ConditionKind::Any(of) => (1, of),
            ConditionKind::AtLeast { count, of } => (*count as usize, of),
            _ => return None,
        };
        // That fewer than so many hold means that of the others enough do not.
        let needed = if meant { needed } else { (of.len() + 1).saturating_sub(needed) };
        Some(Several { needed, of: of.iter().map(|part| (*part, meant)).collect() })
    }

    fn is_as_meant(&self, (id, meant): Meant) -> bool {
        self.holds(id) == meant
    }

    fn kind(&self, id: ConditionId) -> Option<&ConditionKind> {
        self.model.conditions.get(id.index()).map(|condition| &condition.kind)
    }
}
