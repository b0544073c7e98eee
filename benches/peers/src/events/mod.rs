//! 40 rules over 20, 200 or 2,000 events a lead.

mod by_hand;
pub mod history;
mod idiomatic;
pub mod reference;
pub mod rules;
pub mod tally;
mod with_cel;
mod with_datalogic;
pub mod with_leadql;
mod with_rhai;

use std::error::Error;

use leadql::RuleSet;

use crate::NOW;
use crate::way::{Kind, Verdict, Way, check};

/// The workload with so many leads of so many events each, checked and ready to be timed.
pub fn prepare(leads: usize, events: usize) -> Result<Vec<Way>, Box<dyn Error>> {
    // Leaked, because the leads live as long as the program and every way borrows them.
    let leads: &'static [_] = history::leads(events, NOW).take(leads).collect::<Vec<_>>().leak();
    let rules = rules::rules();
    let expected: Vec<Verdict> = leads.iter().map(|lead| reference::verdict(&rules, lead, NOW)).collect();

    let mut ways = vec![
        {
            let mut scratch = by_hand::Scratch::default();
            let prepared: Vec<_> = leads
                .iter()
                .map(|lead| {
                    let mut prepared = by_hand::Prepared::default();
                    prepared.fill(lead, &mut scratch);
                    prepared
                })
                .collect();
            Way::new("hand-written Rust", Kind::Prepared, move |lead| {
                prepared[lead].verdict(NOW, &mut scratch)
            })
        },
        {
            let mut scratch = by_hand::Scratch::default();
            let mut prepared = by_hand::Prepared::default();
            Way::new("hand-written Rust", Kind::FromFields, move |lead| {
                prepared.fill(&leads[lead], &mut scratch);
                prepared.verdict(NOW, &mut scratch)
            })
        },
        {
            let normalized: Vec<_> = leads.iter().map(idiomatic::normalize).collect();
            Way::new("idiomatic Rust", Kind::Prepared, move |lead| idiomatic::verdict(&normalized[lead], NOW))
        },
        Way::new("idiomatic Rust", Kind::FromFields, |lead| {
            idiomatic::verdict(&idiomatic::normalize(&leads[lead]), NOW)
        }),
    ];
    let compiled = RuleSet::compile(&with_leadql::text(&rules))?;
    ways.extend(with_leadql::ways(&compiled, leads, NOW)?);
    ways.extend(with_datalogic::ways(&rules, leads, NOW)?);
    ways.extend(with_cel::ways(&rules, leads, NOW)?);
    ways.extend(with_rhai::ways(&rules, leads, NOW)?);

    check(&mut ways, &expected, |_, lead| {
        let worth = rules.iter().map(|rule| (reference::worth(rule, &leads[lead], NOW), rule));
        let worth: Vec<_> = worth.filter(|(worth, _)| *worth != 0).collect();
        format!("Its rules give {worth:#?}")
    })?;
    Ok(ways)
}
