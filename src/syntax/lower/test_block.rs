//! `test` blocks.

use pest::iterators::Pair;

use super::super::ast::{Expectation, Spanned, TestBlock, TestLine, TestLineKind, When};
use super::super::grammar::Rule;
use super::{Lowering, child, children, map};

impl Lowering<'_> {
    pub(super) fn test_block(&mut self, pair: &Pair<'_, Rule>) -> Option<TestBlock> {
        let mut inner = pair.clone().into_inner();
        let mut block = self.test_head(&inner.next()?)?;
        for line in inner.filter(|inner| inner.as_rule() != Rule::close_brace) {
            block.lines.push(self.test_line(&line)?);
        }
        Some(block)
    }

    /// A test without its lines.
    pub(in super::super) fn test_head(&mut self, pair: &Pair<'_, Rule>) -> Option<TestBlock> {
        Some(TestBlock {
            name: self.text_in(pair)?,
            at: child(pair, Rule::instant).map(|instant| self.instant(&instant)),
            lines: Vec::new(),
        })
    }

    pub(in super::super) fn test_line(&mut self, pair: &Pair<'_, Rule>) -> Option<TestLine> {
        let negated = child(pair, Rule::kw_not).is_some();
        let node = match pair.as_rule() {
            Rule::test_setting => TestLineKind::Set {
                attribute: self.name_in(pair)?,
                value: self.value(&child(pair, Rule::value_or_word)?)?,
            },
            Rule::test_event => self.test_event(pair)?,
            Rule::test_stage => {
                let since = match pair.clone().into_inner().last()? {
                    last if last.as_rule() == Rule::instant => Some(map(self.instant(&last), When::At)),
                    last if last.as_rule() == Rule::age => Some(self.when(&last)?),
                    _ => None,
                };
                TestLineKind::Stage { stage: self.name(&child(pair, Rule::plain_name)?), since }
            }
            Rule::expect_valid => TestLineKind::Expect(Expectation::ValidUntil(
                child(pair, Rule::instant).map(|instant| self.instant(&instant).node),
            )),
            Rule::expect_stage => TestLineKind::Expect(Expectation::Stage(self.name_in(pair)?)),
            Rule::expect_segment => {
                TestLineKind::Expect(Expectation::Segment { negated, segment: self.name_in(pair)? })
            }
            Rule::expect_score => {
                let operation = match child(pair, Rule::operation) {
                    Some(operation) => self.operation(&operation)?,
                    None => self.operation_between(&child(pair, Rule::between)?)?,
                };
                let score = self.name(&child(pair, Rule::score_name)?);
                TestLineKind::Expect(Expectation::Score { score, operation })
            }
            Rule::expect_gate => {
                let gate = self.name(&child(pair, Rule::gate)?);
                TestLineKind::Expect(Expectation::Gate { negated, gate })
            }
            _ => return None,
        };
        Some(Spanned { node, span: self.span(pair) })
    }

    fn test_event(&mut self, pair: &Pair<'_, Rule>) -> Option<TestLineKind> {
        let mut properties = Vec::new();
        for property in children(pair, Rule::test_property) {
            let value = self.value(&child(&property, Rule::value_or_word)?)?;
            properties.push((self.name(&child(&property, Rule::plain_name)?), value));
        }
        let times = children(pair, Rule::test_time).map(|time| self.when(&time));
        let when = times.collect::<Option<_>>()?;
        Some(TestLineKind::Event {
            kind: self.name(&child(pair, Rule::event_kind)?),
            subject: self.subject(&child(pair, Rule::subject)?)?,
            properties,
            when,
        })
    }

    /// `AGE ago` or `at INSTANT`.
    fn when(&mut self, pair: &Pair<'_, Rule>) -> Option<Spanned<When>> {
        let node = match child(pair, Rule::duration) {
            Some(age) => When::Ago(self.duration(&age).node),
            None => When::At(self.instant(&child(pair, Rule::instant)?).node),
        };
        Some(Spanned { node, span: self.span(pair) })
    }
}
