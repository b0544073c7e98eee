//! Leads from a host's own types: every shape that serde knows comes to a lead or to an error that names the field.

use std::borrow::Cow;
use std::collections::BTreeMap;

use leadql::{Input, RuleSet};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::at;

fn rules() -> RuleSet {
    RuleSet::compile(
        "attribute plan: one of [free, pro]
         plan = pro => 1
         company_size > 10 => 2
         technologies contains \"aws\" => 4
         title contains \"chief\" => 8
         watched(demo, seconds >= 30) => 16",
    )
    .unwrap()
}

/// The score of a lead, or what is wrong with it.
fn of<T: Serialize>(lead: &T) -> Result<i64, String> {
    let rules = rules();
    let lead = rules.lead_from(lead).map_err(|error| error.to_string())?;
    Ok(rules.evaluate(&lead, at("2026-11-01")).score("score").unwrap().thousandths() / 1_000)
}

#[derive(Serialize)]
struct One<T> {
    id: &'static str,
    company_size: T,
}

fn size<T: Serialize>(company_size: T) -> Result<i64, String> {
    of(&One { id: "L-1", company_size })
}

#[derive(Serialize)]
struct Unit;
#[derive(Serialize)]
struct Pair(u32, u32);
#[derive(Serialize)]
enum Odd {
    Newtype(u32),
    Tuple(u32, u32),
    Struct { inner: u32 },
}

#[test]
fn every_shape_is_a_value_or_is_named() {
    for lead in [size(11_u8), size(11_i64), size(11.5_f32), size(11.5_f64), size(Some(11)), size(11_u128)] {
        assert_eq!(lead, Ok(2));
    }
    for lead in [size(None::<u32>), size(()), size(Unit), size(""), size(Vec::<u32>::new())] {
        assert_eq!(lead, Ok(0));
    }
    let refused = |found: &str| Err(format!("company_size: found {found} where a number belongs"));
    assert_eq!(size(Pair(1, 2)), refused("a list"));
    assert_eq!(size((1, 2)), refused("a list"));
    assert_eq!(size(Odd::Newtype(1)), refused("a map"));
    assert_eq!(size(Odd::Tuple(1, 2)), refused("a map"));
    assert_eq!(size(Odd::Struct { inner: 1 }), refused("a map"));
    assert_eq!(size('x'), refused("the text \"x\""));
    assert_eq!(size(Bytes), refused("bytes"));
    assert_eq!(size(f64::NAN).unwrap_err(), size(f32::NAN).unwrap_err());
}

struct Bytes;

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(b"12")
    }
}

/// So many lists in each other.
struct Deep(usize);

impl Serialize for Deep {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            0 => serializer.serialize_u8(1),
            levels => [Deep(levels - 1)].serialize(serializer),
        }
    }
}

#[test]
fn what_nests_without_end_is_refused_where_it_counts() {
    assert_eq!(size(Deep(100_000)).unwrap_err(), "company_size: found a list where a number belongs");
    let names: BTreeMap<&str, Deep> = [("unknown_to_all", Deep(100_000))].into();
    assert_eq!(of(&names), Ok(0));
}

#[test]
fn the_right_shapes_make_a_lead() {
    #[derive(Serialize)]
    enum Plan {
        Pro,
    }
    #[derive(Serialize)]
    struct Seen {
        event: &'static str,
        subject: Option<&'static str>,
        at: &'static str,
        properties: BTreeMap<&'static str, u32>,
    }
    #[derive(Serialize)]
    struct Contact {
        id: u64,
        attributes: Option<BTreeMap<&'static str, Vec<Option<&'static str>>>>,
        plan: Plan,
        events: Vec<Seen>,
    }
    let watched = Seen {
        event: "watched",
        subject: Some("demo"),
        at: "2026-10-01",
        properties: [("seconds", 30)].into(),
    };
    let attributes = Some([("technologies", vec![None, Some("aws")])].into());
    assert_eq!(of(&Contact { id: 1, attributes, plan: Plan::Pro, events: vec![watched] }), Ok(21));
    assert_eq!(of(&Contact { id: 1, attributes: None, plan: Plan::Pro, events: Vec::new() }), Ok(1));
    let nothing: BTreeMap<&str, Option<u32>> = [("events", None), ("stage", None), ("id", None)].into();
    assert_eq!(of(&nothing), Ok(0));
}

/// A map that gives these keys and values as they stand.
struct Listed<'a>(&'a [(&'a str, &'a str)]);

impl Serialize for Listed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

#[derive(Serialize)]
struct Events<T> {
    events: T,
}

#[test]
fn what_is_there_twice_or_is_no_object_is_refused() {
    assert_eq!(of(&Listed(&[("id", "a"), ("id", "b")])).unwrap_err(), "id is there twice");
    assert_eq!(of(&Listed(&[("title", "a"), ("title", "b")])).unwrap_err(), "title is there twice");
    let twice =
        Events { events: [Listed(&[("event", "visited"), ("at", "2026-01-01"), ("at", "2026-01-02")])] };
    assert_eq!(of(&twice).unwrap_err(), "events[0].at is there twice");
    assert_eq!(of(&Events { events: 5 }).unwrap_err(), "events: found 5 where a list of events belongs");
    assert_eq!(
        of(&Events { events: [5] }).unwrap_err(),
        "events[0]: found 5 where a map or a struct belongs"
    );
    assert_eq!(of(&[1]).unwrap_err(), "found a list where a map or a struct belongs");
    #[derive(Serialize)]
    struct Attributes<T> {
        attributes: T,
    }
    assert_eq!(
        of(&Attributes { attributes: [1] }).unwrap_err(),
        "attributes: found a list where a map or a struct belongs"
    );
    assert_eq!(of(&Attributes { attributes: None::<u32> }), Ok(0));
}

#[test]
fn a_host_that_gives_up_or_breaks_off_is_heard() {
    struct GivesUp;
    impl Serialize for GivesUp {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("the record is locked"))
        }
    }
    assert!(of(&GivesUp).unwrap_err().contains("the record is locked"));

    struct ValueFirst;
    impl Serialize for ValueFirst {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut map = serializer.serialize_map(None)?;
            map.serialize_value("x")?;
            map.end()
        }
    }
    assert!(of(&ValueFirst).unwrap_err().contains("a value before its key"));
    let odd_keys: BTreeMap<Vec<u8>, u32> = [(vec![1], 1)].into();
    assert!(of(&odd_keys).unwrap_err().contains("a list is the key of a map"));
    let numbers_as_keys: BTreeMap<u32, u32> = [(7, 1)].into();
    assert_eq!(of(&numbers_as_keys), Ok(0));
}

#[test]
fn plain_values_of_all_sorts_are_inputs() {
    let rules = rules();
    let set = |name: &str, value: Input<'static>| {
        let lead = rules.lead().set(name, value).map_err(|error| error.to_string())?.build();
        Ok(rules.evaluate(&lead, at("2026-11-01")).score("score").unwrap().thousandths() / 1_000)
    };
    assert_eq!(set("company_size", 11_usize.into()), Ok(2));
    assert_eq!(set("title", Cow::Borrowed("the chief").into()), Ok(8));
    assert_eq!(set("title", None::<&str>.into()), Ok(0));
    let out_of_range: Result<i64, String> = set("company_size", f32::INFINITY.into());
    assert_eq!(out_of_range, set("company_size", f64::INFINITY.into()));
    assert!(out_of_range.unwrap_err().starts_with("company_size: found inf"));
    assert!(
        set("company_size", u128::MAX.to_string().into()).unwrap_err().contains("where a number belongs")
    );
    let digits = Input::Decimal("9".repeat(100).into());
    assert!(set("company_size", digits).unwrap_err().contains(&format!("{}…", "9".repeat(40))));
}

#[test]
fn the_values_of_a_long_list_are_not_all_named() {
    let symbols: Vec<String> = (0..13).map(|number| format!("s{number}")).collect();
    let rules =
        RuleSet::compile(&format!("attribute p: one of [{}]  p = s1 => 1", symbols.join(", "))).unwrap();
    let error = rules.lead().set("p", 5).unwrap_err();
    assert_eq!(error.field(), "p");
    assert_eq!(
        error.to_string(),
        "p: found 5 where one of s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, … belongs"
    );
    assert_eq!(error.to_string(), format!("p: {}", error.kind()));
}
