//! What events add, as rows of small numbers that are added up as a whole.
//!
//! There is one row for each target and stretch. Lanes of counts are a byte wide, so that few instructions add
//! many of them; who adds rows up sees to it that they do not run over.

use std::ops::Range;

use super::layout::{Layout, TermAdds};

/// Eight lanes of a byte each. Words are added as they are: no lane runs over into the next.
pub(super) type Counts = u64;
/// The stretch of the newest event, the smaller the newer; [`NONE_YET`] for none.
pub(super) type Newest = [i16; 8];

pub(super) const NONE_YET: i16 = i16::MAX;

/// A batch that needs more is evaluated lead by lead: bytes.
const MOST_BYTES: usize = 1 << 26;

/// The rows of all targets.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    stretches: usize,
    /// How long a row is in each of the lists.
    lengths: Row<usize>,
    counts: Vec<Counts>,
    newest: Vec<Newest>,
    points: Vec<i64>,
}

/// Something of each of the three lists.
#[derive(Clone, Copy, Debug, Default)]
struct Row<T> {
    counts: T,
    newest: T,
    points: T,
}

/// What has been added up.
#[derive(Clone, Debug, Default)]
pub(super) struct Sums {
    pub(super) counts: Vec<Counts>,
    pub(super) newest: Vec<Newest>,
    pub(super) points: Vec<i64>,
}

impl Sums {
    /// Moves what the lanes count on to wider numbers.
    pub(super) fn take_counts(&mut self, counts: &mut [u32]) {
        for (word, counts) in self.counts.iter_mut().zip(counts.chunks_mut(8)) {
            for (count, lane) in counts.iter_mut().zip(std::mem::take(word).to_le_bytes()) {
                *count += u32::from(lane);
            }
        }
    }
}

impl Rows {
    /// No rows, but those of the target that adds nothing.
    pub(super) fn new(layout: &Layout) -> Rows {
        let lengths = Row {
            counts: layout.count_lanes.div_ceil(8),
            newest: layout.newest_lanes.div_ceil(8),
            points: layout.point_lanes,
        };
        let stretches = layout.stretches.count();
        let mut rows =
            Rows { stretches, lengths, counts: Vec::new(), newest: Vec::new(), points: Vec::new() };
        rows.add(layout, std::iter::empty(), false);
        rows
    }

    /// Forgets all rows but those of the target that adds nothing.
    pub(super) fn clear(&mut self) {
        self.counts.truncate(self.lengths.counts * self.stretches);
        self.newest.truncate(self.lengths.newest * self.stretches);
        self.points.truncate(self.lengths.points * self.stretches);
    }

    /// Whether there is no room for another target.
    pub(super) fn are_full(&self) -> bool {
        8 * (self.counts.len() + 2 * self.newest.len() + self.points.len()) > MOST_BYTES
    }

    /// Adds the rows of a target whose events fit these terms and perhaps are activity.
    pub(super) fn add<'l>(
        &mut self,
        layout: &Layout,
        terms: impl Iterator<Item = &'l TermAdds> + Clone,
        active: bool,
    ) {
        for (stretch, place) in (0..).zip(0..self.stretches) {
            let counts = row(&mut self.counts, self.lengths.counts, 0);
            let newest = row(&mut self.newest, self.lengths.newest, [NONE_YET; 8]).as_flattened_mut();
            let points = row(&mut self.points, self.lengths.points, 0);
            // OK because there are fewer stretches than 2^15.
            let own = place as i16;
            for term in terms.clone() {
                for (_, lane) in term.counts.iter().filter(|(window, _)| window.contains(stretch)) {
                    let word = counts.get_mut(*lane as usize / 8);
                    word.into_iter().for_each(|word| *word |= 1 << (lane % 8 * 8));
                }
                for (_, lane) in term.newest.iter().filter(|(window, _)| window.contains(stretch)) {
                    newest.get_mut(*lane as usize).into_iter().for_each(|newest| *newest = own);
                }
                for (amounts, lane) in &term.points {
                    let amount = layout.amounts(*amounts).get(place).copied().unwrap_or(0);
                    points.get_mut(*lane as usize).into_iter().for_each(|points| *points += amount);
                }
            }
            if let Some(lane) = layout.activity.filter(|_| active) {
                newest.get_mut(lane as usize).into_iter().for_each(|newest| *newest = own);
            }
        }
    }

    /// Adds the row of a target and a stretch to what is there. Counts may grow by 1.
    #[inline]
    pub(super) fn add_to(&self, sums: &mut Sums, target: u32, stretch: u32) {
        let place = target as usize * self.stretches + stretch as usize;
        let run = |length: usize| -> Range<usize> { place * length..(place + 1) * length };
        for (sum, one) in sums.counts.iter_mut().zip(self.counts.get(run(self.lengths.counts)).unwrap_or(&[]))
        {
            *sum = sum.wrapping_add(*one);
        }
        for (sum, row) in sums.newest.iter_mut().zip(self.newest.get(run(self.lengths.newest)).unwrap_or(&[]))
        {
            let (one, other) = (*sum, *row);
            *sum = std::array::from_fn(|lane| {
                #[expect(clippy::indexing_slicing, reason = "both have as many lanes")]
                one[lane].min(other[lane])
            });
        }
        for (sum, one) in sums.points.iter_mut().zip(self.points.get(run(self.lengths.points)).unwrap_or(&[]))
        {
            *sum = sum.wrapping_add(*one);
        }
    }

    /// Nothing added up yet.
    pub(super) fn begin(&self, sums: &mut Sums) {
        fill(&mut sums.counts, self.lengths.counts, 0);
        fill(&mut sums.newest, self.lengths.newest, [NONE_YET; 8]);
        fill(&mut sums.points, self.lengths.points, 0);
    }
}

/// A new row of a list.
fn row<T: Clone>(list: &mut Vec<T>, length: usize, value: T) -> &mut [T] {
    let first = list.len();
    list.resize(first + length, value);
    list.get_mut(first..).unwrap_or(&mut [])
}

/// Fills a list again.
pub(super) fn fill<T: Clone>(list: &mut Vec<T>, length: usize, value: T) {
    list.clear();
    list.resize(length, value);
}
