use super::*;

#[test]
fn what_is_no_json_says_where() {
    for (line, message) in [
        (r#"{"id":"L""#, "leads:1: lead \"L\": is no JSON: EOF while parsing an object (column 9)"),
        (r#"{"id":"é" x}"#, "leads:1: lead \"é\": is no JSON: expected `,` or `}` (column 11)"),
        (r#"{"id":1} {"id":2}"#, "leads:1: lead \"1\": is no JSON: trailing characters (column 10)"),
        (
            "{\"id\":1,\"attributes\":{\"title\":\"a\u{0}b\"}}",
            "leads:1: lead \"1\": is no JSON: control character",
        ),
        ("{\"id\":1,\"zzz\":\"a\tb\"}", "leads:1: lead \"1\": is no JSON: control character"),
        (r#"{"id":1,"attributes":{"company_size":NaN}}"#, "leads:1: lead \"1\": is no JSON: expected value"),
        (r#"{"id":1,"attributes":{"company_size":01}}"#, "leads:1: lead \"1\": is no JSON: invalid number"),
        (r#"{"id":1,}"#, "leads:1: lead \"1\": is no JSON: trailing comma"),
        ("id,title", "leads:1: is no JSON: expected value (column 1)"),
        ("\u{feff}\u{feff}{}", "leads:1: is no JSON: expected value (column 1)"),
        (r#"{"id":"a\x"}"#, "leads:1: is no JSON: invalid escape"),
        (r#"{"id":1,"stage":"\ud83d"}"#, "leads:1: lead \"1\": stage: found half a surrogate pair"),
        (
            r#"{"id":1,"attributes":{"title":"\udc00\ud800"}}"#,
            "leads:1: lead \"1\": attributes.title: found half",
        ),
        (r#"{"\ud800":1,"id":1}"#, "leads:1: is no JSON: "),
    ] {
        let problem = problem(line);
        assert!(problem.starts_with(message), "{line}\n{problem}");
    }
}

/// Hosts print an error and then what is behind it, one after the other.
#[test]
fn what_is_behind_an_error_is_its_source() {
    use std::error::Error;
    let read = read(r#"{"id":1,"attributes":{"company_size":"many"}}"#);
    let error = read.leads[0].as_ref().unwrap_err();
    let kind = error.source().unwrap();
    let lead = kind.source().unwrap();
    assert_eq!(error.to_string(), format!("leads:1: lead \"1\": {kind}"));
    assert!(lead.to_string().starts_with("attributes.company_size: found"), "{lead}");
    assert!(lead.source().is_none());
    assert!(!error.ends_file());
}

#[test]
fn half_a_surrogate_pair_in_a_property_is_an_error_too() {
    let line = r#"{"id":1,"events":[{"event":"watched","at":"2026-01-01","properties":{"\ud800":1}}]}"#;
    assert!(problem(line).contains("events[0].properties: found half a surrogate pair"));
}

#[test]
fn nesting_without_end_costs_no_stack() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let objects = format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
    for value in [&deep, &objects] {
        let lead = format!(
            r#"{{"id":1,"zzz":{value},"attributes":{{"zzz":{value}}},"events":[{{"event":"x","at":"2026-01-01","zzz":{value},"properties":{value}}}]}}"#
        );
        assert_eq!(read(lead).ids(), ["1"]);
        for known in [
            format!(r#"{{"id":1,"attributes":{{"title":{value}}}}}"#),
            format!(r#"{{"id":1,"attributes":{{"technologies":{value}}}}}"#),
            format!(r#"{{"id":1,"attributes":{value}}}"#),
            format!(r#"{{"id":1,"events":{value}}}"#),
            format!(r#"{{"id":1,"events":[{value}]}}"#),
            format!(r#"{{"id":1,"stage":{value}}}"#),
            format!(r#"{{"id":{value}}}"#),
            value.clone(),
        ] {
            // What an object holds may be unknown and so be passed over; nothing else may pass.
            let read = read(&known);
            assert_eq!(read.leads.len(), 1);
            assert!(read.errors().len() == 1 || known.contains("\"a\""), "{}", &known[..40]);
        }
    }
    let open = "[".repeat(100_000);
    assert!(problem(format!(r#"{{"id":1,"zzz":{open}"#)).contains("is no JSON"));
}

#[test]
fn bytes_that_are_no_text_are_errors_of_their_line_only() {
    let read = read(b"{\"id\":1}\n{\"id\":\"\xff\"}\r\n\xff\xfe\n{\"id\":2}\n");
    assert_eq!(read.ids(), ["1", "2"]);
    assert_eq!(
        read.errors(),
        [
            "leads:2: is not UTF-8 (byte 8 of the line); save the file as UTF-8",
            "leads:3: is not UTF-8 (byte 1 of the line); save the file as UTF-8",
        ]
    );
}

#[test]
fn a_line_that_is_too_long_is_skipped() {
    let text = format!("{{\"id\":1}}\n{{\"id\":\"{}\"}}\n{{\"id\":2}}", "x".repeat(1_000));
    let read = read_with(text.as_bytes(), &options().line_limit(100), None).unwrap();
    assert_eq!(read.ids(), ["1", "2"]);
    assert_eq!(read.errors(), ["leads:2: is longer than 100 bytes"]);
}

#[test]
fn a_reader_that_breaks_ends_the_file() {
    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is gone"))
        }
    }
    let vocabulary = vocabulary();
    let text = std::io::Read::chain(&b"{\"id\":1}\n"[..], Broken);
    let mut reader = FactsReader::new(&vocabulary, std::io::BufReader::new(text), &options()).unwrap();
    assert_eq!(reader.next().unwrap().unwrap().id, "1");
    let error = reader.next().unwrap().unwrap_err();
    assert_eq!(error.to_string(), "leads:2: cannot be read: the disk is gone");
    assert!(error.ends_file());
    assert!(reader.next().is_none());
}

#[test]
fn every_cut_of_a_lead_is_read_or_refused() {
    let lead = r#"{"id":"é\u00e9","attributes":{"company_size":1.5e3,"technologies":["a",null]},"events":[{"event":"watched","at":"2026-01-01","properties":{"seconds":1}}],"stage":"lead"}"#;
    for end in 0..lead.len() {
        let read = read(&lead.as_bytes()[..end]);
        assert_eq!(read.facts().len(), 0, "{end}");
        assert_eq!(read.errors().len(), usize::from(end > 0), "{end}");
    }
    assert_eq!(read(lead).errors(), [""; 0]);
}

#[test]
fn a_lead_with_a_million_keys_takes_time_in_proportion() {
    let keys: Vec<String> = (0..200_000).map(|number| format!("\"k{number}\":0")).collect();
    let read = read(format!(r#"{{"id":1,"attributes":{{{}}}}}"#, keys.join(",")));
    assert_eq!(read.ids(), ["1"]);
    assert_eq!(read.warnings.last().unwrap(), "further names are not in the vocabulary either");
}
