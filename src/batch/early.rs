//! The tests of attributes, decided column by column: once for each text of a dictionary, not for each lead.
//!
//! What comes out is bits: of each test one word for every [`BLOCK`] leads.

use std::ops::Range;

use super::bind::Binding;
use super::block::BLOCK;
use super::columns::{Column, Data, LeadColumns, Texts, Values};
use crate::decimal::{MILLIONTHS, Number};
use crate::plan::{self, FoldRoom, Plan, ValueRef};
use crate::time::Instant;
use crate::vocabulary::{AttributeId, Type, Vocabulary};

/// The truth values of all tests of attributes.
#[derive(Clone, Debug, Default)]
pub(super) struct EarlyBits {
    /// How many tests there are.
    tests: usize,
    /// By block, then by test: a bit for each lead.
    words: Vec<u64>,
    /// The runs of one attribute by code, as far as they are decided.
    runs: Vec<bool>,
    decided: Vec<bool>,
    room: FoldRoom,
}

/// An attribute, its tests, and what decides them.
#[derive(Clone)]
struct Tests<'p> {
    plan: &'p Plan,
    id: AttributeId,
    run: Range<usize>,
}

impl EarlyBits {
    /// Decides all tests over the attributes of some leads of a batch that has been checked.
    pub(super) fn decide(
        &mut self,
        plan: &Plan,
        vocabulary: &Vocabulary,
        binding: &Binding,
        columns: &LeadColumns<'_>,
        leads: Range<usize>,
    ) {
        self.tests = plan.program.attributes.slots();
        self.words.clear();
        self.words.resize(self.tests * leads.len().div_ceil(BLOCK), 0);
        for (id, run) in plan.program.attributes.runs() {
            let tests = Tests { plan, id, run };
            let of = vocabulary.attribute(id).map(|attribute| &attribute.of);
            match (binding.attribute(columns, id), of) {
                (Some(column), Some(of)) => self.decide_column(&tests, of, column, leads.clone()),
                _ => self.decide_missing(&tests),
            }
        }
    }

    /// The words of a block, one for each test.
    pub(super) fn block(&self, block: usize) -> &[u64] {
        self.words.get(block * self.tests..(block + 1) * self.tests).unwrap_or(&[])
    }

    fn decide_column(&mut self, tests: &Tests<'_>, of: &Type, column: &Column<'_>, leads: Range<usize>) {
        match &column.0 {
            Data::Texts(texts) => {
                let symbols = matches!(of, Type::OneOf(_)).then_some(of);
                self.decide_coded(tests, symbols, texts.part(leads));
            }
            Data::Integers(values) => self.decide_rows(tests, leads, |row| integer(*values, row)),
            Data::Doubles(values) => self.decide_rows(tests, leads, |row| double(*values, row)),
            Data::Flags(values) => {
                self.decide_rows(tests, leads, |row| values.get(row).map(ValueRef::Flag));
            }
            Data::Dates(values) => self.decide_rows(tests, leads, |row| {
                values.get(row).and_then(Instant::from_micros).map(ValueRef::Date)
            }),
            Data::Sets { items, offsets } => {
                self.decide_rows(tests, leads, |row| set(*items, offsets, row));
            }
        }
    }

    /// The words of an attribute's tests, block after block.
    fn blocks(words: &mut [u64], tests: usize, run: Range<usize>) -> impl Iterator<Item = &mut [u64]> {
        words.chunks_exact_mut(tests.max(1)).filter_map(move |words| words.get_mut(run.clone()))
    }

    fn decide_missing(&mut self, tests: &Tests<'_>) {
        self.runs.clear();
        self.runs.resize(tests.run.len(), false);
        tests.plan.decide(tests.id, None, &mut self.room, &mut self.runs);
        for words in Self::blocks(&mut self.words, self.tests, tests.run.clone()) {
            for (word, holds) in words.iter_mut().zip(&self.runs) {
                *word = if *holds { u64::MAX } else { 0 };
            }
        }
    }

    /// Decides each row by itself.
    fn decide_rows<'v>(
        &mut self,
        tests: &Tests<'_>,
        mut leads: Range<usize>,
        value: impl Fn(usize) -> Option<ValueRef<'v>>,
    ) {
        self.runs.clear();
        self.runs.resize(tests.run.len(), false);
        for words in Self::blocks(&mut self.words, self.tests, tests.run.clone()) {
            for (lead, row) in leads.by_ref().take(BLOCK).enumerate() {
                tests.plan.decide(tests.id, value(row), &mut self.room, &mut self.runs);
                set_bits(words, &self.runs, lead);
            }
        }
    }

    /// Decides each text of a dictionary that some row has; as symbols, where there are any.
    fn decide_coded(&mut self, tests: &Tests<'_>, symbols: Option<&Type>, texts: Texts<'_>) {
        // Behind the texts stands the run of a missing one.
        let (entries, length) = (texts.dictionary.len(), tests.run.len());
        self.runs.clear();
        self.runs.resize((entries + 1) * length, false);
        self.decided.clear();
        self.decided.resize(entries + 1, false);
        let blocks = Self::blocks(&mut self.words, self.tests, tests.run.clone());
        for (words, codes) in blocks.zip(texts.codes.chunks(BLOCK)) {
            for (lead, code) in codes.iter().enumerate() {
                let code = (*code as usize).min(entries);
                let (Some(decided), Some(run)) =
                    (self.decided.get_mut(code), self.runs.get_mut(code * length..(code + 1) * length))
                else {
                    continue;
                };
                if !*decided {
                    *decided = true;
                    let text = texts.dictionary.get(code).filter(|text| !text.is_empty());
                    let value = text.and_then(|text| match symbols {
                        Some(of) => of.symbol_id(text).map(ValueRef::Symbol),
                        None => Some(ValueRef::Text(text)),
                    });
                    tests.plan.decide(tests.id, value, &mut self.room, run);
                }
                set_bits(words, run, lead);
            }
        }
    }
}

/// Sets a lead's bit in the words of the tests that hold.
#[inline]
fn set_bits(words: &mut [u64], run: &[bool], lead: usize) {
    for (word, holds) in words.iter_mut().zip(run) {
        *word |= u64::from(*holds) << lead;
    }
}

/// The number in a row of integers.
pub(super) fn integer(values: Values<'_, i64>, row: usize) -> Option<ValueRef<'static>> {
    let millionths = values.get(row)?.checked_mul(MILLIONTHS)?;
    Number::from_millionths(millionths).map(ValueRef::Number)
}

/// The number in a row of doubles.
pub(super) fn double(values: Values<'_, f64>, row: usize) -> Option<ValueRef<'static>> {
    Number::from_f64(values.get(row)?).ok().map(ValueRef::Number)
}

fn set<'v>(items: Texts<'v>, offsets: &[usize], row: usize) -> Option<ValueRef<'v>> {
    let [from, to] = offsets.get(row..row + 2)? else { return None };
    let codes = items.codes.get(*from..*to)?;
    Some(ValueRef::Set(plan::Texts::Coded { dictionary: items.dictionary, codes }))
}
