//! What is stored: samples of this version, which every later one has to load, and hostile ones.

use serde_json::{Value, json};

use super::records::life;
use super::*;
use crate::qualify::{Reason, Trigger};

/// A life as version 1 stores it, never to be changed: a later version gets samples of its own beside them.
const QUALIFICATION: &str = include_str!("../../../tests/stored/qualification-v1.json");
const RECORDS: &str = include_str!("../../../tests/stored/records-v1.jsonl");

fn stored_records() -> Vec<Record> {
    RECORDS.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn read(value: &Value) -> Result<Qualification, String> {
    serde_json::from_value(value.clone()).map_err(|error| error.to_string())
}

#[test]
fn the_sample_of_version_1_loads_and_goes_on() {
    let mut qualification: Qualification = serde_json::from_str(QUALIFICATION).unwrap();
    let mut records = stored_records();
    assert_eq!(qualification.check_records(&records), Ok(()));
    assert_eq!(Qualification::rebuild(&records).as_ref(), Ok(&qualification));
    assert_eq!((qualification.stage(), qualification.records()), (Stage::Customer, 23));
    records.push(
        qualification
            .answer(
                crate::qualify::BantItem::Timing,
                crate::qualify::Answer::Confirmed,
                at("2027-01-01"),
                "eli",
            )
            .unwrap(),
    );
    assert_eq!(Qualification::rebuild(&records), Ok(qualification));
}

/// With `LEADQL_WRITE_STORED` set the samples are written instead: for a new version only.
#[test]
fn the_same_life_is_stored_as_the_sample() {
    let life = life();
    let qualification = serde_json::to_string(&life.last().unwrap().1).unwrap() + "\n";
    let records: String =
        life.iter().map(|(record, _)| serde_json::to_string(record).unwrap() + "\n").collect();
    if std::env::var_os("LEADQL_WRITE_STORED").is_some() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stored");
        std::fs::write(folder.join("qualification-v1.json"), &qualification).unwrap();
        std::fs::write(folder.join("records-v1.jsonl"), &records).unwrap();
        return;
    }
    assert_eq!(qualification, QUALIFICATION);
    for (written, sample) in records.lines().zip(RECORDS.lines()) {
        assert_eq!(written, sample);
    }
    assert_eq!(records.len(), RECORDS.len());
}

/// A store may keep the keys in an order of its own.
#[test]
fn the_order_of_keys_does_not_matter() {
    fn turned(value: &Value) -> String {
        match value {
            Value::Object(map) => {
                let entries: Vec<String> = map
                    .iter()
                    .rev()
                    .map(|(key, value)| format!("{}:{}", json!(key), turned(value)))
                    .collect();
                format!("{{{}}}", entries.join(","))
            }
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(turned).collect();
                format!("[{}]", items.join(","))
            }
            other => other.to_string(),
        }
    }
    let qualification: Value = serde_json::from_str(QUALIFICATION).unwrap();
    let read: Qualification = serde_json::from_str(&turned(&qualification)).unwrap();
    let lines = RECORDS.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let records: Vec<Record> = lines.map(|record| serde_json::from_str(&turned(&record)).unwrap()).collect();
    assert_eq!(Qualification::rebuild(&records), Ok(read));
}

#[test]
fn unknown_versions_are_refused() {
    let mut value: Value = serde_json::from_str(QUALIFICATION).unwrap();
    value["version"] = json!(2);
    let expected = "version 2 of the stored form is not known: this release of LeadQL reads version 1";
    assert_eq!(read(&value).unwrap_err(), expected);
    let first = RECORDS.lines().next().unwrap();
    let error =
        serde_json::from_str::<Record>(&first.replacen("\"version\":1", "\"version\":2", 1)).unwrap_err();
    assert!(error.to_string().starts_with(expected), "{error}");
}

/// What does not go together is refused, with what is wrong.
#[test]
fn stored_states_that_make_no_sense_are_refused() {
    let (mql, _) = promoted(&rules());
    let good = serde_json::to_value(&mql).unwrap();
    assert_eq!(read(&good), Ok(mql));
    for (field, value, expected) in [
        ("stage", json!("sal"), "due is there, but the stage is sal: only an MQL has a deadline"),
        ("stage", json!("mq"), "unknown variant `mq`"),
        ("stage_since", json!("2026-11-03T00:00:00Z"), "stage_since is later than recorded_at"),
        ("stage_since", json!("yesterday"), "not an instant"),
        ("due", json!("2026-11-01T00:00:00Z"), "due is earlier than stage_since"),
        ("breached", json!(true), "breached is true, but no deadline has passed by the last record"),
        ("records", json!(0), "records is 0, but recorded_at is there"),
        ("records", json!(u64::MAX), "records is so large that none could follow"),
        ("records", json!(-1), "invalid value: integer `-1`"),
        ("recorded_at", json!(null), "records is 1, but recorded_at is missing"),
        ("fingerprint", json!("abc"), "not a fingerprint: 64 hex digits belong here"),
        ("digest", json!("abc"), "not a digest: 64 hex digits belong here"),
        ("lead", json!(7), "invalid type: integer `7`, expected a string"),
        ("segments", json!("keen"), "invalid type: string \"keen\""),
        ("surprise", json!(1), "unknown field `surprise`"),
    ] {
        let mut bad = good.clone();
        bad[field] = value;
        let error = read(&bad).unwrap_err();
        assert!(error.contains(expected), "{field}: {error}");
    }
    for (path, value, expected) in [
        ("/bant/need/answer", json!("confirmed"), "bant.need: an answer, by and at belong together"),
        ("/bant/need/by", json!("dana"), "bant.need: an answer, by and at belong together"),
        ("/evaluation/scores/score", json!("many"), "points: a number with at most 3 digits after the point"),
        ("/evaluation/scores/score", json!(0.0001), "more than 3 digits after the point"),
        ("/evaluation/scores/score", json!(1e300), "out of range"),
        ("/evaluation/at", json!("0000-01-01"), "outside the years 0001 to 9999"),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(path).unwrap() = value;
        let error = read(&bad).unwrap_err();
        assert!(error.contains(expected), "{path}: {error}");
    }
    let mut at_once = good.clone();
    at_once["due"] = at_once["stage_since"].clone();
    assert_eq!(read(&at_once).map(|read| read.due()), Ok(Some(today())));
    let mut late = good.clone();
    late["bant"]["need"] = json!({"answer":"denied","by":"dana","at":"2026-11-03"});
    assert!(read(&late).unwrap_err().contains("bant.need.at is later than recorded_at"));
    let mut moved = serde_json::to_value(rules().qualification("L-1")).unwrap();
    moved["segments"] = json!(["keen"]);
    assert!(
        read(&moved)
            .unwrap_err()
            .contains("records is 0, but the rest is not that of a lead that never moved")
    );
    for key in good.as_object().unwrap().keys() {
        let mut without = good.clone();
        without.as_object_mut().unwrap().remove(key);
        match read(&without) {
            Ok(read) => panic!("without {key}: {read:?}"),
            Err(error) => assert!(error.contains(key.as_str()), "without {key}: {error}"),
        }
    }
}

/// Every value of a stored qualification and of stored records, replaced by what does not belong there: refused
/// when it is read or when it is checked, and never a panic.
#[test]
fn whatever_is_changed_in_a_store_is_found() {
    let strange = [
        json!(null),
        json!(true),
        json!(-1),
        json!(0),
        json!(1),
        json!(u64::MAX),
        json!(1e308),
        json!(""),
        json!("x"),
        json!("2026-01-03T00:00:00Z"),
        json!("9999-12-31T23:59:59.999999Z"),
        json!("mql"),
        json!("win"),
        json!("\u{202e}\u{0}"),
        json!("0".repeat(64)),
        json!([]),
        json!(["x"]),
        json!({}),
        json!({"x": 1}),
    ];
    let records = stored_records();
    let sample: Value = serde_json::from_str(QUALIFICATION).unwrap();
    let original: Qualification = serde_json::from_str(QUALIFICATION).unwrap();
    let mut changed = 0;
    for path in paths(&sample) {
        for value in &strange {
            let mut bad = sample.clone();
            *bad.pointer_mut(&path).unwrap() = value.clone();
            let Ok(mut qualification) = read(&bad) else { continue };
            if qualification == original {
                continue;
            }
            changed += 1;
            // A later evaluation is nothing that the records could tell of.
            let is_later = path.starts_with("/evaluation") && at_of(&qualification) >= at_of(&original);
            assert!(is_later || qualification.check_records(&records).is_err(), "{path} {value}");
            let _ = qualification.disqualify(Reason::BadData, at("9999-12-31"), "dana");
            let _ = qualification.report_breach(at("2028-01-01"));
        }
    }
    for (index, line) in RECORDS.lines().enumerate() {
        let sample: Value = serde_json::from_str(line).unwrap();
        for path in paths(&sample) {
            for value in &strange {
                let mut bad = sample.clone();
                *bad.pointer_mut(&path).unwrap() = value.clone();
                let Ok(record) = serde_json::from_value::<Record>(bad) else { continue };
                if record == records[index] {
                    continue;
                }
                changed += 1;
                let mut forged = records.clone();
                forged[index] = record;
                let error = Qualification::rebuild(&forged).unwrap_err();
                assert_eq!(error.index(), index, "{path} {value}: {error}");
                assert!(!error.to_string().contains(['\u{0}', '\u{202e}']), "{error}");
            }
        }
    }
    assert!(changed > 500, "{changed}");
}

/// The pointers of every value but the whole.
fn paths(value: &Value) -> Vec<String> {
    let inner = |key: String, value: &Value| {
        std::iter::once(format!("/{key}"))
            .chain(paths(value).into_iter().map(move |path| format!("/{key}{path}")))
    };
    match value {
        Value::Object(map) => map.iter().flat_map(|(key, value)| inner(key.clone(), value)).collect(),
        Value::Array(items) => {
            items.iter().enumerate().flat_map(|(at, value)| inner(at.to_string(), value)).collect()
        }
        _ => Vec::new(),
    }
}

#[test]
fn what_is_empty_is_left_out_of_a_record() {
    let (mut qualification, _) = promoted(&rules());
    let record = qualification.accept(today(), "dana").unwrap();
    assert_eq!(record.what, Trigger::Accept);
    let value = serde_json::to_value(&record).unwrap();
    let keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "at",
            "by",
            "digest",
            "evaluation",
            "fingerprint",
            "from",
            "lead",
            "sequence",
            "to",
            "version",
            "what"
        ]
    );
    assert_eq!(value["by"], json!({"person": "dana"}));
}

fn at_of(qualification: &Qualification) -> Option<DateTime<Utc>> {
    qualification.evaluation().map(|evaluation| evaluation.at)
}
