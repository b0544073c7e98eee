//! An editor, as far as the server can tell: it frames messages, waits for answers by their id and for what is
//! published by its file.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

pub(crate) struct Client {
    process: Child,
    input: Option<ChildStdin>,
    output: Receiver<Value>,
    /// What came while something else was waited for.
    kept: Vec<Value>,
    next_id: i32,
}

/// A server that says nothing for so long has hung.
const PATIENCE: Duration = Duration::from_secs(300);

impl Client {
    /// A server that is started and not greeted.
    pub(crate) fn start() -> Client {
        let mut process = Command::new(env!("CARGO_BIN_EXE_leadql"))
            .arg("lsp")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, output) = channel();
        let mut reader = BufReader::new(process.stdout.take().unwrap());
        std::thread::spawn(move || {
            while let Some(message) = read(&mut reader) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let input = process.stdin.take();
        Client { process, input, output, kept: Vec::new(), next_id: 0 }
    }

    /// A server that is greeted, with a folder and capabilities.
    pub(crate) fn greeted(folder: Option<&Path>, capabilities: &Value) -> Client {
        let mut client = Client::start();
        let folders = folder.map(|folder| json!([{"uri": uri(folder), "name": "rules"}]));
        let greeting = json!({"processId": null, "capabilities": capabilities, "workspaceFolders": folders});
        let answer = client.ask("initialize", greeting);
        assert_eq!(answer["serverInfo"]["name"], "leadql");
        client.tell("initialized", json!({}));
        client
    }

    /// Writes a frame with anything in it.
    pub(crate) fn write(&mut self, content: &[u8]) {
        let input = self.input.as_mut().unwrap();
        write!(input, "Content-Length: {}\r\n\r\n", content.len()).unwrap();
        input.write_all(content).unwrap();
        input.flush().unwrap();
    }

    pub(crate) fn tell(&mut self, method: &str, params: Value) {
        self.write(json!({"jsonrpc": "2.0", "method": method, "params": params}).to_string().as_bytes());
    }

    /// Asks, and gives the whole answer.
    pub(crate) fn answer(&mut self, method: &str, params: Value) -> Value {
        self.next_id += 1;
        let id = self.next_id;
        let message = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        self.write(message.to_string().as_bytes());
        self.wait(|message| message["id"] == id)
    }

    /// Asks for a result.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
        let mut answer = self.answer(method, params);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].take()
    }

    /// Asks for what is refused, and gives the code.
    pub(crate) fn refused(&mut self, method: &str, params: Value) -> i64 {
        let answer = self.answer(method, params);
        answer["error"]["code"].as_i64().unwrap_or_else(|| panic!("{method}: {answer}"))
    }

    /// The next findings of a file that are `wanted`, by their messages.
    pub(crate) fn findings(&mut self, path: &Path, wanted: impl Fn(&[String]) -> bool) -> Value {
        let uri = uri(path);
        let mut found = self.wait(|message| {
            let messages: Vec<String> = message["params"]["diagnostics"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|found| found["message"].as_str().map(str::to_owned))
                .collect();
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == uri
                && wanted(&messages)
        });
        found["params"]["diagnostics"].take()
    }

    /// The next message of this sort; others are kept for whoever waits for them.
    pub(crate) fn wait(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.kept.iter().position(&is_it) {
            return self.kept.remove(at);
        }
        loop {
            let message = self.output.recv_timeout(PATIENCE).unwrap();
            if is_it(&message) {
                return message;
            }
            self.kept.push(message);
        }
    }

    pub(crate) fn open(&mut self, path: &Path, text: &str) {
        let document = json!({"uri": uri(path), "languageId": "leadql", "version": 1, "text": text});
        self.tell("textDocument/didOpen", json!({"textDocument": document}));
    }

    /// Gives a text another whole text.
    pub(crate) fn change(&mut self, path: &Path, version: i32, text: &str) {
        let document = json!({"uri": uri(path), "version": version});
        self.tell(
            "textDocument/didChange",
            json!({"textDocument": document, "contentChanges": [{"text": text}]}),
        );
    }

    /// Says goodbye; the exit status.
    pub(crate) fn leave(mut self) -> i32 {
        self.ask("shutdown", Value::Null);
        self.tell("exit", Value::Null);
        self.process.wait().unwrap().code().unwrap()
    }

    /// Closes the input; the exit status.
    pub(crate) fn hang_up(mut self) -> i32 {
        self.input = None;
        self.process.wait().unwrap().code().unwrap()
    }

    /// Waits for the server to end by itself.
    pub(crate) fn ends(mut self) -> i32 {
        self.process.wait().unwrap().code().unwrap()
    }
}

impl Drop for Client {
    /// A test that failed leaves no server behind.
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn read(reader: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim() {
            "" => break,
            line => length = line.strip_prefix("Content-Length: ")?.parse().ok()?,
        }
    }
    let mut content = vec![0; length];
    reader.read_exact(&mut content).ok()?;
    serde_json::from_slice(&content).ok()
}

/// The address of a path without characters that need escaping.
pub(crate) fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

/// The parameters of a question about a place.
pub(crate) fn at(path: &Path, line: u32, character: u32) -> Value {
    json!({"textDocument": {"uri": uri(path)}, "position": {"line": line, "character": character}})
}
