//! What stays after an error: one message for one slip, everything else parsed, and every name known.

use super::{codes, parsed};
use crate::diagnostic::Code;
use crate::syntax::ast::*;
use crate::syntax::driver::MOST_ERRORS;

/// The statements that parsed, the names of those that did not, and how many errors there were.
fn kept(text: &str) -> (Vec<String>, Vec<String>, usize) {
    let (ast, found) = parsed(text);
    let broken = ast.broken.iter().map(|name| name.node.clone()).collect();
    (super::kinds_of(&ast), broken, found.len())
}

#[test]
fn reading_goes_on_at_the_next_statement() {
    let text = "let a = = 5\nlet b = budget\nattribute c text\nevent d e\nactivty f = b(x)\nsegment g whn a\n\
                let h = (b\nlet i = b";
    let (kinds, broken, errors) = kept(text);
    assert_eq!(kinds, ["Let", "Let"]);
    assert_eq!(broken, ["a", "c", "d", "f", "g", "h"]);
    assert_eq!(errors, 6);
}

#[test]
fn a_statement_that_seemed_whole_goes_with_what_was_meant_to_belong_to_it() {
    for (text, name) in [
        ("let a = budget == true\nlet z = b", "a"),
        ("let a = visited(x) within 3 months\nlet z = b", "a"),
        ("let a = budget\n  && need\nlet z = b", "a"),
        ("let a = budget\n  within 3 months\nlet z = b", "a"),
        ("segment a when budget adn need\nlet z = b", "a"),
        ("activity a = b(x), c(y)\nlet z = b", "a"),
        ("a => +5 points\nlet z = b", "score"),
    ] {
        let (kinds, broken, errors) = kept(text);
        assert_eq!((kinds, errors), (vec!["Let".to_owned()], 1), "{text}");
        assert!(broken.contains(&name.to_owned()), "{text}: {broken:?}");
    }
}

#[test]
fn lines_that_go_on_with_a_broken_statement_are_no_statements() {
    let text = "stage mql when a && b\n  until c\n  again after 3d\nstage sql when d";
    assert_eq!(kept(text).0, ["StageSql"]);
    assert_eq!(codes(text), [Code::Syntax]);
    assert_eq!(codes("stage mql when a &&\n  b or\n  c\nlet d = e"), [Code::Syntax]);
    assert_eq!(codes("x in [\"a\"\n  \"b\",\n  let\n]\nlet d = e"), [Code::Syntax]);
    assert_eq!(codes("a == 1\n  => +5\n  up to 3 times\n  \"label\"\nlet d = e"), [Code::Syntax]);
}

#[test]
fn in_a_score_only_the_broken_rule_is_lost() {
    let text = "score s 0..100 {\n  a => +1\n  b = => +2\n  c => +3\n  group g max 3 {\n    d => 1\n    e -> 2\n  }\n\
                f => + 4\n  g => +5\n}\nscore t { h => +1 }";
    let (ast, found) = parsed(text);
    assert_eq!(
        found.iter().map(|found| found.code).collect::<Vec<_>>(),
        [Code::Syntax, Code::Syntax, Code::BadNumber]
    );
    let [
        Statement { node: StatementKind::Score(score), .. },
        Statement { node: StatementKind::Score(_), .. },
    ] = ast.statements.as_slice()
    else {
        panic!("{ast:#?}")
    };
    assert!(score.bounds.is_some());
    let rules: Vec<_> = score
        .members
        .iter()
        .map(|member| match member {
            Member::Rule(_) => 1,
            Member::Group(group) => group.rules.len() * 10,
        })
        .collect();
    assert_eq!(rules, [1, 1, 10, 1]);
}

#[test]
fn a_broken_head_loses_only_itself() {
    let (ast, found) = parsed("score s 0-100 {\n  a => +1\n  b => => 2\n}");
    assert_eq!(found.len(), 2);
    assert!(matches!(&ast.statements[0].node, StatementKind::Score(score)
        if score.name.node == "s" && score.members.len() == 1));
    let (ast, found) = parsed("group g maximum { a => +1 }");
    assert_eq!(found.len(), 1);
    assert!(matches!(&ast.statements[0].node, StatementKind::Group(group) if group.rules.len() == 1));
}

#[test]
fn bands_and_tests_go_on_with_the_next_entry_or_line() {
    let (kinds, broken, errors) = kept("band s { hot > 70, warm >= 4O, cold }\nlet z = b");
    assert_eq!((kinds, errors), (vec!["Let".to_owned()], 2));
    assert!(["hot", "warm", "cold"].iter().all(|band| broken.contains(&(*band).to_owned())));
    let text = "test \"t\" {\n  b == 2\n  c = 3\n  k(x) 2 days ago\n  expect mql\n  expect\n}\nlet z = b";
    let (ast, found) = parsed(text);
    assert_eq!(found.len(), 3, "{found:#?}");
    assert!(matches!(&ast.statements[0].node, StatementKind::Test(test) if test.lines.len() == 2));
    let (kinds, _, errors) = kept("test \"t\" {\n  a = 1\n  expct mql\n}");
    assert_eq!((kinds, errors), (vec![], 1), "a test whose expectations are broken is not one without any");
}

#[test]
fn a_missing_brace_is_told_where_it_opens() {
    for text in [
        "score s {\n  a => +1\n\nstage mql when a\nlet z = b",
        "test \"t\" {\n  a = 1\n  expect mql\nstage mql when a\nlet z = b",
        "score s {\n  group g {\n    a => +1\n\nstage mql when a\nlet z = b",
    ] {
        let (ast, found) = parsed(text);
        assert!(found.iter().all(|found| found.code == Code::UnbalancedBracket), "{found:#?}");
        assert_eq!(text[found[0].labels[0].0.span.start..].chars().next(), Some('{'));
        assert_eq!(ast.statements.len(), 3, "{text}");
    }
    assert_eq!(codes("score s {\n  a => +1\n}}\nlet a = b"), [Code::UnbalancedBracket]);
}

#[test]
fn two_slips_are_two_messages() {
    assert_eq!(codes("a == 1 => +5\nb && c => +5\nd => +5;\nlet e = f"), [Code::Syntax; 3]);
    assert_eq!(codes("a => +1; b => +2; c => +3"), [Code::Syntax; 2]);
    let (ast, _) = parsed("a => +1; b => +2; c => +3");
    assert_eq!(ast.statements.len(), 3, "a mark too many spoils nothing");
}

#[test]
fn after_so_many_errors_reading_stops_and_says_so() {
    let text = "a == 1 => +5\n".repeat(MOST_ERRORS * 2) + "let last = budget\n";
    let (ast, found) = parsed(&text);
    assert_eq!(found.len(), MOST_ERRORS + 1);
    assert!(found[MOST_ERRORS].message.contains("100 errors"));
    assert!(ast.broken.iter().any(|name| name.node == "last"), "its names are known all the same");
    let literals = "x in [".to_owned() + &"1y, ".repeat(MOST_ERRORS * 2) + "1y] => +5";
    assert_eq!(parsed(&literals).1.len(), MOST_ERRORS);
}

/// Errors in the syntax do not make the checker say that names are missing.
#[test]
fn broken_definitions_give_no_further_errors() {
    for text in [
        "let a = budget == true\nstage mql when a",
        "attribute tier text\ntier = \"x\" => +5",
        "event tasted(step minutes: number)\ntasted(wine) => +5",
        "activity a = viewed(x), liked(y)\neach a => +5",
        "visited(pricing) - > 15\nstage mql when score >= 30",
        "score s 0-100 { budget => +5 }\nstage mql when s >= 3",
        "score s { budget => +5 }\nband s { hot > 3, cold }\nstage mql when s is hot",
        "segment a whn budget\nstage mql when segment a",
        "param p 5\nvisited(pricing) => p",
        "test \"t\" { expect mq l }\nbudget => +1",
    ] {
        let found = crate::RuleSet::compile(text).err().map(|found| found.len());
        assert_eq!(found, Some(1), "{text}: {}", crate::RuleSet::compile(text).unwrap_err());
    }
}
