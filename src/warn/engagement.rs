//! How little it takes to become an MQL: nothing that the lead does, or a single thing. Told, not judged.

use super::Look;
use crate::diagnostic::{Code, Diagnostic};
use crate::prove::{Expect, Found, Limits};

impl Look<'_> {
    pub(super) fn engagement(&mut self) {
        let (Some(mql), Some(wishes)) = (&self.model.gates.mql, self.promotion()) else { return };
        let Some(place) = self.model.conditions.get(mql.when.index()).map(|condition| condition.place) else {
            return;
        };
        for (events, code, message, label, name) in [
            (
                0,
                Code::MqlWithoutEngagement,
                "a lead can become an MQL without having done anything",
                "asks for no event",
                "an MQL without any event",
            ),
            (
                1,
                Code::MqlByOneAction,
                "a single event can make a lead an MQL",
                "one event can be enough",
                "an MQL by one event",
            ),
        ] {
            if let Found::Lead(witness) = self.prover.find_within(&wishes, Limits { events: Some(events) }) {
                let found = Diagnostic::new(code, place, message, label);
                let block = self.block(name, &witness, &[Expect::Stage]);
                self.report(found.help("fine if that is meant").witness(block));
                // Whoever needs none needs no more than one.
                return;
            }
        }
    }
}
