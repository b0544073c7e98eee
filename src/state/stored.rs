//! The form in which a state is stored, and the way back from it.
//!
//! What goes in is a state and its rule set; out come named fields that any serde format can hold, the same for
//! the same state whatever happened to it before. The way back trusts nothing: every list is checked, and a
//! digest tells whether anything was cut off or altered. What a term or an attribute is stored for is named by
//! a digest of what the rule set asks of it. So another rule set takes over what it asks in the same way, and
//! knows what it has to have rebuilt.

use std::collections::HashMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::keeper::{MOST_BYTES, Tools};
use super::pack::{Entry, Span};
use super::retention::{KeptAttribute, KeptTerm, Key};
use super::{Keeper, LeadState, Missing, NEVER_YET, StageWrite, StateError, token};
use crate::Fingerprint;
use crate::lead::Stage;
use crate::plan::Micros;
use crate::time::Instant;

/// Changes whenever older readers could not read what is stored.
const VERSION: u32 = 1;

/// A [`LeadState`] as it is stored: any serde format takes it. [`Keeper::store`] makes it, [`Keeper::adopt`]
/// takes it back; its parts are nobody else's business.
///
/// States that are equal are stored as equals, however they came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredState {
    version: u32,
    fingerprint: Fingerprint,
    /// A digest of all the rest.
    digest: Hex,
    id: String,
    /// Microseconds since 1970, as all times.
    horizon: Option<i64>,
    stage: StoredStage,
    /// The digests of what is asked of attributes, ascending.
    attributes: Vec<Hex>,
    /// By ascending attribute, those that were written.
    writes: Vec<StoredWrite>,
    /// The digests of what is asked of terms, ascending.
    terms: Vec<Hex>,
    /// By ascending term, those of which there is anything.
    events: Vec<StoredEvents>,
    /// The attributes and the terms that wait to be rebuilt from history.
    unknown_attributes: Vec<u32>,
    unknown_terms: Vec<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredStage {
    name: Stage,
    since: Option<i64>,
    written: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredWrite {
    /// A place in `attributes`.
    attribute: u32,
    written: i64,
    /// Whether each test holds, `1` or `0`, in the order of their digests.
    tests: String,
    date: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredEvents {
    /// A place in `terms`.
    term: u32,
    /// Ascending.
    at: Vec<i64>,
    /// One for each event, empty where it has none; or none at all.
    ids: Vec<String>,
    /// One for each event, where subjects are told apart.
    subjects: Vec<String>,
    /// For each event one value for each sum, in millionths.
    values: Vec<i64>,
    /// How many events there were besides.
    earlier: u64,
    /// What those came to, in millionths, for each sum that has no window. A text, because not every format has
    /// such large numbers.
    earlier_sums: Vec<String>,
}

/// 128 bits of a digest as hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Hex(Key);

impl fmt::Display for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Hex {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        hex(&text).map(Hex).ok_or_else(|| serde::de::Error::custom("32 hex digits in lower case belong here"))
    }
}

fn hex(text: &str) -> Option<Key> {
    let digits: &[u8; 32] = text.as_bytes().try_into().ok()?;
    let mut key = Key::default();
    for (byte, pair) in key.iter_mut().zip(digits.as_chunks::<2>().0) {
        let mut value = 0;
        for digit in pair {
            value = value << 4
                | match digit {
                    b'0'..=b'9' => digit - b'0',
                    b'a'..=b'f' => digit - b'a' + 10,
                    _ => return None,
                };
        }
        *byte = value;
    }
    Some(key)
}

impl StoredState {
    /// The id of the lead.
    pub fn lead_id(&self) -> &str {
        &self.id
    }

    /// The rule set that stored it.
    pub const fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    #[cfg(test)]
    pub(super) fn with_its_digest(mut self) -> Self {
        self.digest = self.digested();
        self
    }

    /// A digest of all fields, each with its length.
    fn digested(&self) -> Hex {
        let mut sum = Sum(Sha256::new());
        sum.number(self.version.into());
        sum.bytes(self.fingerprint.as_bytes());
        sum.bytes(self.id.as_bytes());
        sum.maybe(self.horizon);
        sum.bytes(self.stage.name.as_str().as_bytes());
        sum.maybe(self.stage.since);
        sum.maybe(self.stage.written);
        for keys in [&self.attributes, &self.terms] {
            sum.length(keys.len());
            keys.iter().for_each(|key| sum.bytes(&key.0));
        }
        sum.length(self.writes.len());
        for write in &self.writes {
            sum.number(write.attribute.into());
            sum.number(write.written);
            sum.bytes(write.tests.as_bytes());
            sum.maybe(write.date);
        }
        sum.length(self.events.len());
        for events in &self.events {
            sum.number(events.term.into());
            for numbers in [&events.at, &events.values] {
                sum.length(numbers.len());
                numbers.iter().for_each(|number| sum.number(*number));
            }
            for texts in [&events.ids, &events.subjects, &events.earlier_sums] {
                sum.length(texts.len());
                texts.iter().for_each(|text| sum.bytes(text.as_bytes()));
            }
            sum.bytes(&events.earlier.to_le_bytes());
        }
        for places in [&self.unknown_attributes, &self.unknown_terms] {
            sum.length(places.len());
            places.iter().for_each(|place| sum.number((*place).into()));
        }
        Hex(sum.0.finalize().first_chunk().copied().unwrap_or_default())
    }
}

/// Writes numbers and texts into a digest so that no two lists of them read the same.
struct Sum(Sha256);

impl Sum {
    fn number(&mut self, number: i64) {
        self.0.update(number.to_le_bytes());
    }

    fn length(&mut self, length: usize) {
        self.0.update((length as u64).to_le_bytes());
    }

    fn maybe(&mut self, number: Option<i64>) {
        self.0.update([u8::from(number.is_some())]);
        self.number(number.unwrap_or(0));
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.length(bytes.len());
        self.0.update(bytes);
    }
}

impl Keeper {
    /// The state as it is stored, without anything that nothing asks for any more.
    ///
    /// # Errors
    /// The state is of a rule set that asks for other things.
    pub fn store(&mut self, state: &LeadState) -> Result<StoredState, StateError> {
        self.check_state(state)?;
        let retention = self.rules.retention();
        let bases = self.tools.kept.settled(state, retention);
        let mut stored = StoredState {
            version: VERSION,
            fingerprint: self.rules.fingerprint,
            digest: Hex(Key::default()),
            id: state.id.to_string(),
            horizon: known(state.horizon),
            stage: StoredStage {
                name: state.stage.stage,
                since: state.stage.since.map(Instant::micros),
                written: known(state.stage.written),
            },
            attributes: sorted_keys(retention.attributes.iter().map(|kept| kept.key)),
            writes: Vec::new(),
            terms: sorted_keys(retention.terms.iter().map(|term| term.key)),
            events: Vec::new(),
            unknown_attributes: Vec::new(),
            unknown_terms: Vec::new(),
        };
        for (number, kept) in retention.attributes.iter().enumerate() {
            let attribute = place_of(&stored.attributes, kept.key);
            if state.missing.has_attribute(number) {
                stored.unknown_attributes.push(attribute);
            }
            let written = state.written.get(number).copied().and_then(known);
            stored.writes.extend(written.map(|written| stored_write(state, kept, attribute, written)));
        }
        for (number, term) in retention.terms.iter().enumerate() {
            let place = place_of(&stored.terms, term.key);
            if state.missing.has_term(number) {
                stored.unknown_terms.push(place);
            }
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            stored.events.extend(self.stored_events(state, term, number, place, &bases));
        }
        stored.writes.sort_by_key(|write| write.attribute);
        stored.events.sort_by_key(|events| events.term);
        // Terms that mean the same have the same events.
        stored.events.dedup_by_key(|events| events.term);
        for places in [&mut stored.unknown_attributes, &mut stored.unknown_terms] {
            places.sort_unstable();
            places.dedup();
        }
        stored.digest = stored.digested();
        Ok(stored)
    }

    fn stored_events(
        &self,
        state: &LeadState,
        term: &KeptTerm,
        number: u32,
        place: u32,
        bases: &[i128],
    ) -> Option<StoredEvents> {
        let kept = &self.tools.kept;
        let entries = kept.of_term(number);
        let text = |span: Span| token::text(span.of(&state.bytes));
        let base = |place: u32| bases.get(place as usize).copied().unwrap_or(0);
        let has_ids = entries.iter().any(|entry| !entry.id.is_empty());
        let events = StoredEvents {
            term: place,
            at: entries.iter().map(|entry| entry.at).collect(),
            ids: entries.iter().filter(|_| has_ids).map(|entry| text(entry.id)).collect(),
            subjects: entries.iter().filter(|_| term.subjects).map(|entry| text(entry.subject)).collect(),
            values: entries.iter().flat_map(|entry| kept.values_of(entry, term)).copied().collect(),
            earlier: term.count_base.map_or(0, |place| u64::try_from(base(place)).unwrap_or(0)),
            earlier_sums: term.sums.iter().filter_map(|sum| Some(base(sum.base?).to_string())).collect(),
        };
        let anything =
            !entries.is_empty() || events.earlier > 0 || events.earlier_sums.iter().any(|sum| sum != "0");
        anything.then_some(events)
    }

    /// The state that was stored, as this keeper's rule set sees it.
    ///
    /// Where the rule set asks what the one asked that stored it, that is all. Otherwise what both ask in the same
    /// way carries over, and the rest is empty: the state [must be rebuilt](LeadState::must_be_rebuilt) from
    /// history, and refuses to be evaluated until then. [`Keeper::parts`] tells which parts those are;
    /// [`Keeper::replay`] and [`Keeper::set`] put the history in, and [`Keeper::rebuilt`] ends it.
    ///
    /// # Errors
    /// The stored form is of a later version, or was cut or altered.
    ///
    /// # Examples
    /// ```
    /// use leadql::{NewEvent, RuleSet};
    /// let (old, new) = ("visited(pricing) => +5", "visited(pricing) => +9  opened(*) => +1");
    /// let (monday, tuesday) = ("2026-11-02T09:00:00Z".parse()?, "2026-11-03T09:00:00Z".parse()?);
    /// let history = [NewEvent::new("visited", "pricing", monday), NewEvent::new("opened", "offer", monday)];
    /// let mut keeper = RuleSet::compile(old)?.keeper();
    /// let mut state = keeper.new_state("L-1");
    /// for event in &history {
    ///     keeper.record(&mut state, event, tuesday)?;
    /// }
    /// let stored = keeper.store(&state)?;
    ///
    /// let rules = RuleSet::compile(new)?;
    /// let mut keeper = rules.keeper();
    /// let mut state = keeper.adopt(&stored)?;
    /// assert!(state.must_be_rebuilt());
    /// assert_eq!(keeper.parts(&state)?[1].to_string(), "events opened(*): to be rebuilt from history");
    /// for event in &history {
    ///     keeper.replay(&mut state, event, tuesday)?;
    /// }
    /// keeper.rebuilt(&mut state)?;
    /// let mut evaluator = rules.evaluator();
    /// assert_eq!(evaluator.evaluate_state(&state, tuesday)?.score("score"), Some("10".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn adopt(&mut self, stored: &StoredState) -> Result<LeadState, StateError> {
        check(stored)?;
        let rules = std::sync::Arc::clone(&self.rules);
        let retention = rules.retention();
        let mut state = LeadState::new(&stored.id, retention);
        state.horizon = stored.horizon.unwrap_or(NEVER_YET);
        state.stage = StageWrite {
            written: stored.stage.written.unwrap_or(NEVER_YET),
            stage: stored.stage.name,
            since: stored.stage.since.and_then(Instant::from_micros),
        };
        let (mut missing_attributes, mut missing_terms) = (Vec::new(), Vec::new());
        let attributes = places(&stored.attributes, &stored.unknown_attributes);
        let writes: HashMap<u32, (usize, &StoredWrite)> =
            stored.writes.iter().enumerate().map(|(at, write)| (write.attribute, (at, write))).collect();
        for (number, kept) in (0u32..).zip(&retention.attributes) {
            let Some((place, is_known)) = attributes.get(&kept.key) else {
                missing_attributes.push(number);
                continue;
            };
            if !is_known {
                missing_attributes.push(number);
            }
            if let Some((at, write)) = writes.get(place) {
                adopt_write(&mut state, number, kept, write)
                    .map_err(|problem| problem.at(format!("writes[{at}]")))?;
            }
        }
        let terms = places(&stored.terms, &stored.unknown_terms);
        let events: HashMap<u32, (usize, &StoredEvents)> =
            stored.events.iter().enumerate().map(|(at, events)| (events.term, (at, events))).collect();
        self.tools.kept.clear();
        self.tools.output.clear();
        for (number, kept) in (0u32..).zip(&retention.terms) {
            let Some((place, is_known)) = terms.get(&kept.key) else {
                missing_terms.push(number);
                continue;
            };
            if !is_known {
                missing_terms.push(number);
            }
            if let Some((at, events)) = events.get(place) {
                self.adopt_events(&mut state, number, kept, events)
                    .map_err(|problem| problem.at(format!("events[{at}]")))?;
            }
        }
        state.missing = Missing::new(missing_attributes, missing_terms);
        std::mem::swap(&mut state.bytes, &mut self.tools.output);
        self.tools.kept.sort(&state.bytes, retention);
        self.tools.pack_gathered(retention, &mut state);
        state.bytes.shrink_to_fit();
        Ok(state)
    }

    fn adopt_events(
        &mut self,
        state: &mut LeadState,
        number: u32,
        kept: &KeptTerm,
        events: &StoredEvents,
    ) -> Result<(), Problem> {
        let count = events.at.len();
        let lists = [
            ("ids", events.ids.len(), if events.ids.is_empty() { 0 } else { count }),
            ("subjects", events.subjects.len(), if kept.subjects { count } else { 0 }),
            ("values", events.values.len(), count.saturating_mul(kept.sums.len())),
            (
                "earlier_sums",
                events.earlier_sums.len(),
                kept.sums.iter().filter(|sum| sum.base.is_some()).count(),
            ),
        ];
        for (name, length, right) in lists {
            if length != right {
                return Err(Problem::new(name, format!("{length} entries"), format!("{right}")));
            }
        }
        let Tools { kept: spread, output: bytes, .. } = &mut self.tools;
        for (place, at) in events.at.iter().enumerate() {
            if bytes.len() > MOST_BYTES {
                return Err(Problem::new("at", "more than 2 GiB of events", "what a state has room for"));
            }
            let mut span = |texts: &[String], name: &str, put: fn(&mut Vec<u8>, &str) -> bool| match texts
                .get(place)
            {
                Some(text) if !text.is_empty() || name == "subjects" => {
                    let from = bytes.len();
                    if !put(bytes, text) {
                        let right = "a text as a state keeps it";
                        return Err(Problem::new(&format!("{name}[{place}]"), format!("{text:?}"), right));
                    }
                    Ok(Span::new(from, bytes.len()))
                }
                _ => Ok(Span::default()),
            };
            let id = span(&events.ids, "ids", token::put_stored)?;
            let subject = span(&events.subjects, "subjects", token::put_stored_folded)?;
            let width = kept.sums.len();
            let values = events.values.get(place * width..(place + 1) * width).unwrap_or(&[]);
            spread.push(Entry { term: number, at: *at, id, subject, values: 0 }, values);
        }
        let mut put = |place: Option<u32>, amount: i128| {
            if let Some(base) = place.and_then(|place| state.bases.get_mut(place as usize)) {
                *base = amount;
            }
        };
        if events.earlier > 0 && kept.count_base.is_none() {
            return Err(Problem::new("earlier", events.earlier.to_string(), "0"));
        }
        put(kept.count_base, events.earlier.into());
        let based = kept.sums.iter().filter(|sum| sum.base.is_some());
        for (place, (sum, amount)) in based.zip(&events.earlier_sums).enumerate() {
            let parsed = amount.parse::<i128>().ok().filter(|found| found.to_string() == *amount);
            let right = "a whole number of millionths below 2^100";
            let wrong = || Problem::new(&format!("earlier_sums[{place}]"), format!("{amount:?}"), right);
            put(sum.base, parsed.filter(|amount| amount.unsigned_abs() < 1 << 100).ok_or_else(wrong)?);
        }
        Ok(())
    }
}

/// What is wrong with a stored state, seen from the object at hand.
struct Problem {
    place: String,
    found: String,
    expected: String,
}

impl Problem {
    fn new(place: &str, found: impl Into<String>, expected: impl Into<String>) -> Self {
        Problem { place: place.to_owned(), found: found.into(), expected: expected.into() }
    }

    fn at(self, outer: String) -> StateError {
        let Problem { place, found, expected } = self;
        StateError::Stored { place: format!("{outer}.{place}"), found, expected }
    }
}

impl From<Problem> for StateError {
    fn from(problem: Problem) -> Self {
        let Problem { place, found, expected } = problem;
        StateError::Stored { place, found, expected }
    }
}

/// Checks all that can be checked without knowing what the rule set asks.
fn check(stored: &StoredState) -> Result<(), StateError> {
    if stored.version != VERSION {
        return Err(Problem::new("version", stored.version.to_string(), format!("{VERSION}")).into());
    }
    let digest = stored.digested();
    if stored.digest != digest {
        let right = format!("{digest}, which the other fields come to: something was altered");
        return Err(Problem::new("digest", stored.digest.to_string(), right).into());
    }
    let instant =
        |place: &str, micros: Option<i64>| match micros.filter(|at| Instant::from_micros(*at).is_none()) {
            Some(micros) => {
                Err(Problem::new(place, format!("{micros} µs"), "an instant of the years 0001 to 9999"))
            }
            None => Ok(()),
        };
    instant("horizon", stored.horizon)?;
    instant("stage.since", stored.stage.since)?;
    instant("stage.written", stored.stage.written)?;
    for (name, keys) in [("attributes", &stored.attributes), ("terms", &stored.terms)] {
        ascending(name, keys.windows(2).map(|pair| pair.first() < pair.last()))?;
    }
    let known = |name: &str, places: &mut dyn Iterator<Item = u32>, keys: &[Hex]| {
        let mut next = 0;
        for place in places {
            if place < next || place as usize >= keys.len() {
                return Err(Problem::new(name, place.to_string(), format!("{next} to {}", keys.len())));
            }
            next = place + 1;
        }
        Ok(())
    };
    known("writes", &mut stored.writes.iter().map(|write| write.attribute), &stored.attributes)?;
    known("unknown_attributes", &mut stored.unknown_attributes.iter().copied(), &stored.attributes)?;
    known("events", &mut stored.events.iter().map(|events| events.term), &stored.terms)?;
    known("unknown_terms", &mut stored.unknown_terms.iter().copied(), &stored.terms)?;
    for (place, write) in stored.writes.iter().enumerate() {
        instant(&format!("writes[{place}].written"), Some(write.written))?;
        instant(&format!("writes[{place}].date"), write.date)?;
    }
    for (place, events) in stored.events.iter().enumerate() {
        for (event, at) in events.at.iter().enumerate() {
            instant(&format!("events[{place}].at[{event}]"), Some(*at))?;
        }
        ascending(
            &format!("events[{place}].at"),
            events.at.windows(2).map(|pair| pair.first() <= pair.last()),
        )?;
    }
    Ok(())
}

fn ascending(name: &str, mut in_order: impl Iterator<Item = bool>) -> Result<(), Problem> {
    match in_order.position(|in_order| !in_order) {
        Some(place) => {
            let place = format!("{name}[{}]", place + 1);
            Err(Problem::new(&place, "an entry", "one that is greater than the one before it"))
        }
        None => Ok(()),
    }
}

fn adopt_write(
    state: &mut LeadState,
    number: u32,
    kept: &KeptAttribute,
    write: &StoredWrite,
) -> Result<(), Problem> {
    let tests = write.tests.as_bytes();
    if tests.len() != kept.tests.len() || tests.iter().any(|test| !matches!(test, b'0' | b'1')) {
        let right = format!("{} digits, each 0 or 1", kept.tests.len());
        return Err(Problem::new("tests", format!("{:?}", write.tests), right));
    }
    if write.date.is_some() && kept.date.is_none() {
        return Err(Problem::new("date", "an instant", "nothing"));
    }
    if let Some(truth) = state.truth.get_mut(kept.run.clone()) {
        for (place, test) in kept.tests_in_order().zip(tests) {
            if let Some(truth) = truth.get_mut(place) {
                *truth = *test == b'1';
            }
        }
    }
    if let Some(written) = state.written.get_mut(number as usize) {
        *written = write.written;
    }
    if let Some(date) = kept.date.and_then(|place| state.dates.get_mut(place as usize)) {
        *date = write.date.unwrap_or(NEVER_YET);
    }
    Ok(())
}

fn stored_write(state: &LeadState, kept: &KeptAttribute, attribute: u32, written: i64) -> StoredWrite {
    let truth = state.truth.get(kept.run.clone()).unwrap_or(&[]);
    let digit = |place: usize| if truth.get(place) == Some(&true) { '1' } else { '0' };
    let date = kept.date.and_then(|place| state.dates.get(place as usize).copied());
    StoredWrite {
        attribute,
        written,
        tests: kept.tests_in_order().map(digit).collect(),
        date: date.and_then(known),
    }
}

fn known(at: Micros) -> Option<i64> {
    Some(at).filter(|at| *at != NEVER_YET)
}

fn sorted_keys(keys: impl Iterator<Item = Key>) -> Vec<Hex> {
    let mut keys: Vec<Hex> = keys.map(Hex).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

fn place_of(keys: &[Hex], key: Key) -> u32 {
    // OK because the key is one of them.
    keys.binary_search(&Hex(key)).ok().and_then(|place| u32::try_from(place).ok()).unwrap_or(u32::MAX)
}

/// The place of each key, and whether it does not wait to be rebuilt.
fn places(keys: &[Hex], unknown: &[u32]) -> HashMap<Key, (u32, bool)> {
    let is_known = |place: u32| unknown.binary_search(&place).is_err();
    (0u32..).zip(keys).map(|(place, key)| (key.0, (place, is_known(place)))).collect()
}
