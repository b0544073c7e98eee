//! The codes of all findings, and how bad each is.

use std::fmt;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The rule set cannot run.
    Error,
    /// The rule set runs, perhaps not as meant.
    Warning,
    /// Something to know of the rule set, told and not judged.
    Note,
}

impl Severity {
    /// `error`, `warning` or `note`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal, $severity:ident;)+) => {
        /// What kind of finding it is; prints as a short steady word such as `unknown-name`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Code {
            /// Every code there is.
            pub const ALL: &'static [Code] = &[$(Code::$name),+];

            /// The code that is printed as `text`, none where there is no such code.
            pub fn from_text(text: &str) -> Option<Code> {
                Code::ALL.iter().copied().find(|code| code.as_str() == text)
            }

            /// The code as it is printed.
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$name => $text,)+ }
            }

            /// Whether it stops the rule set.
            pub const fn severity(self) -> Severity {
                match self { $(Code::$name => Severity::$severity,)+ }
            }
        }
    };
}

codes! {
    /// The text does not follow the grammar.
    Syntax = "syntax", Error;
    /// A keyword where a name of one's own belongs.
    KeywordAsName = "keyword-as-name", Error;
    /// A name with letters that names do not have.
    BadName = "bad-name", Error;
    /// A text that never ends, or with an escape that does not exist.
    BadText = "bad-text", Error;
    /// A number, or points, of the wrong form, too fine or too large.
    BadNumber = "bad-number", Error;
    /// A duration with an unknown unit, too short or too long.
    BadDuration = "bad-duration", Error;
    /// A date or time of the wrong form, or one that the calendar lacks.
    BadInstant = "bad-instant", Error;
    /// A bracket without its partner.
    UnbalancedBracket = "unbalanced-bracket", Error;
    /// A limit on the size of a rule set was passed.
    LimitExceeded = "limit-exceeded", Error;
    /// The file is not UTF-8.
    NotUtf8 = "not-utf8", Error;
    /// A file could not be read.
    Unreadable = "unreadable", Error;
    /// An include that leaves the folder, repeats or goes round in a circle.
    BadInclude = "bad-include", Error;
    /// A name that nothing defines.
    UnknownName = "unknown-name", Error;
    /// An event kind that the vocabulary lacks.
    UnknownEvent = "unknown-event", Error;
    /// A property that the event kind lacks.
    UnknownProperty = "unknown-property", Error;
    /// A symbol that the attribute's list lacks.
    UnknownSymbol = "unknown-symbol", Error;
    /// A band that the score lacks.
    UnknownBand = "unknown-band", Error;
    /// A param to be overridden that the rule set lacks, or a value of another sort.
    BadOverride = "bad-override", Error;
    /// A name, statement or list entry that is there twice.
    Duplicate = "duplicate", Error;
    /// A standard name declared in a way that disagrees with the standard.
    StandardMismatch = "standard-mismatch", Error;
    /// A definition that needs itself.
    Cycle = "cycle", Error;
    /// A name of one sort where another sort belongs.
    WrongSort = "wrong-sort", Error;
    /// A test that the type does not have.
    WrongTest = "wrong-test", Error;
    /// A value of another type than the test wants.
    WrongValue = "wrong-value", Error;
    /// Bounds the wrong way round, thresholds that do not fall, a value outside what is allowed.
    BadBounds = "bad-bounds", Error;
    /// An empty text or list where something has to stand.
    Empty = "empty", Error;
    /// A list of values of different sorts.
    MixedList = "mixed-list", Error;
    /// A construct that is right elsewhere and not allowed here.
    NotAllowedHere = "not-allowed-here", Error;
    /// A decay on a condition that uses no event test positively.
    NothingToDecay = "nothing-to-decay", Error;
    /// A decay that still has points left when its 4,096 steps are used up.
    DecayCutShort = "decay-cut-short", Warning;
    /// A text or comment holds a character that does not show or turns the text around.
    HiddenCharacter = "hidden-character", Warning;
    /// A condition that holds for no lead at any instant.
    NeverTrue = "never-true", Warning;
    /// A condition that holds for every lead at every instant.
    AlwaysTrue = "always-true", Warning;
    /// A test that adds nothing to those beside it.
    RedundantTest = "redundant-test", Warning;
    /// Two rules of one score that count for the same leads.
    RepeatedRule = "repeated-rule", Warning;
    /// Two rules of one score that count for the same leads, one giving and one taking points.
    ContradictingRules = "contradicting-rules", Warning;
    /// Whoever earns the points of one rule also earns those of another.
    ContainedRule = "contained-rule", Note;
    /// Points that a clamp, or a better rule of its group, always swallows.
    SwallowedPoints = "swallowed-points", Warning;
    /// A comparison of a score that no lead can pass.
    UnreachableThreshold = "unreachable-threshold", Warning;
    /// A band that no lead can be in, because its score does not go there.
    UnreachableBand = "unreachable-band", Warning;
    /// A band between two thresholds with no points between them that the score can come to.
    EmptyBand = "empty-band", Warning;
    /// A gate that opens for no lead.
    UnreachableGate = "unreachable-gate", Warning;
    /// A stage that no lead can get to by itself.
    UnreachableStage = "unreachable-stage", Warning;
    /// Criteria of promotion and of going back without a gap between them, so that leads go to and fro.
    Flapping = "flapping", Warning;
    /// Criteria of promotion and of going back that hold at once.
    OverlappingGates = "overlapping-gates", Warning;
    /// A recycled lead is never promoted again by itself.
    NeverComesBack = "never-comes-back", Warning;
    /// A decay that never takes anything away.
    DeadDecay = "dead-decay", Warning;
    /// A window that never leaves anything out.
    DeadWindow = "dead-window", Warning;
    /// A lead can become an MQL without having done anything.
    MqlWithoutEngagement = "mql-without-engagement", Note;
    /// A single event can make a lead an MQL.
    MqlByOneAction = "mql-by-one-action", Note;
    /// A definition that nothing uses.
    Unused = "unused", Warning;
    /// The rule set is due for the review that it asks for.
    ReviewOverdue = "review-overdue", Warning;
    /// An allow comment that lacks its reason, or whose code does not exist or cannot be allowed.
    BadAllow = "bad-allow", Warning;
    /// An allow comment that allows nothing.
    UnusedAllow = "unused-allow", Warning;
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
