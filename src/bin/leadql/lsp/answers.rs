//! What each request of an editor is answered with.

use std::path::PathBuf;
use std::rc::Rc;

use leadql::FormatError;
use lsp_server::{ErrorCode, Notification};
use lsp_types::{
    CodeActionParams, CodeLensParams, Diagnostic, DiagnosticSeverity, DocumentFormattingParams,
    DocumentSymbolParams, ExecuteCommandParams, Range, ReferenceParams, RenameParams, TextDocumentIdentifier,
    TextDocumentPositionParams,
};
use serde_json::{Value, json};

use super::convert::{self, RUN_TEST};
use super::positions::Lines;
use super::server::{Refusal, Server, parameters};
use super::uris;

/// The severities of messages to the user.
const ERROR: u8 = 1;
const WARNING: u8 = 2;
const INFORMATION: u8 = 3;

impl Server {
    pub(super) fn request(&mut self, method: &str, params: Value) -> Result<Value, Refusal> {
        match method {
            "textDocument/completion" => self.completion(parameters(params)?),
            "textDocument/hover" => self.hover(parameters(params)?),
            "textDocument/definition" => self.definition(parameters(params)?),
            "textDocument/references" => self.references(parameters(params)?),
            "textDocument/prepareRename" => self.prepare_rename(parameters(params)?),
            "textDocument/rename" => self.rename(parameters(params)?),
            "textDocument/documentSymbol" => self.symbols(parameters(params)?),
            "textDocument/formatting" => self.format(parameters(params)?),
            "textDocument/codeLens" => self.lenses(parameters(params)?),
            "textDocument/codeAction" => self.actions(parameters(params)?),
            "workspace/executeCommand" => self.execute(parameters(params)?),
            _ => Err(Refusal::new(ErrorCode::MethodNotFound, format!("`{method}` is not served"))),
        }
    }

    /// The path and lines of an open file.
    fn document(&mut self, document: &TextDocumentIdentifier) -> Result<(PathBuf, Rc<Lines>), Refusal> {
        let path = uris::path(document.uri.as_str());
        match self.lines(&path) {
            Some(lines) => Ok((path, lines)),
            None => {
                let message = format!("{} is not open", document.uri.as_str());
                Err(Refusal::new(ErrorCode::InvalidParams, message))
            }
        }
    }

    /// The file, its lines and the byte at a position.
    fn place(&mut self, at: &TextDocumentPositionParams) -> Result<(PathBuf, Rc<Lines>, usize), Refusal> {
        let (path, lines) = self.document(&at.text_document)?;
        let byte = lines.byte(at.position).ok_or_else(|| {
            let message = format!("the text has no line {}", at.position.line);
            Refusal::new(ErrorCode::InvalidParams, message)
        })?;
        Ok((path, lines, byte))
    }

    fn completion(&mut self, at: TextDocumentPositionParams) -> Result<Value, Refusal> {
        let (path, lines, byte) = self.place(&at)?;
        let offered = self.workspace.complete(&path, byte);
        let items: Vec<Value> = offered.iter().map(|offered| convert::completion(offered, &lines)).collect();
        // With another letter typed, or one taken away, other words may fit.
        Ok(json!({"isIncomplete": items.len() >= MOST_OFFERED, "items": items}))
    }

    fn hover(&mut self, at: TextDocumentPositionParams) -> Result<Value, Refusal> {
        let (path, lines, byte) = self.place(&at)?;
        let Some(hover) = self.workspace.hover(&path, byte) else { return Ok(Value::Null) };
        let range = lines.range(&hover.range);
        Ok(json!({"contents": {"kind": "markdown", "value": hover.text}, "range": range}))
    }

    fn definition(&mut self, at: TextDocumentPositionParams) -> Result<Value, Refusal> {
        let (path, _, byte) = self.place(&at)?;
        let found = self.workspace.definition(&path, byte);
        Ok(found.iter().filter_map(|location| self.location(location)).collect())
    }

    fn references(&mut self, params: ReferenceParams) -> Result<Value, Refusal> {
        let (path, _, byte) = self.place(&params.text_document_position)?;
        let mut found = self.workspace.references(&path, byte);
        if !params.context.include_declaration {
            let definitions = self.workspace.definition(&path, byte);
            found.retain(|location| !definitions.contains(location));
        }
        Ok(found.iter().filter_map(|location| self.location(location)).collect())
    }

    fn prepare_rename(&mut self, at: TextDocumentPositionParams) -> Result<Value, Refusal> {
        let (path, lines, byte) = self.place(&at)?;
        let (range, name) = self.workspace.renamable(&path, byte).map_err(failed)?;
        let range = lines.range(&range);
        Ok(json!({"range": range, "placeholder": name}))
    }

    fn rename(&mut self, params: RenameParams) -> Result<Value, Refusal> {
        let (path, _, byte) = self.place(&params.text_document_position)?;
        let edits = self.workspace.rename(&path, byte, &params.new_name).map_err(failed)?;
        Ok(self.workspace_edit(&edits))
    }

    fn symbols(&mut self, params: DocumentSymbolParams) -> Result<Value, Refusal> {
        let (path, lines) = self.document(&params.text_document)?;
        Ok(self.workspace.symbols(&path).iter().map(|symbol| convert::symbol(symbol, &lines)).collect())
    }

    fn format(&mut self, params: DocumentFormattingParams) -> Result<Value, Refusal> {
        let (path, lines) = self.document(&params.text_document)?;
        match leadql::format(&path.display().to_string(), lines.text()) {
            Ok(formatted) if formatted == lines.text() => Ok(json!([])),
            Ok(formatted) => Ok(json!([{"range": lines.whole(), "newText": formatted}])),
            Err(FormatError::Invalid(_)) => Err(failed("what has syntax errors cannot be laid out")),
            Err(error) => Err(failed(error)),
        }
    }

    fn lenses(&mut self, params: CodeLensParams) -> Result<Value, Refusal> {
        let (path, lines) = self.document(&params.text_document)?;
        let uri = params.text_document.uri.as_str();
        let lens = |test: leadql::editor::TestPlace| {
            let command = json!({"title": "Run test", "command": RUN_TEST, "arguments": [uri, test.name]});
            json!({"range": lines.range(&test.range), "command": command})
        };
        Ok(self.workspace.tests(&path).into_iter().map(lens).collect())
    }

    fn actions(&mut self, params: CodeActionParams) -> Result<Value, Refusal> {
        let (path, lines) = self.document(&params.text_document)?;
        let range = lines
            .bytes(params.range)
            .ok_or_else(|| Refusal::new(ErrorCode::InvalidParams, "the text has no such lines".to_owned()))?;
        let mut actions = Vec::new();
        for (finding, edit) in self.workspace.fixes(&path, range) {
            let written = lines.text().get(edit.location.range.clone()).unwrap_or("");
            let title = match (written, edit.text.as_str()) {
                ("", new) => format!("Add `{}`", new.trim()),
                (_, new) => format!("Write `{new}`"),
            };
            actions.push(json!({
                "title": title,
                "kind": "quickfix",
                "isPreferred": true,
                "diagnostics": [self.diagnostic(&finding, &lines)],
                "edit": self.workspace_edit(&[edit]),
            }));
        }
        Ok(actions.into())
    }

    fn execute(&mut self, params: ExecuteCommandParams) -> Result<Value, Refusal> {
        if params.command != RUN_TEST {
            let message = format!("there is no command `{}`", params.command);
            return Err(Refusal::new(ErrorCode::InvalidParams, message));
        }
        let [Value::String(uri), Value::String(name)] = params.arguments.as_slice() else {
            let message = format!("`{RUN_TEST}` takes the address of a file and the name of a test");
            return Err(Refusal::new(ErrorCode::InvalidParams, message));
        };
        self.run_test(uri, name)
    }

    /// Runs a test, says how it went, and shows what was not met where it stands.
    fn run_test(&mut self, uri: &str, name: &str) -> Result<Value, Refusal> {
        let path = uris::path(uri);
        let Some(lines) = self.lines(&path) else {
            return Err(Refusal::new(ErrorCode::InvalidParams, format!("{uri} is not open")));
        };
        let results = match self.workspace.run_tests(&path, Some(name)) {
            Ok(results) => results,
            Err(_) => {
                let message = format!(
                    "\"{name}\" cannot run: the file has errors, or needs what another includes it for"
                );
                self.show(ERROR, &message);
                return Ok(json!({"passed": false, "message": message}));
            }
        };
        let failures: Vec<_> = results.iter().flat_map(|result| &result.failures).collect();
        let (severity, message) = match failures.as_slice() {
            _ if results.is_empty() => (ERROR, format!("there is no test \"{name}\"")),
            [] => (INFORMATION, format!("\"{name}\" passed")),
            failures => {
                let told = failures
                    .iter()
                    .map(|failure| format!("expected {}, {}", failure.expected, failure.actual));
                (WARNING, format!("\"{name}\" failed: {}", told.collect::<Vec<_>>().join("; ")))
            }
        };
        let shown = |failure: &&leadql::TestFailure| Diagnostic {
            range: first_word_to_end(&lines, failure.line),
            severity: Some(DiagnosticSeverity::ERROR),
            source: Some("leadql test".to_owned()),
            message: format!("expected {}, {}", failure.expected, failure.actual),
            ..Diagnostic::default()
        };
        let found: Vec<Diagnostic> = failures.iter().map(shown).collect();
        let passed = severity == INFORMATION;
        self.tests.insert(path, found);
        self.publish();
        self.show(severity, &message);
        Ok(json!({"passed": passed, "message": message}))
    }

    /// Shows a message to the user.
    fn show(&mut self, severity: u8, message: &str) {
        let params = json!({"type": severity, "message": message});
        self.told.push(Notification::new("window/showMessage".to_owned(), params));
    }
}

/// The range of a line, from 1, without the blanks before its first word.
fn first_word_to_end(lines: &Lines, line: usize) -> Range {
    let whole = lines.line(line.saturating_sub(1));
    let Some(bytes) = lines.bytes(whole) else { return whole };
    let written = lines.text().get(bytes.clone()).unwrap_or("");
    let indent = written.len() - written.trim_start().len();
    lines.range(&(bytes.start + indent..bytes.end))
}

/// So many completions are all that are offered at once.
const MOST_OFFERED: usize = 1_000;

fn failed(error: impl std::fmt::Display) -> Refusal {
    Refusal::new(ErrorCode::RequestFailed, error.to_string())
}
