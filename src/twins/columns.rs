//! Leads by chance as columns: whatever the batch path gives is what each lead alone gives.

use std::collections::HashMap;

use super::compare::{Compiled, for_all};
use super::dice::Dice;
use super::leads::{Given, GivenLead};
use super::words::{ATTRIBUTES, KINDS, Sort};
use crate::batch::{
    Batch, BatchError, BatchResults, Column, EventColumns, EventIds, LeadColumns, MISSING, Texts,
};
use crate::decimal::{MILLIONTHS, Number};
use crate::lead::Stage;
use crate::model::{BandIndex, Gate};
use crate::score::{GateOutcome, Outcome};
use crate::time::Instant;
use crate::vocabulary::Vocabulary;

/// Texts and their places.
#[derive(Default)]
struct Coded {
    dictionary: Vec<String>,
    places: HashMap<String, u32>,
    codes: Vec<u32>,
}

impl Coded {
    fn push(&mut self, text: Option<&str>) {
        let next = u32::try_from(self.dictionary.len()).unwrap();
        self.codes.push(text.map_or(MISSING, |text| {
            *self.places.entry(text.to_owned()).or_insert_with(|| {
                self.dictionary.push(text.to_owned());
                next
            })
        }));
    }

    fn texts(&self) -> Vec<&str> {
        self.dictionary.iter().map(String::as_str).collect()
    }
}

/// One column that owns its rows.
enum Owned {
    Texts(Coded),
    Integers(Vec<Option<i64>>),
    Doubles(Vec<Option<f64>>),
    Flags(Vec<Option<bool>>),
    Dates(Vec<Option<i64>>),
    Sets(Vec<usize>, Coded),
}

impl Owned {
    /// `rows` are values of this sort or missing.
    fn new(sort: Sort, rows: &[Option<&Given>]) -> Owned {
        match sort {
            Sort::Text | Sort::OneOf => {
                let mut coded = Coded::default();
                for row in rows {
                    coded.push(row.map(|given| match given {
                        Given::Text(text) => text.as_str(),
                        _ => panic!("no text"),
                    }));
                }
                Owned::Texts(coded)
            }
            Sort::Number => {
                let numbers: Vec<Option<Number>> = rows
                    .iter()
                    .map(|row| {
                        row.map(|given| match given {
                            Given::Number(number) => *number,
                            _ => panic!("no number"),
                        })
                    })
                    .collect();
                let whole = |number: &Number| number.millionths() % MILLIONTHS == 0;
                if numbers.iter().flatten().all(whole) {
                    let integer = |number: Number| number.millionths() / MILLIONTHS;
                    Owned::Integers(numbers.into_iter().map(|number| number.map(integer)).collect())
                } else {
                    // OK because leads have no fractions so large that a double could not tell them apart.
                    let double = |number: Number| number.to_string().parse().unwrap();
                    Owned::Doubles(numbers.into_iter().map(|number| number.map(double)).collect())
                }
            }
            Sort::Flag => Owned::Flags(
                rows.iter().map(|row| row.map(|given| matches!(given, Given::Flag(true)))).collect(),
            ),
            Sort::Date => Owned::Dates(
                rows.iter()
                    .map(|row| {
                        row.map(|given| match given {
                            Given::Date(date) => date.micros(),
                            _ => panic!("no date"),
                        })
                    })
                    .collect(),
            ),
            Sort::Set => {
                let (mut offsets, mut coded) = (vec![0], Coded::default());
                for row in rows {
                    if let Some(Given::Set(items)) = row {
                        items.iter().for_each(|item| coded.push(Some(item)));
                    }
                    offsets.push(coded.codes.len());
                }
                Owned::Sets(offsets, coded)
            }
        }
    }
}

/// The dictionaries of a batch as slices of texts.
struct Dictionaries<'o>(Vec<Vec<&'o str>>);

impl<'o> Dictionaries<'o> {
    fn of(columns: &'o [(&'static str, Owned)]) -> Self {
        let texts = columns.iter().map(|(_, column)| match column {
            Owned::Texts(coded) | Owned::Sets(_, coded) => coded.texts(),
            _ => Vec::new(),
        });
        Dictionaries(texts.collect())
    }

    fn columns<'a>(&'a self, columns: &'a [(&'static str, Owned)]) -> Vec<(&'a str, Column<'a>)> {
        let column = |((name, owned), dictionary): (&'a (&'static str, Owned), &'a Vec<&'o str>)| {
            let column = match owned {
                Owned::Texts(coded) => Column::texts(dictionary, &coded.codes),
                Owned::Integers(values) => Column::integers(values),
                Owned::Doubles(values) => Column::doubles(values),
                Owned::Flags(values) => Column::flags(values),
                Owned::Dates(values) => Column::dates(values),
                Owned::Sets(offsets, coded) => Column::sets(offsets, Texts::new(dictionary, &coded.codes)),
            };
            (*name, column)
        };
        columns.iter().zip(&self.0).map(column).collect()
    }
}

/// Leads as columns that own their rows.
pub(super) struct OwnedLeads {
    count: usize,
    attributes: Vec<(&'static str, Owned)>,
    offsets: Vec<usize>,
    kinds: Coded,
    subjects: Coded,
    times: Vec<i64>,
    ids: Vec<String>,
    properties: Vec<(&'static str, Owned)>,
    stages: Vec<Stage>,
    since: Vec<Option<i64>>,
}

impl OwnedLeads {
    /// The columns of all that the vocabulary knows.
    pub(super) fn new(vocabulary: &Vocabulary, leads: &[GivenLead]) -> Self {
        let known = ATTRIBUTES.iter().filter(|attribute| vocabulary.attribute_id(attribute.name).is_some());
        let value =
            |fields: &'_ [(String, Given)], name: &str| fields.iter().rposition(|(field, _)| field == name);
        let attributes = known
            .map(|attribute| {
                let rows: Vec<Option<&Given>> = leads
                    .iter()
                    .map(|lead| value(&lead.attributes, attribute.name).map(|at| &lead.attributes[at].1))
                    .collect();
                (attribute.name, Owned::new(attribute.sort, &rows))
            })
            .collect();
        let events: Vec<_> = leads.iter().flat_map(|lead| &lead.events).collect();
        let mut columns = OwnedLeads {
            count: leads.len(),
            attributes,
            offsets: vec![0],
            kinds: Coded::default(),
            subjects: Coded::default(),
            times: events.iter().map(|event| event.at.micros()).collect(),
            ids: events.iter().map(|event| event.id.clone().unwrap_or_default()).collect(),
            properties: Vec::new(),
            stages: leads.iter().map(|lead| lead.stage).collect(),
            since: leads.iter().map(|lead| lead.stage_since.map(Instant::micros)).collect(),
        };
        for lead in leads {
            columns.offsets.push(columns.offsets.last().unwrap() + lead.events.len());
        }
        for event in &events {
            columns.kinds.push(Some(&event.kind));
            // An empty subject is a missing one.
            let subject = event.subject.as_str();
            columns
                .subjects
                .push(Some(subject).filter(|text| !text.is_empty() || event.properties.is_empty()));
        }
        let mut names: Vec<(&'static str, Sort)> =
            KINDS.iter().flat_map(|kind| kind.properties).copied().collect();
        names.sort_by_key(|(name, _)| *name);
        names.dedup_by_key(|(name, _)| *name);
        names.retain(|(name, _)| vocabulary.kinds.iter().any(|kind| kind.property_id(name).is_some()));
        for (name, sort) in names {
            let rows: Vec<Option<&Given>> = events
                .iter()
                .map(|event| value(&event.properties, name).map(|at| &event.properties[at].1))
                .collect();
            columns.properties.push((name, Owned::new(sort, &rows)));
        }
        columns
    }

    /// Lends the columns out.
    pub(super) fn with<R>(&self, look: impl FnOnce(LeadColumns<'_>) -> R) -> R {
        let (attributes, properties) =
            (Dictionaries::of(&self.attributes), Dictionaries::of(&self.properties));
        let (attributes, properties) =
            (attributes.columns(&self.attributes), properties.columns(&self.properties));
        let (kinds, subjects) = (self.kinds.texts(), self.subjects.texts());
        let ids: Vec<&str> = self.ids.iter().map(String::as_str).collect();
        let events = EventColumns::new(&self.offsets, Texts::new(&kinds, &self.kinds.codes), &self.times)
            .subjects(Texts::new(&subjects, &self.subjects.codes))
            .properties(&properties)
            .ids(EventIds::Texts(&ids));
        look(
            LeadColumns::new(self.count)
                .attributes(&attributes)
                .events(events)
                .stages(&self.stages)
                .stages_since(&self.since),
        )
    }
}

/// The lead of a case and some that are like it, and some that are quite different.
fn several(compiled: &Compiled<'_>) -> Vec<GivenLead> {
    let lead = &compiled.case.lead;
    let mut dice = Dice::new(lead.events.len() as u64);
    let mut leads = vec![lead.clone(), GivenLead { events: Vec::new(), ..lead.clone() }];
    for _ in 0..2 {
        let mut shuffled = lead.clone();
        dice.shuffle(&mut shuffled.events);
        shuffled.events.truncate(dice.below(lead.events.len() + 1));
        shuffled.attributes.truncate(dice.below(lead.attributes.len() + 1));
        leads.push(shuffled);
    }
    let mut sorted = lead.clone();
    sorted.events.sort_by_key(|event| event.at);
    leads.push(sorted);
    leads.push(super::case(dice.below(10_000) as u64, 6).lead);
    leads.push(lead.clone());
    leads
}

/// Row after row of results as outcomes.
fn outcomes(compiled: &Compiled<'_>, batch: &mut Batch, leads: &[GivenLead]) -> Result<Vec<Outcome>, String> {
    let columns = OwnedLeads::new(&compiled.model().vocabulary, leads);
    columns.with(|columns| rows(compiled, batch.evaluate(columns, compiled.case.now.into())))
}

fn rows(compiled: &Compiled<'_>, results: Result<&BatchResults, BatchError>) -> Result<Vec<Outcome>, String> {
    let results = results.map_err(|error| error.to_string())?;
    let names: Vec<&str> = compiled.rules.scores().collect();
    let row = |lead: usize| Outcome {
        scores: names.iter().map(|name| results.score(name).unwrap()[lead]).collect(),
        bands: names
            .iter()
            .map(|name| results.band_codes(name).map(|codes| BandIndex(codes[lead])))
            .collect(),
        segments: compiled.rules.segments().map(|name| results.segment(name).unwrap()[lead]).collect(),
        gates: GateOutcome {
            mql: results.gate(Gate::Mql)[lead],
            revert: results.gate(Gate::Revert)[lead],
            sql: results.gate(Gate::Sql)[lead],
            recycle: results.gate(Gate::Recycle)[lead],
            disqualify: results.gate(Gate::Disqualify)[lead].then(|| {
                let gates = &compiled.model().gates.disqualify;
                let reason = results.disqualify(lead).unwrap();
                gates.iter().position(|gate| gate.reason.as_deref().unwrap_or("") == reason).unwrap()
            }),
        },
        stage: results.stages()[lead],
        valid_until: results
            .valid_until()
            .and_then(|until| until[lead])
            .map(|micros| Instant::from_micros(micros).unwrap()),
    };
    Ok((0..results.leads()).map(row).collect())
}

/// Holds batches of several leads, in one part and on several threads, against the plain reading of each.
pub(super) fn batches_agree(compiled: &Compiled<'_>) -> Result<(), String> {
    let leads = several(compiled);
    let now = compiled.case.now;
    let plain: Vec<Outcome> =
        leads.iter().map(|lead| compiled.plainly(&lead.facts(&compiled.model().vocabulary), now)).collect();
    let same = |what: &str, lead: usize, valid_until: bool, found: &Outcome| {
        let plain =
            Outcome { valid_until: plain[lead].valid_until.filter(|_| valid_until), ..plain[lead].clone() };
        compiled
            .equal(&format!("plain reading, then {what}:"), &plain, found)
            .map_err(|what| format!("{}\n{what}", leads[lead]))
    };
    for valid_until in [false, true] {
        let mut batch = compiled.rules.batch().with_valid_until(valid_until);
        for (lead, found) in outcomes(compiled, &mut batch, &leads)?.iter().enumerate() {
            same("batch", lead, valid_until, found)?;
        }
        // On several threads only so many leads that there is more than one part.
        #[cfg(feature = "rayon")]
        if compiled.case.lead.events.len() % 8 == 1 {
            let many: Vec<GivenLead> = leads.iter().cycle().take(130).cloned().collect();
            let columns = OwnedLeads::new(&compiled.model().vocabulary, &many);
            let found = columns.with(|columns| {
                rows(compiled, batch.evaluate_in_parallel(columns, compiled.case.now.into()))
            })?;
            for (lead, found) in found.iter().enumerate() {
                same("batch on several threads", lead % leads.len(), valid_until, found)?;
            }
        }
    }
    Ok(())
}

#[test]
fn each_lead_of_a_batch_is_as_it_is_alone() {
    for_all(10, batches_agree);
}

#[test]
fn a_batch_in_parts_is_the_batch_as_a_whole() {
    for_all(11, |compiled| {
        let leads = several(compiled);
        let mut batch = compiled.rules.batch();
        let whole = outcomes(compiled, &mut batch, &leads)?;
        for size in [1, 2, 3] {
            let mut parts = Vec::new();
            for part in leads.chunks(size) {
                parts.extend(outcomes(compiled, &mut batch, part)?);
            }
            if parts != whole {
                return Err(format!("as a whole, then {size} at a time:\n{whole:#?}\n{parts:#?}"));
            }
        }
        Ok(())
    });
}
