//! Numbers, durations, instants and texts at and past their edges.

use super::{only, parsed};
use crate::diagnostic::Code;
use crate::syntax::ast::*;

fn value(text: &str) -> Result<ValueKind, Code> {
    let (ast, found) = parsed(&format!("let c = a = {text}"));
    if let [found] = found.as_slice() {
        return Err(found.code);
    }
    assert_eq!(found, [], "{text}");
    match &ast.statements[0].node {
        StatementKind::Let { value: LetValue::Condition(expr), .. } => match &expr.node {
            ExprKind::Test(Test { operation: Some(operation), .. }) => match &operation.node {
                Operation::Binary(_, value) => Ok(value.node.clone()),
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[test]
fn numbers() {
    for (text, millionths, sign, places) in [
        ("0", 0, Sign::None, 0),
        ("007", 7_000_000, Sign::None, 0),
        ("1_000", 1_000_000_000, Sign::None, 0),
        ("1_0_0.2_5", 100_250_000, Sign::None, 2),
        ("-0.000001", -1, Sign::Minus, 6),
        ("+1.50", 1_500_000, Sign::Plus, 2),
        ("8_999_999_999_999.999999", 8_999_999_999_999_999_999, Sign::None, 6),
    ] {
        let Ok(ValueKind::Number(number)) = value(text) else { panic!("{text}") };
        assert_eq!(
            (number.value.millionths(), number.sign, number.places),
            (millionths, sign, places),
            "{text}"
        );
    }
    for text in ["1__0", "1_", "1_.5", "0.1234567", "9_000_000_000_000", "1e3", "99999999999999999999999"] {
        assert_eq!(value(text), Err(Code::BadNumber), "{text}");
    }
    for text in ["1.", ".5", "1._5", "_1", "0x10", "1,5", "--1", "١"] {
        assert!(value(text).is_err(), "{text}");
    }
}

#[test]
fn durations() {
    for (text, seconds) in [
        ("1s", 1),
        ("90m", 5_400),
        ("36h", 129_600),
        ("3650d", 315_360_000),
        ("521w", 315_100_800),
        ("315_360_000s", 315_360_000),
    ] {
        let Ok(ValueKind::Duration(period)) = value(text) else { panic!("{text}") };
        assert_eq!(period.micros(), seconds * 1_000_000, "{text}");
    }
    let wrong = [
        "0s",
        "3651d",
        "522w",
        "315360001s",
        "99999999999999999999w",
        "1.5d",
        "3months",
        "2y",
        "1_d",
        "5x",
        "1ms",
        "3D",
    ];
    for text in wrong {
        assert_eq!(value(text), Err(Code::BadDuration), "{text}");
    }
}

#[test]
fn instants() {
    for text in ["2026-10-01", "0001-01-01", "9999-12-31T23:59:59.999999Z", "2024-02-29t01:02:03.5+14:00"] {
        assert!(matches!(value(text), Ok(ValueKind::Instant(_))), "{text}");
    }
    let wrong =
        ["2026-13-01", "2026-02-29", "2026-1-1", "2026-10-01T9:30Z", "2026-10-01T09:30:00", "0000-01-01"];
    for text in wrong {
        assert_eq!(value(text), Err(Code::BadInstant), "{text}");
    }
}

#[test]
fn texts() {
    for (text, meaning) in [
        (r#""""#, ""),
        (r#""a # b""#, "a # b"),
        (r#""\"\\\n\t""#, "\"\\\n\t"),
        (r#""\u{e9}\u{1F600}\u{00000a}""#, "é😀\n"),
        (r#""ü\\""#, "ü\\"),
        ("\"a\tb\"", "a\tb"),
    ] {
        assert_eq!(value(text), Ok(ValueKind::Text(meaning.to_owned())), "{text}");
    }
    let wrong = [
        r#""\q""#,
        r#""\u{}""#,
        r#""\u{1234567}""#,
        r#""\u{d800}""#,
        r#""\u{110000}""#,
        r#""\u41""#,
        r#""\u{+1}""#,
        r#""\ü""#,
        "\"a\\",
        "\"a",
        "\"a\n",
        "\"",
        "\"\\\"",
        "\"a\r\"",
    ];
    for text in wrong {
        assert_eq!(value(text), Err(Code::BadText), "{text:?}");
    }
    let (_, found) = parsed("x = \"ü\\q\\z\" => +5");
    let places: Vec<_> = found.iter().map(|found| found.labels[0].0.span.start).collect();
    assert_eq!(places, [7, 9], "each wrong escape is told where it stands");
}

#[test]
fn what_a_broken_literal_was_meant_to_be_stays_in_the_tree() {
    let (ast, found) = parsed("sla_test: a(x) within 3months => +0.1234567");
    assert_eq!(found.len(), 2);
    let StatementKind::Rule(rule) = &ast.statements[0].node else { panic!() };
    assert!(matches!(&rule.points.node, OrParam::Literal(points) if points.value.millionths() == 123_456));
    assert!(matches!(only("param p = 1w"), StatementKind::Param { .. }));
}
