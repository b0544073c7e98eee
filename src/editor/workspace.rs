//! The open texts of an editor, the rule sets that they belong to, and when these are read again.
//!
//! A file may be a rule set of its own, or a part that others include; then it is looked at as a part of those.
//! Who includes it is found among the open texts and, where the host names folders, on disk.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::reading::Reading;
use crate::diagnostic::FileId;
use crate::limits::Limits;
use crate::rule_set::read_text;
use crate::syntax::ast::StatementKind;

/// The rule sets of an editor: the texts that are open win over what is on disk.
///
/// Places are bytes in the text of a file. A place that is none of the text, or a file that is not open and
/// part of no open rule set, gives nothing; there is no place and no text that stops it.
///
/// ```
/// use leadql::editor::Workspace;
/// use std::path::Path;
///
/// let path = Path::new("criteria.lql");
/// let mut workspace = Workspace::new();
/// workspace.open(path, "let pays = budget\npays => +10\nstage mql when score >= 10");
/// let place = workspace.definition(path, 18).remove(0);
/// assert_eq!(place.range, 4..8);
/// assert!(workspace.hover(path, 18).is_some_and(|hover| hover.text.contains("`budget`")));
/// assert!(workspace.complete(path, 45).iter().any(|found| found.label == "score"));
/// ```
#[derive(Debug, Default)]
pub struct Workspace {
    folders: Vec<PathBuf>,
    /// By the path under which the editor knows them.
    open: BTreeMap<PathBuf, Arc<str>>,
    /// What each file in the folders includes, by real path; looked for again after `rescan`.
    on_disk: Option<BTreeMap<PathBuf, BTreeSet<PathBuf>>>,
    /// Read again when an open text has changed.
    readings: Option<Vec<Reading>>,
    /// Whether more rule sets have to do with the open texts than are read.
    pub(super) has_more: bool,
}

/// So many files are looked for in folders.
const MOST_FILES: usize = 2_000;
/// So deep below a folder.
const MOST_FOLDERS_DEEP: usize = 16;
/// So many entries of folders are looked at.
const MOST_ENTRIES: usize = 50_000;
/// So many rule sets are read for the open texts.
const MOST_READINGS: usize = 64;

impl Workspace {
    /// A workspace without folders and open texts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a folder in whose `.lql` files, and in those of the folders in it, rule sets are looked for that
    /// include an open one. Hidden folders are left out.
    pub fn add_folder(&mut self, folder: impl Into<PathBuf>) {
        self.folders.push(folder.into());
        self.rescan();
    }

    /// Forgets a folder that [`add_folder`](Self::add_folder) added.
    pub fn remove_folder(&mut self, folder: &Path) {
        self.folders.retain(|known| known != folder);
        self.rescan();
    }

    /// Looks at the files on disk again: some were written, made or removed.
    pub fn rescan(&mut self) {
        self.on_disk = None;
        self.readings = None;
    }

    /// Opens a text, or gives an open one another text.
    pub fn open(&mut self, path: impl Into<PathBuf>, text: impl Into<Arc<str>>) {
        self.open.insert(path.into(), text.into());
        self.readings = None;
    }

    /// Closes a text: what is on disk counts again.
    pub fn close(&mut self, path: &Path) {
        self.open.remove(path);
        self.rescan();
    }

    /// The paths of the open texts, in order.
    pub fn opened(&self) -> impl Iterator<Item = &Path> {
        self.open.keys().map(PathBuf::as_path)
    }

    /// The text of a file: of an open one what the editor has, of one that an open rule set includes what is on
    /// disk.
    pub fn text(&mut self, path: &Path) -> Option<Arc<str>> {
        if let Some(text) = self.open.get(path) {
            return Some(Arc::clone(text));
        }
        let (reading, file) = self.reading(path)?;
        reading.sources.get(file.0 as usize).map(|source| Arc::clone(&source.text))
    }

    /// The rule sets that have to do with the open texts.
    pub(super) fn readings(&mut self) -> &[Reading] {
        if self.readings.is_none() {
            self.readings = Some(self.read());
        }
        self.readings.as_deref().unwrap_or_default()
    }

    /// The first rule set with this file, and which one of its files it is.
    pub(super) fn reading(&mut self, path: &Path) -> Option<(&Reading, FileId)> {
        self.readings().iter().find_map(|reading| {
            let file = reading.paths.iter().position(|known| known == path)?;
            Some((reading, FileId(u32::try_from(file).ok()?)))
        })
    }

    /// The open texts by their real paths, with `changed` ones in place of theirs.
    pub(super) fn texts(&self, changed: &BTreeMap<PathBuf, String>) -> HashMap<PathBuf, Arc<str>> {
        let mut texts: HashMap<PathBuf, Arc<str>> =
            self.open.iter().map(|(path, text)| (real(path), Arc::clone(text))).collect();
        texts.extend(changed.iter().map(|(path, text)| (real(path), Arc::from(text.as_str()))));
        texts
    }

    fn read(&mut self) -> Vec<Reading> {
        let texts = self.texts(&BTreeMap::new());
        let mut includes = self.on_disk.take().unwrap_or_else(|| includes_in(&self.folders));
        self.on_disk = Some(includes.clone());
        let mut names: HashMap<PathBuf, &PathBuf> = HashMap::new();
        for (path, text) in &self.open {
            let real = real(path);
            includes.insert(real.clone(), includes_of(&real, text));
            names.insert(real, path);
        }
        let mut included_by: HashMap<&Path, Vec<&Path>> = HashMap::new();
        for (path, included) in &includes {
            for included in included {
                included_by.entry(included).or_default().push(path);
            }
        }
        let mains: BTreeSet<PathBuf> =
            self.open.keys().flat_map(|path| mains_of(&real(path), &included_by)).collect();
        self.has_more = mains.len() > MOST_READINGS;
        let mut readings: Vec<Reading> = Vec::new();
        for main in mains.iter().take(MOST_READINGS) {
            // The editor's own name for a file is the one it understands.
            let path = names.get(main).map_or(main, |path| *path);
            let text = match texts.get(main) {
                Some(text) => Arc::clone(text),
                None => match read_text(main, Limits::default().source) {
                    Ok(text) => text.into(),
                    Err(_) => continue,
                },
            };
            let mut reading = Reading::of(path, &text, &texts);
            for path in &mut reading.paths {
                if let Some(name) = names.get(&real(path)) {
                    *path = (*name).clone();
                }
            }
            readings.push(reading);
        }
        // What seemed to be included and is not, stands for itself.
        for (path, text) in &self.open {
            if !readings.iter().any(|reading| reading.paths.contains(path)) {
                readings.push(Reading::of(path, text, &texts));
            }
        }
        readings
    }
}

/// The files that include `path`, directly or not, and that nothing includes; itself if there are none.
fn mains_of(path: &Path, included_by: &HashMap<&Path, Vec<&Path>>) -> Vec<PathBuf> {
    let mut seen: BTreeSet<&Path> = BTreeSet::from([path]);
    let mut open = VecDeque::from([path]);
    let mut mains = Vec::new();
    while let Some(path) = open.pop_front() {
        match included_by.get(path) {
            None => mains.push(path.to_path_buf()),
            Some(by) => open.extend(by.iter().filter(|by| seen.insert(by))),
        }
    }
    if mains.is_empty() { vec![path.to_path_buf()] } else { mains }
}

/// What tells a file from another: its path without links, as far as there is a file.
fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| {
        // A text that was never saved has a folder all the same.
        let folder = path.parent().and_then(|folder| folder.canonicalize().ok());
        match (folder, path.file_name()) {
            (Some(folder), Some(name)) => folder.join(name),
            _ => path.to_path_buf(),
        }
    })
}

/// The real paths of what a text includes.
fn includes_of(path: &Path, text: &str) -> BTreeSet<PathBuf> {
    // Most files include nothing, which is seen at once.
    if !text.contains("include") {
        return BTreeSet::new();
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    let (tree, _) = crate::syntax::parse(text, FileId(0), &Limits::default());
    let included = tree.statements.iter().filter_map(|statement| match &statement.node {
        StatementKind::Include { path } => Some(real(&folder.join(&path.node))),
        _ => None,
    });
    included.collect()
}

/// What the `.lql` files in these folders include.
fn includes_in(folders: &[PathBuf]) -> BTreeMap<PathBuf, BTreeSet<PathBuf>> {
    let mut found = BTreeMap::new();
    let mut open: Vec<(PathBuf, usize)> = folders.iter().map(|folder| (folder.clone(), 0)).collect();
    let mut entries = 0;
    while let Some((folder, depth)) = open.pop() {
        let Ok(listing) = std::fs::read_dir(&folder) else { continue };
        for entry in listing.flatten() {
            entries += 1;
            if entries > MOST_ENTRIES || found.len() >= MOST_FILES {
                return found;
            }
            let (path, Ok(sort)) = (entry.path(), entry.file_type()) else { continue };
            let hidden = entry.file_name().to_str().is_some_and(|name| name.starts_with('.'));
            if sort.is_dir() && !hidden && depth < MOST_FOLDERS_DEEP {
                open.push((path, depth + 1));
            } else if sort.is_file()
                && path.extension().is_some_and(|extension| extension == "lql")
                && let Ok(text) = read_text(&path, Limits::default().source)
            {
                let real = real(&path);
                let included = includes_of(&real, &text);
                found.insert(real, included);
            }
        }
    }
    found
}
