//! How large a rule set may be.

/// Limits on the size of a rule set. A host may lower or raise them; each has an error of its own that says
/// what was passed and where.
///
/// Two limits are part of the language's meaning and cannot be set: a decay has at most 4,096 steps, and at
/// most 100,000 occurrences of an event count in any one rule.
///
/// ```
/// use leadql::{Compiler, Limits};
/// let limits = Limits::default().with_rules(2);
/// let text = "budget => 1  need => 1  timing => 1";
/// assert!(Compiler::new().limits(limits).compile(text).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes in one file: 1 MiB; at most 1 GiB.
    pub source: usize,
    /// Bytes in the main file and all that it includes: 8 MiB.
    pub sources: usize,
    /// How deep parentheses, `not`, `at least` and aggregates may stand in each other within a statement: 64.
    pub nesting: usize,
    /// Rules: 10,000.
    pub rules: usize,
    /// Bands, segments and `let`s, of each: 1,000.
    pub definitions: usize,
    /// Items in one list: 10,000.
    pub list_items: usize,
    /// Different event selectors: 65,536.
    pub selectors: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            source: 1 << 20,
            sources: 8 << 20,
            nesting: 64,
            rules: 10_000,
            definitions: 1_000,
            list_items: 10_000,
            selectors: 65_536,
        }
    }
}

/// Deeper nesting would need more stack than a thread can be relied on to have.
pub(crate) const MOST_NESTING: usize = 256;

/// More rules could add up to more thousandths of points than 64 bits hold: 65,536 rules of 100,000
/// occurrences of 1,000,000 points.
const MOST_RULES: usize = 65_536;

/// Places in a text are kept in 32 bits here and there.
const MOST_BYTES: usize = 1 << 30;

impl Limits {
    /// The limits with none beyond what the compiler can do, whichever way they were set.
    pub(crate) fn within_reason(mut self) -> Self {
        self.source = self.source.min(MOST_BYTES);
        self.nesting = self.nesting.min(MOST_NESTING);
        self.rules = self.rules.min(MOST_RULES);
        self
    }

    /// Bytes in the main file.
    pub(crate) fn main_file(&self) -> usize {
        self.source.min(self.sources)
    }

    /// Sets the bytes of one file, at most 1 GiB, and of all files together.
    #[must_use]
    pub fn with_sources(mut self, one: usize, all: usize) -> Self {
        (self.source, self.sources) = (one, all);
        self
    }

    /// Sets the depth of nesting; at most 256, because deeper nesting needs more stack than a thread can be
    /// relied on to have.
    #[must_use]
    pub fn with_nesting(mut self, nesting: usize) -> Self {
        self.nesting = nesting.min(MOST_NESTING);
        self
    }

    /// Sets the number of rules; at most 65,536, so that their points always fit 64 bits.
    #[must_use]
    pub fn with_rules(mut self, rules: usize) -> Self {
        self.rules = rules.min(MOST_RULES);
        self
    }

    /// Sets the number of bands, of segments and of `let`s.
    #[must_use]
    pub fn with_definitions(mut self, definitions: usize) -> Self {
        self.definitions = definitions;
        self
    }

    /// Sets the number of items in one list.
    #[must_use]
    pub fn with_list_items(mut self, list_items: usize) -> Self {
        self.list_items = list_items;
        self
    }

    /// Sets the number of different event selectors.
    #[must_use]
    pub fn with_selectors(mut self, selectors: usize) -> Self {
        self.selectors = selectors;
        self
    }
}
