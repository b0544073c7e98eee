//! What is kept: records are never changed, a forged history is refused at the start, another rule set is adopted.

use super::*;
use crate::demo;

/// The service's own checks, held against a database that somebody else has written into.
fn trouble(service: &Service, forgery: &str) -> String {
    let connection = beside(&service.path);
    connection.execute_batch(forgery).unwrap();
    match service.again(rules(RULES, None)) {
        Ok(_) => panic!("{forgery} went unnoticed"),
        Err(failure) => failure.to_string(),
    }
}

#[tokio::test]
async fn records_are_only_ever_added() {
    let service = Service::new();
    service.mql("L-1").await;
    let connection = beside(&service.path);
    connection.pragma_update(None, "foreign_keys", true).unwrap();
    for (statement, error) in [
        ("UPDATE record SET body = '{}'", "records are never changed"),
        ("UPDATE record SET sequence = 7", "records are never changed"),
        ("DELETE FROM record", "records are never deleted"),
        (
            "INSERT OR REPLACE INTO record VALUES ('L-1', 1, '{}')",
            "a record follows the last one of its lead",
        ),
        ("INSERT INTO record VALUES ('L-1', 3, '{}')", "a record follows the last one of its lead"),
        ("INSERT INTO record VALUES ('L-2', 1, '{}')", "FOREIGN KEY constraint failed"),
        ("INSERT INTO record VALUES ('L-1', 2, 'no JSON')", "CHECK constraint failed"),
        ("DELETE FROM lead", "FOREIGN KEY constraint failed"),
        ("INSERT INTO event (lead, id, kind, subject, at) VALUES ('L-1', 'v-1', 'visited', '', 0)", "UNIQUE"),
    ] {
        let found = connection.execute(statement, []).unwrap_err().to_string();
        assert!(found.contains(error), "{statement}: {found}");
    }
    assert_eq!(count(&service.path, "record"), 1);
}

#[tokio::test]
async fn a_start_finds_everything_as_it_was() {
    let service = Service::new();
    service.mql("L-1").await;
    service.post("/leads/L-1/accept", json!({"by": "dana"})).await.ok();
    let before = service.lead("L-1").await;
    let again = service.again(rules(RULES, None)).unwrap();
    assert_eq!(again.lead("L-1").await, before);
    assert_eq!(again.steps("L-1").await, ["promote", "accept"]);
}

#[tokio::test]
async fn a_forged_history_is_refused_with_the_place() {
    let forged = async |forgery: &str| {
        let service = Service::new();
        service.mql("L-1").await;
        service.post("/leads/L-1/accept", json!({"by": "dana"})).await.ok();
        trouble(
            &service,
            &format!("DROP TRIGGER record_is_not_changed; DROP TRIGGER record_is_not_deleted; {forgery}"),
        )
    };
    let text = forged("UPDATE record SET body = replace(body, 'dana', 'eli')").await;
    assert!(text.starts_with("record 2 of lead \"L-1\", digest: found"), "{text}");
    let text = forged("DELETE FROM record WHERE sequence = 2").await;
    assert!(text.starts_with("record 2 of lead \"L-1\", records: found none"), "{text}");
    let text = forged("DELETE FROM record WHERE sequence = 1").await;
    assert!(text.starts_with("record 1 of lead \"L-1\", sequence: found 2 where 1 belongs"), "{text}");
    let text = forged("UPDATE lead SET qualification = replace(qualification, '\"sal\"', '\"sql\"')").await;
    assert!(text.contains("stage of the qualification: found Sql where Sal belongs"), "{text}");
    let text = forged("UPDATE lead SET qualification = '{\"stage\": \"mql\"}'").await;
    assert!(
        text.starts_with("lead \"L-1\": the stored qualification cannot be read: missing field"),
        "{text}"
    );
    let text = forged("UPDATE lead SET attributes = '{\"company_size\": \"many\"}'").await;
    assert!(text.contains("lead cannot be read: attributes.company_size: found the text"), "{text}");
    let text = forged("UPDATE record SET body = '{}' WHERE sequence = 1").await;
    assert!(text.starts_with("lead \"L-1\": the stored record cannot be read: missing field"), "{text}");
}

#[tokio::test]
async fn every_trouble_is_told_at_once_but_not_without_end() {
    let service = Service::new();
    for lead in 0..30 {
        service.mql(&format!("L-{lead}")).await;
    }
    let text = trouble(&service, "UPDATE lead SET qualification = '{\"stage\": \"mql\"}'");
    assert_eq!(text.lines().count(), 21, "{text}");
    assert!(text.ends_with("and 10 more"), "{text}");
}

#[tokio::test]
async fn another_file_is_no_database_of_ours() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("other.sqlite3");
    beside(&path).execute_batch("CREATE TABLE other (x)").unwrap();
    assert!(store::open(&path).unwrap_err().to_string().contains("is no database of this program"));
    let text = folder.path().join("text");
    std::fs::write(&text, "not a database, but long enough to be taken for one".repeat(40)).unwrap();
    assert!(store::open(&text).unwrap_err().to_string().contains("file is not a database"));
    // One of a later version of this program.
    let later = folder.path().join("later.sqlite3");
    store::open(&later).unwrap().pragma_update(None, "user_version", 2).unwrap();
    assert!(store::open(&later).unwrap_err().to_string().contains("or of another version of it"));
}

#[tokio::test]
async fn another_rule_set_is_adopted_with_a_record_of_it() {
    let service = Service::new();
    service.mql("L-1").await;
    service.put("/leads/L-2/attributes", json!({"title": "Clerk"})).await.ok();
    let stricter = RULES.replace("score >= 50 sla", "score >= 90 sla");
    let again = service.again(rules(&stricter, None)).unwrap();
    assert_eq!(again.lead("L-1").await["stage"], "lead");
    assert_eq!(again.steps("L-1").await, ["promote", "adopt", "revert"]);
    assert_eq!(again.steps("L-2").await, ["observe", "adopt"]);
    assert_eq!(stored(&again.path, "L-1").fingerprint(), again.crm.rules.fingerprint());
    // A vocabulary that knows less leaves out what it does not know.
    let smaller = "vocabulary only declared\nevent called(number)\ncalled(*) => 1";
    let last = again.again(rules(smaller, None)).unwrap();
    assert_eq!(last.lead("L-1").await["scores"], json!({"score": 0}));
    assert_eq!(last.get("/leads/L-1/events").await.ok().as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn all_events_of_a_delivery_are_stored_or_none() {
    let service = Service::new();
    let connection = beside(&service.path);
    connection
        .execute_batch(
            "CREATE TRIGGER fails BEFORE INSERT ON event WHEN NEW.id = 'bad'
             BEGIN SELECT RAISE (ABORT, 'the disk is full'); END",
        )
        .unwrap();
    let event = |id: &str| json!({"event": "visited", "subject": "pricing", "at": MONDAY, "id": id});
    let answer = service.post("/leads/L-1/events", json!([event("good"), event("bad")])).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(answer.text.contains("nothing was stored"), "{}", answer.text);
    assert!(!answer.text.contains("disk"), "{}", answer.text);
    for table in ["lead", "event", "record"] {
        assert_eq!(count(&service.path, table), 0, "{table}");
    }
    assert_eq!(service.post("/leads/L-1/events", event("good")).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_lead_that_cannot_be_evaluated_holds_nobody_up() {
    let service = Service::new();
    for lead in ["L-1", "L-2"] {
        service.mql(lead).await;
    }
    beside(&service.path)
        .execute("UPDATE lead SET attributes = '{\"company_size\": \"many\"}' WHERE id = 'L-1'", [])
        .unwrap();
    service.wait(TimeDelta::days(8));
    let look = async || {
        let crm = service.crm.clone();
        service.database.write(move |inner, now| crm.look_at_due(inner, 100, now)).await.unwrap()
    };
    let (found, troubles) = look().await;
    assert_eq!((found, troubles.len()), (2, 1));
    assert!(troubles[0].contains("lead \"L-1\" is tried again in a minute"), "{troubles:?}");
    assert_eq!(
        (service.lead("L-1").await["stage"].clone(), service.lead("L-2").await["stage"].clone()),
        (json!("mql"), json!("lead"))
    );
    assert_eq!(look().await.0, 0);
    service.wait(TimeDelta::minutes(1));
    assert_eq!(look().await.0, 1);
}

#[tokio::test]
async fn the_invented_leads_stand_at_every_stage() {
    let text = include_str!("../../rules.lql");
    let service = Service::with(rules(text, None));
    let crm = service.crm.clone();
    let leads = service.database.write(move |inner, now| demo::fill(&crm, inner, now)).await.unwrap();
    let page = service.get("/leads").await.ok();
    assert_eq!(page["leads"].as_array().unwrap().len(), leads);
    for (stage, count) in page["stages"].as_object().unwrap() {
        assert_ne!(count, 0, "{stage}");
    }
    assert!(page["leads"].as_array().unwrap().iter().any(|lead| lead["overdue"] == true));
    assert_eq!(service.tick().await, 0);
    service.again(rules(text, None)).unwrap();
}
