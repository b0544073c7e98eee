//! Tests of attributes that are the same at every instant, decided all at once for one attribute.
//!
//! The tests of one attribute are one run of slots. A value goes in, borrowed and as it came; the truth values
//! of its run come out, without allocating. How that is done is chosen for each attribute when the plan is
//! made: texts that `=` and `in` compare with are looked up once for all tests, numbers, dates, flags and
//! symbols are held against bounds, and what is left is tested one by one. Every way gives what
//! [`ValueTest::holds`] does.

use std::ops::Range;
use std::sync::Arc;

use super::bounds::Bounds;
use super::fold::{FoldedMap, folded_in, same};
use super::needles::{LONGEST, Needle, Needles};
use super::numbering::number_of;
use super::value_ref::{Texts, ValueRef};
use crate::hash::QuickMap;
use crate::model::{Folded, Shared, TextTest, ValueTest};
use crate::time::Instant;
use crate::vocabulary::AttributeId;

/// All tests of attributes of a plan.
#[derive(Clone, Debug, Default)]
pub(crate) struct AttributeTests {
    /// Of the attributes that are tested, ascending; their runs follow one another from slot 0 on.
    tested: Vec<TestedAttribute>,
    /// By [`AttributeId`], as far as there are tests: the place in `tested`.
    places: Vec<Option<u32>>,
    slots: usize,
}

#[derive(Clone, Debug)]
struct TestedAttribute {
    attribute: AttributeId,
    run: Range<usize>,
    /// The tests, so many a block as a [`Truths`] has room for.
    blocks: Vec<Block>,
}

/// How many of the tests of an attribute are decided in which way.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ways {
    pub(crate) tests: usize,
    /// Texts in the attribute's own table.
    pub(crate) listed: usize,
    /// Lists that have tables of their own.
    pub(crate) long_lists: usize,
    pub(crate) needles: usize,
    pub(crate) bounds: usize,
    pub(crate) one_by_one: usize,
}

/// Up to 64 truth values, the first in the lowest bit.
type Truths = u64;

/// Tests of one attribute, and how they are decided.
#[derive(Clone, Debug)]
struct Block {
    /// What they are of a missing value.
    missing: Truths,
    decider: Decider,
}

#[derive(Clone, Debug)]
enum Decider {
    /// For texts.
    LookUp(LookUp),
    /// For what has an order.
    Bounds(Bounds),
    /// For sets.
    OneByOne(Vec<ValueTest>),
}

impl AttributeTests {
    /// Tests by attribute, attributes ascending.
    pub(super) fn new(tests: &[(AttributeId, &ValueTest)]) -> Self {
        let mut lists = Lists::default();
        let mut all = AttributeTests { slots: tests.len(), ..AttributeTests::default() };
        let mut first = 0;
        for of_attribute in tests.chunk_by(|(one, _), (other, _)| one == other) {
            let Some((attribute, _)) = of_attribute.first() else { continue };
            let run = first..first + of_attribute.len();
            first = run.end;
            let tests: Vec<&ValueTest> = of_attribute.iter().map(|(_, test)| *test).collect();
            let blocks = tests.chunks(Truths::BITS as usize).map(|tests| Block::new(tests, &mut lists));
            all.places.resize(attribute.0 as usize, None);
            all.places.push(Some(number_of(all.tested.len())));
            all.tested.push(TestedAttribute { attribute: *attribute, run, blocks: blocks.collect() });
        }
        all
    }

    /// How many slots all tests have.
    pub(crate) const fn slots(&self) -> usize {
        self.slots
    }

    /// The attributes that are tested, and the run of slots of each; the runs follow one another.
    pub(crate) fn runs(&self) -> impl Iterator<Item = (AttributeId, Range<usize>)> {
        self.tested.iter().map(|tested| (tested.attribute, tested.run.clone()))
    }

    /// The slots of the tests of an attribute; empty where there are none.
    pub(crate) fn run(&self, attribute: AttributeId) -> Range<usize> {
        self.of(attribute).map_or(0..0, |tested| tested.run.clone())
    }

    /// Decides all tests of an attribute on a value, none where it is missing; `run` is as long as
    /// [`AttributeTests::run`] is, `room` is to fold texts in.
    pub(crate) fn decide(
        &self,
        attribute: AttributeId,
        value: Option<ValueRef<'_>>,
        room: &mut String,
        run: &mut [bool],
    ) {
        let Some(tested) = self.of(attribute) else { return };
        match value {
            Some(ValueRef::Text(text)) => tested.each(run, |block, run| block.put_text(text, room, run)),
            Some(ValueRef::Set(texts)) => tested.each(run, |block, run| block.put_set(texts, run)),
            Some(other) => tested.each(run, |block, run| block.put_rank(other.rank(), run)),
            None => tested.each(run, |block, run| put(block.missing, run)),
        }
    }

    /// As [`AttributeTests::decide`], of a text; `slots` are those of all tests.
    pub(super) fn decide_text(
        &self,
        attribute: AttributeId,
        text: &str,
        room: &mut String,
        slots: &mut [bool],
    ) {
        let Some(tested) = self.of(attribute) else { return };
        let run = slots.get_mut(tested.run.clone()).unwrap_or_default();
        tested.each(run, |block, run| block.put_text(text, room, run));
    }

    /// As [`AttributeTests::decide`], of a number or a flag by its rank; `slots` are those of all tests.
    pub(super) fn decide_rank(&self, attribute: AttributeId, rank: i64, slots: &mut [bool]) {
        let Some(tested) = self.of(attribute) else { return };
        let run = slots.get_mut(tested.run.clone()).unwrap_or_default();
        tested.each(run, |block, run| block.put_rank(rank, run));
    }

    /// How the tests of each attribute are decided.
    pub(crate) fn deciders(&self) -> impl Iterator<Item = (AttributeId, Ways)> {
        self.tested.iter().map(|tested| {
            let mut ways = Ways { tests: tested.run.len(), ..Ways::default() };
            tested.blocks.iter().for_each(|block| block.decider.count(&mut ways));
            (tested.attribute, ways)
        })
    }

    fn of(&self, attribute: AttributeId) -> Option<&TestedAttribute> {
        self.tested.get(*self.places.get(attribute.0 as usize)?.as_ref()? as usize)
    }
}

/// The truth values of things, in their order.
fn truths<T>(of: &[T], mut holds: impl FnMut(&T) -> bool) -> Truths {
    of.iter().rev().fold(0, |truths, one| truths << 1 | Truths::from(holds(one)))
}

impl Block {
    fn new(tests: &[&ValueTest], lists: &mut Lists) -> Self {
        let decider = if tests.iter().any(|test| matches!(test, ValueTest::Text(_))) {
            Decider::LookUp(LookUp::new(tests, lists))
        } else if tests.iter().any(|test| matches!(test, ValueTest::Set(_))) {
            Decider::OneByOne(tests.iter().copied().cloned().collect())
        } else {
            Decider::Bounds(Bounds::new(tests))
        };
        Block { missing: truths(tests, |test| test.holds(None, Instant::EPOCH)), decider }
    }

    /// Puts what is true of a text into the run of the tests; the empty one is missing.
    #[inline]
    fn put_text(&self, text: &str, room: &mut String, run: &mut [bool]) {
        match &self.decider {
            _ if text.is_empty() => put(self.missing, run),
            Decider::LookUp(look_up) => put(look_up.decide(text, room), run),
            // Nothing is asked but whether it is known.
            Decider::Bounds(bounds) => bounds.put(0, run),
            // OK because the checker pairs tests with values of their type.
            Decider::OneByOne(_) => run.fill(false),
        }
    }

    /// As [`Block::put_text`], of a set; one without a text that is not empty is missing.
    fn put_set(&self, set: Texts<'_>, run: &mut [bool]) {
        match &self.decider {
            _ if !set.any(|text| !text.is_empty()) => put(self.missing, run),
            Decider::OneByOne(tests) => {
                for (holds, test) in run.iter_mut().zip(tests) {
                    *holds = loose_test_holds(test, &ValueRef::Set(set), &mut String::new());
                }
            }
            // Nothing is asked but whether it is known.
            Decider::Bounds(bounds) => bounds.put(0, run),
            // OK because the checker pairs tests with values of their type.
            Decider::LookUp(_) => run.fill(false),
        }
    }

    /// As [`Block::put_text`], of a value with a rank.
    #[inline]
    fn put_rank(&self, rank: i64, run: &mut [bool]) {
        match &self.decider {
            Decider::Bounds(bounds) => bounds.put(rank, run),
            // OK because the checker pairs tests with values of their type.
            Decider::LookUp(_) | Decider::OneByOne(_) => run.fill(false),
        }
    }
}

/// Puts truth values where they belong.
#[inline]
fn put(mut truths: Truths, run: &mut [bool]) {
    for holds in run {
        *holds = truths & 1 == 1;
        truths >>= 1;
    }
}

impl TestedAttribute {
    /// Calls `decide` with each block and its part of the run.
    #[inline]
    fn each(&self, run: &mut [bool], mut decide: impl FnMut(&Block, &mut [bool])) {
        if let [block] = self.blocks.as_slice() {
            return decide(block, run);
        }
        for (block, run) in self.blocks.iter().zip(run.chunks_mut(Truths::BITS as usize)) {
            decide(block, run);
        }
    }
}

impl Decider {
    fn count(&self, ways: &mut Ways) {
        match self {
            Decider::LookUp(look_up) => {
                ways.listed += look_up.listed.len();
                ways.long_lists += look_up.long.len();
                ways.needles += look_up.needles.as_ref().map_or(0, Needles::len);
                ways.one_by_one += look_up.others.len();
            }
            Decider::Bounds(bounds) => ways.bounds += bounds.len(),
            Decider::OneByOne(tests) => ways.one_by_one += tests.len(),
        }
    }
}

/// One test of a property, none where it is missing, as the empty text is too.
pub(super) fn test_holds(test: &ValueTest, value: Option<ValueRef<'_>>, room: &mut String) -> bool {
    match &value {
        None | Some(ValueRef::Text("")) => matches!(test, ValueTest::Missing),
        Some(value) => loose_test_holds(test, value, room),
    }
}

/// One test of a property or of a set, which is there.
fn loose_test_holds(test: &ValueTest, value: &ValueRef<'_>, room: &mut String) -> bool {
    match (test, value) {
        (ValueTest::Known, _) => true,
        (ValueTest::Text(TextTest::AnyOf { texts, negated }), ValueRef::Text(text)) => {
            texts.iter().any(|wanted| is(text, wanted)) != *negated
        }
        (ValueTest::Text(test), ValueRef::Text(text)) => test.holds(folded_in(room, text)),
        (ValueTest::Number(test), ValueRef::Number(number)) => test.holds(*number),
        (ValueTest::Flag(wanted), ValueRef::Flag(flag)) => wanted == flag,
        (ValueTest::Set(test), ValueRef::Set(texts)) => {
            test.holds(|wanted| texts.any(|text| is(text, wanted)))
        }
        // OK because the checker pairs tests with values of their type, and there are no properties that are dates
        // or symbols.
        _ => false,
    }
}

fn is(text: &str, wanted: &Folded) -> bool {
    same(text.as_bytes(), wanted.as_str().as_bytes())
}

/// The tests of a text: those that compare it with whole texts take one look-up together.
#[derive(Clone, Debug, Default)]
struct LookUp {
    /// What the tests are of a text that is on no list, and in which nothing is found.
    unlisted: Truths,
    /// The tests that are turned around by each text on a list.
    listed: FoldedMap<Truths>,
    /// Lists that have tables of their own, for all attributes that are compared with them.
    long: Vec<(Arc<FoldedMap<()>>, Truths)>,
    /// For `contains` and `has word`, by the places of the tests.
    needles: Option<Needles>,
    /// The other tests, but for `is known` and `is missing`, and their places.
    others: Vec<(u32, TextTest)>,
}

/// Lists that tests share, across attributes.
#[derive(Default)]
struct Lists {
    /// How many texts are in tables of single attributes.
    listed: usize,
    long: QuickMap<Shared<Folded>, Arc<FoldedMap<()>>>,
}

/// So many texts go into tables of single attributes, those that are looked for among them. Rule sets may name one long list for thousands of
/// attributes; from here on a list has one table for all of them.
const MOST_LISTED: usize = 1 << 16;

impl Lists {
    fn long(&mut self, texts: &Shared<Folded>) -> Arc<FoldedMap<()>> {
        let table = || {
            let mut table = FoldedMap::default();
            for text in texts.iter() {
                table.entry(text.as_str(), || ());
            }
            Arc::new(table)
        };
        Arc::clone(self.long.entry(texts.clone()).or_insert_with(table))
    }
}

impl LookUp {
    fn new(tests: &[&ValueTest], lists: &mut Lists) -> Self {
        let mut look_up = LookUp::default();
        let mut tests_of: QuickMap<&Shared<Folded>, Truths> = QuickMap::default();
        let mut needles: Vec<Needle> = Vec::new();
        for (place, test) in (0u32..).zip(tests) {
            let own = 1 << place;
            let (test, parts, word) = match test {
                ValueTest::Text(TextTest::AnyOf { texts, negated }) => {
                    look_up.unlisted |= if *negated { own } else { 0 };
                    *tests_of.entry(texts).or_insert(0) |= own;
                    continue;
                }
                ValueTest::Text(test @ TextTest::Contains(parts)) => (test, &parts[..], false),
                ValueTest::Text(test @ TextTest::HasWord(words)) => (test, &words[..], true),
                ValueTest::Text(test) => (test, &[][..], false),
                test => {
                    look_up.unlisted |= if matches!(test, ValueTest::Known) { own } else { 0 };
                    continue;
                }
            };
            lists.listed += parts.len();
            let short = parts.iter().all(|part| part.as_str().len() <= LONGEST);
            if parts.is_empty() || !short || lists.listed > MOST_LISTED {
                look_up.others.push((place, test.clone()));
            } else {
                let needle = |part: &Folded| Needle { text: part.as_str().into(), word, of: place };
                needles.extend(parts.iter().map(needle));
            }
        }
        look_up.needles = (!needles.is_empty()).then(|| Needles::new(needles));
        for (texts, tests) in tests_of {
            lists.listed += texts.len();
            if lists.listed > MOST_LISTED {
                look_up.long.push((lists.long(texts), tests));
            } else {
                texts.iter().for_each(|text| *look_up.listed.entry(text.as_str(), || 0) |= tests);
            }
        }
        look_up
    }

    fn decide(&self, text: &str, room: &mut String) -> Truths {
        let mut truths = self.unlisted ^ self.listed.get(text).copied().unwrap_or(0);
        for (texts, tests) in &self.long {
            if texts.get(text).is_some() {
                truths ^= tests;
            }
        }
        if let Some(needles) = &self.needles {
            needles.find(text, |place| truths |= 1 << place);
        }
        if !self.others.is_empty() {
            for (place, test) in &self.others {
                let is_part = |part: Option<&[u8]>, of: &Folded| {
                    part.is_some_and(|part| same(part, of.as_str().as_bytes()))
                };
                let bytes = text.as_bytes();
                let holds = match test {
                    TextTest::StartsWith(start) => is_part(bytes.get(..start.as_str().len()), start),
                    TextTest::EndsWith(end) => {
                        let from = bytes.len().checked_sub(end.as_str().len());
                        is_part(from.and_then(|from| bytes.get(from..)), end)
                    }
                    test => test.holds(folded_in(room, text)),
                };
                truths |= Truths::from(holds) << place;
            }
        }
        truths
    }
}
