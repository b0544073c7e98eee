//! The one step that a lead takes by itself, or why it takes none.

use super::Account;
use crate::explain::explanation::StageStep;
use crate::explain::words::date_and_time;
use crate::lead::Stage;
use crate::model::Gate;

impl Account<'_> {
    pub(super) fn stage_step(&self) -> StageStep {
        let (from, to) = (self.facts.stage, self.reading.outcome.stage);
        let (gate, says) = match to {
            _ if from == to => (None, self.why_it_stays(from)),
            Stage::Disqualified => (Some(Gate::Disqualify), self.with_reason("disqualified", self.reason())),
            Stage::Recycled => {
                let recycle = self.model.gates.recycle.as_ref();
                let reason = recycle.and_then(|recycle| recycle.reason.as_deref());
                (Some(Gate::Recycle), self.with_reason("sent back for nurturing", reason))
            }
            Stage::Lead => (Some(Gate::Revert), "no longer meets the criteria for an MQL".to_owned()),
            // OK because no other step is automatic.
            _ => (Some(Gate::Mql), "meets the criteria for an MQL".to_owned()),
        };
        StageStep { from, to, gate: gate.map(Gate::name), says }
    }

    /// The reason of the disqualify gate that holds.
    fn reason(&self) -> Option<&str> {
        let gate = self.model.gates.disqualify.get(self.reading.outcome.gates.disqualify?)?;
        gate.reason.as_deref()
    }

    fn with_reason(&self, what: &str, reason: Option<&str>) -> String {
        match reason.filter(|reason| !reason.is_empty()) {
            Some(reason) => format!("{what}: {}", self.words.reason(reason)),
            None => what.to_owned(),
        }
    }

    fn why_it_stays(&self, stage: Stage) -> String {
        let gates = &self.reading.outcome.gates;
        let says = match stage {
            Stage::Lead | Stage::Recycled => return self.why_it_does_not_rise(stage),
            Stage::Mql => "nothing sends it back; sales has to accept or reject it",
            Stage::Sal if gates.sql => "meets the criteria for an SQL; sales has to confirm it",
            Stage::Sal => "accepted by sales; does not meet the criteria for an SQL",
            Stage::Sql => "an opportunity; sales has to win it or send it back",
            Stage::Customer => "won; nothing moves a customer",
            Stage::Disqualified => "out; only people bring it back",
        };
        says.to_owned()
    }

    fn why_it_does_not_rise(&self, stage: Stage) -> String {
        let (gates, mql) = (&self.reading.outcome.gates, &self.model.gates.mql);
        let Some(mql) = mql else { return "the rule set has no criteria for an MQL".to_owned() };
        if !gates.mql {
            return "does not meet the criteria for an MQL".to_owned();
        }
        let but = |why: &str| format!("meets the criteria for an MQL, but {why}");
        if gates.recycle {
            return but("also those for being sent back for nurturing");
        }
        if gates.revert {
            return but("also those for falling back from it");
        }
        match (mql.again_after, self.facts.stage_since) {
            (Some(again_after), Some(since)) if stage == Stage::Recycled => match since.plus(again_after) {
                Some(at) => {
                    but(&format!("was recycled and may come back only from {} on", date_and_time(at)))
                }
                None => but("was recycled and may not come back before the end of year 9999"),
            },
            _ => but("was recycled, and without `again after` only people bring it back"),
        }
    }
}
