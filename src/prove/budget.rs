//! How much a proof may cost, counted in steps and not in time, so that what is told never depends on the machine.

use std::cell::Cell;

/// Steps that are left. Once they are used up, whatever still asks for some gets no answer.
#[derive(Debug)]
pub(crate) struct Budget {
    left: Cell<u64>,
    given: Cell<u64>,
    is_short: Cell<bool>,
}

impl Budget {
    pub(crate) const fn new(steps: u64) -> Self {
        Budget { left: Cell::new(steps), given: Cell::new(steps), is_short: Cell::new(false) }
    }

    /// Takes `steps`; whether there were that many.
    pub(crate) fn take(&self, steps: usize) -> bool {
        let steps = u64::try_from(steps).unwrap_or(u64::MAX);
        let left = self.left.get().checked_sub(steps);
        self.left.set(left.unwrap_or(0));
        self.is_short.set(self.is_short.get() || left.is_none());
        left.is_some()
    }

    /// Whether more was asked for than there was: something was left undone.
    pub(crate) fn is_short(&self) -> bool {
        self.is_short.get()
    }

    /// At most `steps` of these, for something that is done once.
    pub(crate) fn part(&self, steps: u64) -> Budget {
        Budget::new(self.left.get().min(steps))
    }

    /// Begins anew with `steps` out of `all`, of which what was used last is gone. One step is gone for the asking.
    pub(crate) fn refill(&self, all: &Budget, steps: u64) {
        let used = self.given.get().saturating_sub(self.left.get()) + 1;
        all.left.set(all.left.get().saturating_sub(used));
        let steps = all.left.get().min(steps);
        self.given.set(steps);
        self.left.set(steps);
        self.is_short.set(false);
    }
}
