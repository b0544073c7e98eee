//! What a rule set that compiles may still get wrong: a rule set goes in, findings come out, each with its place,
//! and with a lead that shows it wherever there is one. Each kind of finding has a file of its own; what they know
//! they know from [`crate::prove`], so a finding is proven or shown, never guessed. At the end the allows of the
//! file and of the caller take out what is wanted as it is ([`allow`]).

mod allow;
mod bands;
mod conditions;
mod engagement;
mod fading;
mod flapping;
mod gates;
mod overdue;
mod rules;
mod swallowed;
mod unused;

use chrono::{DateTime, Utc};

pub(crate) use allow::{Allow, allows};

use crate::check::Definition;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::lead::{Facts, Stage};
use crate::model::{ConditionId, ConditionKind, Model, RuleBody, ScoreIndex};
use crate::prove::{Expect, Prover, Wish, Witness, block};
use crate::rule_set::RuleSet;
use crate::time::Instant;

/// What a review is to look for.
///
/// ```
/// use leadql::{Code, ReviewOptions, RuleSet};
/// let rules = RuleSet::compile("review every 90d since 2026-01-01  need => +5")?;
/// let options = ReviewOptions::new().at("2026-11-01T00:00:00Z".parse()?);
/// assert!(rules.review(&options).findings.codes().any(|code| code == Code::ReviewOverdue));
/// assert!(rules.review(&options.allow(Code::ReviewOverdue)).findings.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct ReviewOptions {
    at: Option<DateTime<Utc>>,
    allowed: Vec<Code>,
}

impl ReviewOptions {
    /// Everything is looked for, but for what depends on an instant.
    pub fn new() -> Self {
        Self::default()
    }

    /// Looks at `at` whether the rule set is due for the review that it asks for.
    #[must_use]
    pub fn at(mut self, at: DateTime<Utc>) -> Self {
        self.at = Some(at);
        self
    }

    /// Leaves out findings with this code.
    #[must_use]
    pub fn allow(mut self, code: Code) -> Self {
        self.allowed.push(code);
        self
    }
}

/// What a review of a rule set found.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Review {
    /// The findings, those of [`RuleSet::warnings`] among them, without those that are allowed.
    pub findings: Diagnostics,
    /// How many findings are allowed.
    pub allowed: usize,
    /// How many questions could not be told one way or the other; nothing is said of those.
    pub untold: usize,
}

/// What a compiled rule set keeps of its text for a review.
#[derive(Clone, Debug, Default)]
pub(crate) struct Written {
    pub(crate) allows: Vec<Allow>,
    /// What the main file defines and nothing names, all its attributes and event kinds among it.
    pub(crate) unnamed: Vec<Definition>,
}

impl RuleSet {
    /// Looks for what may be wrong with a rule set that compiles: conditions that never or always hold, rules that
    /// repeat each other, thresholds that no lead can reach, leads that go to and fro, and more; [`Code`] lists it
    /// all.
    ///
    /// A finding is proven, or shown by a lead that comes with it as a `test` block. What can be neither proven nor
    /// shown within a fixed number of steps is only counted. It takes longer than compiling: milliseconds for a rule
    /// set of usual size, seconds for one of 10,000 rules. The result is the same on every machine.
    ///
    /// # Examples
    /// ```
    /// use leadql::{Code, ReviewOptions, RuleSet};
    /// let rules = RuleSet::compile("company_size > 500 and company_size < 50 => +10")?;
    /// let review = rules.review(&ReviewOptions::new());
    /// assert_eq!(review.findings.codes().collect::<Vec<_>>(), [Code::NeverTrue]);
    /// # Ok::<(), leadql::Diagnostics>(())
    /// ```
    pub fn review(&self, options: &ReviewOptions) -> Review {
        let compiled = &self.compiled;
        let mut look = Look {
            rules: self,
            model: &compiled.model,
            prover: Prover::new(&compiled.model),
            written: &compiled.written,
            found: Vec::new(),
        };
        look.conditions();
        look.rules();
        look.swallowed();
        look.fading();
        look.bands();
        look.gates();
        look.flapping();
        look.engagement();
        look.unused();
        if let Some(at) = options.at {
            look.overdue(Instant::nearest(at));
        }
        let untold = look.prover.untold();
        let found = self.warnings().iter().cloned().chain(look.found).collect();
        let is_judged = |code: Code| code != Code::ReviewOverdue || options.at.is_some();
        let (left, allowed) = allow::apply(found, &compiled.written.allows, &options.allowed, is_judged);
        Review { findings: self.warnings().instead(left), allowed, untold }
    }
}

/// A review that is under way.
struct Look<'r> {
    rules: &'r RuleSet,
    model: &'r Model,
    prover: Prover<'r>,
    written: &'r Written,
    found: Vec<Diagnostic>,
}

impl<'r> Look<'r> {
    fn report(&mut self, found: Diagnostic) {
        self.found.push(found);
    }

    fn kind(&self, id: ConditionId) -> Option<&'r ConditionKind> {
        self.model.conditions.get(id.index()).map(|condition| &condition.kind)
    }

    fn score_name(&self, score: ScoreIndex) -> &'r str {
        self.model.scores.get(score.index()).map_or("", |score| score.name.as_str())
    }

    /// The block of a witness.
    fn block(&self, name: &str, witness: &Witness, expect: &[Expect]) -> Option<String> {
        Some(block(&self.prover, name, witness, expect))
    }

    /// What has to hold and to fail for a lead to be promoted: besides the gate itself, what would hold it back.
    fn promotion(&self) -> Option<Vec<Wish>> {
        let gates = &self.model.gates;
        let mql = gates.mql.as_ref()?;
        let back = mql.until.map(|until| (until, false));
        let out = gates.recycle.iter().chain(&gates.disqualify).map(|gate| (gate.when, false));
        Some([(mql.when, true)].into_iter().chain(back).chain(out).collect())
    }

    /// The same lead standing elsewhere.
    fn standing(witness: &Witness, stage: Stage, since: Option<Instant>) -> Witness {
        let facts = Facts { stage, stage_since: since, ..witness.facts.clone() };
        Witness { facts, at: witness.at }
    }

    /// Every condition that a rule, a segment, a gate or a `let` is about.
    fn roots(&self) -> Vec<ConditionId> {
        let rules = self.model.rules.iter().filter_map(|rule| match &rule.body {
            RuleBody::Condition(condition) => Some(*condition),
            RuleBody::Each { when, .. } => *when,
        });
        let segments = self.model.segments.iter().map(|segment| segment.condition);
        let lets = self.model.lets.iter().map(|named| named.condition);
        rules.chain(segments).chain(lets).chain(self.model.gates.conditions()).collect()
    }
}
