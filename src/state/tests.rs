//! States at their edges: what is refused, what comes again, what is stored and altered.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Keeper, LeadState, StateError};
use crate::KnownEvent;
use crate::{NewEvent, Points, RuleSet, Stage};

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Noon of a day in November 2026.
fn day(day: i64) -> DateTime<Utc> {
    time("2026-11-01T12:00:00Z") + TimeDelta::days(day - 1)
}

fn rules(text: &str) -> RuleSet {
    RuleSet::compile(text).unwrap()
}

fn visit(at: DateTime<Utc>) -> NewEvent<'static> {
    NewEvent::new("visited", "pricing", at)
}

fn score(rules: &RuleSet, state: &LeadState, now: DateTime<Utc>) -> Points {
    rules.evaluator().evaluate_state(state, now).unwrap().score("score").unwrap()
}

fn points(text: &str) -> Points {
    text.parse().unwrap()
}

#[test]
fn a_state_answers_from_its_horizon_on() {
    let rules = rules("visited(pricing) within 3d => 1");
    let mut keeper = rules.keeper();
    let mut state = keeper.new_state("L-1");
    assert_eq!(state.horizon(), None);
    assert_eq!(score(&rules, &state, day(1)), points("0"));
    keeper.record(&mut state, &visit(day(1)), day(5)).unwrap();
    keeper.record(&mut state, &visit(day(20)), day(2)).unwrap();
    assert_eq!(state.horizon(), Some(day(5)));
    assert_eq!(score(&rules, &state, day(5)), points("0"));
    assert_eq!(score(&rules, &state, day(20)), points("1"));
    let error = rules.evaluator().evaluate_state(&state, day(3)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the state of lead \"L-1\" answers from 2026-11-05T12:00:00Z on; \
         what an evaluation at 2026-11-03T12:00:00Z needs may be gone"
    );
    keeper.advance(&mut state, day(6)).unwrap();
    assert!(matches!(
        rules.evaluator().evaluate_state(&state, day(5)),
        Err(StateError::BeforeHorizon { horizon, .. }) if horizon == day(6)
    ));
}

#[test]
fn an_id_that_comes_again_is_one_event_while_that_is_kept() {
    let rules =
        rules("each visited(pricing) within 30d => 1 up to 3 times  visited(pricing) within 2d => 100");
    let mut keeper = rules.keeper();
    let mut state = keeper.new_state("L-1");
    for at in [day(4), day(2), day(3), day(2)] {
        keeper.record(&mut state, &visit(at).id("e-1"), day(4)).unwrap();
    }
    // Of several times the earliest counts.
    assert_eq!(score(&rules, &state, day(4)), points("1"));
    keeper.settle(&mut state).unwrap();
    keeper.record(&mut state, &visit(day(5)).id("e-1"), day(5)).unwrap();
    assert_eq!(score(&rules, &state, day(5)), points("1"));
    // Three newer events take its place; then nobody can know it any more.
    for number in 0..3 {
        keeper.record(&mut state, &visit(day(6)).id(format!("e-{}", number + 2)), day(6)).unwrap();
    }
    keeper.settle(&mut state).unwrap();
    keeper.record(&mut state, &visit(day(9)).id("e-1"), day(9)).unwrap();
    assert_eq!(score(&rules, &state, day(9)), points("103"));
}

#[test]
fn the_later_write_wins_in_whatever_order_writes_come() {
    let rules = rules(
        "title contains \"chief\" => 1  title contains \"vp\" => 10  title is missing => 100
         created_at within 9d => 1000",
    );
    let writes =
        [("Chief", day(2)), ("VP", day(3)), ("", day(1)), ("Chief", day(3)), ("none of them", day(3))];
    let mut stored = Vec::new();
    for first in 0..writes.len() {
        let mut keeper = rules.keeper();
        let (title, created) = (keeper.attribute("title").unwrap(), keeper.attribute("created_at").unwrap());
        let mut state = keeper.new_state("L-1");
        for (value, at) in writes.iter().cycle().skip(first).take(writes.len()) {
            keeper.set(&mut state, title, *value, *at).unwrap();
            let created_at = (*at == day(2)).then_some(*at);
            keeper.set(&mut state, created, created_at, *at).unwrap();
        }
        // Of two writes at one instant always the same wins.
        assert_eq!(score(&rules, &state, day(4)), points("1"));
        stored.push(keeper.store(&state).unwrap());
    }
    assert!(stored.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn the_later_stage_wins() {
    let rules = rules("stage mql when need");
    let mut keeper = rules.keeper();
    let mut state = keeper.new_state("L-1");
    keeper.set_stage(&mut state, Stage::Sal, day(3), day(3)).unwrap();
    keeper.set_stage(&mut state, Stage::Mql, day(2), day(2)).unwrap();
    assert_eq!((state.stage(), state.stage_since()), (Stage::Sal, Some(day(3))));
    let mut evaluator = rules.evaluator();
    assert_eq!(evaluator.evaluate_state(&state, day(4)).unwrap().stage(), Stage::Sal);
}

#[test]
fn what_belongs_to_another_rule_set_is_refused() {
    let (one, other) = (rules("visited(pricing) => 1"), rules("watched(demo, seconds > 5) => 1"));
    let (mut keeper, mut others) = (one.keeper(), other.keeper());
    let mut state = keeper.new_state("L-1");
    let watched = others.event("watched").unwrap();
    let error = keeper.record_known(&mut state, &KnownEvent::new(watched, "demo", day(1)), day(1));
    assert_eq!(
        error.unwrap_err().to_string(),
        "the event kind belongs to another rule set: resolve its name with this one"
    );
    let title = others.attribute("title").unwrap();
    assert!(matches!(keeper.set(&mut state, title, "x", day(1)), Err(StateError::Lead(_))));
    assert!(others.record(&mut state, &visit(day(1)), day(1)).is_err());
    assert!(others.store(&state).is_err());
    assert!(other.evaluator().evaluate_state(&state, day(1)).is_err());
    // A property of another kind.
    let (visited, seconds) = (others.event("visited").unwrap(), others.property(watched, "seconds").unwrap());
    let properties = [(seconds, 7.into())];
    let event = KnownEvent { properties: &properties, ..KnownEvent::new(visited, "demo", day(1)) };
    let mut state = others.new_state("L-1");
    assert!(others.record_known(&mut state, &event, day(1)).is_err());
    let event = KnownEvent { kind: watched, ..event };
    others.record_known(&mut state, &event, day(1)).unwrap();
    assert_eq!(score(&other, &state, day(1)), points("1"));
}

#[test]
fn what_does_not_fit_is_named_and_changes_nothing() {
    let rules = rules("watched(demo, seconds > 5) => 1");
    let mut keeper = rules.keeper();
    let mut state = keeper.new_state("L-1");
    let demo = || NewEvent::new("watched", "demo", day(1));
    for (event, text) in [
        (
            NewEvent::new("wached", "demo", day(1)),
            "event \"wached\" is not in the vocabulary; did you mean \"watched\"?",
        ),
        (
            demo().property("second", 1),
            "property \"second\" of event \"watched\" is not in the vocabulary; did you mean \"seconds\"?",
        ),
        (demo().property("seconds", "x"), "watched.seconds: found the text \"x\" where a number belongs"),
        (
            NewEvent::new("watched", "demo", time("+10000-01-01T00:00:00Z")),
            "at: found +10000-01-01 00:00:00 UTC where an instant of the years 0001 to 9999 belongs",
        ),
    ] {
        assert_eq!(keeper.record(&mut state, &event, day(2)).unwrap_err().to_string(), text);
    }
    let size = keeper.attribute("company_size").unwrap();
    let error = keeper.set(&mut state, size, "many", day(1)).unwrap_err();
    assert_eq!(error.to_string(), "company_size: found the text \"many\" where a number belongs");
    assert_eq!(state.horizon(), None);
    assert_eq!(
        keeper.attribute("titel").unwrap_err().to_string(),
        "attribute \"titel\" is not in the vocabulary; did you mean \"title\"?"
    );
}

#[test]
fn states_of_two_leads_do_not_merge() {
    let rules = rules("visited(pricing) => 1");
    let mut keeper = rules.keeper();
    let (mut one, other) = (keeper.new_state("L-1"), keeper.new_state("L-2"));
    assert_eq!(
        keeper.merge(&mut one, &other).unwrap_err().to_string(),
        "the states are of two leads, \"L-1\" and \"L-2\": only states of one lead merge"
    );
}

const OF_ALL_SORTS: &str = "
    visited(pricing) >= 2 within 30d => 1
    each visited(pricing) => 2 up to 5 times decay 50% every 10d
    each clicked(*) => 1
    distinct(visited(*)) >= 3 within 20d => 4
    days(visited(*)) >= 3 => 8
    sum(watched(demo).seconds) >= 600 => 16
    each opened(*) => 1 up to 2 times per day up to 9 times
    visited(blog) between 9d and 3d ago => 32
    title contains \"chief\" and title is known => 64
    stage mql when score >= 50 until inactive for 60d";

/// A state with something of every sort in it.
fn of_all_sorts(keeper: &mut Keeper, events: i64) -> LeadState {
    let mut state = keeper.new_state("L-1");
    let title = keeper.attribute("title").unwrap();
    keeper.set(&mut state, title, "Chief Executive", day(1)).unwrap();
    for number in 0..events {
        let at = day(1) + TimeDelta::hours(number * 5 % 600) + TimeDelta::microseconds(number * 7);
        let (kind, subject) = match number % 7 {
            0 => ("clicked", "Offer"),
            1 => ("opened", "offer"),
            2 => ("watched", "demo"),
            3 => ("visited", "blog"),
            _ => ("visited", if number % 2 == 0 { "pricing" } else { "docs" }),
        };
        let mut event = NewEvent::new(kind, subject, at);
        if kind == "watched" {
            event = event.property("seconds", number);
        }
        if number % 3 == 0 {
            event = event.id(format!("id {number}"));
        }
        keeper.record(&mut state, &event, at).unwrap();
    }
    state
}

#[test]
fn neither_recording_nor_setting_nor_evaluating_allocates() {
    let rules = rules(OF_ALL_SORTS);
    let (mut keeper, mut evaluator) = (rules.keeper(), rules.evaluator());
    let (title, watched) = (keeper.attribute("title").unwrap(), keeper.event("watched").unwrap());
    let properties = [(keeper.property(watched, "seconds").unwrap(), 40.into())];
    let now = day(40);
    let run = |keeper: &mut Keeper, evaluator: &mut crate::Evaluator, state: &mut LeadState| {
        for number in 0..200 {
            let at = now - TimeDelta::minutes(number);
            keeper.record(state, &NewEvent::new("visited", "pricing", at), now).unwrap();
            let event = KnownEvent { properties: &properties, ..KnownEvent::new(watched, "Demo", at) };
            keeper.record_known(state, &event, now).unwrap();
            keeper.set(state, title, "Chief of Staff", at).unwrap();
            assert!(evaluator.evaluate_state(state, now).unwrap().mql());
        }
    };
    let mut state = of_all_sorts(&mut keeper, 400);
    for _ in 0..2 {
        run(&mut keeper, &mut evaluator, &mut state);
    }
    let again = allocation_counter::measure(|| run(&mut keeper, &mut evaluator, &mut state));
    assert_eq!(again.count_total, 0, "{again:?}");
}

#[test]
fn a_condition_ages_by_the_newest_event_even_where_only_a_number_is_asked_for() {
    let rules = rules(
        "sum(watched(demo).seconds) >= 100 => 8 decay 50% every 2d
         visited(pricing) >= 12 => 80 decay 50% every 3d",
    );
    let mut keeper = rules.keeper();
    let mut state = keeper.new_state("L-1");
    for number in 0..12 {
        keeper.record(&mut state, &visit(day(1 + number % 3)), day(4)).unwrap();
        let event = NewEvent::new("watched", "demo", day(1 + number % 2)).property("seconds", 10);
        keeper.record(&mut state, &event, day(4)).unwrap();
    }
    keeper.settle(&mut state).unwrap();
    assert_eq!(score(&rules, &state, day(4)), points("84"));
    assert_eq!(score(&rules, &state, day(6)), points("42"));
}

#[test]
fn an_evaluator_that_does_not_look_ahead_does_so_with_states_too() {
    let rules = rules("visited(pricing) within 3d => 1");
    let mut keeper = rules.keeper();
    let mut state = keeper.new_state("L-1");
    keeper.record(&mut state, &visit(day(1)), day(1)).unwrap();
    let until =
        |mut evaluator: crate::Evaluator| evaluator.evaluate_state(&state, day(2)).unwrap().valid_until();
    assert_eq!(until(rules.evaluator()), Some(day(4)));
    assert_eq!(until(rules.evaluator().without_valid_until()), None);
}

#[test]
fn a_state_does_not_grow_with_its_history() {
    let rules =
        rules("visited(pricing) >= 2 within 30d => 1  each opened(*) => 1  distinct(visited(*)) > 3 => 1");
    let mut keeper = rules.keeper();
    let bound = rules.state_bound();
    let bound = usize::try_from(bound.bytes_without_ids.unwrap()).unwrap();
    let mut state = keeper.new_state("");
    for number in 0..20_000 {
        let at = day(1) + TimeDelta::minutes(number);
        let event = if number % 2 == 0 { visit(at) } else { NewEvent::new("opened", "offer", at) };
        keeper.record(&mut state, &event, at).unwrap();
    }
    let most_while_recording = 2 * bound + 2 * 384;
    assert!(state.memory() < most_while_recording, "{} {bound}", state.memory());
    keeper.settle(&mut state).unwrap();
    assert!(state.memory() <= bound, "{} {bound}", state.memory());
    assert_eq!(score(&rules, &state, day(20)), points("10001"));
}

#[test]
fn the_bound_says_what_is_kept_and_what_has_no_bound() {
    let bound = rules(OF_ALL_SORTS).state_bound().to_string();
    for line in [
        "a lead's state: no bound; where no event has an id, no bound",
        "    the 5 newest within 110d",
        "    the 100,000 newest that have an id",
        "    the number of all others without an id",
        "    the newest of each subject, 3 in all within 20d",
        "    the newest of each day, 3 in all",
        "    all that have an id",
        "    the sum of all others without an id",
        "    the 2 newest of each day, 9 in all",
        "    the newest within 9d, of those older than 3d; and all of the last 3d",
        "  events watched(demo): no bound, up to 19 bytes each",
        "  events that count as activity: at most 1, up to 9 bytes each",
        "  and all events that are later than the latest recording",
    ] {
        assert!(bound.lines().any(|found| found == line), "no {line:?} in\n{bound}");
    }
}

#[cfg(feature = "json")]
mod stored {
    use super::*;
    use crate::StoredState;
    use serde_json::{Value, json};

    fn stored() -> (Keeper, StoredState) {
        let mut keeper = rules(OF_ALL_SORTS).keeper();
        let state = of_all_sorts(&mut keeper, 60);
        let stored = keeper.store(&state).unwrap();
        (keeper, stored)
    }

    #[test]
    fn what_was_cut_or_altered_is_refused() {
        let (mut keeper, stored) = stored();
        let text = serde_json::to_string(&stored).unwrap();
        assert!(keeper.adopt(&serde_json::from_str(&text).unwrap()).is_ok());
        for at in 0..text.len() {
            let mut altered = text.clone().into_bytes();
            // Another digit, another letter, another sign: what still reads is not what was stored.
            altered[at] ^= 1;
            let Ok(read) = serde_json::from_slice::<StoredState>(&altered) else { continue };
            assert!(read == stored || keeper.adopt(&read).is_err(), "{}", String::from_utf8_lossy(&altered));
            assert!(serde_json::from_str::<StoredState>(&text[..at]).is_err());
        }
    }

    #[test]
    fn what_could_never_have_been_stored_is_refused_even_with_a_digest_that_fits() {
        let (mut keeper, stored) = stored();
        let right = serde_json::to_value(&stored).unwrap();
        let events = right["events"].as_array().unwrap();
        let with = |field: &str| {
            let filled = |events: &Value| events[field].as_array().is_some_and(|list| !list.is_empty());
            format!("/events/{}", events.iter().position(filled).unwrap())
        };
        let (ids, subjects, values, sums) =
            (with("ids"), with("subjects"), with("values"), with("earlier_sums"));
        let refused: Vec<(String, Value, &str)> = vec![
            ("/version".into(), json!(2), "version: found 2 where 1 belongs"),
            ("/horizon".into(), json!(i64::MAX), "horizon: found 9223372036854775807 µs where an instant"),
            ("/stage/since".into(), json!(i64::MIN), "stage.since: found"),
            ("/writes/0/attribute".into(), json!(99), "writes: found 99 where 0 to"),
            ("/writes/0/tests".into(), json!("012"), "writes[0].tests: found \"012\" where"),
            ("/writes/0/tests".into(), json!(""), "writes[0].tests: found \"\" where"),
            ("/writes/0/date".into(), json!(1), "writes[0].date: found an instant where nothing belongs"),
            ("/events/0/term".into(), json!(77), "events: found 77 where 0 to"),
            ("/events/1/term".into(), json!(0), "events: found 0 where 1 to"),
            ("/events/0/at/0".into(), json!(i64::MAX), "events[0].at[0]: found"),
            (format!("{subjects}/at/0"), json!(253_402_300_799_999_999_i64), ".at[1]: found"),
            (format!("{ids}/ids"), json!(["a"]), ".ids: found 1 entries where"),
            (format!("{ids}/ids/0"), json!("x".repeat(41)), ".ids[0]: found \"xx"),
            (format!("{ids}/ids/0"), json!("#12"), ".ids[0]: found \"#12\" where"),
            (format!("{subjects}/subjects"), json!([]), ".subjects: found 0 entries where"),
            (format!("{subjects}/subjects/0"), json!("Pricing"), ".subjects[0]: found \"Pricing\" where"),
            (format!("{values}/values"), json!([1]), ".values: found 1 entries where"),
            (format!("{sums}/earlier_sums"), json!([]), ".earlier_sums: found 0 entries where 1"),
            (format!("{sums}/earlier_sums/0"), json!("+5"), ".earlier_sums[0]: found \"+5\" where"),
            (
                format!("{sums}/earlier_sums/0"),
                json!("99999999999999999999999999999999"),
                "where a whole number of millionths below 2^100 belongs",
            ),
            (format!("{subjects}/earlier"), json!(5), ".earlier: found 5 where 0 belongs"),
            ("/unknown_terms".into(), json!([1, 1]), "unknown_terms: found 1 where 2 to"),
            ("/unknown_attributes".into(), json!([50]), "unknown_attributes: found 50 where 0 to"),
            (
                "/terms/1".into(),
                right["terms"][0].clone(),
                "terms[1]: found an entry where one that is greater",
            ),
        ];
        for (place, value, text) in refused {
            let mut altered = right.clone();
            *altered.pointer_mut(&place).unwrap() = value;
            let altered: StoredState = serde_json::from_value(altered).unwrap();
            let error = keeper.adopt(&altered.with_its_digest()).unwrap_err().to_string();
            assert!(error.contains(text), "{place}: {error}");
        }
        for (place, value) in
            [("/terms/0", json!("00")), ("/horizon", json!("now")), ("/events/0/earlier", json!(-1))]
        {
            let mut altered = right.clone();
            *altered.pointer_mut(place).unwrap() = value;
            assert!(serde_json::from_value::<StoredState>(altered).is_err(), "{place}");
        }
    }
}
