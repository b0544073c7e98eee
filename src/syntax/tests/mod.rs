//! The parser over whole texts.

mod hostile;

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

#[test]
fn the_first_look_of_the_language_page_parses() {
    let (ast, found) = parsed(include_str!("first_look.lql"));
    assert_eq!(found, []);
    assert_eq!(ast.statements.len(), 20);
    assert!(matches!(ast.statements[19].node, StatementKind::Test(ref test) if test.lines.len() == 9));
}

#[test]
fn dump() {
    for line in std::fs::read_to_string("/tmp/cases.txt").unwrap().lines() {
        let (_, found) = parsed(line);
        let sources =
            std::sync::Arc::new(vec![crate::diagnostic::Source { name: "r".into(), text: line.into() }]);
        println!("{}\n", crate::diagnostic::Diagnostics::new(found, 0, sources));
    }
}
