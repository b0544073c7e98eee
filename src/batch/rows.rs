//! What events add, as rows of small numbers that are added up as a whole.
//!
//! A target has a row for each stretch. Lanes of counts are a byte wide, eight in a word, and points a word; so
//! that adding a row is adding words, whatever is in them. Who adds rows up sees to it that no count runs over.

use super::layout::{Layout, TermAdds};

/// Words that are added together.
type Words = [u64; 4];
/// Stretches of the newest events, the smaller the newer; [`NONE_YET`] for none.
type Newest = [i16; 8];

pub(super) const NONE_YET: i16 = i16::MAX;

/// A batch that needs more is evaluated lead by lead: bytes.
const MOST_BYTES: usize = 1 << 26;

/// The rows of all targets.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    /// How many rows a target has.
    stretches: usize,
    /// How much of each of the lists makes a row.
    word_blocks: usize,
    newest_blocks: usize,
    /// How many words of a row are counts; points follow.
    count_words: usize,
    words: Vec<Words>,
    newest: Vec<Newest>,
    /// What the row's events add besides, by its number among the extras of the targets; 0 for nothing.
    extras: Vec<u32>,
}

/// What has been added up of one lead.
#[derive(Clone, Debug, Default)]
pub(super) struct Sums {
    words: Vec<Words>,
    newest: Vec<Newest>,
    count_words: usize,
}

impl Rows {
    /// No rows, but those of the target that adds nothing.
    pub(super) fn new(layout: &Layout) -> Rows {
        let count_words = layout.count_lanes.div_ceil(8);
        let mut rows = Rows {
            stretches: layout.stretches.count(),
            word_blocks: (count_words + layout.point_lanes).div_ceil(4),
            newest_blocks: layout.newest_lanes.div_ceil(8),
            count_words,
            ..Rows::default()
        };
        rows.add(layout, std::iter::empty(), false, |_| 0);
        rows
    }

    /// Forgets all rows but those of the target that adds nothing.
    pub(super) fn clear(&mut self) {
        self.words.truncate(self.word_blocks * self.stretches);
        self.newest.truncate(self.newest_blocks * self.stretches);
        self.extras.truncate(self.stretches);
    }

    /// Whether there is no room for another target.
    pub(super) fn are_full(&self) -> bool {
        size_of_val(&*self.words) + size_of_val(&*self.newest) + size_of_val(&*self.extras) > MOST_BYTES
    }

    /// Adds the rows of a target whose events fit these terms and perhaps are activity; `extra` says what there is
    /// besides in a stretch. Gives the number of the first row.
    pub(super) fn add<'l>(
        &mut self,
        layout: &Layout,
        terms: impl Iterator<Item = &'l TermAdds> + Clone,
        active: bool,
        mut extra: impl FnMut(u32) -> u32,
    ) -> u32 {
        // OK because there are fewer bytes than 2^32.
        let first = self.extras.len() as u32;
        for (stretch, place) in (0..).zip(0..self.stretches) {
            let words = grown(&mut self.words, self.word_blocks, [0; 4]).as_flattened_mut();
            let newest = grown(&mut self.newest, self.newest_blocks, [NONE_YET; 8]).as_flattened_mut();
            // OK because there are fewer stretches than 2^15.
            let own = place as i16;
            for term in terms.clone() {
                for (_, lane) in term.counts.iter().filter(|(window, _)| window.contains(stretch)) {
                    let word = words.get_mut(*lane as usize / 8);
                    word.into_iter().for_each(|word| *word |= 1 << (lane % 8 * 8));
                }
                for (_, lane) in term.newest.iter().filter(|(window, _)| window.contains(stretch)) {
                    newest.get_mut(*lane as usize).into_iter().for_each(|newest| *newest = own);
                }
                for (amounts, lane) in &term.points {
                    let amount = layout.amounts(*amounts).get(place).copied().unwrap_or(0);
                    let word = words.get_mut(self.count_words + *lane as usize);
                    word.into_iter().for_each(|word| *word = word.wrapping_add_signed(amount));
                }
            }
            if let Some(lane) = layout.activity.filter(|_| active) {
                newest.get_mut(lane as usize).into_iter().for_each(|newest| *newest = own);
            }
            self.extras.push(extra(stretch));
        }
        first
    }

    /// What the events of a row add besides.
    #[inline]
    pub(super) fn extra(&self, row: usize) -> u32 {
        self.extras.get(row).copied().unwrap_or(0)
    }

    /// Adds a row to what is there. Counts may grow by 1.
    #[inline]
    pub(super) fn add_to(&self, sums: &mut Sums, row: usize) {
        let from = row * self.word_blocks;
        for (sum, words) in
            sums.words.iter_mut().zip(self.words.get(from..from + self.word_blocks).unwrap_or(&[]))
        {
            let (one, other) = (*sum, *words);
            #[expect(clippy::indexing_slicing, reason = "both have four words")]
            let added = std::array::from_fn(|word| one[word].wrapping_add(other[word]));
            *sum = added;
        }
        if self.newest_blocks > 0 {
            self.age(sums, row);
        }
    }

    #[inline]
    fn age(&self, sums: &mut Sums, row: usize) {
        let from = row * self.newest_blocks;
        let row = self.newest.get(from..from + self.newest_blocks).unwrap_or(&[]);
        for (sum, newest) in sums.newest.iter_mut().zip(row) {
            let (one, other) = (*sum, *newest);
            #[expect(clippy::indexing_slicing, reason = "both have eight lanes")]
            let newest =
                std::array::from_fn(|lane| if other[lane] < one[lane] { other[lane] } else { one[lane] });
            *sum = newest;
        }
    }

    /// Nothing added up yet.
    pub(super) fn begin(&self, sums: &mut Sums) {
        fill(&mut sums.words, self.word_blocks, [0; 4]);
        fill(&mut sums.newest, self.newest_blocks, [NONE_YET; 8]);
        sums.count_words = self.count_words;
    }
}

impl Sums {
    /// Moves what the lanes count on to wider numbers.
    pub(super) fn take_counts(&mut self, counts: &mut [u32]) {
        let words = self.words.as_flattened_mut().iter_mut().take(self.count_words);
        for (word, counts) in words.zip(counts.chunks_mut(8)) {
            for (count, lane) in counts.iter_mut().zip(std::mem::take(word).to_le_bytes()) {
                *count += u32::from(lane);
            }
        }
    }

    /// The stretch of the newest event in a lane; [`NONE_YET`] where there is none.
    #[inline]
    pub(super) fn newest(&self, lane: u32) -> i16 {
        self.newest.as_flattened().get(lane as usize).copied().unwrap_or(NONE_YET)
    }

    /// The points in a lane, in thousandths.
    #[inline]
    pub(super) fn points(&self, lane: u32) -> i64 {
        let word = self.words.as_flattened().get(self.count_words + lane as usize);
        word.copied().unwrap_or(0).cast_signed()
    }
}

/// A new run at the end of a list.
fn grown<T: Clone>(list: &mut Vec<T>, length: usize, value: T) -> &mut [T] {
    let first = list.len();
    list.resize(first + length, value);
    list.get_mut(first..).unwrap_or(&mut [])
}

/// Fills a list again.
pub(super) fn fill<T: Clone>(list: &mut Vec<T>, length: usize, value: T) {
    list.clear();
    list.resize(length, value);
}
