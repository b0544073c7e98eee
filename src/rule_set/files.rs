//! Reading a rule set's files: the main one and what it includes, each once.
//!
//! A main text and a way to read further files go in; the syntax trees come out with the statements in the
//! order in which they count, included ones behind their `include`. An include stays within the main
//! file's folder, links looked through.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, FileId, Place, Source, SourceLines, Sources};
use crate::limits::Limits;
use crate::syntax::ast::{Ast, Spanned, StatementKind};
use crate::syntax::format::quoted;

/// Where included files come from.
pub(super) enum Folder<'a> {
    /// A folder on disk, its links resolved. Texts that are open in an editor, by their real path, win over what
    /// is on disk, and need not be there.
    Disk { root: PathBuf, open: &'a HashMap<PathBuf, Arc<str>> },
    /// Texts by their path from the main file's folder.
    Memory(&'a HashMap<String, String>),
}

/// A rule set's files, parsed.
pub(super) struct Files {
    pub(super) sources: Sources,
    pub(super) trees: Vec<Ast>,
    /// Every statement in the order in which they count: file and place in its tree. What a file includes
    /// stands behind the `include`.
    pub(super) order: Vec<(FileId, usize)>,
    pub(super) found: Vec<Diagnostic>,
    /// Whether an included file could not be had.
    pub(super) is_incomplete: bool,
}

/// A file whose statements are being put in order.
struct Open {
    file: FileId,
    next: usize,
    /// Its folder, from the main file's folder.
    folder: PathBuf,
    key: PathBuf,
}

impl Files {
    /// Parses the main text and all it includes. `main` is the path of the main file within the folder.
    pub(super) fn load(name: &str, text: &str, main: &Path, folder: &Folder<'_>, limits: &Limits) -> Files {
        let mut files = Files {
            sources: Vec::new(),
            trees: Vec::new(),
            order: Vec::new(),
            found: Vec::new(),
            is_incomplete: false,
        };
        let shown_folder = Path::new(name).parent().map(Path::to_path_buf).unwrap_or_default();
        let mut size = text.len();
        let file = files.add(name.to_owned(), text, limits);
        let main_key = folder.key(main).unwrap_or_else(|_| main.to_path_buf());
        let mut seen = HashSet::from([main_key.clone()]);
        let mut open_keys = seen.clone();
        let mut open = vec![Open { file, next: 0, folder: PathBuf::new(), key: main_key }];
        // A stack of our own: chains of includes may be long.
        while let Some(current) = open.last_mut() {
            let (file, index) = (current.file, current.next);
            let tree = files.trees.get(file.0 as usize);
            let Some(statement) = tree.and_then(|tree| tree.statements.get(index)) else {
                open_keys.remove(&current.key);
                open.pop();
                continue;
            };
            current.next += 1;
            files.order.push((file, index));
            let StatementKind::Include { path } = &statement.node else { continue };
            let (path, place) = (path.clone(), Place { file, span: path.span });
            let included = resolve(&current.folder, &path.node).and_then(|path| {
                let key = folder.key(&path)?;
                Ok((path, key))
            });
            let (relative, key) = match included {
                Ok(included) => included,
                Err(problem) => {
                    files.found.push(problem.of_include(place, &path, limits));
                    files.is_incomplete = true;
                    continue;
                }
            };
            if open_keys.contains(&key) {
                files.found.push(Problem::Circle.of_include(place, &path, limits));
                continue;
            }
            // Each file once: what two included files share is taken in where it is first named.
            if !seen.insert(key.clone()) {
                continue;
            }
            let left = limits.sources.saturating_sub(size);
            match folder.read(&key, limits.source.min(left)) {
                Ok(text) => {
                    size += text.len();
                    let shown = shown_folder.join(&relative).display().to_string();
                    let file = files.add(shown, &text, limits);
                    let folder = relative.parent().map(Path::to_path_buf).unwrap_or_default();
                    open_keys.insert(key.clone());
                    open.push(Open { file, next: 0, folder, key });
                }
                Err(problem) => {
                    let problem = match problem {
                        Problem::TooLarge if left < limits.source => Problem::TooLargeTogether,
                        problem => problem,
                    };
                    files.found.push(problem.of_include(place, &path, limits));
                    files.is_incomplete = true;
                }
            }
        }
        files
    }

    fn add(&mut self, name: String, text: &str, limits: &Limits) -> FileId {
        let file = FileId(u32::try_from(self.sources.len()).unwrap_or(u32::MAX));
        let (tree, found) = crate::syntax::parse(text, file, limits);
        self.found.extend(found);
        self.trees.push(tree);
        self.sources.push(Source { name, text: text.into() });
        file
    }
}

/// All words on the lines where findings are.
pub(super) fn words_on_lines_with<'s, 'f>(
    found: impl Iterator<Item = &'f Diagnostic>,
    sources: &'s Sources,
) -> Vec<&'s str> {
    let mut found = found.peekable();
    if found.peek().is_none() {
        return Vec::new();
    }
    let lines = SourceLines::of(sources);
    let mut seen: HashSet<(FileId, usize)> = HashSet::new();
    let mut words = Vec::new();
    for place in found.flat_map(|found| found.labels.first()).map(|(place, _)| *place) {
        let start = lines.start(place);
        if seen.insert((place.file, start)) {
            let text = sources.get(place.file.0 as usize).map_or("", |source| &*source.text);
            let line = text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or("");
            words.extend(line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'));
        }
    }
    words
}

/// What can be wrong with a file.
#[derive(Debug)]
pub(crate) enum Problem {
    /// The path leaves the main file's folder.
    Outside,
    /// It is no path that an include takes.
    Form,
    /// The file includes itself.
    Circle,
    /// A text that was compiled without a folder.
    NoFolder,
    TooLarge,
    TooLargeTogether,
    /// The number of the line that is not UTF-8.
    NotUtf8(usize),
    Unreadable(String),
}

impl Problem {
    /// The problem with the file that an include names at `place`.
    fn of_include(self, place: Place, path: &Spanned<String>, limits: &Limits) -> Diagnostic {
        let shown = quoted(&path.node);
        let (code, message, label, help) = match self {
            Problem::Outside => (
                Code::BadInclude,
                format!("the include {shown} leaves the main file's folder"),
                "outside",
                "keep shared files in the main file's folder or below it".to_owned(),
            ),
            Problem::Form => (
                Code::BadInclude,
                format!("{shown} is no path that an include can take"),
                "not such a path",
                "write the path from this file's folder with `/`: `include \"shared/names.lql\"`".to_owned(),
            ),
            Problem::Circle => (
                Code::Cycle,
                format!("the include {shown} goes round in a circle"),
                "this file is being read already",
                "remove the include: everything in that file is there already".to_owned(),
            ),
            Problem::NoFolder => (
                Code::BadInclude,
                format!("the include {shown} cannot be found: the rule set is a text without a folder"),
                "not known",
                "compile from a file, or give the compiler the text of the included file".to_owned(),
            ),
            Problem::TooLarge => (
                Code::LimitExceeded,
                format!("the included file {shown} is larger than {} bytes", limits.source),
                "too large",
                "split the file, or let the host raise the limit".to_owned(),
            ),
            Problem::TooLargeTogether => (
                Code::LimitExceeded,
                format!("the files of the rule set are larger than {} bytes together", limits.sources),
                "this one is too much",
                "split the rule set, or let the host raise the limit".to_owned(),
            ),
            Problem::NotUtf8(line) => (
                Code::NotUtf8,
                format!("the included file {shown} is not UTF-8, first in its line {line}"),
                "not UTF-8",
                SAVE_AS_UTF8.to_owned(),
            ),
            Problem::Unreadable(why) => (
                Code::Unreadable,
                format!("the included file {shown} cannot be read: {why}"),
                "cannot be read",
                "the path starts from the folder of the file that the include stands in".to_owned(),
            ),
        };
        Diagnostic::new(code, place, message, label).help(help)
    }

    /// The problem with the main file.
    pub(super) fn of_main(self, name: &str, limits: &Limits) -> Diagnostic {
        let (code, message, help) = match self {
            Problem::TooLarge => (
                Code::LimitExceeded,
                format!("{name} is larger than {} bytes", limits.main_file()),
                "split it with `include`, or let the host raise the limit",
            ),
            Problem::NotUtf8(line) => {
                (Code::NotUtf8, format!("{name} is not UTF-8, first in line {line}"), SAVE_AS_UTF8)
            }
            Problem::Unreadable(why) => {
                (Code::Unreadable, format!("{name} cannot be read: {why}"), "name a file of rules")
            }
            _ => (Code::Unreadable, format!("{name} is no file"), "name a file of rules"),
        };
        Diagnostic::new(code, Place::default(), message, "").help(help)
    }
}

const SAVE_AS_UTF8: &str = "save it in the encoding UTF-8, which editors offer under \"save as\"";

/// The path of an included file from the main file's folder; it never steps out of it, not even in between.
fn resolve(folder: &Path, written: &str) -> Result<PathBuf, Problem> {
    if written.is_empty() || written.contains(['\\', '\0']) {
        return Err(Problem::Form);
    }
    let mut path = folder.to_path_buf();
    for component in Path::new(written).components() {
        match component {
            Component::CurDir => {}
            Component::Normal(part) => path.push(part),
            Component::ParentDir => {
                if !path.pop() {
                    return Err(Problem::Outside);
                }
            }
            Component::RootDir | Component::Prefix(_) => return Err(Problem::Outside),
        }
    }
    if path.as_os_str().is_empty() { Err(Problem::Form) } else { Ok(path) }
}

/// The path under which a host's text is found: without detours, so that `./a.lql` is `a.lql`.
pub(super) fn included_key(path: String) -> String {
    let resolved = resolve(Path::new(""), &path).ok();
    resolved.and_then(|resolved| resolved.to_str().map(str::to_owned)).unwrap_or(path)
}

impl Folder<'_> {
    /// What tells one file from another, links looked through.
    fn key(&self, path: &Path) -> Result<PathBuf, Problem> {
        let Folder::Disk { root, open } = self else { return Ok(path.to_path_buf()) };
        let path = root.join(path);
        let real = match path.canonicalize() {
            Ok(real) => real,
            Err(_) if open.contains_key(&path) => path,
            Err(error) => return Err(Problem::Unreadable(reason(&error))),
        };
        if real.starts_with(root) { Ok(real) } else { Err(Problem::Outside) }
    }

    /// The text of the file with this key.
    fn read(&self, key: &Path, most: usize) -> Result<String, Problem> {
        let no_larger = |text: &str| {
            if text.len() > most { Err(Problem::TooLarge) } else { Ok(text.to_owned()) }
        };
        match self {
            Folder::Disk { open, .. } => match open.get(key) {
                Some(text) => no_larger(text),
                None if key.is_dir() => Err(Problem::Unreadable("it is a folder".to_owned())),
                // A pipe would be waited for.
                None if !key.is_file() => Err(Problem::Unreadable("it is no plain file".to_owned())),
                None => read_text(key, most),
            },
            Folder::Memory(texts) if texts.is_empty() => Err(Problem::NoFolder),
            Folder::Memory(texts) => {
                let text = key.to_str().and_then(|path| texts.get(path));
                let text =
                    text.ok_or_else(|| Problem::Unreadable("the host has not given its text".to_owned()))?;
                no_larger(text)
            }
        }
    }
}

/// Reads a file of at most `most` bytes; a longer one is not read to its end.
pub(crate) fn read_text(path: &Path, most: usize) -> Result<String, Problem> {
    let unreadable = |error: std::io::Error| Problem::Unreadable(reason(&error));
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    file.take(limit).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > most {
        return Err(Problem::TooLarge);
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        Problem::NotUtf8(valid.iter().filter(|byte| **byte == b'\n').count() + 1)
    })
}

/// The folder of a main file, links resolved, and the file's name in it.
pub(super) fn folder_of(path: &Path) -> Result<(PathBuf, PathBuf), Problem> {
    let unreadable = |error: std::io::Error| Problem::Unreadable(reason(&error));
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().ok_or(Problem::Form)?;
    Ok((folder.canonicalize().map_err(unreadable)?, PathBuf::from(name)))
}

/// Why a file cannot be read, in plain words.
fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "access is denied".to_owned(),
        std::io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => error.to_string(),
    }
}
