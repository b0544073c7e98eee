//! A main file and all that it includes, read for an editor: trees, names, findings and, where nothing is wrong,
//! the compiled rule set.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::definitions::Definitions;
use super::occurrences::{self, Occurrence};
use crate::diagnostic::{Diagnostics, FileId, Place, Sources};
use crate::rule_set::{Compiler, Read, RuleSet};
use crate::syntax::ast::{Ast, Span};

#[derive(Debug)]
pub(super) struct Reading {
    pub(super) trees: Vec<Ast>,
    pub(super) sources: Arc<Sources>,
    /// The path of each file: the main file's as given, those of included ones from its folder on.
    pub(super) paths: Vec<PathBuf>,
    pub(super) compiled: Result<RuleSet, Diagnostics>,
    pub(super) definitions: Definitions,
    /// By place.
    pub(super) occurrences: Vec<Occurrence>,
}

impl Reading {
    /// Reads the main file `path` with this text. `open` are the texts that win over those on disk, by real path.
    pub(super) fn of(path: &Path, text: &str, open: &HashMap<PathBuf, Arc<str>>) -> Self {
        let Read { trees, sources, compiled } = Compiler::new().read_open(path, text, open);
        let mut paths: Vec<PathBuf> = sources.iter().map(|source| PathBuf::from(&source.name)).collect();
        if let Some(main) = paths.first_mut() {
            *main = path.to_path_buf();
        }
        let definitions = Definitions::of(&trees);
        let occurrences = occurrences::of(&trees, &definitions);
        Reading { trees, sources, paths, compiled, definitions, occurrences }
    }

    pub(super) fn diagnostics(&self) -> &Diagnostics {
        match &self.compiled {
            Ok(rules) => rules.warnings(),
            Err(found) => found,
        }
    }

    pub(super) fn text(&self, file: FileId) -> &str {
        self.sources.get(file.0 as usize).map_or("", |source| &source.text)
    }

    pub(super) fn tree(&self, file: FileId) -> Option<&Ast> {
        self.trees.get(file.0 as usize)
    }

    pub(super) fn path(&self, file: FileId) -> &Path {
        self.paths.get(file.0 as usize).map_or(Path::new(""), PathBuf::as_path)
    }

    /// What is written at a place.
    pub(super) fn written(&self, place: Place) -> &str {
        self.text(place.file).get(place.span.start..place.span.end).unwrap_or("")
    }

    /// The occurrences at a byte of a file: those that stand on it, or else those that end there.
    pub(super) fn at(&self, file: FileId, offset: usize) -> &[Occurrence] {
        let start = |occurrence: &Occurrence| (occurrence.place.file, occurrence.place.span.start);
        let behind = self.occurrences.partition_point(|occurrence| start(occurrence) <= (file, offset));
        let Some(last) = behind.checked_sub(1).and_then(|last| self.occurrences.get(last)) else {
            return &[];
        };
        if last.place.file != file || last.place.span.end < offset {
            return &[];
        }
        let first = self.occurrences.partition_point(|occurrence| start(occurrence) < start(last));
        self.occurrences.get(first..behind).unwrap_or_default()
    }
}

/// The word of letters, digits and `_` that a byte of a text stands in or behind; empty where there is none.
pub(super) fn word_at(text: &str, offset: usize) -> Span {
    let belongs = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let bytes = text.as_bytes();
    let offset = offset.min(bytes.len());
    let before = bytes.get(..offset).unwrap_or_default();
    let behind = bytes.get(offset..).unwrap_or_default();
    Span {
        start: offset - before.iter().rev().take_while(|byte| belongs(byte)).count(),
        end: offset + behind.iter().take_while(|byte| belongs(byte)).count(),
    }
}
