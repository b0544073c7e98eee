//! What a file defines, as an outline; its tests, and how they go.

use std::collections::BTreeMap;
use std::path::Path;

use super::reading::Reading;
use super::{Kind, Symbol, TestPlace, Workspace};
use crate::diagnostic::Diagnostics;
use crate::syntax::ast::{Group, LetValue, Member, Name, Rule, Span, StatementKind};
use crate::testing::TestResult;

impl Workspace {
    /// What a file defines, in the order of the text: rules and groups in their scores, bands in their lists.
    pub fn symbols(&mut self, path: &Path) -> Vec<Symbol> {
        let Some((reading, file)) = self.reading(path) else { return Vec::new() };
        let Some(tree) = reading.tree(file) else { return Vec::new() };
        let outline = Outline { text: reading.text(file) };
        tree.statements
            .iter()
            .filter_map(|statement| outline.statement(&statement.node, statement.span))
            .collect()
    }

    /// The `test` blocks of a file.
    pub fn tests(&mut self, path: &Path) -> Vec<TestPlace> {
        let Some((reading, file)) = self.reading(path) else { return Vec::new() };
        let Some(tree) = reading.tree(file) else { return Vec::new() };
        let tests = tree.statements.iter().filter_map(|statement| match &statement.node {
            StatementKind::Test(test) => Some(TestPlace {
                name: test.name.node.clone(),
                range: statement.span.start..(statement.span.start + "test".len()),
            }),
            _ => None,
        });
        tests.collect()
    }

    /// Runs the tests of a file, as the rule set that it is by itself: all of them, or those of one name.
    ///
    /// # Errors
    /// Everything that is wrong with it: a part of a rule set may need what only the whole has.
    pub fn run_tests(&mut self, path: &Path, name: Option<&str>) -> Result<Vec<TestResult>, Diagnostics> {
        let text = self.text(path).unwrap_or_default();
        let reading = Reading::of(path, &text, &self.texts(&BTreeMap::new()));
        let mut results = reading.compiled?.run_tests();
        results.retain(|result| name.is_none_or(|name| result.name == name));
        Ok(results)
    }
}

struct Outline<'t> {
    text: &'t str,
}

/// Longer names are cut.
const LONGEST: usize = 80;

impl Outline<'_> {
    fn symbol(&self, name: &str, detail: &str, kind: Kind, span: Span, selection: Span) -> Symbol {
        let name = crate::readable::readable(name, LONGEST);
        Symbol {
            // Editors take no symbol without a name.
            name: if name.trim().is_empty() { detail.to_owned() } else { name },
            detail: detail.to_owned(),
            kind,
            range: span.start..span.end,
            selection: selection.start..selection.end,
            children: Vec::new(),
        }
    }

    fn statement(&self, statement: &StatementKind, span: Span) -> Option<Symbol> {
        let named =
            |name: &Name, detail: &str, kind: Kind| self.symbol(&name.node, detail, kind, span, name.span);
        let keyword = |word: &str, kind: Kind| self.symbol(word, "", kind, span, start(span));
        Some(match statement {
            StatementKind::Attribute { name, .. } => named(name, "attribute", Kind::Attribute),
            StatementKind::Event(event) => named(&event.kind, "event", Kind::Event),
            StatementKind::Let { name, value: LetValue::Condition(_) } => {
                named(name, "condition", Kind::Condition)
            }
            StatementKind::Let { name, value: LetValue::List(_) } => named(name, "list", Kind::List),
            StatementKind::Param { name, .. } => named(name, "param", Kind::Param),
            StatementKind::Activity { name, .. } => named(name, "activity", Kind::Activity),
            StatementKind::Segment { name, .. } => named(name, "segment", Kind::Segment),
            StatementKind::Derived(score) => named(&score.name, "derived score", Kind::Score),
            StatementKind::Score(block) => {
                let members = block.members.iter().map(|member| match member {
                    Member::Rule(rule) => self.rule(rule),
                    Member::Group(group) => self.group(group),
                });
                Symbol { children: members.collect(), ..named(&block.name, "score", Kind::Score) }
            }
            StatementKind::Rule(rule) => self.rule(rule),
            StatementKind::Group(group) => self.group(group),
            StatementKind::Band { score, bands } => {
                let band = |band: &crate::syntax::ast::BandEntry| {
                    let whole =
                        band.at_least.as_ref().map_or(band.name.span, |bound| band.name.span.to(bound.span));
                    self.symbol(&band.name.node, "band", Kind::Band, whole, band.name.span)
                };
                let children = bands.iter().map(band).collect();
                Symbol { children, ..named(score, "bands", Kind::Band) }
            }
            StatementKind::StageMql { .. } => keyword("stage mql", Kind::Gate),
            StatementKind::StageSql { .. } => keyword("stage sql", Kind::Gate),
            StatementKind::Recycle { .. } => keyword("recycle", Kind::Gate),
            StatementKind::Disqualify { .. } => keyword("disqualify", Kind::Gate),
            StatementKind::Test(test) => {
                self.symbol(&test.name.node, "test", Kind::Test, span, test.name.span)
            }
            StatementKind::VocabularyOnlyDeclared
            | StatementKind::Include { .. }
            | StatementKind::Ruleset { .. }
            | StatementKind::Owners(_)
            | StatementKind::Review { .. } => return None,
        })
    }

    fn group(&self, group: &Group) -> Symbol {
        let children = group.rules.iter().map(|rule| self.rule(rule)).collect();
        let symbol = self.symbol(&group.name.node, "group", Kind::Group, group.span, group.name.span);
        Symbol { children, ..symbol }
    }

    /// A rule by its name, its label or its first line.
    fn rule(&self, rule: &Rule) -> Symbol {
        let points = self.written(rule.points.span);
        let (name, selection) = match (&rule.name, &rule.label) {
            (Some(name), _) => (name.node.as_str(), name.span),
            (None, Some(label)) => (label.node.as_str(), label.span),
            (None, None) => (self.written(rule.span).lines().next().unwrap_or(""), start(rule.span)),
        };
        self.symbol(name, points, Kind::Rule, rule.span, selection)
    }

    fn written(&self, span: Span) -> &str {
        self.text.get(span.start..span.end).unwrap_or("")
    }
}

/// The place where a span starts.
fn start(span: Span) -> Span {
    Span { start: span.start, end: span.start }
}
