//! What holds at every place of a text: every question is answered, with places that lie in their texts.

use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::*;

/// Asks everything at one place.
fn ask(workspace: &mut Workspace, path: &Path, offset: usize) {
    let text = workspace.text(path).unwrap_or_default();
    let in_text = |range: &std::ops::Range<usize>| assert!(text.get(range.clone()).is_some(), "{range:?}");
    for found in workspace.complete(path, offset) {
        in_text(&found.range);
        assert!(!found.label.is_empty());
    }
    if let Some(hover) = workspace.hover(path, offset) {
        in_text(&hover.range);
        assert!(!hover.text.is_empty());
    }
    for place in workspace.definition(path, offset).into_iter().chain(workspace.references(path, offset)) {
        let text = workspace.text(&place.path).unwrap();
        assert!(text.get(place.range.clone()).is_some(), "{place:?}");
    }
    if let Ok((range, name)) = workspace.renamable(path, offset) {
        assert_eq!(text.get(range), Some(name.as_str()));
    }
}

/// The rule sets of the examples.
fn examples() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let Ok(files) = std::fs::read_dir(entry.path()) else { continue };
        let paths = files.flatten().map(|file| file.path());
        found.extend(paths.filter(|path| path.extension().is_some_and(|extension| extension == "lql")));
    }
    found.sort();
    assert!(found.len() > 5);
    found
}

/// Every so many places one is asked everything: no divisor of any length of words that repeats.
const SAMPLE: usize = 97;

#[test]
fn every_place_of_every_example_is_answered() {
    for path in examples() {
        let text = std::fs::read_to_string(&path).unwrap();
        let mut workspace = Workspace::new();
        workspace.open(path.clone(), text.as_str());
        assert!(workspace.findings().iter().all(|file| file.findings.is_empty()), "{}", path.display());
        for offset in 0..=text.len() + 1 {
            workspace.hover(&path, offset);
            workspace.definition(&path, offset);
        }
        // What reads or searches the whole file each time is asked at a sample of the places.
        for offset in (0..=text.len() + 1).step_by(SAMPLE) {
            ask(&mut workspace, &path, offset);
        }
    }
}

/// Completion at a word of a whole rule set offers that word: it is what may stand there.
#[test]
fn every_name_of_an_example_is_offered_where_it_stands() {
    let path = examples().into_iter().find(|path| path.ends_with("saas/rules.lql")).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let mut workspace = Workspace::new();
    workspace.open(path.clone(), text.as_str());
    let (reading, _) = workspace.reading(&path).unwrap();
    let uses: Vec<_> = reading
        .occurrences
        .iter()
        .filter(|found| !found.defines && found.place.file == crate::diagnostic::FileId(0))
        .filter(|found| {
            use crate::editor::occurrences::Key;
            // A subject may stand nowhere else, and a path is a text.
            matches!(
                found.key,
                Key::Name(_)
                    | Key::Band { .. }
                    | Key::Symbol { .. }
                    | Key::Property { .. }
                    | Key::Stage(_)
                    | Key::Gate(_)
            )
        })
        .map(|found| found.place.span)
        .collect();
    assert!(uses.len() > 50);
    for span in uses.into_iter().step_by(3) {
        let word = &text[span.start..span.end];
        let offered = workspace.complete(&path, span.start + 1);
        assert!(offered.iter().any(|found| found.label == word), "{word} at {}", span.start);
    }
}

#[test]
fn a_large_file_is_answered() {
    let mut text = String::new();
    while text.len() < (1 << 18) {
        text += &format!("let pays_{} = budget and visited(page_{}) >= 2\n", text.len(), text.len());
    }
    let mut workspace = opened(&text);
    for offset in [0, text.len() / 2, text.len()] {
        ask(&mut workspace, Path::new(MAIN), offset);
    }
    assert!(workspace.complete(Path::new(MAIN), text.len()).len() <= 1_000);
    assert!(!workspace.symbols(Path::new(MAIN)).is_empty());
    workspace.open(MAIN, "x".repeat(2 << 20));
    ask(&mut workspace, Path::new(MAIN), 1 << 20);
    assert_eq!(workspace.findings()[0].findings.len(), 1);
}

#[test]
fn a_file_that_nobody_opened_is_not_known() {
    let mut workspace = opened(RULES);
    let elsewhere = Path::new("elsewhere/other.lql");
    ask(&mut workspace, elsewhere, 3);
    assert!(workspace.text(elsewhere).is_none());
    assert!(workspace.symbols(elsewhere).is_empty() && workspace.tests(elsewhere).is_empty());
    assert!(workspace.rename(elsewhere, 0, "a").is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A text cut off, with something else in it, asked at a place in or behind it.
    #[test]
    fn broken_texts_are_answered(
        from in 0..RULES.len(),
        to in 0..RULES.len(),
        noise in "[a-z(){}\\[\\]=>|.\"#é😀\r\n ]{0,12}",
        offset in 0..RULES.len() + 20,
    ) {
        let text = format!("{}{noise}{}", RULES.get(..from).unwrap_or(""), RULES.get(to..).unwrap_or(""));
        let mut workspace = opened(&text);
        workspace.findings();
        workspace.symbols(Path::new(MAIN));
        workspace.tests(Path::new(MAIN));
        ask(&mut workspace, Path::new(MAIN), offset);
    }
}
