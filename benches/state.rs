//! States of leads in needed retention: what recording an event, setting attributes and evaluating take, and how
//! large a state is.
//!
//! `cargo bench --bench state` also prints the size of the states of 10,000 leads of the B2B example with 30 to
//! 50 events each.

use chrono::{DateTime, TimeDelta, Utc};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use leadql::{EventHandle, KnownEvent, LeadState, NewEvent, RuleSet};
use std::hint::black_box;

const B2B: &str = include_str!("../examples/saas/rules.lql");

/// So many rules over attributes of all sorts.
fn flat_rules() -> String {
    let texts = (0..8).map(|text| format!("attribute text{text}: text\n"));
    let numbers = (0..8).map(|number| format!("attribute number{number}: number\n"));
    let flags = (0..8).map(|flag| format!("attribute flag{flag}: flag\n"));
    let rules = (0..50).map(|rule| {
        let field = rule % 8;
        match rule % 5 {
            0 => format!("text{field} in [\"red\", \"green\", \"colour {rule}\"] => +{}\n", rule + 1),
            1 => format!("text{field} = \"blue\" => +{}\n", rule + 1),
            2 => format!("number{field} >= {} => +{}\n", rule * 10, rule + 1),
            3 => format!("number{field} between {rule} and {} => +{}\n", rule * 5, rule + 1),
            _ => format!("flag{field} => +{}\n", rule + 1),
        }
    });
    texts.chain(numbers).chain(flags).chain(rules).collect()
}

/// 40 rules over events.
fn event_rules() -> String {
    let kinds = ["visited", "viewed", "downloaded", "opened", "clicked", "attended", "watched", "submitted"];
    let rules = (0..40).zip(kinds.iter().cycle()).map(|(rule, kind)| match rule % 5 {
        0 => format!("{kind}(page{}) >= 2 within 30d => +{}\n", rule % 7, rule + 1),
        1 => format!("each {kind}(page{}) => +{} up to 3 times\n", rule % 6, rule + 1),
        2 => format!("{kind}(page{} | page{}) => +{} decay 50% every 30d\n", rule % 5, rule % 3, rule + 1),
        3 => format!("{kind}(*) >= 5 within 14d => +{}\n", rule + 1),
        _ => format!("each {kind}(page{}) within 60d => +{} decay 1 every 7d\n", rule % 4, rule + 1),
    });
    rules.collect()
}

/// Numbers that look like chance and are the same in every run.
struct Mix(u64);

impl Mix {
    fn next(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        usize::try_from((self.0 >> 33) % limit as u64).unwrap_or(0)
    }
}

fn start() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000)
}

const KINDS: [(&str, &[&str]); 8] = [
    ("visited", &["pricing", "product_details", "home", "docs/start", "blog", "about us"]),
    ("opened", &["welcome", "newsletter 12", "newsletter 13", "offer"]),
    ("clicked", &["offer", "newsletter 13"]),
    ("viewed", &["blog", "case_study"]),
    ("downloaded", &["ebook", "price list"]),
    ("attended", &["webinar"]),
    ("watched", &["demo", "intro"]),
    ("answered", &["survey"]),
];
/// How often each kind turns up, of a hundred.
const SHARES: [usize; 8] = [40, 25, 10, 10, 6, 4, 3, 2];

/// The events of a B2B lead over half a year, oldest first, the time of each with microseconds.
fn b2b_events(mix: &mut Mix) -> Vec<(usize, &'static str, DateTime<Utc>)> {
    let count = 30 + mix.next(21);
    let mut events: Vec<_> = (0..count)
        .map(|_| {
            let mut left = mix.next(100);
            let kind = SHARES.iter().position(|share| {
                let found = left < *share;
                left = left.saturating_sub(*share);
                found
            });
            let kind = kind.unwrap_or(0);
            let subjects = KINDS.get(kind).map_or(&[][..], |(_, subjects)| subjects);
            let subject = subjects.get(mix.next(subjects.len())).copied().unwrap_or("");
            let ago = TimeDelta::seconds(mix.next(180 * 86_400) as i64);
            (kind, subject, start() - ago - TimeDelta::microseconds(mix.next(1_000_000) as i64))
        })
        .collect();
    events.sort_by_key(|(.., at)| *at);
    events
}

fn sizes() -> Result<(), Box<dyn std::error::Error>> {
    let rules = RuleSet::compile(B2B)?;
    let mut keeper = rules.keeper();
    let kinds: Vec<EventHandle> = KINDS.iter().filter_map(|(kind, _)| keeper.event(kind).ok()).collect();
    let attributes = ["title", "seniority", "industry", "country", "email_domain"];
    let attributes: Vec<_> = attributes.iter().filter_map(|name| keeper.attribute(name).ok()).collect();
    for ids in [false, true] {
        let (mut mix, mut events, mut live, mut settled) = (Mix(1), 0, 0, 0);
        for lead in 0..10_000_u64 {
            let mut state = keeper.new_state(&format!("L-{lead}"));
            for attribute in &attributes {
                keeper.set(&mut state, *attribute, "software", start())?;
            }
            for (number, (kind, subject, at)) in b2b_events(&mut mix).into_iter().enumerate() {
                let id = if ids { format!("{lead:08x}-0000-4000-8000-{number:012x}") } else { String::new() };
                let Some(kind) = kinds.get(kind) else { continue };
                keeper.record_known(
                    &mut state,
                    &KnownEvent { id: &id, ..KnownEvent::new(*kind, subject, at) },
                    at,
                )?;
                events += 1;
            }
            keeper.advance(&mut state, start())?;
            live += state.memory();
            keeper.settle(&mut state)?;
            settled += state.memory();
        }
        println!(
            "B2B example, 10,000 leads of {} events, {} ids: {} bytes a lead as recorded, {} settled",
            events / 10_000,
            if ids { "with" } else { "without" },
            live / 10_000,
            settled / 10_000
        );
    }
    Ok(())
}

fn flat(criterion: &mut Criterion) -> Result<(), Box<dyn std::error::Error>> {
    let rules = RuleSet::compile(&flat_rules())?;
    let mut keeper = rules.keeper();
    let mut evaluator = rules.evaluator();
    let colours = ["red", "Blue", "green", "colour 40", "a long text that is on no list"];
    let texts: Vec<_> = (0..8).filter_map(|text| keeper.attribute(&format!("text{text}")).ok()).collect();
    let numbers: Vec<_> = (0..8).filter_map(|text| keeper.attribute(&format!("number{text}")).ok()).collect();
    let flags: Vec<_> = (0..8).filter_map(|text| keeper.attribute(&format!("flag{text}")).ok()).collect();
    let owned: Vec<String> = (0..8).zip(colours.iter().cycle()).map(|(_, text)| (*text).to_owned()).collect();
    let fill = |keeper: &mut leadql::Keeper, state: &mut LeadState, at| -> Result<(), leadql::StateError> {
        for (attribute, text) in texts.iter().zip(&owned) {
            keeper.set(state, *attribute, text, at)?;
        }
        for (attribute, number) in numbers.iter().zip(0..) {
            keeper.set(state, *attribute, number * 50, at)?;
        }
        for (attribute, flag) in flags.iter().zip(0..) {
            keeper.set(state, *attribute, flag % 2 == 0, at)?;
        }
        Ok(())
    };
    let mut state = keeper.new_state("L-1");
    let mut at = start();
    criterion.bench_function("state: set 24 fields, evaluate 50 rules", |bencher| {
        bencher.iter(|| {
            at += TimeDelta::microseconds(1);
            let filled = fill(&mut keeper, &mut state, at);
            black_box(filled.and_then(|()| evaluator.evaluate_state(&state, at)).map(|found| found.mql()))
        });
    });
    criterion.bench_function("state: evaluate 50 rules", |bencher| {
        bencher.iter(|| black_box(evaluator.evaluate_state(&state, at).map(|found| found.mql())));
    });
    Ok(())
}

fn events(criterion: &mut Criterion) -> Result<(), Box<dyn std::error::Error>> {
    let rules = RuleSet::compile(&event_rules())?;
    let mut keeper = rules.keeper();
    let mut evaluator = rules.evaluator();
    let kinds = ["visited", "viewed", "downloaded", "opened", "clicked", "attended", "watched", "submitted"];
    let pages: Vec<String> = (0..9).map(|page| format!("page{page}")).collect();
    for count in [20, 200, 2_000] {
        let mut mix = Mix(7);
        let mut found = Vec::new();
        for _ in 0..count {
            let kind = kinds.get(mix.next(8)).copied().unwrap_or("");
            let page = pages.get(mix.next(9)).map_or("", String::as_str);
            found.push((kind, page, start() - TimeDelta::seconds(mix.next(90 * 86_400) as i64)));
        }
        found.sort_by_key(|(.., at)| *at);
        let fresh = keeper.new_state("L-1");
        let mut group = criterion.benchmark_group(format!("state: {count} events, 40 rules"));
        group.throughput(Throughput::Elements(count));
        group.bench_function("record from texts and evaluate", |bencher| {
            bencher.iter_batched_ref(
                || fresh.clone(),
                |state| {
                    for (kind, page, at) in &found {
                        keeper.record(state, &NewEvent::new(*kind, *page, *at), start()).ok()?;
                    }
                    evaluator.evaluate_state(state, start()).ok().map(|found| found.mql())
                },
                BatchSize::SmallInput,
            );
        });
        let known: Vec<_> =
            found.iter().filter_map(|(kind, page, at)| Some((keeper.event(kind).ok()?, page, at))).collect();
        group.bench_function("record with kinds resolved", |bencher| {
            bencher.iter_batched_ref(
                || fresh.clone(),
                |state| {
                    for (kind, page, at) in &known {
                        keeper.record_known(state, &KnownEvent::new(*kind, page, **at), start()).ok()?;
                    }
                    Some(())
                },
                BatchSize::SmallInput,
            );
        });
        let mut state = keeper.new_state("L-1");
        for (kind, page, at) in &known {
            keeper.record_known(&mut state, &KnownEvent::new(*kind, page, **at), start())?;
        }
        group.bench_function("evaluate as recorded", |bencher| {
            bencher.iter(|| evaluator.evaluate_state(&state, start()).ok().map(|found| found.mql()));
        });
        keeper.settle(&mut state)?;
        group.bench_function("evaluate settled", |bencher| {
            bencher.iter(|| evaluator.evaluate_state(&state, start()).ok().map(|found| found.mql()));
        });
        group.finish();
    }
    Ok(())
}

fn state(criterion: &mut Criterion) {
    let done = sizes().and_then(|()| flat(criterion)).and_then(|()| events(criterion));
    assert!(done.is_ok(), "{done:?}");
}

criterion_group!(benches, state);
criterion_main!(benches);
