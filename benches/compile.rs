//! From text to plan: how long compiling takes as rule sets grow. It should grow with the length of the text.

#[path = "generated/rules.rs"]
mod generated;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use generated::rules;
use leadql::{Limits, RuleSet};
use std::hint::black_box;

fn compile(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("compile");
    for count in [10, 100, 1_000, 10_000] {
        let text = rules(count);
        assert!(text.len() < Limits::default().source);
        group.throughput(Throughput::Elements(count as u64));
        group.sample_size(if count > 1_000 { 10 } else { 50 });
        group.bench_with_input(BenchmarkId::new("rules", count), &text, |bencher, text| {
            bencher.iter(|| RuleSet::compile(black_box(text)).map(|rules| rules.fingerprint()));
        });
    }
    group.finish();
}

criterion_group!(benches, compile);
criterion_main!(benches);
