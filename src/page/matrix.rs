//! Two banded scores against each other: for each pair of bands, whether a gate's criteria hold.
//!
//! Each pair of bands bounds both scores; the criteria are read with those bounds and with nothing else known. So
//! "always" and "never" are certain, and everything else is "may".

use super::document::{ColumnSort, Phrase, Row, Table};
use super::words::Words;
use crate::decimal::Points;
use crate::model::{BandIndex, Comparison, ConditionId, ConditionKind, Model, ScoreIndex};

/// Larger tables help nobody.
const MOST_BANDS: usize = 10;

/// The points that a band stands for, in thousandths, both ends included.
#[derive(Clone, Copy)]
struct Range {
    low: i64,
    high: i64,
}

/// The table of the first two banded scores that the criteria mention; none where there are no two, or where it
/// would say the same everywhere.
pub(super) fn table(words: &Words<'_>, gate: &str, criteria: ConditionId) -> Option<Table> {
    let model = words.model;
    let mentioned = mentioned(model, criteria);
    let mut banded = model.band_order.iter().filter(|score| mentioned.get(score.index()) == Some(&true));
    let (rows, columns) = (*banded.next()?, *banded.next()?);
    let bands = |score: ScoreIndex| model.scores.get(score.index()).map_or(0, |score| score.bands.len());
    let (row_bands, column_bands) = (bands(rows), bands(columns));
    if row_bands > MOST_BANDS || column_bands > MOST_BANDS {
        return None;
    }
    let name = |score: ScoreIndex| model.scores.get(score.index()).map_or("", |score| score.name.as_str());
    let band_name = |score: ScoreIndex, band: usize| {
        let bands = model.scores.get(score.index()).map_or(&[][..], |score| &score.bands);
        let range = words.band_range(score, BandIndex(u32::try_from(band).unwrap_or(u32::MAX)));
        (bands.get(band).map_or("", |band| band.name.as_str()).to_owned(), range)
    };
    let caption =
        format!("Whether the criteria for {gate} hold, by the bands of {} and {}", name(rows), name(columns));
    let mut table =
        Table::new(caption, &[(&format!("{} ↓ {} →", name(rows), name(columns)), ColumnSort::Name)]);
    for column in 0..column_bands {
        let (band, range) = band_name(columns, column);
        let title = format!("{band}: {range}");
        table.columns.extend(Table::new("", &[(&title, ColumnSort::Verdict)]).columns);
    }
    let mut verdicts = Vec::new();
    for row in 0..row_bands {
        let (band, range) = band_name(rows, row);
        let mut cells = vec![Phrase::name(&band).and(format!(": {range}"))];
        for column in 0..column_bands {
            let verdict = verdict(model, criteria, [(rows, row), (columns, column)]);
            verdicts.push(verdict);
            cells.push(Phrase::text(match verdict {
                Some(true) => "always",
                Some(false) => "never",
                None => "may",
            }));
        }
        table.rows.push(Row::Cells(cells));
    }
    verdicts.iter().any(|verdict| Some(verdict) != verdicts.first()).then_some(table)
}

/// By score: whether the criteria mention it, `let`s and segments looked through.
fn mentioned(model: &Model, criteria: ConditionId) -> Vec<bool> {
    let mut scores = vec![false; model.scores.len()];
    let mut seen = vec![false; model.conditions.len()];
    let mut open = vec![criteria];
    while let Some(id) = open.pop() {
        let Some(seen) = seen.get_mut(id.index()).filter(|seen| !**seen) else { continue };
        *seen = true;
        let Some(condition) = model.conditions.get(id.index()) else { continue };
        open.extend(condition.kind.parts());
        match &condition.kind {
            ConditionKind::Segment(segment) => {
                open.extend(model.segments.get(segment.index()).map(|segment| segment.condition));
            }
            ConditionKind::Score { score, .. }
            | ConditionKind::ScoreBetween { score, .. }
            | ConditionKind::Band { score, .. }
            | ConditionKind::BandAtLeast { score, .. } => {
                if let Some(mentioned) = scores.get_mut(score.index()) {
                    *mentioned = true;
                }
            }
            _ => {}
        }
    }
    scores
}

/// Whether the criteria hold of every lead with both scores in these bands, or of none; none where that depends.
pub(crate) fn verdict(model: &Model, criteria: ConditionId, bands: [(ScoreIndex, usize); 2]) -> Option<bool> {
    let [one, other] = bands.map(|(score, band)| range_of(model, score, band).map(|range| (score, range)));
    holds(model, criteria, [one?, other?])
}

/// The points of a band within the bounds of its score.
fn range_of(model: &Model, score: ScoreIndex, band: usize) -> Option<Range> {
    let score = model.scores.get(score.index())?;
    let (lowest, highest) = (score.bounds.0.thousandths(), score.bounds.1.thousandths());
    let above = band.checked_sub(1).and_then(|above| score.bands.get(above)?.at_least);
    Some(Range {
        low: score.bands.get(band)?.at_least.map_or(lowest, |least| least.thousandths().max(lowest)),
        high: above.map_or(highest, |above| highest.min(above.thousandths().saturating_sub(1))),
    })
}

/// Whether the criteria hold wherever two scores lie within these ranges; none where that depends.
fn holds(model: &Model, criteria: ConditionId, within: [(ScoreIndex, Range); 2]) -> Option<bool> {
    let range = |score: &ScoreIndex| within.iter().find(|(other, _)| other == score).map(|(_, range)| *range);
    let mut known: Vec<Option<bool>> = Vec::with_capacity(criteria.index() + 1);
    for condition in model.conditions.iter().take(criteria.index() + 1) {
        let of = |id: &ConditionId| known.get(id.index()).copied().flatten();
        known.push(match &condition.kind {
            ConditionKind::All(parts) => all(parts.iter().map(of)),
            ConditionKind::Any(parts) => {
                all(parts.iter().map(|part| of(part).map(|holds| !holds))).map(|all| !all)
            }
            ConditionKind::Not(inner) => of(inner).map(|holds| !holds),
            ConditionKind::AtLeast { count, of: parts } => {
                let count = usize::try_from(*count).unwrap_or(usize::MAX);
                let yes = parts.iter().filter(|part| of(part) == Some(true)).count();
                let maybe = parts.iter().filter(|part| of(part).is_none()).count();
                if yes >= count {
                    Some(true)
                } else if yes + maybe < count {
                    Some(false)
                } else {
                    None
                }
            }
            ConditionKind::Score { score, comparison, points } => {
                range(score).and_then(|range| compared(range, *comparison, *points))
            }
            ConditionKind::ScoreBetween { score, low, high } => {
                range(score).and_then(|range| inside(range, low.thousandths(), high.thousandths()))
            }
            ConditionKind::Band { score, band } => range(score).and_then(|range| {
                let wanted = range_of(model, *score, band.index())?;
                inside(range, wanted.low, wanted.high)
            }),
            ConditionKind::BandAtLeast { score, band } => range(score).and_then(|range| {
                let bands = &model.scores.get(score.index())?.bands;
                match bands.get(band.index())?.at_least {
                    Some(least) => compared(range, Comparison::GreaterOrEqual, least),
                    None => Some(true),
                }
            }),
            ConditionKind::Segment(segment) => {
                model.segments.get(segment.index()).and_then(|segment| of(&segment.condition))
            }
            ConditionKind::Attribute { .. } | ConditionKind::Events(_) | ConditionKind::Inactive(_) => None,
        });
    }
    known.last().copied().flatten()
}

fn all(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut all = Some(true);
    for part in parts {
        match part {
            Some(true) => {}
            Some(false) => return Some(false),
            None => all = None,
        }
    }
    all
}

fn compared(range: Range, comparison: Comparison, bound: Points) -> Option<bool> {
    let bound = bound.thousandths();
    match comparison {
        Comparison::Equal => inside(range, bound, bound),
        Comparison::NotEqual => inside(range, bound, bound).map(|equal| !equal),
        Comparison::Less => inside(range, i64::MIN, bound.saturating_sub(1)),
        Comparison::LessOrEqual => inside(range, i64::MIN, bound),
        Comparison::Greater => inside(range, bound.saturating_add(1), i64::MAX),
        Comparison::GreaterOrEqual => inside(range, bound, i64::MAX),
    }
}

/// Whether all points of the range lie between two others, or none of them. A range without points holds nothing
/// and is left open.
fn inside(range: Range, low: i64, high: i64) -> Option<bool> {
    if range.low > range.high {
        None
    } else if range.low >= low && range.high <= high {
        Some(true)
    } else if range.high < low || range.low > high {
        Some(false)
    } else {
        None
    }
}
