//! The parser over whole texts.

mod constructs;
mod hostile;
mod literals;
mod recovery;
mod slips;

use super::ast::{Ast, StatementKind};
use super::parse;
use crate::diagnostic::{Code, Diagnostic, FileId};
use crate::limits::Limits;

fn parsed(text: &str) -> (Ast, Vec<Diagnostic>) {
    parse(text, FileId(0), &Limits::default())
}

fn codes(text: &str) -> Vec<Code> {
    parsed(text).1.iter().map(|found| found.code).collect()
}

/// The one statement of a text without errors.
fn only(text: &str) -> StatementKind {
    let (mut ast, found) = parsed(text);
    assert_eq!(found, [], "{text}");
    assert_eq!(ast.statements.len(), 1, "{text}");
    ast.statements.remove(0).node
}

/// What sorts of statements a text without errors has.
fn kinds(text: &str) -> Vec<String> {
    let (ast, found) = parsed(text);
    assert_eq!(found, [], "{text}");
    kinds_of(&ast)
}

fn kinds_of(ast: &Ast) -> Vec<String> {
    let name =
        |kind: &StatementKind| format!("{kind:?}").chars().take_while(char::is_ascii_alphabetic).collect();
    ast.statements.iter().map(|statement| name(&statement.node)).collect()
}

#[test]
fn the_first_look_of_the_language_page_parses() {
    let (ast, found) = parsed(include_str!("first_look.lql"));
    assert_eq!(found, []);
    assert_eq!(ast.statements.len(), 20);
    assert!(matches!(ast.statements[19].node, StatementKind::Test(ref test) if test.lines.len() == 9));
}
