//! Scores: rules, groups, decay, derived scores and bands.

use crate::decimal::{MILLIONTHS, Points};
use crate::diagnostic::{Code, Diagnostic, FileId, Place};
use crate::hash::QuickMap;
use crate::model::{
    Decay, DecayStep, Group, LimitPer, Limits, MAX_DECAY_STEPS, MAX_OCCURRENCES, Member, Rule, RuleBody,
    RuleIndex, Score, ScoreIndex, ScoreKind,
};
use crate::syntax::ast::{self, DerivedScore, GroupBounds, Joiner, Name, Per, Span, Spanned, StatementKind};

use super::conditions::Context;
use super::names::{LOOSE_SCORE, Sort, is_loose};
use super::{Checker, Placed, order};

/// What is being gathered of one score.
struct Draft<'a> {
    name: &'a str,
    place: Place,
    bounds: (Points, Points),
    decay: Option<Decay>,
    kind: ScoreKind,
    /// How many rules it has so far, groups' rules included.
    rules: usize,
    rule_names: QuickMap<&'a str, Place>,
    group_names: QuickMap<&'a str, Place>,
}

impl<'a> Checker<'a> {
    /// Numbers all scores in the order of definition.
    pub(super) fn declare_scores(&mut self, statements: &[Placed<'a>]) {
        for placed in statements {
            // A name that something else has as well is in doubt, and nobody asks for its number.
            let name = match &placed.statement.node {
                StatementKind::Score(block) => block.name.node.as_str(),
                StatementKind::Derived(derived) => derived.name.node.as_str(),
                statement if is_loose(statement) => LOOSE_SCORE,
                _ => continue,
            };
            let next = ScoreIndex(u32::try_from(self.score_ids.len()).unwrap_or(u32::MAX));
            self.score_ids.entry(name).or_insert(next);
        }
    }

    /// All scores, the order to evaluate them in, and all rules.
    pub(super) fn scores(&mut self, statements: &[Placed<'a>]) -> (Vec<Score>, Vec<ScoreIndex>, Vec<Rule>) {
        let mut drafts: Vec<Draft<'a>> = Vec::new();
        let mut rules: Vec<Rule> = Vec::new();
        let mut derived: QuickMap<ScoreIndex, (FileId, &'a Name)> = QuickMap::default();
        let mut loose: Option<usize> = None;
        for placed in statements {
            self.file = placed.file;
            match &placed.statement.node {
                StatementKind::Score(block) => {
                    let bounds = block.bounds.as_ref().and_then(|(low, high)| self.bounds(low, high));
                    let decay = block.decay.as_ref().and_then(|decay| self.decay(decay));
                    let mut draft = self.draft(&block.name.node, block.name.span);
                    draft.bounds = bounds.unwrap_or(draft.bounds);
                    draft.decay = decay;
                    for member in &block.members {
                        self.member(&mut draft, member, &mut rules);
                    }
                    drafts.push(draft);
                }
                StatementKind::Derived(score) => {
                    let draft = self.derived(score);
                    if let (Some(id), true) =
                        (self.score_ids.get(draft.name), self.is_first(placed.file, &score.name))
                    {
                        derived.insert(*id, (placed.file, &score.name));
                    }
                    drafts.push(draft);
                }
                statement @ (StatementKind::Rule(_) | StatementKind::Group(_)) => {
                    let at = *loose.get_or_insert_with(|| {
                        drafts.push(self.draft(LOOSE_SCORE, placed.statement.span));
                        drafts.len() - 1
                    });
                    let Some(draft) = drafts.get_mut(at) else { continue };
                    match statement {
                        StatementKind::Rule(rule) => self.loose_rule(draft, rule, &mut rules),
                        StatementKind::Group(group) => self.loose_group(draft, group, &mut rules),
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        let score_order = self.score_order(&drafts, &derived);
        let scores = drafts.into_iter().map(|draft| {
            let id = self.score_ids.get(draft.name);
            let bands = id.and_then(|id| self.bands.remove(id)).unwrap_or_default().list;
            Score {
                name: draft.name.to_owned(),
                bounds: draft.bounds,
                kind: draft.kind,
                bands,
                place: draft.place,
            }
        });
        (scores.collect(), score_order, rules)
    }

    fn draft(&self, name: &'a str, span: Span) -> Draft<'a> {
        Draft {
            name,
            place: self.at(span),
            bounds: (Points::from_thousandths(-Score::WIDEST.thousandths()), Score::WIDEST),
            decay: None,
            kind: ScoreKind::Rules(Vec::new()),
            rules: 0,
            rule_names: QuickMap::default(),
            group_names: QuickMap::default(),
        }
    }

    fn member(&mut self, draft: &mut Draft<'a>, member: &'a ast::Member, rules: &mut Vec<Rule>) {
        match member {
            ast::Member::Rule(rule) => self.loose_rule(draft, rule, rules),
            ast::Member::Group(group) => self.loose_group(draft, group, rules),
        }
    }

    /// A rule outside any group.
    fn loose_rule(&mut self, draft: &mut Draft<'a>, rule: &'a ast::Rule, rules: &mut Vec<Rule>) {
        if let Some(id) = self.rule(draft, rule, None, rules) {
            push_member(draft, Member::Rule(id));
        }
    }

    fn loose_group(&mut self, draft: &mut Draft<'a>, group: &'a ast::Group, rules: &mut Vec<Rule>) {
        let name = &group.name;
        let place = self.at(name.span);
        let first = *draft.group_names.entry(&name.node).or_insert(place);
        if first != place {
            let message = format!("the score `{}` has the group `{}` twice", draft.name, name.node);
            self.duplicate(&name.node, first, name.span, &message);
        }
        let (low, high) = match &group.bounds {
            None => (None, None),
            Some(GroupBounds::Max(high)) => (None, self.points(high)),
            Some(GroupBounds::Min(low)) => (self.points(low), None),
            Some(GroupBounds::Range(low, high)) => {
                self.bounds(low, high).map_or((None, None), |(low, high)| (Some(low), Some(high)))
            }
        };
        let ids =
            group.rules.iter().filter_map(|rule| self.rule(draft, rule, Some(&name.node), rules)).collect();
        let group = Group { name: name.node.clone(), best: group.best, low, high, rules: ids };
        push_member(draft, Member::Group(group));
    }

    /// Checks a rule; it joins the model only if all of it is right.
    fn rule(
        &mut self,
        draft: &mut Draft<'a>,
        rule: &'a ast::Rule,
        group: Option<&str>,
        rules: &mut Vec<Rule>,
    ) -> Option<RuleIndex> {
        draft.rules += 1;
        if let Some(name) = &rule.name {
            let place = self.at(name.span);
            let first = *draft.rule_names.entry(&name.node).or_insert(place);
            if first != place {
                let message = format!("the score `{}` has the rule `{}` twice", draft.name, name.node);
                self.duplicate(&name.node, first, name.span, &message);
            }
        }
        let points = self.points(&rule.points);
        let decay = rule.decay.as_ref().map(|decay| self.decay(decay));
        let body = match &rule.body {
            ast::RuleBody::Condition(condition) => {
                self.misplaced_limits(&rule.limits);
                self.condition(condition, Context::Rule).map(RuleBody::Condition)
            }
            ast::RuleBody::Each { term, window, when } => {
                let term = self.term(term);
                let window = self.window(window.as_ref());
                let when = match when {
                    Some(when) => self.condition(when, Context::Rule).map(Some),
                    None => Some(None),
                };
                let limits = self.limits(&rule.limits);
                match (term, window, when, limits) {
                    (Some(term), Some(window), Some(when), Some(limits)) => {
                        Some(RuleBody::Each { term, window, when, limits })
                    }
                    _ => None,
                }
            }
        };
        let (points, body) = (points?, body?);
        let decay = self.rule_decay(draft.decay, decay, &body, rule)?;
        if let Some(decay) = decay {
            self.warn_if_cut_short(points, decay, rule);
        }
        let index = RuleIndex(u32::try_from(rules.len()).ok()?);
        let score = self.score_ids.get(draft.name).copied()?;
        rules.push(Rule {
            name: match &rule.name {
                Some(name) => name.node.clone(),
                None => format!("{}#{}", draft.name, draft.rules),
            },
            named: rule.name.is_some(),
            label: rule.label.as_ref().map(|label| label.node.clone()),
            score,
            group: group.map(str::to_owned),
            body,
            points,
            decay,
            decay_place: rule.decay.as_ref().map(|decay| self.at(decay.span)),
            place: self.at(rule.span),
        });
        self.over_limit(rules.len(), self.limits.rules, "rules", rule.span);
        Some(index)
    }

    /// The decay that applies to a rule. `own` is what the rule itself says: outer none for nothing, inner
    /// none for `no decay` or an error already told.
    fn rule_decay(
        &mut self,
        inherited: Option<Decay>,
        own: Option<Option<Decay>>,
        body: &RuleBody,
        rule: &'a ast::Rule,
    ) -> Option<Option<Decay>> {
        let ages = match body {
            RuleBody::Each { .. } => true,
            RuleBody::Condition(condition) => self.traits(*condition).events_positive,
        };
        match (own, &rule.decay) {
            (Some(Some(_)), Some(written)) if !ages => {
                let message = "nothing here can fade: a decay ages events, and this condition asks for none";
                let found =
                    Diagnostic::new(Code::NothingToDecay, self.at(written.span), message, "no event to age");
                self.report(found.help(
                    "remove the decay, or ask for an event such as `visited(pricing)`; one behind `not` does not count",
                ));
                None
            }
            (Some(own), _) => Some(own),
            (None, _) => Some(inherited.filter(|_| ages)),
        }
    }

    /// A DECAY as written; none for `no decay` and for errors.
    fn decay(&mut self, decay: &Spanned<ast::Decay>) -> Option<Decay> {
        match &decay.node {
            ast::Decay::None => None,
            ast::Decay::Percent { percent, every } => {
                let every = self.duration(every);
                let tenths = percent.node.value.millionths() / (MILLIONTHS / 10);
                if percent.node.places > 1
                    || percent.node.sign != ast::Sign::None
                    || !(1..=1_000).contains(&tenths)
                {
                    let message = format!(
                        "a decay takes away more than 0 % and at most 100 %, with at most 1 digit after the point; found {} %",
                        self.written(percent.span)
                    );
                    let found = Diagnostic::new(
                        Code::BadNumber,
                        self.at(percent.span),
                        message,
                        "not such a percentage",
                    );
                    self.report(found.help("write for example `decay 50% every 30d`"));
                    return None;
                }
                Some(Decay { step: DecayStep::Percent(u16::try_from(tenths).ok()?), every: every? })
            }
            ast::Decay::Amount { amount, every } => {
                let every = self.duration(every);
                let points = self.points(amount)?;
                if points <= Points::ZERO {
                    let message =
                        format!("a decay takes away more than 0 points in each step, found {points}");
                    let found =
                        Diagnostic::new(Code::BadBounds, self.at(amount.span), message, "not above 0");
                    self.report(
                        found.help("write the amount without a sign: negative points fade towards 0 as well"),
                    );
                    return None;
                }
                Some(Decay { step: DecayStep::Amount(points), every: every? })
            }
        }
    }

    fn warn_if_cut_short(&mut self, points: Points, decay: Decay, rule: &'a ast::Rule) {
        let left = (0..MAX_DECAY_STEPS).try_fold(points, |left, _| {
            // Once nothing is left, nothing comes back: no need to go on.
            if left == Points::ZERO { Err(left) } else { Ok(decay.step(left)) }
        });
        let (Ok(left) | Err(left)) = left;
        if left == Points::ZERO {
            return;
        }
        let span = rule.decay.as_ref().map_or(rule.span, |decay| decay.span);
        let message = format!(
            "this decay ends with a jump: {left} points are left after {MAX_DECAY_STEPS} steps, the most there are, and then none"
        );
        let found = Diagnostic::new(Code::DecayCutShort, self.at(span), message, "too slow to fade to 0");
        self.report(found.help("take away more in each step, and make the steps longer"));
    }

    fn misplaced_limits(&mut self, limits: &[Spanned<ast::Limit>]) {
        if let Some(limit) = limits.first() {
            let message = "`up to N times` limits how often an event counts, and a condition counts once";
            let found =
                Diagnostic::new(Code::NotAllowedHere, self.at(limit.span), message, "only with `each`");
            self.report(found.help("write `each` in front of the event term, or remove the limit"));
        }
    }

    fn limits(&mut self, written: &'a [Spanned<ast::Limit>]) -> Option<Limits> {
        let mut limits = Limits { times: MAX_OCCURRENCES, per: None };
        let mut seen: Vec<(bool, Span)> = Vec::new();
        let mut right = true;
        for limit in written {
            let per = limit.node.per;
            let first = seen.iter().find(|(is_per, _)| *is_per == per.is_some());
            if let Some((_, first)) = first {
                let message =
                    "a rule has at most one `up to N times`, and one more `per day` or `per subject`";
                let found = Diagnostic::new(Code::Duplicate, self.at(limit.span), message, "one too many");
                self.report(found.also(self.at(*first), "first here").help("remove one of the two"));
                right = false;
                continue;
            }
            seen.push((per.is_some(), limit.span));
            let Some(times) = self.count(&limit.node.times, 1, i64::MAX, "the number of times") else {
                right = false;
                continue;
            };
            let times = u32::try_from(times).unwrap_or(u32::MAX).min(MAX_OCCURRENCES);
            match per {
                None => limits.times = times,
                Some(Per::Day) => limits.per = Some(LimitPer::Day(times)),
                Some(Per::Subject) => limits.per = Some(LimitPer::Subject(times)),
            }
        }
        right.then_some(limits)
    }

    fn derived(&mut self, score: &'a DerivedScore) -> Draft<'a> {
        let mut draft = self.draft(&score.name.node, score.name.span);
        let bounds = score.bounds.as_ref().and_then(|(low, high)| self.bounds(low, high));
        draft.bounds = bounds.unwrap_or(draft.bounds);
        let mut terms = Vec::with_capacity(score.terms.len());
        for term in &score.terms {
            let weight = self.weight(&term.weight, term.joiner);
            let other = self.score_name(&term.score);
            terms.extend(weight.zip(other));
        }
        draft.kind = ScoreKind::Derived(terms);
        draft
    }

    /// A weight in whole thousandths.
    fn weight(&mut self, weight: &Spanned<ast::NumberLiteral>, joiner: Joiner) -> Option<i64> {
        let millionths = weight.node.value.millionths();
        if weight.node.places > 3 || millionths.abs() > 1_000_000 * MILLIONTHS {
            let message = format!(
                "a weight has at most 3 digits after the point and lies between -1,000,000 and 1,000,000; found {}",
                self.written(weight.span)
            );
            let found = Diagnostic::new(Code::BadNumber, self.at(weight.span), message, "not such a weight");
            self.report(found.help("write for example `0.6 * engagement`"));
            return None;
        }
        let thousandths = millionths / 1_000;
        Some(if joiner == Joiner::Minus { -thousandths } else { thousandths })
    }

    /// Resolves the name of a score, or reports what it is instead.
    pub(super) fn score_name(&mut self, name: &Name) -> Option<ScoreIndex> {
        match self.names.sort(&name.node) {
            Some(Sort::Score) => self.score_ids.get(name.node.as_str()).copied(),
            Some(_) => {
                let help = "write the name of a score, one that a `score NAME { … }` block defines";
                self.wrong_sort(name.span, &name.node, "a score", help);
                None
            }
            None => {
                let nearest = self.nearest_name(&name.node, |sort| sort == Sort::Score);
                let message = format!("there is no score `{}`", name.node);
                let help = if name.node == LOOSE_SCORE {
                    "the score `score` is there only if rules stand outside all `score NAME { … }` blocks"
                        .to_owned()
                } else {
                    format!("define it: `score {} {{ … }}`", name.node)
                };
                self.unknown(Code::UnknownName, name, message, nearest, &help);
                None
            }
        }
    }

    /// All scores, each behind those it is derived from.
    fn score_order(
        &mut self,
        drafts: &[Draft<'a>],
        derived: &QuickMap<ScoreIndex, (FileId, &'a Name)>,
    ) -> Vec<ScoreIndex> {
        let mut needs: Vec<Vec<usize>> = vec![Vec::new(); self.score_ids.len()];
        for draft in drafts {
            // By number, not by place: a score that is there twice has two drafts.
            let needed = self.score_ids.get(draft.name).and_then(|id| needs.get_mut(id.index()));
            if let (Some(needed), ScoreKind::Derived(terms)) = (needed, &draft.kind) {
                *needed = terms.iter().map(|(_, score)| score.index()).collect();
            }
        }
        let (ordered, cycles) = order::order(&needs);
        for cycle in cycles {
            let ids = cycle.iter().filter_map(|index| u32::try_from(*index).ok()).map(ScoreIndex);
            let names: Vec<_> = ids.filter_map(|id| derived.get(&id).copied()).collect();
            self.cycle("score", &names);
        }
        ordered.into_iter().filter_map(|index| u32::try_from(index).ok()).map(ScoreIndex).collect()
    }
}

fn push_member(draft: &mut Draft<'_>, member: Member) {
    if let ScoreKind::Rules(members) = &mut draft.kind {
        members.push(member);
    }
}
