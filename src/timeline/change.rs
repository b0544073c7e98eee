//! One change, and how two outcomes are held against each other.

use chrono::{DateTime, Utc};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::decimal::Points;
use crate::lead::Stage;
use crate::model::{Model, ScoreIndex};
use crate::score::Outcome;
use crate::time::Instant;

/// Something about a lead that is another thing from one instant on.
///
/// Serializes as one object of `leadql timeline --format jsonl`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change<'a> {
    /// The lead's id; empty where the lead has none.
    pub lead: &'a str,
    /// The first instant at which the new value holds.
    pub at: DateTime<Utc>,
    /// What changed.
    pub what: Difference<'a>,
}

/// What was there before a [`Change`], and what is there from it on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference<'a> {
    /// A score.
    Score {
        /// The name of the score.
        name: &'a str,
        /// Before.
        from: Points,
        /// From then on.
        to: Points,
    },
    /// The band of a score.
    Band {
        /// The name of the score.
        score: &'a str,
        /// The band before.
        from: &'a str,
        /// The band from then on.
        to: &'a str,
    },
    /// Whether the lead is in a segment.
    Segment {
        /// The name of the segment.
        name: &'a str,
        /// Before.
        from: bool,
        /// From then on.
        to: bool,
    },
    /// The stage, by an automatic step.
    Stage {
        /// Before.
        from: Stage,
        /// From then on.
        to: Stage,
    },
}

impl<'a> Difference<'a> {
    /// What sort of thing changed: `score`, `band`, `segment` or `stage`.
    pub fn kind(&self) -> &'static str {
        match self {
            Difference::Score { .. } => "score",
            Difference::Band { .. } => "band",
            Difference::Segment { .. } => "segment",
            Difference::Stage { .. } => "stage",
        }
    }

    /// The name of the score (also of a band's), or of the segment; `stage` for the stage.
    pub fn name(&self) -> &'a str {
        match self {
            Difference::Score { name, .. } | Difference::Segment { name, .. } => name,
            Difference::Band { score, .. } => score,
            Difference::Stage { .. } => "stage",
        }
    }
}

impl Serialize for Change<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Change", 6)?;
        object.serialize_field("id", self.lead)?;
        object.serialize_field("at", &Instant::nearest(self.at).to_string())?;
        object.serialize_field("change", self.what.kind())?;
        object.serialize_field("name", self.what.name())?;
        match self.what {
            Difference::Score { from, to, .. } => {
                object.serialize_field("from", &from)?;
                object.serialize_field("to", &to)?;
            }
            Difference::Band { from, to, .. } => {
                object.serialize_field("from", from)?;
                object.serialize_field("to", to)?;
            }
            Difference::Segment { from, to, .. } => {
                object.serialize_field("from", &from)?;
                object.serialize_field("to", &to)?;
            }
            Difference::Stage { from, to } => {
                object.serialize_field("from", &from)?;
                object.serialize_field("to", &to)?;
            }
        }
        object.end()
    }
}

/// How many things can differ from one outcome to the next: scores, bands, segments and the stage, in the
/// order in which a timeline lists them.
pub(super) fn places(model: &Model) -> usize {
    model.scores.len() + model.band_order.len() + model.segments.len() + 1
}

/// What differs at one of the [`places`], if anything does.
pub(super) fn difference<'m>(
    model: &'m Model,
    before: &Outcome,
    after: &Outcome,
    place: usize,
) -> Option<Difference<'m>> {
    if let Some(score) = model.scores.get(place) {
        let (from, to) = (*before.scores.get(place)?, *after.scores.get(place)?);
        return (from != to).then_some(Difference::Score { name: &score.name, from, to });
    }
    let place = place - model.scores.len();
    if let Some(score) = model.band_order.get(place) {
        let (from, to) = (band(model, before, *score)?, band(model, after, *score)?);
        let score = &model.scores.get(score.index())?.name;
        return (from != to).then_some(Difference::Band { score, from, to });
    }
    let place = place - model.band_order.len();
    if let Some(segment) = model.segments.get(place) {
        let (from, to) = (*before.segments.get(place)?, *after.segments.get(place)?);
        return (from != to).then_some(Difference::Segment { name: &segment.name, from, to });
    }
    let (from, to) = (before.stage, after.stage);
    (from != to).then_some(Difference::Stage { from, to })
}

fn band<'m>(model: &'m Model, outcome: &Outcome, score: ScoreIndex) -> Option<&'m str> {
    let band = outcome.bands.get(score.index()).copied().flatten()?;
    let bands = &model.scores.get(score.index())?.bands;
    bands.get(band.index()).map(|band| band.name.as_str())
}
