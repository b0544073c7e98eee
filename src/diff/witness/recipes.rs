//! Recipes: leads that make a condition barely true, and leads that make it barely false.
//!
//! A model goes in; for each of its conditions a few sketches come out for either way, made from those of the
//! conditions it stands on. They are guesses: two tests of one attribute may not go together, points may be swallowed
//! by a bound. Whoever uses one evaluates it. What is made stands on the edge where there is one: as many events as
//! are needed and no more, as old as they may be, the number that is asked for itself.

use std::cell::RefCell;
use std::collections::HashMap;

use super::cells::cells;
use super::sketch::{MOST_PARTS, Plain, Sketch, SketchEvent};
use crate::decimal::{Number, Points};
use crate::model::{
    Aggregate, Bound, ConditionId, ConditionKind, EventTest, LimitPer, Member, Model, Rule, RuleBody,
    RuleIndex, ScoreIndex, ScoreKind, Selector, SubjectPattern, TermId, ValueTest, Window,
};
use crate::time::{DAY, Instant, Period};
use crate::vocabulary::{EventKindId, PropertyId, Type};

/// So many sketches are kept of each condition for either way.
const MOST_WAYS: usize = 3;
/// All sketches of a model together have no more parts: conditions behind that have none.
const MOST_MADE: usize = 200_000;
/// No test is met with more events than this.
const MOST_EVENTS: u64 = 40;
/// A subject for terms that take any.
const SUBJECT: &str = "something";

/// The sketches of one model.
pub(super) struct Recipes<'m> {
    model: &'m Model,
    now: Instant,
    /// By condition: false ways, true ways.
    ways: Vec<[Vec<Sketch>; 2]>,
    made: usize,
    /// By score: the end of the climb and its middle, as far as the ways of its rules are known.
    climbs: RefCell<HashMap<ScoreIndex, [Option<Sketch>; 2]>>,
}

impl<'m> Recipes<'m> {
    pub(super) fn of(model: &'m Model, now: Instant) -> Self {
        let mut recipes = Recipes { model, now, ways: Vec::new(), made: 0, climbs: RefCell::default() };
        recipes.ways = vec![Default::default(); model.conditions.len()];
        // Rules know no scores, segments know scores, gates know both.
        for _ in 0..3 {
            recipes.made = 0;
            recipes.climbs.borrow_mut().clear();
            for (at, condition) in model.conditions.iter().enumerate() {
                let ways = [recipes.make(&condition.kind, false), recipes.make(&condition.kind, true)];
                recipes.made += ways.iter().flatten().map(|way| 1 + way.size()).sum::<usize>();
                if let Some(slot) = recipes.ways.get_mut(at) {
                    *slot = ways;
                }
            }
        }
        recipes
    }

    /// Leads that are to make a condition come out so.
    pub(super) fn condition(&self, id: ConditionId, holds: bool) -> &[Sketch] {
        let ways = self.ways.get(id.index());
        ways.and_then(|ways| ways.get(usize::from(holds))).map_or(&[], Vec::as_slice)
    }

    /// Leads that are to make a rule give its points, or just not.
    pub(super) fn rule(&self, rule: &Rule, holds: bool) -> Vec<Sketch> {
        match &rule.body {
            RuleBody::Condition(id) => self.condition(*id, holds).to_vec(),
            RuleBody::Each { term, window, when, limits } => {
                let when_ways = |holds| match when {
                    Some(when) => self.condition(*when, holds).to_vec(),
                    None if holds => vec![Sketch::default()],
                    None => Vec::new(),
                };
                let most = match limits.per {
                    Some(LimitPer::Day(most) | LimitPer::Subject(most)) => most.min(limits.times),
                    None => limits.times,
                };
                let most = u64::from(most).min(6);
                let mut ways = Vec::new();
                if holds {
                    // As many as count, and one more, which should not.
                    for (count, far) in [(1, false), (most, false), (most + 1, false), (1, true)] {
                        let events = self.events(*term, *window, count, far, Spread::Near);
                        ways.extend(when_ways(true).into_iter().take(1).map(|way| with(way, &events)));
                    }
                } else {
                    let outside = outside(*window);
                    let events =
                        outside.map(|age| self.aged(*term, 1, age, Spread::Near)).unwrap_or_default();
                    ways.extend(when_ways(true).into_iter().take(1).map(|way| with(way, &events)));
                    let events = self.events(*term, *window, 1, false, Spread::Near);
                    ways.extend(when_ways(false).into_iter().take(1).map(|way| with(way, &events)));
                }
                ways
            }
        }
    }

    /// Leads of which the first rules give points, one more with each: by their points, the largest or the smallest
    /// first.
    pub(super) fn climb(&self, score: ScoreIndex, largest_first: bool) -> Vec<Sketch> {
        let mut rules: Vec<(Points, RuleIndex)> = Vec::new();
        let (mut to_do, mut seen) = (vec![score], vec![false; self.model.scores.len()]);
        while let Some(index) = to_do.pop() {
            match seen.get_mut(index.index()) {
                Some(seen) if !*seen => *seen = true,
                _ => continue,
            }
            match self.model.scores.get(index.index()).map(|score| &score.kind) {
                Some(ScoreKind::Derived(parts)) => {
                    to_do.extend(parts.iter().filter(|(weight, _)| *weight > 0).map(|(_, part)| *part));
                }
                Some(ScoreKind::Rules(members)) => rules.extend(
                    members
                        .iter()
                        .flat_map(Member::rules)
                        .filter_map(|index| Some((self.model.rules.get(index.index())?.points, *index))),
                ),
                None => {}
            }
        }
        rules.retain(|(points, _)| *points > Points::ZERO);
        rules.sort_by_key(|(points, index)| (*points, *index));
        if largest_first {
            rules.reverse();
        }
        let (mut lead, mut climb) = (Sketch::default(), Vec::new());
        for (_, index) in rules.into_iter().take(MOST_PARTS) {
            let Some(rule) = self.model.rules.get(index.index()) else { continue };
            let Some(way) = self.rule(rule, true).into_iter().next() else { continue };
            let next = lead.clone().and(&way);
            if next == lead {
                continue;
            }
            lead = next;
            climb.push(lead.clone());
        }
        climb
    }

    /// The end of the climb of a score, and its middle: many conditions ask for the same score.
    fn steps(&self, score: ScoreIndex) -> [Option<Sketch>; 2] {
        if let Some(steps) = self.climbs.borrow().get(&score) {
            return steps.clone();
        }
        let mut climb = self.climb(score, true);
        let last = climb.pop();
        let middle = climb.len() / 2;
        let middle = (middle < climb.len()).then(|| climb.swap_remove(middle));
        let steps = [last, middle];
        self.climbs.borrow_mut().insert(score, steps.clone());
        steps
    }

    fn make(&self, kind: &ConditionKind, holds: bool) -> Vec<Sketch> {
        if self.made > MOST_MADE {
            return Vec::new();
        }
        let mut ways = match kind {
            ConditionKind::All(ids) => self.joined(ids, ids.len(), holds),
            ConditionKind::Any(ids) => self.joined(ids, 1, holds),
            ConditionKind::AtLeast { count, of } => self.joined(of, *count as usize, holds),
            ConditionKind::Not(id) => self.condition(*id, !holds).to_vec(),
            ConditionKind::Attribute { attribute, test } => {
                let known = self.model.vocabulary.attribute(*attribute);
                known.map(|known| self.attribute(&known.name, &known.of, test, holds)).unwrap_or_default()
            }
            ConditionKind::Events(test) => self.event_test(test, holds),
            ConditionKind::Inactive(period) => self.inactive(*period, holds),
            ConditionKind::Segment(segment) => {
                let segment = self.model.segments.get(segment.index());
                segment.map(|segment| self.condition(segment.condition, holds).to_vec()).unwrap_or_default()
            }
            // How far up is not known here: a few steps of the climb, from which a search goes on.
            ConditionKind::Score { score, .. }
            | ConditionKind::ScoreBetween { score, .. }
            | ConditionKind::Band { score, .. }
            | ConditionKind::BandAtLeast { score, .. } => {
                let [last, middle] = self.steps(*score);
                let start = if holds { last } else { Some(Sketch::default()) };
                start.into_iter().chain(middle).collect()
            }
        };
        ways.truncate(MOST_WAYS);
        ways
    }

    /// Of several conditions `needed` are to hold, or one less.
    fn joined(&self, ids: &[ConditionId], needed: usize, holds: bool) -> Vec<Sketch> {
        let way = |id: &ConditionId, holds: bool, at: usize| {
            let ways = self.condition(*id, holds);
            ways.get(at).or(ways.last()).cloned().unwrap_or_default()
        };
        let holding = if holds { needed } else { needed.saturating_sub(1) };
        let ids: Vec<&ConditionId> = ids.iter().take(2 * MOST_PARTS).collect();
        let turns = if ids.len() == holding { 1 } else { MOST_WAYS };
        let mut ways = Vec::new();
        for turn in 0..MOST_WAYS {
            // Each turn lets others hold, or the same in another way.
            let (start, at) = if turns == 1 { (0, turn) } else { (turn % ids.len().max(1), 0) };
            let mut order: Vec<&ConditionId> = ids.clone();
            order.rotate_left(start);
            let (hold, fail) = order.split_at(holding.min(order.len()));
            // What fails first: it is what the others have to leave room for.
            let mut lead = Sketch::default();
            if !holds {
                lead = fail.iter().fold(lead, |lead, id| lead.and(&way(id, false, at)));
            }
            lead = hold.iter().fold(lead, |lead, id| lead.and(&way(id, true, at)));
            if !ways.contains(&lead) {
                ways.push(lead);
            }
        }
        ways
    }

    fn attribute(&self, name: &str, of: &Type, test: &ValueTest, holds: bool) -> Vec<Sketch> {
        let mut ways = Vec::new();
        for value in cells(of, &[test], &[], self.now).values {
            if test.holds(Some(&value), self.now) == holds && ways.len() < MOST_WAYS {
                let mut way = Sketch::default();
                way.attributes.insert(name.to_owned(), Plain::of(&value, of));
                ways.push(way);
            }
        }
        if test.holds(None, self.now) == holds && ways.len() < MOST_WAYS {
            ways.push(Sketch::default());
        }
        ways
    }

    fn event_test(&self, test: &EventTest, holds: bool) -> Vec<Sketch> {
        let mut ways = Vec::new();
        let spread = match test.aggregate {
            Aggregate::Days => Spread::Days,
            Aggregate::Distinct => Spread::Subjects,
            _ => Spread::Near,
        };
        match (&test.aggregate, test.bound) {
            (Aggregate::Sum(properties), Bound::Sum(bound)) => {
                let edges = [0, 1, -1].map(|by| bound.millionths().saturating_add(by));
                for amount in edges.into_iter().filter_map(Number::from_millionths) {
                    if test.comparison.holds(amount, bound) != holds {
                        continue;
                    }
                    let mut events = self.events(test.term, test.window, 1, false, spread);
                    for event in &mut events {
                        self.set_amount(event, properties, amount);
                    }
                    ways.push(with(Sketch::default(), &events));
                }
                if test.comparison.holds(0, bound.millionths()) == holds {
                    ways.push(Sketch::default());
                }
            }
            (_, Bound::Count(bound)) => {
                let counts = [bound, bound.saturating_add(1), bound.saturating_sub(1), 0];
                for count in counts.into_iter().filter(|count| test.comparison.holds(*count, bound) == holds)
                {
                    for far in [false, true] {
                        let events = self.events(test.term, test.window, count, far, spread);
                        ways.push(with(Sketch::default(), &events));
                    }
                    if let (false, Some(age)) = (holds, outside(test.window)) {
                        // All that is wanted is there, too old.
                        ways.push(with(Sketch::default(), &self.aged(test.term, bound, age, spread)));
                    }
                }
            }
            // OK because sums, and only they, are compared with sums.
            (_, Bound::Sum(_)) => {}
        }
        ways
    }

    fn set_amount(&self, event: &mut SketchEvent, properties: &[(EventKindId, PropertyId)], amount: Number) {
        let vocabulary = &self.model.vocabulary;
        for (kind, property) in properties {
            let Some(kind) = vocabulary.kind(*kind).filter(|kind| kind.name == event.kind) else { continue };
            if let Some(property) = kind.property(*property) {
                event.properties.insert(property.name.clone(), Plain::Number(amount));
            }
        }
    }

    fn inactive(&self, period: Period, holds: bool) -> Vec<Sketch> {
        let kind = self.model.vocabulary.kinds.iter().find(|kind| !kind.passive);
        let Some(kind) = kind else { return Vec::new() };
        let age = if holds { period } else { Period::from_micros((period.micros() - SECOND).max(SECOND)) };
        let mut way = Sketch::default();
        let subject = SUBJECT.to_owned();
        way.events.push(SketchEvent {
            kind: kind.name.clone(),
            subject,
            properties: Default::default(),
            age,
        });
        if holds { vec![way] } else { vec![Sketch::default(), way] }
    }

    /// So many events inside a window: near its young end, or as old as it takes them.
    fn events(
        &self,
        term: TermId,
        window: Window,
        count: u64,
        far: bool,
        spread: Spread,
    ) -> Vec<SketchEvent> {
        let second = Period::from_micros(SECOND);
        let day = Period::from_micros(DAY);
        let inside = |from: Period| Period::from_micros(from.micros() - SECOND);
        let age = match (window, far) {
            (Window::Ever, false) => day,
            (Window::Ever, true) => Period::from_micros(400 * DAY),
            (Window::Within(from), false) => inside(from).min(day),
            (Window::Within(from) | Window::Between { from, .. }, true) => inside(from),
            (Window::Between { to, .. }, false) => to,
        };
        self.aged(term, count, age.max(second), spread)
    }

    /// So many events of an age: their subjects, or their days, differ where that is what counts.
    fn aged(&self, term: TermId, count: u64, age: Period, spread: Spread) -> Vec<SketchEvent> {
        let selectors = self.model.terms.get(term.index()).map_or(&[][..], |term| &term.selectors);
        let mut events = Vec::new();
        for at in 0..count.min(MOST_EVENTS) {
            let place = usize::try_from(at).unwrap_or_default();
            // Subjects of one selector where it takes many, else those of all.
            let turn = if spread == Spread::Subjects { place } else { 0 };
            let selector = turn.checked_rem(selectors.len()).and_then(|turn| selectors.get(turn));
            let Some(selector) = selector.and_then(|id| self.model.selectors.get(id.index())) else {
                continue;
            };
            let days = if spread == Spread::Days { i64::try_from(at).unwrap_or_default() * DAY } else { 0 };
            let age = Period::from_micros((age.micros() + days).min(Period::MAX.micros()));
            events.extend(self.event(selector, turn, age));
        }
        events
    }

    /// An event that a selector fits, with a subject of its own for each turn as far as it takes different ones.
    pub(super) fn event(&self, selector: &Selector, turn: usize, age: Period) -> Option<SketchEvent> {
        let kind = self.model.vocabulary.kind(selector.kind)?;
        let number = if turn == 0 { String::new() } else { format!("_{turn}") };
        let pattern = turn.checked_rem(selector.subjects.len()).and_then(|turn| selector.subjects.get(turn));
        let subject = match pattern? {
            SubjectPattern::Any => format!("{SUBJECT}{number}"),
            SubjectPattern::Exact(text) => text.as_str().to_owned(),
            SubjectPattern::Glob(glob) => {
                glob.pattern().replacen('*', &format!("x{number}"), 1).replace('*', "")
            }
        };
        let mut event = SketchEvent { kind: kind.name.clone(), subject, properties: Default::default(), age };
        for (id, test) in &selector.tests {
            let Some(property) = kind.property(*id) else { continue };
            // Several tests of one property have to pass together.
            let tests: Vec<&ValueTest> =
                selector.tests.iter().filter(|(of, _)| of == id).map(|(_, it)| it).collect();
            let values = cells(&property.of, &tests, &[], self.now).values;
            let passes =
                |value: &&crate::lead::Value| tests.iter().all(|test| test.holds(Some(value), self.now));
            if let Some(value) = values.iter().find(passes).filter(|_| !test.holds(None, self.now)) {
                event.properties.insert(property.name.clone(), Plain::of(value, &property.of));
            }
        }
        Some(event)
    }
}

/// How events of one test differ from each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spread {
    Near,
    Subjects,
    Days,
}

const SECOND: i64 = 1_000_000;

/// The age at which an event has just left a window.
fn outside(window: Window) -> Option<Period> {
    match window {
        Window::Ever => None,
        Window::Within(from) | Window::Between { from, .. } => Some(from),
    }
}

fn with(way: Sketch, events: &[SketchEvent]) -> Sketch {
    way.and(&Sketch { events: events.to_vec(), ..Sketch::default() })
}
