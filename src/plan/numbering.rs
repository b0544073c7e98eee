//! Numbers for what a rule set asks of a lead's events: terms, sums, and signals.
//!
//! A *signal* is one aggregate over one term in one window. However many rules and conditions ask for it, it
//! has one number and is worked out once; what differs between those who ask is kept as the most that any of
//! them can tell apart. Terms that nobody asks for get no number, and cost a lead nothing.

use super::Micros;
use crate::hash::QuickMap;
use crate::model::{Aggregate, Comparison, EventTest, LimitPer, Limits, Model, TermId, Window};
use crate::vocabulary::{EventKindId, PropertyId};

/// One aggregate over one term in one window.
#[derive(Clone, Debug)]
pub(crate) struct Signal {
    /// The term by its number in the plan.
    pub(crate) term: u32,
    pub(crate) aggregate: SignalKind,
    pub(crate) ages: Ages,
    /// A count of events or subjects need not be followed beyond this: nothing tells larger ones apart.
    /// At least 1.
    pub(crate) cap: usize,
    /// The list in which different days or subjects are counted, by its number in the plan.
    pub(crate) thinned: Option<u32>,
}

/// The events of a term but for those that a limit per day or subject leaves out once all have come: the newest
/// so many of each day or subject.
///
/// With room for one it has each day or subject once, at its newest event. So once all events have come, what is
/// counted by days or subjects is counted as events are, in a shorter list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Thinned {
    /// The term by its number in the plan.
    pub(crate) term: u32,
    pub(crate) per: LimitPer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignalKind {
    Count,
    Distinct,
    Days,
    /// A sum by its number in the plan.
    Sum(u32),
}

/// A window as ages: an event is inside from the age `enters` on until just before the age `leaves`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ages {
    pub(crate) enters: Micros,
    /// [`Micros::MAX`] where it never leaves.
    pub(crate) leaves: Micros,
}

impl Ages {
    /// Whether something of the instant `at` has one of these ages at `now`.
    pub(crate) const fn contain(self, at: Micros, now: Micros) -> bool {
        now.saturating_sub(self.leaves) < at && at <= now.saturating_sub(self.enters)
    }
}

impl From<Window> for Ages {
    fn from(window: Window) -> Self {
        match window {
            Window::Ever => Ages { enters: 0, leaves: Micros::MAX },
            Window::Within(period) => Ages { enters: 0, leaves: period.micros() },
            Window::Between { from, to } => Ages { enters: to.micros(), leaves: from.micros() },
        }
    }
}

/// A term and what a lead has to keep of its events besides their times.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlanTerm {
    pub(crate) id: TermId,
    pub(crate) days: bool,
    pub(crate) subjects: bool,
    pub(crate) sums: bool,
}

/// A number property added up over the events of a term.
#[derive(Clone, Debug)]
pub(crate) struct Sum {
    /// The term by its number in the plan.
    pub(crate) term: u32,
    /// By ascending kind.
    pub(crate) properties: Vec<(EventKindId, PropertyId)>,
}

impl Sum {
    /// The property that is added up of events of `kind`.
    pub(crate) fn property(&self, kind: EventKindId) -> Option<PropertyId> {
        let at = self.properties.binary_search_by_key(&kind, |(kind, _)| *kind).ok()?;
        self.properties.get(at).map(|(_, property)| *property)
    }
}

/// Gives out the numbers while a plan is made.
pub(super) struct Numbering<'m> {
    pub(super) terms: Vec<PlanTerm>,
    pub(super) sums: Vec<Sum>,
    pub(super) signals: Vec<Signal>,
    pub(super) thinned: Vec<Thinned>,
    /// By [`TermId`].
    term_numbers: Vec<Option<u32>>,
    signal_numbers: QuickMap<(TermId, Window, &'m Aggregate), u32>,
    sum_numbers: QuickMap<(TermId, &'m Aggregate), u32>,
    thinned_numbers: QuickMap<Thinned, u32>,
}

impl<'m> Numbering<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        Numbering {
            terms: Vec::new(),
            sums: Vec::new(),
            signals: Vec::new(),
            thinned: Vec::new(),
            term_numbers: vec![None; model.terms.len()],
            signal_numbers: QuickMap::default(),
            sum_numbers: QuickMap::default(),
            thinned_numbers: QuickMap::default(),
        }
    }

    /// The signal of an event test and the cap of the test itself.
    pub(super) fn test(&mut self, test: &'m EventTest, bound: i128) -> (u32, usize) {
        let told_apart = match test.comparison {
            Comparison::GreaterOrEqual | Comparison::Less => bound,
            _ => bound.saturating_add(1),
        };
        let cap = usize::try_from(told_apart.max(1)).unwrap_or(usize::MAX);
        (self.signal(test.term, test.window, &test.aggregate, cap), cap)
    }

    /// The signal that counts the events of an each rule, and the list of those that a limit per day or subject
    /// leaves.
    pub(super) fn each(&mut self, term: TermId, window: Window, limits: Limits) -> (u32, Option<u32>) {
        let cap = match limits.per {
            None => limits.times as usize,
            // Events without room under such a limit stand between those that count.
            Some(_) => usize::MAX,
        };
        let signal = self.signal(term, window, &Aggregate::Count, cap.max(1));
        (signal, limits.per.map(|per| self.thinned(term, per)))
    }

    /// The list of the newest events of each day or subject.
    fn thinned(&mut self, id: TermId, per: LimitPer) -> u32 {
        self.need(id, |term| match per {
            LimitPer::Day(_) => term.days = true,
            LimitPer::Subject(_) => term.subjects = true,
        });
        let list = Thinned { term: self.term(id), per };
        let lists = &mut self.thinned;
        *self.thinned_numbers.entry(list).or_insert_with(|| {
            lists.push(list);
            number_of(lists.len() - 1)
        })
    }

    fn signal(&mut self, id: TermId, window: Window, aggregate: &'m Aggregate, cap: usize) -> u32 {
        let term = self.term(id);
        let number = match self.signal_numbers.get(&(id, window, aggregate)) {
            Some(number) => *number,
            None => {
                let (kind, thinned) = match aggregate {
                    Aggregate::Count => (SignalKind::Count, None),
                    Aggregate::Distinct => {
                        (SignalKind::Distinct, Some(self.thinned(id, LimitPer::Subject(1))))
                    }
                    Aggregate::Days => (SignalKind::Days, Some(self.thinned(id, LimitPer::Day(1)))),
                    Aggregate::Sum(properties) => {
                        (SignalKind::Sum(self.sum(id, term, aggregate, properties)), None)
                    }
                };
                let number = number_of(self.signals.len());
                self.signals.push(Signal { term, aggregate: kind, ages: window.into(), cap: 1, thinned });
                self.signal_numbers.insert((id, window, aggregate), number);
                number
            }
        };
        if let Some(signal) = self.signals.get_mut(number as usize) {
            signal.cap = signal.cap.max(cap);
        }
        number
    }

    fn sum(
        &mut self,
        id: TermId,
        term: u32,
        aggregate: &'m Aggregate,
        properties: &[(EventKindId, PropertyId)],
    ) -> u32 {
        self.need(id, |term| term.sums = true);
        let sums = &mut self.sums;
        *self.sum_numbers.entry((id, aggregate)).or_insert_with(|| {
            let mut properties = properties.to_vec();
            properties.sort_unstable();
            sums.push(Sum { term, properties });
            number_of(sums.len() - 1)
        })
    }

    fn term(&mut self, id: TermId) -> u32 {
        let next = number_of(self.terms.len());
        let Some(slot) = self.term_numbers.get_mut(id.index()) else { return u32::MAX };
        *slot.get_or_insert_with(|| {
            self.terms.push(PlanTerm { id, days: false, subjects: false, sums: false });
            next
        })
    }

    fn need(&mut self, id: TermId, change: impl FnOnce(&mut PlanTerm)) {
        let number = self.term(id);
        if let Some(term) = self.terms.get_mut(number as usize) {
            change(term);
        }
    }
}

/// A place in a list as a number. Lists of a plan are far shorter than 2^32: every entry has its own words in
/// the source.
pub(super) fn number_of(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}
