//! 100,000 leads of 50 events in columns: the 40 rules over events, and six over attributes beside them.

mod by_hand;
mod columns;
mod export;
mod with_leadql;

use std::error::Error;
use std::fmt::Write;
use std::path::Path;

use leadql::RuleSet;

use crate::NOW;
use crate::events::reference;
use crate::events::rules::{self as events, BANDS, BOUNDS, MQL};
use crate::events::with_leadql::{line, new_event};
use crate::flat::rules::Condition;
use crate::flat::with_leadql::condition;
use crate::way::{Kind, Verdict, Way, check};
use columns::Columns;

/// A rule over attributes, its points in thousandths.
type FitRule = (Condition, i64);

fn fit_rules() -> [FitRule; 6] {
    [
        (Condition::In("industry", &["software", "fintech"]), 15_000),
        (Condition::In("industry", &["education", "government"]), -5_000),
        (Condition::In("country", &["us", "ca", "gb"]), 10_000),
        (Condition::Number("company_size", Some(50), Some(500)), 20_000),
        (Condition::Number("company_size", Some(501), None), 10_000),
        (Condition::Not(Box::new(Condition::Flag("consent"))), -20_000),
    ]
}

/// The rule set as text.
fn text() -> String {
    let mut text = format!("score interest {}..{} {{\n", BOUNDS.0, BOUNDS.1);
    for rule in events::rules() {
        _ = writeln!(text, "  {}", line(&rule));
    }
    for (of, points) in fit_rules() {
        _ = writeln!(text, "  {} => {:+}", condition(&of), points / 1_000);
    }
    let bands = BANDS.map(|(name, bound)| format!("{name} >= {bound}")).join(", ");
    _ = writeln!(text, "}}\n\nband interest {{ {bands}, cold }}\nstage mql when interest >= {MQL}");
    text
}

/// The workload with so many leads, checked and ready to be timed.
pub fn prepare(leads: usize) -> Result<Vec<Way>, Box<dyn Error>> {
    let columns: &'static Columns = Box::leak(Box::new(columns::columns(leads)));
    let expected = scored(columns)?;
    let mut met = Vec::new();
    let mut ways = vec![Way::over_runs("hand-written Rust", Kind::Columns, move |first, verdicts| {
        by_hand::score(columns, first, verdicts, &mut met);
    })];
    ways.extend(with_leadql::ways(&RuleSet::compile(&text())?, columns)?);
    check(&mut ways, &expected, |_, lead| format!("Its events are {:#?}", columns.lead(lead)))?;
    Ok(ways)
}

/// Writes the columns, the rules and the right scores for `frames.py`.
pub fn export(leads: usize, folder: &Path) -> Result<(), Box<dyn Error>> {
    let columns = columns::columns(leads);
    let expected = scored(&columns)?;
    export::write(&columns, &expected, folder)?;
    Ok(())
}

/// The verdicts by hand, a sample of them held against the plain reading and against LeadQL lead by lead.
fn scored(columns: &Columns) -> Result<Vec<Verdict>, Box<dyn Error>> {
    let mut verdicts = vec![Verdict::default(); columns.leads()];
    by_hand::score(columns, 0, &mut verdicts, &mut Vec::new());
    let rules = RuleSet::compile(&text())?;
    let plain = events::rules();
    for (lead, verdict) in verdicts.iter().enumerate().step_by(97) {
        let history = columns.lead(lead);
        let points: i64 = plain.iter().map(|rule| reference::worth(rule, &history, NOW)).sum();
        let right = reference::conclude(points + fit(columns, lead));

        let mut builder = rules
            .lead()
            .set("industry", columns.industry.row(lead))?
            .set("country", columns.country.row(lead))?
            .set("company_size", columns.company_size[lead])?
            .set("consent", columns.consent[lead])?;
        for event in &history.events {
            builder = builder.add_event(new_event(event))?;
        }
        let evaluation = rules.evaluate(&builder.build(), NOW);
        let score = evaluation.score("interest").map(|points| points.thousandths());
        if *verdict != right || score != Some(right.score) || evaluation.mql() != right.mql {
            return Err(
                format!("lead {lead}: by hand {verdict:?}, LeadQL {score:?}, right is {right:?}").into()
            );
        }
    }
    Ok(verdicts)
}

/// What the rules over attributes give, read plainly.
fn fit(columns: &Columns, lead: usize) -> i64 {
    let holds = |of: &Condition| match of {
        Condition::In("industry", values) => values.contains(&columns.industry.row(lead)),
        Condition::In("country", values) => values.contains(&columns.country.row(lead)),
        Condition::Number("company_size", low, high) => {
            let size = columns.company_size[lead];
            low.is_none_or(|low| size >= low) && high.is_none_or(|high| size <= high)
        }
        Condition::Not(_) => !columns.consent[lead],
        other => unreachable!("not among the rules: {other:?}"),
    };
    fit_rules().iter().filter(|(of, _)| holds(of)).map(|(_, points)| points).sum()
}
