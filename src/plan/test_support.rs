//! Models and leads put together by hand, for tests of the plan and of the core behind it.

use std::sync::Arc;

use crate::decimal::{Number, Points};
use crate::diagnostic::Place;
use crate::lead::{Event, Facts, Stage, Text, Value};
use crate::model::*;
use crate::time::{Instant, Period};
use crate::vocabulary::{
    Attribute, AttributeId, EventKind, EventKindId, Property, PropertyId, Type, Vocabulary,
};

pub(crate) const TITLE: AttributeId = AttributeId(0);
pub(crate) const BUDGET: AttributeId = AttributeId(1);
pub(crate) const CREATED_AT: AttributeId = AttributeId(2);
pub(crate) const VISITED: EventKindId = EventKindId(0);
pub(crate) const WATCHED: EventKindId = EventKindId(1);
pub(crate) const BOUNCED: EventKindId = EventKindId(2);
pub(crate) const SECONDS: PropertyId = PropertyId(0);

/// A rule set in the making: one score without bounds, to begin with.
pub(crate) struct ModelMaker {
    pub(crate) model: Model,
}

pub(crate) fn days(days: i64) -> Period {
    Period::from_seconds(days * 86_400)
}

/// So many microseconds after the start of 2026.
pub(crate) fn at(micros: i64) -> Instant {
    Instant::from_micros(1_767_225_600_000_000 + micros).unwrap()
}

/// So many days after the start of 2026.
pub(crate) fn day(number: i64) -> Instant {
    at(number * days(1).micros())
}

pub(crate) fn points(thousandths: i64) -> Points {
    Points::from_thousandths(thousandths)
}

impl ModelMaker {
    pub(crate) fn new() -> Self {
        let mut vocabulary = Vocabulary::default();
        for (name, of) in [("title", Type::Text), ("budget", Type::Flag), ("created_at", Type::Date)] {
            vocabulary.add_attribute(Attribute { name: name.to_owned(), of, declared: false });
        }
        for (name, passive) in [("visited", false), ("watched", false), ("bounced", true)] {
            vocabulary.add_kind(EventKind {
                name: name.to_owned(),
                subject: "page".to_owned(),
                properties: [Property { name: "seconds".to_owned(), of: Type::Number }].into_iter().collect(),
                passive,
                declared: false,
            });
        }
        let mut maker = ModelMaker {
            model: Model {
                sources: Arc::default(),
                about: About::default(),
                vocabulary,
                only_declared: false,
                created_at: Some(CREATED_AT),
                conditions: Vec::new(),
                selectors: Vec::new(),
                terms: Vec::new(),
                scores: Vec::new(),
                score_order: Vec::new(),
                band_order: Vec::new(),
                rules: Vec::new(),
                segments: Vec::new(),
                gates: Gates::default(),
                lets: Vec::new(),
                named: crate::model::Named::default(),
                tests: Vec::new(),
            },
        };
        maker.score((-1_000_000_000_000, 1_000_000_000_000), ScoreKind::Rules(Vec::new()));
        maker
    }

    pub(crate) fn score(&mut self, bounds: (i64, i64), kind: ScoreKind) -> ScoreIndex {
        let index = ScoreIndex(self.model.scores.len() as u32);
        self.model.scores.push(Score {
            name: format!("score_{}", index.0),
            bounds: (points(bounds.0), points(bounds.1)),
            kind,
            bands: Vec::new(),
            place: Place::default(),
        });
        self.model.score_order.push(index);
        index
    }

    /// `KIND(PATTERN | PATTERN …, TESTS)`, by itself a term.
    pub(crate) fn term(
        &mut self,
        kind: EventKindId,
        patterns: &[&str],
        tests: &[(PropertyId, ValueTest)],
    ) -> TermId {
        let selector = SelectorId(self.model.selectors.len() as u32);
        let pattern = |text: &&str| match *text {
            "*" => SubjectPattern::Any,
            text if text.contains('*') => SubjectPattern::Glob(Glob::new(text)),
            text => SubjectPattern::Exact(Folded::new(text)),
        };
        let subjects = patterns.iter().map(pattern).collect();
        self.model.selectors.push(Selector { kind, subjects, tests: tests.to_vec() });
        self.union(&[selector.0])
    }

    pub(crate) fn union(&mut self, selectors: &[u32]) -> TermId {
        self.model.terms.push(Term { selectors: selectors.iter().map(|id| SelectorId(*id)).collect() });
        TermId(self.model.terms.len() as u32 - 1)
    }

    pub(crate) fn condition(&mut self, kind: ConditionKind) -> ConditionId {
        self.model.conditions.push(Condition { kind, place: Place::default() });
        ConditionId(self.model.conditions.len() as u32 - 1)
    }

    pub(crate) fn events(
        &mut self,
        aggregate: Aggregate,
        term: TermId,
        comparison: Comparison,
        bound: i64,
        window: Window,
    ) -> ConditionId {
        let bound = match aggregate {
            Aggregate::Sum(_) => Bound::Sum(Number::from_millionths(bound).unwrap()),
            _ => Bound::Count(bound as u64),
        };
        self.condition(ConditionKind::Events(EventTest { term, aggregate, window, comparison, bound }))
    }

    pub(crate) fn at_least(&mut self, term: TermId, bound: i64, window: Window) -> ConditionId {
        self.events(Aggregate::Count, term, Comparison::GreaterOrEqual, bound, window)
    }

    pub(crate) fn rule(&mut self, body: RuleBody, thousandths: i64, decay: Option<Decay>) -> RuleIndex {
        let index = self.loose_rule(body, thousandths, decay);
        if let ScoreKind::Rules(members) = &mut self.model.scores[0].kind {
            members.push(Member::Rule(index));
        }
        index
    }

    fn loose_rule(&mut self, body: RuleBody, thousandths: i64, decay: Option<Decay>) -> RuleIndex {
        let index = RuleIndex(self.model.rules.len() as u32);
        self.model.rules.push(Rule {
            name: format!("score#{}", index.0 + 1),
            named: false,
            label: None,
            score: ScoreIndex(0),
            group: None,
            body,
            points: points(thousandths),
            decay,
            decay_place: None,
            place: Place::default(),
        });
        index
    }

    /// A group of the first score.
    pub(crate) fn group(
        &mut self,
        best: bool,
        (low, high): (Option<i64>, Option<i64>),
        rules: Vec<(RuleBody, i64)>,
    ) {
        let rules = rules.into_iter().map(|(body, points)| self.loose_rule(body, points, None)).collect();
        let (low, high) = (low.map(points), high.map(points));
        let name = "group".to_owned();
        if let ScoreKind::Rules(members) = &mut self.model.scores[0].kind {
            members.push(Member::Group(Group { name, best, low, high, rules }));
        }
    }

    pub(crate) fn segment(&mut self, condition: ConditionId) -> SegmentIndex {
        let index = SegmentIndex(self.model.segments.len() as u32);
        let name = format!("segment_{}", index.0);
        self.model.segments.push(Segment { name, condition, place: Place::default() });
        index
    }
}

pub(crate) fn each(term: TermId, window: Window, times: u32, per: Option<LimitPer>) -> RuleBody {
    RuleBody::Each { term, window, when: None, limits: Limits { times, per } }
}

/// A lead with nothing but these events: kind, subject, seconds, time.
pub(crate) fn lead(events: &[(EventKindId, &str, i64, Instant)]) -> Facts {
    let event = |(kind, subject, seconds, at): &(EventKindId, &str, i64, Instant)| Event {
        kind: *kind,
        subject: Text::new(subject),
        at: *at,
        properties: vec![(SECONDS, Value::Number(Number::from_millionths(seconds * 1_000_000).unwrap()))],
        id: None,
    };
    let mut events: Vec<Event> = events.iter().map(event).collect();
    events.sort_by_key(|event| event.at);
    Facts { id: "L-1".to_owned(), attributes: vec![None; 3], events, stage: Stage::Lead, stage_since: None }
}

/// A lead that visited pages at these instants.
pub(crate) fn visits(visits: &[(&str, Instant)]) -> Facts {
    let events: Vec<_> = visits.iter().map(|(page, at)| (VISITED, *page, 0, *at)).collect();
    lead(&events)
}
