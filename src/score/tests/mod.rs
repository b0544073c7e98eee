//! The core on models made by hand: each number of the language reference, each edge to the microsecond.

mod chance;
mod quick;
mod stages;
mod turns;

use super::*;
use crate::diagnostic::Place;
use crate::lead::{Facts, Value};
use crate::model::*;
use crate::plan::test_support::*;
use crate::time::Period;

pub(super) fn outcome(model: &Model, facts: &Facts, now: Instant) -> Outcome {
    let plan = Plan::new(model);
    let mut outcome = Outcome::default();
    let record = (facts.stage, facts.stage_since);
    evaluate(&plan, &plan.signals(facts), record, now, &mut Scratch::default(), &mut outcome);
    outcome
}

/// The first score, in thousandths.
fn first_score(model: &Model, facts: &Facts, now: Instant) -> i64 {
    outcome(model, facts, now).scores[0].thousandths()
}

/// A rule set with one rule, worth a point.
fn one_rule(body: impl FnOnce(&mut ModelMaker) -> RuleBody) -> ModelMaker {
    let mut maker = ModelMaker::new();
    let body = body(&mut maker);
    maker.rule(body, 1_000, None);
    maker
}

fn tested(
    aggregate: Aggregate,
    comparison: Comparison,
    bound: i64,
    window: Window,
) -> impl FnOnce(&mut ModelMaker) -> RuleBody {
    move |maker| {
        let term = maker.term(VISITED, &["*"], &[]);
        RuleBody::Condition(maker.events(aggregate, term, comparison, bound, window))
    }
}

const HALF_A_MONTH: Decay = Decay { step: DecayStep::Percent(500), every: Period::from_seconds(2_592_000) };
#[test]
fn windows_open_and_close_on_the_microsecond() {
    let within = one_rule(tested(Aggregate::Count, Comparison::Equal, 1, Window::Within(days(30))));
    let gap = Window::Between { from: days(30), to: days(10) };
    let between = one_rule(tested(Aggregate::Count, Comparison::Equal, 1, gap));
    let ever = one_rule(tested(Aggregate::Count, Comparison::Equal, 1, Window::Ever));
    let facts = visits(&[("pricing", day(0))]);
    for (age_days, extra, inside) in [
        (0, -1, [false, false, false]),
        (0, 0, [true, false, true]),
        (10, -1, [true, false, true]),
        (10, 0, [true, true, true]),
        (30, -1, [true, true, true]),
        (30, 0, [false, false, true]),
    ] {
        let now = at(days(age_days).micros() + extra);
        let found = [&within, &between, &ever].map(|maker| first_score(&maker.model, &facts, now) == 1_000);
        assert_eq!(found, inside, "{age_days}d {extra} µs");
    }
    assert_eq!(outcome(&within.model, &facts, at(-1)).valid_until, Some(day(0)));
    assert_eq!(outcome(&within.model, &facts, day(0)).valid_until, Some(day(30)));
    assert_eq!(outcome(&between.model, &facts, day(0)).valid_until, Some(day(10)));
    assert_eq!(outcome(&between.model, &facts, day(10)).valid_until, Some(day(30)));
    assert_eq!(outcome(&ever.model, &facts, day(0)).valid_until, None);
}

#[test]
fn aggregates_count_what_they_say() {
    let facts = lead(&[
        (VISITED, "a", 100, at(-1)),
        (VISITED, "b", -30, day(0)),
        (VISITED, "A", 50, day(0)),
        (VISITED, "c", 1, day(2)),
        (VISITED, "c", 7, day(40)),
    ]);
    let seconds = Aggregate::Sum(vec![(VISITED, SECONDS)].into());
    for (aggregate, window, now, value) in [
        (Aggregate::Count, Window::Ever, day(39), 4),
        (Aggregate::Distinct, Window::Ever, day(39), 3),
        (Aggregate::Distinct, Window::Within(days(2)), day(2), 1),
        (Aggregate::Distinct, Window::Within(days(3)), day(2), 3),
        (Aggregate::Days, Window::Ever, day(39), 3),
        (Aggregate::Days, Window::Within(days(2)), day(1), 2),
        (Aggregate::Days, Window::Ever, at(-2), 0),
        (seconds.clone(), Window::Ever, day(39), 121_000_000),
        (seconds.clone(), Window::Within(days(2)), day(1), 120_000_000),
        (seconds.clone(), Window::Between { from: days(3), to: days(1) }, day(1), 120_000_000),
        (seconds, Window::Within(days(2)), day(60), 0),
    ] {
        for (comparison, bound, holds) in [
            (Comparison::Equal, value, true),
            (Comparison::NotEqual, value, false),
            (Comparison::Less, value, false),
            (Comparison::Less, value + 1, true),
            (Comparison::LessOrEqual, value, true),
            (Comparison::LessOrEqual, (value - 1).max(0), value <= 0),
            (Comparison::Greater, value, false),
            (Comparison::GreaterOrEqual, value, true),
            (Comparison::GreaterOrEqual, value + 1, false),
        ] {
            let maker = one_rule(tested(aggregate.clone(), comparison, bound, window));
            let found = first_score(&maker.model, &facts, now) == 1_000;
            assert_eq!(found, holds, "{aggregate:?} {comparison:?} {bound} {window:?} at {now}");
        }
    }
}

#[test]
fn the_worked_figures_of_decay_come_out() {
    let mut maker = ModelMaker::new();
    let term = maker.term(VISITED, &["*"], &[]);
    maker.rule(each(term, Window::Ever, MAX_OCCURRENCES, None), 10_000, Some(HALF_A_MONTH));
    let facts = visits(&[("pricing", day(0))]);
    assert_eq!(first_score(&maker.model, &facts, at(days(30).micros() - 3_600_000_000)), 10_000);
    let mut value = vec![10_000, 5_000, 2_500, 1_250, 625, 312, 156, 78, 39, 19, 9, 4, 2, 1, 0];
    for (step, value) in (0..).zip(&value) {
        assert_eq!(first_score(&maker.model, &facts, day(30 * step)), *value);
    }
    // Each step is where the one before ends, and after the last nothing changes any more.
    let mut now = day(0);
    let mut seen = vec![first_score(&maker.model, &facts, now)];
    while let Some(next) = outcome(&maker.model, &facts, now).valid_until {
        assert_eq!(next, day(30 * seen.len() as i64));
        now = next;
        seen.push(first_score(&maker.model, &facts, now));
    }
    assert_eq!(seen, value);
    // Negative points fade towards zero too, and a percentage and an amount may be mixed.
    value.truncate(4);
    maker.model.rules[0].points = points(-10_000);
    let four = Decay { step: DecayStep::Amount(points(4_000)), every: days(30) };
    maker.rule(each(term, Window::Ever, 1, None), 9_000, Some(four));
    let sums = [-1_000, 0, -1_500, -1_250];
    assert_eq!([0, 30, 60, 90].map(|age| first_score(&maker.model, &facts, day(age))), sums);
}

#[test]
fn the_newest_events_count_up_to_the_limit() {
    let maker = {
        let mut maker = ModelMaker::new();
        let term = maker.term(VISITED, &["ebook"], &[]);
        maker.rule(each(term, Window::Ever, 3, None), 5_000, None);
        maker
    };
    let five = visits(&[0, 1, 2, 3, 4].map(|number| ("ebook", day(number))));
    assert_eq!(first_score(&maker.model, &five, day(9)), 15_000);
    assert_eq!(first_score(&maker.model, &five, day(1)), 10_000);
    let mut fading = maker;
    fading.model.rules[0].decay = Some(Decay { step: DecayStep::Amount(points(1_000)), every: days(1) });
    // Ages 0, 1 and 2 days: 5 + 4 + 3.
    assert_eq!(first_score(&fading.model, &five, day(4)), 12_000);
}

#[test]
fn limits_per_day_and_subject_leave_room_for_others() {
    let facts = visits(&[
        ("a", day(0)),
        ("a", at(1)),
        ("b", at(2)),
        ("A", at(3)),
        ("c", day(1)),
        ("a", day(1)),
        ("", day(2)),
    ]);
    for (times, per, now, count) in [
        (MAX_OCCURRENCES, None, day(9), 7),
        (MAX_OCCURRENCES, Some(LimitPer::Day(1)), day(9), 3),
        (MAX_OCCURRENCES, Some(LimitPer::Day(2)), day(9), 5),
        (MAX_OCCURRENCES, Some(LimitPer::Day(2)), at(1), 2),
        (MAX_OCCURRENCES, Some(LimitPer::Subject(1)), day(9), 4),
        (MAX_OCCURRENCES, Some(LimitPer::Subject(2)), day(9), 5),
        (MAX_OCCURRENCES, Some(LimitPer::Subject(2)), at(1), 2),
        (3, Some(LimitPer::Subject(1)), day(9), 3),
        (4, Some(LimitPer::Day(2)), day(9), 4),
        (MAX_OCCURRENCES, Some(LimitPer::Day(u32::MAX)), day(9), 7),
        (MAX_OCCURRENCES, Some(LimitPer::Subject(u32::MAX)), day(9), 7),
    ] {
        let maker = one_rule(|maker| each(maker.term(VISITED, &["*"], &[]), Window::Ever, times, per));
        assert_eq!(first_score(&maker.model, &facts, now), count * 1_000, "{times} {per:?} at {now}");
    }
}

#[test]
fn no_more_than_100_000_events_count() {
    let many: Vec<_> = (0..100_003).map(|number| ("pricing", at(number))).collect();
    let maker = one_rule(|maker| each(maker.term(VISITED, &["*"], &[]), Window::Ever, u32::MAX, None));
    assert_eq!(first_score(&maker.model, &visits(&many), day(1)), 100_000_000);
}

#[test]
fn groups_add_up_or_take_the_best_and_clamp() {
    let facts = visits(&[("a", day(0)), ("a", day(0))]);
    // Each rule: whether it is about a page that was visited, and its points.
    for (best, clamp, rules, value) in [
        (false, (None, None), vec![(true, 2_000), (false, 9_000), (true, -500)], 3_000),
        (false, (None, Some(3_000)), vec![(true, 2_000)], 3_000),
        (false, (Some(-1_000), Some(3_000)), vec![(true, -2_000)], -1_000),
        (false, (Some(5_000), None), vec![(false, 2_000)], 5_000),
        (true, (None, None), vec![(true, 2_000), (false, 9_000), (true, 3_000)], 6_000),
        // The best of negative values is below 0; with none it is 0.
        (true, (None, None), vec![(true, -2_000), (false, 9_000), (true, -3_000)], -4_000),
        (true, (None, None), vec![(false, -2_000)], 0),
        (true, (Some(1_000), None), vec![(false, -2_000)], 1_000),
    ] {
        let mut maker = ModelMaker::new();
        let bodies = rules.iter().map(|(there, points)| {
            let term = maker.term(VISITED, &[if *there { "a" } else { "b" }], &[]);
            (each(term, Window::Ever, 2, None), *points)
        });
        let bodies = bodies.collect();
        maker.group(best, clamp, bodies);
        assert_eq!(first_score(&maker.model, &facts, day(1)), value, "{best} {clamp:?} {rules:?}");
    }
}

#[test]
fn an_event_that_has_faded_to_nothing_is_still_the_best_of_worse() {
    let mut maker = ModelMaker::new();
    let term = maker.term(VISITED, &["*"], &[]);
    let body = || each(term, Window::Ever, 1, None);
    maker.group(true, (None, None), vec![(body(), 8_000), (body(), -3_000)]);
    maker.model.rules[0].decay = Some(HALF_A_MONTH);
    let facts = visits(&[("a", day(0))]);
    assert_eq!(first_score(&maker.model, &facts, day(3_000)), 0);
    assert_eq!(first_score(&maker.model, &facts, at(-1)), 0);
}

#[test]
fn where_an_event_that_has_faded_to_nothing_leaves_its_window_the_best_may_be_another() {
    let mut maker = ModelMaker::new();
    let term = maker.term(VISITED, &["*"], &[]);
    let within = each(term, Window::Within(days(500)), 1, None);
    maker.group(true, (None, None), vec![(within, 8_000), (each(term, Window::Ever, 1, None), -3_000)]);
    maker.model.rules[0].decay = Some(Decay { step: DecayStep::Percent(1_000), every: days(30) });
    let found = |now| outcome(&maker.model, &visits(&[("a", day(0))]), now);
    let (faded, gone) = (found(day(30)), found(day(500)));
    assert_eq!((faded.scores[0], faded.valid_until), (points(0), Some(day(500))));
    assert_eq!((gone.scores[0], gone.valid_until), (points(-3_000), None));
}

#[test]
fn derived_scores_are_exact_and_cut_towards_zero() {
    const LARGEST: i64 = 1_000_000_000_000;
    for (given, weights, value) in [
        (1, vec![600, 0], 0),
        (-1, vec![600, 0], 0),
        (5, vec![600, -1], 2),
        (-5, vec![600, -1], -2),
        (25_000, vec![600, 400], 25_000),
        (1_000_000_000, vec![1_000_000_000; 2], LARGEST),
        (-1_000_000_000, vec![1_000_000_000; 2], -LARGEST),
        // Far beyond 64 bits before they are clamped.
        (LARGEST, vec![1_000_000_000; 20], LARGEST),
        (-LARGEST, vec![1_000_000_000; 20], -LARGEST),
    ] {
        let mut maker = one_rule(tested(Aggregate::Count, Comparison::Equal, 0, Window::Ever));
        maker.model.rules[0].points = points(given);
        let derived = weights.iter().map(|weight| (*weight, ScoreIndex(0))).collect();
        maker.score((-LARGEST, LARGEST), ScoreKind::Derived(derived));
        let found = outcome(&maker.model, &visits(&[]), day(0));
        assert_eq!(found.scores[1], points(value), "{given} {weights:?}");
    }
}

#[test]
fn a_condition_rule_ages_by_its_newest_event_that_counts_for_it() {
    let mut maker = ModelMaker::new();
    let pricing = maker.term(VISITED, &["pricing"], &[]);
    let docs = maker.term(VISITED, &["docs"], &[]);
    let blog = maker.term(VISITED, &["blog"], &[]);
    let pricing = maker.at_least(pricing, 1, Window::Ever);
    let often_docs = maker.at_least(docs, 2, Window::Ever);
    let blog = maker.at_least(blog, 1, Window::Ever);
    let no_blog = maker.condition(ConditionKind::Not(blog));
    let blog_after_all = maker.condition(ConditionKind::Not(no_blog));
    let any = maker.condition(ConditionKind::Any(vec![pricing, often_docs, no_blog]));
    maker.rule(RuleBody::Condition(any), 8_000, Some(HALF_A_MONTH));
    let only_not = maker.condition(ConditionKind::Any(vec![no_blog, pricing]));
    maker.rule(RuleBody::Condition(only_not), 100_000, Some(HALF_A_MONTH));
    maker.rule(RuleBody::Condition(blog_after_all), 1_600_000, Some(HALF_A_MONTH));

    // Docs were visited once only, and the blog is used negatively but in the last rule.
    let facts = visits(&[("pricing", day(0)), ("docs", day(50)), ("blog", day(55))]);
    assert_eq!(first_score(&maker.model, &facts, day(60)), 2_000 + 25_000 + 1_600_000);
    let facts = visits(&[("pricing", day(0)), ("docs", day(30)), ("docs", day(50))]);
    assert_eq!(first_score(&maker.model, &facts, day(60)), 8_000 + 25_000);
    // Nothing to age by: no step is taken.
    assert_eq!(first_score(&maker.model, &visits(&[]), day(60)), 8_000 + 100_000);
    // A later event takes over as the one to age by when its time comes.
    let facts = visits(&[("blog", day(0)), ("blog", day(40))]);
    assert_eq!(outcome(&maker.model, &facts, day(0)).valid_until, Some(day(30)));
    assert_eq!(outcome(&maker.model, &facts, day(30)).valid_until, Some(day(40)));
    assert_eq!(outcome(&maker.model, &facts, day(40)).valid_until, Some(day(70)));
}

#[test]
fn a_date_and_a_window_of_it_meet_their_edges() {
    let mut maker = ModelMaker::new();
    for test in [DateTest::Within(days(10)), DateTest::OlderThan(days(20))] {
        let test = ValueTest::Date(test);
        let condition = maker.condition(ConditionKind::Attribute { attribute: CREATED_AT, test });
        maker.segment(condition);
    }
    let mut facts = visits(&[]);
    assert_eq!(outcome(&maker.model, &facts, day(0)).valid_until, None);
    facts.attributes[CREATED_AT.0 as usize] = Some(Value::Date(day(0)));
    for (now, segments, until) in [
        (at(-1), [false, false], Some(day(0))),
        (day(0), [true, false], Some(day(10))),
        (at(days(10).micros() - 1), [true, false], Some(day(10))),
        (day(10), [false, false], Some(day(20))),
        (day(20), [false, true], None),
    ] {
        let found = outcome(&maker.model, &facts, now);
        assert_eq!((found.segments.as_slice(), found.valid_until), (&segments[..], until), "{now}");
    }
}

#[test]
fn a_lead_is_inactive_only_while_something_is_known_and_old() {
    let mut maker = ModelMaker::new();
    let inactive = maker.condition(ConditionKind::Inactive(days(60)));
    maker.segment(inactive);
    // A bounce is nothing that a lead does.
    let mut facts = lead(&[(BOUNCED, "a", 0, day(0))]);
    assert_eq!(outcome(&maker.model, &facts, day(90)).segments, [false]);
    assert_eq!(outcome(&maker.model, &facts, day(90)).valid_until, None);
    facts.attributes[CREATED_AT.0 as usize] = Some(Value::Date(day(100)));
    // Created later: until then nothing is known.
    assert_eq!(outcome(&maker.model, &facts, day(90)).valid_until, Some(day(160)));
    facts = lead(&[
        (WATCHED, "a", 0, day(0)),
        (VISITED, "a", 0, day(60)),
        (VISITED, "a", 0, at(days(120).micros() + 1)),
    ]);
    for (now, inactive, until) in [
        (at(-1), false, Some(day(120))),
        (day(60), false, Some(day(120))),
        (day(120), true, Some(at(days(120).micros() + 1))),
        (at(days(120).micros() + 1), false, Some(at(days(180).micros() + 1))),
        (day(200), true, None),
    ] {
        let found = outcome(&maker.model, &facts, now);
        assert_eq!((found.segments[0], found.valid_until), (inactive, until), "{now}");
    }
}

#[test]
fn what_a_clamp_hides_is_no_change() {
    let mut maker =
        one_rule(tested(Aggregate::Count, Comparison::GreaterOrEqual, 1, Window::Within(days(5))));
    let term = maker.term(VISITED, &["b"], &[]);
    maker.rule(each(term, Window::Within(days(9)), 5, None), 2_000, None);
    maker.model.scores[0].bounds = (points(0), points(1_000));
    let facts = visits(&[("b", day(0)), ("b", day(1))]);
    assert_eq!(outcome(&maker.model, &facts, day(1)).valid_until, Some(day(10)));
    // An event that comes as another goes leaves all as it is.
    let facts = visits(&[("b", day(0)), ("b", day(9))]);
    assert_eq!(outcome(&maker.model, &facts, day(0)).valid_until, Some(day(18)));
}

/// 20,000 events, each with its own edges, most of which a clamp hides; and as one is far from having come, each
/// look goes through them one by one. Going from edge to edge would take minutes.
#[test]
fn long_stretches_behind_a_clamp_are_passed_over() {
    let mut maker = ModelMaker::new();
    let good = maker.term(VISITED, &["*"], &[]);
    let bad = maker.term(BOUNCED, &["*"], &[]);
    let per_subject = Some(LimitPer::Subject(MAX_OCCURRENCES));
    maker.rule(each(good, Window::Ever, MAX_OCCURRENCES, per_subject), 1_000, Some(HALF_A_MONTH));
    maker.rule(each(bad, Window::Within(days(400)), MAX_OCCURRENCES, None), -1_000, None);
    maker.model.scores[0].bounds = (points(0), points(100_000));
    let spread = |kind, from: i64, count: i64| {
        let one = move |number: i64| (kind, "a", 0, at(days(from).micros() + number * 1_234_567_891));
        (0..count).map(one).collect::<Vec<_>>()
    };
    // One in 214 days for good; for 300 days more bad things keep happening, and then nothing.
    let far = Instant::parse("9000-01-01").unwrap();
    let facts = lead(
        &[spread(VISITED, 0, 15_000), spread(BOUNCED, 100, 5_000), vec![(VISITED, "a", 0, far)]].concat(),
    );
    let plan = Plan::new(&maker.model);
    let (signals, mut scratch) = (plan.signals(&facts), Scratch::default());
    let mut at_instant = |now| {
        let mut outcome = Outcome::default();
        evaluate(&plan, &signals, (Stage::Lead, None), now, &mut scratch, &mut outcome);
        (outcome.scores[0].thousandths(), outcome.valid_until)
    };
    for (start, hidden_days) in [(10, 140), (100, 50), (158, 0)] {
        let (score, until) = at_instant(day(start));
        let until = until.unwrap();
        assert!(until >= day(start + hidden_days), "{start}: {until}");
        // Nothing differs a microsecond before, and something does at it.
        assert_eq!(at_instant(Instant::from_micros(until.micros() - 1).unwrap()), (score, Some(until)));
        assert_ne!(at_instant(until).0, score);
    }
    // What was good has faded by the time what was bad is forgotten; one is still to come.
    assert_eq!(at_instant(day(250)), (0, Some(far)));
}

#[test]
fn nothing_is_valid_until_beyond_year_9999() {
    let last = Instant::parse("9999-12-31T23:59:59.999999Z").unwrap();
    let maker = one_rule(tested(Aggregate::Count, Comparison::Equal, 1, Window::Within(days(1))));
    let day_before = Instant::parse("9999-12-31").unwrap();
    assert_eq!(outcome(&maker.model, &visits(&[("a", day_before)]), day_before).valid_until, None);
    let earlier = Instant::parse("9999-12-30T23:59:59.999999Z").unwrap();
    assert_eq!(outcome(&maker.model, &visits(&[("a", earlier)]), earlier).valid_until, Some(last));
}

#[test]
fn bands_are_told_by_the_score_and_compared_by_rank() {
    let mut maker = one_rule(|maker| each(maker.term(VISITED, &["*"], &[]), Window::Ever, 9, None));
    let band = |name: &str, at_least: Option<i64>| Band {
        name: name.to_owned(),
        at_least: at_least.map(points),
        place: Place::default(),
    };
    maker.model.scores[0].bands =
        vec![band("hot", Some(3_000)), band("warm", Some(2_000)), band("cold", None)];
    let score = ScoreIndex(0);
    for kind in [
        ConditionKind::Band { score, band: BandIndex(1) },
        ConditionKind::BandAtLeast { score, band: BandIndex(1) },
        ConditionKind::ScoreBetween { score, low: points(1_000), high: points(2_000) },
        ConditionKind::Score { score, comparison: Comparison::NotEqual, points: points(2_000) },
    ] {
        let condition = maker.condition(kind);
        maker.segment(condition);
    }
    let facts = visits(&[("a", day(1)), ("a", day(2)), ("a", day(3))]);
    for (now, band, segments) in [
        (day(1), 2, [false, false, true, true]),
        (day(2), 1, [true, true, true, false]),
        (day(3), 0, [false, true, false, true]),
    ] {
        let found = outcome(&maker.model, &facts, now);
        assert_eq!((found.bands[0], found.segments.as_slice()), (Some(BandIndex(band)), &segments[..]));
    }
}

#[test]
fn evaluating_again_allocates_nothing() {
    let mut maker = one_rule(tested(Aggregate::Distinct, Comparison::Greater, 2, Window::Within(days(30))));
    let term = maker.term(VISITED, &["*"], &[]);
    let per_day = each(term, Window::Within(days(90)), 50, Some(LimitPer::Day(2)));
    maker.rule(per_day, 3_000, Some(HALF_A_MONTH));
    let test = maker.at_least(term, 2, Window::Within(days(7)));
    let not = maker.condition(ConditionKind::Not(test));
    let both = maker.condition(ConditionKind::AtLeast { count: 1, of: vec![test, not] });
    maker.rule(RuleBody::Condition(both), 7_000, Some(HALF_A_MONTH));
    let inactive = maker.condition(ConditionKind::Inactive(days(14)));
    maker.segment(inactive);
    let plan = Plan::new(&maker.model);
    let all: Vec<_> = (0..500).map(|number| (["a", "b", "c", "D"][number % 4], day(number as i64))).collect();
    let facts = visits(&all);
    let (mut signals, mut scratch, mut outcome) =
        (plan.signals(&facts), Scratch::default(), Outcome::default());
    let mut changes = 0;
    let mut run = |signals: &Signals| {
        let mut now = day(300);
        for _ in 0..20 {
            evaluate(&plan, signals, (Stage::Lead, None), now, &mut scratch, &mut outcome);
            changes += 1;
            now = outcome.valid_until.unwrap_or(now);
        }
    };
    let first = allocation_counter::measure(|| run(&signals));
    plan.signals_into(&facts, &mut signals);
    let again = allocation_counter::measure(|| {
        plan.signals_into(&facts, &mut signals);
        run(&signals);
    });
    assert!(first.count_total > 0);
    assert_eq!((again.count_total, changes), (0, 40));
}
