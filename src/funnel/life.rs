//! What a funnel keeps of one lead: its steps, a few bytes each, and what its next record has to follow.

use crate::lead::Stage;
use crate::qualify::{Actor, Reason, Record, STEPS, Trigger, Why};
use crate::readable::quoted;
use crate::time::Instant;

/// A lead's way so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Life {
    /// The group that the host puts it into.
    pub(super) group: Option<usize>,
    /// Whether the host has named the lead itself, so that it counts also without records.
    pub(super) is_named: bool,
    /// Whether a record did not follow, so that nothing more can be said of the lead.
    pub(super) is_left_out: bool,
    records: u64,
    first: Option<Instant>,
    last: Option<Instant>,
    stage: Stage,
    steps: Vec<Step>,
}

/// A record that moved the lead, or gave another reason for where it is.
#[derive(Clone, Copy, Debug)]
struct Step {
    at: Instant,
    what: Trigger,
    to: Stage,
    note: Note,
}

/// What else is to be known of a step.
#[derive(Clone, Copy, Debug)]
enum Note {
    Nothing,
    /// When the promoted lead has to be accepted or rejected.
    Due(Instant),
    /// Why the lead was recycled or disqualified: its number among the [`Reasons`].
    Reason(usize),
    /// Since when an imported lead stands where it stands.
    Since(Instant),
    SinceUnknown,
}

/// A time spent in one stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stay {
    pub(super) stage: Stage,
    /// Where it began; none where that is not known.
    pub(super) entered: Option<Instant>,
    /// When and by what it ended; none while it lasts.
    pub(super) left: Option<(Instant, Trigger)>,
    pub(super) due: Option<Instant>,
    /// Why the lead came there, the latest that was given: its number among the [`Reasons`].
    pub(super) reason: Option<usize>,
}

/// What is wrong with a record, seen from those before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Slip {
    pub(super) field: &'static str,
    pub(super) found: String,
    pub(super) expected: String,
}

/// Why leads are recycled and disqualified, each way of saying it once.
#[derive(Clone, Debug, Default)]
pub(super) struct Reasons {
    numbers: std::collections::HashMap<(Trigger, StatedReason), usize>,
}

/// Why a lead was recycled or disqualified, as whoever did it gave it. Serializes as `{"person":"not_ready"}` or
/// `{"rules":"gone quiet"}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum StatedReason {
    /// Somebody's reason.
    Person(Reason),
    /// The reason that the rule set gives with its criterion, if it gives one.
    Rules(Option<String>),
}

impl Reasons {
    fn number(&mut self, record: &Record) -> Note {
        let stated = match (&record.why, &record.by) {
            (Some(Why::Reason(reason)), _) => StatedReason::Person(reason.clone()),
            (Some(Why::Gate { reason, .. }), _) => {
                StatedReason::Rules(reason.clone().filter(|reason| !reason.is_empty()))
            }
            (_, Actor::Rules) => StatedReason::Rules(None),
            _ => return Note::Nothing,
        };
        let next = self.numbers.len();
        Note::Reason(*self.numbers.entry((record.what, stated)).or_insert(next))
    }

    /// All of them, by number.
    pub(super) fn all(&self) -> Vec<&(Trigger, StatedReason)> {
        let mut all: Vec<_> = self.numbers.iter().collect();
        all.sort_unstable_by_key(|(_, number)| **number);
        all.into_iter().map(|(stated, _)| stated).collect()
    }
}

impl Life {
    /// Goes on with a record, if it follows: the next in number, not earlier, from where the lead stands, and by
    /// a step of the table of stages.
    pub(super) fn follow(&mut self, record: &Record, reasons: &mut Reasons) -> Result<(), Slip> {
        let sequence = self.records.saturating_add(1);
        expect("sequence", record.sequence == sequence, || {
            (record.sequence.to_string(), sequence.to_string())
        })?;
        let at = Instant::nearest(record.at);
        if let Some(last) = self.last.filter(|last| at < *last) {
            let expected = format!("{last}, the instant of the record before it, or a later one");
            return Err(Slip { field: "at", found: at.to_string(), expected });
        }
        expect("from", record.from == self.stage, || (record.from.to_string(), self.stage.to_string()))?;
        let (what, from, to) = (record.what, record.from, record.to);
        let note = match what {
            Trigger::Import => {
                let fits = self.records == 0;
                expect("what", fits, || {
                    (what.to_string(), "a step, which an import is only at first,".into())
                })?;
                since(record, at)?
            }
            _ if STEPS.iter().any(|step| {
                let is_automatic = record.by == Actor::Rules;
                let leads_on = step.from.contains(&from) && step.to.contains(&to);
                step.trigger == what && step.automatic == is_automatic && leads_on
            }) =>
            {
                match (record.due, to) {
                    (Some(due), Stage::Mql) => Note::Due(Instant::nearest(due)),
                    (_, Stage::Recycled | Stage::Disqualified) => reasons.number(record),
                    _ => Note::Nothing,
                }
            }
            _ => {
                let stays =
                    matches!(what, Trigger::Observe | Trigger::Breach | Trigger::Bant | Trigger::Adopt);
                if !stays {
                    let who = if record.by == Actor::Rules { "the rule set" } else { "a person" };
                    let expected = format!("a step from {from} to {to} by {who}");
                    return Err(Slip { field: "what", found: what.to_string(), expected });
                }
                expect("to", to == from, || (to.to_string(), from.to_string()))?;
                self.note_record(at);
                return Ok(());
            }
        };
        self.note_record(at);
        self.stage = to;
        self.steps.push(Step { at, what, to, note });
        Ok(())
    }

    fn note_record(&mut self, at: Instant) {
        self.records = self.records.saturating_add(1);
        self.first.get_or_insert(at);
        self.last = Some(at);
    }

    /// The lead's stays in stages as they are known at `at`, in their order; none where the lead is not known yet.
    pub(super) fn stays(&self, at: Instant, stays: &mut Vec<Stay>) {
        stays.clear();
        let is_imported = self.steps.first().is_some_and(|step| step.what == Trigger::Import);
        let is_there = self.first.is_some_and(|first| first <= at);
        if !is_there && (!self.is_named || is_imported) {
            return;
        }
        let mut stay = Stay { stage: Stage::Lead, entered: None, left: None, due: None, reason: None };
        for step in self.steps.iter().take_while(|step| step.at <= at) {
            let reason = match step.note {
                Note::Reason(reason) => Some(reason),
                _ => None,
            };
            match step.note {
                Note::Since(since) => (stay.stage, stay.entered) = (step.to, Some(since)),
                Note::SinceUnknown => stay.stage = step.to,
                // Disqualified once more: for another reason.
                _ if step.to == stay.stage => stay.reason = reason,
                note => {
                    stay.left = Some((step.at, step.what));
                    stays.push(stay);
                    let due = if let Note::Due(due) = note { Some(due) } else { None };
                    stay = Stay { stage: step.to, entered: Some(step.at), left: None, due, reason };
                }
            }
        }
        stays.push(stay);
    }
}

/// Since when an imported lead stands where it stands.
fn since(record: &Record, at: Instant) -> Result<Note, Slip> {
    let Some(Why::Since(since)) = record.why else { return Ok(Note::SinceUnknown) };
    let Some(since) = since.map(Instant::nearest) else { return Ok(Note::SinceUnknown) };
    expect("why", since <= at, || {
        (format!("since {since}"), format!("{at}, the instant of the record, or an earlier one"))
    })?;
    Ok(Note::Since(since))
}

fn expect(field: &'static str, fits: bool, texts: impl FnOnce() -> (String, String)) -> Result<(), Slip> {
    if fits {
        return Ok(());
    }
    let (found, expected) = texts();
    Err(Slip { field, found, expected })
}

/// A record that does not follow those of its lead before it: it repeats one, leaves one out, goes back in time,
/// or starts from another stage than where the lead stands. The lead is left out of the funnel.
///
/// Prints with lead and field: `lead "L-1": sequence: found 4 where 3 belongs`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunnelError {
    pub(super) lead: String,
    pub(super) slip: Slip,
}

impl FunnelError {
    /// The id of the lead.
    pub fn lead(&self) -> &str {
        &self.lead
    }

    /// The field that is wrong.
    pub fn field(&self) -> &str {
        self.slip.field
    }
}

impl std::fmt::Display for FunnelError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const LONGEST: usize = 60;
        let Slip { field, found, expected } = &self.slip;
        write!(f, "lead {}: {field}: found {found} where {expected} belongs", quoted(&self.lead, LONGEST))
    }
}

impl std::error::Error for FunnelError {}
