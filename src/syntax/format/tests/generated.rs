//! Generated files: any constructs in any order, with any blanks and comments between their words.

use proptest::prelude::*;

use super::{CONSTRUCTS, check, words};

/// What may stand between two words.
fn gap() -> impl Strategy<Value = String> {
    prop_oneof![
        12 => Just(" ".to_owned()),
        3 => "[ \t]{1,3}\r?\n[ \t]{0,3}(\r?\n){0,3}[ ]{0,3}",
        1 => "[ \t]{0,2}#[ -~é]{0,12}[ \t]{0,2}\r?\n[ \t]{0,3}(\n){0,2}",
        1 => "\n[ ]{0,2}#[ -~é]{0,12}\n[ ]{0,3}(\n){0,2}",
    ]
}

/// A file with about `commented` constructs in it, and its gaps.
fn file() -> impl Strategy<Value = String> {
    let construct = (0..CONSTRUCTS.len()).prop_flat_map(|at| {
        let words = words(CONSTRUCTS[at]);
        proptest::collection::vec(gap(), words.len()).prop_map(move |gaps| {
            let pieces = words
                .iter()
                .zip(gaps)
                .map(|((word, spaced), gap)| format!("{}{word}", if *spaced { gap.as_str() } else { "" }));
            pieces.collect::<String>()
        })
    });
    (proptest::collection::vec(construct, 0..6), gap())
        .prop_map(|(constructs, end)| constructs.concat() + &end)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn meaning_and_comments_stay_and_a_second_time_changes_nothing(text in file()) {
        check(&text);
    }
}
