//! Rule sets with slips at random places: whatever is found, it can be drawn and said where it is.

use leadql::{Compiler, RuleSet};

/// A plain pseudo-random sequence: the same on every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap_or(0) % sides.max(1)
    }
}

const SNIPPETS: [&str; 24] = [
    "",
    " ",
    "\n",
    "\r\n",
    "\t",
    "\"",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "=>",
    "not ",
    "score ",
    "when ",
    "5d",
    "é",
    "日本",
    "\u{feff}",
    "\u{301}",
    "\u{1b}[31m",
    "\0",
    "\u{202e}",
];

const TEXTS: [&str; 4] = [
    include_str!("../examples/saas/rules.lql"),
    include_str!("../examples/courses/rules.lql"),
    include_str!("ui/wrong_test.lql"),
    include_str!("ui/wrong_value.lql"),
];

#[test]
fn what_is_wrong_can_always_be_drawn() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for round in 0..400 {
        let text = TEXTS[round % TEXTS.len()];
        let mut characters: Vec<char> = text.chars().collect();
        for _ in 0..=dice.roll(3) {
            let at = dice.roll(characters.len());
            let gone = at..(at + dice.roll(12)).min(characters.len());
            let put = SNIPPETS[dice.roll(SNIPPETS.len())].chars();
            drop(characters.splice(gone, put));
        }
        let text: String = characters.into_iter().collect();
        let found = match RuleSet::compile(&text) {
            Ok(rules) => rules.warnings().clone(),
            Err(found) => {
                assert!(found.has_errors(), "{text}");
                found
            }
        };
        assert_eq!(found.render(false).is_empty(), found.is_empty(), "{text}");
        assert_eq!(found.render(true).is_empty(), found.is_empty(), "{text}");
        let lines = text.lines().count().max(1) + 1;
        for label in found.reports().into_iter().flat_map(|report| report.labels) {
            let (start, end) = (label.start, label.end);
            assert!((start.line, start.column) <= (end.line, end.column), "{label:?} in {text}");
            assert!(start.column >= 1 && (1..=lines).contains(&start.line), "{label:?} in {text}");
        }
        // The same text gives the same words, whatever order things are looked up in.
        let again = Compiler::new().compile(&text).map_err(|found| found.to_string()).err();
        assert!(again.is_none_or(|again| again == found.to_string()), "{text}");
    }
}
