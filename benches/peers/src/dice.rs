//! Draws by chance, from a seed: the same leads in every run and on every machine.

/// SplitMix64: a counter that is stirred well. Its numbers belong to the algorithm, so a seed always means the same.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Dice(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `limit` - 1.
    pub fn below(&mut self, limit: i64) -> i64 {
        // OK because `limit` is positive wherever it is called, and the rest is below it.
        (self.next() % limit as u64) as i64
    }

    /// A number below `limit`, a small one more often than a large one.
    pub fn mostly_small(&mut self, limit: i64) -> i64 {
        let most = self.below(limit) + 1;
        self.below(most)
    }

    pub fn chance(&mut self, percent: i64) -> bool {
        self.below(100) < percent
    }

    pub fn one_of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as i64) as usize]
    }
}
