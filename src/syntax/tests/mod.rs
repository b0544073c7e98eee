//! The parser over whole texts.

use super::ast::{Ast, StatementKind};
use super::parse;
use crate::diagnostic::{Diagnostic, FileId};
use crate::limits::Limits;

fn parsed(text: &str) -> (Ast, Vec<Diagnostic>) {
    parse(text, FileId(0), &Limits::default())
}

#[test]
fn the_first_look_of_the_language_page_parses() {
    let (ast, found) = parsed(include_str!("first_look.lql"));
    assert_eq!(found, []);
    assert_eq!(ast.statements.len(), 20);
    assert!(matches!(ast.statements[19].node, StatementKind::Test(ref test) if test.lines.len() == 9));
}
