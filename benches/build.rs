//! The ways in: one and the same lead through the builder, through serde from a host's own type, and from a line of
//! JSON, with short and with long histories. The rule set is that of a software company.
#![expect(clippy::unwrap_used, reason = "a bench that cannot begin stops by panicking")]

#[path = "generated/contact.rs"]
mod contact;

use chrono::{DateTime, TimeDelta, Utc};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use leadql::{ReadOptions, RuleSet};
use std::hint::black_box;

fn build(criterion: &mut Criterion) {
    let now: DateTime<Utc> = DateTime::UNIX_EPOCH + TimeDelta::days(20_758);
    let rules = RuleSet::compile(include_str!("../examples/saas/rules.lql")).unwrap();
    let mut group = criterion.benchmark_group("build a lead");
    for events in [0, 20, 200, 2_000] {
        let contact = contact::contact(7, events, now);
        let line = json(&contact).to_string();
        assert_eq!(rules.lead_from(&contact).unwrap().id(), contact.build(&rules).unwrap().id());
        group.throughput(Throughput::Elements(events.max(1)));
        group.bench_with_input(BenchmarkId::new("builder", events), &contact, |bencher, contact| {
            bencher.iter(|| black_box(contact).build(&rules));
        });
        group.bench_with_input(BenchmarkId::new("serde", events), &contact, |bencher, contact| {
            bencher.iter(|| rules.lead_from(black_box(contact)));
        });
        group.bench_with_input(BenchmarkId::new("json", events), &line, |bencher, line| {
            let options = ReadOptions::new("leads.jsonl");
            bencher.iter(|| {
                rules.read_leads(black_box(line).as_bytes(), &options).unwrap().next().unwrap().unwrap()
            });
        });
    }
    group.finish();
}

/// The contact as a line of a lead file.
fn json(contact: &contact::Contact) -> serde_json::Value {
    serde_json::json!({
        "id": contact.id,
        "attributes": {
            "title": contact.title,
            "industry": contact.industry,
            "country": contact.country,
            "email_domain": contact.email_domain,
            "company_size": contact.company_size,
            "created_at": contact.created_at,
        },
        "events": contact.events,
    })
}

criterion_group!(benches, build);
criterion_main!(benches);
