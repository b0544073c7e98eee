//! What is fuzzed: each target takes any bytes, makes of them what a host would get from outside, takes that all the
//! way through LeadQL and panics where something does not hold. `cargo fuzz` runs the targets, and so do the plain
//! tests in `tests/fuzz.rs`, over the kept corpus.

pub mod csv;
pub mod includes;
pub mod leads;
mod look;
pub mod rules;
pub mod stored;
