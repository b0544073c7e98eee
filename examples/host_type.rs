//! Leads straight from a host's own type, through serde, without JSON in between.
//!
//! A CRM has its own contact struct. `rules.lead_from(&contact)` reads whatever serde can serialize: keys that
//! the vocabulary knows are attributes, `id`, `events`, `stage` and `stage_since` mean what they mean in a lead
//! file, and what the rules never ask for is left out. Shows how to see what was left out, and how to score
//! many contacts with one evaluator.
//!
//! ```sh
//! cargo run --example host_type
//! ```

use std::error::Error;

use chrono::{DateTime, Utc};
use leadql::{InstantError, RuleSet, Stage, parse_instant};
use serde::Serialize;

const RULES: &str = r#"
attribute plan: one of [free, pro, enterprise]

plan = enterprise                           => +25
technologies contains any of ["aws", "gcp"] => +10
created_at within 90d                       => +5
sum(watched(*).seconds) >= 300              => +20
days(visited(*)) >= 2 within 14d            => +15

stage mql when score >= 40
"#;

/// A contact as this host keeps it. `None` and an empty list mean that nothing is known.
#[derive(Serialize)]
struct Contact {
    id: u64,
    title: Option<&'static str>,
    plan: Option<Plan>,
    technologies: Vec<&'static str>,
    created_at: DateTime<Utc>,
    stage: Stage,
    /// The rules do not know this word.
    account_manager: &'static str,
    /// Whatever the host calls its list, the rules find it under `events`.
    #[serde(rename = "events")]
    history: Vec<Touch>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Plan {
    Free,
    Enterprise,
}

/// One thing that a contact did.
#[derive(Serialize)]
struct Touch {
    event: &'static str,
    subject: &'static str,
    at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<Watched>,
}

#[derive(Serialize)]
struct Watched {
    seconds: f64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let rules = RuleSet::compile(RULES)?;
    let contacts = contacts()?;
    let now = parse_instant("2026-11-01T00:00:00Z")?;

    // When a host is wired up, it pays to look once at what the vocabulary does not know: a slip shows here.
    if let Some(contact) = contacts.first() {
        let (_, unknown) = rules.lead_and_unknown_from(contact)?;
        for name in unknown {
            println!("left out: {name}");
        }
    }

    // One evaluator for many leads does not allocate anew for each; the score's name is looked up once.
    let score = rules.score_id("score").ok_or("the rules have no loose rule")?;
    let mut evaluator = rules.evaluator();
    for contact in &contacts {
        let lead = rules.lead_from(contact)?;
        let evaluation = evaluator.evaluate(&lead, now);
        let points = evaluation.points(score).unwrap_or_default();
        let title = contact.title.unwrap_or("title unknown");
        println!(
            "contact {} ({title}): {points} points, {} -> {}",
            contact.id,
            contact.stage,
            evaluation.stage()
        );
    }
    Ok(())
}

/// Two contacts, as they might come out of the host's database.
fn contacts() -> Result<Vec<Contact>, InstantError> {
    let visit =
        |at| parse_instant(at).map(|at| Touch { event: "visited", subject: "pricing", at, properties: None });
    let demo = Touch {
        event: "watched",
        subject: "demo",
        at: parse_instant("2026-10-29T10:00:00Z")?,
        properties: Some(Watched { seconds: 412.5 }),
    };
    Ok(vec![
        Contact {
            id: 7,
            title: Some("Head of Platform"),
            plan: Some(Plan::Enterprise),
            technologies: vec!["aws", "kafka"],
            created_at: parse_instant("2026-09-20T08:30:00Z")?,
            stage: Stage::Lead,
            account_manager: "dana",
            history: vec![visit("2026-10-27T16:00:00Z")?, visit("2026-10-29T09:45:00Z")?, demo],
        },
        Contact {
            id: 8,
            title: None,
            plan: Some(Plan::Free),
            technologies: Vec::new(),
            created_at: parse_instant("2025-02-01T00:00:00Z")?,
            stage: Stage::Lead,
            account_manager: "dana",
            history: vec![visit("2026-10-30T11:00:00Z")?],
        },
    ])
}
