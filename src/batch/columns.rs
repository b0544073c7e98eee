//! Leads as a host's columns: what goes into a batch, all of it borrowed.
//!
//! An attribute or a property is a [`Column`] with a row for each lead or event; the events of all leads lie one
//! lead behind the other ([`EventColumns`]). Nothing is looked at here: that is done once, when the columns are
//! bound to a rule set.

use std::ops::Range;

use crate::lead::Stage;

/// The code of a text that is not there, whatever the dictionary.
pub const MISSING: u32 = u32::MAX;

/// Many leads, column by column.
///
/// What a lead file has by lead is here by column: attributes under their names, the events of all leads, and,
/// where leads have them, stages and ids. What is not given is unknown of every lead.
///
/// ```
/// use leadql::batch::{Column, LeadColumns, MISSING};
/// let titles = Column::texts(&["Chief Executive", "VP Sales"], &[0, 1, MISSING]);
/// let sizes = Column::integers(&[120_i64, 40, 900]);
/// let attributes = [("title", titles), ("company_size", sizes)];
/// let leads = LeadColumns::new(3).attributes(&attributes);
/// # let _ = leads;
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct LeadColumns<'a> {
    pub(super) count: usize,
    pub(super) attributes: &'a [(&'a str, Column<'a>)],
    pub(super) events: Option<EventColumns<'a>>,
    pub(super) stages: Option<&'a [Stage]>,
    pub(super) stages_since: Option<Values<'a, i64>>,
    pub(super) ids: Option<&'a [&'a str]>,
}

impl<'a> LeadColumns<'a> {
    /// So many leads of whom nothing is known yet.
    pub const fn new(count: usize) -> Self {
        LeadColumns { count, attributes: &[], events: None, stages: None, stages_since: None, ids: None }
    }

    /// The leads' attributes by name, each column with a row for every lead.
    pub const fn attributes(mut self, attributes: &'a [(&'a str, Column<'a>)]) -> Self {
        self.attributes = attributes;
        self
    }

    /// The leads' events.
    pub const fn events(mut self, events: EventColumns<'a>) -> Self {
        self.events = Some(events);
        self
    }

    /// Where each lead's record stands; without this all are at [`Stage::Lead`].
    pub const fn stages(mut self, stages: &'a [Stage]) -> Self {
        self.stages = Some(stages);
        self
    }

    /// Since when each lead stands there, in microseconds since 1970; without this it is unknown.
    pub fn stages_since(mut self, since: impl Into<Values<'a, i64>>) -> Self {
        self.stages_since = Some(since.into());
        self
    }

    /// The leads' ids: only errors name them.
    pub const fn ids(mut self, ids: &'a [&'a str]) -> Self {
        self.ids = Some(ids);
        self
    }
}

/// The events of many leads: first all of the first lead, then all of the second, and so on; those of one lead
/// in any order (ascending times are quickest).
///
/// ```
/// use leadql::batch::{EventColumns, Texts};
/// // Two events of the first lead, none of the second.
/// let events = EventColumns::new(&[0, 2, 2], Texts::new(&["visited"], &[0, 0]), &[1_700_000_000_000_000; 2])
///     .subjects(Texts::new(&["pricing", "blog"], &[0, 1]));
/// # let _ = events;
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct EventColumns<'a> {
    pub(super) offsets: &'a [usize],
    pub(super) kinds: Texts<'a>,
    pub(super) times: &'a [i64],
    pub(super) subjects: Option<Texts<'a>>,
    pub(super) properties: &'a [(&'a str, Column<'a>)],
    pub(super) ids: Option<EventIds<'a>>,
}

impl<'a> EventColumns<'a> {
    /// Events of these kinds (none missing) at these times (microseconds since 1970).
    ///
    /// The events of lead `i` are those from `offsets[i]` to just before `offsets[i + 1]`, so there is one
    /// offset more than there are leads; the first is 0, the last the number of events.
    pub const fn new(offsets: &'a [usize], kinds: Texts<'a>, times: &'a [i64]) -> Self {
        EventColumns { offsets, kinds, times, subjects: None, properties: &[], ids: None }
    }

    /// What the events are about; a missing one is the empty subject.
    pub const fn subjects(mut self, subjects: Texts<'a>) -> Self {
        self.subjects = Some(subjects);
        self
    }

    /// The events' properties by name. A column counts for the events whose kind has a property of its name.
    pub const fn properties(mut self, properties: &'a [(&'a str, Column<'a>)]) -> Self {
        self.properties = properties;
        self
    }

    /// The events' own ids: of events of one lead with the same id only the earliest counts.
    pub const fn ids(mut self, ids: EventIds<'a>) -> Self {
        self.ids = Some(ids);
        self
    }
}

impl EventColumns<'_> {
    /// The rows of the events of some leads; offsets have been checked.
    pub(super) fn rows(&self, leads: Range<usize>) -> Range<usize> {
        let offset = |lead: usize| self.offsets.get(lead).copied().unwrap_or(0);
        offset(leads.start)..offset(leads.end)
    }
}

/// The ids of events.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum EventIds<'a> {
    /// As texts, an empty one being none.
    Texts(&'a [&'a str]),
    /// As numbers, equal ones standing for equal ids; [`MISSING`] is none.
    Codes(&'a [u32]),
}

/// The values of one attribute or of one property.
#[derive(Clone, Copy, Debug)]
pub struct Column<'a>(pub(super) Data<'a>);

#[derive(Clone, Copy, Debug)]
pub(super) enum Data<'a> {
    Texts(Texts<'a>),
    Integers(Values<'a, i64>),
    Doubles(Values<'a, f64>),
    Flags(Values<'a, bool>),
    Dates(Values<'a, i64>),
    /// The items of all rows one row behind the other, and where each row's start.
    Sets {
        items: Texts<'a>,
        offsets: &'a [usize],
    },
}

/// Texts by their places in a dictionary.
#[derive(Clone, Copy, Debug)]
pub struct Texts<'a> {
    pub(super) dictionary: &'a [&'a str],
    pub(super) codes: &'a [u32],
}

impl<'a> Texts<'a> {
    /// For each row a place in the dictionary, or [`MISSING`]. An empty text is missing too. The dictionary may
    /// hold a text more than once, and texts that no row has.
    pub const fn new(dictionary: &'a [&'a str], codes: &'a [u32]) -> Self {
        Texts { dictionary, codes }
    }

    /// Some of its rows; none where there are not that many.
    pub(super) fn part(self, rows: Range<usize>) -> Self {
        Texts { codes: self.codes.get(rows).unwrap_or(&[]), ..self }
    }

    /// The text of a row that has been checked, none where it is missing or empty.
    pub(super) fn get(self, row: usize) -> Option<&'a str> {
        let code = self.codes.get(row)?;
        self.dictionary.get(*code as usize).copied().filter(|text| !text.is_empty())
    }
}

impl<'a> Column<'a> {
    /// For a text, or one of a `one of` list: see [`Texts::new`].
    pub const fn texts(dictionary: &'a [&'a str], codes: &'a [u32]) -> Self {
        Column(Data::Texts(Texts::new(dictionary, codes)))
    }

    /// For a number.
    pub fn integers(values: impl Into<Values<'a, i64>>) -> Self {
        Column(Data::Integers(values.into()))
    }

    /// For a number, read from its shortest decimal form and rounded to millionths.
    pub fn doubles(values: impl Into<Values<'a, f64>>) -> Self {
        Column(Data::Doubles(values.into()))
    }

    /// For a flag.
    pub fn flags(values: impl Into<Values<'a, bool>>) -> Self {
        Column(Data::Flags(values.into()))
    }

    /// For a date, in microseconds since 1970.
    pub fn dates(micros: impl Into<Values<'a, i64>>) -> Self {
        Column(Data::Dates(micros.into()))
    }

    /// For a set of text: the items of row `i` are those from `offsets[i]` to just before `offsets[i + 1]` of
    /// `items`, so there is one offset more than there are rows. An item that is empty or [`MISSING`] is not
    /// there, and a set without items is missing.
    pub const fn sets(offsets: &'a [usize], items: Texts<'a>) -> Self {
        Column(Data::Sets { items, offsets })
    }

    /// How many rows it has.
    pub(super) const fn rows(&self) -> usize {
        match &self.0 {
            Data::Texts(texts) => texts.codes.len(),
            Data::Integers(values) | Data::Dates(values) => values.len(),
            Data::Doubles(values) => values.len(),
            Data::Flags(values) => values.len(),
            Data::Sets { offsets, .. } => offsets.len().saturating_sub(1),
        }
    }

    /// Some of its rows; none where there are not that many.
    pub(super) fn part(&self, rows: Range<usize>) -> Self {
        Column(match &self.0 {
            Data::Texts(texts) => Data::Texts(texts.part(rows)),
            Data::Integers(values) => Data::Integers(values.part(rows)),
            Data::Doubles(values) => Data::Doubles(values.part(rows)),
            Data::Flags(values) => Data::Flags(values.part(rows)),
            Data::Dates(values) => Data::Dates(values.part(rows)),
            Data::Sets { items, offsets } => {
                Data::Sets { items: *items, offsets: offsets.get(rows.start..=rows.end).unwrap_or(&[]) }
            }
        })
    }

    /// What it holds, as messages name it.
    pub(super) const fn name(&self) -> &'static str {
        match &self.0 {
            Data::Texts(_) => "texts",
            Data::Integers(_) => "integers",
            Data::Doubles(_) => "doubles",
            Data::Flags(_) => "flags",
            Data::Dates(_) => "dates",
            Data::Sets { .. } => "sets",
        }
    }
}

/// Plain values, all of them known or some missing.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Values<'a, T> {
    /// Every row has one.
    All(&'a [T]),
    /// Rows may be missing.
    Some(&'a [Option<T>]),
}

impl<T> Values<'_, T> {
    /// Some of the rows; none where there are not that many.
    pub(super) fn part(&self, rows: Range<usize>) -> Self {
        match self {
            Values::All(values) => Values::All(values.get(rows).unwrap_or(&[])),
            Values::Some(values) => Values::Some(values.get(rows).unwrap_or(&[])),
        }
    }
}

impl<T: Copy> Values<'_, T> {
    /// How many rows there are.
    pub const fn len(&self) -> usize {
        match self {
            Values::All(values) => values.len(),
            Values::Some(values) => values.len(),
        }
    }

    /// Whether there is no row.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a row; none where it is missing, or there is no such row.
    pub fn get(&self, row: usize) -> Option<T> {
        match self {
            Values::All(values) => values.get(row).copied(),
            Values::Some(values) => values.get(row).copied().flatten(),
        }
    }
}

impl<'a, T> From<&'a [T]> for Values<'a, T> {
    fn from(values: &'a [T]) -> Self {
        Values::All(values)
    }
}

impl<'a, T> From<&'a [Option<T>]> for Values<'a, T> {
    fn from(values: &'a [Option<T>]) -> Self {
        Values::Some(values)
    }
}

impl<'a, T> From<&'a Vec<T>> for Values<'a, T> {
    fn from(values: &'a Vec<T>) -> Self {
        Values::All(values)
    }
}

impl<'a, T> From<&'a Vec<Option<T>>> for Values<'a, T> {
    fn from(values: &'a Vec<Option<T>>) -> Self {
        Values::Some(values)
    }
}

impl<'a, T, const N: usize> From<&'a [T; N]> for Values<'a, T> {
    fn from(values: &'a [T; N]) -> Self {
        Values::All(values)
    }
}

impl<'a, T, const N: usize> From<&'a [Option<T>; N]> for Values<'a, T> {
    fn from(values: &'a [Option<T>; N]) -> Self {
        Values::Some(values)
    }
}
