//! The search for the smallest sets of changes that make a gate hold.
//!
//! Every single change is tried first. What helps, or changes anything that could, is then put together: the
//! sets that come nearest to the gate are extended first, until enough ways are found or the trials run out.
//! A set that works is cut down until nothing can be left out of it. All is in a fixed order, so that the same
//! lead always gets the same advice.

use std::collections::HashSet;

use super::moves::{Move, Moves};
use super::step::{Likelihood, Step};
use super::trial::{Distance, Effect, Trial};

/// Sets of changes that make the gate hold, and whether the search was cut before it had tried everything
/// that is as small.
#[derive(Default)]
pub(super) struct Found {
    pub(super) ways: Vec<Vec<Step>>,
    pub(super) cut: bool,
}

/// Different changes in a set.
const MOST_CHANGES: usize = 4;
/// With so many ways no larger sets are looked for.
const ENOUGH: usize = 6;
/// Single changes, and larger sets of one size, that are extended by one more.
const BEAMS: (usize, usize) = (200, 40);

/// A single change that has an effect.
struct Single<'m> {
    step: Step,
    /// Which of the moves it is, whatever its count.
    of: &'m Move,
    effect: Effect,
}

/// Singles that do not make the gate hold together.
struct Partial {
    members: Vec<usize>,
    distance: Distance,
    count: u32,
    worst: Likelihood,
}

/// Searches among `moves`; `base` is what the rule set says of the lead as it is, which does not pass the gate.
/// So many trials are left for what comes after.
pub(super) fn search(trial: &mut Trial<'_>, moves: &Moves, base: &Effect, reserve: usize) -> Found {
    let mut search =
        Search { trial, reserve, found: Found { ways: Vec::new(), cut: moves.cut }, tried: HashSet::new() };
    let singles = search.singles(&moves.list, base);
    let mut frontier: Vec<Partial> = Vec::new();
    for (index, single) in singles.iter().enumerate() {
        if single.effect.holds {
            search.keep(vec![single.step.clone()]);
        } else {
            frontier.push(Partial {
                members: vec![index],
                distance: single.effect.distance,
                count: single.step.count(),
                worst: single.of.likelihood,
            });
        }
    }
    for size in 2..=MOST_CHANGES {
        if search.found.ways.len() >= ENOUGH || frontier.is_empty() {
            break;
        }
        frontier = search.extend(frontier, &singles, base, MOST_CHANGES + 1 - size);
    }
    search.found
}

struct Search<'s, 'm> {
    trial: &'s mut Trial<'m>,
    reserve: usize,
    found: Found,
    /// The sets that were tried.
    tried: HashSet<Vec<usize>>,
}

impl Search<'_, '_> {
    fn trials_left(&self) -> usize {
        self.trial.trials_left().saturating_sub(self.reserve)
    }

    /// Every change alone, in as many counts as can matter; those without any effect are left out.
    fn singles<'a>(&mut self, moves: &'a [Move], base: &Effect) -> Vec<Single<'a>> {
        let mut singles: Vec<Single<'a>> = Vec::new();
        // At most half of the trials, so that sets get their turn.
        let stop_at = self.trials_left() / 2;
        for of in moves {
            let mut last = base.clone();
            for count in counts(of.most) {
                if self.trials_left() <= stop_at {
                    self.found.cut = true;
                    return singles;
                }
                let step = of.step.with_count(count);
                let Some(effect) = self.trial.try_out(&[&step]) else { return singles };
                let same_value = |other: &Single<'_>| {
                    matches!(step, Step::Attribute { .. })
                        && other.step.about() == step.about()
                        && other.effect == effect
                };
                if effect == last || effect == *base || singles.iter().rev().any(same_value) {
                    continue;
                }
                let holds = effect.holds;
                last = effect.clone();
                singles.push(Single { step, of, effect });
                if holds {
                    break;
                }
            }
        }
        singles
    }

    /// Adds one more change to each set, the most promising first, and gives what does not suffice yet.
    fn extend(
        &mut self,
        mut frontier: Vec<Partial>,
        singles: &[Single<'_>],
        base: &Effect,
        levels_left: usize,
    ) -> Vec<Partial> {
        frontier.sort_by_key(|set| (set.distance, set.worst, set.count));
        let beam = if levels_left == MOST_CHANGES - 1 { BEAMS.0 } else { BEAMS.1 };
        if frontier.len() > beam {
            self.found.cut = true;
            frontier.truncate(beam);
        }
        let mut to_try = self.extensions(&frontier, singles, base);
        to_try.sort();
        let stop_at = self.trials_left() - self.trials_left() / levels_left.max(1);
        let mut next = Vec::new();
        for Extension { members, count, worst, .. } in to_try {
            if self.trials_left() <= stop_at {
                self.found.cut = true;
                break;
            }
            if !self.tried.insert(members.clone()) {
                continue;
            }
            let steps: Vec<&Step> =
                members.iter().filter_map(|member| singles.get(*member)).map(|single| &single.step).collect();
            if self.found.ways.iter().any(|way| includes(&steps, way)) {
                continue;
            }
            let Some(effect) = self.trial.try_out(&steps) else { break };
            if effect.holds {
                let way = steps.into_iter().cloned().collect();
                self.keep(way);
            } else {
                next.push(Partial { members, distance: effect.distance, count, worst });
            }
        }
        next
    }

    fn extensions(&self, frontier: &[Partial], singles: &[Single<'_>], base: &Effect) -> Vec<Extension> {
        let mut extensions = Vec::new();
        for set in frontier {
            let about: Vec<_> = set
                .members
                .iter()
                .filter_map(|member| singles.get(*member))
                .map(|single| single.step.about())
                .collect();
            for (index, single) in singles.iter().enumerate() {
                if single.effect.holds || about.contains(&single.step.about()) {
                    continue;
                }
                let mut members = set.members.clone();
                members.insert(members.partition_point(|member| *member < index), index);
                let gain = base.distance.saturating_sub(single.effect.distance);
                extensions.push(Extension {
                    predicted: set.distance.saturating_sub(gain).max(0),
                    worst: set.worst.max(single.of.likelihood),
                    count: set.count + single.step.count(),
                    members,
                });
            }
        }
        extensions
    }

    /// Keeps a set that works, cut down to what it needs.
    fn keep(&mut self, steps: Vec<Step>) {
        match minimal(self.trial, steps) {
            Some(way) if !self.found.ways.contains(&way) => self.found.ways.push(way),
            Some(_) => {}
            None => self.found.cut = true,
        }
    }
}

/// A set to try; the most promising is the least.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Extension {
    /// How far it would be from the gate if changes simply added up.
    predicted: Distance,
    worst: Likelihood,
    count: u32,
    members: Vec<usize>,
}

/// The counts of an event to try: the first few, then larger ones up to the most that can matter.
fn counts(most: u32) -> impl Iterator<Item = u32> {
    let larger = std::iter::successors(Some(4u32), |count| count.checked_mul(2));
    (1..4).chain(larger).take_while(move |count| *count < most).chain([most.max(1)])
}

/// Whether `steps` do all that `way` does, or more.
fn includes(steps: &[&Step], way: &[Step]) -> bool {
    way.iter().all(|wanted| {
        steps.iter().any(|step| **step == wanted.with_count(step.count()) && step.count() >= wanted.count())
    })
}

/// A set that works with all left out of it that can be: no part of it works, nor does it with one event
/// less. None where the trials run out first.
pub(super) fn minimal(trial: &mut Trial<'_>, mut steps: Vec<Step>) -> Option<Vec<Step>> {
    loop {
        match smaller(trial, &steps)? {
            // Ends, because there is less each time.
            Some(less) => steps = less,
            None => return Some(steps),
        }
    }
}

/// A part of a set that works, if there is one.
fn smaller(trial: &mut Trial<'_>, steps: &[Step]) -> Option<Option<Vec<Step>>> {
    let mut parts: Vec<u32> = (1..(1u32 << steps.len()) - 1).collect();
    parts.sort_by_key(|part| part.count_ones());
    for part in parts {
        let of_part = |(index, step)| (part >> index & 1 == 1).then_some(step);
        let subset: Vec<&Step> = steps.iter().enumerate().filter_map(of_part).collect();
        if trial.try_out(&subset)?.holds {
            return Some(Some(subset.into_iter().cloned().collect()));
        }
    }
    for (index, step) in steps.iter().enumerate() {
        let with = |count: u32| {
            let mut steps = steps.to_vec();
            if let Some(slot) = steps.get_mut(index) {
                *slot = step.with_count(count);
            }
            steps
        };
        let (mut low, mut high) = (1, step.count());
        while low < high {
            let middle = low + (high - low) / 2;
            let fewer = with(middle);
            if trial.try_out(&fewer.iter().collect::<Vec<_>>())?.holds {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        if high < step.count() {
            return Some(Some(with(high)));
        }
    }
    Some(None)
}
