//! Which stage a merged lead has.

use std::cmp::Reverse;

use crate::lead::Stage;
use crate::time::Instant;

/// How much a stage counts where records of one lead disagree, and of records at one stage, since when.
///
/// What sales has in hand stays in its hands. Below that, who is out stays out until people reopen the lead: a second
/// record must be no way back in. What waits for sales is not forgotten for an older record that was sent back: sales
/// may be asked once too often, which costs a glance. A recycled record counts before a fresh one, which would
/// otherwise be the way around `again after`.
pub(super) fn precedence(stage: Stage, since: Option<Instant>) -> impl Ord {
    let rank = match stage {
        Stage::Customer => 6,
        Stage::Sql => 5,
        Stage::Sal => 4,
        Stage::Disqualified => 3,
        Stage::Mql => 2,
        Stage::Recycled => 1,
        Stage::Lead => 0,
    };
    // `again after` counts from the last time that a lead was sent back; every other clock from the first.
    let since = match stage {
        Stage::Recycled => since.map(|since| (since, Reverse(Instant::EPOCH))),
        _ => since.map(|since| (Instant::EPOCH, Reverse(since))),
    };
    (rank, since)
}
