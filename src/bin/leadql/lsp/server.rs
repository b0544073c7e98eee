//! The server: from `initialize` to `exit`, the open texts, and what is published of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError};

use leadql::editor::Workspace;
use lsp_server::{ErrorCode, Message, Notification, Request, Response};
use lsp_types::{
    Diagnostic, DidChangeTextDocumentParams, DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, InitializeParams, PositionEncodingKind, TextDocumentContentChangeEvent,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::positions::{Columns, Lines};
use super::wire::{self, Incoming};
use super::{convert, uris};
use crate::output::Stop;

/// Why a request is not answered.
#[derive(Debug)]
pub(super) struct Refusal {
    code: ErrorCode,
    message: String,
}

impl Refusal {
    pub(super) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Refusal { code, message: message.into() }
    }
}

/// How far the talk has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Phase {
    #[default]
    Before,
    Open,
    Shutdown,
}

#[derive(Debug, Default)]
pub(super) struct Server {
    phase: Phase,
    pub(super) workspace: Workspace,
    pub(super) columns: Columns,
    /// Whether the editor takes changes with the versions of the texts that they are for.
    pub(super) takes_versions: bool,
    /// The address and version of each open text.
    pub(super) open: BTreeMap<PathBuf, (String, i32)>,
    /// What tests found, until the text changes.
    pub(super) tests: BTreeMap<PathBuf, Vec<Diagnostic>>,
    /// The files that the editor has findings of.
    published: BTreeSet<PathBuf>,
    /// Whether something has changed since findings were published.
    is_stale: bool,
    /// Whether a text was saved and nothing has changed since: then there is time to look more closely.
    is_saved: bool,
    /// The lines of texts that were asked for, until something changes.
    lines: HashMap<PathBuf, Rc<Lines>>,
    /// What is to be told besides answers.
    pub(super) told: Vec<Notification>,
}

/// Serves one editor until it says goodbye or its messages end.
pub(super) fn serve(messages: &Receiver<Incoming>, mut out: impl Write) -> Result<ExitCode, Stop> {
    let mut server = Server::default();
    loop {
        let incoming = if server.is_stale {
            match messages.try_recv() {
                Ok(incoming) => incoming,
                Err(TryRecvError::Empty) => {
                    server.publish();
                    server.tell(&mut out)?;
                    continue;
                }
                Err(TryRecvError::Disconnected) => return Ok(ExitCode::FAILURE),
            }
        } else {
            match messages.recv() {
                Ok(incoming) => incoming,
                Err(_) => return Ok(ExitCode::FAILURE),
            }
        };
        match incoming {
            Incoming::Message(Message::Request(request)) => {
                let response = server.answer(request);
                server.tell(&mut out)?;
                wire::send(&mut out, &response.into())?;
            }
            Incoming::Message(Message::Notification(notification)) if notification.method == "exit" => {
                let said_goodbye = server.phase == Phase::Shutdown;
                return Ok(if said_goodbye { ExitCode::SUCCESS } else { ExitCode::FAILURE });
            }
            Incoming::Message(Message::Notification(notification)) => server.note(notification),
            // Nothing was asked of the editor.
            Incoming::Message(Message::Response(_)) => {}
            Incoming::Broken(code, message) => wire::refuse(&mut out, code, &message)?,
        }
    }
}

/// Parameters of the form that a method has.
pub(super) fn parameters<P: DeserializeOwned>(value: Value) -> Result<P, Refusal> {
    serde_json::from_value(value).map_err(|error| Refusal::new(ErrorCode::InvalidParams, error.to_string()))
}

impl Server {
    fn answer(&mut self, request: Request) -> Response {
        let Request { id, method, params } = request;
        let answer = match (self.phase, method.as_str()) {
            (Phase::Before, "initialize") => self.initialize(params),
            (Phase::Before, _) => {
                Err(Refusal::new(ErrorCode::ServerNotInitialized, "`initialize` comes before all else"))
            }
            (Phase::Shutdown, _) => {
                Err(Refusal::new(ErrorCode::InvalidRequest, "nothing comes behind `shutdown` but `exit`"))
            }
            (Phase::Open, "initialize") => {
                Err(Refusal::new(ErrorCode::InvalidRequest, "`initialize` comes once"))
            }
            (Phase::Open, "shutdown") => {
                self.phase = Phase::Shutdown;
                self.is_stale = false;
                Ok(Value::Null)
            }
            (Phase::Open, method) => self.request(method, params),
        };
        match answer {
            Ok(result) => Response::new_ok(id, result),
            Err(Refusal { code, message }) => Response::new_err(id, code as i32, message),
        }
    }

    fn initialize(&mut self, params: Value) -> Result<Value, Refusal> {
        #[expect(deprecated, reason = "older editors name one folder by `rootUri`")]
        let InitializeParams { workspace_folders, root_uri, capabilities, .. } = parameters(params)?;
        let encodings =
            capabilities.general.and_then(|general| general.position_encodings).unwrap_or_default();
        if encodings.contains(&PositionEncodingKind::UTF8) {
            self.columns = Columns::Utf8;
        }
        let edits = capabilities.workspace.and_then(|workspace| workspace.workspace_edit);
        self.takes_versions = edits.and_then(|edits| edits.document_changes).unwrap_or(false);
        match workspace_folders {
            Some(folders) => folders.iter().for_each(|folder| self.add_folder(folder.uri.as_str())),
            None => root_uri.iter().for_each(|root| self.add_folder(root.as_str())),
        }
        self.phase = Phase::Open;
        let encoding = match self.columns {
            Columns::Utf8 => "utf-8",
            Columns::Utf16 => "utf-16",
        };
        Ok(json!({
            "serverInfo": {"name": "leadql", "version": env!("CARGO_PKG_VERSION")},
            "capabilities": {
                "positionEncoding": encoding,
                "textDocumentSync": {"openClose": true, "change": 2, "save": {"includeText": false}},
                "completionProvider": {"triggerCharacters": ["(", "=", ".", ",", "|", "["]},
                "hoverProvider": true,
                "definitionProvider": true,
                "referencesProvider": true,
                "documentSymbolProvider": true,
                "documentFormattingProvider": true,
                "renameProvider": {"prepareProvider": true},
                "codeLensProvider": {},
                "codeActionProvider": {"codeActionKinds": ["quickfix"]},
                "executeCommandProvider": {"commands": [convert::RUN_TEST]},
                "workspace": {"workspaceFolders": {"supported": true, "changeNotifications": true}},
            },
        }))
    }

    fn add_folder(&mut self, uri: &str) {
        self.workspace.add_folder(uris::path(uri));
    }

    /// Takes note of what the editor tells. What is told in a form that it has not is passed over.
    fn note(&mut self, notification: Notification) {
        if self.phase != Phase::Open {
            return;
        }
        let Notification { method, params } = notification;
        match method.as_str() {
            "textDocument/didOpen" => {
                let Ok(DidOpenTextDocumentParams { text_document }) = parameters(params) else { return };
                let path = uris::path(text_document.uri.as_str());
                let known = (text_document.uri.as_str().to_owned(), text_document.version);
                self.open.insert(path.clone(), known);
                self.change(path, text_document.text.into());
            }
            "textDocument/didChange" => {
                let Ok(changes) = parameters::<DidChangeTextDocumentParams>(params) else { return };
                let path = uris::path(changes.text_document.uri.as_str());
                let Some((_, version)) = self.open.get_mut(&path) else { return };
                *version = changes.text_document.version;
                let Some(mut text) = self.workspace.text(&path) else { return };
                for change in changes.content_changes {
                    text = changed(text, change, self.columns);
                }
                self.change(path, text);
            }
            "textDocument/didClose" => {
                let Ok(closed) = parameters::<DidCloseTextDocumentParams>(params) else { return };
                let path = uris::path(closed.text_document.uri.as_str());
                self.open.remove(&path);
                self.tests.remove(&path);
                self.workspace.close(&path);
                self.is_changed();
            }
            "textDocument/didSave" | "workspace/didChangeWatchedFiles" => {
                self.workspace.rescan();
                self.is_changed();
                self.is_saved = method == "textDocument/didSave";
            }
            "workspace/didChangeWorkspaceFolders" => {
                let Ok(changed) = parameters::<DidChangeWorkspaceFoldersParams>(params) else { return };
                for folder in changed.event.removed {
                    self.workspace.remove_folder(&uris::path(folder.uri.as_str()));
                }
                changed.event.added.iter().for_each(|folder| self.add_folder(folder.uri.as_str()));
                self.is_changed();
            }
            // What else there is asks for nothing.
            _ => {}
        }
    }

    fn change(&mut self, path: PathBuf, text: Arc<str>) {
        self.tests.remove(&path);
        self.workspace.open(path, text);
        self.is_changed();
    }

    /// The lines of a file; none if its text is not known.
    pub(super) fn lines(&mut self, path: &Path) -> Option<Rc<Lines>> {
        if let Some(lines) = self.lines.get(path) {
            return Some(Rc::clone(lines));
        }
        let lines = Rc::new(Lines::of(self.workspace.text(path)?, self.columns));
        self.lines.insert(path.to_path_buf(), Rc::clone(&lines));
        Some(lines)
    }

    /// Something has changed: what was known of texts is not any more.
    fn is_changed(&mut self) {
        self.lines.clear();
        self.is_stale = true;
        self.is_saved = false;
    }

    /// The address of a file, as the editor gave it where it is open.
    pub(super) fn uri(&self, path: &Path) -> String {
        self.open.get(path).map_or_else(|| uris::uri(path), |(uri, _)| uri.clone())
    }

    /// Tells what is wrong in each file, and of those that have nothing to do with the open texts any more that
    /// nothing is.
    pub(super) fn publish(&mut self) {
        self.is_stale = false;
        let mut gone = std::mem::take(&mut self.published);
        let files = if self.is_saved { self.workspace.review() } else { self.workspace.findings() };
        for file in files {
            let Some(lines) = self.lines(&file.path) else { continue };
            let found = file.findings.iter().map(|finding| self.diagnostic(finding, &lines));
            let mut found: Vec<Value> = found.collect();
            found.extend(self.tests.get(&file.path).into_iter().flatten().map(|failed| json!(failed)));
            // A file that is not open, and has nothing wrong, need not be spoken of.
            let was = gone.remove(&file.path);
            if found.is_empty() && !was && !self.open.contains_key(&file.path) {
                continue;
            }
            let mut params = json!({"uri": self.uri(&file.path), "diagnostics": found});
            if let (Some((_, version)), Some(object)) = (self.open.get(&file.path), params.as_object_mut()) {
                object.insert("version".to_owned(), json!(version));
            }
            self.told.push(Notification::new("textDocument/publishDiagnostics".to_owned(), params));
            self.published.insert(file.path);
        }
        for path in gone {
            let params = json!({"uri": self.uri(&path), "diagnostics": []});
            self.told.push(Notification::new("textDocument/publishDiagnostics".to_owned(), params));
        }
    }

    /// Sends what is to be told.
    fn tell(&mut self, out: &mut impl Write) -> io::Result<()> {
        for notification in self.told.drain(..) {
            wire::send(out, &notification.into())?;
        }
        Ok(())
    }
}

/// A text with a change made. One at a place that the text lacks is made at its end.
fn changed(text: Arc<str>, change: TextDocumentContentChangeEvent, columns: Columns) -> Arc<str> {
    let Some(range) = change.range else { return change.text.into() };
    let bytes = Lines::of(Arc::clone(&text), columns).bytes(range).unwrap_or(text.len()..text.len());
    let mut new = String::with_capacity(text.len() + change.text.len());
    new.push_str(text.get(..bytes.start).unwrap_or(""));
    new.push_str(&change.text);
    new.push_str(text.get(bytes.end..).unwrap_or(""));
    new.into()
}
