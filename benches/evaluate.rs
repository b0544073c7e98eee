//! Evaluating a lead that is prepared: 50 rules over attributes alone, 40 rules over events as histories grow,
//! and a rule set as a team would write it; each with and without looking for how long the result holds.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a bench stops where something is not as it should be"
)]

use chrono::{DateTime, TimeDelta, Utc};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use leadql::{Lead, NewEvent, ReadOptions, RuleSet};
use std::hint::black_box;

/// So many different leads take turns, so that no branch can be learnt by heart.
const LEADS: usize = 64;

const FLAT: &str = r#"
vocabulary only declared
attribute title: text            attribute seniority: text       attribute job_function: text
attribute industry: text         attribute country: text         attribute region: text
attribute lead_source: text      attribute campaign: text        attribute email_domain: text
attribute persona: text          attribute city: text            attribute plan: one of [free, pro, enterprise]
attribute company_size: number   attribute annual_revenue: number attribute seats: number
attribute logins: number         attribute age: number           attribute rating: number
attribute budget: flag           attribute authority: flag       attribute need: flag
attribute timing: flag           attribute consent: flag         attribute technologies: set of text
let free_mail = ["gmail.com", "outlook.com", "yahoo.com", "hotmail.com", "icloud.com", "gmx.net"]
score profile 0..100 {
  title contains "chief" => +12            title has any word of ["vp", "head"] => +9
  title starts with "intern" => -9         seniority = "director" => +8
  seniority = "manager" => +5              seniority in ["c-level", "founder"] => +12
  job_function = "marketing" => +6         job_function in ["sales", "operations"] => +4
  job_function = "student" => -15          industry in ["software", "fintech", "saas"] => +8
  industry = "retail" => +3                industry = "agency" => -3
  country in ["US", "CA", "GB"] => +6      country in ["DE", "FR", "NL"] => +4
  country not in ["US", "CA", "GB", "DE", "FR", "NL"] => -2
  region = "emea" => +1                    region = "apac" => +2
  lead_source = "referral" => +7           lead_source = "event" => +5
  lead_source in ["ad", "list"] => -2      campaign = "autumn" => +2
  campaign starts with "brand" => +1       email_domain in free_mail => -8
  email_domain is missing => -5            persona = "buyer" => +6
  persona = "researcher" => -4             city = "london" => +1
  plan = enterprise => +9                  plan in [pro, enterprise] => +4
  company_size between 50 and 500 => +8    company_size > 500 => +11
  company_size < 5 => -6                   annual_revenue >= 1_000_000 => +5
  annual_revenue >= 10_000_000 => +5       seats >= 10 => +3
  seats >= 100 => +4                       logins >= 3 => +4
  logins >= 20 => +6                       logins = 0 => -4
  age between 18 and 24 => -2              rating >= 4.5 => +3
  rating < 2 => -3                         budget => +8
  authority and budget => +6               need => +6
  timing and not (plan = free) => +5       not consent => -3
  technologies contains "aws" => +2        technologies contains any of ["gcp", "azure"] => +2
  seniority = "director" and company_size > 200 or title contains "chief" => +3
}
band profile { A >= 70, B >= 50, C >= 25, D }
stage mql when profile is at least B and consent
"#;

fn flat_lead(rules: &RuleSet, number: usize) -> Lead {
    let pick = |from: &[&'static str], by: usize| from[number * 7 / by % from.len()];
    let texts = [
        (
            "title",
            pick(
                &["Chief Marketing Officer", "VP Sales", "Software Engineer", "Intern", "Head of Growth"],
                1,
            ),
        ),
        ("seniority", pick(&["director", "Manager", "C-Level", "staff"], 2)),
        ("job_function", pick(&["Marketing", "sales", "student", "engineering"], 3)),
        ("industry", pick(&["Software", "retail", "fintech", "farming", "agency"], 2)),
        ("country", pick(&["US", "DE", "GB", "BR", "FR", "JP"], 1)),
        ("region", pick(&["emea", "APAC", "amer"], 1)),
        ("lead_source", pick(&["referral", "ad", "organic", "event"], 3)),
        ("campaign", pick(&["autumn", "Brand 2026", "spring"], 2)),
        ("email_domain", pick(&["gmail.com", "acme.example", "brightwater.example", ""], 1)),
        ("persona", pick(&["buyer", "researcher", "user"], 4)),
        ("city", pick(&["London", "Berlin", "Austin"], 5)),
        ("plan", pick(&["free", "pro", "enterprise"], 2)),
    ];
    let numbers = [
        ("company_size", number * 13 % 900),
        ("annual_revenue", number * 977_777 % 20_000_000),
        ("seats", number * 11 % 150),
        ("logins", number * 5 % 30),
        ("age", 18 + number % 50),
        ("rating", number % 6),
    ];
    let flags = ["budget", "authority", "need", "timing", "consent"];
    let mut lead = rules.lead().id(format!("L-{number}"));
    for (name, text) in texts {
        lead = lead.set(name, text).unwrap();
    }
    for (name, number) in numbers {
        lead = lead.set(name, number as u64).unwrap();
    }
    for (place, name) in flags.into_iter().enumerate() {
        lead = lead.set(name, number >> place & 1 == 1).unwrap();
    }
    let technologies = vec!["aws", "rust", "Azure"].split_off(number % 3);
    lead.set("technologies", technologies).unwrap().build()
}

const PAGES: [&str; 8] =
    ["pricing", "docs", "blog", "product", "careers", "case_study", "demo", "integrations"];

/// 40 rules about events, every sort of them.
fn event_rules() -> String {
    let mut text = String::from("score engagement 0..1000 decay 50% every 30d {\n");
    for (number, page) in PAGES.into_iter().enumerate() {
        let (times, days) = (number + 1, 7 * (number + 1));
        text += &format!("  visited({page}) >= {times} within {days}d => +{times}\n");
        text += &format!("  visited({page}) => +1 no decay\n");
        text += &format!("  each viewed({page}) within 90d => +2 up to {times} times\n");
        text += &format!("  each downloaded({page}) => +5 up to 3 times decay 1 every 14d\n");
    }
    text += "  distinct(visited(*)) >= 5 within 30d => +8
  days(visited(*)) >= 3 within 14d => +6
  sum(watched(*).seconds) >= 600 => +10
  sum(watched(demo).seconds) >= 60 within 30d => +5
  each opened(*) => +1 up to 3 times per day up to 20 times
  visited(pricing) and not visited(careers) within 60d => +4
  visited(*) >= 20 within 30d => +7
  unsubscribed(*) => -25
}
band engagement { hot >= 70, warm >= 40, cold }
stage mql when engagement >= 50 until engagement < 35 or inactive for 60d
";
    text
}

fn event_lead(rules: &RuleSet, number: usize, events: usize, now: DateTime<Utc>) -> Lead {
    let kinds = ["visited", "viewed", "downloaded", "opened", "visited", "watched", "visited", "viewed"];
    let mut lead = rules.lead().id(format!("L-{number}"));
    for event in 0..events {
        let mixed = (number * 1_000_003 + event).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
        let age = TimeDelta::minutes((event * 525_600 / events + mixed % 997) as i64 + 1);
        let kind = kinds[mixed % kinds.len()];
        let mut event = NewEvent::new(kind, PAGES[mixed / 8 % PAGES.len()], now - age);
        if kind == "watched" {
            event = event.property("seconds", (mixed % 300) as u64);
        }
        lead = lead.add_event(event).unwrap();
    }
    lead.build()
}

fn evaluate(criterion: &mut Criterion) {
    let now: DateTime<Utc> = "2026-11-01T12:00:00Z".parse().unwrap();
    let mut group = criterion.benchmark_group("evaluate");
    let mut both = |name: &str, rules: &RuleSet, leads: &[Lead]| {
        for (way, mut evaluator) in
            [("once", rules.evaluator().without_valid_until()), ("valid_until", rules.evaluator())]
        {
            let mut turns = leads.iter().cycle();
            group.bench_function(BenchmarkId::new(name, way), |bencher| {
                bencher.iter(|| {
                    let lead = turns.next().unwrap_or(&leads[0]);
                    black_box(evaluator.evaluate(black_box(lead), now).stage())
                });
            });
        }
    };
    let rules = RuleSet::compile(FLAT).unwrap();
    let leads: Vec<Lead> = (0..LEADS).map(|number| flat_lead(&rules, number)).collect();
    both("50 rules, 24 attributes", &rules, &leads);
    let rules = RuleSet::compile(&event_rules()).unwrap();
    for events in [20, 200, 20_000] {
        let leads: Vec<Lead> = (0..LEADS).map(|number| event_lead(&rules, number, events, now)).collect();
        both(&format!("40 rules, {events} events"), &rules, &leads);
    }
    let rules = RuleSet::compile_file("examples/saas/rules.lql").unwrap();
    let file = std::fs::read("examples/saas/leads.jsonl").unwrap();
    let leads = rules.read_leads(&file[..], &ReadOptions::new("leads.jsonl")).unwrap();
    let leads: Vec<Lead> = leads.collect::<Result<_, _>>().unwrap();
    both("examples/saas", &rules, &leads);
    group.finish();
}

criterion_group!(benches, evaluate);
criterion_main!(benches);
