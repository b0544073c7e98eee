//! A quick hash for short texts and small keys: a few multiplications, not a cipher.
//!
//! Each table has a secret of its own, made from the standard library's: who does not know it cannot write texts
//! that meet in one place. What a table's hashes are never shows outside of it.

use std::hash::{BuildHasher, Hasher, RandomState};

/// Every bit of the product of two words depends on many of them; its halves together keep that.
pub(crate) const fn mixed(word: u64) -> u64 {
    let product = word as u128 * 0x9E37_79B9_7F4A_7C15_u128;
    (product as u64) ^ (product >> 64) as u64
}

/// The secret of a new table.
pub(crate) fn seed() -> u64 {
    RandomState::new().hash_one(0)
}

/// Makes the hashers of one table.
#[derive(Clone, Debug)]
pub(crate) struct QuickHash {
    seed: u64,
}

/// A map whose keys are hashed quickly.
pub(crate) type QuickMap<K, V> = std::collections::HashMap<K, V, QuickHash>;

impl Default for QuickHash {
    fn default() -> Self {
        QuickHash { seed: seed() }
    }
}

impl BuildHasher for QuickHash {
    type Hasher = QuickHasher;

    fn build_hasher(&self) -> QuickHasher {
        QuickHasher { state: self.seed }
    }
}

/// What has been hashed so far.
#[derive(Clone, Debug)]
pub(crate) struct QuickHasher {
    state: u64,
}

impl Hasher for QuickHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.state = hash(bytes, self.state);
    }

    fn write_u8(&mut self, value: u8) {
        self.write_u64(u64::from(value));
    }

    fn write_u32(&mut self, value: u32) {
        self.write_u64(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.state = mixed(self.state ^ value);
    }

    fn write_usize(&mut self, value: usize) {
        self.write_u64(value as u64);
    }

    fn finish(&self) -> u64 {
        self.state
    }
}

/// The hash of bytes, eight at a time.
pub(crate) fn hash(bytes: &[u8], seed: u64) -> u64 {
    let state = mixed(seed ^ bytes.len() as u64);
    match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(first), Some(last)) => {
            let mut state = mixed(state ^ u64::from_le_bytes(*first));
            // Some bytes are mixed in twice: no harm.
            for eight in bytes.as_chunks().0.iter().skip(1) {
                state = mixed(state ^ u64::from_le_bytes(*eight));
            }
            mixed(state ^ u64::from_le_bytes(*last))
        }
        _ => mixed(state ^ short(bytes)),
    }
}

/// Fewer than eight bytes as a word; of texts of one length no two are the same.
pub(crate) fn short(bytes: &[u8]) -> u64 {
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

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn texts_that_differ_anywhere_have_different_hashes() {
        let mut hashes = HashSet::new();
        let mut count = 0;
        for length in 0..40 {
            let text = vec![b'a'; length];
            assert!(hashes.insert(hash(&text, 7)));
            count += 1;
            for place in 0..length {
                let mut other = text.clone();
                other[place] = b'b';
                assert!(hashes.insert(hash(&other, 7)));
                count += 1;
            }
        }
        assert_eq!(hashes.len(), count);
    }

    #[test]
    fn texts_spread_over_the_places_of_a_table() {
        let seed = seed();
        let places: HashSet<u64> =
            (0..1_000).map(|number: u32| hash(format!("page_{number}").as_bytes(), seed) % 4_096).collect();
        // By chance it would be about 890 of them.
        assert!(places.len() > 800, "{}", places.len());
    }
}
