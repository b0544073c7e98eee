//! Lead files and event files in CSV, with every way of naming the id column and what is missing.

use leadql::LeadFormat;

use super::leads::files;

/// Takes any bytes as a lead file, and behind a line of `----` as an events file.
pub fn run(data: &[u8]) {
    files(data, LeadFormat::Csv, |options| options);
    files(data, LeadFormat::Csv, |options| options.id_column("Lead Number").missing("Select").missing("n/a"));
    files(data, LeadFormat::Csv, |options| options.line_limit(64));
}
