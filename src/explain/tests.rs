//! The plain reading on small models made by hand: the worked figures of the language reference, and edges.

use std::sync::Arc;

use super::Reader;
use super::rules::LeftOut;
use crate::decimal::{Number, Points};
use crate::diagnostic::Place;
use crate::lead::{Event, Facts, Stage, Text, Value};
use crate::model::*;
use crate::time::{Instant, Period};
use crate::vocabulary::{
    Attribute, AttributeId, EventKind, EventKindId, Property, PropertyId, Type, Vocabulary,
};

const DAY: i64 = 86_400;
const VISITED: EventKindId = EventKindId(0);
const WATCHED: EventKindId = EventKindId(1);
const BOUNCED: EventKindId = EventKindId(2);
const BUDGET: AttributeId = AttributeId(0);
const CREATED_AT: AttributeId = AttributeId(1);

fn now() -> Instant {
    Instant::parse("2026-11-01").unwrap()
}

fn days(days: i64) -> Period {
    Period::from_seconds(days * DAY)
}

fn points(text: &str) -> Points {
    text.parse().unwrap()
}

/// A model with the kinds visited, watched(seconds) and bounced (passive), the flag budget and created_at.
fn model() -> Model {
    let mut vocabulary = Vocabulary::default();
    for (name, of) in [("budget", Type::Flag), ("created_at", Type::Date)] {
        vocabulary.add_attribute(Attribute { name: name.to_owned(), of, declared: false });
    }
    for (name, passive) in [("visited", false), ("watched", false), ("bounced", true)] {
        let seconds = Property { name: "seconds".to_owned(), of: Type::Number };
        let properties = (name == "watched").then_some(seconds).into_iter().collect();
        let (name, subject) = (name.to_owned(), "page".to_owned());
        vocabulary.add_kind(EventKind { name, subject, properties, passive, declared: false });
    }
    Model {
        sources: Arc::default(),
        about: About::default(),
        vocabulary,
        only_declared: false,
        created_at: Some(CREATED_AT),
        conditions: Vec::new(),
        selectors: Vec::new(),
        terms: Vec::new(),
        scores: Vec::new(),
        band_order: Vec::new(),
        score_order: Vec::new(),
        rules: Vec::new(),
        segments: Vec::new(),
        gates: Gates::default(),
        lets: Vec::new(),
        named: crate::model::Named::default(),
        tests: Vec::new(),
    }
}

impl Model {
    fn condition(&mut self, kind: ConditionKind) -> ConditionId {
        self.conditions.push(Condition { kind, place: Place::default() });
        ConditionId(u32::try_from(self.conditions.len() - 1).unwrap())
    }

    fn term(&mut self, kind: EventKindId, subject: &str) -> TermId {
        let pattern = match subject {
            "*" => SubjectPattern::Any,
            subject if subject.contains('*') => SubjectPattern::Glob(Glob::new(subject)),
            subject => SubjectPattern::Exact(Folded::new(subject)),
        };
        self.selectors.push(Selector { kind, subjects: vec![pattern], tests: Vec::new() });
        let selector = SelectorId(u32::try_from(self.selectors.len() - 1).unwrap());
        self.terms.push(Term { selectors: vec![selector] });
        TermId(u32::try_from(self.terms.len() - 1).unwrap())
    }

    fn counted(&mut self, term: TermId, window: Window, comparison: Comparison, count: u64) -> ConditionId {
        let bound = Bound::Count(count);
        let test = EventTest { term, aggregate: Aggregate::Count, window, comparison, bound };
        self.condition(ConditionKind::Events(test))
    }

    fn happened(&mut self, kind: EventKindId, subject: &str) -> ConditionId {
        let term = self.term(kind, subject);
        self.counted(term, Window::Ever, Comparison::GreaterOrEqual, 1)
    }

    fn budget(&mut self) -> ConditionId {
        self.condition(ConditionKind::Attribute { attribute: BUDGET, test: ValueTest::Flag(true) })
    }

    fn rule(&mut self, body: RuleBody, points: Points, decay: Option<Decay>) -> RuleIndex {
        let index = RuleIndex(u32::try_from(self.rules.len()).unwrap());
        let name = format!("score#{}", index.0 + 1);
        let (score, place) = (ScoreIndex(0), Place::default());
        let rule = Rule {
            name,
            named: false,
            label: None,
            score,
            group: None,
            body,
            points,
            decay,
            decay_place: None,
            place,
        };
        self.rules.push(rule);
        index
    }

    fn score(&mut self, kind: ScoreKind, low: &str, high: &str) -> ScoreIndex {
        let index = ScoreIndex(u32::try_from(self.scores.len()).unwrap());
        let bounds = (points(low), points(high));
        let (name, place) = (format!("s{}", index.0), Place::default());
        self.scores.push(Score { name, bounds, kind, bands: Vec::new(), place });
        self.score_order.push(index);
        index
    }

    /// A score of all rules so far, none of them in a group.
    fn plain_score(&mut self) -> ScoreIndex {
        let count = u32::try_from(self.rules.len()).unwrap();
        let members = (0..count).map(|rule| Member::Rule(RuleIndex(rule))).collect();
        self.score(ScoreKind::Rules(members), "-1000000", "1000000")
    }
}

fn each(term: TermId, limits: Limits) -> RuleBody {
    RuleBody::Each { term, window: Window::Ever, when: None, limits }
}

const NO_LIMITS: Limits = Limits { times: MAX_OCCURRENCES, per: None };

fn percent(tenths: u16, every: Period) -> Option<Decay> {
    Some(Decay { step: DecayStep::Percent(tenths), every })
}

fn lead() -> Facts {
    Facts {
        id: "L-1".to_owned(),
        attributes: vec![None, None],
        events: Vec::new(),
        stage: Stage::Lead,
        stage_since: None,
    }
}

impl Facts {
    /// Adds an event `age` old; negative ages lie ahead.
    fn event(&mut self, kind: EventKindId, subject: &str, age: Period) -> &mut Event {
        let at = now().minus(age);
        self.events.push(Event { kind, subject: Text::new(subject), at, properties: Vec::new(), id: None });
        self.events.last_mut().unwrap()
    }
}

fn first_score(model: &Model, facts: &Facts, at: Instant) -> String {
    Reader::new(model, facts).read(at).outcome.scores[0].to_string()
}

#[test]
fn half_every_thirty_days_gives_the_worked_figures() {
    let mut model = model();
    let term = model.term(VISITED, "pricing");
    model.rule(each(term, NO_LIMITS), points("10"), percent(500, days(30)));
    model.plain_score();
    let mut facts = lead();
    facts.event(VISITED, "Pricing", days(0));
    let at = |seconds: i64| now().plus(Period::from_seconds(seconds)).unwrap();
    assert_eq!(first_score(&model, &facts, at(0)), "10");
    assert_eq!(first_score(&model, &facts, at(30 * DAY - 3_600)), "10");
    let figures: Vec<String> =
        (1..=15).map(|step| first_score(&model, &facts, at(step * 30 * DAY))).collect();
    let worked = "5 2.5 1.25 0.625 0.312 0.156 0.078 0.039 0.019 0.009 0.004 0.002 0.001 0 0";
    assert_eq!(figures.join(" "), worked);
    let just_before = at(30 * DAY).minus(Period::from_micros(1));
    assert_eq!(first_score(&model, &facts, just_before), "10");
    assert_eq!(Reader::new(&model, &facts).valid_until(now()), Some(at(30 * DAY)));
    assert_eq!(Reader::new(&model, &facts).valid_until(just_before), Some(at(30 * DAY)));
    assert_eq!(Reader::new(&model, &facts).valid_until(at(14 * 30 * DAY)), None);
}

#[test]
fn negative_points_fade_towards_zero_too() {
    let mut model = model();
    let term = model.term(VISITED, "*");
    model.rule(each(term, NO_LIMITS), points("-0.005"), percent(500, days(1)));
    let amount = Some(Decay { step: DecayStep::Amount(points("3")), every: days(1) });
    model.rule(each(term, NO_LIMITS), points("-10"), amount);
    model.plain_score();
    let mut facts = lead();
    facts.event(VISITED, "", days(0));
    let figures: Vec<String> = (0..6)
        .map(|day| {
            let reading = Reader::new(&model, &facts).read(now().plus(days(day)).unwrap());
            format!("{} {}", reading.rules[0].points, reading.rules[1].points)
        })
        .collect();
    assert_eq!(figures, ["-0.005 -10", "-0.002 -7", "-0.001 -4", "0 -1", "0 0", "0 0"]);
}

#[test]
fn nothing_is_left_after_4096_steps() {
    let mut model = model();
    let term = model.term(VISITED, "*");
    let decay = Some(Decay { step: DecayStep::Amount(points("0.001")), every: Period::from_seconds(1) });
    model.rule(each(term, NO_LIMITS), points("1000"), decay);
    model.plain_score();
    let mut facts = lead();
    facts.event(VISITED, "a", Period::from_seconds(4_095));
    assert_eq!(first_score(&model, &facts, now()), "995.905");
    assert_eq!(first_score(&model, &facts, now().plus(Period::from_seconds(1)).unwrap()), "0");
}

#[test]
fn five_downloads_up_to_three_times_give_fifteen() {
    let mut model = model();
    let term = model.term(VISITED, "ebook");
    let rule = model.rule(each(term, Limits { times: 3, per: None }), points("5"), None);
    model.plain_score();
    let mut facts = lead();
    for age in 1..=5 {
        facts.event(VISITED, "ebook", days(age));
    }
    let reader = Reader::new(&model, &facts);
    let reading = reader.read(now());
    assert_eq!(reading.outcome.scores[0], points("15"));
    let read = &reading.rules[rule.index()];
    assert_eq!((read.count, read.left_out, read.newest), (3, 2, Some(now().minus(days(1)))));
    let ledger = reader.occurrences(&model.rules[0], now());
    let left_out: Vec<_> = ledger.iter().map(|occurrence| occurrence.left_out).collect();
    assert_eq!(left_out, [None, None, None, Some(LeftOut::Times), Some(LeftOut::Times)]);
}

#[test]
fn an_event_that_one_limit_leaves_out_takes_no_room_in_another() {
    let mut model = model();
    let term = model.term(VISITED, "*");
    let per_subject = Limits { times: 3, per: Some(LimitPer::Subject(1)) };
    model.rule(each(term, per_subject), points("1"), None);
    let per_day = Limits { times: 3, per: Some(LimitPer::Day(2)) };
    model.rule(each(term, per_day), points("1"), None);
    model.plain_score();
    let mut facts = lead();
    for (subject, age) in [("a", 1), ("A", 2), ("a", 3), ("b", 86_400), ("c", 86_401), ("d", 86_402)] {
        facts.event(VISITED, subject, Period::from_seconds(age));
    }
    let reading = Reader::new(&model, &facts).read(now());
    assert_eq!((reading.rules[0].count, reading.rules[0].left_out), (3, 3));
    // The third of the last day is left out; at 86,400 s exactly the day is still the last one.
    assert_eq!(reading.rules[1].count, 3);
    assert_eq!(reading.rules[1].newest, Some(now().minus(Period::from_seconds(1))));
}

#[test]
fn windows_are_open_at_their_old_end_and_closed_at_their_new_one() {
    let micro = Period::from_micros;
    let month = days(30).micros();
    let week = days(7).micros();
    let within = Window::Within(days(30));
    let between = Window::Between { from: days(30), to: days(7) };
    for (age, in_ever, in_within, in_between) in [
        (-1, false, false, false),
        (0, true, true, false),
        (week - 1, true, true, false),
        (week, true, true, true),
        (month - 1, true, true, true),
        (month, true, false, false),
    ] {
        let at = now().minus(micro(age));
        let kept = [Window::Ever, within, between].map(|window| super::events::keeps(window, at, now()));
        assert_eq!(kept, [in_ever, in_within, in_between], "{age}");
    }
}

#[test]
fn aggregates_count_subjects_days_and_sums() {
    let mut model = model();
    let term = model.term(WATCHED, "*");
    let all = [
        (Aggregate::Distinct, Bound::Count(2)),
        (Aggregate::Days, Bound::Count(2)),
        (Aggregate::Sum(vec![(WATCHED, PropertyId(0))].into()), Bound::Sum("60.5".parse().unwrap())),
    ];
    for (aggregate, bound) in all {
        let (window, comparison) = (Window::Ever, Comparison::Equal);
        model.condition(ConditionKind::Events(EventTest { term, aggregate, window, comparison, bound }));
    }
    let mut facts = lead();
    let seconds = |number: &str| vec![(PropertyId(0), Value::Number(number.parse::<Number>().unwrap()))];
    facts.event(WATCHED, "demo", days(2)).properties = seconds("70");
    facts.event(WATCHED, "DEMO", days(2)).properties = seconds("-9.5");
    facts.event(WATCHED, "", days(1));
    facts.event(WATCHED, "later", days(-1)).properties = seconds("1");
    assert_eq!(Reader::new(&model, &facts).read(now()).conditions, [true, true, true]);
}

#[test]
fn a_condition_rule_ages_by_its_newest_positive_event() {
    let mut model = model();
    let pricing = model.happened(VISITED, "pricing");
    let demo = model.happened(WATCHED, "demo");
    let blog = model.happened(VISITED, "blog");
    let old_only = model.term(VISITED, "home");
    let rarely = model.counted(old_only, Window::Ever, Comparison::Less, 2);
    let not_demo = model.condition(ConditionKind::Not(demo));
    let not_not_demo = model.condition(ConditionKind::Not(not_demo));
    let budget = model.budget();
    let halves = percent(500, days(1));
    for of in [
        vec![pricing, blog],         // the newest of both
        vec![pricing, not_demo],     // does not hold, and demo would not age it
        vec![pricing, not_not_demo], // two `not`s are none
        vec![rarely, budget],        // holds without an event: nothing to age by
    ] {
        let any = model.condition(ConditionKind::Any(of));
        model.rule(RuleBody::Condition(any), points("8"), halves);
    }
    model.plain_score();
    let mut facts = lead();
    facts.event(VISITED, "pricing", days(3));
    facts.event(VISITED, "blog", days(2));
    facts.event(WATCHED, "demo", days(1));
    let reading = Reader::new(&model, &facts).read(now());
    let read: Vec<String> = reading
        .rules
        .iter()
        .map(|rule| {
            let age = rule.newest.map(|newest| (now().micros() - newest.micros()) / days(1).micros());
            format!("{} of {} newest {age:?}", rule.points, rule.count)
        })
        .collect();
    assert_eq!(
        read,
        ["2 of 2 newest Some(2)", "1 of 1 newest Some(3)", "4 of 2 newest Some(1)", "8 of 0 newest None"]
    );
}

#[test]
fn one_let_used_both_ways_is_used_positively() {
    let mut model = model();
    let visited = model.happened(VISITED, "*");
    let not = model.condition(ConditionKind::Not(visited));
    let both = model.condition(ConditionKind::Any(vec![not, visited]));
    model.rule(RuleBody::Condition(both), points("8"), percent(500, days(1)));
    model.plain_score();
    let mut facts = lead();
    facts.event(VISITED, "", days(1));
    assert_eq!(first_score(&model, &facts, now()), "4");
}

#[test]
fn the_best_group_takes_the_largest_of_those_that_hold() {
    let mut model = model();
    let budget = model.budget();
    let no_budget = model.condition(ConditionKind::Not(budget));
    let minus_three = model.rule(RuleBody::Condition(no_budget), points("-3"), None);
    let minus_five = model.rule(RuleBody::Condition(no_budget), points("-5"), None);
    let plus_nine = model.rule(RuleBody::Condition(budget), points("9"), None);
    let group = |best: bool, low: Option<&str>, rules: &[RuleIndex]| {
        let name = "g".to_owned();
        let low = low.map(points);
        Member::Group(Group { name, best, low, high: None, rules: rules.to_vec() })
    };
    let members = vec![
        group(true, None, &[minus_three, minus_five, plus_nine]),
        group(false, Some("-6"), &[minus_three, minus_five]),
        group(true, Some("2"), &[plus_nine]),
        Member::Rule(minus_three),
    ];
    model.score(ScoreKind::Rules(members), "-8", "100");
    let reading = Reader::new(&model, &lead()).read(now());
    let groups: Vec<_> =
        reading.scores[0].groups.iter().map(|group| (group.raw / 1_000, group.value / 1_000)).collect();
    assert_eq!(groups, [(-3, -3), (-8, -6), (0, 2)]);
    assert_eq!((reading.scores[0].raw, reading.scores[0].points), (-10_000, points("-8")));
}

#[test]
fn a_derived_score_is_cut_once_towards_zero() {
    let mut model = model();
    let term = model.term(VISITED, "*");
    model.rule(each(term, NO_LIMITS), points("-0.005"), None);
    let base = model.plain_score();
    // Two halves of -0.0025 make -0.005; cut one by one they would make -0.004.
    model.score(ScoreKind::Derived(vec![(500, base), (500, base)]), "-100", "100");
    model.score(ScoreKind::Derived(vec![(500, base)]), "-100", "100");
    let twice = model.score(ScoreKind::Derived(vec![(2_000, base)]), "-0.007", "100");
    model.score_order = vec![base, twice, ScoreIndex(1), ScoreIndex(2)];
    let mut facts = lead();
    facts.event(VISITED, "", days(0));
    let scores = Reader::new(&model, &facts).read(now()).outcome.scores;
    assert_eq!(scores, ["-0.005", "-0.005", "-0.002", "-0.007"].map(points));
}

#[test]
fn inactivity_needs_something_known_and_passive_events_do_not_count() {
    let mut model = model();
    let inactive = model.condition(ConditionKind::Inactive(days(10)));
    model.gates.recycle = Some(ReasonedGate { when: inactive, reason: None });
    let mut facts = lead();
    facts.event(BOUNCED, "mail", days(20));
    facts.event(VISITED, "x", days(-1));
    let recycles = |facts: &Facts| Reader::new(&model, facts).read(now()).outcome.gates.recycle;
    assert!(!recycles(&facts));
    facts.attributes[1] = Some(Value::Date(now().plus(days(1)).unwrap()));
    assert!(!recycles(&facts), "a lead from tomorrow is not known today");
    facts.attributes[1] = Some(Value::Date(now().minus(days(10))));
    assert!(recycles(&facts), "exactly ten days");
    facts.event(VISITED, "x", Period::from_micros(days(10).micros() - 1));
    assert!(!recycles(&facts));
    let reader = Reader::new(&model, &facts);
    assert_eq!(reader.valid_until(now()), now().plus(Period::from_micros(1)));
}

#[test]
fn a_lead_moves_one_step_in_the_fixed_order() {
    let mut model = model();
    let [disqualify, recycle, until, when] = ["d", "r", "u", "m"].map(|page| model.happened(VISITED, page));
    let mql = |until| MqlGate { when, until, again_after: Some(days(30)), sla: None };
    model.gates.mql = Some(mql(Some(until)));
    model.gates.recycle = Some(ReasonedGate { when: recycle, reason: None });
    model.gates.disqualify = vec![ReasonedGate { when: disqualify, reason: None }];
    let step = |model: &Model, from: Stage, since: Option<i64>, visits: &str| {
        let mut facts = Facts { stage: from, ..lead() };
        facts.stage_since = since.map(|age| now().minus(days(age)));
        for page in visits.chars() {
            facts.event(VISITED, &page.to_string(), days(1));
        }
        Reader::new(model, &facts).read(now()).outcome.stage
    };
    for (from, visits, to) in [
        (Stage::Lead, "", Stage::Lead),
        (Stage::Lead, "m", Stage::Mql),
        (Stage::Lead, "mu", Stage::Lead),
        (Stage::Lead, "mr", Stage::Recycled),
        (Stage::Lead, "mrd", Stage::Disqualified),
        (Stage::Mql, "", Stage::Mql),
        (Stage::Mql, "mu", Stage::Lead),
        (Stage::Mql, "mur", Stage::Recycled),
        (Stage::Sal, "mur", Stage::Sal),
        (Stage::Sal, "d", Stage::Disqualified),
        (Stage::Customer, "murd", Stage::Customer),
        (Stage::Disqualified, "m", Stage::Disqualified),
        (Stage::Recycled, "m", Stage::Mql),
        (Stage::Recycled, "mr", Stage::Recycled),
        (Stage::Recycled, "mu", Stage::Recycled),
    ] {
        assert_eq!(step(&model, from, None, visits), to, "{from} with {visits}");
    }
    assert_eq!(step(&model, Stage::Recycled, Some(30), "m"), Stage::Mql);
    assert_eq!(step(&model, Stage::Recycled, Some(29), "m"), Stage::Recycled);
    let mut facts = Facts { stage: Stage::Recycled, stage_since: Some(now()), ..lead() };
    facts.event(VISITED, "m", days(1));
    assert_eq!(Reader::new(&model, &facts).valid_until(now()), now().plus(days(30)));
    // Without `until` the criterion itself is asked, and without `again after` only people bring a lead back.
    model.gates.mql = Some(MqlGate { again_after: None, ..mql(None) });
    assert_eq!(step(&model, Stage::Mql, None, ""), Stage::Lead);
    assert_eq!(step(&model, Stage::Mql, None, "m"), Stage::Mql);
    assert_eq!(step(&model, Stage::Recycled, None, "m"), Stage::Recycled);
}

#[test]
fn an_equal_reason_is_the_same_result() {
    let mut model = model();
    let pages = ["a", "b", "c", "d"].map(|page| {
        let term = model.term(VISITED, page);
        model.counted(term, Window::Within(days(5)), Comparison::GreaterOrEqual, 1)
    });
    let reasons = [Some("spam"), None, Some("spam"), Some("")];
    let gate = |(when, reason): (&ConditionId, Option<&str>)| ReasonedGate {
        when: *when,
        reason: reason.map(str::to_owned),
    };
    model.gates.disqualify = pages.iter().zip(reasons).map(gate).collect();
    let first = |visits: &[&str]| {
        let mut facts = lead();
        visits.iter().for_each(|page| {
            facts.event(VISITED, page, days(1));
        });
        Reader::new(&model, &facts).read(now()).outcome.gates.disqualify
    };
    assert_eq!(
        [first(&[]), first(&["c"]), first(&["d"]), first(&["c", "b"])],
        [None, Some(0), Some(1), Some(1)]
    );
    // The first gate stops holding in four days, but the third takes over with the same reason.
    let mut facts = lead();
    facts.event(VISITED, "a", days(1));
    facts.event(VISITED, "c", days(0));
    assert_eq!(Reader::new(&model, &facts).valid_until(now()), now().plus(days(5)));
}

#[test]
fn bands_and_segments_reach_the_gates_in_any_order_of_definition() {
    let mut model = model();
    // The gate's condition stands before the segment's.
    let in_segment = model.condition(ConditionKind::Segment(SegmentIndex(0)));
    let warm = model.condition(ConditionKind::BandAtLeast { score: ScoreIndex(0), band: BandIndex(1) });
    let budget = model.budget();
    model.rule(RuleBody::Condition(budget), points("40"), None);
    model.plain_score();
    let band = |name: &str, at_least: Option<&str>| Band {
        name: name.to_owned(),
        at_least: at_least.map(points),
        place: Place::default(),
    };
    model.scores[0].bands = vec![band("hot", Some("40.001")), band("warm", Some("40")), band("cold", None)];
    model.segments.push(Segment { name: "x".to_owned(), condition: warm, place: Place::default() });
    model.gates.sql = Some(in_segment);
    let mut facts = lead();
    let outcome = Reader::new(&model, &facts).read(now()).outcome;
    assert_eq!((outcome.bands, outcome.gates.sql), (vec![Some(BandIndex(2))], false));
    facts.attributes[0] = Some(Value::Flag(true));
    let outcome = Reader::new(&model, &facts).read(now()).outcome;
    assert_eq!(
        (outcome.bands, outcome.segments, outcome.gates.sql),
        (vec![Some(BandIndex(1))], vec![true], true)
    );
}

#[test]
fn an_event_counts_once_however_many_selectors_it_fits() {
    let mut model = model();
    model.term(VISITED, "/docs/*");
    model.term(VISITED, "*/intro");
    model.terms.push(Term { selectors: vec![SelectorId(0), SelectorId(1)] });
    model.rule(each(TermId(2), NO_LIMITS), points("1"), None);
    model.plain_score();
    let mut facts = lead();
    facts.event(VISITED, "/DOCS/intro", days(1));
    facts.event(VISITED, "/blog/intro", days(1));
    facts.event(VISITED, "", days(1));
    assert_eq!(first_score(&model, &facts, now()), "2");
}

#[test]
fn what_comes_into_force_later_is_an_edge() {
    let mut model = model();
    let visited = model.happened(VISITED, "x");
    let new = ValueTest::Date(DateTest::Within(days(3)));
    let new = model.condition(ConditionKind::Attribute { attribute: CREATED_AT, test: new });
    let old = ValueTest::Date(DateTest::OlderThan(days(5)));
    let old = model.condition(ConditionKind::Attribute { attribute: CREATED_AT, test: old });
    for condition in [visited, new, old] {
        model.rule(RuleBody::Condition(condition), points("1"), None);
    }
    model.plain_score();
    let mut facts = lead();
    facts.event(VISITED, "x", days(-4));
    facts.attributes[1] = Some(Value::Date(now().plus(days(2)).unwrap()));
    let reader = Reader::new(&model, &facts);
    let mut edges = Vec::new();
    let mut at = now();
    while let Some(edge) = reader.valid_until(at) {
        edges.push((edge.micros() - now().micros()) / days(1).micros());
        at = edge;
    }
    // Created on day 2; the visit on day 4; no longer new on day 5; old from day 7 on.
    assert_eq!(edges, [2, 4, 5, 7]);
}
