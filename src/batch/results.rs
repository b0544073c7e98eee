//! What evaluating a batch gives, in columns.

use std::ops::Range;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::block::{BLOCK, Block};
use super::columns::{LeadColumns, MISSING};
use crate::decimal::Points;
use crate::lead::{NameOf, Stage, UnknownName};
use crate::model::{Gate, ScoreIndex};
use crate::plan::{Plan, Slot};
use crate::rule_set::{Compiled, ScoreId};
use crate::score::{GateOutcome, Outcome};

use crate::time::Instant;

/// The results of a batch: a column for each score, band list, segment and gate, with a row for each lead in the
/// order in which they came.
#[derive(Clone, Debug)]
pub struct BatchResults {
    rules: Arc<Compiled>,
    at: Instant,
    /// Whether until when results hold was asked for.
    asked: bool,
    columns: Columns,
    /// Kinds that the vocabulary lacks and how many events were left out for each.
    unknown: Vec<(UnknownName, usize)>,
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
        BatchResults {
            rules: Arc::clone(rules),
            at,
            asked: false,
            columns: Columns::new(rules),
            unknown: Vec::new(),
        }
    }

    /// Makes room for the results of so many leads at `at`.
    pub(super) fn begin(&mut self, leads: usize, at: Instant, valid_until: bool) -> &mut Columns {
        (self.at, self.asked) = (at, valid_until);
        self.columns.clear(leads, valid_until);
        &mut self.columns
    }

    /// Takes note of the events that were left out, by code of their kind.
    pub(super) fn set_unknown(&mut self, leads: &LeadColumns<'_>, skipped: &[usize]) {
        self.unknown.clear();
        let names = leads.events.map_or(&[][..], |events| events.kinds.dictionary);
        for (name, skipped) in names.iter().zip(skipped).filter(|(_, skipped)| **skipped > 0) {
            let name = UnknownName::of(&self.rules.model.vocabulary, NameOf::Event, name, None);
            self.unknown.push((name, *skipped));
        }
    }

    /// The event kinds that the vocabulary lacks, in the order of their dictionary, each with how many events were
    /// left out for it.
    pub fn unknown_events(&self) -> impl ExactSizeIterator<Item = (&UnknownName, usize)> {
        self.unknown.iter().map(|(name, skipped)| (name, *skipped))
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
        self.asked.then_some(self.columns.valid_until.as_slice())
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

    /// Makes room for the results of so many leads.
    pub(super) fn clear(&mut self, leads: usize, valid_until: bool) {
        self.leads = leads;
        let Columns { scores, bands, segments, gates, reasons, stages, .. } = self;
        scores.iter_mut().for_each(|column| column.resize(leads, Points::ZERO));
        bands.iter_mut().for_each(|column| column.resize(leads, 0));
        segments.iter_mut().chain(gates).for_each(|column| column.resize(leads, false));
        reasons.resize(leads, MISSING);
        stages.resize(leads, Stage::Lead);
        self.valid_until.clear();
        self.valid_until.resize(if valid_until { leads } else { 0 }, None);
    }

    /// Sets the rows of a block of leads, of which the first is `first`.
    pub(super) fn set_block(
        &mut self,
        plan: &Plan,
        first: usize,
        block: &Block,
        stage: impl Fn(usize, GateOutcome) -> Stage,
    ) {
        let rows = first..(first + BLOCK).min(self.leads);
        for (column, scores) in self.scores.iter_mut().zip(&block.scores) {
            for (entry, score) in column.get_mut(rows.clone()).into_iter().flatten().zip(scores) {
                *entry = Points::from_thousandths(*score);
            }
        }
        for (column, bands) in self.bands.iter_mut().zip(&block.bands) {
            for (entry, band) in column.get_mut(rows.clone()).into_iter().flatten().zip(bands) {
                *entry = *band;
            }
        }
        for (column, slot) in self.segments.iter_mut().zip(&plan.segments) {
            set_bits(column, &rows, block.holds(*slot));
        }
        let gates = BlockGates::new(plan, block);
        for (column, word) in self.gates.iter_mut().zip([gates.mql, gates.revert, gates.sql, gates.recycle]) {
            set_bits(column, &rows, word);
        }
        let reasons = self.reasons.get_mut(rows.clone()).into_iter().flatten();
        let disqualified = self.gates.last_mut().and_then(|column| column.get_mut(rows.clone()));
        let stages = self.stages.get_mut(rows.clone()).into_iter().flatten();
        for (lead, ((entry, reason), disqualified)) in
            stages.zip(reasons).zip(disqualified.into_iter().flatten()).enumerate()
        {
            let outcome = gates.of(plan, block, lead);
            *reason = outcome.disqualify.and_then(|gate| u32::try_from(gate).ok()).unwrap_or(MISSING);
            *disqualified = outcome.disqualify.is_some();
            *entry = stage(lead, outcome);
        }
    }

    /// Puts the rows of a part where they belong, from `first` on.
    #[cfg(feature = "rayon")]
    pub(super) fn put(&mut self, first: usize, part: &Columns) {
        fn copy<T: Copy>(to: &mut [T], first: usize, from: &[T]) {
            if let Some(to) = to.get_mut(first..first + from.len()) {
                to.copy_from_slice(from);
            }
        }
        self.scores.iter_mut().zip(&part.scores).for_each(|(to, from)| copy(to, first, from));
        self.bands.iter_mut().zip(&part.bands).for_each(|(to, from)| copy(to, first, from));
        self.segments.iter_mut().zip(&part.segments).for_each(|(to, from)| copy(to, first, from));
        self.gates.iter_mut().zip(&part.gates).for_each(|(to, from)| copy(to, first, from));
        copy(&mut self.reasons, first, &part.reasons);
        copy(&mut self.stages, first, &part.stages);
        copy(&mut self.valid_until, first, &part.valid_until);
    }

    /// Sets the row of a lead.
    pub(super) fn set(&mut self, lead: usize, outcome: &Outcome) {
        for (column, score) in self.scores.iter_mut().zip(&outcome.scores) {
            set(column, lead, *score);
        }
        for (column, band) in self.bands.iter_mut().zip(&outcome.bands) {
            set(column, lead, band.map_or(0, |band| band.0));
        }
        for (column, is_in) in self.segments.iter_mut().zip(&outcome.segments) {
            set(column, lead, *is_in);
        }
        let gates = &outcome.gates;
        let holds = [gates.mql, gates.revert, gates.sql, gates.recycle, gates.disqualify.is_some()];
        for (column, holds) in self.gates.iter_mut().zip(holds) {
            set(column, lead, holds);
        }
        let reason = gates.disqualify.and_then(|gate| u32::try_from(gate).ok());
        set(&mut self.reasons, lead, reason.unwrap_or(MISSING));
        set(&mut self.stages, lead, outcome.stage);
        // No row where nobody asked.
        set(&mut self.valid_until, lead, outcome.valid_until.map(Instant::micros));
    }
}

fn set<T: Copy>(column: &mut [T], row: usize, value: T) {
    column.get_mut(row).into_iter().for_each(|entry| *entry = value);
}

/// Sets rows to the bits of a word.
fn set_bits(column: &mut [bool], rows: &Range<usize>, word: u64) {
    for (lead, entry) in column.get_mut(rows.clone()).into_iter().flatten().enumerate() {
        *entry = word >> lead & 1 == 1;
    }
}

/// Of which leads of a block each gate holds, but for those that disqualify.
struct BlockGates {
    mql: u64,
    revert: u64,
    sql: u64,
    recycle: u64,
}

impl BlockGates {
    fn new(plan: &Plan, block: &Block) -> Self {
        let gates = &plan.gates;
        let holds = |slot: Option<Slot>| slot.map_or(0, |slot| block.holds(slot));
        let mql = holds(gates.mql.map(|gate| gate.when));
        let revert = gates.mql.map_or(0, |gate| gate.until.map_or(!mql, |until| block.holds(until)));
        BlockGates { mql, revert, sql: holds(gates.sql), recycle: holds(gates.recycle) }
    }

    /// Which gates hold of a lead.
    fn of(&self, plan: &Plan, block: &Block, lead: usize) -> GateOutcome {
        let holds = |word: u64| word >> lead & 1 == 1;
        let mut disqualify = plan.gates.disqualify.iter();
        GateOutcome {
            mql: holds(self.mql),
            revert: holds(self.revert),
            sql: holds(self.sql),
            recycle: holds(self.recycle),
            disqualify: disqualify.find(|(slot, _)| holds(block.holds(*slot))).map(|(_, reason)| *reason),
        }
    }
}
