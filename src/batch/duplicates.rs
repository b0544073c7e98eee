//! Events of one lead that came more than once, found by their ids.

use std::hash::{BuildHasher, RandomState};
use std::ops::Range;

use super::columns::{EventColumns, EventIds, MISSING};

/// Finds duplicates, one lead after another.
#[derive(Clone, Debug, Default)]
pub(super) struct Duplicates {
    /// The ids of the lead at hand as hashes or codes, and the rows of the events that have them.
    ids: Vec<(u64, usize)>,
    hasher: RandomState,
}

impl Duplicates {
    /// Calls `found` with each event that is a duplicate. Of the events of a lead with the same id the earliest
    /// counts, of equally early ones the first; events that are not `known` are left out before.
    pub(super) fn find(
        &mut self,
        events: &EventColumns<'_>,
        rows: Range<usize>,
        known: impl Fn(usize) -> bool,
        mut found: impl FnMut(usize),
    ) {
        let Some(of_events) = events.ids else { return };
        let Duplicates { ids, hasher } = self;
        let text = |row: usize| match of_events {
            EventIds::Texts(ids) => ids.get(row).copied().unwrap_or_default(),
            EventIds::Codes(_) => "",
        };
        ids.clear();
        ids.extend(rows.filter(|row| known(*row)).filter_map(|row| match of_events {
            EventIds::Texts(_) => {
                let text = text(row);
                (!text.is_empty()).then(|| (hasher.hash_one(text), row))
            }
            EventIds::Codes(codes) => {
                codes.get(row).filter(|code| **code != MISSING).map(|code| (u64::from(*code), row))
            }
        }));
        let at = |row: usize| events.times.get(row);
        ids.sort_unstable_by(|(one_id, one), (other_id, other)| {
            let same_id = || text(*one).cmp(text(*other));
            let earlier = || (at(*one), one).cmp(&(at(*other), other));
            one_id.cmp(other_id).then_with(same_id).then_with(earlier)
        });
        for pair in ids.windows(2) {
            if let [(one_id, one), (other_id, other)] = pair
                && one_id == other_id
                && text(*one) == text(*other)
            {
                found(*other);
            }
        }
    }
}
