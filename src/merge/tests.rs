use super::*;
use crate::lead::Stage;
use crate::qualify::{Answer, BantItem, Qualification};
use crate::{LeadBuilder, NewEvent, Number};

fn at(text: &str) -> DateTime<Utc> {
    crate::parse_instant(text).unwrap()
}

fn rules() -> RuleSet {
    let text = "attribute plan: one of [free, pro, enterprise]
                each visited(*) => +1
                each watched(*) when sum(watched(*).seconds) >= 100 => +10
                plan = enterprise or technologies contains all of [\"aws\", \"gcp\"] => +100";
    RuleSet::compile(text).unwrap_or_else(|found| panic!("{found}"))
}

fn record(
    rules: &RuleSet,
    as_of: &str,
    lead: impl FnOnce(LeadBuilder<'_>) -> Result<LeadBuilder<'_>, LeadError>,
) -> LeadRecord {
    LeadRecord::new(lead(rules.lead()).unwrap().build(), at(as_of))
}

/// The value of an attribute, as an explanation would find it.
fn value(record: &LeadRecord, attribute: &str) -> Option<Value> {
    let id = record.lead().vocabulary().attribute_id(attribute).unwrap();
    record.lead().facts().attribute(id).cloned()
}

fn text(record: &LeadRecord, attribute: &str) -> String {
    match value(record, attribute) {
        Some(Value::Text(text)) => text.as_str().to_owned(),
        other => format!("{other:?}"),
    }
}

#[test]
fn each_policy_keeps_the_value_that_it_names() {
    let rules = rules();
    let records = || {
        [("2026-01-01", 2, "c", 30), ("2026-02-01", 0, "a", 10), ("2026-03-01", 1, "b", 20)].map(
            |(as_of, rank, title, size)| {
                record(&rules, as_of, |lead| lead.set("title", title)?.set("company_size", size)).ranked(rank)
            },
        )
    };
    for (keep, title, since) in [
        (Keep::Newest, "b", "2026-03-01"),
        (Keep::Oldest, "c", "2026-01-01"),
        (Keep::MostTrusted, "a", "2026-02-01"),
        (Keep::Smallest, "a", "2026-02-01"),
        (Keep::Largest, "c", "2026-01-01"),
    ] {
        let merged = rules.merge_policy(keep).merge(records()).unwrap();
        assert_eq!(text(&merged, "title"), title, "{keep:?}");
        assert_eq!(merged.known_since("title"), Some(at(since)), "{keep:?}");
        // What is said of one attribute leaves the others alone.
        let mixed = rules.merge_policy(Keep::Newest).keep("title", keep).unwrap().merge(records()).unwrap();
        let newest = Number::from_millionths(20_000_000).map(Value::Number);
        assert_eq!((text(&mixed, "title"), value(&mixed, "company_size")), (title.to_owned(), newest));
    }
}

#[test]
fn a_value_wins_over_none_and_ties_are_decided() {
    let rules = rules();
    let policy = rules.merge_policy(Keep::Newest);
    let unknown = record(&rules, "2026-09-01", |lead| Ok(lead));
    let title =
        |title: &str, rank: u32| record(&rules, "2026-01-01", |lead| lead.set("title", title)).ranked(rank);
    let merged = policy.merge([unknown.clone(), title("CMO", 0)]).unwrap();
    assert_eq!(
        (text(&merged, "title"), merged.known_since("title")),
        ("CMO".to_owned(), Some(at("2026-01-01")))
    );
    assert_eq!(merged.known_since("company"), None);
    // Equally new: the more trusted; equally trusted: the greater, and capitals come before small letters.
    assert_eq!(text(&policy.merge([title("a", 0), title("b", 1)]).unwrap(), "title"), "a");
    assert_eq!(text(&policy.merge([title("CMO", 0), title("cmo", 0)]).unwrap(), "title"), "cmo");
    // Since when a value is known can be told for each.
    let corrected = title("VP", 0).known_at("title", at("2026-10-01")).unwrap();
    assert_eq!(text(&policy.merge([corrected, unknown, title("a", 0)]).unwrap(), "title"), "VP");
    assert!(policy.merge([]).is_none());
}

#[test]
fn values_have_an_order_of_their_own() {
    let rules = rules();
    let one =
        |lead: fn(LeadBuilder<'_>) -> Result<LeadBuilder<'_>, LeadError>| record(&rules, "2026-01-01", lead);
    let first =
        one(|lead| lead.set("plan", "Enterprise")?.set("consent", true)?.set("created_at", "2026-01-05"));
    let second = one(|lead| lead.set("plan", "free")?.set("consent", false)?.set("created_at", "2025-01-05"));
    let policy = rules.merge_policy(Keep::Largest).keep("consent", Keep::Smallest).unwrap();
    let merged = policy.merge([first, second]).unwrap();
    assert_eq!(value(&merged, "plan"), Some(Value::Symbol(crate::vocabulary::SymbolId(2))));
    assert_eq!(value(&merged, "consent"), Some(Value::Flag(false)));
    // The lead was there when the first record of it was.
    assert_eq!(value(&merged, "created_at"), Some(Value::Date(Instant::parse("2025-01-05").unwrap())));
}

#[test]
fn sets_are_united_unless_one_is_asked_for() {
    let rules = rules();
    let with = |as_of: &str, items: &[&str]| record(&rules, as_of, |lead| lead.set("technologies", items));
    let records = || [with("2026-01-01", &["GCP", "gcp", "azure"]), with("2026-02-01", &["aws", "Azure"])];
    let items = |record: &LeadRecord| match value(record, "technologies") {
        Some(Value::Set(items)) => items.iter().map(|item| item.as_str().to_owned()).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let merged = rules.merge_policy(Keep::Newest).merge(records()).unwrap();
    assert_eq!(items(&merged), ["aws", "Azure", "GCP"]);
    assert_eq!(rules.evaluate(merged.lead(), at("2026-03-01")).score("score"), Some("100".parse().unwrap()));
    let policy = rules.merge_policy(Keep::Newest).keep("technologies", Keep::Newest).unwrap();
    assert_eq!(items(&policy.merge(records()).unwrap()), ["aws", "Azure"]);
}

#[test]
fn an_event_id_counts_once_and_the_earliest_stays() {
    let rules = rules();
    let watched = |day: &str, id: &'static str, seconds: u32| {
        NewEvent::new("watched", "demo", at(day)).property("seconds", seconds).id(id)
    };
    let one = record(&rules, "2026-02-01", |lead| {
        lead.add_event(watched("2026-01-02", "e-1", 500))?.add_event(watched("2026-01-03", "", 1))
    });
    let two = record(&rules, "2026-02-01", |lead| {
        lead.add_event(watched("2026-01-01", "e-1", 60))?.add_event(watched("2026-01-03", "", 1))
    });
    let policy = rules.merge_policy(Keep::Newest);
    let merged = policy.merge([one.clone(), two]).unwrap();
    let times: Vec<String> = merged.lead().facts().events.iter().map(|event| event.at.to_string()).collect();
    assert_eq!(times, ["2026-01-01T00:00:00Z", "2026-01-03T00:00:00Z", "2026-01-03T00:00:00Z"]);
    // 60 + 1 + 1 seconds are not enough; with the later e-1 they would be.
    assert_eq!(rules.evaluate(merged.lead(), at("2026-02-01")).score("score"), Some("0".parse().unwrap()));
    // A record merged with itself: what has an id counts once.
    let doubled = policy.merge([one.clone(), one]).unwrap();
    assert_eq!(doubled.lead().facts().events.len(), 3);
}

#[test]
fn the_stage_follows_its_precedence() {
    let rules = rules();
    let policy = rules.merge_policy(Keep::Newest);
    let at_stage = |stage: Stage, since: Option<&str>| {
        record(&rules, "2026-01-01", |lead| lead.stage(stage, since.map(at)))
    };
    let merged = |records: &[(Stage, Option<&str>)]| {
        let merged = policy.merge(records.iter().map(|(stage, since)| at_stage(*stage, *since))).unwrap();
        (merged.lead().stage(), merged.lead().stage_since())
    };
    let order = [
        Stage::Customer,
        Stage::Sql,
        Stage::Sal,
        Stage::Disqualified,
        Stage::Mql,
        Stage::Recycled,
        Stage::Lead,
    ];
    assert_eq!(order.len(), Stage::ALL.len());
    for (place, first) in order.into_iter().enumerate() {
        for second in order.into_iter().skip(place) {
            assert_eq!(merged(&[(second, None), (first, None)]).0, first, "{first} and {second}");
            assert_eq!(merged(&[(first, None), (second, None)]).0, first, "{first} and {second}");
        }
        // The first clock runs on; only of recycled ones the last does. What is known counts before what is not.
        let (early, late) = (Some("2026-01-01"), Some("2026-02-01"));
        let stays = if first == Stage::Recycled { late } else { early };
        assert_eq!(
            merged(&[(first, late), (first, None), (first, early)]),
            (first, stays.map(at)),
            "{first}"
        );
    }

    let duplicate = at_stage(Stage::Disqualified, Some("2026-03-01")).without_stage();
    let kept = policy.merge([duplicate.clone(), at_stage(Stage::Recycled, None)]).unwrap();
    assert_eq!(kept.lead().stage(), Stage::Recycled);
    let alone = policy.merge([duplicate]).unwrap();
    assert_eq!((alone.lead().stage(), alone.lead().stage_since()), (Stage::Lead, None));
    assert_eq!(policy.merge([alone, kept]).unwrap().lead().stage(), Stage::Recycled);
}

#[test]
fn the_id_is_of_the_most_trusted_record_that_has_one() {
    let rules = rules();
    let with_id = |id: &str, rank: u32| record(&rules, "2026-01-01", |lead| Ok(lead.id(id))).ranked(rank);
    let records = [with_id("b", 1), with_id("", 0), with_id("c", 1), with_id("a", 2)];
    let merged = rules.merge_policy(Keep::Newest).merge(records).unwrap();
    assert_eq!(merged.lead().id(), "b");
    assert_eq!(merged.ids().collect::<Vec<_>>(), ["a", "b", "c"]);
}

#[test]
fn records_of_another_rule_set_are_fitted_by_name() {
    let (rules, other) = (rules(), RuleSet::compile("attribute plan: text  need => 1").unwrap());
    let foreign = record(&other, "2026-09-01", |lead| lead.set("plan", "pro")?.set("title", "VP"));
    let foreign = foreign.known_at("title", at("2026-01-01")).unwrap();
    let own = record(&rules, "2026-05-01", |lead| lead.set("plan", "free")?.set("title", "CMO"));
    let merged = rules.merge_policy(Keep::Newest).merge([foreign, own]).unwrap();
    // The other plan is no symbol, and the title is the older one.
    assert_eq!(value(&merged, "plan"), Some(Value::Symbol(crate::vocabulary::SymbolId(0))));
    assert_eq!(text(&merged, "title"), "CMO");
}

#[test]
fn slips_in_names_are_told() {
    let rules = rules();
    let says = "attribute \"titel\" is not in the vocabulary; did you mean \"title\"?";
    let policy = rules.merge_policy(Keep::Newest);
    assert_eq!(policy.keep("titel", Keep::Oldest).unwrap_err().to_string(), says);
    let record = record(&rules, "2026-01-01", |lead| Ok(lead)).known_at("titel", at("2026-01-01"));
    assert_eq!(record.unwrap_err().to_string(), says);
}

#[test]
fn of_several_qualifications_the_furthest_goes_on_with_the_newest_answers() {
    let rules = RuleSet::compile("stage mql when need").unwrap();
    let (monday, friday) = (at("2026-11-02"), at("2026-11-06"));
    let with = |id: &str, answers: &[(BantItem, Answer, &str)]| {
        let mut qualification = rules.qualification(id);
        for (item, answer, day) in answers {
            qualification.answer(*item, *answer, at(day), id).unwrap();
        }
        qualification
    };
    let mut accepted = with("b", &[(BantItem::Need, Answer::Confirmed, "2026-11-01")]);
    let lead = rules.lead().id("b").set("need", true).unwrap().build();
    accepted.observe(&rules.evaluate(&lead, monday), &lead).unwrap();
    let others = [
        with(
            "a",
            &[
                (BantItem::Need, Answer::Denied, "2026-11-04"),
                (BantItem::Budget, Answer::Denied, "2026-11-05"),
            ],
        ),
        with(
            "c",
            &[
                (BantItem::Need, Answer::Unknown, "2026-10-01"),
                (BantItem::Budget, Answer::Confirmed, "2026-11-05"),
            ],
        ),
    ];
    let all = [&accepted, &others[0], &others[1]];
    let (merged, records) = Qualification::merge(all, friday).unwrap().unwrap();
    assert_eq!((merged.lead_id(), merged.stage_since()), ("b", Some(monday)));
    let answers: Vec<(Answer, Option<&str>)> = BantItem::ALL
        .iter()
        .map(|item| merged.bant().get(*item))
        .map(|entry| (entry.answer, entry.by.as_deref()))
        .collect();
    let unknown = (Answer::Unknown, None);
    assert_eq!(answers, [(Answer::Denied, Some("a")), unknown, (Answer::Denied, Some("a")), unknown]);
    assert_eq!(records.len(), 2);
    for order in [[0, 2, 1], [1, 0, 2], [2, 1, 0]] {
        assert_eq!(Qualification::merge(order.map(|place| all[place]), friday).unwrap().unwrap().0, merged);
    }
    // What is refused is refused as a whole; without anything newer there is nothing to write down.
    assert!(Qualification::merge(all, at("2026-10-01")).is_err());
    assert_eq!(Qualification::merge([&accepted], at("2026-10-01")), Ok(Some((accepted.clone(), Vec::new()))));
    assert_eq!(Qualification::merge([], friday), Ok(None));
}
