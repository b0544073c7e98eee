//! Values out of columns whose rows have been checked.

use super::bind::{Binding, BoundKind};
use super::columns::{Column, Data, EventColumns, Values};
use crate::decimal::{MILLIONTHS, Number};
use crate::plan::{Micros, Plan, ValueRef};
use crate::vocabulary::PropertyId;

/// The number in a row of integers.
pub(super) fn integer(values: Values<'_, i64>, row: usize) -> Option<ValueRef<'static>> {
    let millionths = values.get(row)?.checked_mul(MILLIONTHS)?;
    Number::from_millionths(millionths).map(ValueRef::Number)
}

/// The number in a row of doubles.
pub(super) fn double(values: Values<'_, f64>, row: usize) -> Option<ValueRef<'static>> {
    Number::from_f64(values.get(row)?).ok().map(ValueRef::Number)
}

/// The events of a batch and what their names are bound to.
#[derive(Clone, Copy)]
pub(super) struct EventReader<'e, 'a> {
    pub(super) events: &'e EventColumns<'a>,
    pub(super) binding: &'e Binding,
}

impl<'e> EventReader<'e, '_> {
    /// The kind of an event.
    pub(super) fn kind(&self, row: usize) -> Option<&'e BoundKind> {
        let code = self.events.kinds.codes.get(row)?;
        self.binding.kinds.get(*code as usize)
    }

    pub(super) fn at(&self, row: usize) -> Micros {
        self.events.times.get(row).copied().unwrap_or_default()
    }

    /// The code of an event's subject, none where it is missing or empty.
    pub(super) fn subject(&self, row: usize) -> Option<u32> {
        let subjects = self.events.subjects?;
        subjects.get(row)?;
        subjects.codes.get(row).copied()
    }

    /// The value of an event's property, none where it is missing.
    pub(super) fn property(&self, property: PropertyId, row: usize) -> Option<ValueRef<'e>> {
        let columns = self.binding.properties(self.kind(row)?);
        let (_, place) = columns.iter().find(|(of, _)| *of == property)?;
        let (_, Column(data)) = self.events.properties.get(*place)?;
        match data {
            Data::Texts(texts) => texts.get(row).map(ValueRef::Text),
            Data::Integers(values) => integer(*values, row),
            Data::Doubles(values) => double(*values, row),
            Data::Flags(values) => values.get(row).map(ValueRef::Flag),
            // No property has such a type.
            Data::Dates(_) | Data::Sets { .. } => None,
        }
    }

    /// What an event adds to a sum of the plan, in millionths.
    pub(super) fn addend(&self, plan: &Plan, sum: usize, row: usize) -> i128 {
        let kind = self.kind(row).and_then(|kind| kind.id);
        let property = kind.and_then(|kind| plan.sums.get(sum)?.property(kind));
        match property.and_then(|property| self.property(property, row)) {
            Some(ValueRef::Number(number)) => i128::from(number.millionths()),
            _ => 0,
        }
    }
}
