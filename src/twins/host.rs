//! A generated lead as a host's own type, to go in through serde.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::leads::{Given, GivenEvent, GivenLead};
use crate::decimal::MILLIONTHS;

impl Serialize for Given {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Given::Text(text) => serializer.serialize_str(text),
            Given::Number(number) if number.millionths() % MILLIONTHS == 0 => {
                serializer.serialize_i64(number.millionths() / MILLIONTHS)
            }
            // OK because leads have no fractions so large that a double could not tell them apart.
            Given::Number(number) => serializer.serialize_f64(number.to_string().parse().unwrap()),
            Given::Flag(flag) => serializer.serialize_bool(*flag),
            Given::Date(date) => serializer.collect_str(date),
            Given::Set(items) => serializer.collect_seq(items),
        }
    }
}

/// Named values as a map.
struct Named<'g>(&'g [(String, Given)]);

impl Serialize for Named<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, given)| (name, given)))
    }
}

impl Serialize for GivenEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("event", &self.kind)?;
        map.serialize_entry("at", &self.at.to_string())?;
        map.serialize_entry("subject", &self.subject)?;
        map.serialize_entry("id", &self.id)?;
        map.serialize_entry("properties", &Named(&self.properties))?;
        map.end()
    }
}

impl Serialize for GivenLead {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", "L-1")?;
        map.serialize_entry("attributes", &Named(&self.attributes))?;
        map.serialize_entry("events", &self.events)?;
        map.serialize_entry("stage", self.stage.as_str())?;
        map.serialize_entry("stage_since", &self.stage_since.map(|since| since.to_string()))?;
        map.end()
    }
}
