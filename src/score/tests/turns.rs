//! When conditions on events turn, and turn back: events that leave one by one, subjects that several events are
//! about, events that a state has as a number only.

use chrono::{DateTime, TimeDelta, Utc};

use crate::plan::test_support::*;
use crate::{Evaluation, NewEvent, RuleSet};

fn noon(number: i64) -> DateTime<Utc> {
    DateTime::from(day(number)) + TimeDelta::hours(12)
}

/// From one day on: what a condition is on it, and the days on which that changes.
fn turns(condition: &str, events: &[(&str, &str, i64, i64)], from: i64) -> (bool, Vec<i64>) {
    let rules = RuleSet::compile(&format!("segment it when {condition}")).unwrap();
    let mut lead = rules.lead();
    for (kind, subject, seconds, number) in events {
        let mut event = NewEvent::new(*kind, *subject, noon(*number));
        if *kind == "watched" {
            event = event.property("seconds", *seconds);
        }
        lead = lead.add_event(event).unwrap();
    }
    let lead = lead.build();
    let first = rules.evaluate(&lead, noon(from));
    let is_in = |evaluation: &Evaluation| evaluation.segments().next().is_some();
    let (mut days, mut until) = (Vec::new(), first.valid_until());
    while let Some(at) = until {
        let next = rules.evaluate(&lead, at);
        days.push((at - noon(0)).num_days());
        assert_eq!(is_in(&next), is_in(&first) == (days.len() % 2 == 0), "{condition} at {at}");
        until = next.valid_until();
    }
    (is_in(&first), days)
}

#[test]
fn conditions_turn_with_the_events_that_come_and_go() {
    let visits = |visits: &[(&'static str, i64)]| -> Vec<(&str, &str, i64, i64)> {
        visits.iter().map(|(page, number)| ("visited", *page, 0, *number)).collect()
    };
    let watched = |seconds: &[(i64, i64)]| -> Vec<(&str, &str, i64, i64)> {
        seconds.iter().map(|(seconds, number)| ("watched", "demo", *seconds, *number)).collect()
    };
    for (condition, events, from, expected) in [
        // One of two events about b leaves together with the only one about a: b is still there.
        (
            "distinct(visited(*)) = 1 within 10d",
            visits(&[("a", 0), ("b", 0), ("b", 5)]),
            6,
            (false, vec![10, 15]),
        ),
        (
            "distinct(visited(*)) >= 2 within 10d",
            visits(&[("a", 0), ("a", 5), ("b", 12)]),
            6,
            (false, vec![12, 15]),
        ),
        // a and b come at once, and a was there before.
        (
            "distinct(visited(*)) = 2 within 10d",
            visits(&[("a", 0), ("a", 5), ("b", 5)]),
            1,
            (false, vec![5, 15]),
        ),
        (
            "distinct(visited(*)) <= 1 within 10d",
            visits(&[("a", 0), ("b", 3), ("a", 4)]),
            4,
            (false, vec![13]),
        ),
        (
            "distinct(visited(*)) != 2",
            visits(&[("a", 0), ("A", 1), ("b", 2), ("c", 3)]),
            0,
            (true, vec![2, 3]),
        ),
        (
            "days(visited(*)) = 1 within 10d",
            visits(&[("a", 0), ("b", 0), ("b", 5)]),
            6,
            (false, vec![10, 15]),
        ),
        ("visited(*) = 1 within 10d", visits(&[("a", 0), ("b", 5)]), 6, (false, vec![10, 15])),
        // Only in between is a sum what it is compared with.
        ("sum(watched(*).seconds) = 4 within 30d", watched(&[(3, 0), (4, 5)]), 5, (false, vec![30, 35])),
        ("sum(watched(*).seconds) != 4 within 30d", watched(&[(3, 0), (4, 5)]), 5, (true, vec![30, 35])),
        ("sum(watched(*).seconds) = 7", watched(&[(3, 0), (4, 5)]), 5, (true, vec![])),
        // What leaves makes it larger first, then smaller.
        ("sum(watched(*).seconds) >= 4 within 30d", watched(&[(-2, 0), (5, 5)]), 5, (false, vec![30, 35])),
        ("sum(watched(*).seconds) < 4 within 30d", watched(&[(-2, 0), (5, 5)]), 5, (true, vec![30, 35])),
        ("sum(watched(*).seconds) >= 4 within 30d", watched(&[(2, 0), (5, 5)]), 5, (true, vec![35])),
        ("sum(watched(*).seconds) <= 5 within 30d", watched(&[(2, 0), (5, 5)]), 5, (false, vec![30])),
    ] {
        assert_eq!(turns(condition, &events, from), expected, "{condition}");
    }
}

/// Without a window, so many visits are counted, not kept; what is to come is kept all the same.
#[test]
fn events_that_a_state_only_counts_count_on() {
    let rules = RuleSet::compile(
        "segment often when visited(*) >= 9
         segment nine when visited(*) = 9
         segment long when sum(watched(*).seconds) >= 100
         each visited(*) => 1 up to 9 times",
    )
    .unwrap();
    let mut keeper = rules.keeper();
    let mut state = keeper.new_state("L-1");
    let visits = [1, 2, 3, 4, 5, 6, 7, 10, 12, 14];
    for number in visits {
        let visit = NewEvent::new("visited", format!("page {number}"), noon(number));
        keeper.record(&mut state, &visit, noon(8)).unwrap();
        let watched = NewEvent::new("watched", "demo", noon(number)).property("seconds", 12);
        keeper.record(&mut state, &watched, noon(8)).unwrap();
    }
    keeper.settle(&mut state).unwrap();
    let mut evaluator = rules.evaluator();
    for (number, score, segments, until) in [
        (8, "7", &[][..], Some(10)),
        (10, "8", &[], Some(12)),
        (12, "9", &["often", "nine", "long"], Some(14)),
        (14, "9", &["often", "long"], None),
    ] {
        let found = evaluator.evaluate_state(&state, noon(number)).unwrap();
        assert_eq!(found.score("score"), score.parse().ok(), "{number}");
        let names: Vec<_> = found.segments().collect();
        assert_eq!((&names[..], found.valid_until()), (segments, until.map(noon)), "{number}");
    }
}
