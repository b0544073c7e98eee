//! 50 rules over a flat snapshot of 24 fields.

mod by_hand;
mod idiomatic;
mod reference;
pub mod rules;
mod snapshot;
mod with_cel;
mod with_datalogic;
pub mod with_leadql;
mod with_rhai;
mod with_wirefilter;
mod with_zen;

use std::error::Error;

use leadql::RuleSet;

use crate::way::{Kind, Verdict, Way};

/// The workload with so many leads, checked and ready to be timed.
pub fn prepare(leads: usize) -> Result<Vec<Way>, Box<dyn Error>> {
    // Leaked, because the leads live as long as the program and every way borrows them.
    let leads: &'static [_] = snapshot::snapshots(leads).leak();
    let rules = rules::rules();
    let expected: Vec<Verdict> = leads.iter().map(|lead| reference::verdict(&rules, lead)).collect();

    let mut ways = vec![
        {
            let prepared: Vec<_> = leads.iter().map(by_hand::Prepared::new).collect();
            Way::new("hand-written Rust", Kind::Prepared, move |lead| prepared[lead].verdict())
        },
        Way::new("hand-written Rust", Kind::FromFields, |lead| {
            by_hand::Prepared::new(&leads[lead]).verdict()
        }),
        {
            let normalized: Vec<_> = leads.iter().map(idiomatic::normalize).collect();
            Way::new("idiomatic Rust", Kind::Prepared, move |lead| idiomatic::verdict(&normalized[lead]))
        },
        Way::new("idiomatic Rust", Kind::FromFields, |lead| {
            idiomatic::verdict(&idiomatic::normalize(&leads[lead]))
        }),
    ];
    let compiled = RuleSet::compile(&with_leadql::text(&rules))?;
    ways.extend(with_leadql::ways(&compiled, leads, crate::NOW)?);
    ways.extend(with_wirefilter::ways(&rules, leads)?);
    ways.extend(with_datalogic::ways(&rules, leads)?);
    ways.extend(with_zen::ways(&rules, leads)?);
    ways.extend(with_cel::ways(&rules, leads)?);
    ways.extend(with_rhai::ways(&rules, leads)?);

    crate::way::check(&mut ways, &expected, |_, lead| {
        let lead = &leads[lead];
        let holding = rules.iter().filter(|rule| reference::holds(&rule.condition, lead));
        format!("{lead:#?}\nThese rules hold for it: {:#?}", holding.collect::<Vec<_>>())
    })?;
    Ok(ways)
}
