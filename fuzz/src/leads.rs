//! Lead files and event files in JSON Lines, read leniently, strictly, and over lines that are wrong.

use std::sync::LazyLock;

use leadql::{Lead, LeadFormat, ReadError, ReadOptions, RuleSet};

use super::look;

/// A rule set with every type of attribute and property.
pub(crate) static RULES: LazyLock<RuleSet> =
    LazyLock::new(|| RuleSet::compile(include_str!("leads.lql")).unwrap_or_else(|found| panic!("{found}")));

/// What stands between leads and events where a file has both.
const EVENTS: &str = "----\n";

/// Takes any bytes as a lead file, and behind a line of `----` as an events file.
pub fn run(data: &[u8]) {
    files(data, LeadFormat::JsonLines, |options| options);
}

/// Reads the files in the given form.
pub(crate) fn files(data: &[u8], format: LeadFormat, more: fn(ReadOptions) -> ReadOptions) {
    let (leads, events) = parts(data);
    let lenient = read(leads, events, more(ReadOptions::new("leads").format(format)));
    let strict = read(leads, events, more(ReadOptions::new("leads").format(format).strict(true)));
    let Ok(lenient) = lenient else {
        assert!(strict.is_err(), "what cannot be read at all is not read strictly either");
        return;
    };
    let now = look::at("2026-11-01");
    for lead in lenient.iter().flatten() {
        look::closely(&RULES, lead, now);
    }
    // What is read strictly is read leniently in the same way.
    let Ok(strict) = strict else { return };
    if strict.iter().all(Result::is_ok) {
        assert_eq!(strict.len(), lenient.len());
        for (strict, lenient) in strict.iter().zip(&lenient) {
            let (Ok(strict), Ok(lenient)) = (strict, lenient) else {
                panic!("only read strictly: {lenient:?}")
            };
            assert_eq!(RULES.evaluate(strict, now), RULES.evaluate(lenient, now));
        }
    }
}

fn parts(data: &[u8]) -> (&[u8], Option<&[u8]>) {
    let mark = EVENTS.as_bytes();
    match data.windows(mark.len()).position(|window| window == mark) {
        Some(at) => (&data[..at], Some(&data[at + mark.len()..])),
        None => (data, None),
    }
}

/// Every line's lead or error; an error where no line can be reached.
fn read(
    leads: &[u8],
    events: Option<&[u8]>,
    options: ReadOptions,
) -> Result<Vec<Result<Lead, ReadError>>, ReadError> {
    let mut reader = RULES.read_leads(leads, &options)?;
    if let Some(events) = events {
        reader.read_events(events, &options)?;
    }
    let leads: Vec<_> = (&mut reader).collect();
    for warning in reader.warnings() {
        assert!(!warning.to_string().is_empty());
    }
    for error in leads.iter().filter_map(|lead| lead.as_ref().err()) {
        assert!(error.to_string().starts_with("leads"), "no place: {error}");
    }
    Ok(leads)
}
