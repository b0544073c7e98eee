//! `# leadql: allow CODE reason`: what a rule set's authors have looked at and want to keep.
//!
//! A comment alone on its line speaks for what begins on the next line, one behind something for that line, and
//! one at the top of a file, before anything else, for the whole file. An allow must name a code that can be
//! allowed and say why; where it does not, or allows nothing, that is a finding of its own.

use std::collections::HashSet;

use crate::diagnostic::{Code, Diagnostic, FileId, Place, Severity, Source, closest};
use crate::syntax::ast::{Ast, Member, Rule, Span, StatementKind};

/// One allow comment.
#[derive(Clone, Debug)]
pub(crate) struct Allow {
    place: Place,
    /// The first word behind `allow`.
    code: String,
    has_reason: bool,
    /// What it speaks for; none for its whole file.
    covers: Option<Span>,
}

/// The allow comments of all files.
pub(crate) fn allows(trees: &[Ast], sources: &[Source]) -> Vec<Allow> {
    let files = (0..).map(FileId).zip(trees.iter().zip(sources));
    files.flat_map(|(file, (tree, source))| of_file(file, tree, &source.text)).collect()
}

fn of_file(file: FileId, tree: &Ast, text: &str) -> Vec<Allow> {
    let mut allows = Vec::new();
    let mut items: Option<Vec<Span>> = None;
    let first = tree.statements.first().map_or(usize::MAX, |statement| statement.span.start);
    let comments: HashSet<usize> = tree.comments.iter().map(|comment| comment.start).collect();
    for comment in &tree.comments {
        let Some(words) = text.get(comment.start..comment.end).and_then(directive) else { continue };
        let mut words = words.split_whitespace();
        if words.next() != Some("allow") {
            continue;
        }
        let code = words.next().unwrap_or("").to_owned();
        let items = items.get_or_insert_with(|| parts(tree));
        let covers = (comment.start >= first).then(|| covered(*comment, text, items, &comments));
        let place = Place { file, span: *comment };
        allows.push(Allow { place, code, has_reason: words.next().is_some(), covers });
    }
    allows
}

/// What a comment says to this program.
fn directive(comment: &str) -> Option<&str> {
    comment.trim_start_matches('#').trim_start().strip_prefix("leadql:")
}

/// Statements, and the rules and groups inside them, in order.
fn parts(tree: &Ast) -> Vec<Span> {
    let mut parts = Vec::new();
    for statement in &tree.statements {
        parts.push(statement.span);
        let members = match &statement.node {
            StatementKind::Score(block) => block.members.as_slice(),
            StatementKind::Group(group) => {
                parts.extend(group.rules.iter().map(|rule| rule.span));
                &[]
            }
            _ => &[],
        };
        for member in members {
            match member {
                Member::Rule(rule) => parts.push(rule.span),
                Member::Group(group) => {
                    parts.push(group.span);
                    parts.extend(group.rules.iter().map(|rule: &Rule| rule.span));
                }
            }
        }
    }
    parts
}

/// What a comment below the top of a file speaks for.
fn covered(comment: Span, text: &str, parts: &[Span], comments: &HashSet<usize>) -> Span {
    let line = line_at(text, comment.start);
    let before = text.get(line.start..comment.start).unwrap_or("");
    if !before.trim().is_empty() {
        // What begins or ends on its line: the smallest of those that reach beyond it.
        let touches = |part: &&Span| {
            let begins = (line.start..line.end).contains(&part.start);
            let ends = part.end > line.start && part.end <= line.end;
            begins || ends
        };
        let touched = parts.iter().filter(touches).min_by_key(|part| part.end - part.start);
        return touched.map_or(line, |part| part.to(line));
    }
    // Down to the next line that has more on it than a comment.
    let mut next = line_at(text, (line.end + 1).min(text.len()));
    while next.end < text.len() {
        let words = text.get(next.start..next.end).unwrap_or("");
        let at = next.start + (words.len() - words.trim_start().len());
        if !words.trim().is_empty() && !comments.contains(&at) {
            break;
        }
        next = line_at(text, next.end + 1);
    }
    let begun = parts.iter().filter(|part| (next.start..next.end).contains(&part.start));
    begun.fold(next, |all, part| all.to(*part))
}

/// The line around a byte, without its line break.
fn line_at(text: &str, at: usize) -> Span {
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
    let end = text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |newline| at + newline);
    Span { start, end }
}

/// Takes out of `found` what is allowed, and adds what is wrong with the allows. `is_judged` says whether findings
/// of a code were looked for. Gives the findings that are left, and how many were allowed.
pub(super) fn apply(
    found: Vec<Diagnostic>,
    allows: &[Allow],
    by_flag: &[Code],
    is_judged: impl Fn(Code) -> bool,
) -> (Vec<Diagnostic>, usize) {
    let all = found.len();
    let mut used = vec![false; allows.len()];
    let mut left: Vec<Diagnostic> = Vec::new();
    for diagnostic in found {
        let mut is_allowed = by_flag.contains(&diagnostic.code);
        for (allow, used) in allows.iter().zip(&mut used) {
            if allow.speaks_for(&diagnostic) {
                (*used, is_allowed) = (true, true);
            }
        }
        if !is_allowed {
            left.push(diagnostic);
        }
    }
    let allowed = all - left.len();
    for (allow, used) in allows.iter().zip(used) {
        let flaw = allow.flaw().or_else(|| {
            // An included file is judged when it is reviewed itself.
            let is_judged =
                allow.place.file == FileId(0) && Code::from_text(&allow.code).is_some_and(&is_judged);
            (!used && is_judged).then(|| allow.unused())
        });
        left.extend(flaw.filter(|flaw| !by_flag.contains(&flaw.code)));
    }
    (left, allowed)
}

impl Allow {
    fn speaks_for(&self, diagnostic: &Diagnostic) -> bool {
        let Some((place, _)) = diagnostic.labels.first() else { return false };
        let is_here = place.file == self.place.file
            && self.covers.is_none_or(|covers| (covers.start..=covers.end).contains(&place.span.start));
        is_here && diagnostic.code.as_str() == self.code && self.flaw().is_none()
    }

    /// What is wrong with the comment itself.
    fn flaw(&self) -> Option<Diagnostic> {
        let flaw = |message: String, label: &str, help: String| {
            Some(Diagnostic::new(Code::BadAllow, self.place, message, label).help(help))
        };
        if self.code.is_empty() {
            let help =
                "write `# leadql: allow CODE reason`, for example `# leadql: allow unused for next quarter`";
            return flaw("an allow comment names what it allows".to_owned(), "no code", help.to_owned());
        }
        let known =
            || Code::ALL.iter().filter(|code| code.severity() != Severity::Error).map(|code| code.as_str());
        match Code::from_text(&self.code) {
            None => {
                let nearest = closest(&self.code, known());
                let help = match nearest {
                    Some(nearest) => format!("did you mean `{nearest}`?"),
                    None => "`leadql check` prints the code of each finding in brackets".to_owned(),
                };
                flaw(format!("no finding has the code `{}`", self.code), "not known", help)
            }
            Some(code) if code.severity() == Severity::Error => flaw(
                format!("`{code}` is an error and cannot be allowed"),
                "an error",
                "mend what the error shows".to_owned(),
            ),
            Some(code) if !self.has_reason => flaw(
                format!("this allows `{code}` and does not say why"),
                "no reason",
                format!("write `# leadql: allow {code}` and why behind it, for whoever reads this next"),
            ),
            Some(_) => None,
        }
    }

    fn unused(&self) -> Diagnostic {
        let message = format!("there is no `{}` here to allow", self.code);
        let help = "remove the comment, or put it on the line above what it is about";
        Diagnostic::new(Code::UnusedAllow, self.place, message, "allows nothing").help(help)
    }
}
