//! The only place that knows what time it is.

use chrono::{DateTime, Utc};

/// A clock that never runs backwards: a qualification takes nothing earlier than what it has seen, and the clock of
/// a machine is put back now and then. It goes on from the latest instant in the database, so this holds across
/// starts too.
pub(crate) struct Clock {
    source: Box<dyn FnMut() -> DateTime<Utc> + Send>,
    latest: DateTime<Utc>,
}

impl Clock {
    pub(crate) fn of_the_machine(not_before: Option<DateTime<Utc>>) -> Self {
        Clock::new(Utc::now, not_before)
    }

    pub(crate) fn new(
        source: impl FnMut() -> DateTime<Utc> + Send + 'static,
        not_before: Option<DateTime<Utc>>,
    ) -> Self {
        Clock { source: Box::new(source), latest: not_before.unwrap_or(DateTime::UNIX_EPOCH) }
    }

    pub(crate) fn now(&mut self) -> DateTime<Utc> {
        self.latest = self.latest.max((self.source)());
        self.latest
    }
}
