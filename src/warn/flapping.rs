//! Criteria of promotion and of going back: with no gap between them a lead goes to and fro, and where they overlap
//! an MQL is sent back while it still meets what it was promoted for.

use super::Look;
use crate::diagnostic::{Code, Diagnostic};
use crate::lead::Stage;
use crate::model::Gate;
use crate::prove::{Expect, Found, Witness};
use crate::rule_set::Lead;
use crate::time::Instant;

/// So many changes of a lead are followed until it is sent back.
const MOST_CHANGES: usize = 400;

impl Look<'_> {
    pub(super) fn flapping(&mut self) {
        let Some(mql) = &self.model.gates.mql else { return };
        let (when, until) = (mql.when, mql.until);
        let place =
            |id: crate::model::ConditionId| self.model.conditions.get(id.index()).map(|found| found.place);
        let Some(at) = place(when) else { return };
        let Some(until) = until else {
            // It goes back when it no longer holds: a lead goes to and fro where that can come with time alone.
            if let Some(witness) = self.sent_back() {
                let message = "leads go to and fro: an MQL is sent back as soon as this fails, and is promoted as soon as it holds again";
                let found =
                    Diagnostic::new(Code::Flapping, at, message, "no gap between promotion and going back");
                let help = "say when an MQL goes back, well below what promotes it: `until …`";
                self.report(found.help(help).witness(Some(witness)));
            }
            return;
        };
        let Some(back) = place(until) else { return };
        if let Found::Lead(witness) = self.prover.find(&[(when, true), (until, true)]) {
            let witness = Self::standing(&witness, Stage::Mql, None);
            let block = self.block(
                "an MQL that meets both criteria",
                &witness,
                &[Expect::Gate(Gate::Mql), Expect::Gate(Gate::Revert), Expect::Stage],
            );
            let message = "what promotes a lead and what sends it back can hold at once: such a lead is not promoted, and as an MQL it is sent back";
            let found = Diagnostic::new(Code::OverlappingGates, back, message, "this …")
                .also(at, "… together with this");
            self.report(
                found
                    .help("make one of the two narrower, or allow it if going back is meant to win")
                    .witness(block),
            );
        }
        if matches!(self.prover.find(&[(when, false), (until, false)]), Found::Never) {
            let message = "leads go to and fro: as soon as one of these fails the other holds";
            let found = Diagnostic::new(Code::Flapping, back, message, "no gap between this …")
                .also(at, "… and this");
            let witness = self.sent_back();
            self.report(found.help("let `until` ask for clearly less than `when`").witness(witness));
        }
    }

    /// A lead that is promoted and that time alone sends back, as it stands when that happens.
    fn sent_back(&self) -> Option<String> {
        let Found::Lead(witness) = self.prover.find(&self.promotion()?) else { return None };
        let promoted = witness.at;
        let mut lead = Lead::new(&self.rules.compiled, witness.facts.clone());
        lead.put(Stage::Mql, Some(promoted.into()));
        let mut evaluator = self.rules.evaluator();
        let mut at = promoted;
        for _ in 0..MOST_CHANGES {
            let evaluation = evaluator.evaluate(&lead, at.into());
            if evaluation.stage() != Stage::Mql {
                // Recycled or disqualified is another matter.
                if evaluation.stage() != Stage::Lead || at == promoted {
                    return None;
                }
                let facts =
                    crate::lead::Facts { stage: Stage::Mql, stage_since: Some(promoted), ..witness.facts };
                let name = "promoted, and sent back with nothing but time gone by";
                let expect = [Expect::Gate(Gate::Revert), Expect::Stage];
                return self.block(name, &Witness { facts, at }, &expect);
            }
            at = Instant::nearest(evaluation.valid_until()?);
        }
        None
    }
}
