//! Ages divided into stretches, within which nothing changes.

use crate::plan::{Ages, Micros};

/// With more stretches leads are better evaluated one by one. Their numbers fit 15 bits.
const MOST: usize = 1 << 14;

/// The stretches of a plan, numbered from the newest on.
#[derive(Clone, Debug)]
pub(super) struct Stretches {
    /// The age at which each starts, ascending; the first is 0.
    starts: Vec<Micros>,
    /// The age at which each ends.
    ends: Vec<Micros>,
    /// Ages fall into equal parts of 2^`shift` microseconds: by part, the stretch of its first instant. The last
    /// part has no end.
    firsts: Vec<u16>,
    shift: u32,
}

/// A run of stretches.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    from: u32,
    to: u32,
}

impl Window {
    pub(super) const ALL: Window = Window { from: 0, to: u32::MAX };

    pub(super) const fn contains(self, stretch: u32) -> bool {
        self.from <= stretch && stretch < self.to
    }
}

/// Parts of equal length that stretches are looked up by.
const PARTS: usize = 1 << 10;

impl Stretches {
    /// Stretches that start at these ages, which ascend from 0 on.
    fn new(starts: Vec<Micros>) -> Self {
        let oldest = starts.last().copied().unwrap_or(0);
        let shift = (0..63).find(|shift| oldest >> shift < PARTS as i64 - 1).unwrap_or(63);
        let parts = 0..=(oldest >> shift) + 1;
        let first = |part: i64| starts.partition_point(|start| *start <= part << shift).saturating_sub(1);
        let firsts = parts.map(|part| u16::try_from(first(part)).unwrap_or(u16::MAX)).collect();
        let ends = starts.iter().skip(1).copied().chain([Micros::MAX]).collect();
        Stretches { starts, ends, firsts, shift }
    }

    pub(super) fn count(&self) -> usize {
        self.starts.len()
    }

    pub(super) fn starts(&self) -> impl Iterator<Item = Micros> {
        self.starts.iter().copied()
    }

    /// The age at which a stretch starts.
    pub(super) fn start(&self, stretch: usize) -> Micros {
        self.starts.get(stretch).copied().unwrap_or(0)
    }

    /// The stretch of an age, which is not negative.
    pub(super) fn of(&self, age: Micros) -> u32 {
        let part = usize::try_from(age >> self.shift).unwrap_or(0).min(self.firsts.len().saturating_sub(1));
        let first = self.firsts.get(part).copied().unwrap_or(0);
        let next = usize::from(first)
            + usize::from(self.ends.get(usize::from(first)).is_some_and(|end| age >= *end));
        match self.ends.get(next) {
            // Several start in one part.
            Some(end) if age >= *end => {
                let later = self.starts.get(next + 1..).unwrap_or(&[]);
                (next + later.partition_point(|start| *start <= age)) as u32
            }
            _ => next as u32,
        }
    }

    /// The stretches that a window's ages cover; both its ends are ends of stretches.
    pub(super) fn window(&self, ages: Ages) -> Window {
        let first_from = |age: Micros| self.starts.partition_point(|start| *start < age) as u32;
        Window { from: first_from(ages.enters), to: first_from(ages.leaves) }
    }
}

/// Ages at which stretches start, in the making.
#[derive(Default)]
pub(super) struct Starts(Vec<Micros>);

impl Starts {
    /// Adds ages, [`Micros::MAX`] standing for none; none is the answer where there are too many.
    pub(super) fn add(&mut self, ages: impl Iterator<Item = Micros>) -> Option<()> {
        self.0.extend(ages.filter(|age| *age < Micros::MAX));
        // Many have the same steps.
        if self.0.len() > 2 * MOST {
            self.tidy();
        }
        (self.0.len() <= 2 * MOST).then_some(())
    }

    fn tidy(&mut self) {
        self.0.sort_unstable();
        self.0.dedup();
    }

    pub(super) fn finish(mut self) -> Option<Stretches> {
        self.0.push(0);
        self.tidy();
        (self.0.len() <= MOST).then(|| Stretches::new(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretches(starts: &[Micros]) -> Stretches {
        let mut all = Starts::default();
        all.add(starts.iter().copied()).unwrap();
        all.finish().unwrap()
    }

    #[test]
    fn every_age_has_the_last_stretch_that_starts_up_to_it() {
        const DAY: Micros = 86_400_000_000;
        let few = vec![30 * DAY];
        let crowded: Vec<Micros> = (0..2_000).map(|step| step * 7).chain([3_650 * DAY]).collect();
        let usual: Vec<Micros> = [7, 14, 30, 60, 90, 180, 365].map(|days| days * DAY).to_vec();
        let wide: Vec<Micros> = (1..4_096).map(|step| step * 3_650 * DAY).collect();
        for starts in [vec![], few, crowded, usual, wide] {
            let stretches = stretches(&starts);
            let mut sorted = starts.clone();
            sorted.extend([0]);
            sorted.sort_unstable();
            sorted.dedup();
            let edges =
                sorted.iter().flat_map(|start| [start.saturating_sub(1), *start, start + 1, start + 1_000]);
            let ends = [0, 1, 20 * 365 * DAY, 9_998 * 366 * DAY];
            for age in edges.chain(ends).filter(|age| *age >= 0) {
                let plain = sorted.iter().filter(|start| **start <= age).count() as u32 - 1;
                assert_eq!(stretches.of(age), plain, "{age} among {}", starts.len());
            }
        }
    }

    #[test]
    fn there_are_only_so_many() {
        let mut starts = Starts::default();
        assert!(starts.add(0..MOST as i64 - 1).is_some());
        assert!(starts.add(0..MOST as i64 - 1).is_some());
        assert!(starts.finish().is_some());
        let mut starts = Starts::default();
        assert!(starts.add(0..MOST as i64 + 1).is_some());
        assert!(starts.finish().is_none());
        let mut starts = Starts::default();
        assert!(starts.add(0..4 * MOST as i64).is_none());
    }
}
