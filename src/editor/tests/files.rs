//! Rule sets of several files: what is open wins over what is on disk, and each finding stands in its own file.

use std::path::{Path, PathBuf};

use super::*;

/// A folder of files, removed behind the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Folder {
        let folder = std::env::temp_dir().join(format!("leadql-editor-{}-{name}", std::process::id()));
        for (name, text) in files {
            std::fs::create_dir_all(folder.join(name).parent().unwrap()).unwrap();
            std::fs::write(folder.join(name), text).unwrap();
        }
        Folder(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Opens a file as it is on disk.
    fn open(&self, workspace: &mut Workspace, name: &str) -> PathBuf {
        let path = self.path(name);
        workspace.open(path.clone(), std::fs::read_to_string(&path).unwrap());
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

const FILES: [(&str, &str); 3] = [
    ("main.lql", "include \"shared/names.lql\"\npays => +10\nstage mql when score >= 10"),
    ("other.lql", "include \"shared/names.lql\"\nnot pays => +5"),
    ("shared/names.lql", "let pays = budget"),
];

fn all_findings(workspace: &mut Workspace) -> Vec<(String, String)> {
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    let found = workspace.findings().into_iter();
    found
        .flat_map(|file| file.findings.into_iter().map(move |found| (name(&file.path), found.message)))
        .collect()
}

#[test]
fn an_open_file_wins_over_the_one_on_disk() {
    let folder = Folder::new("wins", &FILES);
    let mut workspace = Workspace::new();
    folder.open(&mut workspace, "main.lql");
    assert_eq!(all_findings(&mut workspace), []);
    workspace.open(folder.path("shared/names.lql"), "let pais = budget");
    assert_eq!(
        all_findings(&mut workspace),
        [("main.lql".to_owned(), "nothing is called `pays`".to_owned())]
    );
    workspace.open(folder.path("shared/names.lql"), "let pays = budgett");
    assert_eq!(
        all_findings(&mut workspace),
        [("names.lql".to_owned(), "nothing is called `budgett`".to_owned())]
    );
    workspace.close(&folder.path("shared/names.lql"));
    assert_eq!(all_findings(&mut workspace), []);
}

#[test]
fn a_file_that_was_never_saved_can_be_included() {
    let folder = Folder::new("unsaved", &[("main.lql", "include \"new.lql\"\npays => 1")]);
    let mut workspace = Workspace::new();
    let main = folder.open(&mut workspace, "main.lql");
    assert_eq!(all_findings(&mut workspace).len(), 1);
    workspace.open(folder.path("new.lql"), "let pays = budget");
    assert_eq!(all_findings(&mut workspace), []);
    let place = workspace.definition(&main, 19).remove(0);
    assert_eq!((place.path, place.range), (folder.path("new.lql"), 4..8));
}

#[test]
fn definitions_lie_in_included_files_and_includes_lead_to_them() {
    let folder = Folder::new("definitions", &FILES);
    let mut workspace = Workspace::new();
    let main = folder.open(&mut workspace, "main.lql");
    let text = workspace.text(&main).unwrap();
    let place = workspace.definition(&main, text.find("pays").unwrap()).remove(0);
    assert_eq!((place.path, place.range), (folder.path("shared/names.lql"), 4..8));
    let place = workspace.definition(&main, 12).remove(0);
    assert_eq!((place.path, place.range), (folder.path("shared/names.lql"), 0..0));
}

#[test]
fn a_shared_file_belongs_to_those_that_include_it() {
    let folder = Folder::new("shared", &FILES);
    let mut workspace = Workspace::new();
    let names = folder.open(&mut workspace, "shared/names.lql");
    assert_eq!(workspace.references(&names, 4).len(), 1, "nobody said where to look");
    workspace.add_folder(folder.0.clone());
    assert_eq!(workspace.references(&names, 4).len(), 3);
    // What breaks where it is used is told there, though that file is not open.
    workspace.open(names.clone(), "let payz = budget");
    let broken: Vec<String> = all_findings(&mut workspace).into_iter().map(|(file, _)| file).collect();
    assert_eq!(broken, ["main.lql", "other.lql"]);
    let edits = {
        workspace.open(names.clone(), "let pays = budget");
        workspace.rename(&names, 4, "has_money").unwrap()
    };
    let files: Vec<_> = edits.iter().map(|edit| edit.location.path.file_name().unwrap().to_owned()).collect();
    assert_eq!(files, ["main.lql", "other.lql", "names.lql"]);
    workspace.remove_folder(&folder.0);
    assert_eq!(workspace.references(&names, 4).len(), 1);
}

#[test]
fn files_on_disk_are_looked_at_again_when_asked() {
    let folder = Folder::new("again", &FILES);
    let mut workspace = Workspace::new();
    workspace.add_folder(folder.0.clone());
    let names = folder.open(&mut workspace, "shared/names.lql");
    assert_eq!(workspace.references(&names, 4).len(), 3);
    std::fs::remove_file(folder.path("other.lql")).unwrap();
    workspace.rescan();
    assert_eq!(workspace.references(&names, 4).len(), 2);
}

#[test]
fn circles_and_escapes_are_told_and_nothing_more() {
    let files = [("a/x.lql", "include \"y.lql\""), ("a/y.lql", "include \"x.lql\"\ninclude \"../../z.lql\"")];
    let folder = Folder::new("circles", &files);
    let mut workspace = Workspace::new();
    workspace.add_folder(folder.0.clone());
    folder.open(&mut workspace, "a/x.lql");
    let found = all_findings(&mut workspace);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.iter().all(|(file, _)| file == "y.lql"));
}
