//! From a use to its definition, and from either to all uses, through every rule set that shares the files.

use std::path::{Component, Path, PathBuf};

use super::hover::is_parsed;
use super::occurrences::{Key, Occurrence};
use super::reading::{Reading, word_at};
use super::{Location, Workspace};
use crate::diagnostic::{FileId, Place};

impl Workspace {
    /// Where the word at a place is defined: a name, a band, a symbol, a property, the criteria of a stage, an
    /// included file. Nowhere for what the standard vocabulary defines.
    pub fn definition(&mut self, path: &Path, offset: usize) -> Vec<Location> {
        let Some((reading, file)) = self.reading(path) else { return Vec::new() };
        let mut found: Vec<Location> = Vec::new();
        for occurrence in reading.at(file, offset) {
            found.extend(definitions(reading, occurrence));
        }
        // In a statement that does not parse yet, a word is at least known by its name.
        if found.is_empty() && reading.tree(file).is_some_and(|tree| !is_parsed(tree, offset)) {
            let word = reading.written(Place { file, span: word_at(reading.text(file), offset) });
            found.extend(reading.definitions.names.get(word).map(|known| reading.location(known.place)));
        }
        found.dedup();
        found
    }

    /// Everywhere the word at a place is written for the same thing, its definition included, by file and place.
    pub fn references(&mut self, path: &Path, offset: usize) -> Vec<Location> {
        let Some(keys) = self.targets(path, offset) else { return Vec::new() };
        let mut found: Vec<Location> = Vec::new();
        for reading in self.readings() {
            found.extend(keys.iter().flat_map(|target| target.uses(reading)));
        }
        found.sort();
        found.dedup();
        found
    }

    /// What the word at a place stands for.
    pub(super) fn targets(&mut self, path: &Path, offset: usize) -> Option<Vec<Target>> {
        let (reading, file) = self.reading(path)?;
        let found = reading.at(file, offset).iter();
        Some(found.map(|occurrence| Target::new(reading, &occurrence.key)).collect())
    }
}

/// What a word stands for, in whichever rule set: two of them mean the same if it is defined at the same place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) key: Key,
    /// Where the name is defined that it is, or that it belongs to; none for a standard one.
    pub(super) home: Option<Location>,
}

impl Target {
    fn new(reading: &Reading, key: &Key) -> Self {
        Target { key: key.clone(), home: home(reading, key) }
    }

    /// Whether the rule set knows the same thing.
    pub(super) fn is_in(&self, reading: &Reading) -> bool {
        home(reading, &self.key) == self.home && reading.occurrences.iter().any(|found| found.key == self.key)
    }

    /// Everywhere it is written in a rule set.
    pub(super) fn uses(&self, reading: &Reading) -> Vec<Location> {
        if home(reading, &self.key) != self.home {
            return Vec::new();
        }
        let same = reading.occurrences.iter().filter(|found| found.key == self.key);
        same.map(|found| reading.location(found.place)).collect()
    }
}

/// Where the name is defined that a key is, or that it belongs to.
fn home(reading: &Reading, key: &Key) -> Option<Location> {
    let owner = match key {
        Key::Name(name) => name,
        Key::Band { score, .. } | Key::Rule { score, .. } | Key::Group { score, .. } => score,
        Key::Symbol { attribute, .. } => attribute,
        Key::Property { kind, .. } | Key::Subject { kind, .. } => kind,
        Key::Gate(_) | Key::Stage(_) | Key::File(_) => return None,
    };
    reading.definitions.names.get(owner).map(|definition| reading.location(definition.place))
}

/// Where it is defined what an occurrence stands for.
fn definitions(reading: &Reading, found: &Occurrence) -> Vec<Location> {
    match &found.key {
        Key::Name(name) => {
            let known = reading.definitions.names.get(name);
            known.map(|known| reading.location(known.place)).into_iter().collect()
        }
        Key::File(written) => included(reading, found.place.file, written).into_iter().collect(),
        // An MQL goes back by what its own statement says.
        Key::Gate(gate) if gate == "revert" => defining(reading, &Key::Gate("mql".to_owned())),
        Key::Stage(stage) => {
            let gate = match stage.as_str() {
                "recycled" => "recycle",
                "disqualified" => "disqualify",
                other => other,
            };
            defining(reading, &Key::Gate(gate.to_owned()))
        }
        key => defining(reading, key),
    }
}

fn defining(reading: &Reading, key: &Key) -> Vec<Location> {
    let defining = reading.occurrences.iter().filter(|found| found.defines && found.key == *key);
    defining.map(|found| reading.location(found.place)).collect()
}

/// The start of the file that an include takes in.
fn included(reading: &Reading, file: FileId, written: &str) -> Option<Location> {
    let folder = reading.path(file).parent().unwrap_or(Path::new(""));
    let wanted = without_detours(&folder.join(written));
    let path = reading.paths.iter().find(|path| without_detours(path) == wanted)?;
    Some(Location { path: path.clone(), range: 0..0 })
}

/// A path without `.` and `..`, links not looked through.
fn without_detours(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}
