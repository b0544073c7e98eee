//! How what a lead costs grows: with the rules, at a history of 200 events, and with the events, under 100 rules.
//! Building should grow with the events and hardly with the rules; evaluating with the rules and not with the events.
#![expect(clippy::unwrap_used, reason = "a bench that cannot begin stops by panicking")]

#[path = "generated/contact.rs"]
mod contact;
#[path = "generated/rules.rs"]
mod generated;

use chrono::{DateTime, TimeDelta, Utc};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use leadql::RuleSet;
use std::hint::black_box;

/// So many different leads take turns, so that no branch can be learnt by heart.
const LEADS: u64 = 16;

fn scaling(criterion: &mut Criterion) {
    let now: DateTime<Utc> = DateTime::UNIX_EPOCH + TimeDelta::days(20_758);
    let mut case = |name: &str, size: u64, rules: usize, events: u64| {
        let rules = RuleSet::compile(&generated::rules(rules)).unwrap();
        let contacts: Vec<_> = (0..LEADS).map(|number| contact::contact(number, events, now)).collect();
        let leads: Vec<_> = contacts.iter().map(|contact| contact.build(&rules).unwrap()).collect();
        let mut group = criterion.benchmark_group(name);
        group.sample_size(20);
        let mut turns = contacts.iter().cycle();
        group.bench_function(BenchmarkId::new("build", size), |bencher| {
            bencher.iter(|| turns.next().map(|contact| black_box(contact).build(&rules)));
        });
        for (way, mut evaluator) in
            [("evaluate", rules.evaluator().without_valid_until()), ("valid_until", rules.evaluator())]
        {
            let mut turns = leads.iter().cycle();
            group.bench_function(BenchmarkId::new(way, size), |bencher| {
                bencher.iter(|| turns.next().map(|lead| evaluator.evaluate(black_box(lead), now).stage()));
            });
        }
        group.finish();
    };
    for rules in [10, 100, 1_000, 10_000] {
        case("scaling in rules", rules, usize::try_from(rules).unwrap(), 200);
    }
    for events in [20, 200, 2_000, 20_000] {
        case("scaling in events", events, 100, events);
    }
}

criterion_group!(benches, scaling);
criterion_main!(benches);
