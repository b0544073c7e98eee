//! The table of stages as a drawing, with the criteria of a rule set on its arrows.
//!
//! The table and the gates of a rule set go in, Mermaid or DOT comes out. A step that leads from many stages is
//! drawn once, from a node that names them. Criteria stand there as they are written, `let`s by their names.

use std::fmt::Write as _;

use super::table::{STEPS, Step, Trigger};
use crate::diagnostic::list;
use crate::explain::Source;
use crate::lead::Stage;
use crate::model::{ConditionId, ReasonedGate};
use crate::readable::{quoted, readable};
use crate::rule_set::RuleSet;

/// A drawing of the stages and of what leads from one to another: see [`RuleSet::stage_graph`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageGraph {
    arrows: Vec<Arrow>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Arrow {
    from: Vec<Stage>,
    to: Stage,
    automatic: bool,
    /// What stands on it, line by line.
    label: Vec<String>,
}

/// A step that leads from more stages is drawn from one node for all of them.
const MOST_ARROWS: usize = 2;
/// Labels are broken behind so many characters at the latest, where there is a blank to break at.
const WIDTH: usize = 25;
/// A condition as it is written is cut to so many characters before, one that no blank breaks is not cut again.
const LONGEST: usize = 200;

impl RuleSet {
    /// A drawing of the table of stages: the steps that this rule set takes by itself, with its criteria as they
    /// are written, and what people do.
    ///
    /// # Examples
    /// ```
    /// let rules = leadql::RuleSet::compile("stage mql when need  stage sql when budget and timing")?;
    /// let drawing = rules.stage_graph().to_mermaid();
    /// assert!(drawing.contains(r#"lead -->|"promote when need"| mql"#));
    /// assert!(drawing.contains(r#"sal -.->|"qualify when budget and<br/>timing<br/>or with a reason why not"| sql"#));
    /// # Ok::<(), leadql::Diagnostics>(())
    /// ```
    pub fn stage_graph(&self) -> StageGraph {
        let source = Source::new(&self.compiled.model);
        let labels = Labels { rules: self, source };
        let mut arrows = Vec::new();
        for step in STEPS {
            for to in step.to {
                // A step that stays where it is leads nowhere.
                let from: Vec<Stage> = step.from.iter().copied().filter(|from| from != to).collect();
                let together = if from.len() > MOST_ARROWS { from.len() } else { 1 };
                for from in from.chunks(together) {
                    let (to, automatic) = (*to, step.automatic);
                    let label = labels.of(step, from);
                    arrows.extend(label.map(|label| Arrow { from: from.to_vec(), to, automatic, label }));
                }
            }
        }
        StageGraph { arrows }
    }
}

impl StageGraph {
    /// A Mermaid flowchart; what people do is dashed.
    pub fn to_mermaid(&self) -> String {
        let mut text = String::from("flowchart TD\n");
        for stage in Stage::ALL {
            // OK because writing to a String does not fail.
            let _ = writeln!(text, "  {stage}([\"{stage}\"])");
        }
        let groups = self.groups();
        for (number, group) in groups.iter().enumerate() {
            let _ = writeln!(text, "  any{number}[\"{}\"]", names(group));
        }
        for arrow in &self.arrows {
            let line = if arrow.automatic { "-->" } else { "-.->" };
            let label: Vec<String> = arrow.label.iter().map(|line| for_mermaid(line)).collect();
            let (from, label) = (arrow.start(&groups), label.join("<br/>"));
            let _ = writeln!(text, "  {from} {line}|\"{label}\"| {}", arrow.to);
        }
        text
    }

    /// A graph for Graphviz, in DOT; what people do is dashed.
    pub fn to_dot(&self) -> String {
        let mut text = String::from("digraph stages {\n  rankdir=LR;\n  node [shape=box, style=rounded];\n");
        for stage in Stage::ALL {
            let _ = writeln!(text, "  {stage};");
        }
        let groups = self.groups();
        for (number, group) in groups.iter().enumerate() {
            let _ = writeln!(text, "  any{number} [shape=plaintext, label=\"{}\"];", names(group));
        }
        for arrow in &self.arrows {
            let style = if arrow.automatic { "" } else { ", style=dashed" };
            let label: Vec<String> = arrow.label.iter().map(|line| for_dot(line)).collect();
            let (from, label) = (arrow.start(&groups), label.join("\\n"));
            let _ = writeln!(text, "  {from} -> {} [label=\"{label}\"{style}];", arrow.to);
        }
        text.push_str("}\n");
        text
    }

    /// The sets of stages that an arrow starts from together, each once.
    fn groups(&self) -> Vec<&[Stage]> {
        let mut groups: Vec<&[Stage]> = Vec::new();
        for from in self.arrows.iter().map(|arrow| arrow.from.as_slice()) {
            if from.len() > 1 && !groups.contains(&from) {
                groups.push(from);
            }
        }
        groups
    }
}

impl Arrow {
    /// The node that it starts from.
    fn start(&self, groups: &[&[Stage]]) -> String {
        match (groups.iter().position(|group| *group == self.from), self.from.as_slice()) {
            (None, [stage]) => stage.to_string(),
            (place, _) => format!("any{}", place.unwrap_or_default()),
        }
    }
}

fn names(stages: &[Stage]) -> String {
    let names: Vec<&str> = stages.iter().map(|stage| stage.as_str()).collect();
    list(&names, "or")
}

/// What stands on the arrows.
struct Labels<'r> {
    rules: &'r RuleSet,
    source: Source<'r>,
}

impl Labels<'_> {
    /// The label of a step from these stages; none where the rule set never takes it.
    fn of(&self, step: &Step, from: &[Stage]) -> Option<Vec<String>> {
        let gates = &self.rules.compiled.model.gates;
        let name = step.trigger.as_str().replace('_', " ");
        let when = |condition: ConditionId| format!("{name} when {}", self.written(condition));
        let lines = match (step.trigger, step.automatic) {
            (Trigger::Promote, _) => {
                let mql = gates.mql.as_ref()?;
                let mut lines = vec![when(mql.when)];
                if from.contains(&Stage::Recycled) {
                    lines.push(format!("again after {}", mql.again_after?));
                }
                lines.extend(mql.sla.map(|sla| format!("sla {sla}")));
                lines
            }
            (Trigger::Revert, _) => {
                let mql = gates.mql.as_ref()?;
                match mql.until {
                    Some(until) => vec![when(until)],
                    None => vec![format!("{name} when no longer {}", self.written(mql.when))],
                }
            }
            (Trigger::Recycle, _) => vec![self.reasoned(&name, gates.recycle.as_ref()?)],
            (Trigger::Disqualify, true) => {
                let lines: Vec<String> =
                    gates.disqualify.iter().map(|gate| self.reasoned(&name, gate)).collect();
                Some(lines).filter(|lines| !lines.is_empty())?
            }
            (Trigger::Qualify, _) => match gates.sql {
                Some(sql) => vec![when(sql), "or with a reason why not".to_owned()],
                None => vec![format!("{name} with a reason")],
            },
            (Trigger::Reject | Trigger::SendBack | Trigger::Disqualify, _) => {
                vec![format!("{name} with a reason")]
            }
            _ => vec![name],
        };
        Some(lines.iter().flat_map(|line| broken(line)).collect())
    }

    fn reasoned(&self, name: &str, gate: &ReasonedGate) -> String {
        let condition = self.written(gate.when);
        match gate.reason.as_deref() {
            Some(reason) if !reason.is_empty() => {
                format!("{name} when {condition}: {}", quoted(reason, LONGEST))
            }
            _ => format!("{name} when {condition}"),
        }
    }

    fn written(&self, condition: ConditionId) -> String {
        readable(&self.source.condition(condition), LONGEST)
    }
}

/// A line in pieces of about [`WIDTH`] characters, broken at blanks.
fn broken(line: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut width = 0;
    for word in line.split(' ') {
        let length = word.chars().count();
        match pieces.last_mut() {
            Some(piece) if width == 0 || width + 1 + length <= WIDTH => {
                if width > 0 {
                    piece.push(' ');
                    width += 1;
                }
                piece.push_str(word);
                width += length;
            }
            _ => {
                pieces.push(word.to_owned());
                width = length;
            }
        }
    }
    pieces
}

/// A quoted Mermaid label takes entities, by name or by number, and reads tags and Markdown.
fn for_mermaid(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => escaped.push_str("#quot;"),
            '#' | '&' | '<' | '>' | '`' | '*' | '_' | '\\' | ';' | '$' => {
                let _ = write!(escaped, "#{};", u32::from(c));
            }
            c => escaped.push(c),
        }
    }
    escaped
}

/// A quoted DOT text ends at a quote; a backslash escapes, and entities of HTML are read.
fn for_dot(text: &str) -> String {
    text.replace('&', "&amp;").replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_blanks_only() {
        assert_eq!(broken("a b"), ["a b"]);
        let long = "x".repeat(WIDTH + 1);
        assert_eq!(broken(&format!("a {long} b")), ["a", &long, "b"]);
        assert_eq!(broken(""), [""]);
        let even = "y".repeat(WIDTH - 2);
        assert_eq!(broken(&format!("a {even} b")), [format!("a {even}"), "b".to_owned()]);
    }

    #[test]
    fn what_the_rule_set_never_does_is_not_drawn() {
        let drawing = |text: &str| RuleSet::compile(text).unwrap().stage_graph().to_mermaid();
        let bare = drawing("need => 1");
        for absent in ["promote", "revert", "recycle when", "disqualify when", "-->"] {
            assert!(!bare.contains(absent), "{absent} in\n{bare}");
        }
        assert!(bare.contains("sal -.->|\"qualify with a reason\"| sql"));
        let once = drawing("stage mql when need");
        assert!(once.contains("mql -->|\"revert when no longer<br/>need\"| lead"), "{once}");
        assert!(!once.contains("recycled -->"), "{once}");
        assert!(drawing("stage mql when need again after 30d").contains("recycled -->"));
    }

    #[test]
    fn texts_of_the_rule_set_cannot_break_out() {
        let rules = RuleSet::compile(
            "disqualify when title = \"a\\\"| b`*_<b>;#\\\\ \\u{202e}\" \"x\\\" ]; y\"
             recycle when email_domain contains \"\\n--> z\"",
        )
        .unwrap();
        let graph = rules.stage_graph();
        let mermaid = graph.to_mermaid();
        for line in mermaid.lines().filter(|line| line.contains("|\"")) {
            let label = line.split("|\"").nth(1).unwrap().split("\"|").next().unwrap();
            assert_eq!(line.matches('"').count(), 2, "{line}");
            assert!(!label.replace("<br/>", "").contains(['<', '>', '`', '*', '\\', '\u{202e}']), "{line}");
        }
        let dot = graph.to_dot();
        assert!(dot.contains("-> disqualified [label=\"disqualify when"), "{dot}");
        for line in dot.lines().filter(|line| line.contains("label=\"")) {
            let label = line.split("label=\"").nth(1).unwrap().replace("\\\\", "").replace("\\\"", "");
            assert_eq!(label.matches('"').count(), 1, "{line}");
            assert_eq!(label.matches('&').count(), label.matches("&amp;").count(), "{line}");
        }
    }
}
