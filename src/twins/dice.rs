//! Chance that can be had again: a seed gives the same throws on every machine, and so do bytes from a fuzzer, which
//! decide throw by throw as far as they go.

/// A small generator of numbers (the SplitMix64 recurrence), behind bytes that decide the first throws.
pub(super) struct Dice {
    state: u64,
    /// The last is the next.
    bytes: Vec<u8>,
}

impl Dice {
    pub(super) fn new(seed: u64) -> Dice {
        Dice { state: seed, bytes: Vec::new() }
    }

    /// Throws that the bytes decide, and behind them those of a fixed seed.
    pub(super) fn of_bytes(bytes: &[u8]) -> Dice {
        Dice { state: 0, bytes: bytes.iter().rev().copied().collect() }
    }

    /// A number below `limit`, which is above 0: of so many bytes as it takes, or of the recurrence.
    fn throw(&mut self, limit: u64) -> u64 {
        if self.bytes.is_empty() {
            return self.next() % limit;
        }
        let (mut number, mut reach) = (0_u64, 1_u64);
        while reach < limit {
            number = (number << 8) | u64::from(self.bytes.pop().unwrap_or(0));
            reach = reach.saturating_mul(256);
        }
        number % limit
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`, which is above 0.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.throw(u64::try_from(limit).unwrap())).unwrap()
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = u64::try_from(high - low).unwrap() + 1;
        low + i64::try_from(self.throw(width)).unwrap()
    }

    /// True in `percent` of a hundred throws.
    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}
