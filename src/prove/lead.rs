//! From settled assumptions to a lead: a value for every attribute that is asked for, and the fewest events that
//! give every measure what it needs. What comes out may still not be as wished; whoever asks for it looks.

use super::events::Measure;
use super::state::State;
use super::values::{Fit, Wanted, fit, nows};
use super::{Limits, Prover};
use crate::explain::{fits, keeps};
use crate::lead::{Event, Facts, Stage, Text, Value};
use crate::model::{
    Aggregate, Bound, Comparison, EventTest, NumberTest, Selector, SelectorId, SubjectPattern, TermId,
    ValueTest, Window,
};
use crate::time::{DAY, Instant, Period};
use crate::vocabulary::{EventKindId, PropertyId, Type};

/// 2026-11-01T00:00:00Z, at which leads are made unless something asks for another instant.
const NOW: i64 = 1_793_491_200_000_000;
/// A lead is given no more events.
const MOST_EVENTS: usize = 120;
const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3_600 * SECOND;

/// Adds to assumptions what limits ask for.
pub(super) fn limit<'m>(prover: &Prover<'m>, state: &mut State<'m>, limits: Limits) {
    let Some(most) = limits.events.and_then(|most| u64::try_from(most).ok()) else { return };
    // With very many terms the limit is kept to in making the lead alone.
    const MOST_TERMS: usize = 200;
    if prover.model.terms.len() > MOST_TERMS {
        return;
    }
    for (term, _) in (0..).zip(&prover.model.terms) {
        let test = EventTest {
            term: TermId(term),
            aggregate: Aggregate::Count,
            window: Window::Ever,
            comparison: Comparison::LessOrEqual,
            bound: Bound::Count(most),
        };
        state.assume_events(test, true);
    }
}

/// The instants at which to make a lead: one like any other, the middle of its day, and those that dates ask for.
pub(super) fn instants(state: &State<'_>) -> Vec<Instant> {
    let asked = state.attributes.values().filter(|wanted| {
        let has = |relative: bool| {
            wanted
                .iter()
                .any(|(test, _)| matches!(test, ValueTest::Date(_)) && test.depends_on_time() == relative)
        };
        has(true) && has(false)
    });
    let usual = [NOW, NOW + DAY / 2].into_iter().filter_map(Instant::from_micros);
    usual.chain(asked.flat_map(|wanted| nows(wanted))).collect()
}

/// A lead for settled assumptions at `now`.
pub(super) fn make<'m>(
    prover: &Prover<'m>,
    state: &State<'m>,
    now: Instant,
    limits: Limits,
) -> Option<Facts> {
    let idle = state.idle_test();
    let mut attributes: Vec<Option<Value>> = vec![None; prover.model.vocabulary.attributes.len()];
    for (id, wanted) in &state.attributes {
        let mut wanted: Vec<Wanted<'_>> = wanted.clone();
        wanted
            .extend(idle.as_ref().filter(|_| prover.model.created_at == Some(*id)).map(|idle| (idle, false)));
        let of = &prover.model.vocabulary.attribute(*id)?.of;
        let Fit::Value(value) = fit(of, &wanted, now, prover.budget()) else { return None };
        *attributes.get_mut(id.0 as usize)? = value;
    }
    let measures = state.measures(prover)?;
    let most = limits.events.unwrap_or(MOST_EVENTS);
    let mut making = Making {
        prover,
        now,
        idle: state.idle(),
        ages: ages(&measures, state),
        cost: measures.iter().map(|measure| prover.selectors_of(measure.term).len() + 1).sum(),
        measures,
        events: Vec::new(),
        most,
    };
    making.meet_measures()?;
    let created_at = prover.model.created_at;
    if let Some(idle) = state.idle()
        && making.last_activity(&attributes).is_none()
    {
        // Somebody of whom nothing is known is not inactive.
        let free = created_at.filter(|id| !state.attributes.contains_key(id));
        match free.and_then(|id| attributes.get_mut(id.0 as usize)) {
            Some(slot) => *slot = Instant::from_micros(now.minus(idle).micros() - DAY).map(Value::Date),
            None => making.add_activity(|age| age >= idle.micros())?,
        }
    }
    if let (Some(busy), Some(last)) = (state.busy(), making.last_activity(&attributes))
        && last <= now.minus(busy)
    {
        making.add_activity(|age| age < busy.micros())?;
    }
    let mut events = making.events;
    events.sort_by_key(|event| event.at);
    Some(Facts { id: String::new(), attributes, events, stage: Stage::Lead, stage_since: None })
}

/// Ages, in microseconds, at which events may be put: whole days and what stands next to the edges of windows.
fn ages(measures: &[Measure], state: &State<'_>) -> Vec<i64> {
    let edges = measures.iter().flat_map(|measure| match measure.window {
        Window::Ever => [None, None],
        Window::Within(period) => [Some(period), None],
        Window::Between { from, to } => [Some(from), Some(to)],
    });
    let edges = edges.flatten().chain(state.idle()).chain(state.busy()).map(Period::micros);
    let beside = |edge: i64| {
        let days = edge / DAY * DAY;
        [
            edge,
            days,
            edge - DAY,
            edge - HOUR,
            edge - SECOND,
            edge + DAY,
            edge + HOUR,
            edge / 2 / SECOND * SECOND,
        ]
    };
    let days = (1..=MOST_EVENTS).filter_map(|day| i64::try_from(day).ok()).map(|day| day * DAY);
    let mut ages: Vec<i64> = edges.flat_map(beside).chain(days).chain([SECOND, HOUR]).collect();
    ages.retain(|age| *age >= SECOND);
    ages.sort_unstable_by_key(|age| (age % DAY != 0, *age));
    ages.dedup();
    ages
}

/// The events of a lead in the making.
struct Making<'p, 'm> {
    prover: &'p Prover<'m>,
    now: Instant,
    idle: Option<Period>,
    ages: Vec<i64>,
    measures: Vec<Measure>,
    /// What holding one event against all measures costs.
    cost: usize,
    events: Vec<Event>,
    most: usize,
}

impl Making<'_, '_> {
    /// Adds events until every measure has what it needs.
    fn meet_measures(&mut self) -> Option<()> {
        loop {
            if !self.prover.budget().take(self.cost.saturating_mul(self.events.len())) {
                return None;
            }
            let unmet = self.measures.iter().find(|measure| !measure.takes(self.value(measure)));
            let Some(unmet) = unmet.cloned() else { return Some(()) };
            if self.events.len() >= self.most {
                return None;
            }
            let event = self.next_event(&unmet)?;
            self.events.push(event);
        }
    }

    /// An event that brings a measure on and takes none beyond what it may be.
    fn next_event(&self, measure: &Measure) -> Option<Event> {
        let before = self.value(measure);
        let model = self.prover.model;
        let selectors = self.prover.selectors_of(measure.term).iter();
        let ages: Vec<i64> = self
            .ages
            .iter()
            .copied()
            .filter(|age| keeps(measure.window, self.now.minus(Period::from_micros(*age)), self.now))
            .collect();
        for selector in selectors.filter_map(|selector: &SelectorId| model.selectors.get(selector.index())) {
            let Some(properties) = self.properties(selector, measure, before) else { continue };
            for subject in self.subjects(selector) {
                // One after the other on different days.
                let from = self.events.len() % ages.len().clamp(1, 14);
                for age in ages.iter().cycle().skip(from).take(ages.len()) {
                    if !self.prover.budget().take(4) {
                        return None;
                    }
                    let Some(event) = self.event(selector.kind, &subject, &properties, *age) else {
                        continue;
                    };
                    if !fits(selector, &event) || !self.allows(&event) {
                        continue;
                    }
                    let after = self.value_with(measure, &event);
                    let is_nearer = match measure.aggregate {
                        Aggregate::Sum(_) => after != before,
                        _ => after > before,
                    };
                    if is_nearer {
                        return Some(event);
                    }
                }
            }
        }
        None
    }

    fn event(
        &self,
        kind: EventKindId,
        subject: &str,
        properties: &[(PropertyId, Value)],
        age: i64,
    ) -> Option<Event> {
        let is_passive = self.prover.model.vocabulary.kind(kind)?.passive;
        if !is_passive && self.idle.is_some_and(|idle| age < idle.micros()) {
            return None;
        }
        let at = Instant::from_micros(self.now.micros() - age)?;
        Some(Event { kind, subject: Text::new(subject), at, properties: properties.to_vec(), id: None })
    }

    /// Whether no measure is taken too far by one more event.
    fn allows(&self, event: &Event) -> bool {
        let cost = self.cost.saturating_mul(self.events.len() + 1);
        self.prover.budget().take(cost)
            && self.measures.iter().all(|measure| {
                matches!(measure.aggregate, Aggregate::Sum(_))
                    || self.value_with(measure, event) <= measure.high
            })
    }

    /// Subjects that fit a selector, those that no event has yet among them.
    fn subjects(&self, selector: &Selector) -> Vec<String> {
        const MOST_SUBJECTS: usize = 24;
        let name = self.prover.model.vocabulary.kind(selector.kind).map_or("", |kind| kind.subject.as_str());
        let used = self.events.len();
        let numbered = |pattern: &str| {
            let fill = |with: &str| pattern.replace('*', with);
            [fill(""), fill(&format!("{}", used + 1)), fill("a"), fill("b")]
        };
        let all = selector.subjects.iter().take(MOST_SUBJECTS).flat_map(|pattern| match pattern {
            SubjectPattern::Exact(exact) => vec![exact.as_str().to_owned()],
            SubjectPattern::Glob(glob) => numbered(glob.pattern()).into(),
            SubjectPattern::Any => {
                let known = self.prover.subjects_of(selector.kind);
                let mut all = vec![name.to_owned(), format!("{name}_{}", used + 1)];
                all.extend(known.into_iter().take(MOST_SUBJECTS));
                all
            }
        });
        all.collect()
    }

    /// Values for the properties that a selector tests or a measure adds up.
    fn properties(
        &self,
        selector: &Selector,
        measure: &Measure,
        before: i128,
    ) -> Option<Vec<(PropertyId, Value)>> {
        let mut tested: Vec<PropertyId> = selector.tests.iter().map(|(property, _)| *property).collect();
        let summed = match &measure.aggregate {
            Aggregate::Sum(of) => {
                of.iter().find(|(kind, _)| *kind == selector.kind).map(|(_, property)| *property)
            }
            _ => None,
        };
        tested.extend(summed);
        tested.sort_unstable();
        tested.dedup();
        let mut values = Vec::new();
        for property in tested {
            let of = super::terms::property_type(self.prover.model, selector, property);
            let wanted = super::terms::tests_of(selector, property);
            let fitted = if summed == Some(property) {
                self.summand(&of, &wanted, measure, before)
            } else {
                fit(&of, &wanted, self.now, self.prover.budget())
            };
            let Fit::Value(value) = fitted else { return None };
            values.extend(value.map(|value| (property, value)));
        }
        Some(values)
    }

    /// A number that takes a sum to where it has to be, or as far as one number can.
    fn summand(&self, of: &Type, wanted: &[Wanted<'_>], measure: &Measure, before: i128) -> Fit {
        let goal = if before < measure.low { measure.low } else { measure.high.min(before - 1) };
        let missing = i64::try_from(goal - before).ok().and_then(crate::decimal::Number::from_millionths);
        let Some(missing) = missing else { return Fit::Unknown };
        let upwards = missing.millionths() > 0;
        let beyond = if upwards { Comparison::GreaterOrEqual } else { Comparison::LessOrEqual };
        let towards = if upwards { Comparison::Greater } else { Comparison::Less };
        let zero = crate::decimal::Number::default();
        for test in [
            NumberTest::Compare(Comparison::Equal, missing),
            NumberTest::Compare(beyond, missing),
            NumberTest::Compare(towards, zero),
        ] {
            let test = ValueTest::Number(test);
            let all: Vec<Wanted<'_>> = wanted.iter().copied().chain([(&test, true)]).collect();
            if let Fit::Value(value) = fit(of, &all, self.now, self.prover.budget()) {
                return Fit::Value(value);
            }
        }
        Fit::Unknown
    }

    /// Adds an event that counts as activity.
    fn add_activity(&mut self, is_right: impl Fn(i64) -> bool) -> Option<()> {
        if self.events.len() >= self.most {
            return None;
        }
        let kinds = (0..).zip(&self.prover.model.vocabulary.kinds).filter(|(_, kind)| !kind.passive);
        for (id, kind) in kinds {
            for age in self.ages.iter().filter(|age| is_right(**age)) {
                let event = self.event(EventKindId(id), &kind.subject, &[], *age);
                if let Some(event) = event.filter(|event| self.allows(event)) {
                    self.events.push(event);
                    return Some(());
                }
            }
        }
        None
    }

    /// What `inactive for` looks at.
    fn last_activity(&self, attributes: &[Option<Value>]) -> Option<Instant> {
        let model = self.prover.model;
        let passive = |event: &&Event| model.vocabulary.kind(event.kind).is_none_or(|kind| kind.passive);
        let events = self.events.iter().filter(|event| !passive(event)).map(|event| event.at);
        let created_at = model.created_at.and_then(|id| match attributes.get(id.0 as usize) {
            Some(Some(Value::Date(date))) if *date <= self.now => Some(*date),
            _ => None,
        });
        events.chain(created_at).max()
    }

    fn value(&self, measure: &Measure) -> i128 {
        self.measured(measure, self.events.iter())
    }

    fn value_with(&self, measure: &Measure, event: &Event) -> i128 {
        self.measured(measure, self.events.iter().chain([event]))
    }

    fn measured<'e>(&self, measure: &Measure, events: impl Iterator<Item = &'e Event>) -> i128 {
        let model = self.prover.model;
        let matches = |event: &Event| {
            let mut selectors = self.prover.selectors_of(measure.term).iter();
            selectors.any(|id| model.selectors.get(id.index()).is_some_and(|selector| fits(selector, event)))
        };
        let kept = events.filter(|event| keeps(measure.window, event.at, self.now) && matches(event));
        let distinct =
            |all: std::collections::HashSet<String>| i128::try_from(all.len()).unwrap_or(i128::MAX);
        match &measure.aggregate {
            Aggregate::Count => i128::try_from(kept.count()).unwrap_or(i128::MAX),
            Aggregate::Distinct => distinct(kept.map(|event| event.subject.folded().to_owned()).collect()),
            Aggregate::Days => distinct(kept.map(|event| event.at.day().to_string()).collect()),
            Aggregate::Sum(of) => kept
                .map(|event| {
                    let property =
                        of.iter().find(|(kind, _)| *kind == event.kind).map(|(_, property)| *property);
                    match property.and_then(|property| event.property(property)) {
                        Some(Value::Number(number)) => i128::from(number.millionths()),
                        _ => 0,
                    }
                })
                .sum(),
        }
    }
}

impl Prover<'_> {
    /// The selectors of a term.
    fn selectors_of(&self, term: TermId) -> &[SelectorId] {
        self.model.terms.get(term.index()).map_or(&[], |term| &term.selectors)
    }

    /// Subjects that the rule set names for events of a kind.
    fn subjects_of(&self, kind: EventKindId) -> Vec<String> {
        let selectors = self.model.selectors.iter().filter(|selector| selector.kind == kind).take(64);
        let exact = selectors.flat_map(|selector| &selector.subjects).filter_map(|pattern| match pattern {
            SubjectPattern::Exact(exact) => Some(exact.as_str().to_owned()),
            _ => None,
        });
        exact.collect()
    }
}
