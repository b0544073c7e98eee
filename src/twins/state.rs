//! A state gives what the full history gives, however the history is split up and in whatever order it comes.

use super::compare::{Compiled, for_all};
use super::dice::Dice;
use super::leads::{Given, GivenEvent, GivenLead};
use super::rules;
use crate::RuleSet;
use crate::lead::{Facts, Input};
use crate::rule_set::NewEvent;
use crate::score::Outcome;
use crate::state::{Keeper, LeadState};
use crate::time::{Instant, Period};
use crate::vocabulary::Vocabulary;

/// Something that goes into a state.
#[derive(Clone)]
enum Step {
    Event { event: GivenEvent, now: Instant },
    Write { attribute: String, value: Given, at: Instant },
}

/// A lead's history as it may reach a state: the steps in some order, and the horizon that they lead to.
struct History {
    lead: GivenLead,
    steps: Vec<Step>,
    facts: Facts,
    horizon: Instant,
}

fn earlier(at: Instant, micros: i64) -> Instant {
    let at = at.minus(Period::from_micros(micros));
    Instant::from_micros(at.micros()).unwrap_or_else(|| Instant::parse("0001-01-01").unwrap())
}

impl History {
    fn of(compiled: &Compiled<'_>, dice: &mut Dice) -> History {
        let (mut lead, now) = (compiled.case.lead.clone(), compiled.case.now);
        let vocabulary = &compiled.rules.compiled.model.vocabulary;
        lead.events.retain(|event| vocabulary.kind_id(&event.kind).is_some());
        lead.attributes.retain(|(name, _)| vocabulary.attribute_id(name).is_some());
        more_events(&mut lead, dice);
        one_event_an_id(&mut lead);
        let facts = lead.facts(vocabulary);
        let day = 86_400_000_000;
        let back = *dice.pick(&[0, 0, 1, day, 7 * day, 30 * day, 400 * day]);
        let horizon = earlier(now, back);
        let mut steps = Vec::new();
        for event in &lead.events {
            let now = earlier(horizon, *dice.pick(&[0, 1, 3 * day, 40 * day]));
            steps.push(Step::Event { event: event.clone(), now });
        }
        for (attribute, value) in &lead.attributes {
            let write =
                |value: &Given, at| Step::Write { attribute: attribute.clone(), value: value.clone(), at };
            steps.push(write(value, now));
            if dice.chance(50) {
                steps.push(write(&other_value(value), earlier(now, 1)));
            }
        }
        dice.shuffle(&mut steps);
        History { lead, steps, facts, horizon }
    }

    fn all_have_ids(&self) -> bool {
        self.lead.events.iter().all(|event| event.id.as_deref().is_some_and(|id| !id.is_empty()))
    }

    /// The state of some of the steps.
    fn state(&self, keeper: &mut Keeper, steps: &[Step], dice: &mut Dice) -> Result<LeadState, String> {
        let mut state = keeper.new_state("L-1");
        for step in steps {
            take(keeper, &mut state, step).map_err(|error| error.to_string())?;
            if dice.chance(10) {
                keeper.settle(&mut state).map_err(|error| error.to_string())?;
            }
        }
        Ok(state)
    }

    /// The state of all steps: in one part, or merged from several.
    fn whole(&self, keeper: &mut Keeper, parts: usize, dice: &mut Dice) -> Result<LeadState, String> {
        let mut of_parts: Vec<Vec<Step>> = vec![Vec::new(); parts];
        for step in &self.steps {
            let part = dice.below(parts);
            of_parts[part].push(step.clone());
            // A delivery made twice, to the same part or to another.
            let again = match step {
                Step::Event { event, .. } => event.id.as_deref().is_some_and(|id| !id.is_empty()),
                Step::Write { .. } => true,
            };
            if again && dice.chance(50) {
                let part = dice.below(parts);
                of_parts[part].push(step.clone());
            }
        }
        let mut states = Vec::new();
        for steps in &mut of_parts {
            dice.shuffle(steps);
            states.push(self.state(keeper, steps, dice)?);
        }
        let last = dice.below(parts);
        keeper.advance(&mut states[last], self.horizon.into()).unwrap();
        while states.len() > 1 {
            let other = states.swap_remove(dice.below(states.len()));
            let into = dice.below(states.len());
            keeper.merge(&mut states[into], &other).map_err(|error| error.to_string())?;
        }
        let mut state = states.remove(0);
        let facts = &self.facts;
        keeper
            .set_stage(&mut state, facts.stage, facts.stage_since.map(Into::into), self.horizon.into())
            .unwrap();
        Ok(state)
    }
}

/// Adds events much like those that are there, so that there are more than rules ask for: at times all with ids,
/// at times none.
fn more_events(lead: &mut GivenLead, dice: &mut Dice) {
    let hour = 3_600_000_000;
    let count = if lead.events.is_empty() { 0 } else { dice.below(40) };
    for _ in 0..count {
        let mut event = dice.pick(&lead.events).clone();
        event.at = earlier(event.at, *dice.pick(&[0, 0, 1, hour, 24 * hour, 40 * hour]));
        lead.events.push(event);
    }
    let ids = dice.below(3);
    for event in &mut lead.events {
        match ids {
            0 => event.id = Some("e".to_owned()),
            1 => event.id = None,
            _ => {}
        }
    }
}

impl GivenLead {
    /// Whether both vocabularies know the same of what the lead has.
    fn means_the_same(&self, one: &Vocabulary, other: &Vocabulary) -> bool {
        let attribute = |of: &Vocabulary, name: &str| {
            of.attribute_id(name).and_then(|id| of.attribute(id)).map(|attribute| attribute.of.clone())
        };
        let kind = |of: &Vocabulary, name: &str| of.kind_id(name).and_then(|id| of.kind(id)).cloned();
        self.attributes.iter().all(|(name, _)| attribute(one, name) == attribute(other, name))
            && self.events.iter().all(|event| match (kind(one, &event.kind), kind(other, &event.kind)) {
                (Some(one), Some(other)) => {
                    one.passive == other.passive && one.properties == other.properties
                }
                _ => false,
            })
    }
}

/// Events that share an id with another become events with an id of their own.
fn one_event_an_id(lead: &mut GivenLead) {
    for (number, event) in lead.events.iter_mut().enumerate() {
        if let Some(id) = event.id.as_mut().filter(|id| !id.is_empty()) {
            *id = match number % 3 {
                0 => format!("{id}-{number}"),
                1 => format!("00000000-0000-4000-8000-{number:012}"),
                _ => format!("an id that is too long to stand in a state as it is, {number}"),
            };
        }
    }
}

/// Another value, of the same type.
fn other_value(value: &Given) -> Given {
    match value {
        Given::Flag(flag) => Given::Flag(!flag),
        Given::Date(date) => Given::Date(earlier(*date, 5)),
        Given::Set(items) => Given::Set(items.iter().skip(1).cloned().collect()),
        Given::Text(_) => Given::Text(String::new()),
        Given::Number(_) => Given::Number("77".parse().unwrap()),
    }
}

fn take(keeper: &mut Keeper, state: &mut LeadState, step: &Step) -> Result<(), crate::StateError> {
    match step {
        Step::Event { event, now } => {
            keeper.record(state, &new_event(event, keeper.vocabulary()), (*now).into())
        }
        Step::Write { attribute, value, at } => {
            let attribute = keeper.attribute(attribute)?;
            keeper.set(state, attribute, input(value), (*at).into())
        }
    }
}

pub(super) fn new_event<'e>(event: &'e GivenEvent, vocabulary: &Vocabulary) -> NewEvent<'e> {
    let mut new = NewEvent::new(&event.kind, &event.subject, event.at.into());
    let kind = vocabulary.kind(vocabulary.kind_id(&event.kind).unwrap()).unwrap();
    for (name, value) in event.properties.iter().filter(|(name, _)| kind.property_id(name).is_some()) {
        new = new.property(name, input(value));
    }
    new.id(event.id.as_deref().unwrap_or(""))
}

pub(super) fn input(value: &Given) -> Input<'_> {
    match value {
        Given::Text(text) => text.into(),
        Given::Number(number) => (*number).into(),
        Given::Flag(flag) => (*flag).into(),
        Given::Date(date) => Input::Instant((*date).into()),
        Given::Set(items) => items.into(),
    }
}

/// What a state gives.
fn outcome(compiled: &Compiled<'_>, state: &LeadState, now: Instant) -> Result<Outcome, String> {
    let mut evaluator = compiled.rules.evaluator();
    let evaluation = evaluator.evaluate_state(state, now.into()).map_err(|error| error.to_string())?;
    Ok(evaluation.outcome().clone())
}

/// Holds states against the plain reading of the full history: fed in random order, in one part and merged from
/// several, settled, and stored as JSON and adopted again.
#[cfg(feature = "json")]
pub(super) fn states_agree(compiled: &Compiled<'_>, dice: &mut Dice) -> Result<(), String> {
    let history = History::of(compiled, dice);
    let mut keeper = compiled.rules.keeper();
    let mut states = Vec::new();
    for parts in [1, 3] {
        let state = history.whole(&mut keeper, parts, dice)?;
        let mut settled = state.clone();
        keeper.settle(&mut settled).map_err(|error| error.to_string())?;
        let stored = keeper.store(&state).map_err(|error| error.to_string())?;
        let text = serde_json::to_string(&stored).map_err(|error| error.to_string())?;
        let read = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        let adopted = keeper.adopt(&read).map_err(|error| error.to_string())?;
        states.extend([
            ("as it came", parts, state),
            ("settled", parts, settled),
            ("stored", parts, adopted),
        ]);
    }
    let mut now = history.horizon;
    for _ in 0..3 {
        let plain = compiled.plainly(&history.facts, now);
        for (what, parts, state) in &states {
            let kept = outcome(compiled, state, now)?;
            compiled
                .equal("plain reading of the full history, then state:", &plain, &kept)
                .map_err(|error| format!("{parts} parts, {what}, at {now}, {error}\n{}", history.lead))?;
        }
        let Some(until) = plain.valid_until else { break };
        now = until;
    }
    Ok(())
}

#[test]
fn a_state_gives_what_the_full_history_gives() {
    for_all(30, |compiled| {
        let mut dice =
            Dice::new(compiled.facts.events.len() as u64 + compiled.case.pieces.len() as u64 * 100);
        let history = History::of(compiled, &mut dice);
        let mut keeper = compiled.rules.keeper();
        for parts in [1, 3] {
            let state = history.whole(&mut keeper, parts, &mut dice)?;
            let mut settled = state.clone();
            keeper.settle(&mut settled).unwrap();
            for start in [history.horizon, compiled.case.now] {
                let mut now = start;
                for _ in 0..4 {
                    let full = compiled.core(&history.facts, now);
                    for (what, state) in [("as it came", &state), ("settled", &settled)] {
                        let kept = outcome(compiled, state, now)?;
                        compiled
                            .equal("full history, then state:", &full, &kept)
                            .map_err(|error| format!("{parts} parts, {what}, at {now}, {error}"))?;
                    }
                    match full.valid_until {
                        Some(until) => now = until,
                        None => break,
                    }
                }
            }
        }
        Ok(())
    });
}

#[test]
fn states_of_parts_merge_into_that_of_the_whole() {
    for_all(31, |compiled| {
        let mut dice = Dice::new(compiled.facts.events.len() as u64 * 7 + 1);
        let history = History::of(compiled, &mut dice);
        let mut keeper = compiled.rules.keeper();
        let first = history.whole(&mut keeper, 1, &mut dice)?;
        let first = keeper.store(&first).unwrap();
        for parts in [1, 2, 4] {
            let mut merged = history.whole(&mut keeper, parts, &mut dice)?;
            if parts == 2 {
                keeper.settle(&mut merged).unwrap();
            }
            let mut stored = keeper.store(&merged).unwrap();
            if stored != first {
                return Err(format!("in one part, then in {parts}:\n{first:#?}\n{stored:#?}"));
            }
            if history.all_have_ids() {
                let again = merged.clone();
                keeper.merge(&mut merged, &again).unwrap();
                stored = keeper.store(&merged).unwrap();
                if stored != first {
                    return Err(format!("once, then merged with itself:\n{first:#?}\n{stored:#?}"));
                }
            }
        }
        Ok(())
    });
}

#[test]
fn a_settled_state_is_no_larger_than_its_bound() {
    for_all(34, |compiled| {
        let mut dice = Dice::new(compiled.case.to_string().len() as u64 + 4);
        let history = History::of(compiled, &mut dice);
        let mut keeper = compiled.rules.keeper();
        let mut state = history.whole(&mut keeper, 1, &mut dice)?;
        // When all events have come.
        let last = history.facts.events.iter().map(|event| event.at).max();
        keeper.advance(&mut state, last.max(Some(history.horizon)).unwrap().into()).unwrap();
        keeper.settle(&mut state).unwrap();
        let bound = compiled.rules.state_bound();
        let has_ids =
            history.lead.events.iter().any(|event| event.id.as_deref().is_some_and(|id| !id.is_empty()));
        let most = if has_ids { bound.bytes } else { bound.bytes_without_ids };
        let size = (state.memory() - state.id().len()) as u64;
        if most.is_some_and(|most| size > most) {
            return Err(format!("{size} bytes, though:\n{bound}"));
        }
        Ok(())
    });
}

#[test]
#[cfg(feature = "json")]
fn what_is_stored_reads_back_as_it_was() {
    for_all(32, |compiled| {
        let mut dice = Dice::new(compiled.facts.events.len() as u64 * 3 + 2);
        let history = History::of(compiled, &mut dice);
        let mut keeper = compiled.rules.keeper();
        let state = history.whole(&mut keeper, 2, &mut dice)?;
        let stored = keeper.store(&state).unwrap();
        let text = serde_json::to_string(&stored).map_err(|error| error.to_string())?;
        let read = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        let adopted = keeper.adopt(&read).map_err(|error| error.to_string())?;
        if stored != read || keeper.store(&adopted).unwrap() != stored {
            return Err(format!("stored, then read back:\n{stored:#?}\n{read:#?}\n{adopted:#?}"));
        }
        let now = compiled.case.now;
        let (full, kept) = (compiled.core(&history.facts, now), outcome(compiled, &adopted, now)?);
        compiled.equal("full history, then adopted state:", &full, &kept)
    });
}

#[test]
fn another_rule_set_takes_over_what_it_asks_in_the_same_way() {
    for_all(33, |compiled| {
        let mut dice = Dice::new(compiled.case.pieces.len() as u64 * 5 + 3);
        let history = History::of(compiled, &mut dice);
        let state = history.whole(&mut compiled.rules.keeper(), 2, &mut dice)?;
        let stored = compiled.rules.keeper().store(&state).unwrap();
        // One statement less, or another order of them.
        let mut pieces = compiled.case.pieces.clone();
        if pieces.is_empty() || dice.chance(30) {
            dice.shuffle(&mut pieces);
        } else {
            pieces.remove(dice.below(pieces.len()));
        }
        // Both ways: what one asks for more, the other asks for less.
        let Ok(rules) = RuleSet::compile(&rules::render(&pieces)) else { return Ok(()) };
        let facts = history.lead.facts(&rules.compiled.model.vocabulary);
        let changed = Compiled { case: compiled.case, rules, facts };
        if !history.lead.means_the_same(&compiled.model().vocabulary, &changed.model().vocabulary) {
            return Ok(());
        }
        let mut keeper = changed.rules.keeper();
        let mut there = history.whole(&mut keeper, 1, &mut dice)?;
        let back = keeper.store(&there).unwrap();
        let mut state = keeper.adopt(&stored).map_err(|error| error.to_string())?;
        take_over(&history, &changed, &mut keeper, &mut state)?;
        let mut keeper = compiled.rules.keeper();
        there = keeper.adopt(&back).map_err(|error| error.to_string())?;
        take_over(&history, compiled, &mut keeper, &mut there)
    });
}

/// Rebuilds what is missing of a state from the history, and looks whether all is there then.
fn take_over(
    history: &History,
    compiled: &Compiled<'_>,
    keeper: &mut Keeper,
    state: &mut LeadState,
) -> Result<(), String> {
    let now = compiled.case.now;
    let refused = compiled.rules.evaluator().evaluate_state(state, now.into()).is_err();
    if refused != state.must_be_rebuilt() {
        return Err("a state is evaluated though it must be rebuilt, or the other way round".to_owned());
    }
    let parts = keeper.parts(state).unwrap();
    for step in history.steps.iter().filter(|_| refused) {
        match step {
            Step::Event { event, now } => {
                let event = new_event(event, keeper.vocabulary());
                keeper.replay(state, &event, (*now).into()).map_err(|error| error.to_string())?;
            }
            Step::Write { .. } => take(keeper, state, step).map_err(|error| error.to_string())?,
        }
    }
    keeper.rebuilt(state).unwrap();
    let facts = history.lead.facts(keeper.vocabulary());
    let (full, kept) = (compiled.core(&facts, now), outcome(compiled, state, now)?);
    compiled
        .equal("full history, then rebuilt state:", &full, &kept)
        .map_err(|error| format!("{error}\n{parts:?}"))
}
