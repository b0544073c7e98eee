//! What evaluating a batch gives, in columns.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::columns::MISSING;
use crate::decimal::Points;
use crate::lead::Stage;
use crate::model::{Gate, ScoreIndex};
use crate::rule_set::{Compiled, ScoreId};
use crate::score::Outcome;
use crate::time::Instant;

/// The results of a batch: a column for each score, band list, segment and gate, with a row for each lead in the
/// order in which they came.
#[derive(Clone, Debug)]
pub struct BatchResults {
    rules: Arc<Compiled>,
    at: Instant,
    columns: Columns,
}

/// Columns of results, a row for each lead.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns {
    leads: usize,
    /// By score.
    scores: Vec<Vec<Points>>,
    /// By score; no rows where it has no bands.
    bands: Vec<Vec<u32>>,
    /// By segment.
    segments: Vec<Vec<bool>>,
    /// By gate.
    gates: [Vec<bool>; Gate::ALL.len()],
    reasons: Vec<u32>,
    stages: Vec<Stage>,
    /// No rows where nobody asked.
    valid_until: Vec<Option<i64>>,
}

impl BatchResults {
    pub(super) fn new(rules: &Arc<Compiled>) -> Self {
        let at = Instant::nearest(DateTime::UNIX_EPOCH);
        BatchResults { rules: Arc::clone(rules), at, columns: Columns::new(rules) }
    }

    /// Makes room for the results of so many leads at `at`.
    pub(super) fn begin(&mut self, leads: usize, at: Instant) -> &mut Columns {
        self.at = at;
        self.columns.clear(leads);
        &mut self.columns
    }

    /// How many leads were evaluated.
    pub const fn leads(&self) -> usize {
        self.columns.leads
    }

    /// The instant of the evaluation.
    pub fn at(&self) -> DateTime<Utc> {
        self.at.into()
    }

    /// The score called `name` of each lead, or none where the rule set has no such score.
    pub fn score(&self, name: &str) -> Option<&[Points]> {
        self.points(self.rules.score_id(name)?)
    }

    /// The score with this id of each lead, or none where the id is of another rule set that has more scores.
    pub fn points(&self, id: ScoreId) -> Option<&[Points]> {
        self.columns.scores.get(id.0.index()).map(Vec::as_slice)
    }

    /// The band of each lead by its place in [`BatchResults::band_names`], or none where there is no score of
    /// that name or it has no bands.
    pub fn band_codes(&self, score: &str) -> Option<&[u32]> {
        self.banded(score).map(|(codes, _)| codes)
    }

    /// The names of the bands of a score, the highest first; none where there is no such score or it has no
    /// bands.
    pub fn band_names(&self, score: &str) -> Option<impl ExactSizeIterator<Item = &str>> {
        self.banded(score).map(|(_, bands)| bands.iter().map(|band| band.name.as_str()))
    }

    /// The band that the score called `name` of one lead is in.
    pub fn band(&self, score: &str, lead: usize) -> Option<&str> {
        let (codes, bands) = self.banded(score)?;
        bands.get(*codes.get(lead)? as usize).map(|band| band.name.as_str())
    }

    fn banded(&self, score: &str) -> Option<(&[u32], &[crate::model::Band])> {
        let ScoreIndex(index) = self.rules.score_id(score)?.0;
        let bands = &self.rules.model.scores.get(index as usize)?.bands;
        let codes = self.columns.bands.get(index as usize)?;
        (!bands.is_empty()).then_some((codes, bands))
    }

    /// Whether each lead is in the segment called `name`, or none where the rule set has no such segment.
    pub fn segment(&self, name: &str) -> Option<&[bool]> {
        let place = self.rules.model.segments.iter().position(|segment| segment.name == name)?;
        self.columns.segments.get(place).map(Vec::as_slice)
    }

    /// Whether the gate holds of each lead; one that the rule set does not define holds of none.
    pub fn gate(&self, gate: Gate) -> &[bool] {
        self.columns.gates.get(gate as usize).map_or(&[], Vec::as_slice)
    }

    /// The reason for recycling a lead, if its criterion holds; empty where the rule set gives none.
    pub fn recycle(&self, lead: usize) -> Option<&str> {
        let gate = self.rules.model.gates.recycle.as_ref()?;
        let holds = *self.gate(Gate::Recycle).get(lead)?;
        holds.then(|| gate.reason.as_deref().unwrap_or_default())
    }

    /// The reason for disqualifying a lead, if a criterion holds, the first in the rule set; empty where the
    /// rule set gives none.
    pub fn disqualify(&self, lead: usize) -> Option<&str> {
        let gate = self.rules.model.gates.disqualify.get(*self.columns.reasons.get(lead)? as usize)?;
        Some(gate.reason.as_deref().unwrap_or_default())
    }

    /// The stage of each lead after the automatic step, if there is one.
    pub fn stages(&self) -> &[Stage] {
        &self.columns.stages
    }

    /// The first instant at which evaluating the same lead gives anything different, in microseconds since
    /// 1970, none for never; or none at all where [`Batch::with_valid_until`](super::Batch::with_valid_until)
    /// did not ask for it.
    pub fn valid_until(&self) -> Option<&[Option<i64>]> {
        let asked = self.columns.valid_until.len() == self.columns.leads;
        asked.then_some(self.columns.valid_until.as_slice())
    }
}

impl Columns {
    pub(super) fn new(rules: &Compiled) -> Self {
        Columns {
            scores: vec![Vec::new(); rules.model.scores.len()],
            bands: vec![Vec::new(); rules.model.scores.len()],
            segments: vec![Vec::new(); rules.model.segments.len()],
            ..Columns::default()
        }
    }

    pub(super) fn clear(&mut self, leads: usize) {
        self.leads = leads;
        self.scores.iter_mut().for_each(Vec::clear);
        self.bands.iter_mut().for_each(Vec::clear);
        self.segments.iter_mut().for_each(Vec::clear);
        self.gates.iter_mut().for_each(Vec::clear);
        self.reasons.clear();
        self.stages.clear();
        self.valid_until.clear();
    }

    /// Adds the row of a lead.
    pub(super) fn push(&mut self, outcome: &Outcome, valid_until: bool) {
        for (column, score) in self.scores.iter_mut().zip(&outcome.scores) {
            column.push(*score);
        }
        for (column, band) in self.bands.iter_mut().zip(&outcome.bands) {
            column.extend(band.map(|band| band.0));
        }
        for (column, is_in) in self.segments.iter_mut().zip(&outcome.segments) {
            column.push(*is_in);
        }
        let gates = &outcome.gates;
        let holds = [gates.mql, gates.revert, gates.sql, gates.recycle, gates.disqualify.is_some()];
        for (column, holds) in self.gates.iter_mut().zip(holds) {
            column.push(holds);
        }
        self.reasons.push(gates.disqualify.and_then(|gate| u32::try_from(gate).ok()).unwrap_or(MISSING));
        self.stages.push(outcome.stage);
        if valid_until {
            self.valid_until.push(outcome.valid_until.map(Instant::micros));
        }
    }
}
