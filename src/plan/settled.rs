//! Rules that time does not touch: what those of a group come to, worked out when a lead's attributes are known.

use super::{PlanGroup, Slot};

/// What the rules of a group that time does not touch come to: their sum, or the best of those that hold, in
/// thousandths of a point; none where it is known that none holds.
pub(crate) type Settled = Option<i64>;

/// Points for a run of slots, in thousandths: to be added up without a look at which slots they are.
#[derive(Clone, Debug)]
pub(super) struct SlotSum {
    first: usize,
    points: Vec<i64>,
}

impl SlotSum {
    /// The sum of some rules; none where it would take more slots than there are rules several times over.
    pub(super) fn of(rules: &[(Slot, i64)]) -> Option<SlotSum> {
        let first = rules.iter().map(|(slot, _)| *slot as usize).min()?;
        let last = rules.iter().map(|(slot, _)| *slot as usize).max()?;
        let length = last - first + 1;
        if length > rules.len() * 4 {
            return None;
        }
        let mut points = vec![0; length];
        for (slot, of_rule) in rules {
            if let Some(points) = points.get_mut(*slot as usize - first) {
                // OK because a plan has at most 65,536 rules of at most 1,000,000 points.
                *points += of_rule;
            }
        }
        Some(SlotSum { first, points })
    }

    /// What the slots that hold come to.
    fn over(&self, slots: &[bool]) -> i64 {
        let slots = slots.get(self.first..).unwrap_or(&[]);
        let of_slots = slots.iter().zip(&self.points);
        // Without a branch: which slots hold cannot be foreseen.
        of_slots.fold(0, |sum, (holds, points)| sum + (points & -i64::from(*holds)))
    }
}

impl PlanGroup {
    /// What the rules come to that time does not touch; `early` are the slots that are the same at every instant.
    pub(super) fn settled(&self, rules: &[(Slot, i64)], early: &[bool]) -> Settled {
        if let Some(sum) = &self.settled_sum {
            return Some(sum.over(early));
        }
        let rules = rules.get(self.settled.clone()).unwrap_or(&[]);
        let holding = rules.iter().filter(|(slot, _)| early.get(*slot as usize) == Some(&true));
        let points = holding.map(|(_, points)| *points);
        // OK because a plan has at most 65,536 rules of at most 1,000,000 points.
        if self.best { points.max() } else { points.reduce(|sum, points| sum + points) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_slot_by_slot_is_that_rule_by_rule() {
        let rules = [(3, 5), (1, -7), (3, 11), (6, 2)];
        let sum = SlotSum::of(&rules).unwrap();
        for bits in 0..1 << 8 {
            let slots: Vec<bool> = (0..8).map(|slot| bits >> slot & 1 == 1).collect();
            let holding = rules.iter().filter(|(slot, _)| slots[*slot as usize]);
            assert_eq!(sum.over(&slots), holding.map(|(_, points)| points).sum::<i64>());
        }
        assert!(SlotSum::of(&[]).is_none());
        // Far apart they are better looked at one by one.
        assert!(SlotSum::of(&[(0, 1), (7, 1)]).is_some());
        assert!(SlotSum::of(&[(0, 1), (8, 1)]).is_none());
        assert!(SlotSum::of(&[(1_000, 1), (1_007, 1)]).is_some());
    }
}
