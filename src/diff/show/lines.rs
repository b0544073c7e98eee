//! Long lines made short: what two have in common at their ends is left out.

use crate::readable::readable;

/// Lines up to so many characters are shown whole.
const LONGEST: usize = 160;
/// So many characters of what two have in common are shown next to where they differ.
const AROUND: usize = 30;

/// A line, cut where it is long.
pub(super) fn cut(line: &str) -> String {
    readable(line, LONGEST)
}

/// Two lines, long ones without what they have in common at their ends.
pub(super) fn apart(old: &str, new: &str) -> (String, String) {
    if old.chars().count().max(new.chars().count()) <= LONGEST {
        return (cut(old), cut(new));
    }
    let (was, is): (Vec<char>, Vec<char>) = (old.chars().collect(), new.chars().collect());
    let start = was.iter().zip(&is).take_while(|(one, other)| one == other).count();
    let room = was.len().min(is.len()) - start;
    let end =
        was.iter().rev().zip(is.iter().rev()).take(room).take_while(|(one, other)| one == other).count();
    let window = |line: &[char]| {
        let from = start.saturating_sub(AROUND);
        let to = (line.len() - end).saturating_add(AROUND).min(line.len());
        let middle: String = line.iter().skip(from).take(to.saturating_sub(from)).collect();
        let (before, behind) = (if from > 0 { "… " } else { "" }, if to < line.len() { " …" } else { "" });
        format!("{before}{}{behind}", cut(&middle))
    };
    (window(&was), window(&is))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_short_stays_whole() {
        assert_eq!(apart("a or b", "a or c"), ("a or b".to_owned(), "a or c".to_owned()));
    }

    #[test]
    fn of_long_lines_the_difference_is_shown() {
        let list = |item: &str| {
            format!("country in [{}\"{item}\", \"zz\"{}]", "\"us\", ".repeat(60), ", \"a\"".repeat(60))
        };
        let (old, new) = apart(&list("de"), &list("fr"));
        assert!(old.contains("\"de\"") && new.contains("\"fr\""), "{old} {new}");
        assert!(old.starts_with("… ") && old.ends_with(" …") && old.chars().count() < 80, "{old}");
    }

    #[test]
    fn one_may_hold_all_of_the_other() {
        let (old, new) = ("ab".repeat(100), "ab".repeat(101));
        let (old, new) = apart(&old, &new);
        assert!(new.chars().count() > old.chars().count());
    }
}
