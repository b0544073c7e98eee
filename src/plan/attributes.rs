//! Tests of attributes that are the same at every instant, decided all at once for one attribute.
//!
//! The tests of one attribute are one run of slots. A value goes in, borrowed and as it came; the truth values
//! of its run come out, without allocating. How that is done is chosen for each attribute when the plan is
//! made: texts that `=` and `in` compare with are looked up once for all tests, numbers, dates, flags and
//! symbols are held against bounds, and what is left is tested one by one. Every way gives what
//! [`ValueTest::holds`] does.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::fold::{FoldedMap, folded_in, same};
use super::numbering::number_of;
use crate::decimal::Number;
use crate::lead::{Text, Value};
use crate::model::{Comparison, DateTest, Folded, NumberTest, Shared, TextTest, ValueTest};
use crate::time::Instant;
use crate::vocabulary::{AttributeId, SymbolId};

/// A value that is there, as its owner has it. Empty texts and sets may come as values: they are missing.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ValueRef<'v> {
    /// In any case.
    Text(&'v str),
    Number(Number),
    Flag(bool),
    Symbol(SymbolId),
    Date(Instant),
    Set(Texts<'v>),
}

/// The texts of a set, in any case.
#[derive(Clone, Copy, Debug)]
#[allow(dead_code, reason = "for sets as `state` and `batch` have them")]
pub(crate) enum Texts<'v> {
    Owned(&'v [Text]),
    Plain(&'v [&'v str]),
    /// By their places in a dictionary.
    Coded {
        dictionary: &'v [&'v str],
        codes: &'v [u32],
    },
}

impl<'v> Texts<'v> {
    fn any(self, mut passes: impl FnMut(&'v str) -> bool) -> bool {
        match self {
            Texts::Owned(texts) => texts.iter().any(|text| passes(text.as_str())),
            Texts::Plain(texts) => texts.iter().any(|text| passes(text)),
            Texts::Coded { dictionary, codes } => {
                codes.iter().any(|code| dictionary.get(*code as usize).is_some_and(|text| passes(text)))
            }
        }
    }
}

impl<'v> ValueRef<'v> {
    /// The value, unless it is one that counts as missing.
    fn there(self) -> Option<Self> {
        let there = match self {
            ValueRef::Text(text) => !text.is_empty(),
            ValueRef::Set(texts) => texts.any(|text| !text.is_empty()),
            _ => true,
        };
        there.then_some(self)
    }

    /// What bounds are held against; texts and sets have none.
    fn rank(self) -> i64 {
        match self {
            ValueRef::Number(number) => number.millionths(),
            ValueRef::Date(date) => date.micros(),
            ValueRef::Flag(flag) => i64::from(flag),
            ValueRef::Symbol(symbol) => i64::from(symbol.0),
            ValueRef::Text(_) | ValueRef::Set(_) => 0,
        }
    }
}

impl<'v> From<&'v Value> for ValueRef<'v> {
    fn from(value: &'v Value) -> Self {
        match value {
            Value::Text(text) => ValueRef::Text(text.as_str()),
            Value::Number(number) => ValueRef::Number(*number),
            Value::Flag(flag) => ValueRef::Flag(*flag),
            Value::Symbol(symbol) => ValueRef::Symbol(*symbol),
            Value::Date(date) => ValueRef::Date(*date),
            Value::Set(texts) => ValueRef::Set(Texts::Owned(texts)),
        }
    }
}

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
    /// The run of a missing value.
    missing: Box<[bool]>,
    decider: Decider,
}

/// How the tests of an attribute are decided.
#[derive(Clone, Debug)]
enum Decider {
    /// For `=` and `in` of texts, be there others besides.
    LookUp(LookUp),
    /// For what has an order.
    Bounds(Vec<BoundTest>),
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
            all.places.resize(attribute.0 as usize, None);
            all.places.push(Some(number_of(all.tested.len())));
            all.tested.push(TestedAttribute {
                attribute: *attribute,
                run,
                missing: tests.iter().map(|test| test.holds(None, Instant::EPOCH)).collect(),
                decider: Decider::new(&tests, &mut lists),
            });
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
    #[allow(dead_code, reason = "for `state` and `batch`")]
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
        let Some(value) = value.and_then(ValueRef::there) else { return copy(&tested.missing, run) };
        match &tested.decider {
            Decider::LookUp(look_up) => look_up.decide(value, room, run),
            Decider::Bounds(tests) => {
                let rank = value.rank();
                for (holds, test) in run.iter_mut().zip(tests) {
                    *holds = test.holds(rank);
                }
            }
            Decider::OneByOne(tests) => {
                for (holds, test) in run.iter_mut().zip(tests) {
                    *holds = loose_test_holds(test, value, room);
                }
            }
        }
    }

    fn of(&self, attribute: AttributeId) -> Option<&TestedAttribute> {
        self.tested.get(*self.places.get(attribute.0 as usize)?.as_ref()? as usize)
    }
}

fn copy(from: &[bool], to: &mut [bool]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
}

impl Decider {
    fn new(tests: &[&ValueTest], lists: &mut Lists) -> Self {
        if tests.iter().any(|test| matches!(test, ValueTest::Text(_))) {
            Decider::LookUp(LookUp::new(tests, lists))
        } else if tests.iter().any(|test| matches!(test, ValueTest::Set(_))) {
            Decider::OneByOne(tests.iter().copied().cloned().collect())
        } else {
            Decider::Bounds(tests.iter().copied().map(BoundTest::new).collect())
        }
    }
}

/// One test of a value, none where it is missing, be it of an attribute or of a property.
pub(super) fn test_holds(test: &ValueTest, value: Option<ValueRef<'_>>, room: &mut String) -> bool {
    match value.and_then(ValueRef::there) {
        Some(value) => loose_test_holds(test, value, room),
        None => matches!(test, ValueTest::Missing),
    }
}

/// One test of a value that is there.
fn loose_test_holds(test: &ValueTest, value: ValueRef<'_>, room: &mut String) -> bool {
    match (test, value) {
        (ValueTest::Known, _) => true,
        (ValueTest::Text(TextTest::AnyOf { texts, negated }), ValueRef::Text(text)) => {
            texts.iter().any(|wanted| same(text, wanted.as_str())) != *negated
        }
        (ValueTest::Text(test), ValueRef::Text(text)) => test.holds(folded_in(room, text)),
        (ValueTest::Number(test), ValueRef::Number(number)) => test.holds(number),
        (ValueTest::Flag(wanted), ValueRef::Flag(flag)) => *wanted == flag,
        (ValueTest::Symbol { any_of, negated }, ValueRef::Symbol(symbol)) => {
            any_of.contains(&symbol) != *negated
        }
        (ValueTest::Set(test), ValueRef::Set(texts)) => {
            test.holds(|wanted| texts.any(|text| same(text, wanted.as_str())))
        }
        (ValueTest::Date(test), ValueRef::Date(date)) => test.holds(date, Instant::EPOCH),
        // OK because the checker pairs tests with values of their type.
        _ => false,
    }
}

/// A test of a value that has an order, by its rank.
#[derive(Clone, Debug)]
enum BoundTest {
    /// Both ends included.
    Within {
        low: i64,
        high: i64,
        negated: bool,
    },
    Numbers {
        any_of: Shared<Number>,
        negated: bool,
    },
    Symbols {
        any_of: Shared<SymbolId>,
        negated: bool,
    },
}

impl BoundTest {
    fn new(test: &ValueTest) -> Self {
        let within = |low, high| BoundTest::Within { low, high, negated: false };
        let all_but = |low, high| BoundTest::Within { low, high, negated: true };
        match test {
            ValueTest::Missing => all_but(i64::MIN, i64::MAX),
            ValueTest::Flag(flag) => within(i64::from(*flag), i64::from(*flag)),
            ValueTest::Symbol { any_of, negated } => match &any_of[..] {
                [only] => {
                    BoundTest::Within { low: i64::from(only.0), high: i64::from(only.0), negated: *negated }
                }
                _ => BoundTest::Symbols { any_of: any_of.clone(), negated: *negated },
            },
            ValueTest::Number(NumberTest::Compare(comparison, number)) => {
                let bound = number.millionths();
                match comparison {
                    Comparison::Equal => within(bound, bound),
                    Comparison::NotEqual => all_but(bound, bound),
                    Comparison::Less => all_but(bound, i64::MAX),
                    Comparison::LessOrEqual => within(i64::MIN, bound),
                    Comparison::Greater => all_but(i64::MIN, bound),
                    Comparison::GreaterOrEqual => within(bound, i64::MAX),
                }
            }
            ValueTest::Number(NumberTest::Between(low, high)) => within(low.millionths(), high.millionths()),
            ValueTest::Number(NumberTest::AnyOf { numbers, negated }) => {
                BoundTest::Numbers { any_of: numbers.clone(), negated: *negated }
            }
            ValueTest::Date(DateTest::Before(bound)) => all_but(bound.micros(), i64::MAX),
            ValueTest::Date(DateTest::After(bound)) => all_but(i64::MIN, bound.micros()),
            // OK because other tests are not of such values, or not the same at every instant.
            _ => within(i64::MIN, i64::MAX),
        }
    }

    fn holds(&self, rank: i64) -> bool {
        match self {
            BoundTest::Within { low, high, negated } => (*low <= rank && rank <= *high) != *negated,
            BoundTest::Numbers { any_of, negated } => {
                any_of.iter().any(|number| number.millionths() == rank) != *negated
            }
            BoundTest::Symbols { any_of, negated } => {
                any_of.iter().any(|symbol| i64::from(symbol.0) == rank) != *negated
            }
        }
    }
}

/// The tests of a text: those that compare it with whole texts take one look-up together.
#[derive(Clone, Debug, Default)]
struct LookUp {
    /// The run of a text that is on no list. Tests that are no comparison with whole texts are false in it.
    unlisted: Box<[bool]>,
    /// The lists that a text is on, as a run of places in `on_lists`.
    texts: FoldedMap<Range<u32>>,
    /// Places in `tests_of_list`.
    on_lists: Vec<u32>,
    /// The tests of each list, as places in the run.
    tests_of_list: Vec<Vec<u32>>,
    /// Lists too long to be gone through for each attribute that is compared with them.
    long: Vec<(Arc<FoldedMap<()>>, u32)>,
    /// The other tests and their places in the run.
    others: Vec<(u32, ValueTest)>,
}

/// Lists that tests share, across attributes.
#[derive(Default)]
struct Lists {
    /// How many texts are in tables of single attributes.
    listed: usize,
    long: HashMap<Shared<Folded>, Arc<FoldedMap<()>>>,
}

/// So many texts go into tables of single attributes. Rule sets may name one long list for thousands of
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
        let mut numbers: HashMap<&Shared<Folded>, usize> = HashMap::new();
        let mut in_order: Vec<&Shared<Folded>> = Vec::new();
        let mut unlisted = vec![false; tests.len()];
        for ((place, test), unlisted) in (0u32..).zip(tests).zip(&mut unlisted) {
            let ValueTest::Text(TextTest::AnyOf { texts, negated }) = test else {
                look_up.others.push((place, (*test).clone()));
                continue;
            };
            *unlisted = *negated;
            let number = *numbers.entry(texts).or_insert_with(|| {
                in_order.push(texts);
                look_up.tests_of_list.push(Vec::new());
                in_order.len() - 1
            });
            look_up.tests_of_list.get_mut(number).into_iter().for_each(|tests| tests.push(place));
        }
        look_up.unlisted = unlisted.into();
        let mut listed: FoldedMap<Vec<u32>> = FoldedMap::default();
        for (number, texts) in (0u32..).zip(in_order) {
            lists.listed += texts.len();
            if lists.listed > MOST_LISTED {
                look_up.long.push((lists.long(texts), number));
                continue;
            }
            for text in texts.iter() {
                let on_lists = listed.entry(text.as_str(), Vec::new);
                // A list may name a text twice.
                if on_lists.last() != Some(&number) {
                    on_lists.push(number);
                }
            }
        }
        let on_lists = &mut look_up.on_lists;
        look_up.texts = listed.map(|numbers| {
            let first = number_of(on_lists.len());
            on_lists.extend(numbers);
            first..number_of(on_lists.len())
        });
        look_up
    }

    fn decide(&self, value: ValueRef<'_>, room: &mut String, run: &mut [bool]) {
        copy(&self.unlisted, run);
        let ValueRef::Text(text) = value else { return };
        if let Some(on_lists) = self.texts.get(text) {
            let on_lists = self.on_lists.get(on_lists.start as usize..on_lists.end as usize);
            on_lists.unwrap_or(&[]).iter().for_each(|list| self.is_on(*list, run));
        }
        for (texts, list) in &self.long {
            if texts.get(text).is_some() {
                self.is_on(*list, run);
            }
        }
        for (place, test) in &self.others {
            if let Some(holds) = run.get_mut(*place as usize) {
                *holds = loose_test_holds(test, value, room);
            }
        }
    }

    fn is_on(&self, list: u32, run: &mut [bool]) {
        for place in self.tests_of_list.get(list as usize).map_or(&[][..], |tests| tests) {
            // Each test has one list, so it is turned around once.
            if let Some(holds) = run.get_mut(*place as usize) {
                *holds = !*holds;
            }
        }
    }
}
