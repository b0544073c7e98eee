//! From text to plan: how long compiling takes as rule sets grow. It should grow with the length of the text.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use leadql::{Limits, RuleSet};
use std::fmt::Write;
use std::hint::black_box;

/// A rule set of `count` rules of five different kinds, none like another.
fn rules(count: usize) -> String {
    let mut text = String::from("score engagement 0..100000 decay 50% every 30d {\n");
    for rule in 0..count {
        let (page, times, days) = (rule * 7 % 500, rule % 4 + 1, rule % 80 + 7);
        let line = match rule % 5 {
            0 => {
                format!("r{rule}: visited(page_{page}) >= {times} within {days}d => +{times} \"Rule {rule}\"")
            }
            1 => {
                format!("r{rule}: each downloaded(page_{page} | \"guide/{rule}*\") => +{times} up to 3 times")
            }
            2 => {
                format!("r{rule}: title has any word of [\"chief\", \"vp\"] and company_size >= {rule} => +3")
            }
            3 => format!("r{rule}: industry in [\"software\", \"fintech\"] or country = \"US\" => +{times}"),
            _ => format!(
                "r{rule}: distinct(visited(*)) >= {times} within {days}d and not unsubscribed(*) => +2"
            ),
        };
        // OK because writing to a String never fails.
        let _ = writeln!(text, "  {line}");
    }
    text + "}\nstage mql when engagement >= 50\n"
}

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
