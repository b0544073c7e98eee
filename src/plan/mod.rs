//! The plan: a rule set made ready to run over many leads.
//!
//! A [`Model`] says what a rule set means, one condition and one rule at a time; a plan is the same meaning
//! laid out for speed, which is why there are two. Names are gone. What is asked of events has become
//! numbered signals, each once ([`Signal`]); a table leads from an event to the terms that it fits; conditions
//! are a flat program ([`Program`]); what decays is looked up ([`DecayTables`]). A plan also turns a lead's
//! facts into [`Signals`], the only thing that evaluating looks at. Everything that does not depend on the
//! instant is done by then.

mod attributes;
mod bounds;
mod decay;
mod endings;
mod fold;
mod gather;
mod lay_out;
mod needles;
mod numbering;
mod program;
mod selector_table;
mod settled;
mod signals;
#[cfg(test)]
pub(crate) mod test_support;
#[cfg(test)]
mod tests;
mod text_numbers;
mod value_ref;

pub(crate) use decay::{DecayTables, TableId};
pub(crate) use endings::{Ending, NewestEnding};
pub(crate) use fold::{FoldRoom, FoldedMap};
pub(crate) use gather::Arrival;
pub(crate) use numbering::{Ages, PlanTerm, Signal, SignalKind, Sum, Thinned};
pub(crate) use program::{Ageing, Leaf, NewestOp, Op, Program, ScoredOp, Slot};
pub(crate) use selector_table::PlanSelector;
pub(crate) use settled::Settled;
use settled::SlotSum;
pub(crate) use signals::{Bases, Signals, TermEvents};
pub(crate) use value_ref::{Texts, ValueRef};

use std::ops::Range;

use crate::decimal::Points;
use crate::hash::QuickMap;
use crate::model::{
    ConditionId, LimitPer, MAX_OCCURRENCES, Member, Model, RuleBody, RuleIndex, ScoreIndex, ScoreKind,
};
use crate::time::Period;
use crate::vocabulary::{AttributeId, EventKindId, PropertyId};
use numbering::{Numbering, number_of};
use program::Lowered;
use selector_table::SelectorTable;

/// Microseconds: an instant as the time since 1970, or an age. Plain integers, because plans add and compare
/// them all the time, and an instant beyond year 9999 is simply never reached.
pub(crate) type Micros = i64;

/// In place of the time of an event that is not there: before every instant, and far enough from them all that
/// no period reaches it.
pub(crate) const NO_EVENT: Micros = Micros::MIN / 2;

/// A rule set made ready to run.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    selectors: SelectorTable,
    pub(crate) terms: Vec<PlanTerm>,
    pub(crate) sums: Vec<Sum>,
    /// By event kind, ascending: the properties that some sum adds up.
    summed: Vec<Vec<PropertyId>>,
    pub(crate) activity: Option<Activity>,
    /// By slot of attribute tests, the first condition that is the test.
    pub(crate) tested: Vec<ConditionId>,
    pub(crate) signals: Vec<Signal>,
    pub(crate) thinned: Vec<Thinned>,
    pub(crate) program: Program,
    pub(crate) tables: DecayTables,
    pub(crate) each_rules: Vec<EachRule>,
    /// Rules that depend on time.
    pub(crate) rules: Vec<PlanRule>,
    /// Rules that do not: the slot and thousandths of a point.
    pub(crate) settled_rules: Vec<(Slot, i64)>,
    /// Each score's rules lie together.
    pub(crate) groups: Vec<PlanGroup>,
    /// Each behind those that it is derived from.
    pub(crate) scores: Vec<PlanScore>,
    /// By segment.
    pub(crate) segments: Vec<Slot>,
    pub(crate) gates: PlanGates,
}

/// What counts as activity for `inactive for`.
#[derive(Clone, Debug)]
pub(crate) struct Activity {
    /// By event kind.
    pub(crate) passive: Vec<bool>,
    pub(crate) created_at: Option<AttributeId>,
}

/// What a rule is worth.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PlanRule {
    /// Thousandths of a point while a slot holds.
    Condition { slot: Slot, points: i64 },
    /// By the age of the newest event that [`Program::newest`] finds, while a slot holds.
    Decaying { slot: Slot, newest: u32, decay: PlanDecay },
    /// By its place among the each rules.
    Each(u32),
}

/// A table and how long each of its steps takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlanDecay {
    pub(crate) table: TableId,
    pub(crate) every: Micros,
}

/// A rule that gives its points for each event that counts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EachRule {
    /// Counts its events, up to `times` unless there is a limit per day or subject.
    pub(crate) signal: u32,
    pub(crate) when: Option<Slot>,
    /// Thousandths of a point for each.
    pub(crate) points: i64,
    pub(crate) decay: Option<PlanDecay>,
    pub(crate) times: usize,
    pub(crate) per: Option<LimitPer>,
    /// The list of the events that `per` leaves, by its number in the plan.
    pub(crate) thinned: Option<u32>,
}

/// Rules that are added up, or of which the best counts, and the clamp around them.
#[derive(Clone, Debug)]
pub(crate) struct PlanGroup {
    /// Places in [`Plan::rules`].
    pub(crate) rules: Range<usize>,
    /// Places in [`Plan::settled_rules`].
    pub(crate) settled: Range<usize>,
    /// The same rules slot by slot, where they are added up and lie close enough together.
    settled_sum: Option<SlotSum>,
    pub(crate) best: bool,
    pub(crate) low: i64,
    pub(crate) high: i64,
}

#[derive(Clone, Debug)]
pub(crate) struct PlanScore {
    pub(crate) index: ScoreIndex,
    pub(crate) low: i64,
    pub(crate) high: i64,
    /// The highest first; only the last has no threshold.
    pub(crate) bands: Vec<Option<Points>>,
    pub(crate) kind: PlanScoreKind,
}

#[derive(Clone, Debug)]
pub(crate) enum PlanScoreKind {
    /// Places in [`Plan::groups`]; rules outside groups are groups of their own kind, without clamps.
    Rules(Range<usize>),
    /// Weights in thousandths.
    Derived(Vec<(i64, ScoreIndex)>),
}

#[derive(Clone, Debug, Default)]
pub(crate) struct PlanGates {
    pub(crate) mql: Option<PlanMql>,
    pub(crate) sql: Option<Slot>,
    pub(crate) recycle: Option<Slot>,
    /// Each gate's slot, and the place of the first gate with the same reason: that is what an outcome names,
    /// so that outcomes differ only where their reasons do.
    pub(crate) disqualify: Vec<(Slot, usize)>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct PlanMql {
    pub(crate) when: Slot,
    pub(crate) until: Option<Slot>,
    pub(crate) again_after: Option<Period>,
}

impl Activity {
    /// Whether events of a kind count as activity.
    pub(crate) fn counts(&self, kind: EventKindId) -> bool {
        self.passive.get(kind.0 as usize) != Some(&true)
    }
}

impl Plan {
    /// Makes the plan of a rule set; takes time in proportion to its length.
    pub(crate) fn new(model: &Model) -> Plan {
        let mut numbering = Numbering::new(model);
        let decaying = decaying_conditions(model);
        let lowered = program::lower(model, &mut numbering, &roots(model), &decaying);
        let mut rules = RuleMaker {
            model,
            lowered: &lowered,
            tables: DecayTables::default(),
            each_rules: Vec::new(),
            rules: Vec::new(),
            settled: Vec::new(),
            groups: Vec::new(),
        };
        let scores = rules.scores(&mut numbering);
        let RuleMaker { tables, each_rules, rules, settled, mut groups, .. } = rules;
        for group in groups.iter_mut().filter(|group| !group.best) {
            group.settled_sum = settled.get(group.settled.clone()).and_then(SlotSum::of);
        }
        let gates = gates(model, &lowered);
        let tested = tested(model, &lowered);
        let segments = model.segments.iter().map(|segment| lowered.slot(segment.condition)).collect();
        let program = lowered.program;
        let asks_for_activity = program.leaves.iter().any(|leaf| matches!(leaf, Leaf::Inactive(_)));
        Plan {
            selectors: SelectorTable::new(model, &numbering.terms),
            terms: numbering.terms,
            summed: summed(model, &numbering.sums),
            sums: numbering.sums,
            activity: asks_for_activity.then(|| Activity {
                passive: model.vocabulary.kinds.iter().map(|kind| kind.passive).collect(),
                created_at: model.created_at,
            }),
            tested,
            signals: numbering.signals,
            thinned: numbering.thinned,
            program,
            tables,
            each_rules,
            rules,
            settled_rules: settled,
            groups,
            scores,
            segments,
            gates,
        }
    }
}

/// What is the same at every instant, decided from values as they come.
impl Plan {
    /// The slots of the tests of an attribute, a run of those of [`Signals::early`]; empty where nothing is
    /// asked of it.
    pub(crate) fn attribute_run(&self, attribute: AttributeId) -> Range<usize> {
        self.program.attributes.run(attribute)
    }

    /// Decides all tests of an attribute on `value`, none where it is missing, as an empty text or set is too.
    /// `run` has the length of [`Plan::attribute_run`].
    pub(crate) fn decide(
        &self,
        attribute: AttributeId,
        value: Option<ValueRef<'_>>,
        room: &mut FoldRoom,
        run: &mut [bool],
    ) {
        self.program.attributes.decide(attribute, value, &mut room.value, run);
    }
}

/// Events and the terms that they fit.
impl Plan {
    /// Calls `found` with the number of each term that an event fits; with one more than once where the event
    /// fits several of its selectors. The subject may be in any case; `property` gives those that are there.
    pub(crate) fn terms_of<'e>(
        &self,
        kind: EventKindId,
        subject: &str,
        property: impl Fn(PropertyId) -> Option<ValueRef<'e>>,
        room: &mut FoldRoom,
        mut found: impl FnMut(u32),
    ) {
        let FoldRoom { subject: subject_room, value: value_room } = room;
        self.selectors.selectors_of(kind, subject, subject_room, |selector| {
            if selector.tests.is_empty() || selector.passes(&property, value_room) {
                selector.terms.iter().copied().for_each(&mut found);
            }
        });
    }

    /// The properties of a kind that some sum adds up, ascending.
    fn summed(&self, kind: EventKindId) -> &[PropertyId] {
        self.summed.get(kind.0 as usize).map_or(&[], Vec::as_slice)
    }

    /// Calls `found` with each selector whose kind and subject an event fits, once for each of its patterns that
    /// the subject fits: what is left to ask of each event is [`PlanSelector::passes`], where there are tests.
    pub(crate) fn selectors_of(
        &self,
        kind: EventKindId,
        subject: &str,
        room: &mut FoldRoom,
        found: impl FnMut(&PlanSelector),
    ) {
        self.selectors.selectors_of(kind, subject, &mut room.subject, found);
    }

    /// Whether an event that a selector's kind and subject fit passes all its tests too.
    pub(crate) fn passes<'e>(
        selector: &PlanSelector,
        property: impl Fn(PropertyId) -> Option<ValueRef<'e>>,
        room: &mut FoldRoom,
    ) -> bool {
        selector.passes(property, &mut room.value)
    }
}

/// By event kind, the properties that some sum adds up.
fn summed(model: &Model, sums: &[Sum]) -> Vec<Vec<PropertyId>> {
    let mut summed = vec![Vec::new(); model.vocabulary.kinds.len()];
    for (kind, property) in sums.iter().flat_map(|sum| &sum.properties) {
        if let Some(summed) = summed.get_mut(kind.0 as usize) {
            summed.push(*property);
        }
    }
    for properties in &mut summed {
        properties.sort_unstable();
        properties.dedup();
    }
    summed
}

/// Every condition that a rule, a segment or a gate is about.
fn roots(model: &Model) -> Vec<ConditionId> {
    let rules = model.rules.iter().filter_map(|rule| match &rule.body {
        RuleBody::Condition(condition) => Some(*condition),
        RuleBody::Each { when, .. } => *when,
    });
    let segments = model.segments.iter().map(|segment| segment.condition);
    rules.chain(segments).chain(model.gates.conditions()).collect()
}

/// The condition behind each slot of attribute tests.
fn tested(model: &Model, lowered: &Lowered) -> Vec<ConditionId> {
    let mut tested = vec![ConditionId(u32::MAX); lowered.program.attributes.slots()];
    for number in (0..model.conditions.len()).rev() {
        let id = ConditionId(number_of(number));
        if let Some(entry) = tested.get_mut(lowered.slot(id) as usize) {
            *entry = id;
        }
    }
    tested
}

/// The conditions of the condition rules that decay.
fn decaying_conditions(model: &Model) -> Vec<ConditionId> {
    let decaying = model.rules.iter().filter(|rule| rule.decay.is_some());
    decaying
        .filter_map(|rule| match rule.body {
            RuleBody::Condition(condition) => Some(condition),
            RuleBody::Each { .. } => None,
        })
        .collect()
}

fn gates(model: &Model, lowered: &Lowered) -> PlanGates {
    let gates = &model.gates;
    let mut reasons = QuickMap::default();
    PlanGates {
        mql: gates.mql.as_ref().map(|mql| PlanMql {
            when: lowered.slot(mql.when),
            until: mql.until.map(|until| lowered.slot(until)),
            again_after: mql.again_after,
        }),
        sql: gates.sql.map(|sql| lowered.slot(sql)),
        recycle: gates.recycle.as_ref().map(|gate| lowered.slot(gate.when)),
        disqualify: gates
            .disqualify
            .iter()
            .enumerate()
            .map(|(place, gate)| {
                // No reason prints as the empty one.
                let reason = gate.reason.as_deref().unwrap_or_default();
                (lowered.slot(gate.when), *reasons.entry(reason).or_insert(place))
            })
            .collect(),
    }
}

/// Lays scores, groups and rules out.
struct RuleMaker<'m> {
    model: &'m Model,
    lowered: &'m Lowered,
    tables: DecayTables,
    each_rules: Vec<EachRule>,
    rules: Vec<PlanRule>,
    settled: Vec<(Slot, i64)>,
    groups: Vec<PlanGroup>,
}

impl RuleMaker<'_> {
    fn scores(&mut self, numbering: &mut Numbering<'_>) -> Vec<PlanScore> {
        let model = self.model;
        let in_order = model.score_order.iter().filter_map(|index| {
            let score = model.scores.get(index.index())?;
            Some(PlanScore {
                index: *index,
                low: score.bounds.0.thousandths(),
                high: score.bounds.1.thousandths(),
                bands: score.bands.iter().map(|band| band.at_least).collect(),
                kind: match &score.kind {
                    ScoreKind::Rules(members) => PlanScoreKind::Rules(self.members(members, numbering)),
                    ScoreKind::Derived(weights) => PlanScoreKind::Derived(weights.clone()),
                },
            })
        });
        in_order.collect()
    }

    fn members(&mut self, members: &[Member], numbering: &mut Numbering<'_>) -> Range<usize> {
        let first = self.groups.len();
        // Whether the last group is one of rules outside groups, which a next such rule joins.
        let mut loose = false;
        for member in members {
            let (first_rule, first_settled) = (self.rules.len(), self.settled.len());
            let (rules, bounds, best) = match member {
                Member::Rule(rule) => (std::slice::from_ref(rule), (None, None), false),
                Member::Group(group) => (&group.rules[..], (group.low, group.high), group.best),
            };
            for rule in rules {
                self.rule(*rule, numbering);
            }
            let joins = loose;
            loose = matches!(member, Member::Rule(_));
            match self.groups.last_mut() {
                Some(group) if joins && loose => {
                    group.rules.end = self.rules.len();
                    group.settled.end = self.settled.len();
                }
                _ => self.groups.push(PlanGroup {
                    rules: first_rule..self.rules.len(),
                    settled: first_settled..self.settled.len(),
                    settled_sum: None,
                    best,
                    low: bounds.0.map_or(i64::MIN, Points::thousandths),
                    high: bounds.1.map_or(i64::MAX, Points::thousandths),
                }),
            }
        }
        first..self.groups.len()
    }

    fn rule(&mut self, index: RuleIndex, numbering: &mut Numbering<'_>) {
        let Some(rule) = self.model.rules.get(index.index()) else { return };
        let points = rule.points.thousandths();
        let mut decay = || {
            rule.decay.map(|decay| PlanDecay {
                table: self.tables.table(rule.points, decay),
                every: decay.every.micros().max(1),
            })
        };
        let rule = match &rule.body {
            RuleBody::Condition(condition) => {
                let slot = self.lowered.slot(*condition);
                let newest = self.lowered.newest(*condition);
                match newest.and_then(|newest| Some((newest, decay()?))) {
                    Some((newest, decay)) => PlanRule::Decaying { slot, newest, decay },
                    None if (slot as usize) < self.lowered.program.early_slots() => {
                        return self.settled.push((slot, points));
                    }
                    None => PlanRule::Condition { slot, points },
                }
            }
            RuleBody::Each { term, window, when, limits } => {
                let (signal, thinned) = numbering.each(*term, *window, *limits);
                self.each_rules.push(EachRule {
                    signal,
                    thinned,
                    when: when.map(|when| self.lowered.slot(when)),
                    points,
                    decay: decay(),
                    times: limits.times.min(MAX_OCCURRENCES) as usize,
                    per: limits.per,
                });
                PlanRule::Each(number_of(self.each_rules.len() - 1))
            }
        };
        self.rules.push(rule);
    }
}
