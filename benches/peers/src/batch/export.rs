//! The columns as files that `frames.py` reads without a library: each column's numbers one after another, in
//! little-endian bytes, beside one JSON file with the dictionaries and the rules as SQL.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::{Value, json};

use super::columns::{Columns, Texts};
use super::fit_rules;
use crate::NOW;
use crate::events::rules::{BOUNDS, Body, DAY, Measure, Rule, Selector, Subject, rules};
use crate::flat::rules::Condition;
use crate::way::Verdict;

pub fn write(columns: &Columns, verdicts: &[Verdict], folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let file = |name: &str, bytes: Vec<u8>| fs::write(folder.join(name), bytes);
    let codes = |texts: &Texts| texts.codes.iter().flat_map(|code| code.to_le_bytes()).collect();
    let numbers = |numbers: &[i64]| numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    file("industry.u32", codes(&columns.industry))?;
    file("country.u32", codes(&columns.country))?;
    file("company_size.i64", numbers(&columns.company_size))?;
    file("consent.u8", columns.consent.iter().map(|flag| u8::from(*flag)).collect())?;
    let leads = (0..columns.leads()).flat_map(|lead| columns.events_of(lead).map(move |_| lead as u32));
    file("lead.u32", leads.flat_map(u32::to_le_bytes).collect())?;
    file("kind.u32", codes(&columns.kind))?;
    file("subject.u32", codes(&columns.subject))?;
    let seconds_since_1970 = columns.at.iter().map(|at| at.div_euclid(1_000_000));
    file("at.i64", numbers(&seconds_since_1970.collect::<Vec<_>>()))?;
    file("seconds.i64", numbers(&columns.seconds))?;
    let scores: Vec<i64> = verdicts.iter().map(|verdict| verdict.score).collect();
    file("score.i64", numbers(&scores))?;
    let about = json!({
        "leads": columns.leads(),
        "now": NOW.timestamp(),
        "dictionaries": {
            "industry": columns.industry.dictionary,
            "country": columns.country.dictionary,
            "kind": columns.kind.dictionary,
            "subject": columns.subject.dictionary,
        },
        "bounds": [BOUNDS.0 * 1_000, BOUNDS.1 * 1_000],
        "event_rules": rules().iter().map(event_rule).collect::<Vec<_>>(),
        "fit_rules": fit_rules().iter().map(|(of, points)| json!([condition(of), points])).collect::<Vec<_>>(),
    });
    file("about.json", format!("{about:#}").into_bytes())
}

/// What is counted of which events, and what the count gives, both as SQL; `{n}` stands for the count.
fn event_rule(rule: &Rule) -> Value {
    let points = rule.points;
    let (measure, worth) = match rule.body {
        Body::AtLeast(measure, bound) => {
            (measure, format!("CASE WHEN {{n}} >= {bound} THEN {points} ELSE 0 END"))
        }
        Body::Fewer(measure, bound) => {
            (measure, format!("CASE WHEN {{n}} < {bound} THEN {points} ELSE 0 END"))
        }
        Body::UpTo(most) => {
            (Measure::Events, format!("CASE WHEN {{n}} < {most} THEN {{n}} ELSE {most} END * {points}"))
        }
        Body::Fading { every, worth, .. } => {
            let mut fading = "CASE".to_owned();
            for (step, worth) in (1..).zip(worth) {
                fading += &format!(" WHEN age < {} THEN {worth}", step * every * DAY);
            }
            let fits = fits(&rule.selector);
            return json!({"sum": format!("{fading} ELSE 0 END"), "fits": fits, "worth": "{n}"});
        }
    };
    let fits = fits(&rule.selector);
    match measure {
        Measure::Events => json!({"count": true, "fits": fits, "worth": worth}),
        Measure::Seconds => json!({"sum": "seconds", "fits": fits, "worth": worth}),
        Measure::Days => json!({"distinct": "day", "fits": fits, "worth": worth}),
        Measure::Subjects => json!({"distinct": "subject", "fits": fits, "worth": worth}),
    }
}

fn fits(selector: &Selector) -> String {
    let mut parts = vec![format!("kind = '{}'", selector.kind)];
    match selector.subject {
        Subject::Any => {}
        Subject::OneOf(subjects) => parts.push(is_one_of("subject", subjects)),
        Subject::Prefix(start) => {
            // What a subject begins with stands in a column of its own, so that no engine has to look into texts.
            parts.push(is_one_of("folder", &[start.trim_end_matches('/')]));
        }
    }
    parts.extend(selector.within.map(|days| format!("age < {}", days * DAY)));
    parts.join(" AND ")
}

fn is_one_of(column: &str, values: &[&str]) -> String {
    match values {
        [value] => format!("{column} = '{value}'"),
        values => {
            let values: Vec<_> = values.iter().map(|value| format!("'{value}'")).collect();
            format!("{column} IN ({})", values.join(", "))
        }
    }
}

fn condition(of: &Condition) -> String {
    match of {
        Condition::In(field, values) => is_one_of(field, values),
        Condition::Number(field, low, high) => {
            let low = low.map(|low| format!("{field} >= {low}"));
            let high = high.map(|high| format!("{field} <= {high}"));
            low.into_iter().chain(high).collect::<Vec<_>>().join(" AND ")
        }
        Condition::Flag(field) => (*field).to_owned(),
        Condition::Not(inner) => format!("NOT {}", condition(inner)),
        other => unreachable!("not among the rules: {other:?}"),
    }
}
