//! `# leadql: allow CODE reason`: what a rule set's authors have looked at and want to keep.
//!
//! A comment alone on its line speaks for what begins on the next line, one behind something for that line, and
//! one at the top of a file, before anything else, for the whole file. An allow must name a code that can be
//! allowed and say why; where it does not, or allows nothing, that is a finding of its own.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::{Code, Diagnostic, FileId, Place, Severity, Source, closest};
use crate::syntax::ast::{Ast, Group, Member, Span, StatementKind};

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
    let mut items: Option<Parts> = None;
    // The last lines of comments that were looked through, and what all of them speak for.
    let mut last: Option<(usize, Span)> = None;
    let first = tree.statements.first().map_or(usize::MAX, |statement| statement.span.start);
    let comments: HashSet<usize> = tree.comments.iter().map(|comment| comment.start).collect();
    for comment in &tree.comments {
        let Some(words) = text.get(comment.start..comment.end).and_then(directive) else { continue };
        let mut words = words.split_whitespace();
        if words.next() != Some("allow") {
            continue;
        }
        let code = words.next().unwrap_or("").to_owned();
        let parts = items.get_or_insert_with(|| Parts::of(tree));
        let covers = (comment.start >= first).then(|| {
            let line = line_at(text, comment.start);
            if text.get(line.start..comment.start).is_some_and(|before| !before.trim().is_empty()) {
                return parts.touched(line);
            }
            match last {
                Some((end, covers)) if comment.start < end => covers,
                _ => {
                    let next = next_line(line, text, &comments);
                    let covers = parts.begun(next);
                    last = Some((next.start, covers));
                    covers
                }
            }
        });
        let place = Place { file, span: *comment };
        allows.push(Allow { place, code, has_reason: words.next().is_some(), covers });
    }
    allows
}

/// What a comment says to this program.
fn directive(comment: &str) -> Option<&str> {
    comment.trim_start_matches('#').trim_start().strip_prefix("leadql:")
}

/// Statements, what stands in them, and what stands in that: each in order, and none within another of its level.
#[derive(Default)]
struct Parts([Vec<Span>; 3]);

impl Parts {
    fn of(tree: &Ast) -> Self {
        let Parts([statements, members, grouped]) = &mut Parts::default();
        let rules = |group: &Group| group.rules.iter().map(|rule| rule.span).collect::<Vec<_>>();
        for statement in &tree.statements {
            statements.push(statement.span);
            match &statement.node {
                StatementKind::Score(block) => {
                    for member in &block.members {
                        match member {
                            Member::Rule(rule) => members.push(rule.span),
                            Member::Group(group) => {
                                members.push(group.span);
                                grouped.extend(rules(group));
                            }
                        }
                    }
                }
                StatementKind::Group(group) => members.extend(rules(group)),
                _ => {}
            }
        }
        Parts([statements, members, grouped].map(std::mem::take))
    }

    /// What a comment behind something speaks for: the smallest part that begins or ends on its line, and the line.
    fn touched(&self, line: Span) -> Span {
        let Parts(levels) = self;
        let touched = levels.iter().flat_map(|parts| {
            let here = begin_in(parts, line);
            // Of those that begin before, only the last can end here.
            let before = parts.partition_point(|part| part.start < line.start).checked_sub(1);
            let before = before.and_then(|at| parts.get(at));
            here.iter().chain(before.filter(|part| part.end > line.start && part.end <= line.end))
        });
        let smallest = touched.min_by_key(|part| (part.end - part.start, part.start));
        smallest.map_or(line, |part| part.to(line))
    }

    /// What a comment alone on its line speaks for: the next line, and the parts that begin on it.
    fn begun(&self, line: Span) -> Span {
        let Parts(levels) = self;
        levels.iter().flat_map(|parts| begin_in(parts, line)).fold(line, |all, part| all.to(*part))
    }
}

/// Those parts that begin on a line.
fn begin_in(parts: &[Span], line: Span) -> &[Span] {
    let from = parts.partition_point(|part| part.start < line.start);
    let to = parts.partition_point(|part| part.start < line.end);
    parts.get(from..to).unwrap_or_default()
}

/// The next line that has more on it than a comment; the last where there is none.
fn next_line(line: Span, text: &str, comments: &HashSet<usize>) -> Span {
    let mut next = line_at(text, (line.end + 1).min(text.len()));
    while next.end < text.len() {
        let words = text.get(next.start..next.end).unwrap_or("");
        let at = next.start + (words.len() - words.trim_start().len());
        if !words.trim().is_empty() && !comments.contains(&at) {
            break;
        }
        next = line_at(text, next.end + 1);
    }
    next
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
    let flaws: Vec<Option<Diagnostic>> = allows.iter().map(Allow::flaw).collect();
    let valid = allows.iter().zip(&flaws).filter(|(_, flaw)| flaw.is_none()).map(|(allow, _)| allow);
    let covered = Covered::by(valid);
    let mut places: HashMap<(FileId, Code), Vec<usize>> = HashMap::new();
    for (place, code) in found.iter().filter_map(place_and_code) {
        places.entry((place.file, code)).or_default().push(place.span.start);
    }
    places.values_mut().for_each(|places| places.sort_unstable());
    let is_allowed = |diagnostic: &Diagnostic| {
        by_flag.contains(&diagnostic.code)
            || place_and_code(diagnostic).is_some_and(|(place, code)| covered.has(place, code))
    };
    let mut left: Vec<Diagnostic> = found.into_iter().filter(|diagnostic| !is_allowed(diagnostic)).collect();
    let allowed = all - left.len();
    for (allow, flaw) in allows.iter().zip(flaws) {
        let flaw = flaw.or_else(|| {
            // An included file is judged when it is reviewed itself.
            let code = Code::from_text(&allow.code).filter(|code| is_judged(*code))?;
            let places = places.get(&(allow.place.file, code)).map_or(&[][..], Vec::as_slice);
            (allow.place.file == FileId(0) && !allow.speaks_for_one_of(places)).then(|| allow.unused())
        });
        left.extend(flaw.filter(|flaw| !by_flag.contains(&flaw.code)));
    }
    (left, allowed)
}

/// Where a finding is, and what it is.
fn place_and_code(diagnostic: &Diagnostic) -> Option<(Place, Code)> {
    diagnostic.labels.first().map(|(place, _)| (*place, diagnostic.code))
}

/// What allows speak for, by file and code: where each begins, in order, and how far any that begins up to there
/// reaches.
struct Covered(HashMap<(FileId, Code), Vec<(usize, usize)>>);

impl Covered {
    fn by<'a>(allows: impl Iterator<Item = &'a Allow>) -> Self {
        let mut covered: HashMap<(FileId, Code), Vec<(usize, usize)>> = HashMap::new();
        for allow in allows {
            let Some(code) = Code::from_text(&allow.code) else { continue };
            covered.entry((allow.place.file, code)).or_default().push(allow.stretch());
        }
        for stretches in covered.values_mut() {
            stretches.sort_unstable();
            let mut reach = 0;
            for (_, end) in stretches {
                reach = reach.max(*end);
                *end = reach;
            }
        }
        Covered(covered)
    }

    fn has(&self, place: Place, code: Code) -> bool {
        let Some(stretches) = self.0.get(&(place.file, code)) else { return false };
        let begun = stretches.partition_point(|(start, _)| *start <= place.span.start);
        begun
            .checked_sub(1)
            .and_then(|last| stretches.get(last))
            .is_some_and(|(_, end)| place.span.start <= *end)
    }
}

impl Allow {
    /// The first and the last byte at which what it speaks for may begin.
    fn stretch(&self) -> (usize, usize) {
        self.covers.map_or((0, usize::MAX), |covers| (covers.start, covers.end))
    }

    /// Whether any of these places, in order, is one that it speaks for.
    fn speaks_for_one_of(&self, places: &[usize]) -> bool {
        let (start, end) = self.stretch();
        let first = places.get(places.partition_point(|place| *place < start));
        first.is_some_and(|place| *place <= end)
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
