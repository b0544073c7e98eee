//! Reasoning over a model: is there a lead for which some conditions hold and others fail?
//!
//! A model goes in; for each question comes out a lead that shows it, made in full and checked by the plain
//! reading, or that there is none, proven, or that neither could be shown. Nothing is guessed. The way there:
//! assumptions are followed through `and`, `or`, `not` and `at least` ([`state`]) down to tests of attributes
//! ([`values`]), events ([`events`], [`terms`]) and scores ([`bounds`]), each of which knows when what is asked of
//! it cannot be; where nothing contradicts, a lead is made of what is left ([`lead`]), and where scores are asked
//! for, raised towards them ([`raise`]). Each question has a budget of steps and so has the whole, counted without
//! a clock, so that the answers are the same everywhere.

mod block;
mod bounds;
mod budget;
mod events;
mod lead;
mod raise;
mod state;
mod terms;
mod values;

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;

use crate::explain::{Reader, Reading};
use crate::lead::Facts;
use crate::model::{
    ConditionId, ConditionKind, EventTest, Model, RuleBody, RuleIndex, ScoreIndex, TermId, Window,
};
use crate::time::Instant;

pub(crate) use block::{Expect, block};
pub(crate) use bounds::{Range, faded};
pub(crate) use budget::Budget;
use raise::Extremes;
use state::{State, Step};
use terms::Terms;

/// A lead that was made to show something, and the instant at which it does.
#[derive(Clone, Debug)]
pub(crate) struct Witness {
    pub(crate) facts: Facts,
    pub(crate) at: Instant,
}

/// The answer to a question.
#[derive(Clone, Debug)]
pub(crate) enum Found {
    /// This lead shows it.
    Lead(Box<Witness>),
    /// No lead does, at any instant; proven.
    Never,
    /// Neither was shown.
    CannotTell,
}

/// A condition, and whether it has to hold or to fail.
pub(crate) type Wish = (ConditionId, bool);

/// What else is asked of a lead.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Limits {
    /// It has at most so many events.
    pub(crate) events: Option<usize>,
}

/// Answers questions about one model.
pub(crate) struct Prover<'m> {
    pub(crate) model: &'m Model,
    /// By condition: the first that is the same, whatever its place in the text.
    same: Vec<ConditionId>,
    terms: Terms<'m>,
    all: Budget,
    question: Budget,
    rules: OnceCell<Vec<Range>>,
    scores: OnceCell<Vec<Range>>,
    /// By score, and whether it is the highest or the lowest.
    extremes: RefCell<Extremes>,
    /// Questions that could not be told.
    untold: Cell<usize>,
    /// What reading the model once costs.
    reading: usize,
}

/// Steps for all questions about one rule set together.
const MOST_STEPS: u64 = 60_000_000;
/// Steps for one question.
const MOST_STEPS_A_QUESTION: u64 = 200_000;
/// Steps for each of the many small questions behind the bounds of a score and the like.
const FEW_STEPS: u64 = 20_000;
/// Settled assumptions that are tried for one question.
const MOST_TRIED: usize = 24;

/// What an exhausted search came to.
enum Searched {
    Accepted,
    Exhausted,
    Short,
}

impl<'m> Prover<'m> {
    pub(crate) fn new(model: &'m Model) -> Self {
        let all = Budget::new(MOST_STEPS);
        let terms = Terms::new(model, &all.part(MOST_STEPS / 10));
        let prover = Prover {
            model,
            same: same(model),
            terms,
            all,
            question: Budget::new(MOST_STEPS_A_QUESTION),
            rules: OnceCell::new(),
            scores: OnceCell::new(),
            extremes: RefCell::default(),
            untold: Cell::new(0),
            reading: model.conditions.len()
                + model.rules.len()
                + model.terms.iter().map(|term| 1 + term.selectors.len()).sum::<usize>(),
        };
        // At once, because no question can be asked while another is being answered.
        prover.score_ranges();
        prover
    }

    /// How many questions could not be told.
    pub(crate) fn untold(&self) -> usize {
        self.untold.get()
    }

    /// Counts one more question that could not be told.
    pub(crate) fn cannot_tell(&self) {
        self.untold.set(self.untold.get() + 1);
    }

    /// The first condition that says the same.
    pub(crate) fn same(&self, condition: ConditionId) -> ConditionId {
        self.same.get(condition.index()).copied().unwrap_or(condition)
    }

    /// Whether no event can match a term.
    pub(crate) fn is_empty(&self, term: TermId) -> bool {
        self.terms.is_empty(term)
    }

    /// Whether every event that matches one term in a window matches another in its.
    pub(crate) fn is_within(&self, one: (TermId, Window), other: (TermId, Window)) -> bool {
        self.ask(FEW_STEPS);
        events::is_within(one.1, other.1) && self.terms.is_within(one.0, other.0, &self.question)
    }

    fn budget(&self) -> &Budget {
        &self.question
    }

    /// Looks for a lead with all of these.
    pub(crate) fn find(&self, wishes: &[Wish]) -> Found {
        self.find_within(wishes, Limits::default())
    }

    /// Looks for a lead with all of these that keeps to limits.
    pub(crate) fn find_within(&self, wishes: &[Wish], limits: Limits) -> Found {
        self.ask(MOST_STEPS_A_QUESTION);
        let mut state = State::default();
        lead::limit(self, &mut state, limits);
        for (condition, holds) in wishes {
            state.assume(*condition, *holds);
        }
        self.answer(state, limits, &mut |settled| self.witness(settled, wishes, limits))
    }

    /// Looks for a lead for which all of these rules count.
    pub(crate) fn counting(&self, rules: &[RuleIndex]) -> Found {
        self.ask(MOST_STEPS_A_QUESTION);
        let mut state = State::default();
        for rule in rules.iter().filter_map(|rule| self.model.rules.get(rule.index())) {
            match &rule.body {
                RuleBody::Condition(condition) => state.assume(*condition, true),
                RuleBody::Each { term, window, when, .. } => {
                    if let Some(when) = when {
                        state.assume(*when, true);
                    }
                    state.assume_events(EventTest::at_least(*term, *window, 1), true);
                }
            }
        }
        let count = |witness: &Witness| {
            let reading = self.read(&witness.facts, witness.at);
            rules.iter().all(|rule| reading.rules.get(rule.index()).is_some_and(|rule| rule.holds))
        };
        let limits = Limits::default();
        self.answer(state, limits, &mut |settled| self.witness(settled, &[], limits).filter(count))
    }

    /// Follows assumptions until a lead can be made of them.
    fn answer(
        &self,
        state: State<'m>,
        limits: Limits,
        make: &mut dyn FnMut(&State<'m>) -> Option<Witness>,
    ) -> Found {
        let (mut found, mut tried) = (None, 0);
        let searched = self.search(state, &mut |settled| {
            tried += 1;
            if self.cannot_score(settled, limits) {
                return Leaf::Contradiction;
            }
            found = make(settled);
            match found {
                Some(_) => Leaf::Accept,
                None if tried < MOST_TRIED => Leaf::Reject,
                None => Leaf::GiveUp,
            }
        });
        match (found, searched) {
            (Some(witness), _) => Found::Lead(Box::new(witness)),
            (None, Searched::Exhausted) => Found::Never,
            _ => {
                self.cannot_tell();
                Found::CannotTell
            }
        }
    }

    /// Whether it is proven that no lead has all of these. Cheaper than to look for one.
    pub(crate) fn refutes(&self, wishes: &[Wish]) -> bool {
        self.ask(FEW_STEPS);
        let mut state = State::default();
        for (condition, holds) in wishes {
            state.assume(*condition, *holds);
        }
        self.is_refuted(state)
    }

    fn is_refuted(&self, state: State<'m>) -> bool {
        match self.search(state, &mut |_| Leaf::Accept) {
            Searched::Exhausted => true,
            Searched::Accepted => false,
            Searched::Short => {
                self.cannot_tell();
                false
            }
        }
    }

    /// Begins a question with fresh steps, as far as there are any left for all.
    fn ask(&self, steps: u64) {
        self.question.refill(&self.all, steps);
    }

    /// Follows assumptions into all their branches, until one is accepted.
    fn search(&self, state: State<'m>, leaf: &mut dyn FnMut(&State<'m>) -> Leaf) -> Searched {
        let mut open = vec![state];
        let mut is_told = true;
        while let Some(state) = open.pop() {
            match state.step(self) {
                Step::Contradiction => {}
                Step::Either(other, first) => open.extend([*other, *first]),
                Step::Short => return Searched::Short,
                Step::Settled(settled) => match leaf(&settled) {
                    Leaf::Accept => return Searched::Accepted,
                    Leaf::GiveUp => return Searched::Short,
                    Leaf::Reject => is_told = false,
                    Leaf::Contradiction => {}
                },
            }
        }
        if is_told { Searched::Exhausted } else { Searched::Short }
    }

    /// A lead made of settled assumptions that is as it is wished.
    fn witness(&self, settled: &State<'m>, wishes: &[Wish], limits: Limits) -> Option<Witness> {
        for at in lead::instants(settled) {
            let Some(facts) = lead::make(self, settled, at, limits) else { continue };
            if self.fits(&facts, at, wishes) {
                return Some(Witness { facts, at });
            }
            if !settled.scores.is_empty()
                && let Some(witness) = raise::towards(self, settled, at, wishes, limits)
            {
                return Some(witness);
            }
        }
        None
    }

    /// Whether a lead is as it is wished, by the plain reading.
    pub(crate) fn fits(&self, facts: &Facts, at: Instant, wishes: &[Wish]) -> bool {
        let reading = self.read(facts, at);
        wishes.iter().all(|(condition, holds)| {
            reading.conditions.get(condition.index()).copied().unwrap_or(false) == *holds
        })
    }

    /// The plain reading of a lead.
    pub(crate) fn read(&self, facts: &Facts, at: Instant) -> Reading {
        // It looks at everything that there is.
        self.question.take(self.reading);
        Reader::new(self.model, facts).read(at)
    }

    /// The lowest and highest that a score can be, in thousandths; what lies between need not be reached.
    pub(crate) fn score_bounds(&self, score: ScoreIndex) -> (i64, i64) {
        let range = self.score_ranges().get(score.index()).copied().unwrap_or(Range::WIDEST);
        (range.low, range.high)
    }
}

/// What to do about settled assumptions.
enum Leaf {
    Accept,
    /// Nothing was shown of them.
    Reject,
    /// They contradict each other after all.
    Contradiction,
    GiveUp,
}

/// By condition: the first that says the same.
fn same(model: &Model) -> Vec<ConditionId> {
    let mut first: HashMap<ConditionKind, ConditionId> = HashMap::new();
    let mut same: Vec<ConditionId> = Vec::with_capacity(model.conditions.len());
    for (index, condition) in model.conditions.iter().enumerate() {
        let of = |id: &ConditionId| same.get(id.index()).copied().unwrap_or(*id);
        let several = |ids: &[ConditionId]| {
            let mut ids: Vec<ConditionId> = ids.iter().map(of).collect();
            ids.sort_unstable();
            ids
        };
        let kind = match &condition.kind {
            ConditionKind::All(ids) => ConditionKind::All(several(ids)),
            ConditionKind::Any(ids) => ConditionKind::Any(several(ids)),
            ConditionKind::AtLeast { count, of } => ConditionKind::AtLeast { count: *count, of: several(of) },
            ConditionKind::Not(id) => ConditionKind::Not(of(id)),
            kind => kind.clone(),
        };
        let id = ConditionId(u32::try_from(index).unwrap_or(u32::MAX));
        same.push(*first.entry(kind).or_insert(id));
    }
    same
}
