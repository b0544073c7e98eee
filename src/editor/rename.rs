//! Renaming: in every file of every rule set that knows the name, and only where the result still compiles.
//!
//! The changes are tried on the texts before anybody sees them. A name under which something else is known, a word
//! that is none of the language's names, or a rule set that does not compile before or after, is refused.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::navigate::Target;
use super::occurrences::Key;
use super::reading::Reading;
use super::{Edit, Kind, Location, Workspace};
use crate::syntax::keyword::is_keyword;

/// Why something is not renamed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RenameError {
    /// There is no name at the place, or one that belongs to the language.
    #[error("there is nothing here that can be renamed")]
    NoName,
    /// The standard vocabulary gives the name.
    #[error("`{0}` is a name of the standard vocabulary, which leads use: declare another name instead")]
    Standard(String),
    /// The new name has not the form of one.
    #[error("`{0}` is no name: small letters, digits and `_`, a letter first, as in `decision_maker`")]
    BadName(String),
    /// The new name is a word of the language.
    #[error("`{0}` is a keyword: take another word, such as `{0}_`")]
    Keyword(String),
    /// Something else has the new name.
    #[error("`{0}` is taken: take another name")]
    Taken(String),
    /// The rule set has errors, so that it is not sure what stands for what.
    #[error("{0} has errors: mend them first, so that it is sure what each name stands for")]
    HasErrors(String),
    /// After the change a rule set would not compile, or not mean the same.
    #[error("with the new name {0} would no longer mean the same: take another name")]
    Unfaithful(String),
    /// More rule sets know the name than are looked at.
    #[error("too many rule sets share this file: rename in smaller folders")]
    TooMany,
}

impl Workspace {
    /// What would be renamed at a place: the bytes of the word and the name.
    ///
    /// # Errors
    /// That nothing there can be renamed, and why.
    pub fn renamable(&mut self, path: &Path, offset: usize) -> Result<(Range<usize>, String), RenameError> {
        let target = self.target(path, offset)?;
        let text = self.text(path).ok_or(RenameError::NoName)?;
        let (reading, _) = self.reading(path).ok_or(RenameError::NoName)?;
        let here =
            |place: &Location| place.path == path && place.range.start <= offset && offset <= place.range.end;
        let range = target.uses(reading).into_iter().find(here).ok_or(RenameError::NoName)?.range;
        let name = text.get(range.clone()).ok_or(RenameError::NoName)?;
        Ok((range, name.to_owned()))
    }

    /// The changes that give what stands at a place another name, by file and place, in all open rule sets. Applied
    /// together they leave every one of them compiling.
    ///
    /// # Errors
    /// That nothing there can be renamed, or not to this, and why.
    ///
    /// ```
    /// use leadql::editor::Workspace;
    /// use std::path::Path;
    ///
    /// let path = Path::new("criteria.lql");
    /// let mut workspace = Workspace::new();
    /// workspace.open(path, "let pays = budget\npays => +10");
    /// let edits = workspace.rename(path, 4, "has_money")?;
    /// assert_eq!(edits.len(), 2);
    /// assert!(workspace.rename(path, 4, "need").is_err(), "an attribute has this name");
    /// # Ok::<(), leadql::editor::RenameError>(())
    /// ```
    pub fn rename(&mut self, path: &Path, offset: usize, new_name: &str) -> Result<Vec<Edit>, RenameError> {
        let target = self.target(path, offset)?;
        check_form(&target.key, new_name)?;
        self.readings();
        if self.has_more {
            return Err(RenameError::TooMany);
        }
        let mut places: BTreeSet<Location> = BTreeSet::new();
        let mut mains = Vec::new();
        for (index, reading) in self.readings().iter().enumerate() {
            if !target.is_in(reading) {
                continue;
            }
            if reading.compiled.is_err() {
                return Err(RenameError::HasErrors(shown(reading)));
            }
            if is_taken(reading, &target.key, new_name) {
                return Err(RenameError::Taken(new_name.to_owned()));
            }
            places.extend(target.uses(reading));
            mains.push(index);
        }
        let edits: Vec<Edit> =
            places.into_iter().map(|location| Edit { location, text: new_name.to_owned() }).collect();
        self.try_out(&edits, &mains, &target)?;
        Ok(edits)
    }

    /// What can be renamed at a place.
    fn target(&mut self, path: &Path, offset: usize) -> Result<Target, RenameError> {
        let targets = self.targets(path, offset).unwrap_or_default();
        let target = targets.into_iter().next().ok_or(RenameError::NoName)?;
        let owner = match &target.key {
            Key::Name(name) => name,
            Key::Symbol { attribute, .. } => attribute,
            Key::Property { kind, property } => {
                if is_standard_property(kind, property) {
                    return Err(RenameError::Standard(property.clone()));
                }
                kind
            }
            Key::Band { .. } | Key::Rule { .. } | Key::Group { .. } => return Ok(target),
            Key::Subject { .. } | Key::Gate(_) | Key::Stage(_) | Key::File(_) => {
                return Err(RenameError::NoName);
            }
        };
        if is_keyword(owner) {
            return Err(RenameError::NoName);
        }
        let vocabulary = &crate::check::STANDARD;
        let is_standard = vocabulary.attribute_id(owner).is_some() || vocabulary.kind_id(owner).is_some();
        // A standard name that is declared again is still the one that leads use.
        let Some((reading, _)) = self.reading(path) else { return Err(RenameError::NoName) };
        let kind = reading.definitions.kind(owner);
        match kind {
            None => Err(RenameError::NoName),
            Some(Kind::Attribute | Kind::Event) if is_standard && matches!(target.key, Key::Name(_)) => {
                Err(RenameError::Standard(owner.clone()))
            }
            Some(_) => Ok(target),
        }
    }

    /// Compiles the rule sets with the changes made.
    fn try_out(&mut self, edits: &[Edit], mains: &[usize], target: &Target) -> Result<(), RenameError> {
        let mut changed: BTreeMap<PathBuf, String> = BTreeMap::new();
        for edit in edits {
            let path = &edit.location.path;
            if !changed.contains_key(path) {
                let text = self.text(path).ok_or(RenameError::NoName)?;
                let here: Vec<&Edit> = edits.iter().filter(|edit| edit.location.path == *path).collect();
                changed.insert(path.clone(), apply(&text, &here));
            }
        }
        let texts = self.texts(&changed);
        let readings = self.readings();
        for before in mains.iter().filter_map(|index| readings.get(*index)) {
            let main = before.paths.first().map_or(Path::new(""), PathBuf::as_path);
            let text = changed.get(main).map_or(before.text(crate::diagnostic::FileId(0)), String::as_str);
            let after = Reading::of(main, text, &texts);
            let same = match (&before.compiled, &after.compiled) {
                (Ok(before), Ok(after)) => {
                    // What these names stand for is looked through, so the meaning has none of them.
                    !is_looked_through(&target.key, readings) || before.fingerprint() == after.fingerprint()
                }
                _ => false,
            };
            if !same {
                return Err(RenameError::Unfaithful(shown(before)));
            }
        }
        Ok(())
    }
}

/// Whether the name is nothing that results or leads show: a `let`, an activity, a param.
fn is_looked_through(key: &Key, readings: &[Reading]) -> bool {
    let Key::Name(name) = key else { return false };
    readings.iter().all(|reading| {
        let kind = reading.definitions.kind(name);
        kind.is_none_or(|kind| matches!(kind, Kind::Condition | Kind::List | Kind::Activity | Kind::Param))
    })
}

/// Makes changes, which are in order and do not overlap.
fn apply(text: &str, edits: &[&Edit]) -> String {
    let mut changed = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        changed.push_str(text.get(at..edit.location.range.start).unwrap_or(""));
        changed.push_str(&edit.text);
        at = edit.location.range.end;
    }
    changed.push_str(text.get(at..).unwrap_or(""));
    changed
}

fn is_standard_property(kind: &str, property: &str) -> bool {
    let vocabulary = &crate::check::STANDARD;
    let kind = vocabulary.kind_id(kind).and_then(|kind| vocabulary.kind(kind));
    kind.is_some_and(|kind| kind.property_id(property).is_some())
}

/// Whether the new name has the form that this sort of name has.
fn check_form(key: &Key, name: &str) -> Result<(), RenameError> {
    let bytes = name.as_bytes();
    let capitals = matches!(key, Key::Band { .. } | Key::Symbol { .. });
    let letter = |byte: &u8| byte.is_ascii_lowercase() || (capitals && byte.is_ascii_uppercase());
    let starts = bytes.first().is_some_and(letter);
    let goes_on = bytes.iter().all(|byte| letter(byte) || byte.is_ascii_digit() || *byte == b'_');
    if !starts || !goes_on {
        return Err(RenameError::BadName(crate::readable::readable(name, LONGEST_SHOWN)));
    }
    // Symbols and properties stand where any word is taken as a name.
    if is_keyword(name) && !matches!(key, Key::Symbol { .. } | Key::Property { .. }) {
        return Err(RenameError::Keyword(name.to_owned()));
    }
    Ok(())
}

const LONGEST_SHOWN: usize = 60;

/// Whether something else that this could be taken for has the new name.
fn is_taken(reading: &Reading, key: &Key, name: &str) -> bool {
    let definitions = &reading.definitions;
    let folded = name.to_ascii_lowercase();
    let other = match key {
        Key::Name(_) => return definitions.kind(name).is_some(),
        Key::Property { kind, .. } => {
            let kind = definitions.kinds.get(kind);
            return kind.is_some_and(|kind| kind.property_id(name).is_some());
        }
        Key::Band { score, band } if *band != folded => Key::Band { score: score.clone(), band: folded },
        Key::Symbol { attribute, symbol } if *symbol != folded => {
            Key::Symbol { attribute: attribute.clone(), symbol: folded }
        }
        Key::Rule { score, .. } => Key::Rule { score: score.clone(), rule: folded },
        Key::Group { score, .. } => Key::Group { score: score.clone(), group: folded },
        // Only its capitals change.
        _ => return false,
    };
    reading.occurrences.iter().any(|found| found.defines && found.key == other)
}

fn shown(reading: &Reading) -> String {
    let name = reading.paths.first().and_then(|path| path.file_name());
    name.map_or_else(|| "a rule set".to_owned(), |name| name.to_string_lossy().into_owned())
}
