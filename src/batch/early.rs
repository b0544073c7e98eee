//! The tests of attributes, decided column by column: once for each text of a dictionary, not for each lead.

use std::ops::Range;

use super::bind::Binding;
use super::columns::{Column, Data, LeadColumns, Texts, Values};
use crate::decimal::{MILLIONTHS, Number};
use crate::plan::{self, FoldRoom, Plan, ValueRef};
use crate::time::Instant;
use crate::vocabulary::{AttributeId, Type, Vocabulary};

/// The truth values of all tests of attributes, lead by lead.
#[derive(Clone, Debug, Default)]
pub(super) struct EarlyRows {
    width: usize,
    rows: Vec<bool>,
    /// The runs of one attribute by code, as far as they are decided.
    runs: Vec<bool>,
    decided: Vec<bool>,
    room: FoldRoom,
}

impl EarlyRows {
    /// Decides all tests over the attributes of a batch that has been checked.
    pub(super) fn decide(
        &mut self,
        plan: &Plan,
        vocabulary: &Vocabulary,
        binding: &Binding,
        leads: &LeadColumns<'_>,
    ) {
        let run_of = |(id, _): (AttributeId, _)| plan.attribute_run(id);
        let attributes = || (0..).map(AttributeId).zip(&vocabulary.attributes);
        self.width = attributes().map(run_of).map(|run| run.end).max().unwrap_or(0);
        self.rows.clear();
        self.rows.resize(self.width * leads.count, false);
        for (id, attribute) in attributes() {
            let run = plan.attribute_run(id);
            if run.is_empty() {
                continue;
            }
            match binding.attribute(leads, id) {
                Some(column) => self.decide_column(plan, id, run, &attribute.of, column),
                None => self.decide_rows(plan, id, run, |_| None),
            }
        }
    }

    fn decide_column(
        &mut self,
        plan: &Plan,
        id: AttributeId,
        run: Range<usize>,
        of: &Type,
        column: &Column<'_>,
    ) {
        let symbol = |text: &'_ str| of.symbol_id(text).map(ValueRef::Symbol);
        match (&column.0, of) {
            (Data::Texts(texts), Type::OneOf(_)) => self.decide_coded(plan, id, run, *texts, symbol),
            (Data::Texts(texts), _) => {
                // Once for each text, as is no way to say for a closure that borrows.
                self.decide_coded(plan, id, run, *texts, |text| Some(ValueRef::Text(text)));
            }
            (Data::Integers(values), _) => self.decide_rows(plan, id, run, |row| integer(*values, row)),
            (Data::Doubles(values), _) => self.decide_rows(plan, id, run, |row| double(*values, row)),
            (Data::Flags(values), _) => {
                self.decide_rows(plan, id, run, |row| values.get(row).map(ValueRef::Flag));
            }
            (Data::Dates(values), _) => self.decide_rows(plan, id, run, |row| {
                values.get(row).and_then(Instant::from_micros).map(ValueRef::Date)
            }),
            (Data::Sets { items, offsets }, _) => {
                self.decide_rows(plan, id, run, |row| set(*items, offsets, row));
            }
        }
    }

    /// Decides each row by itself.
    fn decide_rows<'v>(
        &mut self,
        plan: &Plan,
        id: AttributeId,
        run: Range<usize>,
        value: impl Fn(usize) -> Option<ValueRef<'v>>,
    ) {
        for (number, row) in self.rows.chunks_exact_mut(self.width).enumerate() {
            if let Some(run) = row.get_mut(run.clone()) {
                plan.decide(id, value(number), &mut self.room, run);
            }
        }
    }

    /// Decides each text of a dictionary that some row has.
    fn decide_coded<'v>(
        &mut self,
        plan: &Plan,
        id: AttributeId,
        run: Range<usize>,
        texts: Texts<'v>,
        value: impl Fn(&'v str) -> Option<ValueRef<'v>>,
    ) {
        // Behind the texts stands the run of a missing one.
        let (entries, length) = (texts.dictionary.len(), run.len());
        self.runs.clear();
        self.runs.resize((entries + 1) * length, false);
        self.decided.clear();
        self.decided.resize(entries + 1, false);
        for (row, code) in self.rows.chunks_exact_mut(self.width).zip(texts.codes) {
            let code = (*code as usize).min(entries);
            let (Some(decided), Some(known), Some(row)) = (
                self.decided.get_mut(code),
                self.runs.get_mut(code * length..(code + 1) * length),
                row.get_mut(run.clone()),
            ) else {
                continue;
            };
            if !*decided {
                *decided = true;
                let text = texts.dictionary.get(code).filter(|text| !text.is_empty());
                plan.decide(id, text.and_then(|text| value(text)), &mut self.room, known);
            }
            row.copy_from_slice(known);
        }
    }

    /// The truth values of the tests of a lead, a run for each attribute.
    pub(super) fn row(&self, lead: usize) -> &[bool] {
        self.rows.get(lead * self.width..(lead + 1) * self.width).unwrap_or(&[])
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
