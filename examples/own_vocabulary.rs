//! A business with its own words: a ferry line that looks for companies that should have a frequent traveller
//! contract.
//!
//! `vocabulary only declared` drops the standard vocabulary, so only the declared words are known. The words
//! stand in a file of their own, which is given to the [`Compiler`] as a text; a param is set from outside.
//! The last part shows what a rule set with mistakes gets to hear.
//!
//! ```sh
//! cargo run --example own_vocabulary
//! ```

use std::error::Error;

use leadql::{Compiler, NewEvent, parse_instant};

/// What the ferry line knows of a company.
const WORDS: &str = "
attribute fleet: number
attribute port: one of [Esbjerg, Harwich, Rosslare]

event crossed(route, vans: number)
event asked_price(route)
event delayed(route) passive   # happens to them, so it is no sign of interest
";

const RULES: &str = r#"
vocabulary only declared

include "words.lql"

param full_contract = 5   # vans a year from which a contract pays

score travel {
  regular: sum(crossed(*).vans) >= full_contract within 365d => +40 "Takes enough vans across"
  each asked_price(*) within 90d                             => +10 up to 2 times
  fleet >= 20 and port in [Harwich, Rosslare]                => +15
}

stage mql when travel >= 50
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let compiler = Compiler::new().name("ferry.lql").include("words.lql", WORDS);
    let usual = compiler.compile(RULES)?;
    // The same file under another contract: no copy of the rules, and the same checks.
    let strict = compiler.clone().set("full_contract", "12").compile(RULES)?;

    let lead = usual
        .lead()
        .id("Haven Freight")
        .set("fleet", 24)?
        .set("port", "Harwich")?
        .add_event(
            NewEvent::new("crossed", "harwich-esbjerg", parse_instant("2026-03-04T06:00:00Z")?)
                .property("vans", 6),
        )?
        .event("asked_price", "rosslare-cherbourg", parse_instant("2026-10-20T13:00:00Z")?)?
        .build();

    let now = parse_instant("2026-11-01T00:00:00Z")?;
    for (contract, rules) in [("5 vans", &usual), ("12 vans", &strict)] {
        let evaluation = rules.evaluate(&lead, now);
        let points = evaluation.score("travel").unwrap_or_default();
        println!(
            "contract from {contract}: {} has {points} points, {}",
            evaluation.lead_id(),
            evaluation.stage()
        );
    }

    // Three slips: a misspelt event, a word from the dropped standard vocabulary, a number compared with a text.
    let broken = RULES
        .replace("each asked_price(*)", "each asked_prize(*)")
        .replace("port in [Harwich, Rosslare]", "title is known")
        .replace("fleet >= 20", "fleet >= \"20\"");
    match compiler.compile(&broken) {
        Ok(_) => println!("\nthe broken variant compiled"),
        // `render(true)` colours it for a terminal; `reports()` gives the same as data for an editor.
        Err(found) => println!("\nthe broken variant: {} findings\n\n{}", found.len(), found.render(false)),
    }
    Ok(())
}
