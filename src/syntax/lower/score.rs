//! Scores, groups, bands and rules.

use pest::iterators::Pair;

use super::super::ast::{
    BandEntry, Decay, DerivedScore, Group, GroupBounds, Joiner, Limit, Member, Name, NumberOr, Per, Rule,
    RuleBody, ScoreBlock, Span, Spanned, WeightedScore,
};
use super::super::grammar::Rule as Syntax;
use super::{Lowering, child, children};

type Bounds = Option<(NumberOr, NumberOr)>;

impl Lowering<'_> {
    pub(super) fn score_block(&mut self, pair: &Pair<'_, Syntax>) -> Option<ScoreBlock> {
        let mut block = self.score_head(&child(pair, Syntax::score_head)?)?;
        for inner in pair.clone().into_inner() {
            match inner.as_rule() {
                Syntax::rule => block.members.push(Member::Rule(self.rule(&inner)?)),
                Syntax::group => block.members.push(Member::Group(self.group(&inner)?)),
                _ => {}
            }
        }
        Some(block)
    }

    /// A score without its rules and groups.
    pub(in super::super) fn score_head(&mut self, pair: &Pair<'_, Syntax>) -> Option<ScoreBlock> {
        Some(ScoreBlock {
            name: self.name_in(pair)?,
            bounds: self.range_in(pair)?,
            decay: self.decay_in(pair)?,
            members: Vec::new(),
        })
    }

    pub(super) fn derived_score(&mut self, pair: &Pair<'_, Syntax>) -> Option<DerivedScore> {
        let mut terms = Vec::new();
        let mut joiner = Joiner::Plus;
        for inner in pair.clone().into_inner() {
            match inner.as_rule() {
                Syntax::joiner if inner.as_str() == "-" => joiner = Joiner::Minus,
                Syntax::joiner => joiner = Joiner::Plus,
                Syntax::weighted => {
                    let weight = self.number(&child(&inner, Syntax::number)?);
                    let score = self.name(&child(&inner, Syntax::score_name)?);
                    terms.push(WeightedScore { joiner, weight, score });
                }
                _ => {}
            }
        }
        Some(DerivedScore { name: self.name_in(pair)?, bounds: self.range_in(pair)?, terms })
    }

    /// The bounds among the children of `pair`, none where there are none.
    fn range_in(&mut self, pair: &Pair<'_, Syntax>) -> Option<Bounds> {
        let Some(range) = child(pair, Syntax::range) else { return Some(None) };
        let mut ends = children(&range, Syntax::number_or_param);
        let (low, high) = (ends.next()?, ends.next()?);
        Some(Some((self.number_or_param(&low)?, self.number_or_param(&high)?)))
    }

    pub(in super::super) fn group(&mut self, pair: &Pair<'_, Syntax>) -> Option<Group> {
        let mut group = self.group_head(&child(pair, Syntax::group_head)?)?;
        group.span = self.span(pair);
        for rule in children(pair, Syntax::rule) {
            group.rules.push(self.rule(&rule)?);
        }
        Some(group)
    }

    /// A group without its rules; it spans its head.
    pub(in super::super) fn group_head(&mut self, pair: &Pair<'_, Syntax>) -> Option<Group> {
        let bounds = if let Some(max) = child(pair, Syntax::group_max) {
            Some(GroupBounds::Max(self.number_or_param_in(&max)?))
        } else if let Some(min) = child(pair, Syntax::group_min) {
            Some(GroupBounds::Min(self.number_or_param_in(&min)?))
        } else {
            self.range_in(pair)?.map(|(low, high)| GroupBounds::Range(low, high))
        };
        Some(Group {
            span: self.span(pair),
            name: self.name_in(pair)?,
            best: child(pair, Syntax::kw_best).is_some(),
            bounds,
            rules: Vec::new(),
        })
    }

    /// The score that a list of bands belongs to.
    pub(in super::super) fn band_head(&mut self, pair: &Pair<'_, Syntax>) -> Option<Name> {
        child(pair, Syntax::score_name).map(|score| self.name(&score))
    }

    pub(in super::super) fn band_entry(&mut self, pair: &Pair<'_, Syntax>) -> Option<BandEntry> {
        Some(BandEntry {
            name: self.name(&child(pair, Syntax::band_name)?),
            at_least: match child(pair, Syntax::number_or_param) {
                Some(points) => Some(self.number_or_param(&points)?),
                None => None,
            },
        })
    }

    pub(in super::super) fn rule(&mut self, pair: &Pair<'_, Syntax>) -> Option<Rule> {
        let span = self.span(pair);
        let (mut name, mut body, mut points) = (None, None, None);
        let (mut limits, mut decay, mut label) = (Vec::new(), None, None);
        for inner in pair.clone().into_inner() {
            match inner.as_rule() {
                Syntax::rule_name => name = Some(self.name_in(&inner)?),
                Syntax::each => body = Some(self.each(&inner)?),
                Syntax::condition => body = Some(RuleBody::Condition(self.condition(&inner)?)),
                Syntax::points => points = Some(self.number_or_param_in(&inner)?),
                Syntax::limit => limits.push(self.limit(&inner)?),
                Syntax::decay => decay = Some(self.decay(&inner)?),
                Syntax::no_decay => decay = Some(Spanned { node: Decay::None, span: self.span(&inner) }),
                Syntax::text => label = Some(self.text(&inner)),
                _ => {}
            }
        }
        Some(Rule { span, name, body: body?, points: points?, limits, decay, label })
    }

    fn each(&mut self, pair: &Pair<'_, Syntax>) -> Option<RuleBody> {
        let (mut term, mut window, mut when) = (None, None, None);
        for inner in pair.clone().into_inner() {
            match inner.as_rule() {
                Syntax::event_term | Syntax::name => term = Some(self.term(&inner)?),
                Syntax::within => window = Some(self.within(&inner)?),
                Syntax::between => window = Some(self.window_between(&inner)?),
                Syntax::condition => when = Some(self.condition(&inner)?),
                _ => {}
            }
        }
        Some(RuleBody::Each { term: term?, window, when })
    }

    fn limit(&mut self, pair: &Pair<'_, Syntax>) -> Option<Spanned<Limit>> {
        let per = pair.clone().into_inner().find_map(|inner| match inner.as_rule() {
            Syntax::kw_day => Some(Per::Day),
            Syntax::kw_subject => Some(Per::Subject),
            _ => None,
        });
        let node = Limit { times: self.number_or_param_in(pair)?, per };
        Some(Spanned { node, span: self.span(pair) })
    }

    fn decay_in(&mut self, pair: &Pair<'_, Syntax>) -> Option<Option<Spanned<Decay>>> {
        match child(pair, Syntax::decay) {
            Some(decay) => self.decay(&decay).map(Some),
            None => Some(None),
        }
    }

    fn decay(&mut self, pair: &Pair<'_, Syntax>) -> Option<Spanned<Decay>> {
        let every = self.duration_or_param_in(pair)?;
        let node = match child(pair, Syntax::percent) {
            Some(percent) => {
                Decay::Percent { percent: self.number(&child(&percent, Syntax::number)?), every }
            }
            None => Decay::Amount { amount: self.number_or_param_in(pair)?, every },
        };
        let span: Span = self.span(pair);
        Some(Spanned { node, span })
    }
}
