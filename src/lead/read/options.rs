//! How a lead file or an events file is to be read.

/// The form of a lead file or an events file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LeadFormat {
    /// One JSON object a line.
    #[default]
    JsonLines,
    /// A header row and one record a lead or an event (feature `csv`).
    #[cfg(feature = "csv")]
    Csv,
}

/// How a lead file or an events file is to be read.
///
/// ```
/// use leadql::ReadOptions;
/// let options = ReadOptions::new("leads.csv").id_column("Lead Number").missing("Select").strict(true);
/// assert_eq!(options.file(), "leads.csv");
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct ReadOptions {
    pub(super) file: String,
    pub(super) format: LeadFormat,
    pub(super) strict: bool,
    pub(super) id_column: Option<String>,
    pub(super) missing: Vec<String>,
    pub(super) line_limit: u64,
}

impl ReadOptions {
    /// The longest line, or record of several lines, that is read unless told otherwise: 256 MiB.
    pub const LINE_LIMIT: u64 = 256 << 20;

    /// Reads a file that messages call `file`: CSV where that ends in `.csv` (and the feature is on), else JSON
    /// Lines.
    pub fn new(file: impl Into<String>) -> Self {
        let file = file.into();
        #[cfg(feature = "csv")]
        let format = match file.rsplit_once('.') {
            Some((_, ending)) if ending.eq_ignore_ascii_case("csv") => LeadFormat::Csv,
            _ => LeadFormat::JsonLines,
        };
        #[cfg(not(feature = "csv"))]
        let format = LeadFormat::JsonLines;
        ReadOptions {
            file,
            format,
            strict: false,
            id_column: None,
            missing: Vec::new(),
            line_limit: Self::LINE_LIMIT,
        }
    }

    /// The file as messages call it.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Says the form where the file's name does not.
    pub fn format(mut self, format: LeadFormat) -> Self {
        self.format = format;
        self
    }

    /// Makes a name that the vocabulary lacks an error; without this such names are skipped and counted.
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Names the column of a CSV file that holds the leads' ids, as its header is written or as it folds to a
    /// name; without this it is the one whose header folds to `id`.
    pub fn id_column(mut self, column: impl Into<String>) -> Self {
        self.id_column = Some(column.into());
        self
    }

    /// Adds a text that means missing in the cells of a CSV file, as an empty cell does.
    pub fn missing(mut self, text: impl Into<String>) -> Self {
        self.missing.push(text.into());
        self
    }

    /// Sets how many bytes a line, or a CSV record of several lines, may have at most.
    pub fn line_limit(mut self, bytes: u64) -> Self {
        self.line_limit = bytes;
        self
    }
}
