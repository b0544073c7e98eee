//! Conditions: expressions to the flat list of the model, children before parents.

use crate::diagnostic::{Code, Diagnostic};
use crate::hash::QuickMap;
use crate::model::{Condition, ConditionId, ConditionKind, NamedCondition};
use crate::syntax::ast::{
    Expr, ExprKind, LetValue, Name, Operation, Span, Spanned, StatementKind, Test, TestSubject,
};

use super::names::{LOOSE_SCORE, Sort};
use super::{Checker, Lets, Placed, each, order};

/// Where a condition stands, and so what it may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Context {
    /// No scores: they are not known yet.
    Rule,
    /// Scores, which binds the `let` to places where they are known; no segments.
    Let,
    /// Scores, no segments.
    Segment,
    /// Scores and segments.
    Stage,
}

/// What the checker has to know of a condition further up.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ConditionTraits {
    pub(super) needs_scores: bool,
    /// Whether an event test is used under an even number of `not`s.
    pub(super) events_positive: bool,
    /// Whether one is used under an odd number.
    pub(super) events_negative: bool,
}

impl<'a> Checker<'a> {
    /// Takes in all `let` conditions, each behind those that it names.
    pub(super) fn declare_lets(&mut self, statements: &[Placed<'a>]) -> Lets {
        let lets = each(statements, |statement| match statement {
            StatementKind::Let { name, value: LetValue::Condition(condition) } => Some((name, condition)),
            _ => None,
        });
        let first: QuickMap<&str, usize> = lets
            .iter()
            .enumerate()
            .filter(|(_, (file, _, (name, _)))| self.is_first(*file, name))
            .map(|(index, (_, _, (name, _)))| (name.node.as_str(), index))
            .collect();
        let needs: Vec<Vec<usize>> = lets
            .iter()
            .map(|(_, _, (_, condition))| {
                let mut names = Vec::new();
                names_in(condition, &mut names);
                names.iter().filter_map(|name| first.get(name).copied()).collect()
            })
            .collect();
        let (ordered, cycles) = order::order(&needs);
        for cycle in cycles {
            let names: Vec<_> = cycle
                .iter()
                .filter_map(|at| lets.get(*at))
                .map(|(file, _, (name, _))| (*file, *name))
                .collect();
            self.cycle("condition", &names);
        }
        for name in first.keys() {
            self.lets.insert(name, None);
        }
        for index in ordered {
            let Some((file, _, (name, condition))) = lets.get(index) else { continue };
            self.file = *file;
            let id = self.condition(condition, Context::Let);
            if first.get(name.node.as_str()) == Some(&index) {
                self.lets.insert(&name.node, id);
            }
        }
        let named = lets.iter().filter_map(|(_, _, (name, _))| {
            let condition = self.lets.get(name.node.as_str()).copied().flatten()?;
            Some(NamedCondition { name: name.node.clone(), condition })
        });
        named.collect()
    }

    /// Checks a condition and adds it to the model. The depth of the recursion is that of the syntax tree,
    /// which the parser limits.
    pub(super) fn condition(&mut self, expr: &'a Expr, context: Context) -> Option<ConditionId> {
        let kind = match &expr.node {
            ExprKind::Paren(inner) => return self.condition(inner, context),
            ExprKind::All(parts) => ConditionKind::All(self.operands(parts, context, |kind| match kind {
                ConditionKind::All(ids) => Some(ids),
                _ => None,
            })?),
            ExprKind::Any(parts) => ConditionKind::Any(self.operands(parts, context, |kind| match kind {
                ConditionKind::Any(ids) => Some(ids),
                _ => None,
            })?),
            ExprKind::Not(inner) => ConditionKind::Not(self.condition(inner, context)?),
            ExprKind::AtLeast { of, .. } if of.is_empty() => {
                let message = "`at least` without conditions to count";
                let found = Diagnostic::new(Code::Empty, self.at(expr.span), message, "nothing in the `[ ]`");
                self.report(found.help("list the conditions: `at least 2 of [budget, need, timing]`"));
                return None;
            }
            ExprKind::AtLeast { count, of } => {
                let most = i64::try_from(of.len()).unwrap_or(i64::MAX);
                let count = self.count(count, 1, most, "the number of conditions that must hold");
                let of: Vec<Option<ConditionId>> =
                    of.iter().map(|part| self.condition(part, context)).collect();
                let of: Option<Vec<ConditionId>> = of.into_iter().collect();
                ConditionKind::AtLeast { count: u32::try_from(count?).ok()?, of: of? }
            }
            ExprKind::InactiveFor(period) => ConditionKind::Inactive(self.duration(period)?),
            ExprKind::Segment(name) => return self.segment_test(name, expr.span, context),
            ExprKind::Test(test) => return self.test(test, expr.span, context),
        };
        Some(self.push(kind, expr.span))
    }

    /// The operands of `and` or `or`; parentheses around operands of the same kind make no difference.
    fn operands(
        &mut self,
        parts: &'a [Expr],
        context: Context,
        same: impl Fn(&ConditionKind) -> Option<&Vec<ConditionId>>,
    ) -> Option<Vec<ConditionId>> {
        let mut operands = Some(Vec::with_capacity(parts.len()));
        for part in parts {
            let id = self.condition(part, context);
            let (Some(id), Some(list)) = (id, operands.as_mut()) else {
                operands = None;
                continue;
            };
            let inner = self.conditions.get(id.index()).and_then(|condition| same(&condition.kind));
            match inner.filter(|_| matches!(part.node, ExprKind::Paren(_))) {
                Some(inner) => list.extend_from_slice(inner),
                None => list.push(id),
            }
        }
        operands
    }

    /// Adds a condition to the model.
    fn push(&mut self, kind: ConditionKind, span: Span) -> ConditionId {
        let of = |id: &ConditionId| self.traits.get(id.index()).copied().unwrap_or_default();
        let union = |ids: &[ConditionId]| {
            ids.iter().map(of).fold(ConditionTraits::default(), |all, one| ConditionTraits {
                needs_scores: all.needs_scores || one.needs_scores,
                events_positive: all.events_positive || one.events_positive,
                events_negative: all.events_negative || one.events_negative,
            })
        };
        let traits = match &kind {
            ConditionKind::All(ids) | ConditionKind::Any(ids) | ConditionKind::AtLeast { of: ids, .. } => {
                union(ids)
            }
            ConditionKind::Not(id) => {
                let inner = of(id);
                ConditionTraits {
                    needs_scores: inner.needs_scores,
                    events_positive: inner.events_negative,
                    events_negative: inner.events_positive,
                }
            }
            ConditionKind::Events(_) => ConditionTraits { events_positive: true, ..Default::default() },
            ConditionKind::Attribute { .. } | ConditionKind::Inactive(_) => ConditionTraits::default(),
            ConditionKind::Score { .. }
            | ConditionKind::ScoreBetween { .. }
            | ConditionKind::Band { .. }
            | ConditionKind::BandAtLeast { .. }
            | ConditionKind::Segment(_) => ConditionTraits { needs_scores: true, ..Default::default() },
        };
        let id = ConditionId(u32::try_from(self.conditions.len()).unwrap_or(u32::MAX));
        self.conditions.push(Condition { kind, place: self.at(span) });
        self.traits.push(traits);
        id
    }

    pub(super) fn traits(&self, id: ConditionId) -> ConditionTraits {
        self.traits.get(id.index()).copied().unwrap_or_default()
    }

    fn segment_test(&mut self, name: &'a Name, span: Span, context: Context) -> Option<ConditionId> {
        if context != Context::Stage {
            let message = match context {
                Context::Segment => "a segment cannot use another segment",
                Context::Let => "a `let` cannot use a segment",
                _ => "a rule cannot use a segment",
            };
            let found = Diagnostic::new(Code::NotAllowedHere, self.at(span), message, "only in stages");
            self.report(found.help("give the condition a name with `let`, and use that name in both places"));
            return None;
        }
        let segment = self.segment_name(name)?;
        Some(self.push(ConditionKind::Segment(segment), span))
    }

    fn test(&mut self, test: &'a Test, span: Span, context: Context) -> Option<ConditionId> {
        let operation = test.operation.as_ref();
        let window = test.window.as_ref();
        let TestSubject::Name(name) = &test.subject else {
            let test = self.event_test(&test.subject, operation, window)?;
            return Some(self.push(ConditionKind::Events(test), span));
        };
        match self.names.sort(&name.node) {
            Some(Sort::Attribute) => {
                let attribute = self.vocabulary.attribute_id(&name.node)?;
                let of = self.vocabulary.attribute(attribute)?.of.clone();
                let test = self.value_test(name, &of, operation, window)?;
                Some(self.push(ConditionKind::Attribute { attribute, test }, span))
            }
            Some(Sort::Activity | Sort::Event) => {
                let test = self.event_test(&test.subject, operation, window)?;
                Some(self.push(ConditionKind::Events(test), span))
            }
            Some(Sort::Condition) => self.let_test(name, test, context),
            Some(Sort::Score) => self.score_test(name, test, span, context),
            Some(Sort::Segment) => {
                let help = format!("in a stage write `segment {}`", name.node);
                self.wrong_sort(name.span, &name.node, "a condition", &help);
                None
            }
            Some(Sort::List) => {
                let help = format!("name what is to be looked up in it: `email_domain in {}`", name.node);
                self.wrong_sort(name.span, &name.node, "a condition", &help);
                None
            }
            Some(Sort::Param) => {
                self.wrong_sort(
                    name.span,
                    &name.node,
                    "a condition",
                    "a param stands for a number or a duration",
                );
                None
            }
            // The one keyword that may stand here: it can only be meant as a score.
            None if name.node == LOOSE_SCORE => {
                self.score_name(name);
                None
            }
            None => {
                let nearest = self.nearest_name(&name.node, |sort| !matches!(sort, Sort::List | Sort::Param));
                let message = format!("nothing is called `{}`", name.node);
                let otherwise =
                    format!("declare it: `attribute {0}: text`, or define it: `let {0} = …`", name.node);
                self.unknown(Code::UnknownName, name, message, nearest, &otherwise);
                None
            }
        }
    }

    fn let_test(&mut self, name: &'a Name, test: &'a Test, context: Context) -> Option<ConditionId> {
        let extra =
            test.operation.as_ref().map(|found| found.span).or(test.window.as_ref().map(|found| found.span));
        if let Some(span) = extra {
            let message =
                format!("`{}` is a condition: it is true or false and cannot be compared", name.node);
            let mut found = Diagnostic::new(Code::WrongTest, self.at(span), message, "does not belong here");
            if let Some(place) = self.names.place(&name.node) {
                found = found.also(place, "defined here");
            }
            self.report(found.help(format!("write `{0}` or `not {0}`", name.node)));
            return None;
        }
        self.names.mark_used(&name.node);
        let id = self.lets.get(name.node.as_str()).copied().flatten()?;
        if context == Context::Rule && self.traits(id).needs_scores {
            let mut found = Diagnostic::new(
                Code::NotAllowedHere,
                self.at(name.span),
                format!("rules make up the scores and cannot ask for one, and `{}` does", name.node),
                "uses a score",
            );
            if let Some(place) = self.names.place(&name.node) {
                found = found.also(place, "defined here");
            }
            self.report(found.help("ask for scores in segments and stages only"));
            return None;
        }
        Some(id)
    }

    fn score_test(
        &mut self,
        name: &'a Name,
        test: &'a Test,
        span: Span,
        context: Context,
    ) -> Option<ConditionId> {
        if context == Context::Rule {
            let message =
                format!("rules make up the scores and cannot ask for one: `{}` is a score", name.node);
            let found = Diagnostic::new(Code::NotAllowedHere, self.at(name.span), message, "a score");
            self.report(found.help(
                "ask for scores in segments and stages; to add scores up write `score total = 1 * a + 1 * b`",
            ));
            return None;
        }
        if let Some(window) = &test.window {
            let message = format!("a score has no window: `{}` is always the score now", name.node);
            let found =
                Diagnostic::new(Code::WrongTest, self.at(window.span), message, "does not belong here");
            self.report(found.help("put the window into the rules that make the score"));
            return None;
        }
        let kind = self.score_operation(name, test.operation.as_ref())?;
        Some(self.push(kind, span))
    }

    /// `SCORE CMP POINTS`, `between`, `is`, `is at least`.
    fn score_operation(
        &mut self,
        name: &Name,
        operation: Option<&'a Spanned<Operation>>,
    ) -> Option<ConditionKind> {
        let score = self.score_ids.get(name.node.as_str()).copied()?;
        let Some(operation) = operation else {
            let message = format!("the score `{}` alone is neither true nor false", name.node);
            let found =
                Diagnostic::new(Code::WrongTest, self.at(name.span), message, "a comparison is missing");
            self.report(found.help(format!("write `{} >= 50`, or `{} is BAND`", name.node, name.node)));
            return None;
        };
        match &operation.node {
            Operation::Binary(operator, value) if operator.comparison().is_some() => {
                let points = self.number_value(value, "points")?;
                let points = self.points_of(points, value.span)?;
                Some(ConditionKind::Score { score, comparison: operator.comparison()?, points })
            }
            Operation::Between(low, high) => {
                let (from, to) = (self.number_value(low, "points"), self.number_value(high, "points"));
                let (from, to) = (self.points_of(from?, low.span)?, self.points_of(to?, high.span)?);
                if from > to {
                    self.wrong_way_round(low.span.to(high.span), format!("between {to} and {from}"));
                    return None;
                }
                Some(ConditionKind::ScoreBetween { score, low: from, high: to })
            }
            Operation::Is(band) => Some(ConditionKind::Band { score, band: self.band(name, score, band)? }),
            Operation::IsAtLeast(band) => {
                Some(ConditionKind::BandAtLeast { score, band: self.band(name, score, band)? })
            }
            Operation::Binary(..) | Operation::IsKnown | Operation::IsMissing => {
                let written = operation.node.spelling();
                let message = format!("a score cannot be tested with `{written}`");
                let label = format!("`{}` is a score", name.node);
                let found = Diagnostic::new(Code::WrongTest, self.at(operation.span), message, label);
                self.report(found.help(
                    "a score can be tested with `=`, `!=`, `<`, `<=`, `>`, `>=`, `between A and B`, `is BAND` or `is at least BAND`",
                ));
                None
            }
        }
    }
}

/// The bare names that a condition tests: those of other `let`s among them.
fn names_in<'e>(expr: &'e Expr, names: &mut Vec<&'e str>) {
    match &expr.node {
        ExprKind::All(parts) | ExprKind::Any(parts) | ExprKind::AtLeast { of: parts, .. } => {
            for part in parts {
                names_in(part, names);
            }
        }
        ExprKind::Not(inner) | ExprKind::Paren(inner) => names_in(inner, names),
        ExprKind::Test(Test { subject: TestSubject::Name(name), .. }) => names.push(&name.node),
        ExprKind::Test(_) | ExprKind::InactiveFor(_) | ExprKind::Segment(_) => {}
    }
}
