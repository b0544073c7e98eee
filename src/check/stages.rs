//! Segments and the gates of the stages.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::hash::QuickMap;
use crate::model::{Gates, MqlGate, ReasonedGate, Segment, SegmentIndex};
use crate::syntax::ast::{Expr, Name, Spanned, StatementKind};

use super::conditions::Context;
use super::names::Sort;
use super::{Checker, Placed, each};

impl<'a> Checker<'a> {
    /// All segments, in the order of definition.
    pub(super) fn segments(&mut self, statements: &[Placed<'a>]) -> Vec<Segment> {
        let mut segments = Vec::new();
        let written = each(statements, |statement| match statement {
            StatementKind::Segment { name, when } => Some((name, when)),
            _ => None,
        });
        for (index, (file, _, (name, when))) in written.into_iter().enumerate() {
            self.file = file;
            self.over_limit(index + 1, self.limits.definitions, "segments", name.span);
            let condition = self.condition(when, Context::Segment);
            let id = condition.and_then(|_| u32::try_from(segments.len()).ok()).map(SegmentIndex);
            if let Some(condition) = condition {
                segments.push(Segment { name: name.node.clone(), condition, place: self.at(name.span) });
            }
            if self.is_first(file, name) {
                self.segment_ids.insert(&name.node, id);
            }
        }
        segments
    }

    /// Resolves the name of a segment, or reports what it is instead.
    pub(super) fn segment_name(&mut self, name: &Name) -> Option<SegmentIndex> {
        match self.names.sort(&name.node) {
            Some(Sort::Segment) => self.segment_ids.get(name.node.as_str()).copied().flatten(),
            Some(_) => {
                let help = format!("without the word `segment` it is `{}`", name.node);
                self.wrong_sort(name.span, &name.node, "a segment", &help);
                None
            }
            None => {
                let nearest = self.nearest_name(&name.node, |sort| sort == Sort::Segment);
                let message = format!("there is no segment `{}`", name.node);
                let help = format!("define it: `segment {} when …`", name.node);
                self.unknown(Code::UnknownName, name, message, nearest, &help);
                None
            }
        }
    }

    /// The criteria of the stages, included files' too.
    pub(super) fn gates(&mut self, statements: &[Placed<'a>]) -> Gates {
        let mut gates = Gates::default();
        let mut seen: QuickMap<&str, Place> = QuickMap::default();
        for placed in statements {
            self.file = placed.file;
            let gate = match &placed.statement.node {
                StatementKind::StageMql { when, until, again_after, sla } => {
                    let when = self.condition(when, Context::Stage);
                    let back = until.as_ref().map(|until| self.condition(until, Context::Stage));
                    let again_after = again_after.as_ref().and_then(|period| self.duration(period));
                    let sla = sla.as_ref().and_then(|period| self.duration(period));
                    gates.mql = when.map(|when| MqlGate { when, until: back.flatten(), again_after, sla });
                    "stage mql"
                }
                StatementKind::StageSql { when } => {
                    gates.sql = self.condition(when, Context::Stage);
                    "stage sql"
                }
                StatementKind::Recycle { when, reason } => {
                    gates.recycle = self.reasoned(when, reason.as_ref());
                    "recycle"
                }
                StatementKind::Disqualify { when, reason } => {
                    let gate = self.reasoned(when, reason.as_ref());
                    gates.disqualify.extend(gate);
                    continue;
                }
                _ => continue,
            };
            let place = self.at(placed.statement.span);
            let first = *seen.entry(gate).or_insert(place);
            if first != place {
                let message = format!("`{gate}` is defined twice");
                let found =
                    Diagnostic::new(Code::Duplicate, place, message, "again").also(first, "first here");
                self.report(found.help("keep one of them, its conditions joined with `or`"));
            }
        }
        gates
    }

    fn reasoned(&mut self, when: &'a Expr, reason: Option<&Spanned<String>>) -> Option<ReasonedGate> {
        let when = self.condition(when, Context::Stage)?;
        Some(ReasonedGate { when, reason: reason.map(|reason| reason.node.clone()) })
    }
}
