use super::test_support::*;
use super::*;
use crate::lead::{Event, Text, Value};
use crate::model::*;
use crate::time::Instant;

fn exact(text: &str) -> ValueTest {
    ValueTest::Text(TextTest::AnyOf { texts: vec![Folded::new(text)].into(), negated: false })
}

/// The numbers of the terms that an event fits, each once, ascending.
fn fitting(plan: &Plan, event: &Event) -> Vec<u32> {
    let mut terms = Vec::new();
    let property = |id| event.property(id).map(ValueRef::from);
    plan.terms_of(event.kind, event.subject.as_str(), property, &mut FoldRoom::default(), |term| {
        terms.push(term);
    });
    terms.sort_unstable();
    terms.dedup();
    terms
}

#[test]
fn an_event_finds_its_terms_by_kind_subject_and_properties() {
    let mut maker = ModelMaker::new();
    let long = [(
        SECONDS,
        ValueTest::Number(NumberTest::Compare(
            Comparison::GreaterOrEqual,
            crate::Number::from_millionths(30_000_000).unwrap(),
        )),
    )];
    let terms = [
        maker.term(VISITED, &["pricing", "/docs/*"], &[]),
        maker.term(VISITED, &["*"], &[]),
        maker.term(WATCHED, &["Demo"], &long),
        maker.term(WATCHED, &["*"], &long),
    ];
    let both = maker.union(&[0, 1, 2]);
    for term in terms.into_iter().chain([both]) {
        maker.rule(each(term, Window::Ever, 1, None), 1_000, None);
    }
    let plan = Plan::new(&maker.model);
    let facts = lead(&[
        (VISITED, "PRICING", 0, day(0)),
        (VISITED, "/docs/intro", 0, day(1)),
        (VISITED, "", 0, day(2)),
        (WATCHED, "demo", 30, day(3)),
        (WATCHED, "demo", 29, day(4)),
        (WATCHED, "demolition", 60, day(5)),
        (BOUNCED, "pricing", 60, day(6)),
    ]);
    let found: Vec<_> = facts.events.iter().map(|event| fitting(&plan, event)).collect();
    assert_eq!(found, [vec![0, 1, 4], vec![0, 1, 4], vec![1, 4], vec![2, 3, 4], vec![], vec![3], vec![]]);
    // However many selectors of a term an event fits, it counts once.
    assert_eq!(plan.signals(&facts).term(4).times.len(), 4);
}

#[test]
fn what_is_asked_twice_has_one_number_and_what_is_not_asked_has_none() {
    let mut maker = ModelMaker::new();
    let unused = maker.term(VISITED, &["unused"], &[]);
    let unused_test = maker.at_least(unused, 1, Window::Ever);
    maker.condition(ConditionKind::Not(unused_test));
    let term = maker.term(VISITED, &["pricing"], &[]);
    let month = Window::Within(days(30));
    for count in [1, 2, 2, 7] {
        let test = maker.at_least(term, count, month);
        maker.rule(RuleBody::Condition(test), 1_000, None);
    }
    maker.rule(each(term, month, 3, None), 1_000, None);
    let plan = Plan::new(&maker.model);
    assert_eq!((plan.terms.len(), plan.signals.len(), plan.program.leaves.len()), (1, 1, 3));
    assert_eq!(plan.signals[0].cap, 7);
}

#[test]
fn equal_conditions_are_decided_once_and_attributes_when_the_lead_is_built() {
    let mut maker = ModelMaker::new();
    for _ in 0..3 {
        let chief = maker.condition(ConditionKind::Attribute { attribute: TITLE, test: exact("chief") });
        let budget =
            maker.condition(ConditionKind::Attribute { attribute: BUDGET, test: ValueTest::Flag(true) });
        let both = maker.condition(ConditionKind::All(vec![chief, budget]));
        maker.rule(RuleBody::Condition(both), 1_000, None);
    }
    let plan = Plan::new(&maker.model);
    assert_eq!((plan.program.attributes.slots(), plan.program.early.len()), (2, 1));
    assert!(plan.program.leaves.is_empty() && plan.program.timed.is_empty());
    let mut facts = visits(&[]);
    facts.attributes[TITLE.0 as usize] = Some(Value::Text(Text::new("CHIEF")));
    assert_eq!(plan.signals(&facts).early(), [true, false, false]);
    facts.attributes[BUDGET.0 as usize] = Some(Value::Flag(true));
    assert_eq!(plan.signals(&facts).early(), [true, true, true]);
}

#[test]
fn long_lists_are_looked_up() {
    let texts: Vec<_> = (0..100).map(|number| Folded::new(&format!("Company {number}"))).collect();
    let mut maker = ModelMaker::new();
    for negated in [false, true] {
        let test = ValueTest::Text(TextTest::AnyOf { texts: texts.clone().into(), negated });
        let listed = maker.condition(ConditionKind::Attribute { attribute: TITLE, test });
        maker.rule(RuleBody::Condition(listed), 1_000, None);
    }
    let plan = Plan::new(&maker.model);
    for (title, early) in [
        (Some("company 99"), [true, false]),
        (Some("company 100"), [false, true]),
        // Of a missing attribute `not in` is false too.
        (None, [false, false]),
    ] {
        let mut facts = visits(&[]);
        facts.attributes[TITLE.0 as usize] = title.map(|title| Value::Text(Text::new(title)));
        assert_eq!(plan.signals(&facts).early(), early, "{title:?}");
    }
}

#[test]
fn a_chain_that_doubles_at_each_step_costs_no_more_than_its_length() {
    let mut maker = ModelMaker::new();
    let term = maker.term(VISITED, &["pricing"], &[]);
    let mut condition = maker.at_least(term, 1, Window::Ever);
    for _ in 0..10_000 {
        let other = maker.condition(ConditionKind::Not(condition));
        condition = maker.condition(ConditionKind::Any(vec![condition, other]));
    }
    let decay = Decay { step: DecayStep::Percent(500), every: days(30) };
    maker.rule(RuleBody::Condition(condition), 1_000, Some(decay));
    let plan = Plan::new(&maker.model);
    assert_eq!(plan.program.timed.len(), 20_000);
    assert_eq!(plan.program.newest.len(), 20_001);
}

#[test]
fn signals_are_filled_again_without_a_trace_of_the_lead_before() {
    let mut maker = ModelMaker::new();
    let term = maker.term(VISITED, &["*"], &[]);
    for aggregate in [Aggregate::Distinct, Aggregate::Days, Aggregate::Sum(vec![(VISITED, SECONDS)].into())] {
        let test = maker.events(aggregate, term, Comparison::Greater, 1, Window::Ever);
        maker.rule(RuleBody::Condition(test), 1_000, None);
    }
    let inactive = maker.condition(ConditionKind::Inactive(days(30)));
    maker.segment(inactive);
    let plan = Plan::new(&maker.model);
    let (first, second) = (visits(&[("a", day(0)), ("B", day(1)), ("b", day(1))]), visits(&[("c", day(2))]));
    let mut signals = plan.signals(&first);
    plan.signals_into(&second, &mut signals);
    let fresh = plan.signals(&second);
    assert_eq!(format!("{:?}", signals.term(0).times), format!("{:?}", fresh.term(0).times));
    assert_eq!(signals.activity(), fresh.activity());
    assert_eq!(signals.term(0).days(0, 1), 1);
    plan.signals_into(&first, &mut signals);
    let events = signals.term(0);
    assert_eq!((events.days(0, 3), events.newer_of_subject(1, 1)), (2, Some(2)));
    assert_eq!((events.older_of_subject(2), events.older_of_subject(1)), (Some(1), None));
}

/// In whatever order they come: as they do from a host that fills a row.
#[test]
fn events_are_put_in_the_order_of_time() {
    let mut maker = ModelMaker::new();
    let term = maker.term(VISITED, &["*"], &[]);
    for aggregate in [Aggregate::Distinct, Aggregate::Days, Aggregate::Sum(vec![(VISITED, SECONDS)].into())] {
        let test = maker.events(aggregate, term, Comparison::Greater, 1, Window::Ever);
        maker.rule(RuleBody::Condition(test), 1_000, None);
    }
    let inactive = maker.condition(ConditionKind::Inactive(days(30)));
    maker.segment(inactive);
    let plan = Plan::new(&maker.model);
    let events = [("b", 5, day(1)), ("a", 7, day(0)), ("A", -2, day(3)), ("c", 1, at(1))];
    for turned in 0..events.len() {
        let mut signals = Signals::default();
        // Twice, the second time in order: what was out of order before makes no difference.
        for sorted in [false, true] {
            let mut events = events;
            events.rotate_left(turned);
            if sorted {
                events.sort_by_key(|(_, _, at)| *at);
            }
            plan.begin(&mut signals, &[]);
            for (subject, seconds, at) in events {
                let seconds = crate::Number::from_millionths(seconds).unwrap();
                let arrival = Arrival { kind: VISITED, subject, at: at.micros(), id: "" };
                plan.gather(&mut signals, arrival, |_| Some(ValueRef::Number(seconds)));
            }
            plan.lay_out(&mut signals, |_| None);
            let times = [day(0), at(1), day(1), day(3)].map(|at| at.micros());
            let term = signals.term(0);
            assert_eq!((term.times, signals.activity()), (&times[..], &times[..]));
            assert_eq!((term.days(0, 4), term.days(0, 2)), (3, 1));
            assert_eq!((term.newer_of_subject(0, 1), term.newer_of_subject(1, 1)), (Some(3), None));
            assert_eq!(term.running_sums(0), [7, 8, 13, 11]);
        }
    }
}

/// Of events with one id the earliest counts, of equally early ones the first, in whatever order they come.
#[test]
fn an_id_that_comes_again_is_one_event() {
    let mut maker = ModelMaker::new();
    for page in ["*", "a", "b"] {
        let term = maker.term(VISITED, &[page], &[]);
        maker.rule(each(term, Window::Ever, 9, None), 1_000, None);
    }
    let inactive = maker.condition(ConditionKind::Inactive(days(30)));
    maker.segment(inactive);
    let plan = Plan::new(&maker.model);
    // One lead after the other: nothing of an id is left.
    let mut signals = Signals::default();
    for (events, counting) in [
        (vec![("a", 1, "x"), ("b", 2, "x")], vec![("a", 1)]),
        (vec![("b", 2, "x"), ("a", 1, "x")], vec![("a", 1)]),
        (vec![("a", 1, "x"), ("b", 1, "x")], vec![("a", 1)]),
        (vec![("b", 3, "x"), ("a", 1, "x"), ("b", 2, "x")], vec![("a", 1)]),
        (vec![("b", 3, "x"), ("a", 2, "x"), ("b", 1, "x")], vec![("b", 1)]),
        (vec![("a", 1, "x"), ("a", 1, "y"), ("b", 0, "y"), ("a", 3, "x")], vec![("b", 0), ("a", 1)]),
        (vec![("a", 1, ""), ("a", 1, ""), ("b", 2, "")], vec![("a", 1), ("a", 1), ("b", 2)]),
    ] {
        plan.begin(&mut signals, &[]);
        for (subject, number, id) in &events {
            let arrival = Arrival { kind: VISITED, subject, at: day(*number).micros(), id };
            plan.gather(&mut signals, arrival, |_| None);
        }
        plan.lay_out(&mut signals, |_| None);
        let of = |page: &str| -> Vec<Micros> {
            let fitting = counting.iter().filter(|(subject, _)| page == "*" || page == *subject);
            fitting.map(|(_, number)| day(*number).micros()).collect()
        };
        let found = [0, 1, 2].map(|term| signals.times(term).to_vec());
        assert_eq!(found, ["*", "a", "b"].map(of), "{events:?}");
        assert_eq!(signals.activity(), of("*"), "{events:?}");
    }
}

#[test]
fn events_that_nothing_asks_for_are_not_kept() {
    let mut maker = ModelMaker::new();
    let term = maker.term(VISITED, &["a"], &[]);
    maker.rule(each(term, Window::Ever, 9, None), 1_000, None);
    let plan = Plan::new(&maker.model);
    let mut signals = Signals::default();
    plan.begin(&mut signals, &[]);
    for (kind, subject) in [(VISITED, "a"), (VISITED, "b"), (WATCHED, "a"), (VISITED, "A")] {
        plan.gather(&mut signals, Arrival { kind, subject, at: 0, id: "" }, |_| None);
    }
    assert_eq!(signals.workspace.unwrap().gathered.matches().count(), 2);
}

/// As a host gives them: in any case, and the empty text for none.
#[test]
fn properties_are_tested_as_they_come() {
    let number = |whole| ValueRef::Number(crate::Number::from_integer(whole).unwrap());
    for (test, passing, failing) in [
        (
            r#"answer = "yes""#,
            vec![ValueRef::Text("YES"), ValueRef::Text("yes")],
            vec![ValueRef::Text("yes ")],
        ),
        (r#"answer != "yes""#, vec![ValueRef::Text("no")], vec![ValueRef::Text("Yes"), ValueRef::Text("")]),
        (
            r#"answer contains "es""#,
            vec![ValueRef::Text("YES")],
            vec![ValueRef::Text("no"), ValueRef::Text("")],
        ),
        ("answer is known", vec![ValueRef::Text("no")], vec![ValueRef::Text("")]),
        ("answer is missing", vec![ValueRef::Text("")], vec![ValueRef::Text("no")]),
        ("pages between 2 and 4", vec![number(2), number(4)], vec![number(1), number(5)]),
        ("pages != 3", vec![number(0)], vec![number(3)]),
        ("pages is known", vec![number(0)], vec![]),
        ("sent", vec![ValueRef::Flag(true)], vec![ValueRef::Flag(false)]),
        ("sent = false", vec![ValueRef::Flag(false)], vec![ValueRef::Flag(true)]),
        ("sent is missing", vec![], vec![ValueRef::Flag(false)]),
    ] {
        let text = format!(
            "event filled(form, answer: text, pages: number, sent: flag)
filled(*, {test}) => 1"
        );
        let rules = crate::RuleSet::compile(&text).unwrap();
        let (plan, vocabulary) = (&rules.compiled.plan, &rules.compiled.model.vocabulary);
        let kind = vocabulary.kind_id("filled").unwrap();
        let fits = |value: Option<ValueRef<'_>>| {
            let mut fits = false;
            let mut room = FoldRoom::default();
            plan.terms_of(kind, "form", |_| value, &mut room, |_| fits = true);
            // A text that is compared as a whole is not copied.
            assert!(room.value.is_empty() || test.contains("contains"), "{test}");
            fits
        };
        let is_missing = test.ends_with("missing");
        assert_eq!(fits(None), is_missing, "{test}");
        for (values, holds) in [(passing, true), (failing, false)] {
            for value in values {
                assert_eq!(fits(Some(value)), holds, "{test} of {value:?}");
            }
        }
    }
}

#[test]
fn a_list_too_long_for_every_attribute_has_one_table_for_all() {
    let listed = |count: usize| (0..count).map(|number| Folded::new(&format!("Company {number}"))).collect();
    let (large, small): (Shared<Folded>, Shared<Folded>) = (listed(40_000), listed(3));
    let any_of =
        |texts: &Shared<Folded>, negated| ValueTest::Text(TextTest::AnyOf { texts: texts.clone(), negated });
    let tests = [any_of(&small, false), any_of(&large, false), any_of(&large, true)];
    let numbered: Vec<_> =
        (0..4).flat_map(|attribute| tests.iter().map(move |test| (AttributeId(attribute), test))).collect();
    let decided = attributes::AttributeTests::new(&numbered);
    let ways: Vec<_> = decided.deciders().map(|(_, ways)| (ways.tests, ways.long_lists)).collect();
    assert_eq!(ways.iter().filter(|ways| **ways == (3, 0)).count(), 1);
    assert!(ways.iter().skip(1).all(|ways| *ways == (3, 1) || *ways == (3, 2)), "{ways:?}");
    for attribute in (0..4).map(AttributeId) {
        for (text, holds) in [
            ("COMPANY 2", [true, true, false]),
            ("company 39999", [false, true, false]),
            ("company 40000", [false, false, true]),
        ] {
            let mut run = [false; 3];
            decided.decide(attribute, Some(ValueRef::Text(text)), &mut String::new(), &mut run);
            assert_eq!(run, holds, "{attribute:?} {text}");
        }
    }
}

/// What `leadql check --plan` tells.
#[test]
fn the_ways_in_which_tests_are_decided_are_counted() {
    let rules = crate::RuleSet::compile(
        r#"title in ["a", "b"] or title in ["b", "c", "d"] or title contains any of ["chief", "head"] => 1
           title has word "vp" or title starts with "x" or title matches "y*" or title is known       => 1
           company_size > 5 or company_size in [1, 2] or company_size is missing                      => 1
           technologies contains "aws" or technologies contains all of ["aws", "gcp"]                 => 1"#,
    )
    .unwrap();
    let vocabulary = &rules.compiled.model.vocabulary;
    let name = |id| vocabulary.attribute(id).unwrap().name.as_str();
    let counted = rules.compiled.plan.program.attributes.deciders();
    let counted: Vec<_> = counted
        .map(|(id, ways)| {
            let attributes::Ways { tests, listed, long_lists, needles, bounds, one_by_one } = ways;
            (name(id), [tests, listed, long_lists, needles, bounds, one_by_one])
        })
        .collect();
    assert_eq!(
        counted,
        [
            ("title", [7, 4, 0, 3, 0, 2]),
            ("company_size", [3, 0, 0, 0, 3, 0]),
            ("technologies", [2, 0, 0, 0, 0, 2])
        ]
    );
}

/// What the deciders give is what each test says by itself, however the value is borrowed.
#[test]
fn attributes_are_decided_at_once_as_their_tests_say_one_by_one() {
    let number = |millionths| crate::Number::from_millionths(millionths).unwrap();
    let folded = |texts: &[&str]| texts.iter().map(|text| Folded::new(text)).collect::<Shared<_>>();
    let any_of = |texts: &[&str], negated| TextTest::AnyOf { texts: folded(texts), negated };
    let (small, large) = (vec!["VP", "head", "vp"], vec!["Chief"; 3]);
    let text_tests = [
        ValueTest::Known,
        ValueTest::Text(any_of(&small, false)),
        ValueTest::Text(any_of(&small, true)),
        ValueTest::Text(any_of(&large, false)),
        ValueTest::Text(any_of(&["head"], true)),
        ValueTest::Text(TextTest::Contains(folded(&["hie", "x"]))),
        ValueTest::Missing,
        ValueTest::Text(TextTest::StartsWith(Folded::new("H"))),
        ValueTest::Text(TextTest::HasWord(folded(&["chief"]))),
        ValueTest::Text(TextTest::Matches(Glob::new("*E*f"))),
    ];
    use Comparison::*;
    let comparisons = [Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual];
    let mut number_tests = vec![ValueTest::Known, ValueTest::Missing];
    number_tests.extend(comparisons.map(|by| ValueTest::Number(NumberTest::Compare(by, number(5)))));
    number_tests.push(ValueTest::Number(NumberTest::Between(number(-2), number(5))));
    for negated in [false, true] {
        let numbers: Shared<_> = vec![number(5), number(6)].into();
        number_tests.push(ValueTest::Number(NumberTest::AnyOf { numbers, negated }));
    }
    let symbol = crate::vocabulary::SymbolId;
    let symbol_tests = [vec![symbol(1)], vec![symbol(0), symbol(70)]]
        .into_iter()
        .flat_map(|any_of| [false, true].map(|negated| (Shared::from(any_of.clone()), negated)))
        .map(|(any_of, negated)| ValueTest::Symbol { any_of, negated });
    let date_tests = [DateTest::Before(day(1)), DateTest::After(day(1))]
        .map(ValueTest::Date)
        .into_iter()
        .chain([ValueTest::Known]);
    let set_tests = [
        SetTest::AnyOf(folded(&["aws", "GCP"])),
        SetTest::AllOf(folded(&["aws", "GCP"])),
        SetTest::AllOf(folded(&["aws", "AWS"])),
    ];
    let flag_tests = [ValueTest::Flag(true), ValueTest::Flag(false), ValueTest::Known, ValueTest::Missing];
    let texts = |texts: &[&str]| Value::Set(texts.iter().map(|text| Text::new(text)).collect());
    for (tests, values) in [
        (
            text_tests.to_vec(),
            ["vp", "HEAD", "Chief", "CHIEF of staff", "heading", "mischief", "other"]
                .map(|text| Value::Text(Text::new(text)))
                .to_vec(),
        ),
        (number_tests, [-3, -2, 4, 5, 6, 7].map(|millionths| Value::Number(number(millionths))).to_vec()),
        (symbol_tests.collect(), [0, 1, 70, 71].map(|id| Value::Symbol(symbol(id))).to_vec()),
        (date_tests.collect(), [at(-1), day(1), day(1), day(2)].map(Value::Date).to_vec()),
        (flag_tests.to_vec(), [true, false].map(Value::Flag).to_vec()),
        (
            set_tests.map(ValueTest::Set).to_vec(),
            [texts(&["AWS"]), texts(&["gcp", "Aws"]), texts(&["azure"])].to_vec(),
        ),
    ] {
        // Another attribute before it, and one without tests between them.
        let known = ValueTest::Known;
        let mut numbered = vec![(AttributeId(0), &known)];
        numbered.extend(tests.iter().map(|test| (AttributeId(2), test)));
        let decided = attributes::AttributeTests::new(&numbered);
        assert_eq!((decided.run(AttributeId(1)), decided.run(AttributeId(3))), (0..0, 0..0));
        let run = decided.run(AttributeId(2));
        assert_eq!(run, 1..tests.len() + 1);
        let said = |value: Option<ValueRef<'_>>| {
            let mut run = vec![false; run.len()];
            decided.decide(AttributeId(2), value, &mut String::new(), &mut run);
            run
        };
        let one_by_one =
            |value| tests.iter().map(|test| test.holds(value, Instant::EPOCH)).collect::<Vec<_>>();
        assert_eq!(said(None), one_by_one(None));
        assert_eq!(said(Some(ValueRef::Text(""))), one_by_one(None));
        assert_eq!(
            said(Some(ValueRef::Set(Texts::Coded { dictionary: &["", ""], codes: &[0, 1] }))),
            one_by_one(None)
        );
        for value in &values {
            assert_eq!(said(Some(value.into())), one_by_one(Some(value)), "{tests:?} on {value:?}");
            if let Value::Set(texts) = value {
                let plain: Vec<&str> = texts.iter().map(Text::as_str).collect();
                let codes: Vec<u32> = (0..plain.len() as u32).rev().collect();
                let coded = Texts::Coded { dictionary: &plain, codes: &codes };
                assert_eq!(said(Some(ValueRef::Set(coded))), one_by_one(Some(value)));
            }
        }
    }
}
