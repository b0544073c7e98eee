//! What is wrong with columns is said before anything is evaluated; what is right never fails.

use super::*;
use crate::Stage;

const NOON: i64 = 1_793_361_600_000_000;

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp_micros(NOON).unwrap()
}

fn rules() -> RuleSet {
    RuleSet::compile(
        "attribute plan: one of [free, pro]
         event rated(page, seconds: text)
         visited(pricing) => 1  watched(*, seconds > 5) => 2",
    )
    .unwrap()
}

/// The error of binding leads.
fn refused(leads: LeadColumns<'_>) -> String {
    rules().batch().evaluate(leads, noon()).unwrap_err().to_string()
}

/// The error of three leads with this attribute.
fn attribute(name: &str, column: Column<'_>) -> String {
    refused(LeadColumns::new(3).attributes(&[(name, column)]).ids(&["a", "b", "c"]))
}

/// Two leads with three events.
fn events<'a>(kinds: Texts<'a>) -> EventColumns<'a> {
    EventColumns::new(&[0, 1, 3], kinds, &[NOON; 3])
}

const VISITED: Texts<'_> = Texts::new(&["visited"], &[0, 0, 0]);

fn of_events(events: EventColumns<'_>) -> String {
    refused(LeadColumns::new(2).events(events))
}

#[test]
fn names_are_those_of_the_vocabulary_and_each_is_there_once() {
    let flags = Column::flags(&[true, false, true]);
    assert_eq!(
        attribute("budgett", flags),
        "attributes.budgett: attribute \"budgett\" is not in the vocabulary; did you mean \"budget\"?"
    );
    let twice = [("budget", flags), ("need", flags), ("budget", flags)];
    assert_eq!(refused(LeadColumns::new(3).attributes(&twice)), "attributes.budget is there twice");
    let number = Column::integers(&[1_i64; 3]);
    assert_eq!(
        of_events(events(VISITED).properties(&[("second", number)])),
        "events.properties.second: property \"second\" is not in the vocabulary; did you mean \"seconds\"?"
    );
    assert_eq!(
        of_events(events(VISITED).properties(&[("seconds", number), ("seconds", number)])),
        "events.properties.seconds is there twice"
    );
}

#[test]
fn columns_have_a_row_for_each_lead_or_event() {
    let two = "found 2 rows where 3, one for each lead, belongs";
    assert_eq!(attribute("budget", Column::flags(&[true; 2])), format!("attributes.budget: {two}"));
    assert_eq!(
        attribute("technologies", Column::sets(&[0, 0, 0], Texts::new(&[], &[]))),
        format!("attributes.technologies: {two}")
    );
    let leads = LeadColumns::new(3);
    assert_eq!(refused(leads.stages(&[Stage::Lead; 2])), format!("stages: {two}"));
    assert_eq!(refused(leads.stages_since(&[0; 2])), format!("stages_since: {two}"));
    assert_eq!(refused(leads.ids(&["a", "b"])), format!("ids: {two}"));
    let two = "found 2 rows where 3, one for each event, belongs";
    assert_eq!(of_events(events(Texts::new(&["visited"], &[0, 0]))), format!("events.kinds: {two}"));
    let subjects = Texts::new(&["x"], &[0, 0]);
    assert_eq!(of_events(events(VISITED).subjects(subjects)), format!("events.subjects: {two}"));
    assert_eq!(of_events(events(VISITED).ids(EventIds::Codes(&[1, 2]))), format!("events.ids: {two}"));
    assert_eq!(of_events(events(VISITED).ids(EventIds::Texts(&["a", "b"]))), format!("events.ids: {two}"));
    assert_eq!(
        of_events(events(VISITED).properties(&[("seconds", Column::integers(&[1_i64; 2]))])),
        format!("events.properties.seconds: {two}")
    );
}

#[test]
fn columns_are_of_the_type_that_belongs_there() {
    let flags = Column::flags(&[true; 3]);
    for (name, expected) in [
        ("title", "texts"),
        ("plan", "texts"),
        ("company_size", "integers or doubles"),
        ("created_at", "dates"),
        ("technologies", "sets"),
    ] {
        assert_eq!(
            attribute(name, flags),
            format!("attributes.{name}: found a column of flags where one of {expected} belongs")
        );
    }
    let dates = Column::dates(&[NOON; 3]);
    assert_eq!(
        attribute("budget", dates),
        "attributes.budget: found a column of dates where one of flags belongs"
    );
}

#[test]
fn codes_are_places_in_their_dictionary() {
    let dictionary = ["Chief", "Clerk"];
    assert_eq!(
        attribute("title", Column::texts(&dictionary, &[1, MISSING, 2])),
        "attributes.title, row 2 (lead \"c\"): found the code 2 where a code from 0 to 1 or MISSING belongs"
    );
    assert_eq!(
        attribute("title", Column::texts(&[], &[MISSING, 0, MISSING])),
        "attributes.title, row 1 (lead \"b\"): found the code 0 where MISSING (the dictionary is empty) belongs"
    );
    assert_eq!(
        attribute("technologies", Column::sets(&[0, 0, 1, 3], Texts::new(&dictionary, &[0, 1, 7]))),
        "attributes.technologies, row 2 (lead \"c\"): found the code 7 where a code from 0 to 1 or MISSING belongs"
    );
    assert_eq!(
        of_events(events(Texts::new(&["visited"], &[0, MISSING, 0]))),
        "events.kinds, row 1 (lead 1): found no text where a code from 0 to 0 belongs"
    );
    assert_eq!(
        of_events(events(Texts::new(&[], &[5, 5, 5]))),
        "events.kinds, row 0 (lead 0): found the code 5 where a text (the dictionary is empty) belongs"
    );
    let subjects = Texts::new(&["x"], &[0, MISSING, 1]);
    assert_eq!(
        of_events(events(VISITED).subjects(subjects)),
        "events.subjects, row 2 (lead 1): found the code 1 where a code from 0 to 0 or MISSING belongs"
    );
}

#[test]
fn texts_of_one_of_attributes_are_symbols() {
    // What no row has does no harm.
    let dictionary = ["Free", "", "nothing", "prro"];
    let codes = |codes: &[u32]| attribute("plan", Column::texts(&dictionary, codes));
    let mut batch = rules().batch();
    let plans = [("plan", Column::texts(&dictionary, &[0, 1, MISSING]))];
    assert!(batch.evaluate(LeadColumns::new(3).attributes(&plans), noon()).is_ok());
    assert_eq!(
        codes(&[0, 3, 2]),
        "attributes.plan, row 1 (lead \"b\"): found the text \"prro\" where one of free, pro belongs; \
         did you mean \"pro\"?"
    );
}

#[test]
fn numbers_and_times_are_in_range() {
    assert_eq!(
        attribute("company_size", Column::doubles(&[1.0, f64::NAN, 2.0])),
        "attributes.company_size, row 1 (lead \"b\"): found NaN where a number belongs"
    );
    let most = "where a number of a magnitude below 9,000,000,000,000 belongs";
    assert_eq!(
        attribute("company_size", Column::doubles(&[Some(1.0), None, Some(f64::NEG_INFINITY)])),
        format!("attributes.company_size, row 2 (lead \"c\"): found -inf {most}")
    );
    assert_eq!(
        attribute("company_size", Column::integers(&[8_999_999_999_999, i64::MIN, 0])),
        format!("attributes.company_size, row 1 (lead \"b\"): found -9223372036854775808 {most}")
    );
    assert_eq!(
        attribute("company_size", Column::integers(&[None, Some(9_000_000_000_000), None])),
        format!("attributes.company_size, row 1 (lead \"b\"): found 9000000000000 {most}")
    );
    let years = "microseconds since 1970 where an instant of the years 0001 to 9999 belongs";
    assert_eq!(
        attribute("created_at", Column::dates(&[0, 0, i64::MAX])),
        format!("attributes.created_at, row 2 (lead \"c\"): found 9223372036854775807 {years}")
    );
    assert_eq!(
        refused(LeadColumns::new(2).stages_since(&[None, Some(i64::MIN)])),
        format!("stages_since, row 1: found -9223372036854775808 {years}")
    );
    let late = EventColumns::new(&[0, 1, 3], VISITED, &[NOON, NOON, 253_402_300_800_000_000]);
    assert_eq!(of_events(late), format!("events.times, row 2 (lead 1): found 253402300800000000 {years}"));
}

#[test]
fn offsets_ascend_from_nothing_to_all() {
    for (offsets, problem) in [
        (&[][..], ": found 0 offsets where 3, one more than there are rows, belongs"),
        (&[0, 3], ": found 2 offsets where 3, one more than there are rows, belongs"),
        (&[1, 2, 3], ", row 0: found the offset 1 where 0 belongs"),
        (&[0, 4, 3], ", row 2: found the offset 3 where one of at least 4 belongs"),
        (&[0, 1, 2], ", row 2: found the offset 2 where 3, the number of entries, belongs"),
        (
            &[0, 1, usize::MAX],
            ", row 2: found the offset 18446744073709551615 where 3, the number of entries, belongs",
        ),
    ] {
        let found = of_events(EventColumns::new(offsets, VISITED, &[NOON; 3]));
        assert_eq!(found, format!("events.offsets{problem}"));
    }
    assert_eq!(
        attribute("technologies", Column::sets(&[0, 2, 1, 2], Texts::new(&["x"], &[0, 0]))),
        "attributes.technologies, row 2 (lead \"c\"): found the offset 1 where one of at least 2 belongs"
    );
}

#[test]
fn a_property_column_serves_the_kinds_that_have_its_type() {
    let kinds = Texts::new(&["rated", "watched", "gone"], &[0, 1, 2]);
    let seconds = |seconds: &[Option<i64>]| {
        let properties = [("seconds", Column::integers(seconds))];
        let mut batch = rules().batch();
        let leads = LeadColumns::new(2).events(events(kinds).properties(&properties));
        batch.evaluate(leads, noon()).map(|results| {
            results.score("score").unwrap().iter().map(|score| score.thousandths()).collect::<Vec<_>>()
        })
    };
    assert_eq!(seconds(&[None, Some(6), Some(9)]).unwrap(), [0, 2_000]);
    assert_eq!(
        seconds(&[Some(1), Some(6), None]).unwrap_err().to_string(),
        "events.properties.seconds, row 0 (lead 0): found a value of a column of integers where a text (event rated) belongs"
    );
}

#[test]
fn unknown_kinds_are_left_out_and_counted() {
    let rules = rules();
    let mut batch = rules.batch();
    let kinds = Texts::new(&["vistied", "visited", "unused"], &[0, 1, 0]);
    let subjects = Texts::new(&["Pricing"], &[0, 0, 0]);
    let leads = LeadColumns::new(2).events(events(kinds).subjects(subjects));
    let results = batch.evaluate(leads, noon()).unwrap();
    let unknown: Vec<_> = results.unknown_events().map(|(name, count)| (name.to_string(), count)).collect();
    let name = "event \"vistied\" is not in the vocabulary; did you mean \"visited\"?";
    assert_eq!(unknown, [(name.to_owned(), 2)]);
    let scores: Vec<_> = results.score("score").unwrap().iter().map(|score| score.to_string()).collect();
    assert_eq!(scores, ["0", "1"]);
    assert_eq!(batch.evaluate(LeadColumns::new(2), noon()).unwrap().unknown_events().count(), 0);
}
