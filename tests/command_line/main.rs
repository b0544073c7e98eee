//! The program as scripts use it: what it prints where, and with which exit status.
#![cfg(feature = "cli")]
#![expect(clippy::unwrap_used, reason = "what helps a test fails by panicking too")]

mod corners;
mod diff;
mod doc;
mod explain;
mod funnel;
mod graph;
mod rule_files;
mod score;
mod streams;
mod tests;
mod timeline;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder of files for one test, removed behind it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Folder {
        let folder = std::env::temp_dir().join(format!("leadql-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for (name, text) in files {
            fs::create_dir_all(folder.join(name).parent().unwrap()).unwrap();
            fs::write(folder.join(name), text).unwrap();
        }
        Folder(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

struct Ran {
    status: i32,
    out: String,
    err: String,
}

fn ran(output: Output) -> Ran {
    Ran {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn leadql(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leadql"));
    command.current_dir(folder).args(arguments);
    command
}

fn run(folder: &Folder, arguments: &[&str]) -> Ran {
    ran(leadql(&folder.0, arguments).output().unwrap())
}

fn run_with_input(folder: &Folder, arguments: &[&str], input: &str) -> Ran {
    let mut command = leadql(&folder.0, arguments);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    ran(child.wait_with_output().unwrap())
}

const RULES: &str = "param bonus = 5
need => bonus
visited(pricing) => +15 \"pricing\"
band score { warm >= 15, cold }
segment keen when score >= 20
stage mql when score >= 20
";

const LEADS: &str = r#"{"id":"L-1","attributes":{"need":true},"events":[{"event":"visited","subject":"pricing","at":"2026-10-30"}]}
{"id":2}
"#;
