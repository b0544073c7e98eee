//! Limits, each at its bound and one over, and hostile rule sets: the time they take grows with their size only.

#![expect(clippy::panic, reason = "what helps a test fails by panicking too")]

use std::fmt::Write as _;

use leadql::{Code, Compiler, Diagnostics, Limits, ReviewOptions, RuleSet};

/// `count` pieces, one a line.
fn lines(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, number| {
        let _ = writeln!(text, "{}", piece(number));
        text
    })
}

fn joined(count: usize, by: &str, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect::<Vec<_>>().join(by)
}

fn errors(text: &str) -> Diagnostics {
    RuleSet::compile(text).err().unwrap_or_else(|| panic!("compiles: {:.200}", text))
}

/// It compiles; with one more it does not, and that is all that is said.
fn stops_at(what: &str, limits: Limits, text: impl Fn(usize) -> String, limit: usize) {
    let compile = |count| Compiler::new().limits(limits).compile(&text(count));
    if let Err(found) = compile(limit) {
        panic!("{what}: {found:.1000}");
    }
    let found = compile(limit + 1).err().unwrap_or_else(|| panic!("{what}: {} are allowed", limit + 1));
    assert_eq!(found.codes().collect::<Vec<_>>(), [Code::LimitExceeded], "{what}");
    let drawn = found.to_string();
    assert!(
        drawn.contains(&format!("more than {limit} ")) || drawn.contains("larger than"),
        "{what}: {drawn:.1000}"
    );
    // Many more are told once as well.
    let found = compile(limit * 2 + 5).err().unwrap_or_else(|| panic!("{what}"));
    assert_eq!(found.codes().collect::<Vec<_>>(), [Code::LimitExceeded], "{what}");
}

#[test]
fn each_limit_holds_at_its_bound() {
    let limits = Limits::default();
    let list = |count| joined(count, ", ", |number| format!("\"v{number}\""));
    stops_at("rules", limits, |count| lines(count, |_| "need => 1".to_owned()), 10_000);
    stops_at("lets", limits, |count| lines(count, |number| format!("let l{number} = need")), 1_000);
    stops_at(
        "list lets",
        limits,
        |count| lines(count, |number| format!("let l{number} = [{number}]")),
        1_000,
    );
    stops_at(
        "segments",
        limits,
        |count| lines(count, |number| format!("segment s{number} when need")),
        1_000,
    );
    let bands = |count| {
        let falling = joined(count - 1, ", ", |number| format!("b{number} >= {}", 100_000 - number));
        format!("need => 1\nband score {{ {falling}, last }}")
    };
    stops_at("bands", limits, bands, 1_000);
    stops_at("items of a list", limits, |count| format!("title in [{}] => 1", list(count)), 10_000);
    stops_at("items of a let", limits, |count| format!("let l = [{}]  title in l => 1", list(count)), 10_000);
    let symbols = |count| {
        format!("attribute p: one of [{}]  p = s1 => 1", joined(count, ", ", |number| format!("s{number}")))
    };
    stops_at("symbols", limits, symbols, 10_000);
    let set = |count| format!("test \"t\" {{ technologies = [{}]  expect not mql }}", list(count));
    stops_at("items in a test", limits, set, 10_000);
    let selectors = |count| lines(count, |number| format!("visited(p{number}) => 1"));
    stops_at("selectors", limits.with_selectors(500), selectors, 500);
    let source = |bytes: usize| format!("need => 1 #{}", "x".repeat(bytes.saturating_sub(11)));
    stops_at("source", limits, source, 1 << 20);
    stops_at("source of all files", limits.with_sources(1_000, 500), source, 500);
}

#[test]
fn a_limit_of_nothing_and_one_without_end_do_no_harm() {
    let zero = Limits::default().with_definitions(0).with_rules(0).with_list_items(0).with_selectors(0);
    let text = "let a = need  title in [\"x\"] => 1  visited(*) => 1";
    let found = Compiler::new().limits(zero).compile(text).unwrap_err();
    assert!(found.codes().all(|code| code == Code::LimitExceeded), "{found}");
    let mut most = Limits::default();
    (most.source, most.sources, most.nesting, most.rules) = (usize::MAX, usize::MAX, usize::MAX, usize::MAX);
    (most.definitions, most.list_items, most.selectors) = (usize::MAX, usize::MAX, usize::MAX);
    assert!(Compiler::new().limits(most).compile(text).is_ok());
}

#[test]
fn included_files_share_the_limit_of_all() {
    let compile = |sources| {
        let text = format!("need => 1 #{}", "x".repeat(89));
        Compiler::new()
            .limits(Limits::default().with_sources(100, sources))
            .include("a.lql", text.clone())
            .include("b.lql", text)
            .compile("include \"a.lql\" include \"b.lql\"")
            .map_err(|found| found.codes().collect::<Vec<_>>())
    };
    assert!(compile(231).is_ok());
    assert_eq!(compile(230).err(), Some(vec![Code::LimitExceeded]));
    assert_eq!(compile(130).err(), Some(vec![Code::LimitExceeded, Code::LimitExceeded]));
}

/// Definitions that double at each step cost no more than their number.
#[test]
fn doubling_definitions_compile_and_evaluate() {
    let lets =
        format!("let a0 = need\n{}a999 => 1", lines(999, |n| format!("let a{} = a{n} and a{n}", n + 1)));
    let activities = format!(
        "activity a0 = visited(*)\n{}a3000 >= 1 => 1\neach a2999 => 1",
        lines(3_000, |n| format!("activity a{} = a{n} or a{n}", n + 1))
    );
    let scores = format!(
        "score a0 {{ need => 1 }}\n{}",
        lines(3_000, |n| format!("score a{} = 1 * a{n} + 1 * a{n}", n + 1))
    );
    for text in [lets, activities, scores] {
        let rules = RuleSet::compile(&text).unwrap_or_else(|found| panic!("{found:.1000}"));
        let at = "2026-11-01T00:00:00Z".parse().unwrap();
        let lead = rules.lead().set("need", true).unwrap().event("visited", "x", at).unwrap().build();
        let evaluation = rules.evaluate(&lead, at);
        assert!(evaluation.scores().all(|(_, score)| score.thousandths() > 0));
    }
}

#[test]
fn ten_thousand_rules_may_share_lets_and_lists() {
    let list = joined(10_000, ",", |number| format!("\"v{number}\""));
    let lets = lines(998, |n| format!("let a{} = a{n} or title in l", n + 1));
    let rules = lines(10_000, |n| format!("a{} and title in l => 1", n % 999));
    let text = format!("let l = [{list}]\nlet a0 = need\n{lets}{rules}");
    let rules = RuleSet::compile(&text).unwrap_or_else(|found| panic!("{found:.1000}"));
    // Without sharing it is 10 million texts, and several seconds even where they are quick.
    let lead = rules.lead().set("title", "V9999").unwrap().build();
    let evaluation = rules.evaluate(&lead, "2026-11-01T00:00:00Z".parse().unwrap());
    assert_eq!(evaluation.score("score").map(|score| score.to_string()), Some("9989".to_owned()));
}

#[test]
fn one_long_list_may_be_asked_for_by_many_attributes() {
    let list = joined(10_000, ",", |number| format!("\"v{number}\""));
    let attributes = lines(5_000, |n| format!("attribute a{n}: text"));
    let asked = joined(5_000, " or ", |n| format!("a{n} in l"));
    let text = format!("let l = [{list}]\n{attributes}{asked} => 1");
    // Without sharing it would be 50 million texts, more than most machines have room for.
    let rules = RuleSet::compile(&text).unwrap_or_else(|found| panic!("{found:.1000}"));
    let lead = rules.lead().set("a4999", "v9999").unwrap().build();
    let evaluation = rules.evaluate(&lead, "2026-11-01T00:00:00Z".parse().unwrap());
    assert_eq!(evaluation.score("score").map(|score| score.to_string()), Some("1".to_owned()));
}

/// Each of these took time or memory in the square of its size once, or could have.
#[test]
fn many_slips_take_no_longer_than_their_number() {
    let properties = joined(4_000, ", ", |n| format!("p{n}: flag"));
    let bands = joined(998, ", ", |n| format!("b{n} >= {}", 1_000 - n));
    let symbols = joined(10_000, ", ", |n| format!("s{n}"));
    let texts = [
        ("unknown names", lines(4_000, |n| format!("unknwn{n} => 1"))),
        ("unknown names on one line", joined(4_000, " ", |n| format!("unknwn{n} => 1"))),
        (
            "unknown names among many",
            lines(4_000, |n| format!("attribute known_name{n}: text\nknwn_nam{n} => 1")),
        ),
        (
            "unknown properties",
            format!("event e(s, {properties})\n{}", lines(4_000, |n| format!("e(*, q{n}) => 1"))),
        ),
        (
            "unknown bands",
            format!(
                "need => 1 band score {{ {bands}, z }}\nlet l = {}",
                joined(4_000, " or ", |n| format!("score is c{n}"))
            ),
        ),
        (
            "unknown symbols",
            format!(
                "attribute p: one of [{symbols}]\nlet l = {}",
                joined(4_000, " or ", |n| format!("p = t{n}"))
            ),
        ),
        ("a circle of lets", lines(4_000, |n| format!("let a{n} = a{}", (n + 1) % 4_000))),
        ("a circle of activities", lines(4_000, |n| format!("activity a{n} = a{}", (n + 1) % 4_000))),
        ("a circle of scores", lines(4_000, |n| format!("score a{n} = 1 * a{}", (n + 1) % 4_000))),
        ("one name again and again", lines(4_000, |_| "let a = need".to_owned())),
        ("one gate again and again", lines(4_000, |_| "stage mql when need".to_owned())),
        ("includes that cannot be had on one line", "include \"a.lql\" ".repeat(20_000)),
        ("characters that do not show", "# \u{200b}\n".repeat(100_000) + "unknwn => 1"),
        ("a name without end", format!("{} => 1", "a".repeat(500_000))),
        ("a text without end", format!("need = \"{}\" => 1", "ä".repeat(250_000))),
    ];
    for (what, text) in texts {
        let found = errors(&text);
        let (drawn, reports) = (found.render(false), found.reports());
        assert!(found.len() <= 1_000 && reports.len() == found.len(), "{what}");
        assert!(drawn.len() < 1_000_000, "{what}: {} bytes", drawn.len());
    }
}

/// Each of these took a review, or compiling, time in the square of its size once.
#[test]
fn many_allows_and_tests_take_no_longer_than_their_number() {
    let review = |text: &str| {
        let rules = RuleSet::compile(text).unwrap_or_else(|found| panic!("{found:.1000}"));
        rules.review(&ReviewOptions::new())
    };
    // Above one rule, behind one rule each, and many findings under many allows.
    let above =
        format!("need => 1\n{}need => 2", "# leadql: allow repeated-rule on purpose\n".repeat(20_000));
    let found = review(&above);
    assert_eq!((found.findings.len(), found.allowed), (0, 1));
    let behind = lines(800, |n| format!("p{n}: need => 1 # leadql: allow repeated-rule on purpose"));
    let found = review(&behind);
    // The first repeats none.
    assert_eq!(found.findings.codes().collect::<Vec<_>>(), [Code::UnusedAllow]);
    assert_eq!(found.allowed, 799);
    let tests = joined(9_000, ", ", |n| format!("amount >= {n}"));
    let found =
        review(&format!("each purchased(*, {tests}) => 1\neach purchased(*, {tests}, amount > 1) => 1"));
    assert!(found.findings.is_empty(), "{}", found.findings);
    let tests = joined(100, ", ", |n| format!("amount >= {n}"));
    let never = format!("each purchased(*, {tests}, amount < 1) => 1");
    assert_eq!(review(&never).findings.codes().collect::<Vec<_>>(), [Code::NeverTrue]);
}

#[test]
fn findings_beyond_the_first_thousand_are_counted() {
    let found = errors(&lines(25_000, |n| format!("x{n}=>1")));
    assert_eq!((found.len(), found.omitted()), (1_000, 24_000));
    assert!(found.to_string().ends_with("note: 24000 more findings are not shown; mend these first"));
}

/// An unknown name is held against all names there are or none, and against 200,000 in the whole rule set.
#[test]
fn what_was_meant_is_looked_for_as_long_as_that_is_cheap() {
    // Names so much alike that each may stand for each other.
    let name = |number: usize| {
        let digit = |place: u32| char::from(b"0123456789abcdefghij"[number / 20_usize.pow(place) % 20]);
        format!("long_name_{}{}{}", digit(2), digit(1), digit(0))
    };
    let told = |found: &Diagnostics| {
        let is_told = |help: &Option<String>| help.as_ref().is_some_and(|help| help.contains("did you mean"));
        found.reports().iter().map(|report| is_told(&report.help)).collect::<Vec<_>>()
    };
    for (names, compared) in [(1_000, 200), (1_500, 133)] {
        let params = lines(names, |number| format!("param {} = 1", name(number)));
        let text = format!("vocabulary only declared\n{params}");
        let mut compiler = Compiler::new();
        for number in 0..210 {
            compiler = compiler.set(name(3_000 + number), "5");
        }
        let found = compiler.compile(&text).err().unwrap_or_else(|| panic!("compiles"));
        let expected: Vec<bool> = (0..210).map(|number| number < compared).collect();
        assert_eq!(told(&found), expected, "{names}");
    }
    let symbols = joined(5_000, ", ", name);
    let asked = joined(60, " or ", |number| format!("plan = {}", name(6_000 + number)));
    let found = errors(&format!("attribute plan: one of [{symbols}]\n{asked} => 1"));
    let expected: Vec<bool> = (0..60).map(|number| number < 40).collect();
    assert_eq!(told(&found), expected);
}

/// The activities that are in use may reach a great deal, but not without bound: 4,000,000 parts in all.
#[test]
fn activities_that_reach_too_much_are_refused() {
    // One reaches its own two parts and what the one before it reaches: the first n reach n * n parts in all.
    let chain = |used: usize| {
        let used = lines(used, |n| format!("activity a{} = a{n} or visited(p{n})\neach a{n} => 1", n + 1));
        RuleSet::compile(&format!("activity a0 = visited(*)\n{used}"))
    };
    assert!(chain(2_000).is_ok());
    for used in [2_001, 3_000] {
        let found = chain(used).err().unwrap_or_else(|| panic!("{used} are allowed"));
        assert_eq!(found.codes().collect::<Vec<_>>(), [Code::LimitExceeded], "{used}");
    }
    let unused = format!(
        "activity a0 = visited(*)\n{}each a5000 => 1",
        lines(5_000, |n| format!("activity a{} = a{n} or visited(p{n})", n + 1))
    );
    assert!(RuleSet::compile(&unused).is_ok());
}

/// The deepest conditions there are by default fit the stack that a thread has by default.
#[test]
fn the_deepest_nesting_fits_the_stack_of_a_thread() {
    let deepest = |depth: usize, limits: Limits| {
        let open = "(need and ".repeat(depth);
        let text = format!("{open}budget{} => 1", ")".repeat(depth));
        let at_least = format!("{}need{} => 1", "at least 1 of [".repeat(depth), "]".repeat(depth));
        let nots = format!("{}need => 1", "not ".repeat(depth));
        let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(move || {
            [text, at_least, nots].map(|text| Compiler::new().limits(limits).compile(&text).is_ok())
        });
        thread.unwrap().join().unwrap()
    };
    assert_eq!(deepest(64, Limits::default()), [true; 3]);
}
