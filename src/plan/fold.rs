//! Texts found and compared without regard to the case of ASCII letters, and without making folded copies.
//!
//! The texts of a rule set go in once, folded; a lead's text is then looked up as it came. Letters are folded
//! eight at a time while the text is hashed and compared. The hash has a secret of its own in each table, so
//! that no rule set can be written whose texts all meet in one place.

use std::hash::{BuildHasher, RandomState};

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
    hash: u64,
    text: Box<str>,
    value: V,
}

impl<V> Default for FoldedMap<V> {
    fn default() -> Self {
        FoldedMap { seed: RandomState::new().hash_one(0), places: Box::default(), entries: Vec::new() }
    }
}

impl<V> FoldedMap<V> {
    /// What belongs to `text`, none if there is nothing.
    pub(crate) fn get(&self, text: &str) -> Option<&V> {
        self.find(hash(text.as_bytes(), self.seed), text).map(|entry| &entry.value)
    }

    /// What belongs to `text`, made if there is nothing yet.
    pub(crate) fn entry(&mut self, text: &str, value: impl FnOnce() -> V) -> &mut V {
        let hash = hash(text.as_bytes(), self.seed);
        let found = self.walk(hash).find(|place| {
            self.entries.get(*place).is_some_and(|entry| entry.hash == hash && same(text, &entry.text))
        });
        let place = found.unwrap_or_else(|| {
            let text = text.to_ascii_lowercase().into_boxed_str();
            self.entries.push(Entry { hash, text, value: value() });
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

    /// The same texts with something else of each, made in the order in which they came.
    pub(crate) fn map<W>(self, mut other: impl FnMut(V) -> W) -> FoldedMap<W> {
        let FoldedMap { seed, places, entries } = self;
        let entries = entries.into_iter();
        let entries = entries.map(|Entry { hash, text, value }| Entry { hash, text, value: other(value) });
        FoldedMap { seed, places, entries: entries.collect() }
    }

    /// How many texts there are.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    fn find(&self, hash: u64, text: &str) -> Option<&Entry<V>> {
        self.walk(hash)
            .filter_map(|place| self.entries.get(place))
            .find(|entry| entry.hash == hash && same(text, &entry.text))
    }

    /// The places in `entries` where a text with this hash may be.
    fn walk(&self, hash: u64) -> impl Iterator<Item = usize> {
        // OK because at least half of the places are free: a free one ends the walk.
        let (mask, mut at) = (self.places.len().wrapping_sub(1), hash as usize);
        std::iter::from_fn(move || {
            let place = *self.places.get(at & mask)?;
            at = at.wrapping_add(1);
            (place as usize).checked_sub(1)
        })
    }

    /// Gives every entry a new place among twice as many.
    fn spread(&mut self) {
        let places = (self.entries.len() * 4).next_power_of_two().max(8);
        self.places = vec![0; places].into_boxed_slice();
        for (number, entry) in (1..).zip(&self.entries) {
            put(&mut self.places, entry.hash, number);
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
pub(crate) fn same(text: &str, folded: &str) -> bool {
    let (text, folded) = (text.as_bytes(), folded.as_bytes());
    if text.len() != folded.len() {
        return false;
    }
    match (text.last_chunk::<8>(), folded.last_chunk::<8>()) {
        (Some(last), Some(folded_last)) => {
            let words = text.as_chunks::<8>().0.iter().zip(folded.as_chunks::<8>().0);
            fold(word(last)) == word(folded_last)
                && words.into_iter().all(|(one, other)| fold(word(one)) == word(other))
        }
        _ => fold(short(text)) == short(folded),
    }
}

/// The hash of a text as if its ASCII letters were small.
fn hash(text: &[u8], seed: u64) -> u64 {
    let mut state = seed ^ text.len() as u64;
    match text.last_chunk::<8>() {
        Some(last) => {
            for eight in text.as_chunks::<8>().0 {
                state = mixed(state ^ fold(word(eight)));
            }
            // Some bytes are mixed in twice where the length is no multiple of eight: no harm.
            mixed(state ^ fold(word(last)))
        }
        None => mixed(state ^ fold(short(text))),
    }
}

/// Every bit of the product of two words depends on many of them; its halves together keep that.
const fn mixed(word: u64) -> u64 {
    let product = word as u128 * 0x9E37_79B9_7F4A_7C15_u128;
    (product as u64) ^ (product >> 64) as u64
}

const fn word(bytes: &[u8; 8]) -> u64 {
    u64::from_le_bytes(*bytes)
}

/// Fewer than eight bytes as a word; of texts of one length no two are the same.
fn short(bytes: &[u8]) -> u64 {
    match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>(), bytes) {
        (Some(first), Some(last), _) => {
            u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32
        }
        (_, _, [first, second, third]) => u64::from_le_bytes([*first, *second, *third, 0, 0, 0, 0, 0]),
        (_, _, [first, second]) => u64::from_le_bytes([*first, *second, 0, 0, 0, 0, 0, 0]),
        (_, _, [first]) => u64::from(*first),
        _ => 0,
    }
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
                assert!(same(&given, &text.to_ascii_lowercase()));
            }
            // One character other than it is.
            for at in 0..text.chars().count() {
                let other: String = text
                    .chars()
                    .enumerate()
                    .map(|(place, letter)| if place == at { '~' } else { letter })
                    .collect();
                assert_eq!(map.get(&other), None, "{other}");
                assert!(!same(&other, &text.to_ascii_lowercase()), "{other}");
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
}
