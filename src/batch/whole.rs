//! One lead of a batch as facts, for what a pass over its columns cannot give.

use super::bind::Binding;
use super::columns::{Column, Data, EventColumns, EventIds, LeadColumns, MISSING, Values};
use crate::decimal::Number;
use crate::lead::{Event, Facts, FactsBuilder, Text, Value};
use crate::time::Instant;
use crate::vocabulary::{AttributeId, Type, Vocabulary};

/// The facts of a lead whose columns have been checked.
pub(super) fn facts(
    vocabulary: &Vocabulary,
    leads: &LeadColumns<'_>,
    binding: &Binding,
    lead: usize,
) -> Facts {
    let mut builder = FactsBuilder::new(vocabulary);
    for (id, attribute) in (0..).map(AttributeId).zip(&vocabulary.attributes) {
        if let Some(column) = binding.attribute(leads, id) {
            builder.set_value(id, value(&attribute.of, column, lead));
        }
    }
    if let Some(events) = &leads.events
        && let Some([from, to]) = events.offsets.get(lead..lead + 2)
    {
        (*from..*to).filter_map(|row| event(binding, events, row)).for_each(|event| builder.add(event));
    }
    builder.finish()
}

fn event(binding: &Binding, events: &EventColumns<'_>, row: usize) -> Option<Event> {
    let kind = binding.kinds.get(*events.kinds.codes.get(row)? as usize)?;
    let at = Instant::from_micros(*events.times.get(row)?)?;
    let subject = events.subjects.and_then(|subjects| subjects.get(row)).unwrap_or_default();
    let code: String;
    let id = match events.ids {
        Some(EventIds::Texts(ids)) => ids.get(row).copied().unwrap_or_default(),
        Some(EventIds::Codes(ids)) => match ids.get(row) {
            Some(id) if *id != MISSING => {
                code = id.to_string();
                &code
            }
            _ => "",
        },
        None => "",
    };
    let mut event = Event::new(kind.id?, subject, at, id);
    for (property, column) in binding.properties(kind) {
        let Some((_, column)) = events.properties.get(*column) else { continue };
        let of = match column.0 {
            Data::Texts(_) => Type::Text,
            Data::Flags(_) => Type::Flag,
            _ => Type::Number,
        };
        event.properties.extend(value(&of, column, row).map(|value| (*property, value)));
    }
    Some(event)
}

fn instant(values: Values<'_, i64>, row: usize) -> Option<Instant> {
    values.get(row).and_then(Instant::from_micros)
}

fn value(of: &Type, column: &Column<'_>, row: usize) -> Option<Value> {
    match &column.0 {
        Data::Texts(texts) => {
            let text = texts.get(row)?;
            match of {
                Type::OneOf(_) => of.symbol_id(text).map(Value::Symbol),
                _ => Some(Value::Text(Text::new(text))),
            }
        }
        Data::Integers(values) => {
            let millionths = values.get(row)?.checked_mul(crate::decimal::MILLIONTHS)?;
            Number::from_millionths(millionths).map(Value::Number)
        }
        Data::Doubles(values) => Number::from_f64(values.get(row)?).ok().map(Value::Number),
        Data::Flags(values) => values.get(row).map(Value::Flag),
        Data::Dates(values) => instant(*values, row).map(Value::Date),
        Data::Sets { items, offsets } => {
            let [from, to] = offsets.get(row..row + 2)? else { return None };
            let texts: Vec<Text> = (*from..*to).filter_map(|item| items.get(item)).map(Text::new).collect();
            (!texts.is_empty()).then_some(Value::Set(texts))
        }
    }
}
