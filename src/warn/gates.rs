//! Gates that open for no lead, stages that no lead gets to by itself, and recycled leads that never come back.

use super::Look;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::lead::Stage;
use crate::model::{ConditionId, Gate};
use crate::prove::{Expect, Found, Wish};
use crate::time::{DAY, Instant};

impl Look<'_> {
    pub(super) fn gates(&mut self) {
        let gates = &self.model.gates;
        let mql = gates.mql.as_ref();
        let mut all: Vec<(ConditionId, &str, &str)> = Vec::new();
        all.extend(mql.map(|mql| (mql.when, "`stage mql`", "so no lead becomes an MQL by itself")));
        all.extend(
            mql.and_then(|mql| mql.until).map(|until| (until, "`until`", "so no MQL is sent back by itself")),
        );
        all.extend(gates.sql.map(|sql| (sql, "`stage sql`", "so sales can only override it")));
        all.extend(
            gates.recycle.iter().map(|gate| (gate.when, "`recycle`", "so no lead is recycled by itself")),
        );
        let out = gates.disqualify.iter();
        all.extend(out.map(|gate| (gate.when, "`disqualify`", "so it disqualifies no lead")));
        let mut never: Vec<ConditionId> = Vec::new();
        for (condition, gate, so) in all {
            if !matches!(self.prover.find(&[(condition, true)]), Found::Never) {
                continue;
            }
            never.push(condition);
            let Some(place) = self.model.conditions.get(condition.index()).map(|condition| condition.place)
            else {
                continue;
            };
            let message = format!("{gate} holds for no lead, {so}");
            let found = match self.wanted_score(condition) {
                Some((score, up)) => self.out_of_reach(score, up, Code::UnreachableGate, place, &message),
                None => Diagnostic::new(Code::UnreachableGate, place, message, "never true")
                    .help("ask for less, or remove it"),
            };
            self.report(found);
        }
        if mql.is_none_or(|mql| !never.contains(&mql.when)) {
            self.stages();
        }
        self.coming_back();
    }

    /// Stages that cannot be got to although the gate itself can open.
    fn stages(&mut self) {
        let gates = &self.model.gates;
        let place = |id: ConditionId| self.model.conditions.get(id.index()).map(|condition| condition.place);
        let mut found: Vec<(Place, &str, &str, Option<String>)> = Vec::new();
        match (&gates.mql, gates.sql) {
            (Some(mql), _) => {
                let wishes = self.promotion().unwrap_or_default();
                if wishes.len() > 1
                    && matches!(self.prover.find(&wishes), Found::Never)
                    && let Some(place) = place(mql.when)
                {
                    let message =
                        "no lead ever becomes an MQL: whenever it could, something else holds it back";
                    let witness = match self.prover.find(&[(mql.when, true)]) {
                        Found::Lead(witness) => {
                            let all =
                                [Gate::Mql, Gate::Revert, Gate::Recycle, Gate::Disqualify].map(Expect::Gate);
                            let expect: Vec<Expect> = all.into_iter().chain([Expect::Stage]).collect();
                            self.block("meets the criteria, and is held back", &witness, &expect)
                        }
                        _ => None,
                    };
                    found.push((
                        place,
                        message,
                        "only with `until`, `recycle` or `disqualify` holding too",
                        witness,
                    ));
                }
            }
            (None, Some(sql)) => {
                let message = "there is no `stage mql`, and only an MQL can be accepted and become an SQL";
                found.extend(place(sql).map(|place| (place, message, "no lead gets here", None)));
            }
            (None, None) => {}
        }
        if let Some(recycle) = &gates.recycle {
            let out = gates.disqualify.iter().map(|gate| (gate.when, false));
            let wishes: Vec<Wish> = [(recycle.when, true)].into_iter().chain(out).collect();
            if wishes.len() > 1
                && !matches!(self.prover.find(&[(recycle.when, true)]), Found::Never)
                && matches!(self.prover.find(&wishes), Found::Never)
            {
                let message = "no lead is ever recycled by this: whenever it holds, the lead is disqualified";
                found.extend(
                    place(recycle.when).map(|place| (place, message, "`disqualify` comes first", None)),
                );
            }
        }
        for (place, message, label, witness) in found {
            let help = if gates.mql.is_none() {
                "say what makes a lead an MQL: `stage mql when …`"
            } else {
                "make room between the criteria, so that a lead can meet one without the others"
            };
            let found = Diagnostic::new(Code::UnreachableStage, place, message, label);
            self.report(found.help(help).witness(witness));
        }
    }

    /// Recycled leads that nothing brings back.
    fn coming_back(&mut self) {
        let gates = &self.model.gates;
        let (Some(recycle), Some(mql)) = (&gates.recycle, &gates.mql) else { return };
        if mql.again_after.is_some() {
            return;
        }
        let Some(place) = self.model.conditions.get(recycle.when.index()).map(|condition| condition.place)
        else {
            return;
        };
        let witness = match self.promotion().map(|wishes| self.prover.find(&wishes)) {
            Some(Found::Lead(witness)) => {
                let since = Instant::from_micros(witness.at.micros().saturating_sub(365 * DAY));
                let witness = Self::standing(&witness, Stage::Recycled, since);
                let name = "recycled a year ago, meets the criteria, and stays where it is";
                self.block(name, &witness, &[Expect::Gate(Gate::Mql), Expect::Stage])
            }
            _ => None,
        };
        let message = "a lead that is recycled is never promoted again by itself, whatever it does";
        let found = Diagnostic::new(Code::NeverComesBack, place, message, "where leads go and stay");
        self.report(
            found
                .help("add `again after 30d` to `stage mql`, or allow it where people bring leads back")
                .witness(witness),
        );
    }
}
