//! The language server as an editor drives it, over its standard input and output.
#![cfg(all(feature = "lsp", unix))]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what helps a test fails by panicking too"
)]

mod client;
mod corners;

use std::fs;
use std::path::{Path, PathBuf};

use client::{Client, at, uri};
use serde_json::{Value, json};

/// A folder of files for one test, removed behind it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Folder {
        let folder = std::env::temp_dir().join(format!("leadql-lsp-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for (name, text) in files {
            fs::create_dir_all(folder.join(name).parent().unwrap()).unwrap();
            fs::write(folder.join(name), text).unwrap();
        }
        Folder(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

const MAIN: &str = "\
include \"shared/names.lql\"
score fit {
  decider => +30
  plan = pro => +10
}
stage mql when fit >= 30
test \"a decider\" {
  title = \"Chief Editor\"
  expect fit = 30
}
";
const NAMES: &str = "\
attribute plan: one of [free, pro]
let decider = title has word \"chief\"
";
const FILES: [(&str, &str); 2] = [("main.lql", MAIN), ("shared/names.lql", NAMES)];

/// Makes the changes of a workspace edit to texts by their address.
fn applied(text: &str, uri: &str, edit: &Value) -> String {
    let files = edit["documentChanges"].as_array().unwrap();
    let edits = files.iter().filter(|file| file["textDocument"]["uri"] == uri);
    let edits: Vec<&Value> = edits.flat_map(|file| file["edits"].as_array().unwrap()).collect();
    edited(text, &edits)
}

/// Makes changes to a text of ASCII letters.
fn edited(text: &str, edits: &[&Value]) -> String {
    let mut text = text.to_owned();
    let starts: Vec<usize> =
        std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let byte = |position: &Value| {
        let line = usize::try_from(position["line"].as_u64().unwrap()).unwrap();
        starts[line] + usize::try_from(position["character"].as_u64().unwrap()).unwrap()
    };
    for edit in edits.iter().rev() {
        let range = byte(&edit["range"]["start"])..byte(&edit["range"]["end"]);
        text.replace_range(range, edit["newText"].as_str().unwrap());
    }
    text
}

/// One sitting: a file is opened, mended, asked about, renamed, laid out and tested.
#[test]
fn an_editor_is_served_from_hello_to_goodbye() {
    let folder = Folder::new("sitting", &FILES);
    let (main, names) = (folder.path("main.lql"), folder.path("shared/names.lql"));
    let versions = json!({"workspace": {"workspaceEdit": {"documentChanges": true}}});
    let mut client = Client::greeted(Some(&folder.0), &versions);

    // Findings, and what mends them.
    let broken = MAIN.replace("decider =>", "decidr =>");
    client.open(&main, &broken);
    let found = client.findings(&main, |messages| messages.len() == 1);
    assert_eq!(found[0]["code"], "unknown-name");
    assert_eq!(
        found[0]["range"],
        json!({"start": {"line": 2, "character": 2}, "end": {"line": 2, "character": 8}})
    );
    let question = json!({"textDocument": {"uri": uri(&main)}, "range": found[0]["range"], "context": {"diagnostics": []}});
    let actions = client.ask("textDocument/codeAction", question);
    assert_eq!(actions[0]["title"], "Write `decider`");
    assert_eq!(actions[0]["diagnostics"][0]["code"], "unknown-name");
    let mended = applied(&broken, &uri(&main), &actions[0]["edit"]);
    assert_eq!(mended, MAIN);
    client.change(&main, 2, &mended);
    client.findings(&main, <[String]>::is_empty);

    // Completion, in a line that is being written.
    client.change(&main, 3, &MAIN.replace("plan = pro", "plan = "));
    let offered = client.ask("textDocument/completion", at(&main, 3, 9));
    let labels: Vec<&str> =
        offered["items"].as_array().unwrap().iter().filter_map(|item| item["label"].as_str()).collect();
    assert_eq!(labels, ["free", "pro"]);
    client.change(&main, 4, MAIN);

    // Hover and definitions, across files.
    let hover = client.ask("textDocument/hover", at(&main, 2, 4));
    assert!(hover["contents"]["value"].as_str().unwrap().contains("`title` has word `\"chief\"`"));
    let definition = client.ask("textDocument/definition", at(&main, 2, 4));
    assert_eq!(definition[0]["uri"], uri(&names));
    assert_eq!(definition[0]["range"]["start"], json!({"line": 1, "character": 4}));
    let mut question = at(&main, 2, 4);
    question["context"] = json!({"includeDeclaration": false});
    assert_eq!(client.ask("textDocument/references", question).as_array().unwrap().len(), 1);

    // Renaming, in both files.
    assert_eq!(client.ask("textDocument/prepareRename", at(&main, 2, 4))["placeholder"], "decider");
    let mut question = at(&main, 2, 4);
    question["newName"] = json!("boss");
    let edit = client.ask("textDocument/rename", question.clone());
    assert_eq!(applied(MAIN, &uri(&main), &edit), MAIN.replace("decider =>", "boss =>"));
    assert_eq!(applied(NAMES, &uri(&names), &edit), NAMES.replace("decider", "boss"));
    question["newName"] = json!("plan");
    assert_eq!(client.refused("textDocument/rename", question), -32803);

    // The one layout.
    client.change(&main, 5, &MAIN.replace("  decider => +30", "decider=>30"));
    let document = json!({"textDocument": {"uri": uri(&main)}});
    let question =
        json!({"textDocument": {"uri": uri(&main)}, "options": {"tabSize": 2, "insertSpaces": true}});
    let edits = client.ask("textDocument/formatting", question);
    let current = MAIN.replace("  decider => +30", "decider=>30");
    let laid_out = edited(&current, &edits.as_array().unwrap().iter().collect::<Vec<_>>());
    assert_eq!(laid_out, leadql::format("main.lql", MAIN).unwrap());
    client.change(&main, 6, MAIN);

    // The outline, and a test that is run.
    let symbols = client.ask("textDocument/documentSymbol", document.clone());
    assert_eq!(symbols[0]["name"], "fit");
    assert_eq!(symbols[0]["children"].as_array().unwrap().len(), 2);
    let lenses = client.ask("textDocument/codeLens", document);
    assert_eq!(lenses[0]["range"]["start"], json!({"line": 6, "character": 0}));
    let command =
        json!({"command": lenses[0]["command"]["command"], "arguments": lenses[0]["command"]["arguments"]});
    let result = client.ask("workspace/executeCommand", command.clone());
    assert_eq!(result["passed"], true);
    let shown = client.wait(|message| message["method"] == "window/showMessage");
    assert_eq!(shown["params"], json!({"type": 3, "message": "\"a decider\" passed"}));
    client.change(&main, 7, &MAIN.replace("expect fit = 30", "expect fit = 40"));
    let result = client.ask("workspace/executeCommand", command);
    assert_eq!(result["passed"], false);
    let found = client.findings(&main, |messages| messages == ["expected fit = 40, fit is 30"]);
    assert_eq!(found[0]["source"], "leadql test");
    assert_eq!(found[0]["range"]["start"], json!({"line": 8, "character": 2}));

    assert_eq!(client.leave(), 0);
}

#[test]
fn findings_of_included_files_stand_in_those_files() {
    let folder = Folder::new("includes", &FILES);
    let (main, names) = (folder.path("main.lql"), folder.path("shared/names.lql"));
    let mut client = Client::greeted(None, &json!({}));
    client.open(&main, MAIN);
    client.findings(&main, <[String]>::is_empty);
    client.open(&names, &NAMES.replace("title", "titel"));
    let found = client.findings(&names, |messages| messages.len() == 1);
    assert_eq!(found[0]["code"], "unknown-name");
    // What is on disk counts again.
    client.tell("textDocument/didClose", json!({"textDocument": {"uri": uri(&names)}}));
    client.findings(&names, <[String]>::is_empty);
    fs::write(&names, "attribute plan: one of [free]").unwrap();
    client.tell("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": uri(&names), "type": 2}]}));
    client.findings(&main, |messages| messages.len() == 2);
    assert_eq!(client.leave(), 0);
}

/// What takes proofs is looked for when a text is saved.
#[test]
fn a_save_looks_more_closely() {
    let folder = Folder::new("save", &[]);
    let path = folder.path("never.lql");
    let mut client = Client::greeted(None, &json!({}));
    client.open(&path, "company_size > 500 and company_size < 50 => +10\nbudget => +1");
    client.findings(&path, <[String]>::is_empty);
    client.tell("textDocument/didSave", json!({"textDocument": {"uri": uri(&path)}}));
    let found = client.findings(&path, |messages| !messages.is_empty());
    assert!(found.as_array().unwrap().iter().any(|found| found["code"] == "never-true"), "{found}");
    client.change(&path, 2, "budget => +1");
    client.findings(&path, <[String]>::is_empty);
    assert_eq!(client.leave(), 0);
}

#[test]
fn changes_come_in_pieces_and_columns_in_the_units_agreed_on() {
    for (encodings, length) in [(json!(["utf-16"]), 2), (json!(["utf-8", "utf-16"]), 4)] {
        let folder = Folder::new(&format!("pieces{length}"), &[]);
        let path = folder.path("new.lql");
        let mut client = Client::greeted(None, &json!({"general": {"positionEncodings": encodings}}));
        client.open(&path, "title = \"😀\" and titl\r\n=> 1");
        let found = client.findings(&path, |messages| messages.len() == 1);
        let start = 15 + length;
        assert_eq!(found[0]["range"]["start"], json!({"line": 0, "character": start}));
        let place = json!({"line": 0, "character": start});
        let end = json!({"line": 0, "character": start + 4});
        let changes = json!([
            {"range": {"start": place, "end": end}, "text": "budge"},
            {"range": {"start": {"line": 0, "character": start + 5}, "end": {"line": 0, "character": 99}}, "text": "t"},
            {"range": {"start": {"line": 1, "character": 5}, "end": {"line": 1, "character": 5}}, "text": "\nneed => 2"},
        ]);
        let document = json!({"uri": uri(&path), "version": 2});
        client.tell("textDocument/didChange", json!({"textDocument": document, "contentChanges": changes}));
        client.findings(&path, <[String]>::is_empty);
        let hover = client.ask("textDocument/hover", at(&path, 2, 1));
        assert_eq!(hover["range"]["end"], json!({"line": 2, "character": 4}));
        assert_eq!(client.leave(), 0);
    }
}

#[test]
fn what_makes_no_sense_is_refused_and_the_next_question_answered() {
    let folder = Folder::new("nonsense", &FILES);
    let main = folder.path("main.lql");
    let mut client = Client::start();
    assert_eq!(client.refused("textDocument/hover", at(&main, 0, 0)), -32002, "nobody said hello");
    client.ask("initialize", json!({"capabilities": {}}));
    assert_eq!(client.refused("initialize", json!({"capabilities": {}})), -32600);
    client.write(b"{\"jsonrpc\": ");
    assert_eq!(
        client.wait(|message| message["id"].is_null() && message.get("error").is_some())["error"]["code"],
        -32700
    );
    client.write(b"[1, \"two\"]");
    assert_eq!(
        client.wait(|message| message["id"].is_null() && message.get("error").is_some())["error"]["code"],
        -32600
    );
    client.write(b"\xff\xfe");
    assert_eq!(
        client.wait(|message| message["id"].is_null() && message.get("error").is_some())["error"]["code"],
        -32700
    );
    assert_eq!(client.refused("textDocument/unheardOf", json!({})), -32601);
    assert_eq!(client.refused("textDocument/hover", json!({"position": 3})), -32602);
    assert_eq!(client.refused("textDocument/hover", at(&main, 0, 0)), -32602, "not open");
    client.tell("textDocument/didOpen", json!({"nothing": true}));
    client.tell("$/unheardOf", json!([]));
    client.open(&main, MAIN);
    assert_eq!(client.refused("textDocument/hover", at(&main, 99, 0)), -32602);
    assert_eq!(client.refused("textDocument/completion", at(&main, u32::MAX, 0)), -32602);
    client.ask("textDocument/completion", at(&main, 2, u32::MAX));
    let command = |name: &str, arguments: Value| json!({"command": name, "arguments": arguments});
    assert_eq!(client.refused("workspace/executeCommand", command("rm", json!([]))), -32602);
    assert_eq!(client.refused("workspace/executeCommand", command("leadql.runTest", json!([1]))), -32602);
    let missing = command("leadql.runTest", json!([uri(&main), "no such test"]));
    assert_eq!(client.ask("workspace/executeCommand", missing)["passed"], false);
    let outside = Path::new("/nowhere/at/all.lql");
    client.open(outside, "include \"x.lql\"\nbudget => 1");
    client.findings(outside, |messages| messages.len() == 1);
    assert_eq!(client.leave(), 0);
}

#[test]
fn a_text_that_was_never_saved_is_served() {
    let mut client = Client::greeted(None, &json!({}));
    let document =
        json!({"uri": "untitled:Untitled-1", "languageId": "leadql", "version": 1, "text": "budgt => 1"});
    client.tell("textDocument/didOpen", json!({"textDocument": document}));
    let published = client.wait(|message| message["params"]["uri"] == "untitled:Untitled-1");
    assert_eq!(published["params"]["diagnostics"].as_array().unwrap().len(), 1);
    assert_eq!(client.leave(), 0);
}

#[test]
fn a_large_file_is_served() {
    let folder = Folder::new("large", &[]);
    let path = folder.path("large.lql");
    let mut client = Client::greeted(None, &json!({}));
    client.open(&path, &"budget and need => 1 ".repeat(4_000));
    client.findings(&path, <[String]>::is_empty);
    let symbols = client.ask("textDocument/documentSymbol", json!({"textDocument": {"uri": uri(&path)}}));
    assert_eq!(symbols.as_array().unwrap().len(), 4_000);
    client.change(&path, 2, &"# so long a line\n".repeat(70_000));
    client.findings(&path, |messages| messages.len() == 1);
    assert_eq!(client.leave(), 0);
}

#[test]
fn the_exit_status_tells_whether_goodbye_was_said() {
    let mut client = Client::greeted(None, &json!({}));
    client.tell("exit", Value::Null);
    assert_eq!(client.ends(), 1);
    assert_eq!(Client::greeted(None, &json!({})).hang_up(), 1);
    assert_eq!(Client::start().hang_up(), 1);
    let mut client = Client::greeted(None, &json!({}));
    client.ask("shutdown", Value::Null);
    assert_eq!(client.refused("textDocument/hover", json!({})), -32600);
    client.tell("exit", Value::Null);
    assert_eq!(client.ends(), 0);
}
