//! What the parser found, turned into the syntax tree.
//!
//! In go pairs of grammar rules and stretches of text, out come the nodes of [`super::ast`]. Errors inside
//! words (escapes, numbers, durations, instants) are found here and put into [`Lowering::found`]; in the tree
//! stands the nearest thing that could have been meant, so that nothing else is said of the same slip.
//!
//! Functions return none where a pair lacks a part that the grammar promises; that does not happen while the
//! two agree, and if they ever do not, the caller reports it instead of leaving something out.

mod condition;
mod literal;
mod score;
mod test_block;

pub(super) use literal::{meant_duration, unescaped};

use pest::iterators::Pair;

use super::ast::{
    EventDeclaration, LetValue, Literal, Name, NumberOr, OrParam, Owner, Span, Spanned, Statement,
    StatementKind, TypeExpr,
};
use super::driver::MOST_ERRORS;
use super::grammar::Rule;
use super::token::Tokens;
use crate::diagnostic::{Code, Diagnostic, FileId, Place};

/// Turns pairs into nodes.
pub(super) struct Lowering<'a> {
    text: &'a str,
    tokens: &'a Tokens,
    pub(super) file: FileId,
    /// Where in the text the part that the pairs count from starts.
    pub(super) offset: usize,
    pub(super) found: Vec<Diagnostic>,
}

/// The first child that is `wanted`.
fn child<'i>(pair: &Pair<'i, Rule>, wanted: Rule) -> Option<Pair<'i, Rule>> {
    pair.clone().into_inner().find(|inner| inner.as_rule() == wanted)
}

/// All children that are `wanted`.
fn children<'i>(pair: &Pair<'i, Rule>, wanted: Rule) -> impl Iterator<Item = Pair<'i, Rule>> + use<'i> {
    pair.clone().into_inner().filter(move |inner| inner.as_rule() == wanted)
}

impl<'a> Lowering<'a> {
    pub(super) fn new(text: &'a str, tokens: &'a Tokens, file: FileId) -> Self {
        Lowering { text, tokens, file, offset: 0, found: Vec::new() }
    }
}

impl Lowering<'_> {
    /// A whole statement.
    pub(super) fn statement(&mut self, pair: &Pair<'_, Rule>) -> Option<Statement> {
        let span = self.span(pair);
        let pair = pair.clone().into_inner().next()?;
        let node = match pair.as_rule() {
            Rule::vocabulary => StatementKind::VocabularyOnlyDeclared,
            Rule::include => StatementKind::Include { path: self.text_in(&pair)? },
            Rule::ruleset => {
                let mut texts = children(&pair, Rule::text);
                let name = self.text(&texts.next()?);
                StatementKind::Ruleset { name, version: texts.next().map(|text| self.text(&text)) }
            }
            Rule::owners => {
                let owners = children(&pair, Rule::owner).map(|owner| self.owner(&owner));
                StatementKind::Owners(owners.collect::<Option<_>>()?)
            }
            Rule::review => StatementKind::Review {
                every: self.duration_or_param_in(&pair)?,
                since: child(&pair, Rule::instant).map(|instant| self.instant(&instant)),
            },
            Rule::attribute => {
                let of = self.value_type(&child(&pair, Rule::value_type)?)?;
                StatementKind::Attribute { name: self.name_in(&pair)?, of }
            }
            Rule::event_declaration => StatementKind::Event(self.event_declaration(&pair)?),
            Rule::let_definition => {
                let name = self.name_in(&pair)?;
                let value = match child(&pair, Rule::value_list) {
                    Some(list) => LetValue::List(self.value_list(&list)?),
                    None => LetValue::Condition(self.condition_in(&pair)?),
                };
                StatementKind::Let { name, value }
            }
            Rule::param => {
                let value = match child(&pair, Rule::duration) {
                    Some(duration) => match self.with_exponent(&duration) {
                        Some(number) => map(number, Literal::Number),
                        None => map(self.duration(&duration), Literal::Duration),
                    },
                    None => map(self.number(&child(&pair, Rule::number)?), Literal::Number),
                };
                StatementKind::Param { name: self.name_in(&pair)?, value }
            }
            Rule::activity => {
                let mut inner = pair.into_inner();
                let name = self.name(&inner.find(|inner| inner.as_rule() == Rule::name)?);
                let terms = inner.filter(|inner| matches!(inner.as_rule(), Rule::event_term | Rule::name));
                let terms = terms.map(|term| self.term(&term)).collect::<Option<_>>()?;
                StatementKind::Activity { name, terms }
            }
            Rule::score_block => StatementKind::Score(self.score_block(&pair)?),
            Rule::derived_score => StatementKind::Derived(self.derived_score(&pair)?),
            Rule::group => StatementKind::Group(self.group(&pair)?),
            Rule::rule => StatementKind::Rule(self.rule(&pair)?),
            Rule::band => {
                let score = self.band_head(&child(&pair, Rule::band_head)?)?;
                let bands = children(&pair, Rule::band_entry).map(|entry| self.band_entry(&entry));
                StatementKind::Band { score, bands: bands.collect::<Option<_>>()? }
            }
            Rule::segment => {
                StatementKind::Segment { name: self.name_in(&pair)?, when: self.condition_in(&pair)? }
            }
            Rule::stage_mql => {
                let until = child(&pair, Rule::until);
                let again = child(&pair, Rule::again_after);
                let sla = child(&pair, Rule::sla);
                StatementKind::StageMql {
                    when: self.condition_in(&pair)?,
                    until: until.and_then(|until| self.condition_in(&until)),
                    again_after: again.and_then(|again| self.duration_or_param_in(&again)),
                    sla: sla.and_then(|sla| self.duration_or_param_in(&sla)),
                }
            }
            Rule::stage_sql => StatementKind::StageSql { when: self.condition_in(&pair)? },
            Rule::recycle => {
                StatementKind::Recycle { when: self.condition_in(&pair)?, reason: self.text_in(&pair) }
            }
            Rule::disqualify => {
                StatementKind::Disqualify { when: self.condition_in(&pair)?, reason: self.text_in(&pair) }
            }
            Rule::test_block => StatementKind::Test(self.test_block(&pair)?),
            _ => return None,
        };
        Some(Spanned { node, span })
    }

    fn owner(&mut self, pair: &Pair<'_, Rule>) -> Option<Owner> {
        Some(Owner { role: self.name_in(pair)?, name: self.text_in(pair)? })
    }

    fn value_type(&mut self, pair: &Pair<'_, Rule>) -> Option<Spanned<TypeExpr>> {
        let inner = pair.clone().into_inner().next()?;
        let node = match inner.as_rule() {
            Rule::type_text => TypeExpr::Text,
            Rule::type_number => TypeExpr::Number,
            Rule::type_flag => TypeExpr::Flag,
            Rule::type_date => TypeExpr::Date,
            Rule::type_set_of_text => TypeExpr::SetOfText,
            Rule::type_one_of => {
                TypeExpr::OneOf(children(&inner, Rule::symbol).map(|symbol| self.name(&symbol)).collect())
            }
            _ => return None,
        };
        Some(Spanned { node, span: self.span(pair) })
    }

    fn event_declaration(&mut self, pair: &Pair<'_, Rule>) -> Option<EventDeclaration> {
        let mut properties = Vec::new();
        for property in children(pair, Rule::property_declaration) {
            let of = self.value_type(&child(&property, Rule::value_type)?)?;
            properties.push((self.name(&child(&property, Rule::plain_name)?), of));
        }
        Some(EventDeclaration {
            kind: self.name(&child(pair, Rule::event_kind)?),
            subject: self.name(&child(pair, Rule::plain_name)?),
            properties,
            passive: child(pair, Rule::kw_passive).map(|passive| self.span(&passive)),
        })
    }

    /// Where a pair stands in the file. A pair whose last part may be missing reaches up to the next word;
    /// a node ends with its last word.
    pub(super) fn span(&self, pair: &Pair<'_, Rule>) -> Span {
        let span = pair.as_span();
        let (start, end) = (self.offset + span.start(), self.offset + span.end());
        // At the end of the file it may be a comment that it reaches over.
        let ends_in_space = pair.as_str().ends_with([' ', '\n', '\t', '\r']);
        if !ends_in_space && end < self.text.len() {
            return Span { start, end };
        }
        Span { start, end: self.tokens.last_end_before(end).map_or(end, |last| last.clamp(start, end)) }
    }

    /// A word, as written.
    pub(super) fn name(&self, pair: &Pair<'_, Rule>) -> Name {
        Spanned { node: pair.as_str().to_owned(), span: self.span(pair) }
    }

    fn name_in(&self, pair: &Pair<'_, Rule>) -> Option<Name> {
        child(pair, Rule::name).map(|name| self.name(&name))
    }

    fn text_in(&mut self, pair: &Pair<'_, Rule>) -> Option<Spanned<String>> {
        child(pair, Rule::text).map(|text| self.text(&text))
    }

    /// The child that is a number or the name of a param.
    fn number_or_param_in(&mut self, pair: &Pair<'_, Rule>) -> Option<NumberOr> {
        self.number_or_param(&child(pair, Rule::number_or_param)?)
    }

    fn number_or_param(&mut self, pair: &Pair<'_, Rule>) -> Option<NumberOr> {
        let inner = pair.clone().into_inner().next()?;
        Some(match inner.as_rule() {
            Rule::number => map(self.number(&inner), OrParam::Literal),
            _ => map(self.name(&inner), OrParam::Param),
        })
    }

    /// The child that is a duration or the name of a param.
    fn duration_or_param_in(&mut self, pair: &Pair<'_, Rule>) -> Option<super::ast::Duration> {
        let inner = child(pair, Rule::duration_or_param)?.into_inner().next()?;
        Some(match inner.as_rule() {
            Rule::duration => map(self.duration(&inner), OrParam::Literal),
            _ => map(self.name(&inner), OrParam::Param),
        })
    }

    /// The text at `span`.
    fn at(&self, span: Span) -> &str {
        self.text.get(span.start..span.end).unwrap_or("")
    }

    fn place(&self, span: Span) -> Place {
        Place { file: self.file, span }
    }

    /// Reports an error at `span`.
    fn error(
        &mut self,
        code: Code,
        span: Span,
        message: impl Into<String>,
        label: &str,
        help: impl Into<String>,
    ) {
        // One statement may hold any number of words; reading stops at so many errors anyway.
        if self.found.len() < MOST_ERRORS {
            self.found.push(Diagnostic::new(code, self.place(span), message, label).help(help));
        }
    }
}

/// The same place, another node.
fn map<T, U>(spanned: Spanned<T>, turn: impl FnOnce(T) -> U) -> Spanned<U> {
    Spanned { node: turn(spanned.node), span: spanned.span }
}
