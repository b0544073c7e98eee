//! The keywords, once: the grammar is tested against this list, and messages and editors read it.

/// All words that cannot be defined as names, in the order of the alphabet.
pub(crate) const KEYWORDS: [&str; 74] = [
    "activity",
    "after",
    "again",
    "ago",
    "all",
    "and",
    "any",
    "at",
    "attribute",
    "band",
    "before",
    "best",
    "between",
    "contains",
    "days",
    "decay",
    "disqualify",
    "distinct",
    "each",
    "ends",
    "event",
    "every",
    "expect",
    "false",
    "flag",
    "for",
    "group",
    "has",
    "in",
    "inactive",
    "include",
    "is",
    "known",
    "let",
    "matches",
    "max",
    "min",
    "missing",
    "never",
    "no",
    "not",
    "of",
    "older",
    "one",
    "only",
    "or",
    "owners",
    "param",
    "passive",
    "per",
    "recycle",
    "review",
    "ruleset",
    "score",
    "segment",
    "set",
    "since",
    "sla",
    "stage",
    "starts",
    "sum",
    "test",
    "text",
    "times",
    "true",
    "until",
    "up",
    "valid",
    "version",
    "vocabulary",
    "when",
    "with",
    "within",
    "word",
];

/// Whether `word` cannot be defined as a name.
pub(crate) fn is_keyword(word: &str) -> bool {
    KEYWORDS.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words in `quote`s of a part of a text.
    fn quoted(text: &str, quote: char) -> Vec<&str> {
        let mut words: Vec<&str> = text.split(quote).skip(1).step_by(2).collect();
        words.sort_unstable();
        words
    }

    #[test]
    fn the_list_is_that_of_the_language_reference() {
        let reference = include_str!("../../grammar/LANGUAGE.md");
        let (_, section) = reference.split_once("\n## Keywords\n").unwrap();
        let list = section.trim_start().lines().next().unwrap();
        assert_eq!(quoted(list, '`'), KEYWORDS);
        assert!(KEYWORDS.is_sorted(), "the search relies on it");
    }

    #[test]
    fn the_list_is_that_of_the_grammar() {
        let grammar = include_str!("../../grammar/leadql.pest");
        let (_, rule) = grammar.split_once("\nkeyword = @{").unwrap();
        let (words, _) = rule.split_once(") ~ !word_char").unwrap();
        assert_eq!(quoted(words, '"'), KEYWORDS);
    }

    /// Every keyword has its place: where the grammar asks for one it has a rule of its own.
    #[test]
    fn every_keyword_but_the_flags_values_is_asked_for_somewhere() {
        let grammar = include_str!("../../grammar/leadql.pest");
        for keyword in KEYWORDS {
            let rule = grammar.contains(&format!("@{{ \"{keyword}\" ~ !word_char }}"));
            assert_eq!(rule, !matches!(keyword, "true" | "false"), "{keyword}");
        }
    }
}
