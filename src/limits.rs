//! How much of everything a rule set may have.

/// The limits that a rule set is held to; each has its own error.
///
/// ```
/// let limits = leadql::Limits::default().nesting(16).rules(500);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    pub(crate) source: usize,
    pub(crate) total_source: usize,
    pub(crate) nesting: usize,
    pub(crate) rules: usize,
    pub(crate) definitions: usize,
    pub(crate) list_items: usize,
    pub(crate) selectors: usize,
}

impl Default for Limits {
    /// 1 MiB a file, 8 MiB in all, nesting 64, 10,000 rules, 1,000 definitions of a sort, 10,000 list items,
    /// 65,536 event selectors.
    fn default() -> Self {
        Limits {
            source: 1 << 20,
            total_source: 8 << 20,
            nesting: 64,
            rules: 10_000,
            definitions: 1_000,
            list_items: 10_000,
            selectors: 65_536,
        }
    }
}

impl Limits {
    /// The deepest nesting that a host can allow. Conditions are trees, and reading, checking and printing a
    /// tree goes as deep into the stack as the tree is high: this much fits the stack of any usual thread,
    /// and no rule that people can read comes near it.
    pub const MAX_NESTING: usize = 256;

    /// The largest file, in bytes; files of 4 GiB and more are refused whatever is set here.
    pub fn source(mut self, bytes: usize) -> Self {
        self.source = bytes;
        self
    }

    /// The largest sum of all files, in bytes.
    pub fn total_source(mut self, bytes: usize) -> Self {
        self.total_source = bytes;
        self
    }

    /// How deep parentheses, `not`, `at least N of` and aggregates may stand within each other in one
    /// statement; never more than [`Limits::MAX_NESTING`].
    pub fn nesting(mut self, depth: usize) -> Self {
        self.nesting = depth.min(Self::MAX_NESTING);
        self
    }

    /// The number of rules, in all scores together.
    pub fn rules(mut self, count: usize) -> Self {
        self.rules = count;
        self
    }

    /// The number of definitions of one sort: bands, segments, `let`s, activities, params and so on.
    pub fn definitions(mut self, count: usize) -> Self {
        self.definitions = count;
        self
    }

    /// The number of values in all lists together.
    pub fn list_items(mut self, count: usize) -> Self {
        self.list_items = count;
        self
    }

    /// The number of different event selectors.
    pub fn selectors(mut self, count: usize) -> Self {
        self.selectors = count;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nesting_has_a_ceiling() {
        assert_eq!(Limits::default().nesting(usize::MAX).nesting, Limits::MAX_NESTING);
        assert_eq!(Limits::default().nesting(3).nesting, 3);
    }
}
