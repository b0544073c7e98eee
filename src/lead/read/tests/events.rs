use super::*;

const LEADS: &str = concat!(
    r#"{"id":"L-1","events":[{"event":"visited","subject":"inside","at":"2026-01-02","id":"x"}]}"#,
    "\n",
    r#"{"id":2}"#
);

fn events() -> ReadOptions {
    ReadOptions::new("events")
}

fn with_events(text: &str) -> Read {
    read_with(LEADS.as_bytes(), &options(), Some((text.as_bytes(), &events()))).unwrap()
}

fn events_problem(text: &str, options: &ReadOptions) -> String {
    read_with(LEADS.as_bytes(), &ReadOptions::new("leads"), Some((text.as_bytes(), options))).err().unwrap()
}

#[test]
fn events_of_a_file_come_behind_those_of_the_lead() {
    let read = with_events(concat!(
        "\u{feff}",
        r#"{"lead":2,"event":"visited","subject":"two","at":"2026-01-01"}"#,
        "\n\n",
        r#"{"event":"watched","lead":"L-1","subject":"late","at":"2026-01-03","properties":{"seconds":5}}"#,
        "\n",
        // As early as the one inside, which was there first.
        r#"{"lead":"L-1","event":"visited","subject":"again","at":"2026-01-02","id":"x"}"#,
        "\n",
        r#"{"lead":"L-1","event":"visited","subject":"early","at":"2026-01-01","id":null}"#
    ));
    assert_eq!(read.events(), ["early", "inside", "late 0=5"]);
    assert_eq!(read.facts()[1].events[0].subject.as_str(), "two");
    assert_eq!(read.warnings, [""; 0]);
}

#[test]
fn an_earlier_event_of_the_file_wins_its_id() {
    let read =
        with_events(r#"{"lead":"L-1","event":"visited","subject":"first","at":"2026-01-01","id":"x"}"#);
    assert_eq!(read.events(), ["first"]);
}

#[test]
fn lines_without_their_lead_are_counted_and_told_once() {
    let read = with_events(concat!(
        r#"{"lead":"L-1","event":"visited","at":"2026-01-01"}"#,
        "\n",
        r#"{"lead":"L-9","event":"vistied","at":"2026-01-01"}"#,
        "\n",
        r#"{"lead":"L-8","event":"visited","at":"2026-01-01"}"#,
        "\n",
        r#"{"lead":"L-9","event":"visited","at":"2026-01-01"}"#
    ));
    assert_eq!(
        read.warnings,
        ["3 lines of events belong to leads that the lead file lacks (the first is line 2, lead \"L-9\")"]
    );
    // A lead that could not be read is not lacking.
    let leads = "{\"id\":1,\"stage\":\"x\"}";
    let late = br#"{"lead":1,"event":"visited","at":"2026-01-01"}"#;
    let read = read_with(leads.as_bytes(), &options(), Some((late, &events()))).unwrap();
    assert_eq!((read.errors().len(), read.warnings.len()), (1, 0));
}

#[test]
fn unknown_names_count_for_the_leads_that_have_them() {
    let read = with_events(concat!(
        r#"{"lead":"L-1","event":"vistied","at":"2026-01-01"}"#,
        "\n",
        r#"{"lead":"L-1","event":"vistied","at":"2026-01-02"}"#,
        "\n",
        r#"{"lead":"2","event":"vistied","at":"2026-01-01","when":1}"#
    ));
    assert_eq!(
        read.warnings,
        [
            "event \"vistied\" is not in the vocabulary (2 leads); did you mean \"visited\"?",
            "key \"when\" of an event is not known (1 lead)",
        ]
    );
}

#[test]
fn a_wrong_line_says_where_and_what() {
    for (line, message) in [
        ("[]", "events:1: found a list where an object belongs"),
        (
            r#"{"event":"visited","at":"2026-01-01"}"#,
            "events:1: lead is missing: the id of a lead belongs there",
        ),
        (
            r#"{"lead":"","event":"visited","at":"2026-01-01"}"#,
            "events:1: lead is missing: the id of a lead belongs there",
        ),
        (r#"{"lead":{}}"#, "events:1: lead: found an object where a text belongs"),
        (
            r#"{"at":5,"lead":"L"}"#,
            "events:1: lead \"L\": event is missing: the name of an event kind belongs there",
        ),
        (
            r#"{"event":"visited","at":5,"lead":"L"}"#,
            "events:1: lead \"L\": at: found 5 where a date such as",
        ),
        (r#"{"at":1,"lead":"L","lead":"L"}"#, "events:1: lead \"L\": lead is there twice"),
        (
            r#"{"lead":"L","event":"#,
            "events:1: lead \"L\": is no JSON: EOF while parsing a value (column 20)",
        ),
        (
            r#"{"lead":"L","event":"watched","at":"2026-01-01","properties":{"seconds":true}}"#,
            "events:1: lead \"L\": properties.seconds: found true where a number belongs",
        ),
    ] {
        let problem = events_problem(line, &events());
        assert!(problem.starts_with(message), "{line}\n{problem}");
    }
    let strict =
        events_problem(r#"{"lead":"L","event":"vistied","at":"2026-01-01"}"#, &events().strict(true));
    assert!(strict.starts_with("events:1: lead \"L\": event: event \"vistied\" is not in the vocabulary"));
}

#[cfg(feature = "csv")]
mod csv {
    use super::*;

    fn csv() -> ReadOptions {
        ReadOptions::new("events.csv")
    }

    fn with_csv(text: &str, options: &ReadOptions) -> Read {
        read_with(LEADS.as_bytes(), &super::options(), Some((text.as_bytes(), options))).unwrap()
    }

    #[test]
    fn a_cell_counts_where_the_kind_has_the_property() {
        let read = with_csv(
            concat!(
                "At,Lead,Event,Subject,Seconds,amount,quality,wat\n",
                "2026-01-03,L-1,watched,demo,5,nonsense,hd,\n",
                "2026-01-04,L-1,purchased, seat ,x,99.5,,1\n",
                "2026-01-05,2,visited,,,,,\n",
                "2026-01-05,2,vistied,,,,,2\n",
            ),
            &csv(),
        );
        assert_eq!(read.events(), ["inside", "demo 0=5 1=hd", "seat 0=99.5"]);
        assert_eq!(
            read.warnings,
            [
                "property \"wat\" is not in the vocabulary (1 lead)",
                "event \"vistied\" is not in the vocabulary (1 lead); did you mean \"visited\"?",
            ]
        );
    }

    #[test]
    fn ids_and_missing_texts_work_as_in_lead_files() {
        let read = with_csv("lead,event,at,id,subject\nL-1,visited,2026-01-01,x,-\n", &csv().missing("-"));
        assert_eq!(read.events(), [""]);
    }

    #[test]
    fn a_wrong_header_or_cell_says_where() {
        for (text, message) in [
            ("", "events.csv:1: the file is empty"),
            (
                "lead,at\n",
                "events.csv:1: no column is called `event`; an events file has `lead`, `event` and `at`",
            ),
            (
                "lead,event,at,LEAD\n",
                "events.csv:1: the headers \"lead\" and \"LEAD\" both fold to `lead`; rename one",
            ),
            ("lead,event,at\nL,visited\n", "events.csv:2: lead \"L\": has 2 cells where the header has 3"),
            (
                "lead,event,at\n,visited,2026-01-01\n",
                "events.csv:2: lead is missing: the id of a lead belongs there",
            ),
            ("lead,event,at\nL,visited,\n", "events.csv:2: lead \"L\": at is missing"),
            (
                "lead,event,at\nL,vistied,1.1.2026\n",
                "events.csv:2: lead \"L\": at: found the text \"1.1.2026\"",
            ),
            (
                "lead,event,at,seconds\nL,watched,2026-01-01,5s\n",
                "events.csv:2: lead \"L\": seconds: found \"5s\" where a number belongs",
            ),
            (
                "lead,event,at\nL,\"visited,2026-01-01\n",
                "events.csv:2: the quote that opens here is never closed",
            ),
        ] {
            let problem = events_problem(text, &csv());
            assert!(problem.starts_with(message), "{text}\n{problem}");
        }
    }
}
