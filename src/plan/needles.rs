//! Short texts looked for anywhere in a text, all in one pass and in any case.
//!
//! `contains` and `has word` of one attribute go in together; each place of a text is then looked at once, and
//! only what begins with the byte there is compared.

use super::fold::same;
use super::numbering::number_of;

/// What is looked for.
#[derive(Clone, Debug)]
pub(super) struct Needles {
    /// By byte, capitals as small letters: where those that begin with it start in `needles`; one more at the end.
    heads: Box<[u32; 257]>,
    /// By their first byte.
    needles: Vec<Needle>,
}

#[derive(Clone, Debug)]
pub(super) struct Needle {
    /// Folded; neither empty nor longer than [`LONGEST`].
    pub(super) text: Box<str>,
    /// Whether no word character may stand next to either end.
    pub(super) word: bool,
    /// What it is found for.
    pub(super) of: u32,
}

/// Comparing longer texts at every place could take time in proportion to both lengths.
pub(super) const LONGEST: usize = 32;

impl Needles {
    pub(super) fn new(mut needles: Vec<Needle>) -> Self {
        let head = |needle: &Needle| needle.text.as_bytes().first().copied().unwrap_or(0);
        needles.sort_by_key(head);
        let mut heads = Box::new([0; 257]);
        for (byte, start) in (0u16..).zip(heads.iter_mut()) {
            *start = number_of(needles.partition_point(|needle| u16::from(head(needle)) < byte));
        }
        Needles { heads, needles }
    }

    pub(super) fn len(&self) -> usize {
        self.needles.len()
    }

    /// Calls `found` with what each needle that occurs is found for, once for each place.
    pub(super) fn find(&self, text: &str, mut found: impl FnMut(u32)) {
        let text = text.as_bytes();
        for (at, byte) in text.iter().enumerate() {
            let head = usize::from(byte.to_ascii_lowercase());
            let (Some(from), Some(to)) = (self.heads.get(head), self.heads.get(head + 1)) else { continue };
            if from == to {
                continue;
            }
            for needle in self.needles.get(*from as usize..*to as usize).unwrap_or(&[]) {
                if needle.is_at(at, text) {
                    found(needle.of);
                }
            }
        }
    }
}

impl Needle {
    fn is_at(&self, at: usize, text: &[u8]) -> bool {
        let end = at + self.text.len();
        text.get(at..end).is_some_and(|part| same(part, self.text.as_bytes()))
            && !(self.word
                && (at.checked_sub(1).and_then(|before| text.get(before)).is_some_and(is_word)
                    || text.get(end).is_some_and(is_word)))
    }
}

/// Whether a byte is of a word character: an ASCII letter or digit, or any character beyond ASCII.
fn is_word(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Folded, TextTest};

    #[test]
    fn needles_are_found_where_tests_find_them() {
        let parts = ["a", "aa", "chief", "vp", "é", "- -", "c++", "b2", "xaa"];
        let texts = [
            "Chief",
            "mischief",
            "vp, sales",
            "SVP vp",
            "vpé",
            "C++ developer",
            "VC++",
            "aaa aa",
            "- -x- -",
            "É é",
            "B2B",
            "b2",
            "xAa",
            "a",
            "xx",
        ];
        let needles = parts.iter().zip(0..).flat_map(|(part, number)| {
            [false, true].map(|word| Needle { text: (*part).into(), word, of: number * 2 + u32::from(word) })
        });
        let needles = Needles::new(needles.collect());
        for text in texts {
            let mut found = vec![false; parts.len() * 2];
            needles.find(text, |of| found[of as usize] = true);
            let folded = text.to_ascii_lowercase();
            for (number, part) in parts.iter().enumerate() {
                let list = || vec![Folded::new(part)].into();
                let said =
                    [TextTest::Contains(list()), TextTest::HasWord(list())].map(|test| test.holds(&folded));
                assert_eq!(found[number * 2..number * 2 + 2], said, "{part:?} in {text:?}");
            }
        }
    }
}
