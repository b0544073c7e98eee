//! Conditions as a flat program: one pass from front to back decides them all, without recursion.
//!
//! The conditions that rules, segments and gates reach go in, each once however often it is written; out
//! comes a list of *slots*, one truth value each, in five stretches:
//!
//! 1. tests of attributes that are the same at every instant, decided when a lead is built;
//! 2. what is made of those alone, decided then too;
//! 3. *leaves*, where time comes in: tests of events and of dates, `inactive for`;
//! 4. what is made of slots before;
//! 5. what asks for scores, and what is made of it.
//!
//! A slot refers only to slots before it, because the conditions of a model do.
//!
//! A second, small program finds the newest event that a decaying condition rule ages by. For each condition
//! below such a rule it carries the newest event under an even number of `not`s and the newest under an odd
//! number, so that a `let` used both ways, or by many others, is still looked at once.

use std::borrow::Cow;

use super::Micros;
use super::attributes::AttributeTests;
use super::numbering::{Ages, Numbering, number_of};
use crate::decimal::Points;
use crate::hash::QuickMap;
use crate::model::{
    BandIndex, Bound, Comparison, ConditionId, ConditionKind, DateTest, EventTest, Model, ScoreIndex,
    ValueTest,
};
use crate::vocabulary::AttributeId;

/// A condition's truth value by its place among all slots.
pub(crate) type Slot = u32;

/// The conditions of a plan.
#[derive(Clone, Debug, Default)]
pub(crate) struct Program {
    pub(crate) attributes: AttributeTests,
    pub(crate) early: Vec<Op>,
    pub(crate) leaves: Vec<Leaf>,
    pub(crate) timed: Vec<Op>,
    pub(crate) scored: Vec<ScoredOp>,
    /// The slots that ops combine, one run of places each.
    pub(crate) operands: Vec<Slot>,
    /// The dates that leaves test.
    pub(crate) dates: Vec<AttributeId>,
    /// The event tests that condition rules age by.
    pub(crate) ageing: Vec<Ageing>,
    pub(crate) newest: Vec<NewestOp>,
    /// The places in `newest` that its ops combine.
    pub(crate) newest_operands: Vec<u32>,
}

/// How slots before make one.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Op {
    All(Operands),
    Any(Operands),
    Not(Slot),
    AtLeast { count: u32, of: Operands },
}

/// A run of places in [`Program::operands`] or [`Program::newest_operands`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operands {
    from: u32,
    to: u32,
}

impl Operands {
    /// The entries of the run.
    pub(crate) fn of(self, all: &[u32]) -> &[u32] {
        all.get(self.from as usize..self.to as usize).unwrap_or(&[])
    }

    fn put(all: &mut Vec<u32>, entries: impl IntoIterator<Item = u32>) -> Self {
        let from = number_of(all.len());
        all.extend(entries);
        Operands { from, to: number_of(all.len()) }
    }
}

impl Op {
    /// What the slot is, given all before it.
    pub(crate) fn holds(self, operands: &[Slot], slots: &[bool]) -> bool {
        let holds = |slot: &Slot| slots.get(*slot as usize).copied().unwrap_or(false);
        match self {
            // Without branches: which slots hold cannot be foreseen.
            Op::All(of) => of.of(operands).iter().fold(true, |all, slot| all & holds(slot)),
            Op::Any(of) => of.of(operands).iter().fold(false, |any, slot| any | holds(slot)),
            Op::Not(slot) => !holds(&slot),
            Op::AtLeast { count, of } => {
                of.of(operands).iter().map(|slot| u32::from(holds(slot))).sum::<u32>() >= count
            }
        }
    }
}

/// A condition that can change as time goes by.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Leaf {
    /// Whether a signal, by its number, counts at least so many, or, `fewer`, does not. What most tests of events
    /// come to.
    AtLeast {
        signal: u32,
        count: usize,
        fewer: bool,
    },
    /// A signal compared in any other way; `cap` is the largest count that this test can tell apart.
    Compare {
        signal: u32,
        comparison: Comparison,
        bound: i128,
        cap: usize,
    },
    /// Whether a date, by its place among those of the lead's signals, has one of these ages.
    Date {
        date: u32,
        ages: Ages,
    },
    Inactive(Micros),
}

impl Leaf {
    fn of_events(test: &EventTest, signal: u32, bound: i128, cap: usize) -> Leaf {
        use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
        let at_least = match (test.bound, test.comparison) {
            (Bound::Sum(_), _) => None,
            (Bound::Count(count), GreaterOrEqual) => Some((count, false)),
            (Bound::Count(count), Greater) => Some((count.saturating_add(1), false)),
            (Bound::Count(count), Less) => Some((count, true)),
            (Bound::Count(count), LessOrEqual) => Some((count.saturating_add(1), true)),
            (Bound::Count(0), NotEqual) => Some((1, false)),
            (Bound::Count(0), Equal) => Some((1, true)),
            (Bound::Count(_), Equal | NotEqual) => None,
        };
        match at_least {
            // At least none is always true, which needs no case of its own below.
            Some((count @ 1.., fewer)) => {
                Leaf::AtLeast { signal, count: usize::try_from(count).unwrap_or(usize::MAX), fewer }
            }
            _ => Leaf::Compare { signal, comparison: test.comparison, bound, cap },
        }
    }

    /// The signal that is tested, if it is events that are.
    pub(crate) const fn signal(self) -> Option<u32> {
        match self {
            Leaf::AtLeast { signal, .. } | Leaf::Compare { signal, .. } => Some(signal),
            Leaf::Date { .. } | Leaf::Inactive(_) => None,
        }
    }
}

/// A condition where scores are known.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ScoredOp {
    Op(Op),
    Compare { score: ScoreIndex, comparison: Comparison, points: Points },
    Between { score: ScoreIndex, low: Points, high: Points },
    Band { score: ScoreIndex, band: BandIndex },
    BandAtLeast { score: ScoreIndex, band: BandIndex },
}

/// An event test that a condition rule ages by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ageing {
    /// What it tests.
    pub(crate) signal: u32,
}

/// How the newest events of a condition come from those of conditions before it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum NewestOp {
    /// A test by its places in [`Program::ageing`] and among the leaves.
    Test {
        test: u32,
        leaf: u32,
    },
    Not(u32),
    Latest(Operands),
}

impl Program {
    /// How many slots are decided when a lead is built.
    pub(crate) fn early_slots(&self) -> usize {
        self.attributes.slots() + self.early.len()
    }
}

/// Where the conditions of a model went.
pub(super) struct Lowered {
    pub(super) program: Program,
    slots: Vec<Option<Slot>>,
    newest: Vec<Option<u32>>,
    nodes: Vec<Option<u32>>,
    dates: QuickMap<AttributeId, u32>,
}

impl Lowered {
    pub(super) fn slot(&self, condition: ConditionId) -> Slot {
        // OK because the checker's conditions are all there; a slot that is not would never hold.
        let node = self.nodes.get(condition.index()).copied().flatten();
        node.and_then(|node| self.slots.get(node as usize).copied().flatten()).unwrap_or(Slot::MAX)
    }

    /// The place in [`Program::newest`] of a condition that a decaying rule is about, if it has events to age
    /// by.
    pub(super) fn newest(&self, condition: ConditionId) -> Option<u32> {
        let node = self.nodes.get(condition.index()).copied().flatten()?;
        self.newest.get(node as usize).copied().flatten()
    }
}

/// The five stretches of slots, in their order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stretch {
    Attribute,
    Early,
    Leaf,
    Timed,
    Scored,
}

/// A condition that stands only once, its children by their places among the nodes.
struct Node<'m> {
    kind: Cow<'m, ConditionKind>,
    stretch: Stretch,
}

impl Node<'_> {
    /// The attribute that is tested, and how, where that is the same at every instant.
    fn attribute_test(&self) -> Option<(AttributeId, &ValueTest)> {
        match &*self.kind {
            ConditionKind::Attribute { attribute, test } if self.stretch == Stretch::Attribute => {
                Some((*attribute, test))
            }
            _ => None,
        }
    }
}

/// Makes the program for what `roots` reach; `decaying` are the conditions of the condition rules that decay.
pub(super) fn lower<'m>(
    model: &'m Model,
    numbering: &mut Numbering<'m>,
    roots: &[ConditionId],
    decaying: &[ConditionId],
) -> Lowered {
    let (nodes, node_of) = distinct_nodes(model, roots);
    let order = slot_order(&nodes);
    let mut lowered = Lowered {
        program: Program { attributes: attribute_tests(&nodes, &order), ..Program::default() },
        slots: number_slots(&order),
        newest: vec![None; nodes.len()],
        nodes: node_of,
        dates: QuickMap::default(),
    };
    let ages = below(&nodes, decaying.iter().filter_map(|root| lowered.nodes.get(root.index()).copied()?));
    for place in order {
        let Some(node) = nodes.get(place) else { continue };
        let aged = ages.get(place) == Some(&true);
        lowered.emit(node, numbering);
        if aged {
            let newest = lowered.emit_newest(node);
            if let Some(slot) = lowered.newest.get_mut(place) {
                *slot = newest;
            }
        }
    }
    lowered
}

/// The conditions that `roots` reach, equal ones once, children before parents; and where each went.
fn distinct_nodes<'m>(model: &'m Model, roots: &[ConditionId]) -> (Vec<Node<'m>>, Vec<Option<u32>>) {
    let reached = reached(model, roots);
    let names_segment = conditions_that_name_segments(model);
    let mut nodes: Vec<Node<'m>> = Vec::new();
    let mut node_of: Vec<Option<u32>> = vec![None; model.conditions.len()];
    let mut known: QuickMap<Cow<'m, ConditionKind>, u32> = QuickMap::default();
    // A segment's condition may stand behind one that names the segment; it never names one itself.
    for with_segments in [false, true] {
        for (place, condition) in model.conditions.iter().enumerate() {
            let is = |marks: &[bool]| marks.get(place) == Some(&true);
            if !is(&reached) || is(&names_segment) != with_segments {
                continue;
            }
            let at = |id: ConditionId| node_of.get(id.index()).copied().flatten();
            let number = if let ConditionKind::Segment(segment) = &condition.kind {
                model.segments.get(segment.index()).and_then(|segment| at(segment.condition))
            } else {
                let kind = with_children(&condition.kind, |id| ConditionId(at(id).unwrap_or(u32::MAX)));
                Some(*known.entry(kind).or_insert_with_key(|kind| {
                    let stretch = stretch(kind, &nodes);
                    nodes.push(Node { kind: kind.clone(), stretch });
                    number_of(nodes.len() - 1)
                }))
            };
            if let Some(slot) = node_of.get_mut(place) {
                *slot = number;
            }
        }
    }
    (nodes, node_of)
}

fn with_children(
    kind: &ConditionKind,
    mut renamed: impl FnMut(ConditionId) -> ConditionId,
) -> Cow<'_, ConditionKind> {
    let mut all = |of: &[ConditionId]| of.iter().map(|id| renamed(*id)).collect();
    match kind {
        ConditionKind::All(of) => Cow::Owned(ConditionKind::All(all(of))),
        ConditionKind::Any(of) => Cow::Owned(ConditionKind::Any(all(of))),
        ConditionKind::AtLeast { count, of } => {
            Cow::Owned(ConditionKind::AtLeast { count: *count, of: all(of) })
        }
        ConditionKind::Not(of) => Cow::Owned(ConditionKind::Not(renamed(*of))),
        leaf => Cow::Borrowed(leaf),
    }
}

fn reached(model: &Model, roots: &[ConditionId]) -> Vec<bool> {
    let mut reached = vec![false; model.conditions.len()];
    let mark = |id: ConditionId, reached: &mut Vec<bool>| {
        if let Some(mark) = reached.get_mut(id.index()) {
            *mark = true;
        }
    };
    roots.iter().for_each(|root| mark(*root, &mut reached));
    // From parents to children, and segments are roots themselves.
    for (place, condition) in model.conditions.iter().enumerate().rev() {
        if reached.get(place) == Some(&true) {
            condition.kind.parts().iter().for_each(|child| mark(*child, &mut reached));
        }
    }
    reached
}

fn conditions_that_name_segments(model: &Model) -> Vec<bool> {
    let mut naming: Vec<bool> = Vec::with_capacity(model.conditions.len());
    for condition in &model.conditions {
        let child_does = |child: &ConditionId| naming.get(child.index()) == Some(&true);
        let does = matches!(condition.kind, ConditionKind::Segment(_))
            || condition.kind.parts().iter().any(child_does);
        naming.push(does);
    }
    naming
}

/// The nodes at and below `roots`.
fn below(nodes: &[Node<'_>], roots: impl Iterator<Item = u32>) -> Vec<bool> {
    let mut marks = vec![false; nodes.len()];
    for root in roots {
        if let Some(mark) = marks.get_mut(root as usize) {
            *mark = true;
        }
    }
    for (place, node) in nodes.iter().enumerate().rev() {
        if marks.get(place) == Some(&true) {
            for child in node.kind.parts() {
                if let Some(mark) = marks.get_mut(child.index()) {
                    *mark = true;
                }
            }
        }
    }
    marks
}

fn stretch(kind: &ConditionKind, nodes: &[Node<'_>]) -> Stretch {
    match kind {
        ConditionKind::Attribute { test, .. } if !test.depends_on_time() => Stretch::Attribute,
        ConditionKind::Attribute { .. } | ConditionKind::Events(_) | ConditionKind::Inactive(_) => {
            Stretch::Leaf
        }
        ConditionKind::Score { .. }
        | ConditionKind::ScoreBetween { .. }
        | ConditionKind::Band { .. }
        | ConditionKind::BandAtLeast { .. }
        | ConditionKind::Segment(_) => Stretch::Scored,
        ConditionKind::All(_)
        | ConditionKind::Any(_)
        | ConditionKind::Not(_)
        | ConditionKind::AtLeast { .. } => {
            let of = |child: &ConditionId| nodes.get(child.index()).map(|node| node.stretch);
            match kind.parts().iter().filter_map(of).max() {
                None | Some(Stretch::Attribute | Stretch::Early) => Stretch::Early,
                Some(Stretch::Leaf | Stretch::Timed) => Stretch::Timed,
                Some(Stretch::Scored) => Stretch::Scored,
            }
        }
    }
}

/// The places of nodes in the order of their slots: by stretch, tests of attributes by attribute, and otherwise
/// in the order of the nodes, so that children stay before parents.
fn slot_order(nodes: &[Node<'_>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..nodes.len()).collect();
    order.sort_by_key(|place| {
        nodes.get(*place).map(|node| (node.stretch, node.attribute_test().map(|(attribute, _)| attribute)))
    });
    order
}

fn number_slots(order: &[usize]) -> Vec<Option<Slot>> {
    let mut slots = vec![None; order.len()];
    for (slot, place) in (0u32..).zip(order) {
        if let Some(entry) = slots.get_mut(*place) {
            *entry = Some(slot);
        }
    }
    slots
}

/// The tests of the first stretch.
fn attribute_tests(nodes: &[Node<'_>], order: &[usize]) -> AttributeTests {
    let nodes = order.iter().filter_map(|place| nodes.get(*place));
    let tests: Vec<_> = nodes.map_while(Node::attribute_test).collect();
    AttributeTests::new(&tests)
}

impl Lowered {
    /// Puts a node where its slot is. Nodes come in order, so each stretch is filled in order.
    fn emit<'m>(&mut self, node: &Node<'m>, numbering: &mut Numbering<'m>) {
        let program = &mut self.program;
        let slots = &self.slots;
        let slot = |id: &ConditionId| slots.get(id.index()).copied().flatten().unwrap_or(Slot::MAX);
        let operands = &mut program.operands;
        let mut run = |of: &[ConditionId]| Operands::put(operands, of.iter().map(slot));
        let scored = match &*node.kind {
            ConditionKind::All(of) => ScoredOp::Op(Op::All(run(of))),
            ConditionKind::Any(of) => ScoredOp::Op(Op::Any(run(of))),
            ConditionKind::Not(of) => ScoredOp::Op(Op::Not(slot(of))),
            ConditionKind::AtLeast { count, of } => ScoredOp::Op(Op::AtLeast { count: *count, of: run(of) }),
            ConditionKind::Attribute { attribute, test } => {
                let ages = match test {
                    ValueTest::Date(DateTest::Within(period)) => {
                        Some(Ages { enters: 0, leaves: period.micros() })
                    }
                    ValueTest::Date(DateTest::OlderThan(period)) => {
                        Some(Ages { enters: period.micros(), leaves: Micros::MAX })
                    }
                    _ => None,
                };
                // The others are there already: see `attribute_tests`.
                if let Some(ages) = ages {
                    let date = *self.dates.entry(*attribute).or_insert_with(|| {
                        program.dates.push(*attribute);
                        number_of(program.dates.len() - 1)
                    });
                    program.leaves.push(Leaf::Date { date, ages });
                }
                return;
            }
            ConditionKind::Events(_) => {
                // A leaf has no children to rename, so it is still the model's own.
                if let Cow::Borrowed(ConditionKind::Events(test)) = node.kind {
                    let bound = match test.bound {
                        Bound::Count(count) => i128::from(count),
                        Bound::Sum(number) => i128::from(number.millionths()),
                    };
                    let (signal, cap) = numbering.test(test, bound);
                    program.leaves.push(Leaf::of_events(test, signal, bound, cap));
                }
                return;
            }
            ConditionKind::Inactive(period) => {
                program.leaves.push(Leaf::Inactive(period.micros()));
                return;
            }
            ConditionKind::Score { score, comparison, points } => {
                ScoredOp::Compare { score: *score, comparison: *comparison, points: *points }
            }
            ConditionKind::ScoreBetween { score, low, high } => {
                ScoredOp::Between { score: *score, low: *low, high: *high }
            }
            ConditionKind::Band { score, band } => ScoredOp::Band { score: *score, band: *band },
            ConditionKind::BandAtLeast { score, band } => {
                ScoredOp::BandAtLeast { score: *score, band: *band }
            }
            // Looked through: a node is never one.
            ConditionKind::Segment(_) => return,
        };
        match (node.stretch, scored) {
            (Stretch::Early, ScoredOp::Op(op)) => program.early.push(op),
            (Stretch::Timed, ScoredOp::Op(op)) => program.timed.push(op),
            (_, op) => program.scored.push(op),
        }
    }

    /// Puts what finds a node's newest events, and gives its place; none where the node has no events.
    fn emit_newest(&mut self, node: &Node<'_>) -> Option<u32> {
        let program = &mut self.program;
        let newest = &self.newest;
        let place = |child: &ConditionId| newest.get(child.index()).copied().flatten();
        let op = match &*node.kind {
            ConditionKind::Events(_) => {
                // `emit` has just put the test last.
                let leaf = program.leaves.len().checked_sub(1)?;
                let signal = program.leaves.get(leaf)?.signal()?;
                program.ageing.push(Ageing { signal });
                NewestOp::Test { test: number_of(program.ageing.len() - 1), leaf: number_of(leaf) }
            }
            ConditionKind::Not(of) => NewestOp::Not(place(of)?),
            kind => {
                let mut places: Vec<u32> = kind.parts().iter().filter_map(place).collect();
                places.sort_unstable();
                places.dedup();
                match places.as_slice() {
                    [] => return None,
                    [only] => return Some(*only),
                    several => {
                        NewestOp::Latest(Operands::put(&mut program.newest_operands, several.iter().copied()))
                    }
                }
            }
        };
        program.newest.push(op);
        Some(number_of(program.newest.len() - 1))
    }
}
