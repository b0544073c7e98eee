//! What a host hands over in code: batches of any shape, types of its own, leads of another rule set; and what it
//! asks of results and errors.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what helps a test stops it by panicking too"
)]

mod advice;
mod batches;
mod names;
mod other_rules;
mod own_types;
mod pages;
mod states;
mod versions;

use chrono::{DateTime, Utc};

fn at(text: &str) -> DateTime<Utc> {
    leadql::parse_instant(text).unwrap()
}
