//! Decay tables: what a rule's points are worth after each step of its decay.
//!
//! Points and a decay step go in; whole thousandths of a point by step come out, the first being the points
//! themselves and the last the one before the value reaches 0 (4,096 steps at most). A step beyond the table
//! is worth nothing. How long a step takes is no business of a table, so rules with equal points and equal
//! steps share one whatever their pace.

use super::numbering::number_of;
use crate::decimal::Points;
use crate::hash::QuickMap;
use crate::model::{Decay, DecayStep, MAX_DECAY_STEPS};

/// A decay table by its place among those of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TableId(u32);

/// All decay tables of a plan.
#[derive(Clone, Debug, Default)]
pub(crate) struct DecayTables {
    // OK to hold thousandths in 32 bits because a rule's points are at most 1,000,000 in magnitude, and
    // decaying only lessens it.
    tables: Vec<Box<[i32]>>,
    ids: QuickMap<(Points, DecayStep), TableId>,
}

impl DecayTables {
    /// The table of `points` that fade by `decay`, made if there is none yet.
    pub(super) fn table(&mut self, points: Points, decay: Decay) -> TableId {
        let tables = &mut self.tables;
        *self.ids.entry((points, decay.step)).or_insert_with(|| {
            tables.push(values(points, decay).into_boxed_slice());
            TableId(number_of(tables.len() - 1))
        })
    }

    /// How many different tables there are.
    pub(crate) fn count(&self) -> usize {
        self.tables.len()
    }

    /// The bytes that the values of all tables take.
    pub(crate) fn bytes(&self) -> usize {
        self.tables.iter().map(|table| size_of_val::<[i32]>(table)).sum()
    }

    /// The values of a table by step, in thousandths of a point; 0 from its end on.
    pub(crate) fn get(&self, id: TableId) -> &[i32] {
        self.tables.get(id.0 as usize).map_or(&[], |table| table)
    }
}

/// v(0), v(1) … up to the last that is not 0.
fn values(points: Points, decay: Decay) -> Vec<i32> {
    let faded = std::iter::successors(Some(points), |value| Some(decay.step(*value)));
    let values = faded.take_while(|value| *value != Points::ZERO).take(MAX_DECAY_STEPS);
    values.map(|value| i32::try_from(value.thousandths()).unwrap_or(0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Period;

    fn decay(step: DecayStep, days: i64) -> Decay {
        Decay { step, every: Period::from_seconds(days * 86_400) }
    }

    fn percent(points: i64, tenths: u16) -> Vec<i32> {
        values(Points::from_thousandths(points), decay(DecayStep::Percent(tenths), 1))
    }

    fn amount(points: i64, amount: i64) -> Vec<i32> {
        let step = DecayStep::Amount(Points::from_thousandths(amount));
        values(Points::from_thousandths(points), decay(step, 1))
    }

    #[test]
    fn halves_are_cut_towards_zero_at_each_step() {
        let worked = [10_000, 5_000, 2_500, 1_250, 625, 312, 156, 78, 39, 19, 9, 4, 2, 1];
        assert_eq!(percent(10_000, 500), worked);
        assert_eq!(percent(-10_000, 500), worked.map(|value| -value));
    }

    #[test]
    fn tenths_of_a_percent_count() {
        // 7 × 0.495 = 3.465, 3 × 0.495 = 1.485, 1 × 0.495 = 0.495
        assert_eq!(percent(7, 505), [7, 3, 1]);
        assert_eq!(percent(5, 1_000), [5]);
        assert_eq!(percent(0, 500), [0; 0]);
    }

    #[test]
    fn amounts_stop_at_zero() {
        assert_eq!(amount(10_000, 4_000), [10_000, 6_000, 2_000]);
        assert_eq!(amount(-10_000, 5_000), [-10_000, -5_000]);
        assert_eq!(amount(1, 1_000_000_000), [1]);
    }

    #[test]
    fn nothing_is_left_after_4096_steps() {
        assert_eq!(percent(1_000_000_000, 1).len(), 4_096);
        assert_eq!(amount(1_000_000_000, 1).len(), 4_096);
        assert_eq!(amount(4_096, 1).len(), 4_096);
        assert_eq!(amount(4_095, 1).len(), 4_095);
    }

    #[test]
    fn equal_tables_are_made_once() {
        let mut tables = DecayTables::default();
        let ten = Points::from_thousandths(10_000);
        let half = tables.table(ten, decay(DecayStep::Percent(500), 30));
        assert_eq!(tables.table(ten, decay(DecayStep::Percent(500), 7)), half);
        assert_ne!(tables.table(ten, decay(DecayStep::Percent(501), 30)), half);
        assert_eq!(tables.get(half).get(2), Some(&2_500));
        // Four bytes a value.
        let values = tables.get(half).len() + percent(10_000, 501).len();
        assert_eq!((tables.count(), tables.bytes()), (2, values * 4));
    }
}
