use super::*;
use crate::lead::Stage;

#[test]
fn the_lead_of_the_contract() {
    let read = read(concat!(
        r#"{"id":"L-1","attributes":{"title":"Chief Marketing Officer","company_size":120,"budget":true,"#,
        r#""technologies":["aws"],"created_at":"2026-01-05","plan":"PRO","country":null},"#,
        r#""events":[{"event":"visited","subject":"pricing","at":"2026-10-30T08:00:00Z"},"#,
        r#"{"event":"watched","subject":"demo","at":"2026-10-29T10:00:00Z","properties":{"seconds":340}}],"#,
        r#""stage":"mql","stage_since":"2026-01-05T00:00:00Z"}"#
    ));
    assert_eq!((read.errors(), read.warnings.len()), (vec![], 0));
    for (attribute, value) in [
        ("title", "Chief Marketing Officer"),
        ("company_size", "120"),
        ("budget", "true"),
        ("technologies", "aws"),
        ("created_at", "2026-01-05T00:00:00Z"),
        ("plan", "#1"),
        ("country", "-"),
    ] {
        assert_eq!(read.value(attribute), value, "{attribute}");
    }
    assert_eq!(read.events(), ["demo 0=340", "pricing"]);
    assert_eq!(read.facts()[0].stage, Stage::Mql);
    assert_eq!(read.facts()[0].stage_since.unwrap().to_string(), "2026-01-05T00:00:00Z");
}

#[test]
fn only_the_id_is_needed_and_null_is_missing() {
    let read = read(concat!(
        "\u{feff}{\"id\":1.0}\r\n \t\r\n\n",
        r#"{"id":"a","attributes":null,"events":null,"stage":null,"stage_since":null}"#,
        "\n",
        r#" { "attributes" : { } , "events" : [ ] , "id" : "" , "x" : 1 } "#,
        "\n",
        r#"{"id":"b","attributes":{"technologies":[null,"",null]},"events":[{"event":"visited","at":"2026-01-01","subject":null,"id":null,"properties":null}]}"#
    ));
    assert_eq!(read.ids(), ["1.0", "a", "b"]);
    assert_eq!(read.errors(), ["leads:5: id is missing: a text or a number belongs there"]);
    let b = read.facts()[2];
    assert!(b.attributes.iter().all(Option::is_none));
    assert_eq!(b.events[0].subject.as_str(), "");
}

#[test]
fn numbers_are_exact_however_they_are_written() {
    for (written, value) in [
        ("8999999999999.999999", "8999999999999.999999"),
        ("-0.000001", "-0.000001"),
        ("1.5e2", "150"),
        ("0.1234565", "0.123457"),
        ("1e-400", "0"),
        ("-0", "0"),
        ("123456789012", "123456789012"),
    ] {
        assert_eq!(
            read(format!(r#"{{"id":1,"attributes":{{"company_size":{written}}}}}"#)).value("company_size"),
            value
        );
    }
    for written in ["9e12", "1e400", "1e99999999999999999999", "9000000000000"] {
        let problem = problem(format!(r#"{{"id":1,"attributes":{{"company_size":{written}}}}}"#));
        let found = format!(
            "attributes.company_size: found {written} where a number of a magnitude below 9,000,000,000,000"
        );
        assert!(problem.contains(&found), "{problem}");
    }
}

#[test]
fn texts_come_with_all_their_escapes() {
    let lead = r#"{"id":"\u00e9","attributes":{"\u0074itle":"a\n\"\\\/\ud83d\ude00\u0000"}}"#;
    let read = read(lead);
    assert_eq!(read.value("title"), "a\n\"\\/😀\0");
    assert_eq!(read.ids(), ["é"]);
}

#[test]
fn errors_say_where_and_what_would_be_right() {
    let event =
        |event: &str| format!(r#"{{"id":"L","events":[{{"event":"visited","at":"2026-01-01"}},{event}]}}"#);
    for (line, message) in [
        ("5".to_owned(), "leads:1: found 5 where the object of a lead belongs"),
        ("null".to_owned(), "leads:1: found null where the object of a lead belongs"),
        (r#"["L"]"#.to_owned(), "leads:1: found a list where the object of a lead belongs"),
        (r#"{"id":true}"#.to_owned(), "leads:1: id: found true where a text or a number belongs"),
        (r#"{"id":["x"]}"#.to_owned(), "leads:1: id: found a list where a text belongs"),
        (
            r#"{"attributes":{"company_size":"12"},"id":"L"}"#.to_owned(),
            "leads:1: lead \"L\": attributes.company_size: found the text \"12\" where a number belongs",
        ),
        (
            r#"{"id":"L","attributes":{"title":{"a":1}}}"#.to_owned(),
            "leads:1: lead \"L\": attributes.title: found an object where a text belongs",
        ),
        (
            r#"{"id":"L","attributes":{"title":["a"]}}"#.to_owned(),
            "leads:1: lead \"L\": attributes.title: found a list where a text belongs",
        ),
        (
            r#"{"id":"L","attributes":{"technologies":["a",5]}}"#.to_owned(),
            "leads:1: lead \"L\": attributes.technologies[1]: found 5 where a text belongs",
        ),
        (
            r#"{"id":"L","attributes":{"plan":"porro"}}"#.to_owned(),
            "leads:1: lead \"L\": attributes.plan: found the text \"porro\" where one of free, pro, enterprise belongs",
        ),
        (
            r#"{"id":"L","attributes":[]}"#.to_owned(),
            "leads:1: lead \"L\": attributes: found a list where an object belongs",
        ),
        (
            r#"{"id":"L","events":{}}"#.to_owned(),
            "leads:1: lead \"L\": events: found an object where a list of events belongs",
        ),
        (r#"{"id":"L","stage":5}"#.to_owned(), "leads:1: lead \"L\": stage: found 5 where lead, mql, sal"),
        (
            r#"{"id":"L","stage_since":"2026-02-30"}"#.to_owned(),
            "leads:1: lead \"L\": stage_since: found the text \"2026-02-30\" where a day and time that the calendar has",
        ),
        (event("null"), "leads:1: lead \"L\": events[1]: found null where an object belongs"),
        (
            event("{}"),
            "leads:1: lead \"L\": events[1].event is missing: the name of an event kind belongs there",
        ),
        (
            event(r#"{"event":"visited"}"#),
            "leads:1: lead \"L\": events[1].at is missing: a date such as 2026-10-01 or an instant such as",
        ),
        (
            event(r#"{"event":"visited","at":"yesterday"}"#),
            "leads:1: lead \"L\": events[1].at: found the text \"yesterday\" where a date such as",
        ),
        (
            event(r#"{"event":5,"at":"2026-01-01"}"#),
            "leads:1: lead \"L\": events[1].event: found 5 where a text belongs",
        ),
        (
            event(r#"{"event":"visited","at":"2026-01-01","subject":5}"#),
            "leads:1: lead \"L\": events[1].subject: found 5 where a text belongs",
        ),
        (
            event(r#"{"event":"watched","at":"2026-01-01","properties":{"seconds":"5"}}"#),
            "leads:1: lead \"L\": events[1].properties.seconds: found the text \"5\" where a number belongs",
        ),
        (
            event(r#"{"event":"watched","at":"2026-01-01","properties":5}"#),
            "leads:1: lead \"L\": events[1].properties: found 5 where an object belongs",
        ),
    ] {
        let problem = problem(&line);
        assert!(problem.starts_with(message), "{line}\n{problem}\n{message}");
    }
}

#[test]
fn an_error_can_be_asked() {
    let read = read("\n{\"events\":[{\"event\":\"visited\",\"at\":5}],\"id\":7}");
    let error = read.leads[0].as_ref().unwrap_err();
    assert_eq!(
        (error.file(), error.line(), error.lead(), error.field()),
        ("leads", 2, Some("7"), Some("events[0].at"))
    );
}

#[test]
fn a_key_that_is_there_twice_is_an_error_wherever_it_stands() {
    let event =
        |rest: &str| format!(r#"{{"id":1,"events":[{{"event":"watched","at":"2026-01-01",{rest}}}]}}"#);
    for (line, field) in [
        (r#"{"id":1,"id":1}"#.to_owned(), "id"),
        (r#"{"id":1,"x":1,"\u0078":2}"#.to_owned(), "x"),
        (r#"{"id":1,"attributes":{},"attributes":{}}"#.to_owned(), "attributes"),
        (r#"{"id":1,"attributes":{"title":null,"title":"a"}}"#.to_owned(), "attributes.title"),
        (r#"{"id":1,"attributes":{"zzz":1,"zzz":1}}"#.to_owned(), "attributes.zzz"),
        (event(r#""at":"2026-01-01""#), "events[0].at"),
        (event(r#""x":1,"x":1"#), "events[0].x"),
        (event(r#""properties":{"seconds":1,"seconds":2}"#), "events[0].properties.seconds"),
        (event(r#""properties":{"x":1,"x":2}"#), "events[0].properties.x"),
    ] {
        assert_eq!(problem(&line), format!("leads:1: lead \"1\": {field} is there twice"), "{line}");
    }
    // The same unknown key in two objects is no repetition.
    let two = r#"{"id":1,"x":1,"attributes":{"x":1},"events":[{"event":"visited","at":"2026-01-01","x":1},{"event":"visited","at":"2026-01-01","x":1}]}"#;
    assert_eq!(read(two).errors(), [""; 0]);
}

#[test]
fn a_repeated_id_is_an_error_but_not_after_a_lead_that_could_not_be_read() {
    let read = read("{\"id\":1,\"stage\":\"x\"}\n{\"id\":\"1\"}\n{\"id\":1}\n{\"id\":\"1.0\"}\n");
    assert_eq!(read.ids(), ["1", "1.0"]);
    let errors = read.errors();
    assert!(errors[0].starts_with("leads:1: lead \"1\": stage: found the text \"x\""), "{errors:?}");
    assert_eq!(errors[1], "leads:3: lead \"1\": the id is there already, further up in the file");
}

#[test]
fn unknown_names_are_skipped_counted_and_told_once() {
    let read = read(concat!(
        r#"{"id":1,"attributes":{"titel":"x","titel2":{"a":[1]}},"event":[],"events":[{"event":"vistied","at":"2026-01-01","subject":5,"properties":7},{"event":"vistied","at":"2026-01-01"}]}"#,
        "\n",
        r#"{"id":2,"attributes":{"titel":null},"events":[{"event":"watched","at":"2026-01-01","subjct":"x","properties":{"secnds":[]}}]}"#,
        "\n",
        // Left out, so nothing is counted for it.
        r#"{"id":3,"attributes":{"titel":"x","other":1},"stage":7}"#
    ));
    assert_eq!((read.ids(), read.errors().len()), (vec!["1", "2"], 1));
    assert_eq!(
        read.warnings,
        [
            "attribute \"titel\" is not in the vocabulary (2 leads); did you mean \"title\"?",
            "attribute \"titel2\" is not in the vocabulary (1 lead); did you mean \"title\"?",
            "key \"event\" of a lead is not known (1 lead); did you mean \"events\"?",
            "event \"vistied\" is not in the vocabulary (1 lead); did you mean \"visited\"?",
            "key \"subjct\" of an event is not known (1 lead); did you mean \"subject\"?",
            "property \"secnds\" of event \"watched\" is not in the vocabulary (1 lead); did you mean \"seconds\"?",
        ]
    );
}

#[test]
fn of_an_unknown_event_the_kind_and_the_time_are_checked() {
    let line = |event: &str| format!(r#"{{"id":1,"events":[{event}]}}"#);
    assert!(problem(line(r#"{"event":"vistied"}"#)).contains("events[0].at is missing"));
    assert!(problem(line(r#"{"event":"vistied","at":"x"}"#)).contains("events[0].at: found"));
    assert!(problem(line(r#"{"event":[],"at":"2026-01-01"}"#)).contains("events[0].event"));
}

#[test]
fn strict_makes_the_first_unknown_name_an_error() {
    let strict = options().strict(true);
    for (line, message) in [
        (
            r#"{"id":1,"attributes":{"titel":"x"}}"#,
            "attributes.titel: attribute \"titel\" is not in the vocabulary; did you mean \"title\"?",
        ),
        (r#"{"id":1,"xx":{}}"#, "xx: key \"xx\" of a lead is not known"),
        (
            r#"{"id":1,"events":[{"event":"vistied","at":"2026-01-01"}]}"#,
            "events[0].event: event \"vistied\" is not in the vocabulary; did you mean \"visited\"?",
        ),
        (
            r#"{"id":1,"events":[{"event":"watched","at":"2026-01-01","properties":{"x":1}}]}"#,
            "events[0].properties.x: property \"x\" of event \"watched\" is not in the vocabulary",
        ),
    ] {
        let read = read_with(line.as_bytes(), &strict, None).unwrap();
        assert_eq!(read.errors(), [format!("leads:1: lead \"1\": {message}")]);
        assert_eq!(read.warnings, [""; 0]);
    }
}
