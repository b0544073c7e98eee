//! Explaining a lead with a long history: 200 rules over 1,000 to 100,000 events.

use chrono::{DateTime, TimeDelta, Utc};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use leadql::{Lead, LeadError, NewEvent, RuleSet};
use std::hint::black_box;

/// 200 rules of every sort over the same events, which is the dearest that they can be.
fn rules() -> String {
    let mut text = String::from("score engagement decay 10% every 7d {\n");
    for number in 0..200 {
        let days = number % 90 + 1;
        text.push_str(&match number % 8 {
            0 => format!("visited(*) >= {number} within {days}d => +1\n"),
            1 => format!("each visited(*) within {days}d => +1 up to 50 times\n"),
            2 => format!("distinct(visited(*)) >= {number} within {days}d => +1\n"),
            3 => format!("days(visited(*)) >= {days} => +1\n"),
            4 => format!("each visited(\"/docs/{}*\") => +1 up to 3 times per day\n", number % 10),
            5 => format!("sum(watched(*).seconds) >= {number}000 within {days}d => +1\n"),
            6 => format!(
                "each watched(*, seconds >= {number}) when visited(*) > 5 => +1 up to 2 times per subject\n"
            ),
            _ => format!("not visited(\"/blog/*\") or watched(*) < {number} within {days}d => -1\n"),
        });
    }
    text + "}\nstage mql when engagement >= 500\n"
}

/// A lead with so many visits and viewings, one every 77 seconds.
fn lead(rules: &RuleSet, events: i64, now: DateTime<Utc>) -> Result<Lead, LeadError> {
    let mut lead = rules.lead();
    for number in 0..events {
        let at = now - TimeDelta::seconds(number * 77);
        let subject = format!("/{}/{}", if number % 3 == 0 { "docs" } else { "home" }, number % 5_000);
        lead = if number % 2 == 0 {
            lead.event("visited", &subject, at)?
        } else {
            lead.add_event(NewEvent::new("watched", &subject, at).property("seconds", number % 900))?
        };
    }
    Ok(lead.build())
}

fn explain(criterion: &mut Criterion) {
    let Ok(rules) = RuleSet::compile(&rules()) else { return };
    let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_758);
    let mut group = criterion.benchmark_group("explain 200 rules");
    group.sample_size(10);
    for events in [1_000, 10_000, 100_000] {
        let Ok(lead) = lead(&rules, events, now) else { return };
        group.throughput(Throughput::Elements(events.unsigned_abs()));
        group.bench_with_input(BenchmarkId::new("events", events), &lead, |bencher, lead| {
            bencher.iter(|| rules.explain(black_box(lead), now));
        });
    }
    group.finish();
}

criterion_group!(benches, explain);
criterion_main!(benches);
