//! What the library's `editor` says, in the words of the protocol.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use leadql::Severity;
use leadql::editor::{Completion, Edit, Finding, Kind, Location, Symbol};
use serde_json::{Value, json};

use super::positions::Lines;
use super::server::Server;

/// The command that runs a test: its arguments are the address of a file and the test's name.
pub(super) const RUN_TEST: &str = "leadql.runTest";

impl Server {
    /// A finding in a text with these lines.
    pub(super) fn diagnostic(&mut self, finding: &Finding, lines: &Lines) -> Value {
        let related: Vec<Value> = finding
            .related
            .iter()
            .filter_map(|(location, label)| {
                Some(json!({"location": self.location(location)?, "message": label}))
            })
            .collect();
        let help = finding.help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
        let witness = finding.witness.as_ref().map(|test| format!("\n\n{test}")).unwrap_or_default();
        let label = match finding.label.as_str() {
            "" => String::new(),
            label => format!(": {label}"),
        };
        json!({
            "range": lines.range(&finding.location.range),
            "severity": match finding.severity {
                Severity::Error => 1,
                Severity::Warning => 2,
                Severity::Note => 3,
            },
            "code": finding.code.as_str(),
            "source": "leadql",
            "message": format!("{}{label}{help}{witness}", finding.message),
            "relatedInformation": related,
        })
    }

    /// A place with its address; none if the text of its file is not known.
    pub(super) fn location(&mut self, location: &Location) -> Option<Value> {
        let range = self.lines(&location.path)?.range(&location.range);
        Some(json!({"uri": self.uri(&location.path), "range": range}))
    }

    /// Changes of texts, by file.
    pub(super) fn workspace_edit(&mut self, edits: &[Edit]) -> Value {
        let mut files: BTreeMap<PathBuf, Vec<Value>> = BTreeMap::new();
        for edit in edits {
            let Some(lines) = self.lines(&edit.location.path) else { continue };
            let change = json!({"range": lines.range(&edit.location.range), "newText": edit.text});
            files.entry(edit.location.path.clone()).or_default().push(change);
        }
        if !self.takes_versions {
            let changes = files.into_iter().map(|(path, edits)| (self.uri(&path), json!(edits)));
            return json!({"changes": changes.collect::<serde_json::Map<String, Value>>()});
        }
        let changes: Vec<Value> = files
            .into_iter()
            .map(|(path, edits)| json!({"textDocument": self.versioned(&path), "edits": edits}))
            .collect();
        json!({"documentChanges": changes})
    }

    /// A file with the version of its text that is open.
    fn versioned(&self, path: &Path) -> Value {
        let version = self.open.get(path).map(|(_, version)| *version);
        json!({"uri": self.uri(path), "version": version})
    }
}

/// What may stand at a place.
pub(super) fn completion(offered: &Completion, lines: &Lines) -> Value {
    json!({
        "label": offered.label,
        "kind": match offered.kind {
            Kind::Event => 3,
            Kind::Attribute | Kind::Property => 5,
            Kind::Activity | Kind::Condition | Kind::Segment => 6,
            Kind::Score | Kind::Group | Kind::Rule => 7,
            Kind::Subject => 12,
            Kind::List => 13,
            Kind::Keyword => 14,
            Kind::Symbol | Kind::Band | Kind::Stage | Kind::Gate => 20,
            Kind::Param => 21,
            Kind::Type => 25,
            _ => 1,
        },
        "detail": offered.detail,
        "documentation": {"kind": "markdown", "value": offered.documentation},
        "sortText": format!("{}{}", offered.rank, offered.label),
        "textEdit": {"range": lines.range(&offered.range), "newText": offered.insert},
    })
}

/// A definition with those in it: rules in groups in scores, so the walk goes no deeper than that.
pub(super) fn symbol(symbol: &Symbol, lines: &Lines) -> Value {
    let children: Vec<Value> = symbol.children.iter().map(|child| self::symbol(child, lines)).collect();
    json!({
        "name": symbol.name,
        "detail": symbol.detail,
        "kind": match symbol.kind {
            Kind::Attribute | Kind::Property => 8,
            Kind::Event => 24,
            Kind::Condition | Kind::Activity | Kind::Segment => 13,
            Kind::List => 18,
            Kind::Param => 14,
            Kind::Score => 5,
            Kind::Group => 3,
            Kind::Rule => 12,
            Kind::Band | Kind::Symbol => 22,
            Kind::Gate => 11,
            Kind::Test => 6,
            _ => 13,
        },
        "range": lines.range(&symbol.range),
        "selectionRange": lines.range(&symbol.selection),
        "children": children,
    })
}
