//! What a state has to keep under one plan: worked out once, from what each signal and rule can ever ask for.
//!
//! A plan goes in; for each term a few [`Need`]s come out, and for each attribute the run of its tests. A need
//! is the only way in which anything asks for single events: so many of the newest inside a window, perhaps so
//! many a day or a subject. Counts, different days, different subjects, limits and decay all come to that, so
//! that one small procedure decides what may go. Numbers that are added up, and counts too large to be kept as
//! times, have a *base* besides: what the events that are gone came to.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use sha2::{Digest, Sha256};

use crate::model::{LimitPer, Model};
use crate::plan::{Ages, EachRule, FoldRoom, Leaf, Micros, Plan, Signal, SignalKind};
use crate::rule_set::Meanings;
use crate::vocabulary::AttributeId;

/// The newest events of a term that something can still ask for.
///
/// Events younger than `enters` are outside of its window yet, and all are needed. Of those that have come in,
/// and will not have left by `leaves`, the newest count while the limits have room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Need {
    pub(super) ages: Ages,
    pub(super) per: Option<LimitPer>,
    pub(super) times: usize,
    /// Only events with an id: the others are in a base once they have come in.
    pub(super) with_id_only: bool,
}

/// What is kept of a term's events.
#[derive(Clone, Debug, Default)]
pub(super) struct KeptTerm {
    pub(super) needs: Vec<Need>,
    /// Whether subjects are told apart.
    pub(super) subjects: bool,
    /// Whether events without an id that are no longer needed are counted, and where.
    pub(super) count_base: Option<u32>,
    pub(super) sums: Vec<KeptSum>,
    /// A digest of which events fit the term and of all the above.
    pub(super) key: Key,
}

/// What is kept of a number property.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct KeptSum {
    /// By its place among the sums of the plan.
    pub(super) number: u32,
    /// The value of a younger event is needed by itself, because a window will leave it behind.
    pub(super) apart_until: Micros,
    /// Where values of older events without an id are added up; none where nothing asks for all.
    pub(super) base: Option<u32>,
}

/// What is kept of an attribute.
#[derive(Clone, Debug)]
pub(super) struct KeptAttribute {
    pub(super) id: AttributeId,
    /// Its tests among the slots.
    pub(super) run: Range<usize>,
    /// The place of its date among those that a state keeps.
    pub(super) date: Option<u32>,
    /// By slot of the run, a digest of the test.
    pub(super) tests: Vec<Key>,
    /// A digest of all that is asked of it, in whatever order.
    pub(super) key: Key,
}

/// 128 bits of a digest.
pub(crate) type Key = [u8; 16];

/// All that states of a plan keep.
#[derive(Clone, Debug)]
pub(crate) struct Retention {
    /// By the terms of the plan; then, where `inactive for` asks, what counts as activity.
    pub(super) terms: Vec<KeptTerm>,
    /// By ascending attribute, those that something asks for.
    pub(super) attributes: Vec<KeptAttribute>,
    pub(super) dates: u32,
    pub(super) bases: u32,
    /// By sum of the plan, its place among the values of its term's events.
    pub(super) sum_places: Vec<u32>,
    /// By sum of the plan, the place of its base.
    pub(super) sum_bases: Vec<Option<u32>>,
    /// The truth values of a lead of whom nothing is known.
    pub(super) missing: Box<[bool]>,
    /// Says how everything above is numbered: states can be read by plans with an equal one only.
    pub(super) layout: Key,
    /// Says the same of attributes and event kinds, so that a handle finds what it was made for.
    handles: Key,
}

/// A count without a window is kept as times up to this; beyond, events without an id become a number.
const MOST_TIMES: usize = 8;

/// Every age.
pub(super) const EVER: Ages = Ages { enters: 0, leaves: Micros::MAX };

impl Retention {
    pub(crate) fn new(model: &Model, plan: &Plan) -> Self {
        let meanings = Meanings::of(model);
        let mut maker = Maker {
            terms: plan.terms.iter().map(|_| KeptTerm::default()).collect(),
            windows: plan.sums.iter().map(|_| SumWindows::default()).collect(),
            plan,
        };
        maker.ask_for_all();
        let Maker { terms, windows, .. } = maker;
        let mut retention = Retention {
            terms,
            attributes: Vec::new(),
            dates: 0,
            bases: 0,
            sum_places: vec![0; plan.sums.len()],
            sum_bases: vec![None; plan.sums.len()],
            missing: missing(model, plan),
            layout: Key::default(),
            handles: Key::default(),
        };
        retention.place_sums(model, plan, &windows);
        if plan.activity.is_some() {
            let newest = Need { ages: EVER, per: None, times: 1, with_id_only: false };
            retention.terms.push(KeptTerm { needs: vec![newest], ..KeptTerm::default() });
        }
        retention.list_attributes(model, plan, &meanings);
        retention.digest(model, plan, &meanings);
        retention
    }

    /// The truth values of a lead of whom nothing is known.
    pub(crate) fn missing(&self) -> &[bool] {
        &self.missing
    }

    /// Says how attributes, event kinds and properties are numbered.
    pub(crate) fn handles(&self) -> Key {
        self.handles
    }

    /// The number of the term that activity is kept as.
    pub(super) fn activity(&self, plan: &Plan) -> Option<u32> {
        plan.activity.as_ref().and_then(|_| u32::try_from(plan.terms.len()).ok())
    }

    pub(super) fn term(&self, number: u32) -> Option<&KeptTerm> {
        self.terms.get(number as usize)
    }

    /// An attribute that something asks for, and its place among them.
    pub(super) fn attribute(&self, id: AttributeId) -> Option<(usize, &KeptAttribute)> {
        let place = self.attributes.binary_search_by_key(&id, |kept| kept.id).ok()?;
        Some((place, self.attributes.get(place)?))
    }

    fn place_sums(&mut self, model: &Model, plan: &Plan, windows: &[SumWindows]) {
        for term in &mut self.terms {
            // Set to some place by `ask_for_all`.
            if term.count_base.is_some() {
                term.count_base = Some(self.bases);
                self.bases += 1;
            }
        }
        for ((number, sum), windows) in (0u32..).zip(&plan.sums).zip(windows) {
            let Some(term) = self.terms.get_mut(sum.term as usize) else { continue };
            let base = windows.ever.then_some(self.bases);
            self.bases += u32::from(windows.ever);
            term.sums.push(KeptSum { number, apart_until: windows.widest, base });
        }
        for term in &mut self.terms {
            // Values are numbered by this order, whatever the order in which the rule set asks for them.
            term.sums.sort_by_key(|sum| property_name(model, plan, sum));
            for (place, sum) in (0..).zip(&term.sums) {
                if let Some(entry) = self.sum_places.get_mut(sum.number as usize) {
                    *entry = place;
                }
                if let Some(entry) = self.sum_bases.get_mut(sum.number as usize) {
                    *entry = sum.base;
                }
            }
            term.subjects = term.needs.iter().any(|need| matches!(need.per, Some(LimitPer::Subject(_))));
            without_covered(&mut term.needs);
        }
    }

    fn list_attributes(&mut self, model: &Model, plan: &Plan, meanings: &Meanings) {
        let created_at = plan.activity.as_ref().and_then(|activity| activity.created_at);
        let dated: HashSet<AttributeId> = plan.program.dates.iter().copied().chain(created_at).collect();
        for number in 0..model.vocabulary.attributes.len() {
            let Ok(number) = u32::try_from(number) else { return };
            let id = AttributeId(number);
            let run = plan.attribute_run(id);
            let dated = dated.contains(&id);
            if run.is_empty() && !dated {
                continue;
            }
            let conditions = plan.tested.get(run.clone()).unwrap_or(&[]);
            let tests: Vec<Key> = conditions.iter().map(|id| short(meanings.condition(*id))).collect();
            let name = model.vocabulary.attribute(id).map_or("", |attribute| &attribute.name);
            let mut sorted = tests.clone();
            sorted.sort_unstable();
            let mut digest = Sha256::new();
            text(&mut digest, name);
            digest.update([u8::from(dated)]);
            sorted.iter().for_each(|test| digest.update(test));
            let date = dated.then_some(self.dates);
            self.dates += u32::from(dated);
            self.attributes.push(KeptAttribute { id, run, date, tests, key: short(&digest.finalize()) });
        }
    }

    fn digest(&mut self, model: &Model, plan: &Plan, meanings: &Meanings) {
        for (number, term) in self.terms.iter_mut().enumerate() {
            let mut digest = Sha256::new();
            match plan.terms.get(number) {
                Some(of_plan) => digest.update(meanings.term(of_plan.id)),
                None => {
                    // Which events are activity: those of all kinds but the passive ones.
                    let kinds = model.vocabulary.kinds.iter().filter(|kind| !kind.passive);
                    let mut names: Vec<&str> = kinds.map(|kind| kind.name.as_str()).collect();
                    names.sort_unstable();
                    digest.update(b"activity");
                    names.iter().for_each(|name| text(&mut digest, name));
                }
            }
            let mut needs: Vec<[i64; 6]> = term.needs.iter().map(|need| need.numbers()).collect();
            needs.sort_unstable();
            needs.iter().flatten().for_each(|number| digest.update(number.to_le_bytes()));
            digest.update([u8::from(term.count_base.is_some())]);
            for sum in &term.sums {
                text(&mut digest, property_name(model, plan, sum));
                digest.update(sum.apart_until.to_le_bytes());
                digest.update([u8::from(sum.base.is_some())]);
            }
            term.key = short(&digest.finalize());
        }
        let mut digest = Sha256::new();
        digest.update(b"leadql state layout 1");
        self.terms.iter().for_each(|term| digest.update(term.key));
        digest.update([0xff]);
        for attribute in &self.attributes {
            digest.update(attribute.key);
            attribute.tests.iter().for_each(|test| digest.update(test));
        }
        self.layout = short(&digest.finalize());
        let mut digest = Sha256::new();
        digest.update(self.layout);
        for attribute in &model.vocabulary.attributes {
            text(&mut digest, &attribute.name);
            text(&mut digest, attribute.of.name());
        }
        for kind in &model.vocabulary.kinds {
            text(&mut digest, &kind.name);
            for property in kind.properties.iter() {
                text(&mut digest, &property.name);
                text(&mut digest, property.of.name());
            }
        }
        self.handles = short(&digest.finalize());
    }
}

/// The property that a sum adds up: all kinds' properties have the same name.
fn property_name<'m>(model: &'m Model, plan: &Plan, sum: &KeptSum) -> &'m str {
    let name = plan.sums.get(sum.number as usize).and_then(|sum| {
        let (kind, property) = sum.properties.first()?;
        Some(model.vocabulary.kind(*kind)?.property(*property)?.name.as_str())
    });
    name.unwrap_or("")
}

/// The truth values of the tests of a lead of whom nothing is known.
fn missing(model: &Model, plan: &Plan) -> Box<[bool]> {
    let mut truth = vec![false; plan.tested.len()];
    for id in (0..).map(AttributeId).take(model.vocabulary.attributes.len()) {
        if let Some(run) = truth.get_mut(plan.attribute_run(id)) {
            plan.decide(id, None, &mut FoldRoom::default(), run);
        }
    }
    truth.into()
}

fn short(digest: &[u8]) -> Key {
    digest.first_chunk().copied().unwrap_or_default()
}

fn text(digest: &mut Sha256, text: &str) {
    digest.update((text.len() as u64).to_le_bytes());
    digest.update(text.as_bytes());
}

/// How a sum is asked for.
#[derive(Clone, Copy, Default)]
struct SumWindows {
    /// The age at which the last window that there is leaves an event behind.
    widest: Micros,
    /// Whether anything asks without a window.
    ever: bool,
}

struct Maker<'p> {
    plan: &'p Plan,
    terms: Vec<KeptTerm>,
    /// By sum.
    windows: Vec<SumWindows>,
}

impl Maker<'_> {
    fn ask_for_all(&mut self) {
        let plan = self.plan;
        for leaf in &plan.program.leaves {
            let (signal, cap) = match leaf {
                Leaf::AtLeast { signal, count, .. } => (signal, *count),
                Leaf::Compare { signal, cap, .. } => (signal, *cap),
                Leaf::Date { .. } | Leaf::Inactive(_) => continue,
            };
            if let Some(signal) = plan.signals.get(*signal as usize) {
                self.ask_for_test(signal, cap);
            }
        }
        for test in &plan.program.ageing {
            if let Some(signal) = plan.signals.get(test.signal as usize) {
                self.need(signal, Need { ages: signal.ages, per: None, times: 1, with_id_only: false });
            }
        }
        for rule in &plan.each_rules {
            if let Some(signal) = plan.signals.get(rule.signal as usize) {
                self.ask_for_rule(signal, rule);
            }
        }
    }

    /// A count can be told apart up to `cap`, and so can days and subjects; a sum needs everything.
    fn ask_for_test(&mut self, signal: &Signal, cap: usize) {
        let ages = signal.ages;
        let all = Need { ages, per: None, times: cap, with_id_only: false };
        match signal.aggregate {
            SignalKind::Count => self.count(signal, cap),
            SignalKind::Days => self.need(signal, Need { per: Some(LimitPer::Day(1)), ..all }),
            SignalKind::Distinct => self.need(signal, Need { per: Some(LimitPer::Subject(1)), ..all }),
            SignalKind::Sum(sum) => {
                let ever = ages.leaves == Micros::MAX;
                if let Some(windows) = self.windows.get_mut(sum as usize) {
                    windows.ever |= ever;
                    windows.widest = windows.widest.max(if ever { 0 } else { ages.leaves });
                }
                self.need(signal, Need { times: usize::MAX, with_id_only: ever, ..all });
            }
        }
    }

    fn ask_for_rule(&mut self, signal: &Signal, rule: &EachRule) {
        let newest = Need { ages: signal.ages, per: None, times: 1, with_id_only: false };
        match (rule.decay, rule.per) {
            (None, None) => self.count(signal, rule.times),
            (None, per) => self.need(signal, Need { per, times: rule.times, ..newest }),
            (Some(decay), per) => {
                let steps = self.plan.tables.get(decay.table).len();
                let reach = decay.every.saturating_mul(i64::try_from(steps).unwrap_or(Micros::MAX));
                let ages = Ages { leaves: signal.ages.leaves.min(reach), ..signal.ages };
                self.need(signal, Need { ages, per, times: rule.times, ..newest });
            }
        }
        // What is worth nothing any more still counts an event, and the best of a group depends on it.
        self.need(signal, newest);
    }

    fn count(&mut self, signal: &Signal, times: usize) {
        let as_number = signal.ages.leaves == Micros::MAX && times > MOST_TIMES;
        if as_number && let Some(term) = self.terms.get_mut(signal.term as usize) {
            term.count_base = Some(0);
        }
        self.need(signal, Need { ages: signal.ages, per: None, times, with_id_only: as_number });
    }

    fn need(&mut self, signal: &Signal, need: Need) {
        if let Some(term) = self.terms.get_mut(signal.term as usize) {
            term.needs.push(need);
        }
    }
}

impl KeptAttribute {
    /// The places of the tests within the run in the order of their digests, whatever the rule set's own order.
    pub(super) fn tests_in_order(&self) -> impl Iterator<Item = usize> {
        let mut order: Vec<usize> = (0..self.tests.len()).collect();
        order.sort_by_key(|place| self.tests.get(*place));
        order.into_iter()
    }
}

impl Need {
    /// The need as numbers, for a digest and for an order.
    fn numbers(&self) -> [i64; 6] {
        let (per, limit) = match self.per {
            None => (0, 0),
            Some(LimitPer::Day(limit)) => (1, limit),
            Some(LimitPer::Subject(limit)) => (2, limit),
        };
        let times = i64::try_from(self.times).unwrap_or(i64::MAX);
        let id = i64::from(self.with_id_only);
        [id, per, limit.into(), self.ages.enters, self.ages.leaves, times]
    }
}

/// Leaves out needs that another one covers: for the same limit and the same start of the window, one that asks
/// for no more and looks no further back.
fn without_covered(needs: &mut Vec<Need>) {
    // The furthest back first, so that one pass sees every need behind those that could cover it.
    needs.sort_by_key(|need| {
        let [id, per, limit, enters, leaves, times] = need.numbers();
        ([id, per, limit, enters], std::cmp::Reverse((leaves, times)))
    });
    let mut most: HashMap<[i64; 4], usize> = HashMap::new();
    needs.retain(|need| {
        let [id, per, limit, enters, ..] = need.numbers();
        let most = most.entry([id, per, limit, enters]).or_insert(0);
        let more = need.times > *most;
        *most = need.times.max(*most);
        more
    });
}
