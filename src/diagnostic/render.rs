//! Findings drawn in their source for people, and as data for programs.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::position::{BYTE_ORDER_MARK, Lines, Position};
use super::{Diagnostic, Diagnostics, FileId, Place, Severity, Source};
use crate::syntax::ast::Span;

/// A finding as data: what `leadql check --format json` prints, one for each.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The code, such as `unknown-name`.
    pub code: &'static str,
    /// `error`, `warning` or `note`.
    pub severity: &'static str,
    /// What is wrong.
    pub message: String,
    /// What would be right, where something can be said.
    pub help: Option<String>,
    /// Where: first the finding itself, then what it has to do with.
    pub labels: Vec<Label>,
    /// A lead that shows the finding, as a `test` block that passes in the rule set; where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub witness: Option<String>,
}

/// A place that a finding points at.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Label {
    /// The file's name.
    pub file: String,
    /// The first character.
    pub start: Position,
    /// Behind the last character.
    pub end: Position,
    /// What is there.
    pub message: String,
}

/// A stretch of source of more bytes is not drawn; its place is named.
const LONGEST_EXCERPT: usize = 4_096;

/// Labels of one file at most so many bytes apart are drawn in one excerpt.
const NEAR: usize = 1_024;

/// What one finding shows of one file in one piece.
struct Excerpt<'d> {
    file: FileId,
    /// The bytes of the lines that are shown.
    start: usize,
    end: usize,
    /// The first label of the finding is primary.
    labels: Vec<(AnnotationKind, Span, &'d str)>,
}

impl Diagnostics {
    /// The findings drawn in the source, ready for a terminal; `colour` adds the escapes that colour it.
    pub fn render(&self, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let renderer = renderer.decor_style(DecorStyle::Ascii);
        let lines = self.lines();
        let mut drawn: Vec<String> =
            self.found.iter().map(|found| self.draw(found, &lines, &renderer)).collect();
        if self.omitted > 0 {
            let message = format!("{} more findings are not shown; mend these first", self.omitted);
            drawn.push(renderer.render(&[Group::with_title(Level::NOTE.primary_title(message))]));
        }
        drawn.join("\n\n")
    }

    /// The findings as data.
    pub fn reports(&self) -> Vec<Report> {
        let lines = self.lines();
        self.found.iter().map(|found| self.report(found, &lines)).collect()
    }

    /// Where the lines of each file start, counted once for all findings.
    fn lines(&self) -> Vec<Lines<'_>> {
        self.sources.iter().map(|source| Lines::of(&source.text)).collect()
    }

    fn draw(&self, found: &Diagnostic, lines: &[Lines<'_>], renderer: &Renderer) -> String {
        let level = match found.code.severity() {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Note => Level::NOTE,
        };
        let title = level.primary_title(found.message.as_str()).id(found.code.as_str());
        let mut group = Group::with_title(title);
        for excerpt in self.excerpts(found) {
            let Some((source, lines)) = self.source(excerpt.file).zip(lines.get(excerpt.file.0 as usize))
            else {
                continue;
            };
            if source.text.is_empty() {
                group = group.element(Origin::path(&*source.name));
                continue;
            }
            let Some(text) = source.text.get(excerpt.start..excerpt.end).filter(|_| excerpt.is_short())
            else {
                for (_, span, label) in excerpt.labels {
                    let position = lines.position(span.start);
                    let place = Origin::path(&*source.name).line(position.line).char_column(position.column);
                    group = group.element(place).element(Level::NOTE.message(label));
                }
                continue;
            };
            let line = lines.position(excerpt.start).line;
            let mut snippet = Snippet::source(text).path(&*source.name).line_start(line).fold(true);
            for (kind, span, label) in excerpt.labels {
                let from = span.start.saturating_sub(excerpt.start);
                let to = span.end.min(excerpt.end).saturating_sub(excerpt.start).max(from);
                let annotation = kind.span(from..to);
                // A label that says nothing would still be drawn as an empty line.
                let label = (!label.is_empty()).then_some(label);
                snippet = snippet.annotation(annotation.label(label));
            }
            group = group.element(snippet);
        }
        if let Some(help) = &found.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        let witness = found.witness.as_ref().map(|block| format!("a lead that shows it:\n{block}"));
        if let Some(witness) = &witness {
            group = group.element(Level::NOTE.message(witness.as_str()));
        }
        renderer.render(&[group])
    }

    fn source(&self, file: FileId) -> Option<&Source> {
        self.sources.get(file.0 as usize)
    }

    /// The pieces of source to show for a finding: that of its first label first, the others in the order of
    /// the text; labels that are near each other share one.
    fn excerpts<'d>(&self, found: &'d Diagnostic) -> Vec<Excerpt<'d>> {
        let mut labels: Vec<_> = found.labels.iter().enumerate().collect();
        labels.sort_by_key(|(_, (place, _))| *place);
        let mut excerpts: Vec<Excerpt<'d>> = Vec::new();
        let mut first = 0;
        for (index, (place, label)) in labels {
            let text = self.source(place.file).map_or("", |source| &*source.text);
            let (start, end, span) = shown(text, place.span);
            let kind = if index == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
            match excerpts.last_mut() {
                Some(last) if last.file == place.file && end.saturating_sub(last.start) <= NEAR => {
                    last.end = last.end.max(end);
                    last.labels.push((kind, span, label));
                }
                _ => {
                    excerpts.push(Excerpt { file: place.file, start, end, labels: vec![(kind, span, label)] })
                }
            }
            if index == 0 {
                first = excerpts.len().saturating_sub(1);
            }
        }
        if let Some(before) = excerpts.get_mut(..=first) {
            before.rotate_right(1);
        }
        excerpts
    }

    fn report(&self, found: &Diagnostic, lines: &[Lines<'_>]) -> Report {
        let label = |(place, message): &(Place, String)| {
            let lines = lines.get(place.file.0 as usize);
            let position = |at| lines.map_or(Position { line: 1, column: 1 }, |lines| lines.position(at));
            Label {
                file: self.source(place.file).map(|source| source.name.clone()).unwrap_or_default(),
                start: position(place.span.start),
                end: position(place.span.end),
                message: message.clone(),
            }
        };
        Report {
            code: found.code.as_str(),
            severity: found.code.severity().as_str(),
            message: found.message.clone(),
            help: found.help.clone(),
            labels: found.labels.iter().map(label).collect(),
            witness: found.witness.clone(),
        }
    }
}

impl Excerpt<'_> {
    fn is_short(&self) -> bool {
        self.end - self.start <= LONGEST_EXCERPT
    }
}

/// The lines to show for a span, without their last line break, and what of the span to mark: of one that is
/// very long only its first line.
fn shown(text: &str, span: Span) -> (usize, usize, Span) {
    let (from, to) = (span.start.min(text.len()), span.end.min(text.len()).max(span.start.min(text.len())));
    let before = text.get(..from).unwrap_or("");
    // The byte-order mark is none of the first line's characters.
    let start = match before.rfind('\n') {
        Some(newline) => newline + 1,
        None if text.starts_with(BYTE_ORDER_MARK) => BYTE_ORDER_MARK.len_utf8().min(from),
        None => 0,
    };
    let line_end = |from: usize| {
        let rest = text.get(from..).unwrap_or("");
        let end = from + rest.find('\n').unwrap_or(rest.len());
        if text.get(from..end).is_some_and(|line| line.ends_with('\r')) { end - 1 } else { end }
    };
    let first = line_end(from);
    if to - from > NEAR && first < to {
        return (start, first, Span { start: from, end: first });
    }
    (start, line_end(to).max(to), Span { start: from, end: to })
}
