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

/// A little of everything that rules can ask for.
const BUSY: &str = "
    attribute plan: one of [free, pro]
    score interest 0..200 decay 50% every 30d {
      visited(pricing) >= 2 within 30d => +15
      each visited(\"docs/*\") => +1.5 up to 3 times
      each visited(*) => +1 up to 2 times per day
      each visited(*) within 60d => +2 up to 1 times per subject
      distinct(visited(*)) >= 2 => +3
      days(visited(*)) >= 2 within 14d => +4
      sum(watched(*).seconds) >= 60.5 => +5
      each watched(*, seconds > 20) => +7
      plan = pro => +9
      title contains \"chief\" => +10
      company_size > 0.1 => +11
      technologies contains \"aws\" => +12
      inactive for 90d => -5
    }
    band interest { hot >= 20, cold }
    segment busy when interest is hot
    stage mql when interest >= 25 until inactive for 30d again after 7d
    disqualify when title = \"spam\" \"spam\"";

/// Calls `look` with so many busy leads.
fn busy(leads: usize, look: impl FnOnce(LeadColumns<'_>)) {
    const EVENTS: usize = 9;
    let day = 86_400_000_000;
    let rows = leads * EVENTS;
    let codes = |entries: usize, by: usize| -> Vec<u32> {
        (0..leads).map(|row| if row % 7 == 6 { MISSING } else { (row * by % entries) as u32 }).collect()
    };
    let (titles, plans) = (codes(3, 5), codes(2, 3));
    // No whole count of millionths.
    let sizes: Vec<Option<f64>> =
        (0..leads).map(|lead| (lead % 3 > 0).then_some(lead as f64 / 3.0)).collect();
    let set_offsets: Vec<usize> = (0..=leads).map(|lead| lead / 2).collect();
    let technologies = vec![0; leads / 2];
    let attributes = [
        ("title", Column::texts(&["Chief", "spam", "Clerk"], &titles)),
        ("plan", Column::texts(&["Free", "pro"], &plans)),
        ("company_size", Column::doubles(&sizes)),
        ("technologies", Column::sets(&set_offsets, Texts::new(&["AWS"], &technologies))),
    ];
    let offsets: Vec<usize> = (0..=leads).map(|lead| lead * EVENTS).collect();
    let kinds: Vec<u32> = (0..rows).map(|row| u32::from(row % 4 == 0)).collect();
    let subjects: Vec<u32> = (0..rows).map(|row| (row * 5 % 6) as u32).collect();
    let ids: Vec<u32> = (0..rows).map(|row| if row % 5 == 0 { 7 } else { MISSING }).collect();
    // Neither ascending nor all in the past.
    let times: Vec<i64> = (0..rows).map(|row| NOON + day - (row * 37 % 100) as i64 * day / 2).collect();
    let seconds: Vec<Option<i64>> = (0..rows).map(|row| (row % 8 == 0).then_some(row as i64 % 50)).collect();
    let properties = [("seconds", Column::integers(&seconds))];
    let pages = ["pricing", "docs/a", "DOCS/A", "", "home", "docs/b"];
    let events = EventColumns::new(&offsets, Texts::new(&["visited", "watched"], &kinds), &times)
        .subjects(Texts::new(&pages, &subjects))
        .ids(EventIds::Codes(&ids))
        .properties(&properties);
    let stages: Vec<Stage> = (0..leads).map(|lead| Stage::ALL[lead % Stage::ALL.len()]).collect();
    let since = vec![NOON - 10 * day; leads];
    look(LeadColumns::new(leads).attributes(&attributes).events(events).stages(&stages).stages_since(&since));
}

/// All columns of results but for how long they hold.
fn all_of(results: &BatchResults) -> String {
    let gates = crate::model::Gate::ALL.map(|gate| results.gate(gate).to_vec());
    let (score, bands) = (results.score("interest"), results.band_codes("interest"));
    let reasons: Vec<_> = (0..results.leads()).map(|lead| results.disqualify(lead)).collect();
    format!("{score:?} {bands:?} {:?} {gates:?} {reasons:?} {:?}", results.segment("busy"), results.stages())
}

#[test]
fn a_batch_that_is_like_the_one_before_allocates_nothing() {
    let rules = RuleSet::compile(BUSY).unwrap();
    for valid_until in [false, true] {
        let mut batch = rules.batch().with_valid_until(valid_until);
        busy(200, |leads| {
            let mut evaluate = || assert_eq!(batch.evaluate(leads, noon()).unwrap().leads(), 200);
            let first = allocation_counter::measure(&mut evaluate);
            let again = allocation_counter::measure(&mut evaluate);
            assert!(first.count_total > 0);
            assert_eq!(again.count_total, 0, "until when results hold: {valid_until}");
        });
    }
}

#[test]
fn looking_for_how_long_results_hold_changes_nothing_else() {
    let rules = RuleSet::compile(BUSY).unwrap();
    busy(200, |leads| {
        let (mut passing, mut listing) = (rules.batch(), rules.batch().with_valid_until(true));
        let one = passing.evaluate(leads, noon()).unwrap();
        let other = listing.evaluate(leads, noon()).unwrap();
        assert_eq!(all_of(one), all_of(other));
        assert!(one.valid_until().is_none());
        assert_eq!(other.valid_until().map(<[_]>::len), Some(200));
    });
}

#[cfg(feature = "rayon")]
#[test]
fn several_threads_give_what_one_gives() {
    let rules = RuleSet::compile(BUSY).unwrap();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    for (count, valid_until) in [(0, false), (1, true), (64, false), (65, false), (1_000, false), (700, true)]
    {
        busy(count, |leads| {
            let mut batch = rules.batch().with_valid_until(valid_until);
            let all = |results: &BatchResults| (all_of(results), results.valid_until().map(<[_]>::to_vec));
            let one = all(batch.evaluate(leads, noon()).unwrap());
            let several = pool.install(|| all(batch.evaluate_in_parallel(leads, noon()).unwrap()));
            assert_eq!(one, several, "{count} leads");
        });
    }
}

#[cfg(feature = "rayon")]
#[test]
fn several_threads_find_the_first_error() {
    let mut codes = vec![0; 5_000];
    for wrong in [4_000, 700, 4_999] {
        codes[wrong] = 9;
        let attributes = [("title", Column::texts(&["x"], &codes))];
        let leads = LeadColumns::new(codes.len()).attributes(&attributes);
        let mut batch = rules().batch();
        let one = batch.evaluate(leads, noon()).unwrap_err();
        assert_eq!(batch.evaluate_in_parallel(leads, noon()).unwrap_err(), one);
    }
}

#[test]
fn of_events_with_one_id_the_earliest_counts() {
    let rules = RuleSet::compile("each visited(pricing) => +1 each visited(home) => +10").unwrap();
    let subjects = Texts::new(&["pricing", "home"], &[0, 1, 0, 0, 1]);
    let kinds = Texts::new(&["visited"], &[0; 5]);
    let times = [NOON, NOON - 1, NOON - 1, NOON - 2, NOON - 2];
    // The ids of one lead are nothing to another.
    let events = EventColumns::new(&[0, 3, 5], kinds, &times).subjects(subjects);
    let texts = EventIds::Texts(&["a", "a", "a", "", "a"]);
    for (ids, expected) in [(texts, [10, 11]), (EventIds::Codes(&[3, 3, 4, MISSING, 3]), [11, 11])] {
        for valid_until in [false, true] {
            let mut batch = rules.batch().with_valid_until(valid_until);
            let results = batch.evaluate(LeadColumns::new(2).events(events.ids(ids)), noon()).unwrap();
            let scores = results.score("score").unwrap().iter().map(|score| score.thousandths() / 1_000);
            assert_eq!(scores.collect::<Vec<_>>(), expected, "{ids:?}");
        }
    }
}

#[test]
fn no_more_than_100_000_events_count() {
    let rules = RuleSet::compile(
        "each visited(*) => +1  each visited(*) => +0.001 decay 1 every 1d  visited(*) > 100_004 => +7",
    )
    .unwrap();
    for (events, expected) in [(100_000, 100_100_000), (100_005, 100_107_000)] {
        let (codes, times) = (vec![0; events], vec![NOON; events]);
        let offsets = [0, 0, events];
        let events = EventColumns::new(&offsets, Texts::new(&["visited"], &codes), &times);
        let mut batch = rules.batch();
        let results = batch.evaluate(LeadColumns::new(2).events(events), noon()).unwrap();
        let scores: Vec<i64> =
            results.score("score").unwrap().iter().map(|score| score.thousandths()).collect();
        assert_eq!(scores, [0, expected]);
    }
}
