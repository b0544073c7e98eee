//! The rules over columns, written by hand to be fast: what is true of a text is decided once for each entry of
//! its dictionary, and what an event is once for each pair of kind and subject; then it is one pass.

use super::columns::{Columns, Texts};
use crate::NOW;
use crate::events::tally::{Seen, Tally, What, what};
use crate::way::Verdict;

/// Scores the leads from the one with the number `first`, as many as there are verdicts.
pub fn score(columns: &Columns, first: usize, verdicts: &mut [Verdict], met: &mut Vec<u64>) {
    let of_entries = |texts: &Texts, points: fn(&str) -> i64| -> Vec<i64> {
        texts.dictionary.iter().map(|text| points(text)).collect()
    };
    let industries = of_entries(&columns.industry, |industry| match industry {
        "software" | "fintech" => 15_000,
        "education" | "government" => -5_000,
        _ => 0,
    });
    let countries = of_entries(&columns.country, |country| match country {
        "us" | "ca" | "gb" => 10_000,
        _ => 0,
    });
    let subjects = columns.subject.dictionary.len();
    let whats: Vec<Option<What>> = columns
        .kind
        .dictionary
        .iter()
        .flat_map(|kind| {
            let subjects = columns.subject.dictionary.iter();
            subjects.map(move |subject| what(kind, subject.as_bytes()).map(|(what, _)| what))
        })
        .collect();

    let now = NOW.timestamp();
    for (number, verdict) in verdicts.iter_mut().enumerate() {
        let lead = first + number;
        let size = columns.company_size[lead];
        let mut points = industries[columns.industry.codes[lead] as usize]
            + countries[columns.country.codes[lead] as usize];
        points += i64::from((50..=500).contains(&size)) * 20_000;
        points += i64::from(size > 500) * 10_000;
        points -= i64::from(!columns.consent[lead]) * 20_000;

        let mut tally = Tally::new(now, subjects, met);
        let events = columns.events_of(lead);
        let texts = columns.kind.codes[events.clone()].iter().zip(&columns.subject.codes[events.clone()]);
        let rest = columns.at[events.clone()].iter().zip(&columns.seconds[events]);
        for ((kind, subject), (at, seconds)) in texts.zip(rest) {
            if let Some(what) = whats[*kind as usize * subjects + *subject as usize] {
                let at = at.div_euclid(1_000_000);
                tally.add(&Seen { at, seconds: *seconds as u32, subject: *subject as u16, what });
            }
        }
        *verdict = tally.verdict(points);
    }
}
