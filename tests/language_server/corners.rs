//! Editors that can do little, and what they seldom ask.

use serde_json::{Value, json};

use super::{FILES, Folder, MAIN, NAMES, edited};
use crate::client::{Client, at, uri};

/// One of every definition, and of every sort of thing that may be offered.
const EVERYTHING: &str = "\
param bonus = 5
attribute plan: one of [free, pro]
event rated(page, stars: number)
let boss = title has word \"chief\"
let big = [\"acme\", \"ibm\"]
activity content = viewed(*) or rated(*)
score fit {
  group size best {
    large: company_size > 500 => bonus
    company in big => +1 \"a label\"
  }
  boss => +30
}
group loose max 9 {
  content >= 2 => +4
}
band fit { hot >= 20, cold }
segment keen when fit is hot and plan = pro
stage mql when segment keen
stage sql when need
recycle when inactive for 90d
disqualify when company = \"spam\"
test \"nothing\" {
  expect fit = 0
}
";

#[test]
fn everything_has_a_place_in_the_outline_and_is_offered() {
    let folder = Folder::new("everything", &[]);
    let path = folder.path("everything.lql");
    let mut client = Client::greeted(None, &json!({}));
    client.open(&path, EVERYTHING);
    client.findings(&path, |_| true);
    let symbols = client.ask("textDocument/documentSymbol", json!({"textDocument": {"uri": uri(&path)}}));
    let told: Vec<(String, Vec<String>)> = symbols
        .as_array()
        .unwrap()
        .iter()
        .map(|symbol| {
            let name = |symbol: &Value| format!("{} {}", symbol["kind"], symbol["name"].as_str().unwrap());
            (name(symbol), symbol["children"].as_array().unwrap().iter().map(name).collect())
        })
        .collect();
    let names: Vec<&str> = told.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "14 bonus",
            "8 plan",
            "24 rated",
            "13 boss",
            "18 big",
            "13 content",
            "5 fit",
            "3 loose",
            "22 fit",
            "13 keen",
            "11 stage mql",
            "11 stage sql",
            "11 recycle",
            "11 disqualify",
            "6 nothing",
        ],
        "{told:?}"
    );
    let children = |name: &str| told.iter().find(|(of, _)| of == name).unwrap().1.clone();
    assert_eq!(children("5 fit"), ["3 size", "12 boss => +30"]);
    assert_eq!(children("3 loose"), ["12 content >= 2 => +4"]);

    assert_eq!(children("22 fit"), ["22 hot", "22 cold"]);

    let offered = |client: &mut Client, line, column| -> Vec<String> {
        let offered = client.ask("textDocument/completion", at(&path, line, column));
        let label = |item: &Value| format!("{} {}", item["kind"], item["label"].as_str().unwrap());
        offered["items"].as_array().unwrap().iter().map(label).collect()
    };
    let has = |offered: &[String], wanted: &[&str]| {
        for wanted in wanted {
            assert!(offered.iter().any(|it| it == wanted), "{wanted} is not in {offered:?}");
        }
    };
    // Where a condition begins, where a list stands, where a param may, behind a band's `is`, where a type stands.
    has(&offered(&mut client, 11, 2), &["5 company_size", "3 rated", "6 boss", "6 content", "14 not"]);
    has(&offered(&mut client, 9, 15), &["13 big"]);
    has(&offered(&mut client, 8, 33), &["21 bonus"]);
    has(&offered(&mut client, 17, 25), &["20 hot", "20 cold"]);
    has(&offered(&mut client, 1, 16), &["25 number", "25 text"]);
    has(&offered(&mut client, 17, 18), &["7 fit"]);
    assert_eq!(client.leave(), 0);
}

#[test]
fn changes_of_several_files_come_as_a_plain_map_where_versions_are_not_known() {
    let folder = Folder::new("plain", &FILES);
    let (main, names) = (folder.path("main.lql"), folder.path("shared/names.lql"));
    let mut client = Client::greeted(Some(&folder.0), &json!({}));
    client.open(&main, MAIN);
    client.findings(&main, <[String]>::is_empty);
    let mut question = at(&main, 2, 4);
    question["newName"] = json!("boss");
    let edit = client.ask("textDocument/rename", question);
    let changed = |text: &str, uri: &str| {
        edited(text, &edit["changes"][uri].as_array().unwrap().iter().collect::<Vec<_>>())
    };
    assert_eq!(changed(MAIN, &uri(&main)), MAIN.replace("decider =>", "boss =>"));
    assert_eq!(changed(NAMES, &uri(&names)), NAMES.replace("decider", "boss"));
    assert_eq!(client.leave(), 0);
}

#[test]
fn questions_that_have_no_answer_get_none() {
    let folder = Folder::new("none", &[]);
    let path = folder.path("some.lql");
    let mut client = Client::greeted(None, &json!({}));
    client.open(&path, "need => +1\n\ntest \"t\" { expect score = 0 }\n");
    client.findings(&path, <[String]>::is_empty);
    assert_eq!(client.ask("textDocument/hover", at(&path, 1, 0)), Value::Null);
    assert_eq!(client.ask("textDocument/definition", at(&path, 1, 0)), json!([]));
    // An answer to nothing that was asked is passed over.
    client.write(b"{\"jsonrpc\": \"2.0\", \"id\": 77, \"result\": null}");
    let question = json!({"textDocument": {"uri": uri(&path)}, "context": {"diagnostics": []},
        "range": {"start": {"line": 90, "character": 0}, "end": {"line": 91, "character": 0}}});
    assert_eq!(client.refused("textDocument/codeAction", question), -32602);
    let elsewhere = uri(&folder.path("elsewhere.lql"));
    let command = |uri: &str| json!({"command": "leadql.runTest", "arguments": [uri, "t"]});
    assert_eq!(client.refused("workspace/executeCommand", command(&elsewhere)), -32602);

    // What is laid out already needs no change; what has errors cannot be laid out, nor run.
    let text = leadql::format("some.lql", "need => +1\n\ntest \"t\" { expect score = 0 }\n").unwrap();
    client.change(&path, 2, &text);
    let question =
        json!({"textDocument": {"uri": uri(&path)}, "options": {"tabSize": 2, "insertSpaces": true}});
    assert_eq!(client.ask("textDocument/formatting", question.clone()), json!([]));
    client.change(&path, 3, "need =>\ntest \"t\" { expect score = 0 }\n");
    assert_eq!(client.refused("textDocument/formatting", question), -32803);
    let result = client.ask("workspace/executeCommand", command(&uri(&path)));
    assert_eq!(result["passed"], false);
    assert!(result["message"].as_str().unwrap().contains("cannot run"), "{result}");

    // What is told in a form that it has not is passed over, whatever it is.
    for method in [
        "textDocument/didChange",
        "textDocument/didClose",
        "workspace/didChangeWorkspaceFolders",
        "textDocument/didOpen",
    ] {
        client.tell(method, json!({"wrong": [1]}));
    }
    client.change(&folder.path("never_opened.lql"), 1, "need");
    client.change(&path, 4, "need => +1\n");
    client.findings(&path, <[String]>::is_empty);
    assert_eq!(client.leave(), 0);
}

#[test]
fn folders_come_and_go_and_their_findings_with_them() {
    let main = "include \"names.lql\"\nplan = pro => +1\n";
    let folder =
        Folder::new("folders", &[("a/main.lql", main), ("a/names.lql", "attribute plan: one of [pro]\n")]);
    let names = folder.path("a/names.lql");
    let mut client = Client::greeted(None, &json!({}));
    let folders = |added: Value, removed: Value| json!({"event": {"added": added, "removed": removed}});
    let a = json!([{"uri": uri(&folder.path("a")), "name": "a"}]);
    client.tell("workspace/didChangeWorkspaceFolders", folders(a.clone(), json!([])));
    client.open(&names, "attribute plan: one of [free]\n");
    let main = folder.path("a/main.lql");
    let found = client.findings(&main, |messages| !messages.is_empty());
    assert_eq!(found[0]["code"], "unknown-symbol");
    // With the folder its main file is out of sight, and so is what was wrong there.
    client.tell("workspace/didChangeWorkspaceFolders", folders(json!([]), a));
    client.findings(&main, <[String]>::is_empty);
    assert_eq!(client.leave(), 0);
}
