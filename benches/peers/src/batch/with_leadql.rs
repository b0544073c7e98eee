//! The rules in LeadQL, over the columns as they are.

use std::error::Error;

use leadql::batch::{BatchResults, Column, EventColumns, LeadColumns, Texts};
use leadql::{Gate, RuleSet};

use super::columns::{self, Columns};
use crate::NOW;
use crate::way::{Kind, Verdict, Way};

pub fn ways(rules: &RuleSet, columns: &'static Columns) -> Result<Vec<Way>, Box<dyn Error>> {
    let score = rules.score_id("interest").ok_or("no score")?;
    let take = move |results: &BatchResults, verdicts: &mut [Verdict]| {
        let (scores, bands) = (results.points(score), results.band_codes("interest"));
        let rows = scores.into_iter().flatten().zip(bands.into_iter().flatten()).zip(results.gate(Gate::Mql));
        for (verdict, ((score, band), mql)) in verdicts.iter_mut().zip(rows) {
            *verdict = Verdict { score: score.thousandths(), band: *band as u8, mql: *mql };
        }
    };
    // Leaked, because the ways borrow the columns as long as the program lives.
    let attributes: &'static [_] = vec![
        ("industry", Column::texts(dictionary(&columns.industry), &columns.industry.codes)),
        ("country", Column::texts(dictionary(&columns.country), &columns.country.codes)),
        ("company_size", Column::integers(&columns.company_size[..])),
        ("consent", Column::flags(&columns.consent[..])),
    ]
    .leak();
    let properties: &'static [_] = vec![("seconds", Column::integers(&columns.seconds[..]))].leak();
    let kinds = Texts::new(dictionary(&columns.kind), &columns.kind.codes);
    let events = EventColumns::new(&columns.first_event, kinds, &columns.at)
        .subjects(Texts::new(dictionary(&columns.subject), &columns.subject.codes))
        .properties(properties);
    let leads = LeadColumns::new(columns.leads()).attributes(attributes).events(events);

    let mut batch = rules.batch();
    batch.evaluate(leads, NOW)?;
    let once = Way::over_runs("LeadQL", Kind::Columns, move |_, verdicts| {
        take(batch.evaluate(leads, NOW).expect("evaluated before"), verdicts);
    });
    let mut batch = rules.batch().with_valid_until(true);
    let valid_until = Way::over_runs("LeadQL, with valid_until", Kind::Columns, move |_, verdicts| {
        take(batch.evaluate(leads, NOW).expect("evaluated before"), verdicts);
    });
    Ok(vec![once, valid_until])
}

fn dictionary(texts: &'static columns::Texts) -> &'static [&'static str] {
    texts.dictionary.iter().map(String::as_str).collect::<Vec<_>>().leak()
}
