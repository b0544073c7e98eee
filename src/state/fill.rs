//! From a state to the signals that evaluating looks at. Nothing is allocated once lists have grown.

use super::keeper::check_layout;
use super::{Kept, LeadState, NEVER_YET, Retention, StateError};
use crate::lead::Stage;
use crate::plan::{Bases, Signals};
use crate::rule_set::Compiled;
use crate::time::Instant;

/// Lists that are filled for one state after another.
#[derive(Clone, Debug, Default)]
pub(crate) struct StateRoom {
    pub(crate) signals: Signals,
    kept: Kept,
}

impl LeadState {
    /// Fills `room` with what evaluating at `now` looks at.
    pub(crate) fn fill(
        &self,
        rules: &Compiled,
        now: Instant,
        room: &mut StateRoom,
    ) -> Result<(), StateError> {
        let (plan, retention) = (&rules.plan, rules.retention());
        check_layout(self, retention)?;
        self.check_complete(rules)?;
        if now.micros() < self.horizon {
            return Err(StateError::BeforeHorizon {
                lead: self.id.to_string(),
                horizon: Instant::from_micros(self.horizon).unwrap_or_default().into(),
                at: now.into(),
            });
        }
        let StateRoom { signals, kept } = room;
        kept.gather(&self.bytes, &[self.stretch()], retention);
        let date = |id| {
            let place = retention.attribute(id).and_then(|(_, kept)| kept.date)?;
            self.dates.get(place as usize).copied().filter(|date| *date != NEVER_YET)
        };
        let entry = |place: usize| kept.entries.get(place);
        self.fill_bases(retention, signals.bases());
        plan.signals_of_terms(
            signals,
            &self.truth,
            date,
            kept.entries.iter().map(|entry| (entry.term, entry.at)),
            |place| entry(place).map_or(&[], |entry| entry.subject.of(&self.bytes)),
            |sum, place| {
                let value = entry(place).and_then(|entry| {
                    let place = entry.values as usize + *retention.sum_places.get(sum)? as usize;
                    kept.values.get(place)
                });
                value.copied().map_or(0, i128::from)
            },
        );
        Ok(())
    }

    fn fill_bases(&self, retention: &Retention, bases: &mut Bases) {
        let base = |place: Option<u32>| place.and_then(|place| self.bases.get(place as usize).copied());
        let count = |place| base(place).and_then(|count| usize::try_from(count).ok());
        bases.counts.clear();
        bases.counts.extend(retention.terms.iter().map(|term| count(term.count_base).unwrap_or(0)));
        bases.sums.clear();
        bases.sums.extend(retention.sum_bases.iter().map(|place| base(*place).unwrap_or(0)));
    }

    pub(crate) fn record(&self) -> (Stage, Option<Instant>) {
        (self.stage.stage, self.stage.since)
    }
}
