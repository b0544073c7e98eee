//! The state of a lead in *needed* retention: of its events only what evaluations can still ask for.
//!
//! Events go in one by one, in any order, each with the instant at which it is recorded; writes of attributes
//! and of the stage go in with the instant at which they were made. The latest instant of recording is the
//! *horizon*: what the state gives at the horizon and at every instant after it is what the full history gives,
//! `valid_until` among it; earlier instants are refused. All events later than the horizon are kept, whatever
//! is asked of them.
//!
//! # Why parts of a history merge
//!
//! A state is a function of three things: the set of events, the set of writes, the horizon; the order in which
//! they came, and when the state was tidied up in between, leave no trace. Merging joins the sets and takes the
//! later horizon, so it is commutative and associative, and merging in a second time what is there already
//! changes nothing as far as events have ids. That tidying leaves no trace has to be shown:
//!
//! 1. *What is dropped stays droppable.* All that asks for events is a [`Need`](retention::Need): all events
//!    younger than some age (E), and of the others inside a window, the newest, as long as limits have room.
//!    For a horizon h the others are those with h - leaves < t <= h - E. Sort them newest first; one is
//!    refused exactly if the newer ones fill its day or subject, or all places. Adding events, or a later
//!    horizon, only adds newer ones to those that speak against it (what was inside the window and newer still
//!    is inside as long as the refused one is; a day or subject that was full is full; if all places were
//!    taken they are, because an event that makes way to a newer one of its subject leaves its place to that).
//!    So an event that may go from a part of the history may go from the whole.
//! 2. *What stays does not lean on what went.* If an event speaks against another because it is newer, so do
//!    those that speak against the first. Without the first, the other is refused for the same number of
//!    events that are kept. So trimming a part and then the whole keeps what trimming the whole at once keeps.
//! 3. *Evaluations at h or later find what they ask for.* At an instant `now` a window holds
//!    now - leaves < t <= now - E. Take one of its newest, as the limits have it. Either t > h - E, then it is
//!    kept; or it is among the newest of those with t <= h - E too, because leaving out newer events only gives
//!    it more room. What else a state holds are true events, which limits pass over as they do in a full history.
//! 4. *Bases are sums.* A value without an id goes to its base when its time says so, a count when its event
//!    is dropped: a base and what is kept always come to the same total, however the events were split up.
//! 5. *Writes* carry their instant; the later one wins, and of two at one instant the greater by a fixed order.
//!
//! An id that comes again with the same time is the same event again: in a term that has it it is recognised,
//! in another it is dropped for the reason for which it was dropped before. An id that comes again with another
//! time is recognised while an event that came with it is kept; then the earliest counts. Afterwards nobody
//! can know, and it counts as another event: that is the one case in which a full history knows more.

mod bound;
mod error;
mod fill;
mod keeper;
mod kept;
mod pack;
mod rebuild;
mod retention;
mod stored;
#[cfg(test)]
mod tests;
mod token;
pub(crate) mod words;

pub use bound::{StateBound, TermBound};
pub use error::StateError;
pub(crate) use fill::StateRoom;
pub use keeper::Keeper;
pub(crate) use kept::Kept;
pub use rebuild::StatePart;
pub(crate) use retention::{Key, Retention};
pub use stored::StoredState;

use chrono::{DateTime, Utc};

use crate::lead::Stage;
use crate::plan::Micros;
use crate::time::Instant;
use kept::Stretch;
use rebuild::Missing;

/// What is kept of one lead: plain data, made and changed by a [`Keeper`], evaluated by
/// [`Evaluator::evaluate_state`](crate::Evaluator::evaluate_state).
///
/// ```
/// use leadql::{NewEvent, RuleSet};
/// let rules = RuleSet::compile("visited(pricing) >= 2 within 30d => +15   title contains \"chief\" => +20")?;
/// let mut keeper = rules.keeper();
/// let title = keeper.attribute("title")?;
/// let mut state = keeper.new_state("L-1");
/// let (monday, tuesday) = ("2026-11-02T09:00:00Z".parse()?, "2026-11-03T09:00:00Z".parse()?);
/// keeper.set(&mut state, title, "Chief Marketing Officer", monday)?;
/// for _ in 0..1_000 {
///     keeper.record(&mut state, &NewEvent::new("visited", "pricing", monday), tuesday)?;
/// }
/// let mut evaluator = rules.evaluator();
/// assert_eq!(evaluator.evaluate_state(&state, tuesday)?.score("score"), Some("35".parse()?));
/// // Only the two newest visits are kept.
/// keeper.settle(&mut state);
/// assert!(state.memory() < 512);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct LeadState {
    id: Box<str>,
    layout: Key,
    horizon: Micros,
    stage: StageWrite,
    /// By attribute of the retention, when it was last written.
    written: Box<[Micros]>,
    /// By date of the retention.
    dates: Box<[Micros]>,
    /// By slot of attribute tests.
    truth: Box<[bool]>,
    bases: Box<[i128]>,
    /// Packed events, and behind them what has come since.
    bytes: Vec<u8>,
    packed: u32,
    missing: Missing,
}

/// Earlier than every instant: for what never was.
const NEVER_YET: Micros = Micros::MIN;

/// The stage, and when that was written. Of two writes at one instant the greater stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct StageWrite {
    written: Micros,
    stage: Stage,
    since: Option<Instant>,
}

impl LeadState {
    fn new(id: &str, retention: &Retention) -> Self {
        LeadState {
            id: id.into(),
            layout: retention.layout,
            horizon: NEVER_YET,
            stage: StageWrite { written: NEVER_YET, stage: Stage::Lead, since: None },
            written: vec![NEVER_YET; retention.attributes.len()].into(),
            dates: vec![NEVER_YET; retention.dates as usize].into(),
            truth: retention.missing.clone(),
            bases: vec![0; retention.bases as usize].into(),
            bytes: Vec::new(),
            packed: 0,
            missing: Missing::default(),
        }
    }

    /// The lead's id; empty where it has none.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The latest instant at which anything was recorded: from here on the state gives what the full history
    /// gives. None while nothing was recorded.
    pub fn horizon(&self) -> Option<DateTime<Utc>> {
        Instant::from_micros(self.horizon).map(Into::into)
    }

    /// Where the lead's record stands.
    pub fn stage(&self) -> Stage {
        self.stage.stage
    }

    /// Since when it stands there, if that is known.
    pub fn stage_since(&self) -> Option<DateTime<Utc>> {
        self.stage.since.map(Into::into)
    }

    /// How many bytes the state takes, what it has on the heap included.
    pub fn memory(&self) -> usize {
        size_of::<LeadState>()
            + self.id.len()
            + size_of_val(&*self.written)
            + size_of_val(&*self.dates)
            + size_of_val(&*self.truth)
            + size_of_val(&*self.bases)
            + self.bytes.capacity()
    }

    fn stretch(&self) -> Stretch {
        Stretch { from: 0, packed: self.packed as usize, end: self.bytes.len() }
    }
}
