//! Leads with high scores, or low ones: to what is settled already, rules are added one by one, those with most
//! points first, as long as a lead with all of it can be made and reads as it should.

use std::collections::HashMap;
use std::rc::Rc;

use super::state::{State, stretch_of};
use super::{Leaf, Limits, Prover, Wish, Witness, lead};
use crate::model::{
    Aggregate, Bound, Comparison, EventTest, LimitPer, Member, RuleBody, RuleIndex, ScoreIndex, ScoreKind,
};
use crate::time::Instant;

/// The highest or lowest score that a lead was found with.
#[derive(Clone, Debug)]
pub(crate) struct Reached {
    pub(crate) witness: Witness,
    /// In thousandths.
    pub(crate) points: i64,
}

/// What was found for scores, by whether it is the highest or the lowest; none where nothing was.
pub(super) type Extremes = HashMap<(ScoreIndex, bool), Option<Rc<Reached>>>;

/// So many rules are tried in one search.
const MOST_RULES: usize = 240;

/// Looks for a lead that is as it is wished by moving the scores towards where settled assumptions want them.
pub(super) fn towards<'m>(
    prover: &Prover<'m>,
    settled: &State<'m>,
    at: Instant,
    wishes: &[Wish],
    limits: Limits,
) -> Option<Witness> {
    let mut search = Search { prover, at, limits, tries: MOST_RULES };
    let mut state = settled.clone();
    let mut scores: Vec<ScoreIndex> = settled.scores.iter().map(|wanted| wanted.score).collect();
    scores.sort_unstable();
    scores.dedup();
    for score in scores {
        let goal = stretch_of(&settled.scores, score, prover.score_bounds(score));
        let (_, points) = search.lead(&state, score)?;
        let mut found = None;
        let up = points < goal.0;
        state = search.climb(state, score, up, goal, &mut |witness, points| {
            if prover.fits(&witness.facts, at, wishes) {
                found = Some(witness.clone());
            }
            found.is_some() || (goal.0 <= points && points <= goal.1)
        });
        if found.is_some() {
            return found;
        }
    }
    None
}

impl<'m> Prover<'m> {
    /// The lead with the highest score, or the lowest, that a search comes to. Whether there is a higher one is for
    /// the bounds to say. Each is looked for once.
    pub(crate) fn extreme(&self, score: ScoreIndex, up: bool) -> Option<Rc<Reached>> {
        if let Some(known) = self.extremes.borrow().get(&(score, up)) {
            return known.clone();
        }
        let found = self.search_extreme(score, up).map(Rc::new);
        self.extremes.borrow_mut().insert((score, up), found.clone());
        found
    }

    fn search_extreme(&self, score: ScoreIndex, up: bool) -> Option<Reached> {
        self.ask(super::MOST_STEPS_A_QUESTION * 4);
        let at = lead::instants(&State::default()).first().copied()?;
        let mut search = Search { prover: self, at, limits: Limits::default(), tries: MOST_RULES };
        let mut best: Option<Reached> = None;
        let anywhere = (i64::MIN, i64::MAX);
        search.climb(State::default(), score, up, anywhere, &mut |witness, points| {
            let is_better =
                best.as_ref().is_none_or(|best| if up { points > best.points } else { points < best.points });
            if is_better {
                best = Some(Reached { witness: witness.clone(), points });
            }
            false
        });
        best
    }
}

struct Search<'p, 'm> {
    prover: &'p Prover<'m>,
    at: Instant,
    limits: Limits,
    tries: usize,
}

impl<'m> Search<'_, 'm> {
    /// The lead that assumptions make, and its score.
    fn lead(&self, state: &State<'m>, score: ScoreIndex) -> Option<(Witness, i64)> {
        let facts = lead::make(self.prover, state, self.at, self.limits)?;
        let reading = self.prover.read(&facts, self.at);
        let points = reading.scores.get(score.index())?.points.thousandths();
        Some((Witness { facts, at: self.at }, points))
    }

    /// Adds rules as long as they move the score on, not beyond where it may go, and `look` does not say that it is
    /// enough.
    fn climb(
        &mut self,
        mut state: State<'m>,
        score: ScoreIndex,
        up: bool,
        (low, high): (i64, i64),
        look: &mut dyn FnMut(&Witness, i64) -> bool,
    ) -> State<'m> {
        let Some((witness, mut points)) = self.lead(&state, score) else { return state };
        if look(&witness, points) {
            return state;
        }
        for (rule, gives) in self.rules(score, up) {
            for more in self.more(rule, gives) {
                if self.tries == 0 || self.prover.budget().is_short() {
                    return state;
                }
                self.tries -= 1;
                let Some(next) = self.with(&state, &more) else { continue };
                let Some((witness, reached)) = self.lead(&next, score) else { continue };
                let is_nearer =
                    if up { points < reached && reached <= high } else { low <= reached && reached < points };
                if is_nearer {
                    (state, points) = (next, reached);
                    if look(&witness, points) {
                        return state;
                    }
                    break;
                }
            }
        }
        state
    }

    /// The rules that move a score, those that do so most first, and whether they have to give what they give.
    fn rules(&self, score: ScoreIndex, up: bool) -> Vec<(RuleIndex, bool)> {
        let model = self.prover.model;
        let mut all: Vec<(RuleIndex, i64)> = Vec::new();
        let mut open = vec![(score, 1_000_i64)];
        let mut steps = 0;
        while let Some((score, weight)) = open.pop() {
            steps += 1;
            if steps > 1_000 {
                break;
            }
            let Some(score) = model.scores.get(score.index()) else { continue };
            match &score.kind {
                ScoreKind::Derived(parts) => open.extend(parts.iter().map(|(by, part)| {
                    (*part, (weight.saturating_mul(*by) / 1_000).clamp(-1_000_000, 1_000_000))
                })),
                ScoreKind::Rules(members) => {
                    let rules = members.iter().flat_map(Member::rules);
                    all.extend(rules.map(|rule| (*rule, weight)));
                }
            }
        }
        let worth = |(rule, weight): &(RuleIndex, i64)| {
            let points = model.rules.get(rule.index()).map_or(0, |rule| rule.points.thousandths());
            i128::from(points) * i128::from(*weight)
        };
        all.sort_by_key(|part| std::cmp::Reverse(worth(part).abs()));
        // First what moves the score, then what keeps it from going back.
        let (towards, back): (Vec<_>, Vec<_>) = all.iter().partition(|part| (worth(part) > 0) == up);
        let give = towards.into_iter().map(|(rule, _)| (rule, true));
        give.chain(back.into_iter().map(|(rule, _)| (rule, false))).collect()
    }

    /// What may be assumed so that a rule gives something, or nothing: the most first.
    fn more(&self, rule: RuleIndex, gives: bool) -> Vec<More> {
        let Some(rule) = self.prover.model.rules.get(rule.index()) else { return Vec::new() };
        match &rule.body {
            RuleBody::Condition(condition) => {
                vec![More { wishes: vec![(*condition, gives)], events: Vec::new() }]
            }
            RuleBody::Each { term, window, when, limits } => {
                let test = |aggregate: Aggregate, comparison: Comparison, count: u64| EventTest {
                    term: *term,
                    aggregate,
                    window: *window,
                    comparison,
                    bound: Bound::Count(count),
                };
                if !gives {
                    let none = test(Aggregate::Count, Comparison::Equal, 0);
                    return vec![More { wishes: Vec::new(), events: vec![none] }];
                }
                let most = self.prover.most_occurrences(*term, *window, *limits);
                let most = u64::try_from(most).unwrap_or(0).min(100);
                let counts = [most, 40, 20, 10, 5, 3, 2, 1];
                let mut counts: Vec<u64> =
                    counts.into_iter().filter(|count| *count <= most && *count > 0).collect();
                counts.dedup();
                let of = |count: u64| {
                    let mut events = vec![test(Aggregate::Count, Comparison::GreaterOrEqual, count)];
                    let spread = match limits.per {
                        Some(LimitPer::Day(each)) => Some((Aggregate::Days, each)),
                        Some(LimitPer::Subject(each)) => Some((Aggregate::Distinct, each)),
                        None => None,
                    };
                    events.extend(spread.map(|(aggregate, each)| {
                        test(aggregate, Comparison::GreaterOrEqual, count.div_ceil(u64::from(each.max(1))))
                    }));
                    More { wishes: when.iter().map(|when| (*when, true)).collect(), events }
                };
                counts.into_iter().map(of).collect()
            }
        }
    }

    /// The first settled assumptions with something more.
    fn with(&self, state: &State<'m>, more: &More) -> Option<State<'m>> {
        let mut state = state.clone();
        for (condition, holds) in &more.wishes {
            state.assume(*condition, *holds);
        }
        for test in &more.events {
            state.assume_events(test.clone(), true);
        }
        let mut found = None;
        self.prover.search(state, &mut |settled| {
            found = Some(settled.clone());
            Leaf::Accept
        });
        found
    }
}

/// What may be assumed besides.
struct More {
    wishes: Vec<Wish>,
    events: Vec<EventTest>,
}
