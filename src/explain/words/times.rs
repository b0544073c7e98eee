//! Ages and instants in words.

use crate::time::Instant;

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// How long ago `at` was, or how far ahead it is: `34 days ago`, `30 hours ago`, `in 2 days`.
pub(crate) fn age(at: Instant, now: Instant) -> String {
    let micros = now.micros() - at.micros();
    match micros {
        ..0 => format!("in {}", distance(-micros)),
        0..SECOND => "just now".to_owned(),
        SECOND.. => format!("{} ago", distance(micros)),
    }
}

/// A length of time in the largest unit of which there are two, cut to whole units: `34 days`, `30 hours`,
/// `1 day` only where it is exactly that. So 30 days are never told as being within them.
pub(in crate::explain) fn distance(micros: i64) -> String {
    let units = [("day", DAY), ("hour", HOUR), ("minute", MINUTE)];
    let fits = |(_, size): &&(&str, i64)| micros >= 2 * size || micros == *size;
    let (unit, size) = units.iter().find(fits).copied().unwrap_or(("second", SECOND));
    let count = micros / size;
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// `2026-11-01` for a midnight, else `2026-11-01 08:15 UTC`, as fine as it is.
pub(crate) fn date_and_time(at: Instant) -> String {
    let text = at.to_string();
    let Some((date, time)) = text.trim_end_matches('Z').split_once('T') else { return text };
    match time.strip_suffix(":00").unwrap_or(time) {
        "00:00" => date.to_owned(),
        time => format!("{date} {time} UTC"),
    }
}
