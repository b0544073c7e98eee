//! The twins: on rule sets and leads made by chance, the fast core gives what the plain reading gives.
//!
//! A seed and a size go in; a rule set that uses any construct of the language and a lead that stands on the
//! edges of it come out, always the same ones. `LEADQL_CASES` says how many cases each property is tried on,
//! `LEADQL_SEED` where to start. A case that fails is cut down to the smallest that still fails, printed, and
//! written down in the form of `tests/suite`.
//!
//! `cargo fuzz` uses the generators too, with bytes in place of a seed: they are compiled for it and for tests.

#![cfg_attr(not(test), allow(dead_code, unused_imports, reason = "a fuzzer uses only what it is given"))]

mod advice;
#[cfg(feature = "json")]
mod all;
#[cfg(test)]
mod brute;
mod columns;
mod compare;
mod conditions;
#[cfg(test)]
mod coverage;
mod dice;
#[cfg(test)]
mod diff;
#[cfg(feature = "json")]
pub(crate) mod fuzz;
mod host;
#[cfg(feature = "json")]
mod keep;
mod leads;
mod ledger;
mod lives;
mod merge;
#[cfg(test)]
mod pages;
mod progress;
mod review;
mod row;
mod rules;
mod shrink;
mod state;
mod timelines;
mod words;

use std::fmt;

use crate::time::Instant;
use dice::Dice;
use leads::GivenLead;
use rules::Piece;

/// A rule set, a lead and an instant.
#[derive(Clone, Debug, PartialEq)]
struct Case {
    pieces: Vec<Piece>,
    lead: GivenLead,
    now: Instant,
}

/// The case of a seed, its rule set of about `size` rules.
fn case(seed: u64, size: usize) -> Case {
    case_of(&mut Dice::new(seed), size)
}

fn case_of(dice: &mut Dice, size: usize) -> Case {
    let rules = rules::rule_set(dice, size);
    let now = leads::instant(dice);
    let lead = leads::lead(dice, &rules.mentioned, now, 4 + size * 2);
    Case { pieces: rules.pieces, lead, now }
}

/// The text of the rule set of a seed, for whoever tries texts rather than evaluations.
#[cfg(test)]
pub(crate) fn rule_set_text(seed: u64, size: usize) -> String {
    rules::render(&case(seed, size).pieces)
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}\nat {}\n", rules::render(&self.pieces), self.lead, self.now)
    }
}

/// Every construct turns up in some of the generated rule sets.
#[test]
fn the_generator_writes_every_construct() {
    let text: String = (0..600).map(|seed| rules::render(&case(seed, 12).pieces)).collect();
    for construct in [
        "vocabulary only declared",
        "ruleset ",
        "owners ",
        "review ",
        "attribute ",
        ": one of [",
        ": set of text",
        ": date",
        "event ",
        " passive",
        "param ",
        "let ",
        "activity ",
        "score ",
        " 0..15",
        "-20..20",
        " decay 50%",
        " decay 33.3%",
        " decay 5 every",
        " no decay",
        "group ",
        " best",
        " max 10",
        " max -1",
        " min 3",
        "-5..12",
        "each ",
        " up to ",
        " times per day",
        " times per subject",
        " times up to",
        " per day up to",
        " when ",
        "distinct(",
        "days(",
        "sum(",
        " within ",
        " ago",
        "inactive for",
        "at least 1 of [",
        "at least 2 of [",
        "not (",
        "not budget",
        "decay worth every",
        " max worth",
        " >= worth",
        ") >= few",
        " and ",
        " or ",
        " in [",
        " not in [",
        " contains \"",
        " contains any of",
        " contains all of",
        " starts with",
        " ends with",
        " matches \"",
        " has word",
        " has any word of",
        " is known",
        " is missing",
        " = true",
        " != false",
        " before ",
        " after ",
        " older than ",
        " = max",
        " in some_plans",
        " in some_texts",
        " in some_numbers",
        "while_ago",
        "few",
        "worth",
        "band ",
        " is at least ",
        " is B0",
        " is cold",
        "segment ",
        " segment ",
        "stage mql",
        " until ",
        " again after ",
        " sla ",
        "stage sql",
        "recycle ",
        "\"gone quiet\"",
        "disqualify ",
        "\"spam\"",
        "\"Spam\"",
        "(*",
        "\"**\"",
        "\"/Docs/*\"",
        " | ",
        "doing0",
        "known0",
        " = 0.6 * ",
        "-1.001 * ",
        "-0.5 * ",
        " >= 0",
        " != ",
        " between ",
        "score is ",
        "score >= ",
        "r0: ",
        " \"why ",
    ] {
        assert!(text.contains(construct), "no {construct:?}");
    }
}

#[test]
fn a_seed_always_gives_the_same_case() {
    assert_eq!(case(42, 10).to_string(), case(42, 10).to_string());
    assert_ne!(case(42, 10), case(43, 10));
}
