//! Lead files for what tells leads apart.

use super::*;
use crate::ReadOptions;

/// The groups that a file makes with how many leads each, and the errors.
fn groups(text: &str, options: &ReadOptions, by: &str) -> (Vec<(Option<String>, u64)>, Vec<String>) {
    let mut funnel = Funnel::new(FunnelOptions::new().by(by));
    let errors = match funnel.read_leads(text.as_bytes(), Some(by), options) {
        Ok(lines) => lines.filter_map(|line| Some(line.err()?.to_string())).collect(),
        Err(error) => vec![error.to_string()],
    };
    let groups = funnel.report(day(0)).groups.into_iter().map(|it| (it.group, it.figures.leads)).collect();
    (groups, errors)
}

fn some(name: &str, leads: u64) -> (Option<String>, u64) {
    (Some(name.to_owned()), leads)
}

#[test]
fn json_values_become_text() {
    let text = r#"{"id":"a","attributes":{"source":"Fair","x":[{}]},"events":[{}],"more":1}
{"id":2,"attributes":{"source":"fAIR"}}
{"id":"c","attributes":{"source":1.50}}
{"id":"d","attributes":{"source":1.5e0}}
{"id":"e","attributes":{"source":true}}
{"id":"f","attributes":{"source":null}}
{"id":"g","attributes":{"source":""}}
{"id":"h","attributes":null}
{"id":"i"}
{"id":"j","attributes":{"source":[]}}
{"id":"k","attributes":{"source":"unknown"}}"#;
    let (groups, errors) = groups(text, &ReadOptions::new("l.jsonl"), "source");
    assert_eq!(errors, [""; 0]);
    // What is missing is something else than what is called unknown.
    assert_eq!(groups, [some("1.5", 2), some("Fair", 2), some("true", 1), some("unknown", 1), (None, 5)]);
}

#[test]
fn wrong_lines_name_lead_and_field() {
    for (text, message) in [
        ("{\"attributes\":{\"source\":1}}", "l.jsonl:1: id is missing"),
        ("{\"id\":\"\"}", "l.jsonl:1: id is missing"),
        ("{\"id\":1,\"id\":2}", "l.jsonl:1: lead \"1\": id is there twice"),
        ("{\"id\":true}", "id: found true where"),
        ("{\"id\":1,\"attributes\":[]}", "lead \"1\": attributes: found a list where an object belongs"),
        (
            "{\"id\":1,\"attributes\":{\"source\":[\"a\"]}}",
            "lead \"1\": attributes.source: found a list where a text belongs",
        ),
        (
            "{\"id\":1,\"attributes\":{\"source\":{}}}",
            "attributes.source: found an object where a text belongs",
        ),
        (
            "{\"id\":1,\"attributes\":{\"source\":1e99}}",
            "attributes.source: found 1e99 where a number of a magnitude",
        ),
        (
            "{\"id\":1,\"attributes\":{\"source\":1,\"source\":1}}",
            "lead \"1\": attributes.source is there twice",
        ),
        (
            "{\"id\":1,\"attributes\":{\"source\":1}}\n{\"id\":\"1\"}",
            "l.jsonl:2: lead \"1\": the id is there already",
        ),
        ("no", "l.jsonl:1: is no JSON"),
    ] {
        let (_, errors) = groups(text, &ReadOptions::new("l.jsonl"), "source");
        assert_eq!(errors.iter().filter(|error| error.contains(message)).count(), 1, "{text}: {errors:?}");
    }
}

#[test]
fn an_attribute_that_is_nowhere_is_an_error() {
    let text = "{\"id\":1,\"attributes\":{\"source\":1,\"titel\":2}}\n{\"id\":2}\n";
    let error = |by| groups(text, &ReadOptions::new("l.jsonl"), by).1;
    assert_eq!(
        error("sorce"),
        ["l.jsonl:2: the attribute \"sorce\" is nowhere in the file; did you mean \"source\"?"]
    );
    assert_eq!(error("budget"), ["l.jsonl:2: the attribute \"budget\" is nowhere in the file"]);
    assert_eq!(groups("", &ReadOptions::new("l.jsonl"), "budget").1, [""; 0]);
    // Known to be missing is not nowhere.
    assert_eq!(groups("{\"id\":1,\"attributes\":{\"a\":null}}", &ReadOptions::new("l"), "a").1, [""; 0]);
}

#[cfg(feature = "csv")]
#[test]
fn csv_columns_are_found_as_written_or_folded() {
    let text = "Lead Number,Lead Source\n1, fair \n2,Select\n3,\n4,mail\n4,mail\n5\n";
    let options = ReadOptions::new("l.csv").id_column("Lead Number").missing("Select");
    for by in ["Lead Source", "lead_source"] {
        let (groups, errors) = groups(text, &options, by);
        assert_eq!(groups, [some("fair", 1), some("mail", 1), (None, 2)]);
        assert_eq!(
            errors,
            [
                "l.csv:6: lead \"4\": the id is there already, further up in the file",
                "l.csv:7: lead \"5\": has 1 cell where the header has 2",
            ]
        );
    }
    let error = |by| groups(text, &options, by).1;
    assert_eq!(
        error("lead_sorce"),
        ["l.csv:1: the attribute \"lead_sorce\" is nowhere in the file; did you mean \"lead_source\"?"]
    );
    let (_, errors) = groups("a,b\n", &ReadOptions::new("l.csv"), "b");
    assert!(errors[0].contains("no column is called `id`"), "{errors:?}");
    let (_, errors) = groups("id,b\n,x\n", &ReadOptions::new("l.csv"), "b");
    assert_eq!(errors, ["l.csv:2: id is missing: a text or a number belongs there"]);
    assert!(groups("", &ReadOptions::new("l.csv"), "b").1[0].contains("the file is empty"));
}

#[test]
fn a_file_may_only_name_leads() {
    let mut funnel = Funnel::new(FunnelOptions::new());
    let text = "{\"id\":1}\n{\"id\":2}\n";
    let lines = funnel.read_leads(text.as_bytes(), None, &ReadOptions::new("l.jsonl")).unwrap();
    assert_eq!(lines.filter(Result::is_ok).count(), 2);
    assert_eq!(funnel.report(day(0)).total.stage(Stage::Lead).unwrap().there, 2);
}
