//! The quick ways are taken wherever they can be. What they give is what the slow ones give, so that only looking
//! at them tells whether they are there.

use super::*;
use crate::plan::{Ageing, NewestEnding, SignalKind};
use crate::score::aggregate::{Complete, State, Sweep};
use crate::state::StateRoom;
use crate::{NewEvent, RuleSet};

fn seconds() -> Aggregate {
    Aggregate::Sum(vec![(WATCHED, SECONDS)].into())
}

/// How each leaf ends: what it is from the last event on, and when it turns; none where that is not known by then.
#[test]
fn once_all_events_have_come_it_is_known_how_most_conditions_end() {
    let facts = |seconds: [i64; 2]| {
        let mut facts = lead(&[(WATCHED, "a", seconds[0], day(0)), (WATCHED, "b", seconds[1], day(5))]);
        facts.attributes[CREATED_AT.0 as usize] = Some(Value::Date(day(3)));
        facts
    };
    use Comparison::*;
    let (ever, month) = (Window::Ever, Window::Within(days(30)));
    let never = Some(NEVER);
    let turning = |number| Some(day(number).micros());
    for (aggregate, comparison, bound, window, values, holds, due) in [
        (Aggregate::Count, GreaterOrEqual, 2, month, [3, 4], Some(true), turning(30)),
        (Aggregate::Count, LessOrEqual, 1, month, [3, 4], Some(false), turning(30)),
        (Aggregate::Count, Greater, 2, month, [3, 4], Some(false), never),
        (Aggregate::Count, Equal, 2, ever, [3, 4], Some(true), never),
        (Aggregate::Count, Equal, 1, month, [3, 4], None, None),
        (Aggregate::Distinct, Less, 2, month, [3, 4], Some(false), turning(30)),
        (Aggregate::Distinct, NotEqual, 2, ever, [3, 4], Some(false), never),
        (Aggregate::Days, GreaterOrEqual, 1, month, [3, 4], Some(true), turning(35)),
        (Aggregate::Days, NotEqual, 1, month, [3, 4], None, None),
        // Where no event makes a sum smaller, it falls but once to any bound.
        (seconds(), GreaterOrEqual, 5_000_000, month, [3, 4], Some(true), turning(30)),
        (seconds(), Less, 4_000_000, month, [0, 4], Some(false), turning(35)),
        (seconds(), Greater, 9_000_000, month, [3, 4], Some(false), never),
        (seconds(), GreaterOrEqual, 2_000_000, month, [-3, 6], None, None),
        (seconds(), Equal, 4_000_000, month, [3, 4], None, None),
        (seconds(), Equal, 1_000_000, ever, [-3, 4], Some(true), never),
    ] {
        let mut maker = ModelMaker::new();
        let term = maker.term(WATCHED, &["*"], &[]);
        let told = format!("{aggregate:?} {comparison:?} {bound} {window:?} {values:?}");
        let condition = maker.events(aggregate, term, comparison, bound, window);
        maker.segment(condition);
        let ending = Plan::new(&maker.model).signals(&facts(values)).endings()[0];
        let found = |now: Instant| (ending.holds(now.micros()), ending.due(now.micros()));
        assert_eq!(found(at(days(5).micros() - 1)), (None, None), "{told}");
        assert_eq!(found(day(5)), (holds, due), "{told}");
        if let (Some(turns), Some(before)) = (due.filter(|turns| *turns < NEVER), holds) {
            assert_eq!(found(Instant::from_micros(turns).unwrap()), (Some(!before), never), "{told}");
        }
    }
    let mut maker = ModelMaker::new();
    let new =
        ConditionKind::Attribute { attribute: CREATED_AT, test: ValueTest::Date(DateTest::Within(days(10))) };
    for kind in [new, ConditionKind::Inactive(days(20))] {
        let condition = maker.condition(kind);
        maker.segment(condition);
    }
    let signals = Plan::new(&maker.model).signals(&facts([3, 4]));
    let now = day(5).micros();
    let found: Vec<_> = signals.endings().iter().map(|ending| (ending.holds(now), ending.due(now))).collect();
    assert_eq!(found, [(Some(true), turning(13)), (Some(false), turning(25))]);
}

#[test]
fn a_state_that_only_keeps_single_events_ends_as_a_lead_does() {
    let rules =
        RuleSet::compile("segment twice when visited(*) >= 2  each visited(*) within 9d => 1").unwrap();
    let mut keeper = rules.keeper();
    let mut state = keeper.new_state("L-1");
    for number in [1, 2] {
        keeper.record(&mut state, &NewEvent::new("visited", "a", day(number).into()), day(3).into()).unwrap();
    }
    let mut room = StateRoom::default();
    state.fill(&rules.compiled, day(3), &mut room).unwrap();
    let ending = room.signals.endings()[0];
    assert_eq!((ending.holds(day(3).micros()), ending.due(day(3).micros())), (Some(true), Some(NEVER)));
}

#[test]
fn once_all_events_have_come_what_a_limit_leaves_out_is_known() {
    let mut maker = ModelMaker::new();
    let term = maker.term(VISITED, &["*"], &[]);
    let window = Window::Between { from: days(30), to: days(1) };
    maker.rule(each(term, window, 9, Some(LimitPer::Subject(1))), 1_000, None);
    let plan = Plan::new(&maker.model);
    let signals = plan.signals(&visits(&[("a", day(0)), ("b", day(1)), ("A", day(2)), ("b", day(40))]));
    let evaluation = Evaluation::new(&plan, &signals, (Stage::Lead, None));
    let rule = &plan.each_rules[0];
    let signal = &plan.signals[rule.signal as usize];
    let found = |thinned, now: Instant| evaluation.complete(signal, thinned, now.micros());
    // The last one is in the window once it is a day old.
    assert!(found(rule.thinned, at(days(41).micros() - 1)).is_none());
    let Complete { times, oldest } = found(rule.thinned, day(41)).unwrap();
    assert_eq!((times, oldest), (&[day(2), day(40)].map(|at| at.micros())[..], day(11).micros()));
    let all = found(None, day(41)).unwrap();
    assert_eq!(all.times.len(), 4);
    assert_eq!((all.newest(1), all.newest(2), all.newest(5)), (Some(day(40).micros()), None, None));
}

#[test]
fn no_more_is_counted_than_anything_tells_apart() {
    let pages = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let facts = visits(&[0, 1, 2, 3, 4, 5, 6, 7].map(|number| (pages[number], day(number as i64))));
    for (aggregate, comparison, start, value) in [
        (Aggregate::Count, Comparison::GreaterOrEqual, 5, 3),
        (Aggregate::Count, Comparison::Equal, 4, 4),
        (Aggregate::Distinct, Comparison::GreaterOrEqual, 5, 3),
        (Aggregate::Distinct, Comparison::NotEqual, 4, 4),
    ] {
        let mut maker = ModelMaker::new();
        let term = maker.term(VISITED, &["*"], &[]);
        let condition = maker.events(aggregate, term, comparison, 3, Window::Within(days(30)));
        maker.segment(condition);
        let plan = Plan::new(&maker.model);
        let signals = plan.signals(&facts);
        let state = State::at(&plan.signals[0], &signals, day(9).micros());
        assert_eq!((state.start, state.end, state.value), (start, 8, value), "{comparison:?}");
        if state.value > 3 || plan.signals[0].aggregate != SignalKind::Count {
            continue;
        }
        // Another test of the same signal may tell fewer apart: older events leave unseen.
        let mut sweep = Sweep::from(state, &plan.signals[0], &signals, 1);
        assert_eq!((sweep.value(), sweep.advance()), (1, Some(day(37).micros())));
    }
}

/// Rules on visits, the score clamped to 0..3.
fn clamped(rules: &[(RuleBody, i64, Option<Decay>)]) -> Plan {
    let mut maker = ModelMaker::new();
    maker.term(VISITED, &["*"], &[]);
    for (body, points, decay) in rules {
        maker.rule(body.clone(), *points, *decay);
    }
    maker.model.scores[0].bounds = (points(0), points(3_000));
    Plan::new(&maker.model)
}

#[test]
fn a_stretch_behind_a_clamp_is_passed_over_as_a_whole() {
    let ten_days = || (each(TermId(0), Window::Within(days(10)), 99, None), 1_000, None);
    let two = || (each(TermId(0), Window::Within(days(10)), 2, None), 2_000, None);
    let fading = || (each(TermId(0), Window::Ever, 99, None), 1_000, Some(HALF_A_MONTH));
    let worse = || (each(TermId(0), Window::Within(days(5)), 99, None), -500, None);
    for (rules, visited, from, to, same) in [
        // All six stay until day 10; one more comes.
        (vec![ten_days()], &[0, 0, 1, 2, 3, 3, 6][..], 4, 9, true),
        // Of six three leave.
        (vec![ten_days()], &[0, 0, 1, 2, 3, 3], 4, 11, true),
        (vec![ten_days()], &[0, 0, 1, 2, 3, 3], 4, 12, false),
        // At both ends there are three, and two in between.
        (vec![ten_days()], &[0, 1, 2, 11, 11], 4, 11, false),
        // Those that come make up for those that leave, but that is not seen by the ends.
        (vec![two()], &[0, 1, 5, 6], 4, 11, false),
        (vec![two()], &[2, 3, 5, 6], 4, 11, true),
        // Six fade to three in 30 days.
        (vec![fading()], &[0, 0, 0, 0, 0, 0], 0, 30, true),
        (vec![fading()], &[0, 0, 0, 0, 0], 0, 30, false),
        // What is taken off counts at both ends: -2.5 and more.
        (vec![ten_days(), worse()], &[0, 0, 0, 0, 0, 0, 0], 0, 9, true),
        (vec![ten_days(), worse()], &[0, 0, 0, 0, 0], 0, 9, false),
        (vec![worse()], &[0, 1, 2, 9], 2, 9, true),
    ] {
        let plan = clamped(&rules);
        let visited: Vec<_> = visited.iter().map(|number| ("a", day(*number))).collect();
        let signals = plan.signals(&visits(&visited));
        let evaluation = Evaluation::new(&plan, &signals, (Stage::Lead, None));
        let (mut scratch, mut outcome) = (Scratch::default(), Outcome::default());
        evaluation.look(day(from), &mut scratch, &mut outcome);
        let found = evaluation.nothing_shows(day(from).micros(), day(to).micros(), &mut scratch);
        assert_eq!(found, same, "{visited:?} from {from} to {to}");
    }
}

#[test]
fn a_stretch_behind_the_best_of_a_group_is_passed_over_as_a_whole() {
    let ten_days = |times| each(TermId(0), Window::Within(days(10)), times, None);
    let docs = || each(TermId(1), Window::Ever, 1, None);
    for (rules, visited, docs_read, from, to, same) in [
        // Three points of ten days against five for good.
        (vec![(ten_days(3), 1_000), (docs(), 5_000)], &[0, 0, 1, 5][..], 0, 5, 9, true),
        // They leave altogether, which might leave none: that is not looked into.
        (vec![(ten_days(3), 1_000), (docs(), 5_000)], &[0, 0], 0, 5, 11, false),
        // Only the newest counts, and it stays.
        (vec![(ten_days(1), 1_000), (docs(), 1_000)], &[0, 3], 0, 5, 12, true),
        // The best of worse leaves, and what is worse shows.
        (vec![(ten_days(9), -1_000), (docs(), -5_000)], &[0], 0, 5, 11, false),
        // At no time is there another.
        (vec![(ten_days(9), -1_000), (docs(), -5_000)], &[40], 0, 5, 30, true),
        // One comes, which may be the best.
        (vec![(ten_days(9), -1_000), (docs(), -5_000)], &[7], 0, 5, 9, false),
        // The better one adds up to less.
        (vec![(ten_days(9), 1_000), (docs(), 2_500)], &[0, 1, 2], 0, 5, 10, false),
        (vec![(ten_days(9), 1_000), (docs(), 3_000)], &[0, 1, 2], 0, 5, 10, true),
    ] {
        let mut maker = ModelMaker::new();
        maker.term(VISITED, &["a"], &[]);
        maker.term(VISITED, &["docs"], &[]);
        maker.group(true, (None, None), rules);
        let plan = Plan::new(&maker.model);
        let mut events: Vec<_> = visited.iter().map(|number| ("a", day(*number))).collect();
        events.push(("docs", day(docs_read)));
        let signals = plan.signals(&visits(&events));
        let evaluation = Evaluation::new(&plan, &signals, (Stage::Lead, None));
        let (mut scratch, mut outcome) = (Scratch::default(), Outcome::default());
        evaluation.look(day(from), &mut scratch, &mut outcome);
        let found = evaluation.nothing_shows(day(from).micros(), day(to).micros(), &mut scratch);
        assert_eq!(found, same, "{visited:?} from {from} to {to}");
    }
}

/// Of a rule whose `when` is settled not to hold, no event is looked at, and nothing of it is ever due.
#[test]
fn a_rule_that_attributes_rule_out_is_left_alone() {
    let mut maker = ModelMaker::new();
    let term = maker.term(VISITED, &["*"], &[]);
    let budget = ConditionKind::Attribute { attribute: BUDGET, test: ValueTest::Flag(true) };
    let when = Some(maker.condition(budget));
    let limits = Limits { times: 9, per: None };
    let body = RuleBody::Each { term, window: Window::Within(days(9)), when, limits };
    maker.rule(body, 1_000, Some(HALF_A_MONTH));
    let plan = Plan::new(&maker.model);
    // One has come by now, one is to come: both ways of looking.
    let mut facts = visits(&[("a", day(0)), ("a", day(5))]);
    for (budget, points, due) in
        [(None, 0, NEVER), (Some(false), 0, NEVER), (Some(true), 1_000, day(5).micros())]
    {
        facts.attributes[BUDGET.0 as usize] = budget.map(Value::Flag);
        let signals = plan.signals(&facts);
        let evaluation = Evaluation::new(&plan, &signals, (Stage::Lead, None));
        let state = State::at(&plan.signals[0], &signals, day(1).micros());
        for worth in [
            evaluation.worth(&plan.each_rules[0], day(1).micros()),
            evaluation.worth_in(&plan.each_rules[0], state, day(1).micros()),
        ] {
            assert_eq!((worth.points, worth.counts, worth.due), (points, points > 0, due), "{budget:?}");
        }
    }
}

/// What a leaf says of when it is due is exact, so that no instant is looked at in vain.
#[test]
fn a_lead_that_is_never_at_rest_for_long_is_due_once() {
    let mut maker = ModelMaker::new();
    let inactive = maker.condition(ConditionKind::Inactive(days(10)));
    maker.segment(inactive);
    let plan = Plan::new(&maker.model);
    for (visited, now, due) in [
        // Each comes at the very instant at which the rest would be over.
        (&[0, 10, 20, 30][..], day(0), day(40)),
        (&[0, 10, 20, 31], day(0), day(30)),
        (&[0, 10], day(-1), day(20)),
        (&[0, 15], day(12), day(15)),
    ] {
        let visited: Vec<_> = visited.iter().map(|number| ("a", day(*number))).collect();
        let signals = plan.signals(&visits(&visited));
        let evaluation = Evaluation::new(&plan, &signals, (Stage::Lead, None));
        let (leaf, ending) = evaluation.leaves().next().unwrap();
        assert_eq!(evaluation.leaf_due(leaf, ending, now.micros()), due.micros(), "{visited:?}");
    }
}

/// What is known to be the newest event from an instant on is taken from that instant on.
#[test]
fn once_all_events_have_come_the_newest_is_known() {
    let mut maker = ModelMaker::new();
    let term = maker.term(VISITED, &["*"], &[]);
    let condition = maker.at_least(term, 1, Window::Within(days(10)));
    maker.rule(RuleBody::Condition(condition), 1_000, Some(HALF_A_MONTH));
    let plan = Plan::new(&maker.model);
    let signals = plan.signals(&visits(&[("a", day(0)), ("a", day(5))]));
    let evaluation = Evaluation::new(&plan, &signals, (Stage::Lead, None));
    let (test, ending) = evaluation.ageing().next().unwrap();
    let NewestEnding { from, newest, leaves } = *ending;
    assert_eq!([from, newest, leaves], [day(5), day(5), day(15)].map(|at| at.micros()));
    // Another one could not be told from what the events themselves say.
    let other = NewestEnding { from, newest: 7, leaves: Micros::MAX };
    let found = |test: &Ageing, now| evaluation.newest_event(test, &other, now);
    assert_eq!(found(test, from), (7, NEVER));
    assert_eq!(found(test, from - 1), (day(0).micros(), from));
}
