//! A sketch as a `test` block.

use super::sketch::{Plain, Sketch, SketchEvent};
use super::trial::Differs;
use crate::lead::Stage;
use crate::syntax::format::{bare_or_quoted, quoted};
use crate::time::{Instant, Period};

/// More expectations than these are not written: one is enough.
const MOST_EXPECTED: usize = 12;

/// A `test` block of a lead, with what one version says of it where the other says something else: the first value of
/// each difference, or with `is_newer` the second.
pub(super) fn test_block(lead: &Sketch, now: Instant, differences: &[Differs], is_newer: bool) -> String {
    let mut block = format!("test \"treated differently\" at {now} {{\n");
    for (name, value) in &lead.attributes {
        block.push_str(&format!("  {name} = {}\n", plain(value)));
    }
    let mut events: Vec<(&SketchEvent, Vec<String>)> = Vec::new();
    for event in &lead.events {
        let age = when(event.age, now);
        let same = events.iter_mut().find(|(other, ages)| {
            (&other.kind, &other.subject, &other.properties) == (&event.kind, &event.subject, &event.properties)
                // Ages stand together, instants alone.
                && age.ends_with("ago") && ages.iter().all(|age| age.ends_with("ago"))
        });
        match same {
            Some((_, ages)) => ages.push(age),
            None => events.push((event, vec![age])),
        }
    }
    for (event, ages) in events {
        let properties = event.properties.iter().map(|(name, value)| format!(", {name} = {}", plain(value)));
        let properties: String = properties.collect();
        let subject = bare_or_quoted(&event.subject);
        block.push_str(&format!("  {}({subject}{properties}) {}\n", event.kind, ages.join(", ")));
    }
    if lead.stage != Stage::default() || lead.since.is_some() {
        let since = lead.since.map(|since| format!(" since {}", when(since, now).trim_start_matches("at ")));
        block.push_str(&format!("  stage = {}{}\n", lead.stage, since.unwrap_or_default()));
    }
    let expectable = differences.iter().filter(|difference| difference.can_be_expected());
    for difference in expectable.take(MOST_EXPECTED) {
        block.push_str(&format!("  expect {}\n", expected(difference, is_newer)));
    }
    block.push_str("}\n");
    block
}

/// What one version says, as a test expects it.
fn expected(difference: &Differs, is_newer: bool) -> String {
    let negated = |what: String, holds: bool| if holds { what } else { format!("not {what}") };
    match difference {
        Differs::Stage(old, new) => format!("stage {}", if is_newer { new } else { old }),
        Differs::Band(score, (old, new)) => format!("{score} is {}", if is_newer { new } else { old }),
        Differs::Score(score, (old, new)) => format!("{score} = {}", if is_newer { new } else { old }),
        Differs::Segment(segment, old) => negated(format!("segment {segment}"), *old != is_newer),
        Differs::Gate(gate, old) => negated(gate.name().to_owned(), *old != is_newer),
    }
}

/// `2d ago`, or an instant where an age cannot say it.
fn when(age: Period, now: Instant) -> String {
    const SECOND: i64 = 1_000_000;
    let is_age = age.micros() >= SECOND && age.micros() % SECOND == 0 && age <= Period::MAX;
    if is_age { format!("{age} ago") } else { format!("at {}", now.minus(age)) }
}

fn plain(value: &Plain) -> String {
    match value {
        Plain::Text(text) => quoted(text),
        Plain::Number(number) => number.to_string(),
        Plain::Flag(flag) => flag.to_string(),
        Plain::Symbol(symbol) => symbol.clone(),
        Plain::Date(date) => date.to_string(),
        Plain::Set(items) => {
            let items: Vec<String> = items.iter().map(|item| quoted(item)).collect();
            format!("[{}]", items.join(", "))
        }
    }
}
