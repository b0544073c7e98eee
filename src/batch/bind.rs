//! From columns to a rule set's vocabulary: every name and type is checked here, and then every row before it is
//! used, so that nothing behind it can fail.

use std::fmt;
use std::ops::Range;

use super::check::{self, Problem, problem};
use super::columns::{Column, Data, EventColumns, EventIds, LeadColumns, Values};
use super::error::BatchError;
use crate::lead::{Input, LeadErrorKind, NameOf, UnknownName, expected, value_ref};
use crate::vocabulary::{AttributeId, EventKind, EventKindId, PropertyId, Type, Vocabulary};

/// Where the vocabulary's names are among the columns of a batch. Its lists are filled again by each batch.
#[derive(Clone, Debug, Default)]
pub(super) struct Binding {
    /// By attribute: its column among those of the leads.
    pub(super) attributes: Vec<Option<usize>>,
    /// By kind in the dictionary of kinds.
    pub(super) kinds: Vec<BoundKind>,
    /// The columns of properties, one run for each kind in the dictionary, by ascending property.
    pub(super) properties: Vec<(PropertyId, usize)>,
}

/// A kind of a batch's dictionary.
#[derive(Clone, Copy, Debug)]
pub(super) struct BoundKind {
    /// None where the vocabulary lacks it.
    pub(super) id: Option<EventKindId>,
    /// Its run in [`Binding::properties`].
    from: usize,
    to: usize,
}

impl Binding {
    /// Checks all columns but for their rows, and notes where they belong.
    pub(super) fn bind(
        &mut self,
        vocabulary: &Vocabulary,
        leads: &LeadColumns<'_>,
    ) -> Result<(), BatchError> {
        self.bind_attributes(vocabulary, leads)?;
        let of_leads = |found: Result<(), Problem>, column: &str| {
            found.map_err(|problem| located(problem, column.to_owned(), leads))
        };
        if let Some(stages) = leads.stages {
            of_leads(check::length(stages.len(), leads.count, "lead"), "stages")?;
        }
        if let Some(since) = leads.stages_since {
            of_leads(check::length(since.len(), leads.count, "lead"), "stages_since")?;
        }
        if let Some(ids) = leads.ids {
            of_leads(check::length(ids.len(), leads.count, "lead"), "ids")?;
        }
        self.kinds.clear();
        self.properties.clear();
        match &leads.events {
            Some(events) => self.bind_events(vocabulary, leads, events),
            None => Ok(()),
        }
    }

    fn bind_attributes(
        &mut self,
        vocabulary: &Vocabulary,
        leads: &LeadColumns<'_>,
    ) -> Result<(), BatchError> {
        self.attributes.clear();
        self.attributes.resize(vocabulary.attributes.len(), None);
        for (place, (name, column)) in leads.attributes.iter().enumerate() {
            let path = || format!("attributes.{name}");
            let Some(id) = vocabulary.attribute_id(name) else {
                let unknown = UnknownName::of(vocabulary, NameOf::Attribute, name, None);
                return Err(BatchError::new(path(), None, LeadErrorKind::UnknownName(unknown)));
            };
            let (Some(attribute), Some(slot)) =
                (vocabulary.attribute(id), self.attributes.get_mut(id.0 as usize))
            else {
                continue;
            };
            if slot.replace(place).is_some() {
                return Err(BatchError::new(path(), None, LeadErrorKind::Repeated));
            }
            check::length(column.rows(), leads.count, "lead")
                .and_then(|()| typed(column, &attribute.of))
                .and_then(|()| check::set_offsets(column))
                .and_then(|()| symbols(column, &attribute.of))
                .map_err(|problem| located(problem, path(), leads))?;
        }
        Ok(())
    }

    fn bind_events(
        &mut self,
        vocabulary: &Vocabulary,
        leads: &LeadColumns<'_>,
        events: &EventColumns<'_>,
    ) -> Result<(), BatchError> {
        let count = events.times.len();
        check::offsets(events.offsets, leads.count, count)
            .map_err(|problem| BatchError::of(problem, "events.offsets".to_owned()))?;
        let of_events = |found: Result<(), Problem>, column: &str| {
            found.map_err(|problem| of_event(problem, format!("events.{column}"), leads, events))
        };
        let one_each = |rows: usize| check::length(rows, count, "event");
        of_events(one_each(events.kinds.codes.len()), "kinds")?;
        if let Some(subjects) = events.subjects {
            of_events(one_each(subjects.codes.len()), "subjects")?;
        }
        match events.ids {
            Some(EventIds::Texts(ids)) => of_events(one_each(ids.len()), "ids")?,
            Some(EventIds::Codes(ids)) => of_events(one_each(ids.len()), "ids")?,
            None => {}
        }
        for (place, (name, column)) in events.properties.iter().enumerate() {
            let path = || format!("events.properties.{name}");
            let known = vocabulary.kinds.iter().any(|kind| kind.property_id(name).is_some());
            if !known {
                let unknown = UnknownName::of(vocabulary, NameOf::Property(None), name, None);
                return Err(BatchError::new(path(), None, LeadErrorKind::UnknownName(unknown)));
            }
            if events.properties.iter().take(place).any(|(earlier, _)| earlier == name) {
                return Err(BatchError::new(path(), None, LeadErrorKind::Repeated));
            }
            let found = one_each(column.rows()).and_then(|()| check::set_offsets(column));
            found.map_err(|problem| of_event(problem, path(), leads, events))?;
        }
        self.bind_kinds(vocabulary, events)
            .map_err(|(name, problem)| of_event(problem, format!("events.properties.{name}"), leads, events))
    }

    /// Finds the vocabulary's kinds and properties.
    fn bind_kinds<'a>(
        &mut self,
        vocabulary: &Vocabulary,
        events: &EventColumns<'a>,
    ) -> Result<(), (&'a str, Problem)> {
        for name in events.kinds.dictionary {
            let id = vocabulary.kind_id(name);
            let from = self.properties.len();
            if let Some(kind) = id.and_then(|id| vocabulary.kind(id)) {
                for (place, (name, column)) in events.properties.iter().enumerate() {
                    let Some(property) = kind.property_id(name) else { continue };
                    let of = kind.property(property).map(|property| &property.of);
                    if of.is_none_or(|of| typed(column, of).is_ok()) {
                        self.properties.push((property, place));
                    } else {
                        no_value_of(kind, property, column, events).map_err(|problem| (*name, problem))?;
                    }
                }
            }
            if let Some(run) = self.properties.get_mut(from..) {
                run.sort_unstable();
            }
            self.kinds.push(BoundKind { id, from, to: self.properties.len() });
        }
        Ok(())
    }

    /// Checks the rows of some leads and of their events.
    pub(super) fn check_rows(columns: &LeadColumns<'_>, leads: Range<usize>) -> Result<(), BatchError> {
        for (name, column) in columns.attributes {
            check::rows(&column.part(leads.clone())).map_err(|found| {
                located(check::shifted(found, leads.start), format!("attributes.{name}"), columns)
            })?;
        }
        if let Some(since) = columns.stages_since {
            check::times(since.part(leads.clone())).map_err(|found| {
                located(check::shifted(found, leads.start), "stages_since".to_owned(), columns)
            })?;
        }
        let Some(events) = &columns.events else { return Ok(()) };
        let rows = events.rows(leads);
        let of_rows = |found: Result<(), Problem>, column: &dyn fmt::Display| {
            found.map_err(|found| {
                of_event(check::shifted(found, rows.start), format!("events.{column}"), columns, events)
            })
        };
        of_rows(check::codes(events.kinds.part(rows.clone()), false), &"kinds")?;
        of_rows(check::times(Values::All(events.times).part(rows.clone())), &"times")?;
        if let Some(subjects) = events.subjects {
            of_rows(check::codes(subjects.part(rows.clone()), true), &"subjects")?;
        }
        for (name, column) in events.properties {
            of_rows(check::rows(&column.part(rows.clone())), &format_args!("properties.{name}"))?;
        }
        Ok(())
    }

    /// The column that an attribute is in.
    pub(super) fn attribute<'c, 'a>(
        &self,
        leads: &'c LeadColumns<'a>,
        id: AttributeId,
    ) -> Option<&'c Column<'a>> {
        let place = self.attributes.get(id.0 as usize).copied().flatten()?;
        leads.attributes.get(place).map(|(_, column)| column)
    }

    /// The columns of the properties of a kind.
    pub(super) fn properties(&self, kind: &BoundKind) -> &[(PropertyId, usize)] {
        self.properties.get(kind.from..kind.to).unwrap_or(&[])
    }
}

/// Whether a column can hold values of a type.
fn typed(column: &Column<'_>, of: &Type) -> Result<(), Problem> {
    let expected = match (of, &column.0) {
        (Type::Text | Type::OneOf(_), Data::Texts(_))
        | (Type::Number, Data::Integers(_) | Data::Doubles(_))
        | (Type::Flag, Data::Flags(_))
        | (Type::Date, Data::Dates(_))
        | (Type::SetOfText, Data::Sets { .. }) => return Ok(()),
        (Type::Text | Type::OneOf(_), _) => "texts",
        (Type::Number, _) => "integers or doubles",
        (Type::Flag, _) => "flags",
        (Type::Date, _) => "dates",
        (Type::SetOfText, _) => "sets",
    };
    Err(problem(None, format!("a column of {}", column.name()), format!("one of {expected}")))
}

/// Every text of a `one of` attribute is one of its symbols.
fn symbols(column: &Column<'_>, of: &Type) -> Result<(), Problem> {
    let (Type::OneOf(_), Data::Texts(texts)) = (of, &column.0) else { return Ok(()) };
    let is_wrong = |text: &str| !text.is_empty() && of.symbol_id(text).is_none();
    if !texts.dictionary.iter().any(|text| is_wrong(text)) {
        return Ok(());
    }
    let wrong = texts.codes.iter().enumerate().find_map(|(row, code)| {
        let text = texts.dictionary.get(*code as usize)?;
        is_wrong(text).then_some((row, *text))
    });
    match wrong.map(|(row, text)| (row, value_ref(of, &Input::from(text)).map(drop))) {
        Some((row, Err(kind))) => Err((Some(row), Box::new(kind))),
        _ => Ok(()),
    }
}

/// A column that does not have the type that `kind` wants may serve other kinds, as long as it has no value
/// for an event of this one.
fn no_value_of(
    kind: &EventKind,
    property: PropertyId,
    column: &Column<'_>,
    events: &EventColumns<'_>,
) -> Result<(), Problem> {
    let is_known = |row: usize| match &column.0 {
        Data::Texts(texts) => texts.get(row).is_some(),
        Data::Integers(values) | Data::Dates(values) => values.get(row).is_some(),
        Data::Doubles(values) => values.get(row).is_some(),
        Data::Flags(values) => values.get(row).is_some(),
        Data::Sets { offsets, .. } => matches!(offsets.get(row..row + 2), Some([from, to]) if from < to),
    };
    let is_of_kind = |code: &u32| events.kinds.dictionary.get(*code as usize) == Some(&kind.name.as_str());
    let wrong = events.kinds.codes.iter().enumerate().find(|(row, code)| is_of_kind(code) && is_known(*row));
    let Some((row, _)) = wrong else { return Ok(()) };
    let of = kind.property(property).map_or_else(String::new, |property| expected(&property.of));
    Err(problem(
        row,
        format!("a value of a column of {}", column.name()),
        format!("{of} (event {})", kind.name),
    ))
}

/// A problem with a column that has a row for each lead.
fn located(problem: Problem, column: String, leads: &LeadColumns<'_>) -> BatchError {
    BatchError::of(problem, column).at_lead(leads.ids)
}

/// A problem with a column that has a row for each event.
fn of_event(
    problem: Problem,
    column: String,
    leads: &LeadColumns<'_>,
    events: &EventColumns<'_>,
) -> BatchError {
    let row = problem.0;
    let error = BatchError::of(problem, column);
    match row {
        // Offsets have been checked: the last lead that starts up to here has the event.
        Some(row) => {
            let lead = events.offsets.partition_point(|start| *start <= row).saturating_sub(1);
            error.of_lead(lead, leads.ids)
        }
        None => error,
    }
}
