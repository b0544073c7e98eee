//! Qualifications of one lead: which of them goes on, and what it takes over from the others.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};

use super::stage::precedence;
use crate::qualify::{Answer, Bant, BantEntry, BantItem, Qualification, QualificationError, Record};
use crate::time::Instant;

impl Qualification {
    /// Of the qualifications of one lead that was kept twice or more, the one that goes on, and the records that this
    /// adds to it; none for no qualifications.
    ///
    /// It goes on whose stage counts most, as [`RuleSet::merge_policy`](crate::RuleSet::merge_policy) says; of equals
    /// the one whose lead's id comes first in the alphabet. Stage, deadline and past are its own. From the others it
    /// takes over the answers about budget, authority, need and timing that are newer than its own, each as a record at
    /// `now` by whom it was given by. A qualification that was disqualified *because* it is a duplicate says nothing
    /// about the lead and is best left out.
    ///
    /// The order of the qualifications does not matter. Merge all of them at once: an answer that was taken over counts
    /// as given at `now` from then on. The records of the others stay with their host; the merged lead goes on under
    /// the id of the one that goes on, which [`Lead::set_id`](crate::Lead::set_id) gives it.
    ///
    /// # Errors
    /// `now` lies before what the one that goes on has seen already.
    ///
    /// # Examples
    /// ```
    /// use leadql::{Qualification, RuleSet, Stage, parse_instant, qualification::{Answer, BantItem}};
    /// let rules = RuleSet::compile("stage mql when need")?;
    /// let (monday, tuesday) = (parse_instant("2026-11-02")?, parse_instant("2026-11-03")?);
    /// let lead = rules.lead().id("L-2").set("need", true)?.build();
    /// let mut second = rules.qualification("L-2");
    /// second.observe(&rules.evaluate(&lead, monday), &lead)?;
    /// let mut first = rules.qualification("L-1");
    /// first.answer(BantItem::Budget, Answer::Denied, monday, "dana")?;
    ///
    /// let merged = Qualification::merge([&first, &second], tuesday)?;
    /// let (merged, records) = merged.ok_or("nothing to merge")?;
    /// assert_eq!((merged.lead_id(), merged.stage()), ("L-2", Stage::Mql));
    /// assert_eq!(merged.bant().budget.answer, Answer::Denied);
    /// assert_eq!(records.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn merge<'q>(
        qualifications: impl IntoIterator<Item = &'q Qualification>,
        now: DateTime<Utc>,
    ) -> Result<Option<(Qualification, Vec<Record>)>, QualificationError> {
        let mut bant = Bant::default();
        let mut goes_on: Option<&Qualification> = None;
        for qualification in qualifications {
            bant = bant.newest_of(qualification.bant());
            let counts_more = goes_on.is_none_or(|known| weight(qualification) > weight(known));
            goes_on = if counts_more { Some(qualification) } else { goes_on };
        }
        let Some(mut goes_on) = goes_on.cloned() else { return Ok(None) };
        let mut records = Vec::new();
        for item in BantItem::ALL {
            let entry = bant.get(item);
            if let Some(by) = entry.by.as_deref().filter(|_| entry != goes_on.bant().get(item)) {
                records.push(goes_on.answer(item, entry.answer, now, by)?);
            }
        }
        Ok(Some((goes_on, records)))
    }
}

/// What decides which qualification goes on.
fn weight(qualification: &Qualification) -> impl Ord + '_ {
    let since = qualification.stage_since().map(Instant::nearest);
    (precedence(qualification.stage(), since), Reverse(qualification.lead_id()))
}

impl Bant {
    /// Of each of the four the newer answer; of equally new ones a denial counts before a confirmation, and that before
    /// nothing known. It does not matter in which order several are put together, nor which of them first.
    #[must_use]
    pub fn newest_of(&self, other: &Bant) -> Bant {
        let newest = |item: BantItem| {
            let (one, other) = (self.get(item), other.get(item));
            if rank(other) > rank(one) { other.clone() } else { one.clone() }
        };
        Bant {
            budget: newest(BantItem::Budget),
            authority: newest(BantItem::Authority),
            need: newest(BantItem::Need),
            timing: newest(BantItem::Timing),
        }
    }
}

fn rank(entry: &BantEntry) -> impl Ord + '_ {
    let answer = match entry.answer {
        Answer::Unknown => 0,
        Answer::Confirmed => 1,
        Answer::Denied => 2,
    };
    (entry.at, answer, &entry.by)
}
