//! Leads and rules made by chance: the core against counting every event at every instant, and `valid_until`
//! against trying every instant at which anything could change.

use proptest::prelude::*;

use super::outcome;
use crate::lead::{Event, Facts, Stage, Value};
use crate::model::*;
use crate::plan::Plan;
use crate::plan::test_support::*;
use crate::score::{Outcome, Scratch, evaluate, evaluate_once};
use crate::time::{Instant, Period};

/// Ages in use: few, so that edges meet.
const HOURS: [i64; 5] = [1, 12, 24, 48, 240];

fn hours(hours: i64) -> Period {
    Period::from_seconds(hours * 3_600)
}

fn windows() -> impl Strategy<Value = Window> {
    let period = || prop::sample::select(&HOURS[..]).prop_map(hours);
    prop_oneof![
        Just(Window::Ever),
        period().prop_map(Window::Within),
        (period(), period())
            .prop_filter("from > to", |(from, to)| from > to)
            .prop_map(|(from, to)| { Window::Between { from, to } }),
    ]
}

/// Instants around those ages, on them and a microsecond beside.
fn instants() -> impl Strategy<Value = Instant> {
    (-60i64..300, -1i64..=1).prop_map(|(hour, extra)| at(hour * 3_600_000_000 + extra))
}

fn leads() -> impl Strategy<Value = Facts> {
    let event = (prop::sample::select(vec!["a", "A", "b", "c", ""]), -3i64..4, instants());
    prop::collection::vec(event, 0..12).prop_map(|events| {
        let events: Vec<_> =
            events.into_iter().map(|(page, seconds, at)| (VISITED, page, seconds, at)).collect();
        lead(&events)
    })
}

fn inside(window: Window, event: &Event, now: Instant) -> bool {
    let age = now.micros() - event.at.micros();
    match window {
        Window::Ever => age >= 0,
        Window::Within(period) => (0..period.micros()).contains(&age),
        Window::Between { from, to } => (to.micros()..from.micros()).contains(&age),
    }
}

fn counted(aggregate: &Aggregate, events: &[&Event]) -> i128 {
    let different = |mut keys: Vec<String>| {
        keys.sort();
        keys.dedup();
        keys.len() as i128
    };
    match aggregate {
        Aggregate::Count => events.len() as i128,
        Aggregate::Distinct => {
            different(events.iter().map(|event| event.subject.as_str().to_ascii_lowercase()).collect())
        }
        Aggregate::Days => different(events.iter().map(|event| event.at.day().to_string()).collect()),
        Aggregate::Sum(_) => events
            .iter()
            .map(|event| match event.property(SECONDS) {
                Some(Value::Number(number)) => i128::from(number.millionths()),
                _ => 0,
            })
            .sum(),
    }
}

#[derive(Clone, Debug)]
struct Test {
    aggregate: Aggregate,
    window: Window,
    comparison: Comparison,
    bound: i64,
}

fn tests() -> impl Strategy<Value = Test> {
    let aggregates = vec![
        Aggregate::Count,
        Aggregate::Distinct,
        Aggregate::Days,
        Aggregate::Sum(vec![(VISITED, SECONDS)].into()),
    ];
    let comparisons = vec![
        Comparison::Equal,
        Comparison::NotEqual,
        Comparison::Less,
        Comparison::LessOrEqual,
        Comparison::Greater,
        Comparison::GreaterOrEqual,
    ];
    (prop::sample::select(aggregates), windows(), prop::sample::select(comparisons), 0i64..5).prop_map(
        |(aggregate, window, comparison, bound)| {
            let bound = if matches!(aggregate, Aggregate::Sum(_)) { (bound - 2) * 1_000_000 } else { bound };
            Test { aggregate, window, comparison, bound }
        },
    )
}

#[derive(Clone, Debug)]
struct Each {
    window: Window,
    times: u32,
    per: Option<LimitPer>,
    points: i64,
    decay: Option<Decay>,
}

fn decays() -> impl Strategy<Value = Option<Decay>> {
    let step = prop_oneof![
        Just(DecayStep::Percent(500)),
        Just(DecayStep::Percent(1_000)),
        Just(DecayStep::Amount(points(4))),
    ];
    let every = prop::sample::select(&HOURS[..]).prop_map(hours);
    prop::option::of((step, every).prop_map(|(step, every)| Decay { step, every }))
}

fn each_rules() -> impl Strategy<Value = Each> {
    let per = prop_oneof![
        Just(None),
        (1u32..3).prop_map(|limit| Some(LimitPer::Day(limit))),
        (1u32..3).prop_map(|limit| Some(LimitPer::Subject(limit))),
    ];
    let times = prop_oneof![1u32..5, Just(MAX_OCCURRENCES)];
    (windows(), times, per, -9i64..9, decays()).prop_map(|(window, times, per, points, decay)| Each {
        window,
        times,
        per,
        points,
        decay,
    })
}

/// What an each rule gives, word for word.
fn worth(rule: &Each, facts: &Facts, now: Instant) -> i64 {
    let mut room: Vec<(String, u32)> = Vec::new();
    let (mut left, mut sum) = (rule.times, 0);
    for event in facts.events.iter().rev().filter(|event| inside(rule.window, event, now)) {
        let (key, limit) = match rule.per {
            None => (String::new(), u32::MAX),
            Some(LimitPer::Day(limit)) => (event.at.day().to_string(), limit),
            Some(LimitPer::Subject(limit)) => (event.subject.folded().to_owned(), limit),
        };
        if !room.iter().any(|(known, _)| *known == key) {
            room.push((key.clone(), limit));
        }
        let entry = room.iter_mut().find(|(known, _)| *known == key).unwrap();
        if left == 0 || entry.1 == 0 {
            continue;
        }
        left -= 1;
        entry.1 -= 1;
        sum += faded(rule.points, rule.decay, event.at, now);
    }
    sum
}

fn faded(given: i64, decay: Option<Decay>, at: Instant, now: Instant) -> i64 {
    let Some(decay) = decay else { return given };
    let steps = (now.micros() - at.micros()) / decay.every.micros();
    if steps >= 4_096 {
        0
    } else {
        (0..steps).fold(points(given), |value, _| decay.step(value)).thousandths()
    }
}

#[derive(Clone, Debug)]
struct Case {
    tests: Vec<(Test, i64, Option<Decay>)>,
    each: Vec<(Each, Option<usize>)>,
    inactive: Period,
    clamp: i64,
    facts: Facts,
    now: Instant,
}

fn cases() -> impl Strategy<Value = Case> {
    (
        prop::collection::vec((tests(), -9i64..9, decays()), 1..4),
        prop::collection::vec((each_rules(), prop::option::of(0usize..4)), 0..3),
        prop::sample::select(&HOURS[..]).prop_map(hours),
        1i64..30,
        (leads(), prop::option::of(instants()), prop::option::of(instants()), 0usize..7),
        instants(),
    )
        .prop_map(|(tests, each, inactive, clamp, (mut facts, created, since, stage), now)| {
            facts.attributes[CREATED_AT.0 as usize] = created.map(Value::Date);
            facts.stage = Stage::ALL[stage];
            facts.stage_since = since;
            Case { tests, each, inactive, clamp, facts, now }
        })
}

impl Case {
    fn model(&self) -> Model {
        let mut maker = ModelMaker::new();
        let term = maker.term(VISITED, &["*"], &[]);
        let mut conditions = Vec::new();
        for (test, points, decay) in &self.tests {
            let Test { aggregate, window, comparison, bound } = test.clone();
            let condition = maker.events(aggregate, term, comparison, bound, window);
            maker.rule(RuleBody::Condition(condition), *points, *decay);
            conditions.push(condition);
        }
        for (rule, when) in &self.each {
            let when = when.and_then(|when| conditions.get(when).copied());
            let limits = Limits { times: rule.times, per: rule.per };
            let body = RuleBody::Each { term, window: rule.window, when, limits };
            maker.rule(body, rule.points, rule.decay);
        }
        maker.model.scores[0].bounds = (points(-self.clamp), points(self.clamp));
        let inactive = maker.condition(ConditionKind::Inactive(self.inactive));
        let recycle = maker.condition(ConditionKind::All(vec![inactive, conditions[0]]));
        let not = maker.condition(ConditionKind::Not(conditions[0]));
        let recently = ValueTest::Date(DateTest::Within(self.inactive));
        let new = maker.condition(ConditionKind::Attribute { attribute: CREATED_AT, test: recently });
        let sql = maker.condition(ConditionKind::AtLeast { count: 2, of: vec![not, new, inactive] });
        maker.segment(sql);
        maker.model.gates.sql = Some(sql);
        maker.model.gates.recycle = Some(ReasonedGate { when: recycle, reason: None });
        maker.model.gates.mql =
            Some(MqlGate { when: conditions[0], until: None, again_after: Some(self.inactive), sla: None });
        maker.model
    }

    fn holds(&self, test: &Test, now: Instant) -> bool {
        let events: Vec<_> =
            self.facts.events.iter().filter(|event| inside(test.window, event, now)).collect();
        test.comparison.holds(counted(&test.aggregate, &events), i128::from(test.bound))
    }

    /// The score, word for word.
    fn score(&self, now: Instant) -> i64 {
        let tests = self.tests.iter().map(|(test, points, decay)| {
            if !self.holds(test, now) {
                return 0;
            }
            let newest = self.facts.events.iter().rev().find(|event| inside(test.window, event, now));
            newest.map_or(*points, |event| faded(*points, *decay, event.at, now))
        });
        let each = self.each.iter().map(|(rule, when)| {
            let when = when.and_then(|when| self.tests.get(when));
            let open = when.is_none_or(|(test, ..)| self.holds(test, now));
            if open { worth(rule, &self.facts, now) } else { 0 }
        });
        (tests.sum::<i64>() + each.sum::<i64>()).clamp(-self.clamp, self.clamp)
    }

    /// Every instant at which anything could change: no other time span is in use.
    fn edges(&self) -> Vec<Instant> {
        let mut starts: Vec<_> = self.facts.events.iter().map(|event| event.at).collect();
        starts.extend(self.facts.stage_since);
        if let Some(Value::Date(created)) = self.facts.attribute(CREATED_AT) {
            starts.push(*created);
        }
        // Points of 9 thousandths are gone after 4 steps by either decay, after 1 of 100 %.
        let ages: Vec<_> = HOURS.iter().flat_map(|age| (0..=5).map(move |step| age * step)).collect();
        let mut edges: Vec<_> =
            starts.iter().flat_map(|start| ages.iter().filter_map(|age| start.plus(hours(*age)))).collect();
        edges.retain(|edge| *edge > self.now);
        edges.sort();
        edges.dedup();
        edges
    }
}

/// Much that comes and goes, most of it hidden by clamps.
#[derive(Clone, Debug)]
struct Hidden {
    each: Vec<Each>,
    ageing: (Test, i64, Option<Decay>),
    best: bool,
    group: (i64, i64),
    score: (i64, i64),
    facts: Facts,
    now: Instant,
}

fn hidden() -> impl Strategy<Value = Hidden> {
    let bounds = || (-4i64..4, 0i64..3).prop_map(|(low, width)| (low, low + width));
    (
        prop::collection::vec(each_rules(), 1..4),
        (tests(), -9i64..9, decays()),
        any::<bool>(),
        (bounds(), bounds()),
        prop::collection::vec((prop::sample::select(vec!["a", "b"]), instants()), 5..30),
        instants(),
    )
        .prop_map(|(each, ageing, best, (group, score), events, now)| Hidden {
            each,
            ageing,
            best,
            group,
            score,
            facts: visits(&events),
            now,
        })
}

impl Hidden {
    fn model(&self) -> Model {
        let mut maker = ModelMaker::new();
        let term = maker.term(VISITED, &["*"], &[]);
        let (Test { aggregate, window, comparison, bound }, given, decay) = self.ageing.clone();
        let condition = maker.events(aggregate, term, comparison, bound, window);
        maker.rule(RuleBody::Condition(condition), given, decay);
        let body = |rule: &Each| each(term, rule.window, rule.times, rule.per);
        let first = maker.model.rules.len();
        let rules = self.each.iter().map(|rule| (body(rule), rule.points)).collect();
        maker.group(self.best, (Some(self.group.0), Some(self.group.1)), rules);
        for (rule, of) in maker.model.rules[first..].iter_mut().zip(&self.each) {
            rule.decay = of.decay;
        }
        maker.model.scores[0].bounds = (points(self.score.0), points(self.score.1));
        maker.model
    }

    /// Every instant after now at which an event may enter, leave or fade.
    fn edges(&self) -> Vec<Instant> {
        let ages = HOURS.iter().flat_map(|age| (0..=5).map(move |step| age * step));
        let mut edges: Vec<_> = ages
            .flat_map(|age| self.facts.events.iter().filter_map(move |event| event.at.plus(hours(age))))
            .filter(|edge| *edge > self.now)
            .collect();
        edges.sort();
        edges.dedup();
        edges
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn scores_are_what_counting_gives(case in cases()) {
        let found = outcome(&case.model(), &case.facts, case.now);
        prop_assert_eq!(found.scores[0], points(case.score(case.now)));
    }

    #[test]
    fn nothing_differs_before_valid_until_and_something_does_at_it(case in cases()) {
        let model = case.model();
        let now = outcome(&model, &case.facts, case.now);
        let differs = |at: &Instant| {
            let mut later = outcome(&model, &case.facts, *at);
            later.valid_until = now.valid_until;
            later != now
        };
        prop_assert_eq!(now.valid_until, case.edges().into_iter().find(differs));
    }

    #[test]
    fn the_order_of_events_at_one_instant_does_not_matter(case in cases()) {
        let mut turned = case.facts.clone();
        turned.events.reverse();
        turned.events.sort_by_key(|event| event.at);
        let model = case.model();
        prop_assert_eq!(outcome(&model, &turned, case.now), outcome(&model, &case.facts, case.now));
    }

    #[test]
    fn whole_stretches_are_passed_over_only_where_nothing_shows(case in hidden()) {
        let plan = Plan::new(&case.model());
        let signals = plan.signals(&case.facts);
        let mut scratch = Scratch::default();
        let mut look = |at: Instant, until: bool| {
            let mut outcome = Outcome::default();
            let how = if until { evaluate } else { evaluate_once };
            how(&plan, &signals, (Stage::Lead, None), at, &mut scratch, &mut outcome);
            (outcome.scores[0], outcome.valid_until)
        };
        let (now, until) = look(case.now, true);
        prop_assert_eq!(until, case.edges().into_iter().find(|edge| look(*edge, false).0 != now));
    }
}
