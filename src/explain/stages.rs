//! Which gates hold, and the one step that a lead takes by itself.

use crate::lead::Stage;
use crate::model::ReasonedGate;
use crate::score::GateOutcome;
use crate::time::Instant;

use super::Reader;
use super::conditions::holds;

impl Reader<'_> {
    /// Which gates hold; one that the rule set does not define does not.
    pub(super) fn gates(&self, conditions: &[bool]) -> GateOutcome {
        let gates = &self.model.gates;
        GateOutcome {
            mql: gates.mql.as_ref().is_some_and(|mql| holds(conditions, mql.when)),
            revert: gates.mql.as_ref().is_some_and(|mql| match mql.until {
                Some(until) => holds(conditions, until),
                None => !holds(conditions, mql.when),
            }),
            sql: gates.sql.is_some_and(|sql| holds(conditions, sql)),
            recycle: gates.recycle.as_ref().is_some_and(|recycle| holds(conditions, recycle.when)),
            disqualify: self.disqualify(conditions),
        }
    }

    /// The first disqualify gate that holds, or rather the first with the same reason: what a result shows of
    /// the gate is its reason, so another gate with the same one is no other result.
    fn disqualify(&self, conditions: &[bool]) -> Option<usize> {
        let gates = &self.model.gates.disqualify;
        let reason = |gate: &ReasonedGate| gate.reason.clone().unwrap_or_default();
        let first = gates.iter().find(|gate| holds(conditions, gate.when))?;
        gates.iter().position(|gate| reason(gate) == reason(first))
    }

    /// The stage after at most one step, looked for in the order disqualify, recycle, revert, promote.
    pub(super) fn stage_after(&self, gates: &GateOutcome, now: Instant) -> Stage {
        let stage = self.facts.stage;
        if gates.disqualify.is_some() && stage != Stage::Customer {
            return Stage::Disqualified;
        }
        if gates.recycle && matches!(stage, Stage::Lead | Stage::Mql) {
            return Stage::Recycled;
        }
        if gates.revert && stage == Stage::Mql {
            return Stage::Lead;
        }
        let may_rise = match stage {
            Stage::Lead => true,
            Stage::Recycled => self.may_come_back(now),
            _ => false,
        };
        let held_back = gates.disqualify.is_some() || gates.recycle || gates.revert;
        if gates.mql && may_rise && !held_back { Stage::Mql } else { stage }
    }

    /// Whether a recycled lead may be promoted again: only with `again after D`, and once
    /// now >= stage_since + D; an unknown `stage_since` counts as long ago.
    fn may_come_back(&self, now: Instant) -> bool {
        let Some(again_after) = self.model.gates.mql.as_ref().and_then(|mql| mql.again_after) else {
            return false;
        };
        self.facts.stage_since.is_none_or(|since| since <= now.minus(again_after))
    }
}
