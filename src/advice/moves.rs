//! The single changes that may help: events that fit the terms which a gate depends on, and values of the
//! attributes that it tests.

use super::reach::{Reach, TermUse, Tests};
use super::step::{EventStep, Likelihood, Relation, Step, StepSubject};
use super::values::{self, Candidate, MOST_VALUES};
use crate::decimal::{MILLIONTHS, Number};
use crate::lead::{Facts, Value};
use crate::model::{Model, Selector, SubjectPattern, ValueTest};
use crate::time::Instant;
use crate::vocabulary::{AttributeId, EventKind, PropertyId};

/// A change to try.
#[derive(Clone, Debug)]
pub(super) struct Move {
    pub(super) step: Step,
    pub(super) likelihood: Likelihood,
    /// So many more of it are the most that can matter.
    pub(super) most: u32,
}

/// The changes to try, and whether there would have been more than are worth trying.
#[derive(Default)]
pub(super) struct Moves {
    pub(super) list: Vec<Move>,
    pub(super) cut: bool,
}

/// More events of one sort than this are not proposed.
const MOST_EVENTS: u64 = 1_000;
/// More changes than this are not tried for one lead.
const MOST_MOVES: usize = 1_000;
/// More sorts of events than this are not tried for one term.
const MOST_PER_TERM: usize = 32;

impl Moves {
    /// How likely a step is that one of these is made of.
    pub(super) fn likelihood(&self, step: &Step) -> Likelihood {
        let of_it = |one: &&Move| match (&one.step, step) {
            (Step::Events(_), Step::Events(_)) => one.step.about() == step.about(),
            (one, step) => one == step,
        };
        self.list.iter().find(of_it).map_or(Likelihood::WouldHaveToBe, |one| one.likelihood)
    }
}

/// Everything to try on a lead at `now`: events first.
pub(super) fn moves(model: &Model, reach: &Reach<'_>, facts: &Facts, now: Instant) -> Moves {
    let mut moves = Moves::default();
    for (term, used) in &reach.terms {
        let selectors = model.terms.get(term.index()).map_or(&[][..], |term| &term.selectors);
        let mut of_term = Vec::new();
        for selector in selectors.iter().filter_map(|selector| model.selectors.get(selector.index())) {
            if of_term.len() < MOST_PER_TERM {
                events(model, selector, used, &mut of_term);
            } else {
                moves.cut = true;
            }
        }
        for one in of_term {
            // The same event may be asked for in many places.
            let room = moves.list.len() < MOST_MOVES;
            match moves.list.iter_mut().find(|other| other.step == one.step) {
                Some(other) => other.most = other.most.max(one.most),
                None if room => moves.list.push(one),
                None => moves.cut = true,
            }
        }
    }
    for attribute in reach.attributes.keys() {
        if moves.list.len() >= 2 * MOST_MOVES {
            moves.cut = true;
            break;
        }
        let tests = reach.tests(model, *attribute);
        moves.cut |= attribute_moves(model, *attribute, &tests, facts, now, &mut moves.list);
    }
    moves
}

fn events(model: &Model, selector: &Selector, used: &TermUse, found: &mut Vec<Move>) {
    let Some(kind) = model.vocabulary.kind(selector.kind) else { return };
    let Some(properties) = properties(kind, selector) else { return };
    let most = u32::try_from(used.most.clamp(1, MOST_EVENTS)).unwrap_or(1);
    let likelihood = if kind.passive { Likelihood::WouldHaveToBe } else { Likelihood::CanDo };
    for pattern in selector.subjects.iter().take(MOST_PER_TERM) {
        let subject = match pattern {
            SubjectPattern::Any => StepSubject::New { pattern: "*".to_owned() },
            SubjectPattern::Exact(name) => StepSubject::Named(name.as_str().to_owned()),
            SubjectPattern::Glob(glob) => StepSubject::New { pattern: glob.pattern().to_owned() },
        };
        let mut push = |properties, summed, most| {
            let (kind, subject) = (selector.kind, subject.clone());
            let step = Step::Events(EventStep { kind, subject, properties, summed, count: 1 });
            found.push(Move { step, likelihood, most });
        };
        let sums = used.sums.iter().filter(|((kind, _), _)| *kind == selector.kind);
        for ((_, summed), bound) in sums {
            let Some(amount) = amount(*bound) else { continue };
            let own = |id: PropertyId| selector.tests.iter().filter(move |(own, _)| *own == id);
            // Where the selector's own tests of the property allow it, one event makes up the whole sum.
            let value = Value::Number(amount);
            if own(*summed).all(|(_, test)| test.holds(Some(&value), Instant::EPOCH)) {
                let others = properties.iter().filter(|(own, _)| own != summed).cloned();
                let mut properties: Vec<_> = others.chain([(*summed, value)]).collect();
                properties.sort_by_key(|(property, _)| *property);
                push(properties, Some(*summed), 1);
            } else if let Some((_, Value::Number(one))) = properties.iter().find(|(own, _)| own == summed) {
                let enough = amount.millionths() / one.millionths().max(1) + 1;
                let enough = u32::try_from(enough.clamp(1, MOST_EVENTS.cast_signed())).unwrap_or(1);
                push(properties.clone(), None, enough.max(most));
            }
        }
        push(properties.clone(), None, most);
    }
}

/// A whole amount that brings a sum beyond a bound.
fn amount(bound: Number) -> Option<Number> {
    let above = bound.millionths().div_euclid(MILLIONTHS).saturating_add(1).max(1);
    Number::from_millionths(above.saturating_mul(MILLIONTHS))
}

/// A value for each property that the selector tests, none where the tests cannot all be passed as far as
/// values from the tests themselves go.
fn properties(kind: &EventKind, selector: &Selector) -> Option<Vec<(PropertyId, Value)>> {
    let mut found = Vec::new();
    let mut ids: Vec<PropertyId> = selector.tests.iter().map(|(property, _)| *property).collect();
    ids.sort_unstable();
    ids.dedup();
    for id in ids {
        let tests: Vec<&ValueTest> =
            selector.tests.iter().filter(|(property, _)| *property == id).map(|(_, test)| test).collect();
        let passes = |value: Option<&Value>| tests.iter().all(|test| test.holds(value, Instant::EPOCH));
        if passes(None) {
            continue;
        }
        let tests = Tests { tests: tests.clone(), ..Tests::default() };
        let candidates = values::candidates(&kind.property(id)?.of, &tests, Instant::EPOCH, None);
        let passing = candidates.into_iter().filter_map(|candidate| candidate.value);
        found.push((id, passing.into_iter().find(|value| passes(Some(value)))?));
    }
    Some(found)
}

fn attribute_moves(
    model: &Model,
    attribute: AttributeId,
    tests: &Tests<'_>,
    facts: &Facts,
    now: Instant,
    found: &mut Vec<Move>,
) -> bool {
    let Some(of) = model.vocabulary.attribute(attribute).map(|attribute| &attribute.of) else { return false };
    let current = facts.attribute(attribute);
    let candidates = values::candidates(of, tests, now, current);
    let cut = candidates.len() > MOST_VALUES;
    let likelihood = if current.is_none() { Likelihood::CanFindOut } else { Likelihood::WouldHaveToBe };
    found.extend(
        candidates.into_iter().take(MOST_VALUES).filter(|candidate| candidate.value.as_ref() != current).map(
            |Candidate { value, relation }| {
                // A set keeps what it has, so that it only has to gain.
                let likelihood = match (&value, relation) {
                    (Some(Value::Set(_)), Relation::Contains) => Likelihood::CanFindOut,
                    _ => likelihood,
                };
                Move { step: Step::Attribute { attribute, value, relation }, likelihood, most: 1 }
            },
        ),
    );
    cut
}
