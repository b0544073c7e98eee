//! Batches give each lead what it gets alone, whatever columns there are, and their errors can be asked.

use leadql::batch::{Batch, Column, EventColumns, LeadColumns, MISSING, Texts, Values};
use leadql::{Gate, LeadErrorKind, RuleSet, Stage};

use super::at;

const NOON: i64 = 1_793_534_400_000_000;

/// What comes of a lead, in words, from a batch.
fn of_row(batch: &mut Batch, leads: LeadColumns<'_>, row: usize) -> String {
    let results = batch.evaluate(leads, at("2026-11-01T12:00:00Z")).unwrap();
    assert_eq!(results.at(), at("2026-11-01T12:00:00Z"));
    let (band, recycle) = (results.band("fit", row), results.recycle(row));
    format!("{:?} {band:?} {recycle:?} {:?}", results.score("fit").unwrap()[row], results.stages()[row])
}

#[test]
fn bands_reasons_and_the_instant_are_those_of_a_lead_alone() {
    let rules = RuleSet::compile(
        "score fit { title is missing => 5  need => 10  created_at is missing => 1 }
         score bare { need => 1 }
         band fit { High >= 10, low }
         stage mql when fit >= 10
         recycle when not need \"gone quiet\"",
    )
    .unwrap();
    let needs = [true, false, true];
    let attributes = [("need", Column::flags(&needs))];
    // No column for the title: all leads lack it.
    let leads = LeadColumns::new(3).attributes(&attributes);
    let mut batch = rules.batch();
    for (row, need) in needs.into_iter().enumerate() {
        let alone = rules.lead().set("need", need).unwrap().build();
        let alone = rules.evaluate(&alone, at("2026-11-01T12:00:00Z"));
        let (score, band, recycle) = (alone.score("fit").unwrap(), alone.band("fit"), alone.recycle());
        let expected = format!("{score:?} {band:?} {recycle:?} {:?}", alone.stage());
        assert_eq!(of_row(&mut batch, leads, row), expected);
    }
    let results = batch.evaluate(leads, at("2026-11-01")).unwrap();
    assert_eq!(results.band_names("fit").unwrap().collect::<Vec<_>>(), ["High", "low"]);
    assert_eq!(results.band_codes("fit"), Some(&[0, 1, 0][..]));
    assert_eq!((results.band("fit", 0), results.band("fit", 1)), (Some("High"), Some("low")));
    assert_eq!(
        (results.band("fit", 3), results.band("bare", 0), results.band("none", 0)),
        (None, None, None)
    );
    assert!(results.band_names("bare").is_none() && results.band_codes("none").is_none());
    assert_eq!(
        (results.recycle(0), results.recycle(1), results.recycle(3)),
        (None, Some("gone quiet"), None)
    );
    assert_eq!(results.gate(Gate::Recycle), [false, true, false]);
    assert_eq!(results.stages(), [Stage::Mql, Stage::Recycled, Stage::Mql]);

    let without_gates = RuleSet::compile("need => 1").unwrap();
    let mut batch = without_gates.batch();
    assert_eq!(batch.evaluate(leads, at("2026-11-01")).unwrap().recycle(1), None);
}

#[test]
fn subjects_that_fit_patterns_in_very_many_ways_are_counted_right_batch_after_batch() {
    const PATTERNS: usize = 16;
    let letters = "abcdefghijklmnop";
    assert_eq!(letters.len(), PATTERNS);
    // A bit of a page's number says whether its name holds a letter: each page fits another set of patterns.
    let names: Vec<String> = (0..1_usize << PATTERNS)
        .map(|page| {
            letters.chars().enumerate().filter(|(bit, _)| page >> bit & 1 == 1).map(|(_, it)| it).collect()
        })
        .collect();
    let pages: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut text: String = letters.chars().map(|it| format!("visited(\"*{it}*\") => 1\n")).collect();
    text.push_str("each viewed(\"*a*\") => 100\n");
    // More kinds make more pairs of a kind and a set of patterns.
    for number in 0..80 {
        text.push_str(&format!("event kind_{number}(page)\nkind_{number}(\"*a*\") => 1000\n"));
    }
    let rules = RuleSet::compile(&text).unwrap();
    let score_of = |page: usize| i64::from(page.count_ones()) * 1_000;
    let mut batch = rules.batch();
    for pages_of_batch in [pages.len(), 5_000, 3] {
        let first = pages.len() - pages_of_batch;
        let offsets: Vec<usize> = (0..=pages_of_batch).collect();
        let kinds = vec![0; pages_of_batch];
        let subjects: Vec<u32> = (first..pages.len()).map(|page| u32::try_from(page).unwrap()).collect();
        let times = vec![NOON; pages_of_batch];
        let events = EventColumns::new(&offsets, Texts::new(&["visited"], &kinds), &times)
            .subjects(Texts::new(&pages, &subjects));
        let leads = LeadColumns::new(pages_of_batch).events(events);
        let results = batch.evaluate(leads, at("2026-11-01T12:00:00Z")).unwrap();
        let scores = results.score("score").unwrap();
        let wrong = (0..pages_of_batch).find(|row| scores[*row].thousandths() != score_of(first + row));
        assert_eq!(wrong.map(|row| (pages[first + row], scores[row])), None);
    }
}

#[test]
fn a_property_column_of_another_type_serves_where_it_is_empty() {
    let rules = RuleSet::compile(
        "event rated(page, stars: number)
         event marked(page, stars: text)
         rated(*, stars >= 1) => 1
         marked(*, stars = \"many\") => 2",
    )
    .unwrap();
    let kinds = Texts::new(&["marked", "rated"], &[0, 1]);
    let scores = |column: Column<'_>| {
        let properties = [("stars", column)];
        let events = EventColumns::new(&[0, 1, 2], kinds, &[NOON; 2]).properties(&properties);
        let mut batch = rules.batch();
        let results = batch.evaluate(LeadColumns::new(2).events(events), at("2026-11-02"));
        results.map(|results| {
            results.score("score").unwrap().iter().map(|it| it.thousandths()).collect::<Vec<_>>()
        })
    };
    assert_eq!(scores(Column::doubles(&[None, Some(1.5)])).unwrap(), [0, 1_000]);
    assert_eq!(scores(Column::integers(&[None, Some(1)])).unwrap(), [0, 1_000]);
    assert_eq!(scores(Column::texts(&["many"], &[0, MISSING])).unwrap(), [2_000, 0]);
    let refused = |column: Column<'_>| scores(column).unwrap_err().to_string();
    assert_eq!(
        refused(Column::doubles(&[Some(0.5), None])),
        "events.properties.stars, row 0 (lead 0): found a value of a column of doubles where a text (event marked) belongs"
    );
    assert_eq!(
        refused(Column::texts(&["many"], &[MISSING, 0])),
        "events.properties.stars, row 1 (lead 1): found a value of a column of texts where a number (event rated) belongs"
    );
    for (column, name) in [
        (Column::flags(&[true; 2]), "flags"),
        (Column::dates(&[NOON; 2]), "dates"),
        (Column::sets(&[0, 1, 2], Texts::new(&["x"], &[0, 0])), "sets"),
    ] {
        let expected = format!("row 0 (lead 0): found a value of a column of {name} where a text");
        assert!(refused(column).contains(&expected), "{}", refused(column));
    }
    // Nothing in them, nothing wrong with them.
    assert_eq!(scores(Column::flags(&[None; 2])).unwrap(), [0, 0]);
    assert_eq!(scores(Column::dates(&[None; 2])).unwrap(), [0, 0]);
    assert_eq!(scores(Column::sets(&[0, 0, 0], Texts::new(&[], &[]))).unwrap(), [0, 0]);
}

#[test]
fn an_error_says_where_it_is() {
    let rules = RuleSet::compile("company_size > 1 => 1").unwrap();
    let mut batch = rules.batch();
    let attributes = [("company_size", Column::doubles(&[1.0, f64::NAN]))];
    let leads = LeadColumns::new(2).attributes(&attributes).ids(&["a", "b"]);
    let error = batch.evaluate(leads, at("2026-11-01")).unwrap_err();
    assert_eq!((error.column(), error.row(), error.lead()), ("attributes.company_size", Some(1), Some(1)));
    assert!(error.to_string().starts_with("attributes.company_size, row 1 (lead \"b\"):"), "{error}");

    let attributes = [("need", Column::flags(&[true; 3]))];
    let error = batch.evaluate(LeadColumns::new(2).attributes(&attributes), at("2026-11-01")).unwrap_err();
    assert_eq!((error.column(), error.row(), error.lead()), ("attributes.need", None, None));
    assert!(matches!(error.kind(), LeadErrorKind::WrongValue { .. }), "{error:?}");
}

#[test]
fn values_are_all_known_or_some_missing() {
    let known: &[i64] = &[1, 2];
    let all = Values::from(known);
    assert_eq!((all.len(), all.is_empty(), all.get(1), all.get(2)), (2, false, Some(2), None));
    let some: Values<'_, i64> = Values::from(&[None, Some(7)]);
    assert_eq!((some.len(), some.get(0), some.get(1)), (2, None, Some(7)));
    let none: Values<'_, i64> = Values::Some(&[]);
    assert!(none.is_empty());
}
