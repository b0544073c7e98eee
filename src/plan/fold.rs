//! Texts found and compared without regard to the case of ASCII letters, and without making folded copies.
//!
//! The texts of a rule set go in once, folded; a lead's text is then looked up as it came. Letters are folded
//! eight at a time while the text is hashed and compared. The hash has a secret of its own in each table, so
//! that no rule set can be written whose texts all meet in one place.

use crate::hash::{mixed, seed, short};

/// From texts, the case of ASCII letters ignored, to something of each.
#[derive(Clone, Debug)]
pub(crate) struct FoldedMap<V> {
    seed: u64,
    /// A place in `entries` and one more, or 0; at most half are taken. Their number is a power of two.
    places: Box<[u32]>,
    entries: Vec<Entry<V>>,
}

#[derive(Clone, Debug)]
struct Entry<V> {
    ends: Ends,
    text: Box<str>,
    value: V,
}

/// The length of a text and, folded, its first and last eight bytes: all there is of one up to 16 bytes long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ends {
    length: usize,
    first: u64,
    last: u64,
}

impl Ends {
    fn of(text: &[u8]) -> Ends {
        let (first, last) = match (text.first_chunk(), text.last_chunk()) {
            (Some(first), Some(last)) => (fold(word(first)), fold(word(last))),
            _ => {
                let all = fold(short(text));
                (all, all)
            }
        };
        Ends { length: text.len(), first, last }
    }

    const fn are_all(self) -> bool {
        self.length <= 16
    }

    /// The hash of `text`, whose ends these are, as if its ASCII letters were small.
    fn hash(self, text: &[u8], seed: u64) -> u64 {
        let mut state = mixed(seed ^ self.length as u64 ^ self.first);
        if !self.are_all() {
            // Some bytes are mixed in twice: no harm.
            for eight in text.as_chunks().0 {
                state = mixed(state ^ fold(word(eight)));
            }
        }
        mixed(state ^ self.last)
    }
}

/// So many texts are compared one by one.
const FEW: usize = 4;

impl<V> Entry<V> {
    /// Whether this is the entry of a text, whose ends are given.
    fn is(&self, ends: Ends, text: &str) -> bool {
        self.ends == ends && (ends.are_all() || same(text.as_bytes(), self.text.as_bytes()))
    }
}

impl<V> Default for FoldedMap<V> {
    fn default() -> Self {
        FoldedMap { seed: seed(), places: Box::default(), entries: Vec::new() }
    }
}

impl<V> FoldedMap<V> {
    /// What belongs to `text`, none if there is nothing.
    pub(crate) fn get(&self, text: &str) -> Option<&V> {
        let ends = Ends::of(text.as_bytes());
        if self.entries.len() <= FEW {
            // Sooner gone through than hashed.
            return self.entries.iter().find(|entry| entry.is(ends, text)).map(|entry| &entry.value);
        }
        let place = self.find(ends, ends.hash(text.as_bytes(), self.seed), text)?;
        self.entries.get(place).map(|entry| &entry.value)
    }

    /// What belongs to `text`, made if there is nothing yet.
    pub(crate) fn entry(&mut self, text: &str, value: impl FnOnce() -> V) -> &mut V {
        let ends = Ends::of(text.as_bytes());
        let hash = ends.hash(text.as_bytes(), self.seed);
        let place = self.find(ends, hash, text).unwrap_or_else(|| {
            let text = text.to_ascii_lowercase().into_boxed_str();
            self.entries.push(Entry { ends, text, value: value() });
            if self.entries.len() * 2 > self.places.len() {
                self.spread();
            } else {
                put(&mut self.places, hash, self.entries.len());
            }
            self.entries.len() - 1
        });
        #[expect(clippy::indexing_slicing, reason = "the place was just found or filled")]
        &mut self.entries[place].value
    }

    /// How many texts there are.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The place of a text among the entries.
    fn find(&self, ends: Ends, hash: u64, text: &str) -> Option<usize> {
        // OK because at least half of the places are free: a free one ends the walk.
        let (mask, mut at) = (self.places.len().wrapping_sub(1), hash as usize);
        loop {
            let place = (*self.places.get(at & mask)? as usize).checked_sub(1)?;
            let entry = self.entries.get(place)?;
            if entry.is(ends, text) {
                return Some(place);
            }
            at = at.wrapping_add(1);
        }
    }

    /// Gives every entry a new place among twice as many.
    fn spread(&mut self) {
        let places = (self.entries.len() * 4).next_power_of_two().max(8);
        self.places = vec![0; places].into_boxed_slice();
        for (number, entry) in (1..).zip(&self.entries) {
            put(&mut self.places, entry.ends.hash(entry.text.as_bytes(), self.seed), number);
        }
    }
}

/// Puts an entry, by its number from 1, at the first free place from that of its hash on.
fn put(places: &mut [u32], hash: u64, number: usize) {
    let mask = places.len().wrapping_sub(1);
    let free = (hash as usize..).map(|at| at & mask).find(|at| places.get(*at) == Some(&0));
    if let Some(place) = free.and_then(|at| places.get_mut(at)) {
        *place = u32::try_from(number).unwrap_or(0);
    }
}

/// Whether `text` is `folded`, the case of ASCII letters ignored; `folded` has small ones only.
pub(crate) fn same(text: &[u8], folded: &[u8]) -> bool {
    if text.len() != folded.len() {
        return false;
    }
    match (text.last_chunk(), folded.last_chunk()) {
        (Some(last), Some(folded_last)) => {
            let mut words = text.as_chunks().0.iter().zip(folded.as_chunks().0);
            fold(word(last)) == word(folded_last) && words.all(|(one, other)| fold(word(one)) == word(other))
        }
        _ => fold(short(text)) == short(folded),
    }
}

const fn word(bytes: &[u8; 8]) -> u64 {
    u64::from_le_bytes(*bytes)
}

/// Makes the ASCII capitals among eight bytes small, all at once.
const fn fold(word: u64) -> u64 {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    const EACH: u64 = 0x0101_0101_0101_0101;
    let low_bits = word & !HIGH;
    // The high bit of each byte: whether it is beyond Z, and whether it is A or beyond.
    let beyond = low_bits + (0x80 - b'Z' as u64 - 1) * EACH;
    let reached = low_bits + (0x80 - b'A' as u64) * EACH;
    let capital = reached & !beyond & !word & HIGH;
    word | capital >> 2
}

/// Room in which texts are folded one after another: the subject of an event apart from all values.
#[derive(Clone, Debug, Default)]
pub(crate) struct FoldRoom {
    pub(super) subject: String,
    pub(super) value: String,
}

impl FoldRoom {
    /// The text with its ASCII letters in lower case.
    pub(crate) fn folded(&mut self, text: &str) -> &str {
        folded_in(&mut self.subject, text)
    }
}

/// The text with its ASCII letters in lower case, made in `room`.
pub(super) fn folded_in<'r>(room: &'r mut String, text: &str) -> &'r str {
    room.clear();
    room.push_str(text);
    room.make_ascii_lowercase();
    room
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_folds_as_ascii_does() {
        for byte in 0..=u8::MAX {
            let eight = [byte, b'x', byte, 0, 0xff, byte, b'Z', byte];
            assert_eq!(fold(word(&eight)), word(&eight.map(|byte| byte.to_ascii_lowercase())), "{byte}");
        }
    }

    #[test]
    fn texts_of_every_length_are_found_in_any_case() {
        let alphabet = "aBcdEfGhIjklmNopqrStuvwxyzÄé@[`{0";
        let texts: Vec<String> =
            (0..40).map(|length| alphabet.chars().cycle().take(length).collect()).collect();
        let mut map = FoldedMap::default();
        for (number, text) in texts.iter().enumerate() {
            *map.entry(text, || 0) = number;
        }
        assert_eq!(map.len(), texts.len());
        for (number, text) in texts.iter().enumerate() {
            for given in [text.clone(), text.to_ascii_uppercase(), text.to_ascii_lowercase()] {
                assert_eq!(map.get(&given), Some(&number), "{given}");
                assert!(same(given.as_bytes(), text.to_ascii_lowercase().as_bytes()));
            }
            // One character other than it is.
            for at in 0..text.chars().count() {
                let other: String = text
                    .chars()
                    .enumerate()
                    .map(|(place, letter)| if place == at { '~' } else { letter })
                    .collect();
                assert_eq!(map.get(&other), None, "{other}");
                assert!(!same(other.as_bytes(), text.to_ascii_lowercase().as_bytes()), "{other}");
            }
        }
    }

    #[test]
    fn a_text_has_one_entry_however_it_is_written() {
        let mut map = FoldedMap::default();
        for (number, text) in ["Pricing", "pricing", "PRICING", "", "price"].into_iter().enumerate() {
            map.entry(text, Vec::new).push(number);
        }
        assert_eq!(map.len(), 3);
        assert_eq!(map.get("pRICING"), Some(&vec![0, 1, 2]));
        assert_eq!(map.get(""), Some(&vec![3]));
        assert_eq!(FoldedMap::<()>::default().get("x"), None);
    }
    /// Texts of one length that differ in a letter, wherever it stands, must not meet in one place; nor must there
    /// be one place for each length, or one that is known without the secret.
    #[test]
    fn every_letter_and_the_length_and_the_secret_count_in_a_hash() {
        const SEED: u64 = 0x0123_4567_89ab_cdef;
        let hash = |text: &str, seed| Ends::of(text.as_bytes()).hash(text.as_bytes(), seed);
        let all_differ = |mut hashes: Vec<u64>| {
            let all = hashes.len();
            hashes.sort_unstable();
            hashes.dedup();
            hashes.len() == all
        };
        let plain: Vec<String> = (0..60).map(|length| "a".repeat(length)).collect();
        assert!(all_differ(plain.iter().map(|text| hash(text, 0)).collect()));
        for text in &plain {
            assert!(all_differ((0..20).map(|seed| hash(text, seed)).collect()), "{text}");
            assert_eq!(hash(&text.to_ascii_uppercase(), 7), hash(text, 7));
            let changed = |at: usize, letter: &str| {
                let mut changed = text.clone();
                changed.replace_range(at..=at, letter);
                changed
            };
            // Each of these differs from `a` in one bit.
            let letters = ["`", "c", "e", "i", "q", "!"];
            let others =
                (0..text.len()).flat_map(|at| letters.map(|letter| hash(&changed(at, letter), SEED)));
            assert!(all_differ(others.chain([hash(text, SEED)]).collect()), "{text}");
        }
    }

    #[test]
    fn few_texts_are_gone_through_and_many_are_looked_up() {
        for (texts, gone_through) in [(FEW, true), (FEW + 1, false)] {
            let mut map = FoldedMap::default();
            for number in 0..texts {
                map.entry(&format!("text {number}"), || number);
            }
            assert_eq!(map.get("TEXT 0"), Some(&0));
            // Without places nothing can be looked up.
            map.places = Box::default();
            assert_eq!(map.get("TEXT 0").is_some(), gone_through, "{texts}");
        }
    }

    #[test]
    fn at_least_half_of_the_places_are_free() {
        let mut map = FoldedMap::default();
        let mut rooms = Vec::new();
        for number in 0..500 {
            map.entry(&format!("text {number}"), || ());
            assert!(map.places.len() >= map.entries.len() * 2, "{number}");
            rooms.push(map.places.len());
        }
        rooms.dedup();
        assert_eq!(rooms, [8, 32, 128, 512, 2_048]);
    }
}
