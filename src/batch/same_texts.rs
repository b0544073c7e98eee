//! Texts of a dictionary that are the same but for the case of ASCII letters.

use std::hash::{BuildHasher, RandomState};

use super::rows::fill;
use crate::plan::FoldRoom;

/// Texts of a dictionary, found by what they are.
#[derive(Clone, Debug, Default)]
pub(super) struct SameTexts {
    /// A code and one more, or 0; at most half are taken. Their number is a power of two.
    places: Vec<u32>,
    hasher: RandomState,
}

impl SameTexts {
    /// Starts with a dictionary of so many texts.
    pub(super) fn begin(&mut self, texts: usize) {
        fill(&mut self.places, (texts * 2).next_power_of_two(), 0);
    }

    /// Of all codes that came, the first with the same text as this one. The code is one of the dictionary.
    pub(super) fn first(&mut self, dictionary: &[&str], code: usize, room: &mut FoldRoom) -> u32 {
        // OK because codes are below 2^32.
        let own = u32::try_from(code).unwrap_or(u32::MAX - 1);
        let text = dictionary.get(code).copied().unwrap_or_default();
        let mask = self.places.len().wrapping_sub(1);
        // OK because half of the places are free: the walk ends at one of them.
        let mut at = self.hasher.hash_one(room.folded(text)) as usize & mask;
        loop {
            match self.places.get_mut(at) {
                Some(free @ 0) => {
                    *free = own + 1;
                    return own;
                }
                Some(taken) => {
                    let other = dictionary.get(*taken as usize - 1).copied().unwrap_or_default();
                    if other.eq_ignore_ascii_case(text) {
                        return *taken - 1;
                    }
                }
                None => return own,
            }
            at = (at + 1) & mask;
        }
    }
}
