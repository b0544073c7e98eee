//! The header of a CSV file: which column is what.

use super::error::{Failure, ReadWarning};
use super::records::Record;
use crate::lead::error::{LeadError, quote};
use crate::lead::intake::{Raw, here};
use crate::lead::{Input, convert};
use crate::vocabulary::Type;

/// A column's header as written, and the name that it folds to, if it folds to one.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) written: String,
    pub(super) name: Option<String>,
}

/// The cell of a record, or nothing where it is empty or says that it is missing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell<'a>(Option<&'a str>);

impl<'a> Cell<'a> {
    /// The cell with the blanks around it cut; one of the texts in `missing` is missing.
    pub(super) fn new(text: &'a str, missing: &[String]) -> Self {
        let text = text.trim();
        let is_missing = text.is_empty() || missing.iter().any(|missing| missing.trim() == text);
        Cell((!is_missing).then_some(text))
    }

    pub(super) const fn text(self) -> Option<&'a str> {
        self.0
    }

    pub(super) const fn is_missing(self) -> bool {
        self.0.is_none()
    }
}

impl<'a> Raw<'a> for Cell<'a> {
    fn input(self, of: &Type) -> Result<Input<'a>, LeadError> {
        self.0.map_or(Ok(Input::Missing), |text| convert::cell(of, text).map_err(here))
    }
}

/// The columns of the header row. Two that fold to one name are an error.
pub(super) fn headers(row: &Record) -> Result<Vec<Header>, Failure> {
    let headers: Vec<Header> =
        row.cells().map(|cell| Header { written: cell.trim().to_owned(), name: fold(cell) }).collect();
    let mut names: Vec<_> =
        headers.iter().filter_map(|header| Some((header.name.as_deref()?, &header.written))).collect();
    // Stable, so that of two equal names the first column comes first.
    names.sort_by_key(|(name, _)| *name);
    let pairs = names.iter().zip(names.iter().skip(1));
    if let Some(((name, first), (_, second))) = pairs.filter(|((one, _), (two, _))| one == two).min() {
        let text =
            format!("the headers {} and {} both fold to `{name}`; rename one", quote(first), quote(second));
        return Err(Failure::header(row.line, text));
    }
    Ok(headers)
}

/// The column that makes no name, as a warning.
pub(super) fn unusable(file: &str, column: usize, header: &Header) -> ReadWarning {
    ReadWarning::UnusableColumn { file: file.to_owned(), header: header.written.clone(), column: column + 1 }
}

/// The header as a name: ASCII letters in lower case, each run of what is neither a letter nor a digit of ASCII
/// one `_`, none at the ends; none where nothing is left.
pub(super) fn fold(header: &str) -> Option<String> {
    let mut name = String::with_capacity(header.len());
    for character in header.chars() {
        if character.is_ascii_alphanumeric() {
            name.push(character.to_ascii_lowercase());
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    let name = name.trim_end_matches('_');
    (!name.is_empty()).then(|| name.to_owned())
}

impl Header {
    /// The name, if attributes can have it: it starts with a letter.
    pub(super) fn usable(&self) -> Option<&str> {
        self.name.as_deref().filter(|name| name.starts_with(|first: char| first.is_ascii_lowercase()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_fold_to_names() {
        for (header, name) in [
            ("Total Time Spent on Website", Some("total_time_spent_on_website")),
            ("  Company - Size (EMEA) ", Some("company_size_emea")),
            ("__a__b__", Some("a_b")),
            ("Prénom", Some("pr_nom")),
            ("É", None),
            ("", None),
            ("№ 1st", Some("1st")),
            ("İd", Some("d")),
        ] {
            assert_eq!(fold(header).as_deref(), name, "{header}");
        }
    }

    #[test]
    fn blanks_and_missing_texts_are_missing() {
        let missing = ["Select".to_owned(), " n/a".to_owned()];
        let known = |text| Cell::new(text, &missing).0;
        assert_eq!(known(" Select "), None);
        assert_eq!(known("n/a"), None);
        assert_eq!(known(" \t"), None);
        assert_eq!(known("select"), Some("select"));
        assert_eq!(known(" a b "), Some("a b"));
    }
}
