//! Advice on leads whose answers can be worked out by hand, and on hostile ones.

use std::time::Instant as Clock;

use chrono::{DateTime, Utc};

use super::{Advice, Standing};
use crate::{Gate, Lead, RuleSet};

fn at(text: &str) -> DateTime<Utc> {
    crate::parse_instant(text).unwrap()
}

fn saas() -> RuleSet {
    RuleSet::compile(include_str!("../../examples/saas/rules.lql")).unwrap()
}

fn ways(advice: &Advice) -> Vec<String> {
    advice.ways.iter().map(ToString::to_string).collect()
}

fn first(rules: &str, lead: impl Fn(&RuleSet) -> Lead) -> String {
    let rules = RuleSet::compile(rules).unwrap();
    let advice = rules.what_it_would_take(&lead(&rules), at("2026-11-01"), Gate::Mql);
    assert_eq!(advice.standing, Standing::Open);
    advice.ways.first().map_or_else(|| advice.to_string(), ToString::to_string)
}

#[test]
fn look() {
    let rules = saas();
    let (lead, now) = rules.test_leads().next().unwrap();
    for gate in Gate::ALL {
        let start = Clock::now();
        println!("{}\n{:?}\n", rules.what_it_would_take(&lead, now, gate), start.elapsed());
    }
    let lead = rules.lead().event("unsubscribed", "x", at("2026-10-30")).unwrap().build();
    println!("{}", rules.what_it_would_take(&lead, now, Gate::Mql));
    for text in [
        REPEAT,
        "visited(a) >= 12 => 1 stage mql when score >= 1",
        "days(visited(*)) >= 3 => 1 stage mql when score >= 1",
        "sum(watched(demo, seconds >= 30).seconds) >= 600 => 1  stage mql when score >= 1",
        "created_at within 5d stage mql when inactive for 3d and created_at within 10d",
    ] {
        if let Ok(r) = RuleSet::compile(text) {
            println!("{}", r.what_it_would_take(&r.lead().build(), now, Gate::Mql));
        } else {
            println!("no {text}");
        }
    }
    panic!();
}
const REPEAT: &str = "each visited(\"/docs/*\") => +2  stage mql when score >= 20 and (unsubscribed(*) or plan = pro) attribute plan: one of [free, pro]";
