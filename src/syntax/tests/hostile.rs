//! Input that nobody writes by hand: nesting at and over the limit on small stacks, and texts as large as a file
//! may be that do nothing but repeat what hurts.

use super::{codes, parsed};
use crate::diagnostic::{Code, FileId};
use crate::limits::Limits;
use crate::syntax::driver::MOST_ERRORS;
use crate::syntax::keyword::KEYWORDS;
use crate::syntax::parse;

/// As large as a file may be; less without optimisation, which is slow enough for quadratic work to show.
const SIZE: usize = if cfg!(debug_assertions) { 1 << 15 } else { 1 << 20 };

fn repeated(piece: &str) -> String {
    piece.repeat(SIZE / piece.len())
}

#[test]
fn a_file_full_of_anything_is_read_in_linear_time() {
    let pieces = [
        "(",
        "[",
        "{",
        ")",
        "]",
        "}",
        "([{",
        "(]",
        "\"",
        "\"\n",
        "#",
        "#\n",
        "not ",
        "and ",
        "=> ",
        "* ",
        "| ",
        "|",
        "\0",
        "\u{a0}",
        "ä",
        "a",
        "a ",
        "1",
        "1 ",
        "9.",
        "-",
        "\\",
        ";",
        ";\n",
        ",",
        "let ",
        "let a = ",
        "score ",
        "score a {",
        "score a {\n",
        "group g {\n",
        "test \"\" {\n",
        "band a {\n",
        "band a { b >= 1,",
        "stage\n",
        "a => +5 ",
        "a => +5\n",
        "a(",
        "a(b) => +1 up to 3 times ",
        "x in [",
        "at least 1 of [",
        "not (",
        "a or (",
        "distinct(",
        "distinct(\n",
        "within 3 months ",
        "let a = b within 3 months\n",
        "a\n",
        "a b\n",
        "a ==\n",
        "'",
        "' ",
        "“",
        "1y ",
        "let a = [1y]\n",
        "\"\\q\" ",
        "x = \"\\u{",
        "2026-",
        "2026-1",
        "\r",
        "\r\n",
        "\t",
        "visited (a\n",
        "a - ",
        "a-",
        "1,000,",
        "a(*) (",
        "if ",
        "a = 5\n",
        "expect ",
        "=>=>",
        "..",
        "0..",
        "+ 1",
        "each a(*) => +5 \"\" up to 1 times\n",
        "\u{feff}",
        "let a = b == c; ",
        "score s { a => +1; ",
    ];
    for piece in pieces {
        let text = repeated(piece);
        let (_, found) = parsed(&text);
        assert!(found.len() <= MOST_ERRORS + 2, "{piece:?} has {} findings", found.len());
    }
}

/// Ways to nest `depth` deep: all in parentheses, in `not`s, in lists of `at least`, in all of them by turns.
fn nested(depth: usize) -> Vec<String> {
    let around = |open: &str, close: &str, depth: usize| open.repeat(depth) + "a" + &close.repeat(depth);
    let turns = ["(", "not ", "at least 1 of ["].into_iter().cycle().take(depth - 1);
    let ends: String = ["(", "not ", "at least 1 of ["]
        .into_iter()
        .cycle()
        .take(depth - 1)
        .map(|open| match open {
            "(" => ')',
            "not " => ' ',
            _ => ']',
        })
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    vec![
        around("(", ")", depth),
        around("not ", "", depth),
        around("at least 1 of [", "]", depth),
        around("not at least +1 of [", "]", depth / 2),
        around("b or (c and ", ")", depth),
        around("(not ", ")", depth / 2),
        turns.collect::<String>() + "distinct(k(*)) > 1" + &ends,
    ]
}

#[test]
fn the_limit_on_nesting_is_exact() {
    for (index, condition) in nested(64).into_iter().enumerate() {
        assert_eq!(codes(&format!("let x = {condition}\nlet y = b")), [], "{index}: {condition}");
    }
    for condition in nested(65).into_iter().enumerate().filter(|(index, _)| !matches!(index, 3 | 5)) {
        let (index, condition) = condition;
        let text = format!("let x = {condition}\nlet y = b");
        let (ast, found) = parsed(&text);
        assert_eq!(
            found.iter().map(|found| found.code).collect::<Vec<_>>(),
            [Code::LimitExceeded],
            "{index}"
        );
        assert_eq!(ast.statements.len(), 1, "the next statement is read");
    }
    let (_, found) = parsed(&format!("a => +1\n{} => +1", nested(65)[0]));
    assert_eq!(found[0].labels[0].0.span, crate::syntax::ast::Span { start: 8 + 64, end: 8 + 65 });
}

#[test]
fn what_holds_no_conditions_does_not_nest() {
    let text = "x in [1] and ".repeat(200) + "k(a, p in [1]) and not k(b) and (c) => +1";
    assert_eq!(codes(&text), []);
    assert_eq!(codes(&("score s {\n".to_owned() + &"not a => +1\n".repeat(200) + "}")), []);
    assert_eq!(codes(&("test \"t\" {\n".to_owned() + &"expect not mql\n".repeat(200) + "}")), []);
    assert_eq!(codes(&"a not in [1] => +1\n".repeat(200)), []);
    // Brackets left open in one statement do not weigh on the next.
    let (_, found) = parsed(&("((a => +1\n".repeat(60) + "((((b)))) => +1"));
    assert!(found.iter().all(|found| found.code == Code::UnbalancedBracket), "{found:#?}");
    assert_eq!(found.len(), 60);
}

#[test]
fn hosts_cannot_lift_the_limit_on_nesting_beyond_what_a_stack_bears() {
    let limits = Limits { nesting: 1_000_000, ..Limits::default() };
    let parse = |depth: usize| {
        parse(&format!("let x = {}", nested(depth)[0]), FileId(0), &limits)
            .1
            .iter()
            .map(|f| f.code)
            .collect::<Vec<_>>()
    };
    assert_eq!((parse(256), parse(257)), (vec![], vec![Code::LimitExceeded]));
}

#[test]
fn nesting_at_the_limit_fits_a_small_stack() {
    for condition in nested(64) {
        let thread = std::thread::Builder::new().stack_size(1 << 19);
        let done = thread.spawn(move || codes(&format!("let x = {condition}"))).unwrap().join();
        assert_eq!(done.unwrap(), []);
    }
}

#[test]
fn a_stack_too_small_for_the_limit_gives_an_error_and_no_crash() {
    let text = format!("let x = {}\nlet y = b", nested(64)[2]);
    let thread = std::thread::Builder::new().stack_size(1 << 17);
    let (ast, found) = thread.spawn(move || parsed(&text)).unwrap().join().unwrap();
    // Optimised, the same nesting fits.
    if cfg!(debug_assertions) {
        assert!(found[0].message.contains("stack"), "{found:?}");
        assert_eq!((found.len(), found[0].code, ast.statements.len()), (1, Code::LimitExceeded, 1));
    }
}

#[test]
fn files_over_the_limit_are_refused_unread() {
    let limits = Limits::default();
    assert_eq!(parse(&" ".repeat(limits.source), FileId(0), &limits).1, []);
    let (ast, found) = parse(&" ".repeat(limits.source + 1), FileId(0), &limits);
    assert_eq!(found.iter().map(|found| found.code).collect::<Vec<_>>(), [Code::LimitExceeded]);
    assert!(ast.statements.is_empty());
}

/// Any bytes at all, and the language's own words in any order.
#[test]
fn random_texts_neither_panic_nor_loop() {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let marks = [
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "=>",
        "=",
        "\"",
        "x",
        "k(",
        "*",
        "|",
        ",",
        "1",
        "30d",
        "2026-10-01",
        "\n",
        "\n",
        "#",
        "-",
        "+",
        ":",
        "%",
        "..",
        ".",
        "\"t\"",
        "ü",
        ";",
        "'",
        "==",
        "!",
        "mql",
        "3 months",
    ];
    for _ in 0..2_000 {
        let bytes: Vec<u8> = (0..random(200)).map(|_| random(256) as u8).collect();
        let _ = parsed(&String::from_utf8_lossy(&bytes));
        let words: Vec<&str> = (0..random(60))
            .map(|_| match random(2) {
                0 => KEYWORDS[random(KEYWORDS.len())],
                _ => marks[random(marks.len())],
            })
            .collect();
        let text = words.join(if random(2) == 0 { " " } else { "" });
        let (ast, found) = parsed(&text);
        assert!(found.len() <= MOST_ERRORS + 1);
        let inside = |span: crate::syntax::ast::Span| text.get(span.start..span.end).is_some();
        assert!(ast.statements.iter().all(|statement| inside(statement.span)), "{text:?}");
        assert!(
            found.iter().flat_map(|found| &found.labels).all(|(place, _)| inside(place.span)),
            "{text:?}"
        );
    }
}

#[test]
fn many_rules_are_read_in_time() {
    let rule = "visited(page) >= 2 within 30d and title contains \"chief\" => +5 \"a label\"\n";
    let count = if cfg!(debug_assertions) { 1_000 } else { 10_000 };
    for text in [rule.repeat(count), format!("score s {{\n{}}}", rule.repeat(count))] {
        let (_, found) = parsed(&text);
        assert_eq!(found, []);
    }
}
