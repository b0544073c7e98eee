//! How a long run tells how far it is.

use std::io::{self, Write};
use std::time::{Duration, Instant};

/// A run of fewer cases tells nothing on its way.
pub(super) const LONG: u64 = 10_000;
/// How long it is between two lines about how far a run is.
const STRIDE: Duration = Duration::from_secs(20);

pub(super) struct Progress {
    of: u64,
    told: Instant,
}

impl Progress {
    pub(super) fn new(of: u64) -> Progress {
        Progress { of, told: Instant::now() }
    }

    /// Writes to standard error itself, past what a test's output is caught by: a run over night is to be seen.
    pub(super) fn tell(&mut self, done: u64) {
        if done == self.of || self.told.elapsed() >= STRIDE {
            self.told = Instant::now();
            // That nobody looks on is no reason to stop.
            writeln!(io::stderr(), "twins: {done} of {} cases agree", self.of).ok();
        }
    }
}
