//! The table of operators: how each is written, and which types have it.

use crate::syntax::ast::{Operation, Operator};
use crate::vocabulary::Type;

/// Every operator and how it is written.
const SPELLING: [(Operator, &str); 19] = [
    (Operator::Equal, "="),
    (Operator::NotEqual, "!="),
    (Operator::Less, "<"),
    (Operator::LessOrEqual, "<="),
    (Operator::Greater, ">"),
    (Operator::GreaterOrEqual, ">="),
    (Operator::In, "in"),
    (Operator::NotIn, "not in"),
    (Operator::Contains, "contains"),
    (Operator::ContainsAnyOf, "contains any of"),
    (Operator::ContainsAllOf, "contains all of"),
    (Operator::StartsWith, "starts with"),
    (Operator::EndsWith, "ends with"),
    (Operator::Matches, "matches"),
    (Operator::HasWord, "has word"),
    (Operator::HasAnyWordOf, "has any word of"),
    (Operator::Before, "before"),
    (Operator::After, "after"),
    (Operator::OlderThan, "older than"),
];

impl Operator {
    /// The operator as rule sets write it.
    pub(crate) fn spelling(self) -> &'static str {
        SPELLING.iter().find(|(operator, _)| *operator == self).map_or("", |(_, spelling)| spelling)
    }
}

impl Operation {
    /// The first words of the test as rule sets write it.
    pub(super) fn spelling(&self) -> &'static str {
        match self {
            Operation::Binary(operator, _) => operator.spelling(),
            Operation::Between(..) => "between",
            Operation::IsKnown => "is known",
            Operation::IsMissing => "is missing",
            Operation::Is(_) => "is",
            Operation::IsAtLeast(_) => "is at least",
        }
    }
}

/// The operators that a type has.
pub(super) const fn operators(of: &Type) -> &'static [Operator] {
    use Operator::*;
    match of {
        Type::Text => &[
            Equal,
            NotEqual,
            In,
            NotIn,
            Contains,
            ContainsAnyOf,
            StartsWith,
            EndsWith,
            Matches,
            HasWord,
            HasAnyWordOf,
        ],
        Type::Number => &[Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual, In, NotIn],
        Type::Flag => &[Equal, NotEqual],
        Type::OneOf(_) => &[Equal, NotEqual, In, NotIn],
        Type::SetOfText => &[Contains, ContainsAnyOf, ContainsAllOf],
        Type::Date => &[Before, After, OlderThan],
    }
}

/// All that can be asked of a type, as rule sets write it.
pub(crate) fn tests_of(of: &Type) -> Vec<&'static str> {
    let mut tests: Vec<&str> = operators(of).iter().map(|operator| operator.spelling()).collect();
    match of {
        Type::Number => tests.push("between A and B"),
        Type::Date => tests.insert(2, "within"),
        _ => {}
    }
    tests.extend(["is known", "is missing"]);
    tests
}

/// All that can be asked of a type, in words: for the help of an error.
pub(super) fn tests_in_words(of: &Type) -> String {
    let tests = tests_of(of);
    let alone = if matches!(of, Type::Flag) { "by its name alone, or " } else { "" };
    format!("{} can be tested {alone}with {}", with_article(of), crate::diagnostic::quoted_list(&tests, "or"))
}

/// `a number`, `a text`, `a `one of` list`.
pub(super) fn with_article(of: &Type) -> String {
    match of {
        Type::OneOf(_) => "a `one of` list".to_owned(),
        _ => format!("a {}", of.name()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operator_is_spelt_and_belongs_to_a_type() {
        let types = [Type::Text, Type::Number, Type::Flag, Type::one_of(["x"]), Type::SetOfText, Type::Date];
        for (operator, spelling) in SPELLING {
            assert_eq!(operator.spelling(), spelling);
            assert!(types.iter().any(|of| operators(of).contains(&operator)), "{spelling}");
        }
    }
}
