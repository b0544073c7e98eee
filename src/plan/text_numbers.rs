//! Texts numbered in the order in which they first come: so that those of one lead are told apart by numbers.

use super::numbering::number_of;
use crate::hash::{hash, seed};

/// The texts met so far. Nothing is allocated for the next lead once the lists have grown.
#[derive(Clone, Debug, Default)]
pub(super) struct TextNumbers {
    /// None until there is a first text.
    seed: Option<u64>,
    /// A number and one more, or 0; at most half are taken. Their number is a power of two.
    places: Vec<u32>,
    texts: Vec<Met>,
    bytes: Vec<u8>,
}

/// A text by its place among the bytes.
#[derive(Clone, Copy, Debug)]
struct Met {
    hash: u64,
    from: usize,
    to: usize,
}

/// Most leads have fewer different texts.
const FEW: usize = 16;

impl TextNumbers {
    /// Forgets all texts.
    pub(super) fn clear(&mut self) {
        self.texts.clear();
        self.bytes.clear();
        self.places.clear();
    }

    /// The number of a text that is told apart byte by byte.
    pub(super) fn number(&mut self, text: &[u8]) -> usize {
        let from = self.bytes.len();
        self.bytes.extend_from_slice(text);
        self.number_of_last(from)
    }

    /// The number of a text, the case of ASCII letters ignored.
    pub(super) fn folded_number(&mut self, text: &str) -> usize {
        let from = self.bytes.len();
        self.bytes.extend_from_slice(text.as_bytes());
        self.bytes.get_mut(from..).unwrap_or_default().make_ascii_lowercase();
        self.number_of_last(from)
    }

    /// The number of the text that stands last among the bytes, which go again if they are there already.
    fn number_of_last(&mut self, from: usize) -> usize {
        if self.texts.len() * 2 >= self.places.len() {
            self.spread();
        }
        let text = self.bytes.get(from..).unwrap_or(&[]);
        let hash = hash(text, *self.seed.get_or_insert_with(seed));
        let mask = self.places.len() - 1;
        let mut at = hash as usize & mask;
        // OK because half of the places are free: the walk ends at one of them.
        while let Some(number) = self.places.get(at).and_then(|place| (*place as usize).checked_sub(1)) {
            let known = self.texts.get(number);
            if known.is_some_and(|met| met.hash == hash && self.bytes.get(met.from..met.to) == Some(text)) {
                self.bytes.truncate(from);
                return number;
            }
            at = (at + 1) & mask;
        }
        self.texts.push(Met { hash, from, to: self.bytes.len() });
        if let Some(place) = self.places.get_mut(at) {
            *place = number_of(self.texts.len());
        }
        self.texts.len() - 1
    }

    /// Gives every text a new place among twice as many.
    fn spread(&mut self) {
        let places = (self.texts.len() * 4).next_power_of_two().max(FEW * 2);
        self.places.clear();
        self.places.resize(places, 0);
        for (number, met) in (1..).zip(&self.texts) {
            let mut at = met.hash as usize & (places - 1);
            while self.places.get(at).is_some_and(|place| *place > 0) {
                at = (at + 1) & (places - 1);
            }
            if let Some(place) = self.places.get_mut(at) {
                *place = number;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_keeps_its_number_and_others_get_the_next() {
        let mut numbers = TextNumbers::default();
        for round in 0..3 {
            numbers.clear();
            for number in 0..200 {
                let text = format!("page number {}", number * (round + 1));
                assert_eq!(numbers.folded_number(&text), number);
                assert_eq!(numbers.folded_number(&text.to_ascii_uppercase()), number);
            }
            // Also those that have been given new places since.
            for number in 0..200 {
                assert_eq!(numbers.folded_number(&format!("Page NUMBER {}", number * (round + 1))), number);
            }
            assert_eq!(numbers.number(b""), 200);
            assert_eq!(
                (numbers.number(b"A"), numbers.number(b"a"), numbers.folded_number("A")),
                (201, 202, 202)
            );
        }
    }
    /// However many there are: a walk past taken places is short, and room is made anew seldom.
    #[test]
    fn at_least_half_of_the_places_are_free_and_room_is_doubled() {
        let mut numbers = TextNumbers::default();
        let mut rooms = Vec::new();
        for number in 0..1_000 {
            numbers.folded_number(&format!("page {number}"));
            assert!(numbers.places.len() >= numbers.texts.len() * 2, "{number}");
            rooms.push(numbers.places.len());
        }
        rooms.dedup();
        assert_eq!(rooms, [32, 64, 128, 256, 512, 1_024, 2_048]);
    }
}
