//! A compiled rule set, and everything a host does with it.

mod compiler;
mod evaluation;
mod explain;
mod files;
mod fingerprint;
mod handle;
mod lead;
mod lead_builder;
#[cfg(feature = "json")]
mod lead_reader;
mod plan_report;
mod row;
mod rule_value;
mod sla;

use std::path::Path;
use std::sync::{Arc, OnceLock};

pub use compiler::Compiler;
pub(crate) use compiler::Read;
pub use evaluation::{Evaluation, ScoreId};
pub(crate) use files::read_text;
pub(crate) use fingerprint::Meanings;
pub use fingerprint::{Fingerprint, NotAFingerprint};
pub use handle::{AttributeHandle, EventHandle, KnownEvent, PropertyHandle};
pub use lead::{Evaluator, Lead};
pub use lead_builder::{LeadBuilder, NewEvent};
pub(crate) use lead_builder::{instant as checked_instant, unknown as unknown_name};
#[cfg(feature = "json")]
pub use lead_reader::LeadReader;
pub use plan_report::{AttributePlan, ConditionsPlan, PlanReport, RulesPlan, SignalPlan, TablesPlan};
pub use row::LeadRow;
pub use rule_value::RuleValue;

use crate::diagnostic::Diagnostics;
use crate::model::{Model, ScoreIndex};
use crate::plan::Plan;
use crate::state::{Keeper, Retention};
use crate::warn::Written;

/// A compiled rule set: cheap to clone, and safe to share between threads.
///
/// ```
/// use leadql::RuleSet;
/// let rules = RuleSet::compile("visited(pricing) >= 2 within 30d => +15")?;
/// assert_eq!(rules.scores().collect::<Vec<_>>(), ["score"]);
/// # Ok::<(), leadql::Diagnostics>(())
/// ```
#[derive(Clone, Debug)]
pub struct RuleSet {
    pub(crate) compiled: Arc<Compiled>,
}

/// What a rule set was compiled to, shared by all that came out of it.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) model: Model,
    pub(crate) plan: Plan,
    pub(crate) fingerprint: Fingerprint,
    /// What states keep; made when the first one is.
    retention: OnceLock<Retention>,
    warnings: Diagnostics,
    /// What is kept of the text for a review.
    pub(crate) written: Written,
}

impl Compiled {
    fn new(
        model: Model,
        plan: Plan,
        fingerprint: Fingerprint,
        warnings: Diagnostics,
        written: Written,
    ) -> Self {
        Compiled { model, plan, fingerprint, retention: OnceLock::new(), warnings, written }
    }

    pub(crate) fn retention(&self) -> &Retention {
        self.retention.get_or_init(|| Retention::new(&self.model, &self.plan))
    }

    pub(crate) fn score_id(&self, name: &str) -> Option<ScoreId> {
        let at = self.model.scores.iter().position(|score| score.name == name)?;
        u32::try_from(at).ok().map(|at| ScoreId(ScoreIndex(at)))
    }
}

impl RuleSet {
    /// Compiles a text that includes no further files; for more see [`Compiler`].
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its place and what would be right.
    pub fn compile(text: &str) -> Result<RuleSet, Diagnostics> {
        Compiler::new().compile(text)
    }

    /// Compiles a file and what it includes; for more see [`Compiler`].
    ///
    /// # Errors
    /// Everything that is wrong with it; that a file cannot be read among it.
    pub fn compile_file(path: impl AsRef<Path>) -> Result<RuleSet, Diagnostics> {
        Compiler::new().compile_file(path)
    }

    /// The name in the `ruleset` line, if there is one.
    pub fn name(&self) -> Option<&str> {
        self.compiled.model.about.name.as_deref()
    }

    /// The version in the `ruleset` line, if there is one.
    pub fn version(&self) -> Option<&str> {
        self.compiled.model.about.version.as_deref()
    }

    /// A digest of what the rule set means.
    pub fn fingerprint(&self) -> Fingerprint {
        self.compiled.fingerprint
    }

    /// What the checker found that is no error.
    pub fn warnings(&self) -> &Diagnostics {
        &self.compiled.warnings
    }

    /// The names of the scores, in the order of definition.
    pub fn scores(&self) -> impl Iterator<Item = &str> {
        self.compiled.model.scores.iter().map(|score| score.name.as_str())
    }

    /// The names of the scores that have bands, in the order of the band lists.
    pub fn banded_scores(&self) -> impl Iterator<Item = &str> {
        let model = &self.compiled.model;
        model
            .band_order
            .iter()
            .filter_map(|score| model.scores.get(score.index()))
            .map(|score| score.name.as_str())
    }

    /// The names of the segments, in the order of definition.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        self.compiled.model.segments.iter().map(|segment| segment.name.as_str())
    }

    /// Makes and changes states of leads in *needed* retention: see [`LeadState`](crate::LeadState).
    pub fn keeper(&self) -> Keeper {
        Keeper::new(&self.compiled)
    }

    /// Resolves the name of a score once, for [`Evaluation::points`].
    pub fn score_id(&self, name: &str) -> Option<ScoreId> {
        self.compiled.score_id(name)
    }
}
