//! The language reference, sentence by sentence: rule sets that it allows, and ones that it does not.
//!
//! Each line of a file in `tests/sentences` is what should come of a rule set, a `|`, and the rule set: `ok`, the
//! codes of exactly what is found, in order, or `error` where any error will do. Lines with `#` say which sentence
//! it is about.
#![expect(clippy::panic, reason = "what helps a test stops it by panicking too")]

use std::fmt::Write as _;

use leadql::RuleSet;

/// The codes of what is found, and whether it compiles.
fn findings(text: &str) -> (bool, Vec<String>, String) {
    let (ok, found) = match RuleSet::compile(text) {
        Ok(rules) => (true, rules.warnings().clone()),
        Err(found) => (false, found),
    };
    (ok, found.codes().map(|code| code.to_string()).collect(), found.to_string())
}

fn check(name: &str, cases: &str) {
    let mut wrong = String::new();
    let mut counts = (0, 0);
    for (number, line) in cases.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let (expected, text) = line.split_once('|').unwrap_or_else(|| panic!("{name}:{}", number + 1));
        let (ok, codes, drawn) = findings(text);
        let expected: Vec<&str> = expected.split_whitespace().collect();
        let fits = match expected.as_slice() {
            ["error"] => !ok,
            ["ok", warnings @ ..] => ok && codes == warnings,
            expected => !ok && codes == expected,
        };
        if ok {
            counts.0 += 1;
        } else {
            counts.1 += 1;
        }
        if !fits {
            let _ = writeln!(
                wrong,
                "{name}:{}: expected {expected:?}, found {codes:?} of {text}\n{drawn}\n",
                number + 1
            );
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(counts.0 >= 5 && counts.1 >= 5, "{name}: {counts:?}");
}

macro_rules! sections {
    ($($test:ident = $file:literal;)+) => {$(
        #[test]
        fn $test() {
            check($file, include_str!(concat!("sentences/", $file)));
        }
    )+};
}

sections! {
    words = "2_words.txt";
    vocabulary = "3_vocabulary.txt";
    conditions = "4_conditions.txt";
    scores = "5_scores.txt";
    stages = "6_stages.txt";
    tests = "8_tests.txt";
    sharing = "9_sharing.txt";
}
