//! From an event's kind and subject to what it adds to: decided once for each pair that turns up.
//!
//! What matters of a subject is which of the rule set's patterns it fits, so subjects fall into few *classes*;
//! a kind and a class have one [`Target`]. Classes and targets stay from one batch to the next: batches of the
//! same sort of leads find all of them there.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::layout::{Layout, OtherWhat};
use super::rows::Rows;
use crate::model::{Glob, Model, SubjectPattern};
use crate::plan::{FoldRoom, FoldedMap, Plan, PlanSelector};
use crate::vocabulary::EventKindId;

/// A target by the number of its first row.
pub(super) type TargetId = u32;

/// The target of events that are left out.
pub(super) const SKIPPED: TargetId = 0;

/// Not worked out yet.
pub(super) const UNSEEN: u32 = u32::MAX;

/// With more classes the next batch starts afresh.
const MANY_CLASSES: usize = 1 << 12;
/// Beyond so many pairs of kinds and classes, or so many things that they add to, a batch is evaluated lead by
/// lead.
const MOST_PAIRS: usize = 1 << 22;
const MOST_OTHERS: usize = 1 << 20;

/// All targets that have turned up.
#[derive(Clone, Debug)]
pub(super) struct Targets {
    classes: Classes,
    /// By [`EventKindId`]: the kind's place in a class's row of pairs. Kinds that no rule asks for share the
    /// first two, one for passive kinds and one for others.
    places: Vec<u32>,
    kinds: usize,
    /// By class and place: the target.
    pairs: Vec<TargetId>,
    pub(super) rows: Rows,
    /// What events of some row add besides; the first is nothing.
    extras: Vec<Extra>,
    others: Vec<OtherWhat>,
    guards: Vec<Guard>,
    /// Whether there is no room for more; then some events have the wrong target.
    full: bool,
}

/// What events of one kind, one class of subjects and some stretches add besides a row.
#[derive(Clone, Debug, Default)]
struct Extra {
    others: Range<u32>,
    /// What depends on properties.
    guards: Range<u32>,
}

/// A term that an event fits if its properties pass one of the selectors.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    pub(super) selectors: Vec<PlanSelector>,
    /// What events of the term add.
    pub(super) target: TargetId,
}

impl Targets {
    pub(super) fn new(model: &Model, plan: &Plan, layout: Option<&Layout>) -> Self {
        let mut places: Vec<u32> =
            model.vocabulary.kinds.iter().map(|kind| u32::from(!kind.passive)).collect();
        let mut kinds = 2;
        let terms = plan.terms.iter().filter_map(|term| model.terms.get(term.id.index()));
        let selectors =
            terms.flat_map(|term| &term.selectors).filter_map(|id| model.selectors.get(id.index()));
        let mut classes = Classes::default();
        let mut globs = HashSet::new();
        for selector in selectors {
            if let Some(place) = places.get_mut(selector.kind.0 as usize).filter(|place| **place < 2) {
                *place = kinds;
                kinds += 1;
            }
            for pattern in &selector.subjects {
                match pattern {
                    SubjectPattern::Any => {}
                    SubjectPattern::Exact(text) => classes.add_exact(text.as_str()),
                    SubjectPattern::Glob(glob) => drop(globs.insert(glob)),
                }
            }
        }
        classes.globs = globs.into_iter().cloned().collect();
        Targets {
            classes,
            places,
            kinds: kinds as usize,
            pairs: Vec::new(),
            rows: layout.map(Rows::new).unwrap_or_default(),
            extras: vec![Extra::default()],
            others: Vec::new(),
            guards: Vec::new(),
            full: false,
        }
    }

    /// Starts a batch, with what is known from those before it unless that has become much.
    pub(super) fn begin(&mut self) {
        if self.full || self.classes.count() > MANY_CLASSES {
            self.full = false;
            self.classes.forget();
            self.pairs.clear();
            self.extras.truncate(1);
            self.rows.clear();
            self.others.clear();
            self.guards.clear();
        }
    }

    /// The class of a subject.
    pub(super) fn class(&mut self, subject: &str, room: &mut FoldRoom) -> u32 {
        let class = self.classes.of(subject, room);
        let pairs = (class as usize + 1).saturating_mul(self.kinds);
        if pairs > MOST_PAIRS {
            self.full = true;
        } else if self.pairs.len() < pairs {
            self.pairs.resize(pairs, UNSEEN);
        }
        class
    }

    /// Whether there was no room for all targets of the batch.
    pub(super) fn are_full(&self) -> bool {
        self.full
    }

    /// The place of a kind in rows of pairs.
    pub(super) fn place(&self, kind: EventKindId) -> u32 {
        self.places.get(kind.0 as usize).copied().unwrap_or_default()
    }

    /// The target of a kind, by its place, and a class of subjects, if it has been worked out.
    #[inline]
    pub(super) fn known(&self, place: u32, class: u32) -> Option<TargetId> {
        let pair = (class as usize).wrapping_mul(self.kinds).wrapping_add(place as usize);
        self.pairs.get(pair).copied().filter(|target| *target != UNSEEN)
    }

    /// Works the target of a kind and a class of subjects out.
    #[cold]
    pub(super) fn make(&mut self, plan: &Plan, layout: &Layout, kind: KindPlace, class: u32) -> TargetId {
        let pair = class as usize * self.kinds + kind.place as usize;
        self.full |= self.rows.are_full() || self.others.len() + self.guards.len() > MOST_OTHERS;
        if self.full {
            return SKIPPED;
        }
        let mut always: Vec<u32> = Vec::new();
        let mut guarded: Vec<(u32, PlanSelector)> = Vec::new();
        if kind.place >= 2 {
            let subject = self.classes.subject(class);
            plan.selectors_of(kind.id, subject, &mut FoldRoom::default(), |selector| {
                match selector.tests.is_empty() {
                    true => always.extend(&selector.terms),
                    false => guarded.extend(selector.terms.iter().map(|term| (*term, selector.clone()))),
                }
            });
        }
        always.sort_unstable();
        always.dedup();
        guarded.retain(|(term, _)| always.binary_search(term).is_err());
        guarded.sort_by_key(|(term, _)| *term);
        let first = number(self.guards.len());
        for of_term in guarded.chunk_by(|(one, _), (other, _)| one == other) {
            let Some((term, _)) = of_term.first() else { continue };
            let target = self.put(layout, &[*term], false, 0..0);
            let selectors = of_term.iter().map(|(_, selector)| selector.clone()).collect();
            self.guards.push(Guard { selectors, target });
        }
        let guards = first..number(self.guards.len());
        let target = self.put(layout, &always, kind.active, guards);
        if let Some(entry) = self.pairs.get_mut(pair) {
            *entry = target;
        }
        target
    }

    /// Adds a target for events of these terms.
    fn put(&mut self, layout: &Layout, terms: &[u32], active: bool, guards: Range<u32>) -> TargetId {
        let terms = terms.iter().filter_map(|term| layout.terms.get(*term as usize));
        let others = terms.clone().flat_map(|term| &term.others);
        let Targets { rows, extras, others: all, .. } = self;
        let first = extras.len();
        rows.add(layout, terms, active, |stretch| {
            // Neighbours mostly have the same.
            let run = number(all.len());
            all.extend(others.clone().filter(|other| other.window.contains(stretch)).map(|other| other.what));
            let own = run..number(all.len());
            if own.is_empty() && guards.is_empty() {
                return 0;
            }
            let last = extras.get(first..).and_then(|own| own.last());
            if last.is_some_and(|last| run_of(all, &last.others) == run_of(all, &own)) {
                all.truncate(run as usize);
            } else {
                extras.push(Extra { others: own, guards: guards.clone() });
            }
            number(extras.len() - 1)
        })
    }

    /// What the events with an extra add besides a row, whatever their properties.
    #[inline]
    pub(super) fn others(&self, extra: u32) -> &[OtherWhat] {
        self.extras.get(extra as usize).map_or(&[], |extra| run_of(&self.others, &extra.others))
    }

    /// What depends on the properties of the events with an extra.
    #[inline]
    pub(super) fn guards(&self, extra: u32) -> &[Guard] {
        self.extras.get(extra as usize).map_or(&[], |extra| run_of(&self.guards, &extra.guards))
    }
}

/// A run of a list.
fn run_of<'t, T>(all: &'t [T], run: &Range<u32>) -> &'t [T] {
    all.get(run.start as usize..run.end as usize).unwrap_or(&[])
}

/// A kind and its place in rows of pairs.
#[derive(Clone, Copy, Debug)]
pub(super) struct KindPlace {
    pub(super) id: EventKindId,
    pub(super) place: u32,
    pub(super) active: bool,
}

/// Subjects by which patterns of the rule set they fit.
#[derive(Clone, Debug, Default)]
struct Classes {
    /// Texts that patterns are, numbered from 1.
    exact: FoldedMap<u32>,
    globs: Vec<Glob>,
    /// By the number of the exact text, 0 where it is none, and the numbers of the globs that fit.
    known: HashMap<Box<[u32]>, u32>,
    /// By class: one of its subjects.
    subjects: Vec<Box<str>>,
    /// The key of the subject at hand.
    key: Vec<u32>,
}

impl Classes {
    fn add_exact(&mut self, text: &str) {
        let next = number(self.exact.len()) + 1;
        self.exact.entry(text, || next);
    }

    fn count(&self) -> usize {
        self.subjects.len()
    }

    fn forget(&mut self) {
        self.known.clear();
        self.subjects.clear();
    }

    fn subject(&self, class: u32) -> &str {
        self.subjects.get(class as usize).map_or("", |subject| subject)
    }

    fn of(&mut self, subject: &str, room: &mut FoldRoom) -> u32 {
        self.key.clear();
        self.key.push(self.exact.get(subject).copied().unwrap_or(0));
        if !self.globs.is_empty() {
            let folded = room.folded(subject);
            let fits = self.globs.iter().zip(0..).filter(|(glob, _)| glob.matches(folded));
            self.key.extend(fits.map(|(_, glob)| glob));
        }
        match self.known.get(self.key.as_slice()) {
            Some(class) => *class,
            None => {
                let class = number(self.subjects.len());
                self.known.insert(self.key.as_slice().into(), class);
                self.subjects.push(subject.into());
                class
            }
        }
    }
}

/// A place in a list as a number: lists of targets are far shorter than 2^32, for a batch's classes are fewer
/// than its subjects and pairs are limited.
fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}
