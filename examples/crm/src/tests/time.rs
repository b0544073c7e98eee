//! What time does: leads are looked at when they said they wanted to be, deadlines pass, and no clock runs back.

use super::*;

#[tokio::test]
async fn a_lead_falls_back_when_its_visit_is_too_old() {
    let service = Service::new();
    service.mql("L-1").await;
    assert_eq!(service.tick().await, 0);
    // The segment ends after a day; the deadline passes after two; the visit is too old after seven.
    for (days, steps) in [
        (1, &["promote", "observe"][..]),
        (1, &["promote", "observe", "breach"]),
        (4, &["promote", "observe", "breach"]),
        (1, &["promote", "observe", "breach", "revert"]),
        (700, &["promote", "observe", "breach", "revert"]),
    ] {
        service.wait(TimeDelta::days(days) - TimeDelta::microseconds(1));
        service.tick().await;
        let before = service.steps("L-1").await.len();
        service.wait(TimeDelta::microseconds(1));
        service.tick().await;
        assert_eq!(service.steps("L-1").await, steps);
        assert_eq!(service.tick().await, 0);
        // It happens at the instant, not before.
        assert!(before == steps.len() - 1 || days >= 4, "{steps:?}");
    }
    let lead = service.lead("L-1").await;
    assert_eq!((&lead["stage"], &lead["look_again"]), (&json!("lead"), &Value::Null));
    let records = service.records("L-1").await;
    assert_eq!((records[2].at, records[3].at), (at("2026-11-04T09:00:00Z"), at("2026-11-09T09:00:00Z")));
}

#[tokio::test]
async fn a_breach_is_reported_once_and_ends_with_accept() {
    let service = Service::new();
    service.mql("L-1").await;
    service.wait(TimeDelta::days(3));
    // The event is looked at before the worker comes round.
    let more = json!({"event": "downloaded", "subject": "paper", "at": MONDAY});
    service.post("/leads/L-1/events", more).await.ok();
    assert_eq!(service.tick().await, 0);
    let lead = service.lead("L-1").await;
    assert_eq!((&lead["overdue"], &lead["stage"]), (&json!(true), &json!("mql")));
    let lead = service.post("/leads/L-1/accept", json!({"by": "dana"})).await.ok()["lead"].clone();
    assert_eq!((&lead["overdue"], &lead["due"]), (&json!(false), &Value::Null));
    assert_eq!(service.steps("L-1").await, ["promote", "breach", "observe", "accept"]);
}

#[tokio::test]
async fn what_is_due_happens_before_a_command_and_stays_where_that_is_refused() {
    let service = Service::new();
    service.mql("L-1").await;
    service.wait(TimeDelta::days(8));
    let answer = service.post("/leads/L-1/accept", json!({"by": "dana"})).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert_eq!(answer.json()["stage"], "lead");
    assert_eq!(service.lead("L-1").await["stage"], "lead");
    assert_eq!(service.steps("L-1").await, ["promote", "breach", "revert"]);
}

#[tokio::test]
async fn an_event_to_come_counts_when_it_comes() {
    let service = Service::new();
    let events = json!([
        {"event": "visited", "subject": "pricing", "at": MONDAY},
        {"event": "downloaded", "subject": "guide", "at": "2026-11-02T12:00:00Z"},
    ]);
    let lead = service.post("/leads/L-1/events", events).await.ok()["lead"].clone();
    assert_eq!((&lead["stage"], &lead["look_again"]), (&json!("lead"), &json!("2026-11-02T12:00:00Z")));
    service.wait(TimeDelta::hours(3));
    assert_eq!(service.tick().await, 1);
    assert_eq!(service.lead("L-1").await["stage"], "mql");
}

#[tokio::test]
async fn a_clock_that_is_put_back_stands_still() {
    let service = Service::new();
    service.mql("L-1").await;
    service.wait(TimeDelta::hours(-5));
    service.post("/leads/L-1/accept", json!({"by": "dana"})).await.ok();
    assert_eq!(service.records("L-1").await[1].at, at(MONDAY));
    // Also when the service is started anew in between.
    let service = service.again(rules(RULES, None)).unwrap();
    service.post("/leads/L-1/bant", json!({"by": "dana", "item": "need", "answer": "denied"})).await.ok();
    assert_eq!(service.records("L-1").await[2].at, at(MONDAY));
    service.wait(TimeDelta::hours(6));
    service.post("/leads/L-1/bant", json!({"by": "dana", "item": "need", "answer": "denied"})).await.ok();
    assert_eq!(service.records("L-1").await[3].at, at("2026-11-02T10:00:00Z"));
}

#[tokio::test]
async fn deadlines_go_by_the_calendar() {
    let calendar =
        r#"{"zone": "Europe/Berlin", "hours": {"mon-fri": "09:00-17:00"}, "holidays": ["2026-11-03"]}"#;
    let service =
        Service::with(rules(&RULES.replace("sla 48h", "sla 8h"), serde_json::from_str(calendar).ok()));
    service.mql("L-1").await;
    // From ten o'clock in Berlin until five there are seven hours; one more on Wednesday.
    assert_eq!(service.lead("L-1").await["due"], "2026-11-04T09:00:00Z");
}

#[tokio::test]
async fn many_that_are_due_are_looked_at_in_turn() {
    let service = Service::new();
    for lead in 0..150 {
        let event = json!({"event": "visited", "subject": "pricing", "at": MONDAY});
        service.post(&format!("/leads/L-{lead}/events"), event).await.ok();
    }
    service.wait(TimeDelta::days(7));
    assert_eq!((service.tick().await, service.tick().await, service.tick().await), (100, 50, 0));
    let leads = service.get("/leads?limit=1000").await.ok();
    assert!(leads["leads"].as_array().unwrap().iter().all(|lead| lead["scores"]["score"] == 0));
}
