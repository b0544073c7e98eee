//! Files of rules by name, and all those in a folder.

use std::path::{Path, PathBuf};

use crate::output::Stop;

/// The files that `paths` name: a file is itself, a folder stands for every `.lql` file in and below it, by name.
pub(crate) fn rule_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Stop> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let mut found = Vec::new();
        let mut folders = vec![path.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).map_err(|error| unreadable(&folder, &error))? {
                let entry = entry.map_err(|error| unreadable(&folder, &error))?;
                let kind = entry.file_type().map_err(|error| unreadable(&entry.path(), &error))?;
                // Linked folders are not followed: they could lead in a circle.
                if kind.is_dir() {
                    folders.push(entry.path());
                } else if entry.path().extension().is_some_and(|ending| ending == "lql") {
                    found.push(entry.path());
                }
            }
        }
        if found.is_empty() {
            return Err(Stop::Failed(format!("{} has no .lql files", path.display())));
        }
        found.sort();
        files.append(&mut found);
    }
    Ok(files)
}

/// The error that a file or folder cannot be read.
pub(crate) fn unreadable(path: &Path, error: &std::io::Error) -> Stop {
    Stop::Failed(format!("{} cannot be read: {error}", path.display()))
}
