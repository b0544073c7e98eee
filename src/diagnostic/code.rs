//! The codes of all findings, and how bad each is.

use std::fmt;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The rule set cannot run.
    Error,
    /// The rule set runs, perhaps not as meant.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
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
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
