//! Names that the vocabulary lacks: one at a time as an error, or counted over a whole file.
//!
//! Readers tell the [`Tally`] of every unknown name they skip; after the last lead it gives back each name once,
//! with how many leads have it and what was perhaps meant. It keeps at most [`MOST_NAMES`] names, so that a
//! hostile file cannot make it grow without end.

use std::collections::{HashMap, HashSet};
use std::fmt;

use super::error::{did_you_mean, quote};
use crate::diagnostic::closest;
use crate::vocabulary::{EventKindId, Vocabulary};

/// What sort of name it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NameSort {
    /// The name of an attribute.
    Attribute,
    /// An event kind.
    Event,
    /// The name of an event's property.
    Property,
    /// A key of a lead, beside `id`, `attributes`, `events`, `stage` and `stage_since`.
    LeadKey,
    /// A key of an event, beside `event`, `subject`, `at`, `id` and `properties`.
    EventKey,
}

/// A name that a lead uses and that its rule set's vocabulary lacks.
///
/// Prints as `attribute "titel" is not in the vocabulary (9,240 leads); did you mean "title"?`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownName {
    sort: NameSort,
    name: String,
    event: Option<String>,
    leads: Option<u64>,
    suggestion: Option<String>,
}

impl UnknownName {
    /// What sort of name it is.
    pub const fn sort(&self) -> NameSort {
        self.sort
    }

    /// The name as it was found.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The event kind that lacks the property, where it is one.
    pub fn event(&self) -> Option<&str> {
        self.event.as_deref()
    }

    /// How many leads have it, where that was counted.
    pub const fn leads(&self) -> Option<u64> {
        self.leads
    }

    /// The known name that was perhaps meant.
    pub fn suggestion(&self) -> Option<&str> {
        self.suggestion.as_deref()
    }

    /// The same name without a count: there is only one lead.
    pub(crate) fn uncounted(self) -> Self {
        UnknownName { leads: None, ..self }
    }

    /// The unknown `name`, with a suggestion from the vocabulary.
    pub(crate) fn of(vocabulary: &Vocabulary, of: NameOf, name: &str, leads: Option<u64>) -> Self {
        let attributes = || vocabulary.attributes.iter().map(|attribute| attribute.name.as_str());
        let kinds = || vocabulary.kinds.iter().map(|kind| kind.name.as_str());
        let mut event = None;
        let (sort, suggestion) = match of {
            NameOf::Attribute => (NameSort::Attribute, closest(name, attributes())),
            NameOf::Event => (NameSort::Event, closest(name, kinds())),
            NameOf::Property(kind) => {
                let kind = kind.and_then(|kind| vocabulary.kind(kind));
                event = kind.map(|kind| kind.name.clone());
                let kinds = kind.map_or(vocabulary.kinds.as_slice(), std::slice::from_ref);
                let properties = kinds.iter().flat_map(|kind| kind.properties.iter());
                (NameSort::Property, closest(name, properties.map(|property| property.name.as_str())))
            }
            #[cfg(feature = "json")]
            NameOf::LeadKey => (NameSort::LeadKey, closest(name, LEAD_KEYS)),
            NameOf::EventKey => (NameSort::EventKey, closest(name, EVENT_KEYS)),
        };
        let suggestion = suggestion.map(str::to_owned);
        UnknownName { sort, name: name.to_owned(), event, leads, suggestion }
    }
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = quote(&self.name);
        match (self.sort, &self.event) {
            (NameSort::Attribute, _) => write!(f, "attribute {name} is not in the vocabulary")?,
            (NameSort::Event, _) => write!(f, "event {name} is not in the vocabulary")?,
            (NameSort::Property, Some(event)) => {
                write!(f, "property {name} of event {} is not in the vocabulary", quote(event))?;
            }
            (NameSort::Property, None) => write!(f, "property {name} is not in the vocabulary")?,
            (NameSort::LeadKey, _) => write!(f, "key {name} of a lead is not known")?,
            (NameSort::EventKey, _) => write!(f, "key {name} of an event is not known")?,
        }
        if let Some(leads) = self.leads {
            write!(f, " ({} {})", grouped(leads), if leads == 1 { "lead" } else { "leads" })?;
        }
        f.write_str(&did_you_mean(self.suggestion.as_deref()))
    }
}

/// A count with a comma after every third digit: `9,240`.
pub(crate) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The keys of a lead's object.
pub(crate) const LEAD_KEYS: [&str; 5] = ["id", "attributes", "events", "stage", "stage_since"];
/// The keys of an event's object.
pub(crate) const EVENT_KEYS: [&str; 5] = ["event", "subject", "at", "id", "properties"];

/// Where a name was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum NameOf {
    Attribute,
    Event,
    /// Of one event kind, or, where a column serves them all, of none.
    Property(Option<EventKindId>),
    #[cfg(feature = "json")]
    LeadKey,
    EventKey,
}

/// So many different unknown names are kept.
const MOST_NAMES: usize = 10_000;
/// A longer name is not kept.
const LONGEST_NAME: usize = 1_024;

/// A name of the [`Tally`] by its place there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Noted(usize);

/// An object of the input, to tell a key that is there twice from one of the next object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ObjectId(u64);

/// The key is there twice in one object.
#[derive(Debug)]
pub(crate) struct RepeatedKey;

/// Counts the leads that have each unknown name.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    names: Vec<Entry>,
    places: HashMap<NameOf, HashMap<Box<str>, usize>>,
    /// The names counted for the lead that is being read.
    touched: Vec<usize>,
    /// Names of the lead that is being read for which there is no room: only to tell repeated ones.
    crowded_out: HashSet<(ObjectId, Box<str>)>,
    any_crowded_out: bool,
    lead: u64,
    objects: u64,
}

#[derive(Debug)]
struct Entry {
    of: NameOf,
    name: Box<str>,
    leads: u64,
    /// The lead and the object that had it last.
    lead: Option<u64>,
    object: Option<ObjectId>,
    /// The header of a file has it, so that it is reported even if no lead has it.
    column: bool,
}

impl Tally {
    /// A number for an object whose keys are about to be read.
    pub(crate) fn object(&mut self) -> ObjectId {
        self.objects += 1;
        ObjectId(self.objects)
    }

    /// Counts the unknown `name` for the lead that is being read; none where there is no room for it.
    pub(crate) fn note(
        &mut self,
        of: NameOf,
        name: &str,
        object: ObjectId,
    ) -> Result<Option<Noted>, RepeatedKey> {
        let known = self.places.get(&of).and_then(|names| names.get(name)).copied();
        let Some(place) = known.or_else(|| self.add(of, name)) else {
            self.any_crowded_out = true;
            let new = self.crowded_out.insert((object, name.into()));
            return if new { Ok(None) } else { Err(RepeatedKey) };
        };
        let Some(entry) = self.names.get_mut(place) else { return Ok(None) };
        if entry.object.replace(object) == Some(object) {
            return Err(RepeatedKey);
        }
        self.count(Noted(place));
        Ok(Some(Noted(place)))
    }

    /// Makes a place for the name of a column; none where there is no room for it.
    #[cfg(feature = "csv")]
    pub(crate) fn column(&mut self, of: NameOf, name: &str) -> Option<Noted> {
        let place = self.add(of, name)?;
        self.names.get_mut(place)?.column = true;
        Some(Noted(place))
    }

    /// Counts a name once for the lead that is being read.
    pub(crate) fn count(&mut self, noted: Noted) {
        let Some(entry) = self.names.get_mut(noted.0) else { return };
        if entry.lead.replace(self.lead) != Some(self.lead) {
            entry.leads += 1;
            self.touched.push(noted.0);
        }
    }

    /// The lead has been read: what was counted for it stands.
    #[cfg(feature = "json")]
    pub(crate) fn keep(&mut self) {
        self.next_lead();
    }

    /// The lead is left out: nothing was counted for it.
    #[cfg(feature = "json")]
    pub(crate) fn forget(&mut self) {
        for place in &self.touched {
            if let Some(entry) = self.names.get_mut(*place) {
                entry.leads -= 1;
            }
        }
        self.next_lead();
    }

    /// Takes back what was counted for the lead that is being read, to count it later.
    #[cfg(feature = "json")]
    pub(super) fn take(&mut self) -> Vec<Noted> {
        let taken = self.touched.iter().copied().map(Noted).collect();
        self.forget();
        taken
    }

    #[cfg(feature = "json")]
    fn next_lead(&mut self) {
        self.touched.clear();
        self.crowded_out.clear();
        self.lead += 1;
    }

    fn add(&mut self, of: NameOf, name: &str) -> Option<usize> {
        if self.names.len() >= MOST_NAMES || name.len() > LONGEST_NAME {
            return None;
        }
        let place = self.names.len();
        self.names.push(Entry { of, name: name.into(), leads: 0, lead: None, object: None, column: false });
        self.places.entry(of).or_default().insert(name.into(), place);
        Some(place)
    }

    /// Every unknown name that a lead has, in the order in which they were met.
    pub(crate) fn names(&self, vocabulary: &Vocabulary) -> Vec<UnknownName> {
        let met = self.names.iter().filter(|entry| entry.leads > 0 || entry.column);
        met.map(|entry| UnknownName::of(vocabulary, entry.of, &entry.name, Some(entry.leads))).collect()
    }

    /// Whether there were more unknown names than are kept.
    #[cfg(feature = "json")]
    pub(crate) const fn any_crowded_out(&self) -> bool {
        self.any_crowded_out
    }
}

#[cfg(all(test, feature = "json"))]
mod tests {
    use super::*;
    use crate::lead::testing::vocabulary;

    #[test]
    fn the_promised_words() {
        let name = UnknownName::of(&vocabulary(), NameOf::Attribute, "titel", Some(9_240));
        assert_eq!(
            name.to_string(),
            "attribute \"titel\" is not in the vocabulary (9,240 leads); did you mean \"title\"?"
        );
        let name = UnknownName::of(&vocabulary(), NameOf::LeadKey, "zzz", Some(1));
        assert_eq!(name.to_string(), "key \"zzz\" of a lead is not known (1 lead)");
        let kind = vocabulary().kind_id("watched");
        let name = UnknownName::of(&vocabulary(), NameOf::Property(kind), "second", Some(3));
        assert_eq!((name.sort(), name.name(), name.leads()), (NameSort::Property, "second", Some(3)));
        assert_eq!((name.event(), name.suggestion()), (Some("watched"), Some("seconds")));
        let name = UnknownName::of(&vocabulary(), NameOf::Event, "zzz", None);
        assert_eq!((name.event(), name.suggestion()), (None, None));
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(grouped(100), "100");
    }

    #[test]
    fn a_lead_counts_once_and_a_lead_left_out_does_not() {
        let mut tally = Tally::default();
        let (one, two) = (tally.object(), tally.object());
        tally.note(NameOf::EventKey, "x", one).unwrap();
        tally.note(NameOf::EventKey, "x", two).unwrap();
        assert!(tally.note(NameOf::EventKey, "x", two).is_err());
        tally.keep();
        let three = tally.object();
        tally.note(NameOf::EventKey, "x", three).unwrap();
        tally.note(NameOf::Attribute, "y", three).unwrap();
        tally.forget();
        let counts: Vec<_> = tally.names(&vocabulary()).iter().map(UnknownName::leads).collect();
        assert_eq!(counts, [Some(1)]);
    }

    #[test]
    fn a_name_that_is_too_long_is_not_kept() {
        for (length, is_kept) in [(LONGEST_NAME, true), (LONGEST_NAME + 1, false), (2 * LONGEST_NAME, false)]
        {
            let mut tally = Tally::default();
            let object = tally.object();
            let noted = tally.note(NameOf::Attribute, &"n".repeat(length), object).unwrap();
            assert_eq!((noted.is_some(), tally.names.len()), (is_kept, usize::from(is_kept)), "{length}");
            assert_eq!(tally.any_crowded_out(), !is_kept, "{length}");
        }
    }

    #[test]
    fn names_without_number_do_not_fill_the_memory() {
        let mut tally = Tally::default();
        let object = tally.object();
        for number in 0..2 * MOST_NAMES {
            tally.note(NameOf::Attribute, &format!("n{number}"), object).unwrap();
        }
        assert_eq!(tally.names.len(), MOST_NAMES);
        assert!(tally.any_crowded_out());
        assert!(tally.note(NameOf::Attribute, "n0", object).is_err());
        assert!(tally.note(NameOf::Attribute, &format!("n{}", 2 * MOST_NAMES - 1), object).is_err());
        assert!(tally.note(NameOf::Attribute, &"n".repeat(LONGEST_NAME + 1), object).unwrap().is_none());
    }
}
