//! A stream of leads: how much of the time goes into reading JSON, and how much into scoring.
//!
//! Four ways over the same text, side by side: serde_json alone (to nothing, and to its own values), reading
//! leads, and reading and evaluating them.

use chrono::{DateTime, TimeDelta, Utc};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use leadql::{ReadOptions, RuleSet};
use std::hint::black_box;

const RULES: &str = include_str!("../examples/saas/rules.lql");

/// Leads of 20 events each, all different, the same in every run.
fn leads(count: u64, now: DateTime<Utc>) -> String {
    let titles = ["Chief Marketing Officer", "VP Sales", "Head of Growth", "Marketing Manager", "Engineer"];
    let kinds = ["visited", "opened", "clicked", "downloaded", "viewed", "attended"];
    let subjects = ["pricing", "product_details", "ebook", "webinar", "blog", "case_study", "welcome"];
    let pick = |list: &[&'static str], at: u64| list.iter().copied().cycle().nth((at % 60) as usize);
    let mut text = String::new();
    for lead in 0..count {
        let mix = lead.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 17;
        let events = (0..20).map(|event| {
            let mix = (mix + event).wrapping_mul(0x2545_f491_4f6c_dd1d) >> 13;
            let at = now - TimeDelta::minutes(i64::try_from(mix % 200_000).unwrap_or(0));
            serde_json::json!({
                "event": pick(&kinds, mix),
                "subject": pick(&subjects, mix / 7),
                "at": at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            })
        });
        let lead = serde_json::json!({
            "id": format!("L-{lead}"),
            "attributes": {
                "title": pick(&titles, mix),
                "company_size": mix % 900,
                "industry": if mix % 3 == 0 { "software" } else { "retail" },
                "country": if mix % 2 == 0 { "US" } else { "DE" },
                "email_domain": format!("company{}.example", mix % 1_000),
            },
            "events": events.collect::<Vec<_>>(),
        });
        text.push_str(&lead.to_string());
        text.push('\n');
    }
    text
}

fn stream(criterion: &mut Criterion) {
    let now: DateTime<Utc> = DateTime::UNIX_EPOCH + TimeDelta::days(20_758);
    let text = leads(1_000, now);
    let Ok(rules) = RuleSet::compile(RULES) else { return };
    let read = || {
        rules.read_leads(text.as_bytes(), &ReadOptions::new("leads.jsonl")).into_iter().flatten().flatten()
    };
    assert_eq!(read().count(), 1_000);

    let mut group = criterion.benchmark_group("stream");
    group.throughput(Throughput::Elements(1_000));
    group.bench_function("serde_json to nothing", |bencher| {
        bencher.iter(|| {
            let lines = black_box(&text).lines();
            lines.filter(|line| serde_json::from_str::<serde::de::IgnoredAny>(line).is_ok()).count()
        });
    });
    group.bench_function("serde_json to values", |bencher| {
        bencher.iter(|| {
            let lines = black_box(&text).lines();
            lines.filter(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()).count()
        });
    });
    group.bench_function("read leads", |bencher| bencher.iter(|| black_box(read()).count()));
    group.bench_function("read and evaluate", |bencher| {
        let mut evaluator = rules.evaluator();
        bencher.iter(|| {
            let leads = black_box(read());
            leads.filter(|lead| evaluator.evaluate(lead, now).mql()).count()
        });
    });
    group.bench_function("evaluate alone", |bencher| {
        let leads: Vec<_> = read().collect();
        let mut evaluator = rules.evaluator();
        bencher.iter(|| leads.iter().filter(|lead| evaluator.evaluate(lead, now).mql()).count());
    });
    group.finish();
}

criterion_group!(benches, stream);
criterion_main!(benches);
