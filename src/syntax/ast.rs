//! The syntax tree: what a rule set says, word for word, before anything is known of its meaning.
//!
//! Every node carries the bytes it stands on, so that a message can point at it and the formatter can put
//! the comments back. Names are not resolved, types are not checked and nothing is looked through.

use crate::decimal::{MILLIONTHS, Number};
use crate::time::{Instant, Period};

/// A stretch of one file's text, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Span {
    /// From the start of `self` to the end of `other`.
    pub(crate) fn to(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A piece of syntax and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spanned<T> {
    pub(crate) node: T,
    pub(crate) span: Span,
}

/// A word used as a name, as written.
pub(crate) type Name = Spanned<String>;

/// One file, parsed: its statements in order, and its comments (each from `#` to the end of its line, the
/// line break left out) in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ast {
    pub(crate) statements: Vec<Statement>,
    pub(crate) comments: Vec<Span>,
    /// Names whose definitions did not parse: nothing is known of them but that they are there.
    pub(crate) broken: Vec<Name>,
}

pub(crate) type Statement = Spanned<StatementKind>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StatementKind {
    VocabularyOnlyDeclared,
    Include { path: Spanned<String> },
    Ruleset { name: Spanned<String>, version: Option<Spanned<String>> },
    Owners(Vec<Owner>),
    Review { every: Duration, since: Option<Spanned<Instant>> },
    Attribute { name: Name, of: Spanned<TypeExpr> },
    Event(EventDeclaration),
    Let { name: Name, value: LetValue },
    Param { name: Name, value: Spanned<Literal> },
    Activity { name: Name, terms: Vec<Term> },
    Score(ScoreBlock),
    Derived(DerivedScore),
    Rule(Rule),
    Group(Group),
    Band { score: Name, bands: Vec<BandEntry> },
    Segment { name: Name, when: Expr },
    StageMql { when: Expr, until: Option<Expr>, again_after: Option<Duration>, sla: Option<Duration> },
    StageSql { when: Expr },
    Recycle { when: Expr, reason: Option<Spanned<String>> },
    Disqualify { when: Expr, reason: Option<Spanned<String>> },
    Test(TestBlock),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) role: Name,
    pub(crate) name: Spanned<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TypeExpr {
    Text,
    Number,
    Flag,
    Date,
    OneOf(Vec<Name>),
    SetOfText,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EventDeclaration {
    pub(crate) kind: Name,
    pub(crate) subject: Name,
    pub(crate) properties: Vec<(Name, Spanned<TypeExpr>)>,
    /// Where `passive` stands, if it does.
    pub(crate) passive: Option<Span>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "a tree is built once and read once: a box for each node would cost more than the room"
)]
pub(crate) enum LetValue {
    Condition(Expr),
    List(Spanned<Vec<Value>>),
}

/// The sign written in front of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    None,
    Plus,
    Minus,
}

/// A number as written: its value, its sign and how many digits stand after its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NumberLiteral {
    pub(crate) value: Number,
    pub(crate) sign: Sign,
    pub(crate) places: u8,
}

impl NumberLiteral {
    /// The value if it is whole.
    pub(crate) fn whole(self) -> Option<i64> {
        let millionths = self.value.millionths();
        (millionths % MILLIONTHS == 0).then_some(millionths / MILLIONTHS)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Literal {
    Number(NumberLiteral),
    Duration(Period),
}

/// A literal, or the name of a param that stands for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum OrParam<T> {
    Literal(T),
    Param(String),
}

pub(crate) type NumberOr = Spanned<OrParam<NumberLiteral>>;
pub(crate) type Duration = Spanned<OrParam<Period>>;

/// Whatever may stand after an operator; whether it fits is the checker's to say.
pub(crate) type Value = Spanned<ValueKind>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ValueKind {
    Number(NumberLiteral),
    Text(String),
    /// A symbol, `true`, `false`, the name of a param or of a list.
    Word(String),
    Instant(Instant),
    Duration(Period),
    List(Vec<Value>),
}

pub(crate) type Expr = Spanned<ExprKind>;

#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "a tree is built once and read once: a box for each node would cost more than the room"
)]
pub(crate) enum ExprKind {
    /// Two or more, joined by `or`.
    Any(Vec<Expr>),
    /// Two or more, joined by `and`.
    All(Vec<Expr>),
    Not(Box<Expr>),
    Paren(Box<Expr>),
    AtLeast {
        count: NumberOr,
        of: Vec<Expr>,
    },
    InactiveFor(Duration),
    Segment(Name),
    Test(Test),
}

/// `SUBJECT [OPERATOR VALUE] [WINDOW]`: a test of an attribute, a property, events, an activity, a score,
/// or a bare name (a flag, a `let`, an activity).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Test {
    pub(crate) subject: TestSubject,
    pub(crate) operation: Option<Spanned<Operation>>,
    pub(crate) window: Option<Spanned<Window>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TestSubject {
    Name(Name),
    Event(EventTerm),
    Aggregate(Aggregate),
}

/// An event term, or the name of an activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Term {
    Name(Name),
    Event(EventTerm),
}

/// `kind(SUBJECTS, TESTS…)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EventTerm {
    pub(crate) span: Span,
    pub(crate) kind: Name,
    /// One or more, joined by `|`.
    pub(crate) subjects: Vec<Spanned<Subject>>,
    pub(crate) tests: Vec<PropertyTest>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// `*`
    Any,
    Bare(String),
    Quoted(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PropertyTest {
    pub(crate) property: Name,
    pub(crate) operation: Option<Spanned<Operation>>,
}

/// `distinct(TERM)`, `days(TERM)` or `sum(TERM.PROPERTY)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Aggregate {
    pub(crate) span: Span,
    pub(crate) function: Spanned<AggregateFunction>,
    pub(crate) term: Term,
    /// Only with `sum`, and always.
    pub(crate) property: Option<Name>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum AggregateFunction {
    Distinct,
    Days,
    Sum,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// An operator and the one value behind it.
    Binary(Operator, Value),
    /// `between A and B`, no `ago` behind it.
    Between(Value, Value),
    IsKnown,
    IsMissing,
    /// `is BAND`
    Is(Name),
    /// `is at least BAND`
    IsAtLeast(Name),
}

/// The operators that take one value. `within` is a [`Window`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
    Contains,
    ContainsAnyOf,
    ContainsAllOf,
    StartsWith,
    EndsWith,
    Matches,
    HasWord,
    HasAnyWordOf,
    Before,
    After,
    OlderThan,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Window {
    /// `within D`
    Within(Duration),
    /// `between D1 and D2 ago`
    BetweenAgo(Duration, Duration),
}

/// `score NAME [LO..HI] [DECAY] { … }`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ScoreBlock {
    pub(crate) name: Name,
    pub(crate) bounds: Option<(NumberOr, NumberOr)>,
    pub(crate) decay: Option<Spanned<Decay>>,
    pub(crate) members: Vec<Member>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "a tree is built once and read once: a box for each node would cost more than the room"
)]
pub(crate) enum Member {
    Rule(Rule),
    Group(Group),
}

/// `score NAME [LO..HI] = w * NAME + …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DerivedScore {
    pub(crate) name: Name,
    pub(crate) bounds: Option<(NumberOr, NumberOr)>,
    /// The first is joined by nothing: [`Joiner::Plus`].
    pub(crate) terms: Vec<WeightedScore>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WeightedScore {
    pub(crate) joiner: Joiner,
    pub(crate) weight: Spanned<NumberLiteral>,
    pub(crate) score: Name,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Joiner {
    Plus,
    Minus,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) span: Span,
    pub(crate) name: Option<Name>,
    pub(crate) body: RuleBody,
    pub(crate) points: NumberOr,
    pub(crate) limits: Vec<Spanned<Limit>>,
    pub(crate) decay: Option<Spanned<Decay>>,
    pub(crate) label: Option<Spanned<String>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RuleBody {
    Condition(Expr),
    Each { term: Term, window: Option<Spanned<Window>>, when: Option<Expr> },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Limit {
    pub(crate) times: NumberOr,
    pub(crate) per: Option<Per>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Per {
    Day,
    Subject,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Decay {
    /// `no decay`
    None,
    Percent {
        percent: Spanned<NumberLiteral>,
        every: Duration,
    },
    Amount {
        amount: NumberOr,
        every: Duration,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) span: Span,
    pub(crate) name: Name,
    pub(crate) best: bool,
    pub(crate) bounds: Option<GroupBounds>,
    pub(crate) rules: Vec<Rule>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum GroupBounds {
    Max(NumberOr),
    Min(NumberOr),
    Range(NumberOr, NumberOr),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BandEntry {
    pub(crate) name: Name,
    pub(crate) at_least: Option<NumberOr>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TestBlock {
    pub(crate) name: Spanned<String>,
    pub(crate) at: Option<Spanned<Instant>>,
    pub(crate) lines: Vec<TestLine>,
}

pub(crate) type TestLine = Spanned<TestLineKind>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TestLineKind {
    /// `name = value`
    Set { attribute: Name, value: Value },
    /// `kind(subject[, property = value…]) WHEN[, WHEN…]`
    Event { kind: Name, subject: Spanned<Subject>, properties: Vec<(Name, Value)>, when: Vec<Spanned<When>> },
    /// `stage = NAME [since WHEN]`
    Stage { stage: Name, since: Option<Spanned<When>> },
    /// `expect …`
    Expect(Expectation),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum When {
    Ago(Period),
    At(Instant),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expectation {
    /// `expect SCORE CMP POINTS`, `expect SCORE between A and B`, `expect SCORE is [at least] BAND`
    Score { score: Name, operation: Spanned<Operation> },
    /// `expect [not] segment NAME`
    Segment { negated: bool, segment: Name },
    /// `expect stage NAME`
    Stage(Name),
    /// `expect [not] GATE`; a bare name that is no gate is the checker's to refuse
    Gate { negated: bool, gate: Name },
    /// `expect valid until INSTANT`, `expect valid until never`
    ValidUntil(Option<Instant>),
}
