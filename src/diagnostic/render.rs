//! Findings drawn in their source for people, and as data for programs.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::{Diagnostic, Diagnostics, Place, Severity};

/// A finding as data: what `leadql check --format json` prints, one for each.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The code, such as `unknown-name`.
    pub code: &'static str,
    /// `error` or `warning`.
    pub severity: &'static str,
    /// What is wrong.
    pub message: String,
    /// What would be right, where something can be said.
    pub help: Option<String>,
    /// Where: first the finding itself, then what it has to do with.
    pub labels: Vec<Label>,
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

/// A place in a file, counted in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Position {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
}

impl Diagnostics {
    /// The findings drawn in the source, ready for a terminal; `colour` adds the escapes that colour it.
    pub fn render(&self, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let renderer = renderer.decor_style(DecorStyle::Ascii);
        let drawn: Vec<String> = self.found.iter().map(|found| self.draw(found, &renderer)).collect();
        drawn.join("\n\n")
    }

    /// The findings as data.
    pub fn reports(&self) -> Vec<Report> {
        self.found.iter().map(|found| self.report(found)).collect()
    }

    fn draw(&self, found: &Diagnostic, renderer: &Renderer) -> String {
        let level = match found.code.severity() {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = level.primary_title(found.message.as_str()).id(found.code.as_str());
        let mut group = Group::with_title(title);
        // One excerpt a file, in the order in which the labels name the files.
        let mut files: Vec<_> = found.labels.iter().map(|(place, _)| place.file).collect();
        files.dedup();
        for file in files {
            let Some(source) = self.sources.get(file.0 as usize) else { continue };
            let labels = found.labels.iter().enumerate().filter(|(_, (place, _))| place.file == file);
            // Only the lines that the labels stand on: drawing costs as much as the excerpt is long.
            let first = labels.clone().map(|(_, (place, _))| place.span.start).min().unwrap_or(0);
            let last = labels.clone().map(|(_, (place, _))| place.span.end).max().unwrap_or(0);
            let start = source.text.get(..first).and_then(|text| text.rfind('\n')).map_or(0, |at| at + 1);
            let end = source.text.get(last..).and_then(|text| text.find('\n'));
            let end = end.map_or(source.text.len(), |length| last + length);
            let excerpt = source.text.get(start..end).unwrap_or("");
            let line = Position::of(&source.text, start).line;
            let mut snippet = Snippet::source(excerpt).path(&*source.name).line_start(line).fold(true);
            for (index, (place, label)) in labels {
                let kind = if index == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
                let span = place.span.start.saturating_sub(start)..place.span.end.saturating_sub(start);
                snippet = snippet.annotation(kind.span(span).label(label.as_str()));
            }
            group = group.element(snippet);
        }
        if let Some(help) = &found.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        renderer.render(&[group])
    }

    fn report(&self, found: &Diagnostic) -> Report {
        Report {
            code: found.code.as_str(),
            severity: found.code.severity().as_str(),
            message: found.message.clone(),
            help: found.help.clone(),
            labels: found.labels.iter().map(|(place, message)| self.label(*place, message)).collect(),
        }
    }

    fn label(&self, place: Place, message: &str) -> Label {
        let source = self.sources.get(place.file.0 as usize);
        let text = source.map_or("", |source| &*source.text);
        Label {
            file: source.map(|source| source.name.clone()).unwrap_or_default(),
            start: Position::of(text, place.span.start),
            end: Position::of(text, place.span.end),
            message: message.to_owned(),
        }
    }
}

impl Position {
    /// The position of the byte `at`.
    fn of(text: &str, at: usize) -> Position {
        let before = text.get(..at).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Position {
            line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
            column: before.get(line_start..).unwrap_or("").chars().count() + 1,
        }
    }
}
