//! "Did you mean": the known name nearest to an unknown one, and lists in words.

/// The candidate nearest to `found`, if one is near enough to be a slip of the hand: transposed, dropped,
/// doubled or wrong letters, fewer the shorter the word is. Case does not count.
pub(crate) fn closest<'a>(found: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let found = found.to_ascii_lowercase();
    // Distances cost the product of the lengths; nobody mistypes a name this long.
    if found.len() > 64 {
        return None;
    }
    let allowed = (found.chars().count() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len().abs_diff(found.len()) <= allowed * 2)
        .map(|candidate| (strsim::osa_distance(&found, &candidate.to_ascii_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
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
    }

    #[test]
    fn lists_read_as_words() {
        assert_eq!(list(&["a"], "or"), "a");
        assert_eq!(quoted_list(&["a", "b", "c"], "and"), "`a`, `b` and `c`");
    }
}
