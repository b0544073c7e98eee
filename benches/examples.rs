//! The six example rule sets over the leads that come with them: compiled, read, and evaluated lead by lead with
//! `valid_until`.
#![expect(clippy::unwrap_used, reason = "a bench that cannot begin stops by panicking")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use leadql::{Lead, ReadError, ReadOptions, RuleSet, parse_instant};
use std::hint::black_box;

/// An example: its folder, its lead file, and the instant at which its README scores it.
struct Example {
    folder: &'static str,
    leads: &'static str,
    at: &'static str,
}

const EXAMPLES: [Example; 6] = [
    Example { folder: "saas", leads: "leads.jsonl", at: "2026-11-01" },
    Example { folder: "plg", leads: "leads.jsonl", at: "2026-11-01" },
    Example { folder: "shop", leads: "leads.jsonl", at: "2026-11-01T12:00:00Z" },
    Example { folder: "small_business", leads: "leads.jsonl", at: "2026-11-01" },
    Example { folder: "courses", leads: "leads.csv", at: "2026-01-01" },
    Example { folder: "learning", leads: "leads.csv", at: "2022-04-10T23:59:59Z" },
];

/// The leads of a file, with those events that stand in a file of their own.
fn read(rules: &RuleSet, options: &ReadOptions, leads: &[u8], events: &[u8]) -> Result<Vec<Lead>, ReadError> {
    let mut reader = rules.read_leads(leads, options)?;
    if !events.is_empty() {
        reader.read_events(events, &ReadOptions::new("events.csv"))?;
    }
    reader.collect()
}

fn examples(criterion: &mut Criterion) {
    for Example { folder, leads: file, at } in EXAMPLES {
        let folder = format!("examples/{folder}");
        let (main, options) = (format!("{folder}/rules.lql"), ReadOptions::new(file));
        let options = if folder.ends_with("courses") {
            options.id_column("Prospect ID").missing("Select")
        } else {
            options
        };
        let bytes = std::fs::read(format!("{folder}/{file}")).unwrap();
        // Most examples have none.
        let events = std::fs::read(format!("{folder}/events.csv")).unwrap_or_default();
        let rules = RuleSet::compile_file(&main).unwrap();
        let leads = read(&rules, &options, &bytes, &events).unwrap();
        let now = parse_instant(at).unwrap();

        let mut group = criterion.benchmark_group(&folder);
        group.bench_function("compile", |bencher| bencher.iter(|| RuleSet::compile_file(black_box(&main))));
        group.throughput(Throughput::Elements(leads.len() as u64));
        group.bench_function("read", |bencher| {
            bencher.iter(|| read(&rules, &options, black_box(&bytes), &events).map(|leads| leads.len()));
        });
        group.bench_function("evaluate", |bencher| {
            let mut evaluator = rules.evaluator();
            bencher
                .iter(|| leads.iter().filter(|lead| evaluator.evaluate(black_box(lead), now).mql()).count());
        });
        group.finish();
    }
}

criterion_group!(benches, examples);
criterion_main!(benches);
