//! How findings are gathered and drawn.

use std::sync::Arc;

use super::*;

fn finding(code: Code, file: u32, start: usize, end: usize, label: &str) -> Diagnostic {
    let place = Place { file: FileId(file), span: Span { start, end } };
    Diagnostic::new(code, place, format!("something is wrong at {start}"), label)
}

fn diagnostics(texts: &[&str], found: Vec<Diagnostic>) -> Diagnostics {
    let name = |index| if index == 0 { "main.lql".to_owned() } else { format!("shared{index}.lql") };
    let sources =
        texts.iter().enumerate().map(|(index, text)| Source { name: name(index), text: (*text).into() });
    Diagnostics::new(found, Arc::new(sources.collect()))
}

fn drawn(texts: &[&str], found: Diagnostic) -> String {
    diagnostics(texts, vec![found]).render(false)
}

#[test]
fn findings_stand_in_the_order_of_the_text_and_each_once() {
    let text = "one two three";
    let (a, b) = (finding(Code::Cycle, 0, 4, 7, "a"), finding(Code::Empty, 0, 4, 7, "b"));
    let first = finding(Code::Empty, 0, 0, 3, "c");
    let found = diagnostics(&[text], vec![a.clone(), b.clone(), a, first, b]);
    assert_eq!(found.codes().collect::<Vec<_>>(), [Code::Empty, Code::Cycle, Code::Empty]);
}

#[test]
fn of_very_many_the_first_errors_are_kept_and_the_others_counted() {
    let warnings = (0..600).map(|at| finding(Code::DecayCutShort, 0, at, at, "warning"));
    let errors = (600..1_500).map(|at| finding(Code::Cycle, 0, at, at, "error"));
    let text = "x".repeat(2_000);
    let found = diagnostics(&[&text], warnings.chain(errors).collect());
    assert_eq!((found.len(), found.omitted()), (1_000, 500));
    assert!(found.has_errors());
    let codes: Vec<Code> = found.codes().collect();
    assert_eq!(codes.iter().filter(|code| **code == Code::Cycle).count(), 900);
    // Still in the order of the text.
    assert_eq!(codes.first(), Some(&Code::DecayCutShort));
    assert!(found.render(false).ends_with("note: 500 more findings are not shown; mend these first"));
    assert_eq!(found.reports().len(), 1_000);
}

#[test]
fn labels_far_apart_and_in_other_files_are_drawn_apart() {
    let text = format!("let a = need\n{}let a = budget\n", "# nothing\n".repeat(500));
    let second = text.rfind("a = budget").unwrap();
    let place = |file, start| Place { file: FileId(file), span: Span { start, end: start + 1 } };
    let found = finding(Code::Duplicate, 0, second, second + 1, "again");
    let found = found.also(place(0, 4), "first").also(place(1, 4), "shared");
    let expected = "\
error[duplicate]: something is wrong at 5017
   --> main.lql:502:5
    |
502 | let a = budget
    |     ^ again
    |
   ::: main.lql:1:5
    |
  1 | let a = need
    |     - first
    |
   ::: shared1.lql:1:5
    |
  1 | let a = timing
    |     - shared";
    assert_eq!(drawn(&[&text, "let a = timing"], found), expected);
}

#[test]
fn neighbours_share_an_excerpt() {
    let text = "score s {\n  a: need => 1\n  a: budget => 1\n}\n";
    let found = finding(Code::Duplicate, 0, 27, 28, "again");
    let found = found.also(Place { file: FileId(0), span: Span { start: 12, end: 13 } }, "first");
    let expected = "\
error[duplicate]: something is wrong at 27
 --> main.lql:3:3
  |
2 |   a: need => 1
  |   - first
3 |   a: budget => 1
  |   ^ again";
    assert_eq!(drawn(&[text], found), expected);
}

#[test]
fn line_ends_tabs_wide_characters_and_marks_do_not_shift_anything() {
    let text = "\u{feff}\ttitle = \"日本\" => x\r\nneed => y\r\n";
    let at = text.find('x').unwrap();
    let expected = "\
error[cycle]: something is wrong at 24
 --> main.lql:1:18
  |
1 |     title = \"日本\" => x
  |                       ^ here";
    assert_eq!(drawn(&[text], finding(Code::Cycle, 0, at, at + 1, "here")), expected);
    let at = text.find('y').unwrap();
    let expected = "\
error[cycle]: something is wrong at 35
 --> main.lql:2:9
  |
2 | need => y
  |         ^ here";
    assert_eq!(drawn(&[text], finding(Code::Cycle, 0, at, at + 1, "here")), expected);
}

#[test]
fn the_end_of_a_file_and_an_empty_file_can_be_pointed_at() {
    let expected = "\
error[syntax]: something is wrong at 8
 --> main.lql:1:9
  |
1 | need => 
  |         ^ here";
    assert_eq!(drawn(&["need => "], finding(Code::Syntax, 0, 8, 8, "here")), expected);
    assert_eq!(
        drawn(&[""], finding(Code::Unreadable, 0, 0, 0, "")),
        "error[unreadable]: something is wrong at 0\n--> main.lql"
    );
}

#[test]
fn a_line_too_long_to_draw_is_named() {
    let text = format!("{}needd => 1", "need => 1 ".repeat(1_000));
    let expected = "\
error[unknown-name]: something is wrong at 10000
--> main.lql:1:10001
 = note: not known";
    assert_eq!(drawn(&[&text], finding(Code::UnknownName, 0, 10_000, 10_005, "not known")), expected);
}

#[test]
fn of_a_very_long_stretch_the_first_line_is_drawn() {
    let text = format!("score s {{\n{}}}", "  need => 1\n".repeat(1_000));
    let expected = "\
error[duplicate]: something is wrong at 0
 --> main.lql:1:1
  |
1 | score s {
  | ^^^^^^^^^ again";
    assert_eq!(drawn(&[&text], finding(Code::Duplicate, 0, 0, text.len(), "again")), expected);
}

#[test]
fn places_outside_the_text_do_no_harm() {
    for (start, end) in [(50, 60), (2, 1), (3, 4), (usize::MAX, usize::MAX)] {
        let found = diagnostics(
            &["aé"],
            vec![finding(Code::Cycle, 0, start, end, "x"), finding(Code::Cycle, 7, start, end, "x")],
        );
        assert_eq!(found.reports().len(), 2);
        assert!(found.render(true).contains("something is wrong"));
    }
}
