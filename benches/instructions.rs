//! Instructions for each of the core's paths, counted by valgrind's callgrind: a change shows whatever the machine's
//! mood.
//!
//! Each operation runs under callgrind in a process of its own, once few times and once more often; the difference,
//! divided by how many times more, is what one costs, without its set-up. Counts move by a few in a thousand from
//! run to run, because hash maps are seeded by chance.
//!
//! ```sh
//! cargo bench --all-features --bench instructions -- --save before.txt
//! cargo bench --all-features --bench instructions -- --compare before.txt
//! ```
#![expect(clippy::unwrap_used, reason = "a bench that cannot begin stops by panicking")]

#[path = "generated/contact.rs"]
mod contact;
#[path = "generated/rules.rs"]
mod generated;

use std::collections::HashMap;
use std::fmt::Write;
use std::hint::black_box;
use std::process::{Command, ExitCode};

use chrono::{DateTime, TimeDelta, Utc};
use leadql::{KnownEvent, ReadOptions, RuleSet};

const USAGE: &str =
    "usage: cargo bench --all-features --bench instructions -- [--save FILE] [--compare FILE] [NAME]

  NAME  only the operations whose name contains it";

/// What is counted: a name, how often it runs at least, and what sets it up.
type Operation = (&'static str, u64, fn() -> Box<dyn FnMut()>);

const OPERATIONS: [Operation; 12] = [
    ("compile examples/saas", 2, || Box::new(|| drop(black_box(RuleSet::compile(black_box(SAAS)))))),
    ("compile 1,000 rules", 1, || {
        let text = generated::rules(1_000);
        Box::new(move || drop(black_box(RuleSet::compile(black_box(&text)))))
    }),
    ("builder, no event", 100, || builder(0)),
    ("builder, 20 events", 50, || builder(20)),
    ("row and evaluate, no event", 100, || row(0)),
    ("row and evaluate, 20 events", 50, || row(20)),
    ("serde, 20 events", 50, || {
        let (rules, contact) = (saas(), contact::contact(7, 20, now()));
        Box::new(move || drop(black_box(rules.lead_from(black_box(&contact)).unwrap())))
    }),
    ("JSON line, 20 events", 50, || {
        let (rules, line) = (saas(), serde_json::to_string(&contact::contact(7, 20, now())).unwrap());
        let options = ReadOptions::new("leads.jsonl");
        Box::new(move || {
            let mut leads = rules.read_leads(black_box(line.as_bytes()), &options).unwrap();
            drop(black_box(leads.next().unwrap().unwrap()));
        })
    }),
    ("evaluate, 20 events", 200, || evaluate(saas(), 20, false)),
    ("evaluate with valid_until, 20 events", 200, || evaluate(saas(), 20, true)),
    ("evaluate 100 rules, 2,000 events", 100, || evaluate(hundred(), 2_000, false)),
    ("evaluate 100 rules with valid_until, 2,000 events", 100, || evaluate(hundred(), 2_000, true)),
];

const SAAS: &str = include_str!("../examples/saas/rules.lql");

fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_758)
}

fn saas() -> RuleSet {
    RuleSet::compile(SAAS).unwrap()
}

fn hundred() -> RuleSet {
    RuleSet::compile(&generated::rules(100)).unwrap()
}

fn builder(events: u64) -> Box<dyn FnMut()> {
    let (rules, contact) = (saas(), contact::contact(7, events, now()));
    Box::new(move || drop(black_box(black_box(&contact).build(&rules).unwrap())))
}

/// From the contact's fields to its score, in one row.
fn row(events: u64) -> Box<dyn FnMut()> {
    let (rules, contact) = (saas(), contact::contact(7, events, now()));
    let (mut row, mut evaluator) = (rules.row(), rules.evaluator().without_valid_until());
    let attribute = |name| rules.attribute(name).unwrap();
    let texts = ["title", "industry", "country", "email_domain"].map(attribute);
    let (size, created_at) = (attribute("company_size"), attribute("created_at"));
    let seconds = rules.property(rules.event("watched").unwrap(), "seconds").unwrap();
    Box::new(move || {
        let contact = black_box(&contact);
        row.clear();
        row.set_id(&contact.id);
        let values = [contact.title, contact.industry, contact.country, contact.email_domain.as_str()];
        texts.iter().zip(values).for_each(|(attribute, value)| row.set(*attribute, value).unwrap());
        row.set(size, contact.company_size).unwrap();
        row.set(created_at, contact.created_at).unwrap();
        for event in &contact.events {
            let known = KnownEvent::new(rules.event(event.event).unwrap(), &event.subject, event.at);
            match event.properties {
                Some(watched) => {
                    let properties = &[(seconds, watched.seconds.into())];
                    row.add_event(&KnownEvent { properties, ..known }).unwrap();
                }
                None => row.add_event(&known).unwrap(),
            }
        }
        black_box(evaluator.evaluate_row(&mut row, now()).unwrap().mql());
    })
}

fn evaluate(rules: RuleSet, events: u64, valid_until: bool) -> Box<dyn FnMut()> {
    let evaluator = rules.evaluator();
    let mut evaluator = if valid_until { evaluator } else { evaluator.without_valid_until() };
    // Eight leads take turns, so that one odd lead does not speak for all.
    let leads = (0..8).map(|number| contact::contact(number, events, now()).build(&rules).unwrap());
    let leads: Vec<_> = leads.collect();
    let mut next = 0;
    Box::new(move || {
        next = (next + 1) % 8;
        black_box(leads.get(next).map(|lead| evaluator.evaluate(black_box(lead), now()).mql()));
    })
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (mut save, mut compare, mut only) = (None, None, String::new());
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            // From itself, under callgrind.
            "--run" => {
                let mut number = || arguments.next().and_then(|text| text.parse::<u64>().ok()).unwrap();
                let (place, times) = (number(), number());
                run(usize::try_from(place).unwrap(), times);
                return ExitCode::SUCCESS;
            }
            "--save" => save = arguments.next(),
            "--compare" => compare = arguments.next(),
            // Cargo says so.
            "--bench" => {}
            flag if flag.starts_with('-') => {
                eprintln!("{USAGE}");
                return ExitCode::from(2);
            }
            name => only = name.to_owned(),
        }
    }
    match count_all(&only, save.as_deref(), compare.as_deref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(place: usize, times: u64) {
    let Some((_, _, set_up)) = OPERATIONS.get(place) else { return };
    let mut operation = set_up();
    (0..times).for_each(|_| operation());
}

fn count_all(only: &str, save: Option<&str>, compare: Option<&str>) -> Result<(), String> {
    let before: HashMap<String, u64> = match compare {
        Some(file) => {
            let text = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
            text.lines().filter_map(|line| line.split_once('\t')).filter_map(parsed).collect()
        }
        None => HashMap::new(),
    };
    let mut saved = String::new();
    for (place, (name, times, _)) in
        OPERATIONS.iter().enumerate().filter(|(_, (name, ..))| name.contains(only))
    {
        let (few, many) = (counted(place, *times)?, counted(place, times * 3)?);
        let one = many.saturating_sub(few) / (times * 2);
        let change = before.get(*name).map(|before| {
            // OK because counts are far below 2^52.
            format!("{:>+8.1} %", (one as f64 / (*before).max(1) as f64 - 1.0) * 100.0)
        });
        println!("{name:<50} {one:>12} {}", change.unwrap_or_default());
        // OK because writing to a String never fails.
        let _ = writeln!(saved, "{name}\t{one}");
    }
    save.map_or(Ok(()), |file| std::fs::write(file, saved).map_err(|error| format!("{file}: {error}")))
}

fn parsed((name, count): (&str, &str)) -> Option<(String, u64)> {
    Some((name.to_owned(), count.parse().ok()?))
}

/// How many instructions setting an operation up and running it so many times takes.
fn counted(place: usize, times: u64) -> Result<u64, String> {
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(this);
    valgrind.args(["--run", &place.to_string(), &times.to_string()]);
    let output = valgrind.output().map_err(|error| {
        format!("valgrind cannot be started ({error}); instructions are counted where it is installed")
    })?;
    let told = String::from_utf8_lossy(&output.stderr);
    let collected = told.lines().find_map(|line| line.split_once("Collected :"));
    let count = collected.and_then(|(_, count)| count.trim().parse().ok());
    count.ok_or_else(|| format!("valgrind tells no count:\n{told}"))
}
