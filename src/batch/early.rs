//! The tests of attributes, decided column by column: once for each text of a dictionary, not for each lead.
//!
//! What comes out is bits: of each test a word with one for each lead of a block.

use std::ops::Range;

use super::bind::Binding;
use super::block::BLOCK;
use super::columns::{Column, Data, LeadColumns, Texts};
use super::reading::{double, integer};
use super::rows::fill;
use crate::plan::{self, FoldRoom, Plan, ValueRef};
use crate::time::Instant;
use crate::vocabulary::{AttributeId, Type, Vocabulary};

/// The truth values of all tests of attributes of a block of leads.
#[derive(Clone, Debug, Default)]
pub(super) struct EarlyBits {
    /// By test: a bit for each lead.
    words: Vec<u64>,
    /// By tested attribute, in the order of their runs: what is known of its texts.
    known: Vec<Known>,
    /// The run of a single value.
    run: Vec<bool>,
    room: FoldRoom,
}

/// What is decided of the texts of one attribute.
#[derive(Clone, Debug, Default)]
struct Known {
    /// By code, and behind them of a missing text: the run of truth values, as far as they are decided.
    runs: Vec<bool>,
    decided: Vec<bool>,
}

/// An attribute and its tests.
#[derive(Clone)]
struct Tests<'p> {
    plan: &'p Plan,
    id: AttributeId,
    run: Range<usize>,
}

impl EarlyBits {
    /// Starts with another batch.
    pub(super) fn begin(&mut self, plan: &Plan, binding: &Binding, columns: &LeadColumns<'_>) {
        self.words.clear();
        self.words.resize(plan.program.attributes.slots(), 0);
        self.known.resize_with(plan.program.attributes.runs().count(), Known::default);
        for ((id, run), known) in plan.program.attributes.runs().zip(&mut self.known) {
            if let Some(Column(Data::Texts(texts))) = binding.attribute(columns, id) {
                let entries = texts.dictionary.len() + 1;
                fill(&mut known.runs, entries * run.len(), false);
                fill(&mut known.decided, entries, false);
            }
        }
    }

    /// Decides all tests over the attributes of a block of leads, whose rows have been checked.
    pub(super) fn decide(
        &mut self,
        plan: &Plan,
        vocabulary: &Vocabulary,
        binding: &Binding,
        columns: &LeadColumns<'_>,
        leads: Range<usize>,
    ) {
        self.words.fill(0);
        for (place, (id, run)) in plan.program.attributes.runs().enumerate() {
            let tests = Tests { plan, id, run };
            let of = vocabulary.attribute(id).map(|attribute| &attribute.of);
            match (binding.attribute(columns, id), of) {
                (Some(column), Some(of)) => self.decide_column(&tests, place, of, column, leads.clone()),
                _ => self.decide_rows(&tests, 0..BLOCK, |_| None),
            }
        }
    }

    /// By test: a bit for each lead of the block.
    pub(super) fn words(&self) -> &[u64] {
        &self.words
    }

    fn decide_column(
        &mut self,
        tests: &Tests<'_>,
        place: usize,
        of: &Type,
        column: &Column<'_>,
        leads: Range<usize>,
    ) {
        match &column.0 {
            Data::Texts(texts) => {
                let symbols = matches!(of, Type::OneOf(_)).then_some(of);
                self.decide_coded(tests, place, symbols, texts.part(leads));
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

    /// Decides each row by itself.
    fn decide_rows<'v>(
        &mut self,
        tests: &Tests<'_>,
        rows: Range<usize>,
        value: impl Fn(usize) -> Option<ValueRef<'v>>,
    ) {
        let Some(words) = self.words.get_mut(tests.run.clone()) else { return };
        fill(&mut self.run, tests.run.len(), false);
        for (lead, row) in rows.enumerate() {
            tests.plan.decide(tests.id, value(row), &mut self.room, &mut self.run);
            set_bits(words, &self.run, lead);
        }
    }

    /// Decides each text that has not come up in the batch before; as symbols, where there are any.
    fn decide_coded(&mut self, tests: &Tests<'_>, place: usize, symbols: Option<&Type>, texts: Texts<'_>) {
        let (entries, length) = (texts.dictionary.len(), tests.run.len());
        let (Some(words), Some(known)) = (self.words.get_mut(tests.run.clone()), self.known.get_mut(place))
        else {
            return;
        };
        for (lead, code) in texts.codes.iter().enumerate() {
            let code = (*code as usize).min(entries);
            let run = known.runs.get_mut(code * length..(code + 1) * length);
            let (Some(decided), Some(run)) = (known.decided.get_mut(code), run) else { continue };
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

/// Sets a lead's bit in the words of the tests that hold.
#[inline]
fn set_bits(words: &mut [u64], run: &[bool], lead: usize) {
    for (word, holds) in words.iter_mut().zip(run) {
        *word |= u64::from(*holds) << lead;
    }
}

fn set<'v>(items: Texts<'v>, offsets: &[usize], row: usize) -> Option<ValueRef<'v>> {
    let [from, to] = offsets.get(row..row + 2)? else { return None };
    let codes = items.codes.get(*from..*to)?;
    Some(ValueRef::Set(plan::Texts::Coded { dictionary: items.dictionary, codes }))
}
