//! From a rule text to a score: compile once, build a lead, evaluate it at an instant.
//!
//! Prints every score and band, the stage, until when all of it holds, and what each rule gave.
//!
//! ```sh
//! cargo run --example quickstart
//! ```

use std::error::Error;

use leadql::{NewEvent, RuleSet, parse_instant};

const RULES: &str = r#"
score engagement 0..100 decay 50% every 30d {
  pricing_twice: visited(pricing) >= 2 within 30d => +30 "Looked at pricing at least twice"
  ebooks:        each downloaded(ebook)           => +10 up to 3 times
  saw_the_demo:  watched(demo, seconds >= 60)     => +20
}

score fit 0..100 {
  decides:    title has any word of ["chief", "head"] => +30
  right_size: company_size between 50 and 500         => +20
}

band engagement { hot >= 60, warm >= 30, cold }
band fit        { A >= 40, B >= 20, C }

stage mql when engagement is at least warm and fit is at least B
          until inactive for 60d
"#;

fn main() -> Result<(), Box<dyn Error>> {
    // Every mistake in the text would be found here; a rule set that compiles never fails to evaluate.
    let rules = RuleSet::compile(RULES)?;

    // Names and types are checked as they are used: `set("titel", …)` is an error that suggests `title`.
    let lead = rules
        .lead()
        .id("L-1")
        .set("title", "Chief Marketing Officer")?
        .set("company_size", 120)?
        .event("visited", "pricing", parse_instant("2026-10-27T09:00:00Z")?)?
        .event("visited", "pricing", parse_instant("2026-10-30T08:00:00Z")?)?
        .event("downloaded", "ebook", parse_instant("2026-09-15T12:00:00Z")?)?
        .add_event(
            NewEvent::new("watched", "demo", parse_instant("2026-10-30T08:20:00Z")?).property("seconds", 340),
        )?
        .build();

    // Time is an argument: the same lead at the same instant always gives the same.
    let now = parse_instant("2026-11-01T00:00:00Z")?;
    let evaluation = rules.evaluate(&lead, now);

    println!("lead {} at {now}", evaluation.lead_id());
    for (name, points) in evaluation.scores() {
        let band = evaluation.band(name).unwrap_or("no band");
        println!("  {name}: {points} ({band})");
    }
    println!("  stage: {}", evaluation.stage());
    match evaluation.valid_until() {
        Some(instant) => println!("  nothing changes before {instant}"),
        None => println!("  nothing changes any more by itself"),
    }

    println!("what each rule gave:");
    for value in rules.rule_values(&lead, now) {
        print!("  {:>4}  {}.{}", value.points, value.score, value.rule);
        match value.newest {
            Some(newest) => println!("  (events: {}, the newest at {newest})", value.count),
            None => println!(),
        }
    }
    Ok(())
}
