//! Statement by statement through a file.

use pest::Parser;

use super::ast::Ast;
use super::ast::Span;
use super::grammar::{Grammar, Rule};
use super::lower::Lowering;
use super::nesting;
use super::token::Tokens;
use crate::diagnostic::{Code, Diagnostic, FileId, Place};
use crate::limits::Limits;

pub(super) struct Driver<'a> {
    text: &'a str,
    limits: &'a Limits,
    ast: Ast,
    lowering: Lowering<'a>,
}

impl<'a> Driver<'a> {
    pub(super) fn run(text: &'a str, file: FileId, limits: &'a Limits) -> (Ast, Vec<Diagnostic>) {
        let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let tokens = Tokens::scan(text, start);
        let deep = nesting::first_too_deep(text, &tokens, 0, limits.nesting);
        let lowering = Lowering { text, tokens: &tokens, file, offset: 0, found: Vec::new() };
        let mut ast = Ast::default();
        let mut lowering = lowering;
        let mut at = 0;
        let end = deep.and_then(|deep| tokens.get(deep)).map_or(text.len(), |t| t.span.start);
        while let Some(token) = tokens.get(at) {
            lowering.offset = token.span.start;
            match Grammar::parse(Rule::statement, text.get(token.span.start..end).unwrap_or("")) {
                Ok(mut pairs) => {
                    let Some(pair) = pairs.next() else { break };
                    ast.statements.extend(lowering.statement(&pair));
                    at = tokens.at_or_behind(token.span.start + pair.as_span().end());
                }
                Err(e) => {
                    let p = match e.location {
                        pest::error::InputLocation::Pos(p) => p,
                        pest::error::InputLocation::Span((p, _)) => p,
                    };
                    let p = token.span.start + p;
                    lowering.found.push(Diagnostic::new(
                        Code::Syntax,
                        Place { file, span: Span { start: p, end: p } },
                        format!("{:?}", e.variant),
                        "",
                    ));
                    break;
                }
            }
        }
        let found = lowering.found;
        ast.comments = tokens.comments;
        (ast, found)
    }
}
