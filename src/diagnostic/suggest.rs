//! "Did you mean": the known name nearest to an unknown one, and lists in words.

/// Nobody mistypes a longer name, and distances cost the product of the lengths.
const LONGEST_NAME: usize = 40;

/// The candidate nearest to `found`, if one is near enough to be a slip of the hand: transposed, dropped,
/// doubled or wrong letters, fewer the shorter the word is. Case does not count; of several that are as near,
/// the first in the alphabet.
pub(crate) fn closest<'a>(found: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let found = found.to_ascii_lowercase();
    if found.len() > LONGEST_NAME {
        return None;
    }
    let allowed = (found.chars().count() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST_NAME + 2 * allowed)
        .filter(|candidate| candidate.len().abs_diff(found.len()) <= allowed * 2)
        .map(|candidate| (strsim::osa_distance(&found, &candidate.to_ascii_lowercase()), candidate))
        // Of a single letter nothing would be left to recognise.
        .filter(|(distance, _)| *distance <= allowed && *distance < found.chars().count())
        .min()
        .map(|(_, candidate)| candidate)
}

/// `a`, `a or b`, `a, b or c`.
pub(crate) fn list<T: AsRef<str>>(items: &[T], last: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [first @ .., end] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} {last} {}", first.join(", "), end.as_ref())
        }
    }
}

/// As [`list`], each item in backticks.
pub(crate) fn quoted_list<T: AsRef<str>>(items: &[T], last: &str) -> String {
    let quoted: Vec<String> = items.iter().map(|item| format!("`{}`", item.as_ref())).collect();
    list(&quoted, last)
}

/// Of so many items at most a message gives the names.
const MOST_LISTED: usize = 12;

/// As [`quoted_list`]; of many items the first ones and how many more there are.
pub(crate) fn few<'a>(items: impl ExactSizeIterator<Item = &'a str>, last: &str) -> String {
    let more = items.len().saturating_sub(MOST_LISTED);
    let mut first: Vec<String> = items.take(MOST_LISTED).map(|item| format!("`{item}`")).collect();
    if more > 0 {
        first.push(format!("{more} more"));
    }
    list(&first, last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        let known = ["visited", "title", "viewed", "company_size"];
        assert_eq!(closest("vistied", known), Some("visited"));
        assert_eq!(closest("titel", known), Some("title"));
        assert_eq!(closest("Company_Sise", known), Some("company_size"));
        assert_eq!(closest("budget", known), None);
        assert_eq!(closest("x", known), None);
        assert_eq!(closest("x", ["y"]), None);
        assert_eq!(closest("scale", ["scare", "scape"]), Some("scape"));
    }

    #[test]
    fn lists_read_as_words() {
        assert_eq!(list(&["a"], "or"), "a");
        assert_eq!(quoted_list(&["a", "b", "c"], "and"), "`a`, `b` and `c`");
        let many: Vec<String> = (1..=13).map(|number| number.to_string()).collect();
        let few = |from: usize| few(many[from..].iter().map(String::as_str), "and");
        assert!(few(0).ends_with("`11`, `12` and 1 more"));
        assert!(few(1).ends_with("`12` and `13`"));
    }
}
