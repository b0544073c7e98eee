//! What a way that works leaves open: which other values of an attribute would do as well, how small an
//! amount may be, and until when the changes can still be made. Each answer is tried before it is given.

use super::moves::Move;
use super::reach::Reach;
use super::step::{EventStep, Step, StepSubject};
use super::trial::Trial;
use super::values::{Stretch, fitting, stretches};
use crate::decimal::{MILLIONTHS, Number};
use crate::lead::Value;
use crate::model::Glob;
use crate::time::{Instant, Period};

/// A change, and what else in its place would do as well.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) step: Step,
    /// Numbers and dates: every value in here does.
    pub(super) range: Option<Stretch>,
    /// Texts, symbols and sets: each of these does, the step's own the first.
    pub(super) alternatives: Vec<Value>,
    /// Events about something new: whether what the lead knows already does as well, and one thing for all.
    pub(super) any_subject: bool,
}

/// Subjects of the lead's own that are tried.
const MOST_SUBJECTS: usize = 4;
/// Other values of one attribute that are tried.
const MOST_ALTERNATIVES: usize = 32;

/// Looks each change of a way over.
pub(super) fn parts(trial: &mut Trial<'_>, way: &[Step], moves: &[Move], reach: &Reach<'_>) -> Vec<Part> {
    let mut steps = way.to_vec();
    let mut parts = Vec::new();
    for index in 0..steps.len() {
        if let Some(less) = least_amount(trial, &steps, index)
            && let Some(slot) = steps.get_mut(index)
        {
            *slot = less;
        }
        let Some(step) = steps.get(index).cloned() else { continue };
        let mut part = Part { step: step.clone(), range: None, alternatives: Vec::new(), any_subject: false };
        part.any_subject = any_subject(trial, &steps, index);
        if let Step::Attribute { attribute, value: Some(value), relation } = &step {
            match value {
                Value::Number(number) => {
                    let all = stretches(false, &reach.tests(trial.model, *attribute), trial.now);
                    part.range = range(trial, &steps, index, &all, number.millionths(), false);
                }
                Value::Date(date) => {
                    let all = stretches(true, &reach.tests(trial.model, *attribute), trial.now);
                    part.range = range(trial, &steps, index, &all, date.micros(), true);
                }
                Value::Flag(_) => {}
                value => {
                    part.alternatives.push(value.clone());
                    let others = moves.iter().filter_map(|other| match &other.step {
                        Step::Attribute { attribute: of, value: Some(other), relation: how }
                            if of == attribute && how == relation && other != value =>
                        {
                            Some(other.clone())
                        }
                        _ => None,
                    });
                    for other in others.take(MOST_ALTERNATIVES) {
                        let replaced = Step::Attribute {
                            attribute: *attribute,
                            value: Some(other.clone()),
                            relation: *relation,
                        };
                        if still_holds(trial, &steps, index, replaced) {
                            part.alternatives.push(other);
                        }
                    }
                }
            }
        }
        parts.push(part);
    }
    parts
}

/// Whether events about anything do that fits their pattern: all about one new thing, and about each of the
/// latest few that the lead has events of this kind about.
fn any_subject(trial: &mut Trial<'_>, steps: &[Step], index: usize) -> bool {
    let Some(Step::Events(step)) = steps.get(index) else { return false };
    let StepSubject::New { pattern } = &step.subject else { return false };
    let glob = Glob::new(pattern);
    let mut subjects = vec![fitting(&glob, "any")];
    for event in trial.facts().events.iter().rev().filter(|event| event.kind == step.kind) {
        let subject = event.subject.folded();
        if subjects.len() <= MOST_SUBJECTS
            && glob.matches(subject)
            && !subjects.iter().any(|one| one == subject)
        {
            subjects.push(subject.to_owned());
        }
    }
    subjects.into_iter().all(|subject| {
        let named = EventStep { subject: StepSubject::Named(subject), ..step.clone() };
        still_holds(trial, steps, index, Step::Events(named))
    })
}

fn still_holds(trial: &mut Trial<'_>, steps: &[Step], index: usize, replaced: Step) -> bool {
    let mut steps = steps.to_vec();
    if let Some(slot) = steps.get_mut(index) {
        *slot = replaced;
    }
    trial.try_out(&steps.iter().collect::<Vec<_>>()).is_some_and(|effect| effect.holds)
}

/// The stretches around a number that do as well, as one.
fn range(
    trial: &mut Trial<'_>,
    steps: &[Step],
    index: usize,
    all: &[Stretch],
    number: i64,
    date: bool,
) -> Option<Stretch> {
    let at = all.iter().position(|stretch| stretch.holds(number))?;
    let Some(Step::Attribute { attribute, relation, .. }) = steps.get(index).cloned() else { return None };
    let mut does = |stretch: &&Stretch| {
        let value = stretch.value(date);
        value.is_some() && still_holds(trial, steps, index, Step::Attribute { attribute, value, relation })
    };
    let own = all.get(at)?;
    let lowest = all.get(..at)?.iter().rev().take_while(&mut does).last().unwrap_or(own);
    let highest = all.get(at + 1..)?.iter().take_while(&mut does).last().unwrap_or(own);
    let mentioned = (lowest.mentioned.0, highest.mentioned.1);
    Some(Stretch { from: lowest.from, to: highest.to, mentioned })
}

/// The step with the least whole amount that does, where it is one that adds to a sum.
fn least_amount(trial: &mut Trial<'_>, steps: &[Step], index: usize) -> Option<Step> {
    let step = steps.get(index)?;
    let whole = |number: i64| Number::from_millionths(number.saturating_mul(MILLIONTHS));
    let (mut low, mut high) = (1, step.amount()?.millionths().div_euclid(MILLIONTHS));
    while low < high {
        let middle = low + (high - low) / 2;
        if still_holds(trial, steps, index, step.with_number(whole(middle)?)) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    let least = step.with_number(whole(high)?);
    // OK to give up where the trials ran out: the step as it was does.
    still_holds(trial, steps, index, least.clone()).then_some(least)
}

/// The first instant after now at which it would be too late to make the changes, if one is found: made
/// just before it they still do, made at it they do not.
pub(super) fn too_late(trial: &mut Trial<'_>, steps: &[&Step]) -> Option<Instant> {
    let mut at = trial.now;
    for _ in 0..trial.jumps() {
        let next = trial.outcome_at(steps, at).valid_until?;
        let just_before = next.minus(Period::from_micros(1));
        // Made later, the events are younger than those that were just looked at.
        if !trial.holds_at(steps, just_before) {
            return Some(between(trial, steps, at, just_before));
        }
        if !trial.holds_at(steps, next) {
            return Some(next);
        }
        at = next;
    }
    None
}

/// Where between two instants, at the first of which the changes do and at the second do not, that turns.
fn between(trial: &mut Trial<'_>, steps: &[&Step], mut does: Instant, mut does_not: Instant) -> Instant {
    loop {
        let middle = does.micros().midpoint(does_not.micros());
        match Instant::from_micros(middle).filter(|middle| *middle > does) {
            None => return does_not,
            Some(middle) if trial.holds_at(steps, middle) => does = middle,
            Some(middle) => does_not = middle,
        }
    }
}

/// The instants to come at which anything changes for the lead left alone, up to the first at which the gate
/// holds.
pub(super) struct Ahead {
    pub(super) changes: Vec<Instant>,
    pub(super) holds_at: Option<Instant>,
    /// Whether there are more changes than were followed.
    pub(super) cut: bool,
}

/// What lies ahead of the lead if nobody does anything.
pub(super) fn ahead(trial: &mut Trial<'_>) -> Ahead {
    let mut ahead = Ahead { changes: Vec::new(), holds_at: None, cut: false };
    let mut at = trial.now;
    while let Some(next) = trial.next_change(at) {
        if ahead.changes.len() == 2 * trial.jumps() {
            ahead.cut = true;
            break;
        }
        if trial.holds_at(&[], next) {
            ahead.holds_at = Some(next);
            break;
        }
        ahead.changes.push(next);
        at = next;
    }
    ahead
}
