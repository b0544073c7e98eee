//! Lead files and events files, whole: what is read, what is refused and with which words.

#[cfg(feature = "csv")]
mod csv;
mod events;
mod hostile;
mod json;

use super::{FactsReader, ReadError, ReadOptions};
use crate::lead::testing::vocabulary;
use crate::lead::{Facts, Value};
use crate::vocabulary::Vocabulary;

/// What reading a file gave: leads and errors in their order, then the warnings.
struct Read {
    vocabulary: Vocabulary,
    leads: Vec<Result<Facts, ReadError>>,
    warnings: Vec<String>,
}

fn read_with(
    text: &[u8],
    options: &ReadOptions,
    events: Option<(&[u8], &ReadOptions)>,
) -> Result<Read, String> {
    let vocabulary = vocabulary();
    let mut reader = FactsReader::new(&vocabulary, text, options).map_err(|error| error.to_string())?;
    if let Some((events, options)) = events {
        reader.events(events, options).map_err(|error| error.to_string())?;
    }
    let leads = reader.by_ref().collect();
    let warnings = reader.warnings().iter().map(ToString::to_string).collect();
    drop(reader);
    Ok(Read { vocabulary, leads, warnings })
}

fn options() -> ReadOptions {
    ReadOptions::new("leads")
}

fn read(text: impl AsRef<[u8]>) -> Read {
    read_with(text.as_ref(), &options(), None).unwrap()
}

/// The one error of a file of one line.
fn problem(text: impl AsRef<[u8]>) -> String {
    let mut errors = read(text).errors();
    assert_eq!(errors.len(), 1, "{errors:?}");
    errors.swap_remove(0)
}

impl Read {
    fn facts(&self) -> Vec<&Facts> {
        self.leads.iter().filter_map(|lead| lead.as_ref().ok()).collect()
    }

    fn ids(&self) -> Vec<&str> {
        self.facts().into_iter().map(|facts| facts.id.as_str()).collect()
    }

    fn errors(&self) -> Vec<String> {
        self.leads.iter().filter_map(|lead| lead.as_ref().err()).map(ToString::to_string).collect()
    }

    /// An attribute of the first lead, as text.
    fn value(&self, attribute: &str) -> String {
        let id = self.vocabulary.attribute_id(attribute).unwrap();
        show(self.facts()[0].attribute(id))
    }

    /// The subjects of the first lead's events, each with its properties.
    fn events(&self) -> Vec<String> {
        let event = |event: &crate::lead::Event| {
            let properties =
                event.properties.iter().map(|(id, value)| format!(" {}={}", id.0, show(Some(value))));
            format!("{}{}", event.subject.as_str(), properties.collect::<String>())
        };
        self.facts()[0].events.iter().map(event).collect()
    }
}

fn show(value: Option<&Value>) -> String {
    match value {
        None => "-".into(),
        Some(Value::Text(text)) => text.as_str().into(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Flag(flag)) => flag.to_string(),
        Some(Value::Symbol(symbol)) => format!("#{}", symbol.0),
        Some(Value::Date(date)) => date.to_string(),
        Some(Value::Set(texts)) => texts.iter().map(|text| text.as_str()).collect::<Vec<_>>().join("|"),
    }
}
