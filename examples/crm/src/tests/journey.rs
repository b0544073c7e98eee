//! What goes well: a lead from its first event to customer, and what can be read of it on the way.

use super::*;

#[tokio::test]
async fn from_the_first_event_to_customer() {
    let service = Service::new();
    let visit = json!({"event": "visited", "subject": "pricing", "at": MONDAY, "id": "v-1"});
    let first = service.post("/leads/L-1/events", visit).await;
    assert_eq!(first.status, StatusCode::CREATED);
    let body = first.json();
    assert_eq!((&body["stored"], &body["known"]), (&json!(1), &json!(0)));
    assert_eq!(body["lead"]["scores"]["score"], 40);
    assert_eq!(body["records"][0]["entered"], json!(["looking"]));
    assert_eq!(body["lead"]["allowed"], json!(["disqualify", "bant"]));

    let second =
        service.put("/leads/L-1/attributes", json!({"title": "Head of Sales", "company": "Acme"})).await;
    assert_eq!(second.status, StatusCode::OK);
    let lead = &second.json()["lead"];
    assert_eq!((&lead["stage"], &lead["bands"]["score"]), (&json!("mql"), &json!("hot")));
    assert_eq!((&lead["due"], &lead["overdue"]), (&json!("2026-11-04T09:00:00Z"), &json!(false)));
    // The segment ends a day after the visit: that is when to look again.
    assert_eq!(lead["look_again"], "2026-11-03T09:00:00Z");
    let strongest = &second.json()["records"][0]["strongest"][0];
    assert_eq!(strongest["says"], "1 visit to pricing within 7d, just now");

    let give = async |command: &str, body: Value| {
        service.wait(TimeDelta::minutes(10));
        service.post(&format!("/leads/L-1/{command}"), body).await.ok()["lead"].clone()
    };
    let lead = give("accept", json!({"by": "dana"})).await;
    assert_eq!((&lead["stage"], &lead["due"]), (&json!("sal"), &Value::Null));
    assert_eq!(lead["allowed"], json!(["qualify", "send-back", "disqualify", "bant"]));
    give("bant", json!({"by": "dana", "item": "budget", "answer": "confirmed"})).await;
    let lead = give("bant", json!({"by": "dana", "item": "need", "answer": "confirmed"})).await;
    assert_eq!(
        lead["bant"]["need"],
        json!({"answer": "confirmed", "by": "dana", "at": "2026-11-02T09:30:00Z"})
    );
    assert_eq!(give("qualify", json!({"by": "dana"})).await["stage"], "sql");
    let lead = give("win", json!({"by": "eli"})).await;
    assert_eq!((&lead["stage"], &lead["allowed"]), (&json!("customer"), &json!(["bant"])));

    let steps = service.steps("L-1").await;
    assert_eq!(steps, ["observe", "promote", "accept", "bant", "bant", "qualify", "win"]);
    let rebuilt = Qualification::rebuild(service.records("L-1").await).unwrap();
    assert_eq!(rebuilt.stage(), stored(&service.path, "L-1").stage());
    stored(&service.path, "L-1").check_records(&service.records("L-1").await).unwrap();
}

#[tokio::test]
async fn a_lead_is_given_back_disqualified_and_begins_again() {
    let service = Service::new();
    service.mql("L-1").await;
    let by = |reason: Value| json!({"by": "dana", "reason": reason});
    // Time heals not being ready; it goes where the reason recommends.
    assert_eq!(
        service.post("/leads/L-1/reject", by("not_ready".into())).await.ok()["lead"]["stage"],
        "recycled"
    );
    // Reopened, it is what its points make of it, at once.
    assert_eq!(service.post("/leads/L-1/reopen", json!({"by": "eli"})).await.ok()["lead"]["stage"], "mql");
    assert_eq!(service.post("/leads/L-1/accept", json!({"by": "eli"})).await.ok()["lead"]["stage"], "sal");
    let why = json!({"by": "eli", "why": "the board asked for an offer"});
    assert_eq!(service.post("/leads/L-1/qualify", why).await.ok()["lead"]["stage"], "sql");
    let own = by(json!({"other": "moved abroad"}));
    assert_eq!(service.post("/leads/L-1/send_back", own).await.ok()["lead"]["stage"], "recycled");
    let out = service.post("/leads/L-1/disqualify", by("bad_data".into())).await.ok();
    assert_eq!(out["lead"]["stage"], "disqualified");
    assert_eq!(
        service.steps("L-1").await,
        ["promote", "reject", "reopen", "promote", "accept", "qualify", "send_back", "disqualify"]
    );

    service.mql("L-2").await;
    assert_eq!(
        service.post("/leads/L-2/reject", by("bad_fit".into())).await.ok()["lead"]["stage"],
        "disqualified"
    );
    service.mql("L-3").await;
    let body = json!({"by": "dana", "reason": "bad_fit", "to": "recycled"});
    assert_eq!(service.post("/leads/L-3/reject", body).await.ok()["lead"]["stage"], "recycled");
}

#[tokio::test]
async fn what_is_delivered_twice_counts_once() {
    let service = Service::new();
    let download =
        |id: &str, at: &str| json!({"event": "downloaded", "subject": "guide", "at": at, "id": id});
    let both = json!([download("d-1", MONDAY), download("d-2", MONDAY)]);
    let answer = service.post("/leads/L-1/events", both.clone()).await.ok();
    assert_eq!((&answer["stored"], &answer["lead"]["scores"]["score"]), (&json!(2), &json!(20)));
    let again = service.post("/leads/L-1/events", both).await;
    assert_eq!((again.status, &again.json()["known"]), (StatusCode::OK, &json!(2)));
    assert_eq!(again.json()["lead"]["scores"]["score"], 20);
    // Twice in one delivery; and another lead's events are its own.
    let twice = json!([download("d-3", MONDAY), download("d-3", MONDAY)]);
    assert_eq!(service.post("/leads/L-1/events", twice).await.ok()["stored"], 1);
    assert_eq!(service.post("/leads/L-2/events", download("d-1", MONDAY)).await.ok()["stored"], 1);
    assert_eq!(count(&service.path, "event"), 4);

    // Of two with one id the earlier counts, whichever comes first.
    assert_eq!(service.post("/leads/L-1/events", download("d-1", "2026-11-01")).await.ok()["stored"], 1);
    assert_eq!(service.post("/leads/L-1/events", download("d-1", "2026-11-02")).await.ok()["stored"], 0);
    let events = service.get("/leads/L-1/events").await.ok();
    let first = events.as_array().unwrap().iter().find(|event| event["id"] == "d-1").unwrap();
    assert_eq!(first["at"], "2026-11-01T00:00:00Z");

    // Without an id, or with an empty one, each is another.
    let bare = json!({"event": "downloaded", "subject": "guide", "at": MONDAY});
    assert_eq!(
        service.post("/leads/L-3/events", json!([bare.clone(), bare.clone()])).await.ok()["stored"],
        2
    );
    assert_eq!(service.post("/leads/L-3/events", download("", MONDAY)).await.ok()["stored"], 1);
}

#[tokio::test]
async fn attributes_are_replaced_or_amended() {
    let service = Service::new();
    let put =
        service.put("/leads/L-1/attributes", json!({"title": "Head of IT", "company_size": 12.5})).await;
    assert_eq!(put.status, StatusCode::CREATED);
    let patch = json!({"company_size": null, "technologies": ["aws"], "budget": true});
    let headers = [("content-type", "application/json; charset=utf-8")];
    let answer = service.ask("PATCH", "/leads/L-1/attributes", &headers, patch.to_string()).await.ok();
    let known = json!({"title": "Head of IT", "technologies": ["aws"], "budget": true});
    assert_eq!(answer["lead"]["attributes"], known);
    let answer = service.put("/leads/L-1/attributes", json!({"title": "Clerk"})).await.ok();
    assert_eq!(answer["lead"]["attributes"], json!({"title": "Clerk"}));
    assert_eq!(answer["lead"]["scores"]["score"], 0);
}

#[tokio::test]
async fn an_answer_counts_before_an_attribute() {
    let service = Service::new();
    service.put("/leads/L-1/attributes", json!({"budget": true, "need": true})).await.ok();
    let denied = json!({"by": "dana", "item": "need", "answer": "denied"});
    service.post("/leads/L-1/bant", denied).await.ok();
    let gate = async || {
        let explanation = service.get("/leads/L-1/explanation?format=json").await.ok();
        let gates = explanation["gates"].as_array().unwrap().clone();
        gates.iter().find(|gate| gate["gate"] == "sql").unwrap()["holds"].clone()
    };
    assert_eq!(gate().await, false);
    let unknown = json!({"by": "dana", "item": "need", "answer": "unknown"});
    service.post("/leads/L-1/bant", unknown).await.ok();
    assert_eq!(gate().await, false);
    let confirmed = json!({"by": "dana", "item": "need", "answer": "confirmed"});
    service.post("/leads/L-1/bant", confirmed).await.ok();
    assert_eq!(gate().await, true);
}

#[tokio::test]
async fn why_and_the_hand_off_come_in_three_forms() {
    let service = Service::new();
    service.put("/leads/L-1/attributes", json!({"company": "*Acme* <b>"})).await.ok();
    service.mql("L-1").await;
    for (page, text, json) in [
        ("explanation", "L-1, stage mql", "/scores/0/points"),
        ("handoff", "Sales has to accept or reject it by 2026-11-04", "/due/seconds_left"),
    ] {
        let path = format!("/leads/L-1/{page}");
        let plain = service.get(&path).await;
        assert_eq!(plain.header("content-type"), "text/plain; charset=utf-8");
        assert!(plain.text.contains(text), "{}", plain.text);
        assert_eq!(service.get(&format!("{path}?format=text")).await.text, plain.text);
        let markdown =
            service.ask("GET", &path, &[("accept", "text/html, text/markdown;q=0.9")], String::new()).await;
        assert_eq!(markdown.header("content-type"), "text/markdown; charset=utf-8");
        assert!(markdown.text.contains("\n**"), "{}", markdown.text);
        assert!(!markdown.text.contains("*Acme* <b>"), "{}", markdown.text);
        let data = service.ask("GET", &path, &[("accept", "application/json")], String::new()).await;
        assert!(data.ok().pointer(json).is_some_and(Value::is_number), "{}", data.text);
    }
}

#[tokio::test]
async fn leads_are_listed_by_stage_and_page_by_page() {
    let service = Service::new();
    for id in ["a", "b", "c"] {
        service.mql(id).await;
    }
    service.put("/leads/d/attributes", json!({"title": "Clerk"})).await.ok();
    let ids = |page: &Value| -> Vec<String> {
        let leads = page["leads"].as_array().unwrap();
        leads.iter().map(|lead| lead["id"].as_str().unwrap().to_owned()).collect()
    };
    let all = service.get("/leads").await.ok();
    assert_eq!(
        (ids(&all), &all["next"]),
        (vec!["a".into(), "b".into(), "c".into(), "d".into()], &Value::Null)
    );
    assert_eq!(all["stages"]["mql"], 3);
    assert_eq!(all["stages"]["customer"], 0);
    let first = service.get("/leads?stage=mql&limit=2").await.ok();
    assert_eq!((ids(&first), &first["next"]), (vec!["a".into(), "b".into()], &json!("b")));
    let rest = service.get("/leads?stage=mql&limit=2&after=b").await.ok();
    assert_eq!((ids(&rest), &rest["next"]), (vec!["c".into()], &Value::Null));
    // At the end exactly, there is nothing behind it.
    let exact = service.get("/leads?stage=mql&limit=3").await.ok();
    assert_eq!((ids(&exact).len(), &exact["next"]), (3, &Value::Null));
}

#[tokio::test]
async fn the_funnel_counts_all_leads() {
    let service = Service::new();
    for (id, country) in [("a", "DE"), ("b", "DE"), ("c", "FR")] {
        service.put(&format!("/leads/{id}/attributes"), json!({"country": country})).await.ok();
        service.mql(id).await;
    }
    service.put("/leads/d/attributes", json!({"country": "FR"})).await.ok();
    service.post("/leads/a/accept", json!({"by": "dana"})).await.ok();
    let report = service.get("/funnel?format=json&by=country").await.ok();
    let conversion = |figures: &Value| {
        let list = figures["conversions"].as_array().unwrap();
        let to_sal = list.iter().find(|one| one["from"] == "mql" && one["to"] == "sal").unwrap();
        (to_sal["entered"].clone(), to_sal["converted"].clone())
    };
    assert_eq!(conversion(&report["total"]), (json!(3), json!(1)), "{report}");
    assert!(service.get("/funnel?cohort=month").await.text.contains("2026-11"));
}

#[tokio::test]
async fn a_lead_may_be_called_anything_that_an_address_can_say() {
    let service = Service::new();
    for (path, id) in
        [("%2F..%2F%22%3Cb%3E", "/../\"<b>"), ("%E6%97%A5%E6%9C%AC", "日本"), ("a%20b%25", "a b%")]
    {
        let lead = service.put(&format!("/leads/{path}/attributes"), json!({"title": "x"})).await.ok();
        assert_eq!(lead["lead"]["id"], id);
        assert_eq!(service.lead(path).await["id"], id);
    }
}
