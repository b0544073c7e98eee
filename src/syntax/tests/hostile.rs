//! Input that nobody writes by hand: nesting at and over the limit on small stacks, and texts as large as a file
//! may be that do nothing but repeat what hurts.

use std::time::{Duration, Instant};

use super::{codes, parsed};
use crate::diagnostic::{Code, FileId};
use crate::limits::Limits;
use crate::syntax::driver::MOST_ERRORS;
use crate::syntax::parse;

/// As large as a file may be; less without optimisation, which is slow enough for quadratic work to show.
const SIZE: usize = if cfg!(debug_assertions) { 1 << 16 } else { 1 << 20 };

/// What that may take on a busy machine; quadratic work takes minutes.
const PATIENCE: Duration = Duration::from_secs(10);

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
    let mut slowest = (Duration::ZERO, "");
    for piece in pieces {
        let text = repeated(piece);
        let start = Instant::now();
        let (_, found) = parsed(&text);
        slowest = slowest.max((start.elapsed(), piece));
        assert!(found.len() <= MOST_ERRORS + 2, "{piece:?} has {} findings", found.len());
        assert!(start.elapsed() < PATIENCE, "{piece:?} took {:?}", start.elapsed());
        println!("{piece:?} {:?} {}", start.elapsed(), found.len());
    }
}

#[test]
fn ten_thousand_rules() {
    let mut text = String::from("score engagement 0..100 decay 50% every 30d {\n");
    for rule in 0..10_000 {
        text.push_str(&format!(
            "  rule_{rule}: visited(page_{rule}) >= 2 within 30d and title contains \"chief\" => +5\n"
        ));
    }
    text.push('}');
    for _ in 0..3 {
        let start = Instant::now();
        let (ast, found) = parsed(&text);
        println!("{} bytes {:?} {} {}", text.len(), start.elapsed(), ast.statements.len(), found.len());
        let tokens = crate::syntax::token::Tokens::scan(&text, 0);
        println!("{:?} tokens {}", start.elapsed(), tokens.len());
    }
    let text = text.replace("score engagement 0..100 decay 50% every 30d {\n", "").replace("}", "");
    let start = Instant::now();
    let (ast, found) = parsed(&text);
    println!("{} bytes {:?} {} {}", text.len(), start.elapsed(), ast.statements.len(), found.len());
}
