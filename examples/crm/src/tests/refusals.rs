//! What goes wrong: every status, what it says, and that nothing was stored.

use super::*;

const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

/// Nothing that a test is about may have left anything behind.
fn tables(service: &Service) -> [i64; 3] {
    ["lead", "event", "record"].map(|table| count(&service.path, table))
}

async fn refused(service: &Service, method: &str, path: &str, body: &str) -> (u16, String, Value) {
    let before = tables(service);
    let answer = service.ask(method, path, &JSON, body.to_owned()).await;
    assert_eq!(tables(service), before, "{method} {path} {body}");
    let object = answer.json();
    let error = object["error"].as_str().unwrap_or_else(|| panic!("{}", answer.text)).to_owned();
    (answer.status.as_u16(), error, object["field"].clone())
}

#[tokio::test]
async fn bad_events_name_the_field() {
    let service = Service::new();
    let long = "x".repeat(201);
    for (body, status, error, field) in [
        ("", 400, "the body is no JSON: EOF while parsing", None),
        (r#"{"event": "visited""#, 400, "the body is no JSON: EOF while parsing", None),
        ("7", 400, "an event, or a list of events, belongs here", None),
        ("[]", 400, "the list is empty", None),
        ("{}", 400, "event is missing: the name of an event kind", Some("event")),
        (r#"{"event": "visited"}"#, 400, "at is missing", Some("at")),
        (r#"[{"event": "visited"}]"#, 400, "events[0].at is missing", Some("events[0].at")),
        (
            r#"{"event": "visited", "at": "yesterday"}"#,
            400,
            "at: found the text \"yesterday\" where",
            Some("at"),
        ),
        (
            r#"{"event": "visited", "at": "2026-02-30"}"#,
            400,
            "a day and time that the calendar has",
            Some("at"),
        ),
        (r#"{"event": 5, "at": "2026-11-01"}"#, 400, "event: found 5 where a text belongs", Some("event")),
        (
            r#"[{"event": "visited", "at": "2026-11-01"}, {"event": "watched", "at": "2026-11-01", "properties": {"seconds": "long"}}]"#,
            400,
            "events[1].properties.seconds: found the text \"long\" where a number belongs",
            Some("events[1].properties.seconds"),
        ),
        (
            r#"[{"event": "visited", "at": "2026-11-01"}, 5]"#,
            400,
            "events[1]: found 5 where",
            Some("events[1]"),
        ),
        (r#"{"event": "vistied", "at": "2026-11-01"}"#, 422, "did you mean \"visited\"?", None),
        (
            r#"{"event": "visited", "at": "2026-11-01", "when": 1}"#,
            422,
            "key \"when\" of an event is not known",
            None,
        ),
        (
            r#"{"event": "watched", "at": "2026-11-01", "properties": {"second": 1}}"#,
            422,
            "property \"second\" of event \"watched\" is not in the vocabulary; did you mean \"seconds\"?",
            None,
        ),
        (
            &format!(r#"{{"event": "visited", "at": "2026-11-01", "id": "{long}"}}"#),
            400,
            "id: at most 200 bytes belong here",
            Some("id"),
        ),
    ] {
        let (found, text, place) = refused(&service, "POST", "/leads/L-1/events", body).await;
        assert_eq!(found, status, "{body}: {text}");
        assert!(text.contains(error), "{body}: {text}");
        assert_eq!(place, json!(field), "{body}");
    }
}

#[tokio::test]
async fn bad_attributes_name_the_field() {
    let service = Service::new();
    for (body, status, error, field) in [
        ("[]", 400, "an object of attributes belongs here", None),
        (
            r#"{"company_size": "many"}"#,
            400,
            "attributes.company_size: found the text \"many\" where a number belongs",
            Some("attributes.company_size"),
        ),
        (r#"{"company_size": 1e30}"#, 400, "a number of a magnitude below", Some("attributes.company_size")),
        (
            r#"{"titel": "x"}"#,
            422,
            "attribute \"titel\" is not in the vocabulary; did you mean \"title\"?",
            None,
        ),
        (r#"{"title": {"deep": 1}}"#, 400, "attributes.title: found a map", Some("attributes.title")),
    ] {
        for method in ["PUT", "PATCH"] {
            let (found, text, place) = refused(&service, method, "/leads/L-1/attributes", body).await;
            assert_eq!(found, status, "{body}: {text}");
            assert!(text.contains(error), "{body}: {text}");
            assert_eq!(place, json!(field), "{body}");
        }
    }
}

#[tokio::test]
async fn bad_commands_name_the_field() {
    let service = Service::new();
    service.mql("L-1").await;
    for (command, body, status, error, field) in [
        ("accept", "5", 400, "an object belongs here", Value::Null),
        ("accept", "{}", 400, "by is missing", json!("by")),
        ("accept", r#"{"by": 5}"#, 400, "by: found 5 where a text belongs", json!("by")),
        ("accept", r#"{"by": " "}"#, 422, "by is empty", json!("by")),
        (
            "accept",
            r#"{"by": "dana", "reson": "x"}"#,
            400,
            "\"reson\" is not known to this command",
            json!("reson"),
        ),
        ("reject", r#"{"by": "dana"}"#, 400, "reason is missing: one of not_ready, bad_fit", json!("reason")),
        (
            "reject",
            r#"{"by": "dana", "reason": "rude"}"#,
            400,
            "reason: found \"rude\" where",
            json!("reason"),
        ),
        ("reject", r#"{"by": "dana", "reason": {"other": ""}}"#, 422, "reason is empty", json!("reason")),
        (
            "reject",
            r#"{"by": "dana", "reason": "bad_fit", "to": "sql"}"#,
            400,
            "to: found \"sql\" where",
            json!("to"),
        ),
        (
            "bant",
            r#"{"by": "dana", "item": "money"}"#,
            400,
            "one of budget, authority, need, timing",
            json!("item"),
        ),
        ("bant", r#"{"by": "dana", "item": "need", "answer": 1}"#, 400, "answer: found 1", json!("answer")),
        ("marry", r#"{"by": "dana"}"#, 404, "there is nothing at /leads/L-1/marry", Value::Null),
    ] {
        let (found, text, place) = refused(&service, "POST", &format!("/leads/L-1/{command}"), body).await;
        assert_eq!(found, status, "{command} {body}: {text}");
        assert!(text.contains(error), "{command} {body}: {text}");
        assert_eq!(place, field, "{command} {body}");
    }
}

#[tokio::test]
async fn what_the_stage_does_not_allow_says_what_it_does() {
    let service = Service::new();
    service.mql("L-1").await;
    let conflict = async |command: &str, body: Value| {
        let answer = service.post(&format!("/leads/L-1/{command}"), body).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.text);
        answer.json()
    };
    let answer = conflict("win", json!({"by": "dana"})).await;
    assert_eq!(answer["error"], "win is not possible from mql; from mql: accept, reject, disqualify");
    assert_eq!(answer["stage"], "mql");
    assert_eq!(answer["allowed"], json!(["accept", "reject", "disqualify", "bant"]));
    service.post("/leads/L-1/accept", json!({"by": "dana"})).await.ok();
    let answer = conflict("qualify", json!({"by": "dana"})).await;
    assert_eq!(
        answer["error"],
        "the criterion of stage sql does not hold; to qualify the lead without it, say why in the field \"why\""
    );
    assert_eq!(answer["stage"], "sal");
    // Given twice, as a client does that has not heard the answer: refused, not done twice.
    conflict("accept", json!({"by": "dana"})).await;
    assert_eq!(service.steps("L-1").await, ["promote", "accept"]);
}

#[tokio::test]
async fn there_is_nothing_there() {
    let service = Service::new();
    for path in [
        "/leads/L-9",
        "/leads/L-9/events",
        "/leads/L-9/records",
        "/leads/L-9/explanation",
        "/leads/L-9/handoff",
    ] {
        let (status, error, _) = refused(&service, "GET", path, "").await;
        assert_eq!((status, error.as_str()), (404, "there is no lead \"L-9\""), "{path}");
    }
    let (status, error, _) = refused(&service, "POST", "/leads/L-9/accept", r#"{"by": "dana"}"#).await;
    assert_eq!((status, error.as_str()), (404, "there is no lead \"L-9\""));
    for path in ["/lead", "/leads/", "/leads/L-1/events/7"] {
        assert_eq!(refused(&service, "GET", path, "").await.0, 404, "{path}");
    }
    let (status, error, _) = refused(&service, "DELETE", "/leads/L-1", "").await;
    assert_eq!((status, error.as_str()), (405, "DELETE does nothing at /leads/L-1"));
    assert_eq!(refused(&service, "GET", "/leads/L-1/accept", "").await.0, 405);
}

#[tokio::test]
async fn bodies_and_questions_have_a_form() {
    let service = Service::new();
    service.mql("L-1").await;
    let long = format!(r#"{{"title": "{}"}}"#, "x".repeat(1 << 20));
    let (status, error, _) = refused(&service, "PUT", "/leads/L-1/attributes", &long).await;
    assert_eq!((status, error.as_str()), (413, "the body is longer than 1048576 bytes; send it in parts"));
    let deep = "[".repeat(100_000);
    assert_eq!(refused(&service, "POST", "/leads/L-1/events", &deep).await.0, 400);
    let plain = [("content-type", "text/plain")];
    let answer = service.ask("POST", "/leads/L-1/accept", &plain, r#"{"by": "dana"}"#.to_owned()).await;
    assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{}", answer.text);
    for (path, error) in [
        ("/leads?stage=won", "stage: no such stage: write lead, mql,"),
        ("/leads?limit=0", "limit: a whole number from 1 to 1000"),
        ("/leads?limit=many", "limit: a whole number from 1 to 1000"),
        ("/leads/L-1/events?limit=1001", "limit: a whole number from 1 to 1000"),
        ("/leads/L-1/explanation?format=pdf", "format: text, markdown or json belongs here"),
        ("/funnel?cohort=year", "cohort: week, month or quarter belongs here"),
        ("/leads/%FF", "the address is no UTF-8 text"),
        ("/leads/a%0Ab", "the id of a lead has at most 200 bytes"),
        (&format!("/leads/{}", "x".repeat(201)), "the id of a lead has at most 200 bytes"),
    ] {
        let (status, text, _) = refused(&service, "GET", path, "").await;
        assert_eq!(status, 400, "{path}: {text}");
        assert!(text.contains(error), "{path}: {text}");
    }
    assert_eq!(refused(&service, "GET", "/funnel?by=titel", "").await.0, 422);
    let answer = service.ask("GET", "/leads/L-1/handoff", &[("accept", "image/png")], String::new()).await;
    assert_eq!(answer.status, StatusCode::NOT_ACCEPTABLE, "{}", answer.text);
}

#[tokio::test]
async fn a_lead_that_has_changed_since_is_looked_at_again() {
    let service = Service::new();
    service.mql("L-1").await;
    let seen = service.get("/leads/L-1").await.header("etag").to_owned();
    assert_eq!(seen, "\"1\"");
    service.post("/leads/L-1/bant", json!({"by": "eli", "item": "need", "answer": "denied"})).await.ok();
    let accept = async |tag: &str| {
        let headers = [("content-type", "application/json"), ("if-match", tag)];
        service.ask("POST", "/leads/L-1/accept", &headers, r#"{"by": "dana"}"#.to_owned()).await
    };
    let answer = accept(&seen).await;
    assert_eq!(answer.status, StatusCode::PRECONDITION_FAILED);
    let error = "the lead has changed since it was looked at: it had 1 records, and has 2 now";
    assert_eq!(answer.json()["error"], error);
    assert_eq!(accept("5").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(accept("\"2\"").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_database_that_is_held_by_another_is_busy() {
    let service = Service::new();
    service.mql("L-1").await;
    let other = beside(&service.path);
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let (status, error, _) = refused(&service, "POST", "/leads/L-1/accept", r#"{"by": "dana"}"#).await;
    assert_eq!(status, 503, "{error}");
    other.execute_batch("ROLLBACK").unwrap();
    service.post("/leads/L-1/accept", json!({"by": "dana"})).await.ok();
}
