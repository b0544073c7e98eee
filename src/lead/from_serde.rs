//! Leads from a host's own type, through serde, without JSON in between.
//!
//! Any struct or map goes in; the facts and the names that the vocabulary lacks come out. The keys `id`,
//! `attributes`, `events`, `stage` and `stage_since` mean what they mean in a lead file; every other key is an
//! attribute of that name, so that a flat struct of a CRM will do as it is.

use serde::Serialize;

use super::Facts;
use super::error::{LeadError, LeadErrorKind};
use super::intake::{EventParts, Intake, Names, RawObject};
use super::tree::{Tree, tree};
use super::unknown::{LEAD_KEYS, NameOf, ObjectId, UnknownName};
use crate::vocabulary::Vocabulary;

/// The facts that `lead` tells, and the names it has that the vocabulary lacks, which are skipped.
pub(crate) fn from_serialize<T: Serialize + ?Sized>(
    vocabulary: &Vocabulary,
    lead: &T,
) -> Result<(Facts, Vec<UnknownName>), LeadError> {
    let tree = tree(lead)?;
    let Tree::Map(entries) = &tree else { return Err(tree.wrong("a map or a struct")) };
    let mut names = Names::new(vocabulary, false);
    // Attributes may stand beside the lead's own keys or under `attributes`: one and the same object for names.
    let object = names.tally.object();
    let mut intake = Intake::new(&mut names);
    let mut set = LEAD_KEYS.map(|key| (key, false));
    for (key, value) in entries {
        if let Some((_, set)) = set.iter_mut().find(|(known, _)| known == key)
            && std::mem::replace(set, true)
        {
            return Err(LeadError::new(key, LeadErrorKind::Repeated));
        }
        match key.as_str() {
            "id" => intake.id(value)?,
            "attributes" => {
                attributes(&mut intake, value, object).map_err(|error| error.within("attributes"))?
            }
            "events" => events(&mut intake, value)?,
            "stage" => intake.stage(value)?,
            "stage_since" => intake.stage_since(value)?,
            name => intake.attribute(name, value, object)?,
        }
    }
    let facts = intake.builder.finish();
    let unknown = names.tally.names(vocabulary).into_iter().map(UnknownName::uncounted);
    Ok((facts, unknown.collect()))
}

fn attributes(intake: &mut Intake<'_, '_>, value: &Tree, object: ObjectId) -> Result<(), LeadError> {
    value.entries()?.into_iter().try_for_each(|(name, value)| intake.attribute(&name, value, object))
}

fn events(intake: &mut Intake<'_, '_>, value: &Tree) -> Result<(), LeadError> {
    let items = match value {
        Tree::Missing => return Ok(()),
        Tree::List(items) => items,
        other => return Err(other.wrong("a list of events").within("events")),
    };
    for (place, item) in items.iter().enumerate() {
        event(intake, item).map_err(|error| error.within(&format!("events[{place}]")))?;
    }
    Ok(())
}

fn event(intake: &mut Intake<'_, '_>, item: &Tree) -> Result<(), LeadError> {
    if !matches!(item, Tree::Map(_)) {
        return Err(item.wrong("a map or a struct"));
    }
    let object = intake.names.tally.object();
    let mut parts = EventParts::new(object);
    for (key, value) in item.entries()? {
        match parts.slot(&key) {
            Some(slot) if slot.is_some() => return Err(LeadError::new(key, LeadErrorKind::Repeated)),
            Some(slot) => *slot = Some(value),
            None => intake.names.unknown(NameOf::EventKey, &key, object, &key)?,
        }
    }
    intake.event(parts)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::{DateTime, Utc};

    use super::*;
    use crate::lead::testing::vocabulary;
    use crate::lead::{Stage, Text, Value};

    #[derive(Serialize)]
    enum Plan {
        Pro,
    }

    #[derive(Serialize)]
    struct Wrapped(u32);

    #[derive(Serialize)]
    struct Contact {
        id: u64,
        title: Option<&'static str>,
        company_size: Wrapped,
        plan: Plan,
        technologies: Vec<&'static str>,
        internal_note: &'static str,
        events: Vec<Visit>,
        stage: Stage,
        stage_since: Option<&'static str>,
    }

    #[derive(Serialize)]
    struct Visit {
        event: &'static str,
        subject: &'static str,
        at: &'static str,
        properties: BTreeMap<&'static str, f32>,
        browser: &'static str,
    }

    fn contact() -> Contact {
        let properties = BTreeMap::from([("seconds", 1234.1), ("second", 1.0)]);
        let visit = |event| Visit {
            event,
            subject: "demo",
            at: "2026-10-30T08:00:00+00:00",
            properties: properties.clone(),
            browser: "x",
        };
        Contact {
            id: 7,
            title: Some("CMO"),
            company_size: Wrapped(120),
            plan: Plan::Pro,
            technologies: vec!["aws", ""],
            internal_note: "x",
            events: vec![visit("watched"), visit("vistied"), visit("watched")],
            stage: Stage::Mql,
            stage_since: Some("2026-10-01"),
        }
    }

    fn problem(lead: &impl Serialize) -> String {
        from_serialize(&vocabulary(), lead).unwrap_err().to_string()
    }

    #[test]
    fn a_contact_of_a_crm_is_a_lead() {
        let vocabulary = vocabulary();
        let (facts, unknown) = from_serialize(&vocabulary, &contact()).unwrap();
        assert_eq!((facts.id.as_str(), facts.stage), ("7", Stage::Mql));
        let value = |name| facts.attribute(vocabulary.attribute_id(name).unwrap()).unwrap();
        assert_eq!(value("title"), &Value::Text(Text::new("CMO")));
        assert_eq!(value("technologies"), &Value::Set(vec![Text::new("aws")]));
        assert!(matches!(value("plan"), Value::Symbol(symbol) if symbol.0 == 1));
        assert!(matches!(value("company_size"), Value::Number(size) if size.millionths() == 120_000_000));
        assert_eq!(facts.events.len(), 2);
        assert!(
            matches!(facts.events[0].properties[..], [(_, Value::Number(n))] if n.millionths() == 1_234_100_000)
        );
        let unknown: Vec<_> = unknown.iter().map(ToString::to_string).collect();
        assert_eq!(
            unknown,
            [
                "attribute \"internal_note\" is not in the vocabulary",
                "key \"browser\" of an event is not known",
                "property \"second\" of event \"watched\" is not in the vocabulary; did you mean \"seconds\"?",
                "event \"vistied\" is not in the vocabulary; did you mean \"visited\"?",
            ]
        );
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        #[derive(Serialize)]
        struct One<T>(&'static str, T);
        fn map<T: Serialize>(One(key, value): One<T>) -> BTreeMap<&'static str, T> {
            BTreeMap::from([(key, value)])
        }
        let event = |key, value| map(One("events", vec![map(One(key, value))]));
        assert_eq!(problem(&5), "found 5 where a map or a struct belongs");
        assert_eq!(problem(&map(One("id", true))), "id: found true where a text or a number belongs");
        assert_eq!(
            problem(&map(One("technologies", ("aws", 5)))),
            "technologies[1]: found 5 where a text belongs"
        );
        assert_eq!(
            problem(&map(One("attributes", map(One("title", 1))))),
            "attributes.title: found 1 where a text belongs"
        );
        assert_eq!(problem(&map(One("events", 1))), "events: found 1 where a list of events belongs");
        assert_eq!(problem(&map(One("events", [1]))), "events[0]: found 1 where a map or a struct belongs");
        assert!(problem(&event("event", "visited")).starts_with("events[0].at is missing"));
        assert!(problem(&event("at", "2026-01-01")).starts_with("events[0].event is missing"));
        assert!(problem(&map(One("stage", "mqll"))).ends_with("did you mean \"mql\"?"));
        assert!(problem(&map(One("stage_since", 1))).starts_with("stage_since: found 1 where a date"));
    }

    #[test]
    fn an_attribute_beside_attributes_and_in_them_is_there_twice() {
        #[derive(Serialize)]
        struct Both {
            title: &'static str,
            attributes: BTreeMap<&'static str, &'static str>,
        }
        let lead = Both { title: "a", attributes: BTreeMap::from([("title", "b")]) };
        assert_eq!(problem(&lead), "attributes.title is there twice");
        // A map of a host may say anything twice.
        struct Twice;
        impl Serialize for Twice {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_map([("event", "watched"), ("at", "2026-01-01"), ("at", "2026-01-02")])
            }
        }
        assert_eq!(problem(&BTreeMap::from([("events", [Twice])])), "events[0].at is there twice");
    }

    #[test]
    fn chrono_times_and_maps_of_any_values_do() {
        #[derive(Serialize)]
        #[serde(untagged)]
        enum Any {
            Text(&'static str),
            Nothing(()),
            Float(f64),
        }
        let lead = BTreeMap::from([
            ("title", Any::Text("CMO")),
            ("country", Any::Nothing(())),
            ("company_size", Any::Float(1e3)),
        ]);
        let vocabulary = vocabulary();
        let (facts, unknown) = from_serialize(&vocabulary, &lead).unwrap();
        assert_eq!((facts.id.as_str(), unknown.len()), ("", 0));
        assert_eq!(facts.attribute(vocabulary.attribute_id("country").unwrap()), None);
        // What is empty is missing, an empty list too, whatever the type.
        let nothing: [&str; 0] = [];
        let empty = BTreeMap::from([("title", nothing), ("technologies", nothing)]);
        let (facts, _) = from_serialize(&vocabulary, &empty).unwrap();
        assert!(facts.attributes.iter().all(Option::is_none), "{:?}", facts.attributes);
        let time: DateTime<Utc> = "2026-01-05T00:00:00.5Z".parse().unwrap();
        let text = time.to_rfc3339();
        let (facts, _) = from_serialize(&vocabulary, &BTreeMap::from([("created_at", text)])).unwrap();
        let date = facts.attribute(vocabulary.attribute_id("created_at").unwrap());
        assert!(matches!(date, Some(Value::Date(date)) if DateTime::from(*date) == time));
    }

    #[test]
    fn a_type_that_nests_without_end_costs_no_stack() {
        #[derive(Serialize)]
        struct Node {
            title: Option<Box<Node>>,
        }
        let mut node = Node { title: None };
        for _ in 0..10_000 {
            node = Node { title: Some(Box::new(node)) };
        }
        assert_eq!(problem(&node), "title: found a map where a text belongs");
        // Taken apart by hand: dropping it would itself recurse.
        while let Some(next) = node.title.take() {
            node = *next;
        }
        #[derive(Serialize)]
        #[serde(transparent)]
        struct Chain(Vec<Vec<Vec<u8>>>);
        assert!(
            from_serialize(&vocabulary(), &BTreeMap::from([("zzz", Chain(vec![vec![vec![1]]]))])).is_ok()
        );
    }

    #[test]
    fn a_serializer_that_gives_up_is_heard() {
        struct Broken;
        impl Serialize for Broken {
            fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
                Err(serde::ser::Error::custom("the connection is gone"))
            }
        }
        assert_eq!(problem(&Broken), "cannot be read: the connection is gone");
        // A host may tell more before it passes on what it heard.
        struct Around;
        impl Serialize for Around {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let told = |error| serde::ser::Error::custom(format_args!("contact 7: {error}"));
                Broken.serialize(serializer).map_err(told)
            }
        }
        assert_eq!(problem(&Around), "cannot be read: contact 7: the connection is gone");
        assert!(problem(&BTreeMap::from([((1, 2), 3)])).contains("key of a map"));
        assert!(from_serialize(&vocabulary(), &BTreeMap::from([(7, 3)])).is_ok());
    }

    #[test]
    fn a_key_may_stand_in_a_type_of_its_own() {
        #[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
        struct Field(&'static str);
        let vocabulary = vocabulary();
        let lead = BTreeMap::from([(Field("title"), "CMO")]);
        let (facts, unknown) = from_serialize(&vocabulary, &lead).unwrap();
        let title = facts.attribute(vocabulary.attribute_id("title").unwrap());
        assert_eq!((title, unknown.len()), (Some(&Value::Text(Text::new("CMO"))), 0));
        // One wrapper, not any number of them.
        #[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
        struct Deeper(Field);
        let found = problem(&BTreeMap::from([(Deeper(Field("title")), "CMO")]));
        assert!(found.contains("more than 16 levels deep is the key of a map"), "{found}");
    }
}
