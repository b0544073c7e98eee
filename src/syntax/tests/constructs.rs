//! Every construct of the language, and what the tree says of it.

use super::{kinds, only, parsed};
use crate::syntax::ast::*;

fn condition(text: &str) -> Expr {
    match only(&format!("let c = {text}")) {
        StatementKind::Let { value: LetValue::Condition(expr), .. } => expr,
        other => panic!("{other:?}"),
    }
}

/// A condition as words: what binds to what is plain to see.
fn shape(expr: &Expr) -> String {
    let list = |parts: &[Expr]| parts.iter().map(shape).collect::<Vec<_>>().join(" ");
    match &expr.node {
        ExprKind::Any(parts) => format!("(or {})", list(parts)),
        ExprKind::All(parts) => format!("(and {})", list(parts)),
        ExprKind::Not(inner) => format!("(not {})", shape(inner)),
        ExprKind::Paren(inner) => format!("[{}]", shape(inner)),
        ExprKind::AtLeast { of, .. } => format!("(least {})", list(of)),
        ExprKind::InactiveFor(_) => "inactive".to_owned(),
        ExprKind::Segment(name) => format!("segment:{}", name.node),
        ExprKind::Test(test) => {
            let subject = match &test.subject {
                TestSubject::Name(name) => name.node.clone(),
                TestSubject::Event(event) => format!("{}()", event.kind.node),
                TestSubject::Aggregate(aggregate) => format!("{:?}()", aggregate.function.node),
            };
            let operation = test.operation.as_ref().map(|operation| match &operation.node {
                Operation::Binary(operator, _) => format!("{operator:?}"),
                other => format!("{other:?}").chars().take_while(char::is_ascii_alphabetic).collect(),
            });
            let window = test.window.as_ref().map(|window| match window.node {
                Window::Within(_) => "Within",
                Window::BetweenAgo(..) => "BetweenAgo",
            });
            [Some(subject), operation, window.map(str::to_owned)]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join("~")
        }
    }
}

#[test]
fn not_binds_tighter_than_and_and_and_tighter_than_or() {
    for (text, expected) in [
        ("a or b and not c", "(or a (and b (not c)))"),
        ("a and b or c and d or e", "(or (and a b) (and c d) e)"),
        ("not not a", "(not (not a))"),
        ("not a = 1 and b", "(and (not a~Equal) b)"),
        ("not (a or b) and c", "(and (not [(or a b)]) c)"),
        ("(a)", "[a]"),
        ("((a or b))", "[[(or a b)]]"),
        ("at least 2 of [a, b and c, not d]", "(least a (and b c) (not d))"),
        ("at least n of []", "(least )"),
        ("inactive for 3d or segment s", "(or inactive segment:s)"),
        ("(a)and(b)or not(c)", "(or (and [a] [b]) (not [c]))"),
    ] {
        assert_eq!(shape(&condition(text)), expected, "{text}");
    }
}

#[test]
fn every_operator_has_its_form() {
    for (text, expected) in [
        ("a = 1", "a~Equal"),
        ("a != -1", "a~NotEqual"),
        ("a<1", "a~Less"),
        ("a <= 1", "a~LessOrEqual"),
        ("a>-1", "a~Greater"),
        ("a >= 1", "a~GreaterOrEqual"),
        ("a in [x]", "a~In"),
        ("a not in list", "a~NotIn"),
        ("a contains \"x\"", "a~Contains"),
        ("a contains any of [\"x\"]", "a~ContainsAnyOf"),
        ("a contains all of list", "a~ContainsAllOf"),
        ("a starts with \"x\"", "a~StartsWith"),
        ("a ends with \"x\"", "a~EndsWith"),
        ("a matches \"x*\"", "a~Matches"),
        ("a has word \"x\"", "a~HasWord"),
        ("a has any word of [\"x\"]", "a~HasAnyWordOf"),
        ("a before 2026-10-01", "a~Before"),
        ("a after 2026-10-01T09:30:00+02:00", "a~After"),
        ("a older than 3d", "a~OlderThan"),
        ("a within 3d", "a~Within"),
        ("a between 1 and 2", "a~Between"),
        ("a between low and high", "a~Between"),
        ("a is known", "a~IsKnown"),
        ("a is missing", "a~IsMissing"),
        ("a is Hot", "a~Is"),
        ("a is at least Hot", "a~IsAtLeast"),
        ("score >= 3", "score~GreaterOrEqual"),
        ("k(*) >= 2 within 3d", "k()~GreaterOrEqual~Within"),
        ("k(*) between 30d and 7d ago", "k()~BetweenAgo"),
        ("k(*) = 0 between from and to ago", "k()~Equal~BetweenAgo"),
        ("k(a | \"b*\", p >= 3, q contains \"x\", r)", "k()"),
        ("distinct(k(*)) >= 2", "Distinct()~GreaterOrEqual"),
        ("days(act) >= 2 within 3d", "Days()~GreaterOrEqual~Within"),
        ("sum( k(a) . seconds ) > 0.5", "Sum()~Greater"),
    ] {
        assert_eq!(shape(&condition(text)), expected, "{text}");
    }
}

#[test]
fn keywords_are_plain_names_where_only_names_fit() {
    let ExprKind::Test(test) = condition("k(score | within, text = max, in in [not, and])").node else {
        panic!()
    };
    let TestSubject::Event(event) = test.subject else { panic!() };
    let subjects: Vec<_> = event.subjects.iter().map(|subject| subject.node.clone()).collect();
    assert_eq!(subjects, [Subject::Bare("score".into()), Subject::Bare("within".into())]);
    let properties: Vec<_> = event.tests.iter().map(|test| test.property.node.as_str()).collect();
    assert_eq!(properties, ["text", "in"]);
    assert_eq!(shape(&condition("a = not and b != or or c = Pro")), "(or (and a~Equal b~NotEqual) c~Equal)");
    let StatementKind::Attribute { of, .. } = only("attribute plan: one of [free, Pro, of]") else {
        panic!()
    };
    let TypeExpr::OneOf(symbols) = of.node else { panic!() };
    assert_eq!(symbols.iter().map(|symbol| &*symbol.node).collect::<Vec<_>>(), ["free", "Pro", "of"]);
    let StatementKind::Event(event) = only("event k(when, max: number, text: text) passive") else {
        panic!()
    };
    assert_eq!(
        (event.subject.node.as_str(), event.properties.len(), event.passive.is_some()),
        ("when", 2, true)
    );
    // Words with a meaning in one place only are names elsewhere.
    assert_eq!(shape(&condition("date and least or than")), "(or (and date least) than)");
}

#[test]
fn statements_have_every_part() {
    assert_eq!(only("vocabulary only declared"), StatementKind::VocabularyOnlyDeclared);
    assert!(matches!(only("include \"a.lql\""), StatementKind::Include { path } if path.node == "a.lql"));
    assert!(matches!(only("ruleset \"A\""), StatementKind::Ruleset { version: None, .. }));
    assert!(matches!(only("ruleset \"A\" version \"1\""), StatementKind::Ruleset { version: Some(_), .. }));
    assert!(matches!(only("owners a \"x\", b \"y\""), StatementKind::Owners(owners) if owners.len() == 2));
    assert!(matches!(only("review every 90d"), StatementKind::Review { since: None, .. }));
    assert!(matches!(only("review every p since 2026-01-01"), StatementKind::Review { since: Some(_), .. }));
    for (text, of) in [
        ("text", TypeExpr::Text),
        ("number", TypeExpr::Number),
        ("flag", TypeExpr::Flag),
        ("date", TypeExpr::Date),
        ("set of text", TypeExpr::SetOfText),
    ] {
        let StatementKind::Attribute { of: found, .. } = only(&format!("attribute a: {text}")) else {
            panic!()
        };
        assert_eq!(found.node, of);
    }
    assert!(matches!(
        only("let l = [1, -2, \"x\", Sym, 2026-01-01, 3d]"),
        StatementKind::Let { value: LetValue::List(list), .. } if list.node.len() == 6
    ));
    assert!(matches!(only("param p = -5"), StatementKind::Param { value, .. }
        if matches!(value.node, Literal::Number(number) if number.sign == Sign::Minus)));
    assert!(matches!(only("param p = 5d"), StatementKind::Param { value, .. }
        if matches!(value.node, Literal::Duration(_))));
    assert!(
        matches!(only("activity a = k(x) or b or c(*)"), StatementKind::Activity { terms, .. } if terms.len() == 3)
    );
    assert!(matches!(only("band score { hot >= 70, Warm >= p, cold }"), StatementKind::Band { score, bands }
        if score.node == "score" && bands.len() == 3 && bands[2].at_least.is_none()));
    assert!(matches!(only("segment s when a"), StatementKind::Segment { .. }));
    assert!(matches!(
        only("stage mql when a until b again after 3d sla p"),
        StatementKind::StageMql { until: Some(_), again_after: Some(_), sla: Some(_), .. }
    ));
    assert!(matches!(only("stage sql when a"), StatementKind::StageSql { .. }));
    assert!(matches!(only("recycle when a = \"x\" \"why\""), StatementKind::Recycle { reason: Some(_), .. }));
    assert!(matches!(only("disqualify when a"), StatementKind::Disqualify { reason: None, .. }));
}

#[test]
fn scores_have_every_part() {
    let StatementKind::Score(score) = only(
        "score s -50..p decay 12.5% every 30d {
           a => 1
           n: each k(*) within 3d when b => -p0 up to 3 times up to n times per day no decay \"label\"
           group g best 0..10 { a => +1.5 decay 0.5 every w }
           group h max 3 { } group i min -3 { }
         }"
        .replace("-p0", "-5")
        .as_str(),
    ) else {
        panic!()
    };
    assert!(
        score.bounds.is_some() && matches!(score.decay.map(|decay| decay.node), Some(Decay::Percent { .. }))
    );
    let [
        Member::Rule(plain),
        Member::Rule(each),
        Member::Group(best),
        Member::Group(max),
        Member::Group(min),
    ] = score.members.as_slice()
    else {
        panic!()
    };
    assert!(
        plain.name.is_none() && plain.limits.is_empty() && plain.decay.is_none() && plain.label.is_none()
    );
    assert_eq!(each.name.as_ref().map(|name| name.node.as_str()), Some("n"));
    assert!(matches!(each.body, RuleBody::Each { window: Some(_), when: Some(_), .. }));
    assert_eq!(each.limits.iter().map(|limit| limit.node.per).collect::<Vec<_>>(), [None, Some(Per::Day)]);
    assert!(matches!(each.decay.as_ref().map(|decay| &decay.node), Some(Decay::None)));
    assert_eq!(each.label.as_ref().map(|label| label.node.as_str()), Some("label"));
    assert!(best.best && matches!(best.bounds, Some(GroupBounds::Range(..))));
    assert!(matches!(best.rules[0].decay.as_ref().map(|decay| &decay.node), Some(Decay::Amount { .. })));
    assert!(!max.best && matches!(max.bounds, Some(GroupBounds::Max(_))));
    assert!(matches!(min.bounds, Some(GroupBounds::Min(_))));
}

#[test]
fn a_sign_belongs_to_the_joiner_or_to_the_number() {
    let StatementKind::Derived(derived) = only("score t 0..100 = -0.5 * a -0.4 * score + -1 * c - +2 * d")
    else {
        panic!()
    };
    let terms: Vec<_> = derived
        .terms
        .iter()
        .map(|term| {
            (term.joiner, term.weight.node.sign, term.weight.node.value.millionths(), &*term.score.node)
        })
        .collect();
    assert_eq!(
        terms,
        [
            (Joiner::Plus, Sign::Minus, -500_000, "a"),
            (Joiner::Minus, Sign::None, 400_000, "score"),
            (Joiner::Plus, Sign::Minus, -1_000_000, "c"),
            (Joiner::Minus, Sign::Plus, 2_000_000, "d"),
        ]
    );
}

#[test]
fn test_blocks_have_every_line() {
    let StatementKind::Test(test) = only(
        "test \"t\" at 2026-01-01 {
           title = \"x\"   techs = [\"a\", \"b\"]   plan = expect   since_date = 2026-01-01   flag_a = true
           k(x) 2d ago   k(\"x\", max = 3, text = \"y\") 2d ago, at 2026-01-01, 1w ago
           stage = customer   stage = lead since 3d ago   stage = lead since 2026-01-01
           expect s >= 5   expect s between 1 and 2   expect s is Hot   expect score is at least Hot
           expect segment s   expect not segment s   expect stage lead
           expect mql   expect not revert   expect recycle   expect not disqualify
           expect valid until never   expect valid until 2026-01-01
         }",
    ) else {
        panic!()
    };
    assert!(test.at.is_some());
    assert_eq!(test.lines.len(), 23);
    let event = |line: &TestLine| match &line.node {
        TestLineKind::Event { properties, when, .. } => Some((properties.len(), when.len())),
        _ => None,
    };
    assert_eq!(test.lines.iter().filter_map(event).collect::<Vec<_>>(), [(0, 1), (2, 3)]);
    let gates: Vec<_> = test
        .lines
        .iter()
        .filter_map(|line| match &line.node {
            TestLineKind::Expect(Expectation::Gate { negated, gate }) => Some((*negated, &*gate.node)),
            _ => None,
        })
        .collect();
    assert_eq!(gates, [(false, "mql"), (true, "revert"), (false, "recycle"), (true, "disqualify")]);
}

#[test]
fn statements_need_nothing_between_them() {
    assert_eq!(
        kinds("budget=>+5 need=>-5 let a=budget let b=a(x) c(d)=>p e=>1"),
        ["Rule", "Rule", "Let", "Let", "Rule", "Rule"]
    );
    assert_eq!(kinds("stage sql when budget\n(a or b) => +5"), ["StageSql", "Rule"]);
    assert_eq!(kinds("let a = budget\nnot need => +5"), ["Let", "Rule"]);
    assert_eq!(kinds("segment a when b segment c when d"), ["Segment", "Segment"]);
    assert_eq!(kinds("score >= 5 => +1\nsegment a => +1"), ["Rule", "Rule"]);
    assert_eq!(kinds("a => bonus\nb: c => +1"), ["Rule", "Rule"]);
}

#[test]
fn spans_end_with_the_last_word_and_count_bytes_of_the_whole_text() {
    let text = "\u{feff}# ü\r\nbudget # why\n  and need   => +5 # last\r\n\r\n let a = b # end";
    let (ast, found) = parsed(text);
    assert_eq!(found, []);
    let at = |span: Span| &text[span.start..span.end];
    assert_eq!(
        ast.comments.iter().map(|span| at(*span)).collect::<Vec<_>>(),
        ["# ü", "# why", "# last", "# end"]
    );
    assert_eq!(at(ast.statements[0].span), "budget # why\n  and need   => +5");
    assert_eq!(at(ast.statements[1].span), "let a = b");
    let StatementKind::Rule(Rule { body: RuleBody::Condition(expr), .. }) = &ast.statements[0].node else {
        panic!()
    };
    let ExprKind::All(parts) = &expr.node else { panic!() };
    assert_eq!((at(expr.span), at(parts[0].span)), ("budget # why\n  and need", "budget"));
}

#[test]
fn an_empty_file_is_a_rule_set() {
    for text in ["", "\u{feff}", " \t\r\n", "# only a comment", "#\n#"] {
        let (ast, found) = parsed(text);
        assert!(ast.statements.is_empty() && found.is_empty(), "{text:?}");
    }
}
