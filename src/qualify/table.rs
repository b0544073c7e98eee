//! The one table of stages: which step leads from where to where, and who takes it.
//!
//! It stands in the macro [`stage_table`], so that code can be made of it as well as data: [`STEPS`] is what the
//! run-time machine, the texts of errors, the drawing and the table in the documentation go by, and the methods
//! of the typestates are written from the same lines. It follows section 6 of the language reference.

use std::fmt;

use crate::lead::Stage;

/// Hands the table to the macro `$read`.
macro_rules! stage_table {
    ($read:ident) => {
        $read! {
            rules {
                Promote: Lead Recycled => Mql;
                Revert: Mql => Lead;
                Recycle: Lead Mql => Recycled;
                Disqualify: Lead Mql Sal Sql Recycled => Disqualified;
            }
            people {
                Accept: Mql => Sal;
                Reject: Mql => Recycled Disqualified;
                Qualify: Sal => Sql;
                SendBack: Sal Sql => Recycled;
                Win: Sql => Customer;
                Disqualify: Lead Mql Sal Sql Recycled Disqualified => Disqualified;
                Reopen: Recycled Disqualified => Lead;
            }
        }
    };
}

pub(super) use stage_table;

macro_rules! steps {
    (
        rules { $($automatic:ident: $($by_rules_from:ident)+ => $($by_rules_to:ident)+;)+ }
        people { $($command:ident: $($from:ident)+ => $($to:ident)+;)+ }
    ) => {
        /// The table of stages: every step that there is, the automatic ones first.
        ///
        /// ```
        /// use leadql::{Stage, qualification::STEPS};
        /// let from_sal: Vec<_> = STEPS.iter().filter(|step| step.from.contains(&Stage::Sal)).collect();
        /// let names: Vec<_> = from_sal.iter().map(|step| step.trigger.as_str()).collect();
        /// assert_eq!(names, ["disqualify", "qualify", "send_back", "disqualify"]);
        /// assert!(from_sal[0].automatic && !from_sal[3].automatic);
        /// ```
        pub const STEPS: &[Step] = &[
            $(Step {
                trigger: Trigger::$automatic,
                automatic: true,
                from: &[$(Stage::$by_rules_from),+],
                to: &[$(Stage::$by_rules_to),+],
            },)+
            $(Step {
                trigger: Trigger::$command,
                automatic: false,
                from: &[$(Stage::$from),+],
                to: &[$(Stage::$to),+],
            },)+
        ];
    };
}

stage_table!(steps);

/// A line of the table of stages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Step {
    /// What sets it off.
    pub trigger: Trigger,
    /// Whether an evaluation takes it; otherwise people do, by a command.
    pub automatic: bool,
    /// The stages that it leads from.
    pub from: &'static [Stage],
    /// The stages that it leads to; whoever takes the step says which.
    pub to: &'static [Stage],
}

/// What sets a record off: a step of the table of stages, or something that leaves the stage as it is.
///
/// Serializes as its name, [`Trigger::as_str`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Trigger {
    /// The criterion of `stage mql` holds.
    Promote,
    /// The criterion for going back from MQL holds.
    Revert,
    /// The criterion of `recycle` holds.
    Recycle,
    /// A criterion of `disqualify` holds, or somebody disqualifies the lead.
    Disqualify,
    /// Sales takes the lead on.
    Accept,
    /// Sales does not take the lead on.
    Reject,
    /// Sales has what it needs: an opportunity.
    Qualify,
    /// Sales gives the lead back to marketing.
    SendBack,
    /// The deal is made.
    Win,
    /// A lead that was recycled or disqualified begins again.
    Reopen,
    /// An evaluation moved the lead between bands or segments; the stage stays.
    Observe,
    /// The deadline for accepting or rejecting has passed; the stage stays.
    Breach,
    /// An answer on budget, authority, need or timing; the stage stays.
    Bant,
    /// Another rule set counts from now on; the stage stays.
    Adopt,
    /// The lead is taken over at the stage that it has elsewhere; the first record if at all.
    Import,
}

impl Trigger {
    /// Every trigger.
    pub const ALL: [Trigger; 15] = [
        Trigger::Promote,
        Trigger::Revert,
        Trigger::Recycle,
        Trigger::Disqualify,
        Trigger::Accept,
        Trigger::Reject,
        Trigger::Qualify,
        Trigger::SendBack,
        Trigger::Win,
        Trigger::Reopen,
        Trigger::Observe,
        Trigger::Breach,
        Trigger::Bant,
        Trigger::Adopt,
        Trigger::Import,
    ];

    /// The name that records, drawings and messages use: `accept`, `send_back`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Trigger::Promote => "promote",
            Trigger::Revert => "revert",
            Trigger::Recycle => "recycle",
            Trigger::Disqualify => "disqualify",
            Trigger::Accept => "accept",
            Trigger::Reject => "reject",
            Trigger::Qualify => "qualify",
            Trigger::SendBack => "send_back",
            Trigger::Win => "win",
            Trigger::Reopen => "reopen",
            Trigger::Observe => "observe",
            Trigger::Breach => "breach",
            Trigger::Bant => "bant",
            Trigger::Adopt => "adopt",
            Trigger::Import => "import",
        }
    }
}

impl fmt::Display for Trigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The line of a step, if the table has it.
pub(super) fn step(trigger: Trigger, automatic: bool) -> Option<&'static Step> {
    STEPS.iter().find(|step| step.trigger == trigger && step.automatic == automatic)
}

/// The automatic step from one stage to another, if the table has one.
pub(super) fn automatic_step(from: Stage, to: Stage) -> Option<&'static Step> {
    STEPS.iter().find(|step| step.automatic && step.from.contains(&from) && step.to.contains(&to))
}

/// The commands that the table allows at a stage.
///
/// ```
/// use leadql::{Stage, qualification::{Trigger, commands_from}};
/// let commands: Vec<Trigger> = commands_from(Stage::Mql).collect();
/// assert_eq!(commands, [Trigger::Accept, Trigger::Reject, Trigger::Disqualify]);
/// ```
pub fn commands_from(stage: Stage) -> impl Iterator<Item = Trigger> {
    STEPS.iter().filter(move |step| !step.automatic && step.from.contains(&stage)).map(|step| step.trigger)
}
